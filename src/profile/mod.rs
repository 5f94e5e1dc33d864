//! What a live database says: a snapshot of it, joined to findings by footprint.
//!
//! `snapshot` is the document, `capture` takes one from a database (behind the feature `profile`), `shape` and `gather` reduce
//! statements to what is kept of them, `join` shares them out among the places that send them, `sizes` turns `N(Book)` into
//! a number, `rank` makes a severity of the figures, `indexes` proposes what is missing, `diff` compares two snapshots.

mod address;
#[cfg(feature = "profile")]
mod capture;
mod diff;
mod error;
mod figures;
#[cfg(any(test, feature = "profile"))]
mod gather;
mod indexes;
mod join;
mod open;
mod rank;
#[cfg(any(test, feature = "profile"))]
mod shape;
mod sizes;
mod snapshot;
#[cfg_attr(not(feature = "profile"), allow(dead_code, reason = "comments are read where statements are"))]
mod tags;

pub use diff::{Change, Changed, Difference, diff};
pub use error::ProfileError;
pub use figures::figures;
pub use indexes::{Proposal, Verdict, advise, propose};
pub use join::{Claim, Told, join, weight};
pub use open::{Opened, open, verify};
pub use rank::rank;
pub use sizes::Sizes;
pub use snapshot::{ServerKind, Snapshot, Statement, Table};

/// Told the name of each part before it is read.
pub type OnStep<'run> = &'run dyn Fn(&'static str);
