//! What runs seldom, whatever the loops around it say: handlers of statements that the database refused, what is undone
//! before an error is raised again, and what is read to assert that it is not there.

use std::ops::Range;

use super::interpreter::Interpreter;
use super::statements::goes_elsewhere;
use crate::domain::{Machine, Object, ObjectId, Scalar, Value};
use crate::syntax::ir::{Comparison, Constant, Expr, ExprKind, Handler, Stmt, StmtKind};
use crate::syntax::visit;

/// Why what a handler of a refused statement sends is not sent in every turn.
const REFUSED: &str = "it runs where the database refused a statement";

/// Why what a handler does before it raises again is not done in every turn.
const UNDONE: &str = "it runs where something failed, and raises again";

/// Why what an assertion reads is not read from the database.
pub(super) const ASSERTED: &str = "it is asserted that there is none";

/// Why what follows a search through fetched rows is not done in every turn.
pub(super) const SEARCHED: &str = "it runs where a search through the fetched rows found nothing";

/// Why what a program does for whoever writes it is of no account.
pub(super) const DEVELOPED: &str = "it runs with `settings.DEBUG` alone";

/// Where Django keeps the rows that a queryset, and those that a prefetch has fetched.
const FETCHED: [&str; 2] = ["_result_cache", "_prefetched_objects_cache"];

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

impl Interpreter<'_> {
    /// The innermost loop, where a test picks out one of its rows: `if book == featured`, `if book.pk == featured.pk`. What runs
    /// then runs once for all its turns.
    pub(super) fn singled_out(&mut self, test: &Expr) -> Range<usize> {
        let here = self.loops.len();
        let picks = match &test.kind {
            ExprKind::Bool { and: true, values } => {
                return values
                    .iter()
                    .map(|one| self.singled_out(one))
                    .find(|found| !found.is_empty())
                    .unwrap_or(here..here);
            }
            ExprKind::Compare { left, rest } => match rest.as_slice() {
                [(Comparison::Equal | Comparison::Is, right)] if is_row_or_key(left) && is_row_or_key(right) => {
                    self.are_row_and_outsider(left, right)
                }
                [(Comparison::Equal, right)] => self.is_name_among_names(left, right),
                _ => false,
            },
            _ => false,
        };
        if picks { here - 1..here } else { here..here }
    }

    /// Whether a statement asked if rows were fetched, which they were, and may have returned one of them.
    ///
    /// ```py
    /// if self.plurals.all()._result_cache is not None:
    ///     for plural in self.plurals.all():
    ///         if plural.is_default:
    ///             return plural
    /// ```
    pub(super) fn searched_fetched(&mut self, statement: &Stmt) -> bool {
        let StmtKind::If { test, body, .. } = &statement.kind else { return false };
        if !asks_for_fetched(test) || !body.iter().any(|one| goes_elsewhere(one, true, false)) {
            return false;
        }
        self.silence += 1;
        let truth = self.condition(test);
        self.silence -= 1;
        truth == Some(true)
    }

    /// `for name in form.changed_data: if name == "limit_events":` of a list of which nothing is known: names are all different.
    fn is_name_among_names(&self, left: &Expr, right: &Expr) -> bool {
        let (ExprKind::Name(name), ExprKind::Constant(Constant::Text(_))) = (&left.kind, &right.kind) else {
            return false;
        };
        let is_target = self.loops.last().is_some_and(|frame| !frame.is_while && frame.target == Some(*name));
        let Object::Scope(scope) = self.object(self.frame().scope) else { return false };
        is_target && scope.names.get(name).is_some_and(Value::is_unknown)
    }

    fn are_row_and_outsider(&mut self, left: &Expr, right: &Expr) -> bool {
        if self.loops.last().is_none_or(|frame| frame.is_while || frame.varying.is_empty()) {
            return false;
        }
        self.silence += 1;
        let rows = [left, right].map(|side| self.evaluate(side)).map(|value| self.row_meant(&value));
        self.silence -= 1;
        let (Some(frame), [Some(left), Some(right)]) = (self.loops.last(), rows) else { return false };
        let is_element = |row: &ObjectId| frame.varying.contains(row);
        (is_element(&left) && !self.varies_in(right, frame)) || (is_element(&right) && !self.varies_in(left, frame))
    }

    /// The row that a value is, or is the key of; it may be missing.
    fn row_meant(&self, value: &Value) -> Option<ObjectId> {
        let mut rows = value.disjuncts().into_iter().filter(|part| *part != Value::None);
        match (rows.next()?, rows.next()) {
            (Value::Object(id), None) if matches!(self.object(id), Object::Row(_)) => Some(id),
            (Value::Scalar(Scalar::KeyOf(id, None)), None) => Some(id),
            _ => None,
        }
    }
}

fn asks_for_fetched(test: &Expr) -> bool {
    let is_it = match &test.kind {
        ExprKind::Attribute { name, .. } | ExprKind::Constant(Constant::Text(name)) => FETCHED.contains(&name.as_str()),
        _ => false,
    };
    is_it || visit::parts(test).into_iter().any(asks_for_fetched)
}

/// `book`, `book.pk`, `self.featured`
fn is_row_or_key(expr: &Expr) -> bool {
    let is_name = |expr: &Expr| matches!(expr.kind, ExprKind::Name(_));
    is_name(expr) || matches!(&expr.kind, ExprKind::Attribute { value, .. } if is_name(value))
}

/// Why what a handler sends is not sent in every turn, where that is so.
pub(super) fn seldom_handled(handler: &Handler) -> Option<&'static str> {
    if handler.kinds.as_ref().is_some_and(names_failure) {
        return Some(REFUSED);
    }
    // Whoever catches it further up may go on with the next turn, but a program whose turns all fail is no program.
    let raises = handler.body.last().is_some_and(|last| matches!(last.kind, StmtKind::Raise(_)));
    raises.then_some(UNDONE)
}

/// `except (IntegrityError, OperationalError)`
fn names_failure(kinds: &Expr) -> bool {
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
