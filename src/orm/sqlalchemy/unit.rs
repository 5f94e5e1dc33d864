//! The unit of work: what adding, changing and deleting rows fires, and when.

use super::session::{attachment, autoflush, certainty, change, state};
use super::table::SessionAction;
use super::{cascade, collection, events, footprint, row};
use crate::domain::{
    Arguments, Certainty, Effect, EffectKind, Machine, Object, ObjectId, Pending, Place, StatementShape, Value, Verb,
    Write,
};
use crate::project::Relation;
use crate::syntax::Name;

/// Calls a method that writes.
pub(super) fn method(
    machine: &mut dyn Machine,
    id: ObjectId,
    action: SessionAction,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Value {
    let first = arguments.positional.first().or(arguments.keywords.first().map(|(_, value)| value)).cloned();
    let first = first.unwrap_or(Value::None);
    match action {
        SessionAction::Add => add(machine, id, &first, name, place),
        SessionAction::AddAll => add_all(machine, id, &first, place),
        SessionAction::Delete => delete(machine, id, &first, place),
        SessionAction::Merge => return merge(machine, id, &first, arguments, name, place),
        SessionAction::Refresh => refresh(machine, id, &first, arguments, name, place),
        SessionAction::Expire => expire(machine, &first, arguments, place),
        SessionAction::Expunge => {
            change(machine, id, |session| session.has_let_go = true);
            rows(machine, &first).into_iter().for_each(|row| row::detach(machine, row));
        }
        SessionAction::ExpireAll => change(machine, id, |session| session.commits += 1),
        SessionAction::Flush => flush(machine, id, name, place),
        SessionAction::Commit => commit(machine, id, name, place),
        SessionAction::Rollback => change(machine, id, |session| {
            session.commits += 1;
            session.clean();
            session.row_by_row.clear();
        }),
        SessionAction::Bulk => {
            let mapped = super::statement::model_of(machine, &first);
            if let Some(model) = mapped {
                super::fresh::remember(machine, model);
            }
            let listed = machine.iterate(&first, place).any().unwrap_or(Value::None);
            let model = mapped.or_else(|| model_of(machine, &listed));
            let verb = if name.contains("update") { Verb::Update } else { Verb::Insert };
            let one = Effect { certainty: certainty(machine, id), ..Effect::of(EffectKind::Bulk, verb, name, place) };
            machine.fire(Effect { model, ..one });
        }
        _ => {}
    }
    Value::None
}

/// Records a statement of the session itself.
pub(super) fn fire(machine: &mut dyn Machine, id: ObjectId, kind: EffectKind, verb: Verb, action: Name, place: Place) {
    let certainty = certainty(machine, id);
    machine.fire(Effect { certainty, ..Effect::of(kind, verb, action, place) });
}

/// The rows among the alternatives of a value.
pub(super) fn rows(machine: &dyn Machine, value: &Value) -> Vec<ObjectId> {
    let is_row = |id: &ObjectId| matches!(machine.object(*id), Object::Row(_));
    let ids = value.disjuncts().into_iter().filter_map(|part| match part {
        Value::Object(id) => Some(id),
        _ => None,
    });
    ids.filter(is_row).collect()
}

/// The model of all rows among the alternatives of a value.
fn model_of(machine: &dyn Machine, value: &Value) -> Option<crate::project::ModelId> {
    let mut models = rows(machine, value).into_iter().filter_map(|row| match machine.object(row) {
        Object::Row(row) => Some(row.model),
        _ => None,
    });
    let first = models.next()?;
    models.all(|model| model == first).then_some(first)
}

/// `add(row)`: written by the next flush, together with the others.
fn add(machine: &mut dyn Machine, id: ObjectId, value: &Value, name: Name, place: Place) {
    change(machine, id, |session| session.soil());
    for row in rows(machine, value) {
        attach(machine, id, row);
        let Object::Row(about) = machine.object(row) else { continue };
        let (model, is_saved) = (about.model, about.is_saved);
        if !is_saved {
            let certainty = certainty(machine, id);
            let effect = Effect { certainty, ..Effect::of(EffectKind::Add, Verb::Insert, name, place) };
            machine.fire(Effect { model: Some(model), receiver: Some(row), ..effect });
            events::wait(machine, id, row, Write::Insert, None);
        }
    }
}

fn attach(machine: &mut dyn Machine, id: ObjectId, row: ObjectId) {
    let tie = attachment(machine, id);
    if let Object::Row(row) = machine.object_mut(row)
        && row.session.is_none()
    {
        row.session = tie;
    }
}

fn add_all(machine: &mut dyn Machine, id: ObjectId, value: &Value, place: Place) {
    change(machine, id, |session| session.soil());
    let iteration = machine.iterate(value, place);
    let size = iteration.element.as_ref().map(|_| iteration.size.clone());
    for element in iteration.items.into_iter().flatten().chain(iteration.element) {
        for row in rows(machine, &element) {
            attach(machine, id, row);
            let Object::Row(about) = machine.object(row) else { continue };
            let (model, is_saved) = (about.model, about.is_saved);
            if !is_saved {
                change(machine, id, |session| session.note(Write::Insert, model));
                events::wait(machine, id, row, Write::Insert, size.clone());
            }
        }
    }
}

/// `flush()`: one batch for each kind of change.
pub(super) fn flush(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) {
    let session = state(machine, id);
    let certainty = if session.is_dirty { Certainty::High } else { Certainty::Medium };
    flush_for(machine, id, None, certainty, name, place);
}

/// As `flush`, for the lazy load of a row, or before a query.
pub(super) fn flush_for(
    machine: &mut dyn Machine,
    id: ObjectId,
    receiver: Option<ObjectId>,
    certainty: Certainty,
    name: Name,
    place: Place,
) {
    events::before_flush(machine, id, place);
    let certainty = state(machine, id).certainty.min(certainty);
    let flushed = Effect { certainty, ..Effect::of(EffectKind::Flush, Verb::Flush, name, place) };
    let flushed = Effect { footprint: flushed_shape(machine, id), ..flushed };
    machine.fire(Effect { receiver, ..flushed });
    settle(machine, id, place);
}

/// The shape of a flush that writes rows of one model in one way.
fn flushed_shape(machine: &dyn Machine, id: ObjectId) -> Option<StatementShape> {
    let session = state(machine, id);
    let [(write, model)] = session.writes.as_slice() else { return None };
    let verb = match write {
        Write::Insert => Verb::Insert,
        Write::Update => Verb::Update,
        Write::Delete => Verb::Delete,
    };
    let schema = &machine.program().schema;
    footprint::written(schema, schema.model(*model), verb).map(StatementShape::Known)
}

/// What a flush leaves: nothing waits, and statements that can't be batched were sent one by one.
fn settle(machine: &mut dyn Machine, id: ObjectId, place: Place) {
    let session = state(machine, id);
    for pending in session.row_by_row.iter().filter(|pending| !session.sent.contains(pending)) {
        let (kind, verb) = match pending.relation {
            Some(_) => (EffectKind::RelatedQuery, Verb::Select),
            None => (EffectKind::Save, Verb::Update),
        };
        let one = Effect::of(kind, verb, Name::new("flush"), place);
        let one = Effect { certainty: session.certainty, ..one };
        let one = Effect { model: Some(pending.model), relation: pending.relation, ..one };
        // A flush inside the loop over the rows finds but one of them waiting, and leaves the last to what comes after.
        if machine.growth_of(pending.row).as_ref() == Some(&pending.growth) {
            machine.fire(one);
            change(machine, id, |session| session.one_by_one.push(pending.row));
            continue;
        }
        if session.one_by_one.contains(&pending.row) {
            machine.fire(one);
        } else {
            machine.for_each(pending.growth.size.clone(), place, &mut |machine| machine.fire(one.clone()));
        }
        change(machine, id, |session| session.sent.push(pending.clone()));
    }
    events::while_flushing(machine, id, |machine| events::written(machine, id, place));
    change(machine, id, |session| {
        session.clean();
        session.flushes += 1;
        session.row_by_row.clear();
    });
}

/// `commit()`: what waits is flushed, and every row must be read again.
pub(super) fn commit(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) {
    events::before_flush(machine, id, place);
    let session = state(machine, id);
    fire(machine, id, EffectKind::Commit, Verb::Commit, name, place);
    if session.is_dirty || !session.row_by_row.is_empty() {
        settle(machine, id, place);
    }
    change(machine, id, |session| {
        if session.expires {
            session.commits += 1;
        }
    });
}

/// `merge(row)` reads the stored row first.
fn merge(
    machine: &mut dyn Machine,
    id: ObjectId,
    value: &Value,
    arguments: &Arguments,
    name: Name,
    place: Place,
) -> Value {
    let is_free = arguments.keyword("load") == Some(&Value::Scalar(crate::domain::Scalar::Bool(false)));
    if !is_free {
        autoflush(machine, id, place);
        let model = rows(machine, value).first().and_then(|row| match machine.object(*row) {
            Object::Row(row) => Some(row.model),
            _ => None,
        });
        if is_inside(machine, id, value) {
            return value.clone();
        }
        let held = model.is_some_and(|model| super::session::holds(machine, id, model));
        let certainty = if held { Certainty::Low } else { certainty(machine, id) };
        let one = Effect { certainty, ..Effect::of(EffectKind::Merge, Verb::Select, name, place) };
        machine.fire(Effect { model, ..one.clone() });
        if arguments.keyword("options").is_none() && !held {
            cascade::merge(machine, id, value, &one, place);
        }
    }
    // The copy of a stored row that nobody changed leaves nothing to write, unless the other session changed it.
    let differs = |row: &ObjectId| match machine.object(*row) {
        Object::Row(row) => !row.is_saved || row.is_changed,
        _ => true,
    };
    let is_sure = rows(machine, value).iter().any(differs);
    change(machine, id, |session| if is_sure { session.soil() } else { session.is_dirty = true });
    for row in rows(machine, value) {
        attach(machine, id, row);
    }
    value.clone()
}

/// Every alternative is a row that this session read: merging it gives it back.
fn is_inside(machine: &dyn Machine, id: ObjectId, value: &Value) -> bool {
    let is_own = |part: &Value| {
        let Value::Object(row) = part else { return false };
        matches!(machine.object(*row), Object::Row(row) if row.is_saved && row.session.is_some_and(|tie| tie.session == id))
    };
    value.disjuncts().iter().all(is_own)
}

fn refresh(machine: &mut dyn Machine, id: ObjectId, value: &Value, arguments: &Arguments, name: Name, place: Place) {
    autoflush(machine, id, place);
    let found = rows(machine, value);
    let model = found.first().and_then(|row| match machine.object(*row) {
        Object::Row(row) => Some(row.model),
        _ => None,
    });
    let certainty = certainty(machine, id);
    let one = Effect { certainty, ..Effect::of(EffectKind::Refresh, Verb::Select, name, place) };
    machine.fire(Effect { model, receiver: found.first().copied(), ..one });
    let names = named(machine, arguments.get(1, "attribute_names"));
    for row in found {
        attach(machine, id, row);
        if names.is_empty() {
            cascade::expire(machine, row, place);
        }
        row::renewed(machine, row);
        for relation in &names {
            collection::fill(machine, row, *relation);
        }
    }
}

/// The texts of a list.
fn named(machine: &dyn Machine, value: Option<&Value>) -> Vec<Name> {
    let Some(Value::Object(id)) = value else { return Vec::new() };
    match machine.object(*id) {
        Object::Sequence(sequence) => sequence.items.iter().flatten().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    }
}

fn expire(machine: &mut dyn Machine, value: &Value, arguments: &Arguments, place: Place) {
    if let Some(names) = arguments.get(1, "attribute_names") {
        let names = named(machine, Some(names));
        return rows(machine, value).into_iter().for_each(|id| row::unload(machine, id, &names));
    }
    for id in rows(machine, value) {
        cascade::expire(machine, id, place);
        let Object::Row(row) = machine.object_mut(id) else { continue };
        row.is_expired = true;
        row.truths.clear();
        row.facts = Default::default();
        if let Some(tie) = row.session {
            change(machine, tie.session, |session| session.reread.retain(|(row, _)| *row != id));
        }
    }
}

/// `delete(row)`: children that go with it are read here, those that only lose their parent at the flush.
fn delete(machine: &mut dyn Machine, id: ObjectId, value: &Value, place: Place) {
    for row in rows(machine, value) {
        let Object::Row(about) = machine.object(row) else { continue };
        let model = about.model;
        let commits = state(machine, id).commits;
        if let Object::Row(row) = machine.object_mut(row) {
            row.deleted = Some(commits);
        }
        events::wait(machine, id, row, Write::Delete, None);
        change(machine, id, |session| session.note(Write::Delete, model));
        cascade::delete(machine, row, place);
        let relations = machine.program().schema.model(model).relations.clone();
        for relation in relations.iter().filter(|relation| !cascade::deletes(relation)) {
            if cascade::is_followed(relation)
                && !collection::is_loaded(machine, row, relation)
                && let Some(growth) = machine.growth_of(row)
            {
                let pending = Pending { model, relation: Some(relation.name), row, growth };
                change(machine, id, |session| remember(session, pending));
            }
        }
    }
    change(machine, id, |session| session.soil());
}

/// Puts a statement on the list of those that the flush sends row by row.
pub(super) fn remember(session: &mut crate::domain::Session, pending: Pending) {
    session.sent.retain(|sent| *sent != pending);
    if !session.row_by_row.contains(&pending) {
        session.row_by_row.push(pending);
    }
}

/// An option of a relation.
pub(super) fn option(relation: &Relation, name: &str) -> Option<Name> {
    relation.options.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}
