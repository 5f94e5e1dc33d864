//! SARIF 2.1.0: one run with the whole catalogue of rules, for code scanning and viewers.
//!
//! `sarif/README.md` says which field of a finding goes where. Suppressed findings are left out: GitHub shows them as open.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::summary::Report;
use crate::rules::{Confidence, Edit, Finding, Note, PathStep, Registry, Rule, Severity, Spot};

/// Where the schema is published.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The folder that relative addresses count from.
const ROOT: &str = "%SRCROOT%";

/// GitHub shows no more results of a log than these. So many also stay well below the 10 MB that it takes, zipped.
/// <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
const MOST_RESULTS: usize = 5_000;

/// GitHub shows no more steps of a path.
const MOST_STEPS: usize = 1_000;

/// GitHub shows no more further places of a result.
const MOST_PLACES: usize = 100;

/// A rule about safety: the only kind that has a `security-severity`.
const SECURITY: [(&str, &str); 1] = [("sql-built-from-values", "8.0")];

/// Writes the whole report as one log.
pub fn write_sarif(out: &mut dyn Write, report: &Report, registry: &Registry) -> io::Result<()> {
    let mut rules: Vec<&Rule> = registry.rules().iter().collect();
    rules.sort_by_key(|rule| rule.id);
    let results = shown(report).map(|finding| result(finding, &rules)).collect::<Vec<_>>();
    let notes: Vec<Note> = report.notes.iter().cloned().chain(cut(report)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(&rules, &notes) },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "the folder in which quell ran" } } },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notes.iter().map(notification).collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// As many findings as GitHub shows: those of the highest rank, in their own order.
fn shown(report: &Report) -> impl Iterator<Item = &Finding> {
    let mut ranked: Vec<usize> = (0..report.findings.len()).collect();
    let rank = |index: &usize| rank(report.findings[*index].severity, report.findings[*index].confidence);
    ranked.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
    ranked.truncate(MOST_RESULTS);
    ranked.sort_unstable();
    ranked.into_iter().map(|index| &report.findings[index])
}

/// Says how many findings are left out.
fn cut(report: &Report) -> Option<Note> {
    let more = report.findings.len().checked_sub(MOST_RESULTS).filter(|more| *more > 0)?;
    let message = format!("{more} findings of the lowest ranks are left out: GitHub shows {MOST_RESULTS}");
    Some(Note { file: None, line: None, kind: "cut", message })
}

fn driver(rules: &[&Rule], notes: &[Note]) -> Value {
    let mut kinds: Vec<&str> = notes.iter().map(|note| note.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    json!({
        "name": "quell",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "shortDescription": { "text": env!("CARGO_PKG_DESCRIPTION") },
        "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
        "notifications": kinds.iter().map(|kind| json!({ "id": kind })).collect::<Vec<_>>(),
    })
}

fn descriptor(rule: &Rule) -> Value {
    let page = &rule.page;
    let orms: Vec<&str> = page.orms.iter().map(|orm| orm.as_str()).collect();
    let mut properties = json!({
        "severity": page.severity.as_str(),
        "confidence": page.confidence.as_str(),
        "fix": page.fix.as_str(),
        "group": rule.group,
        "orm": orms,
        "since": page.since,
        "tags": ["performance", "database"],
        "problem.severity": problem_severity(page.severity),
    });
    if let Some((_, score)) = SECURITY.iter().find(|(id, _)| *id == rule.id) {
        properties["security-severity"] = json!(score);
        properties["tags"] = json!(["security", "database"]);
    }
    let summary = on_one_line(page.summary());
    json!({
        "id": rule.id,
        "name": pascal_case(rule.id),
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "help": { "text": page.text, "markdown": page.text },
        "defaultConfiguration": { "level": level(page.severity), "rank": rank(page.severity, Confidence::High) },
        "properties": properties,
    })
}

fn result(finding: &Finding, rules: &[&Rule]) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "rank": rank(finding.severity, finding.confidence) + of_load(finding),
        "message": { "text": format!("{}: {}", finding.message, finding.help) },
        "locations": [primary(finding)],
        "partialFingerprints": { "quellKey/v1": finding.key },
        "properties": properties(finding),
    });
    if let Some(index) = rules.iter().position(|rule| rule.id == finding.rule) {
        result["ruleIndex"] = json!(index);
    }
    let related = related(finding);
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if !finding.path.is_empty() {
        let steps: Vec<Value> =
            finding.path.iter().take(MOST_STEPS).enumerate().map(|(index, step)| flow(step, index + 1)).collect();
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
    }
    if !finding.edits.is_empty() {
        let changes: Vec<Value> = finding.edits.iter().map(change).collect();
        result["fixes"] = json!([{ "description": { "text": finding.help }, "artifactChanges": changes }]);
    }
    result
}

fn primary(finding: &Finding) -> Value {
    let mut location = json!({ "physicalLocation": physical(&finding.spot) });
    if !finding.enclosing.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": finding.enclosing, "kind": "function" }]);
    }
    location
}

/// The origin first, then the further places, numbered from 1.
fn related(finding: &Finding) -> Vec<Value> {
    let origin = finding.origin.iter().map(|spot| (spot, "the query that makes the rows: the fix belongs here"));
    let places = origin.chain(finding.also.iter().map(|spot| (spot, "fires here too")));
    let location = |(index, (spot, message)): (usize, (&Spot, &str))| json!({ "id": index + 1, "physicalLocation": physical(spot), "message": { "text": message } });
    places.take(MOST_PLACES).enumerate().map(location).collect()
}

fn flow(step: &PathStep, order: usize) -> Value {
    json!({
        "location": { "physicalLocation": physical(&step.spot), "message": { "text": step.message } },
        "executionOrder": order,
        "importance": if step.role == "call" { "important" } else { "essential" },
        "kinds": [step.role],
    })
}

fn properties(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.as_str(),
        "confidence": finding.confidence.as_str(),
        "help": finding.help,
        "cost": finding.cost,
        "per_row": finding.per_row,
        "model": finding.model,
        "relation": finding.relation,
        "place": finding.place,
        "footprint": finding.footprint,
        "evidence": finding.evidence,
    })
}

fn change(edit: &Edit) -> Value {
    json!({
        "artifactLocation": artifact(&edit.file),
        "replacements": [{
            "deletedRegion": {
                "startLine": edit.start.line,
                "startColumn": edit.start.column,
                "endLine": edit.end.line,
                "endColumn": edit.end.column,
            },
            "insertedContent": { "text": edit.text },
        }],
    })
}

fn physical(spot: &Spot) -> Value {
    json!({
        "artifactLocation": artifact(&spot.file),
        "region": {
            "startLine": spot.line,
            "startColumn": spot.column,
            "endLine": spot.end_line,
            "endColumn": spot.end_column,
        },
    })
}

/// A path below the working directory is relative to the root; any other is absolute.
fn artifact(file: &str) -> Value {
    if file.starts_with('/') {
        return json!({ "uri": format!("file://{}", encoded(file)) });
    }
    json!({ "uri": encoded(file), "uriBaseId": ROOT })
}

/// Percent-encodes what RFC 3986 does not allow bare in a path, and `:` and `@` too.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(byte as char),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

fn notification(note: &Note) -> Value {
    let mut value = json!({
        "descriptor": { "id": note.kind },
        "level": if note.is_failure() { "warning" } else { "note" },
        "message": { "text": note.message },
    });
    if let Some(file) = &note.file {
        let mut physical = json!({ "artifactLocation": artifact(file) });
        if let Some(line) = note.line {
            physical["region"] = json!({ "startLine": line });
        }
        value["locations"] = json!([{ "physicalLocation": physical }]);
    }
    value
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// GitHub's own scale.
fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "recommendation",
    }
}

/// 0 to 100: severity decides, confidence orders what is equally severe.
fn rank(severity: Severity, confidence: Confidence) -> f64 {
    let base = match severity {
        Severity::Critical => 95.0,
        Severity::High => 70.0,
        Severity::Medium => 45.0,
        Severity::Low => 20.0,
    };
    match confidence {
        Confidence::High => base,
        Confidence::Medium => base - 5.0,
        Confidence::Low => base - 10.0,
    }
}

/// Up to 5 more by the part of the database's load, where a profile has it.
fn of_load(finding: &Finding) -> f64 {
    let load = finding.evidence.as_ref().and_then(|evidence| evidence.load);
    5.0 * load.unwrap_or_default().clamp(0.0, 1.0)
}

fn pascal_case(id: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    id.split('-').filter(|word| word.is_ascii() && !word.is_empty()).map(capital).collect()
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::judge;
    use crate::rules::shop::{options, shop};

    const SCHEMA_TEXT: &str = include_str!("../../sarif/sarif-schema-2.1.0.json");

    fn log() -> Value {
        let shop = shop();
        let registry = Registry::builtin().unwrap();
        let sites = [shop.author_of_book(), shop.publisher_of_author(), shop.author_in_label()];
        let judgement = judge(&shop.program, &sites, &[], &registry, &options()).ranked();
        let note = |file: Option<&str>, line, kind| Note {
            file: file.map(str::to_owned),
            line,
            kind,
            message: "as it is".to_owned(),
        };
        let notes = vec![note(None, None, "assumed"), note(Some("café/a b.py"), Some(3), "syntax-error")];
        let report = Report { findings: judgement.findings, notes, ..Report::default() };
        let mut out = Vec::new();
        write_sarif(&mut out, &report, &registry).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn the_log_passes_the_schema() {
        let mut compiler = boon::Compiler::new();
        compiler.enable_format_assertions();
        compiler.add_resource("sarif.json", serde_json::from_str(SCHEMA_TEXT).unwrap()).unwrap();
        let mut schemas = boon::Schemas::new();
        let schema = compiler.compile("sarif.json", &mut schemas).unwrap();
        if let Err(error) = schemas.validate(&log(), schema) {
            panic!("{error:#}");
        }
    }

    #[test]
    fn every_rule_is_in_the_catalogue_with_its_page() {
        let log = log();
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), Registry::builtin().unwrap().rules().len());
        assert!(rules.iter().all(|rule| rule["help"]["markdown"].as_str().unwrap().starts_with("# ")));
        let is_secure = |rule: &&Value| !rule["properties"]["security-severity"].is_null();
        assert!(rules.iter().filter(is_secure).all(|rule| rule["id"] == "sql-built-from-values"));
    }

    #[test]
    fn a_result_points_to_its_rule_and_walks_its_path() {
        let log = log();
        let run = &log["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
            assert!(result["partialFingerprints"]["quellKey/v1"].as_str().unwrap().contains(":shop."));
            assert!(result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap().len() > 1);
        }
    }

    #[test]
    fn of_too_many_findings_those_of_the_highest_rank_stay() {
        let shop = shop();
        let registry = Registry::builtin().unwrap();
        let finding = judge(&shop.program, &[shop.author_of_book()], &[], &registry, &options()).findings.remove(0);
        let of = |severity| Finding { severity, ..finding.clone() };
        let mut findings = vec![of(Severity::Low); 3];
        findings.extend(vec![of(Severity::Critical); MOST_RESULTS - 1]);
        let report = Report { findings, ..Report::default() };
        let mut out = Vec::new();
        write_sarif(&mut out, &report, &registry).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(
            (results.len(), &results[0]["level"], &results[1]["level"]),
            (5_000, &json!("note"), &json!("error"))
        );
        let note = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
        assert_eq!(note["message"]["text"], "2 findings of the lowest ranks are left out: GitHub shows 5000");
    }

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(artifact("café/a b.py"), json!({ "uri": "caf%C3%A9/a%20b.py", "uriBaseId": ROOT }));
        assert_eq!(artifact("/srv/a#b.py"), json!({ "uri": "file:///srv/a%23b.py" }));
        assert_eq!(pascal_case("lazy-load-per-row"), "LazyLoadPerRow");
    }
}
