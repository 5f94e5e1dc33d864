//! What the look-ups of a filter tell of its rows: how many there are at most, which of their relations are NULL, which are not,
//! what their columns hold.

use std::rc::Rc;

use crate::domain::{Arguments, Machine, QuerySet, Scalar, Size, Value};
use crate::project::{Model, Relation, RelationKind};
use crate::syntax::Name;

/// What keyword look-ups tell: at most one row by the key, relations that are NULL or not, a batch of keys.
pub(super) fn filter(machine: &mut dyn Machine, query: &mut QuerySet, arguments: &Arguments) {
    let model = machine.program().schema.model(query.model);
    let mut nulls = (*query.null_relations).clone();
    let mut present = Vec::new();
    let mut fixed = (*query.fixed).clone();
    for (keyword, value) in &arguments.keywords {
        let (path, operator) = match keyword.rsplit_once("__") {
            Some((path, "isnull")) => (path, "isnull"),
            Some((path, "in")) => (path, "in"),
            Some((path, "exact")) => (path, "="),
            _ => (keyword.as_str(), "="),
        };
        match operator {
            "isnull" if *value == Value::Scalar(Scalar::Bool(true)) => nulls.push(Name::new(path)),
            "in" => query.is_batched = true,
            "=" if *value == Value::None => nulls.push(Name::new(path)),
            "=" if is_unique(model, path) => query.limit = Some(Size::Known(1)),
            _ => {}
        }
        if let Value::Scalar(Scalar::Bool(truth)) = value
            && operator == "="
            && model.column(Name::new(path)).is_some()
        {
            Rc::make_mut(&mut query.truths).insert(Name::new(path), *truth);
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
    if !present.is_empty() {
        Rc::make_mut(&mut query.plan).present.extend(present);
    }
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

/// Whether at most one row has a given value there: keys, unique columns, one-to-one relations that hold the key.
fn is_unique(model: &Model, path: &str) -> bool {
    let path = Name::new(path);
    let is_own = |relation: &&Relation| relation.kind == RelationKind::OneToOne && relation.goes_by(path);
    path == "pk"
        || model.primary_key == path
        || model.column(path).is_some_and(|column| column.unique)
        || model.relations.iter().any(|relation| is_own(&relation))
}
