//! `quell merge`: several JSON reports as one.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use serde_json::Value;

use super::arguments::MergeArguments;
use super::{FOUND, Outcome};
use crate::report::{MergeError, Part, count_from, merge as merged};

/// A report that can't be merged.
#[derive(Debug, thiserror::Error)]
enum PartError {
    #[error("`{0}` can't be read: {1}")]
    Unread(String, std::io::Error),
    #[error("`{0}` can't be merged: {1}")]
    NoJson(String, serde_json::Error),
    #[error("`{0}` can't be merged: {1}")]
    Refused(String, MergeError),
}

/// Prints the reports as one document.
pub(super) fn merge(arguments: &MergeArguments, out: &mut dyn Write) -> Outcome {
    let parts: Vec<Part> = arguments.reports.iter().map(|report| part(report)).collect::<Result<_, _>>()?;
    let document = merged(parts);
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    let found = arguments.fail_on.severity().map_or(0, |least| count_from(&document, least));
    Ok(if found > 0 { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}

/// `shop=reports/shop.json`, or a path alone.
fn part(argument: &str) -> Result<Part, PartError> {
    let (name, path) = match argument.split_once('=') {
        Some((name, path)) => (Some(name.trim_end_matches('/').to_owned()), path),
        None => (None, argument),
    };
    let text = fs::read_to_string(path).map_err(|error| PartError::Unread(path.to_owned(), error))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| PartError::NoJson(path.to_owned(), error))?;
    Part::new(name, document).map_err(|error| PartError::Refused(path.to_owned(), error))
}
