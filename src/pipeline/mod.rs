//! The wiring: walk, parse, link, interpret, judge, report, each step timed.
//!
//! A run may hold several projects; each is linked, interpreted and judged by itself, and the findings are ranked
//! together.

mod accept;
mod cache;
mod changed;
mod configure;
mod explain;
mod measured;
mod settings;
mod steps;
mod stubs;
mod trial;

use std::sync::Arc;
use std::time::Instant;

use rustc_hash::FxHashSet;

pub use accept::Written as Baselined;
pub use configure::{Configured, configure, registry, version};
pub use explain::{ExplainError, explain};
pub use settings::{BaselineChoice, CacheChoice, PipelineError, Settings};
pub use trial::{Trial, TrialError, try_rules};

use cache::{Cache, Kept};

use crate::config::Library;
use crate::orm::Versions;
use crate::profile::{Claim, figures};
use crate::project::{Model, Program};
use crate::report::{Report, Timing};
use crate::rules::{JudgeOptions, Judgement, Note, Registry, Written, judge};
use crate::source::{FileId, SourceFile};
use steps::{Interpreted, Read};

/// From paths to a report.
///
/// # Errors
/// When there is nothing to read, or the configuration has mistakes.
pub fn check(settings: &Settings, registry: &Registry, on_step: OnStep) -> Result<Report, PipelineError> {
    let Run { mut report, piles, configured, claims, mut clock } = run(settings, registry, on_step)?;
    let (mut judgement, baselines) = clock.time("judge", || accept::hold(piles, &configured, &report.sources))?;
    for baseline in &baselines {
        let note = if settings.prune { baseline.prune()? } else { baseline.note(settings, &configured)? };
        report.notes.extend(note);
    }
    if let Some(since) = &settings.since {
        let changed = clock.time("changes", || changed::lines(since, &configured))?;
        changed::keep(&mut judgement, &changed, &report.sources);
    }
    finish(&mut report, judgement.ranked());
    if let Some(snapshot) = &settings.profile {
        clock.time("join", || measured::join(&mut report, &claims, snapshot));
    }
    report.timings = Some(clock.timings);
    Ok(report)
}

/// Writes the baselines of the projects around the paths: all findings there are now are accepted.
///
/// # Errors
/// When there is nothing to read, the configuration has mistakes, or a baseline can't be written.
pub fn accept(settings: &Settings, registry: &Registry, on_step: OnStep) -> Result<Vec<Baselined>, PipelineError> {
    let Run { report, piles, configured, .. } = run(settings, registry, on_step)?;
    let by_path = piles.into_iter().map(|pile| accept::Piles::from([pile]));
    let mut written = Vec::new();
    for pile in by_path {
        let (judgement, baselines) = accept::hold(pile, &configured, &report.sources)?;
        for baseline in &baselines {
            written.push(baseline.write(&judgement.findings)?);
        }
    }
    Ok(written)
}

/// What a run has found, before baselines and changed lines are looked at.
struct Run<'run> {
    report: Report,
    piles: accept::Piles,
    configured: Configured,
    /// Who sends which statement; empty without a profile.
    claims: Vec<Claim>,
    clock: Clock<'run>,
}

fn run<'run>(settings: &Settings, registry: &Registry, on_step: OnStep<'run>) -> Result<Run<'run>, PipelineError> {
    let mut clock = Clock { timings: Vec::new(), on_step };
    let configured = configure(settings, registry)?;
    let Read { projects, files, aside, skipped, notes } = clock.time("walk", || steps::read(settings, &configured))?;
    let mut report = Report { notes, ..Report::default() };
    report.summary.skipped = skipped;
    report.summary.templates = projects.iter().map(|project| project.templates.len()).sum();
    let is_template: FxHashSet<FileId> =
        projects.iter().flat_map(|project| project.templates.iter().copied()).collect();
    let is_code = |id: &FileId| !is_template.contains(id) && !aside.contains(id);
    let is_counted = |source: &&Arc<SourceFile>| source.reported && is_code(&source.id);
    report.summary.files = files.iter().filter(is_counted).count();
    let mut piles = accept::Piles::new();
    let mut claims = Vec::new();
    for project in projects {
        let (config, root) = (configured.of(&project.folder), project.folder.clone());
        let parsed = clock.time("parse", || steps::parse(project, &files, &config));
        report.notes.extend(steps::syntax_notes(&parsed, &files));
        let program = clock.time("link", || steps::link(parsed));
        let django = version(Library::Django, settings, &config, &root);
        report.notes.extend(steps::version_notes(&program, settings, &config, &root));
        let cache = Cache::of(settings, &root);
        let kept = cache.as_ref().map(|cache| clock.time("cache", || cache.read(&mut report.notes)));
        let (memory, quiet) = kept.map(|kept| (kept.memory, kept.quiet)).unzip();
        let quiet = quiet.unwrap_or_default().under(registry);
        let written = clock.time("search", || Written::of(&program, registry, &quiet));
        let (mut found, memory) =
            clock.time("interpret", || steps::interpret(&program, django.version, &written, memory));
        steps::place(&mut found.sites, &program, &config);
        let baseline = accept::path(settings, &configured, &root);
        let snapshot = settings.profile.as_deref();
        let database = snapshot.map(|snapshot| figures(&found.sites, snapshot)).unwrap_or_default();
        let options = JudgeOptions { least_confidence: settings.least_confidence, root, config, database, quiet };
        let mut judgement = clock.time("judge", || judge(&program, &found.sites, &found.written, registry, &options));
        let JudgeOptions { root, config, quiet, .. } = options;
        if let Some((cache, memory)) = cache.zip(memory) {
            clock.time("cache", || cache.write(&Kept { memory, quiet: quiet.settled() }));
        }
        if let Some(snapshot) = snapshot {
            measured::estimate(&mut judgement.findings, &program, snapshot);
            let sqlalchemy = version(Library::SqlAlchemy, settings, &config, &root).version;
            let versions = Versions { django: django.version, sqlalchemy };
            claims.extend(measured::claims(&found.sites, &program, snapshot, versions));
        }
        piles.entry(baseline).or_default().extend(judgement);
        count(&mut report, &program, found);
    }
    report.sources = files;
    Ok(Run { report, piles, configured, claims, clock })
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

/// Told the name of each step before it begins.
pub type OnStep<'run> = &'run dyn Fn(&'static str);

/// Measures steps.
struct Clock<'run> {
    timings: Vec<Timing>,
    on_step: OnStep<'run>,
}

impl Clock<'_> {
    /// Runs a step; the times of equal steps add up.
    fn time<T>(&mut self, step: &'static str, work: impl FnOnce() -> T) -> T {
        (self.on_step)(step);
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
