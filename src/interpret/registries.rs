//! Registries: module variables whose containers are filled by other code at the top of modules.
//!
//! ```py
//! HANDLERS = {}
//!
//! def handles(kind):
//!     def register(function):
//!         HANDLERS[kind] = function
//!         return function
//!     return register
//!
//! @handles("login")
//! def greet(session, event): ...
//! ```

use rustc_hash::FxHashMap;

use super::interpreter::Interpreter;
use super::relevance::words;
use crate::domain::{Arguments, Machine, Object, Value};
use crate::project::{Binding, ClassRef, ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function, Stmt, StmtKind};

/// What a stub class says of which instances are containers.
const FILLED: &str = "__filled__";

/// Code that may fill a container: a statement at the top of a module, or a decorator of what it defines.
#[derive(Clone, Copy, Debug)]
struct Filler {
    module: ModuleId,
    statement: usize,
    decorator: Option<usize>,
}

/// What fills the containers of module variables, by the variable.
#[derive(Default)]
pub(crate) struct Fillers {
    found: FxHashMap<(ModuleId, Name), Vec<Filler>>,
}

impl Fillers {
    pub(super) fn new(program: &Program) -> Self {
        let mut fillers = Fillers::default();
        for module in program.modules.iter().filter(|module| !module.is_stub) {
            for (statement, about) in module.outline.body.iter().enumerate() {
                for (decorator, decorated) in decorators(about).iter().enumerate() {
                    let filler = Filler { module: module.id, statement, decorator: Some(decorator) };
                    fillers.add(filler, filled_by(program, module.id, decorated));
                }
                let filler = Filler { module: module.id, statement, decorator: None };
                fillers.add(filler, filled_by_statement(program, module.id, about));
            }
        }
        fillers
    }

    /// All that is known, in no order.
    pub(super) fn told(&self) -> Vec<String> {
        self.found.iter().map(|found| format!("{found:?}")).collect()
    }

    fn add(&mut self, filler: Filler, variables: Vec<(ModuleId, Name)>) {
        for variable in variables {
            self.found.entry(variable).or_default().push(filler);
        }
    }

    fn of(&self, module: ModuleId, name: Name) -> Vec<Filler> {
        self.found.get(&(module, name)).cloned().unwrap_or_default()
    }
}

fn decorators(statement: &Stmt) -> &[Expr] {
    match &statement.kind {
        StmtKind::Function(function) => &function.decorators,
        StmtKind::Class(class) => &class.decorators,
        _ => &[],
    }
}

/// The variables that a statement may fill: `NAME[key] = value`, `NAME.add(value)`, `register(value)`, in a loop too.
fn filled_by_statement(program: &Program, module: ModuleId, statement: &Stmt) -> Vec<(ModuleId, Name)> {
    match &statement.kind {
        StmtKind::Expr(expr) if matches!(expr.kind, ExprKind::Call { .. }) => filled_by(program, module, expr),
        StmtKind::Assign { targets, .. } => {
            let items = targets.iter().filter(|target| matches!(target.kind, ExprKind::Subscript { .. }));
            items.flat_map(|target| filled_by(program, module, target)).collect()
        }
        StmtKind::For { body, .. } => {
            body.iter().flat_map(|inner| filled_by_statement(program, module, inner)).collect()
        }
        _ => Vec::new(),
    }
}

/// The variables that calling an expression, or setting it, may fill.
fn filled_by(program: &Program, module: ModuleId, expr: &Expr) -> Vec<(ModuleId, Name)> {
    match &expr.kind {
        ExprKind::Call { function, arguments } => {
            let mut found = filled_by(program, module, function);
            if is_of_stub(program, module, function) {
                found.extend(arguments.iter().flat_map(|argument| passed_on(program, module, &argument.value)));
            }
            found
        }
        ExprKind::Name(name) => filled_through(program, program.lookup(module, *name)),
        ExprKind::Attribute { value, name, .. } => match program.resolve_expr(module, None, value) {
            Some(Binding::Module(inner)) => filled_through(program, program.lookup(inner, *name)),
            Some(Binding::Variable(home, name)) => vec![(home, name)],
            _ => filled_by(program, module, value),
        },
        ExprKind::Subscript { value, .. } => filled_by(program, module, value),
        _ => Vec::new(),
    }
}

/// `receiver(signal)`: a framework's function may fill what it is given.
fn is_of_stub(program: &Program, module: ModuleId, function: &Expr) -> bool {
    let Some(Binding::Function(found)) = program.resolve_expr(module, None, function) else { return false };
    program.module_of(found.file).is_some_and(|module| module.is_stub)
}

fn passed_on(program: &Program, module: ModuleId, expr: &Expr) -> Vec<(ModuleId, Name)> {
    if let ExprKind::List(parts) | ExprKind::Tuple(parts) = &expr.kind {
        return parts.iter().flat_map(|part| passed_on(program, module, part)).collect();
    }
    match program.resolve_expr(module, None, expr) {
        Some(Binding::Variable(home, name)) => vec![(home, name)],
        _ => Vec::new(),
    }
}

fn filled_through(program: &Program, binding: Option<Binding>) -> Vec<(ModuleId, Name)> {
    match binding {
        Some(Binding::Variable(home, name)) => vec![(home, name)],
        Some(Binding::Function(function)) => variables_in(program, &function),
        _ => Vec::new(),
    }
}

/// The variables of its module that the text of a function mentions.
fn variables_in(program: &Program, function: &Function) -> Vec<(ModuleId, Name)> {
    let Some(module) = program.module_of(function.file).filter(|module| !module.is_stub) else { return Vec::new() };
    let mut found: Vec<(ModuleId, Name)> = words(program.text_of(function))
        .filter_map(|word| match module.bindings.get(&Name::new(word)) {
            Some(Binding::Variable(home, name)) => Some((*home, *name)),
            _ => None,
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

impl Interpreter<'_> {
    /// Runs what fills the container that a module variable was given.
    pub(super) fn fill(&mut self, module: ModuleId, name: Name, value: &Value) {
        let Value::Object(id) = value else { return };
        let is_container = match self.object(*id) {
            Object::Dict(_) | Object::Sequence(_) => true,
            // A framework's object does other things when its methods are called.
            Object::Instance(instance) => {
                let is_filled = || self.program.member(instance.class, FILLED.into(), None).is_some();
                !self.is_of_stub_class(instance.class) || is_filled()
            }
            _ => false,
        };
        if !is_container {
            return;
        }
        for filler in self.index.fillers.of(module, name) {
            self.in_module(filler.module, |machine| machine.run_filler(filler));
        }
    }

    fn is_of_stub_class(&self, class: crate::project::ClassId) -> bool {
        let is_stub = |base: &ClassRef| match base {
            ClassRef::Known(base) => self.program.is_of_stub(*base),
            ClassRef::External(_) => false,
        };
        self.program.class(class).mro.iter().any(is_stub)
    }

    fn run_filler(&mut self, filler: Filler) {
        let program = self.program;
        let Some(statement) = program.module(filler.module).outline.body.get(filler.statement) else { return };
        let Some(decorator) = filler.decorator.and_then(|position| decorators(statement).get(position)) else {
            return self.run(std::slice::from_ref(statement));
        };
        let decorated = match &statement.kind {
            StmtKind::Function(function) => self.binding_value(&Binding::Function(function.clone())),
            StmtKind::Class(class) => match program.class_at(class.file, class.span.start) {
                Some(class) => Value::Class(ClassRef::Known(class)),
                None => return,
            },
            _ => return,
        };
        let callee = self.evaluate(decorator);
        let place = self.place(decorator.span);
        self.call_value(&callee, Arguments::of(vec![decorated]), place);
    }
}
