//! `quell check`: findings to standard output.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::arguments::{CheckArguments, Format};
use super::{FAILED, FOUND, Outcome};
use crate::pipeline::{self, Settings};
use crate::report::{Report, Style, write_concise, write_footer, write_github, write_json, write_sarif, write_text};
use crate::rules::Registry;

/// A file and the text that stands in for what is on disk.
type GivenText = (PathBuf, Vec<u8>);

/// A contradiction between arguments.
#[derive(Debug, thiserror::Error)]
enum ArgumentError {
    #[error("`-` needs `--stdin-filename PATH`: the file whose text comes on standard input")]
    MissingName,
    #[error("`--stdin-filename` needs `-` as the only path")]
    UnusedName,
}

/// Checks the paths and writes the report.
pub(super) fn check(arguments: &CheckArguments, style: Style, out: &mut dyn Write) -> Outcome {
    let settings = settings(arguments)?;
    let registry = Registry::builtin()?;
    let mut report = pipeline::check(&settings, &registry)?;
    if !arguments.timings {
        report.timings = None;
    }
    write(arguments.format, &report, &registry, style, out)?;
    out.flush()?;
    Ok(exit_code(arguments, &report))
}

fn settings(arguments: &CheckArguments) -> Result<Settings, Box<dyn std::error::Error>> {
    let stdin = stdin(arguments)?;
    let paths = match &stdin {
        Some((path, _)) => vec![path.clone()],
        None => arguments.paths.clone(),
    };
    Ok(Settings {
        paths,
        stdin,
        include_tests: arguments.include_tests,
        include_migrations: arguments.include_migrations,
        max_file_size: arguments.max_file_size,
        least_confidence: arguments.min_confidence.confidence(),
        django_version: arguments.django_version,
        config: arguments.config.clone(),
    })
}

fn stdin(arguments: &CheckArguments) -> Result<Option<GivenText>, Box<dyn std::error::Error>> {
    let is_stdin = arguments.paths == [Path::new("-")];
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

/// A machine format writes only its document to `out`; the footer then goes to standard error.
fn write(format: Format, report: &Report, registry: &Registry, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => write_text(out, report, style),
        Format::Json => write_json(out, report),
        Format::Sarif => write_sarif(out, report, registry),
        Format::Github => {
            write_github(out, report)?;
            write_footer(&mut io::stderr(), report)
        }
        Format::Concise => {
            write_concise(out, report)?;
            write_footer(&mut io::stderr(), report)
        }
    }
}

fn exit_code(arguments: &CheckArguments, report: &Report) -> ExitCode {
    if arguments.strict && report.notes.iter().any(|note| note.is_failure()) {
        return ExitCode::from(FAILED);
    }
    let fails = arguments.fail_on.severity();
    let found = report.findings.iter().any(|finding| fails.is_some_and(|least| finding.severity >= least));
    if found { ExitCode::from(FOUND) } else { ExitCode::SUCCESS }
}
