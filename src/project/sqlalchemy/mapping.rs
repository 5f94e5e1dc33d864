//! What each entity itself brings: table, columns, foreign keys, relationships as declared.

use rustc_hash::FxHashSet;

use super::super::arguments::Arguments;
use super::super::program::{ClassId, Program};
use super::super::resolve::text;
use super::super::schema::{Column, EXCLUDING, Index, ModelId};
use super::attributes::{Attribute, Late, declared};
use super::bases::Base;
use super::column::{KeyTarget, Spec};
use super::constructor::{Kind, constructor};
use super::discover::{Entities, Entity};
use super::draft::Draft;
use super::imperative::{Imperative, Mapped};
use super::scope::{Scope, path};
use super::settings::{TableArguments, mapper_options, options, rendered};
use super::table::{Table, Tables, table_call};
use super::table_name::{TableName, table_name};
use super::unread;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

/// A foreign key, names of columns and tables throughout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The table that holds it.
    pub table: Option<Name>,
    /// The column that holds it.
    pub local: Name,
    /// The table it points at.
    pub target: Name,
    /// The column it points at.
    pub column: Name,
}

/// What an entity itself brings.
pub(super) struct Mapping<'a> {
    /// The table it has of its own.
    pub table: Option<Name>,
    /// It lives in its parent's table.
    pub is_single: bool,
    /// Its columns, and what reads like one.
    pub columns: Vec<Column>,
    /// Its foreign keys.
    pub keys: Vec<Key>,
    /// Its relationships.
    pub drafts: Vec<Draft<'a>>,
    /// Association proxies: attribute, relation, remote attribute.
    pub proxies: Vec<(Name, Name, Name)>,
    /// Indexes and unique constraints.
    pub indexes: Vec<Index>,
    /// Settings of the mapper.
    pub options: Vec<(Name, Name)>,
    pub(super) raw_keys: Vec<(Name, KeyTarget)>,
}

/// The mappings of all entities, in their order.
pub(super) fn mappings<'a>(
    program: &'a Program,
    entities: &Entities,
    tables: &Tables,
    imperative: &'a Imperative<'a>,
) -> Vec<Mapping<'a>> {
    let late = if entities.all.is_empty() { Late::default() } else { Late::of(program) };
    let mapped: FxHashSet<ClassId> =
        entities.all.iter().filter(|entity| !entity.is_abstract).map(|entity| entity.class).collect();
    let reader = Reader { program, tables, imperative, late: &late, mapped: &mapped };
    let mut mappings: Vec<Mapping> = entities.all.iter().map(|entity| reader.mapping(entity)).collect();
    unread::name_by_keys(program, entities, tables, &mut mappings);
    let keys: Vec<Vec<Key>> = entities.all.iter().map(|entity| keys(entities, &mappings, entity)).collect();
    for (mapping, keys) in mappings.iter_mut().zip(keys) {
        mapping.keys = keys;
    }
    mappings
}

/// Foreign keys with every target as table and column.
fn keys(entities: &Entities, mappings: &[Mapping], entity: &Entity) -> Vec<Key> {
    let own = &mappings[entities.position(entity.id)];
    let holder = || table_of(entities, mappings, entity.id);
    let raw = own.raw_keys.iter().filter_map(|(local, target)| {
        let (table, column) = match target {
            KeyTarget::Column(table, column) => (*table, *column),
            KeyTarget::Attribute(class, attribute) => {
                let target = entities.of_class(*class)?;
                let columns = &mappings[entities.position(target.id)].columns;
                let column = columns.iter().find(|column| column.name == *attribute);
                (table_of(entities, mappings, target.id)?, column.map_or(*attribute, |column| column.column))
            }
        };
        Some(Key { table: holder(), local: *local, target: table, column })
    });
    raw.collect()
}

/// The table of an entity, its parent's where it has none of its own.
pub(super) fn table_of(entities: &Entities, mappings: &[Mapping], id: ModelId) -> Option<Name> {
    let mut lineage = entities.lineage(id).into_iter().map(|id| &mappings[entities.position(id)]);
    lineage.find(|mapping| !mapping.is_single).and_then(|mapping| mapping.table)
}

struct Reader<'a, 'b> {
    program: &'a Program,
    tables: &'b Tables,
    imperative: &'a Imperative<'a>,
    late: &'b Late<'a>,
    mapped: &'b FxHashSet<ClassId>,
}

impl<'a> Reader<'a, '_> {
    fn mapping(&self, entity: &Entity) -> Mapping<'a> {
        let mut mapping = Mapping {
            table: None,
            is_single: false,
            columns: Vec::new(),
            keys: Vec::new(),
            drafts: Vec::new(),
            proxies: Vec::new(),
            indexes: Vec::new(),
            options: Vec::new(),
            raw_keys: Vec::new(),
        };
        match self.imperative.of_class(entity.class) {
            Some(mapped) => self.read_call(entity, mapped, &mut mapping),
            None => self.read_class(entity, &mut mapping),
        }
        mapping
    }

    fn read_class(&self, entity: &Entity, mapping: &mut Mapping<'a>) {
        let attributes = self.attributes(entity);
        for attribute in &attributes {
            match attribute.name.as_str() {
                "__table__" => self.read_table(attribute, mapping),
                "__table_args__" | "__tablename__" => {}
                "__mapper_args__" => mapping.options.extend(attribute.value.map(mapper_options).unwrap_or_default()),
                _ => read_attribute(entity, attribute, mapping),
            }
        }
        if let Some(table) = mapping.table.and_then(|table| self.tables.get(table)) {
            keep_columns_of(table, mapping);
        }
        if mapping.table.is_none() && !entity.is_abstract {
            let has_key = mapping.columns.iter().any(|column| column.primary_key);
            let is_mapped = |class: ClassId| self.mapped.contains(&class);
            match table_name(self.program, entity, &is_mapped, has_key) {
                TableName::Known(name) => mapping.table = Some(name),
                TableName::Unread => mapping.table = Some(unread::stand_in(entity.id)),
                TableName::Unknown => {}
                TableName::None => mapping.is_single = entity.parent.is_some(),
            }
        }
        self.read_arguments(&attributes, mapping);
    }

    /// Own and mixed-in attributes: the nearest class wins.
    fn attributes(&self, entity: &Entity) -> Vec<Attribute<'a>> {
        let mut found: Vec<Attribute<'a>> = Vec::new();
        for class in entity.own.iter().rev() {
            let own = declared(self.program, *class, Some(entity.class));
            for attribute in own.iter().chain(self.late.of_class(*class)) {
                found.retain(|other| other.name != attribute.name);
                found.push(*attribute);
            }
        }
        found
    }

    fn read_table(&self, attribute: &Attribute<'a>, mapping: &mut Mapping<'a>) {
        let Some(value) = attribute.value else { return };
        self.add_table(attribute.scope, value, mapping);
    }

    /// Takes over the columns of `Table(…)` or of a variable that holds one.
    fn add_table(&self, scope: Scope, value: &Expr, mapping: &mut Mapping<'a>) {
        let name = table_reference(scope, value);
        mapping.table = name;
        let Some(Table { columns, keys, indexes }) = name.and_then(|name| self.tables.get(name)) else { return };
        for spec in columns {
            add_column(spec.clone(), mapping);
        }
        mapping.raw_keys.extend(keys.iter().cloned());
        mapping.indexes.extend(indexes.iter().cloned());
    }

    fn read_arguments(&self, attributes: &[Attribute<'a>], mapping: &mut Mapping<'a>) {
        let written = attributes.iter().find(|attribute| attribute.name == "__table_args__");
        let Some((attribute, value)) = written.and_then(|attribute| Some((attribute, attribute.value?))) else {
            return;
        };
        let mut arguments = TableArguments::default();
        arguments.read(attribute.scope, value);
        mapping.raw_keys.extend(arguments.keys);
        mapping.indexes.extend(arguments.indexes);
        mapping.options.extend(arguments.excluding.into_iter().map(|pair| (Name::new(EXCLUDING), pair)));
        for column in &mut mapping.columns {
            column.primary_key |= arguments.primary.contains(&column.column);
        }
        if let (Some(schema), Some(table)) =
            (arguments.schema, mapping.table.filter(|table| !unread::is_stand_in(*table)))
        {
            mapping.table = Some(Name::new(&format!("{schema}.{table}")));
        }
    }

    /// `map_imperatively(Book, books, properties={"author": relationship(Author)}, polymorphic_identity="book")`
    fn read_call(&self, entity: &Entity, mapped: Mapped<'a>, mapping: &mut Mapping<'a>) {
        let scope = self.imperative.scope(mapped.block);
        match mapped.arguments.either("local_table", 1) {
            Some(table) => self.add_table(scope, table, mapping),
            None => mapping.is_single = entity.parent.is_some(),
        }
        let names = ["polymorphic_on", "polymorphic_identity", "version_id_col", "with_polymorphic", "eager_defaults"];
        mapping.options.extend(options(mapped.arguments, &names));
        mapping.options.extend(options(mapped.arguments, &["concrete", "polymorphic_load"]));
        let Some(ExprKind::Dict(items)) = mapped.arguments.keyword("properties").map(|value| &value.kind) else {
            return;
        };
        for (key, value) in items {
            if let Some(name) = key.as_ref().and_then(text) {
                let attribute = Attribute {
                    name,
                    annotation: None,
                    value: Some(value),
                    class: entity.class,
                    scope,
                    span: value.span,
                };
                read_property(entity, &attribute, value, mapping);
            }
        }
    }
}

/// With `__table__`, mixins add no columns that the table hasn't got.
fn keep_columns_of(table: &Table, mapping: &mut Mapping) {
    let is_computed = |kind: &str| ["column_property", "query_expression", "synonym", "composite"].contains(&kind);
    mapping.columns.retain(|column| {
        is_computed(&column.kind) || table.columns.iter().any(|spec| spec.column.column == column.column)
    });
}

/// The name of the table that an expression means.
pub(super) fn table_reference(scope: Scope, value: &Expr) -> Option<Name> {
    if let Some((name, _)) = table_call(scope, value) {
        return Some(name);
    }
    match scope.meaning(value)? {
        super::scope::Meaning::Value(value, home) => table_call(home, value).map(|(name, _)| name),
        _ => None,
    }
}

fn read_property<'a>(entity: &Entity, attribute: &Attribute<'a>, value: &'a Expr, mapping: &mut Mapping<'a>) {
    if constructor(attribute.scope, value).is_some() {
        read_attribute(entity, attribute, mapping);
        return;
    }
    // `"_title": books.c.title` gives a column another attribute.
    let column = path(value).and_then(|path| path.last().copied());
    if let Some(column) = mapping.columns.iter_mut().find(|own| Some(own.column) == column) {
        column.name = attribute.name;
    }
}

fn read_attribute<'a>(entity: &Entity, attribute: &Attribute<'a>, mapping: &mut Mapping<'a>) {
    let made = attribute.value.and_then(|value| constructor(attribute.scope, value));
    match made {
        Some((kind @ (Kind::Relationship | Kind::DynamicLoader | Kind::SqlModelRelationship), arguments)) => {
            mapping.drafts.push(Draft::of(entity.id, attribute, kind, arguments));
        }
        Some((Kind::Proxy, arguments)) => mapping.proxies.extend(proxy(attribute, arguments)),
        Some((Kind::Field, _)) if entity.base != Base::SqlModel => {}
        Some((kind, arguments)) => {
            let mut spec = blank(attribute);
            spec.read(attribute.scope, kind, arguments);
            let is_annotated = attribute.value.and_then(super::bases::called) != Some("Column");
            if let Some(annotation) = attribute.annotation.filter(|_| is_annotated && kind != Kind::Synonym) {
                let nullable = arguments.keyword("nullable").and(Some(spec.column.nullable));
                let kind = spec.column.kind;
                let has_own = arguments.keyword("sa_column").map(|_| spec.column.nullable);
                spec.annotate(attribute.scope, annotation);
                spec.column.nullable = nullable.or(has_own).unwrap_or(spec.column.nullable);
                if !kind.is_empty() && kind != "ForeignKey" {
                    spec.column.kind = kind;
                }
            }
            add_column(spec, mapping);
        }
        None => read_bare(entity, attribute, mapping),
    }
}

/// `title: Mapped[str]`; in SQLModel `title: str`
fn read_bare<'a>(entity: &Entity, attribute: &Attribute<'a>, mapping: &mut Mapping<'a>) {
    let Some(annotation) = attribute.annotation else { return };
    let source = attribute.scope.source(annotation);
    let shape = super::annotation::Shape::of(source);
    let is_field = entity.base == Base::SqlModel
        && shape.element.is_some_and(|element| element != "ClassVar")
        && !source.contains("ClassVar")
        && !attribute.name.starts_with('_')
        && attribute.name != "model_config";
    if shape.wrapper.is_some_and(|wrapper| wrapper == "Mapped") || is_field {
        let mut spec = blank(attribute);
        spec.annotate(attribute.scope, annotation);
        add_column(spec, mapping);
    }
}

fn blank(attribute: &Attribute) -> Spec {
    let file = attribute.scope.program.module(attribute.scope.module).file;
    Spec::blank(attribute.name, (file, attribute.span))
}

fn add_column(spec: Spec, mapping: &mut Mapping) {
    let Spec { column, keys } = spec;
    mapping.columns.retain(|other| other.name != column.name);
    mapping.raw_keys.extend(keys.into_iter().map(|target| (column.column, target)));
    mapping.columns.push(column);
}

/// `tag_names = association_proxy("tags", "name")`
fn proxy(attribute: &Attribute, arguments: Arguments) -> Option<(Name, Name, Name)> {
    let relation = rendered(arguments.either("target_collection", 0)?)?;
    let remote = rendered(arguments.either("attr", 1)?)?;
    Some((attribute.name, relation, remote))
}
