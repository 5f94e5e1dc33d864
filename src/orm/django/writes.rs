//! Methods of querysets that change rows.

use std::rc::Rc;

use super::elements::{know_parent, row_of, size};
use super::queryset::{PAIR, ROW, extend_origin, fire};
use super::table::Action;
use super::{asked, instance, manager, relation, signals};
use crate::domain::{
    Arguments, Certainty, EffectKind, Machine, Object, Place, QuerySet, Scalar, Sequence, SequenceKind, Value, Verb,
};
use crate::syntax::Name;

const DELETED: u32 = 47;

/// `create`, `get_or_create`, `bulk_create`, `update`, `delete`.
pub(super) fn write(
    machine: &mut dyn Machine,
    mut query: QuerySet,
    action: Action,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    extend_origin(&mut query, place);
    if let (Action::Create | Action::Update | Action::Delete, Some((row, relation)), true) =
        (action, query.related, query.result.is_some())
    {
        manager::forget(machine, row, relation);
    }
    match action {
        Action::Create => Some(create(machine, &query, arguments, place)),
        Action::GetOrCreate => {
            let looked_up = |(name, _): &&(Name, Value)| !matches!(name.as_str(), "defaults" | "create_defaults");
            let keywords = arguments.keywords.iter().filter(looked_up).cloned().collect();
            let wanted = Arguments { keywords, ..arguments.clone() };
            asked::compare(Rc::make_mut(&mut query.asked), &wanted, false);
            fire(machine, &query, EffectKind::GetOrCreate, Verb::Select, name, place, Certainty::High);
            let row = machine.allocate(place, ROW, Object::Row(row_of(&query)));
            know_parent(machine, row, &query);
            // Of a row that was there already nobody hears, unless it is updated.
            let created = if name == "get_or_create" { Value::Scalar(Scalar::Bool(true)) } else { Value::ANY };
            signals::send_saved(machine, row, [created, Value::ANY], place);
            let pair = Sequence::of(SequenceKind::Tuple, vec![Value::Object(row), Value::ANY]);
            Some(Value::Object(machine.allocate(place, PAIR, Object::Sequence(pair))))
        }
        Action::Bulk => {
            query.is_batched = true;
            if let Some(rows) = arguments.positional.first() {
                machine.iterate(rows, place);
            }
            let verb = if name.contains("update") { Verb::Update } else { Verb::Insert };
            fire(machine, &query, EffectKind::Bulk, verb, name, place, Certainty::High);
            Some(arguments.positional.first().cloned().unwrap_or(Value::ANY))
        }
        Action::Update => {
            fire(machine, &query, EffectKind::Update, Verb::Update, name, place, Certainty::High);
            Some(Value::ANY)
        }
        Action::Delete => {
            fire(machine, &query, EffectKind::BulkDelete, Verb::Delete, name, place, Certainty::High);
            tell_deleted(machine, &query, place);
            let pair = Sequence::of(SequenceKind::Tuple, vec![Value::ANY, Value::ANY]);
            Some(Value::Object(machine.allocate(place, PAIR, Object::Sequence(pair))))
        }
        _ => None,
    }
}

/// Where somebody listens, the rows are fetched and each is told of.
/// Source: <https://docs.djangoproject.com/en/5.2/ref/models/querysets/#delete>
fn tell_deleted(machine: &mut dyn Machine, query: &QuerySet, place: Place) {
    let is_heard = |signal: &&str| !machine.receivers(query.model, signal).is_empty();
    let heard: Vec<&str> = ["pre_delete", "post_delete"].into_iter().filter(is_heard).collect();
    if heard.is_empty() {
        return;
    }
    let row = machine.allocate(place, DELETED, Object::Row(row_of(query)));
    let size = size(machine, query);
    machine.for_each(size, place, &mut |machine| {
        heard.iter().for_each(|signal| signals::send(machine, row, signal, place));
    });
}

/// `create(...)`: a new row, saved through the model's own `save`.
fn create(machine: &mut dyn Machine, query: &QuerySet, arguments: &Arguments, place: Place) -> Value {
    let arguments = with_parent(machine, query, arguments);
    let value = instance::construct(machine, query.model, &arguments, place);
    if let Value::Object(row) = value {
        know_parent(machine, row, query);
        instance::save(machine, row, &Arguments::default(), place, Name::new("create"));
    }
    value
}

/// A related manager gives its own row to the constructor, by the name of the way back.
fn with_parent(machine: &dyn Machine, query: &QuerySet, arguments: &Arguments) -> Arguments {
    let mut arguments = arguments.clone();
    let back = query
        .related
        .and_then(|(parent, relation)| Some((relation::back_reference(machine, parent, relation)?, parent)));
    if let Some((back, parent)) = back.filter(|(back, _)| arguments.keyword(back).is_none()) {
        arguments.keywords.push((back, Value::Object(parent)));
    }
    arguments
}
