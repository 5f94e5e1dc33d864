//! The last lines of a report for people: counts, what was hidden, what was left out.

use std::io::{self, Write};

use super::harmless::on_one_line;
use super::summary::Report;
use crate::profile::Told;
use crate::rules::{Severity, percent};

/// Most notes that are listed; the JSON document has all.
const MOST_NOTES: usize = 10;

/// Writes notes, counts and, where asked for, timings.
pub fn write_footer(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    write_notes(out, report)?;
    writeln!(out, "{}", counts(report))?;
    if let Some(known) = known(report) {
        writeln!(out, "{known}")?;
    }
    if let Some(told) = &report.summary.profile {
        writeln!(out, "{}", measured(told))?;
    }
    for timing in report.timings.iter().flatten() {
        writeln!(out, "{:>10.3} s  {}", timing.seconds, timing.step)?;
    }
    Ok(())
}

fn write_notes(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for note in report.notes.iter().take(MOST_NOTES) {
        let line = note.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = note.file.as_ref().map(|file| format!("{file}{line}: ")).unwrap_or_default();
        let said = format!("{place}{}", note.message);
        writeln!(out, "note: {}", on_one_line(&said))?;
    }
    match report.notes.len().saturating_sub(MOST_NOTES) {
        0 => Ok(()),
        more => writeln!(out, "note: {more} more, see `--format json`"),
    }
}

/// "3 findings (1 critical, 2 high) in 12 files · hidden: 1 suppressed"
pub(super) fn counts(report: &Report) -> String {
    let found = report.findings.len();
    let by_severity = Severity::ALL.into_iter().filter_map(|severity| {
        let count = report.findings.iter().filter(|finding| finding.severity == severity).count();
        (count > 0).then(|| format!("{count} {}", severity.as_str()))
    });
    let by_severity = by_severity.collect::<Vec<_>>().join(", ");
    let by_severity = if found == 0 { String::new() } else { format!(" ({by_severity})") };
    let findings = if found == 0 { "no findings".to_owned() } else { number(found, "finding") };
    format!("{findings}{by_severity} in {}{}", number(report.summary.files, "file"), hidden(report))
}

/// "understood 97 of 100 reads in loops (97 %)", and the commonest reason for the rest.
fn known(report: &Report) -> Option<String> {
    let knowledge = &report.summary.knowledge;
    if knowledge.row_reads == 0 {
        return None;
    }
    let (understood, reads) = (knowledge.understood, knowledge.row_reads);
    let reason = |reason: &super::Reason| {
        format!("\nmost often in the way: {} ({}), see `quell show knowledge`", reason.reason, reason.count)
    };
    let reason = knowledge.reasons.first().map(reason).unwrap_or_default();
    Some(format!("understood {understood} of {reads} reads in loops ({} %){reason}", knowledge.percent()))
}

/// "PostgreSQL 15.18, database shop, counted since …: this code sends 12 of 40 statements, 81 % of the time"
fn measured(told: &Told) -> String {
    let since = told.since.as_ref().map(|since| format!(", counted since {since}")).unwrap_or_default();
    let share = told.joined_share.map(|share| format!(", {} of the time", percent(share))).unwrap_or_default();
    let joined = match told.statements {
        0 => "no statements".to_owned(),
        all => format!("this code sends {} of {all} statements{share}", told.joined),
    };
    format!("{}, database {}{since}:\n{joined}", told.server, told.database)
}

fn hidden(report: &Report) -> String {
    let hidden = &report.summary.hidden;
    let parts = [
        (hidden.suppressed, "suppressed"),
        (hidden.baseline, "in the baseline"),
        (hidden.confidence, "below the confidence"),
        (hidden.unchanged, "away from changed lines"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if parts.is_empty() { String::new() } else { format!(" · hidden: {}", parts.join(", ")) }
}

pub(super) fn number(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Hidden;

    #[test]
    fn the_footer_says_what_is_hidden() {
        let mut report = Report::default();
        report.summary.files = 12;
        report.summary.hidden = Hidden { suppressed: 1, confidence: 2, ..Hidden::default() };
        assert_eq!(counts(&report), "no findings in 12 files · hidden: 1 suppressed, 2 below the confidence");
    }
}
