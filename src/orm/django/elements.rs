//! What an evaluated queryset gives: how many elements, and what each is.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::relation;
use crate::domain::{
    DECLARED, Dict, Loaded, Machine, Object, ObjectId, QuerySet, Row, Scalar, Sequence, SequenceKind, Shape, Size,
    Value,
};
use crate::project::ModelId;
use crate::syntax::Name;

/// How many rows a queryset gives.
pub(super) fn size(machine: &dyn Machine, query: &QuerySet) -> Size {
    if let Some(limit) = &query.limit {
        return limit.clone();
    }
    let label = |model: ModelId| machine.program().schema.model(model).label;
    match &query.related {
        Some((row, relation)) => match machine.object(*row) {
            Object::Row(row) => Size::Rows(Name::new(&format!("{}.{relation}", label(row.model)))),
            _ => Size::Rows(label(query.model)),
        },
        None => Size::Rows(label(query.model)),
    }
}

/// One element of an evaluated queryset.
pub(super) fn element(machine: &mut dyn Machine, id: ObjectId, query: &QuerySet) -> Value {
    match query.shape {
        Shape::Rows => {
            let row = row_of(query);
            let row = machine.derive_element(id, Name::new("row"), Object::Row(row));
            know_parent(machine, row, query);
            begin_at_owner(machine, row, query);
            relation::share_fixed(machine, id, row, query);
            know_absent(machine, row, query);
            Value::Object(row)
        }
        Shape::Flat => {
            let model = machine.program().schema.model(query.model);
            let name = query.fields.first().copied().unwrap_or(model.primary_key);
            column_value(machine, query.model, name)
        }
        Shape::Tuples => {
            let items: Vec<Value> = query.fields.iter().map(|name| column_value(machine, query.model, *name)).collect();
            let tuple = if items.is_empty() {
                Sequence::many(SequenceKind::Tuple, Value::ANY, Size::Known(DECLARED))
            } else {
                Sequence::of(SequenceKind::Tuple, items)
            };
            Value::Object(machine.derive_element(id, Name::new("tuple"), Object::Sequence(tuple)))
        }
        Shape::Dicts => {
            let known = query.fields.iter().map(|name| (*name, column_value(machine, query.model, *name))).collect();
            let value = Some(Value::ANY);
            let dict = Dict { known, key: Some(Value::ANY), value, size: Size::Known(DECLARED), ..Dict::empty() };
            Value::Object(machine.derive_element(id, Name::new("dict"), Object::Dict(dict)))
        }
    }
}

/// A column's value: keys differ from row to row.
pub(super) fn column_value(machine: &dyn Machine, model: ModelId, name: Name) -> Value {
    let model = machine.program().schema.model(model);
    let key = Value::Scalar(Scalar::Key);
    if name == "pk" || name == model.primary_key {
        return key;
    }
    match model.relations.iter().find(|relation| relation.goes_by(name)) {
        Some(relation) if relation.nullable => key.join(&Value::None, None),
        Some(_) => key,
        None => Value::ANY,
    }
}

/// The attributes that a query annotates its rows with. Code that asks whether one is there wants to know whether somebody
/// annotated.
pub(super) fn annotated(names: &[Name]) -> BTreeMap<Name, Value> {
    names.iter().map(|name| (*name, Value::Scalar(Scalar::Present))).collect()
}

/// A row as the queryset gives it.
pub(super) fn row_of(query: &QuerySet) -> Row {
    let mut loaded = BTreeMap::new();
    for name in query.null_relations.iter() {
        loaded.insert(*name, Loaded::surely(Value::None));
    }
    Row {
        model: query.model,
        plan: Rc::clone(&query.plan),
        loaded,
        columns: Default::default(),
        attributes: annotated(&query.annotations),
        truths: (*query.truths).clone(),
        facts: Rc::clone(&query.facts),
        origin: Some(Rc::new(query.origin.clone())),
        is_saved: true,
        is_changed: false,
        is_expired: false,
        deleted: None,
        is_absent: false,
        certainty: query.certainty,
        session: None,
    }
}

/// Rows of `parent.children` hold their parent, if they don't hold a copy; those of many-to-many and generic relations do not.
pub(super) fn know_parent(machine: &mut dyn Machine, row: ObjectId, query: &QuerySet) {
    let Some((parent, relation)) = query.related else { return };
    let Some(back) = relation::back_reference(machine, parent, relation) else { return };
    let Some(mut holder) = relation::row(machine, row) else { return };
    relation::hold_parent(machine, &mut holder, back, parent);
    *machine.object_mut(row) = Object::Row(holder);
}

/// No template can say what to load with a set that it asks for: its rows come from where their owner was fetched.
fn begin_at_owner(machine: &mut dyn Machine, row: ObjectId, query: &QuerySet) {
    let Some((owner, name)) = query.related.filter(|_| query.is_whole) else { return };
    if !machine.program().module_of(query.origin.place.file).is_some_and(|module| module.is_template) {
        return;
    }
    let Object::Row(owner) = machine.object(owner) else { return };
    let Some(origin) = relation::further(owner, name) else { return };
    if let Object::Row(row) = machine.object_mut(row) {
        row.origin = Some(origin);
    }
}

/// Where a check of the table lets but one of two relations be set, and the parent or a look-up has set one, the other is NULL.
fn know_absent(machine: &mut dyn Machine, row: ObjectId, query: &QuerySet) {
    let model = machine.program().schema.model(query.model);
    let parent = query.related.and_then(|(parent, relation)| relation::back_reference(machine, parent, relation));
    let set = query.plan.present.iter().copied().chain(parent);
    let absent: Vec<Name> = set.flat_map(|name| model.excluded_by(name.as_str())).map(Name::new).collect();
    if let Object::Row(row) = machine.object_mut(row) {
        row.loaded.extend(absent.into_iter().map(|name| (name, Loaded::surely(Value::None))));
    }
}
