//! The interpreter's state while it walks one root.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::effects::{RawSite, TrailStep};
use super::state::{Slot, State};
use crate::domain::{Guard, Object, ObjectId, Place, RootKind, Scope, Size, Value};
use crate::project::{ClassId, ModuleId, Program};
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{Function, Span};

/// What evaluating an expression of the project takes from the fuel, and one of a stub: those are written to be short.
const COST: u64 = 4;
const STUB_COST: u64 = 1;

/// How deep in collections of collections a row is looked for.
const NESTED: usize = 3;

/// How an object is told apart from others: where it is made, or whom it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Site {
    Place { context: u32, place: Place, tag: u32 },
    Derived { owner: ObjectId, name: Name },
    Module(ModuleId),
    Class(ClassId),
    Shared(Name),
}

/// One call that is being interpreted.
pub(crate) struct Frame {
    pub(crate) function: Option<Arc<Function>>,
    pub(crate) qualified: Name,
    pub(crate) module: ModuleId,
    pub(crate) file: FileId,
    pub(crate) is_stub: bool,
    pub(crate) scope: ObjectId,
    pub(crate) class: Option<ClassId>,
    /// The class variable that is evaluated: its own name still means what stands before it.
    pub(crate) binds: Option<Name>,
    pub(crate) receiver: Option<Value>,
    pub(crate) context: u32,
    pub(crate) returns: Option<(State, Value)>,
    pub(crate) yields: Option<ObjectId>,
    /// The loops around the call: `yield` multiplies over the loops inside it.
    pub(crate) loop_base: usize,
    /// The function remembers its results (`lru_cache`), or the code runs under a look-up in a memo.
    pub(crate) is_memoised: bool,
    /// What a decorator put around a function.
    pub(crate) is_wrapper: bool,
    /// A generator of which only the first element is taken: `yield` ends it.
    pub(crate) takes_one: bool,
    /// The call whose answer is returned as it is: nothing of the function comes after it.
    pub(crate) last_call: Option<Span>,
    /// How many transactions are open around the code that runs, of those that this call opened.
    pub(crate) transactions: u32,
    /// How things were before, where it was given rows.
    pub(crate) entry: Option<super::recursion::Entry>,
}

/// One loop that is being interpreted.
#[derive(Clone, Debug)]
pub(crate) struct LoopFrame {
    pub(crate) place: Place,
    pub(crate) size: Size,
    /// The second pass: what fires now fires for each further element.
    pub(crate) is_steady: bool,
    pub(crate) is_while: bool,
    /// A `while` that takes elements off a growing collection.
    pub(crate) consumes: bool,
    /// The objects that differ between the elements it takes.
    pub(crate) consumed: Vec<ObjectId>,
    /// The objects that differ from element to element.
    pub(crate) varying: Vec<ObjectId>,
    /// The names that count its turns, or tell them apart.
    pub(crate) counters: Vec<Name>,
    /// The name of its elements, where no two of them are equal.
    pub(crate) distinct: Option<Name>,
    /// The name that each of its elements has in turn.
    pub(crate) target: Option<Name>,
    /// A `while` whose test asks for more than that there is a next one.
    pub(crate) is_counted: bool,
    /// It walks the values of a mapping: lists of these are groups, not parts of one list.
    pub(crate) walks_groups: bool,
    /// The variables of its function that were assigned in its present pass.
    pub(crate) assigned: Vec<Name>,
    /// The variables of the generator that it takes its elements from: it stands at the one that the loop is at.
    pub(crate) suspended: Option<ObjectId>,
    /// Rows that had expired and were read again in the steady pass.
    pub(crate) renewed: Vec<ObjectId>,
    /// How many objects there had been when the loop began.
    pub(crate) start: u64,
    /// How many there had been when its present pass began.
    pub(crate) pass: u64,
    /// A library repeats something for each row: no loop is seen, and all that fires inside is repeated.
    pub(crate) is_implied: bool,
    /// A function that calls itself with the rest of its rows.
    pub(crate) is_recursion: bool,
}

impl LoopFrame {
    /// The first pass of a loop, begun when `start` objects had been made.
    pub(crate) fn new(place: Place, size: Size, start: u64) -> Self {
        LoopFrame {
            place,
            size,
            is_steady: false,
            is_while: false,
            consumes: false,
            consumed: Vec::new(),
            varying: Vec::new(),
            counters: Vec::new(),
            distinct: None,
            target: None,
            is_counted: false,
            walks_groups: false,
            assigned: Vec::new(),
            suspended: None,
            renewed: Vec::new(),
            start,
            pass: start,
            is_implied: false,
            is_recursion: false,
        }
    }
}

/// States that left a loop early.
#[derive(Default)]
pub(crate) struct Flow {
    pub(crate) breaks: Option<State>,
    pub(crate) continues: Option<State>,
    /// The only condition on which the body was left, counted from those known when it began.
    pub(crate) skipped: Skipped,
    pub(crate) known: usize,
}

/// The conditions under which passes of a loop were cut short.
#[derive(Clone, Copy, Default)]
pub(crate) enum Skipped {
    #[default]
    Never,
    Under(Guard),
    Variously,
}

/// Walks one root.
pub(crate) struct Interpreter<'p> {
    pub(crate) program: &'p Program,
    pub(crate) options: &'p super::Options,
    pub(crate) index: &'p super::index::Index,
    pub(crate) state: State,
    ids: FxHashMap<Site, ObjectId>,
    owners: Vec<Option<ObjectId>>,
    contexts: FxHashMap<(u32, Place), u32>,
    pub(crate) condition_numbers: FxHashMap<(ObjectId, Name), u32>,
    /// What each condition is about: the scope of its names, or a row.
    pub(crate) condition_subjects: Vec<ObjectId>,
    /// Conditions that are the truth of a parameter.
    pub(crate) lasting: FxHashSet<u32>,
    pub(super) compounds: super::compounds::Compounds,
    /// Conditions assumed on the current path.
    pub(crate) conditions: Vec<Guard>,
    /// The branches around what runs that may not be taken, whatever the element of the loop: the number of loops around each.
    pub(super) undecided: Vec<usize>,
    /// What holds besides: the parts of conjunctions among the conditions.
    pub(crate) parts: Vec<Guard>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) trail: Vec<TrailStep>,
    pub(crate) loops: Vec<LoopFrame>,
    pub(crate) flows: Vec<Flow>,
    /// What runs seldom, such as what is guarded by "not in the memo": the number of loops around each, and why.
    pub(crate) seldom: Vec<(usize, &'static str)>,
    /// The containers that nobody has but the variables of the running calls.
    pub(super) owned: FxHashSet<ObjectId>,
    /// Querysets that were made for a memo, with the number of loops around what guards it.
    pub(crate) remembered: FxHashMap<ObjectId, usize>,
    /// Whether the template that is rendered speaks Django's language, which calls what its variables lead to.
    pub(crate) renders_django: bool,
    /// The `try` blocks with handlers that run: the number of loops around each.
    pub(crate) tries: Vec<usize>,
    pub(crate) sites: Vec<RawSite>,
    pub(crate) silence: u32,
    pub(crate) fuel: u64,
    /// How many functions are entered where one runs that has its fuel for itself: what it calls has all of that.
    pub(crate) entered: Option<usize>,
    /// Some call was cut short by its bound.
    pub(crate) ran_out: bool,
    /// It was given fuel behind an early answer.
    pub(crate) has_gone_on: bool,
    pub(crate) root: RootKind,
    pub(crate) effect_count: u64,
    /// How often something happened that a second pass of a loop may show more of: effects, and changes of a session.
    pub(crate) stirred: u64,
    /// How many statements were sent that change rows.
    pub(crate) writes: u64,
    /// How many calls of something unknown there were, which may have sent anything.
    pub(crate) unseen: u64,
    /// How often a property was worked out that asks the database each time.
    pub(crate) asking_properties: u64,
    pub(crate) visited: rustc_hash::FxHashSet<(FileId, u32)>,
    pub(crate) knowledge: super::Knowledge,
    pub(crate) assumed_depth: u32,
    /// Assumed receivers whose constructors were run.
    pub(super) constructed: rustc_hash::FxHashSet<ObjectId>,
    pub(crate) doubt: u32,
    pub(crate) assumed_certainty: crate::domain::Certainty,
    /// What is assumed of a value now comes from somewhere in the project: its rows may hold anything.
    pub(crate) guesses_plan: bool,
    /// Nobody in the project calls the root, so that what its parameters have by default is what they probably are.
    pub(crate) is_uncalled: bool,
    /// Conditions that hold unless a caller says otherwise: those of such parameters.
    pub(crate) defaults: Vec<Guard>,
    /// The generator that comes next gives its first element only.
    pub(crate) is_taking_one: bool,
    /// The only query that the last call of something unknown was given, and where.
    pub(super) handed_query: Option<(Place, ObjectId)>,
    /// The lists whose texts are being made, from the outermost.
    pub(super) shown: Vec<ObjectId>,
    /// The method that is run for one attribute which it sets, until its call begins.
    pub(super) asked: Option<(Arc<Function>, Name)>,
    /// Module variables are being worked out for all roots.
    pub(super) is_apart: bool,
    /// Loops that the current statements leave, so that what they fire happens once for them.
    pub(crate) left: Vec<std::ops::Range<usize>>,
    /// How many objects were made so far.
    pub(crate) births: u64,
    pub(super) decorated: super::decorators::Decorated,
    /// What was seen on the watched line, and the last value of each expression there.
    pub(crate) seen: Vec<super::Seen>,
    pub(crate) last_seen: FxHashMap<Span, Value>,
    /// What the expressions were that rules ask about.
    pub(super) noted: super::Values,
    dotted: FxHashMap<(Name, Name), Name>,
    /// Nested functions that frameworks will call.
    pub(super) handed: Vec<super::handed::Handed>,
    /// The texts of places, by the most characters that were asked for.
    texts: FxHashMap<(Place, usize), Name>,
    /// The texts of comparisons, by the places of what is compared.
    pub(super) comparisons: FxHashMap<(Place, Place), Name>,
    /// The containers of classes that are being filled.
    pub(super) filling: Vec<(ClassId, Name, Value)>,
    /// Stands in for an object that no state has.
    pub(super) nothing: Object,
}

impl<'p> Interpreter<'p> {
    pub(crate) fn new(
        program: &'p Program,
        options: &'p super::Options,
        index: &'p super::index::Index,
        root: RootKind,
    ) -> Self {
        Interpreter {
            program,
            options,
            index,
            state: State::default(),
            ids: FxHashMap::default(),
            owners: Vec::new(),
            contexts: FxHashMap::default(),
            condition_numbers: FxHashMap::default(),
            condition_subjects: Vec::new(),
            lasting: FxHashSet::default(),
            compounds: super::compounds::Compounds::default(),
            conditions: Vec::new(),
            undecided: Vec::new(),
            parts: Vec::new(),
            frames: Vec::new(),
            trail: Vec::new(),
            loops: Vec::new(),
            flows: Vec::new(),
            seldom: Vec::new(),
            owned: FxHashSet::default(),
            remembered: FxHashMap::default(),
            renders_django: false,
            tries: Vec::new(),
            sites: Vec::new(),
            silence: 0,
            fuel: options.fuel,
            ran_out: false,
            has_gone_on: false,
            root,
            effect_count: 0,
            stirred: 0,
            writes: 0,
            unseen: 0,
            asking_properties: 0,
            visited: rustc_hash::FxHashSet::default(),
            knowledge: super::Knowledge::default(),
            assumed_depth: 0,
            constructed: rustc_hash::FxHashSet::default(),
            doubt: 0,
            assumed_certainty: crate::domain::Certainty::Medium,
            guesses_plan: false,
            is_uncalled: false,
            defaults: Vec::new(),
            is_taking_one: false,
            entered: None,
            handed_query: None,
            shown: Vec::new(),
            asked: None,
            is_apart: false,
            left: Vec::new(),
            births: 0,
            decorated: super::decorators::Decorated::default(),
            seen: Vec::new(),
            last_seen: FxHashMap::default(),
            noted: super::Values::default(),
            dotted: FxHashMap::default(),
            handed: Vec::new(),
            texts: FxHashMap::default(),
            comparisons: FxHashMap::default(),
            filling: Vec::new(),
            nothing: Object::Scope(Scope::default()),
        }
    }

    /// The current call.
    pub(crate) fn frame(&self) -> &Frame {
        self.frames.last().expect("code runs in a frame")
    }

    /// The current call, to change it.
    pub(crate) fn frame_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("code runs in a frame")
    }

    /// A span of the current file as a place.
    pub(crate) fn place(&self, span: Span) -> Place {
        Place { file: self.frame().file, span }
    }

    /// Takes one unit of work; false when the bound is reached.
    pub(crate) fn burn(&mut self) -> bool {
        let is_stub = self.frames.last().is_some_and(|frame| frame.is_stub);
        self.fuel = self.fuel.saturating_sub(if is_stub { STUB_COST } else { COST });
        self.fuel > 0
    }

    /// The calling context one call further.
    pub(crate) fn context_of(&mut self, parent: u32, place: Place) -> u32 {
        let next = self.contexts.len() as u32 + 1;
        *self.contexts.entry((parent, place)).or_insert(next)
    }

    pub(super) fn intern(&mut self, site: Site, owner: Option<ObjectId>) -> ObjectId {
        let next = ObjectId(self.owners.len() as u32);
        let id = *self.ids.entry(site).or_insert(next);
        if id == next {
            self.owners.push(owner);
        }
        id
    }

    pub(super) fn store(&mut self, id: ObjectId, object: Object, depth: usize) -> ObjectId {
        self.births += 1;
        self.state.questions.forget(id);
        self.state.put(id, Some(Slot { object: Rc::new(object), depth: depth as u16, born: self.births }));
        id
    }

    /// Makes an object in a given calling context.
    pub(crate) fn allocate_in(&mut self, context: u32, place: Place, tag: u32, object: Object) -> ObjectId {
        let id = self.intern(Site::Place { context, place, tag }, None);
        let depth = self.loops.len();
        self.store(id, object, depth)
    }

    /// The scope of a module, empty when first asked for; it is older than all that runs.
    pub(crate) fn module_scope(&mut self, module: ModuleId) -> ObjectId {
        self.scope_of(Site::Module(module), Scope { module: Some(module), ..Scope::default() })
    }

    /// The variables of a class that code of the project changes.
    pub(crate) fn class_scope(&mut self, class: ClassId) -> ObjectId {
        self.scope_of(Site::Class(class), Scope::default())
    }

    /// The scope of a module or class, which is there from the beginning.
    fn scope_of(&mut self, site: Site, scope: Scope) -> ObjectId {
        let id = self.intern(site, None);
        if self.state.get(id).is_none() {
            let object = Rc::new(Object::Scope(scope));
            self.state.put(id, Some(Slot { object, depth: 0, born: 0 }));
        }
        id
    }

    /// What was put beside an object with `derive`, if that was after the object was made.
    pub(crate) fn beside(&mut self, owner: ObjectId, name: Name) -> Option<&Object> {
        let id = self.intern(Site::Derived { owner, name }, Some(owner));
        let made = self.state.get(owner)?.born;
        self.state.get(id).filter(|slot| slot.born > made).map(|slot| &*slot.object)
    }

    /// How many loops were around the object when it was made.
    pub(crate) fn depth_of(&self, id: ObjectId) -> usize {
        self.state.get(id).map_or(0, |slot| slot.depth as usize)
    }

    /// How many of the loops around are outside of what an object is: those that were around when it was made. A loop carries
    /// what an earlier pass has made, which is inside of it then as what was made before.
    ///
    /// ```py
    /// for book in books:
    ///     if found is None:
    ///         found = []
    ///     found.append(book)
    /// ```
    pub(crate) fn loops_outside(&self, id: ObjectId) -> usize {
        let born = self.state.get(id).map_or(0, |slot| slot.born);
        let is_carried =
            |frame: &LoopFrame| frame.start < born && born <= frame.pass && !self.belongs(id, &frame.varying);
        let carrying = self.loops.iter().position(is_carried).unwrap_or(self.loops.len());
        self.depth_of(id).min(carrying)
    }

    /// Whether the object differs from pass to pass of a loop: it belongs to the loop's elements or was made inside.
    pub(crate) fn varies_in(&self, id: ObjectId, frame: &LoopFrame) -> bool {
        if self.belongs(id, &frame.varying) {
            return true;
        }
        // What hangs on an object that stays the same stays the same; a `while` may walk from one to the next.
        let root = if frame.is_while { id } else { self.root_of(id) };
        self.state.get(root).is_some_and(|slot| slot.born > frame.start)
    }

    /// The object that this one hangs on in the end.
    pub(super) fn root_of(&self, id: ObjectId) -> ObjectId {
        self.lineage(id).last().unwrap_or(id)
    }

    /// The object, and those that it hangs on, the nearest first.
    pub(super) fn lineage(&self, id: ObjectId) -> impl Iterator<Item = ObjectId> {
        std::iter::successors(Some(id), |id| self.owner_of(*id))
    }

    /// The object this one belongs to.
    pub(crate) fn owner_of(&self, id: ObjectId) -> Option<ObjectId> {
        self.owners.get(id.0 as usize).copied().flatten()
    }

    /// Puts the objects of `ids`, and all that belong to them, back as they were in `earlier`.
    pub(crate) fn reset(&mut self, ids: &[ObjectId], earlier: &State) {
        self.take(ids, earlier);
    }

    /// Takes the objects of `ids`, and all that belong to them, from `later`.
    pub(crate) fn adopt(&mut self, ids: &[ObjectId], later: &State) {
        self.take(ids, later);
    }

    fn take(&mut self, ids: &[ObjectId], other: &State) {
        if ids.is_empty() {
            return;
        }
        for id in other.apart_from(&self.state) {
            if self.belongs(id, ids)
                && let Some(slot) = other.get(id)
            {
                self.state.put(id, Some(slot.clone()));
            }
        }
    }

    /// Whether a collection or plain object has the object in it.
    pub(super) fn holds(&self, value: &Value, id: ObjectId) -> bool {
        let mut level = vec![value.clone()];
        for _ in 0..NESTED {
            let mut below = Vec::new();
            for part in level.iter().flat_map(Value::disjuncts) {
                if let Value::Object(found) = part {
                    self.parts_of(found, &mut below);
                }
            }
            if below.iter().any(|value| value.disjuncts().contains(&Value::Object(id))) {
                return true;
            }
            level = below;
        }
        false
    }

    pub(super) fn belongs(&self, id: ObjectId, owners: &[ObjectId]) -> bool {
        self.lineage(id).any(|id| owners.contains(&id))
    }

    /// The text of a place, on one line, shortened to `limit` characters.
    pub(crate) fn text(&self, place: Place, limit: usize) -> String {
        let file = &self.program.files[place.file.0 as usize];
        let text = file.slice(place.span.start, place.span.end);
        let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > limit {
            line = line.chars().take(limit.saturating_sub(1)).collect::<String>() + "…";
        }
        line
    }

    /// `path.name`
    pub(crate) fn dotted(&mut self, path: Name, name: Name) -> Name {
        *self.dotted.entry((path, name)).or_insert_with(|| Name::new(&format!("{path}.{name}")))
    }

    /// The text of a place as the name of a condition.
    fn text_name(&mut self, place: Place) -> Name {
        self.kept_text(place, 200)
    }

    /// The text of a place as the name of a size.
    pub(crate) fn label(&mut self, place: Place) -> Name {
        // Nobody who reads of it knows the code of a stub.
        let place = self.blamed(place).map_or(place, |(place, _)| place);
        self.kept_text(place, 30)
    }

    /// As `text`, kept for the next time it is asked for.
    fn kept_text(&mut self, place: Place, limit: usize) -> Name {
        if let Some(name) = self.texts.get(&(place, limit)) {
            return *name;
        }
        let name = Name::new(&self.text(place, limit));
        self.texts.insert((place, limit), name);
        name
    }

    /// The name of a condition on the current path: equal texts in one scope are one condition.
    pub(crate) fn condition_number(&mut self, span: Span) -> u32 {
        let text = self.text_name(self.place(span));
        self.condition_in(self.frame().scope, text)
    }

    /// The number of a condition by its text, within a scope or about a row.
    pub(crate) fn condition_in(&mut self, subject: ObjectId, text: Name) -> u32 {
        let next = self.condition_subjects.len() as u32;
        let number = *self.condition_numbers.entry((subject, text)).or_insert(next);
        if number == next {
            self.condition_subjects.push(subject);
        }
        number
    }

    /// The scope that a function has when it is called at a place of the current code.
    pub(crate) fn scope_of_call(&mut self, function: &Function, place: Place) -> ObjectId {
        let parent = self.frames.last().map_or(0, |frame| frame.context);
        let context = self.context_of(parent, place);
        let place = Place { file: function.file, span: function.span };
        self.intern(Site::Place { context, place, tag: 1 }, None)
    }
}
