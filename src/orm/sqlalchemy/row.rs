//! Rows as they are read: attributes, relations, and how fresh they are.

use std::rc::Rc;

use super::collection::{self, Held, held};
use super::result::column_value;
use super::session::{self, attachment, change, state};
use super::{alchemy, fresh, inspection, joins, polymorphic, unit};
use crate::domain::{
    Alchemy, Arguments, Certainty, Columns, DECLARED, Effect, EffectKind, Fault, LoadPlan, Loaded, Machine, Object,
    ObjectId, Place, Row, Scalar, Sequence, SequenceKind, Session, Size, Statement, StatementKind, Value, Why, above,
    loaded,
};
use crate::project::{ClassRef, Member, ModelId, Relation, RelationKind};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function};

pub(super) const ROW: u32 = 70;
const ASSUMED: u32 = 71;
const VALUE: u32 = 72;
/// A row is derived from its parent, or from the list that is.
const SOURCE_DEPTH: usize = 2;

/// A stored row that holds nothing but its columns.
pub(super) fn blank(model: ModelId) -> Row {
    Row {
        model,
        plan: Rc::new(LoadPlan::default()),
        loaded: Default::default(),
        columns: Default::default(),
        attributes: Default::default(),
        truths: Default::default(),
        facts: Default::default(),
        origin: None,
        is_saved: true,
        is_changed: false,
        is_expired: false,
        deleted: None,
        is_absent: false,
        certainty: Certainty::High,
        session: None,
    }
}

pub(super) fn row(machine: &dyn Machine, id: ObjectId) -> Option<Row> {
    match machine.object(id) {
        Object::Row(row) => Some(row.clone()),
        _ => None,
    }
}

/// Made by the constructor and not flushed yet.
pub(super) fn is_pending(machine: &dyn Machine, row: &Row) -> bool {
    let flushed = row.session.is_some_and(|tie| state(machine, tie.session).flushes > tie.flushes);
    !row.is_saved && !flushed
}

/// The mark of a column that the UPDATE of a row lets the database fill.
pub(super) fn stale(column: Name) -> Name {
    Name::new(&format!("#stale {column}"))
}

/// Whether what was last set on a row has been written.
fn is_flushed(machine: &dyn Machine, row: &Row) -> bool {
    row.session.is_some_and(|tie| state(machine, tie.session).flushes > tie.flushes)
}

/// The row was read anew, as its query would: its columns are there, and the relations that are loaded eagerly.
pub(super) fn renewed(machine: &mut dyn Machine, id: ObjectId) {
    let Some(before) = row(machine, id) else { return };
    fresh::keep(machine, id);
    let tie = before.session.and_then(|tie| attachment(machine, tie.session));
    let found_again = parents_in_variables(machine, id, &before);
    if let Object::Row(row) = machine.object_mut(id) {
        row.session = tie;
        row.is_expired = false;
        row.facts = Rc::default();
        row.is_saved = true;
        row.loaded.retain(|name, _| found_again.contains(name));
        row.columns.retain(|name, _| !name.starts_with("#stale"));
        let plan = Rc::make_mut(&mut row.plan);
        *plan = LoadPlan { columns: Default::default(), undeferred: Default::default(), ..std::mem::take(plan) };
        // What `contains_eager` takes from the query's own join is not there again.
        plan.relations
            .retain(|_, load| load.is_separate || load.is_joined || load.is_only_path || load.strategy.is_some());
    }
}

/// `make_transient(row)`: the row leaves its session, and is as one that was just made.
pub(super) fn leave(machine: &mut dyn Machine, value: &Value) {
    for id in unit::rows(machine, value) {
        if let Object::Row(row) = machine.object_mut(id) {
            row.session = None;
            row.is_saved = false;
            row.is_expired = false;
            row.deleted = None;
        }
    }
}

/// `expunge(row)`: what it holds stays.
pub(super) fn detach(machine: &mut dyn Machine, id: ObjectId) {
    if let Object::Row(row) = machine.object_mut(id) {
        row.session = None;
    }
}

/// `expire(row, names)`: these columns and relations are not there any more.
pub(super) fn unload(machine: &mut dyn Machine, id: ObjectId, names: &[Name]) {
    let Object::Row(row) = machine.object_mut(id) else { return };
    row.loaded.retain(|name, _| !names.contains(name));
    row.columns.retain(|name, _| !names.contains(name));
    let plan = Rc::make_mut(&mut row.plan);
    plan.undeferred.retain(|name| !names.contains(name));
    match &mut plan.columns {
        Columns::All => plan.columns = Columns::Except(names.iter().copied().collect()),
        Columns::Only(there) => there.retain(|name| !names.contains(name)),
        Columns::Except(out) => out.extend(names),
    }
    plan.relations.retain(|name, load| !names.contains(name) || load.strategy.is_some());
}

/// The parents that a variable holds: an expired row finds them by their keys in the session. What a variable holds from an
/// earlier pass of a loop, which has as many as there are rows, is the parent of another row.
fn parents_in_variables(machine: &dyn Machine, id: ObjectId, row: &Row) -> Vec<Name> {
    let is_lasting = |parent: ObjectId| machine.is_held(parent) && machine.growth_of(parent) != machine.growth_of(id);
    let is_held = |value: &Value| {
        let parts = value.disjuncts();
        parts.iter().all(|part| matches!(part, Value::Object(parent) if is_lasting(*parent)))
    };
    let model = machine.program().schema.model(row.model);
    let by_key = model.relations.iter().filter(|relation| relation.leads_to_key());
    by_key
        .map(|relation| relation.name)
        .filter(|name| row.loaded.get(name).is_some_and(|found| is_held(&found.value)))
        .collect()
}

/// An expired row is read again before anything of it is.
pub(super) fn touch(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) {
    let Some(row) = row(machine, id) else { return };
    if is_pending(machine, &row) {
        return;
    }
    let now = row.session.map(|tie| (tie, state(machine, tie.session)));
    if !is_past(machine, id) {
        return;
    }
    let doubt = match &now {
        Some((_, session)) if is_reread(machine, id, session) => Certainty::Low,
        // It would fail, so that whoever made the session has told it not to expire rows.
        _ if session::is_unawaited(machine, &row) => Certainty::Low,
        Some((_, session)) if session.is_doubtful => Certainty::Medium,
        _ => Certainty::High,
    };
    let one = Effect::of_row(&row, id, EffectKind::Refresh, name, place, doubt.min(row.certainty));
    machine.fire(Effect { relation: None, ..one });
    renewed(machine, id);
    if let Some((tie, session)) = now {
        change(machine, tie.session, |own| own.reread.push((id, session.commits)));
    }
}

/// Whether a row was deleted and that was committed since: it has left its session, which neither expires nor reads it.
///
/// ```py
/// session.delete(book)
/// session.commit()
/// log.info("deleted %s", book.id)
/// ```
fn is_gone(machine: &dyn Machine, row: &Row) -> bool {
    let commits = row.session.map(|tie| state(machine, tie.session).commits);
    row.deleted.zip(commits).is_some_and(|(then, now)| then < now)
}

/// Whether a row has expired since it was read.
pub(super) fn is_past(machine: &dyn Machine, id: ObjectId) -> bool {
    let Some(row) = row(machine, id).filter(|row| !is_gone(machine, row)) else { return false };
    row.is_expired || row.session.is_some_and(|tie| tie.commits < state(machine, tie.session).commits)
}

/// A condition that compares a relation with a row reads its key when the statement is sent.
pub(super) fn touch_key(machine: &mut dyn Machine, id: ObjectId, place: Place) {
    let Some(row) = row(machine, id) else { return };
    let key = machine.program().schema.model(row.model).primary_key;
    touch(machine, id, key, place);
}

/// A row that stands for itself alone, and that an earlier pass of a loop has read since it expired: later passes find it
/// fresh, whichever way that one went.
fn is_reread(machine: &dyn Machine, id: ObjectId, session: &Session) -> bool {
    is_read_since(id, session) && machine.growth_of(id).is_none()
}

/// Whether a row was read again after the session last let all of its rows expire.
fn is_read_since(id: ObjectId, session: &Session) -> bool {
    session.reread.contains(&(id, session.commits))
}

/// `await row.awaitable_attrs.name`
pub(super) fn awaited_attribute(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) -> Value {
    match row(machine, id).and_then(|row| row.session) {
        Some(tie) => session::in_greenlet(machine, tie.session, |machine| row_attribute(machine, id, name, place)),
        None => row_attribute(machine, id, name, place),
    }
}

/// Reads an attribute of a row.
pub fn row_attribute(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) -> Value {
    let Some(found) = row(machine, id) else { return Value::unknown(Why::Attribute(name)) };
    if let Some(value) = found.attributes.get(&name) {
        return value.clone();
    }
    let model = machine.program().schema.model(found.model);
    if let Some(relation) = model.relation(name).cloned() {
        let meant = unit::option(&relation, "synonym");
        return match meant.filter(|meant| *meant != name) {
            Some(meant) => row_attribute(machine, id, meant, place),
            None => read_relation(machine, id, &relation, place),
        };
    }
    if model.column(name).is_some() || model.relations.iter().any(|relation| relation.key_attribute == Some(name)) {
        touch(machine, id, name, place);
        read_column(machine, id, name, place);
        if let Some(truth) = row(machine, id).and_then(|row| row.truths.get(&name).copied()) {
            return Value::Scalar(Scalar::Bool(truth));
        }
        if name == machine.program().schema.model(found.model).primary_key && fresh::has_no_key(machine, &found) {
            return Value::None;
        }
        return key_of(machine, id, found.model, name).unwrap_or(column_value(machine, found.model, Some(name)));
    }
    let class = model.class;
    let own = machine.project_attribute(&Value::Object(id), name, place);
    let own = own.map(|value| computed(machine, id, value, place));
    if let Some(value) = polymorphic::overridden(machine, id, found.model, name, own, place) {
        return value;
    }
    match name.as_str() {
        "__class__" => Value::Class(ClassRef::Known(class)),
        "awaitable_attrs" => Value::Object(machine.allocate(place, VALUE, Object::Alchemy(Alchemy::Awaitable(id)))),
        "__dict__" => inspection::names(machine, id, true, place),
        "_sa_instance_state" => inspection::inspect(machine, &Value::Object(id), place),
        "metadata" | "registry" | "__table__" => Value::External(Name::new("sqlalchemy.table")),
        "__mapper__" => inspection::mapper(machine, found.model, place),
        _ => polymorphic::subclass_attribute(machine, id, name, place)
            .or_else(|| made_on_demand(machine, id, name, place))
            .unwrap_or(Value::Method(Rc::new((Value::Object(id), name)))),
    }
}

/// What `__getattr__` of the class gives for a name that nothing else knows.
fn made_on_demand(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) -> Option<Value> {
    let asked = Arguments::of(vec![Value::Scalar(Scalar::Text(name))]);
    machine.call_project_method(&Value::Object(id), Name::new("__getattr__"), &asked, place)
}

/// The key of a row, or a foreign key to the primary key of another.
fn key_of(machine: &dyn Machine, id: ObjectId, model: ModelId, name: Name) -> Option<Value> {
    let model = machine.program().schema.model(model);
    if name == model.primary_key {
        return Some(Value::Scalar(Scalar::KeyOf(id, None)));
    }
    let leads = |relation: &&Relation| {
        relation.key_attribute == Some(name) && relation.kind.is_single() && relation.to_field.is_none()
    };
    let relation = model.relations.iter().find(leads)?;
    Some(Value::Scalar(Scalar::KeyOf(id, Some(relation.name))))
}

/// Class-level constructs that read something else of the row.
pub(super) fn computed(machine: &mut dyn Machine, id: ObjectId, value: Value, place: Place) -> Value {
    let Value::Object(made) = value else { return value };
    match alchemy(machine, made) {
        Some(Alchemy::Synonym(name)) => row_attribute(machine, id, name, place),
        Some(Alchemy::Proxy(relation, attribute)) => proxy(machine, id, relation, attribute, place),
        _ => value,
    }
}

/// `association_proxy(relation, attribute)`: the attribute of each row of the relation.
fn proxy(machine: &mut dyn Machine, id: ObjectId, relation: Name, attribute: Name, place: Place) -> Value {
    let rows = row_attribute(machine, id, relation, place);
    let Value::Object(list) = rows else { return machine.attribute(&rows, attribute, place) };
    let Object::Sequence(sequence) = machine.object(list) else { return machine.attribute(&rows, attribute, place) };
    let (size, element) = (sequence.size.clone(), sequence.any());
    let Some(element) = element else { return rows };
    let value = machine.attribute(&element, attribute, place);
    let list = Sequence::many(SequenceKind::List, value, size);
    Value::Object(machine.allocate(place, VALUE, Object::Sequence(list)))
}

/// Reads a column; one that was left out is fetched, once a row.
fn read_column(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) {
    let Some(row) = row(machine, id) else { return };
    let model = machine.program().schema.model(row.model);
    let Some(column) = model.column(name) else { return };
    let is_stale = row.columns.contains_key(&stale(name)) && is_flushed(machine, &row);
    let undeferred = row.plan.undeferred.contains(&name) || row.plan.undeferred.contains(&Name::new("*"));
    let is_out = is_stale || row.plan.columns.leaves_out(name) || (column.deferred && !undeferred);
    if !is_out || column.primary_key || is_pending(machine, &row) || is_gone(machine, &row) {
        return;
    }
    let certainty = match row.columns.get(&name).filter(|_| !is_stale) {
        Some(true) => return,
        Some(false) => Certainty::Medium,
        None => Certainty::High,
    };
    machine.fire(Effect::of_row(
        &row,
        id,
        EffectKind::DeferredColumn,
        name,
        place,
        certainty.min(known_certainty(&row)),
    ));
    let together = group_of(machine, row.model, name);
    if let Object::Row(row) = machine.object_mut(id) {
        row.columns.insert(name, true);
        row.columns.remove(&stale(name));
        row.columns.extend(together.into_iter().map(|name| (name, true)));
    }
}

/// The deferred columns that are fetched together with this one.
fn group_of(machine: &dyn Machine, model: ModelId, name: Name) -> Vec<Name> {
    let model = machine.program().schema.model(model);
    let group = |column: &crate::project::Column| {
        column.options.iter().find(|(option, _)| *option == "deferred_group").map(|(_, group)| *group)
    };
    let Some(own) = model.column(name).and_then(group) else { return Vec::new() };
    model.columns.iter().filter(|column| group(column) == Some(own)).map(|column| column.name).collect()
}

/// How sure it is that a row does not hold what it was not seen to load.
fn known_certainty(row: &Row) -> Certainty {
    if row.plan.is_guess { Certainty::Low } else { row.certainty }
}

/// Reads a relation: from the row, or by a query.
pub(super) fn read_relation(machine: &mut dyn Machine, id: ObjectId, relation: &Relation, place: Place) -> Value {
    read_related(machine, id, relation, place, false)
}

/// As `read_relation`, of what an assignment replaces: another row than the one that the code has at hand for it.
pub(super) fn read_replaced(machine: &mut dyn Machine, id: ObjectId, relation: &Relation, place: Place) -> Value {
    read_related(machine, id, relation, place, true)
}

fn read_related(
    machine: &mut dyn Machine,
    id: ObjectId,
    relation: &Relation,
    place: Place,
    is_replaced: bool,
) -> Value {
    let is_query = relation.gives_query();
    if !is_query {
        touch(machine, id, relation.name, place);
    }
    let Some(row) = row(machine, id) else { return Value::unknown(Why::Element) };
    let mut certainty = known_certainty(&row);
    let mut before = None;
    if let Some(loaded) = loaded(machine, &row, relation.name) {
        if loaded.is_sure {
            // A parent that is held is found by its key, which must be read where the query left it out.
            let key = relation.key_attribute.filter(|key| row.plan.columns.leaves_out(*key));
            let is_eager = row.plan.relations.contains_key(&relation.name)
                || matches!(held(machine, &row, relation), Held::Loaded(_));
            if let Some(key) = key.filter(|_| !is_eager) {
                read_column(machine, id, key, place);
            }
            return loaded.value.clone();
        }
        certainty = certainty.min(Certainty::Medium);
        before = Some(loaded.value.clone());
    }
    if is_query {
        return query_of(machine, id, &row, relation, place);
    }
    // Of a row without a session nothing is read: that is an error, not a query.
    if is_pending(machine, &row) || is_gone(machine, &row) {
        return collection::nothing(machine, id, relation);
    }
    let found = held(machine, &row, relation);
    if relation.kind == RelationKind::ManyToOne && super::identity::is_excluded(machine, &row, relation) {
        return collection::nothing(machine, id, relation);
    }
    if fresh::has_none(machine, &row, relation) {
        if let Held::Lazy(_) = found {
            fire_lazy(machine, id, &row, relation, place, certainty, is_replaced);
        }
        return collection::nothing(machine, id, relation);
    }
    let plan = match found {
        Held::Nothing => return collection::nothing(machine, id, relation),
        Held::Loaded(plan) => return collection::load(machine, id, relation, plan, false),
        Held::Lazy(plan) => plan,
    };
    if let Some(other) = joins::beside(machine, id, &row, relation) {
        return collection::remember(machine, id, relation.name, Value::Object(other));
    }
    fire_lazy(machine, id, &row, relation, place, certainty, is_replaced);
    fill_source(machine, id, relation);
    if let (Some(key), Object::Row(row)) = (relation.key_attribute, machine.object_mut(id)) {
        row.columns.insert(key, true);
    }
    match before {
        // What another path has loaded stands for what this one loads.
        Some(value) if value.disjuncts().iter().any(|part| matches!(part, Value::Object(_))) => {
            collection::doubt(machine, id, &value);
            collection::remember(machine, id, relation.name, value.clone())
        }
        _ => collection::load(machine, id, relation, plan, true),
    }
}

/// The row that this one was reached from is among its rows of the inverse relation, so that reading these fetches the columns
/// that its own query left out.
fn fill_source(machine: &mut dyn Machine, id: ObjectId, relation: &Relation) {
    let source = above(machine, id).take(SOURCE_DEPTH).find(|owner| matches!(machine.object(*owner), Object::Row(_)));
    let (Some(source), Some(way)) = (source, relation.reverse.filter(|_| !relation.kind.is_single())) else { return };
    let Some(row) = row(machine, source).filter(|row| Some(row.model) == relation.target) else { return };
    if !row.loaded.contains_key(&way) {
        return;
    }
    let columns = &machine.program().schema.model(row.model).columns;
    let plain = columns.iter().filter(|column| !column.deferred).map(|column| (column.name, true)).collect::<Vec<_>>();
    if let Object::Row(row) = machine.object_mut(source) {
        row.columns.extend(plain);
    }
}

fn fire_lazy(
    machine: &mut dyn Machine,
    id: ObjectId,
    row: &Row,
    relation: &Relation,
    place: Place,
    mut certainty: Certainty,
    is_replaced: bool,
) {
    let session = row.session.map(|tie| tie.session);
    if let Some(session) = session {
        machine.construct_receivers();
        if super::identity::may_be_held(machine, id, row, relation)
            || !is_replaced && super::identity::is_at_hand(machine, id, row, relation)
            || super::identity::holds_loaded(machine, session, id, relation)
        {
            certainty = Certainty::Low;
        }
        session::autoflush_for(machine, session, Some(id), certainty, place);
    }
    let kind = if relation.kind.is_single() { EffectKind::LazyLoad } else { EffectKind::RelatedQuery };
    let fault = fault_of(machine, row, relation);
    let is_renewed = !row.loaded.contains_key(&relation.name)
        && session.is_some_and(|session| is_read_since(id, &state(machine, session)));
    machine.fire(Effect { fault, is_renewed, ..Effect::of_row(row, id, kind, relation.name, place, certainty) });
}

/// A collection that the query joins holds a part of the rows only, so that loading it from the join says something else.
fn fault_of(machine: &dyn Machine, row: &Row, relation: &Relation) -> Option<Fault> {
    if session::is_unawaited(machine, row) {
        return Some(Fault::Unawaited);
    }
    (relation.kind.is_single() && row.plan.joined.contains(&relation.name)).then_some(Fault::Joined)
}

/// A `dynamic` or `write_only` collection: a query that has not run.
fn query_of(machine: &mut dyn Machine, id: ObjectId, row: &Row, relation: &Relation, place: Place) -> Value {
    let Some(target) = relation.target else { return Value::unknown(Why::Attribute(relation.name)) };
    let class = machine.program().schema.model(target).class;
    let session = match row.session {
        Some(tie) => tie.session,
        None => session::ambient(machine, Certainty::High),
    };
    let arguments = Arguments::of(vec![Value::Class(ClassRef::Known(class))]);
    let kind = if relation.lazy == "dynamic" { StatementKind::Query } else { StatementKind::WriteOnly };
    let made = super::statement::fresh(machine, kind, &arguments, Some(session), place);
    let Some(made) = made else { return Value::unknown(Why::Attribute(relation.name)) };
    let statement = Statement { related: Some((id, relation.name)), ..made };
    let object = Object::Alchemy(Alchemy::Statement(statement));
    Value::Object(machine.derive(id, Name::new(&format!("{}#query", relation.name)), object))
}

/// Rows of `parent.children` hold their parent.
pub(super) fn know_parent(machine: &mut dyn Machine, id: ObjectId, parent: ObjectId, relation: Name) {
    let Some(about) = row(machine, parent) else { return };
    let found = machine.program().schema.model(about.model).relation(relation);
    let back = found.filter(|relation| relation.kind == RelationKind::OneToMany).and_then(|relation| relation.reverse);
    if let (Some(back), Object::Row(row)) = (back, machine.object_mut(id)) {
        row.loaded.insert(back, Loaded::surely(Value::Object(parent)));
    }
}

/// The methods of a model and its bases that a test picks.
pub(super) fn decorated(machine: &dyn Machine, model: ModelId, picks: &dyn Fn(&Function) -> bool) -> Vec<Name> {
    let program = machine.program();
    let class = program.class(program.schema.model(model).class);
    let mut found = Vec::new();
    for base in &class.mro {
        let ClassRef::Known(base) = base else { continue };
        for (member, about) in &program.class(*base).members {
            if matches!(about, Member::Function(function) if picks(function)) {
                found.push(*member);
            }
        }
    }
    found.sort();
    found
}

/// Whether a function has a bare decorator of this name.
pub(super) fn has_decorator(function: &Function, name: &str) -> bool {
    function.decorators.iter().any(|decorator| {
        matches!(decorator.kind, ExprKind::Name(found) | ExprKind::Attribute { name: found, .. } if found == name)
    })
}

/// The generated `__repr__` and `asdict` of a mapped data class read its relations.
pub fn read_fields(machine: &mut dyn Machine, id: ObjectId, is_repr: bool, place: Place) {
    let Some(found) = row(machine, id) else { return };
    if !is_data_class(machine, found.model) {
        return;
    }
    let relations = machine.program().schema.model(found.model).relations.clone();
    for relation in relations {
        let is_shown = unit::option(&relation, "repr").is_none_or(|text| text != "False");
        if is_shown || !is_repr {
            read_relation(machine, id, &relation, place);
        }
    }
}

/// Mapped as a data class: by a base or a decorator.
fn is_data_class(machine: &dyn Machine, model: ModelId) -> bool {
    let program = machine.program();
    let class = program.class(program.schema.model(model).class);
    let by_base =
        class.mro.iter().any(|base| matches!(base, ClassRef::External(path) if path.ends_with("MappedAsDataclass")));
    let named = |decorator: &Expr| match &decorator.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => name.ends_with("dataclass"),
        ExprKind::Call { function, .. } => {
            matches!(function.kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if name.ends_with("dataclass"))
        }
        _ => false,
    };
    by_base || class.class.decorators.iter().any(named)
}

/// A row that nobody was seen querying. Its caller may have loaded anything.
pub fn assumed_row(machine: &mut dyn Machine, model: ModelId, place: Place) -> Value {
    let session = session::ambient(machine, Certainty::High);
    let tie = attachment(machine, session);
    let row = Row { certainty: machine.assumed_certainty(), session: tie, ..blank(model) };
    Value::Object(machine.allocate(place, ASSUMED, Object::Row(row)))
}

/// Calls a method of a row that the model class does not define.
pub(super) fn method(
    machine: &mut dyn Machine,
    id: ObjectId,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    match name.as_str() {
        "__init__" => {
            super::assigned::fill(machine, id, &arguments.keywords, place);
            Some(Value::None)
        }
        "model_dump" | "dict" | "to_dict" => {
            let dict = crate::domain::Dict {
                key: Some(Value::ANY),
                value: Some(Value::ANY),
                size: Size::Known(DECLARED),
                ..crate::domain::Dict::empty()
            };
            Some(Value::Object(machine.allocate(place, VALUE, Object::Dict(dict))))
        }
        _ => None,
    }
}
