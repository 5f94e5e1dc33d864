//! Findings to text, JSON and the other formats. Everything writes to a `Write`; nothing here decides what is found.

mod concise;
mod diff;
mod explanation;
mod footer;
mod gate;
mod github;
mod gitlab;
mod groups;
mod harmless;
mod json;
mod junit;
mod knowledge;
mod merge;
mod sarif;
mod summary;
mod table;
mod text;
mod top;

pub use concise::write_concise;
pub use diff::{write_diff, write_diff_json};
pub use explanation::{Explanation, Query, Told, write_explanation};
pub use footer::write_footer;
pub use gate::{Gate, write_summary};
pub use github::write_github;
pub use gitlab::write_gitlab;
pub use harmless::Harmless;
pub use json::write_json;
pub use junit::write_junit;
pub use knowledge::write_knowledge;
pub use merge::{MergeError, Part, count_from, merge};
pub use sarif::write_sarif;
pub use summary::{Knowledge, Line, Reason, Report, Skipped, Summary, Timing};
pub use table::write_table;
pub use text::{Style, show_error, write_text};
pub use top::write_top;
