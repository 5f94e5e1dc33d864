//! Footprints: the shape of a statement, by which lines of code and statements of a database are joined.

use serde::Serialize;

use crate::syntax::Name;

/// What a SELECT asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SelectKind {
    /// All columns of a table.
    All,
    /// Only the key.
    Key,
    /// `COUNT(...)`.
    Count,
    /// An existence test.
    Exists,
    /// One column that is not the key.
    Column,
}

/// The shape of one statement. Lists are in the order of the statement; `tables[0]` is the main one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Footprint {
    /// `select`, `insert` …
    pub verb: &'static str,
    /// Tables, the main one first.
    pub tables: Vec<Name>,
    /// Joined columns: `table.column` twice.
    pub joins: Vec<[Name; 2]>,
    /// Predicate columns with operators: `["shop_book.author_id", "="]`; `in` is apart from `=`.
    #[serde(rename = "where")]
    pub predicates: Vec<(Name, Name)>,
    /// What is selected; `None` for writes.
    pub select: Option<SelectKind>,
    /// Ordering columns.
    pub order_by: Vec<Name>,
    /// Whether it has a LIMIT.
    pub limit: bool,
}
