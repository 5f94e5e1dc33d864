//! How much of what loops read was understood, and why the rest was not.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::domain::Why;

/// Counts of attribute reads inside loops.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Reads on rows and on values that are not known.
    pub row_reads: u64,
    /// Reads on rows.
    pub understood: u64,
    reasons: FxHashMap<Why, u64>,
}

impl Knowledge {
    /// Why reads were not understood, in words, with counts.
    pub fn reasons(&self) -> BTreeMap<String, u64> {
        let mut reasons = BTreeMap::new();
        for (why, count) in &self.reasons {
            *reasons.entry(in_words(*why)).or_default() += count;
        }
        reasons
    }

    pub(crate) fn known_read(&mut self, loops: usize) {
        if loops > 0 {
            self.row_reads += 1;
            self.understood += 1;
        }
    }

    pub(crate) fn unknown_read(&mut self, loops: usize, why: Why) {
        if loops == 0 {
            return;
        }
        self.row_reads += 1;
        *self.reasons.entry(why).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Knowledge) {
        self.row_reads += other.row_reads;
        self.understood += other.understood;
        for (why, count) in &other.reasons {
            *self.reasons.entry(*why).or_default() += count;
        }
    }
}

fn in_words(why: Why) -> String {
    match why {
        Why::Parameter => "a parameter that no known caller fills".to_owned(),
        Why::External(path) => format!("the result of {path}"),
        Why::Attribute(name) => format!("an attribute that is not known: {name}"),
        Why::Call => "the result of an unknown call".to_owned(),
        Why::Recursion => "a recursive call".to_owned(),
        Why::Fuel => "the work bound of the function".to_owned(),
        Why::Merge => "too many alternatives".to_owned(),
        Why::Syntax => "syntax that is not interpreted".to_owned(),
        Why::Name(name) => format!("a name that is bound nowhere: {name}"),
        Why::Element => "an element of something unknown".to_owned(),
    }
}
