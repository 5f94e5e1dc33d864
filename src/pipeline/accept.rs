//! The baselines of a run: what they know is taken out of the report, and they are written anew where that is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::configure::{Configured, absolute};
use super::settings::{BaselineChoice, PipelineError, Settings};
use super::steps::shown;
use crate::config::{Accepted, baseline_of, read_baseline, write_baseline};
use crate::rules::{Finding, Judgement, Note, Sifted, Surroundings, entries, sift};
use crate::source::{Root, SourceFile};

/// What was judged, by the baseline that it is held against.
pub(super) type Piles = BTreeMap<Option<PathBuf>, Judgement>;

/// A baseline and what a run says of it.
pub(super) struct Held {
    pub path: PathBuf,
    /// Its findings before the run; `None` where there is no file.
    before: Option<Vec<Accepted>>,
    sifted: Sifted,
}

/// A baseline that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file as shown.
    pub file: String,
    /// How many findings it accepts.
    pub accepted: usize,
    /// How many of them it did not know before.
    pub new: usize,
    /// How many it knew that are no longer there.
    pub gone: usize,
}

/// The baseline of a project.
pub(super) fn path(settings: &Settings, configured: &Configured, folder: &Path) -> Option<PathBuf> {
    match &settings.baseline {
        BaselineChoice::None => None,
        BaselineChoice::File(path) => Some(without_links(path)),
        BaselineChoice::Own => Some(baseline_of(&configured.of(folder), folder)),
    }
}

/// The path with its folder's links resolved, as the paths of sources are; the file need not exist.
fn without_links(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (path.parent().and_then(|folder| folder.canonicalize().ok()), path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// Holds what was judged against its baselines, and gives back the rest: findings that are in none.
pub(super) fn hold(
    piles: Piles,
    configured: &Configured,
    files: &[Arc<SourceFile>],
) -> Result<(Judgement, Vec<Held>), PipelineError> {
    let texts: BTreeMap<PathBuf, &str> =
        files.iter().map(|source| (source.path.clone(), source.text.as_str())).collect();
    let scope = Scope::of(configured, files);
    let mut rest = Judgement::default();
    let mut all = Vec::new();
    for (path, mut judgement) in piles {
        if let Some(path) = path {
            let before = read_baseline(&path)?;
            let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
            let is_analysed = |rule: &str, file: &Path| scope.holds(rule, file);
            let around = Surroundings { folder: &folder, texts: &texts, is_analysed: &is_analysed };
            let findings = std::mem::take(&mut judgement.findings);
            let mut sifted = sift(before.as_deref().unwrap_or_default(), findings, &judgement.unsure, &around);
            judgement.findings = std::mem::take(&mut sifted.new);
            judgement.hidden.baseline = sifted.known.len();
            all.push(Held { path, before, sifted });
        }
        rest.extend(judgement);
    }
    Ok((rest, all))
}

/// What a run has looked at.
struct Scope<'run> {
    configured: &'run Configured,
    reported: BTreeSet<&'run Path>,
    given: Vec<PathBuf>,
}

impl<'run> Scope<'run> {
    fn of(configured: &'run Configured, files: &'run [Arc<SourceFile>]) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        Scope {
            configured,
            reported: files.iter().filter(|source| source.reported).map(|source| source.path.as_path()).collect(),
            given: configured.paths.iter().map(|path| absolute(&here, path)).collect(),
        }
    }

    /// Whether findings of the rule in the file would be reported; what lies below a given path and is deleted has none.
    fn holds(&self, rule: &str, file: &Path) -> bool {
        let is_deleted = || !file.exists() && self.given.iter().any(|given| file.starts_with(given));
        let allows = || self.configured.of(&Root::of(file).folder).allows(rule, file);
        (self.reported.contains(file) || is_deleted()) && allows()
    }
}

impl Held {
    /// What the user should know of it: entries that are stale, or that it is not there although it is named.
    pub fn note(&self, settings: &Settings, configured: &Configured) -> Result<Option<Note>, PipelineError> {
        let file = shown(&self.path);
        let message = match (&self.before, self.sifted.stale) {
            (None, _) if matches!(settings.baseline, BaselineChoice::File(_)) => {
                return Err(PipelineError::NoBaseline(file));
            }
            (None, _) if configured.projects().any(|(_, config)| config.baseline.as_ref() == Some(&self.path)) => {
                "there is no such baseline yet: `quell baseline` writes it".to_owned()
            }
            (None, _) | (Some(_), 0) => return Ok(None),
            (Some(_), 1) => "1 accepted finding is no longer there: `quell check --prune` drops it".to_owned(),
            (Some(_), stale) => {
                format!("{stale} accepted findings are no longer there: `quell check --prune` drops them")
            }
        };
        let kind = if self.before.is_none() { "baseline-missing" } else { "baseline-stale" };
        Ok(Some(Note { file: Some(file), line: None, kind, message }))
    }

    /// Writes the baseline anew: with what it knows already, and with what else is accepted.
    pub fn write(&self, new: &[Finding]) -> Result<Written, PipelineError> {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let accepted = entries(self.sifted.known.iter().chain(new), &self.sifted.unseen, folder);
        let file = shown(&self.path);
        if let Err(error) = write_baseline(&self.path, &accepted) {
            return Err(PipelineError::Unwritten { path: file, error });
        }
        let accepted = accepted.iter().map(|entry| entry.count).sum();
        Ok(Written { file, accepted, new: new.len(), gone: self.sifted.stale })
    }

    /// Drops what is no longer there, where there is a file.
    pub fn prune(&self) -> Result<Option<Note>, PipelineError> {
        if self.before.is_none() {
            return Ok(None);
        }
        let Written { file, gone, .. } = self.write(&[])?;
        let message = match gone {
            0 => return Ok(None),
            1 => "dropped 1 accepted finding that is no longer there".to_owned(),
            gone => format!("dropped {gone} accepted findings that are no longer there"),
        };
        Ok(Some(Note { file: Some(file), line: None, kind: "baseline-pruned", message }))
    }
}
