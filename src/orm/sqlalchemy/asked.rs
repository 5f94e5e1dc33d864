//! What a statement asks for, kept beside it for its footprint; and the comparisons of columns that it is made of.

use std::rc::Rc;

use super::external::IN;
use super::statement::model_of;
use super::table::StatementAction;
use crate::domain::{
    Alchemy, Arguments, Asked, Load, LoadPlan, Machine, Object, Scalar, SelectKind, Statement, StatementKind, Value,
};
use crate::orm::batch::may_be_batch;
use crate::orm::draft::{column, qualified, table};
use crate::project::{ModelId, Program, Relation, RelationKind};
use crate::syntax::Name;

/// What a comparison of a column is as a value: `sqlalchemy.where = books.author_id`.
const WHERE: &str = "sqlalchemy.where ";

/// What `with_parent(...)` is as a value: `sqlalchemy.parent books.author_id`.
const PARENT: &str = "sqlalchemy.parent ";

/// Methods that change nothing a footprint shows.
const SAME: &[&str] = &[
    "autoflush",
    "correlate",
    "distinct",
    "execution_options",
    "offset",
    "on_conflict_do_nothing",
    "on_conflict_do_update",
    "params",
    "populate_existing",
    "select",
    "unique",
    "values",
    "with_for_update",
    "yield_per",
];

/// Operators by method of a column. Source: the column operators of the Core reference.
const OPERATORS: &[(&str, &str)] = &[
    ("between", "between"),
    ("contains", "like"),
    ("endswith", "like"),
    ("ilike", "ilike"),
    ("is_", "is null"),
    ("is_not", "is not null"),
    ("isnot", "is not null"),
    ("like", "like"),
    ("startswith", "like"),
];

/// A comparison of a mapped column with `operator`, where the column is known.
pub fn compared(program: &Program, mapped: &(ModelId, Vec<Name>), operator: &str) -> Option<Value> {
    let [name] = mapped.1.as_slice() else { return None };
    let column = column(program.schema.model(mapped.0), *name)?;
    Some(Value::External(Name::new(&format!("{WHERE}{operator} {column}"))))
}

/// `Book.title.like(...)`, `Book.id.in_(...)`
pub(super) fn method(
    machine: &dyn Machine,
    mapped: &(ModelId, Vec<Name>),
    name: Name,
    arguments: &Arguments,
) -> Option<Value> {
    if name == "in_" && !may_be_batch(machine, arguments.positional.first()) {
        return compared(machine.program(), mapped, "in");
    }
    if name == "in_" {
        let column = match mapped.1.as_slice() {
            [name] => column(machine.program().schema.model(mapped.0), *name),
            _ => None,
        };
        return Some(Value::External(column.map_or(Name::new(IN), |column| Name::new(&format!("{IN} {column}")))));
    }
    let (_, operator) = OPERATORS.iter().find(|(method, _)| name == *method)?;
    compared(machine.program(), mapped, operator)
}

/// Whether a value is `column.in_(...)`.
pub(super) fn is_batch(value: &Value) -> bool {
    matches!(value, Value::External(path) if path.strip_prefix(IN).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// What must hold for each row: the parts of `and_(…)` as if each were given by itself.
pub(super) fn conditions<'m>(machine: &'m dyn Machine, given: &'m [Value]) -> Vec<&'m Value> {
    let parts = given.iter().flat_map(|value| match conjunction(machine, value) {
        Some(parts) => conditions(machine, parts),
        None => vec![value],
    });
    parts.collect()
}

fn conjunction<'m>(machine: &'m dyn Machine, value: &Value) -> Option<&'m [Value]> {
    let Value::Object(id) = value else { return None };
    match machine.object(*id) {
        Object::Alchemy(Alchemy::Conjunction(parts)) => Some(parts),
        _ => None,
    }
}

/// The attribute of a model that a condition holds equal to a value.
pub(super) fn equality<'m>(machine: &'m dyn Machine, condition: &Value) -> Option<(ModelId, Name, &'m Value)> {
    let Value::Object(id) = condition else { return None };
    match machine.object(*id) {
        Object::Alchemy(Alchemy::Equality(model, name, value)) => Some((*model, *name, value)),
        _ => None,
    }
}

/// The foreign key of a model that a condition holds to be NULL.
pub(super) fn null_key(machine: &dyn Machine, model: ModelId, condition: &Value) -> Option<Name> {
    let (compared, _) = comparison(machine, condition).filter(|(_, operator)| *operator == "is null")?;
    let about = machine.program().schema.model(model);
    let mut keys = about.relations.iter().filter_map(|relation| relation.key_attribute);
    keys.find(|key| column(about, *key) == Some(compared))
}

/// Written in the program: the same whenever the statement is sent.
fn is_constant(value: &Value) -> bool {
    matches!(value, Value::None | Value::Class(_) | Value::Scalar(Scalar::Bool(_) | Scalar::Int(_) | Scalar::Text(_)))
}

/// Whether a condition compares a relation with a row: SQLAlchemy writes the row's key on the left.
fn is_reversed(machine: &dyn Machine, condition: &Value) -> bool {
    let relation =
        |(model, name, _): (ModelId, Name, &Value)| machine.program().schema.model(model).relation(name).is_some();
    equality(machine, condition).is_some_and(relation)
        || matches!(condition, Value::External(path) if path.starts_with(PARENT))
}

/// The condition `with_parent(row, Author.books)` as a value: the foreign key of the rows.
pub(super) fn with_parent(machine: &dyn Machine, mapped: &(ModelId, Vec<Name>)) -> Option<Value> {
    let schema = &machine.program().schema;
    let [name] = mapped.1.as_slice() else { return None };
    let relation = schema.model(mapped.0).relation(*name).filter(|one| one.kind == RelationKind::OneToMany)?;
    let key = qualified(table(schema.model(relation.target?))?, *relation.key_columns.first()?);
    Some(Value::External(Name::new(&format!("{PARENT}{key}"))))
}

/// As `Book.author == row`, where the rows know their parent by the same key.
pub(super) fn back_to_parent(
    machine: &dyn Machine,
    mapped: &(ModelId, Vec<Name>),
    parent: Option<&Value>,
) -> Option<Alchemy> {
    let schema = &machine.program().schema;
    let [name] = mapped.1.as_slice() else { return None };
    let relation = schema.model(mapped.0).relation(*name).filter(|one| one.kind == RelationKind::OneToMany)?;
    let target = relation.target?;
    let is_back = |back: &&Relation| {
        back.leads_to_key() && back.target == Some(mapped.0) && back.key_columns == relation.key_columns
    };
    let back = schema.model(target).relations.iter().find(is_back)?;
    Some(Alchemy::Equality(target, back.name, parent?.clone()))
}

/// The column and operator of a comparison.
fn comparison(machine: &dyn Machine, value: &Value) -> Option<(Name, Name)> {
    if let Some((model, name, _)) = equality(machine, value) {
        return Some((column(machine.program().schema.model(model), name)?, Name::new("=")));
    }
    let Value::External(path) = value else { return None };
    if let Some(column) = path.strip_prefix(IN).and_then(|rest| rest.strip_prefix(' ')) {
        return Some((Name::new(column), Name::new("in")));
    }
    if let Some(column) = path.strip_prefix(PARENT) {
        return Some((Name::new(column), Name::new("=")));
    }
    let (operator, column) = path.strip_prefix(WHERE)?.rsplit_once(' ')?;
    Some((Name::new(column), Name::new(operator)))
}

/// Follows a chained call.
pub(super) fn follow(
    machine: &dyn Machine,
    statement: &mut Statement,
    action: StatementAction,
    name: Name,
    arguments: &Arguments,
) {
    let (is_related, is_select) = (statement.related.is_some(), statement.kind == StatementKind::Select);
    let model = statement.model;
    let asked = Rc::make_mut(&mut statement.asked);
    asked.is_narrowed |= is_related;
    match action {
        StatementAction::Filter if name == "filter_by" => {
            asked.is_open |= arguments.double_star.is_some();
            let is_relation =
                |name: Name| model.is_some_and(|id| machine.program().schema.model(id).relation(name).is_some());
            for (name, value) in &arguments.keywords {
                asked.is_reversed |= is_relation(*name);
                asked.predicates.push((*name, Name::new(if *value == Value::None { "is null" } else { "=" })));
                asked.constants.extend(is_constant(value).then_some(*name));
            }
        }
        StatementAction::Filter => {
            asked.is_open |= arguments.star.is_some();
            for value in conditions(machine, &arguments.positional) {
                let Some((column, operator)) = comparison(machine, value) else {
                    asked.is_open = true;
                    continue;
                };
                asked.is_reversed |= is_reversed(machine, value);
                let is_null = operator.starts_with("is ");
                let is_fixed = equality(machine, value).is_some_and(|(_, _, value)| is_constant(value));
                asked.constants.extend((is_null || is_fixed).then_some(column));
                asked.predicates.push((column, operator));
            }
        }
        StatementAction::Limit => asked.is_limited = true,
        StatementAction::Narrow if name == "order_by" => {
            let columns =
                arguments.positional.iter().map(|value| ordered(machine, value)).collect::<Option<Vec<Name>>>();
            match columns {
                Some(columns) => asked.order_by.get_or_insert_default().extend(columns),
                None => asked.is_open = true,
            }
        }
        StatementAction::Narrow if matches!(name.as_str(), "join" | "outerjoin") => {
            match joined(machine, model, &asked.joins, arguments) {
                Some(path) => asked.joins.push(path),
                None => asked.is_open = true,
            }
        }
        StatementAction::Narrow if name == "select_from" => {
            let from = arguments.positional.first().and_then(|from| model_of(machine, from));
            asked.is_open |= from.is_none() || from != model || arguments.positional.len() > 1;
        }
        StatementAction::Narrow => {
            asked.is_open |= !SAME.contains(&name.as_str());
            asked.is_streamed |= name == "yield_per" || arguments.keyword("yield_per").is_some();
            asked.is_offset |= name == "offset" && !arguments.positional.iter().all(is_constant);
        }
        StatementAction::Group => asked.is_open = true,
        StatementAction::AddColumns => asked.is_open |= is_select,
        _ => {}
    }
}

/// The path that `join(Book.author)` goes, from the statement's model or from what it has joined before.
fn joined(machine: &dyn Machine, model: Option<ModelId>, before: &[Name], arguments: &Arguments) -> Option<Name> {
    let [Value::Mapped(mapped)] = arguments.positional.as_slice() else { return None };
    let [relation] = mapped.1.as_slice() else { return None };
    if Some(mapped.0) == model {
        return Some(*relation);
    }
    let schema = &machine.program().schema;
    let end = |path: &Name| schema.along(model?, path)?.target;
    let path = before.iter().find(|path| end(path) == Some(mapped.0))?;
    Some(Name::new(&format!("{path}__{relation}")))
}

fn ordered(machine: &dyn Machine, value: &Value) -> Option<Name> {
    let Value::Mapped(mapped) = value else { return None };
    match mapped.1.as_slice() {
        [name] => column(machine.program().schema.model(mapped.0), *name),
        _ => None,
    }
}

/// All that a statement asks for, as it is when it is sent.
pub(super) fn of(machine: &dyn Machine, statement: &Statement) -> Box<Asked> {
    let mut asked = (*statement.asked).clone();
    let entities = &statement.entities;
    let is_write = matches!(statement.kind, StatementKind::Insert | StatementKind::Update | StatementKind::Delete);
    if !is_write && !entities.is_empty() && entities.iter().all(|entity| entity.model.is_none()) {
        let names: Vec<Name> = entities.iter().filter_map(|entity| entity.name).collect();
        asked.is_open |= names.len() != entities.len();
        asked.columns = Some(names);
    }
    if let [only] = entities.as_slice()
        && only.is_count
        && !is_write
    {
        (asked.columns, asked.select) = (None, Some(SelectKind::Count));
        asked.is_open = statement.asked.is_open;
    }
    asked.is_reversed |= statement.related.is_some();
    asked.is_open |= statement.kind == StatementKind::Text;
    asked.is_open |= !is_write && entities.len() > 1 && entities.iter().any(|entity| entity.model.is_some());
    for (_, plan) in statement.plans.iter().filter(|(start, _)| Some(*start) == statement.model) {
        asked.is_open |= plan.joins_all;
        joins(plan, "", &mut asked.joins);
        fetched(plan, "", &mut asked.fetched);
    }
    let model = statement.model.map(|model| machine.program().schema.model(model));
    let joined =
        model.is_some_and(|model| model.relations.iter().any(|one| matches!(one.lazy.as_str(), "joined" | "False")));
    asked.is_open |= joined || model.is_some_and(|model| model.is_proxy);
    Box::new(asked)
}

/// The paths that options join to the rows; what the statement joins by itself is there already (`contains_eager`).
fn joins(plan: &LoadPlan, before: &str, into: &mut Vec<Name>) {
    for (name, load) in plan.relations.iter().filter(|(_, load)| !load.is_separate) {
        let path = Name::new(&format!("{before}{name}"));
        if load.is_joined && !load.is_only_path && !into.contains(&path) {
            into.push(path);
        }
        joins(&load.plan, &format!("{path}__"), into);
    }
}

/// The paths that options fetch by statements of their own, and that join nothing themselves.
fn fetched(plan: &LoadPlan, before: &str, into: &mut Vec<Name>) {
    for (name, load) in &plan.relations {
        let path = format!("{before}{name}");
        let joins = |load: &Load| load.is_joined && !load.is_only_path;
        if load.is_separate && !load.is_only_path && !load.plan.relations.values().any(joins) {
            into.push(Name::new(&path));
        }
        fetched(&load.plan, &format!("{path}__"), into);
    }
}
