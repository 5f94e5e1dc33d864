//! A live database to a snapshot. Nothing is written there, and no row is read.

mod postgres;
mod sqlite;

pub use postgres::{Verifier, capture as capture_postgres};
pub use sqlite::capture as capture_sqlite;
