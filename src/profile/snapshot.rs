//! What a database says about itself at one moment: the document that `quell profile` writes.
//!
//! No row and no literal is in it. `docs/profile.md` lists the fields; keys are added, never removed or renamed without
//! a new `version`. What could not be read is named in `missing`, with the SQL that would widen the next snapshot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Footprint;

/// The version of the document.
pub const VERSION: u32 = 1;

/// Statistics of less than an hour say nothing of what they don't have.
const LEAST_SECONDS: f64 = 3_600.0;

/// A snapshot of one database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Of the document: 1.
    pub version: u32,
    /// The quell that took it.
    pub quell: String,
    /// When, as the server's clock has it: `2026-11-28T01:10:00Z`.
    pub taken_at: String,
    /// Who was asked.
    pub server: Server,
    /// How old the figures are.
    pub statistics: Statistics,
    /// Settings that bear on cost, by name, as the server shows them.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// What was sent, by fingerprint, the dearest first.
    #[serde(default)]
    pub statements: Vec<Statement>,
    /// Tables by schema and name.
    #[serde(default)]
    pub tables: Vec<Table>,
    /// Connections to this database by state.
    #[serde(default)]
    pub connections: Vec<Connections>,
    /// Locks by mode.
    #[serde(default)]
    pub locks: Vec<Locks>,
    /// What connections wait for.
    #[serde(default)]
    pub waits: Vec<Waits>,
    /// Installed extensions with their versions.
    #[serde(default)]
    pub extensions: BTreeMap<String, String>,
    /// What the snapshot does not have, and why.
    #[serde(default)]
    pub missing: Vec<Missing>,
}

/// The kinds of database that can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum ServerKind {
    #[default]
    Postgresql,
    Sqlite,
}

/// The server, without its address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// PostgreSQL or SQLite.
    pub kind: ServerKind,
    /// `15.18`.
    pub version: String,
    /// The database's name; for SQLite that of the file.
    pub database: String,
    /// Whether it is a standby: its counters are its own.
    #[serde(default)]
    pub is_standby: bool,
    /// Schemas in the order in which bare names are looked up.
    #[serde(default)]
    pub search_path: Vec<String>,
    /// How long an empty statement takes from here to the server and back; the median of five; milliseconds.
    #[serde(default)]
    pub round_trip_ms: Option<f64>,
}

/// How old the figures are, and how many statements were forgotten.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Since when tables and indexes are counted.
    pub tables_since: Option<String>,
    /// Since when statements are counted.
    pub statements_since: Option<String>,
    /// Seconds between that and the snapshot.
    pub statements_seconds: Option<f64>,
    /// How often statements were dropped for want of room: what is not listed may have run all the same.
    pub evictions: Option<i64>,
    /// Time of all statements of this database together, those that were left out too; milliseconds.
    #[serde(default)]
    pub total_ms: f64,
    /// Calls of all statements of this database together.
    #[serde(default)]
    pub total_calls: i64,
}

/// Statements of one fingerprint, added up over users, parameter types and lengths of lists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The fingerprint: equal for equal texts but for literals, comments, labels, casts of parameters, lengths of lists.
    pub id: String,
    /// The text with `?` for each literal, cut after 2,000 characters.
    pub text: String,
    /// The shape that lines of code are joined by; none where the text is not understood.
    pub footprint: Option<Footprint>,
    /// Parameters stand on the left of `=`: SQLAlchemy's own comparison with a parent.
    #[serde(default)]
    pub reversed: bool,
    /// What comments in the text say about where it came from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<BTreeMap<String, String>>,
    /// How many entries of the database were added up.
    pub entries: u32,
    /// How often it ran.
    pub calls: i64,
    /// Time in the server, planning included where that is counted; milliseconds.
    pub total_ms: f64,
    /// The mean of one call; milliseconds.
    pub mean_ms: f64,
    /// The deviation from the mean; milliseconds.
    pub stddev_ms: f64,
    /// Rows returned or changed, all calls.
    pub rows: i64,
    /// Shared and temporary blocks, all calls.
    pub blocks: Blocks,
    /// Bytes of write-ahead log; none before PostgreSQL 13.
    pub wal_bytes: Option<i64>,
    /// Since when it is counted, where the server says so of each statement (PostgreSQL 17).
    pub since: Option<String>,
}

/// Blocks touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Blocks {
    pub hit: i64,
    pub read: i64,
    pub dirtied: i64,
    pub written: i64,
    pub temp_read: i64,
    pub temp_written: i64,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its schema; `main` for SQLite.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Whether it is a table, a partitioned table, a partition, a materialised view or a foreign table.
    #[serde(default)]
    pub kind: String,
    /// Rows: counted for SQLite, estimated by PostgreSQL; none where nobody has counted yet.
    pub rows: Option<i64>,
    /// Dead rows that await vacuum.
    pub dead_rows: Option<i64>,
    /// Bytes of the heap.
    pub bytes: Option<i64>,
    /// Bytes of its TOAST table.
    pub toast_bytes: Option<i64>,
    /// Bytes of its indexes.
    pub index_bytes: Option<i64>,
    /// Sequential scans.
    pub scans: Option<i64>,
    /// Rows read by sequential scans.
    pub scanned_rows: Option<i64>,
    /// Index scans.
    pub index_scans: Option<i64>,
    /// Rows inserted, updated and deleted.
    pub writes: Option<i64>,
    /// The last vacuum, by hand or automatic.
    pub vacuumed: Option<String>,
    /// The last analyse, by hand or automatic.
    pub analysed: Option<String>,
    /// Its columns, in order.
    #[serde(default)]
    pub columns: Vec<Column>,
    /// Its indexes by name.
    #[serde(default)]
    pub indexes: Vec<Index>,
    /// Its foreign keys by name.
    #[serde(default)]
    pub foreign_keys: Vec<ForeignKey>,
}

/// A column; what follows its type is known only where the statistics may be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as SQL writes it.
    pub kind: String,
    /// Whether NULL is refused.
    #[serde(default)]
    pub not_null: bool,
    /// Share of NULLs, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub null_fraction: Option<f64>,
    /// Distinct values; negative: as a share of the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<f64>,
    /// Mean bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    /// How far the order on disk is that of the values, -1 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<f64>,
    /// Shares of the ten commonest values, without the values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub common: Vec<f64>,
}

/// An index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its definition, the literals of its predicate taken out.
    pub definition: String,
    /// `btree`, `gin` …
    pub kind: String,
    /// Key columns in order; an expression is `null`.
    pub columns: Vec<Option<String>>,
    /// Bytes.
    pub bytes: Option<i64>,
    /// Scans.
    pub scans: Option<i64>,
    /// Whether it can be used.
    pub is_valid: bool,
    /// Whether it is unique.
    pub is_unique: bool,
    /// Whether it is that of the primary key.
    pub is_primary: bool,
    /// Whether it holds only rows that match a predicate.
    pub is_partial: bool,
    /// The constraint that it stands for.
    pub constraint: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ForeignKey {
    pub name: String,
    pub columns: Vec<String>,
    /// `schema.table` that it points at.
    pub references: String,
    pub referenced_columns: Vec<String>,
}

/// Connections in one state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Connections {
    /// `active`, `idle in transaction` …
    pub state: String,
    /// How many.
    pub count: i64,
    /// Seconds of the longest transaction among them.
    pub longest_seconds: Option<f64>,
}

/// Locks of one mode.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Locks {
    pub mode: String,
    pub granted: bool,
    pub count: i64,
}

/// Connections that wait for the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Waits {
    pub kind: String,
    pub event: String,
    pub count: i64,
}

/// A part of the snapshot that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    /// The part: `statements`, `columns` …
    pub part: String,
    /// Why: lower case, without a full stop.
    pub why: String,
    /// The SQL that would widen the next snapshot; empty where none would.
    pub sql: String,
}

impl Snapshot {
    /// The table of a name as code spells it, `schema.table` or `table`; a bare name is looked up along the search path.
    pub fn table(&self, name: &str) -> Option<&Table> {
        if let Some((schema, table)) = name.split_once('.') {
            return self.tables.iter().find(|found| found.schema == schema && found.name == table);
        }
        let place = |table: &&Table| {
            let path = &self.server.search_path;
            path.iter().position(|schema| *schema == table.schema).unwrap_or(path.len())
        };
        self.tables.iter().filter(|table| table.name == name).min_by_key(place)
    }

    /// Whether statements were read at all; those that only open transactions and the like tell nothing.
    pub fn has_statements(&self) -> bool {
        let is_work = |statement: &Statement| statement.footprint.is_some();
        !self.missing.iter().any(|missing| missing.part == "statements") && self.statements.iter().any(is_work)
    }

    /// Whether what is not among the statements was not sent: none is hidden or forgotten, and they are counted for a while.
    pub fn is_complete(&self) -> bool {
        let is_hidden = self.missing.iter().any(|missing| missing.part.starts_with("statements"));
        let entries: u32 = self.statements.iter().map(|statement| statement.entries).sum();
        let most = self.settings.get("pg_stat_statements.max").and_then(|most| most.parse::<u32>().ok());
        // Before version 1.9 of the extension nobody counts what was forgotten; it begins when there is no room.
        let is_whole =
            self.statistics.evictions.map_or_else(|| most.is_some_and(|most| entries < most), |gone| gone == 0);
        self.has_statements() && !is_hidden && is_whole && !self.is_young()
    }

    /// Whether statements are counted for so short a time that most code has not run yet.
    pub fn is_young(&self) -> bool {
        self.statistics.statements_seconds.is_some_and(|seconds| seconds < LEAST_SECONDS)
    }

    /// What a call costs besides the server's time, and all calls together; milliseconds.
    pub fn load_ms(&self, calls: f64, total_ms: f64) -> f64 {
        total_ms + calls * self.server.round_trip_ms.unwrap_or_default()
    }
}

impl Table {
    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
