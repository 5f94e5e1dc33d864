//! Two profiles compared: for people, and as one JSON document.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::summary::Report;
use super::text::Style;
use super::top::cut;
use crate::profile::{Change, Changed, Difference};
use crate::rules::{Finding, duration, grouped};

/// Most statements of one kind that are listed for people.
const MOST: usize = 20;

/// Writes what changed, with the findings that send it.
pub fn write_diff(out: &mut dyn Write, difference: &Difference, report: &Report, style: Style) -> io::Result<()> {
    let [before, after] = &difference.taken_at;
    writeln!(out, "from {before} to {after}")?;
    if difference.continued {
        writeln!(out, "the server went on counting: what it had counted before is taken off")?;
    }
    for change in [Change::New, Change::Slower, Change::Faster, Change::Gone] {
        let changed: Vec<&Changed> = difference.statements.iter().filter(|one| one.change == change).collect();
        if changed.is_empty() {
            continue;
        }
        writeln!(out, "\n{} ({})", word(change), changed.len())?;
        for one in changed.iter().take(MOST) {
            writeln!(out, "  {}", cut(&one.text, style.width.saturating_sub(2)))?;
            writeln!(out, "    {}", figures(one))?;
            for finding in sent_by(one, report) {
                writeln!(out, "    {}:{} {}", finding.spot.file, finding.spot.line, finding.rule)?;
            }
        }
        if changed.len() > MOST {
            writeln!(out, "  and {} more, see `--format json`", changed.len() - MOST)?;
        }
    }
    match difference.unchanged {
        1 => writeln!(out, "\n1 statement is as it was"),
        unchanged => writeln!(out, "\n{unchanged} statements are as they were"),
    }
}

/// Writes the same as one object.
pub fn write_diff_json(out: &mut dyn Write, difference: &Difference, report: &Report) -> io::Result<()> {
    let mut document = serde_json::to_value(difference)?;
    document["version"] = json!(1);
    if let Some(statements) = document["statements"].as_array_mut() {
        for (value, one) in statements.iter_mut().zip(&difference.statements) {
            value["findings"] = sent_by(one, report).map(place).collect();
        }
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn place(finding: &Finding) -> Value {
    json!({ "rule": finding.rule, "file": finding.spot.file, "line": finding.spot.line, "key": finding.key })
}

fn sent_by<'report>(one: &'report Changed, report: &'report Report) -> impl Iterator<Item = &'report Finding> {
    report.findings.iter().filter(|finding| one.footprint.is_some() && finding.footprint == one.footprint)
}

fn word(change: Change) -> &'static str {
    match change {
        Change::New => "new",
        Change::Slower => "slower",
        Change::Faster => "faster",
        Change::Gone => "gone",
    }
}

/// "1,203 calls, 12.1 s" of what came or went, both of what changed.
fn figures(one: &Changed) -> String {
    let calls = |at: usize| grouped(one.calls[at] as f64);
    let whole = |at: usize| format!("{} calls, {}", calls(at), duration(one.total_ms[at]));
    match one.change {
        Change::New => whole(1),
        Change::Gone => whole(0),
        Change::Slower | Change::Faster => format!(
            "{} → {} a call; {} → {} calls",
            duration(one.mean_ms[0]),
            duration(one.mean_ms[1]),
            calls(0),
            calls(1)
        ),
    }
}
