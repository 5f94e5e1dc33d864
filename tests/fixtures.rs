//! Compares what quell says about every fixture with the fixture's marks, strictly both ways.
//!
//! A mark is a comment at the end of a line, or alone on the line above; in a template, at the end of the line:
//!
//! - `# expect[rule] "Model.relation"`: a finding of the rule is on this line, about this relation;
//! - `# expect-missed[rule] why`: there should be one and there is none: a known false negative;
//! - `# expect-wrong[rule] why`: there is one and there should be none: a known false alarm.
//!
//! The last two fail on the day that quell improves. That the marks are true is checked by `tests/harness`, under the real ORM.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

mod apart;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use quell::rules::{Registry, Remedy};
use serde_json::Value;

/// What a mark claims.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Claim {
    Expect,
    Missed,
    Wrong,
}

/// A mark in a fixture's source.
#[derive(Debug)]
struct Mark {
    claim: Claim,
    rule: String,
    file: String,
    line: u64,
    /// `Model.relation`, or `Model` where no relation is read; not compared when absent.
    subject: Option<String>,
}

/// A place at which quell says that a rule fires.
#[derive(Debug)]
struct Report {
    rule: String,
    file: String,
    lines: std::ops::RangeInclusive<u64>,
    model: Option<String>,
    relation: Option<String>,
}

impl Report {
    fn is_on(&self, mark: &Mark) -> bool {
        self.rule == mark.rule && self.file == mark.file && self.lines.contains(&mark.line)
    }

    /// Whether the finding is about what the mark names. A finding whose relation has several hops names the model that
    /// the first hop starts from, the mark the one that owns the last, so there only the last hops are compared.
    fn is_about(&self, subject: &str) -> bool {
        let model = self.model.as_deref().map(|label| last_part(label, &["."]));
        let Some(relation) = self.relation.as_deref() else { return model == Some(subject) };
        let hop = last_part(relation, &["__", "."]);
        let (marked_model, marked_relation) = subject.split_once('.').unwrap_or((subject, ""));
        marked_relation == hop && (hop != relation || model == Some(marked_model))
    }
}

fn last_part<'a>(text: &'a str, separators: &[&str]) -> &'a str {
    separators.iter().fold(text, |rest, separator| rest.rsplit(separator).next().unwrap_or(rest))
}

/// Every file below a folder that `keep` wants, sorted.
fn files_below(folder: &Path, keep: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path, keep));
        } else if keep(&path) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The folders `fixtures/RULE/CASE` that hold an `app`.
fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut folders = Vec::new();
    for rule in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let cases = fs::read_dir(rule).unwrap().map(|entry| entry.unwrap().path());
        folders.extend(cases.filter(|case| case.join("drive.py").is_file() && case.join("app").is_dir()));
    }
    folders.sort();
    folders
}

/// The marks of all Python files and templates of a fixture.
fn marks(fixture: &Path) -> Vec<Mark> {
    let is_read = |path: &Path| path.extension().is_some_and(|extension| extension == "py" || extension == "html");
    let mut marks = Vec::new();
    for path in files_below(&fixture.join("app"), &is_read) {
        let file = path.strip_prefix(fixture).unwrap().to_string_lossy().replace('\\', "/");
        let source = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = source.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let Some((code, comment)) = line.split_once("# expect") else { continue };
            let meant = if code.trim().is_empty() { next_code_line(&lines, index) } else { index };
            marks.extend(comment.split("; expect").map(|text| read_mark(text, &file, meant as u64 + 1)));
        }
    }
    marks
}

fn next_code_line(lines: &[&str], index: usize) -> usize {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    lines[index..].iter().position(is_code).map_or(index, |distance| index + distance)
}

/// Reads what follows the word `expect`: `-missed[rule] why` or `[rule] "Model.relation"`.
fn read_mark(text: &str, file: &str, line: u64) -> Mark {
    let malformed = || -> ! { panic!("{file}:{line}: not a mark: expect{text}") };
    let Some((kind, rest)) = text.split_once('[') else { malformed() };
    let Some((rule, rest)) = rest.split_once(']') else { malformed() };
    let claim = match kind {
        "" => Claim::Expect,
        "-missed" => Claim::Missed,
        "-wrong" => Claim::Wrong,
        _ => malformed(),
    };
    if claim != Claim::Expect && rest.trim().is_empty() {
        panic!("{file}:{line}: an expect{kind} says why");
    }
    let subject = (claim == Claim::Expect).then(|| rest.split('"').nth(1).map(str::to_owned)).flatten();
    Mark { claim, rule: rule.to_owned(), file: file.to_owned(), line, subject }
}

/// Runs quell on a fixture; the error says what went wrong.
fn reports(fixture: &Path) -> Result<Vec<Report>, String> {
    let profile: &[&str] =
        if fixture.join("profile.json").is_file() { &["--profile", "profile.json"] } else { Default::default() };
    let done = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["check", "app", "--format", "json", "--no-cache"])
        .args(profile)
        .current_dir(apart::apart(fixture).path())
        .output()
        .map_err(|error| error.to_string())?;
    if !matches!(done.status.code(), Some(0 | 1)) {
        return Err(format!("{}: {}", done.status, String::from_utf8_lossy(&done.stderr).trim()));
    }
    let document: Value = serde_json::from_slice(&done.stdout).map_err(|error| format!("not JSON: {error}"))?;
    let findings = document["findings"].as_array().ok_or("no findings in the document")?;
    findings.iter().try_for_each(edits_are_as_announced)?;
    Ok(findings.iter().flat_map(reports_of).collect())
}

/// Edits are of the kind that the page of the rule names.
fn edits_are_as_announced(finding: &Value) -> Result<(), String> {
    static RULES: OnceLock<Registry> = OnceLock::new();
    let registry = RULES.get_or_init(|| Registry::builtin().unwrap());
    let id = finding["rule"].as_str().unwrap_or_default();
    let announced = registry.rule(id).map(|rule| rule.page.fix).ok_or("an unknown rule")?;
    let edits = finding["edits"].as_array().into_iter().flatten();
    let kind = |edit: &Value| if edit["safe"] == true { Remedy::Safe } else { Remedy::Review };
    match edits.map(kind).find(|kind| *kind != announced) {
        Some(kind) => Err(format!("{id} offers an edit that is `{}`, not `{}`", kind.as_str(), announced.as_str())),
        None => Ok(()),
    }
}

/// The primary place of a finding and the further ones that fire for it.
fn reports_of(finding: &Value) -> Vec<Report> {
    let text = |key: &str| finding[key].as_str().map(str::to_owned);
    let also = finding["also"].as_array().into_iter().flatten();
    std::iter::once(finding)
        .chain(also)
        .map(|place| {
            let first = place["line"].as_u64().unwrap_or(0);
            Report {
                rule: text("rule").unwrap_or_default(),
                file: place["file"].as_str().unwrap_or_default().trim_start_matches("./").to_owned(),
                lines: first..=place["end_line"].as_u64().unwrap_or(first),
                model: text("model"),
                relation: text("relation"),
            }
        })
        .collect()
}

/// What differs between the marks and the reports, in words.
fn differences(marks: &[Mark], reports: &[Report]) -> Vec<String> {
    let mut problems = Vec::new();
    for mark in marks {
        let Mark { rule, file, line, .. } = mark;
        let here: Vec<&Report> = reports.iter().filter(|report| report.is_on(mark)).collect();
        match mark.claim {
            Claim::Missed if !here.is_empty() => {
                problems.push(format!("{file}:{line}: {rule} is found now: make it an expect"));
            }
            Claim::Expect | Claim::Wrong if here.is_empty() => {
                let wanted =
                    if mark.claim == Claim::Expect { "no finding of" } else { "no longer wrong, remove the mark:" };
                problems.push(format!("{file}:{line}: {wanted} {rule}"));
            }
            Claim::Expect => problems.extend(wrong_subject(mark, &here)),
            _ => {}
        }
    }
    for report in reports {
        if !marks.iter().any(|mark| mark.claim != Claim::Missed && report.is_on(mark)) {
            problems.push(format!("{}:{}: {} without a mark", report.file, report.lines.start(), report.rule));
        }
    }
    problems
}

/// A complaint when none of the findings on the mark's line is about what the mark names.
fn wrong_subject(mark: &Mark, here: &[&Report]) -> Option<String> {
    let subject = mark.subject.as_deref()?;
    if here.iter().any(|report| report.is_about(subject)) {
        return None;
    }
    let said: Vec<String> = here.iter().map(|report| format!("{:?} {:?}", report.model, report.relation)).collect();
    Some(format!("{}:{}: {} is about {subject}, not {}", mark.file, mark.line, mark.rule, said.join(", ")))
}

#[test]
fn quell_says_what_the_marks_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut failed, mut total) = (BTreeMap::new(), 0);
    let (mut expected, mut missed, mut wrong) = (0, 0, 0);
    for fixture in fixtures() {
        total += 1;
        let marks = marks(&fixture);
        for mark in &marks {
            match mark.claim {
                Claim::Expect => expected += 1,
                Claim::Missed => missed += 1,
                Claim::Wrong => wrong += 1,
            }
        }
        let problems = match reports(&fixture) {
            Ok(reports) => differences(&marks, &reports),
            Err(problem) => vec![problem],
        };
        if !problems.is_empty() {
            failed.insert(fixture.strip_prefix(root).unwrap().to_path_buf(), problems);
        }
    }
    println!(
        "{total} fixtures, {} failed; {expected} expected, {missed} known missed, {wrong} known wrong",
        failed.len()
    );
    let mut text = String::new();
    for (fixture, problems) in &failed {
        problems.iter().for_each(|problem| text += &format!("\n{}: {problem}", fixture.display()));
    }
    assert!(failed.is_empty(), "{} of {total} fixtures failed:{text}", failed.len());
}

#[test]
fn every_fixture_is_named_by_a_sentence() {
    for fixture in fixtures() {
        let name = fixture.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.split('-').count() >= 3, "{}: not a sentence", fixture.display());
    }
}

#[test]
fn subjects_are_compared_by_owner_and_last_hop() {
    let report = |model: &str, relation: Option<&str>| Report {
        rule: String::new(),
        file: String::new(),
        lines: 1..=1,
        model: Some(model.to_owned()),
        relation: relation.map(str::to_owned),
    };
    assert!(report("shop.Book", Some("author")).is_about("Book.author"));
    assert!(!report("shop.Book", Some("author")).is_about("Shelf.author"));
    assert!(report("shop.Book", Some("author__publisher")).is_about("Author.publisher"));
    assert!(!report("shop.Book", Some("author__publisher")).is_about("Author.country"));
    assert!(report("shop.Book", None).is_about("Book"));
    assert!(!report("shop.Book", None).is_about("Book.author"));
}
