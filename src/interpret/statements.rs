//! Statements: what changes the state, branches and returns.

use std::rc::Rc;
use std::sync::Arc;

use super::batches::{BATCHED, COLLECTED, is_full_batch, is_full_count, makes_missing};
use super::founding::FOUND_LATER;
use super::interpreter::{Flow, Interpreter, Skipped};
use super::memo::{REMEMBERED, names_error};
use super::registrations::is_for_development;
use super::seldom::{ASSERTED, DEVELOPED, SEARCHED, is_none_test, seldom_handled};
use super::state::{State, collect};
use crate::domain::{Closure, Guard, Machine, Object, Scalar, Value, Why};
use crate::project::ClassRef;
use crate::syntax::Name;
use crate::syntax::ir::{Case, Expr, ExprKind, Function, Handler, Span, Stmt, StmtKind};
use crate::syntax::visit;

impl Interpreter<'_> {
    /// Runs statements in order until the state is dead.
    pub(crate) fn run(&mut self, body: &[Stmt]) {
        let left = self.loops_left(body);
        let since = if left.is_empty() { body.len() } else { leaves_since(body) };
        let (guards, conditions, outside) = (self.seldom.len(), self.conditions.len(), self.left.len());
        for (position, statement) in body.iter().enumerate() {
            if !self.state.is_alive || !self.burn() {
                break;
            }
            if position == since {
                self.left.push(left.clone());
            }
            self.run_one(statement);
            if self.answers_from_memo(statement, &body[position + 1..]) {
                self.seldom.push((self.loops.len(), REMEMBERED));
            }
            if self.searched_fetched(statement) {
                self.seldom.push((self.loops.len(), SEARCHED));
            }
        }
        self.seldom.truncate(guards);
        self.conditions.truncate(conditions);
        self.left.truncate(outside);
    }

    /// The loops that a block leaves at its end: what it fires happens at most once for them.
    fn loops_left(&self, body: &[Stmt]) -> std::ops::Range<usize> {
        let here = self.loops.len();
        match body.last().map(|statement| &statement.kind) {
            Some(StmtKind::Return(_)) => self.frame().loop_base.min(here)..here,
            // An exception leaves every loop up to the `try` that may catch it, those of the callers too.
            Some(StmtKind::Raise(_)) => self.tries.last().map_or(0, |depth| *depth).min(here)..here,
            Some(StmtKind::Expr(Expr { kind: ExprKind::Yield(_), .. })) if self.frame().takes_one => {
                self.frame().loop_base.min(here)..here
            }
            Some(StmtKind::Break) => here.saturating_sub(1)..here,
            _ => here..here,
        }
    }

    fn run_one(&mut self, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Expr(expr) => {
                self.evaluate(expr);
            }
            StmtKind::Emit(expr) => {
                let value = self.evaluate(expr);
                self.stringify(&value, self.place(expr.span));
            }
            StmtKind::Assign { targets, value } if self.grows_by_itself(targets, value) => {}
            StmtKind::Assign { targets, value } => {
                let found = self.evaluate(value);
                self.own_what_is_sure(value, &found);
                let found = self.or_narrowed(targets, value, found);
                for target in targets {
                    self.bind(target, found.clone());
                }
            }
            StmtKind::Annotated { target, annotation, value } => self.annotated(target, annotation, value.as_ref()),
            StmtKind::Augmented { target, operator, value } => self.augmented(target, *operator, value),
            StmtKind::For { target, iterable, body, orelse, .. } => {
                let place = self.place(statement.span);
                self.run_for(place, target, iterable, body, orelse);
            }
            StmtKind::While { test, body, orelse } => {
                let place = self.place(statement.span);
                self.run_while(place, test, body, orelse);
            }
            StmtKind::If { test, body, orelse } => self.run_if(test, body, orelse),
            StmtKind::Try { body, handlers, orelse, finally } => self.run_try(body, handlers, orelse, finally),
            StmtKind::With { items, body, .. } => self.run_with(items, body),
            StmtKind::Match { subject, cases } => self.run_match(subject, cases),
            StmtKind::Return(value) => self.run_return(value.as_ref()),
            StmtKind::Raise(value) => {
                if let Some(value) = value {
                    self.evaluate(value);
                }
                self.state.is_alive = false;
            }
            StmtKind::Assert { test, .. } => {
                let known = self.seldom.len();
                if is_none_test(test) {
                    self.seldom.push((self.loops.len(), ASSERTED));
                }
                self.condition(test);
                self.seldom.truncate(known);
                self.assume(test, true);
            }
            StmtKind::Delete(targets) => targets.iter().for_each(|target| self.delete(target)),
            StmtKind::Pass => {}
            StmtKind::Break => self.leave(|flow| &mut flow.breaks),
            StmtKind::Continue => self.leave(|flow| &mut flow.continues),
            StmtKind::Global(names) => self.declare(names, true),
            StmtKind::Nonlocal(names) => self.declare(names, false),
            StmtKind::Import(names) => self.run_import(names),
            StmtKind::ImportFrom { level, module, names } => self.run_import_from(*level, *module, names),
            StmtKind::Function(function) => {
                let value = self.closure_value(function);
                self.hand_over(&value);
                self.assign_name(function.name, value);
            }
            StmtKind::Class(class) => {
                let value = match self.program.class_at(class.file, class.span.start) {
                    Some(id) => Value::Class(ClassRef::Known(id)),
                    None => Value::unknown(Why::Name(class.name)),
                };
                self.assign_name(class.name, value);
            }
        }
    }

    pub(super) fn leave(&mut self, which: impl Fn(&mut Flow) -> &mut Option<State>) {
        let state = self.state.clone();
        if let Some(flow) = self.flows.last_mut() {
            collect(which(flow), state);
            flow.skipped = match (flow.skipped, self.conditions.get(flow.known..)) {
                (Skipped::Never, Some([guard])) => Skipped::Under(*guard),
                _ => Skipped::Variously,
            };
        }
        self.state.is_alive = false;
    }

    fn declare(&mut self, names: &[Name], global: bool) {
        let scope = self.frame().scope;
        if let Object::Scope(scope) = self.object_mut(scope) {
            let list = if global { &mut scope.globals } else { &mut scope.nonlocals };
            list.extend_from_slice(names);
        }
    }

    /// A nested function with the scope it sees.
    pub(crate) fn closure_value(&mut self, function: &Arc<Function>) -> Value {
        let (scope, module, class) = {
            let frame = self.frame();
            (frame.scope, frame.module, frame.class)
        };
        let is_module = self.frame().function.is_none();
        if !is_module && let Object::Scope(captured) = self.object_mut(scope) {
            captured.is_captured = true;
            self.give_away_variables(scope);
        }
        let scope = (!is_module).then_some(scope);
        Value::Function(Rc::new(Closure { function: Arc::clone(function), module, scope, class }))
    }

    fn annotated(&mut self, target: &Expr, annotation: &Expr, value: Option<&Expr>) {
        let Some(value) = value else { return };
        let mut found = self.evaluate(value);
        if found.is_unknown() {
            let hinted = self.hinted_value(annotation);
            if !hinted.is_unknown() {
                found = hinted;
            }
        }
        self.bind(target, found);
    }

    fn augmented(&mut self, target: &Expr, operator: crate::syntax::ir::BinaryOperator, value: &Expr) {
        let left = self.evaluate(target);
        let right = self.evaluate(value);
        let place = self.place(value.span);
        if self.extend_in_place(&left, &right, place) {
            return;
        }
        let result = if self.counts_turns(&left, operator, &right) {
            Value::Scalar(Scalar::Turn)
        } else {
            self.binary(&left, operator, &right, self.place(target.span))
        };
        self.bind(target, result);
    }

    fn run_return(&mut self, value: Option<&Expr>) {
        self.frame_mut().last_call =
            value.filter(|value| matches!(value.kind, ExprKind::Call { .. })).map(|call| call.span);
        let value = value.map_or(Value::None, |value| self.evaluate(value));
        self.frame_mut().last_call = None;
        self.leave_function_with(value);
    }

    pub(super) fn leave_function_with(&mut self, value: Value) {
        if !self.state.is_alive {
            return;
        }
        let state = self.state.clone();
        self.add_return(state, value);
        self.state.is_alive = false;
    }

    fn add_return(&mut self, state: State, value: Value) {
        let frame = self.frame_mut();
        frame.returns = Some(match frame.returns.take() {
            Some((there, before)) => (there.join(state, None), before.join(&value, None)),
            None => (state, value),
        });
    }

    fn run_if(&mut self, test: &Expr, body: &[Stmt], orelse: &[Stmt]) {
        let truth = self.condition(test);
        if !self.state.is_alive {
            return;
        }
        // Later passes of the loop find what the first has made, so that there must be a second.
        let makes_missing = truth != Some(false) && !self.loops.is_empty() && makes_missing(test, body);
        self.stirred += u64::from(makes_missing);
        let memo = if truth.is_none() { self.guards_memo(test, body) } else { None };
        let seldom = match truth {
            None if memo.is_some() => memo,
            None if self.fetches_missing(test, body) => Some(REMEMBERED),
            None if is_full_batch(test) || is_full_count(test, body) => Some(BATCHED),
            None if self.drains(test, body) => Some(COLLECTED),
            None if is_for_development(self.program, self.frame().module, test) => Some(DEVELOPED),
            None if makes_missing && self.is_given_the_same() => Some(FOUND_LATER),
            _ => None,
        };
        let guard = self.guard_of(test);
        let known = truth.or_else(|| guard.and_then(|(number, held)| self.held(number, held)));
        match known {
            Some(true) => {
                self.assume(test, true);
                self.run(body);
            }
            Some(false) => {
                self.assume(test, false);
                self.run(orelse);
            }
            None => {
                let before = self.state.clone();
                let outside = self.seldom.len();
                self.seldom.extend(seldom.map(|why| (self.loops.len(), why)));
                let (then_once, else_once) = self.turns_of_branches(test);
                self.left.push(then_once.clone());
                self.branch_of(test, guard, true, |machine| {
                    machine.assume(test, true);
                    machine.run_branch(body);
                });
                self.left.pop();
                self.seldom.truncate(outside);
                let then = std::mem::replace(&mut self.state, before);
                self.left.push(else_once.clone());
                self.branch_of(test, guard, false, |machine| {
                    machine.assume(test, false);
                    machine.run(orelse);
                });
                self.left.pop();
                let other = std::mem::take(&mut self.state);
                // Where one branch leaves, the rest of the block runs under the other's condition.
                let (left, goes_on) = (then.is_alive != other.is_alive, then.is_alive);
                if left {
                    self.left.push(if goes_on { then_once } else { else_once });
                }
                self.state = join_under(then, other, guard);
                if let Some((number, held)) = guard.filter(|(number, _)| left && self.is_lasting(*number)) {
                    self.conditions.push((number, held == goes_on));
                }
            }
        }
    }

    /// Runs code under an assumed condition.
    pub(crate) fn branch(&mut self, guard: Option<Guard>, truth: bool, run: impl FnOnce(&mut Self)) {
        if let Some((number, held)) = guard {
            self.conditions.push((number, held == truth));
        }
        run(self);
        if guard.is_some() {
            self.conditions.pop();
        }
    }

    /// As `branch`, where the parts of a conjunction hold as well as the whole.
    pub(crate) fn branch_of(&mut self, test: &Expr, guard: Option<Guard>, truth: bool, run: impl FnOnce(&mut Self)) {
        let mut parts = self.guards_of_parts(test, truth);
        parts.extend(guard.map(|(number, held)| (number, held == truth)));
        let implied = self.implied(&parts);
        let outside = self.parts.len();
        self.parts.extend(parts.into_iter().chain(implied));
        let undecided = self.undecided.len();
        if !self.asks_of_element(test) {
            self.undecided.push(self.loops.len());
        }
        self.branch(guard, truth, run);
        self.undecided.truncate(undecided);
        self.parts.truncate(outside);
    }

    pub(super) fn held(&self, number: u32, held: bool) -> Option<bool> {
        let mut all = self.conditions.iter().rev().chain(&self.parts);
        let found = all.find(|(known, _)| *known == number)?;
        Some(found.1 == held)
    }

    fn run_try(&mut self, body: &[Stmt], handlers: &[Handler], orelse: &[Stmt], finally: &[Stmt]) {
        let memo = self.catches_missing_key(body, handlers) || self.catches_missing_attribute(body, handlers);
        let is_there = self.finds_attribute(body);
        self.run_tried(&mut |machine| machine.run(body), [memo, is_there], handlers, orelse, finally);
    }

    /// Runs what is tried, which may look up what a memo has, or read an attribute that is there.
    pub(super) fn run_tried(
        &mut self,
        tried: &mut dyn FnMut(&mut Self),
        [memo, is_there]: [bool; 2],
        handlers: &[Handler],
        orelse: &[Stmt],
        finally: &[Stmt],
    ) {
        let before = self.state.clone();
        let returned = self.frame_mut().returns.take();
        if !handlers.is_empty() {
            self.tries.push(self.loops.len());
        }
        let began = self.births + 1;
        tried(self);
        let born = began..=self.births;
        if !handlers.is_empty() {
            self.tries.pop();
        }
        let mut raised = before.join(self.state.clone(), None);
        raised.take_up(&self.state);
        raised.is_alive = true;
        self.run(orelse);
        let mut after = std::mem::take(&mut self.state);
        for handler in handlers {
            if is_there && handler.kinds.as_ref().is_some_and(|kinds| names_error(kinds, &["AttributeError"])) {
                continue;
            }
            self.state = raised.clone();
            if let Some(name) = handler.name {
                self.assign_name(name, Value::unknown(Why::Element));
            }
            let known = self.seldom.len();
            if memo {
                self.seldom.push((self.loops.len(), REMEMBERED));
            }
            let why = seldom_handled(handler).or_else(|| self.makes_once_where_missing(handler).then_some(FOUND_LATER));
            self.seldom.extend(why.map(|why| (self.loops.len(), why)));
            self.run(&handler.body);
            self.seldom.truncate(known);
            // What a failed body has made nobody has in hand: what a rollback does to it is of no account.
            if after.is_alive {
                self.state.leave_rows_to(&after, born.clone());
            }
            after = after.join(std::mem::take(&mut self.state), None);
        }
        self.state = after;
        let inside = std::mem::replace(&mut self.frame_mut().returns, returned);
        self.run_finally(finally, inside);
    }

    /// The end of a `try`, which runs before anything is returned from inside, too.
    fn run_finally(&mut self, finally: &[Stmt], inside: Option<(State, Value)>) {
        if !finally.is_empty() && (self.state.is_alive || inside.is_none()) {
            let was_alive = self.state.is_alive;
            self.state.is_alive = true;
            self.run(finally);
            self.state.is_alive &= was_alive;
        }
        if let Some((state, value)) = inside {
            let now = std::mem::replace(&mut self.state, state);
            self.run(finally);
            let state = std::mem::replace(&mut self.state, now);
            self.add_return(state, value);
        }
    }

    /// `try: return row.chosen_tags`: whether the object surely has the attribute that is tried.
    fn finds_attribute(&mut self, body: &[Stmt]) -> bool {
        let [Stmt { kind: StmtKind::Return(Some(value)) | StmtKind::Assign { value, .. }, .. }] = body else {
            return false;
        };
        let ExprKind::Attribute { value: owner, name, .. } = &value.kind else { return false };
        if !matches!(owner.kind, ExprKind::Name(_)) {
            return false;
        }
        let owner = self.evaluate_silently(owner);
        matches!(owner, Value::Object(id) if matches!(self.object(id), Object::Row(row) if self.has_of_its_own(row, *name)))
    }

    fn run_with(&mut self, items: &[(Expr, Option<Expr>)], body: &[Stmt]) {
        let entered = self.enter_items(items);
        let are_open = items.iter().zip(&entered).filter(|((item, _), one)| self.opens_transaction(item, &one.manager));
        let transactions = are_open.count() as u32;
        let before = self.frame_mut().returns.take();
        self.frame_mut().transactions += transactions;
        let kept = self.keep_for_the_end(&entered);
        self.run(body);
        if self.give_back(kept) {
            self.give_away_variables(self.frame().scope);
        }
        self.frame_mut().transactions -= transactions;
        let inside = self.frame_mut().returns.take();
        self.frame_mut().returns = before;
        entered.iter().rev().for_each(|one| self.leave_around(one));
        if let Some((state, value)) = inside {
            let now = std::mem::replace(&mut self.state, state);
            entered.iter().rev().for_each(|one| self.return_around(one));
            let state = std::mem::replace(&mut self.state, now);
            self.add_return(state, value);
        }
    }

    fn run_match(&mut self, subject: &Expr, cases: &[Case]) {
        let value = self.evaluate(subject);
        self.run_cases(subject, &value, cases);
    }

    /// Runs the first of the cases, or else the others.
    fn run_cases(&mut self, subject: &Expr, value: &Value, cases: &[Case]) {
        let Some((case, rest)) = cases.split_first() else { return };
        let guard = self.guard_of_case(subject, case);
        let of_class = self.is_of_class(value, case);
        let known = guard.and_then(|(number, held)| self.held(number, held)).or(of_class);
        if known == Some(false) {
            return self.run_cases(subject, value, rest);
        }
        let before = self.state.clone();
        self.branch(guard, true, |machine| {
            let target = case.class.as_ref().and_then(|(class, _)| machine.as_target(value, class));
            if let Some((class, _)) = &case.class {
                machine.assume_instance(subject, class, true);
            }
            let value = target.as_ref().unwrap_or(value);
            machine.read_matched(value, case);
            for (name, path) in &case.binds {
                let read = |machine: &mut Self, path| machine.matched_part(value, path, subject.span);
                let bound = path.as_ref().map_or(Value::unknown(Why::Element), |path| read(machine, path));
                machine.assign_name(*name, bound);
            }
            if let Some(guard) = &case.guard {
                machine.condition(guard);
            }
            machine.run(&case.body);
        });
        if known == Some(true) || (case.irrefutable && case.guard.is_none()) {
            return;
        }
        let then = std::mem::replace(&mut self.state, before);
        self.branch(guard, false, |machine| {
            if let (Some((class, true)), None) = (&case.class, &case.guard) {
                machine.assume_instance(subject, class, false);
            }
            machine.run_cases(subject, value, rest);
        });
        let other = std::mem::take(&mut self.state);
        self.state = join_under(then, other, guard);
    }

    /// Whether a value matches the class pattern of a case; not known where the pattern asks for more.
    fn is_of_class(&mut self, value: &Value, case: &Case) -> Option<bool> {
        let (class, is_all) = case.class.as_ref()?;
        let class = self.evaluate_silently(class);
        let known = self.is_instance(value, &class)?;
        (!known || *is_all && case.guard.is_none()).then_some(known)
    }

    /// Reads the attributes that the class patterns of a case ask for.
    fn read_matched(&mut self, value: &Value, case: &Case) {
        for (path, span) in &case.reads {
            self.matched_part(value, path, *span);
        }
    }

    fn matched_part(&mut self, value: &Value, path: &[Name], span: Span) -> Value {
        let place = self.place(span);
        path.iter().fold(value.clone(), |owner, name| self.read_attribute(&owner, *name, place))
    }

    fn run_import(&mut self, names: &[(Name, Option<Name>)]) {
        let here = self.frame().module;
        for (path, alias) in names {
            let bound = match alias {
                Some(_) => *path,
                None => Name::new(path.split('.').next().unwrap_or(path)),
            };
            let value = match self.program.import_module(here, 0, Some(bound)) {
                Some(module) => Value::Module(module),
                None => Value::External(bound),
            };
            self.assign_name(alias.unwrap_or(bound), value);
        }
    }

    fn run_import_from(&mut self, level: u32, module: Option<Name>, names: &[(Name, Option<Name>)]) {
        let here = self.frame().module;
        for (name, alias) in names {
            let binding = self.program.resolve_import(here, level, module, *name);
            let value = self.binding_value(&binding);
            self.assign_name(alias.unwrap_or(*name), value);
        }
    }
}

/// The first statement of a block from which on it surely goes where its last one goes: one before may go on with the next
/// turn, or return where the last one raises.
fn leaves_since(body: &[Stmt]) -> usize {
    let Some((last, before)) = body.split_last() else { return 0 };
    let raises = matches!(last.kind, StmtKind::Raise(_));
    before.iter().rposition(|statement| goes_elsewhere(statement, raises, true)).map_or(0, |position| position + 1)
}

/// Whether a statement may return or, outside of loops of its own, go on with the next turn, as far as asked.
pub(super) fn goes_elsewhere(statement: &Stmt, returns: bool, goes_on: bool) -> bool {
    let goes_on = match &statement.kind {
        StmtKind::Return(_) => return returns,
        StmtKind::Continue => return goes_on,
        StmtKind::Function(_) | StmtKind::Class(_) => return false,
        StmtKind::For { .. } | StmtKind::While { .. } => false,
        _ => goes_on,
    };
    let inside = |block: &[Stmt]| block.iter().any(|statement| goes_elsewhere(statement, returns, goes_on));
    visit::blocks(statement).into_iter().any(inside)
}

/// The state after two branches of which the condition decided.
pub(super) fn join_under(then: State, other: State, guard: Option<Guard>) -> State {
    match guard {
        Some((number, true)) => then.join(other, Some(number)),
        Some((number, false)) => other.join(then, Some(number)),
        None => then.join(other, None),
    }
}
