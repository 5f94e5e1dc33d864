//! Signals: the receivers that run when rows are saved or deleted.

use crate::domain::{Arguments, Machine, Object, ObjectId, Place, Scalar, Value};
use crate::project::ClassRef;
use crate::syntax::Name;

/// Runs the receivers of a signal for a row.
pub(super) fn send(machine: &mut dyn Machine, row: ObjectId, signal: &str, place: Place) {
    tell(machine, row, signal, Vec::new(), place);
}

/// As `send`, with what `created` and `update_fields` are. Nothing points at a row yet that was just created.
pub(super) fn send_saved(machine: &mut dyn Machine, row: ObjectId, saved: [Value; 2], place: Place) {
    let is_new = saved[0] == Value::Scalar(Scalar::Bool(true));
    let sets = if is_new { empty_sets(machine, row) } else { Vec::new() };
    tell_empty(machine, row, &sets, true);
    let [created, update_fields] = saved;
    let more = vec![(Name::new("created"), created), (Name::new("update_fields"), update_fields)];
    tell(machine, row, "post_save", more, place);
    tell_empty(machine, row, &sets, false);
}

/// The sets of rows that others belong to a row by.
fn empty_sets(machine: &dyn Machine, row: ObjectId) -> Vec<Name> {
    let Object::Row(about) = machine.object(row) else { return Vec::new() };
    let relations = &machine.program().schema.model(about.model).relations;
    relations.iter().filter(|relation| !relation.kind.is_single()).map(|relation| relation.name).collect()
}

fn tell_empty(machine: &mut dyn Machine, row: ObjectId, sets: &[Name], is_empty: bool) {
    let Object::Row(about) = machine.object_mut(row) else { return };
    for set in sets {
        if is_empty {
            about.truths.insert(*set, false);
        } else {
            about.truths.remove(set);
        }
    }
}

fn tell(machine: &mut dyn Machine, row: ObjectId, signal: &str, more: Vec<(Name, Value)>, place: Place) {
    let Object::Row(about) = machine.object(row) else { return };
    let model = about.model;
    let class = machine.program().schema.model(model).class;
    for receiver in machine.receivers(model, signal) {
        let mut keywords = vec![
            (Name::new("sender"), Value::Class(ClassRef::Known(class))),
            (Name::new("instance"), Value::Object(row)),
            (Name::new("signal"), Value::ANY),
        ];
        keywords.extend(more.iter().cloned());
        let arguments = Arguments { keywords, ..Arguments::default() };
        machine.call(&receiver, arguments, place);
    }
}
