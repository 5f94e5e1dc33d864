//! What a queryset asks for, kept beside it for the footprint of its statement.

use std::rc::Rc;

use super::table::Action;
use crate::domain::{Arguments, Asked, Load, LoadPlan, QuerySet, Scalar, SelectKind, Shape, Value, Why};
use crate::syntax::Name;

/// Look-ups with the operators of SQL that they become. Source: the field lookups of the QuerySet API reference.
const LOOKUPS: &[(&str, &str)] = &[
    ("contains", "like"),
    ("endswith", "like"),
    ("exact", "="),
    ("gt", ">"),
    ("gte", ">="),
    ("icontains", "like"),
    ("iendswith", "like"),
    ("iexact", "="),
    ("in", "in"),
    ("isnull", "is null"),
    ("istartswith", "like"),
    ("lt", "<"),
    ("lte", "<="),
    ("range", "between"),
    ("startswith", "like"),
];

/// Methods that change nothing a footprint shows.
const SAME: &[&str] = &["db_manager", "distinct", "reverse", "select_for_update", "using"];

/// Follows a chained call.
pub(super) fn follow(query: &mut QuerySet, action: Action, name: Name, arguments: &Arguments) {
    let is_related = query.related.is_some();
    let asked = Rc::make_mut(&mut query.asked);
    asked.is_narrowed |= is_related;
    asked.is_direct = false;
    match action {
        Action::Order => match texts(arguments) {
            Some(paths) => asked.order_by = Some(paths),
            None => asked.is_open = true,
        },
        Action::Filter => compare(asked, arguments, !name.contains("filter")),
        Action::Narrow => asked.is_open |= !SAME.contains(&name.as_str()),
        Action::Values | Action::ValuesList => asked.is_open |= texts(arguments).is_none(),
        Action::Annotate | Action::Combine | Action::Flat | Action::Raw => asked.is_open = true,
        _ => {}
    }
}

/// Adds the comparisons of `filter(...)`, `exclude(...)`, `get(...)`; expressions are not followed.
pub(super) fn compare(asked: &mut Asked, arguments: &Arguments, is_excluded: bool) {
    let is_plain = arguments.positional.is_empty() && arguments.star.is_none() && arguments.double_star.is_none();
    asked.is_open |= !is_plain;
    for (keyword, value) in &arguments.keywords {
        let (path, operator) = comparison(*keyword, value);
        let operator = if is_excluded { format!("not {operator}") } else { operator.to_owned() };
        asked.predicates.push((path, Name::new(&operator)));
    }
}

/// `title__startswith` as the path and the operator.
fn comparison(keyword: Name, value: &Value) -> (Name, &'static str) {
    let split = keyword.rsplit_once("__").and_then(|(path, word)| {
        let (_, operator) = LOOKUPS.iter().find(|(lookup, _)| *lookup == word)?;
        Some((Name::new(path), *operator))
    });
    let (path, operator) = split.unwrap_or((keyword, "="));
    match operator {
        "is null" if *value == Value::Scalar(Scalar::Bool(false)) => (path, "is not null"),
        "=" if *value == Value::None => (path, "is null"),
        _ => (path, operator),
    }
}

/// `aggregate(n=Count("id"))`: one function gives one value.
pub(super) fn aggregate(asked: &mut Asked, arguments: &Arguments) {
    let values = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
    let values: Vec<&Value> = values.collect();
    asked.select = match values.as_slice() {
        [Value::External(path) | Value::Unknown(Why::External(path))] if path.ends_with(".Count") => {
            Some(SelectKind::Count)
        }
        [_] => Some(SelectKind::Column),
        _ => Some(SelectKind::All),
    };
}

/// `latest("published")`, `earliest()`
pub(super) fn order(asked: &mut Asked, arguments: &Arguments) {
    match texts(arguments) {
        Some(paths) if !paths.is_empty() => asked.order_by = Some(paths),
        _ => asked.is_open = true,
    }
}

/// All that a queryset asks for, as it is when its statement is sent.
pub(super) fn of(query: &QuerySet) -> Box<Asked> {
    let mut asked = (*query.asked).clone();
    if query.shape != Shape::Rows {
        asked.columns = Some((*query.fields).clone());
    }
    asked.is_open |= query.plan.joins_all;
    joins(&query.plan, "", &mut asked.joins);
    fetched(&query.plan, "", &mut asked.fetched);
    Box::new(asked)
}

/// The paths of prefetches whose statements are known: those of `Prefetch(...)` ask what their queryset asks.
fn fetched(plan: &LoadPlan, before: &str, into: &mut Vec<Name>) {
    for (name, load) in plan.relations.iter().filter(|(_, load)| !load.is_only_path && load.origin.is_none()) {
        let path = format!("{before}{name}");
        let is_joined = |load: &Load| !load.is_separate && !load.is_only_path;
        if load.is_separate && load.list_of.is_none() && !load.plan.relations.values().any(is_joined) {
            into.push(Name::new(&path));
        }
        fetched(&load.plan, &format!("{path}__"), into);
    }
}

fn joins(plan: &LoadPlan, before: &str, into: &mut Vec<Name>) {
    for (name, load) in plan.relations.iter().filter(|(_, load)| !load.is_separate && !load.is_only_path) {
        let path = format!("{before}{name}");
        joins(&load.plan, &format!("{path}__"), into);
        into.push(Name::new(&path));
    }
}

/// The texts of all arguments, without the sign of an ordering.
fn texts(arguments: &Arguments) -> Option<Vec<Name>> {
    if arguments.star.is_some() {
        return None;
    }
    let text = |value: &Value| value.as_text().map(|text| Name::new(text.trim_start_matches(['-', '+'])));
    arguments.positional.iter().map(text).collect()
}
