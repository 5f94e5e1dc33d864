//! Findings: plain data, as `output.md` and the JSON document have them.

use serde::Serialize;

use super::evidence::Evidence;
use super::home::Home;
use crate::domain::{Footprint, Size};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// How sure quell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// A place as people count: lines and columns 1-based, columns in code points, the end exclusive in columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[allow(missing_docs)]
pub struct Spot {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// A step of the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PathStep {
    /// Where.
    #[serde(flatten)]
    pub spot: Spot,
    /// `query`, `loop`, `call`, `read`, `declared`.
    pub role: &'static str,
    /// In words.
    pub message: String,
}

/// A change of text that mends the finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The file.
    pub file: String,
    /// Where the replaced text starts.
    pub start: Point,
    /// Where it ends, exclusive.
    pub end: Point,
    /// The new text.
    pub text: String,
    /// Whether it keeps behaviour for certain; others are for review.
    pub safe: bool,
}

/// A line and a column, both 1-based.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Point {
    pub line: u32,
    pub column: u32,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// How sure quell is.
    pub confidence: Confidence,
    /// What costs what, lower case, without a full stop.
    pub message: String,
    /// What to write instead, with the right names in the right place.
    pub help: String,
    /// The primary place: the expression that fires.
    #[serde(flatten)]
    pub spot: Spot,
    /// Further places that fire for the same origin and relation.
    pub also: Vec<Spot>,
    /// The way from the query to the read.
    pub path: Vec<PathStep>,
    /// Where the fix belongs.
    pub origin: Option<Spot>,
    /// Whether the number of queries grows with the rows.
    pub per_row: bool,
    /// The symbolic count.
    pub cost: String,
    /// `shop.Book`
    pub model: Option<String>,
    /// `author__publisher` (Django) or `author.publisher` (SQLAlchemy)
    pub relation: Option<String>,
    /// Dotted name of the function or class around the primary place.
    pub enclosing: String,
    /// `request`, `background`, `unknown`
    pub place: &'static str,
    /// Stable across edits elsewhere.
    pub key: String,
    /// What the key is made of.
    #[serde(skip)]
    pub home: Home,
    /// How many loops that grow multiply it.
    #[serde(skip)]
    pub degree: usize,
    /// The sizes that its count is made of.
    #[serde(skip)]
    pub factors: Vec<Size>,
    /// The mildest and the worst that its rule and the configuration let it be, whatever a database says.
    #[serde(skip)]
    pub limits: (Severity, Severity),
    /// What mends all findings of the origin at once, where there are several.
    #[serde(skip)]
    pub mends_all: Option<String>,
    /// The statement's shape.
    pub footprint: Option<Footprint>,
    /// What a database says; `None` without a profile.
    pub evidence: Option<Evidence>,
    /// Changes that mend it.
    pub edits: Vec<Edit>,
}

/// Something the user should know that is no finding: a file left out, a guess about the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The file it is about, as shown; `None` for the run as a whole.
    pub file: Option<String>,
    /// The 1-based line, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// `left-out`, `syntax-error`, `assumed`, `internal`, `ignore-unused` …: a word that programs can test.
    pub kind: &'static str,
    /// In words, lower case, without a full stop.
    pub message: String,
}

impl Note {
    /// Orders notes by file and line; those about the whole run come first.
    pub fn by_place(&self, other: &Note) -> std::cmp::Ordering {
        (&self.file, self.line, self.kind, &self.message).cmp(&(&other.file, other.line, other.kind, &other.message))
    }

    /// Whether it says that a part of the work was not done: `--strict` makes that fail.
    pub fn is_failure(&self) -> bool {
        matches!(self.kind, "unreadable" | "left-out" | "syntax-error" | "internal")
    }
}
