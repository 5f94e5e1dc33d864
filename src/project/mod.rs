//! Modules, classes and the schema of one project root: who is meant by a name.

mod arguments;
mod bindings;
mod classes;
mod django;
mod factories;
mod flow;
mod from_sources;
mod imports;
mod link;
mod listed;
mod loaders;
mod module_index;
mod module_name;
mod mro;
mod patches;
mod program;
mod python_2;
mod resolve;
mod schema;
mod show;
mod sqlalchemy;
mod templates;
mod told;

pub(crate) use arguments::{Arguments, is_constant};
pub(crate) use imports::Imports;
pub use link::{LinkInput, LinkModule, link};
pub use module_name::{ModuleName, module_names};
pub use program::{Binding, ClassId, ClassInfo, ClassRef, Member, Migration, Module, ModuleId, Program};
pub(crate) use resolve::{last_name, text};
pub use schema::{Column, Index, Manager, ManagerClass, Model, ModelId, Orm, Relation, RelationKind, Schema};
pub use show::{models_json, models_table};
pub(crate) use told::{Told, number};

#[cfg(test)]
mod tests;
