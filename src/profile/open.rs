//! What the user names, a file or a database, to a snapshot.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::OnStep;
use super::address::Address;
use super::error::ProfileError;
use super::indexes::{Proposal, RULE, Verdict, propose};
use super::snapshot::{Snapshot, VERSION};
use crate::rules::Finding;

/// A snapshot, and whether the database can be asked again.
#[derive(Debug)]
pub struct Opened {
    /// What was read.
    pub snapshot: Snapshot,
    /// The server's address, with its password; none for a file and for SQLite.
    live: Option<String>,
}

/// Reads a profile from a file or a database.
///
/// # Errors
/// When there is none, or it can't be read.
pub fn open(text: &str, on_step: OnStep) -> Result<Opened, ProfileError> {
    match Address::read(text)? {
        Address::Snapshot(path) => Ok(Opened { snapshot: from_file(&path)?, live: None }),
        Address::Sqlite(path) => Ok(Opened { snapshot: stamped(from_sqlite(&path, on_step)?), live: None }),
        Address::Postgres(address) => {
            Ok(Opened { snapshot: stamped(from_postgres(&address, on_step)?), live: Some(address) })
        }
    }
}

/// Asks the database about the indexes that findings propose, where it is at hand.
///
/// # Errors
/// When the server goes away.
pub fn verify(opened: &Opened, findings: &mut [Finding]) -> Result<(), ProfileError> {
    let Some(address) = &opened.live else { return Ok(()) };
    let of =
        |finding: &Finding| propose(finding.footprint.as_ref().filter(|_| finding.rule == RULE)?, &opened.snapshot);
    let proposals: Vec<(usize, Proposal)> =
        findings.iter().enumerate().filter_map(|(number, finding)| Some((number, of(finding)?))).collect();
    if proposals.is_empty() {
        return Ok(());
    }
    let asked: Vec<&Proposal> = proposals.iter().map(|(_, proposal)| proposal).collect();
    for ((number, _), verdict) in proposals.iter().zip(try_proposals(address, &asked)?) {
        let index = findings[*number].evidence.as_mut().and_then(|evidence| evidence.index.as_mut());
        index.into_iter().for_each(|index| index.judge(verdict.clone()));
    }
    Ok(())
}

fn stamped(snapshot: Snapshot) -> Snapshot {
    Snapshot { version: VERSION, quell: env!("CARGO_PKG_VERSION").to_owned(), ..snapshot }
}

fn from_file(path: &Path) -> Result<Snapshot, ProfileError> {
    let file = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => {
            ProfileError::NotAProfile { file: file.clone(), why: "it is no text".to_owned() }
        }
        _ => ProfileError::Unreadable { file: file.clone(), error },
    })?;
    let no_profile = |why: String| ProfileError::NotAProfile { file: file.clone(), why };
    let document: Value =
        serde_json::from_str(&text).map_err(|error| no_profile(format!("it is no JSON ({error})")))?;
    match document.get("version").and_then(Value::as_u64) {
        Some(version) if version > u64::from(VERSION) => {
            return Err(ProfileError::TooNew { file, version, known: VERSION });
        }
        Some(_) if document.get("server").is_some() => {}
        _ => return Err(no_profile("`quell profile URL -o FILE` writes one".to_owned())),
    }
    serde_json::from_value(document).map_err(|error| no_profile(error.to_string()))
}

#[cfg(feature = "profile")]
fn from_sqlite(path: &Path, on_step: OnStep) -> Result<Snapshot, ProfileError> {
    if let Err(error) = fs::File::open(path) {
        return Err(ProfileError::Unreadable { file: path.display().to_string(), error });
    }
    super::capture::capture_sqlite(path, on_step)
}

#[cfg(feature = "profile")]
fn from_postgres(address: &str, on_step: OnStep) -> Result<Snapshot, ProfileError> {
    super::capture::capture_postgres(address, on_step)
}

#[cfg(feature = "profile")]
fn try_proposals(address: &str, proposals: &[&Proposal]) -> Result<Vec<Verdict>, ProfileError> {
    super::capture::Verifier::connect(address)?.verify(proposals)
}

#[cfg(not(feature = "profile"))]
fn from_sqlite(_: &Path, _: OnStep) -> Result<Snapshot, ProfileError> {
    Err(ProfileError::NoDrivers)
}

#[cfg(not(feature = "profile"))]
fn from_postgres(_: &str, _: OnStep) -> Result<Snapshot, ProfileError> {
    Err(ProfileError::NoDrivers)
}

#[cfg(not(feature = "profile"))]
fn try_proposals(_: &str, _: &[&Proposal]) -> Result<Vec<Verdict>, ProfileError> {
    Err(ProfileError::NoDrivers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("profile.json");
        fs::write(&file, text).unwrap();
        open(file.to_str().unwrap(), &|_| {}).unwrap_err().to_string()
    }

    #[test]
    fn a_file_that_is_no_profile_is_told() {
        assert!(error_of("not json").contains("it is no JSON"));
        assert!(error_of("{\"version\": 1}").contains("`quell profile URL -o FILE` writes one"));
        assert!(error_of("{\"version\": 9, \"server\": {}}").contains("this quell reads version 1"));
        assert!(error_of("{\"version\": 1, \"server\": {}}").contains("missing field"));
    }
}
