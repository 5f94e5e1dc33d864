//! What SQLAlchemy tells of mapped classes and of rows: `inspect(Book)`, `Book.__mapper__`, `inspect(book)`.
//!
//! ```py
//! for relation in inspect(Book).relationships:
//!     getattr(book, relation.key)
//! ```
//!
//! A property of a mapper is what the attribute of the class is: `Book.author`, with a key and a class that it leads to. Which
//! attributes a row has loaded is asked of `unloaded.rs`.
//! <https://docs.sqlalchemy.org/en/20/orm/mapping_api.html#sqlalchemy.orm.Mapper>

use std::rc::Rc;

use super::external::{EXPRESSION, MAPPER};
use super::row;
use crate::domain::{
    Alchemy, Arguments, Iteration, Machine, Object, ObjectId, Place, Properties, Scalar, Sequence, SequenceKind, Size,
    Value,
};
use crate::project::{ClassRef, Column, ModelId, Orm, Relation, RelationKind};
use crate::syntax::Name;
use crate::syntax::ir::Function;

const TOLD: u32 = 76;
const PAIR: u32 = 77;

/// Attributes of columns and properties of which nothing more is known than that the program spells them out.
const DECLARED: &[&str] = &[
    "cascade",
    "comment",
    "comparator",
    "default",
    "doc",
    "foreign_keys",
    "info",
    "local_columns",
    "onupdate",
    "primaryjoin",
    "remote_side",
    "secondaryjoin",
    "server_default",
    "table",
    "type",
];

/// The names by which SQLAlchemy knows the direction of a relation.
const DIRECTIONS: &[&str] = &["MANYTOONE", "ONETOMANY", "MANYTOMANY"];

/// The classes of properties, and what else each of them is called.
const PROPERTIES: &[(&str, &str)] =
    &[("Relationship", "RelationshipProperty"), ("ColumnProperty", "MappedColumn"), ("Composite", "CompositeProperty")];

/// Decorators whose functions are read as attributes.
const PROPERTY_DECORATORS: &[&str] = &["property", "hybrid_property", "cached_property"];

/// `inspect(value)`, `class_mapper(value)`: what is told of each of the classes and rows that it may be.
pub(super) fn inspect(machine: &mut dyn Machine, value: &Value, place: Place) -> Value {
    let parts: Vec<Value> = value.disjuncts().iter().map(|part| inspect_one(machine, part, place)).collect();
    parts.into_iter().reduce(|one, other| one.join(&other, None)).unwrap_or(Value::ANY)
}

fn inspect_one(machine: &mut dyn Machine, value: &Value, place: Place) -> Value {
    match value {
        Value::Class(_) => match super::statement::model_of(machine, value) {
            Some(model) => mapper(machine, model, place),
            None => Value::External(Name::new(MAPPER)),
        },
        Value::Mapped(_) => value.clone(),
        Value::Object(id) => match machine.object(*id) {
            Object::Row(_) => made(machine, Alchemy::State(*id), place),
            Object::Alchemy(Alchemy::Entity(..)) => {
                let model = super::statement::model_of(machine, value);
                model.map_or(Value::ANY, |model| mapper(machine, model, place))
            }
            _ => Value::ANY,
        },
        _ => Value::ANY,
    }
}

/// The mapper of a model. What classes add that are built on an abstract one is not known of it.
pub(super) fn mapper(machine: &mut dyn Machine, model: ModelId, place: Place) -> Value {
    if machine.program().schema.model(model).is_abstract {
        return Value::External(Name::new(MAPPER));
    }
    made(machine, Alchemy::Mapper(model), place)
}

fn made(machine: &mut dyn Machine, told: Alchemy, place: Place) -> Value {
    // What is told of two classes or rows at one place is two objects.
    let tag = match &told {
        Alchemy::Mapper(model) => TOLD + (model.0 << 8),
        Alchemy::Properties(properties) => TOLD + 1 + (properties.model.0 << 8),
        _ => TOLD + 2,
    };
    match &told {
        Alchemy::State(row) | Alchemy::Names { row, .. } | Alchemy::Attribute(row, _) => {
            let name = Name::new(&format!("#{told:?}"));
            Value::Object(machine.derive(*row, name, Object::Alchemy(told)))
        }
        _ => Value::Object(machine.allocate(place, tag, Object::Alchemy(told))),
    }
}

/// An attribute of a mapper.
pub(super) fn mapper_attribute(
    machine: &mut dyn Machine,
    id: ObjectId,
    model: ModelId,
    name: Name,
    place: Place,
) -> Value {
    let about = machine.program().schema.model(model);
    let class = Value::Class(ClassRef::Known(about.class));
    let columns = || about.columns.iter().filter(|column| is_own(&column.options)).map(|column| column.name);
    let relations =
        || about.relations.iter().filter(|relation| is_own(&relation.options)).map(|relation| relation.name);
    let names: Vec<Name> = match name.as_str() {
        "class_" | "entity" => return class,
        "mapper" | "base_mapper" => return Value::Object(id),
        "relationships" => relations().collect(),
        "column_attrs" | "columns" | "c" => columns().collect(),
        "attrs" | "iterate_properties" => columns().chain(relations()).collect(),
        "all_orm_descriptors" => {
            let hybrids = row::decorated(machine, model, &|function| row::has_decorator(function, "hybrid_property"));
            columns().chain(relations()).chain(hybrids).collect()
        }
        "primary_key" => about.columns.iter().filter(|column| column.primary_key).map(|column| column.name).collect(),
        _ => return Value::External(Name::new(&format!("{MAPPER}.{name}"))),
    };
    made(machine, Alchemy::Properties(Properties { model, names, row: None }), place)
}

/// Whether a column or relation stands for itself, not for another one (`synonym`).
fn is_own(options: &[(Name, Name)]) -> bool {
    !options.iter().any(|(option, _)| *option == "target")
}

/// Calls a method of a mapper.
pub(super) fn mapper_method(machine: &dyn Machine, model: ModelId, name: Name, arguments: &Arguments) -> Value {
    let about = machine.program().schema.model(model);
    let first = arguments.positional.first();
    match (name.as_str(), first, first.and_then(Value::as_text)) {
        ("get_property", _, Some(name)) => property(model, name),
        ("get_property_by_column", Some(column @ Value::Mapped(_)), _) => column.clone(),
        ("has_property", _, Some(name)) => truth(about.relation(name).is_some() || about.column(name).is_some()),
        _ => Value::External(Name::new(EXPRESSION)),
    }
}

/// An attribute of what is told of a row.
pub(super) fn state_attribute(machine: &mut dyn Machine, row: ObjectId, name: Name, place: Place) -> Value {
    let Object::Row(about) = machine.object(row) else { return Value::ANY };
    let model = about.model;
    match name.as_str() {
        "mapper" => mapper(machine, model, place),
        "class_" => Value::Class(ClassRef::Known(machine.program().schema.model(model).class)),
        "object" => Value::Object(row),
        "session" => super::external::session_of(machine, &Value::Object(row)).unwrap_or(Value::ANY),
        "unloaded" => names(machine, row, false, place),
        "dict" => names(machine, row, true, place),
        "attrs" => {
            let all = mapper_attribute(machine, row, model, name, place);
            let properties = as_properties(machine, &all).map(|all| Properties { row: Some(row), ..all });
            properties.map_or(Value::ANY, |properties| made(machine, Alchemy::Properties(properties), place))
        }
        _ => Value::ANY,
    }
}

/// `dir(row)`: the names of its columns and relations, and of the properties that the program gives its class. Of methods and of
/// what SQLAlchemy adds nothing is read.
pub fn listed(machine: &mut dyn Machine, row: ObjectId, place: Place) -> Option<Value> {
    let Object::Row(about) = machine.object(row) else { return None };
    let model = about.model;
    let about = machine.program().schema.model(model);
    if about.orm != Orm::SqlAlchemy {
        return None;
    }
    let mut names: Vec<Name> = about.columns.iter().map(|column| column.name).collect();
    names.extend(about.relations.iter().map(|relation| relation.name));
    let is_property = |function: &Function| PROPERTY_DECORATORS.iter().any(|name| row::has_decorator(function, name));
    names.extend(row::decorated(machine, model, &is_property));
    names.sort_by_key(|name| name.as_str());
    names.dedup();
    let items = names.into_iter().map(|name| Value::Scalar(Scalar::Text(name))).collect();
    Some(Value::Object(machine.allocate(place, PAIR, Object::Sequence(Sequence::of(SequenceKind::List, items)))))
}

/// The names of a row's attributes that are loaded, or of those that are not.
pub(super) fn names(machine: &mut dyn Machine, row: ObjectId, are_loaded: bool, place: Place) -> Value {
    made(machine, Alchemy::Names { row, are_loaded }, place)
}

fn as_properties(machine: &dyn Machine, value: &Value) -> Option<Properties> {
    let Value::Object(id) = value else { return None };
    match machine.object(*id) {
        Object::Alchemy(Alchemy::Properties(properties)) => Some(properties.clone()),
        _ => None,
    }
}

/// `inspect(book).attrs.author`: `value` reads it, `loaded_value` does not.
pub(super) fn state_of_attribute(
    machine: &mut dyn Machine,
    row: ObjectId,
    attribute: Name,
    name: Name,
    place: Place,
) -> Value {
    match name.as_str() {
        "key" => Value::Scalar(Scalar::Text(attribute)),
        "value" => machine.attribute(&Value::Object(row), attribute, place),
        "state" => made(machine, Alchemy::State(row), place),
        _ => Value::External(Name::new(&format!("{MAPPER}.{name}"))),
    }
}

/// What a loop over properties is at: each of them.
pub(super) fn iterate(machine: &mut dyn Machine, properties: &Properties, place: Place) -> Iteration {
    let names = properties.names.clone();
    let items: Vec<Value> = names.into_iter().map(|name| element(machine, properties, name, place)).collect();
    Iteration { element: None, size: Size::Known(items.len() as u64), items: Some(items) }
}

fn element(machine: &mut dyn Machine, properties: &Properties, name: Name, place: Place) -> Value {
    match properties.row {
        Some(row) => made(machine, Alchemy::Attribute(row, name), place),
        None => property(properties.model, name),
    }
}

fn property(model: ModelId, name: Name) -> Value {
    Value::Mapped(Rc::new((model, vec![name])))
}

/// `relationships["author"]`, `relationships.author`
pub(super) fn named(machine: &mut dyn Machine, properties: &Properties, name: Name, place: Place) -> Option<Value> {
    properties.names.contains(&name).then(|| element(machine, properties, name, place))
}

/// Calls a method of a mapper's properties, which are a mapping by name.
pub(super) fn properties_method(
    machine: &mut dyn Machine,
    properties: &Properties,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let text = |name: &Name| Value::Scalar(Scalar::Text(*name));
    let items: Vec<Value> = match name.as_str() {
        "keys" => properties.names.iter().map(text).collect(),
        "values" => iterate(machine, properties, place).items?,
        "items" => {
            let mut pairs = Vec::new();
            for (number, name) in properties.names.iter().enumerate() {
                let pair = vec![text(name), element(machine, properties, *name, place)];
                let tuple = Object::Sequence(Sequence::of(SequenceKind::Tuple, pair));
                pairs.push(Value::Object(machine.allocate(place, PAIR + ((number as u32 + 1) << 8), tuple)));
            }
            pairs
        }
        "get" => {
            let found = named(machine, properties, arguments.positional.first()?.as_text()?, place);
            return Some(found.or(arguments.positional.get(1).cloned()).unwrap_or(Value::None));
        }
        _ => return None,
    };
    let list = Object::Sequence(Sequence::of(SequenceKind::List, items));
    Some(Value::Object(machine.allocate(place, PAIR, list)))
}

/// What a mapped attribute, or the property behind it, says of itself.
pub(super) fn property_attribute(
    machine: &mut dyn Machine,
    mapped: &Rc<(ModelId, Vec<Name>)>,
    name: Name,
    place: Place,
) -> Option<Value> {
    let [attribute] = mapped.1.as_slice() else { return None };
    let model = machine.program().schema.model(mapped.0);
    if model.orm != Orm::SqlAlchemy {
        return None;
    }
    let (class, column, relation) =
        (model.class, model.column(*attribute).cloned(), model.relation(*attribute).cloned());
    match name.as_str() {
        "key" => Some(Value::Scalar(Scalar::Text(*attribute))),
        "name" => Some(Value::Scalar(Scalar::Text(column.map_or(*attribute, |column| column.column)))),
        "property" | "prop" | "class_attribute" | "impl" => Some(Value::Mapped(Rc::clone(mapped))),
        "class_" => Some(Value::Class(ClassRef::Known(class))),
        "parent" => Some(mapper(machine, mapped.0, place)),
        _ if DECLARED.contains(&name.as_str()) => Some(Value::External(Name::new(&format!("{MAPPER}.{name}")))),
        _ => match (relation, column) {
            (Some(relation), _) => relation_attribute(machine, &relation, name, place),
            (None, Some(column)) => column_attribute(machine, mapped, &column, name, place),
            (None, None) => None,
        },
    }
}

fn relation_attribute(machine: &mut dyn Machine, relation: &Relation, name: Name, place: Place) -> Option<Value> {
    let class = |target: ModelId| Value::Class(ClassRef::Known(machine.program().schema.model(target).class));
    match name.as_str() {
        "mapper" | "entity" => Some(mapper(machine, relation.target?, place)),
        "argument" => relation.target.map(class),
        "uselist" => Some(truth(!relation.kind.is_single())),
        "direction" => Some(Value::External(Name::new(&format!("{MAPPER}.{}", direction(relation.kind))))),
        "lazy" => Some(Value::Scalar(Scalar::Text(relation.lazy))),
        "secondary" if relation.kind == RelationKind::ManyToMany => {
            Some(Value::External(Name::new("sqlalchemy.table")))
        }
        "secondary" => Some(Value::None),
        "back_populates" => Some(relation.reverse.map_or(Value::None, |name| Value::Scalar(Scalar::Text(name)))),
        _ => None,
    }
}

fn column_attribute(
    machine: &mut dyn Machine,
    mapped: &Rc<(ModelId, Vec<Name>)>,
    column: &Column,
    name: Name,
    place: Place,
) -> Option<Value> {
    match name.as_str() {
        "columns" => {
            let own = Sequence::of(SequenceKind::List, vec![Value::Mapped(Rc::clone(mapped))]);
            Some(Value::Object(machine.allocate(place, PAIR, Object::Sequence(own))))
        }
        "primary_key" => Some(truth(column.primary_key)),
        "nullable" => Some(truth(column.nullable)),
        _ => None,
    }
}

fn direction(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::ManyToMany => "MANYTOMANY",
        RelationKind::ManyToOne | RelationKind::OneToOne => "MANYTOONE",
        _ => "ONETOMANY",
    }
}

/// The class of a property: `type(property)`.
pub fn class_of_property(machine: &dyn Machine, mapped: &(ModelId, Vec<Name>)) -> Option<Value> {
    let kinds = PROPERTIES.iter().map(|(kind, _)| *kind);
    let kind = kinds.into_iter().find(|kind| is_property_of(machine, mapped, kind) == Some(true))?;
    Some(Value::External(Name::new(&format!("{MAPPER}.{kind}"))))
}

/// Whether two constants of the program name the same thing that a mapper tells: `relation.direction is MANYTOONE`,
/// `relation.direction.name == "MANYTOONE"`, `type(property) is ColumnProperty`.
pub fn is_same_told(one: &Value, other: &Value) -> Option<bool> {
    let of = |value: &Value| {
        let text = match value {
            Value::External(path) | Value::Class(ClassRef::External(path)) => *path,
            other => other.as_text()?,
        };
        let last = text.trim_end_matches(".name").rsplit('.').next().map(str::to_owned)?;
        let direction = DIRECTIONS.iter().find(|direction| **direction == last).copied();
        direction.or(PROPERTIES.iter().find(|(kind, former)| *kind == last || *former == last).map(|(kind, _)| *kind))
    };
    let is_told = |value: &Value| matches!(value, Value::External(path) if path.starts_with(MAPPER));
    let (first, second) = (of(one)?, of(other)?);
    (is_told(one) || is_told(other)).then_some(first == second)
}

/// Whether a property is an instance of a class of SQLAlchemy, where that tells columns and relations apart.
pub fn is_property_of(machine: &dyn Machine, mapped: &(ModelId, Vec<Name>), class: &str) -> Option<bool> {
    let model = machine.program().schema.model(mapped.0);
    let name = *mapped.1.first()?;
    match class.rsplit('.').next()? {
        "RelationshipProperty" | "Relationship" => Some(model.relation(name).is_some()),
        "ColumnProperty" | "MappedColumn" | "Column" => Some(model.column(name).is_some()),
        "CollectionAttributeImpl" => Some(model.relation(name).is_some_and(|relation| !relation.kind.is_single())),
        "ScalarObjectAttributeImpl" => Some(model.relation(name).is_some_and(|relation| relation.kind.is_single())),
        "ScalarAttributeImpl" => Some(model.column(name).is_some()),
        "CompositeProperty" | "SynonymProperty" | "hybrid_property" | "AssociationProxy" => {
            (model.relation(name).is_some() || model.column(name).is_some()).then_some(false)
        }
        _ => None,
    }
}

fn truth(truth: bool) -> Value {
    Value::Scalar(Scalar::Bool(truth))
}
