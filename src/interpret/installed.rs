//! Calls inside functions that fill the containers of module variables, as code at the top of modules does.
//!
//! ```py
//! def init_app(app):
//!     order_shipped.connect(queue_mail, sender=app)
//! ```
//!
//! Such functions run while a program starts. Which methods of a framework's container fill it, its stub's `__filled__` says.

use std::sync::Arc;

use super::interpreter::Interpreter;
use super::registries::FILLED;
use crate::domain::{Machine, Object, Place, Scope, Value, Why};
use crate::project::{Binding, ClassInfo, Imports, Module, ModuleId, Program, text};
use crate::syntax::ir::{Expr, ExprKind, Function, Span, Stmt, StmtKind};
use crate::syntax::{Name, reads, visit};

const NAMES: u32 = 88;

/// A statement of a function that calls a method which fills a module variable.
pub(super) struct Installed {
    pub(super) module: ModuleId,
    pub(super) function: Arc<Function>,
    /// Where the call stands.
    call: Span,
    /// The module variable.
    pub(super) variable: (ModuleId, Name),
}

/// All such calls of a project, in the order of its code.
pub(super) fn find(program: &Program) -> Vec<Installed> {
    let methods = filling_methods(program);
    let written: Vec<String> = methods.iter().map(|method| format!(".{method}(")).collect();
    let mut found = Vec::new();
    for module in program.modules.iter().filter(|module| !module.is_stub) {
        let file = program.files.get(module.file.0 as usize);
        if file.is_some_and(|file| written.iter().any(|call| reads::says(file, call))) {
            find_in(program, module, &methods, &written, &mut found);
        }
    }
    found
}

/// The methods by which the containers of frameworks are filled.
fn filling_methods(program: &Program) -> Vec<Name> {
    let named = |class: &ClassInfo| match &program.class_assignment(class.id, FILLED.into())?.kind {
        ExprKind::Tuple(names) => Some(names.iter().filter_map(text)),
        _ => None,
    };
    let stubs = program.classes.iter().filter(|class| program.is_of_stub(class.id));
    let mut methods: Vec<Name> = stubs.filter_map(named).flatten().collect();
    methods.sort();
    methods.dedup();
    methods
}

fn find_in(program: &Program, module: &Module, methods: &[Name], written: &[String], found: &mut Vec<Installed>) {
    let mut functions = Vec::new();
    for statement in &module.outline.body {
        visit::outer_functions(statement, &mut |function| functions.push(function));
    }
    for function in functions {
        let text = program.text_of(function);
        if !written.iter().any(|call| text.contains(call)) {
            continue;
        }
        let body = function.body.statements();
        let imports = Imports::of(program, module.id, body);
        let mut calls = Vec::new();
        body.iter().for_each(|statement| calls_of(statement, &mut calls));
        for call in calls {
            if let Some(variable) = filled_by(program, &imports, call, methods) {
                found.push(Installed { module: module.id, function: Arc::clone(function), call: call.span, variable });
            }
        }
    }
}

/// The calls that are statements of their own.
fn calls_of<'s>(statement: &'s Stmt, calls: &mut Vec<&'s Expr>) {
    match &statement.kind {
        StmtKind::Expr(expr) => calls.push(expr),
        StmtKind::Function(_) | StmtKind::Class(_) => {}
        _ => visit::blocks(statement).into_iter().flatten().for_each(|inner| calls_of(inner, calls)),
    }
}

/// The module variable that a call fills with a function of the project.
fn filled_by(program: &Program, imports: &Imports, call: &Expr, methods: &[Name]) -> Option<(ModuleId, Name)> {
    let ExprKind::Call { function, arguments } = &call.kind else { return None };
    let ExprKind::Attribute { value, name, .. } = &function.kind else { return None };
    if !methods.contains(name) {
        return None;
    }
    let Some(Binding::Variable(home, variable)) = imports.meaning(program, value) else { return None };
    let is_own = |function: &Function| program.module_of(function.file).is_some_and(|module| !module.is_stub);
    let is_function =
        |expr: &Expr| matches!(imports.meaning(program, expr), Some(Binding::Function(function)) if is_own(&function));
    arguments.first().filter(|first| is_function(&first.value)).map(|_| (home, variable))
}

impl Interpreter<'_> {
    /// Runs one such call by itself. What its function is called with nobody knows.
    pub(super) fn install(&mut self, installed: &Installed) {
        let function = &installed.function;
        let Some(call) = visit::expression_at(function.body.statements(), installed.call) else { return };
        let imports = Imports::of(self.program, installed.module, function.body.statements());
        let mut scope = Scope { module: Some(installed.module), ..Scope::default() };
        for name in names_in(call) {
            if let Some(binding) = imports.own(name) {
                scope.names.insert(name, self.binding_value(binding));
            } else if function.parameters.iter().any(|parameter| parameter.name == name) {
                scope.names.insert(name, Value::unknown(Why::Name(name)));
            }
        }
        let place = Place { file: function.file, span: installed.call };
        let scope = self.allocate(place, NAMES, Object::Scope(scope));
        self.in_module(installed.module, |machine| {
            machine.frame_mut().scope = scope;
            machine.evaluate(call);
        });
    }
}

fn names_in(expr: &Expr) -> Vec<Name> {
    match &expr.kind {
        ExprKind::Name(name) => vec![*name],
        _ => visit::parts(expr).into_iter().flat_map(names_in).collect(),
    }
}
