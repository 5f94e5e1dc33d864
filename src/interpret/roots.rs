//! Roots: where walks begin, and running them side by side.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::constructions::{self, Construction};
use super::heirs;
use super::index::Index;
use super::interpreter::Interpreter;
use super::registrations;
use super::relevance::Words;
use super::replay::{Found, Replay, Walk, What};
use super::scripts;
use super::{Interpretation, Memory, Options};
use crate::domain::{Arguments, Certainty, Closure, Machine, Place, RootKind, Site, Value};
use crate::project::{ClassId, ClassRef, Member, ModuleId, Program};
use crate::source::{FileId, SourceFile};
use crate::syntax::ir::{Expr, ExprKind, Function, Span, StmtKind};
use crate::syntax::{Name, reads};

/// Deep programs need deep stacks: bytes for each worker.
const STACK: usize = 256 << 20;

/// What somebody mentions is walked in about so many turns, none shorter than this.
const TURNS: usize = 24;
const SHORTEST_TURN: usize = 32;

/// The method by which a stub class says how its framework calls an instance of a project's subclass: a root.
pub(super) const ENTRY: &str = "__entry__";

/// The method of a stub's class that is called with the name of a method before that is walked by itself.
const PREPARATION: &str = "__as_root__";

/// A place where a walk begins.
#[derive(Clone)]
pub(super) struct Root {
    pub(super) function: Arc<Function>,
    pub(super) class: Option<ClassId>,
    pub(super) kind: RootKind,
    /// Something outside of the project may call it: not only its file says what kind it is.
    pub(super) is_entry: bool,
    /// Nobody in the project mentions the function by name.
    pub(super) is_unmentioned: bool,
    /// How its receiver was made, where it is walked with one that the project makes.
    pub(super) construction: Option<Arc<Construction>>,
}

#[derive(Default)]
struct Walked {
    found: Found,
    seen: Vec<super::Seen>,
    failure: Option<(String, FileId)>,
}

/// What all walks of a run share.
#[derive(Clone, Copy)]
struct Run<'r> {
    program: &'r Program,
    options: &'r Options,
    index: &'r Index,
    replay: Option<&'r Replay<'r>>,
}

/// Walks all roots: first those without a known caller, then what these did not reach.
pub(crate) fn walk_all(
    program: &Program,
    options: &Options,
    memory: Option<Memory>,
) -> (Interpretation, Option<Memory>) {
    let (index, reads) = reads::noting(|| Index::new(program));
    let replay = memory.map(|memory| Replay::new(program, options, &index, &reads, memory));
    let found = walk_roots(Run { program, options, index: &index, replay: replay.as_ref() });
    (found, replay.and_then(Replay::memory))
}

fn walk_roots(run: Run) -> Interpretation {
    let (program, options) = (run.program, run.options);
    let (roots, words) = find_roots(program);
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK).build();
    let work = || {
        let registered = run_modules(run);
        let (entries, others): (Vec<&Root>, Vec<&Root>) = roots.iter().partition(|root| root.function.name == ENTRY);
        let mut walked: Vec<(&Root, Walked)> = walk(run, &entries);
        let reached = reached_by_others(&walked);
        let (first, rest): (Vec<&Root>, Vec<&Root>) = others
            .into_iter()
            .filter(|root| !reached.contains_key(&key(root)))
            .partition(|root| root.is_unmentioned || root.is_entry);
        walked.extend(walk(run, &first));
        let reached = reached_by_others(&walked);
        let is_registered = |root: &Root| {
            let place = (root.function.file, root.function.span.start);
            registered.iter().any(|one| one.found.visited.contains(&place))
        };
        let is_left = |root: &&Root| !reached.contains_key(&key(root)) && !is_registered(root);
        let rest: Vec<&Root> = rest.into_iter().filter(is_left).collect();
        let later = walk_in_turns(run, &rest);
        let covered = covered_by_others(&later);
        walked.extend(later.into_iter().zip(covered).filter(|(_, is_covered)| !is_covered).map(|(one, _)| one));
        let reached = reached_by_others(&walked);
        let unreached = || roots.iter().filter(|root| !reached.contains_key(&key(root)));
        let mut again = heirs::find(program, &words, unreached());
        again.extend(constructions::find(program, unreached()));
        let again = walk(run, &again.iter().collect::<Vec<_>>()).into_iter().map(|(_, one)| one);
        walked.into_iter().map(|(_, one)| one).chain(again).chain(registered).collect::<Vec<Walked>>()
    };
    let walked = match pool {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    };
    let mut result = Interpretation {
        functions: roots.iter().filter(|root| root.function.name != ENTRY).count(),
        ..Interpretation::default()
    };
    let mut sites = Vec::new();
    for one in walked {
        sites.extend(one.found.sites);
        result.knowledge.add(&one.found.knowledge);
        result.seen.extend(one.seen);
        one.found.values.into_iter().for_each(|(place, noted)| result.values.entry(place).or_default().join(noted));
        result.failures.extend(one.failure);
    }
    let reported = |site: &Site| program.files[site.place.file.0 as usize].reported;
    result.sites = super::sites::melt(sites.into_iter().filter(reported).collect());
    result.sites.par_iter_mut().for_each(|site| {
        let known = site.footprint.take();
        site.footprint = known.or_else(|| crate::orm::footprint(&program.schema, site, options.django));
    });
    result
}

type Key = (FileId, u32, Option<ClassId>);

/// A root's identity: its function, and for an entry of a framework the class it serves.
fn key(root: &Root) -> Key {
    (root.function.file, root.function.span.start, root.class.filter(|_| root.function.name == ENTRY))
}

/// The functions that walks of other roots reached, with the first root that did.
fn reached_by_others(walked: &[(&Root, Walked)]) -> FxHashMap<Key, Key> {
    let mut reached = FxHashMap::default();
    for (root, one) in walked {
        for (file, start) in &one.found.visited {
            let function = (*file, *start, None);
            if function == key(root) {
                continue;
            }
            let by = reached.entry(function).or_insert(key(root));
            *by = (*by).min(key(root));
        }
    }
    reached
}

/// Which roots others of them reached, with what these pass. In a circle the first speaks for all, and for a method an
/// earlier one or one of its own class: who calls it on an instance of a base class knows little of it.
fn covered_by_others(walked: &[(&Root, Walked)]) -> Vec<bool> {
    let numbers: FxHashMap<Key, usize> =
        walked.iter().zip(0..).map(|((root, _), number)| (key(root), number)).collect();
    let mut covered = vec![false; walked.len()];
    for (root, one) in walked {
        for (file, start) in &one.found.visited {
            let Some(number) = numbers.get(&(*file, *start, None)) else { continue };
            let (reached, back) = &walked[*number];
            let is_circle = back.found.visited.contains(&(root.function.file, root.function.span.start));
            let knows_it = reached.class.is_none() || reached.class == root.class;
            let speaks = key(root) < key(reached) || (knows_it && !is_circle);
            covered[*number] |= key(reached) != key(root) && speaks;
        }
    }
    covered
}

fn walk<'r>(run: Run, roots: &[&'r Root]) -> Vec<(&'r Root, Walked)> {
    roots.par_iter().map(|root| (*root, walk_one(run, root))).collect()
}

/// Walks roots in order, leaving out those that an earlier turn reached. The turns depend on the program alone, not on
/// the number of threads.
fn walk_in_turns<'r>(run: Run, roots: &[&'r Root]) -> Vec<(&'r Root, Walked)> {
    let mut walked: Vec<(&Root, Walked)> = Vec::new();
    let mut reached: FxHashSet<Key> = FxHashSet::default();
    for turn in roots.chunks((roots.len() / TURNS).max(SHORTEST_TURN)) {
        let left: Vec<&Root> = turn.iter().copied().filter(|root| !reached.contains(&key(root))).collect();
        let found = walk(run, &left);
        reached.extend(reached_by_others(&found).into_keys());
        walked.extend(found);
    }
    walked
}

/// Runs what the modules register with frameworks, and what they do outside of functions when they are run.
fn run_modules(run: Run) -> Vec<Walked> {
    let program = run.program;
    let walk = |module: ModuleId, walk: Walk, work: &dyn Fn(&mut Interpreter)| {
        walk_safely(run, walk, Name::new("<module>"), program.module(module).file, || {
            let mut machine = Interpreter::new(program, run.options, run.index, walk.kind);
            work(&mut machine);
            machine
        })
    };
    let about = |module: ModuleId, span: Span, kind: RootKind, what: What| {
        let place = Place { file: program.module(module).file, span };
        Walk { place, class: None, kind, is_unmentioned: true, what }
    };
    let registrations = registrations::find(program);
    let registered = registrations.par_iter().map(|one| {
        let about = about(one.module, one.expr.span, RootKind::Request, What::Registration);
        walk(one.module, Walk { class: one.class, ..about }, &|machine| machine.register(*one))
    });
    let scripts = scripts::find(program);
    let scripts = scripts.par_iter().map(|one| {
        let about = about(one.module, one.statement.span, RootKind::Background, What::Script);
        walk(one.module, about, &|machine| machine.run_script(*one))
    });
    registered.chain(scripts).collect()
}

/// Walks one root; a failure inside quell costs only this root.
fn walk_one(run: Run, root: &Root) -> Walked {
    let walk = Walk {
        place: Place { file: root.function.file, span: root.function.span },
        class: root.class,
        kind: root.kind,
        is_unmentioned: root.is_unmentioned,
        what: What::Function,
    };
    // Which receivers the project makes may be others after an edit: these walks are not taken over.
    let run = Run { replay: run.replay.filter(|_| root.construction.is_none()), ..run };
    walk_safely(run, walk, root.function.qualified, root.function.file, || {
        let mut machine = Interpreter::new(run.program, run.options, run.index, root.kind);
        if !root.is_unmentioned && root.kind == RootKind::Unknown {
            // Somebody calls it, and may have loaded anything.
            machine.assumed_certainty = Certainty::Low;
        }
        // A sender of a signal may hold anything, and so may who calls a helper in `tasks.py`.
        machine.guesses_plan = !root.is_unmentioned || is_receiver(&root.function);
        machine.begin(root);
        machine
    })
}

fn walk_safely<'p>(run: Run, walk: Walk, name: Name, file: FileId, work: impl FnOnce() -> Interpreter<'p>) -> Walked {
    // A damaged cache costs what it remembers, nothing else.
    let recall = |replay: &Replay| catch_unwind(AssertUnwindSafe(|| replay.recall(&walk))).ok().flatten();
    if let Some(found) = run.replay.and_then(recall) {
        return Walked { found, ..Walked::default() };
    }
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        let (machine, reads) = reads::noting(work);
        // A walk that ran into its bound says little about what it reached last.
        let visited = if machine.fuel > 0 && !machine.ran_out { machine.visited } else { FxHashSet::default() };
        let sites = super::sites::melt(machine.sites);
        let found = Found { sites, knowledge: machine.knowledge, visited, values: machine.noted };
        if let Some(replay) = run.replay {
            replay.keep(walk, &reads, &found);
        }
        Walked { found, seen: machine.seen, failure: None }
    }));
    attempt.unwrap_or_else(|_| Walked { failure: Some((name.to_string(), file)), ..Walked::default() })
}

impl Interpreter<'_> {
    fn begin(&mut self, root: &Root) {
        let function = &root.function;
        let Some(module) = self.program.module_of(function.file).map(|module| module.id) else { return };
        let closure = Closure { function: Arc::clone(function), module, scope: None, class: root.class };
        let place = Place { file: function.file, span: function.span };
        let served = root.class.filter(|_| function.name == ENTRY);
        let home = served.map_or(module, |class| self.program.class(class).module);
        self.at_top(home, |machine| {
            let place = served.map_or(place, |class| machine.serve(class));
            let receiver = match &root.construction {
                Some(construction) => Some(machine.constructed(construction)),
                None => root.class.and_then(|class| machine.root_receiver(class, function, place)),
            };
            if let Some(receiver) = receiver.as_ref().filter(|_| served.is_none()) {
                machine.prepare(receiver, function.name, place);
            }
            if !machine.call_by_decorators(&closure, place) {
                machine.is_uncalled = root.is_unmentioned;
                machine.call_root(&closure, receiver, place);
            }
            machine.trail.clear();
            machine.run_handed();
        });
    }

    /// What a framework sets before it calls a method of an object, as the stub's `__as_root__` says.
    fn prepare(&mut self, receiver: &Value, method: Name, place: Place) {
        self.silence += 1;
        let arguments = Arguments::of(vec![Value::text(&method)]);
        self.call_project_method(receiver, Name::new(PREPARATION), &arguments, place);
        self.silence -= 1;
    }

    /// What a framework does by itself for a class is blamed on the class, if on nothing nearer: its place.
    fn serve(&mut self, class: ClassId) -> Place {
        let syntax = &self.program.class(class).class;
        self.frame_mut().qualified = syntax.qualified;
        Place { file: syntax.file, span: syntax.span }
    }

    /// Runs code in a frame of the module, with effects recorded.
    pub(super) fn at_top(&mut self, module: crate::project::ModuleId, run: impl FnOnce(&mut Self)) {
        self.in_module(module, |machine| {
            machine.silence -= 1;
            run(machine);
            machine.silence += 1;
        });
    }

    fn root_receiver(&mut self, class: ClassId, function: &Function, place: Place) -> Option<Value> {
        use super::members::{FunctionKind, kind_of};
        match kind_of(function) {
            FunctionKind::Static => None,
            FunctionKind::Class | FunctionKind::ClassProperty => Some(Value::Class(ClassRef::Known(class))),
            _ => Some(self.assumed_instance(class, place)),
        }
    }
}

fn find_roots(program: &Program) -> (Vec<Root>, Words) {
    let mentions = Mentions::new(program);
    let mut roots = Vec::new();
    for module in program.modules.iter().filter(|module| !module.is_stub) {
        if !program.files[module.file.0 as usize].reported {
            continue;
        }
        for statement in &module.outline.body {
            functions_of(statement, &mut |function| roots.push((Arc::clone(function), None)));
        }
    }
    for class in &program.classes {
        for member in class.members.values() {
            // A class of a framework may have methods that the project put on it.
            if let Member::Function(function) | Member::Property(function) = member
                && program.files[function.file.0 as usize].reported
            {
                roots.push((Arc::clone(function), Some(class.id)));
            }
        }
        let module = program.module(class.module);
        if module.is_stub || !program.files[module.file.0 as usize].reported {
            continue;
        }
        if let Some((_, Member::Function(entry), _)) = program.member(class.id, ENTRY.into(), None) {
            roots.push((Arc::clone(entry), Some(class.id)));
        }
    }
    let mut definitions: FxHashMap<Name, u32> = FxHashMap::default();
    for (function, _) in &roots {
        *definitions.entry(function.name).or_default() += 1;
    }
    let functions: Vec<&Function> = roots.iter().map(|(function, _)| &**function).collect();
    let words = Words::new(program).with_givers(program, &functions);
    let matters = |function: &Function| {
        function.name == ENTRY || !function.decorators.is_empty() || words.matter_to(program, function)
    };
    let mut roots: Vec<Root> = roots
        .into_par_iter()
        .filter(|(function, _)| matters(function))
        .map(|(function, class)| Root {
            kind: root_kind(program, &function, class),
            is_entry: entry_kind(program, &function, class) != RootKind::Unknown,
            is_unmentioned: mentions.count(&function) <= definitions[&function.name] || function.name == ENTRY,
            function,
            class,
            construction: None,
        })
        .collect();
    roots.sort_by_key(key);
    (roots, words)
}

fn functions_of(statement: &crate::syntax::ir::Stmt, found: &mut dyn FnMut(&Arc<Function>)) {
    match &statement.kind {
        StmtKind::Function(function) => found(function),
        StmtKind::If { body, orelse, .. } => body.iter().chain(orelse).for_each(|inner| functions_of(inner, found)),
        StmtKind::Try { body, orelse, finally, .. } => {
            body.iter().chain(orelse).chain(finally).for_each(|inner| functions_of(inner, found));
        }
        _ => {}
    }
}

/// In which kind of program part a function stands, by its signature, class, decorators and file.
fn root_kind(program: &Program, function: &Function, class: Option<ClassId>) -> RootKind {
    let file = &program.files[function.file.0 as usize].shown;
    let is_background = file.contains("management/commands") || file.ends_with("tasks.py") || file.contains("/tasks/");
    if is_background && function.name != ENTRY {
        return RootKind::Background;
    }
    entry_kind(program, function, class)
}

/// As what something outside of the project calls a function, by its signature, class and decorators.
fn entry_kind(program: &Program, function: &Function, class: Option<ClassId>) -> RootKind {
    if function.name == ENTRY {
        let is_background = function.decorators.iter().any(|decorator| decorator_named(decorator, &["background"]));
        return if is_background { RootKind::Background } else { RootKind::Request };
    }
    if function.decorators.iter().any(|decorator| decorator_named(decorator, &["task", "shared_task", "receiver"])) {
        return RootKind::Background;
    }
    if function.decorators.iter().any(|one| is_route(one) || decorator_named(one, &["view_config"])) {
        return RootKind::Request;
    }
    let takes_request = function.parameters.iter().take(2).any(|parameter| parameter.name == "request");
    let is_view = class.is_some_and(|class| {
        program.class(class).mro.iter().any(|base| {
            let is_own = matches!(base, ClassRef::Known(id) if !program.is_of_stub(*id));
            let path = program.class_path(*base);
            let last = path.rsplit('.').next().unwrap_or("");
            let ends = ["View", "ViewSet", "APIView", "Serializer", "Admin", "Mixin"];
            !is_own && ends.iter().any(|end| last.ends_with(end)) && last != "Mixin"
        })
    });
    if takes_request || is_view { RootKind::Request } else { RootKind::Unknown }
}

/// `@receiver(books_imported)`
fn is_receiver(function: &Function) -> bool {
    function.decorators.iter().any(|decorator| decorator_named(decorator, &["receiver"]))
}

/// `@app.get("/books")`, `@blueprint.route("/books")`
pub(super) fn is_route(decorator: &Expr) -> bool {
    const VERBS: &[&str] = &["route", "api_route", "get", "post", "put", "patch", "delete", "websocket"];
    let ExprKind::Call { function, arguments } = &decorator.kind else { return false };
    let ExprKind::Attribute { name, .. } = &function.kind else { return false };
    let path = arguments.first().map(|argument| &argument.value.kind);
    let is_path = matches!(path, Some(ExprKind::Constant(crate::syntax::ir::Constant::Text(text))) if text.is_empty() || text.starts_with('/'));
    VERBS.contains(&name.as_str()) && is_path
}

fn decorator_named(decorator: &Expr, names: &[&str]) -> bool {
    match &decorator.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => names.contains(&name.as_str()),
        ExprKind::Call { function, .. } => decorator_named(function, names),
        _ => false,
    }
}

/// How often each identifier occurs in the project's sources.
struct Mentions<'p> {
    counts: FxHashMap<&'p str, u32>,
}

impl<'p> Mentions<'p> {
    fn new(program: &'p Program) -> Self {
        // Migrations that nobody asked for are no code. What a stub mentions, its framework calls.
        let is_code = |file: &&Arc<SourceFile>| program.by_file.contains_key(&file.id);
        let parts: Vec<FxHashMap<&'p str, u32>> =
            program.files.par_iter().filter(is_code).map(|file| identifiers(&file.text)).collect();
        let mut counts: FxHashMap<&'p str, u32> = FxHashMap::default();
        for part in parts {
            for (name, count) in part {
                *counts.entry(name).or_default() += count;
            }
        }
        Mentions { counts }
    }

    fn count(&self, function: &Function) -> u32 {
        self.counts.get(function.name.as_str()).copied().unwrap_or(0)
    }
}

fn identifiers(text: &str) -> FxHashMap<&str, u32> {
    let mut counts: FxHashMap<&str, u32> = FxHashMap::default();
    let bytes = text.as_bytes();
    let mut start = None;
    for (index, byte) in bytes.iter().enumerate() {
        let is_word = byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        match (is_word, start) {
            (true, None) => start = Some(index),
            (false, Some(from)) => {
                *counts.entry(&text[from..index]).or_default() += 1;
                start = None;
            }
            _ => {}
        }
    }
    counts
}
