//! What a session does to the rows that hang on one: they are deleted, merged or expired with it, each by a query of its own.
//!
//! `relationship(cascade="all, delete-orphan")`; the cascade of `merge` is on by default. Source: SQLAlchemy's page on cascades; how many
//! queries each sends was counted on 2.0.

use super::row;
use super::unit::{option, rows};
use crate::domain::{Certainty, Effect, Iteration, Machine, Object, ObjectId, Place, Value};
use crate::project::{ModelId, Relation, RelationKind};

/// Reads the rows that go with a deleted one, and with each of them those that go with it (`Mapper.cascade_iterator`). Of the second
/// step one relation stands for all: what grows there has one cause and one cure, `passive_deletes=True`.
pub(super) fn delete(machine: &mut dyn Machine, row: ObjectId, place: Place) {
    let Object::Row(about) = machine.object(row) else { return };
    let mut is_told = false;
    for relation in along(machine, about.model) {
        let children = row::read_relation(machine, row, &relation, place);
        let further = relation.target.and_then(|target| along(machine, target).into_iter().next());
        if let Some(further) = further.filter(|_| !is_told) {
            is_told = true;
            for_each_row(machine, &children, place, &mut |machine, child| {
                row::read_relation(machine, child, &further, place);
            });
        }
    }
}

/// The relations whose rows are read to be deleted with a row of the model.
fn along(machine: &dyn Machine, model: ModelId) -> Vec<Relation> {
    let relations = machine.program().schema.model(model).relations.iter();
    relations.filter(|relation| deletes(relation) && is_followed(relation)).cloned().collect()
}

/// Whether the rows of a relation are deleted with the row that has them.
pub(super) fn deletes(relation: &Relation) -> bool {
    cascades(relation, "delete") && relation.kind != RelationKind::ManyToMany
}

/// Whether a relation names a cascade.
fn cascades(relation: &Relation, what: &str) -> bool {
    option(relation, "cascade").is_some_and(|text| text.contains("all") || text.contains(what))
}

/// Whether deleting a row asks for the rows of this relation: they point to it, and the database isn't left to it.
pub(super) fn is_followed(relation: &Relation) -> bool {
    let is_away = !matches!(relation.kind, RelationKind::ManyToOne | RelationKind::OneToOne);
    let is_view = option(relation, "viewonly").is_some_and(|text| text == "True");
    let is_passive = option(relation, "passive_deletes").is_some_and(|text| text != "False");
    let is_plain = !matches!(relation.lazy.as_str(), "write_only" | "noload");
    is_away && !is_view && !is_passive && is_plain
}

/// The rows that were put on a merged one are merged with it; `one` is the query for each that has its key and is not in the
/// session. Those of a row that is stored already come with one query, so that it is not quite certain.
pub(super) fn merge(machine: &mut dyn Machine, session: ObjectId, value: &Value, one: &Effect, place: Place) {
    for row in rows(machine, value) {
        let Object::Row(about) = machine.object(row) else { continue };
        if about.is_saved {
            continue;
        }
        let model = machine.program().schema.model(about.model);
        let merges = |relation: &&Relation| {
            let is_default = option(relation, "cascade").is_none();
            (is_default || cascades(relation, "merge")) && !relation.kind.is_single()
        };
        let sets = model.relations.iter().filter(merges);
        let sets =
            sets.filter_map(|relation| Some((relation.target?, about.loaded.get(&relation.name)?.value.clone())));
        for (target, children) in sets.collect::<Vec<_>>() {
            let iteration = machine.iterate(&children, place);
            let is_asked = iteration.element.as_ref().is_some_and(|child| have_keys(machine, child));
            if is_asked && iteration.size.grows() && !super::session::holds(machine, session, target) {
                let certainty = one.certainty.min(Certainty::Medium);
                let one = Effect { model: Some(target), certainty, ..one.clone() };
                machine.for_each(iteration.size, place, &mut |machine| machine.fire(one.clone()));
            }
        }
    }
}

/// Whether new rows were given their keys: without one nothing is looked for.
fn have_keys(machine: &dyn Machine, value: &Value) -> bool {
    let children = rows(machine, value);
    !children.is_empty()
        && children.into_iter().all(|row| match machine.object(row) {
            Object::Row(row) => row.columns.contains_key(&machine.program().schema.model(row.model).primary_key),
            _ => false,
        })
}

/// The rows of a relation that cascades `refresh-expire` are read again, one by one, when somebody asks them; those that the
/// refresh itself loads are there again.
pub(super) fn expire(machine: &mut dyn Machine, row: ObjectId, place: Place) {
    let Object::Row(about) = machine.object(row) else { return };
    let expires = |relation: &&Relation| {
        let is_loaded_again = relation.is_mapped_eager() || about.plan.relations.contains_key(&relation.name);
        cascades(relation, "refresh-expire") && !is_loaded_again
    };
    let relations = machine.program().schema.model(about.model).relations.iter().filter(expires);
    let loaded = relations.filter_map(|relation| about.loaded.get(&relation.name)).map(|loaded| loaded.value.clone());
    for children in loaded.collect::<Vec<_>>() {
        let Iteration { element, items, .. } = machine.iterate(&children, place);
        for child in items.into_iter().flatten().chain(element) {
            for child in rows(machine, &child) {
                if let Object::Row(child) = machine.object_mut(child) {
                    child.is_expired = true;
                }
            }
        }
    }
}

/// Runs something for each of the rows in a value.
fn for_each_row(
    machine: &mut dyn Machine,
    value: &Value,
    place: Place,
    run: &mut dyn FnMut(&mut dyn Machine, ObjectId),
) {
    let Iteration { element, items, size } = machine.iterate(value, place);
    for child in items.into_iter().flatten() {
        rows(machine, &child).into_iter().for_each(|child| run(machine, child));
    }
    if let Some(child) = element {
        machine.for_each(size, place, &mut |machine| {
            rows(machine, &child).into_iter().for_each(|child| run(machine, child));
        });
    }
}
