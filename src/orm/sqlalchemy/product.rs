//! Joins that multiply: one statement that joins two collections of the same rows answers with every pair of them.
//!
//! Verified on SQLAlchemy 2.0: `joinedload(User.teams), joinedload(User.emails)` gives `teams × emails` rows for each
//! user. A collection of a joined collection multiplies nothing: each of its rows has one parent.

use super::options::plan_for;
use crate::domain::{Effect, EffectKind, LoadPlan, Machine, Place, Statement, StatementKind, Verb};
use crate::project::{ModelId, Relation};
use crate::syntax::Name;

/// Relations joined by the mapping are followed so deep.
const DEEPEST: usize = 4;

/// A collection that a statement joins.
struct Joined<'p> {
    path: Vec<Name>,
    relation: &'p Relation,
    /// The mapping says so, not the statement.
    is_mapped: bool,
}

/// Remarks on a statement that joins two collections beside each other.
pub(super) fn remark(machine: &mut dyn Machine, statement: &Statement) {
    if !matches!(statement.kind, StatementKind::Select | StatementKind::Query) {
        return;
    }
    let models: Vec<ModelId> = statement.entities.iter().filter_map(|entity| entity.model).collect();
    let effects: Vec<Effect> = models.iter().filter_map(|model| product(machine, statement, *model)).collect();
    effects.into_iter().for_each(|effect| machine.fire(effect));
}

fn product(machine: &dyn Machine, statement: &Statement, model: ModelId) -> Option<Effect> {
    let plan = plan_for(machine, &statement.plans, model);
    let mut joined = Vec::new();
    collect(machine, model, &plan, &mut vec![model], &[], &mut joined);
    let (first, second) = beside_each_other(&joined)?;
    let (file, span) = second.relation.declared;
    let is_mapped = first.is_mapped && second.is_mapped;
    Some(Effect {
        model: Some(second.relation.owner),
        relation: Some(second.relation.name),
        ..Effect::of(
            EffectKind::JoinProduct,
            Verb::Select,
            first.relation.name,
            if is_mapped { Place { file, span } } else { statement.origin.place },
        )
    })
}

/// The first two collections of which none leads to the other.
fn beside_each_other<'a, 'p>(joined: &'a [Joined<'p>]) -> Option<(&'a Joined<'p>, &'a Joined<'p>)> {
    let leads = |one: &Joined, other: &Joined| other.path.starts_with(&one.path);
    joined.iter().enumerate().find_map(|(index, first)| {
        let second = joined[index + 1..].iter().find(|second| !leads(first, second) && !leads(second, first))?;
        Some((first, second))
    })
}

fn collect<'p>(
    machine: &'p dyn Machine,
    model: ModelId,
    plan: &LoadPlan,
    walked: &mut Vec<ModelId>,
    path: &[Name],
    found: &mut Vec<Joined<'p>>,
) {
    for relation in &machine.program().schema.model(model).relations {
        let load = plan.relations.get(&relation.name).filter(|load| !load.is_only_path);
        let by_mapping = matches!(relation.lazy.as_str(), "joined" | "False")
            && !plan.ignores_mapping
            && walked.len() < DEEPEST
            && !relation.target.is_some_and(|target| walked.contains(&target));
        let is_joined = load.map_or(by_mapping || plan.joins_all, |load| load.is_joined);
        let Some(target) = relation.target.filter(|_| is_joined) else { continue };
        let path = [path, &[relation.name]].concat();
        if !relation.kind.is_single() {
            found.push(Joined { path: path.clone(), relation, is_mapped: load.is_none() && !plan.joins_all });
        }
        let below = plan.relations.get(&relation.name).map(|load| load.plan.clone()).unwrap_or_default();
        if walked.len() < DEEPEST + 2 {
            walked.push(target);
            collect(machine, target, &below, walked, &path, found);
            walked.pop();
        }
    }
}
