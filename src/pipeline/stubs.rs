//! Stub modules: those that are compiled in, and those of the folders that the user names.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, read_text};
use crate::project::LinkModule;
use crate::source::{FileId, SourceFile};
use crate::syntax::{Name, outline};

/// Adds the stub modules after the project's own; where two have one name, the first wins: the user's.
pub(super) fn add_stubs(config: &Config, files: &mut Vec<Arc<SourceFile>>, modules: &mut Vec<LinkModule>) {
    for folder in &config.stubs {
        for path in python_files(folder) {
            let Some(name) = dotted(folder, &path) else { continue };
            let Ok(text) = read_text(&path) else { continue };
            let shown = super::steps::shown(&path);
            let file = SourceFile::new(FileId(files.len() as u32), shown, path, text, false);
            add(file, &name, files, modules);
        }
    }
    for (name, is_package, text) in crate::frameworks::stubs() {
        let path = if *is_package { format!("{name}.__init__") } else { (*name).to_owned() };
        let file = SourceFile::builtin(FileId(files.len() as u32), &path, (*text).to_owned());
        add(file, name, files, modules);
    }
}

fn add(file: SourceFile, name: &str, files: &mut Vec<Arc<SourceFile>>, modules: &mut Vec<LinkModule>) {
    let file = Arc::new(file);
    modules.push(LinkModule { outline: Arc::new(outline(&file)), name: Some(Name::new(name)), is_stub: true });
    files.push(file);
}

/// The Python files below a folder, sorted.
fn python_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            found.extend(python_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "py" || extension == "pyi") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `house.models` of `house/models.py`.
fn dotted(folder: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(folder).ok()?.with_extension("");
    let mut parts: Vec<&str> = relative.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    if parts.last() == Some(&"__init__") {
        parts.pop();
    }
    (!parts.is_empty()).then(|| parts.join("."))
}
