//! What a file is called when imported: its dotted name, from its path and the files around it.
//!
//! A regular package is imported from the first directory above it without `__init__.py`. A file outside any regular
//! package belongs to a namespace package, which starts at the nearest directory that looks like an entry of
//! `sys.path`: one with `manage.py` or `setup.py`, a `src` directory, one that holds regular packages, or the root.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;

use crate::syntax::Name;

/// The names of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleName {
    /// The name it is imported by: `shop.models`.
    pub name: Name,
    /// True for `__init__.py`.
    pub is_package: bool,
    /// The directory the name starts from, relative to the project root.
    pub import_root: Name,
    /// Other spellings, from directories that could be on `sys.path` too; longest first.
    pub aliases: Vec<Name>,
}

/// Packages that Django puts into an app; they say nothing about where imports of the app start.
const INNER_PACKAGES: &[&str] = &["migrations", "management", "templatetags", "tests", "test"];

/// Names for all Python files of a project, in the order given. The folders in `searched` are on `sys.path` although they are
/// packages.
pub fn module_names(root: &Path, paths: &[&Path], searched: &[PathBuf]) -> Vec<ModuleName> {
    let relative = |path: &Path| path.strip_prefix(root).unwrap_or(path).to_path_buf();
    let searched = searched.iter().map(|folder| relative(folder));
    let relative: Vec<PathBuf> = paths.iter().map(|path| relative(path)).collect();
    let mut layout = Layout::of(&relative);
    layout.searched.extend(searched);
    relative.iter().map(|path| layout.name(path)).collect()
}

/// Which directories are regular packages, and which are likely on `sys.path`.
#[derive(Default)]
struct Layout {
    packages: FxHashSet<PathBuf>,
    roots: FxHashSet<PathBuf>,
    /// Packages that are on `sys.path`. One that holds `manage.py` is: Python puts the directory of a script before everything
    /// else that it searches.
    searched: FxHashSet<PathBuf>,
}

impl Layout {
    fn of(paths: &[PathBuf]) -> Layout {
        let mut layout = Layout::default();
        layout.roots.insert(PathBuf::new());
        for path in paths {
            let directory = path.parent().unwrap_or(Path::new(""));
            match path.file_name().and_then(|name| name.to_str()) {
                Some("__init__.py") => drop(layout.packages.insert(directory.to_path_buf())),
                Some(script @ ("manage.py" | "setup.py")) => {
                    layout.roots.insert(directory.to_path_buf());
                    if script == "manage.py" {
                        layout.searched.insert(directory.to_path_buf());
                    }
                }
                _ => {}
            }
        }
        layout.add_roots(paths);
        layout
    }

    fn add_roots(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let sources = path.ancestors().skip(1).filter(|directory| directory.ends_with("src"));
            self.roots.extend(sources.map(Path::to_path_buf));
        }
        for package in &self.packages {
            let inner = package.file_name().is_some_and(|name| INNER_PACKAGES.iter().any(|inner| name == *inner));
            if let Some(parent) = package.parent()
                && !inner
                && !self.packages.contains(parent)
            {
                self.roots.insert(parent.to_path_buf());
            }
        }
    }

    fn name(&self, path: &Path) -> ModuleName {
        let is_package = path.ends_with("__init__.py");
        let directory = path.parent().unwrap_or(Path::new(""));
        let starts: Vec<&Path> = directory.ancestors().filter(|ancestor| !self.packages.contains(*ancestor)).collect();
        let root = starts.iter().find(|start| self.roots.contains(**start)).copied().unwrap_or(Path::new(""));
        let name = dotted(path, root);
        let searched = directory.ancestors().filter(|ancestor| self.searched.contains(*ancestor));
        let others = starts.iter().copied().chain(searched.filter(|folder| !starts.contains(folder)));
        let aliases = others.map(|start| dotted(path, start)).filter(|alias| *alias != name);
        let mut aliases: Vec<Name> = aliases.filter(|alias| !alias.is_empty()).collect();
        aliases.sort_by_key(|alias| std::cmp::Reverse(alias.len()));
        ModuleName { name, is_package, import_root: Name::new(&root.to_string_lossy()), aliases }
    }
}

/// `root/shop/models.py` seen from `root` is `shop.models`; a package is its directory.
fn dotted(path: &Path, root: &Path) -> Name {
    let inside = path.strip_prefix(root).unwrap_or(path).with_extension("");
    let mut parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "__init__") && parts.len() > 1 {
        parts.pop();
    }
    Name::new(&parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Vec<&'static str> {
        let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
        module_names(Path::new(""), &paths, &[]).iter().map(|name| name.name.as_str()).collect()
    }

    #[test]
    fn a_package_starts_below_the_first_plain_directory() {
        assert_eq!(names(&["backend/shop/__init__.py", "backend/shop/models.py"]), ["shop", "shop.models"]);
    }

    #[test]
    fn a_namespace_app_starts_beside_manage_py() {
        let paths = ["backend/manage.py", "backend/shop/models.py", "backend/shop/migrations/__init__.py"];
        assert_eq!(names(&paths)[1..], ["shop.models", "shop.migrations"]);
    }

    #[test]
    fn a_package_that_holds_manage_py_may_be_left_out_of_the_name() {
        let paths = ["site/__init__.py", "site/manage.py", "site/shop/__init__.py", "site/shop/models.py"];
        let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
        let models = &module_names(Path::new(""), &paths, &[])[3];
        assert_eq!(
            (models.name, models.aliases.as_slice()),
            (Name::new("site.shop.models"), &[Name::new("shop.models")][..])
        );
    }

    #[test]
    fn a_src_directory_is_not_part_of_the_name() {
        assert_eq!(names(&["src/shop/models.py"]), ["shop.models"]);
    }
}
