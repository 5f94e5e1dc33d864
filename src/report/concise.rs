//! One line a finding: `file:line:col: severity[rule] message`.

use std::io::{self, Write};

use super::summary::Report;

/// Writes one line for each finding.
pub fn write_concise(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for finding in &report.findings {
        let spot = &finding.spot;
        let severity = finding.severity.as_str();
        let (rule, message) = (finding.rule, &finding.message);
        writeln!(out, "{}:{}:{}: {severity}[{rule}] {message}", spot.file, spot.line, spot.column)?;
    }
    Ok(())
}
