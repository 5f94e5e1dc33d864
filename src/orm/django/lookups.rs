//! What the look-ups of a filter tell of its rows: how many there are at most, which of their relations are NULL, which are not,
//! what their columns hold.

use std::rc::Rc;

use crate::domain::{Arguments, Facts, Machine, Object, QuerySet, Scalar, Size, Value};
use crate::project::{Column, Model, Relation, RelationKind};
use crate::syntax::Name;

/// What keyword look-ups tell: at most one row by the key, relations that are NULL or not, a batch of keys.
pub(super) fn filter(machine: &mut dyn Machine, query: &mut QuerySet, arguments: &Arguments) {
    let model = machine.program().schema.model(query.model);
    let mut nulls = (*query.null_relations).clone();
    let mut present = Vec::new();
    let mut fixed = (*query.fixed).clone();
    let mut equal = Vec::new();
    for (keyword, value) in &arguments.keywords {
        let (path, operator) = match keyword.rsplit_once("__") {
            Some((path, "isnull")) => (path, "isnull"),
            Some((path, "in")) => (path, "in"),
            Some((path, "exact")) => (path, "="),
            _ => (keyword.as_str(), "="),
        };
        match operator {
            "isnull" if *value == Value::Scalar(Scalar::Bool(true)) => nulls.push(Name::new(path)),
            // Source: `EmptyResultSet`, which a look-up in nothing raises before a statement is sent.
            "in" if machine.is_surely_empty(value) => query.is_empty = true,
            "in" => {
                query.is_batched |= crate::orm::batch::may_be_batch(machine, Some(value));
                let listed = listed_size(machine, value).filter(|_| is_unique(model, path));
                query.limit = query.limit.take().or(listed);
            }
            "=" if *value == Value::None => nulls.push(Name::new(path)),
            "=" if is_unique(model, path) => query.limit = Some(Size::Known(1)),
            _ => {}
        }
        if operator == "=" && *value != Value::None {
            equal.push(Name::new(path));
        }
        if let Value::Scalar(Scalar::Bool(truth)) = value
            && operator == "="
            && model.column(Name::new(path)).is_some()
        {
            Rc::make_mut(&mut query.truths).insert(Name::new(path), *truth);
        }
        if let Some(values) = compared(machine, value, operator).filter(|values| is_about(model, path, values)) {
            Rc::make_mut(&mut query.facts).add(Name::new(path), &values, true);
        }
        let is_null = match operator {
            "isnull" => *value != Value::Scalar(Scalar::Bool(false)),
            _ => value.disjuncts().contains(&Value::None),
        };
        if operator == "="
            && let Some(relation) = single_relation(model, path)
        {
            fixed.push(relation);
        }
        if let Some(relation) = nullable_relation(model, path).filter(|_| !is_null) {
            present.push(relation);
        }
    }
    query.null_relations = Rc::new(nulls);
    query.fixed = Rc::new(fixed);
    if query.limit.is_none() && finds_one(machine, query, &equal) {
        query.limit = Some(Size::Known(1));
    }
    if !present.is_empty() {
        Rc::make_mut(&mut query.plan).present.extend(present);
    }
}

/// `exclude(state="draft")`, `exclude(state__in=HIDDEN)`: no row holds that. Several look-ups leave out what fits all of them.
pub(super) fn exclude(machine: &mut dyn Machine, query: &mut QuerySet, arguments: &Arguments) {
    let ([(keyword, value)], []) = (arguments.keywords.as_slice(), arguments.positional.as_slice()) else { return };
    let (path, operator) = match keyword.rsplit_once("__") {
        Some((path, "in")) => (path, "in"),
        _ => (keyword.as_str(), "="),
    };
    let model = machine.program().schema.model(query.model);
    if let Some(values) = compared(machine, value, operator).filter(|values| is_about(model, path, values)) {
        Rc::make_mut(&mut query.facts).add(Name::new(path), &values, false);
    }
}

/// The texts or numbers that a look-up compares a column with, where the program spells them out.
fn compared(machine: &dyn Machine, value: &Value, operator: &str) -> Option<Vec<Value>> {
    matches!(operator, "=" | "in").then(|| Facts::constants(machine, value, operator == "in"))?
}

/// Whether a look-up is about a column of the rows themselves that is no key, and compares it with what it may hold: `size="1"`
/// finds the number.
fn is_about(model: &Model, path: &str, values: &[Value]) -> bool {
    let path = Name::new(path);
    let are_numbers = values.iter().all(|value| matches!(value, Value::Scalar(Scalar::Int(_))));
    let fits = |column: &Column| !column.primary_key && column.kind.ends_with("IntegerField") == are_numbers;
    let is_column = model.column(path).is_some_and(fits);
    is_column && !model.relations.iter().any(|relation| relation.goes_by(path))
}

/// Whether a constraint over several columns, each of which is held equal to one value, lets but one row be found.
fn finds_one(machine: &dyn Machine, query: &QuerySet, equal: &[Name]) -> bool {
    let model = machine.program().schema.model(query.model);
    let back = query.related.and_then(|(row, relation)| super::relation::back_reference(machine, row, relation));
    let is_fixed = |column: &Name| match model.relations.iter().find(|relation| relation.goes_by(*column)) {
        Some(relation) => {
            let is_named = |name: &Name| relation.goes_by(*name);
            let is_held = query.fixed.contains(&relation.name) || back == Some(relation.name);
            // NULL equals nothing, so that many rows may have it.
            (is_held || equal.iter().any(is_named)) && !query.null_relations.iter().any(is_named)
        }
        None => equal.contains(column) || query.truths.contains_key(column),
    };
    let holds = |(column, truth): &(Name, bool)| query.truths.get(column) == Some(truth);
    model.indexes.iter().any(|index| {
        let is_unique = index.unique || (!index.unique_where.is_empty() && index.unique_where.iter().all(holds));
        is_unique && index.columns.iter().all(is_fixed)
    })
}

/// The relation that a comparison names by itself or by its key.
fn single_relation(model: &Model, path: &str) -> Option<Name> {
    let path = Name::new(path);
    let is_named = |relation: &&Relation| relation.goes_by(path);
    model.relations.iter().filter(|relation| relation.kind.holds_key()).find(is_named).map(|relation| relation.name)
}

/// The relation that leads to what is compared: where it is NULL, no comparison holds.
fn nullable_relation(model: &Model, path: &str) -> Option<Name> {
    let first = Name::new(path.split("__").next().unwrap_or(path));
    let leads = |relation: &&Relation| relation.goes_by(first);
    model.relations.iter().filter(|relation| relation.nullable).find(leads).map(|relation| relation.name)
}

/// How many values the program lists; a collection that grows lists none.
fn listed_size(machine: &dyn Machine, value: &Value) -> Option<Size> {
    let Value::Object(id) = value else { return None };
    match machine.object(*id) {
        Object::Sequence(sequence) => Some(sequence.size.clone()).filter(|size| matches!(size, Size::Known(_))),
        _ => None,
    }
}

/// Whether at most one row has a given value there: keys, unique columns, one-to-one relations that hold the key.
fn is_unique(model: &Model, path: &str) -> bool {
    let path = Name::new(path);
    let is_own = |relation: &&Relation| relation.kind == RelationKind::OneToOne && relation.goes_by(path);
    path == "pk"
        || model.primary_key == path
        || model.column(path).is_some_and(|column| column.unique)
        || model.relations.iter().any(|relation| is_own(&relation))
}
