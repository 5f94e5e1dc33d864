//! Django: querysets, managers, rows, signals.

mod alike;
mod asked;
mod construct;
mod elements;
mod external;
pub(super) mod footprint;
mod instance;
mod lookups;
mod manager;
mod misuse;
mod options;
mod plan;
mod queryset;
mod questions;
mod receivers;
mod relation;
mod signals;
mod table;
mod writes;

pub use alike::alike;
pub use external::{external, truth_outside};
pub use instance::{assumed_row, construct, put_among_own, row_attribute, set_attribute, state_attribute};
pub use manager::{class_attribute, construct_query_class, manager_class, manager_query_method, through_model};
pub use options::{is_field, is_field_of};
pub use queryset::{assumed_query, begin_at, combine, evaluate, index, narrowed, queryset_attribute, slice};
pub use receivers::Receivers;
pub use relation::{generic_target, take_target};

use crate::domain::{Arguments, Machine, Object, Place, Value};
use crate::project::{ClassRef, Orm};
use crate::syntax::Name;

/// Whether every queryset has a method of this name.
pub fn is_query_method(name: &str) -> bool {
    table::queryset_action(name).is_some()
}

/// Calls a method of a manager, queryset or row, where the receiver is one.
pub fn method(
    machine: &mut dyn Machine,
    receiver: &Value,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    match receiver {
        Value::Manager(manager) => manager::method(machine, manager, name, arguments, place),
        Value::Object(id) => match machine.object(*id) {
            Object::QuerySet(_) => queryset::method(machine, *id, name, arguments, place),
            Object::Row(row) if machine.program().schema.model(row.model).orm == Orm::Django => {
                instance::method(machine, *id, name, arguments, place)
            }
            _ => None,
        },
        Value::Class(ClassRef::Known(class)) => options::options_method(machine, *class, name, arguments, place),
        Value::Method(_) => options::field_method(machine, receiver, name, arguments)
            .or_else(|| instance::file_method(machine, receiver, name, arguments, place)),
        _ => None,
    }
}
