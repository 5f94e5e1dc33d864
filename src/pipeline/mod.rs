//! The wiring: walk, parse, link, interpret, judge, report, each step timed.
//!
//! A run may hold several projects; each is linked, interpreted and judged by itself, and the findings are ranked
//! together.

mod settings;
mod steps;

use std::time::Instant;

pub use settings::{PipelineError, Settings};

use crate::project::{Model, Program};
use crate::report::{Report, Timing};
use crate::rules::{JudgeOptions, Judgement, Note, Registry, judge};
use steps::{Interpreted, Read};

/// From paths to a report.
///
/// # Errors
/// When there is nothing to read.
pub fn check(settings: &Settings, registry: &Registry) -> Result<Report, PipelineError> {
    let mut clock = Clock::default();
    let Read { projects, files, notes } = clock.time("walk", || steps::read(settings))?;
    let mut report = Report { notes, ..Report::default() };
    report.summary.files = files.iter().filter(|source| source.reported).count();
    let mut judgement = Judgement::default();
    for project in projects {
        let options = JudgeOptions { least_confidence: settings.least_confidence, root: project.folder.clone() };
        let parsed = clock.time("parse", || steps::parse(project, &files));
        report.notes.extend(steps::syntax_notes(&parsed, &files));
        let program = clock.time("link", || steps::link(parsed));
        let found = clock.time("interpret", || steps::interpret(&program, settings));
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
/// When there is nothing to read.
pub fn understand(settings: &Settings) -> Result<Vec<Program>, PipelineError> {
    let Read { projects, files, .. } = steps::read(settings)?;
    Ok(projects.into_iter().map(|project| steps::link(steps::parse(project, &files))).collect())
}

fn count(report: &mut Report, program: &Program, found: Interpreted) {
    let is_own = |model: &&Model| !program.module(program.class(model.class).module).is_stub;
    report.summary.models += program.schema.models.iter().filter(is_own).count();
    report.summary.functions += found.functions;
    report.summary.knowledge.extend(found.knowledge);
    report.notes.extend(found.notes);
}

fn finish(report: &mut Report, judgement: Judgement) {
    report.findings = judgement.findings;
    report.summary.hidden = judgement.hidden;
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
