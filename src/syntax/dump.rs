//! The IR as compact s-expressions, for tests and snapshots.
