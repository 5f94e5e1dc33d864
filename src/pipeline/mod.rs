//! The wiring: walk, parse, link, interpret, judge, report, each step timed.
//!
//! A run may hold several projects; each is linked, interpreted and judged by itself, and the findings are ranked
//! together.

mod configure;
mod explain;
mod settings;
mod steps;
mod stubs;

use std::sync::Arc;
use std::time::Instant;

use rustc_hash::FxHashSet;

pub use configure::{Configured, configure, version};
pub use explain::{ExplainError, explain};
pub use settings::{PipelineError, Settings};

use crate::config::Library;
use crate::project::{Model, Program};
use crate::report::{Report, Timing};
use crate::rules::{JudgeOptions, Judgement, Note, Registry, judge};
use crate::source::{FileId, SourceFile};
use steps::{Interpreted, Read};

/// From paths to a report.
///
/// # Errors
/// When there is nothing to read, or the configuration has mistakes.
pub fn check(settings: &Settings, registry: &Registry) -> Result<Report, PipelineError> {
    let mut clock = Clock::default();
    let configured = configure(settings, registry)?;
    let Read { projects, files, skipped, notes } = clock.time("walk", || steps::read(settings, &configured))?;
    let mut report = Report { notes, ..Report::default() };
    report.summary.skipped = skipped;
    report.summary.templates = projects.iter().map(|project| project.templates.len()).sum();
    let is_template: FxHashSet<FileId> =
        projects.iter().flat_map(|project| project.templates.iter().copied()).collect();
    let is_counted = |source: &&Arc<SourceFile>| source.reported && !is_template.contains(&source.id);
    report.summary.files = files.iter().filter(is_counted).count();
    let mut judgement = Judgement::default();
    for project in projects {
        let (config, root) = (configured.of(&project.folder), project.folder.clone());
        let parsed = clock.time("parse", || steps::parse(project, &files, &config));
        report.notes.extend(steps::syntax_notes(&parsed, &files));
        let program = clock.time("link", || steps::link(parsed));
        let django = version(Library::Django, settings, &config, &root);
        report.notes.extend(steps::version_notes(&program, settings, &config, &root));
        let mut found = clock.time("interpret", || steps::interpret(&program, django.version));
        steps::place(&mut found.sites, &program, &config);
        let options = JudgeOptions { least_confidence: settings.least_confidence, root, config };
        judgement.extend(clock.time("judge", || judge(&program, &found.sites, registry, &options)));
        count(&mut report, &program, found);
    }
    finish(&mut report, judgement.ranked());
    report.sources = files;
    report.timings = Some(clock.timings);
    Ok(report)
}

/// From paths to linked programs, one for each project, for commands that show what was understood.
///
/// # Errors
/// When there is nothing to read, or the configuration has mistakes.
pub fn understand(settings: &Settings, registry: &Registry) -> Result<Vec<Program>, PipelineError> {
    let configured = configure(settings, registry)?;
    let Read { projects, files, .. } = steps::read(settings, &configured)?;
    let link = |project: steps::Project| {
        let config = configured.of(&project.folder);
        steps::link(steps::parse(project, &files, &config))
    };
    Ok(projects.into_iter().map(link).collect())
}

fn count(report: &mut Report, program: &Program, found: Interpreted) {
    let is_own = |model: &&Model| !program.is_of_stub(model.class);
    report.summary.models += program.schema.models.iter().filter(is_own).count();
    report.summary.functions += found.functions;
    report.summary.knowledge.extend(found.knowledge);
    report.notes.extend(found.notes);
}

fn finish(report: &mut Report, judgement: Judgement) {
    report.findings = judgement.findings;
    report.summary.hidden = judgement.hidden;
    report.summary.knowledge.shorten();
    report.notes.extend(judgement.notes);
    report.notes.sort_by(Note::by_place);
    report.notes.dedup();
}

/// Measures steps.
#[derive(Default)]
struct Clock {
    timings: Vec<Timing>,
}

impl Clock {
    /// Runs a step; the times of equal steps add up.
    fn time<T>(&mut self, step: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        let seconds = start.elapsed().as_secs_f64();
        match self.timings.iter_mut().find(|timing| timing.step == step) {
            Some(timing) => timing.seconds += seconds,
            None => self.timings.push(Timing { step, seconds }),
        }
        result
    }
}
