//! What a snapshot says of each statement of a program: how many rows, how wide, and what no index serves.

use rustc_hash::FxHashSet;

use super::indexes::{LEAST_ROWS, is_read_whole, propose};
use super::snapshot::{Index, Snapshot, Table};
use crate::domain::{Footprint, SelectKind, Site};
use crate::rules::{Database, Figures, Lack};

/// The figures of every statement that the sites send from a known table.
pub fn figures(sites: &[Site], snapshot: &Snapshot) -> Database {
    let shapes: FxHashSet<&Footprint> = sites.iter().filter_map(|site| site.footprint.as_ref()).collect();
    shapes.into_iter().filter_map(|shape| Some((shape.clone(), of(shape, snapshot)?))).collect()
}

fn of(shape: &Footprint, snapshot: &Snapshot) -> Option<Figures> {
    let table = snapshot.table(shape.tables.first()?)?;
    let lacks = [
        (Lack::Filter, propose(shape, snapshot).is_some()),
        (Lack::Pattern, lacks_pattern(shape, table)),
        (Lack::Order, lacks_order(shape, table)),
    ];
    Some(Figures {
        table: table.name.clone(),
        rows: table.rows.map(|rows| rows as f64),
        fetched: fetched(shape, table, snapshot),
        row_bytes: row_bytes(table),
        lacks: lacks.into_iter().filter(|(_, lacks)| *lacks).map(|(lack, _)| lack).collect(),
    })
}

/// The mean of all calls that were counted; of a statement that nobody has sent yet, the rows of its table where all are
/// asked for.
fn fetched(shape: &Footprint, table: &Table, snapshot: &Snapshot) -> Option<f64> {
    if shape.verb != "select" || matches!(shape.select, Some(SelectKind::Count | SelectKind::Exists)) {
        return None;
    }
    let alike = snapshot.statements.iter().filter(|statement| statement.footprint.as_ref() == Some(shape));
    let (calls, rows) = alike.fold((0, 0), |(calls, rows), statement| (calls + statement.calls, rows + statement.rows));
    if calls > 0 {
        return Some(rows as f64 / calls as f64);
    }
    let is_whole = shape.predicates.is_empty() && !shape.limit;
    table.rows.filter(|_| is_whole).map(|rows| rows as f64)
}

/// Dead rows take room too.
fn row_bytes(table: &Table) -> Option<f64> {
    let rows = table.rows? + table.dead_rows.unwrap_or_default();
    (rows > 0).then_some((table.bytes? + table.toast_bytes.unwrap_or_default()) as f64 / rows as f64)
}

/// A pattern over a large table that is read whole, where no index knows patterns of that column, nor another of the
/// columns that are compared.
fn lacks_pattern(shape: &Footprint, table: &Table) -> bool {
    let is_pattern = |operator: &str| matches!(operator, "like" | "ilike");
    let bare = |column: &str| column.rsplit('.').next().unwrap_or_default().to_owned();
    let mut patterns = shape.predicates.iter().filter(|(_, operator)| is_pattern(operator)).peekable();
    let is_text = |column: &str| table.column(column).is_some_and(|column| is_text(&column.kind));
    let others = shape.predicates.iter().filter(|(_, operator)| !is_pattern(operator));
    shape.tables.len() == 1
        && is_large_and_scanned(table)
        && patterns.peek().is_some()
        && patterns
            .map(|(column, _)| bare(column))
            .all(|column| is_text(&column) && !table.indexes.iter().any(|index| knows_patterns(index, &column)))
        && !others.into_iter().any(|(column, _)| is_first(table, &bare(column)))
}

/// Whether a column holds text; `contains` asks of JSON and of arrays what no LIKE does.
fn is_text(kind: &str) -> bool {
    ["character", "varchar", "text", "citext"].iter().any(|word| kind.starts_with(word)) && !kind.ends_with("[]")
}

/// An index of another kind than a B-tree, or one with an operator class or a function for patterns. Source: PostgreSQL's
/// manual, 11.10 "Operator Classes and Operator Families".
fn knows_patterns(index: &Index, column: &str) -> bool {
    let definition = index.definition.to_lowercase();
    let is_apt =
        index.kind != "btree" || ["pattern_ops", "upper(", "lower("].iter().any(|word| definition.contains(word));
    is_apt && definition.contains(column)
}

/// The first rows of a large table, in an order that no index has, so that all are read and sorted.
fn lacks_order(shape: &Footprint, table: &Table) -> bool {
    let Some((of, column)) = shape.order_by.first().and_then(|column| column.rsplit_once('.')) else { return false };
    let is_own = shape.tables.first().is_some_and(|main| *main == of);
    shape.limit && shape.predicates.is_empty() && is_large_and_scanned(table) && !(is_own && is_first(table, column))
}

fn is_large_and_scanned(table: &Table) -> bool {
    table.rows.is_some_and(|rows| rows >= LEAST_ROWS && is_read_whole(table, rows))
}

/// Whether an index begins with the column, or with an expression that may be one of it.
fn is_first(table: &Table, column: &str) -> bool {
    let begins =
        |index: &&Index| index.columns.first().is_some_and(|first| first.as_deref().is_none_or(|f| f == column));
    table.indexes.iter().filter(|index| index.is_valid).any(|index| begins(&index))
}
