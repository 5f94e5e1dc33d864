//! Settings as written: keyword arguments as text, `__table_args__`, `__mapper_args__`.

use super::super::arguments::Arguments;
use super::super::flow::elements;
use super::super::resolve::last_name;
use super::super::schema::Index;
use super::column::{KeyTarget, key_target};
use super::scope::{Scope, path};
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, Constant, Expr, ExprKind};

/// A setting's value as text: a literal, a dotted name, or the name of the function that makes it with `()`.
pub(super) fn rendered(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Constant(Constant::Bool(true)) => Some(Name::new("True")),
        ExprKind::Constant(Constant::Bool(false)) => Some(Name::new("False")),
        ExprKind::Constant(Constant::None) => Some(Name::new("None")),
        ExprKind::Constant(Constant::Int(number)) => Some(Name::new(&number.to_string())),
        ExprKind::Constant(Constant::Text(text)) => Some(*text),
        ExprKind::Call { function, .. } => Some(Name::new(&format!("{}()", rendered(function)?))),
        ExprKind::Name(_) | ExprKind::Attribute { .. } => {
            let parts: Vec<&str> = path(expr)?.into_iter().map(Name::as_str).collect();
            Some(Name::new(&parts.join(".")))
        }
        ExprKind::Lambda(_) => Some(Name::new("<lambda>")),
        _ => None,
    }
}

/// Of the keyword arguments those in `names` that have a text.
pub(super) fn options(arguments: Arguments, names: &[&str]) -> Vec<(Name, Name)> {
    let written = names.iter().filter_map(|name| Some((*name, rendered(arguments.keyword(name)?)?)));
    written.map(|(name, value)| (Name::new(name), value)).collect()
}

/// `__mapper_args__ = {"polymorphic_on": kind}`
pub(super) fn mapper_options(value: &Expr) -> Vec<(Name, Name)> {
    match &value.kind {
        ExprKind::Dict(items) => {
            let items = items.iter().filter_map(|(key, value)| {
                let ExprKind::Constant(Constant::Text(key)) = &key.as_ref()?.kind else { return None };
                Some((*key, rendered(value).unwrap_or_else(|| Name::new("?"))))
            });
            items.collect()
        }
        // `dict(polymorphic_on=kind)`
        ExprKind::Call { arguments, .. } => {
            let items = arguments.iter().filter_map(|argument| match argument.kind {
                ArgumentKind::Keyword(name) => Some((name, rendered(&argument.value)?)),
                _ => None,
            });
            items.collect()
        }
        _ => Vec::new(),
    }
}

/// What `__table_args__` or the arguments of a `Table` add.
#[derive(Default)]
pub(super) struct TableArguments {
    /// The schema of the database.
    pub schema: Option<Name>,
    /// Indexes and unique constraints.
    pub indexes: Vec<Index>,
    /// Foreign keys of one or more columns: column and what it points at.
    pub keys: Vec<(Name, KeyTarget)>,
    /// Columns of a `PrimaryKeyConstraint`.
    pub primary: Vec<Name>,
    /// Two columns of which a `CheckConstraint` lets but one be set, with a space between.
    pub excluding: Vec<Name>,
}

impl TableArguments {
    /// Reads a tuple, a dictionary, or one call.
    pub fn read(&mut self, scope: Scope, value: &Expr) {
        match &value.kind {
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| self.read(scope, item)),
            ExprKind::Binary { left, right, .. } => {
                self.read(scope, left);
                self.read(scope, right);
            }
            ExprKind::Dict(items) => {
                let schema = items.iter().find(|(key, _)| {
                    matches!(key.as_ref().map(|key| &key.kind), Some(ExprKind::Constant(Constant::Text(key))) if *key == "schema")
                });
                self.schema = schema.and_then(|(_, value)| scope.text(value)).or(self.schema);
            }
            ExprKind::Call { function, arguments } => {
                self.read_call(scope, last_name(function).map_or("", |name| name.as_str()), Arguments(arguments));
            }
            _ => {}
        }
    }

    fn read_call(&mut self, scope: Scope, name: &str, arguments: Arguments) {
        let positional = arguments.0.iter().filter(|argument| argument.kind == ArgumentKind::Positional);
        let values: Vec<&Expr> = positional.map(|argument| &argument.value).collect();
        match name {
            "Index" => {
                let columns = values.iter().skip(1).filter_map(|value| column_name(value)).collect();
                self.indexes.push(Index::of(columns, arguments.is_true("unique")));
            }
            "UniqueConstraint" => {
                let columns = values.iter().filter_map(|value| column_name(value)).collect();
                self.indexes.push(Index::of(columns, true));
            }
            "PrimaryKeyConstraint" => self.primary.extend(values.iter().filter_map(|value| column_name(value))),
            "CheckConstraint" => {
                let condition = values.first().and_then(|value| scope.text(value));
                self.excluding.extend(condition.and_then(|condition| exclusion(&condition)));
            }
            "ForeignKeyConstraint" => self.read_key(scope, arguments),
            _ => self.schema = arguments.keyword("schema").and_then(|value| scope.text(value)).or(self.schema),
        }
    }

    fn read_key(&mut self, scope: Scope, arguments: Arguments) {
        let columns = arguments.either("columns", 0).and_then(elements).unwrap_or_default();
        let targets = arguments.either("refcolumns", 1).and_then(elements).unwrap_or_default();
        for (column, target) in columns.iter().zip(targets) {
            self.keys.extend(column_name(column).zip(key_target(scope, target)));
        }
    }
}

/// `(event_id IS NULL) != (category_id IS NULL)`, `event_id IS NULL OR category_id IS NULL`
fn exclusion(condition: &str) -> Option<Name> {
    let (first, second) = [" != ", " <> ", " OR "].iter().find_map(|operator| condition.split_once(operator))?;
    let null = |part: &str| {
        let column = part.trim().trim_matches(['(', ')']).strip_suffix(" IS NULL")?;
        column.chars().all(|letter| letter.is_alphanumeric() || letter == '_').then(|| column.to_owned())
    };
    Some(Name::new(&format!("{} {}", null(first)?, null(second)?)))
}

/// `"author_id"`, `author_id`, `books.c.author_id`, `author_id.desc()`
fn column_name(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Constant(Constant::Text(text)) => Some(*text),
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(*name),
        ExprKind::Call { function, .. } => match &function.kind {
            ExprKind::Attribute { value, .. } => column_name(value),
            _ => None,
        },
        _ => None,
    }
}
