//! Walks of an earlier run that are taken over, because nothing that they read has changed.
//!
//! The schema and the list of files are the ground of all walks: while they stay as they were, so do the numbers of files
//! and models. What a walk read besides is kept with what it found: bodies, the files outside of whose functions it read
//! something, and answers to questions about the whole project. Places move with the words around them, and classes are
//! known by their names.

use std::hash::Hash;
use std::path::Path;
use std::sync::Mutex;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::index::Index;
use super::{Knowledge, Options, Values};
use crate::domain::{Place, RootKind, Site};
use crate::project::{ClassId, ModelId, Program, Told};
use crate::source::{FileId, SourceFile};
use crate::syntax::ir::{Function, Span};
use crate::syntax::reads::{Question, Reads};
use crate::syntax::{Layout, Location, functions};

/// What one run leaves to the next.
///
/// A walk is taken over when the ground is the same, nothing that it read is another, and each question has the same answer.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    /// What all walks stand on, as a number.
    ground: u128,
    /// By file.
    layouts: Vec<Layout>,
    /// A number for the text of each body, file by file, and after those of a file one for the rest of it: its words, what
    /// linking says of it, and what rules ask there.
    bodies: Vec<u64>,
    /// By class: a number that says which one it is.
    classes: Vec<u64>,
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
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    bodies: Vec<u32>,
    questions: Vec<(Question, u64)>,
    /// What it found, as it is written: most runs ask for each once, or for none.
    found: Bytes,
}

/// Bytes that are written and read as a whole.
#[derive(Debug, Default)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: &[u8] = Deserialize::deserialize(deserializer)?;
        Ok(Bytes(bytes.to_vec()))
    }
}

impl Bytes {
    fn of(found: &Found) -> Option<Bytes> {
        postcard::to_stdvec(found).ok().map(Bytes)
    }

    fn found(&self) -> Option<Found> {
        postcard::from_bytes(&self.0).ok()
    }
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
    told: Told,
    /// The functions with these bodies; templates have none.
    functions: Vec<Option<&'p Function>>,
    /// Something is not what it was.
    is_changed: bool,
    answers: Mutex<FxHashMap<Question, u64>>,
    /// Walks of the run before that have read no body which is another now; what they found has not been moved yet.
    before: FxHashMap<Walk, Kept>,
    moves: Moves,
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
        let both = program.files.par_iter().zip(&functions);
        let layouts: Vec<Layout> = both.map(|(file, functions)| layout(file, functions.as_deref())).collect();
        let mut told = Told::of(program);
        let of_index = index.tell(program, &mut told);
        let firsts = firsts(&layouts);
        let asked = asked(options);
        let asked = |file: FileId| asked.get(&file).map(Vec::as_slice).unwrap_or_default();
        let numbers: Vec<Vec<u64>> = program
            .files
            .par_iter()
            .zip(&layouts)
            .map(|(file, layout)| numbers(file, layout, &told, asked(file.id)))
            .collect();
        let bodies: Vec<u64> = numbers.into_iter().flatten().collect();
        let mut replay = Replay {
            program,
            index,
            ground: 0,
            is_known: false,
            layouts,
            firsts,
            bodies,
            told,
            functions: functions.into_iter().flat_map(numbered).collect(),
            is_changed: false,
            answers: Mutex::default(),
            before: FxHashMap::default(),
            moves: Moves::default(),
            now: Mutex::default(),
        };
        replay.ground = replay.ground(of_index, options, reads);
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
        if is_same { self.moves.found(kept.found.found()?, &self.layouts) } else { None }
    }

    /// Keeps what a walk found and read for the next run.
    pub(super) fn keep(&self, walk: Walk, reads: &Reads, found: &Found) {
        // Which words stand in which files only the ground is compared by.
        if reads.words != 0 {
            return;
        }
        let bodies = reads.bodies.iter().map(|(file, start)| self.number(*file, *start));
        let templates = reads.files.iter().map(|file| self.number(*file, 0));
        let outside = |file: FileId| self.number_at(file, self.layouts.get(file.0 as usize)?.bodies.len());
        let bodies: Option<Vec<u32>> = bodies.chain(templates).chain(reads.outsides.iter().map(outside)).collect();
        let declared: Option<Vec<u32>> = found.places().map(|place| outside(place.file)).collect();
        // What is not known to have been read can't be compared.
        let (Some(mut bodies), Some(declared), Some(written)) = (bodies, declared, Bytes::of(found)) else { return };
        bodies.extend(declared);
        bodies.sort_unstable();
        bodies.dedup();
        let mut questions: Vec<(Question, u64)> =
            reads.questions.iter().map(|asked| (asked.clone(), self.answer(asked))).collect();
        questions.sort_unstable_by_key(|(_, answer)| *answer);
        if let Ok(mut now) = self.now.lock() {
            now.push((walk, Kept { bodies, questions, found: written }));
        }
    }

    /// What the next run may take over: this run's walks, and those of the run before that still hold, though nobody asked
    /// for them. `None` where that is what this run took over.
    pub(super) fn memory(self) -> Option<Memory> {
        let mut walks = self.now.into_inner().unwrap_or_default();
        if walks.is_empty() && !self.is_changed && self.is_known {
            return None;
        }
        let known: FxHashSet<Walk> = walks.iter().map(|(walk, _)| *walk).collect();
        let moved = moved(&self.moves, &self.layouts, &self.firsts);
        let (moves, layouts) = (&self.moves, &self.layouts);
        let left = self.before.into_par_iter().filter(|(walk, _)| !known.contains(walk)).filter_map(|(walk, kept)| {
            if !kept.bodies.iter().any(|body| moved.contains(body)) {
                return Some((walk, kept));
            }
            let found = Bytes::of(&moves.found(kept.found.found()?, layouts)?)?;
            Some((walk, Kept { found, ..kept }))
        });
        walks.extend(left.collect::<Vec<_>>());
        walks.sort_unstable_by_key(|(walk, _)| *walk);
        let is_broken =
            |function: &Function| function.body.is_lowered() && !function.body.lowered().problems.is_empty();
        let functions = self.functions.iter().zip(0..);
        let broken =
            functions.filter(|(function, _)| function.is_some_and(is_broken)).map(|(_, number)| number).collect();
        let classes = self.told.classes;
        Some(Memory { ground: self.ground, layouts: self.layouts, bodies: self.bodies, classes, broken, walks })
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
        let same = self.same_bodies(&memory);
        self.is_changed = memory.classes != self.told.classes
            || memory.bodies.len() != self.bodies.len()
            || same.iter().any(Option::is_none);
        let now = |body: &u32| same.get(*body as usize).copied().flatten();
        for function in
            memory.broken.iter().filter_map(|body| self.functions.get(now(body)? as usize).copied().flatten())
        {
            function.body.lowered();
        }
        let keys = self.told.classes.iter().zip(0..);
        self.moves = Moves {
            files: memory.layouts.iter().zip(&self.layouts).map(|(old, new)| Move::between(old, new)).collect(),
            old: memory.layouts,
            models: self.program.schema.models.len() as u32,
            old_classes: memory.classes,
            classes: keys.map(|(key, number)| (*key, ClassId(number))).collect(),
        };
        let (moves, layouts) = (&self.moves, &self.layouts);
        self.before = memory
            .walks
            .into_par_iter()
            .filter_map(|(walk, kept)| {
                let bodies = kept.bodies.iter().map(now).collect::<Option<Vec<u32>>>()?;
                let questions =
                    kept.questions.into_iter().map(|(asked, answer)| Some((moves.question(asked)?, answer)));
                let kept = Kept { bodies, questions: questions.collect::<Option<_>>()?, found: kept.found };
                Some((moves.walk(walk, layouts)?, kept))
            })
            .collect();
    }

    /// The number that each body of the run before has now; none where it is another, or the rest of its file is.
    fn same_bodies(&self, memory: &Memory) -> Vec<Option<u32>> {
        let old_firsts = firsts(&memory.layouts);
        let mut same = vec![None; memory.bodies.len()];
        for ((old, new), layout) in old_firsts.iter().zip(&self.firsts).zip(&memory.layouts) {
            let (old, new, count) = (*old as usize, *new as usize, layout.bodies.len());
            let rest = |bodies: &[u64], first: usize| bodies.get(first + count).copied();
            if rest(&memory.bodies, old) != rest(&self.bodies, new) {
                continue;
            }
            for position in 0..=count {
                if memory.bodies.get(old + position) == self.bodies.get(new + position)
                    && let Some(same) = same.get_mut(old + position)
                {
                    *same = Some((new + position) as u32);
                }
            }
        }
        same
    }

    /// All that every walk hangs on, as a number: this build of quell, what it assumes, the files, the schema, what the index
    /// says of the whole project, and what linking and the index have read inside of functions.
    fn ground(&self, of_index: u64, options: &Options, reads: &Reads) -> u128 {
        let mut hasher = Xxh3::new();
        hasher.update(env!("QUELL_FINGERPRINT").as_bytes());
        hasher.update(format!("{:?} {}", options.django, options.fuel).as_bytes());
        hasher.update(&self.told.whole.to_le_bytes());
        hasher.update(&of_index.to_le_bytes());
        for file in &self.program.files {
            hasher.update(below(&self.program.root, &file.path).as_bytes());
            hasher.update(b"\0");
        }
        for reads in [reads, &self.program.reads] {
            let mut bodies: Vec<(FileId, u32)> = reads.bodies.iter().copied().collect();
            bodies.sort_unstable();
            for (file, start) in bodies {
                let Some(number) = self.number(file, start) else { continue };
                let function =
                    self.functions[number as usize].map(|function| self.told.function(self.program, function));
                hasher.update(&function.unwrap_or_default().to_le_bytes());
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
    functions.map_or_else(|| Layout::whole(file.text.len() as u32), |functions| Layout::of(functions, &file.text))
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

/// Numbers for a file: one for each body, and a last one for the rest. What rules ask to know inside of a body is a part of
/// its number.
fn numbers(file: &SourceFile, layout: &Layout, told: &Told, asked: &[Span]) -> Vec<u64> {
    let count = layout.bodies.len();
    let mut hashers = vec![Xxh3::new(); count + 1];
    for (number, hasher) in hashers.iter_mut().enumerate().take(count) {
        hasher.update(layout.inside(number, &file.text).as_bytes());
    }
    let linked = told.files.get(file.id.0 as usize).copied().unwrap_or_default();
    (layout.outside, linked).hash(&mut hashers[count]);
    for span in asked {
        let (start, end) = (layout.locate(span.start), layout.locate_end(span.end));
        let number = match start {
            Some(Location::Body(number, _)) => number,
            _ => count,
        };
        (start, end).hash(&mut hashers[number]);
    }
    hashers.iter().map(Xxh3::digest).collect()
}

/// The numbers of the files whose places have moved.
fn moved(moves: &Moves, layouts: &[Layout], firsts: &[u32]) -> FxHashSet<u32> {
    let files = moves.files.iter().zip(layouts).zip(firsts);
    let is_moved = |((moved, _), _): &((&Move, &Layout), &u32)| !matches!(moved, Move::None);
    files.filter(is_moved).map(|((_, layout), first)| first + layout.bodies.len() as u32).collect()
}

impl Found {
    /// All places that it names.
    fn places(&self) -> impl Iterator<Item = Place> {
        let of_site = |site: &Site| {
            let path = site.path.iter().map(|step| step.place);
            path.chain([site.place]).chain(site.origin.iter().map(|origin| origin.place)).collect::<Vec<_>>()
        };
        let silences = self.knowledge.reasons.values().flat_map(|silence| silence.places.iter().copied());
        let at = |(file, start): &(FileId, u32)| Place { file: *file, span: Span { start: *start, end: *start } };
        let visited = self.visited.iter().map(at);
        self.sites.iter().flat_map(of_site).chain(silences).chain(visited).chain(self.values.keys().copied())
    }
}

/// Where what stood in the layouts of the run before stands now.
#[derive(Default)]
struct Moves {
    old: Vec<Layout>,
    files: Vec<Move>,
    /// How many models there are: a file may hold anything.
    models: u32,
    old_classes: Vec<u64>,
    /// The classes there are now, by the number that says which one it is.
    classes: FxHashMap<u64, ClassId>,
}

/// What has happened to the places of a file.
enum Move {
    None,
    ByWords,
    Unknown,
}

impl Move {
    fn between(old: &Layout, new: &Layout) -> Move {
        match old == new {
            true => Move::None,
            false if old.outside == new.outside => Move::ByWords,
            false => Move::Unknown,
        }
    }
}

impl Moves {
    /// A place in a file whose words are the same.
    fn place(&self, place: Place, new: &[Layout]) -> Option<Place> {
        let file = place.file.0 as usize;
        let span = match self.files.get(file)? {
            Move::None => place.span,
            Move::ByWords => self.old.get(file)?.moved(place.span, new.get(file)?)?,
            Move::Unknown => return None,
        };
        Some(Place { span, ..place })
    }

    fn class(&self, class: ClassId) -> Option<ClassId> {
        self.classes.get(self.old_classes.get(class.0 as usize)?).copied()
    }

    fn walk(&self, walk: Walk, new: &[Layout]) -> Option<Walk> {
        let class = match walk.class {
            Some(class) => Some(self.class(class)?),
            None => None,
        };
        Some(Walk { place: self.place(walk.place, new)?, class, ..walk })
    }

    fn question(&self, question: Question) -> Option<Question> {
        Some(match question {
            Question::Setters(class, name) => Question::Setters(self.class(ClassId(class))?.0, name),
            Question::Below(class) => Question::Below(self.class(ClassId(class))?.0),
            Question::Put(..)
            | Question::Listed(..)
            | Question::Made(..)
            | Question::GivenOne(_)
            | Question::Holders(_) => question,
        })
    }

    fn found(&self, mut found: Found, new: &[Layout]) -> Option<Found> {
        let is_model = |model: ModelId| model.0 < self.models;
        let at = |place: Place| self.place(place, new);
        for site in &mut found.sites {
            if !site.model.is_none_or(is_model) || !site.origin.as_ref().is_none_or(|origin| is_model(origin.model)) {
                return None;
            }
            site.place = at(site.place)?;
            for step in &mut site.path {
                step.place = at(step.place)?;
            }
            if let Some(origin) = &mut site.origin {
                origin.place = at(origin.place)?;
            }
        }
        for silence in found.knowledge.reasons.values_mut() {
            silence.places = silence.places.iter().map(|place| at(*place)).collect::<Option<_>>()?;
        }
        let start_at =
            |file: FileId, start: u32| Some(at(Place { file, span: Span { start, end: start } })?.span.start);
        let visited = found.visited.iter().map(|(file, start)| Some((*file, start_at(*file, *start)?)));
        found.visited = visited.collect::<Option<_>>()?;
        let values = found.values.into_iter().map(|(place, noted)| Some((at(place)?, noted)));
        found.values = values.collect::<Option<_>>()?;
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{interpret, interpret_again};
    use super::*;
    use crate::syntax::reads;

    const MODELS: &str = "from django.db import models\n\nclass Author(models.Model):\n    name = models.TextField()\n\nclass Book(models.Model):\n    author = models.ForeignKey(Author, models.CASCADE)\n";
    const VIEWS: &str = "from shop.models import Book\nfrom shop.names import of\n\ndef show(request):\n    return [of(book) for book in Book.objects.all()]\n";
    const NAMES: &str = "def of(book):\n    return book.author.name\n";
    const OTHER: &str = "from shop.models import Author\n\nclass Page:\n    def get(self, request):\n        for author in Author.objects.all():\n            author.book_set.count()\n";

    fn program(texts: [&str; 4]) -> Program {
        let paths = ["shop/models.py", "shop/views.py", "shop/names.py", "shop/other.py"];
        Program::from_sources(&paths.into_iter().zip(texts).collect::<Vec<_>>())
    }

    /// The names of the functions whose walks are taken over when the texts are these; what is found is what is found anew.
    #[track_caller]
    fn taken_over(texts: [&str; 4]) -> Vec<String> {
        let options = Options::default();
        let (_, memory) = interpret_again(&program([MODELS, VIEWS, NAMES, OTHER]), &options, Memory::default());
        let bytes = postcard::to_stdvec(&memory.expect("something was walked")).expect("it can be written");
        let memory = || postcard::from_bytes(&bytes).expect("it can be read");
        let program = program(texts);
        let (index, reads) = reads::noting(|| Index::new(&program));
        let replay = Replay::new(&program, &options, &index, &reads, memory());
        let text = |walk: &Walk| {
            let Place { file, span } = walk.place;
            replay.recall(walk).map(|_| program.files[file.0 as usize].slice(span.start, span.end).to_owned())
        };
        let mut found: Vec<String> = replay.before.keys().filter_map(text).collect();
        found.sort();
        let sites = |sites: Vec<Site>| format!("{sites:#?}");
        let (again, _) = interpret_again(&program, &options, memory());
        assert_eq!(sites(again.sites), sites(interpret(&program, &options).sites));
        found
    }

    #[test]
    fn comments_and_blanks_outside_of_functions_are_nothing() {
        let models =
            MODELS.replace("class Author", "# Who writes.\n\nclass Author").replace("CASCADE)", "CASCADE)  # So.");
        let views = format!("# Pages.\n\n{VIEWS}");
        let other = OTHER.replace("class Page:", "class Page:\n    # Shown.\n");
        let all = ["def get(self, request):", "def show(request):"];
        assert_eq!(taken_over([MODELS, VIEWS, NAMES, OTHER]), all);
        assert_eq!(taken_over([&models, &views, NAMES, &other]), all);
    }

    #[test]
    fn an_edit_outside_of_functions_is_one_of_its_file() {
        let [show, get] = ["def show(request):", "def get(self, request):"];
        let views = format!("import os\n\nclass Early:\n    pass\n\n{VIEWS}");
        assert_eq!(taken_over([MODELS, &views, NAMES, OTHER]), [get]);
        let names = format!("def before(book):\n    return 1\n\n{NAMES}");
        assert_eq!(taken_over([MODELS, VIEWS, &names, OTHER]), [get]);
        let other = format!("LIMIT = 1\n{OTHER}\n    def put(self):\n        pass\n");
        assert_eq!(taken_over([MODELS, VIEWS, NAMES, &other]), [show]);
    }

    #[test]
    fn another_schema_is_another_ground() {
        let models = format!("{MODELS}    title = models.TextField()\n");
        assert_eq!(taken_over([&models, VIEWS, NAMES, OTHER]), [""; 0]);
        let order = MODELS.replace("class Author", "class Shelf(models.Model):\n    pass\n\nclass Author");
        assert_eq!(taken_over([&order, VIEWS, NAMES, OTHER]), [""; 0]);
    }
}
