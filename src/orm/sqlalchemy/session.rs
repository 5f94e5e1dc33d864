//! Sessions: running statements, transactions, what a session knows about itself.

use super::statement::{self, execute, model_of, statement_of};
use super::table::{SessionAction, session_action};
use super::{alchemy, row, unit};
use crate::domain::{
    Alchemy, Arguments, Attachment, Certainty, Disjunct, Effect, EffectKind, LoadPlan, Machine, Object, ObjectId,
    Place, ResultShape, Row, Scalar, Session, StatementKind, Transaction, Value, Verb, Why,
};
use crate::project::{ClassRef, ModelId};
use crate::syntax::Name;

const SESSION: u32 = 67;
const TRANSACTION: u32 = 68;
const ROW: u32 = 69;
/// How sure an autoflush is when only one of two paths has left something to write.
const MAYBE_DIRTY: Certainty = Certainty::Low;

/// The session behind an id.
pub(super) fn state(machine: &dyn Machine, id: ObjectId) -> Session {
    match machine.object(id) {
        Object::Alchemy(Alchemy::Session(session)) => session.clone(),
        _ => Session::default(),
    }
}

/// Changes the session behind an id.
pub(super) fn change(machine: &mut dyn Machine, id: ObjectId, change: impl FnOnce(&mut Session)) {
    if let Object::Alchemy(Alchemy::Session(session)) = machine.object_mut(id) {
        change(session);
        machine.stir();
    }
}

/// How sure it is that this is a session.
pub(super) fn certainty(machine: &dyn Machine, id: ObjectId) -> Certainty {
    state(machine, id).certainty
}

/// The session that code works in when nobody was seen making one.
pub(super) fn ambient(machine: &mut dyn Machine, certainty: Certainty) -> ObjectId {
    shared(machine, "sqlalchemy.session", Session { certainty, ..Session::default() })
}

/// As `ambient`, where an annotation says that it is asynchronous.
pub(super) fn ambient_async(machine: &mut dyn Machine) -> ObjectId {
    shared(machine, "sqlalchemy.async_session", Session { is_async: true, ..Session::default() })
}

/// The session that an instance of a project's own class of sessions is.
pub(super) fn own(machine: &mut dyn Machine, instance: ObjectId) -> ObjectId {
    let name = format!("sqlalchemy.session of {}", instance.0);
    shared(machine, &name, Session { certainty: Certainty::High, ..Session::default() })
}

fn shared(machine: &mut dyn Machine, name: &str, session: Session) -> ObjectId {
    let defaults = machine.program().schema.sessions;
    let session = Session { autoflush: defaults.autoflush, expires: defaults.expires, ..session };
    machine.shared(name, Object::Alchemy(Alchemy::Session(session)))
}

/// Whether reading something of a row sends a statement that nothing waits for.
pub(super) fn is_unawaited(machine: &dyn Machine, row: &Row) -> bool {
    row.session.is_some_and(|tie| {
        let session = state(machine, tie.session);
        session.is_async && session.greenlets == 0
    })
}

/// Runs something in which the session's statements need not be awaited.
pub(super) fn in_greenlet<T>(
    machine: &mut dyn Machine,
    session: ObjectId,
    run: impl FnOnce(&mut dyn Machine) -> T,
) -> T {
    change(machine, session, |session| session.greenlets += 1);
    let value = run(machine);
    change(machine, session, |session| session.greenlets = session.greenlets.saturating_sub(1));
    value
}

/// The tie of a row that is read or added now.
pub(super) fn attachment(machine: &dyn Machine, session: ObjectId) -> Option<Attachment> {
    let now = state(machine, session);
    Some(Attachment { session, commits: now.commits, flushes: now.flushes })
}

/// Remembers that rows of a model are in the session.
pub(super) fn hold(machine: &mut dyn Machine, session: ObjectId, model: ModelId, row: ObjectId) {
    change(machine, session, |session| {
        session.held.retain(|(_, known, _)| *known != row);
        session.held.push((model, row, session.commits));
    });
}

/// The rows of a model that this session read and a variable holds.
pub(super) fn held_rows(machine: &dyn Machine, session: ObjectId, model: ModelId) -> Vec<ObjectId> {
    let held = state(machine, session).held.into_iter();
    held.filter(|(known, row, _)| *known == model && machine.is_held(*row)).map(|(_, row, _)| row).collect()
}

/// Those of them that have not expired since. That the element at which a loop is was read again says nothing of the others.
pub(super) fn fresh_rows(machine: &dyn Machine, session: ObjectId, model: ModelId) -> Vec<ObjectId> {
    let now = state(machine, session);
    let is_known = |row: ObjectId| now.held.iter().any(|(_, known, since)| *known == row && *since == now.commits);
    let is_read_again = |row: ObjectId| match machine.object(row) {
        Object::Row(about) => {
            !machine.is_current(row) && !about.is_expired && about.session.is_some_and(|tie| tie.commits == now.commits)
        }
        _ => false,
    };
    let held = held_rows(machine, session, model).into_iter();
    held.filter(|row| is_known(*row) || is_read_again(*row)).collect()
}

/// Whether a variable holds rows of the model that this session read.
pub(super) fn holds(machine: &dyn Machine, session: ObjectId, model: ModelId) -> bool {
    !fresh_rows(machine, session, model).is_empty()
}

/// What the words of a call say about sessions: `expire_on_commit`, `autoflush`.
pub(super) fn settings(mut session: Session, arguments: &Arguments) -> Session {
    let off = |name: &str| arguments.keyword(name) == Some(&Value::Scalar(Scalar::Bool(false)));
    session.expires &= !off("expire_on_commit");
    session.autoflush &= !off("autoflush");
    session.is_async |= arguments.keyword("class_").is_some_and(
        |class| matches!(class, Value::External(path) | Value::Class(ClassRef::External(path)) if path.ends_with("AsyncSession")),
    );
    session
}

/// A setting is changed on a session that is open.
pub(super) fn configure(machine: &mut dyn Machine, id: ObjectId, name: Name, is_on: bool) {
    change(machine, id, |session| match name.as_str() {
        "expire_on_commit" => session.expires = is_on,
        "autoflush" => session.autoflush = is_on,
        _ => {}
    });
}

/// `get_session(expire_on_commit=False)`: only what makes a session is told so.
pub fn session_of_settings(machine: &mut dyn Machine, arguments: &Arguments, place: Place) -> Option<Value> {
    arguments.keyword("expire_on_commit")?;
    let defaults = machine.program().schema.sessions;
    let base = Session { autoflush: defaults.autoflush, expires: defaults.expires, ..Session::default() };
    Some(open(machine, base, arguments, place))
}

/// A new session.
pub(super) fn open(machine: &mut dyn Machine, base: Session, arguments: &Arguments, place: Place) -> Value {
    let session = settings(base, arguments);
    Value::Object(machine.allocate(place, SESSION, Object::Alchemy(Alchemy::Session(session))))
}

/// `engine.connect()`, or `engine.begin()`, which commits at its end.
pub(super) fn connect(machine: &mut dyn Machine, name: Name, place: Place) -> Value {
    let core = Session { expires: false, ..Session::default() };
    match open(machine, core, &Arguments::default(), place) {
        Value::Object(connection) if name == "begin" => begin(machine, connection, false, name, place),
        connection => connection,
    }
}

/// `Model.query`
pub(super) fn model_query(machine: &mut dyn Machine, model: ModelId, place: Place) -> Value {
    let class = machine.program().schema.model(model).class;
    let session = query_session(machine, place).unwrap_or_else(|| ambient(machine, Certainty::High));
    let arguments = Arguments::of(vec![Value::Class(ClassRef::Known(class))]);
    match statement::fresh(machine, StatementKind::Query, &arguments, Some(session), place) {
        Some(query) => statement::value(machine, query, place),
        None => Value::unknown(Why::Call),
    }
}

/// The scoped session whose `query_property()` is the `query` of models.
fn query_session(machine: &mut dyn Machine, place: Place) -> Option<ObjectId> {
    let (module, name) = machine.program().schema.query_session?;
    match machine.attribute(&Value::Module(module), name, place) {
        Value::Object(id) => matches!(alchemy(machine, id), Some(Alchemy::Session(_))).then_some(id),
        _ => None,
    }
}

/// Calls a method of a session.
pub(super) fn method(
    machine: &mut dyn Machine,
    id: ObjectId,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let first = arguments.positional.first();
    match session_action(&name)? {
        SessionAction::Query => {
            let query = statement::fresh(machine, StatementKind::Query, arguments, Some(id), place)?;
            Some(statement::value(machine, query, place))
        }
        SessionAction::Execute => run(machine, id, arguments, ResultShape::Tuples, name, place),
        SessionAction::Scalars => run(machine, id, arguments, ResultShape::Scalars, name, place),
        SessionAction::Exec => {
            let is_one = statement_of(machine, first?).is_some_and(|statement| statement.entities.len() == 1);
            let shape = if is_one { ResultShape::Scalars } else { ResultShape::Tuples };
            run(machine, id, arguments, shape, name, place)
        }
        SessionAction::Scalar => scalar(machine, id, arguments, name, place),
        SessionAction::Get | SessionAction::GetOne => {
            // `KINDS[kind]`: one of the classes of a table.
            let models =
                first?.disjuncts().iter().map(|part| model_of(machine, part)).collect::<Option<Vec<ModelId>>>()?;
            let rest = Arguments { positional: arguments.positional[1..].to_vec(), ..arguments.clone() };
            let found = models.into_iter().map(|model| get(machine, id, model, &[], &rest, name, place));
            found.collect::<Option<Vec<Value>>>()?.into_iter().reduce(|a, b| a.join(&b, None))
        }
        SessionAction::Paginate => {
            let statement = statement_of(machine, first?)?;
            statement::paginate(machine, &statement, id, ResultShape::Scalars, name, place)
        }
        SessionAction::Begin | SessionAction::Savepoint => {
            let is_nested = name == "begin_nested";
            Some(begin(machine, id, is_nested, name, place))
        }
        SessionAction::RunSync => {
            let mut positional = vec![Value::Object(id)];
            positional.extend(arguments.positional.get(1..).unwrap_or_default().iter().cloned());
            let passed = Arguments { positional, ..arguments.clone() };
            let callee = first?.clone();
            Some(in_greenlet(machine, id, |machine| machine.call(&callee, passed, place)))
        }
        SessionAction::Itself => Some(Value::Object(id)),
        SessionAction::LetGo => {
            change(machine, id, |session| session.has_let_go = true);
            Some(Value::None)
        }
        action => Some(unit::method(machine, id, action, name, arguments, place)),
    }
}

fn run(
    machine: &mut dyn Machine,
    id: ObjectId,
    arguments: &Arguments,
    shape: ResultShape,
    name: Name,
    place: Place,
) -> Option<Value> {
    let subject = arguments.positional.first().or_else(|| arguments.keyword("statement"))?;
    let parts = match subject {
        Value::Union(parts) => parts.to_vec(),
        one => vec![Disjunct { guard: None, value: one.clone() }],
    };
    let mut results = Vec::new();
    for part in parts {
        let Some(statement) = statement_of(machine, &part.value) else { continue };
        let number = results.len() as u32;
        let value = execute(machine, id, &statement, shape, arguments, name, (place, number));
        results.push(Disjunct { guard: part.guard, value });
    }
    if !results.is_empty() {
        return Some(Value::from_disjuncts(results));
    }
    if subject.as_text().is_some() {
        let text = statement::fresh(machine, StatementKind::Text, &Arguments::default(), Some(id), place)?;
        return Some(execute(machine, id, &text, shape, arguments, name, (place, 0)));
    }
    Some(Value::unknown(Why::Call))
}

/// `scalar(statement)`: the first value of the first row.
fn scalar(machine: &mut dyn Machine, id: ObjectId, arguments: &Arguments, name: Name, place: Place) -> Option<Value> {
    let statement = statement_of(machine, arguments.positional.first()?)?;
    let is_stored = statement.entities.first().is_some_and(|entity| !entity.is_computed);
    let (kind, verb) = match statement.kind {
        StatementKind::Insert => (EffectKind::Create, Verb::Insert),
        StatementKind::Update => (EffectKind::Update, Verb::Update),
        StatementKind::Delete => (EffectKind::BulkDelete, Verb::Delete),
        StatementKind::Text => (EffectKind::Raw, Verb::Select),
        _ if is_stored => (EffectKind::Get, Verb::Select),
        _ => (EffectKind::Count, Verb::Select),
    };
    statement::run(machine, &statement, id, kind, verb, name, place);
    let empty = crate::domain::Sequence::of(crate::domain::SequenceKind::List, Vec::new());
    let holder = machine.allocate(place, ROW, Object::Sequence(empty));
    let value = super::result::element(machine, holder, &statement, id, ResultShape::Scalars, false, place);
    Some(value.join(&Value::None, None))
}

/// One row by its key, found in the session or read: free when the session holds it, unless told to read it again.
pub(super) fn get(
    machine: &mut dyn Machine,
    session: ObjectId,
    model: ModelId,
    plans: &[(ModelId, LoadPlan)],
    arguments: &Arguments,
    name: Name,
    place: Place,
) -> Option<Value> {
    let key = arguments.get(0, "ident").or_else(|| arguments.get(0, "id")).cloned();
    let is_forced = arguments.keyword("populate_existing").or(arguments.keyword("with_for_update")).is_some();
    let key = key.filter(|_| !is_forced);
    if let Some(row) = key.as_ref().and_then(|key| super::identity::of_key(machine, session, key, model)) {
        return Some(row);
    }
    machine.construct_receivers();
    let may_be_there = !is_forced && holds(machine, session, model);
    let doubt =
        if may_be_there { super::identity::doubt_of_miss(machine, key.as_ref(), model) } else { Certainty::High };
    let certainty = certainty(machine, session).min(doubt);
    machine.fire(Effect { model: Some(model), certainty, ..Effect::of(EffectKind::Get, Verb::Select, name, place) });
    let mut plans = plans.to_vec();
    if let Some(Value::Object(list)) = arguments.keyword("options")
        && let Object::Sequence(sequence) = machine.object(*list)
    {
        let given = Arguments::of(sequence.items.clone().unwrap_or_default());
        super::options::apply(machine, &mut plans, Some(model), &given);
    }
    let mut found = row::blank(model);
    found.plan = std::rc::Rc::new(super::options::plan_for(machine, &plans, model));
    found.session = attachment(machine, session);
    found.certainty = self::certainty(machine, session);
    let enclosing = machine.enclosing();
    let origin = crate::domain::RowOrigin { place, model, relations: Vec::new(), lazy_from: None, enclosing };
    found.origin = Some(std::rc::Rc::new(origin));
    let row = machine.allocate(place, ROW, Object::Row(found));
    if let Some(Value::Scalar(key @ (Scalar::Int(_) | Scalar::Text(_)))) = key {
        change(machine, session, |session| {
            session.known.retain(|(known, other, _)| (*known, *other) != (model, key));
            session.known.push((model, key, row));
        });
    }
    let row = Value::Object(row);
    let is_sure = matches!(name.as_str(), "get_one" | "get_or_404");
    Some(if is_sure { row } else { row.join(&Value::None, None) })
}

/// What waits is written before a query runs.
pub(super) fn autoflush(machine: &mut dyn Machine, id: ObjectId, place: Place) {
    autoflush_for(machine, id, None, Certainty::High, place);
}

/// As `autoflush`, before the lazy load of a row: it happens as often as the load does, and is no surer than that.
pub(super) fn autoflush_for(
    machine: &mut dyn Machine,
    id: ObjectId,
    row: Option<ObjectId>,
    certainty: Certainty,
    place: Place,
) {
    let session = state(machine, id);
    if !session.is_dirty || !session.autoflush || session.held_back > 0 {
        return;
    }
    let doubt = if session.is_surely_dirty { Certainty::High } else { MAYBE_DIRTY };
    unit::flush_for(machine, id, row, certainty.min(doubt), Name::new("autoflush"), place);
}

/// `begin()`, `begin_nested()`
fn begin(machine: &mut dyn Machine, id: ObjectId, is_nested: bool, name: Name, place: Place) -> Value {
    if is_nested {
        unit::fire(machine, id, EffectKind::Flush, Verb::Savepoint, name, place);
        change(machine, id, |session| session.clean());
    }
    let transaction = Transaction { session: id, is_nested };
    Value::Object(machine.allocate(place, TRANSACTION, Object::Alchemy(Alchemy::Transaction(transaction))))
}

/// A method of a session factory.
pub(super) fn factory_method(machine: &mut dyn Machine, base: &Session, name: Name, place: Place) -> Option<Value> {
    match name.as_str() {
        "begin" => match open(machine, base.clone(), &Arguments::default(), place) {
            Value::Object(session) => Some(begin(machine, session, false, name, place)),
            _ => None,
        },
        "configure" => Some(Value::None),
        _ => None,
    }
}

/// A method of a transaction.
pub(super) fn transaction_method(
    machine: &mut dyn Machine,
    transaction: Transaction,
    name: Name,
    place: Place,
) -> Option<Value> {
    match name.as_str() {
        "commit" if transaction.is_nested => Some(Value::None),
        "commit" => {
            unit::commit(machine, transaction.session, name, place);
            Some(Value::None)
        }
        "rollback" | "close" => Some(Value::None),
        _ => method(machine, transaction.session, name, &Arguments::default(), place),
    }
}

/// A plain attribute of a session.
pub(super) fn attribute(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) -> Option<Value> {
    match name.as_str() {
        "no_autoflush" => {
            let object = Object::Alchemy(Alchemy::NoAutoflush(id));
            Some(Value::Object(machine.allocate(place, TRANSACTION, object)))
        }
        "sync_session" | "session" | "registry" => Some(Value::Object(id)),
        "new" | "dirty" | "deleted" => {
            let rows = super::events::waiting_rows(machine, id, name, place);
            Some(rows.unwrap_or(Value::unknown(Why::Attribute(name))))
        }
        "info" | "bind" | "is_active" => Some(Value::unknown(Why::Attribute(name))),
        _ => None,
    }
}

/// Enters a session, transaction or block without autoflush.
pub(super) fn enter(machine: &mut dyn Machine, id: ObjectId, _: Place) -> Option<Value> {
    match alchemy(machine, id)? {
        Alchemy::Transaction(transaction) => Some(Value::Object(transaction.session)),
        Alchemy::NoAutoflush(session) => {
            change(machine, session, |session| session.held_back += 1);
            Some(Value::Object(session))
        }
        _ => Some(Value::Object(id)),
    }
}

/// Leaves it: a transaction commits.
pub(super) fn exit(machine: &mut dyn Machine, id: ObjectId, place: Place) {
    match alchemy(machine, id) {
        Some(Alchemy::Transaction(Transaction { session, is_nested: false })) => {
            unit::commit(machine, session, Name::new("begin"), place);
        }
        Some(Alchemy::NoAutoflush(session)) => let_flush(machine, session),
        _ => {}
    }
}

/// Leaves a block in which queries flush nothing.
pub(super) fn let_flush(machine: &mut dyn Machine, id: ObjectId) {
    change(machine, id, |session| session.held_back = session.held_back.saturating_sub(1));
}
