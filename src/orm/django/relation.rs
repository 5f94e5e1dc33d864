//! Relations read on rows: what is there, and what a lazy read fires.

use std::rc::Rc;

use super::plan::{self, fetched};
use crate::domain::{
    Certainty, Dict, Effect, EffectKind, LoadPlan, Loaded, Machine, Object, ObjectId, Place, Row, RowOrigin, Sequence,
    SequenceKind, Size, Value, Why, above, loaded,
};
use crate::project::{ModelId, Relation, RelationKind};
use crate::syntax::Name;

/// The row behind an id.
pub(super) fn row(machine: &dyn Machine, id: ObjectId) -> Option<Row> {
    match machine.object(id) {
        Object::Row(row) => Some(row.clone()),
        _ => None,
    }
}

/// The relation of a row by its attribute.
pub(super) fn relation_of(machine: &dyn Machine, id: ObjectId, name: Name) -> Option<Relation> {
    match machine.object(id) {
        Object::Row(row) => machine.program().schema.model(row.model).relation(name).cloned(),
        _ => None,
    }
}

/// The attribute by which the rows of a reverse set hold their parent.
pub(super) fn back_reference(machine: &dyn Machine, parent: ObjectId, relation: Name) -> Option<Name> {
    let relation = relation_of(machine, parent, relation)?;
    (relation.kind == RelationKind::OneToMany).then_some(relation.reverse).flatten()
}

/// Puts the parent on a row of its reverse set, unless the row's query has joined the parent: then it holds that copy.
pub(super) fn hold_parent(machine: &dyn Machine, row: &mut Row, back: Name, parent: ObjectId) {
    let relation = machine.program().schema.model(row.model).relation(back);
    if relation.is_none_or(|relation| !plan::joins(&row.plan, relation)) {
        row.loaded.insert(back, Loaded::surely(Value::Object(parent)));
    }
}

/// Where the rows reached over a relation come from.
pub(super) fn further(row: &Row, relation: Name) -> Option<Rc<RowOrigin>> {
    let mut origin = (**row.origin.as_ref()?).clone();
    origin.relations.push(relation);
    Some(Rc::new(origin))
}

fn target_row(row: &Row, relation: &Relation, load: LoadPlan, origin: Option<Rc<RowOrigin>>) -> Option<Row> {
    Some(Row {
        model: relation.target?,
        plan: Rc::new(load),
        loaded: Default::default(),
        columns: Default::default(),
        attributes: Default::default(),
        truths: Default::default(),
        facts: Default::default(),
        origin,
        is_saved: true,
        is_changed: false,
        is_expired: false,
        deleted: None,
        is_absent: false,
        certainty: row.certainty,
        session: None,
    })
}

/// Reads a single-valued relation.
pub(super) fn read_single(machine: &mut dyn Machine, id: ObjectId, relation: &Relation, place: Place) -> Value {
    let Some(row) = row(machine, id) else { return Value::unknown(Why::Element) };
    let name = relation.name;
    let before = loaded(machine, &row, name);
    let before = before.as_ref();
    if let Some(loaded) = before.filter(|loaded| loaded.is_sure || is_planned(&row, relation)) {
        return loaded.value.clone();
    }
    if before.is_none()
        && let Some(found) = planned(machine, id, &row, relation)
    {
        return found;
    }
    let certainty = match before {
        _ if row.plan.is_guess => Certainty::Low,
        Some(_) => row.certainty.min(Certainty::Medium),
        None => row.certainty,
    };
    if is_parent_link(machine, &row, relation) || is_unset(&row, relation) {
        return Value::None;
    }
    let peers = row.plan.fetches_peers;
    if !peers {
        fire_key_refresh(machine, id, &row, relation, place);
        fire_lazy(machine, id, &row, name, place, certainty);
    }
    match before {
        // The row that another path has loaded stands for what this one loads.
        Some(Loaded { value, .. }) if value.disjuncts().iter().any(|part| matches!(part, Value::Object(_))) => {
            remember(machine, id, name, value.clone())
        }
        _ => {
            let is_guess = row.plan.is_guess;
            let plan = LoadPlan { fetches_peers: peers, is_guess, ..base_plan(machine, relation) };
            load(machine, id, &row, relation, plan)
        }
    }
}

/// Whether the row's query loads the relation, so that reading it is free on every path.
fn is_planned(row: &Row, relation: &Relation) -> bool {
    fetched(&row.plan, relation.name).is_some()
        || row.plan.loads_all
        || (row.plan.joins_all && relation.kind.holds_key() && !relation.nullable)
}

/// What the row's query loads of the relation: made when first read, without a query.
fn planned(machine: &mut dyn Machine, id: ObjectId, row: &Row, relation: &Relation) -> Option<Value> {
    let plan = match fetched(&row.plan, relation.name) {
        Some(found) => {
            let mut plan = found.plan.clone();
            plan.fetches_peers = row.plan.fetches_peers;
            // A prefetch without a queryset of its own asks the base manager, a join asks nobody.
            if found.is_separate && found.origin.is_none() {
                plan::merge(&mut plan, &base_plan(machine, relation));
            }
            plan
        }
        None if row.plan.loads_all => LoadPlan { loads_all: true, ..LoadPlan::default() },
        None if row.plan.joins_all && relation.kind.holds_key() && !relation.nullable => {
            let path = row.plan.relations.get(&relation.name).map(|load| load.plan.clone());
            LoadPlan { joins_all: true, ..path.unwrap_or_default() }
        }
        None => return None,
    };
    Some(load(machine, id, row, relation, plan))
}

/// Puts the target of a single-valued relation on the row.
fn load(machine: &mut dyn Machine, id: ObjectId, row: &Row, relation: &Relation, plan: LoadPlan) -> Value {
    let origin = further(row, relation.name);
    let is_open = plan.is_guess || plan.loads_all || row.plan.loads_all;
    if relation.kind == RelationKind::GenericForeignKey && !is_open {
        return remember(machine, id, relation.name, Value::unknown(Why::GenericKey(id, relation.name)));
    }
    let Some(mut target) = target_row(row, relation, plan, origin) else {
        return remember(machine, id, relation.name, Value::unknown(Why::Attribute(relation.name)));
    };
    let is_one_to_one = matches!(relation.kind, RelationKind::OneToOne | RelationKind::ReverseOneToOne);
    if let Some(back) = relation.reverse.filter(|_| is_one_to_one) {
        target.loaded.insert(back, Loaded::surely(Value::Object(id)));
    }
    let target = Value::Object(machine.derive(id, relation.name, Object::Row(target)));
    let is_present = row.plan.present.contains(&relation.name) || row.truths.get(&relation.name) == Some(&true);
    let may_be_null = relation.nullable && !is_present;
    let may_miss = may_be_null || relation.kind == RelationKind::ReverseOneToOne;
    let value = if may_miss { target.join(&Value::None, None) } else { target };
    remember(machine, id, relation.name, value)
}

/// The row that a generic key leads to, where it is one of a model. Django asks the model's base manager for it
/// (`GenericForeignKey.__get__`).
pub fn generic_target(machine: &mut dyn Machine, id: ObjectId, name: Name, model: ModelId) -> Option<Value> {
    let owner = row(machine, id)?;
    let relation = Relation { target: Some(model), ..relation_of(machine, id, name)? };
    let mut plan = fetched(&owner.plan, name).map(|load| load.plan.clone()).unwrap_or_default();
    plan::merge(&mut plan, &base_plan(machine, &relation));
    let target = target_row(&owner, &relation, plan, further(&owner, name))?;
    let label = machine.program().schema.model(model).label;
    Some(Value::Object(machine.derive(id, Name::new(&format!("{name}#{label}")), Object::Row(target))))
}

/// Puts on a row what its generic key is taken to lead to.
pub fn take_target(machine: &mut dyn Machine, id: ObjectId, name: Name, target: Value) {
    remember(machine, id, name, target);
}

/// What a prefetch finds is one object for all rows that point at it; rows whose filter holds the relation equal to one
/// row have one between them.
pub(super) fn share_fixed(machine: &mut dyn Machine, set: ObjectId, id: ObjectId, query: &crate::domain::QuerySet) {
    for name in query.fixed.iter() {
        let Some(relation) = relation_of(machine, id, *name) else { continue };
        let Some(row) = row(machine, id) else { return };
        let Some(found) = fetched(&row.plan, *name).filter(|load| load.is_separate) else { continue };
        let Some(target) = target_row(&row, &relation, found.plan.clone(), further(&row, *name)) else { continue };
        let target = machine.derive(set, Name::new(&format!("{name}#fixed")), Object::Row(target));
        remember(machine, id, *name, Value::Object(target));
    }
}

fn remember(machine: &mut dyn Machine, id: ObjectId, name: Name, value: Value) -> Value {
    if let Object::Row(row) = machine.object_mut(id) {
        row.loaded.insert(name, Loaded::surely(value.clone()));
    }
    value
}

/// A child table's link to its parent row is always at hand.
fn is_parent_link(machine: &dyn Machine, row: &Row, relation: &Relation) -> bool {
    let model = machine.program().schema.model(row.model);
    relation.kind.holds_key() && model.parents.iter().any(|(_, link)| *link == relation.name)
}

/// A row made by the constructor without the key has nothing to load.
fn is_unset(row: &Row, relation: &Relation) -> bool {
    let has_key = relation.key_attribute.is_some_and(|key| row.columns.contains_key(&key));
    !row.is_saved && relation.kind.holds_key() && !has_key
}

/// A deferred key column costs a query of its own before the row can be asked for.
fn fire_key_refresh(machine: &mut dyn Machine, id: ObjectId, row: &Row, relation: &Relation, place: Place) {
    if let Some(key) = relation.key_attribute
        && relation.kind.holds_key()
    {
        read_column(machine, id, row, key, place);
    }
}

/// Reads a column; one that was left out is fetched, once a row.
pub(super) fn read_column(machine: &mut dyn Machine, id: ObjectId, row: &Row, name: Name, place: Place) {
    let model = machine.program().schema.model(row.model);
    if !row.plan.columns.leaves_out(name) || name == model.primary_key || !row.is_saved || row.plan.loads_all {
        return;
    }
    let certainty = match row.columns.get(&name) {
        Some(true) => return,
        // Rows that lead to the same parent ask for it once between them, and often there is but one.
        _ if is_shared(machine, id) => Certainty::Low,
        Some(false) => Certainty::Medium,
        None => Certainty::High,
    };
    let is_column = model.column(name).is_some();
    if !is_column {
        return;
    }
    let effect = Effect::of_row(row, id, EffectKind::DeferredColumn, name, place, certainty.min(row.certainty));
    machine.fire(effect);
    if let Object::Row(row) = machine.object_mut(id) {
        row.columns.insert(name, true);
    }
}

/// Whether a prefetch over a key has found the row or one that it hangs on, which is one object for all rows that lead to it.
fn is_shared(machine: &dyn Machine, id: ObjectId) -> bool {
    std::iter::once(id).chain(above(machine, id)).any(|id| is_found_by_key(machine, id))
}

fn is_found_by_key(machine: &dyn Machine, id: ObjectId) -> bool {
    let Some(Object::Row(owner)) = machine.owner_of(id).map(|owner| machine.object(owner)) else { return false };
    let model = machine.program().schema.model(owner.model);
    let leads_here =
        |name: &Name| owner.loaded.get(name).is_some_and(|held| held.value.disjuncts().contains(&Value::Object(id)));
    let is_over_key = |name: &Name| model.relation(*name).is_some_and(|relation| relation.kind.holds_key());
    owner.plan.relations.iter().any(|(name, load)| load.is_separate && is_over_key(name) && leads_here(name))
}

/// A prefetch over a foreign key reads the key of every row, so that one which was left out is fetched once a row.
pub(super) fn read_keys(machine: &mut dyn Machine, element: &Value, size: &Size, place: Place) {
    for part in element.disjuncts() {
        let Value::Object(id) = part else { continue };
        let Some(row) = row(machine, id) else { continue };
        let model = machine.program().schema.model(row.model);
        let is_prefetched = |relation: &&Relation| {
            relation.kind.holds_key() && fetched(&row.plan, relation.name).is_some_and(|load| load.is_separate)
        };
        let keys: Vec<Name> = model.relations.iter().filter(is_prefetched).filter_map(|r| r.key_attribute).collect();
        for key in keys {
            machine.for_each(size.clone(), place, &mut |machine| read_column(machine, id, &row, key, place));
        }
    }
}

fn fire_lazy(machine: &mut dyn Machine, id: ObjectId, row: &Row, name: Name, place: Place, certainty: Certainty) {
    machine.fire(Effect::of_row(row, id, EffectKind::LazyLoad, name, place, certainty));
}

/// What a lazily loaded row holds: the joins of `Meta.base_manager_name`, which is none by default.
fn base_plan(machine: &mut dyn Machine, relation: &Relation) -> LoadPlan {
    let Some(target) = relation.target else { return LoadPlan::default() };
    let Some(name) = machine.program().schema.model(target).base_manager else { return LoadPlan::default() };
    let manager = super::manager::manager_value(machine, target, name, None);
    manager.map_or(LoadPlan::default(), |manager| super::manager::plan_of(machine, &manager))
}

/// The rows of a set relation that the query prefetched, or that are known on the row otherwise.
pub(super) fn prefetched(machine: &mut dyn Machine, id: ObjectId, relation: &Relation) -> Option<(ObjectId, bool)> {
    let row = row(machine, id)?;
    if let Some(held) = loaded(machine, &row, relation.name)
        && let Value::Object(rows) = held.value
    {
        return Some((rows, held.is_sure || is_planned(&row, relation)));
    }
    let load = match fetched(&row.plan, relation.name) {
        Some(load) => load.clone(),
        None if row.plan.loads_all => {
            let plan = LoadPlan { loads_all: true, ..LoadPlan::default() };
            crate::domain::Load { plan, is_separate: true, ..Default::default() }
        }
        None => return None,
    };
    let rows = rows_of(machine, id, &row, relation, &load, relation.name)?;
    remember(machine, id, relation.name, Value::Object(rows));
    Some((rows, true))
}

/// `row._prefetched_objects_cache`: the rows of set relations by name, where it is known how the row was queried.
pub(super) fn prefetch_cache(machine: &mut dyn Machine, id: ObjectId) -> Option<Value> {
    let row = row(machine, id).filter(|row| row.origin.is_some() && !row.plan.is_guess && !row.plan.loads_all)?;
    let model = machine.program().schema.model(row.model);
    let sets: Vec<Relation> = model.relations.iter().filter(|one| !one.kind.is_single()).cloned().collect();
    let mut cache = Dict::empty();
    for relation in sets {
        match prefetched(machine, id, &relation) {
            Some((rows, true)) => cache.known.push((relation.name, Value::Object(rows))),
            // On some paths only: it may be there.
            Some(_) => cache.value = Some(Value::ANY),
            None => {}
        }
    }
    cache.size = Size::Known(cache.known.len() as u64);
    Some(Value::Object(machine.derive(id, Name::new("prefetch#cache"), Object::Dict(cache))))
}

/// `row._state.fields_cache`: the single rows that a row holds by name, where it is known how the row was queried.
pub(super) fn fields_cache(machine: &mut dyn Machine, id: ObjectId) -> Option<Value> {
    let row = row(machine, id).filter(|row| row.origin.is_some() && !row.plan.is_guess && !row.plan.loads_all)?;
    let model = machine.program().schema.model(row.model);
    let mut cache = Dict::empty();
    for relation in model.relations.iter().filter(|one| one.kind.is_single()) {
        match loaded(machine, &row, relation.name) {
            Some(held) if held.is_sure || is_planned(&row, relation) => cache.known.push((relation.name, held.value)),
            // On some paths only: it may be there.
            Some(_) => cache.value = Some(Value::ANY),
            None if is_planned(&row, relation) => cache.known.push((relation.name, Value::ANY)),
            None => {}
        }
    }
    cache.size = Size::Known(cache.known.len() as u64);
    Some(Value::Object(machine.derive(id, Name::new("fields#cache"), Object::Dict(cache))))
}

/// `row.__dict__`: the columns that its query reads, what the query added, and what was put on it. A method that keeps its answer
/// under its own name may have done so.
pub(super) fn own_values(machine: &mut dyn Machine, id: ObjectId) -> Option<Value> {
    let row = row(machine, id).filter(|row| row.origin.is_some() && !row.plan.is_guess && !row.plan.loads_all)?;
    let model = machine.program().schema.model(row.model);
    let columns = model.columns.iter().map(|column| column.name).filter(|name| !row.plan.columns.leaves_out(*name));
    let lists = row.plan.relations.iter().filter(|(_, load)| load.list_of.is_some()).map(|(name, _)| *name);
    let mut known: Vec<(Name, Value)> = columns.chain(lists).map(|name| (name, Value::ANY)).collect();
    known.extend(row.attributes.iter().map(|(name, value)| (*name, value.clone())));
    let own = Dict { size: Size::Known(known.len() as u64), known, value: Some(Value::ANY), ..Dict::empty() };
    Some(Value::Object(machine.derive(id, Name::new("own#values"), Object::Dict(own))))
}

/// The list of rows that a prefetch puts on a row.
fn rows_of(
    machine: &mut dyn Machine,
    id: ObjectId,
    row: &Row,
    relation: &Relation,
    load: &crate::domain::Load,
    name: Name,
) -> Option<ObjectId> {
    let mut plan = load.plan.clone();
    if load.origin.is_none()
        && let Some(target) = relation.target
        && let Some(manager) = super::manager::default_manager(machine, target)
    {
        plan::merge(&mut plan, &super::manager::plan_of(machine, &manager));
    }
    let origin = match &load.origin {
        Some(origin) => Some(Rc::new(origin.clone())),
        None => further(row, relation.name),
    };
    let mut element = target_row(row, relation, plan, origin)?;
    element.attributes = super::elements::annotated(&load.annotations);
    if let Some(back) = relation.reverse.filter(|_| relation.kind == RelationKind::OneToMany) {
        hold_parent(machine, &mut element, back, id);
    }
    let label = machine.program().schema.model(row.model).label;
    let rows = Sequence { kind: SequenceKind::List, items: None, element: None, size: Size::Known(0) };
    let rows = machine.derive(id, Name::new(&format!("{name}#rows")), Object::Sequence(rows));
    let element = Value::Object(machine.derive_element(rows, Name::new("row"), Object::Row(element)));
    if let Object::Sequence(rows) = machine.object_mut(rows) {
        *rows = Sequence::many(SequenceKind::List, element, Size::Rows(Name::new(&format!("{label}.{name}"))));
    }
    Some(rows)
}

/// The list that `Prefetch(to_attr=name)` puts on a row.
pub(super) fn to_attribute(machine: &mut dyn Machine, id: ObjectId, name: Name) -> Option<Value> {
    let row = row(machine, id)?;
    let load = row.plan.relations.get(&name)?;
    let relation = relation_of(machine, id, load.list_of?)?;
    let rows = Value::Object(rows_of(machine, id, &row, &relation, load, name)?);
    if let Object::Row(row) = machine.object_mut(id) {
        row.attributes.insert(name, rows.clone());
    }
    Some(rows)
}
