//! What a statement asks for, kept beside it for its footprint; and the comparisons of columns that it is made of.

use std::rc::Rc;

use super::external::IN;
use super::table::StatementAction;
use crate::domain::{Alchemy, Arguments, Asked, LoadPlan, Machine, Object, Scalar, Statement, StatementKind, Value};
use crate::orm::draft::column;
use crate::project::{ModelId, Program};
use crate::syntax::Name;

/// What a comparison of a column is as a value: `sqlalchemy.where = books.author_id`.
const WHERE: &str = "sqlalchemy.where ";

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
pub(super) fn method(machine: &dyn Machine, mapped: &(ModelId, Vec<Name>), name: Name) -> Option<Value> {
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

/// The column and operator of a comparison.
fn comparison(machine: &dyn Machine, value: &Value) -> Option<(Name, Name)> {
    if let Some((model, name, _)) = equality(machine, value) {
        return Some((column(machine.program().schema.model(model), name)?, Name::new("=")));
    }
    let Value::External(path) = value else { return None };
    if let Some(column) = path.strip_prefix(IN).and_then(|rest| rest.strip_prefix(' ')) {
        return Some((Name::new(column), Name::new("in")));
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
    let asked = Rc::make_mut(&mut statement.asked);
    asked.is_narrowed |= is_related;
    match action {
        StatementAction::Filter if name == "filter_by" => {
            asked.is_open |= arguments.double_star.is_some();
            for (name, value) in &arguments.keywords {
                asked.predicates.push((*name, Name::new(if *value == Value::None { "is null" } else { "=" })));
                asked.constants.extend(is_constant(value).then_some(*name));
            }
        }
        StatementAction::Filter => {
            asked.is_open |= arguments.star.is_some();
            for value in &arguments.positional {
                let Some((column, operator)) = comparison(machine, value) else {
                    asked.is_open = true;
                    continue;
                };
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
    asked.is_open |= statement.kind == StatementKind::Text;
    asked.is_open |= !is_write && entities.len() > 1 && entities.iter().any(|entity| entity.model.is_some());
    asked.is_open |= statement.plans.iter().any(|(_, plan)| joins(plan));
    let model = statement.model.map(|model| machine.program().schema.model(model));
    let joined =
        model.is_some_and(|model| model.relations.iter().any(|one| matches!(one.lazy.as_str(), "joined" | "False")));
    asked.is_open |= joined || model.is_some_and(|model| model.is_proxy);
    Box::new(asked)
}

/// An option joins another table to the rows.
fn joins(plan: &LoadPlan) -> bool {
    plan.relations
        .values()
        .any(|load| (!load.is_separate && !load.is_only_path && load.strategy.is_none()) || joins(&load.plan))
}
