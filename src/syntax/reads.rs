//! What a piece of work has read of the project's code, so that its result can be taken over while that stays as it was.
//!
//! A thread notes what it reads while `noting` is open; outside of it nothing is noted.

use std::cell::{Cell, RefCell};
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};

use super::name::Name;
use crate::source::{FileId, SourceFile};

/// A question whose answer hangs on many bodies: the answer is compared, not what was read for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Question {
    /// Which methods of a class, by its number, set an attribute.
    Setters(u32, Name),
    /// Which classes inherit from a class, by its number.
    Below(u32),
    /// Whether some code sets an attribute on something of a name.
    Put(Name, Name),
    /// Of which class some code makes what it sets on an attribute of something of a name.
    Made(Name, Name),
    /// Whether some class lists a text under an attribute.
    Listed(Name, Name),
    /// Whether all that is given under a keyword are lists of one element.
    GivenOne(Name),
    /// Which classes have all these members or attributes.
    Holders(Vec<Name>),
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// Bodies of functions, by their file and first byte.
    pub bodies: FxHashSet<(FileId, u32)>,
    /// Templates.
    pub files: FxHashSet<FileId>,
    /// Files of which something outside of functions was read: what a name means, a class, the header of a function.
    pub outsides: Files,
    /// What was asked of the whole project.
    pub questions: FxHashSet<Question>,
    /// Which words were looked for in which files and whether they were there, and what settled work has told, as one number.
    pub words: u64,
}

/// A set of files.
#[derive(Clone, Debug, Default)]
pub struct Files(Vec<u64>);

impl Files {
    fn insert(&mut self, file: FileId) {
        let (block, bit) = (file.0 as usize / 64, file.0 % 64);
        if block >= self.0.len() {
            self.0.resize(block + 1, 0);
        }
        self.0[block] |= 1 << bit;
    }

    fn add(&mut self, other: &Files) {
        if other.0.len() > self.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// Its files, in order.
    pub fn iter(&self) -> impl Iterator<Item = FileId> {
        let blocks = self.0.iter().zip(0u32..);
        blocks.flat_map(|(block, number)| {
            (0..64).filter(move |bit| block >> bit & 1 == 1).map(move |bit| FileId(number * 64 + bit))
        })
    }
}

impl Reads {
    fn add(&mut self, other: &Reads) {
        self.bodies.extend(&other.bodies);
        self.files.extend(&other.files);
        self.outsides.add(&other.outsides);
        self.questions.extend(other.questions.iter().cloned());
        self.words = self.words.wrapping_add(other.words);
    }
}

thread_local! {
    static OPEN: RefCell<Vec<Reads>> = const { RefCell::new(Vec::new()) };
    /// The file whose outside was noted last: mostly the next one is the same.
    static LAST: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// Does some work and tells what it read. What is noted inside is not noted outside, unless `add` says so.
pub fn noting<T>(work: impl FnOnce() -> T) -> (T, Reads) {
    let open = Open::begin();
    let result = work();
    (result, open.end())
}

/// What is being noted; a panic ends it too.
struct Open {
    depth: usize,
}

impl Open {
    fn begin() -> Open {
        LAST.set(u32::MAX);
        let depth = OPEN.with_borrow_mut(|open| {
            open.push(Reads::default());
            open.len() - 1
        });
        Open { depth }
    }

    fn end(self) -> Reads {
        LAST.set(u32::MAX);
        OPEN.with_borrow_mut(|open| open.pop()).unwrap_or_default()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        LAST.set(u32::MAX);
        OPEN.with_borrow_mut(|open| open.truncate(self.depth));
    }
}

/// Does some work whose result is compared with that of the run before, so that nobody need know what it read.
pub fn apart<T>(work: impl FnOnce() -> T) -> T {
    noting(work).0
}

/// Does some work whose result says all that matters of what it read: lines that tell the result are noted in its place.
pub fn settled<T>(work: impl FnOnce() -> T, told: impl FnOnce(&T) -> Vec<String>) -> T {
    let (result, _) = noting(work);
    let mut lines = told(&result);
    lines.sort_unstable();
    tell(&lines);
    result
}

/// Notes what an earlier piece of work has read, whose result is used here.
pub fn add(reads: &Reads) {
    note(|open| open.add(reads));
}

/// Notes that a template is read.
pub fn file(file: FileId) {
    outside(file);
    note(|open| open.files.extend([file]));
}

/// Notes that something outside of functions is read: what a name means there, a class, the header of a function.
pub fn outside(file: FileId) {
    if LAST.replace(file.0) != file.0 {
        note(|open| open.outsides.insert(file));
    }
}

/// Notes a question about the whole project.
pub fn question(question: Question) {
    note(|open| open.questions.extend([question]));
}

/// Whether a file's text holds a word; the answer is noted.
pub fn says(source: &SourceFile, word: &str) -> bool {
    let answer = source.text.contains(word);
    tell(&(source.id, word, answer));
    answer
}

pub(super) fn body(file: FileId, start: u32) {
    outside(file);
    note(|open| open.bodies.extend([(file, start)]));
}

/// Adds a fact, whatever order facts come in.
fn tell(fact: &impl Hash) {
    note(|open| {
        let mut hasher = FxHasher::default();
        fact.hash(&mut hasher);
        open.words = open.words.wrapping_add(hasher.finish());
    });
}

fn note(change: impl FnOnce(&mut Reads)) {
    OPEN.with_borrow_mut(|open| open.last_mut().map(change));
}
