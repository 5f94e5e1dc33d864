//! What a database says about a finding: measured and estimated apart.

use std::collections::BTreeMap;

use serde::Serialize;

/// The evidence for one finding. Figures of a statement that several places send are this finding's part of it, at most.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// Whether the database has seen the statement; without it `calls` to `load` are null.
    pub measured: bool,
    /// The statement is known, and the database has not seen it although all statements since `since` are there.
    pub unseen: bool,
    /// How often it ran.
    pub calls: Option<i64>,
    /// Time in the server; milliseconds.
    pub total_ms: Option<f64>,
    /// The mean of one call; milliseconds.
    pub mean_ms: Option<f64>,
    /// Rows returned or changed.
    pub rows: Option<i64>,
    /// The part of the time of all statements, 0 to 1.
    pub share: Option<f64>,
    /// The part of the load, 0 to 1: the time of all statements and a round trip for each call.
    pub load: Option<f64>,
    /// The figures are an upper bound: other places send the same statement.
    pub up_to: bool,
    /// How many other places do.
    pub shared_with: usize,
    /// A comment in the statement names this place.
    pub tagged: bool,
    /// Schemas that all have the table, where neither the statement nor the search path says which is meant.
    pub schemas: Vec<String>,
    /// Since when the database counts.
    pub since: Option<String>,
    /// The statements themselves, with the figures of all places together.
    pub statements: Vec<Sent>,
    /// What the rows of the tables say.
    pub estimate: Option<Estimate>,
    /// The index that is missing.
    pub index: Option<MissingIndex>,
}

/// A statement of the database.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct Sent {
    pub id: String,
    pub text: String,
    pub calls: i64,
    pub total_ms: f64,
}

/// What one execution costs by the rows of today: a filter makes it less, and what belongs to one row is a mean.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Statements for each execution of the code.
    pub queries: f64,
    /// Their time with a round trip each; milliseconds; null where no statement was measured.
    pub ms: Option<f64>,
    /// The sizes that went in: `shop.Book` → 1200.
    pub rows: BTreeMap<String, f64>,
}

/// A proposed index.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MissingIndex {
    /// `schema.table`
    pub table: String,
    /// Rows of the table.
    pub rows: i64,
    /// Sequential scans since the statistics began.
    pub scans: Option<i64>,
    /// Rows that these read.
    pub scanned_rows: Option<i64>,
    /// SQL that makes the index.
    pub definition: String,
    /// Whether the planner was asked (hypopg) and takes it.
    pub verified: bool,
    /// The planner's costs without and with it.
    pub plan_cost: Option<[f64; 2]>,
    /// Why it was not verified.
    pub unverified_because: Option<String>,
}

impl Evidence {
    /// For people: measured first, then what is estimated. Empty where there is nothing to say.
    pub fn in_words(&self) -> Vec<String> {
        let lines =
            [self.measured_in_words(), self.unseen_in_words(), self.estimated_in_words(), self.index_in_words()];
        lines.into_iter().flatten().collect()
    }

    fn measured_in_words(&self) -> Option<String> {
        let (calls, total_ms) = (self.calls?, self.total_ms?);
        let share = self.share.map(|share| format!(", {} of the database's time", percent(share))).unwrap_or_default();
        let calls = format!("{} {}", grouped(calls as f64), if calls == 1 { "call" } else { "calls" });
        let up_to = if self.up_to { "up to " } else { "" };
        let shared = match (self.shared_with, self.tagged) {
            (0, _) => String::new(),
            (1, false) => "; 1 other place sends the same statement".to_owned(),
            (others, false) => format!("; {others} other places send the same statement"),
            (others, true) => format!("; a comment names this place, {others} more may send it"),
        };
        let schemas = match self.schemas.as_slice() {
            [] => String::new(),
            schemas => format!("; of one of the schemas {}, or of several", schemas.join(", ")),
        };
        Some(format!("measured: {up_to}{calls}, {}{share}{shared}{schemas}", duration(total_ms)))
    }

    fn unseen_in_words(&self) -> Option<String> {
        let since = self.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
        self.unseen.then(|| format!("not seen by the database{since}"))
    }

    fn estimated_in_words(&self) -> Option<String> {
        let estimate = self.estimate.as_ref()?;
        let sizes = estimate.rows.iter().map(|(name, rows)| format!("N({name}) = {}", grouped(*rows)));
        let sizes = sizes.collect::<Vec<_>>().join(", ");
        let sizes = if sizes.is_empty() { String::new() } else { format!(": {sizes}") };
        let ms = estimate.ms.map(|ms| format!(", {}", duration(ms))).unwrap_or_default();
        let queries = if estimate.queries.round() == 1.0 { "query" } else { "queries" };
        Some(format!("estimated: about {} {queries}{ms} each time it runs{sizes}", grouped(estimate.queries)))
    }

    fn index_in_words(&self) -> Option<String> {
        let index = self.index.as_ref()?;
        let scans = match (index.scans, index.scanned_rows) {
            (Some(scans), Some(rows)) => {
                format!(", read whole {} times, {} rows in all", grouped(scans as f64), grouped(rows as f64))
            }
            _ => String::new(),
        };
        let verdict = match (index.verified, index.plan_cost, &index.unverified_because) {
            (true, Some([before, after]), _) => {
                format!("verified: the planner takes it, its cost falls from {} to {}", grouped(before), grouped(after))
            }
            (_, _, Some(why)) => format!("not verified: {why}"),
            _ => "not verified".to_owned(),
        };
        Some(format!("{}: {} rows{scans}; {verdict}", index.table, grouped(index.rows as f64)))
    }
}

/// `12,403`, or `3.5` below ten.
pub fn grouped(number: f64) -> String {
    if number.abs() < 10.0 && (number - number.round()).abs() > 0.05 {
        return format!("{number:.1}");
    }
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0.0 { format!("-{text}") } else { text }
}

/// `0.3 ms`, `412 ms`, `8.1 s`, `14 min`, `3.2 h`
pub fn duration(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1_000.0 => format!("{ms:.0} ms"),
        ms if ms < 120_000.0 => format!("{:.1} s", ms / 1_000.0),
        ms if ms < 7_200_000.0 => format!("{:.0} min", ms / 60_000.0),
        ms => format!("{:.1} h", ms / 3_600_000.0),
    }
}

/// `31 %`, `0.4 %`, `<0.1 %`
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent > 0.0 && percent < 0.1 => "<0.1 %".to_owned(),
        percent if percent < 10.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_and_estimated_are_apart() {
        let evidence = Evidence {
            measured: true,
            calls: Some(12_403),
            total_ms: Some(8_100.0),
            share: Some(0.31),
            up_to: true,
            shared_with: 2,
            estimate: Some(Estimate {
                queries: 3.5,
                ms: None,
                rows: BTreeMap::from([("shop.Author.books".into(), 3.5)]),
            }),
            ..Evidence::default()
        };
        assert_eq!(
            evidence.in_words(),
            [
                "measured: up to 12,403 calls, 8.1 s, 31 % of the database's time; 2 other places send the same statement",
                "estimated: about 3.5 queries each time it runs: N(shop.Author.books) = 3.5",
            ]
        );
    }
}
