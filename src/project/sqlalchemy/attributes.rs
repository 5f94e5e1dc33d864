//! What class bodies declare for the mapper: assignments, annotations, and functions marked `declared_attr`.

use rustc_hash::FxHashMap;

use super::super::flow::{Guard, walk};
use super::super::program::{ClassId, ModuleId, Program};
use super::bases::called;
use super::constants::{self, Choice};
use super::constructor::{Kind, constructor};
use super::scope::{Meaning, Scope, path, returned};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function, Span, Stmt, StmtKind};

/// An attribute as declared.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'a> {
    /// Its name.
    pub name: Name,
    /// Its annotation, or what the `declared_attr` function is said to return.
    pub annotation: Option<&'a Expr>,
    /// Its value, or what the `declared_attr` function returns.
    pub value: Option<&'a Expr>,
    /// The class that declares it.
    pub class: ClassId,
    /// Where names in it are looked up.
    pub scope: Scope<'a>,
    /// The whole assignment, or the head of the function.
    pub span: Span,
}

/// Attributes that modules give to classes from outside: `Poll.votes = relationship(Vote)`.
#[derive(Default)]
pub(super) struct Late<'a> {
    by_class: FxHashMap<ClassId, Vec<Attribute<'a>>>,
}

impl<'a> Late<'a> {
    /// Reads the top level of every module.
    pub fn of(program: &'a Program) -> Self {
        let mut by_class: FxHashMap<ClassId, Vec<Attribute>> = FxHashMap::default();
        for module in &program.modules {
            walk(&module.outline.body, Guard::default(), &mut |statement, _| {
                if let Some(attribute) = late(program, module.id, statement) {
                    by_class.entry(attribute.class).or_default().push(attribute);
                }
            });
        }
        Late { by_class }
    }

    /// The attributes that `class` gets.
    pub fn of_class(&self, class: ClassId) -> &[Attribute<'a>] {
        self.by_class.get(&class).map_or(&[], |attributes| attributes)
    }
}

fn late<'a>(program: &'a Program, module: ModuleId, statement: &'a Stmt) -> Option<Attribute<'a>> {
    let StmtKind::Assign { targets, value } = &statement.kind else { return None };
    let ExprKind::Attribute { value: owner, name, .. } = &targets.first()?.kind else { return None };
    if !matches!(value.kind, ExprKind::Call { .. }) {
        return None;
    }
    let scope = Scope::of_module(program, module);
    let Meaning::Class(class) = scope.meaning_of(&path(owner)?)? else { return None };
    Some(Attribute { name: *name, annotation: None, value: Some(value), class, scope, span: statement.span })
}

/// The attributes of a class body in order; of equal names the last. What a `declared_attr` function makes depends on the
/// class that it is made for.
pub(super) fn declared<'a>(program: &'a Program, class: ClassId, made_for: Option<ClassId>) -> Vec<Attribute<'a>> {
    let mut found: Vec<Attribute<'a>> = Vec::new();
    let body = &program.class(class).class.body;
    walk(body, Guard::default(), &mut |statement, _| {
        if let Some(attribute) = attribute(program, class, made_for, statement) {
            found.retain(|other| other.name != attribute.name);
            found.push(attribute);
        }
    });
    found
}

fn attribute<'a>(
    program: &'a Program,
    class: ClassId,
    made_for: Option<ClassId>,
    statement: &'a Stmt,
) -> Option<Attribute<'a>> {
    let scope = Scope::of_class(program, class);
    let make = |name: Name, annotation: Option<&'a Expr>, value: Option<&'a Expr>| Attribute {
        name,
        annotation,
        value,
        class,
        scope,
        span: statement.span,
    };
    match &statement.kind {
        StmtKind::Assign { targets, value } => Some(make(name(targets.first()?)?, None, Some(value))),
        StmtKind::Annotated { target, annotation, value } => {
            Some(make(name(target)?, Some(annotation), value.as_ref()))
        }
        StmtKind::Function(function) if is_declared_attr(function) => {
            let value = returned(function);
            let value = match value.and(made_for).map(|class| constants::returned_for(program, class, scope, function))
            {
                None | Some(Choice::Open) => value,
                Some(Choice::Value(value)) => Some(value),
                Some(Choice::Nothing) => return None,
                // A column that is not there costs nothing; a relation that is not there would be read.
                Some(Choice::Doubtful) if value.is_some_and(|value| is_relation(scope, value)) => return None,
                Some(Choice::Doubtful) => value,
            };
            Some(make(function.name, function.returns.as_deref(), value))
        }
        _ => None,
    }
}

fn is_relation(scope: Scope, value: &Expr) -> bool {
    matches!(
        constructor(scope, value),
        Some((Kind::Relationship | Kind::DynamicLoader | Kind::SqlModelRelationship, _))
    )
}

fn name(target: &Expr) -> Option<Name> {
    match target.kind {
        ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

/// `@declared_attr`, `@declared_attr.directive`, `@orm.declared_attr.cascading`
fn is_declared_attr(function: &Function) -> bool {
    function.decorators.iter().any(|decorator| {
        called(decorator) == Some("declared_attr")
            || path(decorator).is_some_and(|path| path.iter().any(|part| *part == "declared_attr"))
    })
}
