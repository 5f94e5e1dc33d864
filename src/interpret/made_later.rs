//! Module variables that are `None` until the program starts: a function of the module makes what they hold.
//!
//! ```py
//! shelf = None
//!
//!
//! def set_up(app):
//!     global shelf
//!     shelf = Shelf(app.session)
//! ```

use std::sync::Arc;

use super::index::{Index, remembered};
use super::interpreter::Interpreter;
use super::likeness::occurrences;
use crate::domain::{Closure, Machine, Object, Place, Value};
use crate::project::{ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Function, StmtKind};

impl Interpreter<'_> {
    /// What a function of the module puts into a variable: it is run for that alone, and silently. Rows and containers are left
    /// out, as they may be another time what they are not then.
    pub(super) fn made_later(&mut self, module: ModuleId, name: Name) -> Option<Value> {
        const NESTED: u32 = 3;
        if self.assumed_depth >= NESTED || self.program.module(module).is_stub {
            return None;
        }
        let makers = self.index.makers_of(self.program, module, name);
        makers.iter().find_map(|function| self.made_by(module, function, name))
    }

    fn made_by(&mut self, module: ModuleId, function: &Arc<Function>, name: Name) -> Option<Value> {
        let is_it = |known: &Arc<Function>| Arc::ptr_eq(known, function);
        if self.frames.iter().any(|frame| frame.function.as_ref().is_some_and(is_it)) {
            return None;
        }
        let scope = self.module_scope(module);
        let Object::Scope(about) = self.object(scope) else { return None };
        let (before, births) = (about.names.clone(), self.births);
        let closure = Closure { function: Arc::clone(function), module, scope: None, class: None };
        let place = Place { file: function.file, span: function.span };
        self.assumed_depth += 1;
        self.in_module(module, |machine| machine.call_root(&closure, None, place));
        self.assumed_depth -= 1;
        self.predate(scope, births);
        let Object::Scope(about) = self.object_mut(scope) else { return None };
        let made = std::mem::replace(&mut about.names, before).get(&name).cloned()?;
        let parts: Vec<Value> = made.disjuncts().into_iter().filter(|part| *part != Value::None).collect();
        let is_lasting = |part: &Value| match part {
            Value::Object(id) => matches!(self.object(*id), Object::Instance(_) | Object::Alchemy(_)),
            part => matches!(part, Value::Class(_)),
        };
        let is_made = !parts.is_empty() && parts.iter().all(is_lasting);
        parts.into_iter().reduce(|one, other| one.join(&other, None)).filter(|_| is_made)
    }
}

impl Index {
    /// The functions of a module that set one of its variables and ask nothing of it: one that asks whether it is still `None`
    /// is a memo, which is filled when it is needed.
    fn makers_of(&self, program: &Program, module: ModuleId, name: Name) -> Arc<[Arc<Function>]> {
        let find = || {
            let functions = program.module(module).outline.body.iter().filter_map(|statement| match &statement.kind {
                StmtKind::Function(function) => Some(function),
                _ => None,
            });
            functions.filter(|function| makes(program.text_of(function), &name)).map(Arc::clone).collect()
        };
        remembered(&self.makers, (module, name), find)
    }
}

/// Whether a text says that a name is global, and then does nothing but assign what some call gives.
fn makes(text: &str, name: &str) -> bool {
    let (mut is_global, mut is_made) = (false, false);
    for (before, after) in occurrences(text, name) {
        let line = before.rsplit('\n').next().unwrap_or(before).trim_start();
        let value = after.trim_start().strip_prefix('=').filter(|value| !value.starts_with('='));
        match value {
            _ if line.starts_with("global ") => is_global = true,
            Some(value) if line.is_empty() => {
                is_made |= value.lines().next().is_some_and(|value| value.contains('('));
            }
            _ => return false,
        }
    }
    is_global && is_made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_asks_before_it_assigns_makes_no_lasting_value() {
        assert!(makes("def set_up(db):\n    global shelf, bin\n    shelf = Shelf(db)\n", "shelf"));
        assert!(!makes(
            "def shelf_of(db):\n    global shelf\n    if shelf is None:\n        shelf = Shelf(db)\n",
            "shelf"
        ));
        assert!(!makes("def clear():\n    global shelf\n    shelf = None\n", "shelf"));
        assert!(!makes("def local(db):\n    shelf = Shelf(db)\n", "shelf"));
    }
}
