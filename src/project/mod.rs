//! Modules, classes and the schema of one project root: who is meant by a name.

mod program;
mod schema;

pub use program::{Binding, ClassId, ClassInfo, ClassRef, Member, Module, ModuleId, Program};
pub use schema::{Column, Index, Manager, ManagerClass, Model, ModelId, Orm, Relation, RelationKind, Schema};
