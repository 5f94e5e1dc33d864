//! Registrations: calls at the top of a module that hand something of the project to a framework.
//!
//! `admin.site.register(Book)`, `@admin.register(Book)` on a class: where the function is a stub's, running it says what
//! the framework will do. `schema = strawberry.Schema(query=Query)`: a stub's class that has an `__entry__` is served.

use super::interpreter::Interpreter;
use super::roots::ENTRY;
use crate::domain::{Arguments, Closure, Machine, Place, Value};
use crate::project::{Binding, ClassId, ClassRef, ModuleId, Program};
use crate::syntax::ir::{Expr, ExprKind, Stmt, StmtKind};

/// The fuel for finding out what is called.
const TO_NAME_A_CALLEE: u64 = 2_000;

/// What a project is configured by.
const SETTINGS: &str = "django.conf.settings";

/// A call at the top of a module.
#[derive(Clone, Copy)]
pub(super) struct Registration<'p> {
    /// Where it stands.
    pub module: ModuleId,
    /// The call, or the decorator.
    pub expr: &'p Expr,
    /// The class that is decorated.
    pub class: Option<ClassId>,
}

/// All calls and class decorators at the top of the project's modules.
pub(super) fn find(program: &Program) -> Vec<Registration<'_>> {
    let mut found = Vec::new();
    for module in program.modules.iter().filter(|module| !module.is_stub) {
        if program.files[module.file.0 as usize].reported {
            module.outline.body.iter().for_each(|statement| add(program, module.id, statement, &mut found));
        }
    }
    found
}

fn add<'p>(program: &'p Program, module: ModuleId, statement: &'p Stmt, found: &mut Vec<Registration<'p>>) {
    match &statement.kind {
        StmtKind::Expr(expr) if matches!(expr.kind, ExprKind::Call { .. }) => {
            found.push(Registration { module, expr, class: None });
        }
        StmtKind::Assign { value, .. } if is_of_stub_class(program, module, value) => {
            found.push(Registration { module, expr: value, class: None });
        }
        StmtKind::Class(class) => {
            let id = program.class_at(class.file, class.span.start);
            let decorators = class.decorators.iter().filter(|_| id.is_some());
            found.extend(decorators.map(|expr| Registration { module, expr, class: id }));
        }
        StmtKind::If { test, body, orelse } => {
            let served = if is_for_development(program, module, test) { &[] } else { &body[..] };
            served.iter().chain(orelse).for_each(|inner| add(program, module, inner, found));
        }
        StmtKind::Try { body, orelse, .. } => {
            body.iter().chain(orelse).for_each(|inner| add(program, module, inner, found));
        }
        _ => {}
    }
}

/// `settings.DEBUG`, by itself or with more: what holds where a program is written, and nowhere that it is used.
pub(super) fn is_for_development(program: &Program, module: ModuleId, test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Bool { and: true, values } => values.iter().any(|one| is_for_development(program, module, one)),
        ExprKind::Attribute { value, name, .. } if name == "DEBUG" => {
            let means = program.resolve_expr(module, None, value);
            matches!(means, Some(Binding::External(path)) if path == SETTINGS)
        }
        _ => false,
    }
}

/// Whether a call makes an instance of a stub's class that is served as it is.
fn is_of_stub_class(program: &Program, module: ModuleId, expr: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &expr.kind else { return false };
    let Some(Binding::Class(class)) = program.resolve_expr(module, None, function) else { return false };
    program.is_of_stub(class) && program.class(class).members.contains_key(&ENTRY.into())
}

impl Interpreter<'_> {
    /// Runs a registration, if what it calls is a stub's.
    pub(super) fn register(&mut self, registration: Registration<'_>) {
        self.at_top(registration.module, |machine| {
            let place = machine.place(registration.expr.span);
            match registration.class {
                None => machine.run_registration(registration.expr),
                Some(class) => machine.decorate(class, registration.expr, place),
            }
            machine.trail.clear();
        });
    }

    fn run_registration(&mut self, expr: &Expr) {
        let ExprKind::Call { function, .. } = &expr.kind else { return };
        let function = self.silent(function);
        if self.is_of_stub(&function) {
            self.evaluate(expr);
        } else if matches!(function, Value::Class(_)) {
            let served = self.evaluate(expr);
            let place = self.place(expr.span);
            self.call_project_method(&served, ENTRY.into(), &Arguments::default(), place);
        }
    }

    fn decorate(&mut self, class: ClassId, expr: &Expr, place: Place) {
        let decorator = self.silent(expr);
        if self.is_of_stub(&decorator) {
            let class = Value::Class(ClassRef::Known(class));
            self.call_value(&decorator, Arguments::of(vec![class]), place);
        }
    }

    /// What a registration calls. To know that, a registry need not be filled with all that the project hands to it.
    fn silent(&mut self, expr: &Expr) -> Value {
        let kept = self.fuel.saturating_sub(TO_NAME_A_CALLEE);
        self.fuel -= kept;
        let value = self.evaluate_silently(expr);
        self.fuel += kept;
        value
    }

    fn is_of_stub(&self, value: &Value) -> bool {
        let is_stub = |closure: &Closure| self.program.module(closure.module).is_stub;
        match value {
            Value::Function(closure) => is_stub(closure),
            Value::Bound(bound) => is_stub(&bound.1),
            _ => false,
        }
    }
}
