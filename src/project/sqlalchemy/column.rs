//! Columns: `Column(…)`, `mapped_column(…)`, SQLModel's `Field(…)`, bare annotations, and what else reads like one.

use super::super::arguments::Arguments;
use super::super::program::ClassId;
use super::super::resolve::last_name;
use super::super::schema::Column;
use super::annotation::Shape;
use super::constructor::{Kind, constructor};
use super::scope::{Meaning, Scope, path};
use super::settings::{options, rendered};
use super::table::table_call;
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, BinaryOperator, Constant, Expr, ExprKind, Span};

/// What a foreign key points at, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyTarget {
    /// `"author.id"`, `authors.c.id`: table and column.
    Column(Name, Name),
    /// `Author.id`: class and attribute.
    Attribute(ClassId, Name),
}

/// A column, and what its foreign keys point at.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// The column.
    pub column: Column,
    /// Its foreign keys.
    pub keys: Vec<KeyTarget>,
}

/// Settings that later steps want to know.
const OPTIONS: &[&str] = &[
    "server_default",
    "onupdate",
    "server_onupdate",
    "default",
    "default_factory",
    "deferred_group",
    "deferred_raiseload",
    "active_history",
    "repr",
    "init",
];

/// How many wrappers are opened.
const DEPTH: u32 = 5;

impl Spec {
    /// A column without settings.
    pub fn blank(name: Name, place: (FileId, Span)) -> Spec {
        let column = Column {
            name,
            column: name,
            kind: Name::new(""),
            primary_key: false,
            unique: false,
            indexed: false,
            nullable: true,
            deferred: false,
            options: Vec::new(),
            declared: place,
        };
        Spec { column, keys: Vec::new() }
    }

    /// Reads what a constructor says.
    pub fn read(&mut self, scope: Scope, kind: Kind, arguments: Arguments) {
        self.read_at(scope, kind, arguments, DEPTH);
    }

    /// Reads `Mapped[int]`, `Mapped[Optional[int]]`, and `Annotated[int, mapped_column(…)]` behind a name.
    pub fn annotate(&mut self, scope: Scope, annotation: &Expr) {
        let mut shape = Shape::of(scope.source(annotation));
        if let Some((inner, home)) = extra(scope, annotation, &shape) {
            let optional = shape.optional;
            shape = Shape { wrapper: shape.wrapper, ..Shape::of(home.source(inner)) };
            shape.optional |= optional;
            calls(inner, &mut |call| {
                if let Some((kind, arguments)) = constructor(home, call) {
                    self.read(home, kind, arguments);
                }
            });
        }
        self.column.nullable = shape.optional && !self.column.primary_key;
        if self.column.kind.is_empty() || self.column.kind == "ForeignKey" {
            let element = shape.collection.or(shape.element);
            self.column.kind = element.map_or(self.column.kind, last);
        }
    }

    fn read_at(&mut self, scope: Scope, kind: Kind, arguments: Arguments, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        self.column.options.extend(options(arguments, OPTIONS));
        match kind {
            Kind::Column => self.read_column(scope, arguments),
            Kind::Field => self.read_field(scope, arguments, depth),
            Kind::Deferred => {
                self.read_inner(scope, arguments.positional(0), "column_property", depth);
                self.column.deferred = true;
                let group = arguments.keyword("group").and_then(rendered);
                self.column.options.extend(group.map(|group| (Name::new("deferred_group"), group)));
            }
            Kind::ColumnProperty => {
                self.read_inner(scope, arguments.positional(0), "column_property", depth);
                self.column.deferred |= arguments.is_true("deferred");
                let group = arguments.keyword("group").and_then(rendered);
                self.column.options.extend(group.map(|group| (Name::new("deferred_group"), group)));
            }
            Kind::QueryExpression => self.column.kind = Name::new("query_expression"),
            Kind::Composite => self.column.kind = Name::new("composite"),
            Kind::Synonym => {
                self.column.kind = Name::new("synonym");
                let target = arguments.either("name", 0).and_then(rendered);
                self.column.options.extend(target.map(|target| (Name::new("target"), target)));
            }
            Kind::Relationship | Kind::DynamicLoader | Kind::SqlModelRelationship | Kind::Proxy => {}
        }
    }

    /// A wrapper around a column is that column; around anything else it is computed.
    fn read_inner(&mut self, scope: Scope, inner: Option<&Expr>, otherwise: &str, depth: u32) {
        match inner.and_then(|inner| constructor(scope, inner)) {
            Some((kind, arguments)) => self.read_at(scope, kind, arguments, depth),
            None => self.column.kind = Name::new(otherwise),
        }
    }

    fn read_column(&mut self, scope: Scope, arguments: Arguments) {
        for argument in arguments.0.iter().filter(|argument| argument.kind == ArgumentKind::Positional) {
            self.read_positional(scope, &argument.value);
        }
        if let Some(name) = arguments.text("name") {
            self.column.column = name;
        }
        self.column.kind = arguments.keyword("type_").and_then(type_name).unwrap_or(self.column.kind);
        self.column.deferred |= arguments.is_true("deferred");
        self.read_flags(arguments);
    }

    fn read_positional(&mut self, scope: Scope, value: &Expr) {
        if let ExprKind::Constant(Constant::Text(name)) = &value.kind {
            self.column.column = *name;
            return;
        }
        match type_name(value).map_or("", |name| name.as_str()) {
            "ForeignKey" => self.read_key(scope, value),
            "Sequence" | "Identity" | "Computed" | "CheckConstraint" | "FetchedValue" | "" => {}
            name if self.column.kind.is_empty() || self.column.kind == "ForeignKey" => {
                self.column.kind = Name::new(name);
            }
            _ => {}
        }
    }

    fn read_key(&mut self, scope: Scope, value: &Expr) {
        if self.column.kind.is_empty() {
            self.column.kind = Name::new("ForeignKey");
        }
        if let ExprKind::Call { arguments, .. } = &value.kind {
            self.keys.extend(Arguments(arguments).either("column", 0).and_then(|target| key_target(scope, target)));
        }
    }

    fn read_flags(&mut self, arguments: Arguments) {
        self.column.primary_key |= arguments.is_true("primary_key");
        self.column.unique |= arguments.is_true("unique");
        self.column.indexed |= arguments.is_true("index");
        let nullable = arguments.keyword("nullable").and_then(rendered);
        self.column.nullable = nullable.map_or(self.column.nullable, |value| value != "False");
        self.column.nullable &= !self.column.primary_key;
    }

    /// SQLModel: `Field(foreign_key="team.id")`, `Field(sa_column=Column(…))`
    fn read_field(&mut self, scope: Scope, arguments: Arguments, depth: u32) {
        if let Some((kind, inner)) = arguments.keyword("sa_column").and_then(|inner| constructor(scope, inner)) {
            self.column.nullable = true;
            self.read_at(scope, kind, inner, depth);
            return;
        }
        self.keys.extend(arguments.keyword("foreign_key").and_then(|target| key_target(scope, target)));
        self.column.kind = arguments.keyword("sa_type").and_then(type_name).unwrap_or(self.column.kind);
        self.read_flags(arguments);
    }
}

fn last(path: Name) -> Name {
    Name::new(path.rsplit('.').next().unwrap_or(&path))
}

/// `Integer`, `String(30)`, `sa.Enum(Kind)`
fn type_name(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Call { function, .. } => match last_name(function)? {
            // `JSON().with_variant(…)`
            method if method == "with_variant" || method == "evaluates_none" => match &function.kind {
                ExprKind::Attribute { value, .. } => type_name(value),
                _ => Some(method),
            },
            name => Some(name),
        },
        _ => last_name(expr),
    }
}

/// What a foreign key's argument means: a text, a column of a table, an attribute of a class.
pub(super) fn key_target(scope: Scope, expr: &Expr) -> Option<KeyTarget> {
    if let Some(text) = written_text(scope, expr, DEPTH) {
        let (table, column) = text.rsplit_once('.')?;
        return Some(KeyTarget::Column(Name::new(table), Name::new(column)));
    }
    if let ExprKind::Format(_) | ExprKind::Binary { .. } | ExprKind::Call { .. } = &expr.kind {
        return class_target(scope, expr);
    }
    let parts = path(expr)?;
    let (column, owner) = parts.split_last()?;
    let table = match owner {
        [table @ .., accessor] if matches!(accessor.as_str(), "c" | "columns") => table,
        _ => owner,
    };
    let table = table.strip_suffix(&[Name::new("__table__")]).unwrap_or(table);
    match scope.meaning_of(table)? {
        Meaning::Class(class) => Some(KeyTarget::Attribute(class, *column)),
        Meaning::Value(value, home) => Some(KeyTarget::Column(table_call(home, value)?.0, *column)),
        Meaning::Other(_) => None,
    }
}

/// `f"{Author.__tablename__}.id"` and `Author.__tablename__ + ".id"`, where a function makes the table's name.
fn class_target(scope: Scope, expr: &Expr) -> Option<KeyTarget> {
    let (table, rest) = match &expr.kind {
        _ if formatted(expr).is_some() => {
            let (template, values) = formatted(expr)?;
            let [table] = values.as_slice() else { return None };
            (*table, template.as_str())
        }
        ExprKind::Format(values) => (&values.first().filter(|_| values.len() == 1)?.0, scope.source(expr)),
        ExprKind::Binary { left, right, .. } => (&**left, scope.source(right)),
        _ => return None,
    };
    let column = Name::new(rest.trim_end_matches(['"', '\'']).rsplit_once('.')?.1);
    let ExprKind::Attribute { value, name, .. } = &table.kind else { return None };
    match scope.meaning(value).filter(|_| *name == "__tablename__")? {
        Meaning::Class(class) => Some(KeyTarget::Attribute(class, column)),
        _ => None,
    }
}

/// The template of `"{0}.id".format(table)` and `"%s.id" % table`, and what is put in.
fn formatted(expr: &Expr) -> Option<(Name, Vec<&Expr>)> {
    let text = |expr: &Expr| match &expr.kind {
        ExprKind::Constant(Constant::Text(text)) => Some(*text),
        _ => None,
    };
    match &expr.kind {
        ExprKind::Call { function, arguments } => match &function.kind {
            ExprKind::Attribute { value, name, .. } if *name == "format" => {
                Some((text(value)?, arguments.iter().map(|argument| &argument.value).collect()))
            }
            _ => None,
        },
        ExprKind::Binary { left, operator: BinaryOperator::Modulo, right } => match &right.kind {
            ExprKind::Tuple(items) => Some((text(left)?, items.iter().collect())),
            _ => Some((text(left)?, vec![right])),
        },
        _ => None,
    }
}

/// The template with the texts of the values in the places of its fields; `None` where a field is no plain one.
fn filled(scope: Scope, template: Name, values: &[&Expr], depth: u32) -> Option<String> {
    let mut text = template.to_string();
    for (number, value) in values.iter().enumerate() {
        let known = written_text(scope, value, depth)?;
        let field = [format!("{{{number}}}"), "{}".to_owned(), "%s".to_owned()];
        let field = field.iter().find(|field| text.contains(field.as_str()))?;
        let count = if field.starts_with(['{']) && field.len() > 2 { usize::MAX } else { 1 };
        text = text.replacen(field.as_str(), &known, count);
    }
    (!text.contains(['{', '%'])).then_some(text)
}

/// A text, joined and formatted ones included: `f"{Author.__tablename__}.id"`; a variable of the module that holds one too.
fn written_text(scope: Scope, expr: &Expr, depth: u32) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    if let Some((template, values)) = formatted(expr) {
        return filled(scope, template, &values, depth);
    }
    match &expr.kind {
        ExprKind::Binary { left, operator: BinaryOperator::Add, right } => {
            Some(format!("{}{}", written_text(scope, left, depth)?, written_text(scope, right, depth)?))
        }
        ExprKind::Name(_) => match scope.meaning(expr)? {
            Meaning::Value(value, home) => written_text(home, value, depth),
            _ => None,
        },
        ExprKind::Format(values) => {
            let source = scope.source(expr).trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let mut text = source.trim_matches(['"', '\'']).to_owned();
            for (value, _) in values {
                let known = scope.text(value)?;
                text = text.replacen(&format!("{{{}}}", scope.source(value)), &known, 1);
            }
            (!text.contains('{')).then_some(text)
        }
        _ => scope.text(expr).map(|text| text.to_string()),
    }
}

/// The `Annotated[…]` that an annotation holds, or that the alias it names stands for.
fn extra<'a>(scope: Scope<'a>, annotation: &'a Expr, shape: &Shape) -> Option<(&'a Expr, Scope<'a>)> {
    let mut holds_call = false;
    calls(annotation, &mut |_| holds_call = true);
    if holds_call {
        return Some((annotation, scope));
    }
    let path = super::scope::path_of_text(&shape.element?)?;
    match scope.meaning_of(&path)? {
        Meaning::Value(value, home) if matches!(value.kind, ExprKind::Subscript { .. }) => Some((value, home)),
        _ => None,
    }
}

fn calls<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::Call { .. } => visit(expr),
        ExprKind::Subscript { index, .. } => calls(index, visit),
        ExprKind::Tuple(items) => items.iter().for_each(|item| calls(item, visit)),
        _ => {}
    }
}
