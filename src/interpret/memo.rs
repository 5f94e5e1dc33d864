//! Memos: code that looks an answer up and stores it where it was missing asks once for each key, not once for each row.

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, ObjectId, Scalar, Value};
use crate::syntax::Name;
use crate::syntax::ir::{Comparison, Constant, Expr, ExprKind, Handler, Stmt, StmtKind, UnaryOperator};
use crate::syntax::visit;

/// Why the question of a memo is asked seldom.
pub(super) const REMEMBERED: &str = "the answer is remembered by key";
/// Why a memo is filled seldom: what it is to hold is made once for each key, which is a write for each that is new.
pub(super) const MADE_BY_KEY: &str = "it is made once for each key";

impl Interpreter<'_> {
    /// Notes a queryset that is made where a memo has no answer: whoever fetches it fetches it for all.
    pub(super) fn note_remembered(&mut self, query: ObjectId) {
        let guards = self.seldom.iter().filter(|(_, why)| is_memo(why));
        if let Some(around) = guards.map(|(around, _)| *around).max() {
            self.remembered.insert(query, around);
        }
    }

    /// Why the body of an `if` runs seldom that asks a memo: the test looks for a missing answer and the body stores one.
    pub(super) fn guards_memo(&mut self, test: &Expr, body: &[Stmt]) -> Option<&'static str> {
        let test = self.open_part(test);
        if self.goes_by_memo(test, body) {
            return Some(REMEMBERED);
        }
        let is_filled = body.iter().any(|statement| fills(statement, test)) || self.fills_shared(test, body);
        let stored: Vec<_> = body.iter().flat_map(stored).collect();
        if is_missing_test(test) && (is_filled || self.keeps_answers(&stored)) {
            return Some(if is_filled || stored.iter().all(|(_, key)| is_text(key)) {
                REMEMBERED
            } else {
                MADE_BY_KEY
            });
        }
        (self.keeps_attribute(test, body) || self.keeps_variable(test, body)).then_some(REMEMBERED)
    }

    /// `if last is None: last = find()` in a loop of the function, where no statement before has assigned the variable in this turn.
    fn keeps_variable(&self, test: &Expr, body: &[Stmt]) -> bool {
        let Some(Expr { kind: ExprKind::Name(variable), .. }) = asked_for_nothing(test) else { return false };
        let here = self.loops.get(self.frame().loop_base..).unwrap_or_default();
        let is_new = here.iter().any(|around| around.assigned.contains(variable));
        !here.is_empty() && !is_new && body.iter().flat_map(targets).any(|target| is_named(target, variable))
    }

    /// What a test still asks when all that is known in it is left out: `stale or not cache.get(key)` where `stale` is false.
    fn open_part<'e>(&mut self, test: &'e Expr) -> &'e Expr {
        let ExprKind::Bool { and, values } = &test.kind else { return test };
        let mut open = Vec::new();
        for value in values {
            let known = match &value.kind {
                ExprKind::Name(_) | ExprKind::Unary { .. } => {
                    self.silence += 1;
                    let truth = self.condition(value);
                    self.silence -= 1;
                    truth == Some(*and)
                }
                _ => false,
            };
            if !known {
                open.push(value);
            }
        }
        match open.as_slice() {
            [one] => one,
            _ => test,
        }
    }

    /// `if memo is None: return find(key)` before a memo that is there whenever the program has set it up.
    fn goes_by_memo(&mut self, test: &Expr, body: &[Stmt]) -> bool {
        let Some(Expr { kind: ExprKind::Name(memo), .. }) = asked_for_nothing(test) else { return false };
        let returns = body.last().is_some_and(|last| matches!(last.kind, StmtKind::Return(_)));
        let Some(function) = self.frame().function.clone().filter(|_| returns) else { return false };
        function.body.lowered().statements.iter().any(|statement| stores_what_is_missing(statement, *memo))
    }

    /// `if not NAMES: NAMES.update(…)`, where the name is the module's.
    fn fills_shared(&self, test: &Expr, body: &[Stmt]) -> bool {
        let Some(Expr { kind: ExprKind::Name(memo), .. }) = asked_for_nothing(test) else { return false };
        let is_own = matches!(self.object(self.frame().scope), Object::Scope(scope) if scope.names.contains_key(memo));
        !is_own && body.iter().filter_map(extended).any(|owner| is_named(owner, memo))
    }

    /// Whether a statement answers from a memo what the statements after it find out and store.
    ///
    /// ```py
    /// if code in memo:
    ///     return memo[code]
    /// memo[code] = session.scalar(...)
    /// ```
    pub(super) fn answers_from_memo(&mut self, statement: &Stmt, rest: &[Stmt]) -> bool {
        let StmtKind::If { test, body, orelse } = &statement.kind else { return false };
        let Some(last) = body.last().filter(|_| orelse.is_empty()) else { return false };
        let test = self.open_part(test);
        let places: Vec<(&Expr, &Expr)> = rest.iter().flat_map(stored).collect();
        let asked = match (&test.kind, &last.kind) {
            (ExprKind::Compare { rest, .. }, StmtKind::Return(_) | StmtKind::Continue) => match rest.as_slice() {
                [(Comparison::In, memo)] => {
                    let text = self.text(self.place(memo.span), 80);
                    places.iter().any(|(owner, _)| self.text(self.place(owner.span), 80) == text)
                }
                [(Comparison::IsNot, none)] if none.is_none() => returns_tested(test, last),
                _ => false,
            },
            (ExprKind::Name(_) | ExprKind::Walrus { .. }, _) => returns_tested(test, last),
            // `if cache.get(key): return`
            (ExprKind::Call { function, .. }, StmtKind::Return(_)) => match &function.kind {
                ExprKind::Attribute { value, name, .. } if *name == "get" => {
                    let text = self.text(self.place(value.span), 80);
                    places.iter().any(|(owner, _)| self.text(self.place(owner.span), 80) == text)
                }
                _ => false,
            },
            _ => false,
        };
        asked && self.keeps_answers(&places) || self.returns_when_kept(test, last, rest)
    }

    /// `if self._rates and code in self._rates: return`, and the rest sets `self._rates`.
    fn returns_when_kept(&mut self, test: &Expr, last: &Stmt, rest: &[Stmt]) -> bool {
        if !matches!(last.kind, StmtKind::Return(_)) {
            return false;
        }
        let parts = match &test.kind {
            ExprKind::Bool { and: true, values } => values.as_slice(),
            _ => std::slice::from_ref(test),
        };
        let owners = parts.iter().filter_map(|part| match &part.kind {
            ExprKind::Attribute { value, .. } => Some((part, &**value)),
            _ => None,
        });
        let set: Vec<&Expr> = rest.iter().flat_map(targets).collect();
        let text = |expr: &Expr| self.text(self.place(expr.span), 80);
        let is_set = |part: &Expr| set.iter().any(|target| text(target) == text(part));
        // What is taken back at the end is no memo: `self.is_busy = False`.
        let is_reset = |part: &Expr| rest.iter().flat_map(reset).any(|target| text(target) == text(part));
        let kept: Vec<&Expr> =
            owners.filter(|(part, _)| is_set(part) && !is_reset(part)).map(|(_, owner)| owner).collect();
        kept.into_iter().any(|owner| self.stays(owner))
    }

    /// `try: return memo[key]`, and a handler of `KeyError` that stores an answer under a key.
    pub(super) fn catches_missing_key(&mut self, body: &[Stmt], handlers: &[Handler]) -> bool {
        let [first, ..] = body else { return false };
        let (StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. } | StmtKind::Expr(value)) = &first.kind
        else {
            return false;
        };
        let ExprKind::Subscript { index, .. } = &value.kind else { return false };
        let stores = |handler: &Handler| {
            handler.kinds.as_ref().is_some_and(|kinds| names_error(kinds, &["KeyError", "LookupError"]))
                && handler.body.iter().any(|one| !stored(one).is_empty())
        };
        handlers.iter().any(stores) && !self.is_distinct(index)
    }

    /// `try: rates = request._rates`, and a handler of `AttributeError` that sets it, where the owner is no row and not another
    /// in each turn.
    pub(super) fn catches_missing_attribute(&mut self, body: &[Stmt], handlers: &[Handler]) -> bool {
        let [Stmt { kind, .. }] = body else { return false };
        let (StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. } | StmtKind::Expr(value)) = kind else {
            return false;
        };
        let ExprKind::Attribute { value: owner, .. } = &value.kind else { return false };
        let text = |expr: &Expr| self.text(self.place(expr.span), 80);
        let sets = |handler: &Handler| {
            handler.kinds.as_ref().is_some_and(|kinds| names_error(kinds, &["AttributeError"]))
                && handler.body.iter().flat_map(targets).any(|target| text(target) == text(value))
        };
        handlers.iter().any(sets) && self.stays(owner)
    }

    /// `if self.rates is None: self.rates = …` and `if not hasattr(request, "_rates"): request._rates = …`, where the owner is
    /// no row and not another in each turn.
    fn keeps_attribute(&mut self, test: &Expr, body: &[Stmt]) -> bool {
        let text = |expr: &Expr| self.text(self.place(expr.span), 80);
        let (owner, wanted) = match asked_for_absence(test) {
            Some((owner, name)) => (owner, format!("{}.{name}", text(owner))),
            None => {
                let Some(asked) = asked_for_nothing(test) else { return false };
                let ExprKind::Attribute { value: owner, .. } = &asked.kind else { return false };
                (&**owner, text(asked))
            }
        };
        body.iter().flat_map(targets).any(|target| text(target) == wanted) && self.stays(owner)
    }

    /// Whether what an attribute is put on is no row, and not another object in each turn.
    fn stays(&mut self, owner: &Expr) -> bool {
        let owner = self.evaluate_silently(owner);
        match owner {
            Value::Object(id) if matches!(self.object(id), Object::Instance(_)) => {
                !self.loops.iter().any(|frame| self.varies_in(id, frame))
            }
            _ => owner.is_unknown(),
        }
    }

    /// Whether something is stored, under keys that are not others for each row, in what is not made anew in each turn.
    fn keeps_answers(&mut self, places: &[(&Expr, &Expr)]) -> bool {
        let is_of_turn = |machine: &mut Self, owner: &Expr| match machine.evaluate_silently(owner) {
            Value::Object(id) => !machine.loops.is_empty() && machine.loops_outside(id) == machine.loops.len(),
            _ => false,
        };
        !places.is_empty()
            && !places.iter().any(|(_, key)| self.is_distinct(key))
            && !places.iter().all(|(owner, _)| is_of_turn(self, owner))
    }

    fn is_distinct(&mut self, key: &Expr) -> bool {
        let value = self.evaluate_silently(key);
        let parts = self.listed(&value).unwrap_or(vec![value]);
        parts.iter().any(|part| part.disjuncts().iter().any(|key| self.varies_as_key(key)))
    }

    /// The key of a row that stays the same in all loops is one key.
    fn varies_as_key(&self, value: &Value) -> bool {
        match value {
            Value::Scalar(Scalar::KeyOf(row, _)) => self.loops.iter().any(|frame| self.varies_in(*row, frame)),
            Value::Object(row) if matches!(self.object(*row), Object::Row(_)) => {
                self.loops.iter().any(|frame| self.varies_in(*row, frame))
            }
            other => other.is_key(),
        }
    }
}

/// Whether it is a memo for which something runs seldom.
pub(super) fn is_memo(why: &str) -> bool {
    why == REMEMBERED || why == MADE_BY_KEY
}

fn is_text(key: &Expr) -> bool {
    matches!(key.kind, ExprKind::Constant(_))
}

/// The `self.rates` of `self.rates is None` and `not self.rates`.
fn asked_for_nothing(test: &Expr) -> Option<&Expr> {
    match &test.kind {
        ExprKind::Compare { left, rest } => match rest.as_slice() {
            [(Comparison::Is, right)] if right.is_none() => Some(left),
            _ => None,
        },
        ExprKind::Unary { operator: UnaryOperator::Not, operand } => Some(operand),
        _ => None,
    }
}

/// `not hasattr(request, "_basket")`, `"basket" not in g`
fn asked_for_absence(test: &Expr) -> Option<(&Expr, Name)> {
    if let ExprKind::Compare { left, rest } = &test.kind
        && let (ExprKind::Constant(Constant::Text(name)), [(Comparison::NotIn, owner)]) = (&left.kind, rest.as_slice())
    {
        return Some((owner, *name));
    }
    let ExprKind::Unary { operator: UnaryOperator::Not, operand } = &test.kind else { return None };
    let ExprKind::Call { function, arguments } = &operand.kind else { return None };
    let [owner, name] = arguments.as_slice() else { return None };
    match &name.value.kind {
        ExprKind::Constant(Constant::Text(name)) if is_named(function, "hasattr") => Some((&owner.value, *name)),
        _ => None,
    }
}

/// Whether a handler catches an error of one of these names.
pub(super) fn names_error(kinds: &Expr, errors: &[&str]) -> bool {
    catches(kinds, &|kind| matches!(kind, ExprKind::Name(name) if errors.contains(&name.as_str())))
}

/// Whether any of the errors that a handler catches is meant.
pub(super) fn catches(kinds: &Expr, is_meant: &impl Fn(&ExprKind) -> bool) -> bool {
    match &kinds.kind {
        ExprKind::Tuple(kinds) => kinds.iter().any(|kind| catches(kind, is_meant)),
        kind => is_meant(kind),
    }
}

/// `if found is not None: return found`
fn returns_tested(test: &Expr, last: &Stmt) -> bool {
    let StmtKind::Return(Some(Expr { kind: ExprKind::Name(returned), .. })) = &last.kind else { return false };
    let tested = match &test.kind {
        ExprKind::Compare { left, .. } => left,
        _ => test,
    };
    matches!(tested.kind, ExprKind::Name(name) | ExprKind::Walrus { name, .. } if name == *returned)
}

fn is_missing_test(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Compare { rest, .. } => match rest.as_slice() {
            [(Comparison::NotIn, _)] => true,
            [(Comparison::Is, right)] => right.is_none(),
            _ => false,
        },
        ExprKind::Unary { operator: UnaryOperator::Not, operand } => {
            matches!(operand.kind, ExprKind::Name(_) | ExprKind::Call { .. } | ExprKind::Compare { .. })
        }
        _ => false,
    }
}

/// `if not known: for row in rows: known[row.key] = row`
fn fills(statement: &Stmt, test: &Expr) -> bool {
    let ExprKind::Unary { operand, .. } = &test.kind else { return false };
    let ExprKind::Name(memo) = operand.kind else { return false };
    let StmtKind::For { body, .. } = &statement.kind else { return false };
    let is_memo = |owner: &Expr| matches!(owner.kind, ExprKind::Name(name) if name == memo);
    body.iter().flat_map(stored).any(|(owner, _)| is_memo(owner))
}

/// `if key not in memo: memo[key] = …`, inside blocks too.
fn stores_what_is_missing(statement: &Stmt, memo: Name) -> bool {
    if let StmtKind::If { test: Expr { kind: ExprKind::Compare { rest, .. }, .. }, body, .. } = &statement.kind
        && let [(Comparison::NotIn, asked)] = rest.as_slice()
        && is_named(asked, &memo)
    {
        return body.iter().flat_map(stored).any(|(owner, _)| is_named(owner, &memo));
    }
    visit::blocks(statement).into_iter().flatten().any(|inner| stores_what_is_missing(inner, memo))
}

/// What a statement puts several things into: `memo.update(…)`.
pub(super) fn extended(statement: &Stmt) -> Option<&Expr> {
    let StmtKind::Expr(Expr { kind: ExprKind::Call { function, .. }, .. }) = &statement.kind else { return None };
    match &function.kind {
        ExprKind::Attribute { value, name, .. } if matches!(name.as_str(), "update" | "extend") => Some(value),
        _ => None,
    }
}

/// What a statement assigns to, inside branches too.
fn targets(statement: &Stmt) -> Vec<&Expr> {
    match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().collect(),
        StmtKind::If { body, orelse, .. } | StmtKind::Try { body, orelse, .. } => {
            body.iter().chain(orelse).flat_map(targets).collect()
        }
        StmtKind::With { body, .. } => body.iter().flat_map(targets).collect(),
        _ => Vec::new(),
    }
}

/// What a statement sets to `False` or `None`, inside blocks too.
fn reset(statement: &Stmt) -> Vec<&Expr> {
    match &statement.kind {
        StmtKind::Assign {
            targets,
            value: Expr { kind: ExprKind::Constant(Constant::None | Constant::Bool(false)), .. },
        } => targets.iter().collect(),
        _ => visit::blocks(statement).into_iter().flatten().flat_map(reset).collect(),
    }
}

/// Where a statement stores something, with the key: `memo[key] = …`, `memo.setdefault(key, …)`, `setattr(memo, key, …)`.
pub(super) fn stored(statement: &Stmt) -> Vec<(&Expr, &Expr)> {
    match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().flat_map(items).collect(),
        StmtKind::Expr(Expr { kind: ExprKind::Call { function, arguments }, .. })
        | StmtKind::Return(Some(Expr { kind: ExprKind::Call { function, arguments }, .. })) => {
            match (&function.kind, arguments.as_slice()) {
                (ExprKind::Attribute { value, name, .. }, [key, ..]) if *name == "set" || *name == "setdefault" => {
                    vec![(&**value, &key.value)]
                }
                (ExprKind::Name(name), [owner, key, _]) if *name == "setattr" => vec![(&owner.value, &key.value)],
                _ => Vec::new(),
            }
        }
        StmtKind::If { body, orelse, .. } | StmtKind::Try { body, orelse, .. } => {
            body.iter().chain(orelse).flat_map(stored).collect()
        }
        StmtKind::With { body, .. } => body.iter().flat_map(stored).collect(),
        _ => Vec::new(),
    }
}

fn items(target: &Expr) -> Vec<(&Expr, &Expr)> {
    match &target.kind {
        ExprKind::Subscript { value, index } => vec![(value, index)],
        ExprKind::Tuple(parts) => parts.iter().flat_map(items).collect(),
        _ => Vec::new(),
    }
}

/// `@lru_cache`, `@memoize(timeout=60)`, `@memoize_request`
pub(super) fn is_memo_decorator(decorator: &Expr) -> bool {
    let name = match &decorator.kind {
        ExprKind::Call { function, .. } => return is_memo_decorator(function),
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => *name,
        _ => return false,
    };
    let is_memo = name.starts_with("memoize") || name.starts_with("memoise") || name.ends_with("cache");
    is_memo || matches!(name.as_str(), "cached" | "cache_function")
}
