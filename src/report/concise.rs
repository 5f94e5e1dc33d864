//! One line a finding: `file:line:col: severity[rule] message`.

use std::io::{self, Write};

use super::harmless::on_one_line;
use super::summary::Report;
use crate::rules::Evidence;

/// Writes one line for each finding.
pub fn write_concise(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for finding in &report.findings {
        let spot = &finding.spot;
        let severity = finding.severity.as_str();
        let (rule, message) = (finding.rule, &finding.message);
        let evidence = finding.evidence.iter().flat_map(Evidence::in_words).map(|words| format!(" ({words})"));
        let evidence = evidence.collect::<String>();
        let said = format!("{message}{evidence}");
        let (file, said) = (on_one_line(&spot.file), on_one_line(&said));
        writeln!(out, "{file}:{}:{}: {severity}[{rule}] {said}", spot.line, spot.column)?;
    }
    Ok(())
}
