//! Findings to text, JSON and the other formats. Everything writes to a `Write`; nothing here decides what is found.

mod concise;
mod footer;
mod github;
mod json;
mod sarif;
mod summary;
mod text;

pub use concise::write_concise;
pub use footer::write_footer;
pub use github::write_github;
pub use json::write_json;
pub use sarif::write_sarif;
pub use summary::{Knowledge, Reason, Report, Skipped, Summary, Timing};
pub use text::{Style, show_error, write_text};
