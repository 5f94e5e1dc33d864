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
use crate::domain::{Machine, Object, ObjectId, Place, Size, Value};
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
