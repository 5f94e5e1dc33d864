//! Querysets that are built wrongly, whatever they cost: what Django refuses when they are sent, and what a database does
//! badly.
//!
//! Each was tried on Django 5.2.

use super::plan::hops;
use crate::domain::{Arguments, Certainty, Effect, EffectKind, Fault, LoadPlan, Machine, Place, QuerySet, Shape, Verb};
use crate::project::{Index, Model, ModelId, RelationKind, Schema};
use crate::syntax::Name;

/// Django raises since this version where it used to leave the prefetch out.
const CHUNKS_SINCE: (u32, u32) = (5, 0);

/// Look-ups that take a part of a date or time, for which the database has to look at every row. Of a year and an ISO year Django
/// makes a range.
const PARTS: [&str; 9] = ["date", "time", "month", "day", "week", "week_day", "quarter", "hour", "minute"];

/// Remarks on a chained call, given the queryset as it was before.
pub(super) fn remark(machine: &mut dyn Machine, query: &QuerySet, name: Name, arguments: &Arguments, place: Place) {
    if machine.place_in_project(place) != place {
        // A framework chains the call by itself.
        return;
    }
    match name.as_str() {
        "order_by" if arguments.texts().iter().any(|text| *text == "?") => {
            fire(machine, query, Fault::RandomOrder, None, name, place);
        }
        "iterator" if arguments.positional.is_empty() && arguments.keywords.is_empty() => {
            let prefetched = query.plan.relations.iter().find(|(_, load)| load.is_separate && !load.is_only_path);
            let is_whole = arguments.double_star.is_none() && machine.django_version() >= CHUNKS_SINCE;
            if let Some((relation, _)) = prefetched.filter(|_| is_whole) {
                fire(machine, query, Fault::UnchunkedPrefetch, Some((query.model, *relation)), name, place);
            }
        }
        "select_related" => {
            let is_bare = arguments.positional.is_empty() && !arguments.spreads;
            let schema = &machine.program().schema;
            let set = arguments.texts().into_iter().find_map(|path| set_on_the_way(schema, query.model, path));
            if is_bare {
                fire(machine, query, Fault::JoinsEverything, None, name, place);
            } else if set.is_some() {
                fire(machine, query, Fault::JoinedSet, set, name, place);
            }
        }
        "filter" | "exclude" => {
            let schema = &machine.program().schema;
            let part = arguments.keywords.iter().find_map(|(path, _)| part_of_indexed(schema, query.model, *path));
            if part.is_some() {
                fire(machine, query, Fault::FunctionOnIndex, part, name, place);
            }
        }
        _ => {}
    }
}

/// The indexed column of which a look-up compares a part: `created__date`.
fn part_of_indexed(schema: &Schema, model: ModelId, path: Name) -> Option<(ModelId, Name)> {
    let (column, lookups) = path.split_once("__")?;
    let first = lookups.split("__").next()?;
    let about = schema.model(model);
    let column = about.column(Name::new(column)).filter(|_| PARTS.contains(&first))?;
    let leads = |index: &Index| index.columns.first() == Some(&column.name);
    (column.indexed || column.unique || about.indexes.iter().any(leads)).then_some((model, column.name))
}

/// Remarks on rows that are fetched.
pub(super) fn fetched(machine: &mut dyn Machine, query: &QuerySet, action: Name, place: Place) {
    if query.shape != Shape::Rows || query.plan.is_guess {
        return;
    }
    let found = joined_but_deferred(&machine.program().schema, query.model, &query.plan);
    if found.is_some() {
        fire(machine, query, Fault::JoinedButDeferred, found, action, place);
    }
}

/// The first step of a path that leads to a set of rows, or to rows of any model.
fn set_on_the_way(schema: &Schema, model: ModelId, path: Name) -> Option<(ModelId, Name)> {
    let mut at = model;
    for hop in hops(path) {
        let relation = schema.model(at).relation(hop)?;
        if !relation.kind.is_single() || relation.kind == RelationKind::GenericForeignKey {
            return Some((at, hop));
        }
        at = relation.target?;
    }
    None
}

/// A foreign key that the plan both joins and leaves out.
fn joined_but_deferred(schema: &Schema, model: ModelId, plan: &LoadPlan) -> Option<(ModelId, Name)> {
    let about: &Model = schema.model(model);
    plan.relations.iter().filter(|(_, load)| !load.is_separate && !load.is_only_path).find_map(|(name, load)| {
        let relation = about.relation(*name)?;
        let key = relation.key_attribute.filter(|_| relation.kind.holds_key());
        if key.is_some_and(|key| plan.columns.leaves_out(key)) {
            return Some((model, *name));
        }
        joined_but_deferred(schema, relation.target?, &load.plan)
    })
}

fn fire(
    machine: &mut dyn Machine,
    query: &QuerySet,
    fault: Fault,
    relation: Option<(ModelId, Name)>,
    action: Name,
    place: Place,
) {
    if query.certainty == Certainty::Low {
        return;
    }
    machine.fire(Effect {
        model: Some(relation.map_or(query.model, |(model, _)| model)),
        relation: relation.map(|(_, name)| name),
        certainty: query.certainty,
        fault: Some(fault),
        ..Effect::of(EffectKind::Misuse, Verb::Select, action, place)
    });
}
