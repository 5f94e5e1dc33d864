//! Results: what the items of an executed statement are.

use std::rc::Rc;

use super::events;
use super::joins;
use super::options::{self, plan_for};
use super::row;
use super::session;
use super::statement::{self, size};
use super::table::{ResultAction, result_action};
use crate::domain::{
    Alchemy, Dict, Effect, EffectKind, Entity, Fetched, Fixed, Iteration, Machine, NamedTuple, Object, ObjectId, Place,
    ResultShape, Row, Scalar, Sequence, SequenceKind, Size, Statement, Value, Verb, Why,
};
use crate::project::{ModelId, Relation, RelationKind};
use crate::syntax::Name;

const RESULT: u32 = 64;
const LIST: u32 = 65;
const DICT: u32 = 66;

/// A column's value: keys differ from row to row, and so do numbers that are named like the key of something.
pub(super) fn column_value(machine: &dyn Machine, model: ModelId, name: Option<Name>) -> Value {
    let model = machine.program().schema.model(model);
    let Some(name) = name else { return Value::ANY };
    let is_key = name == model.primary_key
        || name.ends_with("_id")
        || model.column(name).is_some_and(|column| column.primary_key || column.unique)
        || model.relations.iter().any(|relation| relation.key_attribute == Some(name));
    if is_key { Value::Scalar(Scalar::Key) } else { Value::ANY }
}

/// One item of a result; `many` says that there are others beside it.
pub(super) fn element(
    machine: &mut dyn Machine,
    owner: ObjectId,
    statement: &Statement,
    session: ObjectId,
    shape: ResultShape,
    many: bool,
    place: Place,
) -> Value {
    let fetched = Fetched { statement: Rc::new(statement.clone()), session, shape, is_unique: false };
    if many {
        refill(machine, &fetched);
        immediate(machine, &fetched, place);
    }
    item(machine, owner, &fetched, many)
}

fn item(machine: &mut dyn Machine, owner: ObjectId, fetched: &Fetched, many: bool) -> Value {
    let entities = &fetched.statement.entities;
    if entities.is_empty() {
        return Value::unknown(Why::Element);
    }
    if fetched.shape == ResultShape::Scalars {
        return entity_value(machine, owner, fetched, &entities[0], 0, many);
    }
    let mut items = Vec::new();
    for (index, entity) in entities.iter().enumerate() {
        items.push(entity_value(machine, owner, fetched, entity, index, many));
    }
    let names: Vec<Option<Name>> = entities.iter().map(|entity| entity.name).collect();
    let object = match fetched.shape {
        ResultShape::Mappings => {
            let known = names.iter().zip(&items).filter_map(|(name, item)| Some(((*name)?, item.clone()))).collect();
            Object::Dict(Dict { known, size: Size::Known(items.len() as u64), ..Dict::empty() })
        }
        _ => Object::Alchemy(Alchemy::Tuple(NamedTuple { names, items })),
    };
    Value::Object(put(machine, owner, "tuple", object, many))
}

fn put(machine: &mut dyn Machine, owner: ObjectId, name: &str, object: Object, many: bool) -> ObjectId {
    if many {
        machine.derive_element(owner, Name::new(name), object)
    } else {
        machine.derive(owner, Name::new(&format!("{name}#one")), object)
    }
}

fn entity_value(
    machine: &mut dyn Machine,
    owner: ObjectId,
    fetched: &Fetched,
    entity: &Entity,
    index: usize,
    many: bool,
) -> Value {
    let Some(model) = entity.model else { return entity.value.clone() };
    let row = row_of(machine, fetched, model);
    let id = put(machine, owner, &format!("row{index}"), Object::Row(row), many);
    if let Some((parent, relation)) = fetched.statement.related {
        row::know_parent(machine, id, parent, relation);
    }
    let statement = &fetched.statement;
    if many && statement.limit.is_none() && (!statement.is_filtered || statement.entities.len() > 1) {
        session::hold(machine, fetched.session, model, id);
    }
    if statement.model == Some(model) {
        share_parents(machine, owner, id, statement, model, many);
    }
    reconstruct(machine, fetched, model, id, many);
    Value::Object(id)
}

/// Rows whose foreign key a condition holds equal to one value have one parent between them: the first read leaves it in
/// the session for all. The same holds for the rows of a joined model, once they are reached. One row shares with nobody,
/// but finds the parent that it was compared with.
fn share_parents(
    machine: &mut dyn Machine,
    owner: ObjectId,
    id: ObjectId,
    statement: &Statement,
    model: ModelId,
    many: bool,
) {
    let by_name = joins::fixed_by_name(machine, statement);
    let all = statement.fixed.iter().chain(&by_name);
    for fixed in all.filter(|fixed| many || fixed.row.is_some() || fixed.is_null) {
        let way = if fixed.model == model { None } else { joins::only_way(machine, model, fixed.model) };
        let is_reached = fixed.model == model || way.is_some();
        let Some(relation) = shared_relation(machine, fixed).filter(|_| is_reached) else { continue };
        if fixed.is_null {
            if way.is_none() {
                super::collection::remember(machine, id, relation.name, Value::None);
            }
            continue;
        }
        let Some(parent) = shared_parent(machine, owner, id, way, &relation, fixed) else { continue };
        match way {
            None => drop(super::collection::remember(machine, id, relation.name, parent)),
            Some(way) => {
                let (Object::Row(row), Value::Object(parent)) = (machine.object_mut(id), parent) else { continue };
                Rc::make_mut(&mut row.plan).path_plan(&[way]).fixed.insert(relation.name, parent);
            }
        }
    }
}

/// The many-to-one that a fixed attribute is, or is the key of.
fn shared_relation(machine: &dyn Machine, fixed: &Fixed) -> Option<Relation> {
    let is_fixed = |relation: &&Relation| {
        relation.goes_by(fixed.attribute) && relation.kind == RelationKind::ManyToOne && relation.to_field.is_none()
    };
    machine.program().schema.model(fixed.model).relations.iter().find(is_fixed).cloned()
}

/// The row that was compared, or one that stands for the row of that key; of a model outside the project nothing is known
/// but that there is one.
fn shared_parent(
    machine: &mut dyn Machine,
    owner: ObjectId,
    id: ObjectId,
    way: Option<Name>,
    relation: &Relation,
    fixed: &Fixed,
) -> Option<Value> {
    if let Some(row) = fixed.row.filter(|row| is_target(machine, *row, relation)) {
        return Some(Value::Object(row));
    }
    let Some(target) = relation.target else { return Some(Value::unknown(Why::Attribute(relation.name))) };
    let Object::Row(child) = machine.object(id) else { return None };
    let path: Vec<Name> = way.into_iter().chain([relation.name]).collect();
    let plan = child.plan.at(&path).cloned().unwrap_or_default();
    let mut origin = child.origin.clone();
    if let Some(origin) = &mut origin {
        Rc::make_mut(origin).relations.extend(path);
    }
    let parent =
        Row { plan: Rc::new(plan), session: child.session, certainty: child.certainty, origin, ..row::blank(target) };
    Some(Value::Object(machine.derive(owner, Name::new(&format!("{}#fixed", relation.name)), Object::Row(parent))))
}

fn is_target(machine: &dyn Machine, id: ObjectId, relation: &Relation) -> bool {
    matches!(machine.object(id), Object::Row(row) if Some(row.model) == relation.target)
}

/// Runs the project's `@reconstructor` functions and "load" listeners, which SQLAlchemy calls for each row it loads.
fn reconstruct(machine: &mut dyn Machine, fetched: &Fetched, model: ModelId, id: ObjectId, many: bool) {
    let names = row::decorated(machine, model, &|function| row::has_decorator(function, "reconstructor"));
    let is_heard = !machine.listeners(Some(model), None, "load").is_empty();
    if names.is_empty() && !is_heard {
        return;
    }
    let size = if many { size(machine, &fetched.statement) } else { Size::Known(1) };
    let place = fetched.statement.origin.place;
    machine.for_each(size, place, &mut |machine| {
        for name in &names {
            machine.call_project_method(&Value::Object(id), *name, &crate::domain::Arguments::default(), place);
        }
        events::tell(machine, model, "load", &[Value::Object(id), Value::ANY], place);
    });
}

/// A row as a statement gives it.
fn row_of(machine: &dyn Machine, fetched: &Fetched, model: ModelId) -> Row {
    let statement = &fetched.statement;
    let mut row = row::blank(model);
    row.plan = Rc::new(plan_for(machine, &statement.plans, model));
    let mut origin = statement.origin.clone();
    if statement.entities.iter().any(|entity| entity.model == Some(model)) {
        origin.model = model;
    }
    if statement.model == Some(model) {
        row.truths = keys_set(machine, statement, model);
    }
    row.origin = Some(Rc::new(origin));
    row.certainty = session::certainty(machine, fetched.session).min(statement.certainty);
    row.session = session::attachment(machine, fetched.session);
    row
}

/// The many-to-ones whose keys are not NULL, as conditions compare them with something.
fn keys_set(machine: &dyn Machine, statement: &Statement, model: ModelId) -> std::collections::BTreeMap<Name, bool> {
    let about = machine.program().schema.model(model);
    let is_set = |operator: &Name| matches!(operator.as_str(), "in" | "=" | "is not null");
    let is_compared = |key: Name| {
        let column = crate::orm::draft::column(about, key);
        let mut asked = statement.asked.predicates.iter().filter(|(_, operator)| is_set(operator));
        asked.any(|(compared, _)| *compared == key || Some(*compared) == column)
    };
    let relations = about.relations.iter().filter(|relation| relation.kind == RelationKind::ManyToOne);
    relations.filter(|relation| relation.key_attribute.is_some_and(is_compared)).map(|one| (one.name, true)).collect()
}

/// A second query over rows still held reads those again that have expired, and gives them what more it loads.
pub(super) fn refill(machine: &mut dyn Machine, fetched: &Fetched) {
    let statement = &fetched.statement;
    if statement.is_filtered || statement.limit.is_some() {
        return;
    }
    for model in statement.entities.iter().filter_map(|entity| entity.model) {
        let plan = plan_for(machine, &statement.plans, model);
        for row in session::held_rows(machine, fetched.session, model) {
            let is_past = row::is_past(machine, row);
            if is_past {
                row::renewed(machine, row);
                session::hold(machine, fetched.session, model, row);
            }
            let Object::Row(row) = machine.object_mut(row) else { continue };
            let held = Rc::make_mut(&mut row.plan);
            // Of a row that has expired only what the statement selects is there.
            if is_past { held.absorb(&plan) } else { held.fill(&plan) }
        }
    }
}

/// What `immediateload` costs: one statement for each row, where the rows are fetched.
fn immediate(machine: &mut dyn Machine, fetched: &Fetched, place: Place) {
    let rows = size(machine, &fetched.statement);
    if !rows.grows() {
        return;
    }
    for model in fetched.statement.entities.iter().filter_map(|entity| entity.model) {
        let plan = plan_for(machine, &fetched.statement.plans, model);
        let about = machine.program().schema.model(model);
        let chosen = |name: Name| plan.relations.get(&name).and_then(|load| load.strategy);
        let is_immediate = |relation: &&crate::project::Relation| match plan.relations.get(&relation.name) {
            Some(load) if !load.is_only_path => chosen(relation.name).is_some_and(|word| word == options::IMMEDIATE),
            _ => relation.lazy == "immediate" && !plan.ignores_mapping,
        };
        // A many-to-one whose rows the session holds is found there.
        let is_held = |relation: &&crate::project::Relation| {
            let is_by_key = relation.kind == RelationKind::ManyToOne && relation.to_field.is_none();
            is_by_key && relation.target.is_some_and(|target| session::holds(machine, fetched.session, target))
        };
        // The one parent that a condition fixes is fetched once.
        let fixed = fetched.statement.fixed.iter().filter(|fixed| fixed.model == model);
        let shared: Vec<Name> = fixed.filter_map(|fixed| Some(shared_relation(machine, fixed)?.name)).collect();
        let relations: Vec<_> = about
            .relations
            .iter()
            .filter(is_immediate)
            .filter(|relation| !is_held(relation) && !shared.contains(&relation.name))
            .map(|r| (r.name, r.kind.is_single()))
            .collect();
        for (relation, is_single) in relations {
            let kind = if is_single { EffectKind::LazyLoad } else { EffectKind::RelatedQuery };
            let certainty = session::certainty(machine, fetched.session);
            let effect = Effect {
                model: Some(model),
                relation: Some(relation),
                certainty,
                ..Effect::of(kind, Verb::Select, relation, place)
            };
            machine.for_each(rows.clone(), place, &mut |machine| machine.fire(effect.clone()));
        }
    }
}

/// Walks a result.
pub(super) fn iterate(machine: &mut dyn Machine, id: ObjectId, fetched: &Fetched, place: Place) -> Iteration {
    super::unique::remark(machine, fetched, Name::new("__iter__"), place);
    immediate(machine, fetched, place);
    let element = item(machine, id, fetched, true);
    Iteration { element: Some(element), items: None, size: size(machine, &fetched.statement) }
}

/// Calls a method of a result.
pub(super) fn method(
    machine: &mut dyn Machine,
    id: ObjectId,
    fetched: &Fetched,
    name: Name,
    place: Place,
) -> Option<Value> {
    super::unique::remark(machine, fetched, name, place);
    let one = |machine: &mut dyn Machine, shape| item(machine, id, &Fetched { shape, ..fetched.clone() }, false);
    Some(match result_action(&name)? {
        ResultAction::All => list(machine, fetched, place),
        ResultAction::Partitions => {
            let inner = list(machine, fetched, place);
            // A part stands for all of them: what is asked once a part is asked seldom.
            let chunks = Sequence::of(SequenceKind::Iterator, vec![inner]);
            Value::Object(machine.allocate(place, LIST + 1, Object::Sequence(chunks)))
        }
        ResultAction::One => one(machine, fetched.shape),
        // All rows are read, of which one is given. Verified on 2.0.
        ResultAction::First => {
            if name != "one_or_none" {
                immediate(machine, fetched, place);
            }
            one(machine, fetched.shape).join(&Value::None, None)
        }
        ResultAction::ScalarOne => one(machine, ResultShape::Scalars),
        ResultAction::ScalarFirst => one(machine, ResultShape::Scalars).join(&Value::None, None),
        ResultAction::Scalars => reshaped(machine, fetched, ResultShape::Scalars, place),
        ResultAction::Mappings => reshaped(machine, fetched, ResultShape::Mappings, place),
        ResultAction::Tuples => reshaped(machine, fetched, ResultShape::Tuples, place),
        ResultAction::Itself if name == "unique" => {
            let fetched = Fetched { is_unique: true, ..fetched.clone() };
            Value::Object(machine.allocate(place, RESULT, Object::Alchemy(Alchemy::Result(fetched))))
        }
        ResultAction::Itself => Value::Object(id),
        ResultAction::Plain => Value::ANY,
    })
}

/// The items as a list.
fn list(machine: &mut dyn Machine, fetched: &Fetched, place: Place) -> Value {
    immediate(machine, fetched, place);
    let list = machine.allocate(place, LIST, Object::Sequence(Sequence::of(SequenceKind::List, Vec::new())));
    let element = item(machine, list, fetched, true);
    let size = statement::size(machine, &fetched.statement);
    if let Object::Sequence(list) = machine.object_mut(list) {
        *list = Sequence::many(SequenceKind::List, element, size);
    }
    Value::Object(list)
}

fn reshaped(machine: &mut dyn Machine, fetched: &Fetched, shape: ResultShape, place: Place) -> Value {
    let fetched = Fetched { shape, ..fetched.clone() };
    Value::Object(machine.allocate(place, RESULT, Object::Alchemy(Alchemy::Result(fetched))))
}

/// A value of a row by its name.
pub(super) fn named(tuple: &NamedTuple, name: Name) -> Option<Value> {
    let index = tuple.names.iter().position(|known| *known == Some(name))?;
    tuple.items.get(index).cloned()
}

/// An attribute of a row of several columns.
pub(super) fn tuple_attribute(id: ObjectId, tuple: &NamedTuple, name: Name) -> Option<Value> {
    match name.as_str() {
        "_mapping" | "t" => Some(Value::Object(id)),
        _ => named(tuple, name),
    }
}

/// A method of a row of several columns.
pub(super) fn tuple_method(
    machine: &mut dyn Machine,
    id: ObjectId,
    tuple: &NamedTuple,
    name: Name,
    place: Place,
) -> Option<Value> {
    match name.as_str() {
        "_asdict" => {
            let pairs = tuple.names.iter().zip(&tuple.items);
            let known = pairs.filter_map(|(name, item)| Some(((*name)?, item.clone()))).collect();
            let dict = Dict { known, size: Size::Known(tuple.items.len() as u64), ..Dict::empty() };
            Some(Value::Object(machine.allocate(place, DICT, Object::Dict(dict))))
        }
        "_tuple" | "tuple" => Some(Value::Object(id)),
        _ => None,
    }
}
