//! `quell rules test`: what the rules of a folder say about the fixtures beside them, held against the marks in these.
//!
//! A mark is a comment at the end of the line that breaks a rule, or alone on the line above: `# expect[no-queries]`. The
//! comparison is strict both ways.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::settings::{PipelineError, Settings};
use crate::config::read_text;
use crate::rules::{Confidence, Registry, Rule, RuleError};

/// The folder of the fixtures, beside the rules.
const FIXTURES: &str = "fixtures";

/// Where a rule is broken: the rule, the file below the case, and the line.
type Breach = (String, String, usize);

/// How a test of rules went.
#[derive(Debug, Default)]
pub struct Trial {
    /// Rules of the folder.
    pub rules: usize,
    /// Fixtures.
    pub cases: usize,
    /// Marks in them.
    pub marks: usize,
    /// In what marks and findings disagree, one line each.
    pub problems: Vec<String>,
}

/// Why rules can't be tested.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// A rule can't be used.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A fixture can't be checked.
    #[error("{case}: {error}")]
    Run {
        /// The fixture.
        case: String,
        /// Why not.
        error: Box<PipelineError>,
    },
    /// A file can't be read.
    #[error("`{file}` can't be read: {error}")]
    Unread {
        /// The file or folder.
        file: String,
        /// Why not.
        error: io::Error,
    },
}

/// Tests the rules of a folder.
///
/// # Errors
/// When a rule can't be used, or a fixture can't be read.
pub fn try_rules(folder: &Path) -> Result<Trial, TrialError> {
    let registry = Registry::with(&[folder.to_owned()])?;
    let rules: Vec<&Rule> = registry.rules().iter().filter(|rule| rule.file.is_some()).collect();
    let mut trial = Trial { rules: rules.len(), ..Trial::default() };
    for rule in rules {
        let cases = folders(&folder.join(FIXTURES).join(rule.id))?;
        let mut has = (false, false);
        for case in &cases {
            let marked = trial.compare(case, &registry)?.iter().any(|(marked, _, _)| marked == rule.id);
            has = (has.0 || marked, has.1 || !marked);
        }
        let shown = folder.join(FIXTURES).join(rule.id);
        if !has.0 {
            trial.problems.push(format!("{}: no case in which the rule is broken", shown.display()));
        }
        if !has.1 {
            trial.problems.push(format!("{}: no case about which the rule is silent", shown.display()));
        }
        trial.cases += cases.len();
    }
    Ok(trial)
}

impl Trial {
    /// Compares one fixture; gives its marks.
    fn compare(&mut self, case: &Path, registry: &Registry) -> Result<BTreeSet<Breach>, TrialError> {
        let marks = marks(case)?;
        let settings = Settings {
            include_tests: true,
            include_migrations: true,
            least_confidence: Confidence::Low,
            is_alone: true,
            ..Settings::of(case)
        };
        let failed = |error| TrialError::Run { case: case.display().to_string(), error: Box::new(error) };
        let report = super::check(&settings, registry, &|_| {}).map_err(failed)?;
        let is_own = |rule: &str| registry.rule(rule).is_some_and(|rule| rule.file.is_some());
        let shown = super::steps::shown(&case.canonicalize().unwrap_or_else(|_| case.to_owned()));
        let below = |file: &str| file.strip_prefix(&shown).unwrap_or(file).trim_start_matches('/').to_owned();
        let mut found = BTreeSet::new();
        for finding in report.findings.iter().filter(|finding| is_own(finding.rule)) {
            for spot in [&finding.spot].into_iter().chain(&finding.also) {
                found.insert((finding.rule.to_owned(), below(&spot.file), spot.line as usize));
            }
        }
        let place = |(rule, file, line): &Breach| (format!("{}/{file}:{line}", case.display()), rule.clone());
        for (place, rule) in marks.difference(&found).map(place) {
            self.problems.push(format!("{place}: expect[{rule}], but the rule is silent"));
        }
        for (place, rule) in found.difference(&marks).map(place) {
            self.problems.push(format!("{place}: {rule} speaks, but there is no mark"));
        }
        self.marks += marks.len();
        Ok(marks)
    }
}

/// The marks of every file below a folder.
fn marks(case: &Path) -> Result<BTreeSet<Breach>, TrialError> {
    let mut found = BTreeSet::new();
    let mut open = vec![case.to_owned()];
    while let Some(folder) = open.pop() {
        for path in children(&folder)? {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let Ok(text) = read_text(&path) else { continue };
            let file = path.strip_prefix(case).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.extend(in_text(&text).into_iter().map(|(rule, line)| (rule, file.clone(), line)));
        }
    }
    Ok(found)
}

/// The rules that a text expects to be broken, with the lines.
fn in_text(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some((code, comment)) = line.split_once("# expect[") else { continue };
        let is_alone = code.trim().is_empty();
        let ahead = if is_alone { lines[index..].iter().position(is_code).unwrap_or(0) } else { 0 };
        for rules in comment.split("expect[").filter_map(|rest| rest.split_once(']')) {
            found.extend(rules.0.split(',').map(|rule| (rule.trim().to_owned(), index + ahead + 1)));
        }
    }
    found
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, TrialError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    Ok(children(folder)?.into_iter().filter(|path| path.is_dir()).collect())
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, TrialError> {
    let unread = |error| TrialError::Unread { file: folder.display().to_string(), error };
    let entries = fs::read_dir(folder).map_err(unread)?;
    let mut found = entries.map(|entry| entry.map(|one| one.path())).collect::<Result<Vec<_>, _>>().map_err(unread)?;
    // A link may lead back up.
    found.retain(|path| !path.is_symlink());
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_stands_on_its_line_or_above_it() {
        let text = "a()  # expect[one]\n\n# expect[two, three]\nb()\n{# expect[four] #}\n";
        let found = in_text(text);
        let named: Vec<(&str, usize)> = found.iter().map(|(rule, line)| (rule.as_str(), *line)).collect();
        assert_eq!(named, [("one", 1), ("two", 4), ("three", 4), ("four", 5)]);
    }
}
