//! A query that is counted, and whose rows the same function then fetches all the same.
//!
//! A `Query` keeps nothing: `query.count()` and `query.all()` are two statements, and the rows of the second one tell how many
//! they are. SQLAlchemy's "ORM Querying Guide", `Query.count()`.

use crate::domain::{Certainty, Effect, EffectKind, Machine, ObjectId, Place, Statement, StatementKind, Verb};
use crate::syntax::Name;

/// A method of a query is called.
pub(super) fn asked(machine: &mut dyn Machine, id: ObjectId, statement: &Statement, name: Name, place: Place) {
    match name.as_str() {
        "count" if is_sure(statement) => machine.ask(id, None, name, place),
        "all" => fetched(machine, id, statement, place),
        _ => {}
    }
}

/// The rows of a query are fetched.
pub(super) fn fetched(machine: &mut dyn Machine, id: ObjectId, statement: &Statement, place: Place) {
    let before = machine.question_about(id, None).filter(|before| before.place != place && before.action == "count");
    if let Some(before) = before.filter(|_| is_sure(statement)) {
        machine.fire(Effect {
            model: statement.model,
            certainty: statement.certainty,
            ..Effect::of(EffectKind::AskedBefore, Verb::Select, before.action, before.place)
        });
    }
}

/// A query of whole rows, which is surely one.
fn is_sure(statement: &Statement) -> bool {
    let is_whole = statement.entities.iter().all(|entity| entity.model.is_some() && !entity.is_computed);
    statement.kind == StatementKind::Query && statement.certainty == Certainty::High && is_whole
}
