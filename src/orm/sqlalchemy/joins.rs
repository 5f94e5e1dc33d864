//! Joins: the relations that a statement goes over, and which rows of one result belong to each other for that.
//!
//! ```py
//! select(Statement, Account).join(Account, Account.id == Statement.account_id)
//! ```

use super::session;
use super::statement::model_of;
use crate::domain::{Alchemy, Arguments, Fixed, LoadPlan, Machine, Object, ObjectId, Row, Statement, Value};
use crate::project::{Column, ModelId, Relation};
use crate::syntax::Name;

/// Columns that people tell rows apart by, whether or not the table says that they are unique.
const NAMES: &[&str] = &["code", "email", "guid", "handle", "key", "login", "name", "slug", "username", "uuid"];

/// `join(Book.author)` loads nothing, but it could.
pub(super) fn joined(
    machine: &dyn Machine,
    statement: &Statement,
    arguments: &Arguments,
) -> Option<(ModelId, LoadPlan)> {
    if let Some((model, relation)) = arguments.positional.first().and_then(named) {
        let names = std::collections::BTreeSet::from([relation]);
        return Some((model, LoadPlan { joined: names.clone(), followed: names, ..LoadPlan::default() }));
    }
    let (model, relation) = followed(machine, statement, arguments)?;
    Some((model, LoadPlan { followed: [relation].into(), ..LoadPlan::default() }))
}

fn named(value: &Value) -> Option<(ModelId, Name)> {
    match value {
        Value::Mapped(mapped) => Some((mapped.0, *mapped.1.first().filter(|_| mapped.1.len() == 1)?)),
        _ => None,
    }
}

/// The relation by whose key `join(Account, …)` goes.
fn followed(machine: &dyn Machine, statement: &Statement, arguments: &Arguments) -> Option<(ModelId, Name)> {
    let target = model_of(machine, arguments.positional.first()?)?;
    match arguments.get(1, "onclause") {
        Some(condition) => named(condition).or_else(|| by_key(machine, condition)),
        None => by_default(machine, statement, target),
    }
}

/// `Account.id == Statement.account_id`, either way round.
fn by_key(machine: &dyn Machine, condition: &Value) -> Option<(ModelId, Name)> {
    let Value::Object(id) = condition else { return None };
    let Object::Alchemy(Alchemy::Same(one, other)) = machine.object(*id) else { return None };
    let schema = &machine.program().schema;
    [(one, other), (other, one)].into_iter().find_map(|(from, to)| {
        let (key, target) = (from.1.first()?, schema.model(to.0));
        let leads = |relation: &&Relation| {
            relation.leads_to_key() && relation.key_attribute == Some(*key) && relation.target == Some(to.0)
        };
        let found = schema.model(from.0).relations.iter().find(leads)?;
        (to.1.as_slice() == [target.primary_key]).then_some((from.0, found.name))
    })
}

/// `join(MailingList)`: the foreign key between the model and what the statement has of tables before, whoever has it.
fn by_default(machine: &dyn Machine, statement: &Statement, target: ModelId) -> Option<(ModelId, Name)> {
    let schema = &machine.program().schema;
    let ends = |(start, plan): &(ModelId, LoadPlan)| {
        let ends = plan.followed.iter().filter_map(|name| schema.model(*start).relation(*name)?.target);
        ends.collect::<Vec<ModelId>>()
    };
    let known: Vec<ModelId> = statement.model.into_iter().chain(statement.plans.iter().flat_map(ends)).collect();
    let way = |from: ModelId, to: ModelId| Some((from, only_way(machine, from, to)?));
    known.iter().find_map(|one| way(*one, target).or_else(|| way(target, *one)))
}

/// The many-to-one by which rows of a model lead to the other model, where there is but one.
pub(super) fn only_way(machine: &dyn Machine, from: ModelId, to: ModelId) -> Option<Name> {
    let leads = |relation: &&Relation| relation.leads_to_key() && relation.target == Some(to);
    let mut ways = machine.program().schema.model(from).relations.iter().filter(leads);
    let only = ways.next()?;
    ways.next().is_none().then_some(only.name)
}

/// A condition that tells one row of a joined model from all others holds the many-to-one to it equal, too.
///
/// ```py
/// session.query(Member).join(MailingList).filter(MailingList.name == name)
/// ```
pub(super) fn fixed_by_name(machine: &dyn Machine, statement: &Statement) -> Vec<Fixed> {
    let schema = &machine.program().schema;
    let is_name = |fixed: &&Fixed| schema.model(fixed.model).column(fixed.attribute).is_some_and(tells_apart);
    let named: Vec<&Fixed> = statement.fixed.iter().filter(|fixed| !fixed.is_null).filter(is_name).collect();
    let joined = statement.plans.iter().flat_map(|(start, plan)| plan.followed.iter().map(|name| (*start, *name)));
    let leads = |(start, name): (ModelId, Name)| {
        // In a tree, the condition may speak of the child.
        let is_up = |relation: &&Relation| relation.leads_to_key() && relation.target != Some(start);
        let relation = schema.model(start).relation(name).filter(is_up)?;
        let row = named.iter().find(|fixed| Some(fixed.model) == relation.target)?.row;
        Some(Fixed { model: start, attribute: name, row, is_null: false })
    };
    joined.filter_map(leads).collect()
}

fn tells_apart(column: &Column) -> bool {
    column.primary_key || column.unique || NAMES.contains(&column.name.as_str())
}

/// The row of the same tuple to which a many-to-one leads, for the statement joins the two over it: the session has that row
/// as long as somebody holds it.
pub(super) fn beside(machine: &dyn Machine, id: ObjectId, row: &Row, relation: &Relation) -> Option<ObjectId> {
    let is_joined = row.plan.followed.contains(&relation.name) && relation.leads_to_key();
    let target = relation.target.filter(|target| is_joined && *target != row.model)?;
    let (tie, result) = (row.session?, machine.owner_of(id)?);
    let mut others = session::fresh_rows(machine, tie.session, target).into_iter();
    others.find(|other| machine.owner_of(*other) == Some(result))
}
