//! Which attributes a row has loaded, where the program asks: `"author" in inspect(book).unloaded`, `"author" in book.__dict__`.
//!
//! A row of which it is not known who has loaded it may have loaded anything: where the program says that it has, reading
//! the attribute sends nothing.

use super::collection::{self, Held, held};
use super::row::{is_past, is_pending, row};
use crate::domain::{Arguments, Certainty, LoadPlan, Machine, Object, ObjectId, Row, Value, loaded};
use crate::syntax::Name;

/// Whether a row has loaded an attribute, where that is known.
pub fn is_loaded(machine: &dyn Machine, id: ObjectId, name: Name) -> Option<bool> {
    let row = row(machine, id)?;
    let is_known = row.origin.is_some() && !row.plan.is_guess && row.certainty == Certainty::High;
    if !is_known || is_pending(machine, &row) {
        return None;
    }
    let model = machine.program().schema.model(row.model);
    if let Some(relation) = model.relation(name) {
        return match loaded(machine, &row, name) {
            _ if is_past(machine, id) => Some(false),
            Some(loaded) => loaded.is_sure.then_some(true),
            None => Some(matches!(held(machine, &row, relation), Held::Loaded(_))),
        };
    }
    let column = model.column(name)?;
    let is_plain = !column.deferred && !row.plan.columns.leaves_out(name);
    (is_plain && !is_past(machine, id)).then_some(true)
}

/// On this path the row has loaded the attribute, says the program.
pub fn assume_loaded(machine: &mut dyn Machine, id: ObjectId, name: Name) {
    if is_loaded(machine, id, name) == Some(true) {
        return;
    }
    let Some(about) = row(machine, id) else { return };
    match machine.program().schema.model(about.model).relation(name).cloned() {
        Some(relation) if relation.gives_query() => {}
        Some(relation) => match about.loaded.get(&name) {
            Some(loaded) => drop(collection::remember(machine, id, name, loaded.value.clone())),
            None => {
                let plan = LoadPlan { is_guess: true, ..LoadPlan::default() };
                collection::load(machine, id, &relation, plan, false);
            }
        },
        None => assume_column(machine, id, name),
    }
}

fn assume_column(machine: &mut dyn Machine, id: ObjectId, name: Name) {
    if let Object::Row(Row { columns, .. }) = machine.object_mut(id) {
        columns.insert(name, true);
    }
}

/// `row.__dict__.setdefault("events", [])`: what was put on the row that no column or relation holds.
pub fn put_once(machine: &mut dyn Machine, id: ObjectId, arguments: &Arguments) -> Value {
    let (Some(name), default) = (arguments.positional.first().and_then(Value::as_text), arguments.positional.get(1))
    else {
        return Value::ANY;
    };
    let Some(about) = row(machine, id) else { return Value::ANY };
    let model = machine.program().schema.model(about.model);
    if model.relation(name).is_some() || model.column(name).is_some() {
        return Value::ANY;
    }
    let default = default.cloned().unwrap_or(Value::None);
    match machine.object_mut(id) {
        Object::Row(row) => row.attributes.entry(name).or_insert(default).clone(),
        _ => Value::ANY,
    }
}

/// The row whose names a value holds, and whether they are those of what is loaded.
pub fn names_of(machine: &dyn Machine, container: &Value) -> Option<(ObjectId, bool)> {
    let Value::Object(id) = container else { return None };
    match machine.object(*id) {
        Object::Alchemy(crate::domain::Alchemy::Names { row, are_loaded }) => Some((*row, *are_loaded)),
        _ => None,
    }
}
