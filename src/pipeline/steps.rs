//! The steps as the pipeline needs them: the one file that knows the signatures of the folders below.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::configure::{Configured, version};
use super::settings::{PipelineError, Settings};
use super::stubs::add_stubs;
use crate::config::{Config, Library, Version};
use crate::domain::{Place, RootKind, Site, Why};
use crate::interpret::{Memory, Silence};
use crate::project::{LinkInput, LinkModule, Migration, Orm, Program};
use crate::report::{Knowledge, Line, Reason, Skipped};
use crate::rules::{Note, Written};
use crate::source::{FileId, FileKind, LeftOut, Root, SourceFile, WalkOptions, walk};
use crate::syntax::ir::Function;
use crate::syntax::{functions, outline};

/// Bytes of stack for each thread that parses.
const STACK: usize = 32 << 20;

/// The files of a run, in order of their ids, and the projects they belong to.
pub(super) struct Read {
    pub projects: Vec<Project>,
    pub files: Vec<Arc<SourceFile>>,
    /// Migrations that are no code of their project.
    pub aside: FxHashSet<FileId>,
    pub skipped: Skipped,
    pub notes: Vec<Note>,
}

/// One project and its files.
pub(super) struct Project {
    /// The folder that was listed.
    pub folder: PathBuf,
    /// The folder that module names count from.
    pub root: PathBuf,
    pub sources: Vec<Arc<SourceFile>>,
    pub templates: Vec<FileId>,
    pub migrations: Vec<Migration>,
}

/// What the interpreter found out about one project.
pub(super) struct Interpreted {
    pub sites: Vec<Site>,
    /// Code that breaks a rule.
    pub written: Vec<(&'static str, Site)>,
    pub knowledge: Knowledge,
    pub functions: usize,
    pub notes: Vec<Note>,
}

/// Finds and reads the files.
pub(super) fn read(settings: &Settings, configured: &Configured) -> Result<Read, PipelineError> {
    let walked = walk(&options(settings, configured)?)?;
    let mut projects: Vec<Project> = walked.roots.iter().map(project).collect();
    let mut aside = FxHashSet::default();
    for entry in &walked.files {
        let project = &mut projects[entry.root];
        let is_stub = |folder: &PathBuf| entry.source.path.starts_with(folder);
        let is_migration = entry.kind == FileKind::Migration;
        if is_migration || is_revision(&entry.source.text) {
            let is_asked_for = is_migration && !entry.is_aside;
            project.migrations.push(Migration { file: entry.source.id, is_asked_for });
        }
        if entry.is_aside {
            aside.insert(entry.source.id);
        } else if entry.kind == FileKind::Template {
            project.templates.push(entry.source.id);
        } else if !configured.of(&project.folder).stubs.iter().any(is_stub) {
            project.sources.push(entry.source.clone());
        }
    }
    let files = walked.files.iter().map(|entry| entry.source.clone()).collect();
    let skipped = Skipped { tests: walked.skipped_tests, migrations: walked.skipped_migrations };
    Ok(Read { projects, files, aside, skipped, notes: walked.left_out.iter().map(left_out).collect() })
}

/// Whether a file is a revision of Alembic, whatever its folder is called.
fn is_revision(text: &str) -> bool {
    text.contains("\ndown_revision") && text.contains("alembic")
}

fn project(root: &Root) -> Project {
    Project {
        folder: root.folder.clone(),
        root: root.import_base.clone(),
        sources: Vec::new(),
        templates: Vec::new(),
        migrations: Vec::new(),
    }
}

fn options(settings: &Settings, configured: &Configured) -> Result<WalkOptions, PipelineError> {
    let text = |(path, bytes): &(PathBuf, Vec<u8>)| (path.clone(), String::from_utf8_lossy(bytes).into_owned());
    Ok(WalkOptions {
        paths: configured.paths.clone(),
        working_directory: std::env::current_dir()?,
        include_tests: settings.include_tests,
        include_migrations: settings.include_migrations,
        max_bytes: settings.max_file_size,
        stdin: settings.stdin.as_ref().map(text),
        exclude: configured.excluded(),
        is_alone: settings.is_alone,
    })
}

fn left_out(left_out: &LeftOut) -> Note {
    Note {
        file: Some(shown(&left_out.path)),
        line: None,
        kind: "left-out",
        message: format!("left out: {}", left_out.reason),
    }
}

/// The path as the user sees it: relative to the working directory where it lies below.
pub(super) fn shown(path: &Path) -> String {
    let working_directory = std::env::current_dir().and_then(|folder| folder.canonicalize()).unwrap_or_default();
    let relative = path.strip_prefix(working_directory).unwrap_or(path);
    relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Reads the outlines of a project; bodies wait until somebody asks.
pub(super) fn parse(project: Project, files: &[Arc<SourceFile>], config: &Config) -> LinkInput {
    let module = |source| LinkModule { outline: Arc::new(outline(source)), name: None, is_stub: false };
    let mut modules: Vec<LinkModule> = on_deep_stacks(|| project.sources.par_iter().map(module).collect());
    let mut files = files.to_vec();
    add_stubs(config, &mut files, &mut modules);
    LinkInput { root: project.root, files, modules, templates: project.templates, migrations: project.migrations }
}

/// Runs work on threads whose stacks hold code that is nested as deep as quell follows it, in debug builds too.
fn on_deep_stacks<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// A note for each block of the reported files that does not parse.
pub(super) fn syntax_notes(parsed: &LinkInput, files: &[Arc<SourceFile>]) -> Vec<Note> {
    let mut notes = Vec::new();
    for outline in parsed.modules.iter().map(|module| &module.outline) {
        let Some(source) = files.get(outline.file.0 as usize).filter(|source| source.reported) else { continue };
        notes.extend(outline.errors.iter().map(|problem| Note {
            file: Some(source.shown.clone()),
            line: Some(source.line_column(problem.span.start).line),
            kind: "syntax-error",
            message: format!("{}: its block is left out", problem.message),
        }));
    }
    notes
}

/// Links a project.
pub(super) fn link(parsed: LinkInput) -> Program {
    crate::project::link(parsed)
}

/// Runs the interpreter on what the last run left, and gives what this one leaves.
pub(super) fn interpret(
    program: &Program,
    django: Version,
    written: &Written,
    memory: Option<Memory>,
) -> (Interpreted, Option<Memory>) {
    let options = crate::interpret::Options { django, asked: written.asked(), ..crate::interpret::Options::default() };
    let (found, memory) = match memory {
        None => (crate::interpret::interpret(program, &options), None),
        Some(memory) => crate::interpret::interpret_again(program, &options, memory),
    };
    let failed = |(function, file): &(String, FileId)| Note {
        file: program.files.get(file.0 as usize).map(|file| file.shown.clone()),
        line: None,
        kind: "internal",
        message: format!("quell failed inside {function}: the function is left out"),
    };
    let interpreted = Interpreted {
        notes: found.failures.iter().map(failed).chain(body_notes(program)).collect(),
        knowledge: knowledge(program, &found.knowledge),
        functions: found.functions,
        written: written.sites(program, &found.values),
        sites: found.sites.into_iter().chain(crate::orm::remarks(program)).collect(),
    };
    (interpreted, memory)
}

/// What was assumed about the versions of the libraries whose models the project has.
pub(super) fn version_notes(program: &Program, settings: &Settings, config: &Config, folder: &Path) -> Vec<Note> {
    let has_models = |orm: Orm| {
        let is_own = |class| !program.is_of_stub(class);
        program.schema.models.iter().any(|model| model.orm == orm && is_own(model.class))
    };
    let libraries = [(Library::Django, Orm::Django), (Library::SqlAlchemy, Orm::SqlAlchemy)];
    let note = |(library, _): (Library, Orm)| {
        let target = version(library, settings, config, folder);
        let (major, minor) = target.version;
        let message = format!("assumes {} {major}.{minor}: {}", library.name(), target.from);
        Note { file: None, line: None, kind: "assumed", message }
    };
    libraries.into_iter().filter(|(_, orm)| has_models(*orm)).map(note).collect()
}

/// Sets the place of the sites in files for which the configuration says one.
pub(super) fn place(sites: &mut [Site], program: &Program, config: &Config) {
    if config.per_path.is_empty() {
        return;
    }
    for site in sites {
        let path = program.files.get(site.place.file.0 as usize).map(|source| &source.path);
        let set = path.and_then(|path| config.place(path)).and_then(RootKind::from_word);
        site.root = set.unwrap_or(site.root);
    }
}

/// What is known, the most frequent reason for silence first.
fn knowledge(program: &Program, found: &crate::interpret::Knowledge) -> Knowledge {
    let line = |place: &Place| {
        let file = program.files.get(place.file.0 as usize)?;
        Some(Line { file: file.shown.clone(), line: file.line_column(place.span.start).line })
    };
    let reason = |(why, silence): (&Why, &Silence)| Reason {
        reason: why.in_words(),
        count: silence.count as usize,
        places: silence.places.iter().filter_map(line).collect(),
    };
    let mut knowledge = Knowledge::default();
    knowledge.extend(Knowledge {
        row_reads: found.row_reads as usize,
        understood: found.understood as usize,
        reasons: found.reasons.iter().map(reason).collect(),
    });
    knowledge
}

/// A note for each function of the reported files whose body was asked for and does not parse.
fn body_notes(program: &Program) -> Vec<Note> {
    let own = program.modules.iter().filter(|module| !module.is_stub);
    own.flat_map(|module| functions(&module.outline)).flat_map(|function| notes_of_body(program, function)).collect()
}

fn notes_of_body(program: &Program, function: &Function) -> Vec<Note> {
    let source = program.files.get(function.file.0 as usize).filter(|source| source.reported);
    let Some(source) = source.filter(|_| function.body.is_lowered()) else { return Vec::new() };
    let note = |problem: &crate::syntax::ir::SyntaxProblem| Note {
        file: Some(source.shown.clone()),
        line: Some(source.line_column(problem.span.start).line),
        kind: "syntax-error",
        message: format!("{}: the body of `{}` is left out", problem.message, function.qualified),
    };
    function.body.lowered().problems.iter().map(note).collect()
}
