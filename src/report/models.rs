//! The models that were understood, as a table and as JSON: what `quell show models` prints.

use std::io::{self, Write};

use serde::Serialize;

use crate::project::{Column, Model, Orm, Program, Relation, RelationKind};

#[derive(Serialize)]
struct ModelView<'program> {
    model: &'program str,
    orm: &'static str,
    table: Option<&'program str>,
    #[serde(rename = "abstract")]
    is_abstract: bool,
    proxy: bool,
    file: Option<&'program str>,
    line: Option<u32>,
    primary_key: &'program str,
    columns: Vec<ColumnView<'program>>,
    relations: Vec<RelationView<'program>>,
    managers: Vec<&'program str>,
    unknown_base: bool,
}

#[derive(Serialize)]
struct ColumnView<'program> {
    name: &'program str,
    column: &'program str,
    kind: &'program str,
    null: bool,
    unique: bool,
    indexed: bool,
}

#[derive(Serialize)]
struct RelationView<'program> {
    name: &'program str,
    kind: &'static str,
    target: Option<&'program str>,
    null: bool,
    reverse: Option<&'program str>,
}

/// Writes a JSON array with one object a model.
pub fn write_models_json(out: &mut dyn Write, program: &Program) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &sorted(program).iter().map(|m| view(program, m)).collect::<Vec<_>>())?;
    writeln!(out)
}

/// Writes a paragraph for each model: its name and table, then a line for each column and relation.
pub fn write_models_table(out: &mut dyn Write, program: &Program) -> io::Result<()> {
    for model in sorted(program).iter().map(|model| view(program, model)) {
        writeln!(out, "{}  {}", model.model, model.table.unwrap_or("(no table)"))?;
        for column in &model.columns {
            writeln!(out, "  {:<24} {}{}", column.name, column.kind, marks(column, model.primary_key))?;
        }
        for relation in &model.relations {
            let null = if relation.null { ", null" } else { "" };
            writeln!(out, "  {:<24} {} → {}{null}", relation.name, relation.kind, relation.target.unwrap_or("?"))?;
        }
        writeln!(out)?;
    }
    let relations: usize = program.schema.models.iter().map(|model| model.relations.len()).sum();
    writeln!(out, "{} models, {relations} relations", program.schema.models.len())
}

fn marks(column: &ColumnView, primary_key: &str) -> String {
    let marks = [
        (column.name == primary_key, "key"),
        (column.unique && column.name != primary_key, "unique"),
        (column.indexed && !column.unique, "indexed"),
        (column.null, "null"),
    ];
    marks.iter().filter(|(holds, _)| *holds).map(|(_, word)| format!(", {word}")).collect()
}

fn sorted(program: &Program) -> Vec<&Model> {
    let mut models: Vec<&Model> = program.schema.models.iter().collect();
    models.sort_by_key(|model| (model.label, model.id));
    models
}

fn view<'program>(program: &'program Program, model: &'program Model) -> ModelView<'program> {
    let class = program.classes.get(model.class.0 as usize).map(|info| &info.class);
    let source = class.and_then(|class| program.files.get(class.file.0 as usize).map(|file| (file, class.span)));
    ModelView {
        model: model.label.as_str(),
        orm: model.orm.as_str(),
        table: model.table.map(|table| table.as_str()),
        is_abstract: model.is_abstract,
        proxy: model.is_proxy,
        file: source.map(|(file, _)| file.shown.as_str()),
        line: source.map(|(file, span)| file.line_column(span.start).line),
        primary_key: model.primary_key.as_str(),
        columns: model.columns.iter().map(column_view).collect(),
        relations: model.relations.iter().map(|relation| relation_view(program, model.orm, relation)).collect(),
        managers: model.managers.iter().map(|manager| manager.name.as_str()).collect(),
        unknown_base: model.has_unknown_base,
    }
}

fn column_view(column: &Column) -> ColumnView<'_> {
    ColumnView {
        name: column.name.as_str(),
        column: column.column.as_str(),
        kind: column.kind.as_str(),
        null: column.nullable,
        unique: column.unique,
        indexed: column.indexed,
    }
}

fn relation_view<'program>(program: &'program Program, orm: Orm, relation: &'program Relation) -> RelationView<'program> {
    let is_key = orm == Orm::Django && relation.kind.holds_key();
    RelationView {
        name: relation.name.as_str(),
        kind: kind(relation.kind),
        target: relation.target.map(|target| program.schema.model(target).label.as_str()),
        null: relation.nullable && (is_key || orm == Orm::SqlAlchemy),
        reverse: relation.reverse.map(|name| name.as_str()),
    }
}

fn kind(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::ManyToOne => "many-to-one",
        RelationKind::OneToOne => "one-to-one",
        RelationKind::ReverseOneToOne => "reverse-one-to-one",
        RelationKind::OneToMany => "one-to-many",
        RelationKind::ManyToMany => "many-to-many",
        RelationKind::GenericForeignKey => "generic-foreign-key",
        RelationKind::GenericRelation => "generic-relation",
    }
}
