//! Rows that the code at hand has made: nothing in the database points at one but what the same code has put there. Such a
//! collection is known to be empty by a false truth under its name.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::row::is_pending;
use super::session::{self, change, state};
use super::{collection, identity, unit};
use crate::domain::{Arguments, Certainty, Facts, Machine, Object, ObjectId, Row, Scalar, Value};
use crate::project::{ModelId, Relation};
use crate::syntax::Name;

/// What is known of a row that is just made: its collections are empty.
pub(super) fn truths(machine: &dyn Machine, model: ModelId) -> BTreeMap<Name, bool> {
    let relations = &machine.program().schema.model(model).relations;
    relations.iter().filter(|relation| !relation.kind.is_single()).map(|relation| (relation.name, false)).collect()
}

/// What is known of the columns of a row that is just made: its key is `None` until the INSERT was sent, where the database
/// counts it up and the code at hand does not set it. Verified on 2.0.
pub(super) fn facts(machine: &dyn Machine, model: ModelId, arguments: &Arguments) -> Rc<Facts> {
    let program = machine.program();
    let class = program.schema.model(model).class;
    let is_positional =
        || program.member(class, Name::new("__init__"), None).is_none() && !arguments.positional.is_empty();
    let is_open = arguments.double_star.is_some() || arguments.star.is_some() || is_positional();
    if is_open || !identity::counts_keys(machine, model) { Rc::default() } else { Facts::keyless() }
}

/// Whether the key of a row is `None`: nobody has set it, and the row waits to be stored.
pub(super) fn has_no_key(machine: &dyn Machine, row: &Row) -> bool {
    let key = machine.program().schema.model(row.model).primary_key;
    row.facts.awaits_key() && !row.columns.contains_key(&key) && is_pending(machine, row)
}

/// Remembers that rows of a model were made, which may point at others.
pub(super) fn remember(machine: &mut dyn Machine, model: ModelId) {
    let session = session::ambient(machine, Certainty::High);
    if !state(machine, session).made.contains(&model) {
        change(machine, session, |session| session.made.push(model));
    }
}

/// Whether nothing can be in a collection of a row: the row is new, and no row was made that could belong to it.
pub(super) fn has_none(machine: &mut dyn Machine, row: &Row, relation: &Relation) -> bool {
    if row.truths.get(&relation.name) != Some(&false) {
        return false;
    }
    let session = session::ambient(machine, Certainty::High);
    let made = state(machine, session).made;
    let is_made =
        |model: Option<ModelId>| model.is_some_and(|model| made.iter().any(|one| is_kin(machine, *one, model)));
    !is_made(relation.target) && !is_made(relation.through)
}

fn is_kin(machine: &dyn Machine, one: ModelId, other: ModelId) -> bool {
    let program = machine.program();
    let class = |model| program.schema.model(model).class;
    program.inherits(class(one), class(other)) || program.inherits(class(other), class(one))
}

/// A value was put on a row: what it names has somebody who points at it.
pub(super) fn point_at(machine: &mut dyn Machine, value: &Value) {
    let mut named = unit::rows(machine, value);
    named.extend(value.disjuncts().iter().filter_map(|part| match part {
        Value::Scalar(Scalar::KeyOf(id, None)) => Some(*id),
        _ => None,
    }));
    for id in named {
        if let Object::Row(row) = machine.object_mut(id) {
            row.truths.retain(|_, truth| *truth);
        }
    }
}

/// What a row forgets when it is read anew: a collection into which something was put is not known to be empty.
pub(super) fn keep(machine: &mut dyn Machine, id: ObjectId) {
    let Object::Row(row) = machine.object(id) else { return };
    let is_filled = |value: &Value| !collection::is_empty(machine, value);
    let filled: Vec<Name> =
        row.loaded.iter().filter(|(_, loaded)| is_filled(&loaded.value)).map(|(name, _)| *name).collect();
    if let Object::Row(row) = machine.object_mut(id) {
        row.truths.retain(|name, truth| *truth || !filled.contains(name));
    }
}
