//! The stubs that the README teaches with do what it says: without them quell is silent about its examples, with them it
//! reports the line that is marked.

#![allow(clippy::unwrap_used, reason = "an example that cannot be written fails the test")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const MODELS: &str = "\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=40)


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    title = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
";

/// The blocks of Python whose first line names a file, with that name.
fn examples() -> Vec<(String, String)> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let blocks = readme.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next());
    let named = |block: &str| {
        let (first, rest) = block.split_once('\n')?;
        let name = first.strip_prefix("# ").filter(|name| name.ends_with(".py"))?;
        Some((name.to_owned(), rest.to_owned()))
    };
    blocks.filter_map(named).collect()
}

/// The lines that quell reports, by file.
fn reported(folder: &Path) -> Vec<(String, u64)> {
    let done = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["check", ".", "--format", "json", "--no-cache"])
        .current_dir(folder)
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&done.stdout).unwrap();
    let findings = document["findings"].as_array().unwrap().iter();
    let place = |found: &Value| (found["file"].as_str().unwrap().to_owned(), found["line"].as_u64().unwrap());
    let mut places: Vec<_> = findings.map(place).collect();
    places.sort();
    places
}

#[test]
fn the_examples_of_the_readme_teach_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("shop/__init__.py", "");
    write("shop/models.py", MODELS);
    write("quell.toml", "");
    let (stubs, code): (Vec<_>, Vec<_>) =
        examples().into_iter().partition(|(name, _)| name.starts_with("quell_stubs/"));
    assert_eq!((stubs.len(), code.len()), (2, 2));
    code.iter().for_each(|(name, text)| write(name, text));
    assert_eq!(reported(folder.path()), []);

    stubs.iter().for_each(|(name, text)| write(name, text));
    write("quell.toml", "stubs = [\"quell_stubs/\"]\n");
    let marked = |(name, text): &(String, String)| {
        let line = text.lines().position(|line| line.contains("# one query per book")).unwrap();
        (name.clone(), line as u64 + 1)
    };
    let mut expected: Vec<_> = code.iter().map(marked).collect();
    expected.sort();
    assert_eq!(reported(folder.path()), expected);
}
