//! The abstract heap, and how the heaps of two branches become one.

use std::rc::Rc;

use super::join::join_objects;
use crate::domain::{Object, ObjectId};

/// An object and how many growing loops were around it when it was made.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) object: Rc<Object>,
    pub(crate) depth: u16,
    /// When it was made, by the count of objects made so far: later than a loop's start means inside the loop.
    pub(crate) born: u64,
}

/// Everything that differs between the branches of a program.
#[derive(Clone, Debug)]
pub(crate) struct State {
    slots: Vec<Option<Slot>>,
    /// False after `return`, `raise`, `break`, `continue`: what follows is not run.
    pub(crate) is_alive: bool,
}

impl Default for State {
    fn default() -> Self {
        State { slots: Vec::new(), is_alive: true }
    }
}

impl State {
    /// A state that no path reaches.
    pub(crate) fn dead() -> State {
        State { slots: Vec::new(), is_alive: false }
    }

    /// The object, where it exists in this state.
    pub(crate) fn get(&self, id: ObjectId) -> Option<&Slot> {
        self.slots.get(id.0 as usize).and_then(Option::as_ref)
    }

    /// Puts an object, replacing what was there.
    pub(crate) fn put(&mut self, id: ObjectId, slot: Option<Slot>) {
        let index = id.0 as usize;
        if index >= self.slots.len() {
            self.slots.resize(index + 1, None);
        }
        self.slots[index] = slot;
    }

    /// The object, to change it; shared copies are split.
    pub(crate) fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        let slot = self.slots.get_mut(id.0 as usize)?.as_mut()?;
        Some(Rc::make_mut(&mut slot.object))
    }

    /// The number of ids in use.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Either of two states; `guard` is the condition that held in the first and not in the second.
    pub(crate) fn join(self, other: State, guard: Option<u32>) -> State {
        if !self.is_alive {
            return other;
        }
        if !other.is_alive {
            return self;
        }
        let (mut longer, shorter, flipped) =
            if self.slots.len() >= other.slots.len() { (self, other, false) } else { (other, self, true) };
        for (index, theirs) in shorter.slots.into_iter().enumerate() {
            let Some(theirs) = theirs else { continue };
            let mine = &mut longer.slots[index];
            let Some(ours) = mine else {
                *mine = Some(theirs);
                continue;
            };
            if Rc::ptr_eq(&ours.object, &theirs.object) {
                continue;
            }
            let joined = if flipped {
                join_objects(&theirs.object, &ours.object, guard)
            } else {
                join_objects(&ours.object, &theirs.object, guard)
            };
            *ours =
                Slot { object: Rc::new(joined), depth: ours.depth.max(theirs.depth), born: ours.born.max(theirs.born) };
        }
        longer
    }
}

/// Joins a state into a collected one.
pub(crate) fn collect(into: &mut Option<State>, state: State) {
    *into = Some(match into.take() {
        Some(there) => there.join(state, None),
        None => state,
    });
}
