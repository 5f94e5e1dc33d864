//! The arguments of a constructor call, by name or position.

use super::resolve::text;
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind};

/// The arguments of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arguments<'a>(pub &'a [Argument]);

impl<'a> Arguments<'a> {
    /// Whether some may be given that are not written out: `*values`, `**options`.
    pub fn are_open(self) -> bool {
        self.0.iter().any(|argument| matches!(argument.kind, ArgumentKind::Star | ArgumentKind::DoubleStar))
    }

    /// `name=value`
    pub fn keyword(self, name: &str) -> Option<&'a Expr> {
        self.0.iter().find_map(|argument| match argument.kind {
            ArgumentKind::Keyword(keyword) if keyword == name => Some(&argument.value),
            _ => None,
        })
    }

    /// The positional argument at `position`, 0-based.
    pub fn positional(self, position: usize) -> Option<&'a Expr> {
        let argument = self.0.get(position)?;
        (argument.kind == ArgumentKind::Positional).then_some(&argument.value)
    }

    /// `name=value`, else the positional argument.
    pub fn either(self, name: &str, position: usize) -> Option<&'a Expr> {
        self.keyword(name).or_else(|| self.positional(position))
    }

    /// `name="text"`
    pub fn text(self, name: &str) -> Option<Name> {
        self.keyword(name).and_then(text)
    }

    /// Whether `name=True` is written.
    pub fn is_true(self, name: &str) -> bool {
        self.keyword(name).is_some_and(|value| is_constant(value, true))
    }

    /// Whether `name=False` is written.
    pub fn is_false(self, name: &str) -> bool {
        self.keyword(name).is_some_and(|value| is_constant(value, false))
    }
}

/// Whether `expr` is the literal `True` (or `False`).
pub(crate) fn is_constant(expr: &Expr, wanted: bool) -> bool {
    matches!(expr.kind, ExprKind::Constant(Constant::Bool(value)) if value == wanted)
}
