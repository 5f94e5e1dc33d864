//! Findings to text, JSON and the other formats. Everything writes to a `Write`; nothing here decides what is found.

mod concise;
mod explanation;
mod footer;
mod github;
mod json;
mod knowledge;
mod sarif;
mod summary;
mod text;

pub use concise::write_concise;
pub use explanation::{Explanation, Query, Told, write_explanation};
pub use footer::write_footer;
pub use github::write_github;
pub use json::write_json;
pub use knowledge::write_knowledge;
pub use sarif::write_sarif;
pub use summary::{Knowledge, Line, Reason, Report, Skipped, Summary, Timing};
pub use text::{Style, show_error, write_text};
