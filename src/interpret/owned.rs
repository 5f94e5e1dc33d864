//! Containers that nobody but the code at hand has: written down in a function, held by its variables and by those of what it calls.
//! One that is empty is empty, since nobody else can have put anything in.
//!
//! ```py
//! redeem(code, answers={})     # in redeem, `if answers:` does not hold
//! ```
//!
//! What is given to code that is not seen, put on an object, in another container or in a variable of a module, or named by a function
//! that may run later, is nobody's any more.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Closure, Machine, Object, ObjectId, SequenceKind, Value};

/// So deep in tuples, dictionaries and bound methods is looked for what goes away with a value.
const DEEPEST: usize = 3;

impl Interpreter<'_> {
    /// The code at work has just made a container.
    pub(super) fn own(&mut self, id: ObjectId) {
        let is_captured = matches!(self.object(self.frame().scope), Object::Scope(scope) if scope.is_captured);
        if self.frame().function.is_some() && !is_captured {
            self.owned.insert(id);
        }
    }

    /// Whether a container is empty, and nobody else can have put anything into it.
    pub(super) fn is_owned_and_empty(&self, id: ObjectId) -> bool {
        self.owned.contains(&id)
            && match self.object(id) {
                Object::Sequence(sequence) => {
                    sequence.kind != SequenceKind::Iterator && sequence.items.as_ref().is_some_and(Vec::is_empty)
                }
                Object::Dict(dict) => {
                    dict.value.is_none() && dict.key.is_none() && dict.listed_values().next().is_none()
                }
                _ => false,
            }
    }

    /// Nothing can be put into a tuple.
    pub(super) fn is_empty_tuple(&self, id: ObjectId) -> bool {
        let Object::Sequence(sequence) = self.object(id) else { return false };
        sequence.kind == SequenceKind::Tuple && sequence.items.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether the loop that runs began after an object was made.
    pub(super) fn is_older_than_loop(&self, id: ObjectId) -> bool {
        let start = self.loops.last().map(|frame| frame.start);
        self.state.get(id).zip(start).is_some_and(|(slot, start)| slot.born <= start)
    }

    /// Code that is not seen may do with a value what it likes.
    pub(super) fn give_away(&mut self, value: &Value) {
        if !self.owned.is_empty() {
            self.disown(value, DEEPEST);
        }
    }

    /// As `give_away`, of all that a call is given.
    pub(super) fn give_away_all(&mut self, arguments: &Arguments) {
        if self.owned.is_empty() {
            return;
        }
        let given = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
        given.chain(&arguments.star).chain(&arguments.double_star).for_each(|value| self.disown(value, DEEPEST));
    }

    /// As `give_away`, of what the variables of a call hold: its code was not walked to the end, or a function sees them.
    pub(super) fn give_away_variables(&mut self, scope: ObjectId) {
        if !self.owned.is_empty() {
            self.disown_variables(scope, DEEPEST);
        }
    }

    fn disown(&mut self, value: &Value, depth: usize) {
        match value {
            _ if depth == 0 => {}
            Value::Union(parts) => parts.iter().for_each(|part| self.disown(&part.value, depth)),
            Value::Object(id) => {
                self.owned.remove(id);
                self.disown_parts(*id, depth - 1);
            }
            Value::Function(closure) => self.disown_captured(closure, depth - 1),
            Value::Bound(bound) => {
                self.disown(&bound.0, depth);
                self.disown_captured(&bound.1, depth - 1);
            }
            Value::Method(method) => self.disown(&method.0, depth),
            _ => {}
        }
    }

    fn disown_parts(&mut self, id: ObjectId, depth: usize) {
        let parts: Vec<Value> = match self.object(id) {
            Object::Sequence(sequence) => sequence.items.iter().flatten().chain(&sequence.element).cloned().collect(),
            Object::Dict(dict) => dict.listed_values().chain(&dict.value).cloned().collect(),
            Object::Generator(generator) => {
                let scope = generator.scope;
                return self.disown_variables(scope, depth);
            }
            _ => return,
        };
        parts.iter().for_each(|part| self.disown(part, depth));
    }

    fn disown_captured(&mut self, closure: &Closure, depth: usize) {
        if let Some(scope) = closure.scope {
            self.disown_variables(scope, depth);
        }
    }

    fn disown_variables(&mut self, scope: ObjectId, depth: usize) {
        let Object::Scope(scope) = self.object(scope) else { return };
        let held: Vec<Value> = scope.names.values().filter(|value| !value.is_inert()).cloned().collect();
        held.iter().for_each(|value| self.disown(value, depth));
    }
}
