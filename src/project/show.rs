//! `quell show models`: the schema as quell understood it, for people and as JSON.

use serde_json::{Value, json};

use super::program::Program;
use super::schema::{Manager, ManagerClass, Model, Orm, Relation, RelationKind};
use crate::syntax::Name;

/// The project's models as text, at most 80 columns where names allow it.
///
/// ```text
/// shop.Book (shop_book)                                   backend/shop/models.py:12
///   author → shop.Author (many-to-one, not null, reverse books)
///   managers: objects = BookManager
/// ```
pub fn models_table(program: &Program) -> String {
    let mut text = String::new();
    for model in own_models(program) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&header(program, model));
        for relation in &model.relations {
            text.push_str(&format!("  {}\n", relation_line(program, model, relation)));
        }
        for (name, relation, remote) in &model.proxies {
            text.push_str(&format!("  {name} → {relation}.{remote} (association proxy)\n"));
        }
        text.extend(deferred_line(model));
        let managers: Vec<String> = model.managers.iter().map(|manager| manager_text(program, manager)).collect();
        if model.managers.len() > 1 || model.managers.iter().any(|manager| manager.class != ManagerClass::Builtin) {
            text.push_str(&format!("  managers: {}\n", managers.join(", ")));
        }
    }
    text
}

/// The project's models as JSON, columns included.
pub fn models_json(program: &Program) -> Value {
    let models: Vec<Value> = own_models(program).map(|model| model_json(program, model)).collect();
    json!({ "models": models })
}

/// Models in order of label; those of stubs only stand in for what isn't there to read.
fn own_models(program: &Program) -> impl Iterator<Item = &Model> {
    let is_own = |model: &&Model| !program.is_of_stub(model.class);
    let mut models: Vec<&Model> = program.schema.models.iter().filter(is_own).collect();
    models.sort_by_key(|model| (model.label.as_str(), model.id));
    models.into_iter()
}

fn header(program: &Program, model: &Model) -> String {
    let mut notes = Vec::new();
    notes.extend(model.is_abstract.then_some("abstract".to_owned()));
    let proxy = if model.orm == Orm::SqlAlchemy { "single table" } else { "proxy" };
    notes.extend(model.is_proxy.then_some(proxy.to_owned()));
    notes.extend(model.table.map(|table| table.to_string()));
    let parents = model.parents.iter().map(|(parent, _)| format!("extends {}", program.schema.model(*parent).label));
    notes.extend(parents);
    notes.extend(model.is_ordered.then_some("ordered".to_owned()));
    notes.extend(model.has_unknown_base.then_some("a base class is unknown".to_owned()));
    let title = format!("{} ({})", model.label, notes.join(", "));
    let place = place(program, model);
    let gap = 80usize.saturating_sub(title.chars().count() + place.chars().count());
    if gap >= 2 { format!("{title}{}{place}\n", " ".repeat(gap)) } else { format!("{title}\n  at {place}\n") }
}

fn place(program: &Program, model: &Model) -> String {
    let class = &program.class(model.class).class;
    program
        .files
        .get(class.file.0 as usize)
        .map_or_else(String::new, |file| format!("{}:{}", file.shown, file.line_column(class.span.start).line))
}

fn relation_line(program: &Program, model: &Model, relation: &Relation) -> String {
    let target = relation.target.map_or("?".to_owned(), |target| program.schema.model(target).label.to_string());
    let mut notes = vec![kind_text(relation.kind).to_owned()];
    if relation.kind.holds_key() {
        notes.push(if relation.nullable { "null".to_owned() } else { "not null".to_owned() });
    }
    notes.extend(relation.reverse.map(|reverse| format!("reverse {reverse}")));
    notes.extend(relation.through.map(|through| format!("through {}", program.schema.model(through).label)));
    notes.extend(
        relation
            .join_table
            .filter(|_| relation.through.is_none() && model.orm == Orm::SqlAlchemy)
            .map(|table| format!("through {table}")),
    );
    notes.extend((relation.lazy != "select").then(|| format!("lazy {}", relation.lazy)));
    notes.extend(option(relation, "synonym").map(|name| format!("synonym of {name}")));
    if relation.owner != model.id {
        notes.push(format!("of {}", program.schema.model(relation.owner).label));
    }
    format!("{} → {} ({})", relation.name, target, notes.join(", "))
}

fn option(relation: &Relation, wanted: &str) -> Option<Name> {
    relation.options.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value)
}

/// Columns that cost a query of their own when read.
fn deferred_line(model: &Model) -> Option<String> {
    let deferred: Vec<&str> =
        model.columns.iter().filter(|column| column.deferred).map(|column| column.name.as_str()).collect();
    (!deferred.is_empty()).then(|| format!("  deferred: {}\n", deferred.join(", ")))
}

fn kind_text(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::ManyToOne => "many-to-one",
        RelationKind::OneToOne => "one-to-one",
        RelationKind::ReverseOneToOne => "reverse one-to-one",
        RelationKind::OneToMany => "one-to-many",
        RelationKind::ManyToMany => "many-to-many",
        RelationKind::GenericForeignKey => "generic foreign key",
        RelationKind::GenericRelation => "generic relation",
    }
}

fn manager_text(program: &Program, manager: &Manager) -> String {
    format!("{} = {}", manager.name, manager_class(program, &manager.class))
}

fn manager_class(program: &Program, class: &ManagerClass) -> String {
    let name = |id| program.class(id).class.name;
    match class {
        ManagerClass::Builtin => "Manager".to_owned(),
        ManagerClass::Manager(class, None) => name(*class).to_string(),
        ManagerClass::Manager(class, Some(queryset)) => format!("{}[{}]", name(*class), name(*queryset)),
        ManagerClass::QuerySet(queryset) => format!("Manager[{}]", name(*queryset)),
        ManagerClass::Unknown => "?".to_owned(),
    }
}

fn model_json(program: &Program, model: &Model) -> Value {
    let label = |id| program.schema.model(id).label;
    let parents: Vec<Value> =
        model.parents.iter().map(|(parent, link)| json!({ "model": label(*parent), "link": link })).collect();
    let columns: Vec<Value> = model.columns.iter().map(column_json).collect();
    let relations: Vec<Value> = model.relations.iter().map(|relation| relation_json(program, relation)).collect();
    let managers = model.managers.iter();
    let managers: Vec<Value> = managers
        .map(|manager| json!({ "name": manager.name, "class": manager_class(program, &manager.class) }))
        .collect();
    let indexes = model.indexes.iter();
    let indexes: Vec<Value> =
        indexes.map(|index| json!({ "columns": index.columns, "unique": index.unique })).collect();
    json!({
        "label": model.label,
        "orm": match model.orm { Orm::Django => "django", Orm::SqlAlchemy => "sqlalchemy" },
        "place": place(program, model),
        "table": model.table,
        "abstract": model.is_abstract,
        "proxy": model.is_proxy,
        "parents": parents,
        "primary_key": model.primary_key,
        "ordered": model.is_ordered,
        "unknown_base": model.has_unknown_base,
        "columns": columns,
        "relations": relations,
        "managers": managers,
        "base_manager": model.base_manager,
        "indexes": indexes,
        "proxies": model.proxies,
        "options": pairs(&model.options),
    })
}

/// Settings by name; of equal names the last.
fn pairs(options: &[(Name, Name)]) -> Value {
    Value::Object(options.iter().map(|(name, value)| (name.to_string(), json!(value))).collect())
}

fn column_json(column: &super::schema::Column) -> Value {
    json!({
        "name": column.name,
        "column": column.column,
        "kind": column.kind,
        "primary_key": column.primary_key,
        "unique": column.unique,
        "indexed": column.indexed,
        "nullable": column.nullable,
        "deferred": column.deferred,
        "options": pairs(&column.options),
    })
}

fn relation_json(program: &Program, relation: &Relation) -> Value {
    let label = |id| program.schema.model(id).label;
    json!({
        "name": relation.name,
        "query_name": relation.query_name,
        "owner": label(relation.owner),
        "target": relation.target.map(label),
        "kind": kind_text(relation.kind),
        "nullable": relation.nullable,
        "key_attribute": relation.key_attribute,
        "key_columns": relation.key_columns,
        "to_field": relation.to_field,
        "reverse": relation.reverse,
        "through": relation.through.map(label),
        "join_table": relation.join_table,
        "lazy": relation.lazy,
        "options": pairs(&relation.options),
    })
}
