//! The identity map: which row a key or a many-to-one finds in the session without asking the database.

use super::collection::{self, Held, held};
use super::row::{is_pending, row};
use super::session::{self, state};
use crate::domain::{Arguments, Attachment, Certainty, Machine, Object, ObjectId, Row, Scalar, Value, above};
use crate::project::{ModelId, Relation, RelationKind};
use crate::syntax::Name;

/// The row of a key, where the session holds it whichever of several keys it is.
pub(super) fn of_key(machine: &mut dyn Machine, session: ObjectId, key: &Value, model: ModelId) -> Option<Value> {
    let rows = key.disjuncts().into_iter().map(|key| of_one_key(machine, session, &key, model));
    rows.collect::<Option<Vec<Value>>>()?.into_iter().reduce(|a, b| a.join(&b, None))
}

/// Types of columns whose Python value is a text.
const TEXTS: &[&str] =
    &["AutoString", "CHAR", "NVARCHAR", "String", "TEXT", "Text", "Unicode", "UnicodeText", "VARCHAR", "str"];

/// Types of columns whose Python value is a number.
const NUMBERS: &[&str] = &["BIGINT", "BigInteger", "INTEGER", "Identity", "Integer", "SMALLINT", "SmallInteger", "int"];

/// The type of the only column of a model's primary key.
fn key_type(machine: &dyn Machine, model: ModelId) -> Option<Name> {
    let mut keys = machine.program().schema.model(model).columns.iter().filter(|column| column.primary_key);
    let only = keys.next().filter(|_| keys.next().is_none())?;
    Some(only.kind)
}

/// Whether the database counts the keys of a model up: the only column of its key is a number without a default of its own.
pub(super) fn counts_keys(machine: &dyn Machine, model: ModelId) -> bool {
    let about = machine.program().schema.model(model);
    let gives_default = |(option, value): &(Name, Name)| option.starts_with("default") && *value != "None";
    let is_given = about.column(about.primary_key).is_some_and(|key| key.options.iter().any(gives_default));
    !is_given && key_type(machine, model).is_some_and(|kind| NUMBERS.contains(&kind.as_str()))
}

/// How sure it is that the session does not find a key, though a variable holds rows of the model. The map compares
/// Python's values, so that the text of a number is no key of it. Verified on 2.0. A UUID may be read as a text.
pub(super) fn doubt_of_miss(machine: &dyn Machine, key: Option<&Value>, model: ModelId) -> Certainty {
    let Some(Value::Scalar(Scalar::KeyText(_))) = key else { return Certainty::Low };
    match key_type(machine, model) {
        Some(kind) if NUMBERS.contains(&kind.as_str()) => Certainty::High,
        Some(kind) if kind.to_lowercase().contains("uuid") => Certainty::Medium,
        _ => Certainty::Low,
    }
}

/// The row that a key was read from, or the loaded one that it refers to.
fn of_one_key(machine: &mut dyn Machine, session: ObjectId, key: &Value, model: ModelId) -> Option<Value> {
    let Value::Scalar(key) = key else { return None };
    let key = match key {
        Scalar::KeyText(row) if key_type(machine, model).is_some_and(|kind| TEXTS.contains(&kind.as_str())) => {
            &Scalar::KeyOf(*row, None)
        }
        key => key,
    };
    let Scalar::KeyOf(id, relation) = key else {
        let known = state(machine, session).known;
        let (_, _, id) = known.iter().find(|(known, other, _)| (known, other) == (&model, key))?;
        return is_in(machine, session, *id).then_some(Value::Object(*id));
    };
    let found = row(machine, *id)?;
    if !machine.is_current(*id) || !is_in(machine, session, *id) {
        return None;
    }
    let Some(name) = relation else { return (found.model == model).then_some(Value::Object(*id)) };
    let relation = machine.program().schema.model(found.model).relation(*name).cloned()?;
    if relation.target != Some(model) || !collection::is_loaded(machine, *id, &relation) {
        return None;
    }
    match found.loaded.get(name) {
        Some(loaded) => Some(loaded.value.clone()),
        None => match held(machine, &found, &relation) {
            Held::Loaded(plan) => Some(collection::load(machine, *id, &relation, plan, false)),
            _ => None,
        },
    }
}

/// Whether a session has a row that a variable holds, and nothing expired it since.
fn is_in(machine: &dyn Machine, session: ObjectId, id: ObjectId) -> bool {
    let Some(found) = row(machine, id) else { return false };
    let is_current = |tie: &Attachment| tie.session == session && tie.commits == state(machine, session).commits;
    // A flush makes a new row one of the session's, unless it may have left.
    (found.is_saved || !state(machine, session).has_let_go && !is_pending(machine, &found))
        && !found.is_expired
        && found.deleted.is_none()
        && machine.is_held(id)
        && found.session.as_ref().is_some_and(is_current)
}

/// Whether the row that a many-to-one leads to is probably in the session: a variable holds rows of its model, or the row
/// came down from that very parent.
pub(super) fn may_be_held(machine: &dyn Machine, id: ObjectId, row: &Row, relation: &Relation) -> bool {
    let is_by_key = goes_by_key(machine, row, relation);
    let Some((tie, target)) = row.session.zip(relation.target).filter(|_| is_by_key) else { return false };
    session::holds(machine, tie.session, target) || is_copied_down(machine, id, relation, target)
}

/// Whether the identity map can answer for a relation: it leads to one row by its whole key.
fn goes_by_key(machine: &dyn Machine, row: &Row, relation: &Relation) -> bool {
    let has_key = relation.key_attribute.is_none_or(|key| !row.plan.columns.leaves_out(key));
    let is_to_key = relation.kind == RelationKind::ManyToOne && relation.to_field.is_none();
    has_key && (is_to_key || collection::shares_key(machine, relation))
}

/// Names of those who ask, write or own: that one of them is at hand says nothing of whom the rows name.
const PEOPLE: &[&str] = &["account", "author", "creator", "member", "owner", "person", "user"];

/// Whether the code on the way here has the one owner at hand of which all rows of a loop likely are: under the name of the
/// relation, which is always set and bears the name of the owner's class, as what works on an event has `self.event`.
pub(super) fn is_at_hand(machine: &dyn Machine, id: ObjectId, read: &Row, relation: &Relation) -> bool {
    let Some(target) = relation.target.filter(|_| goes_by_key(machine, read, relation)) else { return false };
    let is_one = |one: &ObjectId| {
        let is_target = row(machine, *one).is_some_and(|row| row.model == target && row.is_saved);
        is_target && !machine.is_current(*one) && above(machine, *one).all(|above| above != id)
    };
    leads_to_owner(machine, relation, target)
        && !PEOPLE.contains(&relation.name.as_str())
        && !above(machine, id).any(|one| is_second(machine, id, one, target) || is_shared_between(machine, id, one))
        && machine.at_hand(relation.name).iter().any(is_one)
}

/// Whether a relation is always set and bears the name of the class that it leads to.
fn leads_to_owner(machine: &dyn Machine, relation: &Relation, target: ModelId) -> bool {
    let class = machine.program().class(machine.program().schema.model(target).class).class.name;
    !relation.nullable && class.eq_ignore_ascii_case(&relation.name.replace('_', ""))
}

/// Whether a row is likely one that has loaded a relation: it was reached from one of all the rows of its table, which a variable
/// holds and which have loaded it, or have loaded it with their children.
pub(super) fn holds_loaded(machine: &dyn Machine, session: ObjectId, id: ObjectId, wanted: &Relation) -> bool {
    let Some(model) = row(machine, id).map(|row| row.model) else { return false };
    let held = session::fresh_rows(machine, session, model);
    let lineage = std::iter::once(id).chain(above(machine, id));
    let mut whole = lineage.filter(|one| held.contains(one)).filter_map(|one| row(machine, one));
    let relations = &machine.program().schema.model(model).relations;
    let is_child = |own: &&Relation| own.kind == RelationKind::OneToMany && own.target == Some(model);
    whole.any(|row| {
        let loaded = |relation: &Relation| match collection::held(machine, &row, relation) {
            Held::Loaded(plan) => Some(plan),
            _ => None,
        };
        let mut children = relations.iter().filter(is_child);
        loaded(wanted).is_some() || children.any(|own| loaded(own).is_some_and(|plan| plan.loads(wanted.name)))
    })
}

/// Keys of an owner are copied down to what belongs to it: where all rows of a loop are of one event, what hangs on them is
/// of that event too. The relation bears the name of the owner's class, is always set, and leads from a row on the way to
/// the one owner of them all.
///
/// ```py
/// for talk in Talk.query.with_parent(event):
///     talk.session.event
/// ```
fn is_copied_down(machine: &dyn Machine, id: ObjectId, relation: &Relation, target: ModelId) -> bool {
    let leads_down = |one: ObjectId| {
        !is_second(machine, id, one, target)
            && !is_shared_between(machine, id, one)
            && leads_to_one(machine, one, relation.name, target)
    };
    leads_to_owner(machine, relation, target) && above(machine, id).any(leads_down)
}

/// Whether the way down from a row goes over a many-to-many: what it leads to belongs to others as well.
fn is_shared_between(machine: &dyn Machine, id: ObjectId, above: ObjectId) -> bool {
    let origin = |id: ObjectId| match machine.object(id) {
        Object::Row(row) => row.origin.clone().map(|origin| (origin, row.model)),
        _ => None,
    };
    let (Some((way, _)), Some((start, mut model))) = (origin(id), origin(above)) else { return false };
    let schema = &machine.program().schema;
    for name in way.relations.iter().skip(start.relations.len()) {
        let Some(relation) = schema.model(model).relation(*name) else { return false };
        let Some(target) = relation.target.filter(|_| relation.join_table.is_none()) else { return true };
        model = target;
    }
    false
}

/// Whether a row always belongs to the one above too: what it could ask that one for and has a key of its own for is
/// another.
fn is_second(machine: &dyn Machine, id: ObjectId, above: ObjectId, target: ModelId) -> bool {
    let (Object::Row(row), Object::Row(above)) = (machine.object(id), machine.object(above)) else { return false };
    let is_up = |relation: &Relation| relation.kind == RelationKind::ManyToOne && !relation.nullable;
    let relations = &machine.program().schema.model(row.model).relations;
    above.model != target && relations.iter().any(|relation| is_up(relation) && relation.target == Some(above.model))
}

/// Whether a row holds the same row of a model under a name as all others beside it do.
fn leads_to_one(machine: &dyn Machine, id: ObjectId, name: Name, target: ModelId) -> bool {
    let Object::Row(row) = machine.object(id) else { return false };
    let Some(loaded) = row.loaded.get(&name).filter(|loaded| loaded.is_sure) else { return false };
    let is_one = |part: &Value| match part {
        Value::Object(parent) => {
            let is_above = above(machine, id).any(|id| id == *parent);
            let is_target = matches!(machine.object(*parent), Object::Row(row) if row.model == target);
            is_target && (is_above || machine.growth_of(*parent).is_none())
        }
        _ => false,
    };
    loaded.value.disjuncts().iter().any(is_one)
}

/// Whether a constraint of the table says that a foreign key is NULL, as another one is not.
///
/// ```py
/// CheckConstraint("(event_id IS NULL) != (category_id IS NULL)")
/// ```
pub(super) fn is_excluded(machine: &dyn Machine, row: &Row, relation: &Relation) -> bool {
    let model = machine.program().schema.model(row.model);
    let is_set = |relation: &&Relation| {
        let is_there = |part: &Value| matches!(part, Value::Object(_));
        let loaded = row.loaded.get(&relation.name).filter(|loaded| loaded.is_sure);
        row.truths.get(&relation.name) == Some(&true) || loaded.is_some_and(|loaded| is_there(&loaded.value))
    };
    let goes_by = |relation: &Relation, column: &str| relation.key_columns.first().is_some_and(|own| *own == column);
    let key = relation.key_columns.first().map_or("", |own| own.as_str());
    model.excluded_by(key).any(|rival| {
        model.relations.iter().filter(|relation| goes_by(relation, rival)).any(|relation| is_set(&relation))
    })
}

/// `Loan.book_id.in_([book.id for book in books])`: whoever asks for the keys of rows has those rows.
pub(super) fn hold_compared(machine: &mut dyn Machine, arguments: &Arguments) {
    let Some(Value::Object(list)) = arguments.positional.first() else { return };
    let Object::Sequence(keys) = machine.object(*list) else { return };
    let keys = keys.any().map_or(Vec::new(), |key| key.disjuncts());
    for key in keys {
        let Value::Scalar(Scalar::KeyOf(id, None)) = key else { continue };
        let Some((model, tie)) = row(machine, id).and_then(|row| Some((row.model, row.session?))) else { continue };
        session::hold(machine, tie.session, model, id);
    }
}
