//! What every model has in the end: own and inherited columns, relations, managers and options.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::super::program::{ClassRef, Program};
use super::super::schema::{Column, EXCLUDING, Index, Manager, Model, ModelId, Relation};
use super::fields::{Field, FieldKind};
use super::managers::{base_manager, managers};
use super::meta::Meta;
use super::relations::Relations;
use super::shape::Shape;
use crate::syntax::Name;

/// So many models may extend each other.
const MOST_PARENTS: usize = 50;

/// The parts of a model that discovery left open.
pub(super) struct Parts {
    table: Option<Name>,
    parents: Vec<(ModelId, Name)>,
    columns: Vec<Column>,
    relations: Vec<Relation>,
    primary_key: Name,
    ordering: (bool, Vec<Name>),
    managers: Vec<Manager>,
    base_manager: Option<Name>,
    indexes: Vec<Index>,
    excluding: Vec<Name>,
}

impl Parts {
    /// Moves the parts into the model.
    pub fn fill(self, model: &mut Model) {
        model.table = self.table;
        model.parents = self.parents;
        model.columns = self.columns;
        model.relations = self.relations;
        model.primary_key = self.primary_key;
        (model.is_ordered, model.ordering) = self.ordering;
        model.managers = self.managers;
        model.base_manager = self.base_manager;
        model.indexes = self.indexes;
        model.options.extend(self.excluding.into_iter().map(|pair| (Name::new(EXCLUDING), pair)));
    }
}

/// The parts of all models, by id.
pub(super) fn assemble(program: &Program, shapes: &[Rc<Shape>], relations: Relations) -> Vec<Parts> {
    let assembler = Assembler { program, shapes, relations };
    program.schema.models.iter().map(|model| assembler.parts(model)).collect()
}

struct Assembler<'a> {
    program: &'a Program,
    shapes: &'a [Rc<Shape<'a>>],
    relations: Relations,
}

impl<'a> Assembler<'a> {
    fn shape(&self, model: ModelId) -> &Shape<'_> {
        &self.shapes[model.0 as usize]
    }

    fn parts(&self, model: &Model) -> Parts {
        let meta = Meta::of(self.program, model.class);
        let rows = self.shape(model.id).proxied.unwrap_or(model.id);
        Parts {
            table: if rows == model.id { model.table } else { self.program.schema.model(rows).table },
            parents: self.shape(rows).parents.clone(),
            columns: self.columns(rows, &mut FxHashSet::default()),
            relations: self.relations(model.id, rows),
            primary_key: self.primary_key(rows),
            ordering: self.ordering(model, meta),
            managers: managers(self.program, model),
            base_manager: base_manager(self.program, model),
            indexes: meta.indexes(),
            excluding: meta.excluding(),
        }
    }

    /// A concrete parent passes its ordering on where the child's `Meta` is silent.
    fn ordering(&self, model: &Model, meta: Meta) -> (bool, Vec<Name>) {
        let above = |model: &&Model| self.model_above(model);
        let said = |model: &Model| Meta::of(self.program, model.class).ordering();
        // Classes that extend each other in a circle would have no end.
        let inherited = || std::iter::successors(above(&model), above).take(MOST_PARENTS).find_map(said);
        meta.ordering().or_else(inherited).unwrap_or_default()
    }

    /// The nearest model that a model extends, where that has rows.
    fn model_above(&self, model: &Model) -> Option<&'a Model> {
        let bases = self.program.class(model.class).mro.iter().skip(1);
        let mut models = bases.filter_map(|base| match base {
            ClassRef::Known(id) => self.program.schema.of_class(*id),
            ClassRef::External(_) => None,
        });
        models.next().filter(|base| !base.is_abstract)
    }

    fn primary_key(&self, model: ModelId) -> Name {
        let shape = self.shape(model);
        let written = shape.fields.iter().find(|field| field.arguments.is_true("primary_key"));
        match (written, shape.parents.first()) {
            (Some(field), _) => attribute(field),
            (None, Some((_, link))) => Name::new(&format!("{link}_id")),
            (None, None) => Name::new("id"),
        }
    }

    fn columns(&self, model: ModelId, seen: &mut FxHashSet<ModelId>) -> Vec<Column> {
        if !seen.insert(model) {
            return Vec::new();
        }
        let shape = self.shape(model);
        let inherited = shape.parents.iter().flat_map(|(parent, _)| self.columns(*parent, seen));
        let mut columns: Vec<Column> = inherited.collect();
        let own = self.own_columns(model);
        columns.retain(|column| !own.iter().any(|other| other.name == column.name));
        columns.extend(own);
        columns
    }

    fn own_columns(&self, model: ModelId) -> Vec<Column> {
        let shape = self.shape(model);
        let key = self.primary_key(model);
        let mut columns = Vec::new();
        if !shape.fields.iter().any(|field| attribute(field) == key) {
            let kind = if shape.parents.is_empty() { "BigAutoField" } else { "OneToOneField" };
            columns.push(self.implicit_column(model, key, kind));
        }
        let other_links = shape.parents.iter().skip(1).filter(|(_, link)| shape.is_implicit_link(*link));
        for (_, link) in other_links {
            let name = Name::new(&format!("{link}_id"));
            columns.push(Column { unique: true, indexed: true, ..self.plain_column(model, name, "OneToOneField") });
        }
        columns.extend(shape.fields.iter().filter_map(|field| self.column(field, key)));
        if Meta::of(self.program, self.program.schema.model(model).class).is_positioned() {
            columns.push(self.plain_column(model, Name::new("_order"), "OrderWrt"));
        }
        columns
    }

    fn implicit_column(&self, model: ModelId, name: Name, kind: &str) -> Column {
        Column { primary_key: true, unique: true, indexed: true, ..self.plain_column(model, name, kind) }
    }

    fn plain_column(&self, model: ModelId, name: Name, kind: &str) -> Column {
        let class = &self.program.class(self.program.schema.model(model).class).class;
        Column {
            name,
            column: name,
            kind: Name::new(kind),
            primary_key: false,
            unique: false,
            indexed: false,
            nullable: false,
            deferred: false,
            options: Vec::new(),
            declared: (class.file, class.span),
        }
    }

    fn column(&self, field: &Field, key: Name) -> Option<Column> {
        let is_key = matches!(field.kind, FieldKind::ForeignKey | FieldKind::OneToOne);
        let is_composite = field.arguments.keyword("from_fields").is_some();
        if is_composite || !(is_key || field.kind == FieldKind::Column) {
            return None;
        }
        let name = attribute(field);
        let unique = name == key || field.arguments.is_true("unique") || field.kind == FieldKind::OneToOne;
        let by_kind = is_key || field.constructor == "SlugField";
        let indexed =
            unique || field.arguments.is_true("db_index") || (by_kind && !field.arguments.is_false("db_index"));
        Some(Column {
            name,
            column: field.arguments.text("db_column").unwrap_or(name),
            kind: field.constructor,
            primary_key: name == key,
            unique,
            indexed,
            nullable: field.arguments.is_true("null"),
            deferred: false,
            options: Vec::new(),
            declared: (self.program.class(field.class).class.file, field.span),
        })
    }

    /// A proxy has all of its rows' model; a child has all of its parents', but not their links to children.
    fn relations(&self, model: ModelId, rows: ModelId) -> Vec<Relation> {
        let mut relations = self.inherited(rows, &mut FxHashSet::default());
        if model != rows {
            relations.extend(self.relations.forward[model.0 as usize].iter().cloned());
        }
        relations
    }

    fn inherited(&self, model: ModelId, seen: &mut FxHashSet<ModelId>) -> Vec<Relation> {
        if !seen.insert(model) {
            return Vec::new();
        }
        let index = model.0 as usize;
        let mut all: Vec<Relation> = Vec::new();
        let own = self.relations.forward[index].iter().chain(&self.relations.reverse[index]);
        for relation in own {
            all.retain(|known| known.name != relation.name);
            all.push(relation.clone());
        }
        for (parent, _) in &self.shape(model).parents {
            for relation in self.inherited(*parent, seen) {
                if !is_child_link(&relation) && !all.iter().any(|known| known.name == relation.name) {
                    all.push(relation);
                }
            }
        }
        all
    }
}

/// The accessor that a child's parent link makes on the parent.
fn is_child_link(relation: &Relation) -> bool {
    !relation.kind.holds_key() && relation.options.iter().any(|(option, _)| *option == "parent_link")
}

/// The attribute that holds a field's column value.
fn attribute(field: &Field) -> Name {
    match field.kind {
        FieldKind::ForeignKey | FieldKind::OneToOne => Name::new(&format!("{}_id", field.name)),
        _ => field.name,
    }
}
