//! Decorators of the project: what a name holds is what they return, so a call goes through their wrappers.
//!
//! A decorator that is not understood, or whose wrapper never gets to the function, leaves the function as it is.

use rustc_hash::FxHashSet;

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Closure, Machine, Object, Place, Value};
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function};

type Key = (FileId, u32);

/// What is known of decorated functions.
#[derive(Default)]
pub(crate) struct Decorated {
    /// Functions whose wrappers are being called, with whether these got to the function.
    running: Vec<(Key, bool)>,
    /// The functions that decorators return.
    wrappers: FxHashSet<Key>,
    /// Functions that no decorator of the project wraps.
    plain: FxHashSet<Key>,
    /// The function that a dispatcher has chosen to call next: itself.
    chosen: Option<Key>,
}

fn key(function: &Function) -> Key {
    (function.file, function.span.start)
}

impl Interpreter<'_> {
    /// Whether a function is what a decorator returns: it shows in no path and counts as no call.
    pub(super) fn is_wrapper(&self, function: &Function) -> bool {
        self.decorated.wrappers.contains(&key(function))
    }

    /// Calls a function by way of its decorators; `None` where there are none to follow, or they have been followed.
    pub(super) fn call_decorated(
        &mut self,
        closure: &Closure,
        receiver: Option<&Value>,
        arguments: &Arguments,
        place: Place,
    ) -> Option<Value> {
        let function = &closure.function;
        let key = key(function);
        if function.decorators.is_empty() || closure.scope.is_some() {
            return None;
        }
        let is_chosen = self.decorated.chosen.take_if(|chosen| *chosen == key).is_some();
        if !is_chosen && let Some(value) = self.dispatched(closure, receiver, arguments, place) {
            return Some(value);
        }
        if self.decorated.plain.contains(&key) {
            return None;
        }
        if let Some((_, is_reached)) = self.decorated.running.iter_mut().rev().find(|(running, _)| *running == key) {
            *is_reached = true;
            return None;
        }
        self.decorated.running.push((key, true));
        let wrapped = self.wrapped(closure, place);
        self.decorated.running.pop();
        let Some(wrapped) = wrapped else {
            self.decorated.plain.insert(key);
            return None;
        };
        let mut passed = arguments.clone();
        passed.positional.splice(0..0, receiver.cloned());
        let before = self.state.clone();
        self.decorated.running.push((key, false));
        let value = self.call_value(&wrapped, passed, place);
        let is_reached = self.decorated.running.pop().is_some_and(|(_, is_reached)| is_reached);
        if is_reached {
            return Some(value);
        }
        self.state = before;
        self.decorated.running.push((key, true));
        let value = self.call_closure(closure, receiver.cloned(), arguments.clone(), place);
        self.decorated.running.pop();
        Some(value)
    }

    /// The next call of a function is not dispatched again.
    pub(super) fn choose(&mut self, function: &Function) {
        self.decorated.chosen = Some(key(function));
    }

    /// An attribute of what decorators made of a function: `@task` made an object that can do more than be called.
    pub(super) fn attribute_of_decorated(&mut self, closure: &Closure, name: Name, place: Place) -> Option<Value> {
        let key = key(&closure.function);
        let is_plain = closure.function.decorators.is_empty() || self.decorated.plain.contains(&key);
        if is_plain || closure.scope.is_some() || self.decorated.running.iter().any(|(running, _)| *running == key) {
            return None;
        }
        self.decorated.running.push((key, true));
        let wrapped = self.wrapped(closure, place);
        self.decorated.running.pop();
        let wrapped = wrapped.filter(|value| matches!(value, Value::Object(_)))?;
        Some(self.read_attribute(&wrapped, name, place))
    }

    /// The object that a framework's decorator makes of a function, where it does: `@rules.predicate`. Anything else as it is.
    pub(super) fn as_decorated(&mut self, value: Value, place: Place) -> Value {
        let Value::Function(closure) = &value else { return value };
        let function = &closure.function;
        let key = key(function);
        if closure.scope.is_some() || self.decorated.running.iter().any(|(running, _)| *running == key) {
            return value;
        }
        self.decorated.running.push((key, true));
        let made = function.decorators.iter().rev().find(|decorator| is_followed(decorator)).and_then(|decorator| {
            let decorate = self.in_module(closure.module, |machine| machine.evaluate(decorator));
            let Value::Function(stub) = &decorate else { return None };
            self.program.module(stub.module).is_stub.then_some(())?;
            Some(self.call_value(&decorate, Arguments::of(vec![value.clone()]), place))
        });
        self.decorated.running.pop();
        let is_instance = |id| matches!(self.object(id), Object::Instance(_));
        made.filter(|made| matches!(made, Value::Object(id) if is_instance(*id))).unwrap_or(value)
    }

    /// What the decorators make of a function, from the innermost outwards.
    fn wrapped(&mut self, closure: &Closure, place: Place) -> Option<Value> {
        let bare = Value::Function(std::rc::Rc::new(closure.clone()));
        let mut value = bare.clone();
        for decorator in closure.function.decorators.iter().rev().filter(|decorator| is_followed(decorator)) {
            let found = self.in_module(closure.module, |machine| machine.evaluate(decorator));
            let Value::Function(decorate) = &found else { continue };
            if self.program.module(decorate.module).is_stub {
                continue;
            }
            let made = self.in_module(closure.module, |machine| {
                machine.call_closure(decorate, None, Arguments::of(vec![value.clone()]), place)
            });
            match &made {
                Value::Function(wrapper) => {
                    self.decorated.wrappers.insert(key(&wrapper.function));
                    value = made;
                }
                Value::Object(id) if matches!(self.object(*id), Object::Instance(_)) => value = made,
                _ => {}
            }
        }
        (value != bare).then_some(value)
    }
}

/// Names and calls; `@price.setter` is none of these.
fn is_followed(decorator: &Expr) -> bool {
    match &decorator.kind {
        ExprKind::Name(_) => true,
        ExprKind::Attribute { name, .. } => !matches!(name.as_str(), "setter" | "deleter" | "getter" | "expression"),
        ExprKind::Call { function, .. } => is_followed(function),
        _ => false,
    }
}
