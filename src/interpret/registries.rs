//! Registries: module variables whose containers are filled by other code, at the top of modules or in functions that run while the
//! program starts (`installed.rs`).
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

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::installed::{self, Installed};
use super::interpreter::Interpreter;
use super::relevance::words;
use crate::domain::{Arguments, Machine, Object, Place, Value};
use crate::project::{Binding, ClassId, ClassRef, Member, ModuleId, Program, number};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function, Stmt, StmtKind};

/// What a stub class says whose instances are containers: the methods that fill them.
pub(super) const FILLED: &str = "__filled__";

/// What a class does with each class that is made of it.
const INIT_SUBCLASS: &str = "__init_subclass__";

/// Code that may fill a container: a statement at the top of a module, a decorator of what it defines, what the base of a class
/// does with it, or a call inside a function.
#[derive(Clone, Copy, Debug)]
struct Filler {
    module: ModuleId,
    statement: usize,
    by: By,
}

#[derive(Clone, Copy, Debug, Hash)]
enum By {
    Statement,
    Decorator(usize),
    Base,
    /// A call inside a function, by its number.
    Installed(usize),
}

/// What fills the containers of module variables, by the variable.
#[derive(Default)]
pub(crate) struct Fillers {
    found: FxHashMap<(ModuleId, Name), Vec<Filler>>,
    installed: Vec<Arc<Installed>>,
}

impl Fillers {
    pub(super) fn new(program: &Program) -> Self {
        let installed = installed::find(program).into_iter().map(Arc::new).collect();
        let mut fillers = Fillers { installed, ..Fillers::default() };
        for module in program.modules.iter().filter(|module| !module.is_stub) {
            for (statement, about) in module.outline.body.iter().enumerate() {
                for (decorator, decorated) in decorators(about).iter().enumerate() {
                    let filler = Filler { module: module.id, statement, by: By::Decorator(decorator) };
                    fillers.add(filler, filled_by(program, module.id, decorated));
                }
                let filler = Filler { module: module.id, statement, by: By::Statement };
                fillers.add(filler, filled_by_statement(program, module.id, about));
                if let Some((_, hook)) =
                    class_of_statement(program, about).and_then(|class| subclass_hook(program, class))
                {
                    fillers.add(Filler { by: By::Base, ..filler }, variables_in(program, hook));
                }
            }
        }
        for (number, installed) in fillers.installed.iter().enumerate() {
            let filler = Filler { module: installed.module, statement: 0, by: By::Installed(number) };
            fillers.found.entry(installed.variable).or_default().push(filler);
        }
        fillers
    }

    /// What is known of the variables of each module, in no order. Which statement it is, is read with its module when it
    /// is run.
    pub(super) fn told(&self) -> impl Iterator<Item = (ModuleId, u64)> {
        self.found.iter().map(|((module, name), fillers)| {
            let by = |filler: &Filler| match filler.by {
                By::Installed(at) => number(&self.installed[at].function.qualified.as_str()),
                other => number(&other),
            };
            let fillers: Vec<(u32, u64)> = fillers.iter().map(|filler| (filler.module.0, by(filler))).collect();
            (*module, number(&(name.as_str(), fillers)))
        })
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

fn class_of_statement(program: &Program, statement: &Stmt) -> Option<ClassId> {
    let StmtKind::Class(class) = &statement.kind else { return None };
    program.class_at(class.file, class.span.start)
}

/// The `__init_subclass__` of the project that runs for a class, and whose it is: that of its bases, not its own.
fn subclass_hook(program: &Program, class: ClassId) -> Option<(ClassId, &Arc<Function>)> {
    let (home, member, _) = program.member(class, INIT_SUBCLASS.into(), Some(class))?;
    match member {
        Member::Function(hook) if !program.is_of_stub(home) => Some((home, hook)),
        _ => None,
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

    /// What the base of a class does when the class is made.
    fn init_subclass(&mut self, class: ClassId) {
        let Some((home, hook)) = subclass_hook(self.program, class) else { return };
        let receiver = Value::Class(ClassRef::Known(class));
        let hook = self.bound_to_class(home, hook, &receiver);
        // Each class makes objects of its own: `registry[cls.kind] = cls()`.
        let made = &self.program.class(class).class;
        let place = Place { file: made.file, span: made.span };
        self.call_value(&hook, Arguments::default(), place);
    }

    /// A container that a class keeps and that `__init_subclass__` fills with those made of it: `registry = {}`.
    pub(super) fn filled_by_subclasses(&mut self, owner: ClassId, name: Name, empty: Value) -> Value {
        let program = self.program;
        let is_container =
            matches!(&empty, Value::Object(id) if matches!(self.object(*id), Object::Dict(_) | Object::Sequence(_)));
        let Some((_, Member::Function(hook), _)) = program.member(owner, INIT_SUBCLASS.into(), None) else {
            return empty;
        };
        if !is_container || !words(program.text_of(hook)).any(|word| name == word) {
            return empty;
        }
        self.filling.push((owner, name, empty.clone()));
        let mut waiting = program.subclasses(owner).to_vec();
        while let Some(class) = waiting.pop() {
            waiting.extend(program.subclasses(class));
            self.init_subclass(class);
        }
        self.filling.pop();
        empty
    }

    /// The container of a class that is being filled.
    pub(super) fn being_filled(&self, owner: ClassId, name: Name) -> Option<Value> {
        let mut all = self.filling.iter().rev();
        all.find(|(class, variable, _)| (*class, *variable) == (owner, name)).map(|(.., value)| value.clone())
    }

    fn is_of_stub_class(&self, class: ClassId) -> bool {
        let is_stub = |base: &ClassRef| match base {
            ClassRef::Known(base) => self.program.is_of_stub(*base),
            ClassRef::External(_) => false,
        };
        self.program.class(class).mro.iter().any(is_stub)
    }

    fn run_filler(&mut self, filler: Filler) {
        let program = self.program;
        if let By::Installed(number) = filler.by {
            let installed = self.index.fillers.installed.get(number).cloned();
            installed.into_iter().for_each(|installed| self.install(&installed));
            return;
        }
        let Some(statement) = program.module(filler.module).outline.body.get(filler.statement) else { return };
        let position = match filler.by {
            By::Statement => return self.run(std::slice::from_ref(statement)),
            By::Base => {
                if let Some(class) = class_of_statement(program, statement) {
                    self.init_subclass(class);
                }
                return;
            }
            By::Installed(_) => return,
            By::Decorator(position) => position,
        };
        let Some(decorator) = decorators(statement).get(position) else { return };
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
