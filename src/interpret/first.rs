//! First elements: `next(generator)` runs no further than to the first `yield`.

use super::interpreter::Interpreter;
use crate::domain::{Iteration, Machine, Object, ObjectId, Place, Sequence, SequenceKind, Value};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ComprehensionKind, Expr, ExprKind};

impl Interpreter<'_> {
    /// Walks a value for its first element only: a generator that has not run goes to its first `yield`.
    pub(crate) fn iterate_for_one(&mut self, value: &Value, place: Place) -> Iteration {
        if let Value::Object(id) = value
            && let Object::Generator(generator) = self.object(*id).clone()
            && generator.produced.is_none()
        {
            let empty = Sequence::of(SequenceKind::Iterator, Vec::new());
            let produced = self.derive(*id, Name::new("first"), Object::Sequence(empty));
            self.is_taking_one = true;
            self.run_generator_body(&generator, produced);
            self.is_taking_one = false;
            return self.iterate_object(produced, place);
        }
        self.iterate_value(value, place)
    }

    /// A generator of which one element is taken goes no further than its first `yield`.
    pub(super) fn end_if_one_is_enough(&mut self) {
        if !self.frame().takes_one || !self.state.is_alive {
            return;
        }
        let state = self.state.clone();
        let returns = self.frame_mut().returns.take();
        self.frame_mut().returns = Some(match returns {
            Some((there, value)) => (there.join(state, None), value),
            None => (state, Value::None),
        });
        self.state.is_alive = false;
    }

    /// The first element of a generator expression: its loop is left.
    pub(super) fn take_first(&mut self, element: &Expr, into: ObjectId, outside: usize) {
        self.left.push(outside..self.loops.len());
        let first = self.evaluate(element);
        self.left.pop();
        self.add_element(into, first, outside);
        self.leave(|flow| &mut flow.breaks);
    }
}

/// Whether a call is `next(... for ... in ...)`.
pub(super) fn is_next_of_generator(callee: &Value, arguments: &[Argument]) -> bool {
    let is_next = matches!(callee, Value::External(path) if *path == "builtins.next");
    is_next
        && arguments.first().is_some_and(|argument| {
            matches!(argument.value.kind, ExprKind::Comprehension { kind: ComprehensionKind::Generator, .. })
        })
}
