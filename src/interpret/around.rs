//! Generators that run around a block: what stands before the `yield` runs when the block is entered, the rest when it is left.
//!
//! ```py
//! @contextmanager
//! def batching():
//!     state.depth += 1
//!     try:
//!         yield
//!     finally:
//!         state.depth -= 1
//! ```

use std::sync::Arc;

use super::interpreter::Interpreter;
use crate::domain::{Generator, Machine, Object, ObjectId, Place, Sequence, SequenceKind, Size, Value};
use crate::project::{Binding, ModuleId};
use crate::syntax::ir::{Expr, ExprKind, Function, Stmt, StmtKind};
use crate::syntax::visit;

/// What makes a manager of a generator function.
const MAKERS: [&str; 2] = ["contextlib.contextmanager", "contextlib.asynccontextmanager"];

/// A manager that was entered.
pub(super) struct Entered {
    pub(super) manager: Value,
    pub(super) place: Place,
    /// The managers that its generator has entered before its `yield`; none where it is no generator, or ran to its end.
    inside: Option<Vec<Entered>>,
}

impl Interpreter<'_> {
    /// Enters a context manager: what `as` binds, and what it takes to leave it.
    pub(super) fn enter_around(&mut self, manager: Value, place: Place) -> (Value, Entered) {
        if let Some((id, generator)) = self.suspended(&manager)
            && let Some((value, inside)) = self.run_to_yield(id, &generator)
        {
            return (value, Entered { manager, place, inside: Some(inside) });
        }
        let value = self.enter(&manager, place);
        (value, Entered { manager, place, inside: None })
    }

    /// Leaves it, in the current state.
    pub(super) fn leave_around(&mut self, entered: &Entered) {
        match (&entered.inside, self.generator(&entered.manager)) {
            (Some(inside), Some((_, generator))) if self.state.is_alive => self.run_from_yield(&generator, inside),
            (Some(_), _) => {}
            _ => self.exit(&entered.manager, entered.place),
        }
    }

    /// Leaves it on the way of a `return`.
    pub(super) fn return_around(&mut self, entered: &Entered) {
        match &entered.inside {
            Some(_) => self.leave_around(entered),
            None => crate::orm::sqlalchemy::leave(self, &entered.manager),
        }
    }

    /// Keeps a part of the fuel from a block for what generators do when it is left: more where they loop.
    pub(super) fn keep_for_the_end(&mut self, entered: &[Entered]) -> u64 {
        let around = entered.iter().filter(|one| one.inside.is_some());
        let loops = around.filter_map(|one| self.generator(&one.manager)).map(|(_, generator)| {
            let body = generator.closure.function.body.lowered();
            body.statements.iter().any(loops)
        });
        let kept = match loops.max() {
            Some(true) => self.fuel / 4,
            Some(false) => self.fuel / 32,
            None => 0,
        };
        self.fuel -= kept;
        kept
    }

    fn generator(&self, manager: &Value) -> Option<(ObjectId, Generator)> {
        let Value::Object(id) = manager else { return None };
        match self.object(*id) {
            Object::Generator(generator) => Some((*id, generator.clone())),
            _ => None,
        }
    }

    /// A generator that stops at the one place where it yields, and has not run yet.
    fn suspended(&mut self, manager: &Value) -> Option<(ObjectId, Generator)> {
        let (id, generator) = self.generator(manager).filter(|(_, generator)| generator.produced.is_none())?;
        let closure = &generator.closure;
        let is_around = self.makes_manager(closure.module, &closure.function);
        let is_split = stops_once(&closure.function.body.lowered().statements);
        let is_running = self
            .frames
            .iter()
            .any(|frame| frame.function.as_ref().is_some_and(|running| Arc::ptr_eq(running, &closure.function)));
        (is_around && is_split && !is_running && !self.is_too_deep()).then_some((id, generator))
    }

    fn makes_manager(&self, module: ModuleId, function: &Function) -> bool {
        function.decorators.iter().any(|decorator| {
            let means = self.program.resolve_expr(module, None, decorator);
            matches!(means, Some(Binding::External(path)) if MAKERS.contains(&path.as_str()))
        })
    }

    fn run_to_yield(&mut self, id: ObjectId, generator: &Generator) -> Option<(Value, Vec<Entered>)> {
        let empty =
            Sequence { kind: SequenceKind::Iterator, items: Some(Vec::new()), element: None, size: Size::Known(0) };
        let produced = self.derive(id, "produced".into(), Object::Sequence(empty));
        if let Object::Generator(generator) = self.object_mut(id) {
            generator.produced = Some(produced);
        }
        let mut inside = Vec::new();
        self.in_generator(generator, Some(produced), |machine, body| machine.run_before(body, &mut inside));
        let value = match self.object(produced) {
            Object::Sequence(sequence) => sequence.any(),
            _ => None,
        };
        Some((value.unwrap_or(Value::None), inside))
    }

    fn run_from_yield(&mut self, generator: &Generator, inside: &[Entered]) {
        self.in_generator(generator, None, |machine, body| machine.run_after(body, inside));
    }

    /// Runs a part of a generator's body among its variables.
    fn in_generator(
        &mut self,
        generator: &Generator,
        produced: Option<ObjectId>,
        run: impl FnOnce(&mut Self, &[Stmt]),
    ) {
        let lowered = generator.closure.function.body.lowered();
        let receiver = self.receiver_of(generator);
        self.enter_function(&generator.closure, receiver, generator.scope, generator.place, produced);
        let flows = std::mem::take(&mut self.flows);
        run(self, &lowered.statements);
        self.state.is_alive = true;
        self.flows = flows;
        self.leave_function();
    }

    fn run_before(&mut self, body: &[Stmt], inside: &mut Vec<Entered>) {
        let Some(at) = body.iter().position(yields) else { return };
        self.run(&body[..at]);
        match &body[at].kind {
            StmtKind::Try { body, .. } => self.run_before(body, inside),
            StmtKind::With { items, body, .. } => {
                inside.extend(self.enter_items(items));
                self.run_before(body, inside);
            }
            _ => self.run(&body[at..=at]),
        }
    }

    fn run_after(&mut self, body: &[Stmt], inside: &[Entered]) {
        let Some(at) = body.iter().position(yields) else { return };
        match &body[at].kind {
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.run_tried(&mut |machine| machine.run_after(body, inside), [false; 2], handlers, orelse, finally);
            }
            StmtKind::With { items, body, .. } => {
                let (own, rest) = inside.split_at(items.len().min(inside.len()));
                self.run_after(body, rest);
                own.iter().rev().for_each(|entered| self.leave_around(entered));
            }
            _ => {}
        }
        self.run(&body[at + 1..]);
    }

    /// Enters what stands behind a `with`.
    pub(super) fn enter_items(&mut self, items: &[(Expr, Option<Expr>)]) -> Vec<Entered> {
        let mut all = Vec::new();
        for (item, target) in items {
            let manager = self.evaluate(item);
            let (value, entered) = self.enter_around(manager, self.place(item.span));
            if let Some(target) = target {
                self.bind(target, value);
            }
            all.push(entered);
        }
        all
    }
}

/// Whether a body yields at one place, which no loop and no condition surrounds.
fn stops_once(body: &[Stmt]) -> bool {
    let mut stops = body.iter().filter(|statement| yields(statement));
    let (Some(stop), None) = (stops.next(), stops.next()) else { return false };
    match &stop.kind {
        StmtKind::Try { body, handlers, orelse, finally } => {
            let handled = handlers.iter().flat_map(|handler| &handler.body);
            stops_once(body) && !handled.chain(orelse).chain(finally).any(yields)
        }
        StmtKind::With { items, body, .. } => stops_once(body) && !items.iter().any(|(item, _)| is_yield(item)),
        StmtKind::Expr(_) | StmtKind::Assign { .. } => true,
        _ => false,
    }
}

fn yields(statement: &Stmt) -> bool {
    let is_function = matches!(statement.kind, StmtKind::Function(_) | StmtKind::Class(_));
    !is_function
        && (visit::expressions(statement).into_iter().any(is_yield)
            || visit::blocks(statement).into_iter().flatten().any(yields))
}

fn is_yield(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Yield(_) | ExprKind::YieldFrom(_)) || visit::parts(expr).into_iter().any(is_yield)
}

fn loops(statement: &Stmt) -> bool {
    let is_loop = matches!(statement.kind, StmtKind::For { .. } | StmtKind::While { .. });
    is_loop || visit::blocks(statement).into_iter().flatten().any(loops)
}
