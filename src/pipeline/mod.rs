//! The wiring: walk, parse, link, interpret, judge, report, each step timed.

mod settings;
mod steps;

use std::time::Instant;

pub use settings::{PipelineError, Settings};

use crate::project::Program;
use crate::report::{Report, Summary, Timing};
use crate::rules::{Judgement, Note, Registry, judge};
use steps::{Interpreted, Read};

/// From paths to a report.
pub fn check(settings: &Settings, registry: &Registry) -> Result<Report, PipelineError> {
    let mut clock = Clock::default();
    let read = clock.time("walk", || steps::read(settings))?;
    let linked = clock.time("link", || steps::link(read.sources, settings));
    let Interpreted { sites, knowledge, functions, notes } =
        clock.time("interpret", || steps::interpret(&linked.program, settings));
    let judgement = clock.time("judge", || judge(&linked.program, &sites, registry, settings.least_confidence).ranked());
    let summary = Summary {
        files: linked.program.files.iter().filter(|source| source.reported).count(),
        templates: 0,
        models: linked.program.schema.models.len(),
        functions,
        knowledge,
        hidden: judgement.hidden,
    };
    Ok(assemble(judgement, summary, [read.notes, linked.notes, notes].concat(), linked.program, clock))
}

/// From paths to the linked program, for commands that show what was understood.
pub fn understand(settings: &Settings) -> Result<Program, PipelineError> {
    let Read { sources, .. } = steps::read(settings)?;
    Ok(steps::link(sources, settings).program)
}

fn assemble(judgement: Judgement, summary: Summary, notes: Vec<Note>, program: Program, clock: Clock) -> Report {
    let mut notes = [notes, judgement.notes].concat();
    notes.sort();
    notes.dedup();
    Report { findings: judgement.findings, notes, summary, timings: Some(clock.timings), sources: program.files }
}

/// Measures steps.
#[derive(Default)]
struct Clock {
    timings: Vec<Timing>,
}

impl Clock {
    fn time<T>(&mut self, step: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.timings.push(Timing { step, seconds: start.elapsed().as_secs_f64() });
        result
    }
}
