//! Loops that count up to the number of rows.
//!
//! ```py
//! while position < slides.count():
//!     show(slides[position])
//! ```

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, Value};
use crate::syntax::Name;
use crate::syntax::ir::{Comparison, Constant, Expr, ExprKind, Stmt, StmtKind};

impl Interpreter<'_> {
    /// The test of a `while` compares with the length of a growing collection, or with the count of a query, and each turn counts one on:
    /// it has as many turns.
    pub(super) fn note_counted(&mut self, test: &Expr, body: &[Stmt]) {
        let Some((_, counted)) = counted(test).filter(|(counter, _)| counts_by_one(*counter, body)) else { return };
        let Value::Object(id) = self.evaluate_silently(counted) else { return };
        match self.object(id) {
            Object::Sequence(sequence) if sequence.size.grows() => self.note_consumption(id),
            Object::QuerySet(query) if query.limit.is_none() => {
                if let Some(frame) = self.loops.last_mut() {
                    frame.consumes = true;
                }
            }
            _ => {}
        }
    }
}

/// Whether a test lets a loop have so many turns at most, whatever it walks: `while step and turn < 8`.
pub(super) fn is_bounded(test: &Expr) -> bool {
    let is_order = |comparison: &Comparison| {
        matches!(comparison, Comparison::Less | Comparison::LessEqual | Comparison::Greater | Comparison::GreaterEqual)
    };
    match &test.kind {
        ExprKind::Compare { rest, .. } => rest.iter().any(|(comparison, _)| is_order(comparison)),
        ExprKind::Bool { values, .. } => values.len() > 1,
        _ => false,
    }
}

/// Whether a block adds one to a name, and nothing else: `start += 100` goes by pages.
fn counts_by_one(counter: Name, body: &[Stmt]) -> bool {
    let is_one = |value: &Expr| matches!(value.kind, ExprKind::Constant(Constant::Int(1)));
    let steps = body.iter().filter_map(|statement| match &statement.kind {
        StmtKind::Augmented { target, value, .. } if is_named(target, &counter) => Some(is_one(value)),
        _ => None,
    });
    steps.reduce(|all, one| all && one) == Some(true)
}

/// The counter and what is counted in `position < len(rows)` or `position < rows.count()`.
fn counted(test: &Expr) -> Option<(Name, &Expr)> {
    let ExprKind::Compare { left, rest } = &test.kind else { return None };
    let ExprKind::Name(counter) = left.kind else { return None };
    let [(_, Expr { kind: ExprKind::Call { function, arguments }, .. })] = rest.as_slice() else { return None };
    match (&function.kind, arguments.as_slice()) {
        (ExprKind::Name(name), [collection]) if *name == "len" => Some((counter, &collection.value)),
        (ExprKind::Attribute { value, name, .. }, []) if *name == "count" => Some((counter, value)),
        _ => None,
    }
}
