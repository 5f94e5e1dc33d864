//! What a report is made of: findings, notes, and the figures of the run.

use std::sync::Arc;

use serde::Serialize;

use crate::profile::Told;
use crate::rules::{Finding, Hidden, Note};
use crate::source::SourceFile;

/// Most reasons for silence that are given.
pub(super) const MOST_REASONS: usize = 10;

/// Everything a format may show.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order in which they are shown.
    pub findings: Vec<Finding>,
    /// Sorted by file and line.
    pub notes: Vec<Note>,
    /// The figures of the run.
    pub summary: Summary,
    /// How long each step took, where that was asked for.
    pub timings: Option<Vec<Timing>>,
    /// The files that findings point into.
    pub sources: Vec<Arc<SourceFile>>,
}

/// The figures of the run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Python files whose findings are reported.
    pub files: usize,
    /// Templates read.
    pub templates: usize,
    /// Python files that are not read because findings in them are not asked for.
    pub skipped: Skipped,
    /// Models understood.
    pub models: usize,
    /// Functions and methods seen.
    pub functions: usize,
    /// What quell knows that it doesn't know.
    pub knowledge: Knowledge,
    /// What is not shown.
    pub hidden: Hidden,
    /// What a profile of the database told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Told>,
}

/// Python files that are counted only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Tests, unless `--include-tests` asks for them.
    pub tests: usize,
    /// Migrations, unless `--include-migrations` asks for them.
    pub migrations: usize,
}

/// The share of row reads that was understood, and why the rest was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Knowledge {
    /// Attribute reads on values that are, or may be, rows.
    pub row_reads: usize,
    /// Those of which quell knows what they fire.
    pub understood: usize,
    /// Why not, the most frequent first.
    pub reasons: Vec<Reason>,
}

/// A reason for silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// In words, lower case, without a full stop.
    pub reason: String,
    /// How often.
    pub count: usize,
    /// Some of the places, in order.
    pub places: Vec<Line>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Line {
    /// As the user sees it.
    pub file: String,
    /// 1-based.
    pub line: u32,
}

impl Knowledge {
    /// Adds what is known of another project.
    pub fn extend(&mut self, other: Knowledge) {
        self.row_reads += other.row_reads;
        self.understood += other.understood;
        for reason in other.reasons {
            match self.reasons.iter_mut().find(|known| known.reason == reason.reason) {
                Some(known) => {
                    known.count += reason.count;
                    known.places.extend(reason.places);
                }
                None => self.reasons.push(reason),
            }
        }
        self.reasons.sort_by(|a, b| (b.count, &a.reason).cmp(&(a.count, &b.reason)));
    }

    /// Leaves only the commonest reasons.
    pub fn shorten(&mut self) {
        self.reasons.truncate(MOST_REASONS);
    }

    /// The share that was understood, in percent, rounded down; all of nothing is all.
    pub fn percent(&self) -> usize {
        (self.understood * 100).checked_div(self.row_reads).unwrap_or(100)
    }
}

/// The time of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// The step's name: `walk`, `link` …
    pub step: &'static str,
    /// Wall-clock seconds.
    pub seconds: f64,
}
