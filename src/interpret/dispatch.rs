//! Functions that `functools.singledispatch` chooses by the class of their first argument, and methods of which
//! `singledispatchmethod` does.
//!
//! ```py
//! @singledispatch
//! def describe(item): ...
//!
//! @describe.register
//! def _(item: Painting): ...
//! ```

use std::rc::Rc;
use std::sync::Arc;

use super::interpreter::Interpreter;
use super::members::{FunctionKind, kind_of};
use super::state::State;
use crate::domain::{Arguments, Closure, Disjunct, Machine, Object, Place, SequenceKind, Value, Why};
use crate::project::{Binding, ClassId, Member, last_name};
use crate::syntax::Name;
use crate::syntax::ir::{BinaryOperator, Expr, ExprKind, Function, StmtKind};

/// An implementation, and what it is for.
type Registered = (For, Arc<Function>);

/// A class of the project, or the name of one outside of it.
#[derive(Clone, Copy, PartialEq)]
enum For {
    Class(ClassId),
    Named(Name),
}

impl Interpreter<'_> {
    /// Calls the function that is registered for the class of the argument, and those for classes below it, of which a row
    /// may be. Of an argument of which nothing is known it may be any of them.
    pub(super) fn dispatched(
        &mut self,
        closure: &Closure,
        receiver: Option<&Value>,
        arguments: &Arguments,
        place: Place,
    ) -> Option<Value> {
        if !closure.function.decorators.iter().any(is_dispatcher) {
            return None;
        }
        let first = arguments.positional.first()?;
        if let Value::Union(_) = first {
            return self.dispatched_each(closure, receiver, arguments, place);
        }
        let own = self.class_of(first);
        let kinds = self.kinds_of(first);
        if own.is_none() && kinds.is_empty() && !first.is_unknown() {
            return None;
        }
        let registered = self.registered(closure);
        let chosen: Vec<&Arc<Function>> = match own {
            Some(own) => self.chosen(&registered, own),
            None if !kinds.is_empty() => {
                let is_for =
                    |kind: &str| registered.iter().find(|(of, _)| matches!(of, For::Named(name) if *name == kind));
                kinds.iter().find_map(|kind| is_for(kind)).map(|(_, function)| function).into_iter().collect()
            }
            None => registered.iter().map(|(_, function)| function).collect(),
        };
        let callee = |function: &Arc<Function>| {
            let closure = Closure { function: Arc::clone(function), ..closure.clone() };
            match receiver {
                Some(receiver) => Value::Bound(Rc::new((receiver.clone(), closure))),
                None => Value::Function(Rc::new(closure)),
            }
        };
        if chosen.is_empty() {
            return None;
        }
        let mut callees: Vec<Disjunct> = chosen.into_iter().map(callee).map(Disjunct::from).collect();
        if first.is_unknown() {
            callees.insert(0, callee(&closure.function).into());
            self.choose(&closure.function);
        }
        Some(self.call_each(&callees, arguments.clone(), place))
    }

    /// Calls what is registered for each thing that the argument may be.
    fn dispatched_each(
        &mut self,
        closure: &Closure,
        receiver: Option<&Value>,
        arguments: &Arguments,
        place: Place,
    ) -> Option<Value> {
        let before = self.state.clone();
        let (mut found, mut after): (Option<Value>, Option<State>) = (None, None);
        for part in arguments.positional.first()?.disjuncts() {
            let mut arguments = arguments.clone();
            arguments.positional[0] = part;
            self.state = before.clone();
            let value = self.call_closure(closure, receiver.cloned(), arguments, place);
            // What nothing is registered for may raise.
            if !self.state.is_alive {
                continue;
            }
            let now = std::mem::take(&mut self.state);
            after = Some(after.map_or_else(|| now.clone(), |after: State| after.join(now.clone(), None)));
            found = Some(found.map_or(value.clone(), |before| before.join(&value, None)));
        }
        self.state = after.unwrap_or_else(State::dead);
        Some(found.unwrap_or(Value::unknown(Why::Call)))
    }

    /// The implementation for the nearest class above, and those for classes below.
    fn chosen<'f>(&self, registered: &'f [Registered], own: ClassId) -> Vec<&'f Arc<Function>> {
        let program = self.program;
        let known = || {
            registered.iter().filter_map(|(of, function)| match of {
                For::Class(class) => Some((*class, function)),
                For::Named(_) => None,
            })
        };
        let above = known().filter(|(class, _)| program.inherits(own, *class));
        let nearest = above.max_by_key(|(class, _)| program.class(*class).mro.len());
        let below = known().filter(|(class, _)| *class != own && program.inherits(*class, own));
        nearest.into_iter().chain(below).map(|(_, function)| function).collect()
    }

    /// Names of the classes outside the project that a collection is an instance of, the nearest first.
    fn kinds_of(&self, value: &Value) -> &'static [&'static str] {
        let Value::Object(id) = value else { return &[] };
        match self.object(*id) {
            Object::Sequence(sequence) => match sequence.kind {
                SequenceKind::List => &["list", "MutableSequence", "Sequence", "Collection", "Iterable"],
                SequenceKind::Tuple => &["tuple", "Sequence", "Collection", "Iterable"],
                SequenceKind::Set => &["set", "MutableSet", "Set", "Collection", "Iterable"],
                _ => &["Iterator", "Iterable"],
            },
            Object::Dict(_) => &["dict", "MutableMapping", "Mapping", "Collection", "Iterable"],
            Object::QuerySet(_) => &["QuerySet", "Collection", "Iterable"],
            Object::Generator(_) => &["Generator", "Iterator", "Iterable"],
            _ => &[],
        }
    }

    /// The functions of the same module or class that are registered with a function, and for which class.
    fn registered(&self, closure: &Closure) -> Vec<Registered> {
        let mut found = Vec::new();
        for function in self.functions_beside(closure) {
            let is_method = closure.class.is_some() && kind_of(&function) != FunctionKind::Static;
            let parameter = function.parameters.get(usize::from(is_method));
            let annotation = parameter.and_then(|parameter| parameter.annotation.as_deref());
            for decorator in &function.decorators {
                let Some(given) = registration(decorator, closure.function.name) else { continue };
                for class in given.or(annotation).map(alternatives).unwrap_or_default() {
                    let of = match self.program.resolve_expr(closure.module, None, class) {
                        Some(Binding::Class(class)) => Some(For::Class(class)),
                        _ => last_name(class).map(For::Named),
                    };
                    found.extend(of.map(|of| (of, Arc::clone(&function))));
                }
            }
        }
        found
    }

    /// The functions of the module or class that a function stands in, in their order.
    fn functions_beside(&self, closure: &Closure) -> Vec<Arc<Function>> {
        let Some(class) = closure.class else {
            let body = &self.program.module(closure.module).outline.body;
            let functions = body.iter().filter_map(|statement| match &statement.kind {
                StmtKind::Function(function) => Some(Arc::clone(function)),
                _ => None,
            });
            return functions.collect();
        };
        let members = self.program.class(class).members.values();
        let mut functions: Vec<Arc<Function>> = members
            .filter_map(|member| match member {
                Member::Function(function) => Some(Arc::clone(function)),
                _ => None,
            })
            .collect();
        functions.sort_by_key(|function| function.span.start);
        functions
    }
}

/// `@singledispatch`, `@functools.singledispatchmethod`
fn is_dispatcher(decorator: &Expr) -> bool {
    last_name(decorator).is_some_and(|name| matches!(name.as_str(), "singledispatch" | "singledispatchmethod"))
}

/// The classes of `Painting | Drawing`.
fn alternatives(annotation: &Expr) -> Vec<&Expr> {
    match &annotation.kind {
        ExprKind::Binary { left, operator: BinaryOperator::Or, right } => {
            [alternatives(left), alternatives(right)].concat()
        }
        _ => vec![annotation],
    }
}

/// `@describe.register` or `@describe.register(Painting)`, with the class where it is given.
fn registration(decorator: &Expr, name: Name) -> Option<Option<&Expr>> {
    match &decorator.kind {
        ExprKind::Attribute { value, name: method, .. } => {
            (*method == "register" && super::conditions::is_named(value, &name)).then_some(None)
        }
        ExprKind::Call { function, arguments } => {
            registration(function, name)?;
            Some(arguments.first().map(|argument| &argument.value))
        }
        _ => None,
    }
}
