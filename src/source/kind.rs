//! What a path says about a file: project code, a test, a migration, a template, or nothing to read.

use std::ffi::OsStr;
use std::path::Path;

/// What a Python file is for, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// Code of the project.
    Project,
    /// A test or what tests share.
    Test,
    /// A database migration.
    Migration,
    /// A template: no Python.
    Template,
}

/// Classifies a path, which is taken relative to the project root so that a root inside `tests/` counts as a project.
pub(crate) fn classify(relative: &Path) -> FileKind {
    let parts: Vec<&str> = relative.iter().filter_map(OsStr::to_str).collect();
    let Some((file, folders)) = parts.split_last() else { return FileKind::Project };
    if folders.iter().any(|folder| is_test_folder(folder)) || is_test_file(file) {
        return FileKind::Test;
    }
    let in_alembic = folders.windows(2).any(|pair| pair == ["alembic", "versions"]);
    if in_alembic || folders.contains(&"migrations") { FileKind::Migration } else { FileKind::Project }
}

/// What a folder named on the command line is for.
pub(super) fn classify_folder(relative: &Path) -> FileKind {
    classify(&relative.join("_"))
}

fn is_test_folder(name: &str) -> bool {
    matches!(name, "tests" | "test" | "testing" | "unittests" | "functional_tests" | "integration_tests")
}

fn is_test_file(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".py") else { return false };
    stem == "tests" || stem == "conftest" || stem.starts_with("test_") || stem.ends_with("_test")
}

/// Whether a path may be a template: a text file below a template folder.
pub(super) fn is_template(relative: &Path) -> bool {
    let extension = relative.extension().and_then(OsStr::to_str).unwrap_or_default();
    matches!(extension, "html" | "htm" | "txt" | "xml" | "jinja" | "jinja2" | "j2")
        && relative.iter().any(|part| part == "templates" || part == "jinja2")
}

/// Folders that never hold code of the project.
pub(super) fn is_left_out(folder: &Path) -> bool {
    let name = folder.file_name().and_then(OsStr::to_str).unwrap_or_default();
    match name {
        ".venv" | "venv" | "site-packages" | "node_modules" | "__pycache__" | ".git" | ".hg" | ".svn" | ".tox"
        | ".nox" | ".eggs" | ".quell_cache" => true,
        "build" | "dist" => !folder.join("__init__.py").is_file(),
        _ => folder.join("pyvenv.cfg").is_file(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_classified() {
        let kind = |path: &str| classify(Path::new(path));
        assert_eq!(kind("shop/models.py"), FileKind::Project);
        assert_eq!(kind("shop/latest.py"), FileKind::Project);
        assert_eq!(kind("shop/tests.py"), FileKind::Test);
        assert_eq!(kind("shop/tests/factories.py"), FileKind::Test);
        assert_eq!(kind("conftest.py"), FileKind::Test);
        assert_eq!(kind("shop/migrations/0001_initial.py"), FileKind::Migration);
        assert_eq!(kind("alembic/versions/1a.py"), FileKind::Migration);
        assert_eq!(classify_folder(Path::new("shop/tests")), FileKind::Test);
    }

    #[test]
    fn templates_lie_in_template_folders() {
        assert!(is_template(Path::new("shop/templates/shop/list.html")));
        assert!(!is_template(Path::new("shop/static/list.html")));
        assert!(!is_template(Path::new("shop/templates/logo.png")));
    }
}
