//! Results whose rows repeat: a `select()` that joins a collection has each row once for every element, and its result has to
//! be told to take each once.
//!
//! Tried on SQLAlchemy 2.0: `all`, `one`, `scalar_one`, `fetchall`, `partitions` and loops raise `InvalidRequestError`
//! without `unique()`; `first()`, `session.scalar()`, `session.get()` and the older `session.query()` do not. A collection
//! that is joined below `selectinload` is in a statement of its own, which takes care of itself.

use super::options::plan_for;
use crate::domain::{Effect, EffectKind, Fault, Fetched, LoadPlan, Machine, Place, StatementKind, Verb};
use crate::project::ModelId;
use crate::syntax::Name;

/// Relations joined by the mapping are followed so deep.
const DEEPEST: usize = 3;

/// Methods of a result that take its rows one by one, as they come.
const TAKING: [&str; 8] =
    ["all", "fetchall", "fetchmany", "fetchone", "one", "one_or_none", "scalar_one", "scalar_one_or_none"];

/// Remarks on taking rows that repeat.
pub(super) fn remark(machine: &mut dyn Machine, fetched: &Fetched, name: Name, place: Place) {
    let is_taking = TAKING.contains(&name.as_str()) || name == "partitions" || name == "__iter__";
    if fetched.is_unique || fetched.statement.kind != StatementKind::Select || !is_taking {
        return;
    }
    let models: Vec<ModelId> = fetched.statement.entities.iter().filter_map(|entity| entity.model).collect();
    let found = models.into_iter().find_map(|model| {
        let plan = plan_for(machine, &fetched.statement.plans, model);
        joined_collection(machine, model, &plan, &mut vec![model])
    });
    let Some((model, relation)) = found else { return };
    machine.fire(Effect {
        model: Some(model),
        relation: Some(relation),
        certainty: super::session::certainty(machine, fetched.session),
        fault: Some(Fault::NotUnique),
        ..Effect::of(EffectKind::Misuse, Verb::Select, name, place)
    });
}

/// The first collection that the plan joins to rows of the model, or to what it joins to these.
fn joined_collection(
    machine: &dyn Machine,
    model: ModelId,
    plan: &LoadPlan,
    walked: &mut Vec<ModelId>,
) -> Option<(ModelId, Name)> {
    machine.program().schema.model(model).relations.iter().find_map(|relation| {
        let chosen = plan.relations.get(&relation.name).filter(|load| !load.is_only_path);
        let is_new = relation.target.is_none_or(|target| !walked.contains(&target)) && walked.len() <= DEEPEST;
        let by_mapping = matches!(relation.lazy.as_str(), "joined" | "False") && !plan.ignores_mapping && is_new;
        if !chosen.map_or(by_mapping || plan.joins_all, |load| load.is_joined) {
            return None;
        }
        if !relation.kind.is_single() {
            return Some((relation.owner, relation.name));
        }
        let target = relation.target?;
        let below = chosen.map(|load| load.plan.clone()).unwrap_or_default();
        walked.push(target);
        let found = joined_collection(machine, target, &below, walked);
        walked.pop();
        found
    })
}
