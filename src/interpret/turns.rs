//! The turns of a loop: its counter is another number in every turn, and a test of it may hold in one of them only.
//!
//! ```py
//! for number, book in enumerate(books):
//!     if number == 0:
//!         print(book.author.name)   # one query, however many books there are
//! ```

use std::ops::Range;

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::{Arguments, Machine, Object, Scalar, Value};
use crate::syntax::Name;
use crate::syntax::ir::{BinaryOperator, Comparison, Constant, Expr, ExprKind, Stmt, StmtKind, UnaryOperator};
use crate::syntax::visit;

/// Turns up to this one are few.
const FEW: i64 = 10;

impl Interpreter<'_> {
    /// `turn(start)`: what a counter is that began with `start`, inside the loop that a stub runs.
    pub(super) fn turn(&self, arguments: &Arguments) -> Value {
        match arguments.positional.first() {
            Some(start) if self.loops.len() == self.frame().loop_base => start.clone(),
            _ => Value::Scalar(Scalar::Turn),
        }
    }

    /// `counter += 1` in a loop that goes on.
    pub(super) fn counts_turns(&self, left: &Value, operator: BinaryOperator, right: &Value) -> bool {
        let is_in_loop = self.loops.len() > self.frame().loop_base;
        let is_counter = matches!(left, Value::Scalar(Scalar::Int(_) | Scalar::Turn));
        let is_step = matches!(right, Value::Scalar(Scalar::Int(step)) if *step != 0);
        let counts = operator == BinaryOperator::Add && is_counter && is_step && is_in_loop;
        counts && self.loops.last().is_some_and(|frame| !frame.is_while && frame.size.grows())
    }

    /// A number that stands there, or under a name (`SIZE`).
    pub(super) fn known_number(&mut self, expr: &Expr) -> Option<i64> {
        match &expr.kind {
            ExprKind::Constant(Constant::Int(number)) => Some(*number),
            ExprKind::Name(_) => match self.evaluate_silently(expr) {
                Value::Scalar(Scalar::Int(number)) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }

    /// Remembers that a variable was assigned in the present pass of the innermost loop of the function.
    pub(super) fn note_assigned(&mut self, name: Name) {
        let is_looping = self.loops.len() > self.frame().loop_base;
        if let Some(frame) = self.loops.last_mut().filter(|frame| is_looping && !frame.assigned.contains(&name)) {
            frame.assigned.push(name);
        }
    }

    /// Remembers that a name is a counter of the innermost loop, or tells its turns apart.
    pub(super) fn note_counter(&mut self, name: Name, value: &Value) {
        if let Value::Scalar(Scalar::Turn | Scalar::OneTurn(_)) = value
            && let Some(frame) = self.loops.last_mut()
            && !frame.counters.contains(&name)
        {
            frame.counters.push(name);
        }
    }

    /// The loops for which the branches of a test run once, or a few times, in all their turns: where it holds, and where not.
    pub(super) fn turns_of_branches(&mut self, test: &Expr) -> (Range<usize>, Range<usize>) {
        let here = self.loops.len();
        match self.holds_once(test) {
            Some((true, loops)) => (loops, here..here),
            Some((false, loops)) => (here..here, loops),
            None => (self.singled_out(test), here..here),
        }
    }

    /// The loop for whose turns a test is this truth once, or a few times, and the other in all others.
    pub(super) fn holds_once(&mut self, test: &Expr) -> Option<(bool, Range<usize>)> {
        match &test.kind {
            ExprKind::Unary { operator: UnaryOperator::Not, operand } => {
                self.holds_once(operand).map(|(truth, loops)| (!truth, loops))
            }
            ExprKind::Bool { and, values } => {
                values.iter().find_map(|value| self.holds_once(value).filter(|(truth, _)| truth == and))
            }
            _ => {
                if let Some(found) = self.picks_one(test) {
                    return Some(found);
                }
                let at = self.loop_counted_in(test)?;
                let truth = match self.evaluate_silently(test) {
                    Value::Scalar(Scalar::OneTurn(truth)) => truth,
                    Value::Scalar(Scalar::Turn) => false,
                    _ => return None,
                };
                Some((truth, at..at + 1))
            }
        }
    }

    /// `if name == "email"` in a loop whose elements are all different.
    fn picks_one(&self, test: &Expr) -> Option<(bool, Range<usize>)> {
        let ExprKind::Compare { left, rest } = &test.kind else { return None };
        let (ExprKind::Name(name), [(comparison, right)]) = (&left.kind, rest.as_slice()) else { return None };
        let is_picked = match comparison {
            Comparison::Equal => true,
            Comparison::NotEqual => false,
            _ => return None,
        };
        if !matches!(right.kind, ExprKind::Constant(Constant::Text(_) | Constant::Int(_))) {
            return None;
        }
        let base = self.frame().loop_base;
        let at = self.loops.iter().rposition(|frame| frame.distinct == Some(*name)).filter(|at| *at >= base)?;
        Some((is_picked, at..at + 1))
    }

    /// Whether a test asks something of what differs from turn to turn.
    pub(super) fn asks_of_element(&self, test: &Expr) -> bool {
        let varies = |value: &Value| match value {
            Value::Object(id) | Value::Scalar(Scalar::KeyOf(id, _)) => {
                self.loops.iter().any(|frame| self.varies_in(*id, frame))
            }
            _ => false,
        };
        let own = match &test.kind {
            ExprKind::Name(name) => match self.object(self.frame().scope) {
                Object::Scope(scope) => scope.names.get(name).is_some_and(|value| value.disjuncts().iter().any(varies)),
                _ => false,
            },
            _ => false,
        };
        own || visit::parts(test).into_iter().any(|part| self.asks_of_element(part))
    }

    fn loop_counted_in(&self, test: &Expr) -> Option<usize> {
        if self.loops.iter().all(|frame| frame.counters.is_empty()) {
            return None;
        }
        self.loops.iter().rposition(|frame| frame.counters.iter().any(|counter| mentions(test, *counter)))
    }
}

/// What a template's `forloop` or `loop` says of the turn.
pub(super) fn turn_attribute(name: Name) -> Value {
    match name.as_str() {
        "first" | "last" => Value::Scalar(Scalar::OneTurn(true)),
        "counter" | "counter0" | "revcounter" | "revcounter0" | "index" | "index0" | "revindex" | "revindex0" => {
            Value::Scalar(Scalar::Turn)
        }
        _ => Value::ANY,
    }
}

/// A comparison of a counter with a number, or with the last one: `number == 0`, `number == len(books) - 1`.
pub(super) fn turn_compared(left: &Value, comparison: Comparison, right: &Value, written: &Expr) -> Option<Value> {
    if *left != Value::Scalar(Scalar::Turn) {
        return None;
    }
    let number = match right {
        Value::Scalar(Scalar::Int(number)) => Some(*number),
        _ => None,
    };
    let is_one = number.is_some() || is_last(written);
    let is_early = number.is_some_and(|number| number <= FEW);
    let is_first = number.is_some_and(|number| number <= 1);
    match comparison {
        Comparison::Equal | Comparison::Is if is_one => Some(true),
        Comparison::NotEqual | Comparison::IsNot if is_one => Some(false),
        Comparison::Less | Comparison::LessEqual if is_early => Some(true),
        // `if number >= 5: break` bounds the loop, but whoever writes it expects more.
        Comparison::Greater | Comparison::GreaterEqual if is_first => Some(false),
        _ => None,
    }
    .map(|truth| Value::Scalar(Scalar::OneTurn(truth)))
}

/// `len(books) - 1`, `total - 1`
fn is_last(expr: &Expr) -> bool {
    let ExprKind::Binary { left, operator: BinaryOperator::Subtract, right } = &expr.kind else { return false };
    let is_count = matches!(&left.kind, ExprKind::Name(_) | ExprKind::Call { .. });
    is_count && matches!(right.kind, ExprKind::Constant(Constant::Int(1)))
}

fn mentions(expr: &Expr, name: Name) -> bool {
    matches!(expr.kind, ExprKind::Name(found) if found == name)
        || visit::parts(expr).into_iter().any(|part| mentions(part, name))
}

/// How many turns a loop over `enumerate(rows, start)` makes at most, for it is left at a number that the program writes.
///
/// ```py
/// for place, runner in enumerate(runners, 1):
///     print(place, runner.club.name)
///     if place == 3:
///         break
/// ```
pub(super) fn turns_at_most(
    target: &Expr,
    iterable: &Expr,
    body: &[Stmt],
    number: &mut dyn FnMut(&Expr) -> Option<i64>,
) -> Option<u64> {
    let ExprKind::Tuple(targets) = &target.kind else { return None };
    let ExprKind::Name(counter) = targets.first()?.kind else { return None };
    let ExprKind::Call { function, arguments } = &iterable.kind else { return None };
    if !is_named(function, "enumerate") {
        return None;
    }
    let start = arguments.get(1).map_or(Some(0), |start| number(&start.value))?;
    let reached = body.iter().take_while(|statement| !goes_on_early(statement));
    let last = reached.filter_map(|statement| left_at(statement, counter, number)).min()?;
    u64::try_from(last - start + 1).ok()
}

/// How many turns a loop has that puts something into a list in each of them, and is left when the list is long enough.
///
/// ```py
/// for egg in eggs:
///     basket.append(egg.farm.name)
///     if len(basket) == SIZE:
///         break
/// ```
pub(super) fn turns_until_full(body: &[Stmt], number: &mut dyn FnMut(&Expr) -> Option<i64>) -> Option<u64> {
    let reached: Vec<&Stmt> = body.iter().take_while(|statement| !goes_on_early(statement)).collect();
    let turns = reached.iter().filter_map(|statement| {
        let (tested, comparison, right) = leaving_test(statement)?;
        let list = measured(tested)?;
        let is_met = matches!(comparison, Comparison::Equal | Comparison::GreaterEqual);
        let is_filled = reached.iter().any(|statement| puts_into(statement, list));
        number(right).filter(|_| is_met && is_filled)
    });
    turns.min().and_then(|turns| u64::try_from(turns).ok())
}

/// The `basket` of `len(basket)`.
fn measured(expr: &Expr) -> Option<Name> {
    let ExprKind::Call { function, arguments } = &expr.kind else { return None };
    match arguments.as_slice() {
        [only] if is_named(function, "len") => match only.value.kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// `basket.append(…)`
fn puts_into(statement: &Stmt, list: Name) -> bool {
    let StmtKind::Expr(Expr { kind: ExprKind::Call { function, .. }, .. }) = &statement.kind else { return false };
    matches!(&function.kind, ExprKind::Attribute { value, name, .. } if name == "append" && is_named(value, &list))
}

/// What is compared with what in `if counter == 3: break`.
fn leaving_test(statement: &Stmt) -> Option<(&Expr, Comparison, &Expr)> {
    let StmtKind::If { test, body, .. } = &statement.kind else { return None };
    let ExprKind::Compare { left, rest } = &test.kind else { return None };
    let [(comparison, right)] = rest.as_slice() else { return None };
    let leaves = matches!(body.last()?.kind, StmtKind::Break | StmtKind::Return(_));
    leaves.then_some((left, *comparison, right))
}

/// The number of the turn in which `if counter == 3: break` leaves the loop.
fn left_at(statement: &Stmt, counter: Name, number: &mut dyn FnMut(&Expr) -> Option<i64>) -> Option<i64> {
    let (left, comparison, right) = leaving_test(statement)?;
    let bound = number(right).filter(|_| is_named(left, &counter))?;
    match comparison {
        Comparison::Equal | Comparison::GreaterEqual => Some(bound),
        Comparison::Greater => Some(bound + 1),
        _ => None,
    }
}

/// Whether a loop is left at the end of its first turn: `for van in free: book(van); break`.
pub(super) fn leaves_at_once(body: &[Stmt]) -> bool {
    let leaves = |last: &Stmt| matches!(last.kind, StmtKind::Break | StmtKind::Return(_));
    body.last().is_some_and(leaves) && !body.iter().any(goes_on_early)
}

/// Whether a statement may begin the next turn before those after it are reached.
pub(super) fn goes_on_early(statement: &Stmt) -> bool {
    match &statement.kind {
        StmtKind::Continue => true,
        StmtKind::For { .. } | StmtKind::While { .. } => false,
        _ => visit::blocks(statement).into_iter().flatten().any(goes_on_early),
    }
}
