//! Recursion over a collection: a function that calls itself with the rest of the rows it was given walks them all.
//!
//! ```py
//! def names(books):
//!     if not books:
//!         return []
//!     first, *others = books
//!     return [first.author.name, *names(others)]
//! ```

use std::sync::Arc;

use super::effects::TrailStep;
use super::interpreter::{Frame, Interpreter, LoopFrame};
use super::state::State;
use crate::domain::{Arguments, Machine, Object, ObjectId, Place, Size, Value};
use crate::project::ClassId;
use crate::syntax::ir::Function;

/// How things were when a function was called.
pub(crate) struct Entry {
    state: State,
    births: u64,
}

/// What the elements of a collection are, and how many.
struct Rows {
    element: Value,
    size: Size,
}

impl Interpreter<'_> {
    /// Kept for a function that was given rows, should it call itself with some of them.
    pub(super) fn entry(&self, scope: ObjectId) -> Option<Entry> {
        let Object::Scope(variables) = self.object(scope) else { return None };
        let is_collection = |value: &Value| collection(&self.state, value).is_some();
        let keeps = variables.names.values().any(is_collection);
        keeps.then(|| Entry { state: self.state.clone(), births: self.births })
    }

    /// Begins the loop that a call of a running function with the rest of its rows amounts to: the call around it was the
    /// first pass.
    pub(super) fn begin_recursion(&mut self, function: &Arc<Function>, scope: ObjectId, place: Place) -> bool {
        let is_same = |frame: &&Frame| frame.function.as_ref().is_some_and(|known| Arc::ptr_eq(known, function));
        let Some(outer) = self.frames.iter().rev().find(is_same) else { return false };
        let (Some(entry), outside) = (&outer.entry, outer.scope) else { return false };
        let Some(rows) = self.rest(&entry.state, outside, scope) else { return false };
        let (before, births) = (entry.state.clone(), entry.births);
        let varying = self.varying_beyond(&rows.element, self.loops.len());
        self.reset(&varying, &before);
        self.trail.push(TrailStep::Loop { place, size: rows.size.clone(), is_stub: false });
        let frame = LoopFrame::new(place, rows.size, births);
        self.loops.push(LoopFrame { varying, is_steady: true, is_recursion: true, ..frame });
        true
    }

    /// Whether a function runs inside itself as often as it may. Proxies that hand a call on to the next inside them are of
    /// different classes, and `plain(value)` goes from a dictionary to the list in it and to the rows of that: none of these
    /// calls is the one around it over again.
    pub(super) fn is_nested(
        &self,
        function: &Arc<Function>,
        receiver: Option<&Value>,
        arguments: &Arguments,
        most: usize,
    ) -> bool {
        let is_running = |frame: &&Frame| frame.function.as_ref().is_some_and(|known| Arc::ptr_eq(known, function));
        let running: Vec<&Frame> = self.frames.iter().filter(is_running).collect();
        if running.len() < most {
            return false;
        }
        let name = function.parameters.get(usize::from(receiver.is_some())).map(|parameter| parameter.name);
        let first = arguments.positional.first();
        let is_same = |frame: &&&Frame| {
            let given = match (self.object(frame.scope), name) {
                (Object::Scope(scope), Some(name)) => scope.names.get(&name),
                _ => None,
            };
            self.are_alike(frame.receiver.as_ref(), receiver) && self.are_alike(given, first)
        };
        running.len() >= super::calls::NESTED_STUB || running.iter().filter(is_same).count() >= most
    }

    /// Whether nothing tells two values apart by their kind.
    fn are_alike(&self, one: Option<&Value>, other: Option<&Value>) -> bool {
        match (one.and_then(|value| self.kind(value)), other.and_then(|value| self.kind(value))) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        }
    }

    /// Which container it is, or the class of an instance. Rows are all alike: of graphs of models there is no end.
    fn kind(&self, value: &Value) -> Option<(u32, Option<ClassId>)> {
        let Value::Object(id) = value else { return None };
        match self.object(*id) {
            Object::Dict(_) => Some((0, None)),
            Object::Sequence(_) => Some((1, None)),
            Object::Row(_) => Some((2, None)),
            Object::Instance(instance) => Some((3, Some(instance.class))),
            _ => None,
        }
    }

    /// Ends it.
    pub(super) fn end_recursion(&mut self, has_begun: bool) {
        if has_begun {
            self.loops.pop();
            self.trail.pop();
        }
    }

    /// The collection among the variables of `inside` whose elements are those of another that `outside` held.
    fn rest(&self, earlier: &State, outside: ObjectId, inside: ObjectId) -> Option<Rows> {
        let Object::Scope(before) = &*earlier.get(outside)?.object else { return None };
        let Object::Scope(now) = self.object(inside) else { return None };
        now.names.iter().find_map(|(name, value)| {
            let rows = collection(&self.state, value)?;
            let whole = before.names.get(name)?;
            let is_part = *value != *whole && collection(earlier, whole)?.element == rows.element;
            is_part.then_some(rows)
        })
    }
}

/// A growing list, whichever of several it is.
fn collection(state: &State, value: &Value) -> Option<Rows> {
    let lists = value.disjuncts().into_iter().map(|part| {
        let Value::Object(id) = part else { return None };
        let Object::Sequence(sequence) = &*state.get(id)?.object else { return None };
        let size = Some(sequence.size.clone()).filter(Size::grows)?;
        let element = sequence.any()?;
        element.disjuncts().iter().all(|part| matches!(part, Value::Object(_))).then_some(Rows { element, size })
    });
    let lists = lists.collect::<Option<Vec<Rows>>>()?;
    lists.into_iter().reduce(|a, b| Rows { element: a.element.join(&b.element, None), size: a.size })
}
