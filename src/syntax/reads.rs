//! What a piece of work has read of the project's code, so that its result can be taken over while that stays as it was.
//!
//! A thread notes what it reads while `noting` is open; outside of it nothing is noted.

use std::cell::RefCell;
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
    /// Whether some code sets an attribute on something of a name.
    Put(Name, Name),
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
    /// Files of which code outside of functions was run.
    pub outsides: FxHashSet<FileId>,
    /// What was asked of the whole project.
    pub questions: FxHashSet<Question>,
    /// Which words were looked for in which files and whether they were there, and what settled work has told, as one number.
    pub words: u64,
}

impl Reads {
    fn add(&mut self, other: &Reads) {
        self.bodies.extend(&other.bodies);
        self.files.extend(&other.files);
        self.outsides.extend(&other.outsides);
        self.questions.extend(other.questions.iter().cloned());
        self.words = self.words.wrapping_add(other.words);
    }
}

thread_local! {
    static OPEN: RefCell<Vec<Reads>> = const { RefCell::new(Vec::new()) };
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
        let depth = OPEN.with_borrow_mut(|open| {
            open.push(Reads::default());
            open.len() - 1
        });
        Open { depth }
    }

    fn end(self) -> Reads {
        OPEN.with_borrow_mut(|open| open.pop()).unwrap_or_default()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.truncate(self.depth));
    }
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
    note(|open| open.files.extend([file]));
}

/// Notes that code outside of functions is run.
pub fn outside(file: FileId) {
    note(|open| open.outsides.extend([file]));
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
