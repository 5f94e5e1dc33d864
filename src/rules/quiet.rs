//! Pieces of code in which patterns are known to match nothing, so that the next run need not parse them for it.

use std::sync::Mutex;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::registry::{Registry, Rule};

/// So many pieces are known at most.
const MOST: usize = 1 << 20;

/// What is known of pieces, as numbers of their text and of the rules that were asked.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Quiet {
    /// The rules there were.
    rules: u64,
    known: FxHashSet<u64>,
    #[serde(skip)]
    new: Mutex<Vec<u64>>,
}

impl Quiet {
    /// What an earlier run knew, where it had the same rules.
    pub fn under(self, registry: &Registry) -> Quiet {
        let texts: Vec<&str> = registry.rules().iter().flat_map(|rule| [rule.id, rule.query]).collect();
        let rules = xxh3_64(texts.join("\n").as_bytes());
        if self.rules == rules { self } else { Quiet { rules, ..Quiet::default() } }
    }

    /// What the next run may know: too much is forgotten.
    pub fn settled(mut self) -> Quiet {
        let new = std::mem::take(&mut self.new).into_inner().unwrap_or_default();
        if self.known.len() + new.len() > MOST {
            self.known.clear();
        }
        self.known.extend(new);
        self
    }

    /// The number of a piece for these rules.
    pub(super) fn number<'r>(piece: &str, rules: impl Iterator<Item = &'r Rule>) -> u64 {
        let mut hasher = Xxh3::new();
        hasher.update(piece.as_bytes());
        for rule in rules {
            hasher.update(b"\0");
            hasher.update(rule.id.as_bytes());
        }
        hasher.digest()
    }

    /// The number of a piece for one rule, where others match there; `what` is what is asked of it.
    pub(super) fn number_of_one(piece: &str, rule: &Rule, what: &str) -> u64 {
        xxh3_64(format!("{what}\0{}\0{piece}", rule.id).as_bytes())
    }

    /// Whether nothing is known to match there.
    pub(super) fn holds(&self, number: u64) -> bool {
        self.known.contains(&number)
    }

    /// Remembers that nothing matches.
    pub(super) fn add(&self, number: u64) {
        if let Ok(mut new) = self.new.lock() {
            new.push(number);
        }
    }
}
