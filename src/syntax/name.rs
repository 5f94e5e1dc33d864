//! Interned names: identifiers, dotted paths and short texts of the analysed program.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use ustr::Ustr;

/// An interned text; equality is one comparison of pointers; the order is fixed but not that of the texts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Name(Ustr);

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Self {
        Name(Ustr::from(text))
    }

    /// The text itself.
    pub fn as_str(self) -> &'static str {
        self.0.as_str()
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name::new(text)
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self == other {
            return std::cmp::Ordering::Equal;
        }
        // Maps by name are everywhere, and most names differ in length. The hash that `ustr` keeps is no order:
        // a feature that any other crate can turn on makes it differ from run to run.
        self.len().cmp(&other.len()).then_with(|| self.as_str().cmp(other.as_str()))
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}
