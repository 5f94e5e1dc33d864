//! Files on disk: what is read, how bytes become text, and where lines and columns are.

mod file;

pub use file::{FileId, LineColumn, SourceFile};
