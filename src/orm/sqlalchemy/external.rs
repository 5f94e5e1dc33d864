//! SQLAlchemy's functions by dotted path, annotations, and values that must be sessions because of how they are used.

use std::rc::Rc;

use super::asked;
use super::options;
use super::session::{self, ambient, change, settings};
use super::statement::{self, model_of, statement_of};
use super::table::{SessionAction, session_action};
use crate::domain::{
    Alchemy, Arguments, Certainty, LoadPlan, Loaded, Machine, NamedTuple, Object, ObjectId, Place, Session,
    StatementKind, Value, Why,
};
use crate::project::{ClassRef, ModelId, Orm};
use crate::syntax::Name;

/// The expression `column.in_(...)`.
pub(super) const IN: &str = "sqlalchemy.in";
pub(super) const EXPRESSION: &str = "sqlalchemy.expression";
/// The expression `func.count(...)`; the number of the counted column's model follows, where it has one.
pub(super) const COUNT: &str = "sqlalchemy.expression.count()";
/// What the mapper of a class that is not known has: as many parts as the code declares.
pub(super) const MAPPER: &str = "sqlalchemy.mapper";
const MADE: u32 = 73;

/// Where SQLAlchemy and its companions live.
const PACKAGES: &[&str] = &["sqlalchemy", "sqlmodel", "flask_sqlalchemy", "sqlalchemy_utils", "sqlakeyset"];

pub(super) fn is_ours(path: &str) -> bool {
    let first = path.split('.').next().unwrap_or("");
    PACKAGES.contains(&first)
}

/// Calls a function of SQLAlchemy by its dotted path.
pub fn external(machine: &mut dyn Machine, path: Name, arguments: &Arguments, place: Place) -> Option<Value> {
    let plain = path.split(" as ").next().unwrap_or(&path);
    let last = Name::new(plain.rsplit('.').next()?);
    if matches!(plain, "dataclasses.asdict" | "dataclasses.astuple") {
        return fields_of(machine, arguments.positional.first()?, place);
    }
    if !is_ours(plain) {
        let hint = plain.rsplit('.').nth(1).map(|owner| Name::new(owner.trim_end_matches("()")));
        return unknown_method(machine, hint, last, arguments, place);
    }
    if let Some(option) = options::function(machine, &last, arguments, place) {
        return Some(option);
    }
    if let Some(made) = session_maker(machine, &last, arguments, place) {
        return Some(made);
    }
    statement_maker(machine, &last, arguments, place).or_else(|| other(machine, &last, arguments, place))
}

/// `asdict(row)` reads every field.
fn fields_of(machine: &mut dyn Machine, value: &Value, place: Place) -> Option<Value> {
    let Value::Object(id) = value else { return None };
    row_of(machine, value)?;
    super::row::read_fields(machine, *id, false, place);
    Some(Value::unknown(Why::Call))
}

/// Sessions, factories, engines.
fn session_maker(machine: &mut dyn Machine, last: &str, arguments: &Arguments, place: Place) -> Option<Value> {
    let plain = Session { is_async: last.to_ascii_lowercase().starts_with("async"), ..Session::default() };
    let made = match last {
        "Session" | "AsyncSession" => return Some(session::open(machine, plain, arguments, place)),
        "scoped_session" | "async_scoped_session" => {
            let base = arguments.positional.first().and_then(|factory| factory_of(machine, factory));
            return Some(session::open(machine, base.unwrap_or(plain), arguments, place));
        }
        "sessionmaker" | "async_sessionmaker" | "create_session" => Alchemy::SessionFactory(settings(plain, arguments)),
        "connect" | "begin" => return Some(session::connect(machine, Name::new(last), place)),
        "SQLAlchemy" => Alchemy::Extension,
        _ => return None,
    };
    Some(Value::Object(machine.allocate(place, MADE, Object::Alchemy(made))))
}

fn factory_of(machine: &dyn Machine, value: &Value) -> Option<Session> {
    let Value::Object(id) = value else { return None };
    match machine.object(*id) {
        Object::Alchemy(Alchemy::SessionFactory(session)) => Some(session.clone()),
        _ => None,
    }
}

/// `select`, `insert`, `update`, `delete`, `text`.
fn statement_maker(machine: &mut dyn Machine, last: &str, arguments: &Arguments, place: Place) -> Option<Value> {
    let kind = match last {
        "select" => StatementKind::Select,
        "insert" => StatementKind::Insert,
        "update" => StatementKind::Update,
        "delete" => StatementKind::Delete,
        "text" => StatementKind::Text,
        "union" | "union_all" | "intersect" | "except_" => return arguments.positional.first().cloned(),
        _ => return None,
    };
    let empty = Arguments::default();
    let entities = if kind == StatementKind::Text { &empty } else { arguments };
    let mut made = statement::fresh(machine, kind, entities, None, place)?;
    made.text = arguments.positional.first().and_then(Value::as_text).filter(|_| kind == StatementKind::Text);
    Some(statement::value(machine, made, place))
}

/// What else there is.
fn other(machine: &mut dyn Machine, last: &str, arguments: &Arguments, place: Place) -> Option<Value> {
    let first = arguments.positional.first();
    let text = |position: usize| arguments.positional.get(position).and_then(Value::as_text);
    match last {
        "aliased" => first.cloned(),
        "with_polymorphic" => {
            let model = model_of(machine, first?)?;
            let mut plan = LoadPlan::default();
            super::polymorphic::load(machine, &mut plan, arguments.get(1, "classes"));
            let entity = Alchemy::Entity(model, Rc::new(plan));
            Some(Value::Object(machine.allocate(place, MADE, Object::Alchemy(entity))))
        }
        "Load" => options::load(machine, arguments, place),
        "association_proxy" => {
            let proxy = Alchemy::Proxy(text(0)?, text(1).or(arguments.keyword("attr").and_then(Value::as_text))?);
            Some(Value::Object(machine.allocate(place, MADE, Object::Alchemy(proxy))))
        }
        "synonym" => {
            let made = Alchemy::Synonym(text(0)?);
            Some(Value::Object(machine.allocate(place, MADE, Object::Alchemy(made))))
        }
        "set_committed_value" => {
            commit_value(machine, first?, text(1)?, arguments.positional.get(2)?);
            Some(Value::None)
        }
        // Unless it is told not to (`passive=PASSIVE_NO_INITIALIZE`), it loads what it is asked about.
        "get_history" if loads(arguments.get(2, "passive")) => {
            machine.attribute(first?, text(1)?, place);
            None
        }
        "make_transient" => {
            super::row::leave(machine, first?);
            Some(Value::None)
        }
        "object_session" | "async_object_session" => session_of(machine, first?),
        "label" => text(0).map(|name| Value::External(Name::new(&format!("{EXPRESSION} as {name}")))),
        "in_" => Some(Value::External(Name::new(IN))),
        "count" => {
            let model = match first {
                Some(Value::Mapped(mapped)) => Some(mapped.0),
                _ => None,
            };
            let of = model.map(|model| format!(" {}", model.0)).unwrap_or_default();
            Some(Value::External(Name::new(&format!("{COUNT}{of}"))))
        }
        "with_parent" => {
            let known = match arguments.get(1, "prop") {
                Some(Value::Mapped(mapped)) => {
                    match asked::back_to_parent(machine, mapped, arguments.get(0, "instance")) {
                        Some(condition) => {
                            Some(Value::Object(machine.allocate(place, MADE, Object::Alchemy(condition))))
                        }
                        None => asked::with_parent(machine, mapped),
                    }
                }
                _ => None,
            };
            Some(known.unwrap_or(Value::External(Name::new(EXPRESSION))))
        }
        "and_" => {
            let all = Alchemy::Conjunction(arguments.positional.clone());
            Some(Value::Object(machine.allocate(place, MADE, Object::Alchemy(all))))
        }
        "inspect" | "class_mapper" | "object_mapper" | "instance_state" => told_of(machine, last, first?, place),
        "create_engine" | "create_async_engine" => Some(Value::External(Name::new("sqlalchemy.engine"))),
        "Table" | "table" => Some(Value::External(Name::new("sqlalchemy.table"))),
        _ => Some(Value::External(Name::new(EXPRESSION))),
    }
}

/// What SQLAlchemy tells of a class or row; of a row's class where the mapper is asked for.
fn told_of(machine: &mut dyn Machine, last: &str, value: &Value, place: Place) -> Option<Value> {
    let told = super::inspection::inspect(machine, value, place);
    Some(if last == "object_mapper" { machine.attribute(&told, Name::new("mapper"), place) } else { told })
}

fn commit_value(machine: &mut dyn Machine, row: &Value, name: Name, value: &Value) {
    if let Value::Object(id) = row
        && let Object::Row(row) = machine.object_mut(*id)
    {
        row.loaded.insert(name, Loaded::surely(value.clone()));
    }
}

pub(super) fn session_of(machine: &mut dyn Machine, row: &Value) -> Option<Value> {
    let Value::Object(id) = row else { return None };
    match machine.object(*id) {
        Object::Row(row) => row.session.map(|tie| Value::Object(tie.session)),
        _ => None,
    }
}

/// What an annotation by this dotted path stands for.
pub fn annotated(machine: &mut dyn Machine, path: Name, place: Place) -> Option<Value> {
    if !is_ours(&path) {
        return None;
    }
    match path.rsplit('.').next()? {
        "Session" | "scoped_session" | "SessionBase" => Some(Value::Object(ambient(machine, Certainty::High))),
        "AsyncSession" | "async_scoped_session" => Some(Value::Object(session::ambient_async(machine))),
        last @ ("sessionmaker" | "async_sessionmaker") => {
            let is_async = last.starts_with("async");
            let factory = Alchemy::SessionFactory(Session { is_async, ..Session::default() });
            Some(Value::Object(machine.allocate(place, MADE, Object::Alchemy(factory))))
        }
        "SQLAlchemy" => Some(Value::Object(machine.allocate(place, MADE, Object::Alchemy(Alchemy::Extension)))),
        "Connection" | "AsyncConnection" => Some(session::connect(machine, Name::new("connect"), place)),
        "Mapped" | "Annotated" => None,
        _ => None,
    }
}

/// Calls a method of a value that nothing is known of: what it is given may prove that it is a session.
pub fn unknown_method(
    machine: &mut dyn Machine,
    hint: Option<Name>,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let action = session_action(&name)?;
    // Where there are no models, a statement over a table says all the same that SQLAlchemy is asked.
    let has_models = || machine.program().schema.models.iter().any(|m| m.orm == Orm::SqlAlchemy);
    if action == SessionAction::Itself || !(is_given_statement(machine, arguments) || has_models()) {
        return None;
    }
    let is_proved = proves(machine, action, hint, arguments);
    if !(is_proved || is_bare(action) && hint.is_some_and(is_session_name)) {
        return None;
    }
    let session = ambient(machine, if is_proved { Certainty::High } else { Certainty::Medium });
    if is_proved {
        change(machine, session, |session| session.certainty = Certainty::High);
    }
    session::method(machine, session, name, arguments, place)
}

fn is_given_statement(machine: &dyn Machine, arguments: &Arguments) -> bool {
    let first = arguments.positional.first().map_or(Vec::new(), Value::disjuncts);
    first.iter().any(|part| statement_of(machine, part).is_some())
}

/// Methods whose arguments can't prove anything.
fn is_bare(action: SessionAction) -> bool {
    matches!(
        action,
        SessionAction::Commit
            | SessionAction::Flush
            | SessionAction::Rollback
            | SessionAction::Begin
            | SessionAction::Savepoint
            | SessionAction::ExpireAll
            | SessionAction::Add
            | SessionAction::AddAll
            | SessionAction::RunSync
    )
}

fn is_session_name(name: Name) -> bool {
    let plain = name.trim_start_matches('_').to_ascii_lowercase();
    matches!(plain.as_str(), "db" | "sess" | "dbsession" | "uow") || plain.ends_with("session")
}

/// Whether what a method is given shows that its receiver is a session.
fn proves(machine: &dyn Machine, action: SessionAction, hint: Option<Name>, arguments: &Arguments) -> bool {
    let Some(first) = arguments.positional.first().or(arguments.keywords.first().map(|(_, value)| value)) else {
        return false;
    };
    match action {
        SessionAction::Query => arguments.positional.iter().any(|value| {
            matches!(value, Value::Mapped(_)) || is_expression(value) || model_of(machine, value).is_some()
        }),
        SessionAction::Execute
        | SessionAction::Scalars
        | SessionAction::Scalar
        | SessionAction::Exec
        | SessionAction::Paginate => first.disjuncts().iter().any(|part| statement_of(machine, part).is_some()),
        SessionAction::Get | SessionAction::GetOne => model_of(machine, first).is_some(),
        SessionAction::Delete | SessionAction::Merge | SessionAction::Refresh | SessionAction::Expire => {
            row_of(machine, first).is_some()
        }
        SessionAction::Add => {
            row_of(machine, first).is_some_and(|is_saved| !is_saved) || hint.is_some_and(is_session_name)
        }
        SessionAction::Bulk => hint.is_some_and(is_session_name),
        _ => false,
    }
}

/// Whether a value is what functions and operators of SQLAlchemy make: `func.count(Book.id)`.
fn is_expression(value: &Value) -> bool {
    matches!(value, Value::External(path) if path.starts_with(EXPRESSION))
}

/// Whether a value is a row of ours, and if so a stored one.
fn row_of(machine: &dyn Machine, value: &Value) -> Option<bool> {
    value.disjuncts().iter().find_map(|part| match part {
        Value::Object(id) => match machine.object(*id) {
            Object::Row(row) if machine.program().schema.model(row.model).orm == Orm::SqlAlchemy => Some(row.is_saved),
            _ => None,
        },
        _ => None,
    })
}

/// An attribute of a value that nothing is known of.
pub fn unknown_attribute(machine: &mut dyn Machine, name: Name, place: Place) -> Option<Value> {
    if name != "no_autoflush" {
        return None;
    }
    let session = ambient(machine, Certainty::High);
    session::attribute(machine, session, name, place)
}

/// Calls a method of a mapped attribute: an expression, or a narrower path.
pub(super) fn mapped_method(
    machine: &mut dyn Machine,
    mapped: &Rc<(ModelId, Vec<Name>)>,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Value {
    let this = Value::Mapped(Rc::clone(mapped));
    match name.as_str() {
        "of_type" => {
            let target = arguments.positional.first().cloned().unwrap_or(Value::None);
            let is_entity = matches!(&target, Value::Object(_)) && model_of(machine, &target).is_some();
            if !is_entity {
                return this;
            }
            let pair = NamedTuple { names: vec![None, None], items: vec![this, target] };
            Value::Object(machine.allocate(place, MADE, Object::Alchemy(Alchemy::Tuple(pair))))
        }
        "and_" | "asc" | "desc" | "distinct" | "nulls_first" | "nulls_last" => this,
        "label" => match arguments.positional.first().and_then(Value::as_text) {
            Some(name) => Value::External(Name::new(&format!("{EXPRESSION} as {name}"))),
            None => Value::External(Name::new(EXPRESSION)),
        },
        _ => {
            super::identity::hold_compared(machine, arguments);
            asked::method(machine, mapped, name, arguments).unwrap_or(Value::External(Name::new(EXPRESSION)))
        }
    }
}

/// Calls a method on an instance of a project class that is a session by its bases or by what it is given.
pub(super) fn instance_method(
    machine: &mut dyn Machine,
    id: ObjectId,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let Object::Instance(instance) = machine.object(id) else { return None };
    let is_session = |base: &ClassRef| match base {
        ClassRef::External(path) => is_ours(path) && path.ends_with("Session"),
        ClassRef::Known(_) => false,
    };
    let is_assumed = instance.is_assumed;
    let class = machine.program().class(instance.class);
    if !class.mro.iter().any(is_session) {
        return None;
    }
    // `return super().__enter__()`
    if matches!(name.as_str(), "__enter__" | "__aenter__") {
        return Some(Value::Object(id));
    }
    let session = if is_assumed { ambient(machine, Certainty::High) } else { session::own(machine, id) };
    session::method(machine, session, name, arguments, place)
}

/// `db.session` and the functions that Flask-SQLAlchemy's extension object passes on.
pub(super) fn extension_attribute(machine: &mut dyn Machine, name: Name) -> Option<Value> {
    match name.as_str() {
        "session" => Some(Value::Object(ambient(machine, Certainty::High))),
        "metadata" | "metadatas" => Some(Value::External(Name::new("sqlalchemy.metadata"))),
        _ => None,
    }
}

/// `db.select(...)`, `db.get_or_404(...)`, `db.relationship(...)`
pub(super) fn extension_method(
    machine: &mut dyn Machine,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    if matches!(name.as_str(), "get_or_404" | "first_or_404" | "one_or_404" | "paginate") {
        let session = ambient(machine, Certainty::High);
        return session::method(machine, session, name, arguments, place);
    }
    let path = Name::new(&format!("sqlalchemy.{name}"));
    external(machine, path, arguments, place).or(Some(Value::unknown(Why::Call)))
}

/// Whether history may be loaded from the database: `passive=PASSIVE_OFF`, which is the default.
fn loads(passive: Option<&Value>) -> bool {
    passive.is_none_or(|passive| matches!(passive, Value::External(path) if path.ends_with("PASSIVE_OFF")))
}
