//! Walks of an earlier run that are taken over, because nothing that they read has changed.
//!
//! What stands outside of functions is the ground of all walks: while it stays as it was, so do classes, models and the
//! numbers of all things, and places only move. What a walk read besides, bodies and answers to questions about the
//! whole project, is kept with what it found.

use std::path::Path;
use std::sync::Mutex;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::index::Index;
use super::{Knowledge, Options, Values};
use crate::domain::{Place, RootKind, Site};
use crate::project::{ClassId, ModelId, Program};
use crate::source::{FileId, SourceFile};
use crate::syntax::ir::{Function, Span};
use crate::syntax::reads::{Question, Reads};
use crate::syntax::{Layout, functions};

/// What one run leaves to the next.
///
/// A walk is taken over when the ground is the same, no body that it read is another, and each question has the same answer.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    /// What all walks stand on, as a number.
    ground: u128,
    /// By file.
    layouts: Vec<Layout>,
    /// A number for the text of each body, file by file, and after those of a file one for what rules ask about the rest of it.
    bodies: Vec<u64>,
    /// Bodies that somebody asked for and that do not parse, which the report says.
    broken: Vec<u32>,
    walks: Vec<(Walk, Kept)>,
}

/// Which walk it was: what is walked, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Walk {
    pub place: Place,
    pub class: Option<ClassId>,
    pub kind: RootKind,
    pub is_unmentioned: bool,
    pub what: What,
}

/// Kinds of what is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum What {
    Function,
    Registration,
    Script,
}

/// What a walk found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Found {
    pub sites: Vec<Site>,
    pub knowledge: Knowledge,
    pub visited: FxHashSet<(FileId, u32)>,
    pub values: Values,
}

/// What a walk found, and what it read: bodies and templates by their numbers, and questions with a number for the answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    bodies: Vec<u32>,
    questions: Vec<(Question, u64)>,
    found: Found,
}

/// The walks of the run before, and those of this one.
pub(super) struct Replay<'p> {
    program: &'p Program,
    index: &'p Index,
    ground: u128,
    /// The run before stood on the same ground.
    is_known: bool,
    layouts: Vec<Layout>,
    /// The number of the first body of each file.
    firsts: Vec<u32>,
    bodies: Vec<u64>,
    /// The functions with these bodies; templates have none.
    functions: Vec<Option<&'p Function>>,
    /// Which bodies are not what they were.
    changed: FxHashSet<u32>,
    answers: Mutex<FxHashMap<Question, u64>>,
    /// Walks of the run before that have read no body which is another now.
    before: FxHashMap<Walk, Kept>,
    now: Mutex<Vec<(Walk, Kept)>>,
}

impl<'p> Replay<'p> {
    /// Compares the project with that of the run before; `reads` is what was read to make the index.
    pub(super) fn new(
        program: &'p Program,
        options: &Options,
        index: &'p Index,
        reads: &Reads,
        memory: Memory,
    ) -> Replay<'p> {
        let functions: Vec<Option<Vec<&Function>>> =
            program.files.par_iter().map(|file| functions_of(program, file)).collect();
        let layouts: Vec<Layout> =
            program.files.iter().zip(&functions).map(|(file, functions)| layout(file, functions.as_deref())).collect();
        let firsts = firsts(&layouts);
        let asked = asked(options);
        let asked = |file: FileId| asked.get(&file).map(Vec::as_slice).unwrap_or_default();
        let numbers: Vec<Numbers> = program
            .files
            .par_iter()
            .zip(&layouts)
            .map(|(file, layout)| numbers(&file.text, layout, asked(file.id)))
            .collect();
        let bodies: Vec<u64> = numbers.iter().flat_map(|numbers| numbers.bodies.iter().copied()).collect();
        let mut replay = Replay {
            program,
            index,
            ground: 0,
            is_known: false,
            layouts,
            firsts,
            bodies,
            functions: functions.into_iter().flat_map(numbered).collect(),
            changed: FxHashSet::default(),
            answers: Mutex::default(),
            before: FxHashMap::default(),
            now: Mutex::default(),
        };
        replay.ground = replay.ground(numbers.iter().map(|numbers| numbers.outside), options, reads);
        replay.is_known = memory.ground == replay.ground;
        if replay.is_known {
            replay.remember(memory);
        }
        replay
    }

    /// What the walk found in the run before, if it would find the same.
    pub(super) fn recall(&self, walk: &Walk) -> Option<Found> {
        let kept = self.before.get(walk)?;
        let is_same = kept.questions.iter().all(|(asked, answer)| self.answer(asked) == *answer);
        is_same.then(|| kept.found.clone())
    }

    /// Keeps what a walk found and read for the next run.
    pub(super) fn keep(&self, walk: Walk, reads: &Reads, found: &Found) {
        let bodies = reads.bodies.iter().map(|(file, start)| self.number(*file, *start));
        let templates = reads.files.iter().map(|file| self.number(*file, 0));
        let outside = |file: &FileId| self.number_at(*file, self.layouts.get(file.0 as usize)?.bodies.len());
        let bodies: Option<Vec<u32>> = bodies.chain(templates).chain(reads.outsides.iter().map(outside)).collect();
        // What is not known to have been read can't be compared.
        let Some(mut bodies) = bodies else { return };
        bodies.sort_unstable();
        let mut questions: Vec<(Question, u64)> =
            reads.questions.iter().map(|asked| (asked.clone(), self.answer(asked))).collect();
        questions.sort_unstable_by_key(|(_, answer)| *answer);
        if let Ok(mut now) = self.now.lock() {
            now.push((walk, Kept { bodies, questions, found: found.clone() }));
        }
    }

    /// What the next run may take over: this run's walks, and those of the run before that still hold, though nobody asked
    /// for them. `None` where that is what this run took over.
    pub(super) fn memory(self) -> Option<Memory> {
        let mut walks = self.now.into_inner().unwrap_or_default();
        if walks.is_empty() && self.changed.is_empty() && self.is_known {
            return None;
        }
        let known: FxHashSet<Walk> = walks.iter().map(|(walk, _)| *walk).collect();
        walks.extend(self.before.into_iter().filter(|(walk, _)| !known.contains(walk)));
        walks.sort_unstable_by_key(|(walk, _)| *walk);
        let is_broken =
            |function: &Function| function.body.is_lowered() && !function.body.lowered().problems.is_empty();
        let functions = self.functions.iter().zip(0..);
        let broken =
            functions.filter(|(function, _)| function.is_some_and(is_broken)).map(|(_, number)| number).collect();
        Some(Memory { ground: self.ground, layouts: self.layouts, bodies: self.bodies, broken, walks })
    }

    /// The number of the body that begins at a byte.
    fn number(&self, file: FileId, start: u32) -> Option<u32> {
        self.number_at(file, self.layouts.get(file.0 as usize)?.number(start)?)
    }

    /// The number of a file's body by its position there.
    fn number_at(&self, file: FileId, position: usize) -> Option<u32> {
        Some(self.firsts.get(file.0 as usize)? + position as u32)
    }

    fn answer(&self, question: &Question) -> u64 {
        if let Some(answer) = self.answers.lock().ok().and_then(|answers| answers.get(question).copied()) {
            return answer;
        }
        let answer = xxh3_64(self.index.answer(self.program, question).as_bytes());
        if let Ok(mut answers) = self.answers.lock() {
            answers.insert(question.clone(), answer);
        }
        answer
    }

    /// Takes over the walks of the run before, moved to where their code stands now.
    fn remember(&mut self, memory: Memory) {
        let pairs = memory.bodies.iter().zip(&self.bodies).zip(0..);
        self.changed = pairs.filter(|((old, new), _)| old != new).map(|(_, number)| number).collect();
        let broken = memory.broken.iter().filter(|body| !self.changed.contains(body));
        for function in broken.filter_map(|body| self.functions.get(*body as usize).copied().flatten()) {
            function.body.lowered();
        }
        let models = self.program.schema.models.len() as u32;
        let moves = Moves { old: &memory.layouts, new: &self.layouts, models };
        let unchanged = |kept: &Kept| !kept.bodies.iter().any(|body| self.changed.contains(body));
        self.before = memory
            .walks
            .into_par_iter()
            .filter(|(_, kept)| unchanged(kept))
            .filter_map(|(walk, kept)| {
                let walk = Walk { place: moves.place(walk.place)?, ..walk };
                Some((walk, Kept { found: moves.found(kept.found)?, ..kept }))
            })
            .collect();
    }

    /// All that every walk hangs on, as a number: this build of quell, what it assumes, the files and what stands
    /// outside of functions, and what linking and the index have read inside.
    fn ground(&self, outside: impl Iterator<Item = u64>, options: &Options, reads: &Reads) -> u128 {
        let mut hasher = Xxh3::new();
        hasher.update(env!("QUELL_FINGERPRINT").as_bytes());
        hasher.update(format!("{:?} {}", options.django, options.fuel).as_bytes());
        for (file, outside) in self.program.files.iter().zip(outside) {
            hasher.update(below(&self.program.root, &file.path).as_bytes());
            hasher.update(&outside.to_le_bytes());
        }
        for reads in [reads, &self.program.reads] {
            let mut bodies: Vec<(FileId, u32)> = reads.bodies.iter().copied().collect();
            bodies.sort_unstable();
            for (file, start) in bodies {
                let Some(number) = self.number(file, start) else { continue };
                hasher.update(&number.to_le_bytes());
                hasher.update(&self.bodies[number as usize].to_le_bytes());
            }
            hasher.update(&reads.words.to_le_bytes());
        }
        hasher.digest128()
    }
}

/// A path as it is in every checkout.
fn below(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// The functions of a module whose bodies lie in no other; a template, and what is no code, has none.
fn functions_of<'p>(program: &'p Program, file: &SourceFile) -> Option<Vec<&'p Function>> {
    let module = program.module_of(file.id).filter(|module| !module.is_template)?;
    Some(functions(&module.outline).into_iter().map(|function| &**function).collect())
}

fn layout(file: &SourceFile, functions: Option<&[&Function]>) -> Layout {
    functions.map_or_else(|| Layout::whole(file.text.len() as u32), Layout::of)
}

/// The functions of a file's numbers: of its bodies, or of the template that it is, and of what stands outside.
fn numbered(functions: Option<Vec<&Function>>) -> impl Iterator<Item = Option<&Function>> {
    let of_bodies = functions.map_or(vec![None], |functions| functions.into_iter().map(Some).collect());
    of_bodies.into_iter().chain([None])
}

fn firsts(layouts: &[Layout]) -> Vec<u32> {
    let counts = layouts.iter().map(|layout| layout.bodies.len() as u32 + 1);
    counts
        .scan(0, |sum, count| {
            let first = *sum;
            *sum += count;
            Some(first)
        })
        .collect()
}

/// The expressions that rules ask about, by file and in order.
fn asked(options: &Options) -> FxHashMap<FileId, Vec<Span>> {
    let mut asked: FxHashMap<FileId, Vec<Span>> = FxHashMap::default();
    options.asked.iter().for_each(|place| asked.entry(place.file).or_default().push(place.span));
    asked.values_mut().for_each(|spans| spans.sort_unstable());
    asked
}

/// Numbers for a file: one for what stands outside of functions, one for each body, and a last one for what rules ask
/// to know outside of them. What they ask to know inside of a body is a part of its number.
struct Numbers {
    outside: u64,
    bodies: Vec<u64>,
}

fn numbers(text: &str, layout: &Layout, asked: &[Span]) -> Numbers {
    let mut outside = Xxh3::new();
    for part in layout.outside(text) {
        outside.update(part.as_bytes());
        outside.update(b"\0");
    }
    let count = layout.bodies.len();
    let mut hashers = vec![Xxh3::new(); count + 1];
    for (number, hasher) in hashers.iter_mut().enumerate().take(count) {
        hasher.update(layout.inside(number, text).as_bytes());
    }
    for span in asked {
        let (part, offset) = layout.locate(span.start);
        let hasher = &mut hashers[if part % 2 == 1 { part / 2 } else { count }];
        hasher.update(&(part as u32).to_le_bytes());
        hasher.update(&offset.to_le_bytes());
        hasher.update(&(span.end - span.start).to_le_bytes());
    }
    Numbers { outside: outside.digest(), bodies: hashers.iter().map(Xxh3::digest).collect() }
}

/// Where what stood in one layout stands in another.
struct Moves<'m> {
    old: &'m [Layout],
    new: &'m [Layout],
    /// How many models there are: a file may hold anything.
    models: u32,
}

impl Moves<'_> {
    fn offset(&self, file: FileId, offset: u32) -> Option<u32> {
        self.old.get(file.0 as usize)?.moved(offset, self.new.get(file.0 as usize)?)
    }

    fn place(&self, place: Place) -> Option<Place> {
        let Span { start, end } = place.span;
        let (start, end) = (self.offset(place.file, start)?, self.offset(place.file, end)?);
        Some(Place { span: Span { start, end }, ..place })
    }

    fn found(&self, mut found: Found) -> Option<Found> {
        let is_model = |model: ModelId| model.0 < self.models;
        for site in &mut found.sites {
            if !site.model.is_none_or(is_model) || !site.origin.as_ref().is_none_or(|origin| is_model(origin.model)) {
                return None;
            }
            site.place = self.place(site.place)?;
            for step in &mut site.path {
                step.place = self.place(step.place)?;
            }
            if let Some(origin) = &mut site.origin {
                origin.place = self.place(origin.place)?;
            }
        }
        for silence in found.knowledge.reasons.values_mut() {
            silence.places = silence.places.iter().map(|place| self.place(*place)).collect::<Option<_>>()?;
        }
        let visited = found.visited.iter().map(|(file, start)| Some((*file, self.offset(*file, *start)?)));
        found.visited = visited.collect::<Option<_>>()?;
        let values = found.values.into_iter().map(|(place, noted)| Some((self.place(place)?, noted)));
        found.values = values.collect::<Option<_>>()?;
        Some(found)
    }
}
