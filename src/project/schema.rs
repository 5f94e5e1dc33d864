//! The schema: models, columns, relations and tables, for both ORMs.

use serde::{Deserialize, Serialize};

use rustc_hash::FxHashMap;

use super::program::{ClassId, ModuleId};
use crate::syntax::Name;
use crate::syntax::ir::Span;

/// A model of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelId(pub u32);

/// Which library a model belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Orm {
    /// Django.
    Django,
    /// SQLAlchemy, Flask-SQLAlchemy, SQLModel.
    SqlAlchemy,
}

/// How rows are tied. The first side is the model that has the accessor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationKind {
    /// A foreign key read forwards: one target, its key in a column here.
    ManyToOne,
    /// A one-to-one read forwards: one target, its key in a column here.
    OneToOne,
    /// The other side of a one-to-one: one target or none, the key in its table.
    ReverseOneToOne,
    /// The other side of a foreign key: many targets.
    OneToMany,
    /// Through a join table, either side.
    ManyToMany,
    /// A generic foreign key: one target of any model.
    GenericForeignKey,
    /// The other side of a generic foreign key: many targets.
    GenericRelation,
}

impl RelationKind {
    /// Whether reading the relation gives one row (or none) instead of a set.
    pub fn is_single(self) -> bool {
        matches!(
            self,
            RelationKind::ManyToOne
                | RelationKind::OneToOne
                | RelationKind::ReverseOneToOne
                | RelationKind::GenericForeignKey
        )
    }

    /// Whether the key is a column of the model that has the accessor.
    pub fn holds_key(self) -> bool {
        matches!(self, RelationKind::ManyToOne | RelationKind::OneToOne | RelationKind::GenericForeignKey)
    }
}

/// A way from a model's rows to rows of another.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The attribute that reads it: `author`, `book_set`.
    pub name: Name,
    /// The name in look-up paths: `author`, `book` (Django's `related_query_name`); else equal to `name`.
    pub query_name: Name,
    /// The model whose rows have the attribute (the one that declares it, where inherited).
    pub owner: ModelId,
    /// The model of the rows it leads to; `None` for a generic foreign key or an unresolved target.
    pub target: Option<ModelId>,
    /// How the rows are tied.
    pub kind: RelationKind,
    /// Whether a forward key may be NULL.
    pub nullable: bool,
    /// The attribute that holds the key on the owner: `author_id`.
    pub key_attribute: Option<Name>,
    /// The column(s) that hold the key, in the table that has it; SQLAlchemy: of the join condition.
    pub key_columns: Vec<Name>,
    /// What a forward key points at, when that is not the primary key (`to_field`).
    pub to_field: Option<Name>,
    /// The attribute of the other side, where there is one (`related_name`, `back_populates`).
    pub reverse: Option<Name>,
    /// The join model of a many-to-many, where it is a declared model.
    pub through: Option<ModelId>,
    /// The join table of a many-to-many.
    pub join_table: Option<Name>,
    /// SQLAlchemy's `lazy=` (`select`, `joined`, `selectin`, `subquery`, `immediate`, `dynamic`, `write_only`, `noload`,
    /// `raise`, `raise_on_sql`); `select` for Django.
    pub lazy: Name,
    /// SQLAlchemy's `cascade=` text, `passive_deletes`, `viewonly`, `join_depth` where written: name and value; the
    /// `target` of a synonym.
    pub options: Vec<(Name, Name)>,
    /// Where it is declared: file of the declaring class, span of the whole assignment.
    pub declared: (crate::source::FileId, Span),
}

impl Relation {
    /// Whether an attribute reads it, or the key that it goes by: `author`, `author_id`.
    pub fn goes_by(&self, attribute: Name) -> bool {
        self.name == attribute || self.key_attribute == Some(attribute)
    }

    /// Whether reading it gives a query, not rows (SQLAlchemy).
    pub fn gives_query(&self) -> bool {
        matches!(self.lazy.as_str(), "dynamic" | "write_only")
    }

    /// Whether its mapping loads it with the rows (SQLAlchemy's `lazy=`; `False` is the old word for `joined`).
    pub fn is_mapped_eager(&self) -> bool {
        matches!(self.lazy.as_str(), "joined" | "selectin" | "subquery" | "immediate" | "False")
    }

    /// Whether it leads from a foreign key to the row of that primary key.
    pub fn leads_to_key(&self) -> bool {
        matches!(self.kind, RelationKind::ManyToOne | RelationKind::OneToOne) && self.to_field.is_none()
    }

    /// Whether Django's forms of all fields have it: not with `editable=False`, nor the key to the parent's table.
    pub fn is_in_forms(&self) -> bool {
        !self.options.iter().any(|(option, _)| *option == "editable" || *option == "parent_link")
    }
}

/// A column read as an attribute.
#[derive(Debug, Clone)]
pub struct Column {
    /// The attribute name.
    pub name: Name,
    /// The column name in the table.
    pub column: Name,
    /// The field class as written last: `CharField`, `Integer`.
    pub kind: Name,
    /// Part of the primary key.
    pub primary_key: bool,
    /// `unique=True`
    pub unique: bool,
    /// An index on this column alone (`db_index`, `index=True`, a foreign key in Django).
    pub indexed: bool,
    /// May be NULL.
    pub nullable: bool,
    /// SQLAlchemy `deferred()`, `deferred=True`.
    pub deferred: bool,
    /// SQLAlchemy settings that are written: `server_default`, `onupdate`, `deferred_group`, the `target` of a synonym.
    pub options: Vec<(Name, Name)>,
    /// Where it is declared.
    pub declared: (crate::source::FileId, Span),
}

impl Column {
    /// Whether it holds truth values, in either ORM.
    pub fn is_boolean(&self) -> bool {
        self.kind == "BooleanField" || self.kind == "Boolean"
    }
}

/// An index or unique constraint over columns, in order.
#[derive(Debug, Clone)]
pub struct Index {
    /// Attribute names, without `-`.
    pub columns: Vec<Name>,
    /// Whether it is unique.
    pub unique: bool,
    /// The truth of columns in the rows among which it is unique all the same: `condition=Q(is_default=True)`.
    pub unique_where: Vec<(Name, bool)>,
}

impl Index {
    /// Over columns, for all rows.
    pub fn of(columns: Vec<Name>, unique: bool) -> Self {
        Index { columns, unique, unique_where: Vec::new() }
    }
}

/// The class that makes a manager's querysets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManagerClass {
    /// `models.Manager`
    Builtin,
    /// A manager class of the project, with the queryset class of `from_queryset` where there is one.
    Manager(ClassId, Option<ClassId>),
    /// `SomeQuerySet.as_manager()` or `Manager.from_queryset(SomeQuerySet)`
    QuerySet(ClassId),
    /// A class that isn't known.
    Unknown,
}

/// A manager of a Django model.
#[derive(Debug, Clone)]
pub struct Manager {
    /// The attribute: `objects`.
    pub name: Name,
    /// Its class.
    pub class: ManagerClass,
}

/// A model: a class whose instances are rows.
#[derive(Debug)]
pub struct Model {
    /// Its id.
    pub id: ModelId,
    /// Its class.
    pub class: ClassId,
    /// Its library.
    pub orm: Orm,
    /// `shop.Book`: the app label (Django) or the last package (SQLAlchemy), and the class name.
    pub label: Name,
    /// The table; `None` for abstract models.
    pub table: Option<Name>,
    /// An abstract base: no rows of its own.
    pub is_abstract: bool,
    /// A proxy or a single-table child: same table as its parent.
    pub is_proxy: bool,
    /// Parents with a table of their own (multi-table, joined inheritance): the parent and the link attribute.
    pub parents: Vec<(ModelId, Name)>,
    /// Own and inherited columns, by attribute, in order of declaration; key columns of forward relations included.
    pub columns: Vec<Column>,
    /// Own and inherited relations, forward and reverse.
    pub relations: Vec<Relation>,
    /// The primary key attribute.
    pub primary_key: Name,
    /// `Meta.ordering` is not empty.
    pub is_ordered: bool,
    /// `Meta.ordering` as look-up paths without signs, where all of it is written as texts.
    pub ordering: Vec<Name>,
    /// Managers in the order Django ranks them: the first is the default one. Empty for SQLAlchemy.
    pub managers: Vec<Manager>,
    /// `Meta.base_manager_name`
    pub base_manager: Option<Name>,
    /// SQLAlchemy's association proxies: attribute, relation, attribute of the rows it leads to.
    pub proxies: Vec<(Name, Name, Name)>,
    /// Indexes and unique constraints over several columns, and single ones of `Meta`.
    pub indexes: Vec<Index>,
    /// Class-level markers: polymorphic settings, `eager_defaults`, `version_id_col` of SQLAlchemy, and [`EXCLUDING`].
    pub options: Vec<(Name, Name)>,
    /// True when a base class could not be resolved: attributes may exist that are not listed.
    pub has_unknown_base: bool,
}

/// The option that names two columns or relations, a space between, of which a check of the table lets but one be set.
pub const EXCLUDING: &str = "excluding";

impl Model {
    /// What a check of the table keeps NULL where this column or relation is set.
    pub fn excluded_by(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.options.iter().filter(|(option, _)| *option == EXCLUDING);
        pairs.filter_map(move |(_, pair)| match pair.split_once(' ')? {
            (one, other) if one == name => Some(other),
            (one, other) if other == name => Some(one),
            _ => None,
        })
    }

    /// The relation read by this attribute.
    pub fn relation(&self, name: Name) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// The relation with this name in look-up paths (`select_related`, `filter`, `prefetch_related` take the attribute).
    pub fn relation_by_query_name(&self, name: Name) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.query_name == name)
    }

    /// The column read by this attribute.
    pub fn column(&self, name: Name) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The manager read by this attribute.
    pub fn manager(&self, name: Name) -> Option<&Manager> {
        self.managers.iter().find(|manager| manager.name == name)
    }
}

/// All models of a project, and which class each belongs to.
#[derive(Debug, Default)]
pub struct Schema {
    /// Models by id.
    pub models: Vec<Model>,
    /// Models by class.
    pub by_class: FxHashMap<ClassId, ModelId>,
    /// The model of `AUTH_USER_MODEL` (or the built-in `auth.User`).
    pub user_model: Option<ModelId>,
    /// Models by label in lower case (`shop.book`); several where a repository holds several projects.
    pub labels: FxHashMap<Name, Vec<ModelId>>,
    /// What SQLAlchemy sessions are like whose maker nobody sees.
    pub sessions: SessionDefaults,
    /// The variable with the scoped session whose `query_property()` is the `query` of SQLAlchemy's models.
    pub query_session: Option<(ModuleId, Name)>,
    /// Models have their `query` from some session's `query_property()`, whether or not it is known which.
    pub has_query_property: bool,
}

/// What the session factories of a project say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionDefaults {
    /// Not every factory says `autoflush=False`.
    pub autoflush: bool,
    /// Not every factory says `expire_on_commit=False`.
    pub expires: bool,
}

impl Default for SessionDefaults {
    fn default() -> Self {
        SessionDefaults { autoflush: true, expires: true }
    }
}

impl Schema {
    /// The model with this id.
    pub fn model(&self, id: ModelId) -> &Model {
        &self.models[id.0 as usize]
    }

    /// The relation at the end of a path of attributes: `books__author`.
    pub fn along(&self, from: ModelId, path: &str) -> Option<&Relation> {
        let mut hops = path.split("__").map(Name::new);
        let first = self.model(from).relation(hops.next()?)?;
        hops.try_fold(first, |at, hop| self.model(at.target?).relation(hop))
    }

    /// The model of a class.
    pub fn of_class(&self, class: ClassId) -> Option<&Model> {
        self.by_class.get(&class).map(|id| self.model(*id))
    }

    /// The model with this label, in any letter case of the class name.
    pub fn by_label(&self, label: &str) -> Option<&Model> {
        let ids = self.labels.get(&Name::new(&label.to_ascii_lowercase()))?;
        ids.first().map(|id| self.model(*id))
    }
}
