//! How bad a finding is: from how its cost grows and where it runs.

use super::finding::{Confidence, Severity};
use crate::domain::{Certainty, EffectKind, RootKind, Site};

/// How the cost of a site grows with the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Growth {
    Constant,
    Bounded,
    Unbounded,
    Product,
}

/// The severity of one site under a rule whose page says `cap`.
pub fn severity(site: &Site, cap: Severity) -> Severity {
    let computed = match (growth(site), site.root) {
        (Growth::Product, RootKind::Request | RootKind::Unknown) => Severity::Critical,
        (Growth::Product, RootKind::Background) => Severity::High,
        (Growth::Unbounded, RootKind::Request) => Severity::Critical,
        (Growth::Unbounded, RootKind::Unknown) => Severity::High,
        (Growth::Unbounded, RootKind::Background) => Severity::Medium,
        (Growth::Bounded, RootKind::Request) => Severity::High,
        (Growth::Bounded, RootKind::Unknown) => Severity::Medium,
        (Growth::Bounded, RootKind::Background) => Severity::Low,
        (Growth::Constant, RootKind::Background) => cap.one_lower(),
        (Growth::Constant, RootKind::Request | RootKind::Unknown) => cap,
    };
    computed.min(cap)
}

/// A commit per row waits for the disk each time, so it ranks with the products.
fn growth(site: &Site) -> Growth {
    let unbounded = site.cost.factors.iter().any(|size| size.is_unbounded());
    match site.cost.degree() {
        _ if !site.per_row => Growth::Constant,
        _ if site.kind == EffectKind::Commit => Growth::Product,
        2.. if unbounded => Growth::Product,
        _ if unbounded => Growth::Unbounded,
        _ => Growth::Bounded,
    }
}

/// How sure a finding is whose surest site is this sure.
pub fn confidence(certainty: Certainty) -> Confidence {
    match certainty {
        Certainty::Low => Confidence::Low,
        Certainty::Medium => Confidence::Medium,
        Certainty::High => Confidence::High,
    }
}

impl Severity {
    /// From the worst to the mildest.
    pub const ALL: [Severity; 4] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

    /// The word in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// The severity that a word names.
    pub fn from_word(word: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.as_str() == word)
    }

    /// The next milder one; `low` stays.
    pub fn one_lower(self) -> Severity {
        match self {
            Severity::Critical => Severity::High,
            Severity::High => Severity::Medium,
            Severity::Medium | Severity::Low => Severity::Low,
        }
    }
}

impl Confidence {
    /// From the surest.
    pub const ALL: [Confidence; 3] = [Confidence::High, Confidence::Medium, Confidence::Low];

    /// The confidence that a word names.
    pub fn from_word(word: &str) -> Option<Confidence> {
        Confidence::ALL.into_iter().find(|confidence| confidence.as_str() == word)
    }

    /// The word in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}
