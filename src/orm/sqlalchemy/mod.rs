//! SQLAlchemy: sessions, statements, loader options, rows.

use std::rc::Rc;

use crate::domain::{Arguments, Iteration, Machine, ObjectId, Place, Size, Value, Why};
use crate::project::ModelId;
use crate::syntax::Name;

/// Calls a method of a session, statement, result or row.
pub fn method(_: &mut dyn Machine, _: &Value, _: Name, _: &Arguments, _: Place) -> Option<Value> {
    None
}

/// Walks a result.
pub fn iterate(_: &mut dyn Machine, _: ObjectId, _: Place) -> Iteration {
    Iteration { element: Some(Value::unknown(Why::Element)), items: None, size: Size::Unknown(Name::new("rows")) }
}

/// The truth of an object.
pub fn truth(_: &mut dyn Machine, _: ObjectId, _: Place) -> Option<bool> {
    None
}

/// Reads an attribute of a session, statement or result.
pub fn attribute(_: &mut dyn Machine, _: ObjectId, _: Name, _: Place) -> Option<Value> {
    None
}

/// Reads an attribute of a row.
pub fn row_attribute(_: &mut dyn Machine, _: ObjectId, name: Name, _: Place) -> Value {
    Value::unknown(Why::Attribute(name))
}

/// `Model.name` on the class.
pub fn class_attribute(_: &mut dyn Machine, _: ModelId, _: Name) -> Option<Value> {
    None
}

/// An attribute of a mapped attribute.
pub fn mapped_attribute(machine: &mut dyn Machine, mapped: &Rc<(ModelId, Vec<Name>)>, name: Name) -> Option<Value> {
    let relation = machine.program().schema.model(mapped.0).relation(*mapped.1.first()?)?;
    match name.as_str() {
        "through" => {
            let class = machine.program().schema.model(relation.through?).class;
            Some(Value::Class(crate::project::ClassRef::Known(class)))
        }
        "RelatedObjectDoesNotExist" => Some(Value::External(Name::new("django.core.exceptions"))),
        _ => None,
    }
}

/// `row.name = value`
pub fn set_attribute(_: &mut dyn Machine, _: ObjectId, _: Name, _: Value, _: Place) {}

/// `Model(...)`
pub fn construct(_: &mut dyn Machine, _: ModelId, _: &Arguments, _: Place) -> Value {
    Value::unknown(Why::Call)
}

/// A row that nobody was seen querying.
pub fn assumed_row(_: &mut dyn Machine, _: ModelId, _: Place) -> Value {
    Value::unknown(Why::Parameter)
}

/// What an annotation by this dotted path stands for.
pub fn annotated(_: &mut dyn Machine, _: Name, _: Place) -> Option<Value> {
    None
}

/// Calls a function of SQLAlchemy by its dotted path.
pub fn external(_: &mut dyn Machine, _: Name, _: &Arguments, _: Place) -> Option<Value> {
    None
}

/// Calls an object: a session factory.
pub fn call_object(_: &mut dyn Machine, _: &Value, _: &Arguments, _: Place) -> Option<Value> {
    None
}

/// Enters a session or transaction.
pub fn enter(_: &mut dyn Machine, _: &Value, _: Place) -> Option<Value> {
    None
}

/// Leaves it.
pub fn exit(_: &mut dyn Machine, _: &Value, _: Place) {}

/// `query[a:b]`
pub fn slice(_: &mut dyn Machine, _: ObjectId, _: Size, _: Place) -> Option<Value> {
    None
}

/// `result[n]`
pub fn index(_: &mut dyn Machine, _: ObjectId, _: &Value, _: Place) -> Option<Value> {
    None
}
