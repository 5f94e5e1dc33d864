//! `quell check`: findings to standard output. `quell baseline`: findings to a file of accepted ones.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::arguments::{BaselineArguments, CheckArguments, Format, Reading};
use super::progress::Progress;
use super::{FAILED, FOUND, Outcome, WIDTH};
use crate::pipeline::{self, BaselineChoice, Baselined, CacheChoice, Settings};
use crate::profile;
use crate::report::{
    Gate, Harmless, Report, Style, write_concise, write_footer, write_github, write_gitlab, write_json, write_junit,
    write_sarif, write_summary, write_text, write_top,
};
use crate::rules::Registry;
use crate::source::Since;

/// A file and the text that stands in for what is on disk.
type GivenText = (PathBuf, Vec<u8>);

/// A contradiction between arguments.
#[derive(Debug, thiserror::Error)]
enum ArgumentError {
    #[error("`-` needs `--stdin-filename PATH`: the file whose text comes on standard input")]
    MissingName,
    #[error("`--stdin-filename` needs `-` as the only path")]
    UnusedName,
    #[error("a baseline is made of files on disk: `-` can't be accepted")]
    BaselineOfText,
    #[error("`{0}` can't be written: {1}")]
    Unwritten(String, io::Error),
}

/// Checks the paths and writes the report.
pub(super) fn check(arguments: &CheckArguments, style: Style, out: &mut dyn Write) -> Outcome {
    let mut settings = settings(arguments)?;
    let registry = pipeline::registry(&settings)?;
    let progress = Progress::start();
    let report = reported(&mut settings, arguments.profile.as_deref(), &registry, &progress);
    progress.end();
    let mut report = report?;
    if !arguments.timings {
        report.timings = None;
    }
    match &arguments.output_file {
        None => write(arguments, &report, &registry, style, out)?,
        Some(file) => {
            write_file(file, arguments, &report, &registry)?;
            write_summary(out, &report, gate(arguments))?;
        }
    }
    out.flush()?;
    Ok(exit_code(arguments, &report))
}

/// Accepts what is found, and says how much that is.
pub(super) fn baseline(arguments: &BaselineArguments, out: &mut dyn Write) -> Outcome {
    if arguments.reading.paths.iter().any(|path| path == Path::new("-")) {
        return Err(ArgumentError::BaselineOfText.into());
    }
    let settings = Settings {
        baseline: choice(arguments.baseline.as_ref(), false),
        ..read_settings(&arguments.reading, arguments.reading.paths.clone())
    };
    let progress = Progress::start();
    let written = pipeline::accept(&settings, &pipeline::registry(&settings)?, &|step| progress.at(step))?;
    progress.end();
    for Baselined { file, accepted, new, gone } in written {
        let findings = if accepted == 1 { "finding is" } else { "findings are" };
        writeln!(out, "{file}: {accepted} {findings} accepted ({new} new, {gone} gone)")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The report, with what a database says where one is named.
pub(super) fn reported(
    settings: &mut Settings,
    profile: Option<&str>,
    registry: &Registry,
    progress: &Progress,
) -> Result<Report, Box<dyn std::error::Error>> {
    let on_step = |step| progress.at(step);
    let Some(name) = profile else { return Ok(pipeline::check(settings, registry, &on_step)?) };
    let opened = profile::open(name, &on_step)?;
    settings.profile = Some(Arc::new(opened.snapshot.clone()));
    let mut report = pipeline::check(settings, registry, &on_step)?;
    profile::verify(&opened, &mut report.findings)?;
    Ok(report)
}

fn settings(arguments: &CheckArguments) -> Result<Settings, Box<dyn std::error::Error>> {
    let stdin = stdin(arguments)?;
    let paths = match &stdin {
        Some((path, _)) => vec![path.clone()],
        None => arguments.reading.paths.clone(),
    };
    let revision = arguments.since.clone().map(Since::Revision);
    Ok(Settings {
        stdin,
        baseline: choice(arguments.baseline.as_ref(), arguments.no_baseline),
        prune: arguments.prune,
        since: revision.or_else(|| arguments.staged.then_some(Since::Staged)),
        ..read_settings(&arguments.reading, paths)
    })
}

fn cache(reading: &Reading) -> CacheChoice {
    match (&reading.cache_dir, reading.no_cache) {
        (_, true) => CacheChoice::None,
        (Some(folder), _) => CacheChoice::Folder(folder.clone()),
        (None, _) => CacheChoice::Own,
    }
}

pub(super) fn read_settings(reading: &Reading, paths: Vec<PathBuf>) -> Settings {
    Settings {
        paths,
        include_tests: reading.include_tests,
        include_migrations: reading.include_migrations,
        max_file_size: reading.max_file_size,
        least_confidence: reading.min_confidence.confidence(),
        django_version: reading.django_version,
        config: reading.config.clone(),
        rules: reading.rules.clone(),
        cache: cache(reading),
        ..Settings::of(Path::new("."))
    }
}

fn choice(file: Option<&PathBuf>, is_refused: bool) -> BaselineChoice {
    match file {
        Some(file) => BaselineChoice::File(file.clone()),
        None if is_refused => BaselineChoice::None,
        None => BaselineChoice::Own,
    }
}

fn stdin(arguments: &CheckArguments) -> Result<Option<GivenText>, Box<dyn std::error::Error>> {
    let is_stdin = arguments.reading.paths == [Path::new("-")];
    match &arguments.stdin_filename {
        None if is_stdin => Err(ArgumentError::MissingName.into()),
        None => Ok(None),
        Some(_) if !is_stdin => Err(ArgumentError::UnusedName.into()),
        Some(path) => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            Ok(Some((path.clone(), bytes)))
        }
    }
}

/// The report as it would be printed to a pipe.
fn write_file(
    file: &Path,
    arguments: &CheckArguments,
    report: &Report,
    registry: &Registry,
) -> Result<(), ArgumentError> {
    let mut text = Vec::new();
    let written = write(arguments, report, registry, Style { color: false, width: WIDTH }, &mut text);
    written
        .and_then(|()| fs::write(file, text))
        .map_err(|error| ArgumentError::Unwritten(file.display().to_string(), error))
}

/// A machine format writes only its document to `out`; the footer then goes to standard error.
fn write(
    arguments: &CheckArguments,
    report: &Report,
    registry: &Registry,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if let Some(most) = arguments.top {
        return write_top(out, report, most.get(), style);
    }
    match arguments.format {
        Format::Text => return write_text(out, report, style),
        Format::Json => return write_json(out, report),
        Format::Sarif => return write_sarif(out, report, registry),
        Format::Summary => return write_summary(out, report, gate(arguments)),
        Format::Github => write_github(out, report)?,
        Format::Gitlab => write_gitlab(out, report)?,
        Format::Junit => write_junit(out, report)?,
        Format::Concise => write_concise(out, report)?,
    }
    let mut stderr = Harmless::new(io::stderr(), false);
    write_footer(&mut stderr, report)?;
    stderr.flush()
}

fn gate(arguments: &CheckArguments) -> Gate {
    Gate { least: arguments.fail_on.severity(), most: arguments.max }
}

fn exit_code(arguments: &CheckArguments, report: &Report) -> ExitCode {
    if arguments.strict && report.notes.iter().any(|note| note.is_failure()) {
        return ExitCode::from(FAILED);
    }
    if gate(arguments).passes(report) { ExitCode::SUCCESS } else { ExitCode::from(FOUND) }
}
