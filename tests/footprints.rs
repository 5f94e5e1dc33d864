//! The footprints that quell predicts for the fixtures equal those of the statements that the real ORM sends there, both
//! reduced by the same code. What was measured is taken from `tests/harness`; without it there is nothing to
//! compare, and `./test`, which measures first, says that there must be.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

mod apart;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

type Statements = BTreeMap<String, Vec<(String, u64, String)>>;

#[test]
fn predicted_footprints_are_those_of_the_statements() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new("python3").arg(root.join("tests/harness/statements.py")).output().unwrap();
    let measured: Statements = serde_json::from_slice(&listed.stdout).unwrap_or_default();
    let (mut compared, mut silent, mut wrong) = (0, BTreeMap::<String, u32>::new(), Vec::new());
    for (fixture, statements) in &measured {
        for finding in findings(&root.join(fixture)) {
            let sent = statements_at(&finding, statements);
            if sent.is_empty() {
                continue;
            }
            if finding["footprint"].is_null() {
                *silent.entry(finding["rule"].as_str().unwrap().to_owned()).or_default() += 1;
                continue;
            }
            compared += 1;
            if !sent.iter().any(|(_, footprint)| *footprint == finding["footprint"]) {
                let place = format!("{fixture}/{}:{}", finding["file"].as_str().unwrap(), finding["line"]);
                let sent: Vec<String> =
                    sent.iter().map(|(sql, shape)| format!("  sent {sql}\n       {shape}")).collect();
                wrong.push(format!(
                    "{place} {}\n  said {}\n{}",
                    finding["rule"],
                    finding["footprint"],
                    sent.join("\n")
                ));
            }
        }
    }
    println!("{compared} footprints compared, {} wrong; findings without one: {silent:?}", wrong.len());
    let is_measured = std::env::var_os("QUELL_FIXTURES_MEASURED").is_some();
    assert!(compared > 0 || !is_measured, "the fixtures were measured, and no footprint could be compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn findings(fixture: &Path) -> Vec<Value> {
    let done = Command::new(env!("CARGO_BIN_EXE_quell"))
        .args(["check", "app", "--format", "json", "--no-cache"])
        .current_dir(apart::apart(fixture).path())
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&done.stdout).unwrap_or_default();
    document["findings"].as_array().cloned().unwrap_or_default()
}

/// The statements sent on the lines of a finding, with their shapes.
fn statements_at(finding: &Value, statements: &[(String, u64, String)]) -> Vec<(String, Value)> {
    let lines = finding["line"].as_u64().unwrap()..=finding["end_line"].as_u64().unwrap();
    let here = statements.iter().filter(|(file, line, _)| finding["file"] == **file && lines.contains(line));
    here.map(|(_, _, sql)| (sql.clone(), shape(sql))).collect()
}

fn shape(sql: &str) -> Value {
    let footprint = quell::orm::sql::footprint(sql).map(|(_, footprint)| footprint);
    serde_json::to_value(footprint).unwrap()
}
