//! What runs seldom, whatever the loops around it say: handlers of statements that the database refused, and what is read
//! to assert that it is not there.

use crate::syntax::ir::{Comparison, Expr, ExprKind};

/// Why what a handler of a refused statement sends is not sent in every turn.
pub(super) const REFUSED: &str = "it runs where the database refused a statement";

/// Why what an assertion reads is not read from the database.
pub(super) const ASSERTED: &str = "it is asserted that there is none";

/// Errors that the database raises, or the session on its behalf. Sources: `django.db.utils`, `sqlalchemy.exc`.
const FAILURES: &[&str] = &[
    "DBAPIError",
    "DataError",
    "DatabaseError",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "OperationalError",
    "ProgrammingError",
    "SQLAlchemyError",
    "StaleDataError",
];

/// `except (IntegrityError, OperationalError)`
pub(super) fn names_failure(kinds: &Expr) -> bool {
    match &kinds.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => FAILURES.contains(&name.as_str()),
        ExprKind::Tuple(kinds) => kinds.iter().all(names_failure),
        _ => false,
    }
}

/// `row.parent is None`
pub(super) fn is_none_test(test: &Expr) -> bool {
    let ExprKind::Compare { rest, .. } = &test.kind else { return false };
    matches!(rest.as_slice(), [(Comparison::Is, right)] if right.is_none())
}
