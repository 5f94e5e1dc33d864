//! Which configuration is in force for each project of a run, and which library versions it is written for.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::settings::{PipelineError, Settings};
use crate::config::{Config, ConfigError, Library, Pattern, Target, load, read_file, rule_folders, target};
use crate::rules::{Registry, RuleError};
use crate::source::Root;

/// The configurations of a run.
#[derive(Debug, Default)]
pub struct Configured {
    /// What is checked: the paths of the command line, else those of the configuration, else the working directory.
    pub paths: Vec<PathBuf>,
    /// By the folder of the project.
    by_folder: BTreeMap<PathBuf, Arc<Config>>,
}

/// Reads the configurations of the projects around the paths.
///
/// # Errors
/// When one of them has mistakes.
pub fn configure(settings: &Settings, registry: &Registry) -> Result<Configured, PipelineError> {
    let here = std::env::current_dir()?;
    let known: Vec<&str> = registry.rules().iter().map(|rule| rule.id).collect();
    let read = |folder: &Path| -> Result<Arc<Config>, ConfigError> {
        match &settings.config {
            Some(path) => read_file(path, &known).map(Arc::new),
            None => load(folder, &known).map(Arc::new),
        }
    };
    let mut configured = Configured { paths: settings.paths.clone(), by_folder: BTreeMap::new() };
    if configured.paths.is_empty() {
        let config = read(&Root::of(&absolute(&here, Path::new("."))).folder)?;
        configured.paths = config.paths.clone();
    }
    if configured.paths.is_empty() {
        configured.paths.push(PathBuf::from("."));
    }
    for path in &configured.paths {
        let folder = root(settings, &absolute(&here, path));
        if let Entry::Vacant(free) = configured.by_folder.entry(folder) {
            let config = read(free.key())?;
            free.insert(config);
        }
    }
    Ok(configured)
}

/// The project around a path.
fn root(settings: &Settings, path: &Path) -> PathBuf {
    if settings.is_alone { path.to_owned() } else { Root::of(path).folder }
}

/// The rules that are compiled in, and those of the folders that the settings and the configurations name.
///
/// # Errors
/// When a rule can't be used.
pub fn registry(settings: &Settings) -> Result<Registry, RuleError> {
    let here = std::env::current_dir().unwrap_or_default();
    let paths = if settings.paths.is_empty() { vec![PathBuf::from(".")] } else { settings.paths.clone() };
    let mut folders = settings.rules.clone();
    for path in paths {
        let found = rule_folders(&root(settings, &absolute(&here, &path)), settings.config.as_deref());
        folders.extend(found);
    }
    Registry::with(&folders)
}

pub(super) fn absolute(here: &Path, path: &Path) -> PathBuf {
    let joined = here.join(path);
    joined.canonicalize().unwrap_or(joined)
}

impl Configured {
    /// What is in force in a project's folder.
    pub fn of(&self, folder: &Path) -> Arc<Config> {
        self.by_folder.get(folder).cloned().unwrap_or_default()
    }

    /// The projects with what is in force there, by folder.
    pub fn projects(&self) -> impl Iterator<Item = (&Path, &Config)> {
        self.by_folder.iter().map(|(folder, config)| (folder.as_path(), config.as_ref()))
    }

    /// Files that are read and not reported: those that are excluded, and stub files.
    pub(super) fn excluded(&self) -> Vec<Pattern> {
        let configs = || self.by_folder.values();
        let stubs = configs().flat_map(|config| &config.stubs).filter_map(|folder| Pattern::new(folder, "**").ok());
        configs().flat_map(|config| config.exclude.iter().cloned()).chain(stubs).collect()
    }
}

/// The version of a library that a project is written for, and what says so: the command line, the configuration, the
/// project's own files, or nothing.
pub fn version(library: Library, settings: &Settings, config: &Config, folder: &Path) -> Target {
    let (asked, set) = match library {
        Library::Django => (settings.django_version, config.django),
        Library::SqlAlchemy => (None, config.sqlalchemy),
    };
    let named = |version, from: &str| Target { version, from: from.to_owned() };
    asked
        .map(|version| named(version, "the command line"))
        .or_else(|| set.map(|version| named(version, "the configuration")))
        .or_else(|| target(library, folder, config.venv.as_deref()))
        .unwrap_or_else(|| library.fallback())
}
