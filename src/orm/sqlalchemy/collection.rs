//! Relations of rows: what their query or mapping loads, and the rows that are put on them.

use std::rc::Rc;

use super::options::{IMMEDIATE, LAZY, NOTHING, RECURSIVE};
use super::row;
use super::unit::option;
use crate::domain::{
    Load, LoadPlan, Loaded, Machine, Object, ObjectId, Row, RowOrigin, Sequence, SequenceKind, Size, Value, Why, loaded,
};
use crate::project::{Binding, ClassId, ModelId, Relation, RelationKind};
use crate::syntax::Name;

/// What the interpreter knows of lists, whichever class they are of.
const LIST: &[&str] =
    &["add", "append", "clear", "copy", "count", "discard", "extend", "index", "insert", "pop", "remove", "sort"];

/// What reading a relation finds.
pub(super) enum Held {
    /// It is loaded with the row; what its rows hold.
    Loaded(LoadPlan),
    /// It is never loaded: empty.
    Nothing,
    /// The lazy loader fetches it; what its rows hold.
    Lazy(LoadPlan),
}

/// What the row's query and the mapping say about a relation.
pub(super) fn held(machine: &dyn Machine, row: &Row, relation: &Relation) -> Held {
    match held_by(machine, row, relation) {
        Held::Loaded(plan) => Held::Loaded(handed_down(row, plan)),
        other => other,
    }
}

/// A wildcard for all entities goes with what is loaded.
fn handed_down(row: &Row, plan: LoadPlan) -> LoadPlan {
    if !row.plan.is_everywhere {
        return plan;
    }
    LoadPlan {
        ignores_mapping: plan.ignores_mapping || row.plan.ignores_mapping,
        loads_nothing: plan.loads_nothing || row.plan.loads_nothing,
        is_everywhere: true,
        ..plan
    }
}

fn held_by(machine: &dyn Machine, row: &Row, relation: &Relation) -> Held {
    let below = row.plan.relations.get(&relation.name);
    let sub = below.map(|load| load.plan.clone()).unwrap_or_default();
    if let Some(load) = below.filter(|load| !load.is_only_path) {
        return chosen(load, relation);
    }
    if row.plan.loads_all {
        return Held::Loaded(LoadPlan { loads_all: true, ..sub });
    }
    match relation.lazy.as_str() {
        _ if row.plan.loads_nothing => Held::Nothing,
        _ if relation.is_mapped_eager() && !row.plan.ignores_mapping => {
            if is_eager(machine, row, relation) {
                Held::Loaded(sub)
            } else {
                Held::Lazy(sub)
            }
        }
        "noload" | "raise" | "raise_on_sql" => Held::Nothing,
        _ => Held::Lazy(sub),
    }
}

/// What an option says.
fn chosen(load: &Load, relation: &Relation) -> Held {
    match load.strategy.as_deref() {
        Some(LAZY) => Held::Lazy(load.plan.clone()),
        Some(NOTHING) => Held::Nothing,
        Some(RECURSIVE) => {
            let mut plan = load.plan.clone();
            plan.relations.insert(relation.name, load.clone());
            Held::Loaded(plan)
        }
        Some(IMMEDIATE) | None | Some(_) => Held::Loaded(load.plan.clone()),
    }
}

/// Eager loading by the mapping stops at a model that it has come by, unless `join_depth` lets it go on.
fn is_eager(machine: &dyn Machine, row: &Row, relation: &Relation) -> bool {
    let Some(target) = relation.target else { return true };
    let program = machine.program();
    let class = |model| program.schema.model(model).class;
    let is_kin = |model: &ModelId| {
        program.inherits(class(*model), class(target)) || program.inherits(class(target), class(*model))
    };
    if !loading_path(machine, row, relation).iter().any(is_kin) {
        return true;
    }
    let depth = option(relation, "join_depth").and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let walked = row
        .origin
        .as_ref()
        .map_or(0, |origin| origin.relations.iter().rev().take_while(|name| **name == relation.name).count());
    walked < depth
}

/// The models on the way to a row, as eager loading sees it. A statement of its own starts a new one: for a join at the rows
/// that it fetches; for a second statement only the lazy loader's does, at the row that asked for them, and only where no
/// option of the query goes on. Verified on 2.0.
fn loading_path(machine: &dyn Machine, row: &Row, relation: &Relation) -> Vec<ModelId> {
    let Some(origin) = row.origin.as_ref().filter(|_| relation.lazy != "immediate") else { return vec![row.model] };
    let schema = &machine.program().schema;
    let mut path = vec![origin.model];
    for name in &origin.relations {
        let next = schema.model(path[path.len() - 1]).relation(*name).and_then(|relation| relation.target);
        path.push(next.unwrap_or(row.model));
    }
    let is_joined = matches!(relation.lazy.as_str(), "joined" | "False");
    let fetched = origin.lazy_from.map_or(0, |(parent, _)| parent + 1);
    let start = if is_joined { fetched } else { origin.lazy_from.map_or(0, |(_, start)| start) };
    path.split_off(start.min(path.len() - 1))
}

/// Whether the rows of a relation are there without a query.
pub(super) fn is_loaded(machine: &dyn Machine, id: ObjectId, relation: &Relation) -> bool {
    let Object::Row(row) = machine.object(id) else { return true };
    if let Some(loaded) = loaded(machine, row, relation.name) {
        return loaded.is_sure;
    }
    row::is_pending(machine, row) || !matches!(held(machine, row, relation), Held::Lazy(_))
}

/// Where the rows reached over a relation come from.
pub(super) fn further(row: &Row, relation: &Relation, is_lazy: bool) -> Option<Rc<RowOrigin>> {
    let mut origin = (**row.origin.as_ref()?).clone();
    if is_lazy || is_fetched_apart(row, relation) {
        let parent = origin.relations.len();
        let before = origin.lazy_from.map_or(0, |(_, start)| start);
        origin.lazy_from = Some((parent, if is_lazy && row.plan.relations.is_empty() { parent } else { before }));
    }
    origin.relations.push(relation.name);
    Some(Rc::new(origin))
}

/// Eagerly loaded by a statement of its own.
fn is_fetched_apart(row: &Row, relation: &Relation) -> bool {
    match row.plan.relations.get(&relation.name).filter(|load| !load.is_only_path) {
        Some(load) => load.is_separate,
        None => matches!(relation.lazy.as_str(), "selectin" | "subquery"),
    }
}

/// Puts the rows of a relation on a row.
pub(super) fn load(
    machine: &mut dyn Machine,
    id: ObjectId,
    relation: &Relation,
    plan: LoadPlan,
    is_lazy: bool,
) -> Value {
    let Object::Row(row) = machine.object(id) else { return Value::unknown(Why::Element) };
    let row = row.clone();
    let value = match relation.target {
        None => Value::unknown(Why::Attribute(relation.name)),
        Some(target) => {
            let mut found = row::blank(target);
            let fixed = plan.fixed.iter().map(|(name, row)| (*name, Loaded::surely(Value::Object(*row))));
            found.loaded.extend(fixed);
            found.plan = Rc::new(LoadPlan { is_guess: plan.is_guess || row.plan.is_guess, ..plan });
            found.origin = further(&row, relation, is_lazy);
            found.certainty = row.certainty;
            found.session = row.session.and_then(|tie| super::session::attachment(machine, tie.session));
            if relation.kind.is_single() {
                single(machine, id, relation, found)
            } else {
                many(machine, id, &row, relation, found)
            }
        }
    };
    remember(machine, id, relation.name, value)
}

/// What the rows of a relation took up on the one path that had read them is there perhaps; who they belong to is sure.
pub(super) fn doubt(machine: &mut dyn Machine, owner: ObjectId, value: &Value) {
    for part in value.disjuncts() {
        let Value::Object(id) = part else { continue };
        let inner = match machine.object_mut(id) {
            Object::Row(row) => {
                let others = row.loaded.values_mut().filter(|loaded| loaded.value != Value::Object(owner));
                others.for_each(|loaded| loaded.is_sure = false);
                row.columns.values_mut().for_each(|is_sure| *is_sure = false);
                None
            }
            Object::Sequence(rows) => rows.any(),
            Object::Dict(rows) => rows.any_value(),
            _ => None,
        };
        if let Some(inner) = inner {
            doubt(machine, owner, &inner);
        }
    }
}

/// Keeps a relation's value on its row.
pub(super) fn remember(machine: &mut dyn Machine, id: ObjectId, name: Name, value: Value) -> Value {
    if let Object::Row(row) = machine.object_mut(id) {
        row.loaded.insert(name, Loaded::surely(value.clone()));
    }
    value
}

fn single(machine: &mut dyn Machine, id: ObjectId, relation: &Relation, mut target: Row) -> Value {
    know_inverse(machine, id, relation, &mut target);
    let is_one_back = |back: &Name| {
        let found = machine.program().schema.model(target.model).relation(*back);
        relation.kind == RelationKind::ReverseOneToOne && found.is_some_and(|back| back.kind.is_single())
    };
    if let Some(back) = relation.reverse.filter(is_one_back) {
        target.loaded.insert(back, Loaded::surely(Value::Object(id)));
    }
    let target = Value::Object(machine.derive(id, relation.name, Object::Row(target)));
    let may_miss = relation.nullable || relation.kind == RelationKind::ReverseOneToOne;
    if may_miss { target.join(&Value::None, None) } else { target }
}

/// Whether the other side of a one-to-one has this side's key for its own: it is found in the session then as a parent is.
/// Verified on 2.0.
pub(super) fn shares_key(machine: &dyn Machine, relation: &Relation) -> bool {
    let is_direct = relation.kind == RelationKind::ReverseOneToOne && relation.join_table.is_none();
    let Some(target) = relation.target.filter(|_| is_direct) else { return false };
    let model = machine.program().schema.model(target);
    let mut keys = model.columns.iter().filter(|column| column.primary_key);
    let only = keys.next().filter(|_| keys.next().is_none());
    only.is_some_and(|key| relation.key_columns.first() == Some(&key.column))
}

/// Children point at the parent that they were reached from, so that a many-to-one over the same key finds it in the
/// session, tied by `back_populates` or not.
fn know_inverse(machine: &dyn Machine, id: ObjectId, relation: &Relation, child: &mut Row) {
    let (RelationKind::OneToMany | RelationKind::ReverseOneToOne) = relation.kind else { return };
    if relation.join_table.is_some() {
        return;
    }
    let Object::Row(parent) = machine.object(id) else { return };
    let program = machine.program();
    let class = |model| program.schema.model(model).class;
    let is_kin = |target| {
        program.inherits(class(parent.model), class(target)) || program.inherits(class(target), class(parent.model))
    };
    for back in &program.schema.model(child.model).relations {
        let is_same_key = !back.key_columns.is_empty() && back.key_columns == relation.key_columns;
        if is_same_key && back.leads_to_key() && back.target.is_some_and(is_kin) {
            child.loaded.insert(back.name, Loaded::surely(Value::Object(id)));
        }
    }
}

/// A list of rows; children hold their parent.
fn many(machine: &mut dyn Machine, id: ObjectId, row: &Row, relation: &Relation, mut element: Row) -> Value {
    know_inverse(machine, id, relation, &mut element);
    if let Some(back) = relation.reverse.filter(|_| relation.kind == RelationKind::OneToMany) {
        element.loaded.insert(back, Loaded::surely(Value::Object(id)));
    }
    let label = machine.program().schema.model(row.model).label;
    let size = Size::Rows(Name::new(&format!("{label}.{}", relation.name)));
    let empty = Sequence::of(SequenceKind::List, Vec::new());
    let rows = machine.derive(id, Name::new(&format!("{}#rows", relation.name)), Object::Sequence(empty));
    let (model, tie) = (element.model, element.session);
    let element = machine.derive_element(rows, Name::new("row"), Object::Row(element));
    // Who goes over the children of a tree's rows has not their parents.
    if let Some(tie) = tie.filter(|_| relation.kind == RelationKind::OneToMany && row.model != model) {
        super::session::hold(machine, tie.session, model, element);
    }
    let element = Value::Object(element);
    if is_keyed(relation) {
        let dict =
            crate::domain::Dict { key: Some(Value::ANY), value: Some(element), size, ..crate::domain::Dict::empty() };
        *machine.object_mut(rows) = Object::Dict(dict);
    } else if let Object::Sequence(rows) = machine.object_mut(rows) {
        *rows = Sequence::many(SequenceKind::List, element, size);
    }
    Value::Object(rows)
}

/// `collection_class=attribute_keyed_dict(...)`
fn is_keyed(relation: &Relation) -> bool {
    option(relation, "collection_class").is_some_and(|text| text.contains("dict") || text.contains("mapped_collection"))
}

/// `collection_class=ShiftList`: the project's class of a loaded relation, asked for an attribute that no list has.
pub fn collection_class(machine: &dyn Machine, collection: ObjectId, attribute: Name) -> Option<ClassId> {
    if LIST.contains(&attribute.as_str()) {
        return None;
    }
    let Object::Row(row) = machine.object(machine.owner_of(collection)?) else { return None };
    let program = machine.program();
    let model = program.schema.model(row.model);
    let is_it = |relation: &&Relation| {
        row.loaded.get(&relation.name).is_some_and(|loaded| loaded.value == Value::Object(collection))
    };
    let class = option(model.relations.iter().find(is_it)?, "collection_class")?;
    match program.lookup(program.class(model.class).module, class)? {
        Binding::Class(class) => Some(class),
        _ => None,
    }
}

/// A list or dictionary with nothing in it.
pub(super) fn is_empty(machine: &dyn Machine, value: &Value) -> bool {
    let Value::Object(id) = value else { return false };
    match machine.object(*id) {
        Object::Sequence(rows) => rows.any().is_none(),
        Object::Dict(rows) => rows.any_value().is_none(),
        _ => false,
    }
}

/// An empty collection, or no row.
pub(super) fn nothing(machine: &mut dyn Machine, id: ObjectId, relation: &Relation) -> Value {
    if relation.kind.is_single() {
        return Value::None;
    }
    let empty = if is_keyed(relation) {
        Object::Dict(crate::domain::Dict::empty())
    } else {
        Object::Sequence(Sequence::of(SequenceKind::List, Vec::new()))
    };
    let list = machine.derive(id, Name::new(&format!("{}#rows", relation.name)), empty);
    remember(machine, id, relation.name, Value::Object(list))
}

/// Loads a relation by name without a statement of its own.
pub(super) fn fill(machine: &mut dyn Machine, id: ObjectId, name: Name) {
    let Object::Row(row) = machine.object(id) else { return };
    if let Some(relation) = machine.program().schema.model(row.model).relation(name).cloned() {
        load(machine, id, &relation, LoadPlan::default(), false);
    }
}
