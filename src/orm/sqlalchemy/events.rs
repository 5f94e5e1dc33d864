//! Events: functions of the project that SQLAlchemy calls when rows are loaded, set and written.
//!
//! ```py
//! @event.listens_for(Camera, "load")
//! def label(camera, context): ...
//! ```

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::session::{self, change, state};
use crate::domain::{
    Alchemy, Arguments, Closure, Machine, NamedTuple, Object, ObjectId, Place, Row, Session, Size, Value, Waiting,
    Write,
};
use crate::project::{Binding, ClassId, ModelId, Module, ModuleId, Program, Told, last_name, number};
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind, Function, Stmt, StmtKind};
use crate::syntax::{Name, reads, visit};

const CONTEXT: u32 = 75;
/// What the text of a function that asks the database has one of.
const ASKS: &[&str] = &["connection", "execute", "query", "scalar", "select", "session"];
/// What gives a statement options that load relations.
const LOADERS: &[&str] = &["selectinload", "joinedload", "subqueryload", "immediateload"];
/// Options that other functions make, and those that load nothing.
const OPTIONS: &str = ".options(";
const CRITERIA: &str = "with_loader_criteria";

/// What the text of a function that sets listeners up has in it.
const LISTENS: &str = "listen";
/// Events that only sessions have (`sqlalchemy.orm.SessionEvents`), whatever the name of what is listened to.
const SESSION_EVENTS: &[&str] = &["after_commit", "after_flush", "before_commit", "before_flush"];

/// What is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Target {
    /// Rows of a class, or one of their attributes.
    Rows(ClassId, Option<Name>),
    /// Every session.
    Sessions,
}

struct Listener {
    target: Target,
    /// It hears of the rows of subclasses too.
    propagates: bool,
    module: ModuleId,
    function: Arc<Function>,
}

/// The event that a row is inserted without a value for a column.
const DEFAULT: &str = "default";

/// The listeners of a project, by the event's name.
#[derive(Default)]
pub struct Listeners {
    found: FxHashMap<Name, Vec<Listener>>,
}

impl Listeners {
    /// Finds `@listens_for(target, name)` and `listen(target, name, function)` at the top of modules and inside functions.
    pub fn new(program: &Program) -> Self {
        let mut listeners = Listeners::default();
        for module in program.modules.iter().filter(|module| !module.is_stub) {
            listeners.add_all(program, module.id, &module.outline.body);
            if program.files.get(module.file.0 as usize).is_some_and(|file| reads::says(file, LISTENS)) {
                listeners.add_inside(program, module);
            }
        }
        listeners.add_defaults(program);
        listeners
    }

    /// What functions set up when they are called: `def install(factory): …`
    fn add_inside(&mut self, program: &Program, module: &Module) {
        let mut functions = Vec::new();
        module
            .outline
            .body
            .iter()
            .for_each(|one| visit::outer_functions(one, &mut |function| functions.push(function)));
        for function in functions.into_iter().filter(|one| program.text_of(one).contains(LISTENS)) {
            self.add_all(program, module.id, &function.body.lowered().statements);
        }
    }

    fn add_all(&mut self, program: &Program, module: ModuleId, body: &[Stmt]) {
        for statement in body {
            match &statement.kind {
                StmtKind::Function(function) => {
                    for decorator in &function.decorators {
                        self.add(program, module, decorator, "listens_for", Some(function));
                    }
                }
                StmtKind::Expr(expr) => self.add(program, module, expr, "listen", None),
                _ => {}
            }
        }
    }

    /// `mapped_column(default=next_number)`: a function of the project that is asked for each row that is inserted.
    fn add_defaults(&mut self, program: &Program) {
        for model in program.schema.models.iter().filter(|model| !program.is_of_stub(model.class)) {
            let module = program.class(model.class).module;
            for column in &model.columns {
                let written = column.options.iter().find(|(option, _)| *option == "default").map(|(_, value)| *value);
                let found = written.and_then(|name| program.lookup(module, name));
                let Some(Binding::Function(function)) = found else { continue };
                if !ASKS.iter().any(|word| program.text_of(&function).contains(word)) {
                    continue;
                }
                let target = Target::Rows(model.class, Some(column.name));
                let listener = Listener { target, propagates: false, module, function };
                self.found.entry(Name::new(DEFAULT)).or_default().push(listener);
            }
        }
    }

    fn add(&mut self, program: &Program, module: ModuleId, expr: &Expr, called: &str, by: Option<&Arc<Function>>) {
        let ExprKind::Call { function: callee, arguments } = &expr.kind else { return };
        if !matches!(&callee.kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if *name == called) {
            return;
        }
        let [target, event, rest @ ..] = arguments.as_slice() else { return };
        let ExprKind::Constant(Constant::Text(event)) = event.value.kind else { return };
        let is_of_sessions = || SESSION_EVENTS.contains(&event.as_str()).then_some(Target::Sessions);
        let Some(target) = target_of(program, module, &target.value).or_else(is_of_sessions) else { return };
        let given = rest.first().and_then(|argument| program.resolve_expr(module, None, &argument.value));
        let function = match (by, given) {
            (Some(function), _) => Arc::clone(function),
            (None, Some(Binding::Function(function))) => function,
            _ => return,
        };
        let home = program.module_of(function.file).map_or(module, |home| home.id);
        let listener = Listener { target, propagates: propagates(rest), module: home, function };
        self.found.entry(event).or_default().push(listener);
    }

    /// The functions that hear of an event of a model's rows or of one of their attributes; without a model, of sessions.
    pub fn of(&self, program: &Program, model: Option<ModelId>, attribute: Option<Name>, event: &str) -> Vec<Value> {
        let class = model.map(|model| program.schema.model(model).class);
        let hears = |listener: &&Listener| match (listener.target, class) {
            (Target::Sessions, None) => true,
            (Target::Rows(own, about), Some(class)) => {
                about == attribute && (own == class || listener.propagates && program.inherits(class, own))
            }
            _ => false,
        };
        let value = |listener: &Listener| {
            let function = Arc::clone(&listener.function);
            Value::Function(Rc::new(Closure { function, module: listener.module, scope: None, class: None }))
        };
        let found = self.found.get(&Name::new(event));
        found.into_iter().flatten().filter(hears).map(value).collect()
    }

    /// All that is known, in no order; `told` is what linking has found.
    pub(crate) fn told(&self, program: &Program, told: &Told) -> u64 {
        let found = self.found.iter().map(|(event, listeners)| {
            let listeners = listeners.iter().map(|listener| {
                let target = match listener.target {
                    Target::Rows(class, attribute) => Some((told.key(class), attribute.map(Name::as_str))),
                    Target::Sessions => None,
                };
                (target, listener.propagates, listener.module.0, told.function(program, &listener.function))
            });
            number(&(event.as_str(), listeners.collect::<Vec<_>>()))
        });
        found.fold(0, u64::wrapping_add)
    }

    /// Whether nobody listens to anything.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

fn propagates(arguments: &[Argument]) -> bool {
    arguments.iter().any(|argument| {
        argument.kind == ArgumentKind::Keyword(Name::new("propagate"))
            && matches!(argument.value.kind, ExprKind::Constant(Constant::Bool(true)))
    })
}

fn target_of(program: &Program, module: ModuleId, expr: &Expr) -> Option<Target> {
    if let ExprKind::Attribute { value, name, .. } = &expr.kind
        && let Some(Binding::Class(class)) = program.resolve_expr(module, None, value)
    {
        return Some(Target::Rows(class, Some(*name)));
    }
    match program.resolve_expr(module, None, expr) {
        Some(Binding::Class(class)) if program.schema.of_class(class).is_none() => {
            is_session(&program.class(class).class.name).then_some(Target::Sessions)
        }
        Some(Binding::Class(class)) => Some(Target::Rows(class, None)),
        Some(Binding::External(path)) => is_session(&path).then_some(Target::Sessions),
        Some(Binding::Variable(home, name)) if is_maker(program, home, name) => Some(Target::Sessions),
        _ => {
            let last = match &expr.kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => *name,
                _ => return None,
            };
            is_session(&last).then_some(Target::Sessions)
        }
    }
}

/// `maker = sessionmaker()`
fn is_maker(program: &Program, module: ModuleId, name: Name) -> bool {
    let made = program.assignment(module, name).map(|value| &value.kind);
    matches!(made, Some(ExprKind::Call { function, .. }) if last_name(function).is_some_and(|maker| is_session(&maker)))
}

/// `Session`, `sessionmaker`, `SessionLocal`, `db.session`.
fn is_session(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|last| last.to_lowercase().contains("session"))
}

/// Whether a function of the project sees every statement before it is sent and gives it loader options: which, quell does not
/// work out.
pub(super) fn adds_options(machine: &dyn Machine) -> bool {
    let gives_options = |listener: &Value| match listener {
        Value::Function(closure) => {
            let text = machine.program().text_of(&closure.function);
            let is_given_others = text.contains(OPTIONS) && !text.contains(CRITERIA);
            is_given_others || LOADERS.iter().any(|loader| text.contains(loader))
        }
        _ => false,
    };
    machine.has_listeners() && machine.listeners(None, None, "do_orm_execute").iter().any(gives_options)
}

/// Calls the listeners of an event of a row.
pub(super) fn tell(machine: &mut dyn Machine, model: ModelId, event: &str, arguments: &[Value], place: Place) {
    for listener in machine.listeners(Some(model), None, event) {
        machine.call(&listener, Arguments::of(arguments.to_vec()), place);
    }
}

/// Calls the listeners of an event of a row's attribute.
pub(super) fn tell_of_attribute(
    machine: &mut dyn Machine,
    model: ModelId,
    attribute: Name,
    arguments: &[Value],
    place: Place,
) {
    for listener in machine.listeners(Some(model), Some(attribute), "set") {
        machine.call(&listener, Arguments::of(arguments.to_vec()), place);
    }
}

/// Remembers that the next flush writes a row, for those who listen to that.
pub(super) fn wait(machine: &mut dyn Machine, id: ObjectId, row: ObjectId, write: Write, size: Option<Size>) {
    if !machine.has_listeners() {
        return;
    }
    let size = size.or_else(|| machine.growth_of(row).map(|growth| growth.size));
    let waiting = Waiting { row, write, size };
    change(machine, id, |session| {
        let is_known = |known: &Waiting| {
            known.row == waiting.row && (known.write == write || write == Write::Update && known.write == Write::Insert)
        };
        if !session.waiting.iter().any(is_known) {
            session.waiting.push(waiting);
        }
    });
}

/// Calls those who listen to sessions before a flush.
pub(super) fn before_flush(machine: &mut dyn Machine, id: ObjectId, place: Place) {
    if state(machine, id).waiting.is_empty() {
        return;
    }
    while_flushing(machine, id, |machine| {
        for listener in machine.listeners(None, None, "before_flush") {
            let arguments = vec![Value::Object(id), Value::ANY, Value::None];
            machine.call(&listener, Arguments::of(arguments), place);
        }
    });
}

/// Runs what a flush calls: a query flushes nothing in there (`Session._autoflush`).
pub(super) fn while_flushing(machine: &mut dyn Machine, id: ObjectId, run: impl FnOnce(&mut dyn Machine)) {
    change(machine, id, |session| session.held_back += 1);
    run(machine);
    session::let_flush(machine, id);
}

/// Calls those who listen to the rows that a flush writes, once a row.
pub(super) fn written(machine: &mut dyn Machine, id: ObjectId, place: Place) {
    let waiting = std::mem::take(&mut state(machine, id).waiting);
    change(machine, id, |session| session.waiting.clear());
    for one in waiting {
        let Object::Row(row) = machine.object(one.row) else { continue };
        let model = row.model;
        let [before, after] = match one.write {
            Write::Insert => ["before_insert", "after_insert"],
            Write::Update => ["before_update", "after_update"],
            Write::Delete => ["before_delete", "after_delete"],
        };
        let defaults = if one.write == Write::Insert { defaults(machine, row) } else { Vec::new() };
        let is_heard = [before, after].iter().any(|event| !machine.listeners(Some(model), None, event).is_empty());
        if !is_heard && defaults.is_empty() {
            continue;
        }
        let connection =
            session::open(machine, Session { expires: false, ..Session::default() }, &Arguments::default(), place);
        let context = context_of(machine, &connection, place);
        let arguments = [Value::ANY, connection, Value::Object(one.row)];
        let size = one.size.filter(|_| machine.growth_of(one.row).is_none()).unwrap_or(Size::Known(1));
        machine.for_each(size, place, &mut |machine| {
            tell(machine, model, before, &arguments, place);
            for default in &defaults {
                let takes = matches!(default, Value::Function(closure) if !closure.function.parameters.is_empty());
                let given = if takes { vec![context.clone()] } else { Vec::new() };
                machine.call(default, Arguments::of(given), place);
            }
            tell(machine, model, after, &arguments, place);
        });
    }
}

/// The functions that fill the columns of a new row to which nobody gave a value.
fn defaults(machine: &dyn Machine, row: &Row) -> Vec<Value> {
    let columns = machine.program().schema.model(row.model).columns.iter();
    let left = columns.filter(|column| !row.columns.contains_key(&column.name));
    left.flat_map(|column| machine.listeners(Some(row.model), Some(column.name), DEFAULT)).collect()
}

/// What such a function is given: it asks the connection of the flush.
fn context_of(machine: &mut dyn Machine, connection: &Value, place: Place) -> Value {
    let tuple = NamedTuple { names: vec![Some(Name::new("connection"))], items: vec![connection.clone()] };
    Value::Object(machine.allocate(place, CONTEXT, Object::Alchemy(Alchemy::Tuple(tuple))))
}

/// `session.new`, `session.dirty`, `session.deleted`: the rows that wait to be written so.
pub(super) fn waiting_rows(machine: &mut dyn Machine, id: ObjectId, name: Name, place: Place) -> Option<Value> {
    use crate::domain::{Sequence, SequenceKind};
    let write = match name.as_str() {
        "new" => Write::Insert,
        "dirty" => Write::Update,
        "deleted" => Write::Delete,
        _ => return None,
    };
    let waiting = state(machine, id).waiting;
    let rows: Vec<&Waiting> = waiting.iter().filter(|one| one.write == write).collect();
    let element = rows.iter().map(|one| Value::Object(one.row)).reduce(|a, b| a.join(&b, None))?;
    let mut sizes = rows.iter().filter_map(|one| one.size.clone().filter(Size::grows));
    let size = sizes.next_back().unwrap_or(Size::Known(rows.len() as u64));
    let rows = Sequence::many(SequenceKind::Set, element, size);
    Some(Value::Object(machine.allocate(place, 74, Object::Sequence(rows))))
}
