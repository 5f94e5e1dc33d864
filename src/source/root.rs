//! Which folder a path on the command line belongs to: the enclosing project, found by its markers.

use std::path::{Path, PathBuf};

/// Files and folders that mark a project's root.
const MARKERS: &[&str] = &["quell.toml", "pyproject.toml", "setup.py", "setup.cfg", "manage.py", ".git"];

/// How many levels above a given path a marker may lie.
const MAX_LEVELS: usize = 12;

/// A project: what is read for some paths on the command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    /// The folder that is listed.
    pub folder: PathBuf,
    /// The folder that module names count from: `folder`, or above it where `folder` itself is a package and nothing
    /// marks a project.
    pub import_base: PathBuf,
    /// Whether a marker such as `pyproject.toml` says that this is a project.
    pub is_marked: bool,
}

impl Root {
    /// The project that encloses an absolute path.
    pub fn of(path: &Path) -> Root {
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
        let limits = limits();
        let candidates = folder.ancestors().take(MAX_LEVELS + 1);
        for candidate in candidates.take_while(|candidate| !limits.iter().any(|limit| limit == candidate)) {
            if MARKERS.iter().any(|marker| marks(candidate, marker)) {
                return Root { folder: candidate.to_path_buf(), import_base: candidate.to_path_buf(), is_marked: true };
            }
        }
        let folder = if path.is_dir() { folder } else { nearest_code(folder).unwrap_or(folder) };
        Root { folder: folder.to_path_buf(), import_base: import_base(folder), is_marked: false }
    }

    /// A folder that is a project of its own, whatever lies around it.
    pub fn alone(path: &Path) -> Root {
        Root { folder: path.to_path_buf(), import_base: path.to_path_buf(), is_marked: true }
    }

    /// The dotted names under which a file of this project may be imported: from the import base, and from its
    /// nearest ancestor that is no package (`src/shop/models.py` is `src.shop.models` and `shop.models`).
    pub fn module_names(&self, path: &Path) -> Vec<String> {
        let outside = path.parent().map(import_base);
        let bases = [Some(self.import_base.clone()), outside.filter(|base| base.starts_with(&self.import_base))];
        let mut names: Vec<String> = bases.into_iter().flatten().filter_map(|base| dotted(&base, path)).collect();
        names.dedup();
        names
    }
}

/// Whether a file marks a folder as a project; a `setup.py` inside a package is a module like any other.
fn marks(folder: &Path, marker: &str) -> bool {
    folder.join(marker).exists() && !(marker == "setup.py" && folder.join("__init__.py").is_file())
}

/// The first folder at or above the one of a file that holds Python files: a template lies deeper.
fn nearest_code(folder: &Path) -> Option<&Path> {
    let limits = limits();
    let within = folder.ancestors().take(MAX_LEVELS + 1).take_while(|one| !limits.iter().any(|limit| limit == one));
    let is_code = |entry: std::fs::DirEntry| entry.path().extension().is_some_and(|extension| extension == "py");
    within.into_iter().find(|one| one.read_dir().is_ok_and(|entries| entries.flatten().any(is_code)))
}

/// The first folder at or above this one that is no package.
fn import_base(folder: &Path) -> PathBuf {
    let mut ancestors = folder.ancestors().take(MAX_LEVELS + 1);
    ancestors.find(|ancestor| !ancestor.join("__init__.py").is_file()).unwrap_or(folder).to_path_buf()
}

fn dotted(base: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(base).ok()?.with_extension("");
    let mut parts: Vec<&str> = relative.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    if parts.last() == Some(&"__init__") {
        parts.pop();
    }
    (!parts.is_empty()).then(|| parts.join("."))
}

/// Folders too wide to be a project, whatever they hold.
fn limits() -> Vec<PathBuf> {
    let home = std::env::home_dir().unwrap_or_default();
    let wide = [PathBuf::from("/"), PathBuf::from("/tmp"), std::env::temp_dir(), home];
    wide.into_iter().flat_map(|path| [path.canonicalize().unwrap_or_default(), path]).collect()
}
