//! Calls: callees, bodies and their bounds, generators, context managers.

use std::rc::Rc;
use std::sync::Arc;

use super::effects::TrailStep;
use super::interpreter::{Frame, Interpreter};
use crate::domain::{Arguments, Closure, Disjunct, Generator, Guard, Machine, Object, ObjectId, Place, Value, Why};
use crate::project::{ClassId, ClassRef};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, Expr, ExprKind, Function, Span, Stmt, StmtKind};

/// So many calls of the project deep, and no deeper: a longer path convinces nobody.
const DEEPEST: usize = 12;
/// So many calls deep with those of stubs.
const DEEPEST_OF_ALL: usize = 60;

/// A function runs inside itself at most so often; frameworks walk nested declarations that way, and each of the project's
/// for a receiver or an argument of another kind.
const NESTED: usize = 2;
pub(super) const NESTED_STUB: usize = 8;

/// At most so much of the fuel goes into a call from a root, and into a deeper one so many tenths of what its caller may
/// have: what a caller does first leaves something for what it does last.
const SHARE: u64 = 80_000;
const TENTHS: u64 = 7;

/// Decorators that leave a row as it was.
const LOOKING: &[&str] = &["cached_property", "display", "hybrid_method", "override", "property"];

/// Whether a decorator may set columns around a method: `@transition(field=state, target="sent")`.
fn changes_state(function: &Function) -> bool {
    let name = |decorator: &Expr| match &decorator.kind {
        ExprKind::Call { function, .. } => crate::project::last_name(function),
        _ => crate::project::last_name(decorator),
    };
    function.decorators.iter().any(|one| name(one).is_none_or(|name| !LOOKING.contains(&name.as_str())))
}

impl Interpreter<'_> {
    /// Calls a value with evaluated arguments.
    pub(crate) fn call_value(&mut self, callee: &Value, arguments: Arguments, place: Place) -> Value {
        match callee {
            Value::Function(closure) => self.call_closure(closure, None, arguments, place),
            Value::Bound(bound) => self.call_bound(&bound.0, &bound.1, arguments, place),
            Value::Method(method) => {
                let (receiver, name) = (&method.0, method.1);
                self.call_method(receiver, name, arguments, place)
            }
            Value::Class(ClassRef::Known(id)) => self.construct(*id, arguments, place),
            Value::Class(ClassRef::External(path)) | Value::External(path) => {
                self.call_external(*path, &arguments, place)
            }
            Value::Union(parts) => self.call_each(parts, arguments, place),
            Value::Object(_) => {
                let called = self.call_project_method(callee, Name::new("__call__"), &arguments, place);
                called
                    .or_else(|| crate::orm::sqlalchemy::call_object(self, callee, &arguments, place))
                    .or_else(|| self.construct_alias(callee, &arguments, place))
                    .unwrap_or(Value::unknown(Why::Call))
            }
            Value::Unknown(why) => {
                self.unseen += 1;
                self.forget_facts_of(&arguments);
                let session = crate::orm::sqlalchemy::session_of_settings(self, &arguments, place);
                session.unwrap_or(Value::Unknown(*why))
            }
            _ => {
                self.unseen += 1;
                self.forget_facts_of(&arguments);
                Value::unknown(Why::Call)
            }
        }
    }

    /// Calls whichever it is; what each gives holds under its condition. Methods of rows run one after another, as their attributes
    /// are read.
    pub(super) fn call_each(&mut self, callees: &[Disjunct], arguments: Arguments, place: Place) -> Value {
        let mut results: Vec<(Option<Guard>, Value)> = Vec::new();
        let mut before = self.state.clone();
        let mut after = None;
        let mut has_rows = false;
        let context = self.frame().context;
        for (number, callee) in callees.iter().filter(|callee| callee.value != Value::None).enumerate() {
            self.state = before.clone();
            self.alternative(context, number);
            let value = self.call_value(&callee.value, arguments.clone(), place);
            results.push((callee.guard, value));
            let now = std::mem::take(&mut self.state);
            let is_of_row = matches!(&callee.value, Value::Bound(bound) if now.has_row(&bound.0));
            if is_of_row && now.is_alive {
                before = now;
                has_rows = true;
            } else {
                super::state::collect(&mut after, now);
            }
        }
        if has_rows {
            super::state::collect(&mut after, before.clone());
        }
        self.frame_mut().context = context;
        self.state = after.unwrap_or(before);
        if results.is_empty() { Value::unknown(Why::Call) } else { Value::either(&results) }
    }

    /// What comes of each alternative of a value; what is made of one is not what is made of another.
    pub(super) fn of_each(&mut self, value: &Value, mut of: impl FnMut(&mut Self, &Value) -> Value) -> Value {
        let Value::Union(parts) = value else { return of(self, value) };
        let context = self.frame().context;
        let mut results: Vec<(Option<Guard>, Value)> = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            self.alternative(context, number);
            results.push((part.guard, of(self, &part.value)));
        }
        self.frame_mut().context = context;
        Value::either(&results)
    }

    /// What one of several callees makes at a place is not what another makes there.
    fn alternative(&mut self, context: u32, number: usize) {
        if number > 0 {
            let start = number as u32;
            let place = self.place(Span { start, end: start });
            self.frame_mut().context = self.context_of(context, place);
        }
    }

    /// A method of a value that nothing is known of: what it is given may prove what it is.
    pub(super) fn unknown_method(
        &mut self,
        hint: Option<Name>,
        name: Name,
        arguments: &Arguments,
        place: Place,
    ) -> Option<Value> {
        crate::orm::sqlalchemy::unknown_method(self, hint, name, arguments, place)
            .or_else(|| self.unknown_environment(name, arguments, place))
    }

    /// A method with a receiver: of the project's class, of a container, or of an ORM's table.
    pub(crate) fn call_method(&mut self, receiver: &Value, name: Name, arguments: Arguments, place: Place) -> Value {
        if let Some(value) = crate::orm::django::method(self, receiver, name, &arguments, place) {
            return value;
        }
        if let Some(value) = crate::orm::sqlalchemy::method(self, receiver, name, &arguments, place) {
            return value;
        }
        self.container_method(receiver, name, arguments, place)
    }

    pub(super) fn is_too_deep(&self) -> bool {
        self.frames.len() >= DEEPEST_OF_ALL || self.depth() >= DEEPEST
    }

    /// How many calls of the project are running.
    pub(super) fn depth(&self) -> usize {
        self.frames.iter().filter(|frame| !frame.is_stub && !frame.is_wrapper).count()
    }

    /// Calls a function of the project.
    pub(crate) fn call_closure(
        &mut self,
        closure: &Closure,
        receiver: Option<Value>,
        arguments: Arguments,
        place: Place,
    ) -> Value {
        if let Some(value) = self.load_classes(&closure.function.name, &arguments, place) {
            return value;
        }
        if let Some(receiver) = receiver.as_ref().filter(|_| changes_state(&closure.function)) {
            self.forget_facts(receiver);
        }
        if let Some(value) = self.call_decorated(closure, receiver.as_ref(), &arguments, place) {
            return value;
        }
        let function = Arc::clone(&closure.function);
        let is_common = self.program.module(closure.module).is_stub || self.is_wrapper(&function);
        let nested = if is_common { NESTED_STUB } else { NESTED };
        if self.is_too_deep() || self.is_nested(&function, receiver.as_ref(), &arguments, nested) {
            self.unseen += 1;
            self.give_away_all(&arguments);
            return Value::unknown(Why::Recursion);
        }
        let lowered = function.body.lowered();
        if self.is_left_to_subclasses(closure, &lowered.statements) {
            self.give_away_all(&arguments);
            return Value::unknown(Why::Call);
        }
        let scope = self.bind_parameters(closure, receiver.as_ref(), arguments, place);
        if lowered.is_generator {
            let generator = Generator { closure: closure.clone(), scope, place, produced: None };
            self.capture(scope);
            return Value::Object(self.allocate(place, 3, Object::Generator(generator)));
        }
        let is_query_method = receiver.as_ref().is_some_and(|receiver| self.makes_queries(receiver));
        let is_recursion = !is_common && self.begin_recursion(&function, scope, place);
        self.enter_function(closure, receiver, scope, place, None);
        let kept = self.withhold(place);
        let asked = self.asked_part(&function, &lowered.statements);
        self.run(&lowered.statements[..asked]);
        let is_cut = self.give_back(kept);
        if is_cut {
            self.give_away_variables(scope);
        }
        let value = self.leave_function();
        self.end_recursion(is_recursion);
        if is_cut {
            return Value::unknown(Why::Fuel);
        }
        if is_query_method {
            crate::orm::django::begin_at(self, &value, place);
        }
        self.annotated_return(value, closure)
    }

    /// How many statements of a body say what is asked for: all, where nothing else was said.
    fn asked_part(&mut self, function: &Arc<Function>, body: &[Stmt]) -> usize {
        let asked = self.asked.take_if(|(asked, _)| Arc::ptr_eq(asked, function));
        let Some((_, name)) = asked else { return body.len() };
        let sets = |statement: &Stmt| {
            let one = std::slice::from_ref(statement);
            super::index::assigns(function, one, name) || super::gathered::puts_into(function, one, name)
        };
        body.iter().rposition(sets).map_or(body.len(), |last| last + 1)
    }

    /// Whether a method does nothing but raise, and what runs in its place is that of a subclass.
    fn is_left_to_subclasses(&self, closure: &Closure, body: &[Stmt]) -> bool {
        let Some(class) = closure.class else { return false };
        let is_text =
            |statement: &&Stmt| matches!(&statement.kind, StmtKind::Expr(Expr { kind: ExprKind::Constant(_), .. }));
        let [Stmt { kind: StmtKind::Raise(Some(raised)), .. }] = &body[body.iter().take_while(is_text).count()..]
        else {
            return false;
        };
        let name = closure.function.name;
        let overrides = |id: &ClassId| self.program.class(*id).members.contains_key(&name);
        is_not_implemented(raised) || self.program.subclasses(class).iter().any(overrides)
    }

    /// Keeps a part of the fuel from a function of the project, so that whatever it costs its caller is walked to the end.
    /// A function and what its decorators put around it share one part; a template has no calls, only blocks of one page.
    /// What answers a request (a project's `dispatch`) is all that its framework runs for it, and after a call whose answer is
    /// returned (`return super().get(request)`) its caller does nothing.
    fn withhold(&mut self, place: Place) -> u64 {
        let caller = self.frames.iter().rev().nth(1);
        let is_wrapped = caller.is_some_and(|caller| caller.is_wrapper || caller.last_call == Some(place.span));
        let share = (1..self.depth()).fold(SHARE, |share, _| share * TENTHS / 10);
        let is_block = self.program.module(self.frame().module).is_template;
        let is_all = self.entered.is_some_and(|entered| self.frames.len() == entered + 1);
        let kept = if self.frame().is_stub || is_wrapped || is_block || is_all {
            0
        } else {
            self.fuel - share.min(self.fuel / 2)
        };
        self.fuel -= kept;
        kept
    }

    /// Gives back what was withheld; whether the function ran into its bound.
    pub(super) fn give_back(&mut self, kept: u64) -> bool {
        let is_cut = self.fuel == 0 && kept > 0;
        self.ran_out |= is_cut;
        self.unseen += u64::from(is_cut);
        self.fuel += kept;
        is_cut
    }

    /// Calls a function without parameters whose names are those of an existing scope.
    pub(super) fn call_in_scope(&mut self, closure: &Closure, scope: ObjectId, place: Place) -> Value {
        if self.is_too_deep() || self.is_running(&closure.function) {
            self.unseen += 1;
            return Value::unknown(Why::Recursion);
        }
        self.enter_function(closure, None, scope, place, None);
        self.run(&closure.function.body.lowered().statements);
        self.leave_function()
    }

    /// Whether a function is being interpreted.
    pub(super) fn is_running(&self, function: &Arc<Function>) -> bool {
        self.frames.iter().any(|frame| frame.function.as_ref().is_some_and(|known| Arc::ptr_eq(known, function)))
    }

    fn makes_queries(&self, receiver: &Value) -> bool {
        match receiver {
            Value::Manager(_) => true,
            Value::Object(id) => matches!(self.object(*id), Object::QuerySet(_)),
            _ => false,
        }
    }

    /// An unknown answer of a function that says what it returns: a likely link.
    fn annotated_return(&mut self, value: Value, closure: &Closure) -> Value {
        let Some(annotation) = closure.function.returns.as_ref().filter(|_| value.is_unknown()) else { return value };
        let module = closure.module;
        let hinted = self.in_module(module, |machine| machine.hinted_value(annotation));
        if hinted.is_unknown() { value } else { hinted }
    }

    fn capture(&mut self, scope: ObjectId) {
        if let Object::Scope(scope) = self.object_mut(scope) {
            scope.is_captured = true;
        }
    }

    pub(super) fn enter_function(
        &mut self,
        closure: &Closure,
        receiver: Option<Value>,
        scope: ObjectId,
        place: Place,
        yields: Option<ObjectId>,
    ) {
        let function = &closure.function;
        if self.silence == 0 {
            self.visited.insert((function.file, function.span.start));
        }
        let is_stub = self.program.module(closure.module).is_stub;
        let caller_is_stub = self.frames.last().is_some_and(|frame| frame.is_stub || frame.is_wrapper);
        let parent = self.frames.last().map_or(0, |frame| frame.context);
        let context = self.context_of(parent, place);
        self.trail.push(TrailStep::Call { place, is_stub: caller_is_stub });
        let is_memoised =
            function.decorators.iter().any(super::memo::is_memo_decorator) && !self.has_distinct_argument(scope);
        let takes_one = yields.is_some() && std::mem::take(&mut self.is_taking_one);
        let entry = self.entry(scope);
        self.frames.push(Frame {
            entry,
            qualified: function.qualified,
            module: closure.module,
            file: function.file,
            is_stub,
            scope,
            class: closure.class,
            binds: None,
            receiver,
            context,
            returns: None,
            yields,
            loop_base: self.loops.len(),
            is_memoised,
            is_wrapper: self.is_wrapper(function),
            takes_one,
            last_call: None,
            transactions: u32::from(self.is_in_transaction_by_decorator(function, closure.module)),
            function: Some(Arc::clone(function)),
        });
    }

    /// Whether an argument differs from row to row, so that remembering answers by it helps nobody: a key, or a row that
    /// does not hang on another one.
    fn has_distinct_argument(&self, scope: ObjectId) -> bool {
        let is_row = |id: &ObjectId| matches!(self.object(*id), Object::Row(_));
        let is_distinct = |value: &Value| match value {
            Value::Object(id) => is_row(id) && !self.owner_of(*id).is_some_and(|owner| is_row(&owner)),
            other => other.is_key(),
        };
        matches!(self.object(scope), Object::Scope(scope) if scope.names.values().any(is_distinct))
    }

    pub(super) fn leave_function(&mut self) -> Value {
        let frame = self.frames.pop();
        self.trail.pop();
        let Some(frame) = frame else { return Value::None };
        let fell_through = self.state.is_alive;
        let value = match frame.returns {
            Some((state, value)) => {
                let now = std::mem::take(&mut self.state);
                self.state = state.join(now, None);
                if fell_through { value.join(&Value::None, None) } else { value }
            }
            None => Value::None,
        };
        let scope = frame.scope;
        let is_captured = matches!(self.object(scope), Object::Scope(scope) if scope.is_captured);
        if !is_captured && self.state.is_alive {
            self.state.put(scope, None);
        }
        value
    }

    /// Runs the body of a generator function; what it yields goes into `produced`.
    pub(crate) fn run_generator_body(&mut self, generator: &Generator, produced: ObjectId) {
        if self.is_too_deep() {
            self.unseen += 1;
            return;
        }
        let function = Arc::clone(&generator.closure.function);
        let same = |frame: &Frame| frame.function.as_ref().is_some_and(|known| Arc::ptr_eq(known, &function));
        if self.frames.iter().filter(|frame| same(frame)).count() >= 2 {
            return;
        }
        let lowered = function.body.lowered();
        let receiver = self.receiver_of(generator);
        self.enter_function(&generator.closure, receiver, generator.scope, generator.place, Some(produced));
        let flows = std::mem::take(&mut self.flows);
        self.run(&lowered.statements);
        self.state.is_alive = true;
        self.flows = flows;
        self.leave_function();
    }

    /// The first argument of a generator.
    pub(super) fn receiver_of(&self, generator: &Generator) -> Option<Value> {
        let first = generator.closure.function.parameters.first()?;
        match self.object(generator.scope) {
            Object::Scope(scope) => scope.names.get(&first.name).cloned(),
            _ => None,
        }
    }

    /// `super()` and `super(Class, self)`
    pub(crate) fn super_value(&mut self, arguments: &[Argument]) -> Value {
        let mut class = self.frame().class;
        let mut receiver = self.frames.iter().rev().find_map(|frame| frame.receiver.clone());
        if let [first, second] = arguments {
            if let Value::Class(ClassRef::Known(id)) = self.evaluate(&first.value) {
                class = Some(id);
            }
            receiver = Some(self.evaluate(&second.value));
        }
        match (class, receiver) {
            (Some(class), Some(receiver)) => Value::Super(Rc::new((class, receiver))),
            _ => Value::unknown(Why::Call),
        }
    }

    /// Enters a context manager: what `as` binds.
    pub(crate) fn enter(&mut self, manager: &Value, place: Place) -> Value {
        if let Value::Object(id) = manager {
            if let Object::Generator(_) = self.object(*id) {
                let iteration = self.iterate_value(manager, place);
                let first = iteration.items.and_then(|items| items.into_iter().next());
                return first.or(iteration.element).unwrap_or(Value::None);
            }
            for name in ["__enter__", "__aenter__"] {
                if let Some(value) = self.call_project_method(manager, Name::new(name), &Arguments::default(), place) {
                    return value;
                }
            }
            return crate::orm::sqlalchemy::enter(self, manager, place).unwrap_or(manager.clone());
        }
        manager.clone()
    }

    /// Leaves a context manager.
    pub(crate) fn exit(&mut self, manager: &Value, place: Place) {
        let arguments = Arguments::of(vec![Value::None, Value::None, Value::None]);
        for name in ["__exit__", "__aexit__"] {
            if self.state.is_alive && matches!(manager, Value::Object(_)) {
                self.call_project_method(manager, Name::new(name), &arguments, place);
            }
        }
        crate::orm::sqlalchemy::exit(self, manager, place);
    }

    /// Calls a function as a root: its parameters are what their annotations say, or unknown.
    pub(crate) fn call_root(&mut self, closure: &Closure, receiver: Option<Value>, place: Place) -> Value {
        let is_uncalled = std::mem::take(&mut self.is_uncalled);
        let defaults = if is_uncalled { self.default_conditions(&closure.function, place) } else { Vec::new() };
        let arguments = self.root_arguments(closure, usize::from(receiver.is_some()), &[]);
        let outer = std::mem::replace(&mut self.defaults, defaults);
        let value = self.call_to_the_end(closure, receiver, arguments, place);
        self.defaults = outer;
        value
    }

    /// Calls a function; of a generator all is taken.
    pub(super) fn call_to_the_end(
        &mut self,
        closure: &Closure,
        receiver: Option<Value>,
        arguments: Arguments,
        place: Place,
    ) -> Value {
        let value = self.call_closure(closure, receiver, arguments, place);
        if let Value::Object(id) = value
            && matches!(self.object(id), Object::Generator(_))
        {
            self.iterate_value(&Value::Object(id), place);
        }
        value
    }
}

/// `NotImplementedError`, `NotImplementedError(...)`
fn is_not_implemented(raised: &Expr) -> bool {
    match &raised.kind {
        ExprKind::Call { function, .. } => is_not_implemented(function),
        ExprKind::Name(name) => name == "NotImplementedError",
        _ => false,
    }
}
