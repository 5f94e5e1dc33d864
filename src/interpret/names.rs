//! Names to values: local scopes, enclosing functions, modules, builtins.

use std::rc::Rc;
use std::sync::Arc;

use super::interpreter::{Frame, Interpreter};
use crate::domain::{Closure, Disjunct, Guard, Machine, Object, ObjectId, Value, Why};
use crate::frameworks::templates::HelperUse;
use crate::project::{Binding, ClassRef, ModuleId};
use crate::syntax::Name;
use crate::syntax::ir::{Clause, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::visit;

impl Interpreter<'_> {
    /// The value of a name where the current code stands.
    pub(crate) fn lookup(&mut self, name: Name) -> Value {
        let scope = self.frame().scope;
        if let Some(value) = self.lookup_in_scopes(scope, name) {
            return self.refine(value);
        }
        if let Some(class) = self.frame().class.filter(|_| self.frame().function.is_none())
            && self.frame().binds != Some(name)
            && let Some(value) = self.class_attribute(class, name, &Value::Class(ClassRef::Known(class)))
        {
            return value;
        }
        let module = self.frame().module;
        self.module_name(module, name)
    }

    pub(super) fn lookup_in_scopes(&self, scope: ObjectId, name: Name) -> Option<Value> {
        let mut current = Some(scope);
        while let Some(id) = current {
            let Object::Scope(scope) = self.object(id) else { return None };
            if let Some(value) = scope.names.get(&name)
                && !scope.globals.contains(&name)
            {
                return Some(value.clone());
            }
            current = scope.parent;
        }
        None
    }

    /// Keeps the alternatives that agree with the conditions of the current path.
    pub(crate) fn refine(&self, value: Value) -> Value {
        let Value::Union(parts) = &value else { return value };
        let is_against = |known: &[Guard], (number, held): Guard| known.contains(&(number, !held));
        let differs = |guard: Guard| is_against(&self.conditions, guard) || is_against(&self.parts, guard);
        let agrees = |part: &Disjunct| match part.guard {
            Some(guard) if self.conditions.contains(&guard) || self.parts.contains(&guard) => true,
            Some(guard) if differs(guard) => false,
            // Whoever passes one flag may pass the others.
            Some(guard) => !is_against(&self.defaults, guard) || self.defaults.iter().copied().any(differs),
            None => true,
        };
        if parts.iter().all(agrees) || !parts.iter().any(agrees) {
            return value;
        }
        Value::from_disjuncts(parts.iter().filter(|part| agrees(part)).cloned().collect())
    }

    /// The value of a module's name.
    pub(crate) fn module_name(&mut self, module: ModuleId, name: Name) -> Value {
        let scope = self.module_scope(module);
        if let Object::Scope(scope) = self.object(scope)
            && let Some(value) = scope.names.get(&name)
        {
            return self.refine(value.clone());
        }
        if self.program.module(module).is_template {
            return self.template_name(name);
        }
        match self.program.lookup(module, name) {
            Some(Binding::Variable(home, original)) if home != module || original != name => {
                let value = self.module_name(home, original);
                let made = if value == Value::None { self.made_later(module, name) } else { None };
                if let Some(made) = &made {
                    self.set_in_scope(scope, name, made.clone());
                }
                made.unwrap_or(value)
            }
            Some(Binding::Variable(home, _)) => self.module_variable(home, name),
            Some(binding) => self.binding_value(&binding),
            None => self.builtin_name(name),
        }
    }

    /// A name that the context of a template does not have.
    fn template_name(&mut self, name: Name) -> Value {
        let Some(path) = name.strip_prefix('$') else {
            return self.environment_name(name, HelperUse::Global).unwrap_or(Value::unknown(Why::Name(name)));
        };
        let found = self.dotted_name(path);
        let uses = [("jinja2.filters.", HelperUse::Filter), ("jinja2.tests.", HelperUse::Test)];
        let is_own = |path: &&str| !path.is_empty() && matches!(found, Value::External(_));
        let own = uses.iter().find_map(|(home, used_as)| Some((path.strip_prefix(home).filter(is_own)?, *used_as)));
        own.and_then(|(name, used_as)| self.environment_name(Name::new(name), used_as)).unwrap_or(found)
    }

    /// `module.name`; what a stub leaves out is still there in the real module.
    pub(super) fn module_attribute(&mut self, module: ModuleId, name: Name) -> Value {
        let about = self.program.module(module);
        if about.is_stub && self.program.lookup(module, name).is_none() {
            return Value::External(Name::new(&format!("{}.{name}", about.name)));
        }
        self.module_name(module, name)
    }

    /// What a dotted path means: a name of a module of the project or of a stub.
    pub(super) fn dotted_name(&mut self, path: &str) -> Value {
        let split = path.rsplit_once('.');
        let module = split.and_then(|(module, _)| self.program.find_module(None, module));
        match (split, module) {
            (Some((_, name)), Some(module)) => self.module_name(module, Name::new(name)),
            _ => Value::External(Name::new(path)),
        }
    }

    /// What a static binding is as a value.
    pub(crate) fn binding_value(&mut self, binding: &Binding) -> Value {
        match binding {
            Binding::Module(id) => Value::Module(*id),
            Binding::Class(id) => Value::Class(ClassRef::Known(*id)),
            Binding::Function(function) => {
                let module = self.program.module_of(function.file).map_or(ModuleId(0), |module| module.id);
                let closure = Closure { function: Arc::clone(function), module, scope: None, class: None };
                Value::Function(Rc::new(closure))
            }
            Binding::Variable(module, name) => self.module_name(*module, *name),
            Binding::External(path) => Value::External(*path),
        }
    }

    /// Evaluates the last assignment of a module-level name: once for all roots where no object is made, else once a root.
    fn module_variable(&mut self, module: ModuleId, name: Name) -> Value {
        let scope = self.module_scope(module);
        if let Some(value) = self.constant(module, name) {
            self.set_in_scope(scope, name, value.clone());
            return value;
        }
        self.evaluate_variable(module, name)
    }

    /// Evaluates a module-level name in this root.
    pub(super) fn evaluate_variable(&mut self, module: ModuleId, name: Name) -> Value {
        let scope = self.module_scope(module);
        let births = self.births;
        self.set_in_scope(scope, name, Value::unknown(Why::Recursion));
        let program = self.program;
        let outline = &program.module(module).outline;
        let value = match find_assignment(&outline.body, name) {
            Some(found) => self.in_module(module, |machine| machine.module_assignment(found, name)),
            None => Value::unknown(Why::Name(name)),
        };
        let is_open = value == Value::None || value == Value::unknown(Why::Name(name));
        let made = if is_open { self.made_later(module, name) } else { None };
        let value = match made {
            None if is_open => self.given_later(module, name).unwrap_or(value),
            made => made.unwrap_or(value),
        };
        self.set_in_scope(scope, name, value.clone());
        self.fill(module, name, &value);
        self.predate(scope, births);
        value
    }

    fn module_assignment(&mut self, found: Assigned<'_>, name: Name) -> Value {
        match found {
            Assigned::Value(expr) => self.evaluate(expr),
            Assigned::Unpacked(target, expr) => {
                let value = self.evaluate(expr);
                self.bind(target, value);
                let scope = self.frame().scope;
                self.lookup_in_scopes(scope, name).unwrap_or(Value::unknown(Why::Name(name)))
            }
            Assigned::Annotated(annotation) => self.hinted_value(annotation),
        }
    }

    /// Runs code at the top level of a module, without recording effects.
    pub(crate) fn in_module<T>(&mut self, module: ModuleId, run: impl FnOnce(&mut Self) -> T) -> T {
        let scope = self.module_scope(module);
        let about = self.program.module(module);
        self.frames.push(Frame {
            entry: None,
            function: None,
            qualified: Name::new("<module>"),
            module,
            file: about.file,
            is_stub: about.is_stub,
            scope,
            class: None,
            binds: None,
            receiver: None,
            context: 0,
            returns: None,
            yields: None,
            loop_base: self.loops.len(),
            is_memoised: false,
            is_wrapper: false,
            takes_one: false,
            last_call: None,
            transactions: 0,
        });
        self.silence += 1;
        let loops = std::mem::take(&mut self.loops);
        let flows = std::mem::take(&mut self.flows);
        let conditions = self.replace_conditions(Default::default());
        let alive = self.state.is_alive;
        self.state.is_alive = true;
        let result = run(self);
        self.state.is_alive = alive;
        self.replace_conditions(conditions);
        self.flows = flows;
        self.loops = loops;
        self.silence -= 1;
        self.frames.pop();
        result
    }

    /// Sets a name in a scope.
    pub(crate) fn set_in_scope(&mut self, scope: ObjectId, name: Name, value: Value) {
        if let Object::Scope(scope) = self.object_mut(scope) {
            scope.names.insert(name, value);
        }
    }

    /// Assigns a name where the current code stands, minding `global` and `nonlocal`.
    pub(crate) fn assign_name(&mut self, name: Name, value: Value) {
        self.forget_truth(name);
        self.note_counter(name, &value);
        let scope = self.frame().scope;
        let (is_global, is_nonlocal, parent) = match self.object(scope) {
            Object::Scope(scope) => (scope.globals.contains(&name), scope.nonlocals.contains(&name), scope.parent),
            _ => (false, false, None),
        };
        let target = if is_global {
            let module = self.frame().module;
            self.module_scope(module)
        } else if is_nonlocal {
            self.scope_holding(parent, name).unwrap_or(scope)
        } else {
            scope
        };
        if target == scope {
            self.note_assigned(name);
        } else {
            self.give_away(&value);
        }
        self.set_in_scope(target, name, value);
    }

    /// What the names of a comprehension's own variables mean around it.
    pub(super) fn shadowed(&self, clauses: &[Clause]) -> Vec<(Name, Option<Value>)> {
        let Object::Scope(scope) = self.object(self.frame().scope) else { return Vec::new() };
        let names = clauses.iter().flat_map(|clause| names_in(&clause.target));
        names.map(|name| (name, scope.names.get(&name).cloned())).collect()
    }

    /// The end of a comprehension: its variables are gone.
    pub(super) fn uncover(&mut self, outer: Vec<(Name, Option<Value>)>) {
        let scope = self.frame().scope;
        for (name, value) in outer {
            self.forget_truth(name);
            let Object::Scope(scope) = self.object_mut(scope) else { return };
            match value {
                Some(value) => scope.names.insert(name, value),
                None => scope.names.remove(&name),
            };
        }
    }

    fn scope_holding(&self, from: Option<ObjectId>, name: Name) -> Option<ObjectId> {
        let mut current = from;
        while let Some(id) = current {
            let Object::Scope(scope) = self.object(id) else { return None };
            if scope.names.contains_key(&name) {
                return Some(id);
            }
            current = scope.parent;
        }
        None
    }

    fn builtin_name(&mut self, name: Name) -> Value {
        let Some(builtins) = self.index.builtins else {
            return Value::External(self.dotted(self.index.builtins_name, name));
        };
        if self.frame().module == builtins {
            return Value::External(self.dotted(self.index.builtins_name, name));
        }
        match self.program.lookup(builtins, name) {
            Some(Binding::Variable(..)) | None => Value::External(self.dotted(self.index.builtins_name, name)),
            Some(binding) => self.binding_value(&binding),
        }
    }
}

/// How a module-level name gets its value.
enum Assigned<'a> {
    Value(&'a Expr),
    Unpacked(&'a Expr, &'a Expr),
    Annotated(&'a Expr),
}

/// The last assignment of a name in statements, looking into branches.
fn find_assignment(body: &[Stmt], name: Name) -> Option<Assigned<'_>> {
    body.iter().rev().find_map(|statement| match &statement.kind {
        StmtKind::Assign { targets, value } => targets.iter().find_map(|target| assigned(target, value, name)),
        StmtKind::Annotated { target, annotation, value } if is_name(target, name) => Some(match value {
            Some(value) => Assigned::Value(value),
            None => Assigned::Annotated(annotation),
        }),
        StmtKind::If { body, orelse, .. } => find_assignment(body, name).or_else(|| find_assignment(orelse, name)),
        StmtKind::Try { body, handlers, orelse, finally } => find_assignment(orelse, name)
            .or_else(|| find_assignment(body, name))
            .or_else(|| find_assignment(finally, name))
            .or_else(|| handlers.iter().find_map(|handler| find_assignment(&handler.body, name))),
        StmtKind::With { body, .. } => find_assignment(body, name),
        _ => None,
    })
}

/// The names that a target binds.
fn names_in(target: &Expr) -> Vec<Name> {
    match target.kind {
        ExprKind::Name(name) => vec![name],
        _ => visit::parts(target).into_iter().flat_map(names_in).collect(),
    }
}

fn is_name(expr: &Expr, name: Name) -> bool {
    matches!(expr.kind, ExprKind::Name(found) if found == name)
}

fn assigned<'a>(target: &'a Expr, value: &'a Expr, name: Name) -> Option<Assigned<'a>> {
    if is_name(target, name) {
        return Some(Assigned::Value(value));
    }
    match &target.kind {
        ExprKind::Tuple(parts) | ExprKind::List(parts) if parts.iter().any(|part| is_name(part, name)) => {
            Some(Assigned::Unpacked(target, value))
        }
        _ => None,
    }
}
