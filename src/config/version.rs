//! Which version of a library a project is written for: from lock files, requirements, `pyproject.toml`, or what is
//! installed.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Version;
use super::find::text_of;
use super::requirement::{allows, constraint_on, exact, is_same};

/// A library whose version matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// Django
    Django,
    /// SQLAlchemy
    SqlAlchemy,
}

/// A version and what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Major and minor number.
    pub version: Version,
    /// The file's name, or other words.
    pub from: String,
}

impl Library {
    /// The name people write.
    pub fn name(self) -> &'static str {
        match self {
            Library::Django => "Django",
            Library::SqlAlchemy => "SQLAlchemy",
        }
    }

    /// The minor versions that a requirement may mean, the newest first.
    fn versions(self) -> &'static [Version] {
        match self {
            Library::Django => {
                &[(6, 1), (6, 0), (5, 2), (5, 1), (5, 0), (4, 2), (4, 1), (4, 0), (3, 2), (3, 1), (3, 0), (2, 2)]
            }
            Library::SqlAlchemy => &[(2, 1), (2, 0), (1, 4), (1, 3)],
        }
    }

    /// What is assumed when nothing says more.
    pub fn fallback(self) -> Target {
        let version = match self {
            Library::Django => (5, 2),
            Library::SqlAlchemy => (2, 0),
        };
        Target { version, from: "nothing names a version".to_owned() }
    }
}

/// The version that the files in a project's folder name; the surest source first.
pub fn target(library: Library, folder: &Path, venv: Option<&Path>) -> Option<Target> {
    let sources: [&dyn Fn() -> Option<Target>; 5] = [
        &|| locked(library, folder),
        &|| pipfile(library, folder),
        &|| required(library, folder),
        &|| declared(library, folder),
        &|| installed(library, folder, venv),
    ];
    sources.into_iter().find_map(|source| source())
}

/// `poetry.lock` and `uv.lock`: `[[package]]` tables.
fn locked(library: Library, folder: &Path) -> Option<Target> {
    ["poetry.lock", "uv.lock", "pdm.lock"].into_iter().find_map(|name| {
        let text = text_of(folder, &folder.join(name))?;
        let mut lines = text.lines();
        lines.find(|line| quoted(line, "name").is_some_and(|package| is_same(package, library.name())))?;
        let version = exact(lines.take_while(|line| !line.starts_with('[')).find_map(|line| quoted(line, "version"))?)?;
        Some(Target { version, from: name.to_owned() })
    })
}

/// `5.2` of `version = "5.2"`.
fn quoted<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    Some(line.strip_prefix(key)?.trim_start().strip_prefix('=')?.trim().trim_matches('"'))
}

fn pipfile(library: Library, folder: &Path) -> Option<Target> {
    let name = "Pipfile.lock";
    let document: serde_json::Value = serde_json::from_str(&text_of(folder, &folder.join(name))?).ok()?;
    let packages = document.get("default")?.as_object()?;
    let (_, package) = packages.iter().find(|(package, _)| is_same(package, library.name()))?;
    Some(Target { version: exact(package.get("version")?.as_str()?)?, from: name.to_owned() })
}

/// `requirements*.txt` here, and the files of `requirements/`.
fn required(library: Library, folder: &Path) -> Option<Target> {
    let mut files = text_files(folder, "requirements");
    files.extend(text_files(&folder.join("requirements"), ""));
    files.into_iter().find_map(|path| {
        let text = text_of(folder, &path)?;
        let constraint = text.lines().find_map(|line| constraint_on(line, library.name()))?;
        let from = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        Some(Target { version: newest(library, constraint)?, from })
    })
}

/// The `.txt` and `.in` files of a folder with some beginning, the shortest names first.
fn text_files(folder: &Path, beginning: &str) -> Vec<PathBuf> {
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with(beginning) && (name.ends_with(".txt") || name.ends_with(".in"))
    };
    let mut files: Vec<PathBuf> = children(folder).into_iter().filter(is_wanted).collect();
    files.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    files
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// The newest version that a constraint allows; none where it says nothing.
fn newest(library: Library, constraint: &str) -> Option<Version> {
    if constraint.is_empty() || constraint == "*" {
        return None;
    }
    library.versions().iter().copied().find(|version| allows(constraint, *version))
}

/// The dependencies of `pyproject.toml`: the standard's list, else Poetry's table.
fn declared(library: Library, folder: &Path) -> Option<Target> {
    let name = "pyproject.toml";
    let document: Table = text_of(folder, &folder.join(name))?.parse().ok()?;
    let constraint = listed(&document, library).or_else(|| of_poetry(&document, library))?;
    Some(Target { version: newest(library, &constraint)?, from: name.to_owned() })
}

fn listed(document: &Table, library: Library) -> Option<String> {
    let project = document.get("project")?.as_table()?;
    let always = project.get("dependencies").and_then(Value::as_array);
    let optional = project.get("optional-dependencies").and_then(Value::as_table);
    let optional = optional.into_iter().flat_map(|groups| groups.values()).filter_map(Value::as_array);
    let all = always.into_iter().chain(optional).flatten().filter_map(Value::as_str);
    all.into_iter().find_map(|line| constraint_on(line, library.name())).map(str::to_owned)
}

fn of_poetry(document: &Table, library: Library) -> Option<String> {
    let dependencies = document.get("tool")?.get("poetry")?.get("dependencies")?.as_table()?;
    let (_, value) = dependencies.iter().find(|(name, _)| is_same(name, library.name()))?;
    value.as_str().or_else(|| value.get("version")?.as_str()).map(str::to_owned)
}

/// `Django-5.2.1.dist-info` in the environment that is named, or that lies in the folder.
fn installed(library: Library, folder: &Path, venv: Option<&Path>) -> Option<Target> {
    let inside = [folder.join(".venv"), folder.join("venv")];
    let environments = venv.map_or(inside.to_vec(), |path| vec![path.to_owned()]);
    environments.iter().find_map(|environment| {
        let of_python = children(&environment.join("lib")).into_iter().map(|python| python.join("site-packages"));
        let mut packages = of_python.chain([environment.join("Lib/site-packages")]);
        let version = packages.find_map(|packages| dist_info(library, &packages))?;
        let shown = environment.strip_prefix(folder).unwrap_or(environment);
        Some(Target { version, from: shown.to_string_lossy().into_owned() })
    })
}

fn dist_info(library: Library, packages: &Path) -> Option<Version> {
    children(packages).into_iter().find_map(|path| {
        let name = path.file_name()?.to_str()?.strip_suffix(".dist-info")?;
        let (package, version) = name.split_once('-')?;
        if is_same(package, library.name()) { exact(version) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn django(files: &[(&str, &str)]) -> Option<(Version, String)> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        target(Library::Django, folder.path(), None).map(|target| (target.version, target.from))
    }

    #[test]
    fn every_source_is_read() {
        let found = |version, from: &str| Some((version, from.to_owned()));
        let lock = "[[package]]\nname = \"asgiref\"\nversion = \"3.8\"\n\n[[package]]\nname = \"django\"\nversion = \"4.2.11\"\n";
        assert_eq!(django(&[("poetry.lock", lock)]), found((4, 2), "poetry.lock"));
        assert_eq!(django(&[("uv.lock", lock), ("requirements.txt", "Django==3.2")]), found((4, 2), "uv.lock"));
        let pipfile = r#"{"default": {"django": {"version": "==5.0.3"}}}"#;
        assert_eq!(django(&[("Pipfile.lock", pipfile)]), found((5, 0), "Pipfile.lock"));
        assert_eq!(django(&[("requirements.txt", "# a\nDjango>=4.2,<5.2\n")]), found((5, 1), "requirements.txt"));
        assert_eq!(django(&[("requirements/base.txt", "django~=4.1.2")]), found((4, 1), "requirements/base.txt"));
        let standard = "[project]\ndependencies = [\"Django>=5.2,<6\"]\n";
        assert_eq!(django(&[("pyproject.toml", standard)]), found((5, 2), "pyproject.toml"));
        let poetry = "[tool.poetry.dependencies]\ndjango = {version = \"^4.1\"}\n";
        assert_eq!(django(&[("pyproject.toml", poetry)]), found((4, 2), "pyproject.toml"));
        let wheel = ".venv/lib/python3.12/site-packages/Django-5.1.4.dist-info/METADATA";
        assert_eq!(django(&[(wheel, "")]), found((5, 1), ".venv"));
        assert_eq!(django(&[("requirements.txt", "flask\n")]), None);
    }
}
