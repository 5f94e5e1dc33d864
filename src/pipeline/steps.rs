//! The steps as the pipeline needs them: the one file that knows the signatures of the folders below.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::settings::{PipelineError, Settings};
use crate::domain::Site;
use crate::project::{LinkInput, LinkModule, Program};
use crate::report::Knowledge;
use crate::rules::Note;
use crate::source::{FileId, SourceFile};
use crate::syntax::{Name, outline};

/// The files of a run, in order of their ids, and the projects they belong to.
pub(super) struct Read {
    pub projects: Vec<Project>,
    pub files: Vec<Arc<SourceFile>>,
    pub notes: Vec<Note>,
}

/// One project: its root and its files.
pub(super) struct Project {
    pub root: PathBuf,
    pub sources: Vec<Arc<SourceFile>>,
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
    if let Some(missing) = settings.paths.iter().find(|path| !path.exists() && settings.stdin.is_none()) {
        return Err(PipelineError::Missing(missing.clone()));
    }
    let mut paths: Vec<_> = settings.paths.iter().flat_map(|path| python_files(path)).collect();
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        let shown = settings.paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>();
        return Err(PipelineError::NoPython(shown.join(", ")));
    }
    let mut read = Read { projects: Vec::new(), files: Vec::new(), notes: Vec::new() };
    for path in paths {
        let shown = path.strip_prefix(".").unwrap_or(&path).to_string_lossy().into_owned();
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let id = FileId(read.files.len() as u32);
                read.files.push(Arc::new(SourceFile::new(id, shown, path, text, true)));
            }
            Err(error) => read.notes.push(Note {
                file: Some(shown),
                line: None,
                kind: "left-out",
                message: format!("left out: {error}"),
            }),
        }
    }
    let root = settings.paths.first().cloned().unwrap_or_default();
    read.projects.push(Project { root, sources: read.files.clone() });
    Ok(read)
}

fn python_files(path: &Path) -> Vec<PathBuf> {
    let entries = ignore::WalkBuilder::new(path).build().flatten().map(|entry| entry.into_path());
    entries.filter(|path| path.is_file() && path.extension().is_some_and(|end| end == "py")).collect()
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
    LinkInput { root: project.root, files, modules }
}

/// A note for each block that does not parse.
pub(super) fn syntax_notes(parsed: &LinkInput, files: &[Arc<SourceFile>]) -> Vec<Note> {
    let mut notes = Vec::new();
    for outline in parsed.modules.iter().map(|module| &module.outline) {
        let Some(source) = files.get(outline.file.0 as usize) else { continue };
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
