//! `quell profile`: a database to a file, and two of these compared. `quell top`: the findings that cost a database most.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use super::Outcome;
use super::arguments::{ListFormat, ProfileArguments, ProfileCommand, TopArguments};
use super::check::{read_settings, reported};
use super::progress::Progress;
use crate::pipeline::{self, Settings};
use crate::profile::{self, Opened, ProfileError, Snapshot, diff};
use crate::report::{Report, Style, write_diff, write_diff_json, write_table};

/// Takes a profile, or compares two.
pub(super) fn profile(arguments: &ProfileArguments, style: Style, out: &mut dyn Write) -> Outcome {
    match (&arguments.command, &arguments.database) {
        (Some(ProfileCommand::Diff { before, after, paths, format }), _) => {
            let (before, after) = (opened(before)?.snapshot, opened(after)?.snapshot);
            let report = if paths.is_empty() { Report::default() } else { findings(paths, &before)? };
            let difference = diff(&before, &after);
            match format {
                ListFormat::Table => write_diff(out, &difference, &report, style)?,
                ListFormat::Json => write_diff_json(out, &difference, &report)?,
            }
            Ok(ExitCode::SUCCESS)
        }
        (None, Some(database)) => capture(database, arguments.output.as_deref(), out),
        (None, None) => Err(ProfileError::NotAnAddress(String::new()).into()),
    }
}

/// Everything that is found, with the confidence that `check` has by default.
fn findings(paths: &[std::path::PathBuf], snapshot: &Snapshot) -> Result<Report, Box<dyn std::error::Error>> {
    let profile = Some(std::sync::Arc::new(snapshot.clone()));
    let settings = Settings { paths: paths.to_vec(), profile, ..Settings::of(Path::new(".")) };
    let registry = pipeline::registry(&settings)?;
    let progress = Progress::start();
    let report = pipeline::check(&settings, &registry, &|step| progress.at(step));
    progress.end();
    Ok(report?)
}

fn opened(name: &str) -> Result<Opened, ProfileError> {
    let progress = Progress::start();
    let opened = profile::open(name, &|step| progress.at(step));
    progress.end();
    opened
}

fn capture(database: &str, output: Option<&Path>, out: &mut dyn Write) -> Outcome {
    let snapshot = opened(database)?.snapshot;
    let mut text = serde_json::to_vec_pretty(&snapshot)?;
    text.push(b'\n');
    let Some(file) = output else {
        out.write_all(&text)?;
        return Ok(ExitCode::SUCCESS);
    };
    let shown = file.display();
    fs::write(file, text).map_err(|error| ProfileError::Unwritten { file: shown.to_string(), error })?;
    let (statements, tables) = (snapshot.statements.len(), snapshot.tables.len());
    writeln!(out, "{shown}: {statements} statements and {tables} tables of {}", snapshot.server.database)?;
    for missing in &snapshot.missing {
        writeln!(out, "missing: {}: {}", missing.part, missing.why)?;
        if !missing.sql.is_empty() {
            writeln!(out, "  to have it: {}", missing.sql)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a table of the dearest findings.
pub(super) fn top(arguments: &TopArguments, style: Style, out: &mut dyn Write) -> Outcome {
    let mut settings = read_settings(&arguments.reading, arguments.reading.paths.clone());
    let registry = pipeline::registry(&settings)?;
    let progress = Progress::start();
    let report = reported(&mut settings, Some(&arguments.profile), &registry, &progress);
    progress.end();
    let report = Report { timings: None, ..report? };
    write_table(out, &report, arguments.number.get(), style)?;
    Ok(ExitCode::SUCCESS)
}
