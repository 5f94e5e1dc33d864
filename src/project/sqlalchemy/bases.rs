//! What a class inherits that makes it a mapped class: declarative bases of all libraries, known or not.

use super::super::program::{Binding, ClassId, ClassRef, Program};
use super::super::resolve::last_name;
use super::scope::{Meaning, Scope, returned};
use crate::syntax::ir::{Argument, ArgumentKind, Expr, ExprKind};

/// The library whose base a class inherits; later ones say more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Base {
    /// Nothing that maps.
    Plain,
    /// A base that is not at hand.
    Unknown,
    /// `declarative_base()`, `DeclarativeBase`, `registry.generate_base()`
    Declarative,
    /// Flask-SQLAlchemy's `db.Model`: tables get names by themselves.
    Flask,
    /// SQLModel: only classes with `table=True` are mapped.
    SqlModel,
}

/// Base classes by dotted path. Sources: the packages' own modules.
const PATHS: &[(&str, Base)] = &[
    ("sqlalchemy.orm.DeclarativeBase", Base::Declarative),
    ("sqlalchemy.orm.DeclarativeBaseNoMeta", Base::Declarative),
    ("sqlalchemy.orm.decl_api.DeclarativeBase", Base::Declarative),
    ("sqlalchemy.orm.decl_api.DeclarativeBaseNoMeta", Base::Declarative),
    ("flask_appbuilder.Model", Base::Flask),
    ("flask_appbuilder.models.sqla.Model", Base::Flask),
    ("flask_sqlalchemy.model.Model", Base::Flask),
    ("sqlmodel.SQLModel", Base::SqlModel),
    ("sqlmodel.main.SQLModel", Base::SqlModel),
];

/// Functions that make a declarative base.
const MAKERS: &[&str] = &["declarative_base", "automap_base", "generate_base"];

/// Packages whose classes never bring columns.
const HARMLESS: &[&str] =
    &["abc.", "builtins.", "collections.", "dataclasses.", "enum.", "typing.", "typing_extensions.", "sqlalchemy."];

/// How many aliases and calls are followed.
const DEPTH: u32 = 6;

/// What a base argument of a class means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// The library.
    pub base: Base,
    /// A class of the project that the base is made from: `declarative_base(cls=Common)`.
    pub from: Option<ClassId>,
    /// The class that inherits it is the declarative base itself: `class Base(DeclarativeBase)`.
    pub makes_base: bool,
}

const PLAIN: Found = Found { base: Base::Plain, from: None, makes_base: false };
const UNKNOWN: Found = Found { base: Base::Unknown, ..PLAIN };

/// The bases written in the header of `class` that are no classes of the project.
fn direct(program: &Program, class: ClassId) -> Vec<Found> {
    let info = program.class(class);
    let scope = Scope { class: info.outer, ..Scope::of_class(program, class) };
    let is_made = info.class.decorators.iter().any(|decorator| called(decorator) == Some("as_declarative"));
    let mut found: Vec<Found> = Vec::new();
    found.extend(is_made.then_some(Found { base: Base::Declarative, from: None, makes_base: true }));
    for argument in info.class.bases.iter().filter(|argument| argument.kind == ArgumentKind::Positional) {
        found.extend(written(&argument.value).into_iter().map(|expr| of_expr(scope, expr, DEPTH)));
    }
    found
}

/// Whether a class is a declarative base itself.
pub(super) fn makes_base(program: &Program, class: ClassId) -> bool {
    direct(program, class).iter().any(|found| found.makes_base)
}

/// The base itself; the ones inside `with_metaclass(Meta, Base)`.
fn written(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Call { function, arguments } if last_name(function).is_some_and(|name| name == "with_metaclass") => {
            arguments.iter().skip(1).map(|argument| &argument.value).collect()
        }
        _ => vec![expr],
    }
}

/// The last name of a decorator, with or without a call.
pub(super) fn called(decorator: &Expr) -> Option<&'static str> {
    match &decorator.kind {
        ExprKind::Call { function, .. } => last_name(function).map(|name| name.as_str()),
        _ => last_name(decorator).map(|name| name.as_str()),
    }
}

fn of_expr(scope: Scope, expr: &Expr, depth: u32) -> Found {
    let Some(depth) = depth.checked_sub(1) else { return UNKNOWN };
    if let ExprKind::Call { function, arguments } = &expr.kind {
        return of_call(scope, function, arguments, depth);
    }
    match scope.meaning(expr) {
        Some(Meaning::Class(class)) => of_class(scope.program, class),
        Some(Meaning::Value(value, home)) => of_expr(home, value, depth),
        Some(Meaning::Other(Binding::External(path))) => of_path(&path),
        Some(Meaning::Other(_)) => UNKNOWN,
        None => of_attribute(scope, expr, depth),
    }
}

/// A class of the project is read through the method resolution order; one of a stub or an installed package may be
/// a base itself.
fn of_class(program: &Program, class: ClassId) -> Found {
    let path = program.class_path(ClassRef::Known(class));
    let is_known = PATHS.iter().any(|(known, _)| path == *known);
    if is_known { of_path(&path) } else { PLAIN }
}

fn of_path(path: &str) -> Found {
    let known = PATHS.iter().find(|(known, _)| *known == path).map(|(_, base)| *base);
    let is_advanced = path.starts_with("advanced_alchemy.base.");
    let base = known.or(is_advanced.then_some(Base::Declarative)).unwrap_or_else(|| {
        let is_harmless = HARMLESS.iter().any(|home| path.starts_with(home)) || !path.contains('.');
        if is_harmless { Base::Plain } else { Base::Unknown }
    });
    let makes_base = path.ends_with(".DeclarativeBase") || path.ends_with(".DeclarativeBaseNoMeta");
    Found { base, from: None, makes_base }
}

/// `db.Model`, where `db` is a variable that holds the extension.
fn of_attribute(scope: Scope, expr: &Expr, depth: u32) -> Found {
    let ExprKind::Attribute { value, name, .. } = &expr.kind else { return UNKNOWN };
    let holder = match scope.meaning(value) {
        Some(Meaning::Value(holder, home)) => Some((holder, home)),
        _ => None,
    };
    match (name.as_str(), holder) {
        ("Model", Some((holder, home))) => extension(home, holder, depth).unwrap_or(UNKNOWN),
        ("Model", None) if last_name(value).is_some_and(|name| name == "db") => Found { base: Base::Flask, ..PLAIN },
        _ => UNKNOWN,
    }
}

/// `SQLAlchemy(app, model_class=Base)` of Flask-SQLAlchemy, or a subclass of it.
fn extension(scope: Scope, value: &Expr, depth: u32) -> Option<Found> {
    let ExprKind::Call { function, arguments } = &value.kind else { return None };
    let name = last_name(function)?;
    let is_extension = match scope.meaning(function) {
        Some(Meaning::Class(class)) => scope.program.class(class).mro.iter().any(
            |entry| matches!(entry, ClassRef::External(path) if path.starts_with("flask_") && path.ends_with("SQLAlchemy")),
        ),
        Some(Meaning::Other(Binding::External(path))) => path.ends_with("SQLAlchemy") || path.ends_with("SQLA"),
        _ => name.ends_with("SQLAlchemy"),
    };
    is_extension.then(|| Found {
        base: Base::Flask,
        from: keyword_class(scope, arguments, "model_class", depth),
        ..PLAIN
    })
}

/// `declarative_base(cls=Common)`, or a function of the project that returns such a call.
fn of_call(scope: Scope, function: &Expr, arguments: &[Argument], depth: u32) -> Found {
    if last_name(function).is_some_and(|name| MAKERS.contains(&name.as_str())) {
        return Found { base: Base::Declarative, from: keyword_class(scope, arguments, "cls", depth), ..PLAIN };
    }
    match scope.meaning(function) {
        Some(Meaning::Other(Binding::Function(function))) => {
            let home = scope.program.by_file.get(&function.file).map(|module| Scope::of_module(scope.program, *module));
            let value = returned(&function).filter(|value| matches!(value.kind, ExprKind::Call { .. }));
            value.zip(home).map_or(UNKNOWN, |(value, home)| of_expr(home, value, depth))
        }
        _ => UNKNOWN,
    }
}

fn keyword_class(scope: Scope, arguments: &[Argument], keyword: &str, depth: u32) -> Option<ClassId> {
    depth.checked_sub(1)?;
    let value = super::super::arguments::Arguments(arguments).keyword(keyword)?;
    match scope.meaning(value)? {
        Meaning::Class(class) => Some(class),
        _ => None,
    }
}

/// Everything that a class and its bases of the project inherit.
#[derive(Debug)]
pub(super) struct Heritage {
    /// The library that says most.
    pub base: Base,
    /// A base is not at hand.
    pub has_unknown: bool,
    /// Bases of the project in method resolution order, the class first; those that the declarative base is made from
    /// come last.
    pub classes: Vec<ClassId>,
}

/// The direct bases of all classes, each read once.
pub(super) struct Bases<'a> {
    program: &'a Program,
    direct: Vec<Vec<Found>>,
}

impl<'a> Bases<'a> {
    /// Reads the header of every class.
    pub fn of(program: &'a Program) -> Self {
        Bases { program, direct: program.classes.iter().map(|class| direct(program, class.id)).collect() }
    }

    /// What the header of a class says.
    pub fn direct(&self, class: ClassId) -> &[Found] {
        &self.direct[class.0 as usize]
    }

    /// Reads the whole order of bases of a class.
    pub fn heritage(&self, class: ClassId) -> Heritage {
        let mut heritage = Heritage { base: Base::Plain, has_unknown: false, classes: self.known(class).collect() };
        let mut position = 0;
        while let Some(entry) = heritage.classes.get(position).copied() {
            for found in self.direct(entry) {
                heritage.has_unknown |= found.base == Base::Unknown;
                heritage.base = heritage.base.max(found.base);
                for added in found.from.into_iter().flat_map(|class| self.known(class)) {
                    if !heritage.classes.contains(&added) {
                        heritage.classes.push(added);
                    }
                }
            }
            position += 1;
        }
        heritage
    }

    fn known(&self, class: ClassId) -> impl Iterator<Item = ClassId> {
        self.program.class(class).mro.iter().filter_map(|entry| match entry {
            ClassRef::Known(id) => Some(*id),
            ClassRef::External(_) => None,
        })
    }
}
