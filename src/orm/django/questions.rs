//! Questions whose answer is fetched anyway: `exists()` before the rows are read, the same set asked for twice.
//!
//! ```py
//! if books.exists():          # a query
//!     for book in books: ...  # another, which would have told as well
//! ```
//! Django's guide to database optimisation, "Don't overuse contains(), count(), and exists()".

use crate::domain::{Certainty, Effect, EffectKind, Machine, ObjectId, Place, QuerySet, Verb};
use crate::syntax::Name;

/// The set that a queryset stands for: that of a row's relation, or its own.
fn subject(id: ObjectId, query: &QuerySet) -> (ObjectId, Option<Name>) {
    match query.related {
        Some((row, relation)) if query.is_whole => (row, Some(relation)),
        _ => (id, None),
    }
}

/// The rows of a queryset were fetched.
pub(super) fn fetched(machine: &mut dyn Machine, id: ObjectId, query: &QuerySet, place: Place) {
    if query.is_iterator || query.certainty != Certainty::High {
        return;
    }
    let (owner, relation) = subject(id, query);
    if let Some(before) = machine.question_about(owner, relation)
        && before.place != place
    {
        let is_fetch = before.action == "all";
        let (kind, at) =
            if is_fetch { (EffectKind::AskedAgain, place) } else { (EffectKind::AskedBefore, before.place) };
        remark(machine, kind, query, before.action, at);
    }
    machine.ask(owner, relation, Name::new("all"), place);
}

/// One row of a queryset was fetched, whichever there is: `get()`, `first()`, `[0]`.
pub(super) fn fetched_one(machine: &mut dyn Machine, id: ObjectId, query: &QuerySet) {
    if query.certainty != Certainty::High {
        return;
    }
    let (owner, relation) = subject(id, query);
    if let Some(before) = machine.question_about(owner, relation)
        && matches!(before.action.as_str(), "exists" | "aexists")
    {
        remark(machine, EffectKind::AskedBeforeGet, query, before.action, before.place);
    }
}

/// A queryset was counted or tested for existence.
pub(super) fn counted(machine: &mut dyn Machine, id: ObjectId, query: &QuerySet, action: Name, place: Place) {
    let is_asked = matches!(action.as_str(), "count" | "exists" | "acount" | "aexists");
    if !is_asked || query.certainty != Certainty::High {
        return;
    }
    let (owner, relation) = subject(id, query);
    if let Some(before) = machine.question_about(owner, relation)
        && before.place != place
        && (before.action == action || before.action == "all")
    {
        remark(machine, EffectKind::AskedAgain, query, action, place);
    }
    machine.ask(owner, relation, action, place);
}

fn remark(machine: &mut dyn Machine, kind: EffectKind, query: &QuerySet, action: Name, place: Place) {
    machine.fire(Effect {
        model: Some(query.model),
        certainty: query.certainty,
        ..Effect::of(kind, Verb::Select, action, place)
    });
}
