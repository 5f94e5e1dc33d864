//! What quell says about frameworks that the fixtures' environments do not have. `tests/frameworks/CASE/app` is a small
//! program whose marks (`# expect[rule]` at the end of a line) were measured once, with the framework installed.

#![allow(clippy::unwrap_used, reason = "a case that cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// File, line and rule.
type Place = (String, u64, String);

#[test]
fn frameworks_do_what_was_measured() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frameworks");
    let mut wrong = Vec::new();
    for case in children(&cases) {
        let (said, marked) = (said(&case), marked(&case));
        if said != marked {
            wrong.push(format!("{}\n  said   {said:?}\n  marked {marked:?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What quell reports about a case, as a project of its own.
fn said(case: &Path) -> Vec<Place> {
    let folder = tempfile::tempdir().unwrap();
    for path in files(case) {
        let copy = folder.path().join(path.strip_prefix(case).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&path, copy).unwrap();
    }
    let done = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["check", "app", "--format", "json", "--no-cache"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&done.stdout).unwrap();
    let text = |found: &Value, key: &str| found[key].as_str().unwrap().to_owned();
    let place = |found: &Value| (text(found, "file"), found["line"].as_u64().unwrap(), text(found, "rule"));
    let mut places: Vec<Place> = document["findings"].as_array().unwrap().iter().map(place).collect();
    places.sort();
    places
}

/// What the marks of a case claim.
fn marked(case: &Path) -> Vec<Place> {
    let mut places = Vec::new();
    for path in files(case) {
        let file = path.strip_prefix(case).unwrap().to_str().unwrap().to_owned();
        for (line, number) in fs::read_to_string(&path).unwrap().lines().zip(1..) {
            let rules = line.split("expect[").skip(1).filter_map(|rest| rest.split(']').next());
            places.extend(rules.map(|rule| (file.clone(), number, rule.to_owned())));
        }
    }
    places.sort();
    places
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    children(folder).into_iter().flat_map(below).collect()
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}
