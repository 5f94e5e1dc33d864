//! Collections that are empty, and false therefore. A list that a name holds may have been filled by code that is not seen; one
//! that was just written down, or that nothing but tests has touched, has not.
//!
//! ```py
//! def save(self, *args, only=None):
//!     if only is None:
//!         only = []
//!     if only and "title" not in only:   # false
//! ```

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, Sequence, SequenceKind, Value};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Span, Stmt, StmtKind};
use crate::syntax::visit;

/// What makes a collection of what it is given.
const MAKERS: &[&str] = &["dict", "frozenset", "list", "set", "sorted", "tuple"];

impl Interpreter<'_> {
    /// Whether a test is of an empty collection that nobody can have filled.
    pub(super) fn is_still_empty(&mut self, test: &Expr, value: &Value) -> bool {
        let Value::Object(id) = value else { return false };
        let Object::Sequence(Sequence { kind, items: Some(items), .. }) = self.object(*id) else { return false };
        if !items.is_empty() || *kind == SequenceKind::Iterator {
            return false;
        }
        self.is_sure(test)
    }

    /// Whether nobody else can have put anything into what an expression is: it is made here of what is known.
    fn is_sure(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => self.is_untouched(*name, expr.span) || self.is_whole(expr),
            ExprKind::Attribute { .. } => self.is_whole(expr),
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

    /// Whether all that a collection holds is known: nothing can be put into a tuple, and of a list that has something in it nobody
    /// expects more.
    fn is_whole(&mut self, expr: &Expr) -> bool {
        let Value::Object(id) = self.evaluate_silently(expr) else { return false };
        match self.object(id) {
            Object::Sequence(Sequence { kind, items: Some(items), .. }) => {
                *kind == SequenceKind::Tuple || !items.is_empty()
            }
            _ => false,
        }
    }

    /// Whether the function at work made what a name holds, and up to a place does nothing with it but ask.
    fn is_untouched(&mut self, name: Name, until: Span) -> bool {
        let frame = self.frame();
        // What a later statement does to it comes before the next turn.
        if self.loops.len() > frame.loop_base {
            return false;
        }
        let Some(function) = frame.function.clone() else { return false };
        let mut made = Vec::new();
        !is_touched(function.body.statements(), name, until, &mut made)
            && !made.is_empty()
            && made.into_iter().all(|value| self.is_sure(value))
    }
}

fn is_maker(function: &Expr) -> bool {
    matches!(function.kind, ExprKind::Name(name) if MAKERS.contains(&name.as_str()))
}

/// Whether statements before a place do anything with what a name holds; `made` are the values that they give it.
fn is_touched<'f>(body: &'f [Stmt], name: Name, until: Span, made: &mut Vec<&'f Expr>) -> bool {
    let before = body.iter().take_while(|statement| statement.span.start < until.start);
    before.into_iter().any(|statement| {
        let own = match &statement.kind {
            StmtKind::Assign { targets, value } if targets.iter().any(|target| is_named(target, &name)) => {
                made.push(value);
                uses(value, name, until)
            }
            StmtKind::If { test, .. } => asks_more(test, name, until),
            StmtKind::Function(function) => function.body.statements().iter().any(|inner| mentions(inner, name)),
            StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Class(_) => mentions(statement, name),
            _ => visit::expressions(statement).into_iter().any(|expr| uses(expr, name, until)),
        };
        let is_walked = !matches!(
            statement.kind,
            StmtKind::Function(_) | StmtKind::Class(_) | StmtKind::For { .. } | StmtKind::While { .. }
        );
        own || is_walked && visit::blocks(statement).into_iter().any(|block| is_touched(block, name, until, made))
    })
}

/// Whether an expression that begins before a place does more with a name than test it.
fn asks_more(test: &Expr, name: Name, until: Span) -> bool {
    match &test.kind {
        ExprKind::Name(_) => false,
        ExprKind::Unary { operand, .. } => asks_more(operand, name, until),
        ExprKind::Bool { values, .. } => values.iter().any(|value| asks_more(value, name, until)),
        ExprKind::Compare { left, rest } => {
            let operands = std::iter::once(&**left).chain(rest.iter().map(|(_, operand)| operand));
            operands.into_iter().any(|operand| asks_more(operand, name, until))
        }
        _ => uses(test, name, until),
    }
}

fn uses(expr: &Expr, name: Name, until: Span) -> bool {
    expr.span.start < until.start
        && match &expr.kind {
            ExprKind::Name(_) => is_named(expr, &name),
            ExprKind::Lambda(function) => function.body.statements().iter().any(|inner| mentions(inner, name)),
            ExprKind::Bool { .. } | ExprKind::Unary { .. } | ExprKind::Compare { .. } => asks_more(expr, name, until),
            _ => visit::parts(expr).into_iter().any(|part| uses(part, name, until)),
        }
}

fn mentions(statement: &Stmt, name: Name) -> bool {
    let everywhere = Span { start: u32::MAX, end: u32::MAX };
    visit::expressions(statement).into_iter().any(|expr| is_named(expr, &name) || uses(expr, name, everywhere))
        || visit::blocks(statement).into_iter().flatten().any(|inner| mentions(inner, name))
}
