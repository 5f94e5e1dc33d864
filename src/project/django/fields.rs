//! Which assignments in a class body are model fields, and of which kind.

use super::super::arguments::Arguments;
use super::super::flow::{Guard, walk};
use super::super::program::{Binding, ClassId, ClassRef, Program};
use super::super::resolve::last_name;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Span, Stmt, StmtKind};

/// What a field means to the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    Column,
    ForeignKey,
    OneToOne,
    ManyToMany,
    GenericForeignKey,
    GenericRelation,
}

/// A field as declared in a class body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    /// The attribute.
    pub name: Name,
    /// Its kind.
    pub kind: FieldKind,
    /// The constructor's last name: `CharField`.
    pub constructor: Name,
    /// The constructor, where the project defines it.
    pub own: Option<ClassId>,
    /// The constructor's arguments.
    pub arguments: Arguments<'a>,
    /// The class whose body declares it.
    pub class: ClassId,
    /// The whole assignment.
    pub span: Span,
}

/// Relations of Django and of widely used packages, by constructor. Sources: Django's model field reference, and the
/// documentation of django-mptt, modelcluster, taggit, annoying, composite-foreignkey, sortedm2m.
const RELATIONS: &[(&str, FieldKind)] = &[
    ("ForeignKey", FieldKind::ForeignKey),
    ("ForeignObject", FieldKind::ForeignKey),
    ("TreeForeignKey", FieldKind::ForeignKey),
    ("ParentalKey", FieldKind::ForeignKey),
    ("CompositeForeignKey", FieldKind::ForeignKey),
    ("FlexibleForeignKey", FieldKind::ForeignKey),
    ("OneToOneField", FieldKind::OneToOne),
    ("TreeOneToOneField", FieldKind::OneToOne),
    ("AutoOneToOneField", FieldKind::OneToOne),
    ("CompositeOneToOneField", FieldKind::OneToOne),
    ("ManyToManyField", FieldKind::ManyToMany),
    ("TreeManyToManyField", FieldKind::ManyToMany),
    ("ParentalManyToManyField", FieldKind::ManyToMany),
    ("SortedManyToManyField", FieldKind::ManyToMany),
    ("TaggableManager", FieldKind::ManyToMany),
    ("ClusterTaggableManager", FieldKind::ManyToMany),
    ("GenericForeignKey", FieldKind::GenericForeignKey),
    ("GenericRelation", FieldKind::GenericRelation),
];

/// The fields that a class body declares, in order; of equal names the last.
pub(super) fn declared(program: &Program, class: ClassId) -> Vec<Field<'_>> {
    let mut fields: Vec<Field> = Vec::new();
    let statements = &program.class(class).class.body;
    walk(statements, Guard::default(), &mut |statement, _| {
        let Some((name, value)) = assignment(statement) else { return };
        fields.retain(|field| field.name != name);
        if let Some(field) = field(program, class, name, value, statement.span) {
            fields.push(field);
        }
    });
    fields
}

/// `name = value` and `name: annotation = value`.
pub(super) fn assignment(statement: &Stmt) -> Option<(Name, &Expr)> {
    let (target, value) = match &statement.kind {
        StmtKind::Assign { targets, value } => (targets.first()?, value),
        StmtKind::Annotated { target, value: Some(value), .. } => (target, value),
        _ => return None,
    };
    match target.kind {
        ExprKind::Name(name) => Some((name, value)),
        _ => None,
    }
}

fn field<'a>(program: &'a Program, class: ClassId, name: Name, value: &'a Expr, span: Span) -> Option<Field<'a>> {
    let ExprKind::Call { function, arguments } = &value.kind else { return None };
    let kind = kind(program, class, function)?;
    let constructor = last_name(function)?;
    let own = match program.resolve_expr(program.class(class).module, Some(class), function) {
        Some(Binding::Class(own)) => Some(own).filter(|own| !is_library(program, *own)),
        _ => None,
    };
    Some(Field { name, kind, constructor, own, arguments: Arguments(arguments), class, span })
}

fn kind(program: &Program, class: ClassId, constructor: &Expr) -> Option<FieldKind> {
    let written = last_name(constructor)?;
    let module = program.class(class).module;
    match program.resolve_expr(module, Some(class), constructor) {
        Some(Binding::Class(id)) => kind_of_class(program, id),
        Some(Binding::External(path)) => kind_of_path(path),
        Some(Binding::Module(_)) => None,
        Some(Binding::Function(_) | Binding::Variable(..)) | None => kind_of_name(&written),
    }
}

/// A field class of the project is of the kind of the first known field class it inherits from.
fn kind_of_class(program: &Program, class: ClassId) -> Option<FieldKind> {
    program.class(class).mro.iter().find_map(|entry| match entry {
        ClassRef::External(path) => kind_of_path(*path),
        ClassRef::Known(id) => is_library(program, *id).then(|| kind_of_path(program.class_path(*entry))).flatten(),
    })
}

/// Whether a class is Django's own, at hand as stub or source.
fn is_library(program: &Program, class: ClassId) -> bool {
    let module = program.module(program.class(class).module);
    module.is_stub || module.name.starts_with("django.")
}

fn kind_of_path(path: Name) -> Option<FieldKind> {
    let is_foreign =
        ["django.forms.", "rest_framework.", "django_filters."].iter().any(|other| path.starts_with(other));
    if is_foreign { None } else { kind_of_name(path.rsplit('.').next().unwrap_or_default()) }
}

fn kind_of_name(name: &str) -> Option<FieldKind> {
    if let Some((_, kind)) = RELATIONS.iter().find(|(relation, _)| *relation == name) {
        return Some(*kind);
    }
    let endings = [
        ("GenericForeignKey", FieldKind::GenericForeignKey),
        ("ForeignKey", FieldKind::ForeignKey),
        ("OneToOneField", FieldKind::OneToOne),
        ("ManyToManyField", FieldKind::ManyToMany),
        ("GenericRelation", FieldKind::GenericRelation),
        ("Field", FieldKind::Column),
    ];
    endings.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, kind)| *kind)
}

/// Whether a class body holds a field of Django's own model field classes; then the class is a model even when its
/// bases are unknown.
pub(super) fn bears_model_fields(program: &Program, class: ClassId) -> bool {
    let info = program.class(class);
    let mut found = false;
    walk(&info.class.body, Guard::default(), &mut |statement, _| {
        found |= assignment(statement).is_some_and(|(_, value)| is_model_field(program, class, value));
    });
    found
}

fn is_model_field(program: &Program, class: ClassId, value: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &value.kind else { return false };
    if last_name(function).is_none_or(|name| kind_of_name(&name).is_none()) {
        return false;
    }
    match program.resolve_expr(program.class(class).module, Some(class), function) {
        Some(Binding::External(path)) => is_model_path(&path),
        Some(Binding::Class(id)) => {
            program.class(id).mro.iter().any(|entry| is_model_path(&program.class_path(*entry)))
        }
        _ => false,
    }
}

fn is_model_path(path: &str) -> bool {
    let homes = ["django.db.models.", "django.contrib.gis.db.models.", "django.contrib.postgres.fields."];
    homes.iter().any(|home| path.starts_with(home))
}
