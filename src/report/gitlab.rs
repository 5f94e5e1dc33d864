//! GitLab's code quality report: a list of issues, shown in the merge request's changes.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::summary::Report;
use crate::rules::{Finding, Severity};

/// Writes one list. The fingerprint is the finding's key, so that an issue stays the same wherever its lines move.
pub fn write_gitlab(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let issues: Vec<Value> = report.findings.iter().map(issue).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue(finding: &Finding) -> Value {
    let spot = &finding.spot;
    json!({
        "description": format!("{}: {}", finding.message, finding.help),
        "check_name": finding.rule,
        "fingerprint": finding.key,
        "severity": severity(finding.severity),
        "location": { "path": spot.file, "lines": { "begin": spot.line, "end": spot.end_line } },
    })
}

/// GitLab has `info`, `minor`, `major`, `critical` and `blocker`.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
    }
}
