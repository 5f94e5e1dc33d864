//! Which list of an `IN` is a batch: a loop that asks for one does at once what it could do for each.

use crate::domain::{Machine, Object, Value, Why};

/// Whether an `IN` over a value may ask for many elements of what is walked at once. A field of one record is a part of one
/// element, and so is a list that the loop makes of so many entries as the program writes down: such a query is sent for
/// each element.
///
/// ```py
/// for chunk in chunks:
///     Book.objects.filter(isbn__in=chunk)  # a batch
/// for row in reader:
///     Book.objects.filter(isbn__in=row["isbns"].split())  # one query a row
/// ```
pub(super) fn may_be_batch(machine: &dyn Machine, operand: Option<&Value>) -> bool {
    match operand {
        Some(Value::Unknown(Why::Field)) => false,
        Some(Value::Object(id)) if machine.is_made_in_loop(*id) => match machine.object(*id) {
            Object::Sequence(sequence) => sequence.items.as_ref().is_none_or(Vec::is_empty),
            _ => true,
        },
        _ => true,
    }
}
