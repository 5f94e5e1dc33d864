//! Whether a report passes, and the one line that says so in a log.

use std::io::{self, Write};

use super::footer::counts;
use super::summary::Report;
use crate::rules::Severity;

/// What a report must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Findings that are at least this severe fail; none do without it.
    pub least: Option<Severity>,
    /// So many of them pass all the same.
    pub most: usize,
}

impl Gate {
    /// How many findings count.
    pub fn count(self, report: &Report) -> usize {
        let counts = |severity| self.least.is_some_and(|least| severity >= least);
        report.findings.iter().filter(|finding| counts(finding.severity)).count()
    }

    /// Whether there are not more than may be.
    pub fn passes(self, report: &Report) -> bool {
        self.count(report) <= self.most
    }

    /// "passes: nothing at or above critical" or "fails: 3 at or above critical, at most 2 may be"
    fn verdict(self, report: &Report) -> String {
        let Some(least) = self.least else { return "passes: nothing fails".to_owned() };
        let count = self.count(report);
        let verdict = if self.passes(report) { "passes" } else { "fails" };
        let found = if count == 0 { "nothing".to_owned() } else { count.to_string() };
        let most = if self.most == 0 { String::new() } else { format!(", at most {} may be", self.most) };
        format!("{verdict}: {found} at or above {}{most}", least.as_str())
    }
}

/// Writes one line: verdict and counts.
pub fn write_summary(out: &mut dyn Write, report: &Report, gate: Gate) -> io::Result<()> {
    writeln!(out, "quell {}; {}", gate.verdict(report), counts(report))
}
