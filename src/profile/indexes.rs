//! Indexes that are missing, by the predicates that code sends and what the database knows of the table.
//!
//! quell speaks only where the table is large, is read whole in fact, the predicate keeps few of its rows, and no index
//! begins with any of its columns.

use super::snapshot::{Column, ServerKind, Snapshot, Statement, Table};
use crate::domain::Footprint;
use crate::rules::{Finding, MissingIndex, grouped};

/// Smaller tables are quick to read whole; pghero's bound.
pub(super) const LEAST_ROWS: i64 = 10_000;

/// So many scans may be somebody looking around.
const LEAST_SCANS: i64 = 10;

/// An index helps where a predicate keeps no more of the rows; 0 to 1.
const MOST_KEPT: f64 = 0.05;

/// Columns of an index that is proposed.
const MOST_COLUMNS: usize = 2;

/// The rule that speaks of it.
pub const RULE: &str = "unindexed-filter";

/// A proposed index.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    kind: ServerKind,
    schema: String,
    table: String,
    columns: Vec<String>,
    predicates: Vec<(String, String)>,
    rows: i64,
    scans: Option<i64>,
    scanned_rows: Option<i64>,
}

/// What the planner says of a proposal.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It takes the index; costs before and after.
    Taken([f64; 2]),
    /// It was not asked, or does not take it.
    Untaken(String),
}

impl Verdict {
    /// The planner could not be asked.
    pub fn untried(why: &str) -> Verdict {
        Verdict::Untaken(why.to_owned())
    }

    /// By the costs without and with the index; half is what dexter asks for.
    pub fn of(before: f64, after: f64, is_used: bool) -> Verdict {
        match is_used && after < before / 2.0 {
            true => Verdict::Taken([before, after]),
            false => Verdict::Untaken("the planner does not take it (hypopg)".to_owned()),
        }
    }
}

/// The index that a statement lacks.
pub fn propose(shape: &Footprint, snapshot: &Snapshot) -> Option<Proposal> {
    let [name] = shape.tables.as_slice() else { return None };
    let table = snapshot.table(name)?;
    let rows = table.rows.filter(|rows| *rows >= LEAST_ROWS)?;
    if shape.verb == "insert" || !is_read_whole(table, rows) {
        return None;
    }
    let predicates: Vec<(String, String)> = shape.predicates.iter().filter_map(predicate).collect();
    let served = |column: &str| predicates.iter().any(|(name, _)| name == column);
    let begins = |first: &Option<String>| first.as_deref().is_none_or(served);
    if predicates.is_empty()
        || table.indexes.iter().filter(|index| index.is_valid).any(|index| index.columns.first().is_some_and(begins))
    {
        return None;
    }
    let columns = columns(&predicates, table)?;
    if kept(&columns, table, rows).or_else(|| kept_by_statements(shape, snapshot, rows))? > MOST_KEPT {
        return None;
    }
    Some(Proposal {
        kind: snapshot.server.kind,
        schema: table.schema.clone(),
        table: table.name.clone(),
        columns,
        predicates,
        rows,
        scans: table.scans,
        scanned_rows: table.scanned_rows,
    })
}

/// Whether the table is scanned, and most of it each time.
pub(super) fn is_read_whole(table: &Table, rows: i64) -> bool {
    let (Some(scans), Some(scanned)) = (table.scans, table.scanned_rows) else { return false };
    scans >= LEAST_SCANS && scanned / scans >= rows / 2
}

/// The bare column and the operator, where an index can serve it.
fn predicate((column, operator): &(crate::syntax::Name, crate::syntax::Name)) -> Option<(String, String)> {
    let column = column.rsplit('.').next()?;
    let serves = matches!(operator.as_str(), "=" | "in" | "<" | "<=" | ">" | ">=" | "between" | "is null");
    serves.then(|| (column.to_owned(), operator.to_string()))
}

/// What is compared for equality, the most distinct first, and then one range.
fn columns(predicates: &[(String, String)], table: &Table) -> Option<Vec<String>> {
    let is_equality = |operator: &str| matches!(operator, "=" | "in");
    let of = |equality: bool| {
        let suits = move |(_, operator): &&(String, String)| is_equality(operator) == equality && operator != "is null";
        let known = predicates.iter().filter(suits).filter_map(|(name, _)| table.column(name));
        known.collect::<Vec<&Column>>()
    };
    let mut equal = of(true);
    equal.sort_by(|a, b| distinct(b, table).total_cmp(&distinct(a, table)));
    let mut columns: Vec<String> = Vec::new();
    for column in equal.into_iter().chain(of(false).into_iter().take(1)) {
        if !columns.contains(&column.name) {
            columns.push(column.name.clone());
        }
    }
    columns.truncate(MOST_COLUMNS);
    (!columns.is_empty()).then_some(columns)
}

/// Distinct values; PostgreSQL writes a negative share of the rows where they grow with these.
fn distinct(column: &Column, table: &Table) -> f64 {
    match column.distinct {
        Some(distinct) if distinct < 0.0 => -distinct * table.rows.unwrap_or_default() as f64,
        Some(distinct) => distinct,
        None => 0.0,
    }
}

/// The share of the rows that the commonest value of the first column keeps.
fn kept(columns: &[String], table: &Table, rows: i64) -> Option<f64> {
    let column = table.column(columns.first()?)?;
    let commonest = column.common.iter().copied().fold(0.0, f64::max);
    let even = 1.0 / distinct(column, table).max(1.0);
    column.distinct.filter(|distinct| *distinct != 0.0).map(|_| commonest.max(even).max(1.0 / rows as f64))
}

/// The share that the statements kept in fact; a limit hides it.
fn kept_by_statements(shape: &Footprint, snapshot: &Snapshot, rows: i64) -> Option<f64> {
    let alike = |statement: &&Statement| statement.footprint.as_ref() == Some(shape);
    let (calls, found) = snapshot
        .statements
        .iter()
        .filter(alike)
        .fold((0, 0), |(calls, found), statement| (calls + statement.calls, found + statement.rows));
    (calls > 0 && !shape.limit && shape.verb == "select").then(|| found as f64 / calls as f64 / rows as f64)
}

/// Tells each finding of the rule which index it lacks.
pub fn advise(findings: &mut [Finding], snapshot: &Snapshot) {
    for finding in findings.iter_mut().filter(|finding| finding.rule == RULE) {
        let Some(proposal) = finding.footprint.as_ref().and_then(|shape| propose(shape, snapshot)) else { continue };
        let columns = proposal.columns.join("`, `");
        finding.message = format!(
            "{}: no index of {} begins with `{columns}`, so all {} rows are read",
            finding.message,
            proposal.table,
            grouped(proposal.rows as f64)
        );
        finding.help = proposal.definition(true);
        finding.evidence.get_or_insert_default().index = Some(proposal.evidence());
    }
}

impl Proposal {
    /// SQL that makes the index; without locking the table where that is possible.
    pub fn definition(&self, concurrently: bool) -> String {
        let columns: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        let columns = columns.join(", ");
        match self.kind {
            ServerKind::Sqlite => {
                format!(
                    "CREATE INDEX {} ON {} ({columns})",
                    quoted(&format!("{}_{}", self.table, self.columns.join("_"))),
                    quoted(&self.table)
                )
            }
            ServerKind::Postgresql => {
                let concurrently = if concurrently { "CONCURRENTLY " } else { "" };
                format!("CREATE INDEX {concurrently}ON {}.{} ({columns})", quoted(&self.schema), quoted(&self.table))
            }
        }
    }

    /// A statement with these predicates, whose plan is asked for.
    pub fn probe(&self) -> String {
        let mut number = 0;
        let mut parameter = || {
            number += 1;
            format!("${number}")
        };
        let conditions = self.predicates.iter().map(|(column, operator)| {
            let column = quoted(column);
            match operator.as_str() {
                "in" => format!("{column} IN ({})", parameter()),
                "between" => format!("{column} BETWEEN {} AND {}", parameter(), parameter()),
                "is null" => format!("{column} IS NULL"),
                operator => format!("{column} {operator} {}", parameter()),
            }
        });
        let conditions = conditions.collect::<Vec<_>>().join(" AND ");
        format!("SELECT * FROM {}.{} WHERE {conditions}", quoted(&self.schema), quoted(&self.table))
    }

    /// How many parameters the probe has.
    pub fn parameters(&self) -> usize {
        let count = |operator: &str| match operator {
            "between" => 2,
            "is null" => 0,
            _ => 1,
        };
        self.predicates.iter().map(|(_, operator)| count(operator)).sum()
    }

    fn evidence(&self) -> MissingIndex {
        MissingIndex {
            table: format!("{}.{}", self.schema, self.table),
            rows: self.rows,
            scans: self.scans,
            scanned_rows: self.scanned_rows,
            definition: self.definition(true),
            verified: false,
            plan_cost: None,
            unverified_because: Some("the profile is a file; a live database with hypopg can be asked".to_owned()),
        }
    }
}

impl MissingIndex {
    /// Takes up what the planner says.
    pub(crate) fn judge(&mut self, verdict: Verdict) {
        (self.verified, self.plan_cost, self.unverified_because) = match verdict {
            Verdict::Taken(costs) => (true, Some(costs), None),
            Verdict::Untaken(why) => (false, None, Some(why)),
        };
    }
}

/// A name as SQL writes it, in quotes only where it needs them.
fn quoted(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && !matches!(
            name,
            "user"
                | "order"
                | "group"
                | "table"
                | "select"
                | "check"
                | "default"
                | "end"
                | "desc"
                | "asc"
                | "limit"
                | "offset"
                | "references"
                | "primary"
                | "from"
                | "to"
                | "when"
                | "where"
        );
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::shape::shape;
    use crate::profile::snapshot::Index;

    fn snapshot(indexed: &[&str]) -> Snapshot {
        let column = |name: &str, distinct: f64, common: &[f64]| Column {
            name: name.to_owned(),
            distinct: Some(distinct),
            common: common.to_vec(),
            ..Column::default()
        };
        let index = |name: &&str| Index { columns: vec![Some((*name).to_owned())], is_valid: true, ..Index::default() };
        let table = Table {
            schema: "public".to_owned(),
            name: "customer".to_owned(),
            rows: Some(100_000),
            scans: Some(50),
            scanned_rows: Some(5_000_000),
            columns: vec![
                column("phone", -1.0, &[]),
                column("city", 900.0, &[0.01]),
                column("active", 2.0, &[0.9, 0.1]),
            ],
            indexes: indexed.iter().map(index).collect(),
            ..Table::default()
        };
        Snapshot { tables: vec![table], ..Snapshot::default() }
    }

    fn proposed(condition: &str, snapshot: &Snapshot) -> Option<String> {
        let sql = format!("SELECT c.phone, c.city FROM customer c WHERE {condition}");
        propose(&shape(&sql).unwrap().footprint.unwrap(), snapshot).map(|proposal| proposal.definition(true))
    }

    #[test]
    fn the_most_distinct_column_comes_first() {
        let proposal = proposed("c.city = $1 AND c.phone = $2", &snapshot(&["active"]));
        assert_eq!(proposal.unwrap(), "CREATE INDEX CONCURRENTLY ON public.customer (phone, city)");
    }

    #[test]
    fn quell_is_silent_where_an_index_would_not_help() {
        assert_eq!(proposed("c.active = $1", &snapshot(&[])), None, "the predicate keeps most rows");
        assert_eq!(proposed("c.phone = $1 AND c.city = $2", &snapshot(&["city"])), None, "an index begins with city");
        assert_eq!(proposed("c.phone LIKE $1", &snapshot(&[])), None, "a pattern");
        let mut small = snapshot(&[]);
        small.tables[0].rows = Some(9_000);
        assert_eq!(proposed("c.phone = $1", &small), None, "a small table");
        let mut unread = snapshot(&[]);
        unread.tables[0].scans = Some(0);
        assert_eq!(proposed("c.phone = $1", &unread), None, "nobody scans it");
    }

    #[test]
    fn the_probe_has_a_parameter_for_each_value() {
        let shape =
            shape("SELECT c.phone, c.city FROM customer c WHERE c.phone IN ($1, $2) AND c.city BETWEEN $3 AND $4");
        let proposal = propose(&shape.unwrap().footprint.unwrap(), &snapshot(&[])).unwrap();
        let probe = "SELECT * FROM public.customer WHERE city BETWEEN $1 AND $2 AND phone IN ($3)";
        assert_eq!((proposal.probe().as_str(), proposal.parameters()), (probe, 3));
    }
}
