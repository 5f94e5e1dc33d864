//! Sites and candidates to findings, by the rules of `queries/`.

mod finding;

pub use finding::{Confidence, Edit, Finding, PathStep, Point, Severity, Spot};
