//! The files below a folder: ignore files respected, links not followed, sorted.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::kind;

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Python files that are regular files.
    pub(super) python: Vec<PathBuf>,
    /// Paths that look like Python but are no regular files.
    pub(super) irregular: Vec<PathBuf>,
    /// Template candidates.
    pub(super) templates: Vec<PathBuf>,
}

/// Lists a folder. Left-out folders are entered all the same where they lead to a `given` path; `obeys_parents` says
/// whether ignore files above the folder count.
pub(super) fn list(folder: &Path, given: &[PathBuf], obeys_parents: bool) -> Listing {
    let found = Mutex::new(Listing::default());
    let given = given.to_vec();
    let walker = WalkBuilder::new(folder)
        .require_git(false)
        .parents(obeys_parents)
        .add_custom_ignore_filename(".quellignore")
        .filter_entry(move |entry| is_entered(entry, &given))
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            if let Ok(entry) = entry
                && let Ok(mut found) = found.lock()
            {
                found.add(entry, folder);
            }
            WalkState::Continue
        })
    });
    found.into_inner().unwrap_or_default()
}

fn is_entered(entry: &DirEntry, given: &[PathBuf]) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    !is_folder
        || entry.depth() == 0
        || !kind::is_left_out(entry.path())
        || given.iter().any(|path| path.starts_with(entry.path()))
}

impl Listing {
    fn add(&mut self, entry: DirEntry, folder: &Path) {
        let Some(file_type) = entry.file_type().filter(|kind| !kind.is_dir() && !kind.is_symlink()) else { return };
        let path = entry.into_path();
        let is_python = path.extension().is_some_and(|extension| extension == "py");
        if is_python && file_type.is_file() {
            self.python.push(path);
        } else if is_python {
            self.irregular.push(path);
        } else if kind::is_template(path.strip_prefix(folder).unwrap_or(&path)) {
            self.templates.push(path);
        }
    }
}
