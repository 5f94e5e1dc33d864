//! Two profiles of one database: which statements are new, gone, faster or slower.
//!
//! Statements are held together by footprint, so that a column more in a list is no other statement; those without one by
//! fingerprint. Where the server went on counting between the two, what it had counted before is taken off.

use std::collections::BTreeMap;

use serde::Serialize;

use super::snapshot::{Snapshot, Statement};

/// Fewer calls say nothing about a mean.
const LEAST_CALLS: i64 = 30;

/// A mean has changed when it differs by so much of itself, and by more than two standard errors.
const LEAST_CHANGE: f64 = 0.25;

/// What happened to a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Change {
    New,
    Slower,
    Faster,
    Gone,
}

/// A statement that is not what it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changed {
    /// What happened.
    pub change: Change,
    /// The text of its dearest form.
    pub text: String,
    /// What lines of code are joined by.
    pub footprint: Option<crate::domain::Footprint>,
    /// Calls before and after.
    pub calls: [i64; 2],
    /// Milliseconds in all, before and after.
    pub total_ms: [f64; 2],
    /// Milliseconds of a call, before and after.
    pub mean_ms: [f64; 2],
}

/// What two profiles differ in.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    /// When they were taken.
    pub taken_at: [String; 2],
    /// Whether the server went on counting between them.
    pub continued: bool,
    /// What changed: new, slower, faster, gone; within these the dearest first.
    pub statements: Vec<Changed>,
    /// Statements that are as they were.
    pub unchanged: usize,
}

/// Figures of the statements that count as one.
#[derive(Clone, Debug, Default)]
struct Group {
    text: String,
    footprint: Option<crate::domain::Footprint>,
    calls: i64,
    total_ms: f64,
    /// Calls times the square of the deviation.
    spread: f64,
    dearest_ms: f64,
}

type Groups = BTreeMap<String, Group>;

/// Compares two profiles.
pub fn diff(before: &Snapshot, after: &Snapshot) -> Difference {
    let (old, mut new) = (groups(before), groups(after));
    let continued = went_on(before, after, &old, &new);
    if continued {
        new.iter_mut().for_each(|(key, group)| group.take_off(old.get(key)));
        new.retain(|_, group| group.calls > 0);
    }
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    let changes: Vec<Option<Changed>> = keys.map(|key| change(old.get(key), new.get(key))).collect();
    let unchanged = changes.iter().filter(|change| change.is_none()).count();
    let mut statements: Vec<Changed> = changes.into_iter().flatten().collect();
    statements
        .sort_by(|a, b| (a.change.cmp(&b.change)).then(b.weight().total_cmp(&a.weight())).then(a.text.cmp(&b.text)));
    Difference { taken_at: [before.taken_at.clone(), after.taken_at.clone()], continued, statements, unchanged }
}

/// Whether the server went on counting. One that does not say since when it counts has forgotten nothing if all is there
/// still, and no less of it.
fn went_on(before: &Snapshot, after: &Snapshot, old: &Groups, new: &Groups) -> bool {
    let since = |snapshot: &Snapshot| snapshot.statistics.statements_since.clone();
    match (since(before), since(after)) {
        (Some(one), Some(other)) => one == other,
        _ => old.iter().all(|(key, group)| new.get(key).is_some_and(|later| later.calls >= group.calls)),
    }
}

fn groups(snapshot: &Snapshot) -> Groups {
    let mut groups = Groups::new();
    for statement in snapshot.statements.iter().filter(|statement| is_work(statement)) {
        let footprint = statement.footprint.as_ref();
        let key = footprint.and_then(|shape| serde_json::to_string(shape).ok()).unwrap_or_else(|| statement.id.clone());
        groups.entry(key).or_default().add(statement);
    }
    groups
}

/// Opening and closing transactions, and settings, say nothing about a deployment.
fn is_work(statement: &Statement) -> bool {
    let first = statement.text.split(' ').next().unwrap_or_default();
    !matches!(
        first.to_ascii_uppercase().as_str(),
        "BEGIN" | "COMMIT" | "ROLLBACK" | "SET" | "SHOW" | "SAVEPOINT" | "RELEASE" | "FETCH" | "CLOSE" | "DEALLOCATE"
    )
}

fn change(old: Option<&Group>, new: Option<&Group>) -> Option<Changed> {
    let change = match (old, new) {
        (None, Some(_)) => Change::New,
        (Some(_), None) => Change::Gone,
        (Some(old), Some(new)) => new.against(old)?,
        (None, None) => return None,
    };
    let named = new.or(old)?;
    let pair = |figure: fn(&Group) -> f64| [old.map_or(0.0, figure), new.map_or(0.0, figure)];
    Some(Changed {
        change,
        text: named.text.clone(),
        footprint: named.footprint.clone(),
        calls: [old.map_or(0, |group| group.calls), new.map_or(0, |group| group.calls)],
        total_ms: pair(|group| group.total_ms),
        mean_ms: pair(Group::mean_ms),
    })
}

impl Group {
    fn add(&mut self, statement: &Statement) {
        if self.text.is_empty() || statement.total_ms > self.dearest_ms {
            self.text.clone_from(&statement.text);
            self.dearest_ms = statement.total_ms;
        }
        self.footprint.clone_from(&statement.footprint);
        self.calls += statement.calls;
        self.total_ms += statement.total_ms;
        self.spread += statement.calls as f64 * statement.stddev_ms.powi(2);
    }

    fn take_off(&mut self, before: Option<&Group>) {
        if let Some(before) = before {
            self.calls -= before.calls;
            self.total_ms -= before.total_ms;
            self.spread = (self.spread - before.spread).max(0.0);
        }
    }

    fn mean_ms(&self) -> f64 {
        if self.calls > 0 { self.total_ms / self.calls as f64 } else { 0.0 }
    }

    /// The square of the standard error of the mean.
    fn error(&self) -> f64 {
        self.spread / (self.calls as f64).powi(2)
    }

    fn against(&self, old: &Group) -> Option<Change> {
        let difference = self.mean_ms() - old.mean_ms();
        let is_sure = difference.abs() > 2.0 * (self.error() + old.error()).sqrt();
        let is_much = difference.abs() >= LEAST_CHANGE * old.mean_ms();
        if self.calls.min(old.calls) < LEAST_CALLS || !is_sure || !is_much {
            return None;
        }
        Some(if difference > 0.0 { Change::Slower } else { Change::Faster })
    }
}

impl Changed {
    /// What it cost or costs, whichever is more.
    fn weight(&self) -> f64 {
        self.total_ms[0].max(self.total_ms[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::snapshot::Statistics;

    fn statement(id: &str, calls: i64, mean_ms: f64) -> Statement {
        let total_ms = mean_ms * calls as f64;
        let text = format!("SELECT {id}");
        Statement {
            id: id.to_owned(),
            text,
            calls,
            mean_ms,
            total_ms,
            stddev_ms: mean_ms / 10.0,
            ..Statement::default()
        }
    }

    fn snapshot(since: &str, statements: Vec<Statement>) -> Snapshot {
        let statistics = Statistics { statements_since: Some(since.to_owned()), ..Statistics::default() };
        Snapshot { statistics, statements, ..Snapshot::default() }
    }

    fn changes(before: &Snapshot, after: &Snapshot) -> Vec<(Change, String)> {
        diff(before, after).statements.into_iter().map(|changed| (changed.change, changed.text)).collect()
    }

    #[test]
    fn statements_come_go_and_change() {
        let before = snapshot(
            "1",
            vec![statement("a", 100, 1.0), statement("b", 100, 1.0), statement("c", 5, 1.0), statement("d", 100, 1.0)],
        );
        let after = snapshot(
            "2",
            vec![statement("b", 100, 2.0), statement("c", 5, 9.0), statement("d", 900, 1.1), statement("e", 1, 1.0)],
        );
        let named = |change, text: &str| (change, format!("SELECT {text}"));
        assert_eq!(
            changes(&before, &after),
            [named(Change::New, "e"), named(Change::Slower, "b"), named(Change::Gone, "a")]
        );
    }

    #[test]
    fn what_was_counted_before_is_taken_off() {
        let before = snapshot("1", vec![statement("a", 100, 1.0), statement("b", 100, 1.0)]);
        let after = snapshot("1", vec![statement("a", 100, 1.0), statement("b", 250, 1.0)]);
        assert_eq!(changes(&before, &after), [(Change::Gone, "SELECT a".to_owned())]);
    }
}
