//! Entries of the database to statements: those of one fingerprint are added up.

use std::collections::BTreeMap;

use super::shape::shape;
use super::snapshot::{Blocks, Statement};

/// One entry as the database has it: one user, one type of each parameter, one length of each list.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The text, with whatever literals the database left in.
    pub text: String,
    /// Its figures, in the fields of a statement.
    pub figures: Statement,
}

/// Adds up the entries of each fingerprint; the dearest statement first.
pub fn gather(entries: impl IntoIterator<Item = Entry>) -> Vec<Statement> {
    let mut by_id: BTreeMap<String, Statement> = BTreeMap::new();
    for Entry { text, figures } in entries {
        let Some(shape) = shape(&text) else { continue };
        let sum = by_id.entry(shape.id.clone()).or_insert_with(|| Statement {
            id: shape.id,
            text: shape.text,
            footprint: shape.footprint,
            reversed: shape.reversed,
            ..Statement::default()
        });
        if !shape.tags.is_empty() && !sum.tags.contains(&shape.tags) {
            sum.tags.push(shape.tags);
        }
        sum.add(&figures);
    }
    let mut statements: Vec<Statement> = by_id.into_values().collect();
    statements.sort_by(|a, b| b.total_ms.total_cmp(&a.total_ms).then_with(|| a.id.cmp(&b.id)));
    statements
}

impl Statement {
    fn add(&mut self, other: &Statement) {
        self.stddev_ms = pooled(self, other);
        self.entries += other.entries;
        self.calls += other.calls;
        self.total_ms += other.total_ms;
        self.rows += other.rows;
        self.mean_ms = if self.calls > 0 { self.total_ms / self.calls as f64 } else { 0.0 };
        self.blocks.add(&other.blocks);
        self.wal_bytes = match (self.wal_bytes, other.wal_bytes) {
            (Some(one), Some(two)) => Some(one + two),
            (one, two) => one.or(two),
        };
        self.since = match (self.since.take(), other.since.clone()) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
    }
}

/// The deviation of two groups taken together, from their means and deviations.
fn pooled(one: &Statement, two: &Statement) -> f64 {
    let calls = (one.calls + two.calls) as f64;
    if calls == 0.0 {
        return 0.0;
    }
    let mean = (one.total_ms + two.total_ms) / calls;
    let spread = |group: &Statement| group.calls as f64 * (group.stddev_ms.powi(2) + (group.mean_ms - mean).powi(2));
    ((spread(one) + spread(two)) / calls).sqrt()
}

impl Blocks {
    fn add(&mut self, other: &Blocks) {
        self.hit += other.hit;
        self.read += other.read;
        self.dirtied += other.dirtied;
        self.written += other.written;
        self.temp_read += other.temp_read;
        self.temp_written += other.temp_written;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str, calls: i64, mean_ms: f64, stddev_ms: f64) -> Entry {
        let total_ms = mean_ms * calls as f64;
        let figures =
            Statement { entries: 1, calls, mean_ms, total_ms, stddev_ms, rows: calls, ..Statement::default() };
        Entry { text: text.to_owned(), figures }
    }

    #[test]
    fn entries_that_differ_in_types_and_lengths_are_one_statement() {
        let statements = gather([
            entry("SELECT a.id FROM a WHERE a.id IN ($1, $2)", 30, 2.0, 0.0),
            entry("SELECT a.id FROM a WHERE a.id IN ($1, $2, $3)", 10, 6.0, 0.0),
            entry("SELECT b.id FROM b", 1, 1.0, 0.0),
        ]);
        let sum = &statements[0];
        assert_eq!((statements.len(), sum.entries, sum.calls, sum.total_ms, sum.mean_ms), (2, 2, 40, 120.0, 3.0));
        assert!((sum.stddev_ms - 3.0_f64.sqrt()).abs() < 1e-9);
    }
}
