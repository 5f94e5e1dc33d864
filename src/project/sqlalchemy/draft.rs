//! A relationship as declared, before its direction is known.

use super::super::arguments::Arguments;
use super::super::resolve::text;
use super::super::schema::ModelId;
use super::annotation::Shape;
use super::attributes::Attribute;
use super::constructor::Kind;
use super::scope::Scope;
use super::settings::rendered;
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{Constant, Expr, ExprKind, Span};

/// A declared relationship.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    /// The attribute.
    pub name: Name,
    /// The model that gets it.
    pub owner: ModelId,
    /// Where names in its arguments are looked up.
    pub scope: Scope<'a>,
    /// The constructor.
    pub kind: Kind,
    /// Its arguments.
    pub arguments: Arguments<'a>,
    /// What its annotation says.
    pub shape: Shape,
    /// Where it is declared.
    pub declared: (FileId, Span),
}

/// Settings that later steps want to know.
const OPTIONS: &[&str] = &[
    "viewonly",
    "cascade",
    "passive_deletes",
    "passive_updates",
    "join_depth",
    "collection_class",
    "order_by",
    "single_parent",
    "post_update",
    "innerjoin",
    "active_history",
    "uselist",
    "repr",
];

impl<'a> Draft<'a> {
    /// The draft of an attribute whose value is a relationship.
    pub fn of(owner: ModelId, attribute: &Attribute<'a>, kind: Kind, arguments: Arguments<'a>) -> Self {
        let annotation = attribute.annotation.map(|annotation| attribute.scope.source(annotation));
        let file = attribute.scope.program.module(attribute.scope.module).file;
        Draft {
            name: attribute.name,
            owner,
            scope: attribute.scope,
            kind,
            arguments,
            shape: annotation.map(Shape::of).unwrap_or_default(),
            declared: (file, attribute.span),
        }
    }

    /// `name=value`, where SQLModel hides it too.
    ///
    /// ```py
    /// Relationship(sa_relationship_kwargs={"lazy": "selectin"})
    /// Relationship(sa_relationship=relationship("Team", lazy="selectin"))
    /// ```
    pub fn keyword(&self, name: &str) -> Option<&'a Expr> {
        if let Some(value) = self.arguments.keyword(name) {
            return Some(value);
        }
        if let Some(ExprKind::Call { arguments, .. }) = self.arguments.keyword("sa_relationship").map(|call| &call.kind)
        {
            return Arguments(arguments).keyword(name);
        }
        match &self.arguments.keyword("sa_relationship_kwargs")?.kind {
            ExprKind::Dict(items) => {
                let is_named = |key: &Option<Expr>| key.as_ref().and_then(text).is_some_and(|key| key == name);
                items.iter().find(|(key, _)| is_named(key)).map(|(_, value)| value)
            }
            ExprKind::Call { arguments, .. } => Arguments(arguments).keyword(name),
            _ => None,
        }
    }

    /// The target as written, annotation apart.
    pub fn argument(&self) -> Option<&'a Expr> {
        let inner = self.arguments.keyword("sa_relationship").map(|call| &call.kind);
        match (self.kind, inner) {
            (Kind::SqlModelRelationship, Some(ExprKind::Call { arguments, .. })) => {
                Arguments(arguments).either("argument", 0)
            }
            (Kind::SqlModelRelationship, _) => self.keyword("argument"),
            _ => self.arguments.either("argument", 0),
        }
    }

    /// `secondary=`, or SQLModel's `link_model=`.
    pub fn secondary(&self) -> Option<&'a Expr> {
        let written = self.keyword("secondary").or_else(|| self.keyword("link_model"));
        let written = written.or_else(|| match self.kind {
            Kind::Relationship => self.arguments.positional(1),
            _ => None,
        });
        written.filter(|value| !matches!(value.kind, ExprKind::Constant(Constant::None)))
    }

    /// Whether it is said to give one row (`false`) or several.
    pub fn uselist(&self) -> Option<bool> {
        if let Some(ExprKind::Constant(Constant::Bool(value))) = self.keyword("uselist").map(|value| &value.kind) {
            return Some(*value);
        }
        let is_many = self.kind == Kind::DynamicLoader
            || self.shape.wrapper.is_some_and(|wrapper| wrapper == "WriteOnlyMapped" || wrapper == "DynamicMapped");
        if is_many {
            return Some(true);
        }
        self.shape.element.map(|_| self.shape.collection.is_some())
    }

    /// The loading strategy by SQLAlchemy's name.
    pub fn lazy(&self) -> Name {
        let default = match self.shape.wrapper.map(Name::as_str) {
            Some("WriteOnlyMapped") => "write_only",
            Some("DynamicMapped") => "dynamic",
            _ if self.kind == Kind::DynamicLoader => "dynamic",
            _ => "select",
        };
        self.keyword("lazy").and_then(|value| lazy(self.scope, value)).unwrap_or_else(|| Name::new(default))
    }

    /// What `back_populates=` or `backref=` names.
    pub fn reverse(&self) -> Option<Name> {
        let written = self.keyword("back_populates").and_then(|value| self.scope.text(value));
        written.or_else(|| self.backref().map(|(name, _)| name))
    }

    /// `backref="books"`, `backref("books", lazy="dynamic")`: the name and the arguments of the other side.
    pub fn backref(&self) -> Option<(Name, Arguments<'a>)> {
        let value = self.keyword("backref")?;
        match &value.kind {
            ExprKind::Call { arguments, .. } => {
                let arguments = Arguments(arguments);
                Some((self.scope.text(arguments.either("name", 0)?)?, arguments))
            }
            _ => Some((self.scope.text(value)?, Arguments(&[]))),
        }
    }

    /// Settings as text.
    pub fn options(&self) -> Vec<(Name, Name)> {
        let written = OPTIONS.iter().filter_map(|name| Some((Name::new(name), rendered(self.keyword(name)?)?)));
        let joins = ["primaryjoin", "secondaryjoin"].into_iter().filter_map(|name| {
            let source = self.scope.source(self.keyword(name)?);
            let words: Vec<&str> = source.split_whitespace().collect();
            Some((Name::new(name), Name::new(&words.join(" "))))
        });
        written.chain(joins).collect()
    }
}

/// `lazy="selectin"`; True, False and None stand for select, joined and noload.
pub(super) fn lazy(scope: Scope, value: &Expr) -> Option<Name> {
    match &value.kind {
        ExprKind::Constant(Constant::Bool(true)) => Some(Name::new("select")),
        ExprKind::Constant(Constant::Bool(false)) => Some(Name::new("joined")),
        ExprKind::Constant(Constant::None) => Some(Name::new("noload")),
        _ => scope.text(value),
    }
}
