//! Classes that a function of the project makes of others, when a module is imported.
//!
//! ```py
//! def model_factory(abstract):
//!     return type(abstract.__name__.removeprefix("Abstract"), (abstract,), {"__module__": __name__})
//!
//! Forum = model_factory(AbstractForum)
//! ```
//!
//! So does a function that defines a class over its parameter and returns it.

use std::sync::Arc;

use super::arguments::Arguments;
use super::classes::{register_class, register_made};
use super::flow::{Guard, elements, last_value, variables, walk};
use super::program::{Binding, ClassId, ClassRef, Member, ModuleId, Program};
use super::resolve::text;
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Class, Expr, ExprKind, Function, ParameterKind, Span, Stmt, StmtKind};

/// What a factory made may be given to another one, so many times.
const ROUNDS: usize = 3;
/// How many variables and parameters are followed to what is written.
const DEPTH: u32 = 6;

/// Registers the classes that calls at the top of modules and in the bodies of classes make. Bases are not ordered yet.
pub(super) fn make(program: &mut Program) {
    for _ in 0..ROUNDS {
        let calls: Vec<Blueprint> =
            program.modules.iter().filter(|module| !module.is_stub).fold(Vec::new(), |mut found, module| {
                blueprints(program, module.id, None, &module.outline.body, &mut found);
                found
            });
        if calls.is_empty() {
            break;
        }
        calls.into_iter().for_each(|blueprint| build(program, blueprint));
        name_them(program);
    }
}

/// A class that is to be made.
struct Blueprint {
    call: (FileId, Span),
    /// The module that the class belongs to.
    home: ModuleId,
    class: Arc<Class>,
    bases: Vec<ClassRef>,
    /// Classes of the factory's that become attributes, and its module: `{"Meta": Meta}`.
    attributes: Vec<(Name, Arc<Class>)>,
    factory: ModuleId,
}

fn blueprints(program: &Program, module: ModuleId, scope: Option<ClassId>, body: &[Stmt], found: &mut Vec<Blueprint>) {
    walk(body, Guard::default(), &mut |statement, _| {
        if let StmtKind::Class(class) = &statement.kind {
            let bases = class.bases.iter().filter(|base| base.kind == ArgumentKind::Positional);
            found.extend(bases.filter_map(|base| blueprint(program, module, scope, &base.value, class.name)));
            let inner = program.class_at(class.file, class.span.start);
            blueprints(program, module, inner, &class.body, found);
        }
        for (name, value) in variables(statement) {
            found.extend(value.and_then(|value| blueprint(program, module, scope, value, name)));
        }
    });
}

/// What a call makes that stands in a module, to be kept under a name.
fn blueprint(
    program: &Program,
    module: ModuleId,
    scope: Option<ClassId>,
    call: &Expr,
    name: Name,
) -> Option<Blueprint> {
    let ExprKind::Call { function, arguments } = &call.kind else { return None };
    let file = program.module(module).file;
    if program.made_by(file, call).is_some() {
        return None;
    }
    let Binding::Function(function) = program.resolve_expr(module, scope, function)? else { return None };
    let factory = program.module_of(function.file).filter(|module| !module.is_stub)?.id;
    let mentions = program.text_of(&function);
    if !(mentions.contains("type(") || mentions.contains("class ")) {
        return None;
    }
    let order = Order { program, function: &function, factory, caller: (module, scope), arguments };
    let recipe = order.recipe()?;
    let bases: Vec<ClassRef> = recipe.bases(&order).into_iter().map(|base| order.class(base)).collect::<Option<_>>()?;
    if bases.is_empty() {
        return None;
    }
    let (home, class) = match &recipe {
        Recipe::Statement(class) => (factory, Arc::clone(class)),
        Recipe::Type(parts) => {
            (order.home(parts), Arc::new(empty(order.name(parts).unwrap_or(name), (file, call.span))))
        }
    };
    let attributes = recipe.attributes(&order);
    Some(Blueprint { call: (file, call.span), home, class, bases, attributes, factory })
}

fn empty(name: Name, (file, span): (FileId, Span)) -> Class {
    Class { file, span, name, qualified: name, bases: Vec::new(), decorators: Vec::new(), body: Vec::new() }
}

fn build(program: &mut Program, blueprint: Blueprint) {
    let Blueprint { call, home, class, bases, attributes, factory } = blueprint;
    let id = register_made(program, home, &class);
    for (name, attribute) in attributes {
        let inner = register_class(program, factory, &attribute, Some(id));
        program.classes[id.0 as usize].members.insert(name, Member::Class(inner));
    }
    program.made.insert(call, id);
    program.made_bases.insert(id, bases);
}

/// A variable that holds such a class is a name of it, wherever it is imported.
fn name_them(program: &mut Program) {
    let made = |binding: &Binding| match binding {
        Binding::Variable(home, name) => {
            let value = program.assignment(*home, *name)?;
            program.made_by(program.module(*home).file, value)
        }
        _ => None,
    };
    let mut named = Vec::new();
    for module in &program.modules {
        let found = module.bindings.iter().filter_map(|(name, binding)| Some((module.id, *name, made(binding)?)));
        named.extend(found);
    }
    for (module, name, class) in named {
        program.modules[module.0 as usize].bindings.insert(name, Binding::Class(class));
    }
}

/// How a factory makes what it returns.
enum Recipe<'a> {
    /// `class Made(base): …`
    Statement(&'a Arc<Class>),
    /// `type(name, bases, attributes)`
    Type(&'a [Argument]),
}

impl<'a> Recipe<'a> {
    fn bases(&self, order: &Order<'a>) -> Vec<Written<'a>> {
        match self {
            Recipe::Statement(class) => {
                let bases = class.bases.iter().filter(|base| base.kind == ArgumentKind::Positional);
                bases.map(|base| order.follow(Written::in_factory(&base.value), DEPTH)).collect()
            }
            Recipe::Type(parts) => {
                let bases = order.follow(Written::in_factory(&parts[1].value), DEPTH);
                let each = elements(bases.expr).unwrap_or_default().iter();
                each.map(|base| order.follow(Written { expr: base, ..bases }, DEPTH)).collect()
            }
        }
    }

    /// The classes among the attributes that `type` is given.
    fn attributes(&self, order: &Order<'a>) -> Vec<(Name, Arc<Class>)> {
        let Recipe::Type(parts) = self else { return Vec::new() };
        let class = |(name, value): (Name, &Expr)| match value.kind {
            ExprKind::Name(class) => Some((name, Arc::clone(order.class_statement(class)?))),
            _ => None,
        };
        order.entries(parts).into_iter().filter_map(class).collect()
    }
}

/// An expression of a factory, or of whoever calls it.
#[derive(Clone, Copy)]
struct Written<'a> {
    expr: &'a Expr,
    is_of_caller: bool,
}

impl<'a> Written<'a> {
    fn in_factory(expr: &'a Expr) -> Self {
        Written { expr, is_of_caller: false }
    }
}

/// One call of a factory.
struct Order<'a> {
    program: &'a Program,
    function: &'a Function,
    factory: ModuleId,
    caller: (ModuleId, Option<ClassId>),
    arguments: &'a [Argument],
}

impl<'a> Order<'a> {
    fn body(&self) -> &'a [Stmt] {
        self.function.body.statements()
    }

    /// What the function returns, where some `return` of it says so.
    fn recipe(&self) -> Option<Recipe<'a>> {
        let mut found = None;
        walk(self.body(), Guard::default(), &mut |statement, _| {
            if let (StmtKind::Return(Some(value)), None) = (&statement.kind, &found) {
                found = self.recipe_of(value, DEPTH);
            }
        });
        found
    }

    fn recipe_of(&self, value: &'a Expr, depth: u32) -> Option<Recipe<'a>> {
        let depth = depth.checked_sub(1)?;
        match &value.kind {
            ExprKind::Call { function, arguments } => {
                let is_type = matches!(function.kind, ExprKind::Name(name) if name == "type");
                let is_plain = arguments.iter().all(|argument| argument.kind == ArgumentKind::Positional);
                (is_type && is_plain && arguments.len() == 3).then_some(Recipe::Type(arguments))
            }
            ExprKind::Name(name) => match self.class_statement(*name) {
                Some(class) => Some(Recipe::Statement(class)),
                None => self.recipe_of(last_value(self.body(), *name)?, depth),
            },
            _ => None,
        }
    }

    fn class_statement(&self, name: Name) -> Option<&'a Arc<Class>> {
        let mut found = None;
        walk(self.body(), Guard::default(), &mut |statement, _| match &statement.kind {
            StmtKind::Class(class) if class.name == name => found = Some(class),
            _ => {}
        });
        found
    }

    /// What stands behind a parameter or a variable of the factory.
    fn follow(&self, written: Written<'a>, depth: u32) -> Written<'a> {
        let Some(depth) = depth.checked_sub(1) else { return written };
        let ExprKind::Name(name) = written.expr.kind else { return written };
        if written.is_of_caller {
            return written;
        }
        if let Some(value) = last_value(self.body(), name) {
            return self.follow(Written::in_factory(value), depth);
        }
        self.argument(name).unwrap_or(written)
    }

    /// What is given for a parameter, or its default.
    fn argument(&self, name: Name) -> Option<Written<'a>> {
        let position = self.function.parameters.iter().position(|parameter| parameter.name == name)?;
        let parameter = &self.function.parameters[position];
        if matches!(parameter.kind, ParameterKind::Star | ParameterKind::DoubleStar) {
            return None;
        }
        match Arguments(self.arguments).either(&name, position) {
            Some(expr) => Some(Written { expr, is_of_caller: true }),
            None => parameter.default.as_ref().map(Written::in_factory),
        }
    }

    fn class(&self, written: Written<'a>) -> Option<ClassRef> {
        let (module, scope) = if written.is_of_caller { self.caller } else { (self.factory, None) };
        match self.program.resolve_expr(module, scope, written.expr)? {
            Binding::Class(id) => Some(ClassRef::Known(id)),
            Binding::External(path) => Some(ClassRef::External(path)),
            _ => None,
        }
    }

    /// The name that `type` is given, where it is written out.
    fn name(&self, parts: &'a [Argument]) -> Option<Name> {
        text(self.follow(Written::in_factory(&parts[0].value), DEPTH).expr)
    }

    /// The attributes that `type` is given, where their names are written out.
    fn entries(&self, parts: &'a [Argument]) -> Vec<(Name, &'a Expr)> {
        let attributes = self.follow(Written::in_factory(&parts[2].value), DEPTH);
        let ExprKind::Dict(entries) = &attributes.expr.kind else { return Vec::new() };
        entries.iter().filter_map(|(key, value)| Some((text(key.as_ref()?)?, value))).collect()
    }

    /// The module that `type` gives a class: as `__module__` says, else that of the code which calls `type`.
    ///
    /// Source: `type_new_set_module` in `Objects/typeobject.c` of CPython.
    fn home(&self, parts: &'a [Argument]) -> ModuleId {
        let entries = self.entries(parts);
        let Some((_, said)) = entries.iter().find(|(name, _)| name == "__module__") else { return self.factory };
        let said = self.follow(Written::in_factory(said), DEPTH);
        match &said.expr.kind {
            ExprKind::Name(name) if name == "__name__" && !said.is_of_caller => self.factory,
            ExprKind::Attribute { value, name, .. } if name == "__module__" => {
                let of = self.class(self.follow(Written { expr: value, ..said }, DEPTH));
                match of {
                    Some(ClassRef::Known(class)) => self.program.class(class).module,
                    _ => self.caller.0,
                }
            }
            _ => self.caller.0,
        }
    }
}
