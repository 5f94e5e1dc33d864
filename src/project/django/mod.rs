//! The Django schema: from model classes to columns, relations and managers, as Django's metaclass builds them.
//!
//! discover (which classes are models) → shape (own and abstract fields, parents) → relations (forward, then reverse) →
//! assemble (what every model inherits).

mod assemble;
mod discover;
mod fields;
mod labels;
mod managers;
mod meta;
mod own_fields;
mod relations;
mod shape;
mod targets;
mod user;

use super::program::Program;

/// Fills `program.schema` with the Django models.
pub(super) fn build(program: &mut Program) {
    program.schema = discover::discover(program);
    program.schema.user_model = user::user_model(program);
    let shapes = shape::shapes(program);
    let relations = relations::relations(program, &shapes);
    let parts = assemble::assemble(program, &shapes, relations);
    for (model, parts) in program.schema.models.iter_mut().zip(parts) {
        parts.fill(model);
    }
}
