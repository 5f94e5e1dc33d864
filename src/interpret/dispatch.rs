//! Functions that `functools.singledispatch` chooses by the class of their first argument.
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
use crate::domain::{Arguments, Closure, Place, Value};
use crate::project::{Binding, ClassId, last_name};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function, StmtKind};

impl Interpreter<'_> {
    /// Calls the function that is registered for the class of the argument, and those for classes below it, of which a row
    /// may be; `None` where nothing of it is known.
    pub(super) fn dispatched(
        &mut self,
        closure: &Closure,
        receiver: Option<&Value>,
        arguments: &Arguments,
        place: Place,
    ) -> Option<Value> {
        let is_dispatcher = |decorator: &Expr| matches!(last_name(decorator), Some(name) if name == "singledispatch");
        if receiver.is_some() || !closure.function.decorators.iter().any(is_dispatcher) {
            return None;
        }
        let own = self.class_of(arguments.positional.first()?)?;
        let registered = self.registered(closure);
        let program = self.program;
        let above = registered.iter().filter(|(class, _)| program.inherits(own, *class));
        let nearest = above.max_by_key(|(class, _)| program.class(*class).mro.len()).map(|(_, function)| function);
        let below = registered.iter().filter(|(class, _)| *class != own && program.inherits(*class, own));
        let chosen: Vec<Value> = nearest
            .into_iter()
            .chain(below.map(|(_, function)| function))
            .map(|function| Value::Function(Rc::new(Closure { function: Arc::clone(function), ..closure.clone() })))
            .collect();
        let callee = chosen.into_iter().reduce(|all, one| all.join(&one, None))?;
        Some(self.call_value(&callee, arguments.clone(), place))
    }

    /// The functions of the same module that are registered with a function, and for which class.
    fn registered(&self, closure: &Closure) -> Vec<(ClassId, Arc<Function>)> {
        let module = self.program.module(closure.module);
        let functions = module.outline.body.iter().filter_map(|statement| match &statement.kind {
            StmtKind::Function(function) => Some(function),
            _ => None,
        });
        let with_class = functions.filter_map(|function| {
            let given =
                function.decorators.iter().find_map(|decorator| registration(decorator, closure.function.name))?;
            let annotation = function.parameters.first()?.annotation.as_deref();
            match self.program.resolve_expr(closure.module, None, given.or(annotation)?)? {
                Binding::Class(class) => Some((class, Arc::clone(function))),
                _ => None,
            }
        });
        with_class.collect()
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
