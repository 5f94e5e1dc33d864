//! What is wrong with a configuration, and where.

use std::ops::Range;
use std::sync::Arc;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as shown.
    pub file: String,
    /// Its text.
    pub text: Arc<str>,
    /// The bytes that are wrong.
    pub span: Range<usize>,
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// All mistakes of the configuration, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration has {}", if problems.len() == 1 { "a mistake".to_owned() } else { format!("{} mistakes", problems.len()) })]
pub struct ConfigError {
    /// Never empty.
    pub problems: Vec<Problem>,
}
