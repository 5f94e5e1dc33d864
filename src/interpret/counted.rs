//! Loops that count up to the number of rows.
//!
//! ```py
//! while position < slides.count():
//!     show(slides[position])
//! ```

use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, Value};
use crate::syntax::ir::{Expr, ExprKind};

impl Interpreter<'_> {
    /// The test of a `while` compares with the length of a growing collection, or with the count of a query: it has as many turns.
    pub(super) fn note_counted(&mut self, test: &Expr) {
        let Some(counted) = counted(test) else { return };
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

/// What is counted in `position < len(rows)` or `position < rows.count()`.
fn counted(test: &Expr) -> Option<&Expr> {
    let ExprKind::Compare { rest, .. } = &test.kind else { return None };
    let [(_, Expr { kind: ExprKind::Call { function, arguments }, .. })] = rest.as_slice() else { return None };
    match (&function.kind, arguments.as_slice()) {
        (ExprKind::Name(name), [collection]) if *name == "len" => Some(&collection.value),
        (ExprKind::Attribute { value, name, .. }, []) if *name == "count" => Some(value),
        _ => None,
    }
}
