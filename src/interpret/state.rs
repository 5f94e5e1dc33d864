//! The abstract heap, and how the heaps of two branches become one.

use std::rc::Rc;

use super::join::join_objects;
use super::questions::Questions;
use crate::domain::{Object, ObjectId, Row, Value};

/// An object and how many growing loops were around it when it was made.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) object: Rc<Object>,
    pub(crate) depth: u16,
    /// When it was made, by the count of objects made so far: later than a loop's start means inside the loop.
    pub(crate) born: u64,
}

/// So many neighbouring objects are copied together when one of them changes.
const CHUNK: usize = 32;

type Chunk = [Option<Slot>; CHUNK];

/// Everything that differs between the branches of a program. Branches share the chunks that they have not changed, so
/// that taking a copy and joining two are cheap on a large heap.
#[derive(Clone, Debug)]
pub(crate) struct State {
    chunks: Vec<Rc<Chunk>>,
    /// False after `return`, `raise`, `break`, `continue`: what follows is not run.
    pub(crate) is_alive: bool,
    /// What the database was asked on every path that leads here.
    pub(crate) questions: Questions,
}

impl Default for State {
    fn default() -> Self {
        State { chunks: Vec::new(), is_alive: true, questions: Questions::default() }
    }
}

impl State {
    /// A state that no path reaches.
    pub(crate) fn dead() -> State {
        State { chunks: Vec::new(), is_alive: false, questions: Questions::default() }
    }

    /// The object, where it exists in this state.
    pub(crate) fn get(&self, id: ObjectId) -> Option<&Slot> {
        let index = id.0 as usize;
        self.chunks.get(index / CHUNK)?[index % CHUNK].as_ref()
    }

    /// Puts an object, replacing what was there.
    pub(crate) fn put(&mut self, id: ObjectId, slot: Option<Slot>) {
        let index = id.0 as usize;
        if index / CHUNK >= self.chunks.len() {
            let empty = Rc::new(std::array::from_fn(|_| None));
            self.chunks.resize(index / CHUNK + 1, empty);
        }
        Rc::make_mut(&mut self.chunks[index / CHUNK])[index % CHUNK] = slot;
    }

    /// The object, to change it; shared copies are split.
    pub(crate) fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        let index = id.0 as usize;
        let chunk = self.chunks.get_mut(index / CHUNK)?;
        chunk[index % CHUNK].as_ref()?;
        let slot = Rc::make_mut(chunk)[index % CHUNK].as_mut()?;
        Some(Rc::make_mut(&mut slot.object))
    }

    /// More than the greatest id in use.
    pub(crate) fn len(&self) -> usize {
        self.chunks.len() * CHUNK
    }

    /// Whether a value is a row.
    pub(crate) fn has_row(&self, value: &Value) -> bool {
        let Value::Object(id) = value else { return false };
        self.get(*id).is_some_and(|slot| matches!(*slot.object, Object::Row(_)))
    }

    /// What rows had taken up by `later` is taken for there already: who reads it after an exception rarely is the first.
    pub(crate) fn take_up(&mut self, later: &State) {
        for (ours, theirs) in self.chunks.iter_mut().zip(&later.chunks) {
            if Rc::ptr_eq(ours, theirs) {
                continue;
            }
            for (mine, theirs) in Rc::make_mut(ours).iter_mut().zip(theirs.iter()) {
                let (Some(mine), Some(theirs)) = (mine, theirs) else { continue };
                if let (Object::Row(_), Object::Row(later)) = (&*mine.object, &*theirs.object)
                    && let Object::Row(row) = Rc::make_mut(&mut mine.object)
                {
                    let (is_saved, is_changed) = (row.is_saved, row.is_changed);
                    *row = Row { is_saved, is_changed, attributes: row.attributes.clone(), ..later.clone() };
                }
            }
        }
    }

    /// Either of two states; `guard` is the condition that held in the first and not in the second.
    pub(crate) fn join(self, other: State, guard: Option<u32>) -> State {
        if !self.is_alive {
            return other;
        }
        if !other.is_alive {
            return self;
        }
        let questions = self.questions.common(&other.questions);
        let flipped = self.chunks.len() < other.chunks.len();
        let (mut longer, shorter) = if flipped { (other, self) } else { (self, other) };
        for (ours, theirs) in longer.chunks.iter_mut().zip(shorter.chunks) {
            if !Rc::ptr_eq(ours, &theirs) {
                join_chunks(Rc::make_mut(ours), &theirs, flipped, guard);
            }
        }
        longer.questions = questions;
        longer
    }
}

/// Joins the objects of a chunk of one state into that of another; `flipped` when theirs come first.
fn join_chunks(ours: &mut Chunk, theirs: &Chunk, flipped: bool, guard: Option<u32>) {
    for (mine, theirs) in ours.iter_mut().zip(theirs) {
        let Some(theirs) = theirs else { continue };
        let Some(ours) = mine else {
            *mine = Some(theirs.clone());
            continue;
        };
        if Rc::ptr_eq(&ours.object, &theirs.object) {
            continue;
        }
        let (first, second) = if flipped { (theirs, &*ours) } else { (&*ours, theirs) };
        let object = Rc::new(join_objects(&first.object, &second.object, guard));
        *mine = Some(Slot { object, depth: ours.depth.max(theirs.depth), born: ours.born.max(theirs.born) });
    }
}

/// Joins a state into a collected one.
pub(crate) fn collect(into: &mut Option<State>, state: State) {
    *into = Some(match into.take() {
        Some(there) => there.join(state, None),
        None => state,
    });
}
