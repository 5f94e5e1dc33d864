//! The files below a folder: ignore files respected, links not followed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, Error, WalkBuilder, WalkState};

use super::decode::LeftOut;
use super::kind;

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Python files that are regular files.
    pub(super) python: Vec<PathBuf>,
    /// Folders that can't be listed, and paths that look like Python but are no regular files.
    pub(super) left_out: Vec<LeftOut>,
    /// Template candidates.
    pub(super) templates: Vec<PathBuf>,
}

/// The ignore file of our own.
const OWN_IGNORE: &str = ".quellignore";

/// Bytes: a larger ignore file is none that people write.
const LARGEST_IGNORE: u64 = 1 << 20;

/// Lists a folder. Left-out folders are entered all the same where they lead to a `given` path; `obeys_parents` says
/// whether ignore files above the folder count.
pub(super) fn list(folder: &Path, given: &[PathBuf], obeys_parents: bool) -> Listing {
    if let Some(left_out) = strange_ignore_file(folder) {
        return Listing { left_out: vec![left_out], ..Listing::default() };
    }
    let strange = Arc::new(Mutex::new(Vec::new()));
    let noted = strange.clone();
    let found = Mutex::new(Listing::default());
    let given = given.to_vec();
    let walker = WalkBuilder::new(folder)
        .require_git(false)
        .parents(obeys_parents)
        .add_custom_ignore_filename(OWN_IGNORE)
        .filter_entry(move |entry| is_entered(entry, &given) && !is_strange(entry, &noted))
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            if let Ok(mut found) = found.lock() {
                match entry {
                    Ok(entry) => found.add(entry, folder),
                    Err(error) => found.left_out.extend(unlisted(&error)),
                }
            }
            WalkState::Continue
        })
    });
    let mut listing = found.into_inner().unwrap_or_default();
    listing.left_out.extend(strange.lock().map(|mut strange| std::mem::take(&mut *strange)).unwrap_or_default());
    listing
}

/// A folder that can't be read, and why.
fn unlisted(error: &Error) -> Option<LeftOut> {
    let mut innermost = error;
    let mut path = None;
    while let Error::WithPath { err, .. } | Error::WithDepth { err, .. } = innermost {
        if let Error::WithPath { path: found, .. } = innermost {
            path = Some(found.clone());
        }
        innermost = err;
    }
    Some(LeftOut { path: path?, reason: innermost.to_string() })
}

/// Whether the walk would read an ignore file that it must not; notes it.
fn is_strange(entry: &DirEntry, noted: &Mutex<Vec<LeftOut>>) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let Some(left_out) = is_folder.then(|| strange_ignore_file(entry.path())).flatten() else { return false };
    if let Ok(mut noted) = noted.lock() {
        noted.push(left_out);
    }
    true
}

/// An ignore file that is a pipe, a link to a device, or endless: the walker would read it to its end.
fn strange_ignore_file(folder: &Path) -> Option<LeftOut> {
    [".gitignore", ".ignore", OWN_IGNORE].into_iter().find_map(|name| {
        let found = fs::metadata(folder.join(name)).ok()?;
        let is_plain = found.is_file() && found.len() <= LARGEST_IGNORE;
        let reason = format!("its `{name}` is not a regular file of at most {LARGEST_IGNORE} bytes");
        (!is_plain).then(|| LeftOut { path: folder.to_owned(), reason })
    })
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
            self.left_out.push(LeftOut { path, reason: "not a regular file".to_owned() });
        } else if kind::is_template(path.strip_prefix(folder).unwrap_or(&path)) {
            self.templates.push(path);
        }
    }
}
