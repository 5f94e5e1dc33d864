//! Several JSON documents as one: reports of repositories or of parts of one, each perhaps under a name.

use serde_json::{Map, Value, json};

use super::summary::MOST_REASONS;
use crate::rules::Severity;

/// The version of the documents that are understood.
const VERSION: u64 = 1;

/// One document, and the name that is put before its paths.
#[derive(Debug)]
pub struct Part {
    /// A folder, as in `shop/`; none where the paths are told apart already.
    pub name: Option<String>,
    /// What `quell check --format json` wrote.
    pub document: Value,
}

/// Why documents can't be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Something else.
    #[error("it is no report of quell: it has no `{0}`")]
    NoReport(&'static str),
    /// A document of another time.
    #[error("its version is {0}; this quell merges version {VERSION}")]
    Version(u64),
}

impl Part {
    /// A document that is a report.
    ///
    /// # Errors
    /// When it is none, or of a version that is not understood.
    pub fn new(name: Option<String>, mut document: Value) -> Result<Part, MergeError> {
        let version = document["version"].as_u64().ok_or(MergeError::NoReport("version"))?;
        if version != VERSION {
            return Err(MergeError::Version(version));
        }
        for list in ["findings", "notes"] {
            document[list].as_array().ok_or(MergeError::NoReport(list))?;
        }
        document["summary"].as_object().ok_or(MergeError::NoReport("summary"))?;
        if let Some(name) = &name {
            prefix(&mut document, name);
        }
        Ok(Part { name, document })
    }
}

/// The documents as one: findings ranked together, notes in order, counts added.
pub fn merge(parts: Vec<Part>) -> Value {
    let (mut findings, mut notes, mut summary) = (Vec::new(), Vec::new(), Value::Object(Map::new()));
    for mut part in parts {
        findings.append(&mut taken(&mut part.document, "findings"));
        notes.append(&mut taken(&mut part.document, "notes"));
        add(&mut summary, part.document["summary"].take());
    }
    findings.sort_by_key(rank);
    notes.sort_by_key(|note| note["file"].as_str().unwrap_or_default().to_owned());
    if let Some(reasons) = summary["knowledge"]["reasons"].as_array_mut() {
        shorten(reasons);
    }
    json!({
        "version": VERSION,
        "quell": env!("CARGO_PKG_VERSION"),
        "findings": findings,
        "notes": notes,
        "summary": summary,
    })
}

/// How many findings are at least this severe.
pub fn count_from(document: &Value, least: Severity) -> usize {
    let counts = |finding: &&Value| severity(finding).is_some_and(|severity| severity >= least);
    document["findings"].as_array().map_or(0, |findings| findings.iter().filter(counts).count())
}

/// Puts a name before every path: the values of `file`, and the second part of a key.
fn prefix(value: &mut Value, name: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| prefix(item, name)),
        Value::Object(fields) => {
            for (field, value) in fields {
                match (field.as_str(), &mut *value) {
                    ("file", Value::String(path)) => *path = format!("{name}/{path}"),
                    ("key", Value::String(key)) => {
                        if let Some((rule, rest)) = key.split_once(':') {
                            *key = format!("{rule}:{name}/{rest}");
                        }
                    }
                    _ => prefix(value, name),
                }
            }
        }
        _ => {}
    }
}

fn taken(document: &mut Value, list: &str) -> Vec<Value> {
    document[list].as_array_mut().map(std::mem::take).unwrap_or_default()
}

/// Adds numbers, joins lists, and takes what only one of them has.
fn add(sum: &mut Value, other: Value) {
    match (sum, other) {
        (Value::Object(sum), Value::Object(other)) => {
            other.into_iter().for_each(|(key, value)| match sum.get_mut(&key) {
                Some(known) => add(known, value),
                None => drop(sum.insert(key, value)),
            });
        }
        (Value::Array(sum), Value::Array(mut other)) => sum.append(&mut other),
        (Value::Number(sum), Value::Number(other)) => {
            if let (Some(one), Some(two)) = (sum.as_u64(), other.as_u64()) {
                *sum = one.saturating_add(two).into();
            }
        }
        (sum @ Value::Null, other) => *sum = other,
        _ => {}
    }
}

/// Equal reasons are one, the most frequent come first, and few are given.
fn shorten(reasons: &mut Vec<Value>) {
    let mut merged: Vec<Value> = Vec::new();
    for reason in reasons.drain(..) {
        match merged.iter_mut().find(|known| known["reason"] == reason["reason"]) {
            Some(known) => {
                let count = known["count"].as_u64().unwrap_or(0) + reason["count"].as_u64().unwrap_or(0);
                known["count"] = count.into();
            }
            None => merged.push(reason),
        }
    }
    merged.sort_by_key(|reason| std::cmp::Reverse(reason["count"].as_u64()));
    merged.truncate(MOST_REASONS);
    *reasons = merged;
}

fn rank(finding: &Value) -> (std::cmp::Reverse<Option<Severity>>, String, u64, u64) {
    let number = |field: &str| finding[field].as_u64().unwrap_or(0);
    let file = finding["file"].as_str().unwrap_or_default().to_owned();
    (std::cmp::Reverse(severity(finding)), file, number("line"), number("column"))
}

fn severity(finding: &Value) -> Option<Severity> {
    let word = finding["severity"].as_str()?;
    Severity::ALL.into_iter().find(|severity| severity.as_str() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(severity: &str, file: &str) -> Value {
        json!({
            "version": 1,
            "findings": [{ "severity": severity, "file": file, "line": 3, "key": format!("a-rule:{file}:f:x"),
                "path": [{ "file": file, "line": 2 }] }],
            "notes": [],
            "summary": { "files": 2, "knowledge": { "row_reads": 5, "reasons": [{ "reason": "a call", "count": 1 }] } },
        })
    }

    fn part(name: &str, document: Value) -> Part {
        Part::new(Some(name.to_owned()), document).expect("it is a report")
    }

    #[test]
    fn findings_are_ranked_together_under_the_names_of_their_reports() {
        let merged = merge(vec![part("one", document("low", "a.py")), part("two", document("critical", "a.py"))]);
        let files: Vec<&str> =
            merged["findings"].as_array().unwrap().iter().filter_map(|it| it["file"].as_str()).collect();
        assert_eq!(files, ["two/a.py", "one/a.py"]);
        assert_eq!(merged["findings"][0]["key"], "a-rule:two/a.py:f:x");
        assert_eq!(merged["findings"][0]["path"][0]["file"], "two/a.py");
        assert_eq!(count_from(&merged, Severity::High), 1);
    }

    #[test]
    fn counts_are_added_and_equal_reasons_are_one() {
        let merged = merge(vec![part("one", document("low", "a.py")), part("two", document("low", "b.py"))]);
        assert_eq!(merged["summary"]["files"], 4);
        assert_eq!(merged["summary"]["knowledge"]["row_reads"], 10);
        assert_eq!(merged["summary"]["knowledge"]["reasons"], json!([{ "reason": "a call", "count": 2 }]));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        assert!(matches!(Part::new(None, json!([])), Err(MergeError::NoReport("version"))));
        assert!(matches!(Part::new(None, json!({ "version": 2 })), Err(MergeError::Version(2))));
        assert!(matches!(Part::new(None, json!({ "version": 1 })), Err(MergeError::NoReport("findings"))));
    }
}
