//! Which findings touch changed lines: where they fire, on the way there, at their origin, in code and templates.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::configure::{Configured, absolute};
use crate::rules::{Finding, Judgement, Spot};
use crate::source::{Changes, ChangesError, Since, SourceFile};

/// The changed lines of the repositories around what is checked.
pub(super) fn lines(since: &Since, configured: &Configured) -> Result<Vec<Changes>, ChangesError> {
    let here = std::env::current_dir().unwrap_or_default();
    let folder = |path: &PathBuf| {
        let path = absolute(&here, path);
        if path.is_dir() { path } else { path.parent().map_or(here.clone(), |folder| folder.to_owned()) }
    };
    let mut folders: Vec<PathBuf> = configured.paths.iter().map(folder).collect();
    folders.sort();
    folders.dedup();
    folders.iter().map(|folder| Changes::since(since, folder)).collect()
}

/// Leaves the findings that touch changed lines; the others are counted.
pub(super) fn keep(judgement: &mut Judgement, changes: &[Changes], sources: &[Arc<SourceFile>]) {
    let by_name: FxHashMap<&str, &Arc<SourceFile>> =
        sources.iter().map(|source| (source.shown.as_str(), source)).collect();
    let touches = |spot: &Spot| {
        let source = by_name.get(spot.file.as_str());
        source.is_some_and(|source| changes.iter().any(|one| one.touch(&source.path, spot.line..=spot.end_line)))
    };
    let before = judgement.findings.len();
    judgement.findings.retain(|finding| spots(finding).any(touches));
    judgement.hidden.unchanged += before - judgement.findings.len();
}

fn spots(finding: &Finding) -> impl Iterator<Item = &Spot> {
    let steps = finding.path.iter().map(|step| &step.spot);
    std::iter::once(&finding.spot).chain(&finding.origin).chain(&finding.also).chain(steps)
}
