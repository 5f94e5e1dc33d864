//! Code that does for many at once what it could do for each: batches that are full, lists that are emptied when their turn
//! comes, and answers that are fetched for all keys of which none is known.

use super::conditions::is_named;
use super::interpreter::Interpreter;
use super::memo::{extended, stored};
use crate::domain::{Machine, Object};
use crate::syntax::Name;
use crate::syntax::ir::{
    BinaryOperator, Clause, Comparison, Constant, Expr, ExprKind, Function, Stmt, StmtKind, UnaryOperator,
};
use crate::syntax::visit;

/// Why what is done with a full batch is not done in every turn.
pub(super) const BATCHED: &str = "it runs once for each full batch";

/// Why what is done with all that was collected is not done in every turn.
pub(super) const COLLECTED: &str = "it runs for all that was collected, which it takes away";

/// A list as long as this is a batch.
const SMALLEST_BATCH: i64 = 10;

impl Interpreter<'_> {
    /// Whether what an `if` guards is done for all that was collected, and takes it away.
    ///
    /// ```py
    /// if self.queue:
    ///     keys, self.queue = self.queue, []
    ///     self.cache.update(zip(keys, self.fetch(keys)))
    /// ```
    pub(super) fn drains(&mut self, test: &Expr, body: &[Stmt]) -> bool {
        let ExprKind::Attribute { .. } = &test.kind else { return false };
        // Few bodies empty anything, so that is looked for before texts are made.
        let emptied: Vec<&Expr> = body.iter().flat_map(emptied).collect();
        let text = |expr: &Expr| self.text(self.place(expr.span), 80);
        emptied.into_iter().any(|emptied| text(emptied) == text(test))
    }

    /// Whether what an `if` guards asks for all keys that a memo does not have, and stores the answers there.
    ///
    /// ```py
    /// missing = [key for key in keys if key not in self.cache]
    /// if missing:
    ///     for key, value in zip(missing, self.fetch(missing)):
    ///         self.cache[key] = value
    /// ```
    pub(super) fn fetches_missing(&mut self, test: &Expr, body: &[Stmt]) -> bool {
        let function = &self.frame().function;
        let memo = match &test.kind {
            ExprKind::Walrus { value, .. } => memo_of_missing(value),
            ExprKind::Name(name) => function.as_ref().and_then(|function| {
                let statements = &function.body.lowered().statements;
                statements.iter().filter_map(|statement| assigned(statement, *name)).find_map(memo_of_missing)
            }),
            _ => None,
        };
        let Some(memo) = memo.filter(|memo| !self.is_fresh(memo)) else { return false };
        let memo = self.text(self.place(memo.span), 80);
        stored_below(body).into_iter().any(|owner| self.text(self.place(owner.span), 80) == memo)
    }
}

impl Interpreter<'_> {
    /// Whether what a name holds is made anew by each call: a variable of a function that has no loop around the place, and no
    /// parameter.
    fn is_fresh(&self, memo: &Expr) -> bool {
        let ExprKind::Name(name) = memo.kind else { return false };
        let frame = self.frame();
        let is_given = |function: &Function| function.parameters.iter().any(|parameter| parameter.name == name);
        let is_own = matches!(self.object(frame.scope), Object::Scope(scope) if scope.names.contains_key(&name));
        is_own && self.loops.len() == frame.loop_base && !frame.function.as_deref().is_some_and(is_given)
    }
}

/// What a statement assigns to a name.
fn assigned(statement: &Stmt, name: Name) -> Option<&Expr> {
    match &statement.kind {
        StmtKind::Assign { targets, value } => targets.iter().any(|target| is_named(target, &name)).then_some(value),
        _ => None,
    }
}

/// The memo of `[key for key in keys if key not in memo]`, the list made into another collection or not, and of
/// `set(keys) - memo.keys()`.
fn memo_of_missing(made: &Expr) -> Option<&Expr> {
    match &made.kind {
        ExprKind::Binary { operator: BinaryOperator::Subtract, right, .. } => Some(keyed(right)),
        ExprKind::Call { function, arguments } => {
            let is_difference = matches!(&function.kind, ExprKind::Attribute { name, .. } if *name == "difference");
            let first = &arguments.first()?.value;
            if is_difference { Some(keyed(first)) } else { memo_of_missing(first) }
        }
        ExprKind::Comprehension { clauses, .. } => clauses.iter().find_map(|Clause { conditions, .. }| {
            conditions.iter().find_map(|condition| match &condition.kind {
                ExprKind::Compare { rest, .. } => match rest.as_slice() {
                    [(Comparison::NotIn, memo)] => Some(memo),
                    _ => None,
                },
                _ => None,
            })
        }),
        _ => None,
    }
}

/// The dictionary of `memo.keys()` and `set(memo)`.
fn keyed(keys: &Expr) -> &Expr {
    let ExprKind::Call { function, arguments } = &keys.kind else { return keys };
    match (&function.kind, arguments.as_slice()) {
        (ExprKind::Attribute { value, name, .. }, []) if *name == "keys" => value,
        (ExprKind::Name(_), [only]) => &only.value,
        _ => keys,
    }
}

/// The owners of all that statements store under a key, in loops too, or put in with `update`.
fn stored_below(body: &[Stmt]) -> Vec<&Expr> {
    let mut found: Vec<&Expr> = Vec::new();
    for statement in body {
        found.extend(stored(statement).into_iter().map(|(owner, _)| owner));
        found.extend(extended(statement));
        found.extend(visit::blocks(statement).into_iter().flat_map(stored_below));
    }
    found
}

/// What a statement empties: `pending = []`, `keys, pending = pending, []`, `pending.clear()`.
fn emptied(statement: &Stmt) -> Vec<&Expr> {
    match &statement.kind {
        StmtKind::Assign { targets, value } => targets.iter().flat_map(|target| emptied_by(target, value)).collect(),
        StmtKind::Expr(Expr { kind: ExprKind::Call { function, .. }, .. }) => match &function.kind {
            ExprKind::Attribute { value, name, .. } if *name == "clear" => vec![value],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn emptied_by<'a>(target: &'a Expr, value: &Expr) -> Vec<&'a Expr> {
    match (&target.kind, &value.kind) {
        (ExprKind::Tuple(targets), ExprKind::Tuple(values)) => {
            targets.iter().zip(values).flat_map(|(target, value)| emptied_by(target, value)).collect()
        }
        (_, ExprKind::List(items)) if items.is_empty() => vec![target],
        (_, ExprKind::Dict(items)) if items.is_empty() => vec![target],
        _ => Vec::new(),
    }
}

/// Whether an `if` makes what its test finds missing: `if found is None: found = []`.
pub(super) fn makes_missing(test: &Expr, body: &[Stmt]) -> bool {
    let missing = match &test.kind {
        ExprKind::Unary { operator: UnaryOperator::Not, operand } => operand,
        ExprKind::Compare { left, rest } => match rest.as_slice() {
            [(Comparison::Is, other)] if other.is_none() => left,
            _ => return false,
        },
        _ => return false,
    };
    let is_made = |statement: &Stmt| match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().any(|target| is_same_variable(target, missing)),
        _ => false,
    };
    body.iter().any(is_made)
}

/// Whether a counter has come to the size of a batch, and begins again.
///
/// ```py
/// if self.pending > 1000:
///     self.pending = 0
///     session.flush()
/// ```
pub(super) fn is_full_count(test: &Expr, body: &[Stmt]) -> bool {
    let ExprKind::Compare { left, rest } = &test.kind else { return false };
    let [(Comparison::GreaterEqual | Comparison::Greater | Comparison::Equal, size)] = rest.as_slice() else {
        return false;
    };
    is_batch_size(size) && body.iter().any(|statement| sets_to_zero(statement, left))
}

fn sets_to_zero(statement: &Stmt, counter: &Expr) -> bool {
    let StmtKind::Assign { targets, value } = &statement.kind else { return false };
    let is_zero = matches!(value.kind, ExprKind::Constant(Constant::Int(0 | 1)));
    is_zero && targets.iter().any(|target| is_same_variable(target, counter))
}

/// Both are `count`, or both `self.count`.
fn is_same_variable(one: &Expr, other: &Expr) -> bool {
    match (&one.kind, &other.kind) {
        (ExprKind::Name(one), ExprKind::Name(other)) => one == other,
        (ExprKind::Attribute { value: one, name, .. }, ExprKind::Attribute { value: other, name: same, .. }) => {
            name == same && is_same_variable(one, other)
        }
        _ => false,
    }
}

/// `counter % 500 == 0`, `not counter % self.batch_size`
fn is_remainder(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Binary { operator: BinaryOperator::Modulo, right, .. } if is_batch_size(right))
}

/// `len(batch) >= 500`, `len(self.pending) == self.batch_size`, `len(self.items) > threshold`
pub(super) fn is_full_batch(test: &Expr) -> bool {
    let (left, rest) = match &test.kind {
        ExprKind::Unary { operator: UnaryOperator::Not, operand } => return is_remainder(operand),
        ExprKind::Compare { left, rest } => (left, rest),
        _ => return false,
    };
    let is_length = matches!(&left.kind, ExprKind::Call { function, .. } if is_named(function, "len"));
    match rest.as_slice() {
        [(Comparison::Equal, _)] if is_remainder(left) => true,
        [(Comparison::GreaterEqual | Comparison::Greater | Comparison::Equal, size)] => {
            is_length && is_batch_size(size)
        }
        _ => false,
    }
}

fn is_batch_size(size: &Expr) -> bool {
    match &size.kind {
        ExprKind::Constant(Constant::Int(size)) => *size >= SMALLEST_BATCH,
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
            let name = name.to_lowercase();
            ["size", "batch", "chunk", "threshold", "limit", "every", "interval"].iter().any(|word| name.contains(word))
        }
        _ => false,
    }
}
