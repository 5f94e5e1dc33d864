//! The SQLAlchemy schema: from mapped classes to columns, relations and tables, as the mapper configures them.
//!
//! bases (what a class inherits) → discover (which classes are mapped) → mapping (own columns, keys, relation drafts) →
//! join (direction of each relation) → assemble (what every model inherits). Flask-SQLAlchemy and SQLModel included.
//! versions adds what SQLAlchemy-Continuum makes of some of them.

mod annotation;
mod assemble;
mod attributes;
mod bases;
mod column;
mod constants;
mod constructor;
mod discover;
mod draft;
mod imperative;
mod join;
mod mapping;
mod reference;
mod scope;
mod sessions;
mod settings;
mod table;
mod table_name;
mod unread;
mod versions;

#[cfg(test)]
mod tests;

use super::program::Program;
use crate::source::SourceFile;
use crate::syntax::{Name, reads};

/// Appends the SQLAlchemy models to `program.schema`.
pub(super) fn build(program: &mut Program) {
    if !program.files.iter().any(|file| is_concerned(file)) {
        return;
    }
    program.schema.sessions = sessions::defaults(program);
    let sessions = sessions::of_queries(program);
    program.schema.has_query_property = !sessions.is_empty();
    program.schema.query_session = sessions::only(&sessions);
    for model in models(program) {
        let label = Name::new(&model.label.to_ascii_lowercase());
        program.schema.by_class.insert(model.class, model.id);
        program.schema.labels.entry(label).or_default().push(model.id);
        program.schema.models.push(model);
    }
    versions::add(program);
}

/// Whether a file says anything about SQLAlchemy; most Django projects don't.
fn is_concerned(file: &SourceFile) -> bool {
    ["sqlalchemy", "sqlmodel", "flask_appbuilder"].iter().any(|package| reads::says(file, package))
}

fn models(program: &Program) -> Vec<super::schema::Model> {
    let imperative = imperative::Imperative::of(program);
    let entities = discover::discover(program, &imperative);
    let tables = table::Tables::of(program, &imperative);
    let mappings = mapping::mappings(program, &entities, &tables, &imperative);
    assemble::assemble(&join::World::of(program, &entities, &tables, &mappings))
}
