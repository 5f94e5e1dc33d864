//! Statements whose rows hold the same.

use crate::domain::{Asked, Entity, Fixed, LoadPlan, Statement};
use crate::project::ModelId;

/// One statement in place of two whose rows hold the same; what only one of them narrows or promises is not said of it.
pub fn alike(one: &Statement, other: &Statement) -> Option<Statement> {
    let same_kind = one.kind == other.kind && one.model == other.model && one.session == other.session;
    let same_rows = one.related == other.related && one.limit == other.limit && one.is_grouped == other.is_grouped;
    let same_items = one.entities.len() == other.entities.len()
        && one.entities.iter().zip(&other.entities).all(|(mine, theirs)| selects_same(mine, theirs));
    if !(same_kind && same_rows && same_items && one.text == other.text) {
        return None;
    }
    let is_common = |fixed: &&Fixed| {
        let is_same =
            |theirs: &Fixed| (theirs.model, theirs.attribute, theirs.row) == (fixed.model, fixed.attribute, fixed.row);
        other.fixed.iter().any(is_same)
    };
    Some(Statement {
        plans: common(&one.plans, &other.plans)?,
        is_batched: one.is_batched && other.is_batched,
        asked: Asked::of_either(&one.asked, &other.asked),
        is_filtered: one.is_filtered || other.is_filtered,
        certainty: one.certainty.min(other.certainty),
        fixed: one.fixed.iter().filter(is_common).cloned().collect(),
        ..one.clone()
    })
}

fn selects_same(one: &Entity, other: &Entity) -> bool {
    let parts = |entity: &Entity| (entity.name, entity.model, entity.is_computed);
    parts(one) == parts(other) && one.value == other.value
}

fn common(one: &[(ModelId, LoadPlan)], other: &[(ModelId, LoadPlan)]) -> Option<Vec<(ModelId, LoadPlan)>> {
    if one.len() != other.len() {
        return None;
    }
    let pairs = one.iter().zip(other);
    pairs.map(|(mine, theirs)| Some((mine.0, mine.1.common(&theirs.1).filter(|_| mine.0 == theirs.0)?))).collect()
}
