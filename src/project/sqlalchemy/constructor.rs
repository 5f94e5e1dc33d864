//! Which constructor a value of a class body calls: `Column(…)`, `relationship(…)`, `db.relationship(…)`.

use super::super::arguments::Arguments;
use super::super::program::{Binding, ClassId, ClassRef};
use super::super::resolve::last_name;
use super::scope::{Meaning, Scope};
use crate::syntax::ir::{Expr, ExprKind};

/// What a constructor makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `Column`, `mapped_column`
    Column,
    /// SQLModel's `Field`
    Field,
    /// `deferred(…)` around a column or expression
    Deferred,
    /// `column_property(…)`
    ColumnProperty,
    /// `query_expression()`
    QueryExpression,
    /// `synonym("other")`
    Synonym,
    /// `composite(Point, x, y)`
    Composite,
    /// `relationship(…)`
    Relationship,
    /// `dynamic_loader(…)`
    DynamicLoader,
    /// SQLModel's `Relationship(…)`
    SqlModelRelationship,
    /// `association_proxy("relation", "attribute")`
    Proxy,
}

/// Constructors by their last name.
const NAMES: &[(&str, Kind)] = &[
    ("Column", Kind::Column),
    ("mapped_column", Kind::Column),
    ("MappedColumn", Kind::Column),
    ("Field", Kind::Field),
    ("deferred", Kind::Deferred),
    ("column_property", Kind::ColumnProperty),
    ("ColumnProperty", Kind::ColumnProperty),
    ("query_expression", Kind::QueryExpression),
    ("synonym", Kind::Synonym),
    ("composite", Kind::Composite),
    ("relationship", Kind::Relationship),
    ("relation", Kind::Relationship),
    ("RelationshipProperty", Kind::Relationship),
    ("dynamic_loader", Kind::DynamicLoader),
    ("Relationship", Kind::SqlModelRelationship),
    ("association_proxy", Kind::Proxy),
];

/// Packages that these constructors come from.
const HOMES: &[&str] = &["sqlalchemy", "sqlmodel", "flask_sqlalchemy", "flask_appbuilder", "advanced_alchemy"];

/// The constructor that `value` calls, with its arguments.
pub(super) fn constructor<'e>(scope: Scope, value: &'e Expr) -> Option<(Kind, Arguments<'e>)> {
    let ExprKind::Call { function, arguments } = &value.kind else { return None };
    let written = last_name(function)?;
    let kind = match scope.meaning(function) {
        Some(Meaning::Other(Binding::External(path))) => of_path(&path),
        Some(Meaning::Class(class)) => of_class(scope, class),
        Some(Meaning::Value(value, _)) => of_value(value),
        Some(Meaning::Other(_)) => None,
        None => of_name(&written),
    };
    Some((kind?, Arguments(arguments)))
}

/// Whether `value` calls a constructor of SQLAlchemy itself, so that the class is surely a model.
pub(super) fn is_mapping(scope: Scope, value: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &value.kind else { return false };
    let path = match scope.meaning(function) {
        Some(Meaning::Other(Binding::External(path))) => path,
        _ => return false,
    };
    let is_column = !matches!(of_path(&path), None | Some(Kind::Field | Kind::Proxy));
    is_column && path.split('.').next().is_some_and(|package| HOMES.contains(&package))
}

fn of_name(name: &str) -> Option<Kind> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

fn of_path(path: &str) -> Option<Kind> {
    let is_foreign = ["django", "pydantic", "dataclasses", "attr", "marshmallow"]
        .iter()
        .any(|package| path.split('.').next() == Some(package));
    if is_foreign { None } else { of_name(path.rsplit('.').next().unwrap_or_default()) }
}

/// `class UtcColumn(Column)`
fn of_class(scope: Scope, class: ClassId) -> Option<Kind> {
    scope.program.class(class).mro.iter().find_map(|entry| match entry {
        ClassRef::External(path) => of_path(path),
        ClassRef::Known(_) => of_path(&scope.program.class_path(*entry))
            .filter(|_| HOMES.iter().any(|home| scope.program.class_path(*entry).starts_with(home))),
    })
}

/// `NotNull = partial(Column, nullable=False)`, also of `db.Column`, where the extension object's class is the project's.
fn of_value(value: &Expr) -> Option<Kind> {
    let ExprKind::Call { function, arguments } = &value.kind else { return None };
    let first = arguments.first().filter(|_| last_name(function).is_some_and(|name| name == "partial"))?;
    of_name(&last_name(&first.value)?)
}
