//! From paths on the command line to the files that are read, and which of them are reported.
//!
//! The given paths choose what is reported; the projects around them are what is read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Pattern;

use super::decode::{self, LeftOut};
use super::file::{FileId, SourceFile};
use super::kind::{FileKind, classify, classify_folder};
use super::listing::{self, Listing};
use super::root::Root;

/// What to walk.
#[derive(Clone, Debug)]
pub struct WalkOptions {
    /// Files and folders to report on; relative ones count from the working directory.
    pub paths: Vec<PathBuf>,
    /// The folder that shown paths are relative to.
    pub working_directory: PathBuf,
    /// Whether tests are reported.
    pub include_tests: bool,
    /// Whether migrations are reported.
    pub include_migrations: bool,
    /// Larger files are left out.
    pub max_bytes: u64,
    /// A file whose text is given instead of read; it need not exist.
    pub stdin: Option<(PathBuf, String)>,
    /// Files that are read and not reported, unless they are named themselves.
    pub exclude: Vec<Pattern>,
    /// The given folders are projects of their own, whatever lies around them.
    pub is_alone: bool,
}

impl WalkOptions {
    /// The default options for some paths: tests and migrations are not reported, files over 2 MiB are left out.
    pub fn new(paths: Vec<PathBuf>, working_directory: PathBuf) -> Self {
        WalkOptions {
            paths,
            working_directory,
            include_tests: false,
            include_migrations: false,
            max_bytes: 2 * 1024 * 1024,
            stdin: None,
            exclude: Vec::new(),
            is_alone: false,
        }
    }
}

/// A file that was read, and what it is.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The file.
    pub source: Arc<SourceFile>,
    /// What it is for.
    pub kind: FileKind,
    /// The project it belongs to: an index into `Walk::roots`.
    pub root: usize,
    /// A migration that nobody asked for: only what speaks of migrations reads it, and it is no code of the project.
    pub is_aside: bool,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Walk {
    /// The projects, sorted.
    pub roots: Vec<Root>,
    /// The files that were read, sorted by path; a file's id is its index.
    pub files: Vec<Entry>,
    /// Files that could not be read, sorted by path.
    pub left_out: Vec<LeftOut>,
    /// How many tests were not read.
    pub skipped_tests: usize,
    /// How many migrations were not read as code.
    pub skipped_migrations: usize,
    /// How many files below the given paths are not reported, whatever the reason.
    pub unreported: usize,
}

/// Why there is nothing to do.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WalkError {
    /// A given path is not there.
    #[error("`{path}` does not exist")]
    Missing {
        /// The path as given.
        path: String,
    },
    /// No given path holds a Python file.
    #[error("no Python files in `{path}`")]
    NoPython {
        /// The first path as given.
        path: String,
    },
}

/// Finds and reads the files of the projects around the given paths.
///
/// # Errors
/// When a given path does not exist, or when there is no Python file to report on.
pub fn walk(options: &WalkOptions) -> Result<Walk, WalkError> {
    let search = Search::new(options)?;
    let (found, templates, mut walk) = search.found();
    let mut wanted: Vec<Wanted> = found.into_iter().filter_map(|path| search.wanted(path, &mut walk)).collect();
    if !wanted.iter().any(|wanted| wanted.reported && !wanted.is_aside) && walk.unreported == 0 {
        let path = options.paths.first().map_or_else(|| ".".to_string(), |path| path.display().to_string());
        return Err(WalkError::NoPython { path });
    }
    wanted.extend(templates.into_iter().filter_map(|path| search.wanted_template(path)));
    wanted.sort_by(|one, other| one.path.cmp(&other.path));
    search.read(wanted, &mut walk);
    walk.left_out.sort();
    walk.roots = search.roots;
    Ok(walk)
}

/// A file to read.
struct Wanted {
    path: PathBuf,
    root: usize,
    kind: FileKind,
    reported: bool,
    is_aside: bool,
}

/// The options with every path made absolute.
struct Search<'o> {
    options: &'o WalkOptions,
    working_directory: PathBuf,
    given: Vec<PathBuf>,
    stdin: Option<(PathBuf, &'o str)>,
    roots: Vec<Root>,
}

impl<'o> Search<'o> {
    fn new(options: &'o WalkOptions) -> Result<Self, WalkError> {
        let working_directory = absolute(&options.working_directory, Path::new(""));
        let stdin = options.stdin.as_ref().map(|(path, text)| (absolute(&working_directory, path), text.as_str()));
        let mut given = Vec::new();
        for path in &options.paths {
            let absolute = absolute(&working_directory, path);
            if !absolute.exists() && stdin.as_ref().is_none_or(|(stdin, _)| *stdin != absolute) {
                return Err(WalkError::Missing { path: path.display().to_string() });
            }
            given.push(absolute);
        }
        if given.is_empty() {
            given.push(stdin.as_ref().map_or_else(|| working_directory.clone(), |(path, _)| path.clone()));
        }
        let roots: BTreeSet<Root> =
            given.iter().map(|path| if options.is_alone { Root::alone(path) } else { Root::of(path) }).collect();
        Ok(Search { options, working_directory, given, stdin, roots: roots.into_iter().collect() })
    }

    /// The Python files and the templates of all roots, and a walk that holds what else there is.
    fn found(&self) -> (BTreeSet<PathBuf>, BTreeSet<PathBuf>, Walk) {
        let mut listings: Vec<Listing> =
            self.roots.iter().map(|root| listing::list(&root.folder, &self.given, true)).collect();
        let listed: BTreeSet<&PathBuf> = listings.iter().flat_map(|listing| &listing.python).collect();
        let is_listed =
            |given: &PathBuf| listed.range(given.clone()..).next().is_some_and(|path| path.starts_with(given));
        // What is named is read, even where an ignore file or a hidden folder hides it.
        let hidden: Vec<&PathBuf> = self.given.iter().filter(|given| !is_listed(given)).collect();
        listings.extend(hidden.into_iter().map(|given| listing::list(given, &self.given, false)));
        let mut walk = Walk::default();
        let mut found: BTreeSet<PathBuf> = BTreeSet::new();
        let mut templates: BTreeSet<PathBuf> = BTreeSet::new();
        for listing in listings {
            found.extend(listing.python);
            templates.extend(listing.templates);
            walk.left_out.extend(listing.left_out);
        }
        walk.left_out.sort();
        walk.left_out.dedup();
        found.extend(self.stdin.iter().map(|(path, _)| path.clone()));
        (found, templates, walk)
    }

    /// Decides whether a file is read and reported; counts those that are not read.
    fn wanted(&self, path: PathBuf, walk: &mut Walk) -> Option<Wanted> {
        let root = self.root_of(&path);
        let kind = classify(self.relative(&path, root));
        let is_excluded = self.is_excluded(&path);
        let is_given = self.given.iter().any(|given| path.starts_with(given));
        let reported = self.is_reported(&path, root, kind) && !is_excluded;
        if !reported && is_given {
            walk.unreported += 1;
        }
        match kind {
            FileKind::Test if !reported => {
                walk.skipped_tests += 1;
                None
            }
            FileKind::Migration if !reported => {
                walk.skipped_migrations += 1;
                Some(Wanted { path, root, kind, reported: is_given && !is_excluded, is_aside: true })
            }
            _ => Some(Wanted { path, root, kind, reported, is_aside: false }),
        }
    }

    /// A template is read unless it belongs to tests.
    fn wanted_template(&self, path: PathBuf) -> Option<Wanted> {
        let root = self.root_of(&path);
        if classify(self.relative(&path, root)) == FileKind::Test {
            return None;
        }
        let reported = self.is_reported(&path, root, FileKind::Template);
        Some(Wanted { path, root, kind: FileKind::Template, reported, is_aside: false })
    }

    /// The innermost root that holds a path.
    fn root_of(&self, path: &Path) -> usize {
        let holding = self.roots.iter().enumerate().filter(|(_, root)| path.starts_with(&root.folder));
        holding.max_by_key(|(_, root)| root.folder.components().count()).map_or(0, |(index, _)| index)
    }

    fn relative<'p>(&self, path: &'p Path, root: usize) -> &'p Path {
        self.roots.get(root).and_then(|root| path.strip_prefix(&root.folder).ok()).unwrap_or(path)
    }

    fn is_reported(&self, path: &Path, root: usize, kind: FileKind) -> bool {
        let included = match kind {
            FileKind::Project | FileKind::Template => true,
            FileKind::Test => self.options.include_tests,
            FileKind::Migration => self.options.include_migrations,
        };
        let mut above = self.given.iter().filter(|given| path.starts_with(given));
        above.any(|given| included || given == path || self.kind_of_folder(given, root) == kind)
    }

    fn is_excluded(&self, path: &PathBuf) -> bool {
        !self.given.contains(path) && self.options.exclude.iter().any(|pattern| pattern.matches(path))
    }

    /// What a given folder is for; a root without a marker counts by its own name.
    fn kind_of_folder(&self, given: &Path, root: usize) -> FileKind {
        let relative = self.relative(given, root);
        if relative.as_os_str().is_empty() && !self.roots[root].is_marked {
            return classify_folder(Path::new(given.file_name().unwrap_or_default()));
        }
        classify_folder(relative)
    }

    /// Reads in parallel; ids follow the order of the paths.
    fn read(&self, wanted: Vec<Wanted>, walk: &mut Walk) {
        let texts: Vec<Result<String, String>> = wanted.par_iter().map(|wanted| self.text(&wanted.path)).collect();
        let mut files = Vec::with_capacity(wanted.len());
        for (wanted, text) in wanted.into_iter().zip(texts) {
            match text {
                Ok(text) => files.push((wanted, text)),
                Err(reason) => walk.left_out.push(LeftOut { path: wanted.path, reason }),
            }
        }
        walk.files =
            files.into_par_iter().enumerate().map(|(id, (wanted, text))| self.entry(id, wanted, text)).collect();
    }

    fn text(&self, path: &Path) -> Result<String, String> {
        match &self.stdin {
            Some((stdin, text)) if stdin == path => Ok(text.to_string()),
            _ => decode::read(path, self.options.max_bytes),
        }
    }

    fn entry(&self, id: usize, wanted: Wanted, text: String) -> Entry {
        let Wanted { path, root, kind, reported, is_aside } = wanted;
        let shown = shown(&path, &self.working_directory);
        let source = SourceFile::new(FileId(id as u32), shown, path, text, reported);
        Entry { source: Arc::new(source), kind, root, is_aside }
    }
}

/// The path without links where it exists; else its folder without links.
fn absolute(base: &Path, path: &Path) -> PathBuf {
    let joined = base.join(path);
    joined.canonicalize().unwrap_or_else(|_| match (joined.parent(), joined.file_name()) {
        (Some(folder), Some(name)) => folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()).join(name),
        _ => joined.clone(),
    })
}

/// The path as the user sees it: relative to the working directory where it lies below, with `/`.
fn shown(path: &Path, working_directory: &Path) -> String {
    let relative = path.strip_prefix(working_directory).unwrap_or(path);
    relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

impl Walk {
    /// The files by path.
    pub fn by_path(&self) -> BTreeMap<&Path, FileId> {
        self.files.iter().map(|entry| (entry.source.path.as_path(), entry.source.id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes files into a fresh folder.
    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x = 1\n").unwrap();
        }
        folder
    }

    fn walked(folder: &Path, paths: &[&str]) -> Walk {
        let paths = paths.iter().map(PathBuf::from).collect();
        walk(&WalkOptions::new(paths, folder.to_path_buf())).unwrap()
    }

    fn shown(walk: &Walk) -> Vec<(String, bool)> {
        walk.files.iter().map(|entry| (entry.source.shown.clone(), entry.source.reported)).collect()
    }

    #[test]
    fn the_project_is_read_and_the_given_path_reported() {
        let folder = tree(&["manage.py", "shop/models.py", "shop/tests.py", "cart/views.py", "venv/lib/a.py"]);
        let walk = walked(folder.path(), &["cart"]);
        let expected = [("cart/views.py", true), ("manage.py", false), ("shop/models.py", false)];
        assert_eq!(shown(&walk), expected.map(|(path, reported)| (path.to_string(), reported)));
        assert_eq!((walk.skipped_tests, walk.files[2].source.id), (1, FileId(2)));
    }

    #[test]
    fn a_package_without_a_project_is_read_alone() {
        let folder = tree(&["drive.py", "app/__init__.py", "app/models.py"]);
        let walk = walked(folder.path(), &["app"]);
        assert_eq!(shown(&walk).len(), 2);
        assert_eq!(walk.roots[0].module_names(&walk.files[1].source.path), ["app.models"]);
    }

    #[test]
    fn a_setup_module_inside_a_package_is_no_project() {
        let folder = tree(&["manage.py", "shop/__init__.py", "shop/setup.py", "cart/models.py"]);
        assert_eq!(shown(&walked(folder.path(), &["shop"])).len(), 4);
    }

    #[test]
    fn what_is_named_is_reported_even_when_ignored_or_a_test() {
        let folder = tree(&["setup.py", "tests/test_a.py", "tests/b.py", "made/c.py"]);
        std::fs::write(folder.path().join(".quellignore"), "made/\n").unwrap();
        assert_eq!(shown(&walked(folder.path(), &["."])), [("setup.py".to_string(), true)]);
        let walk = walked(folder.path(), &["tests", "made"]);
        assert_eq!(shown(&walk).iter().filter(|(_, reported)| *reported).count(), 3);
    }

    #[test]
    fn migrations_lie_aside_unless_they_are_asked_for() {
        let folder = tree(&["setup.py", "shop/models.py", "shop/migrations/0001_initial.py"]);
        let aside = |walk: &Walk| walk.files.iter().map(|entry| entry.is_aside).collect::<Vec<_>>();
        let walk_of = |paths: &[&str]| walked(folder.path(), paths);
        assert_eq!(aside(&walk_of(&["."])), [false, true, false]);
        assert_eq!(walk_of(&["."]).skipped_migrations, 1);
        assert_eq!(aside(&walk_of(&["shop/migrations"])), [false, false, false]);
        assert!(!walk_of(&["setup.py"]).files[1].source.reported);
    }

    #[test]
    fn text_may_stand_in_for_a_file() {
        let folder = tree(&["setup.py"]);
        let mut options = WalkOptions::new(vec!["new.py".into()], folder.path().to_path_buf());
        assert_eq!(walk(&options).unwrap_err().to_string(), "`new.py` does not exist");
        options.stdin = Some(("new.py".into(), "y = 2".into()));
        let walk = walk(&options).unwrap();
        assert_eq!(walk.files[0].source.text, "y = 2");
        assert!(walk.files[0].source.reported);
    }

    #[test]
    fn a_folder_without_python_is_an_error() {
        let folder = tree(&["notes.txt"]);
        let options = WalkOptions::new(vec![".".into()], folder.path().to_path_buf());
        assert_eq!(walk(&options).unwrap_err().to_string(), "no Python files in `.`");
    }

    #[test]
    fn tests_elsewhere_do_not_stand_in_for_python_here() {
        let folder = tree(&["setup.py", "shop/tests.py", "docs/notes.txt"]);
        let options = WalkOptions::new(vec!["docs".into()], folder.path().to_path_buf());
        assert_eq!(walk(&options).unwrap_err().to_string(), "no Python files in `docs`");
        assert_eq!(walked(folder.path(), &["shop"]).skipped_tests, 1);
    }

    #[test]
    fn what_is_excluded_is_read_and_not_reported() {
        let folder = tree(&["setup.py", "shop/models.py", "old/views.py"]);
        let base = folder.path().canonicalize().unwrap();
        let mut options = WalkOptions::new(vec![".".into()], base.clone());
        options.exclude = vec![Pattern::new(&base, "old/").unwrap()];
        let reported = shown(&walk(&options).unwrap());
        assert_eq!(reported[0], ("old/views.py".to_string(), false));
        options.paths = vec!["old/views.py".into()];
        assert_eq!(shown(&walk(&options).unwrap())[0], ("old/views.py".to_string(), true));
    }
}
