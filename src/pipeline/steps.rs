//! The steps as the pipeline needs them: the one file that knows the signatures of the folders below.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::settings::{PipelineError, Settings};
use crate::domain::Site;
use crate::project::{LinkInput, LinkModule, Program};
use crate::report::Knowledge;
use crate::rules::Note;
use crate::source::{FileId, FileKind, LeftOut, Root, SourceFile, WalkOptions, walk};
use crate::syntax::{Name, outline};

/// The files of a run, in order of their ids, and the projects they belong to.
pub(super) struct Read {
    pub projects: Vec<Project>,
    pub files: Vec<Arc<SourceFile>>,
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
}

/// What the interpreter found out about one project.
pub(super) struct Interpreted {
    pub sites: Vec<Site>,
    pub knowledge: Knowledge,
    pub functions: usize,
    pub notes: Vec<Note>,
}

/// Finds and reads the files.
pub(super) fn read(settings: &Settings) -> Result<Read, PipelineError> {
    let walked = walk(&options(settings)?)?;
    let mut projects: Vec<Project> = walked.roots.iter().map(project).collect();
    for entry in &walked.files {
        match entry.kind {
            FileKind::Template => projects[entry.root].templates.push(entry.source.id),
            _ => projects[entry.root].sources.push(entry.source.clone()),
        }
    }
    let files = walked.files.iter().map(|entry| entry.source.clone()).collect();
    Ok(Read { projects, files, notes: walked.left_out.iter().map(left_out).collect() })
}

fn project(root: &Root) -> Project {
    Project { folder: root.folder.clone(), root: root.import_base.clone(), sources: Vec::new(), templates: Vec::new() }
}

fn options(settings: &Settings) -> Result<WalkOptions, PipelineError> {
    let text = |(path, bytes): &(PathBuf, Vec<u8>)| (path.clone(), String::from_utf8_lossy(bytes).into_owned());
    Ok(WalkOptions {
        paths: settings.paths.clone(),
        working_directory: std::env::current_dir()?,
        include_tests: settings.include_tests,
        include_migrations: settings.include_migrations,
        max_bytes: settings.max_file_size,
        stdin: settings.stdin.as_ref().map(text),
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
fn shown(path: &Path) -> String {
    let working_directory = std::env::current_dir().and_then(|folder| folder.canonicalize()).unwrap_or_default();
    let relative = path.strip_prefix(working_directory).unwrap_or(path);
    relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Reads the outlines of a project; bodies wait until somebody asks.
pub(super) fn parse(project: Project, files: &[Arc<SourceFile>]) -> LinkInput {
    let outlines = project.sources.par_iter().map(outline);
    let module = |outline| LinkModule { outline: Arc::new(outline), name: None, is_stub: false };
    let mut modules: Vec<LinkModule> = outlines.map(module).collect();
    let mut files = files.to_vec();
    for (name, is_package, text) in crate::frameworks::stubs() {
        let path = if *is_package { format!("{name}.__init__") } else { (*name).to_owned() };
        let file = Arc::new(SourceFile::builtin(FileId(files.len() as u32), &path, (*text).to_owned()));
        let outline = Arc::new(outline(&file));
        files.push(file);
        modules.push(LinkModule { outline, name: Some(Name::new(name)), is_stub: true });
    }
    LinkInput { root: project.root, files, modules, templates: project.templates }
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

/// Runs the interpreter.
pub(super) fn interpret(program: &Program, _settings: &Settings) -> Interpreted {
    let found = crate::interpret::interpret(program, &crate::interpret::Options::default());
    let failed = |(function, file): &(String, FileId)| Note {
        file: program.files.get(file.0 as usize).map(|file| file.shown.clone()),
        line: None,
        kind: "internal",
        message: format!("quell failed inside {function}: the function is left out"),
    };
    Interpreted {
        notes: found.failures.iter().map(failed).collect(),
        knowledge: Knowledge::default(),
        functions: found.functions,
        sites: found.sites,
    }
}
