//! Collections that are empty, and false therefore. A list that a name holds may have been filled by code that is not seen; one
//! that was just written down, or that nothing but tests has touched, has not.
//!
//! ```py
//! def save(self, *args, only=None):
//!     if only is None:
//!         only = []
//!     if only and "title" not in only:   # false
//! ```

use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, Sequence, SequenceKind, Value};
use crate::syntax::ir::{Expr, ExprKind};

/// What makes a collection of what it is given.
const MAKERS: &[&str] = &["dict", "frozenset", "list", "set", "sorted", "tuple"];

impl Interpreter<'_> {
    /// Whether a test is of an empty collection that nobody can have filled.
    pub(super) fn is_still_empty(&mut self, test: &Expr, value: &Value) -> bool {
        let Value::Object(id) = value else { return false };
        // Later turns of a loop may find what the first has put in.
        if self.is_owned_and_empty(*id) {
            return !self.is_older_than_loop(*id);
        }
        let Object::Sequence(Sequence { kind, items: Some(items), .. }) = self.object(*id) else { return false };
        items.is_empty() && *kind != SequenceKind::Iterator && self.is_sure(test)
    }

    /// What an expression made of nothing, by operators and comprehensions, is as empty as what is written down empty.
    pub(super) fn own_what_is_sure(&mut self, expr: &Expr, value: &Value) {
        let Value::Object(id) = value else { return };
        let is_made =
            matches!(expr.kind, ExprKind::Binary { .. } | ExprKind::Comprehension { .. } | ExprKind::Call { .. });
        let Object::Sequence(Sequence { kind, items: Some(items), .. }) = self.object(*id) else { return };
        if is_made && items.is_empty() && *kind != SequenceKind::Iterator && self.is_sure(expr) {
            self.own(*id);
        }
    }

    /// Whether nobody else can have put anything into what an expression is: it is made here of what is known.
    fn is_sure(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } => self.is_whole(expr),
            ExprKind::List(items) | ExprKind::Set(items) | ExprKind::Tuple(items) => {
                items.iter().all(|item| !matches!(item.kind, ExprKind::Starred(_)))
            }
            ExprKind::Binary { left, right, .. } => self.is_sure(left) && self.is_sure(right),
            ExprKind::Comprehension { clauses, .. } => clauses.iter().all(|clause| self.is_whole(&clause.iterable)),
            ExprKind::Call { function, arguments } => {
                is_maker(function) && arguments.iter().all(|argument| self.is_sure(&argument.value))
            }
            _ => false,
        }
    }

    /// Whether all that a collection holds is known: nothing can be put into a tuple or into what nobody else has, and of a list that
    /// has something in it nobody expects more.
    fn is_whole(&mut self, expr: &Expr) -> bool {
        let Value::Object(id) = self.evaluate_silently(expr) else { return false };
        self.is_owned_and_empty(id)
            || match self.object(id) {
                Object::Sequence(Sequence { kind, items: Some(items), .. }) => {
                    *kind == SequenceKind::Tuple || !items.is_empty()
                }
                _ => false,
            }
    }
}

fn is_maker(function: &Expr) -> bool {
    matches!(function.kind, ExprKind::Name(name) if MAKERS.contains(&name.as_str()))
}
