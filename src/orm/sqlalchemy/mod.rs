//! SQLAlchemy: sessions, statements, results, loader options, rows.

mod alike;
mod asked;
mod assigned;
mod cascade;
mod collection;
mod events;
mod external;
pub(super) mod footprint;
mod fresh;
mod identity;
mod inspection;
mod joins;
mod options;
mod polymorphic;
mod product;
mod result;
mod row;
mod session;
mod statement;
mod table;
mod unique;
mod unit;
mod unloaded;

use std::rc::Rc;

pub use alike::alike;
pub use asked::compared;
pub use assigned::{construct, set_attribute};
pub use collection::collection_class;
pub use events::Listeners;
pub use external::{annotated, external, unknown_attribute, unknown_method};
pub use inspection::{class_of_property, is_property_of, is_same_told, listed};
pub use row::{assumed_row, read_fields, row_attribute};
pub use session::session_of_settings;
pub use statement::narrowed;
pub use unloaded::{assume_loaded, is_loaded, names_of};

use crate::domain::{
    Alchemy, Arguments, DECLARED, Iteration, Machine, Object, ObjectId, Place, Scalar, Size, Value, Why,
};
use crate::project::{ClassRef, ModelId};
use crate::syntax::Name;

/// The SQLAlchemy object behind an id.
fn alchemy(machine: &dyn Machine, id: ObjectId) -> Option<Alchemy> {
    match machine.object(id) {
        Object::Alchemy(found) => Some(found.clone()),
        _ => None,
    }
}

/// Calls a method of a session, statement, result, option or mapped attribute.
pub fn method(
    machine: &mut dyn Machine,
    receiver: &Value,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    match receiver {
        Value::Mapped(mapped) => Some(external::mapped_method(machine, mapped, name, arguments, place)),
        Value::Object(id) => object_method(machine, *id, name, arguments, place),
        _ => None,
    }
}

fn object_method(
    machine: &mut dyn Machine,
    id: ObjectId,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    match machine.object(id) {
        Object::Row(_) => return row::method(machine, id, name, arguments, place),
        Object::Instance(_) => return external::instance_method(machine, id, name, arguments, place),
        _ => {}
    }
    match alchemy(machine, id)? {
        Alchemy::Session(_) => session::method(machine, id, name, arguments, place),
        Alchemy::Statement(statement) => statement::method(machine, &statement, name, arguments, place),
        Alchemy::Result(fetched) => result::method(machine, id, &fetched, name, place),
        Alchemy::Option(option) => options::method(machine, id, &option, name, arguments, place),
        Alchemy::SessionFactory(settings) => session::factory_method(machine, &settings, name, place),
        Alchemy::Transaction(transaction) => session::transaction_method(machine, transaction, name, place),
        Alchemy::Extension => external::extension_method(machine, name, arguments, place),
        Alchemy::Tuple(tuple) | Alchemy::Page(tuple) => result::tuple_method(machine, id, &tuple, name, place),
        Alchemy::Equality(..) | Alchemy::Same(..) | Alchemy::Conjunction(_) => {
            Some(Value::External(Name::new("sqlalchemy.expression")))
        }
        Alchemy::Mapper(model) => Some(inspection::mapper_method(machine, model, name, arguments)),
        Alchemy::Properties(own) => inspection::properties_method(machine, &own, name, arguments, place),
        Alchemy::Names { row, .. } if name == "setdefault" => Some(unloaded::put_once(machine, row, arguments)),
        Alchemy::State(_) | Alchemy::Attribute(..) | Alchemy::Names { .. } => Some(Value::ANY),
        _ => None,
    }
}

/// Walks a query, a result or a row of several columns.
pub fn iterate(machine: &mut dyn Machine, id: ObjectId, place: Place) -> Iteration {
    let unknown = || Iteration {
        element: Some(Value::unknown(Why::Element)),
        items: None,
        size: Size::Unknown(Name::new("rows")),
    };
    match alchemy(machine, id) {
        Some(Alchemy::Statement(statement)) => {
            let rows = statement::all(machine, &statement, Name::new("all"), place);
            rows.map_or_else(unknown, |rows| machine.iterate(&rows, place))
        }
        Some(Alchemy::Result(fetched)) => result::iterate(machine, id, &fetched, place),
        Some(Alchemy::Tuple(tuple)) => {
            Iteration { element: None, size: Size::Known(tuple.items.len() as u64), items: Some(tuple.items) }
        }
        Some(Alchemy::Page(page)) => page.items.first().map_or_else(unknown, |items| machine.iterate(items, place)),
        Some(Alchemy::Properties(own)) => inspection::iterate(machine, &own, place),
        Some(Alchemy::Names { .. }) => {
            Iteration { element: Some(Value::ANY), items: None, size: Size::Known(DECLARED) }
        }
        _ => unknown(),
    }
}

/// The truth of an object: all of them are true.
pub fn truth(_: &mut dyn Machine, _: ObjectId, _: Place) -> Option<bool> {
    None
}

/// Reads an attribute of a session, statement, result or extension.
pub fn attribute(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) -> Option<Value> {
    match alchemy(machine, id)? {
        Alchemy::Session(_) => session::attribute(machine, id, name, place),
        Alchemy::Result(_) if name == "rowcount" || name == "lastrowid" || name == "inserted_primary_key" => {
            Some(Value::ANY)
        }
        Alchemy::Tuple(tuple) | Alchemy::Page(tuple) => result::tuple_attribute(id, &tuple, name),
        Alchemy::Extension => external::extension_attribute(machine, name),
        Alchemy::Entity(model, _) => class_attribute(machine, model, name, place),
        Alchemy::Mapper(model) => Some(inspection::mapper_attribute(machine, id, model, name, place)),
        Alchemy::Properties(own) => inspection::named(machine, &own, name, place),
        Alchemy::State(row) => Some(inspection::state_attribute(machine, row, name, place)),
        Alchemy::Attribute(row, own) => Some(inspection::state_of_attribute(machine, row, own, name, place)),
        Alchemy::Awaitable(row) => Some(row::awaited_attribute(machine, row, name, place)),
        Alchemy::Statement(_) if name == "c" || name == "columns" => {
            Some(Value::External(Name::new("sqlalchemy.columns")))
        }
        Alchemy::Statement(statement) if name == "column_descriptions" => {
            Some(statement::descriptions(machine, &statement, place))
        }
        _ => None,
    }
}

/// `Model.name` on the class.
pub fn class_attribute(machine: &mut dyn Machine, model: ModelId, name: Name, place: Place) -> Option<Value> {
    let about = machine.program().schema.model(model);
    if about.relation(name).is_some() || about.column(name).is_some() {
        return Some(Value::Mapped(Rc::new((model, vec![name]))));
    }
    let class = about.class;
    match name.as_str() {
        "__table__" => return Some(Value::External(Name::new("sqlalchemy.table"))),
        "__mapper__" => return Some(inspection::mapper(machine, model, place)),
        _ => {}
    }
    let is_property = machine.program().schema.has_query_property;
    let is_query = name == "query" && (is_property || !defines_query(machine.program(), class, name));
    is_query.then(|| session::model_query(machine, model, place))
}

/// What a declarative base has of its own, model or not: the tables that are declared with it.
pub fn base_attribute(program: &crate::project::Program, class: crate::project::ClassId, name: Name) -> Option<Value> {
    let is_ours = |base: &ClassRef| matches!(base, ClassRef::External(path) if external::is_ours(path));
    let is_base = name == "metadata" && program.class(class).mro.iter().any(is_ours);
    is_base.then(|| Value::External(Name::new("sqlalchemy.metadata")))
}

/// What an instance of a project's subclass of Flask-SQLAlchemy's extension has of it: `db.session`.
pub fn inherited_attribute(machine: &mut dyn Machine, class: crate::project::ClassId, name: Name) -> Option<Value> {
    let is_extension = |base: &ClassRef| matches!(base, ClassRef::External(path) if external::is_ours(path) && path.ends_with("SQLAlchemy"));
    let is_ours = machine.program().class(class).mro.iter().any(is_extension);
    external::extension_attribute(machine, name).filter(|_| is_ours)
}

/// Whether a class of the project defines `query`, before Flask-SQLAlchemy's `db.Model` does. To annotate it defines nothing.
fn defines_query(program: &crate::project::Program, class: crate::project::ClassId, name: Name) -> bool {
    let first = program.class(class).mro.iter().find_map(|base| match base {
        ClassRef::Known(id) => program.class(*id).assigns(name).then_some(true),
        ClassRef::External(path) => path.ends_with(".Model").then_some(false),
    });
    first.unwrap_or(false)
}

/// An attribute of a mapped attribute.
pub fn mapped_attribute(
    machine: &mut dyn Machine,
    mapped: &Rc<(ModelId, Vec<Name>)>,
    name: Name,
    place: Place,
) -> Option<Value> {
    if let Some(told) = inspection::property_attribute(machine, mapped, name, place) {
        return Some(told);
    }
    let relation = machine.program().schema.model(mapped.0).relation(*mapped.1.first()?)?;
    match name.as_str() {
        "through" => {
            let class = machine.program().schema.model(relation.through?).class;
            Some(Value::Class(ClassRef::Known(class)))
        }
        "RelatedObjectDoesNotExist" => Some(Value::External(Name::new("django.core.exceptions"))),
        _ => None,
    }
}

/// Calls an object: a session factory, a scoped session.
pub fn call_object(machine: &mut dyn Machine, callee: &Value, arguments: &Arguments, place: Place) -> Option<Value> {
    let Value::Object(id) = callee else { return None };
    match alchemy(machine, *id)? {
        Alchemy::SessionFactory(settings) => Some(session::open(machine, settings, arguments, place)),
        Alchemy::Session(_) => Some(callee.clone()),
        _ => None,
    }
}

/// Enters a session or transaction.
pub fn enter(machine: &mut dyn Machine, manager: &Value, place: Place) -> Option<Value> {
    let Value::Object(id) = manager else { return None };
    session::enter(machine, *id, place)
}

/// Leaves it.
pub fn exit(machine: &mut dyn Machine, manager: &Value, place: Place) {
    if let Value::Object(id) = manager {
        session::exit(machine, *id, place);
    }
}

/// `session.expire_on_commit = False`
pub fn configure(machine: &mut dyn Machine, id: ObjectId, name: Name, value: &Value) {
    if let Value::Scalar(Scalar::Bool(is_on)) = value {
        session::configure(machine, id, name, *is_on);
    }
    if let Object::Alchemy(Alchemy::Page(page)) = machine.object_mut(id)
        && let Some(position) = page.names.iter().position(|known| *known == Some(name))
    {
        page.items[position] = value.clone();
    }
}

/// What a `return` inside `with session.no_autoflush:` does to the session.
pub fn leave(machine: &mut dyn Machine, manager: &Value) {
    if let Value::Object(id) = manager
        && let Some(Alchemy::NoAutoflush(session)) = alchemy(machine, *id)
    {
        session::let_flush(machine, session);
    }
}

/// `query[a:b]` runs the query with a limit.
pub fn slice(machine: &mut dyn Machine, id: ObjectId, length: Size, skips: bool, place: Place) -> Option<Value> {
    let Some(Alchemy::Statement(mut statement)) = alchemy(machine, id) else { return None };
    if !matches!(length, Size::Unknown(_)) {
        statement.limit = Some(length);
    }
    let asked = Rc::make_mut(&mut statement.asked);
    asked.is_limited = true;
    asked.is_offset |= skips;
    statement::all(machine, &statement, Name::new("[]"), place)
}

/// `query[n]`, `row[n]`
pub fn index(machine: &mut dyn Machine, id: ObjectId, index: &Value, place: Place) -> Option<Value> {
    match alchemy(machine, id)? {
        Alchemy::Tuple(tuple) => match index {
            Value::Scalar(Scalar::Int(number)) => tuple.items.get(usize::try_from(*number).ok()?).cloned(),
            other => result::named(&tuple, other.as_text()?),
        },
        Alchemy::Properties(own) => inspection::named(machine, &own, index.as_text()?, place),
        Alchemy::Names { .. } => Some(Value::ANY),
        Alchemy::Statement(statement) => statement::one(machine, &statement, Name::new("[]"), place),
        Alchemy::Result(fetched) => result::iterate(machine, id, &fetched, place).element,
        _ => None,
    }
}
