//! The abstract heap, and how the heaps of two branches become one.

use std::cmp::Ordering;
use std::ops::RangeInclusive;
use std::rc::Rc;

use super::join::{Parted, Side, join_objects, lone, tied_as_newer};
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

    /// The objects in chunks that the other state does not share: only they can be others there.
    pub(crate) fn apart_from(&self, other: &State) -> Vec<ObjectId> {
        let is_apart = |number: &usize| !matches!(other.chunks.get(*number), Some(chunk) if Rc::ptr_eq(chunk, &self.chunks[*number]));
        let numbers = (0..self.chunks.len()).filter(is_apart);
        numbers.flat_map(|number| (number * CHUNK..(number + 1) * CHUNK).map(|index| ObjectId(index as u32))).collect()
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

    /// Leaves out rows that were made between two births and that `other` has, which is to be joined.
    pub(crate) fn leave_rows_to(&mut self, other: &State, born: RangeInclusive<u64>) {
        for (ours, theirs) in
            self.chunks.iter_mut().zip(&other.chunks).filter(|(ours, theirs)| !Rc::ptr_eq(ours, theirs))
        {
            for (mine, theirs) in Rc::make_mut(ours).iter_mut().zip(theirs.iter()) {
                let is_one = |slot: &Slot| born.contains(&slot.born) && matches!(*slot.object, Object::Row(_));
                if theirs.is_some() && mine.as_ref().is_some_and(is_one) {
                    *mine = None;
                }
            }
        }
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
        let meeting = Meeting { flipped, guard, parted: parted(&longer.chunks, &shorter.chunks, flipped) };
        let shared = shorter.chunks.len();
        for (ours, theirs) in longer.chunks.iter_mut().zip(shorter.chunks) {
            if !Rc::ptr_eq(ours, &theirs) {
                meeting.join_chunks(Rc::make_mut(ours), &theirs);
            }
        }
        if !meeting.parted.is_empty() {
            longer.chunks[shared..].iter_mut().for_each(|chunk| meeting.carry(Rc::make_mut(chunk)));
        }
        longer.questions = questions;
        longer
    }
}

/// How two states are joined, one chunk into another.
struct Meeting {
    /// Theirs come first.
    flipped: bool,
    guard: Option<u32>,
    parted: Vec<Parted>,
}

/// The sessions that count differently in two states, found before any of them is joined.
fn parted(ours: &[Rc<Chunk>], theirs: &[Rc<Chunk>], flipped: bool) -> Vec<Parted> {
    let mut found = Vec::new();
    for (number, (ours, theirs)) in ours.iter().zip(theirs).enumerate().filter(|(_, (a, b))| !Rc::ptr_eq(a, b)) {
        for (index, pair) in ours.iter().zip(theirs.iter()).enumerate() {
            let (Some(mine), Some(other)) = pair else { continue };
            let (first, second) = if flipped { (other, mine) } else { (mine, other) };
            let id = ObjectId((number * CHUNK + index) as u32);
            found.extend(Parted::of(id, &first.object, &second.object));
        }
    }
    found
}

impl Meeting {
    fn join_chunks(&self, ours: &mut Chunk, theirs: &Chunk) {
        let (own, other) = if self.flipped { (Side::Second, Side::First) } else { (Side::First, Side::Second) };
        for (mine, theirs) in ours.iter_mut().zip(theirs) {
            match (mine.as_ref(), theirs) {
                (Some(ours), Some(theirs)) => {
                    if !Rc::ptr_eq(&ours.object, &theirs.object) {
                        *mine = Some(self.join_slots(ours, theirs));
                    }
                }
                (None, Some(theirs)) => *mine = Some(self.alone(theirs, other)),
                (Some(ours), None) => *mine = Some(self.alone(ours, own)),
                (None, None) => {}
            }
        }
    }

    fn join_slots(&self, ours: &Slot, theirs: &Slot) -> Slot {
        let (first, second) = if self.flipped { (theirs, ours) } else { (ours, theirs) };
        let joined = join_objects(&first.object, &second.object, self.guard, &self.parted);
        let object = Rc::new(match first.born.cmp(&second.born) {
            Ordering::Less => tied_as_newer(joined, &second.object, &self.parted, Side::Second),
            Ordering::Greater => tied_as_newer(joined, &first.object, &self.parted, Side::First),
            Ordering::Equal => joined,
        });
        Slot { object, depth: ours.depth.max(theirs.depth), born: ours.born.max(theirs.born) }
    }

    /// Objects beyond the end of the shorter state were made in one branch.
    fn carry(&self, chunk: &mut Chunk) {
        let side = if self.flipped { Side::Second } else { Side::First };
        for slot in chunk.iter_mut().flatten() {
            *slot = self.alone(slot, side);
        }
    }

    fn alone(&self, slot: &Slot, side: Side) -> Slot {
        match lone(&slot.object, &self.parted, side) {
            Some(object) => Slot { object: Rc::new(object), depth: slot.depth, born: slot.born },
            None => slot.clone(),
        }
    }
}

/// Joins a state into a collected one.
pub(crate) fn collect(into: &mut Option<State>, state: State) {
    *into = Some(match into.take() {
        Some(there) => there.join(state, None),
        None => state,
    });
}
