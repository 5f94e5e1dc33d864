//! Querysets whose rows hold the same.

use std::rc::Rc;

use crate::domain::{Asked, QuerySet};

/// One queryset in place of two whose rows hold the same; what only one of them narrows or promises is not said of it.
pub fn alike(one: &QuerySet, other: &QuerySet) -> Option<QuerySet> {
    let same_result = one.result == other.result;
    let same_rows = one.model == other.model && one.class == other.class && one.related == other.related;
    let same_items = one.shape == other.shape && one.fields == other.fields && one.annotations == other.annotations;
    let same_walk = one.limit == other.limit && one.is_empty == other.is_empty && one.is_iterator == other.is_iterator;
    if !(same_result && same_rows && same_items && same_walk) {
        return None;
    }
    let common =
        |mine: &[_], theirs: &[_]| Rc::new(mine.iter().copied().filter(|name| theirs.contains(name)).collect());
    let truths = one.truths.iter().filter(|(name, truth)| other.truths.get(name) == Some(truth));
    Some(QuerySet {
        plan: Rc::new(one.plan.common(&other.plan)?),
        defeats_prefetch: one.defeats_prefetch || other.defeats_prefetch,
        is_ordered: one.is_ordered && other.is_ordered,
        is_whole: one.is_whole && other.is_whole,
        is_batched: one.is_batched && other.is_batched,
        null_relations: common(&one.null_relations, &other.null_relations),
        truths: Rc::new(truths.map(|(name, truth)| (*name, *truth)).collect()),
        facts: Rc::new(one.facts.common(&other.facts)),
        fixed: common(&one.fixed, &other.fixed),
        asked: Asked::of_either(&one.asked, &other.asked),
        certainty: one.certainty.min(other.certainty),
        ..one.clone()
    })
}
