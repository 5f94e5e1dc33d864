//! Signals: the receivers that run when rows are saved or deleted.

use super::receivers::about;
use crate::domain::{Arguments, Machine, Object, ObjectId, Place, Scalar, Value};
use crate::project::{ClassRef, Relation};
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

/// Runs the receivers of `m2m_changed` for the links of a row, before and after they are written: `add`, `remove` and `clear`
/// each have names of their own for that. Source: `django.db.models.fields.related_descriptors.create_forward_many_to_many_manager`.
pub(super) fn send_links_changed(
    machine: &mut dyn Machine,
    row: ObjectId,
    relation: &Relation,
    method: &str,
    place: Place,
) {
    let is_forward = matches!(machine.object(row), Object::Row(row) if relation.owner == row.model);
    let sender = if is_forward { Some((relation.owner, relation.name)) } else { relation.target.zip(relation.reverse) };
    let Some((model, name)) = sender else { return };
    let receivers = machine.receivers(model, &about(Name::new("m2m_changed"), Some(name)));
    if receivers.is_empty() {
        return;
    }
    let verb = match method.trim_start_matches('a') {
        "remove" => "remove",
        "clear" => "clear",
        _ => "add",
    };
    let schema = &machine.program().schema;
    let other = relation.target.map_or(Value::ANY, |target| Value::Class(ClassRef::Known(schema.model(target).class)));
    for when in ["pre", "post"] {
        let keywords = vec![
            (Name::new("sender"), Value::ANY),
            (Name::new("instance"), Value::Object(row)),
            (Name::new("action"), Value::text(&format!("{when}_{verb}"))),
            (Name::new("reverse"), Value::Scalar(Scalar::Bool(!is_forward))),
            (Name::new("model"), other.clone()),
            (Name::new("pk_set"), Value::ANY),
            (Name::new("signal"), Value::ANY),
        ];
        for receiver in &receivers {
            machine.call(receiver, Arguments { keywords: keywords.clone(), ..Arguments::default() }, place);
        }
    }
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
