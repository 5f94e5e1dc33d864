//! What a profile of the database tells rules of statements, as plain data: `profile/figures.rs` makes it.
//!
//! Without a profile nothing is known, and what nothing is known of no rule speaks of.

use rustc_hash::FxHashMap;

use super::evidence::grouped;
use crate::domain::{Footprint, Site};

/// What the database says of each statement of the program.
pub type Database = FxHashMap<Footprint, Figures>;

/// What the database says of one statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// The main table, as the database names it.
    pub table: String,
    /// Its rows.
    pub rows: Option<f64>,
    /// Rows that one execution fetches: the mean of those that were counted, else those of a table that is not filtered.
    pub fetched: Option<f64>,
    /// Bytes of one of its rows on disk, long values included.
    pub row_bytes: Option<f64>,
    /// What no index serves, though one could.
    pub lacks: Vec<Lack>,
}

/// What an index could serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lack {
    /// A comparison.
    Filter,
    /// A pattern of LIKE.
    Pattern,
    /// The first rows of an ordering.
    Order,
}

/// A number that is known of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Rows,
    Fetched,
    RowBytes,
}

impl Lack {
    /// The lack that a word of a rule names.
    pub(super) fn from_word(word: &str) -> Option<Lack> {
        Some(match word {
            "filter" => Lack::Filter,
            "pattern" => Lack::Pattern,
            "order" => Lack::Order,
            _ => return None,
        })
    }
}

impl Measure {
    /// The number that a word of a rule names.
    pub(super) fn from_word(word: &str) -> Option<Measure> {
        Some(match word {
            "rows" => Measure::Rows,
            "fetched" => Measure::Fetched,
            "row-bytes" => Measure::RowBytes,
            _ => return None,
        })
    }
}

impl Figures {
    /// The number, where it is known.
    pub(super) fn number(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Rows => self.rows,
            Measure::Fetched => self.fetched,
            Measure::RowBytes => self.row_bytes,
        }
    }

    /// A text with the numbers in place of their names.
    pub(super) fn fill(&self, text: &str) -> String {
        let number = |known: Option<f64>| known.map_or("many".to_owned(), |number| grouped(number.round()));
        text.replace("{table}", &self.table)
            .replace("{table-rows}", &number(self.rows))
            .replace("{fetched}", &number(self.fetched))
            .replace("{row-bytes}", &number(self.row_bytes))
    }
}

/// What the database says of the statement of a site.
pub(super) fn figures<'d>(database: &'d Database, site: &Site) -> Option<&'d Figures> {
    database.get(site.footprint.as_ref().filter(|_| !site.kind.is_remark())?)
}
