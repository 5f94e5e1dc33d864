//! Nested functions that a decorator hands to a framework: `@app.route("/")` inside `create_app()`.
//!
//! Nobody in the project calls them. They run when the walk around them is over, in the scope that they saw.

use std::rc::Rc;

use super::interpreter::Interpreter;
use super::roots::{ENTRY, is_route};
use crate::domain::{Arguments, Closure, Place, RootKind, Value};
use crate::syntax::ir::{Expr, ExprKind};

/// A function that was handed over, and how stubs say that their framework calls it.
pub(crate) struct Handed {
    closure: Closure,
    entries: Vec<Value>,
}

impl Interpreter<'_> {
    /// Remembers a nested function whose decorators are methods of something outside the project.
    pub(super) fn hand_over(&mut self, made: &Value) {
        let Value::Function(closure) = made else { return };
        let decorators: Vec<&Expr> = closure.function.decorators.iter().filter(|one| is_method(one)).collect();
        if closure.scope.is_none() || decorators.is_empty() || self.silence > 0 || self.frame().is_stub {
            return;
        }
        let mut entries = Vec::new();
        let mut is_handed = false;
        for decorator in decorators {
            let value = self.evaluate(decorator);
            let is_entry = matches!(&value, Value::Function(found) if found.function.name == ENTRY);
            is_handed |= is_entry || matches!(value, Value::External(_) | Value::Unknown(_));
            entries.extend(is_entry.then_some(value));
        }
        if is_handed {
            self.handed.push(Handed { closure: Closure::clone(closure), entries });
        }
    }

    /// Runs what was handed over, unless somebody called it after all.
    pub(super) fn run_handed(&mut self) {
        for one in std::mem::take(&mut self.handed) {
            let function = &one.closure.function;
            if self.visited.contains(&(function.file, function.span.start)) {
                continue;
            }
            let place = Place { file: function.file, span: function.span };
            let is_request = function.decorators.iter().any(is_route);
            let kind = if is_request { RootKind::Request } else { self.root };
            let outer = std::mem::replace(&mut self.root, kind);
            self.state.is_alive = true;
            if one.entries.is_empty() {
                self.call_root(&one.closure, None, place);
            }
            for entry in &one.entries {
                let given = Arguments::of(vec![Value::Function(Rc::new(one.closure.clone()))]);
                self.call_value(entry, given, place);
            }
            self.root = outer;
            self.trail.clear();
        }
    }
}

/// `@app.route("/")`, `@app.before_request`
fn is_method(decorator: &Expr) -> bool {
    match &decorator.kind {
        ExprKind::Attribute { .. } => true,
        ExprKind::Call { function, .. } => matches!(function.kind, ExprKind::Attribute { .. }),
        _ => false,
    }
}
