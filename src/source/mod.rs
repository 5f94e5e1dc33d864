//! Files on disk: what is read, how bytes become text, and where lines and columns are.

mod changes;
mod decode;
mod file;
mod kind;
mod listing;
mod root;
mod walk;

pub use changes::{Changes, ChangesError, Since};
pub use decode::LeftOut;
pub use file::{FileId, LineColumn, SourceFile};
pub use kind::FileKind;
pub(crate) use kind::classify;
pub use root::Root;
pub use walk::{Entry, Walk, WalkError, WalkOptions, walk};
