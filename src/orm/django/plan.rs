//! Load plans by Django's words: `select_related`, `prefetch_related`, `only`, `defer`.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::domain::{Arguments, Columns, Load, LoadPlan, Machine, Object, Value};
use crate::project::{ModelId, Relation, RelationKind, Schema};
use crate::syntax::Name;

/// The hops of a look-up path.
pub(super) fn hops(path: Name) -> Vec<Name> {
    path.split("__").map(Name::new).collect()
}

/// The texts among positional arguments; `None` where one is not known.
fn known_texts(arguments: &Arguments) -> Option<Vec<Name>> {
    if arguments.star.is_some() {
        return None;
    }
    arguments.positional.iter().map(Value::as_text).collect()
}

/// `select_related(...)`: each hop is joined; without arguments every non-null foreign key is, and names given before no
/// longer count, nor does that once names follow; `None` takes all back.
pub(super) fn join(plan: &mut LoadPlan, arguments: &Arguments) {
    let takes_back = arguments.positional.first() == Some(&Value::None);
    let is_bare = arguments.positional.is_empty() && arguments.star.is_none();
    plan.joins_all = is_bare;
    if takes_back || is_bare {
        plan.relations.retain(|_, load| load.is_separate || load.is_only_path);
        return;
    }
    match known_texts(arguments) {
        Some(paths) => {
            for path in paths {
                plan.add_path(&hops(path), false);
            }
        }
        None => plan.loads_all = true,
    }
}

/// `prefetch_related(...)`: each hop is loaded by its own statement.
pub(super) fn prefetch(machine: &mut dyn Machine, plan: &mut LoadPlan, arguments: &Arguments) {
    if arguments.positional.first() == Some(&Value::None) {
        plan.relations.retain(|_, load| !load.is_separate);
        return;
    }
    if arguments.star.is_some() {
        plan.loads_all = true;
    }
    // Of several alternatives each may be what is loaded.
    for argument in arguments.positional.iter().flat_map(Value::disjuncts) {
        match &argument {
            Value::Object(id) => {
                if let Object::Prefetch(prefetch) = machine.object(*id).clone() {
                    add_prefetch(machine, plan, &prefetch);
                } else {
                    plan.loads_all = true;
                }
            }
            value => match value.as_text() {
                Some(path) => {
                    plan.add_path(&hops(path), true);
                }
                None => plan.loads_all = true,
            },
        }
    }
}

fn add_prefetch(machine: &mut dyn Machine, plan: &mut LoadPlan, prefetch: &crate::domain::Prefetch) {
    let query = prefetch.queryset.map(|id| machine.object(id).clone());
    let mut path = hops(prefetch.path);
    let relation = path.last().copied();
    if let (Some(attribute), Some(last)) = (prefetch.to_attribute, path.last_mut()) {
        *last = attribute;
    }
    let load = plan.add_path(&path, true);
    load.list_of = relation.filter(|_| prefetch.to_attribute.is_some());
    load.plan.loads_all |= prefetch.is_open;
    if let Some(Object::QuerySet(query)) = query {
        merge(&mut load.plan, &query.plan);
        load.origin = Some(query.origin);
        load.annotations = Rc::clone(&query.annotations);
        load.is_ordered = query.is_ordered;
    }
}

/// Adds what another plan loads.
pub(super) fn merge(plan: &mut LoadPlan, other: &LoadPlan) {
    for (name, load) in &other.relations {
        plan.relations
            .entry(*name)
            .and_modify(|mine| {
                merge(&mut mine.plan, &load.plan);
                mine.is_only_path &= load.is_only_path;
            })
            .or_insert_with(|| load.clone());
    }
    plan.joins_all |= other.joins_all;
    plan.loads_all |= other.loads_all;
    plan.fetches_peers |= other.fetches_peers;
    if other.columns != Columns::All {
        plan.columns = other.columns.clone();
    }
}

/// `only(...)`: the named columns, on joined rows too; a path keeps its foreign key.
pub(super) fn only(schema: &Schema, model: ModelId, plan: &mut LoadPlan, arguments: &Arguments) {
    let Some(paths) = known_texts(arguments) else {
        plan.loads_all = true;
        return;
    };
    for path in paths {
        let hops = hops(path);
        let Some((last, before)) = hops.split_last() else { continue };
        let mut at = Some(model);
        let mut here = &mut *plan;
        for hop in before {
            keep_column(schema, at, here, *hop);
            at = at.and_then(|model| schema.model(model).relation(*hop)).and_then(|relation| relation.target);
            here = here.path_plan(&[*hop]);
        }
        keep_column(schema, at, here, *last);
    }
}

/// A column by its attribute; a relation's name stands for its key column.
fn keep_column(schema: &Schema, model: Option<ModelId>, plan: &mut LoadPlan, name: Name) {
    let mut names = match &plan.columns {
        Columns::Only(names) => names.clone(),
        _ => BTreeSet::new(),
    };
    names.insert(attribute_of(schema, model, name));
    plan.columns = Columns::Only(names);
}

fn attribute_of(schema: &Schema, model: Option<ModelId>, name: Name) -> Name {
    let Some(model) = model.map(|model| schema.model(model)) else { return name };
    if name == "pk" {
        return model.primary_key;
    }
    let relation = model.relation(name).filter(|relation| relation.kind != RelationKind::OneToMany);
    relation.and_then(|relation| relation.key_attribute).unwrap_or(name)
}

/// `defer(...)`: all but the named columns; `None` takes all back.
pub(super) fn defer(schema: &Schema, model: ModelId, plan: &mut LoadPlan, arguments: &Arguments) {
    if arguments.positional.first() == Some(&Value::None) {
        plan.columns = Columns::All;
        return;
    }
    for path in known_texts(arguments).unwrap_or_default() {
        let hops = hops(path);
        let Some((last, before)) = hops.split_last() else { continue };
        let at = before.iter().try_fold(model, |at, hop| schema.model(at).relation(*hop)?.target);
        let name = attribute_of(schema, at, *last);
        let here = plan.path_plan(before);
        match &mut here.columns {
            Columns::Only(names) => drop(names.remove(&name)),
            Columns::Except(names) => drop(names.insert(name)),
            columns @ Columns::All => *columns = Columns::Except(BTreeSet::from([name])),
        }
    }
}

/// Whether the plan joins a relation to its rows.
pub(super) fn joins(plan: &LoadPlan, relation: &Relation) -> bool {
    let by_name = fetched(plan, relation.name).is_some_and(|load| !load.is_separate);
    by_name || (plan.joins_all && relation.kind.holds_key() && !relation.nullable)
}

/// The load of a relation, when the plan fetches it.
pub(super) fn fetched(plan: &LoadPlan, relation: Name) -> Option<&Load> {
    plan.relations.get(&relation).filter(|load| !load.is_only_path && load.list_of.is_none())
}
