//! The configuration: `quell.toml`, or `[tool.quell]` of `pyproject.toml`, and the versions of the libraries.
//!
//! It knows names of rules only as words that it is given, and words of severities as words: what they mean is decided
//! above.

mod baseline;
mod find;
mod keys;
mod nearest;
mod pattern;
mod problem;
mod read;
mod reader;
mod requirement;
mod version;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use baseline::{Accepted, BASELINE, baseline_of, read_baseline, write_baseline};
pub use find::{load, read_file, rule_folders};
pub use nearest::nearest;
pub use pattern::Pattern;
pub use problem::{ConfigError, Problem};
pub use read::{read_bytes, read_text};
pub use version::{Library, Target, target};

/// The words for severities, from the worst to the mildest.
pub const SEVERITIES: [&str; 4] = ["critical", "high", "medium", "low"];

/// The words for confidences, from the surest.
pub const CONFIDENCES: [&str; 3] = ["high", "medium", "low"];

/// The words for places.
pub const PLACES: [&str; 3] = ["request", "background", "unknown"];

/// A version's major and minor number.
pub type Version = (u32, u32);

/// What is in force for one project. Paths are absolute; those of the file count from its folder.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file it was read from; `None` where there is none.
    pub file: Option<PathBuf>,
    /// The 1-based line of each key that is set.
    pub lines: BTreeMap<&'static str, usize>,
    /// What is checked when the command line names nothing.
    pub paths: Vec<PathBuf>,
    /// Files whose findings are not reported; they are still read.
    pub exclude: Vec<Pattern>,
    /// Which rules speak.
    pub rules: RuleChoice,
    /// Least confidence that is shown, by rule.
    pub confidence: BTreeMap<String, &'static str>,
    /// What is different for some files; where two patterns match, the longer one comes later and wins.
    pub per_path: Vec<PerPath>,
    /// The baseline, which need not exist yet.
    pub baseline: Option<PathBuf>,
    /// Folders of stub files.
    pub stubs: Vec<PathBuf>,
    /// Folders of the user's own rules.
    pub rule_folders: Vec<PathBuf>,
    /// The Django version to assume.
    pub django: Option<Version>,
    /// The SQLAlchemy version to assume.
    pub sqlalchemy: Option<Version>,
    /// The virtual environment of the project.
    pub venv: Option<PathBuf>,
}

/// Which rules speak, and how severe they are.
#[derive(Clone, Debug, Default)]
pub struct RuleChoice {
    /// Only these speak, where it is set.
    pub select: Option<BTreeSet<String>>,
    /// These don't.
    pub ignore: BTreeSet<String>,
    /// Severity by rule, in place of the computed one.
    pub severity: BTreeMap<String, &'static str>,
}

/// What is different for the files that a pattern matches.
#[derive(Clone, Debug)]
pub struct PerPath {
    /// The files.
    pub pattern: Pattern,
    /// One of `PLACES`: in which kind of program part their code runs.
    pub place: Option<&'static str>,
    /// Which rules speak there.
    pub rules: RuleChoice,
}

impl Config {
    /// Whether a rule may speak about a file.
    pub fn allows(&self, rule: &str, path: &Path) -> bool {
        self.rules.allows(rule) && self.of_path(path).all(|entry| entry.rules.allows(rule))
    }

    /// The severity that is set for a rule in a file.
    pub fn severity(&self, rule: &str, path: &Path) -> Option<&'static str> {
        let in_path = self.of_path(path).filter_map(|entry| entry.rules.severity.get(rule)).last();
        in_path.or_else(|| self.rules.severity.get(rule)).copied()
    }

    /// The place that is set for a file.
    pub fn place(&self, path: &Path) -> Option<&'static str> {
        self.of_path(path).filter_map(|entry| entry.place).last()
    }

    fn of_path<'c>(&'c self, path: &'c Path) -> impl Iterator<Item = &'c PerPath> {
        self.per_path.iter().filter(move |entry| entry.pattern.matches(path))
    }
}

impl RuleChoice {
    /// Whether a rule may speak.
    pub fn allows(&self, rule: &str) -> bool {
        self.select.as_ref().is_none_or(|only| only.contains(rule)) && !self.ignore.contains(rule)
    }
}
