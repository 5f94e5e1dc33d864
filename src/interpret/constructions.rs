//! Methods of a class whose constructor is given classes: what they do is known only with an instance as the project makes it.
//!
//! ```py
//! class Repository:
//!     def __init__(self, session, model):
//!         self.session, self.model = session, model
//!
//!     def names(self):
//!         return [row.owner.name for row in self.session.scalars(select(self.model))]
//!
//! def books(session):
//!     return Repository(session, Book)
//! ```
//!
//! Where nobody in the project was seen to call such a method, it is walked again with instances of which the constructor was
//! given what the project's calls spell out: classes, tables, texts, numbers. Nothing is known of the rest.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::heirs::{inherits_method, is_plain, steps};
use super::interpreter::Interpreter;
use super::members::{FunctionKind, kind_of};
use super::relevance::words;
use super::roots::{ENTRY, Root};
use crate::domain::{Arguments, Machine, Object, Place, Scalar, Value, Why};
use crate::project::{Binding, ClassId, ClassRef, Member, Module, ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::visit;

/// For so many ways of making an instance a method is walked again.
const MOST: usize = 6;

/// A call of a class that gives its constructor at least one class.
#[derive(Clone, Debug)]
pub(super) struct Construction {
    class: ClassId,
    positional: Vec<Given>,
    keywords: Vec<(Name, Given)>,
    place: Place,
}

/// What a call spells out for a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Class(ClassId),
    /// A table at the top of a module: `HANDLERS = {Shipped: [announce]}`.
    Table(ModuleId, Name),
    Text(Name),
    Int(i64),
    Bool(bool),
    None,
    Unknown,
}

/// The methods among these roots, each with instances as the project makes them.
pub(super) fn find<'r>(program: &Program, roots: impl Iterator<Item = &'r Root>) -> Vec<Root> {
    let methods: Vec<(&Root, ClassId)> = roots.filter_map(|root| Some((root, owner(program, root)?))).collect();
    let mut sought: FxHashSet<ClassId> = FxHashSet::default();
    for (_, class) in &methods {
        sought.extend(super::heirs::with_below(program, *class));
    }
    let constructions = constructions(program, &sought);
    let mut found = Vec::new();
    for (root, class) in methods {
        let is_its = |one: &&Construction| {
            program.inherits(one.class, class) && inherits_method(program, one.class, &root.function)
        };
        let several = constructions.iter().filter(is_its).take(MOST);
        found.extend(several.map(|one| Root { construction: Some(one.clone().into()), ..root.clone() }));
    }
    found
}

/// The class of a method that asks its receiver for what no class says, and its constructor must have put there.
fn owner(program: &Program, root: &Root) -> Option<ClassId> {
    let class = root.class.filter(|class| is_plain(program, *class))?;
    let is_method = !matches!(kind_of(&root.function), FunctionKind::Static | FunctionKind::Class);
    if root.function.name == ENTRY || root.function.name == "__init__" || !is_method {
        return None;
    }
    let is_open = |step: &Name| program.member(class, *step, None).is_none();
    steps(program, class, &root.function).iter().any(is_open).then_some(class)
}

/// The calls of these classes that give a class, those that give the same counted once.
fn constructions(program: &Program, classes: &FxHashSet<ClassId>) -> Vec<Construction> {
    let mut names: FxHashMap<&str, Vec<ClassId>> = FxHashMap::default();
    for class in classes {
        names.entry(program.class(*class).class.name.as_str()).or_default().push(*class);
    }
    let in_module = |module: &Module| {
        let mut found = Vec::new();
        let bound: FxHashSet<&str> = module.bindings.keys().map(|name| name.as_str()).collect();
        // What is imported with a star may be anything.
        let bound = Some(bound).filter(|_| module.external_stars.is_empty());
        let file = &program.files[module.file.0 as usize];
        if !module.is_stub && !module.is_template && file.reported && calls(&file.text, &names, &bound) {
            let mut search = Search { program, module, names: &names, bound, found: &mut found };
            module.outline.body.iter().for_each(|statement| search.statement(statement));
        }
        found
    };
    let each: Vec<Vec<Construction>> = program.modules.par_iter().map(in_module).collect();
    let mut found: Vec<Construction> = Vec::new();
    for made in each.into_iter().flatten() {
        if !found.iter().any(|one| one.is_like(&made)) {
            found.push(made);
        }
    }
    found
}

/// Whether a text may call one of these names and give it something that the module binds, which all classes and
/// tables are that a call can give.
fn calls(text: &str, names: &FxHashMap<&str, Vec<ClassId>>, bound: &Option<FxHashSet<&str>>) -> bool {
    let is_bound = |word: &str| bound.as_ref().is_none_or(|bound| bound.contains(word));
    let is_called = |word: &str| {
        let end = word.as_ptr() as usize - text.as_ptr() as usize + word.len();
        let rest = text[end..].trim_start();
        match rest.strip_prefix('(').map(arguments) {
            Some(Some(arguments)) => words(arguments).any(is_bound),
            Some(None) => true,
            None => rest.starts_with(['[', '#', '\\']),
        }
    };
    words(text).any(|word| names.contains_key(word) && is_called(word))
}

/// What stands between a bracket and the one that closes it; nothing where a text or comment may hold brackets.
fn arguments(rest: &str) -> Option<&str> {
    let mut depth = 0;
    for (position, byte) in rest.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return rest.get(..position),
            b')' => depth -= 1,
            b'"' | b'\'' | b'#' => return None,
            _ => {}
        }
    }
    None
}

/// Whether a constructor below a base gives a class to the base's: `super().__init__(session, Book)`.
pub(super) fn gives_classes(program: &Program, base: ClassId, heir: ClassId) -> bool {
    let Some((owner, Member::Function(init), _)) = program.member(heir, Name::new("__init__"), None) else {
        return false;
    };
    if program.inherits(base, owner) || !program.text_of(init).contains(".__init__(") {
        return false;
    }
    let module = program.class(owner).module;
    let is_class = |argument: &Argument| {
        let is_name = matches!(argument.value.kind, ExprKind::Name(_) | ExprKind::Attribute { .. });
        is_name && matches!(program.resolve_expr(module, None, &argument.value), Some(Binding::Class(_)))
    };
    init.body.lowered().statements.iter().any(|statement| {
        let StmtKind::Expr(Expr { kind: ExprKind::Call { function, arguments }, .. }) = &statement.kind else {
            return false;
        };
        matches!(function.kind, ExprKind::Attribute { name, .. } if name == "__init__")
            && arguments.iter().any(is_class)
    })
}

/// A search through the code of a module.
struct Search<'s> {
    program: &'s Program,
    module: &'s Module,
    names: &'s FxHashMap<&'s str, Vec<ClassId>>,
    /// What the module binds, unless that may be anything.
    bound: Option<FxHashSet<&'s str>>,
    found: &'s mut Vec<Construction>,
}

impl Search<'_> {
    fn statement(&mut self, statement: &Stmt) {
        if let StmtKind::Function(function) = &statement.kind
            && !calls(self.program.text_of(function), self.names, &self.bound)
        {
            return;
        }
        visit::expressions(statement).into_iter().for_each(|expr| self.expression(expr));
        visit::blocks(statement).into_iter().flatten().for_each(|inner| self.statement(inner));
    }

    fn expression(&mut self, expr: &Expr) {
        if let ExprKind::Call { function, arguments } = &expr.kind
            && let Some(class) = self.called(function)
        {
            self.add(class, arguments, expr);
        }
        visit::parts(expr).into_iter().for_each(|part| self.expression(part));
    }

    /// The class that `Repository` or `Repository[Book]` means; a function may have imported it, so that its name has to do.
    fn called(&self, function: &Expr) -> Option<ClassId> {
        let function = match &function.kind {
            ExprKind::Subscript { value, .. } => value,
            _ => function,
        };
        let name = crate::project::last_name(function)?;
        let classes = self.names.get(name.as_str())?;
        match self.program.resolve_expr(self.module.id, None, function) {
            Some(Binding::Class(class)) => classes.contains(&class).then_some(class),
            Some(_) => None,
            None => (classes.len() == 1).then(|| classes[0]),
        }
    }

    fn add(&mut self, class: ClassId, arguments: &[Argument], call: &Expr) {
        let place = Place { file: self.module.file, span: call.span };
        let mut made = Construction { class, positional: Vec::new(), keywords: Vec::new(), place };
        for argument in arguments {
            match argument.kind {
                ArgumentKind::Positional => made.positional.push(self.given(&argument.value)),
                ArgumentKind::Keyword(name) => made.keywords.push((name, self.given(&argument.value))),
                // What a star unpacks comes at positions that nobody knows.
                ArgumentKind::Star | ArgumentKind::DoubleStar => return,
            }
        }
        if made.gives_code() {
            self.found.push(made);
        }
    }

    fn given(&self, value: &Expr) -> Given {
        match &value.kind {
            ExprKind::Constant(Constant::Text(text)) => Given::Text(*text),
            ExprKind::Constant(Constant::Int(number)) => Given::Int(*number),
            ExprKind::Constant(Constant::Bool(truth)) => Given::Bool(*truth),
            ExprKind::Constant(Constant::None) => Given::None,
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                match self.program.resolve_expr(self.module.id, None, value) {
                    Some(Binding::Class(class)) => Given::Class(class),
                    Some(Binding::Variable(module, name)) if self.is_table(module, name) => Given::Table(module, name),
                    _ => Given::Unknown,
                }
            }
            _ => Given::Unknown,
        }
    }

    fn is_table(&self, module: ModuleId, name: Name) -> bool {
        let assigned = self.program.assignment(module, name);
        assigned.is_some_and(|value| matches!(&value.kind, ExprKind::Dict(items) if !items.is_empty()))
    }
}

impl Construction {
    /// Whether another one gives the same.
    fn is_like(&self, other: &Construction) -> bool {
        (self.class, &self.positional, &self.keywords) == (other.class, &other.positional, &other.keywords)
    }

    fn gives_code(&self) -> bool {
        let mut given = self.positional.iter().chain(self.keywords.iter().map(|(_, given)| given));
        given.any(|given| matches!(given, Given::Class(_) | Given::Table(..)))
    }
}

impl Interpreter<'_> {
    /// An instance as the project makes it, for whom nobody knows what methods have been called on it since.
    pub(super) fn constructed(&mut self, construction: &Construction) -> Value {
        self.silence += 1;
        let arguments = Arguments {
            positional: construction.positional.iter().map(|given| self.spelled(*given)).collect(),
            keywords: construction.keywords.iter().map(|(name, given)| (*name, self.spelled(*given))).collect(),
            ..Arguments::default()
        };
        let made = self.construct(construction.class, arguments, construction.place);
        self.silence -= 1;
        self.state.is_alive = true;
        if let Value::Object(id) = made
            && let Object::Instance(instance) = self.object_mut(id)
        {
            instance.is_assumed = true;
        }
        made
    }

    fn spelled(&mut self, given: Given) -> Value {
        match given {
            Given::Class(class) => Value::Class(ClassRef::Known(class)),
            Given::Table(module, name) => self.binding_value(&Binding::Variable(module, name)),
            Given::Text(text) => Value::Scalar(Scalar::Text(text)),
            Given::Int(number) => Value::Scalar(Scalar::Int(number)),
            Given::Bool(truth) => Value::Scalar(Scalar::Bool(truth)),
            Given::None => Value::None,
            Given::Unknown => Value::unknown(Why::Parameter),
        }
    }
}
