//! Rows as the program makes and changes them: constructors, assignments, setters and validators.

use super::row::{ROW, blank, decorated, is_pending, read_replaced, row};
use super::session::change;
use super::{collection, events, fresh, unit};
use crate::domain::{Alchemy, Arguments, Facts, Machine, Object, ObjectId, Pending, Place, Row, Scalar, Value, Write};
use crate::project::{ModelId, Relation, RelationKind};
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, Constant, Expr, ExprKind, Function};

/// `Model(...)`: a row that is in no session and holds what it was given.
pub fn construct(machine: &mut dyn Machine, model: ModelId, arguments: &Arguments, place: Place) -> Value {
    let mut made = blank(model);
    made.is_saved = false;
    made.truths = fresh::truths(machine, model);
    made.facts = fresh::facts(machine, model, arguments);
    made.columns = computed(machine, model);
    fresh::remember(machine, model);
    let id = machine.allocate(place, ROW, Object::Row(made));
    let value = Value::Object(id);
    if machine.call_project_method(&value, Name::new("__init__"), arguments, place).is_some() {
        return value;
    }
    fill(machine, id, &arguments.keywords, place);
    value
}

/// What the database computes for a row is not there when its INSERT was sent: each is asked for by itself. Counted on 2.0.
///
/// ```py
/// total = column_property(select(func.sum(Entry.cents)).where(Entry.bill_id == id).scalar_subquery())
/// ```
fn computed(machine: &dyn Machine, model: ModelId) -> std::collections::BTreeMap<Name, bool> {
    let columns = machine.program().schema.model(model).columns.iter();
    columns
        .filter(|column| column.kind == "column_property")
        .map(|column| (super::row::stale(column.name), true))
        .collect()
}

/// Keywords of a constructor become attributes.
pub(super) fn fill(machine: &mut dyn Machine, id: ObjectId, keywords: &[(Name, Value)], place: Place) {
    for (name, value) in keywords {
        set_attribute(machine, id, *name, value.clone(), place);
    }
}

/// `row.name = value`: waits for the next flush.
pub fn set_attribute(machine: &mut dyn Machine, id: ObjectId, name: Name, value: Value, place: Place) {
    let Some(found) = row(machine, id) else { return };
    let model = machine.program().schema.model(found.model);
    let is_column = model.column(name).is_some();
    let is_versioned = model.options.iter().any(|(option, _)| *option == "version_id_col");
    let relation = model.relation(name).cloned();
    if !is_column && relation.is_none() {
        if !call_setter(machine, id, name, &value, place)
            && let Object::Row(row) = machine.object_mut(id)
        {
            row.attributes.insert(name, value);
        }
        return;
    }
    validate(machine, id, name, &value, place);
    fresh::point_at(machine, &value);
    if let Some(relation) = &relation {
        validate_far_side(machine, id, relation, &value, place);
        replace(machine, id, &found, relation, &value, place);
    } else if let Object::Row(row) = machine.object_mut(id) {
        row.columns.insert(name, true);
        row.truths.remove(&name);
        row.facts = Facts::without(&row.facts, name);
        row.is_changed = true;
    }
    let Some(tie) = found.session else { return };
    change(machine, tie.session, |session| session.soil());
    if !is_pending(machine, &found) {
        let far = relation.as_ref().filter(|relation| !relation.kind.holds_key()).map(|relation| relation.target);
        change(machine, tie.session, |session| match far {
            None => session.note(Write::Update, found.model),
            // The far rows hold the key: a new one is inserted, one that was there is updated.
            Some(target) => target.into_iter().for_each(|target| {
                session.note(Write::Insert, target);
                session.note(Write::Update, target);
            }),
        });
        if is_column {
            go_stale(machine, id);
        }
        events::wait(machine, tie.session, id, Write::Update, None);
    }
    let is_expression = is_column && is_expression(machine, &value);
    if (is_expression || (is_versioned && !is_pending(machine, &found)))
        && let Some(growth) = machine.growth_of(id)
    {
        let pending = Pending { model: found.model, relation: None, row: id, growth };
        change(machine, tie.session, |session| unit::remember(session, pending));
    }
}

/// The UPDATE that the next flush sends gives some columns a value that only the database knows: they are read again after
/// it. Verified on 2.0.
///
/// ```py
/// touched = mapped_column(onupdate=func.now())
/// ```
fn go_stale(machine: &mut dyn Machine, id: ObjectId) {
    let Some(found) = row(machine, id) else { return };
    let model = machine.program().schema.model(found.model);
    if model.options.iter().any(|(option, value)| *option == "eager_defaults" && *value == "True") {
        return;
    }
    let is_computed = |(option, value): &(Name, Name)| match option.as_str() {
        "server_onupdate" => true,
        "onupdate" => value.starts_with("func.") || value.contains(".func.") || value.starts_with("text"),
        _ => false,
    };
    let stale = model.columns.iter().filter(|column| column.options.iter().any(is_computed));
    let stale: Vec<Name> = stale.map(|column| super::row::stale(column.name)).collect();
    let flushes = found.session.map_or(0, |tie| super::session::state(machine, tie.session).flushes);
    if let Object::Row(row) = machine.object_mut(id)
        && !stale.is_empty()
    {
        if let Some(tie) = &mut row.session {
            tie.flushes = flushes;
        }
        row.columns.extend(stale.into_iter().map(|name| (name, true)));
    }
}

/// A value that the database computes.
fn is_expression(machine: &dyn Machine, value: &Value) -> bool {
    match value {
        Value::Mapped(_) => true,
        Value::External(path) => path.starts_with("sqlalchemy."),
        Value::Object(id) => matches!(machine.object(*id), Object::Alchemy(Alchemy::Statement(_))),
        _ => false,
    }
}

/// Replacing a collection reads the old one; a many-to-one is just set, unless it is mapped with `active_history=True`.
fn replace(machine: &mut dyn Machine, id: ObjectId, found: &Row, relation: &Relation, value: &Value, place: Place) {
    if relation.kind == RelationKind::ReverseOneToOne {
        replace_single(machine, id, found, relation);
    } else if reads_old(relation) {
        read_replaced(machine, id, relation, place);
    }
    collection::remember(machine, id, relation.name, value.clone());
    if let Object::Row(row) = machine.object_mut(id) {
        row.is_changed = true;
    }
}

fn reads_old(relation: &Relation) -> bool {
    if relation.kind.is_single() {
        return unit::option(relation, "active_history").is_some_and(|value| value == "True");
    }
    !relation.gives_query()
}

/// The old row of a one-to-one is read by the flush.
fn replace_single(machine: &mut dyn Machine, id: ObjectId, found: &Row, relation: &Relation) {
    if collection::is_loaded(machine, id, relation) {
        return;
    }
    if let (Some(tie), Some(growth)) = (found.session, machine.growth_of(id)) {
        let pending = Pending { model: found.model, relation: Some(relation.name), row: id, growth };
        change(machine, tie.session, |session| unit::remember(session, pending));
    }
}

/// `@name.setter` of a property.
fn call_setter(machine: &mut dyn Machine, id: ObjectId, name: Name, value: &Value, place: Place) -> bool {
    let Some(found) = row(machine, id) else { return false };
    let program = machine.program();
    let class = program.schema.model(found.model).class;
    let setter = Name::new(&format!("{name}.setter"));
    if program.member(class, setter, None).is_none() {
        return false;
    }
    machine.call_project_method(&Value::Object(id), setter, &Arguments::of(vec![value.clone()]), place).is_some()
}

/// Runs the project's `@validates` functions of an attribute.
fn validate(machine: &mut dyn Machine, id: ObjectId, name: Name, value: &Value, place: Place) {
    announce(machine, id, name, value, place, &|function| validates(function, name));
}

/// Tells those who listen to an attribute, and the validators that `is_asked` picks, that it gets a value.
fn announce(
    machine: &mut dyn Machine,
    id: ObjectId,
    name: Name,
    value: &Value,
    place: Place,
    is_asked: &dyn Fn(&Function) -> bool,
) {
    let Some(found) = row(machine, id) else { return };
    let arguments = [Value::Object(id), value.clone(), Value::ANY, Value::ANY];
    events::tell_of_attribute(machine, found.model, name, &arguments, place);
    for validator in decorated(machine, found.model, is_asked) {
        let arguments = Arguments::of(vec![Value::Scalar(Scalar::Text(name)), value.clone()]);
        machine.call_project_method(&Value::Object(id), validator, &arguments, place);
    }
}

/// The rows of the other side take this one in, and their `@validates` functions are asked about it (`include_backrefs`).
fn validate_far_side(machine: &mut dyn Machine, id: ObjectId, relation: &Relation, value: &Value, place: Place) {
    let Some(back) = relation.reverse.filter(|_| relation.kind.is_single()) else { return };
    for far in unit::rows(machine, value) {
        announce(machine, far, back, &Value::Object(id), place, &|function| {
            validates(function, back) && !is_without_backrefs(function)
        });
    }
}

/// Whether a function is decorated with `@validates(name)`.
fn validates(function: &Function, name: Name) -> bool {
    function.decorators.iter().any(|decorator| {
        let ExprKind::Call { function, arguments } = &decorator.kind else { return false };
        let is_validates = matches!(
            function.kind,
            ExprKind::Name(found) | ExprKind::Attribute { name: found, .. } if found == "validates"
        );
        let names = |expr: &Expr| matches!(expr.kind, ExprKind::Constant(Constant::Text(text)) if text == name);
        is_validates && arguments.iter().any(|argument| names(&argument.value))
    })
}

/// `@validates("players", include_backrefs=False)`
fn is_without_backrefs(function: &Function) -> bool {
    function.decorators.iter().any(|decorator| {
        let ExprKind::Call { arguments, .. } = &decorator.kind else { return false };
        arguments.iter().any(|argument| {
            let is_it = matches!(argument.kind, ArgumentKind::Keyword(name) if name == "include_backrefs");
            is_it && matches!(argument.value.kind, ExprKind::Constant(Constant::Bool(false)))
        })
    })
}
