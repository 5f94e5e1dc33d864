//! Remarks on declarations, which no walk runs into: what the mapping of a model says.

use crate::domain::{Certainty, Cost, EffectKind, Fault, Place, Role, RootKind, Site, Step, Verb};
use crate::project::{Column, Member, Model, Orm, Program, Relation, RelationKind};
use crate::syntax::Name;

/// All of a program.
pub fn remarks(program: &Program) -> Vec<Site> {
    let models = program.schema.models.iter().filter(|model| model.orm == Orm::SqlAlchemy && !model.is_abstract);
    models.flat_map(|model| unindexed_keys(program, model).chain(redundant_indexes(program, model))).collect()
}

/// The first column of a primary key with `index=True`: the index of the key begins with it. Which column is the first is known where
/// the class itself declares them all.
fn redundant_indexes<'p>(program: &'p Program, model: &'p Model) -> impl Iterator<Item = Site> + 'p {
    let key: Vec<&Column> = model.columns.iter().filter(|column| column.primary_key).collect();
    let members = &program.class(model.class).members;
    let is_own = |column: &&Column| matches!(members.get(&column.name), Some(Member::Variable(_)));
    let is_known = key.len() == 1 || key.iter().all(is_own);
    let first = key.first().copied().filter(|column| is_known && column.indexed);
    first.into_iter().filter_map(|column| {
        let place = own_place(program, column)?;
        let step = Step { role: Role::Read, place, message: "the key has two indexes".to_owned() };
        Some(site(model, column, Fault::RedundantIndex, place, vec![step], Vec::new()))
    })
}

/// Where a column is declared, in the project itself.
fn own_place(program: &Program, column: &Column) -> Option<Place> {
    let (file, span) = column.declared;
    program.module_of(file).filter(|module| !module.is_stub).map(|_| Place { file, span })
}

/// Foreign keys of SQLAlchemy by which a relation of the other side finds its rows, and that no index begins with: unlike
/// Django, SQLAlchemy makes none by itself.
fn unindexed_keys<'p>(program: &'p Program, model: &'p Model) -> impl Iterator<Item = Site> + 'p {
    model.columns.iter().filter(|column| !is_indexed(model, column)).filter_map(|column| {
        let relation = asks_by(program, model, column)?;
        let place = own_place(program, column)?;
        let by = format!("{}.{}", program.schema.model(relation.owner).label, relation.name);
        let (file, span) = relation.declared;
        let declared = Place { file, span };
        let path = vec![
            Step { role: Role::Declared, place: declared, message: format!("`{by}` finds its rows by it") },
            Step { role: Role::Read, place, message: "the key has no index".to_owned() },
        ];
        let captured = vec![(Name::new("by"), Name::new(&by))];
        Some(site(model, column, Fault::UnindexedKey, place, path, captured))
    })
}

fn is_indexed(model: &Model, column: &Column) -> bool {
    let leads =
        |columns: &[Name]| columns.first().is_some_and(|first| *first == column.name || *first == column.column);
    let key: Vec<Name> = model.columns.iter().filter(|one| one.primary_key).map(|one| one.name).collect();
    column.indexed || column.unique || leads(&key) || model.indexes.iter().any(|index| leads(&index.columns))
}

/// The collection that reads rows of the model by the column.
fn asks_by<'p>(program: &'p Program, model: &Model, column: &Column) -> Option<&'p Relation> {
    let is_way = |relation: &&Relation| {
        relation.kind == RelationKind::OneToMany
            && relation.target == Some(model.id)
            && relation.key_columns.as_slice() == [column.column]
    };
    program.schema.models.iter().flat_map(|other| &other.relations).find(is_way)
}

fn site(
    model: &Model,
    column: &Column,
    fault: Fault,
    place: Place,
    path: Vec<Step>,
    captured: Vec<(Name, Name)>,
) -> Site {
    Site {
        kind: EffectKind::Misuse,
        verb: Verb::Select,
        model: Some(model.id),
        relation: None,
        action: column.name,
        place,
        path,
        origin: None,
        cost: Cost { factors: Vec::new() },
        per_row: false,
        varies: false,
        certainty: if model.has_unknown_base { Certainty::Low } else { Certainty::High },
        doubts: Vec::new(),
        root: RootKind::Unknown,
        enclosing: model.label,
        asked: None,
        footprint: None,
        read_next: None,
        fault: Some(fault),
        captured,
    }
}
