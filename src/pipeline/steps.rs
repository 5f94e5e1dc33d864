//! The steps as the pipeline needs them: the one file that knows the signatures of the folders below.

use std::path::Path;
use std::sync::Arc;

use super::settings::{PipelineError, Settings};
use crate::domain::Site;
use crate::project::Program;
use crate::report::Knowledge;
use crate::rules::Note;
use crate::source::{FileId, SourceFile};

/// Source files in order of their ids.
pub(super) struct Read {
    pub sources: Vec<Arc<SourceFile>>,
    pub notes: Vec<Note>,
}

/// The linked program, with what could not be parsed.
pub(super) struct Linked {
    pub program: Program,
    pub notes: Vec<Note>,
}

/// What the interpreter found out.
pub(super) struct Interpreted {
    pub sites: Vec<Site>,
    pub knowledge: Knowledge,
    pub functions: usize,
    pub notes: Vec<Note>,
}

/// Finds and reads the files.
pub(super) fn read(settings: &Settings) -> Result<Read, PipelineError> {
    for path in &settings.paths {
        if !path.exists() && settings.stdin.is_none() {
            return Err(PipelineError::Missing(path.clone()));
        }
    }
    let mut paths: Vec<_> = settings.paths.iter().flat_map(|path| python_files(path)).collect();
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        let shown = settings.paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>();
        return Err(PipelineError::NoPython(shown.join(", ")));
    }
    let mut read = Read { sources: Vec::new(), notes: Vec::new() };
    for path in paths {
        let shown = path.to_string_lossy().into_owned();
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let id = FileId(read.sources.len() as u32);
                read.sources.push(Arc::new(SourceFile::new(id, shown, path, text, true)));
            }
            Err(error) => read.notes.push(Note {
                file: Some(shown),
                line: None,
                kind: "left-out",
                message: format!("left out: {error}"),
            }),
        }
    }
    Ok(read)
}

fn python_files(path: &Path) -> Vec<std::path::PathBuf> {
    let entries = ignore::WalkBuilder::new(path).build().flatten().map(|entry| entry.into_path());
    entries.filter(|path| path.is_file() && path.extension().is_some_and(|end| end == "py" || end == "pyi")).collect()
}

/// Parses and links.
pub(super) fn link(sources: Vec<Arc<SourceFile>>, _settings: &Settings) -> Linked {
    Linked { program: Program { files: sources, ..Program::default() }, notes: Vec::new() }
}

/// Runs the interpreter.
pub(super) fn interpret(_program: &Program, _settings: &Settings) -> Interpreted {
    Interpreted { sites: Vec::new(), knowledge: Knowledge::default(), functions: 0, notes: Vec::new() }
}
