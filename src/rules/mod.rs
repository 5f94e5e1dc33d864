//! Sites and candidates to findings, by the rules of `queries/`.

mod baseline;
mod candidates;
mod capture;
mod case;
mod database;
mod eager;
mod evidence;
mod finding;
mod fix;
mod folder;
mod home;
mod judge;
mod page;
mod predicate;
mod quiet;
mod registry;
mod severity;
#[cfg(test)]
pub(crate) mod shop;
mod suppress;
mod written;

pub use baseline::{Sifted, Surroundings, Unsure, entries, sift};
pub use database::{Database, Figures, Lack};
pub use evidence::{Estimate, Evidence, MissingIndex, Sent, duration, grouped, percent};
pub use finding::{Confidence, Edit, Finding, Note, PathStep, Point, Severity, Spot};
pub use fix::Remedy;
pub use home::Home;
pub use judge::{Hidden, JudgeOptions, Judgement, judge};
pub use page::Page;
pub use predicate::known_predicates;
pub use quiet::Quiet;
pub use registry::{Registry, Rule, RuleError, RulePattern};
pub use written::Written;
