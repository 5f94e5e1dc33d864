//! Statements to the places that send them: equal footprints are joined, and what several places share is shared out.
//!
//! A statement's calls are split by how often each place sends it for one execution, as far as the rows of the tables tell
//! (`Claim::weight`). How often the code itself runs nobody knows, so a split is an upper bound and is said to be one.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::snapshot::{Snapshot, Statement};
use super::tags::call_site;
use crate::domain::{Footprint, Size};
use crate::rules::{Estimate, Finding, Sent};
use crate::syntax::Name;

/// What a size counts for that nobody knows; it bears on splits only.
const UNKNOWN_SIZE: f64 = 10.0;

/// Most statements that a finding lists.
const MOST_SENT: usize = 5;

/// A place that sends a statement, whether or not a rule speaks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The statement.
    pub footprint: Footprint,
    /// The file as findings name it.
    pub file: String,
    /// First and last line, 1-based.
    pub lines: [u32; 2],
    /// First column, 1-based.
    pub column: u32,
    /// The last name of the function or class around it.
    pub function: String,
    /// How often it is sent for one execution.
    pub weight: f64,
    /// The tables whose schema the code names, with it.
    pub schemas: Vec<[Name; 2]>,
    /// SQLAlchemy: whether the parameter stands on the left, as in its own loads of a set.
    pub reversed: Option<bool>,
}

/// What came of a join, for the report.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Told {
    /// `PostgreSQL 15.18`
    pub server: String,
    /// The database's name.
    pub database: String,
    /// When the profile was taken.
    pub taken_at: String,
    /// Since when statements are counted.
    pub since: Option<String>,
    /// Statements of the profile.
    pub statements: usize,
    /// Those that a line of this code sends.
    pub joined: usize,
    /// Their part of the database's time, 0 to 1; null without statements.
    pub joined_share: Option<f64>,
    /// The dearest of the others.
    pub others: Vec<Sent>,
}

/// How often a place sends its statement for one execution; sizes that are not known count as ten.
pub fn weight(factors: &[Size], known: impl Fn(&Size) -> Option<f64>) -> f64 {
    factors.iter().map(|factor| known(factor).unwrap_or(UNKNOWN_SIZE)).product::<f64>().max(1.0)
}

/// Gives every finding the evidence of its statements; estimates that are there already stay.
pub fn join(findings: &mut [Finding], claims: &[Claim], snapshot: &Snapshot) -> Told {
    let claims: Vec<Claim> = claims.iter().map(Claim::bare).collect();
    let lots = Lots::of(&claims, snapshot);
    for finding in findings.iter_mut() {
        lots.prove(finding, snapshot);
    }
    lots.told(snapshot)
}

/// One statement and who sends it.
struct Lot<'run> {
    statement: &'run Statement,
    /// The claims by index, those that a comment names marked.
    senders: Vec<(usize, bool)>,
    /// The schemas that it may mean, where that is not known.
    schemas: Vec<String>,
}

struct Lots<'run> {
    claims: &'run [Claim],
    lots: Vec<Lot<'run>>,
    by_claim: FxHashMap<usize, Vec<usize>>,
}

impl<'run> Lots<'run> {
    fn of(claims: &'run [Claim], snapshot: &'run Snapshot) -> Self {
        let mut statements: FxHashMap<&Footprint, Vec<&Statement>> = FxHashMap::default();
        for statement in &snapshot.statements {
            if let Some(footprint) = &statement.footprint {
                statements.entry(footprint).or_default().push(statement);
            }
        }
        let mut by_footprint: FxHashMap<&Footprint, Vec<usize>> = FxHashMap::default();
        for (index, claim) in claims.iter().enumerate() {
            by_footprint.entry(&claim.footprint).or_default().push(index);
        }
        let mut lots = Vec::new();
        for (footprint, senders) in by_footprint {
            let Some(sent) = statements.get(footprint) else { continue };
            lots.extend(sent.iter().map(|statement| Lot::of(statement, sent, &senders, claims, snapshot)));
        }
        lots.retain(|lot: &Lot| !lot.senders.is_empty());
        lots.sort_by(|a, b| {
            (b.statement.total_ms, &b.statement.id)
                .partial_cmp(&(a.statement.total_ms, &a.statement.id))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut by_claim: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for (number, lot) in lots.iter().enumerate() {
            for (claim, _) in &lot.senders {
                by_claim.entry(*claim).or_default().push(number);
            }
        }
        Lots { claims, lots, by_claim }
    }

    /// Adds up a finding's parts of the statements that its places send.
    fn prove(&self, finding: &mut Finding, snapshot: &Snapshot) {
        let own: Vec<usize> = (0..self.claims.len()).filter(|claim| self.claims[*claim].is_of(finding)).collect();
        let mut numbers: Vec<usize> =
            own.iter().flat_map(|claim| self.by_claim.get(claim)).flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.is_empty() {
            if !own.is_empty() && snapshot.is_complete() {
                let evidence = finding.evidence.get_or_insert_default();
                evidence.unseen = true;
                evidence.since.clone_from(&snapshot.statistics.statements_since);
            }
            return;
        }
        let mut evidence = finding.evidence.take().unwrap_or_default();
        let (mut calls, mut total_ms, mut rows) = (0.0, 0.0, 0.0);
        for number in numbers {
            let lot = &self.lots[number];
            let part = lot.part(&own, self.claims);
            let others = lot.senders.iter().filter(|(claim, _)| !own.contains(claim)).count();
            evidence.shared_with = evidence.shared_with.max(others);
            evidence.tagged |= lot.senders.iter().any(|(claim, tagged)| *tagged && own.contains(claim));
            for schema in &lot.schemas {
                if !evidence.schemas.contains(schema) {
                    evidence.schemas.push(schema.clone());
                }
            }
            calls += part * lot.statement.calls as f64;
            total_ms += part * lot.statement.total_ms;
            rows += part * lot.statement.rows as f64;
            if evidence.statements.len() < MOST_SENT {
                evidence.statements.push(Sent::of(lot.statement));
            }
        }
        evidence.measured = true;
        evidence.up_to = evidence.shared_with > 0;
        evidence.calls = Some(calls.round() as i64);
        evidence.total_ms = Some(rounded(total_ms));
        evidence.mean_ms = (calls > 0.0).then(|| rounded(total_ms / calls));
        evidence.rows = Some(rows.round() as i64);
        let statistics = &snapshot.statistics;
        let whole = snapshot.load_ms(statistics.total_calls as f64, statistics.total_ms);
        evidence.share = (statistics.total_ms > 0.0).then(|| rounded(total_ms / statistics.total_ms));
        evidence.load = (whole > 0.0).then(|| rounded(snapshot.load_ms(calls, total_ms) / whole));
        evidence.since = snapshot.statistics.statements_since.clone();
        finding.evidence = Some(evidence);
    }

    fn told(&self, snapshot: &Snapshot) -> Told {
        let joined: FxHashSet<&str> = self.lots.iter().map(|lot| lot.statement.id.as_str()).collect();
        let is_joined = |statement: &&Statement| joined.contains(statement.id.as_str());
        let time: f64 = snapshot.statements.iter().filter(is_joined).map(|statement| statement.total_ms).sum();
        let others = snapshot.statements.iter().filter(|statement| has_table(statement) && !is_joined(statement));
        let total_ms = snapshot.statistics.total_ms;
        let name = match snapshot.server.kind {
            super::snapshot::ServerKind::Postgresql => "PostgreSQL",
            super::snapshot::ServerKind::Sqlite => "SQLite",
        };
        Told {
            server: format!("{name} {}", snapshot.server.version),
            database: snapshot.server.database.clone(),
            taken_at: snapshot.taken_at.clone(),
            since: snapshot.statistics.statements_since.clone(),
            statements: snapshot.statements.len(),
            joined: snapshot.statements.iter().filter(is_joined).count(),
            joined_share: (total_ms > 0.0).then(|| rounded(time / total_ms)),
            others: others.take(MOST_SENT).map(Sent::of).collect(),
        }
    }
}

impl<'run> Lot<'run> {
    /// The senders of a statement among the claims of its footprint.
    fn of(
        statement: &'run Statement,
        alike: &[&Statement],
        claims: &[usize],
        all: &[Claim],
        snapshot: &Snapshot,
    ) -> Lot<'run> {
        let tables = statement.footprint.iter().flat_map(|footprint| &footprint.tables);
        let homes: Vec<(Name, Home)> = tables.map(|table| (*table, Home::of(statement, table, snapshot))).collect();
        let is_there = |claim: &Claim| homes.iter().all(|(table, home)| home.suits(claim, table, snapshot));
        let has = |reversed: bool| alike.iter().any(|other| other.reversed == reversed);
        // Where both ways to write the comparison are there, each place sends its own.
        let sends = |claim: &Claim| match claim.reversed {
            Some(reversed) if has(reversed) => statement.reversed == reversed,
            _ => true,
        };
        let senders = claims.iter().filter(|claim| sends(&all[**claim]) && is_there(&all[**claim]));
        let senders = senders.map(|claim| (*claim, all[*claim].is_named_by(statement))).collect();
        let schemas = homes.into_iter().flat_map(|(_, home)| match home {
            Home::Any(schemas) => schemas,
            _ => Vec::new(),
        });
        Lot { statement, senders, schemas: schemas.collect() }
    }

    /// The part of a finding's places, 0 to 1. A place that a comment names may have sent all of it: the database keeps
    /// the comment of the first call only.
    fn part(&self, own: &[usize], claims: &[Claim]) -> f64 {
        if self.senders.iter().any(|(claim, tagged)| *tagged && own.contains(claim)) {
            return 1.0;
        }
        let weight = |mine: bool| {
            let of = |(claim, _): &&(usize, bool)| !mine || own.contains(claim);
            self.senders.iter().filter(of).map(|(claim, _)| claims[*claim].weight).sum::<f64>()
        };
        weight(true) / weight(false).max(f64::MIN_POSITIVE)
    }
}

/// Where the table of a statement is.
enum Home {
    /// There is but one of the name, or none that is known.
    Only,
    /// In this schema: the statement says so, or the name is on the search path once.
    In(String),
    /// In one of these: each session of the program may have a search path of its own.
    Any(Vec<String>),
}

/// From version 18 on PostgreSQL adds up what is sent to tables of one name, under the text that came first.
fn counts_by_name(snapshot: &Snapshot) -> bool {
    let major = snapshot.server.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major >= 18)
}

impl Home {
    fn of(statement: &Statement, table: &str, snapshot: &Snapshot) -> Home {
        let schemas: Vec<&str> =
            snapshot.tables.iter().filter(|one| one.name == table).map(|one| one.schema.as_str()).collect();
        if schemas.len() < 2 {
            return Home::Only;
        }
        if counts_by_name(snapshot) {
            return Home::Any(schemas.into_iter().map(str::to_owned).collect());
        }
        let written = |schema: &&str| {
            [format!("{schema}.{table}"), format!("\"{schema}\".\"{table}\"")]
                .iter()
                .any(|name| statement.text.contains(name))
        };
        if let Some(schema) = schemas.iter().copied().find(written) {
            return Home::In(schema.to_owned());
        }
        let path = &snapshot.server.search_path;
        let on_path: Vec<&&str> = schemas.iter().filter(|schema| path.iter().any(|one| one == **schema)).collect();
        match on_path.as_slice() {
            [only] => Home::In((**only).to_owned()),
            _ => Home::Any(schemas.into_iter().map(str::to_owned).collect()),
        }
    }

    /// Whether a place means the same table. A bare name means the first on the search path.
    fn suits(&self, claim: &Claim, table: &Name, snapshot: &Snapshot) -> bool {
        let named = claim.schemas.iter().find(|[name, _]| name == table).map(|[_, schema]| schema.as_str());
        match self {
            Home::Only => true,
            Home::In(schema) => {
                named.or_else(|| snapshot.table(table).map(|found| found.schema.as_str())) == Some(schema.as_str())
            }
            Home::Any(schemas) => named.is_none_or(|named| schemas.iter().any(|schema| schema == named)),
        }
    }
}

impl Claim {
    /// With table names as statements have them once the schema is left out.
    fn bare(&self) -> Claim {
        let table = |name: &Name| name.rsplit_once('.').map_or(*name, |(_, table)| Name::new(table));
        let column = |name: &Name| {
            let mut parts = name.rsplitn(3, '.');
            match (parts.next(), parts.next(), parts.next()) {
                (Some(column), Some(table), Some(_)) => Name::new(&format!("{table}.{column}")),
                _ => *name,
            }
        };
        let of = &self.footprint;
        let footprint = Footprint {
            tables: of.tables.iter().map(table).collect(),
            joins: of.joins.iter().map(|pair| pair.map(|name| column(&name))).collect(),
            predicates: of.predicates.iter().map(|(name, operator)| (column(name), *operator)).collect(),
            order_by: of.order_by.iter().map(column).collect(),
            ..of.clone()
        };
        let schema = |name: &Name| name.rsplit_once('.').map(|(schema, table)| [Name::new(table), Name::new(schema)]);
        let schemas = of.tables.iter().filter_map(schema).collect();
        Claim { footprint: footprint.sorted(), schemas, ..self.clone() }
    }

    /// Whether it is one of a finding's places.
    fn is_of(&self, finding: &Finding) -> bool {
        let at = |spot: &crate::rules::Spot| {
            spot.file == self.file && spot.line == self.lines[0] && spot.column == self.column
        };
        (at(&finding.spot) || finding.also.iter().any(at)) && finding.footprint.is_some()
    }

    /// Whether a comment in the statement names it, by file and line or by the function's name.
    fn is_named_by(&self, statement: &Statement) -> bool {
        statement.tags.iter().any(|tags| match call_site(tags) {
            Some((file, line)) => {
                let same_file = file.ends_with(&self.file) || self.file.ends_with(file);
                same_file && (self.lines[0]..=self.lines[1]).contains(&line)
            }
            None => names_function(tags, &self.function),
        })
    }
}

fn names_function(tags: &BTreeMap<String, String>, function: &str) -> bool {
    let last = |key: &str| tags.get(key).and_then(|value| value.rsplit(['.', ':', '#']).next());
    !function.is_empty() && (last("func") == Some(function) || last("controller") == Some(function))
}

impl Sent {
    fn of(statement: &Statement) -> Sent {
        let Statement { id, text, calls, total_ms, .. } = statement;
        Sent { id: id.clone(), text: text.clone(), calls: *calls, total_ms: rounded(*total_ms) }
    }
}

impl Estimate {
    /// What the rows of the tables say about one execution, and what a statement takes in this database.
    pub(crate) fn of(count: super::sizes::Count, snapshot: &Snapshot) -> Estimate {
        let ms = typical_ms(snapshot).map(|ms| rounded(snapshot.load_ms(count.number, ms * count.number)));
        Estimate { queries: rounded(count.number), ms, rows: count.rows }
    }
}

fn has_table(statement: &Statement) -> bool {
    statement.footprint.as_ref().is_some_and(|shape| !shape.tables.is_empty())
}

/// The mean time of the database's look-ups of one table, by calls; none without statements.
fn typical_ms(snapshot: &Snapshot) -> Option<f64> {
    let is_look_up = |statement: &&Statement| {
        statement
            .footprint
            .as_ref()
            .is_some_and(|shape| shape.verb == "select" && shape.tables.len() == 1 && !shape.predicates.is_empty())
    };
    let (calls, total_ms) = snapshot
        .statements
        .iter()
        .filter(is_look_up)
        .fold((0.0, 0.0), |(calls, ms), statement| (calls + statement.calls as f64, ms + statement.total_ms));
    (calls > 0.0).then(|| total_ms / calls)
}

/// Three digits behind the point, more for what is small.
fn rounded(number: f64) -> f64 {
    let digits = if number.abs() < 0.01 { 1e6 } else { 1e3 };
    (number * digits).round() / digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::rank;
    use crate::profile::shape::shape;
    use crate::profile::snapshot::{Missing, Statistics, Table};
    use crate::rules::shop::{options, shop};
    use crate::rules::{Registry, Severity, judge};

    const LOAD: &str = "SELECT a.id, a.name FROM shop_author a WHERE a.id = $1 LIMIT $2";

    fn footprint() -> Footprint {
        shape(LOAD).unwrap().footprint.unwrap()
    }

    /// A finding of the shop that sends `LOAD`.
    fn finding() -> Finding {
        let shop = shop();
        let judged = judge(&shop.program, &[shop.author_of_book()], &[], &Registry::builtin().unwrap(), &options());
        Finding { footprint: Some(footprint()), ..judged.ranked().findings.remove(0) }
    }

    fn claim(finding: &Finding, weight: f64) -> Claim {
        Claim {
            footprint: footprint(),
            file: finding.spot.file.clone(),
            lines: [finding.spot.line, finding.spot.end_line],
            column: finding.spot.column,
            function: "shelf".to_owned(),
            weight,
            schemas: Vec::new(),
            reversed: Some(false),
        }
    }

    fn elsewhere(finding: &Finding, weight: f64) -> Claim {
        Claim { file: "shop/other.py".to_owned(), function: "other".to_owned(), ..claim(finding, weight) }
    }

    fn snapshot(calls: i64, tags: &[(&str, &str)]) -> Snapshot {
        let shape = shape(LOAD).unwrap();
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>();
        let statement = Statement {
            id: shape.id,
            text: shape.text,
            footprint: shape.footprint,
            tags: vec![tags],
            calls,
            total_ms: calls as f64,
            rows: calls,
            ..Statement::default()
        };
        let statistics = Statistics { total_ms: 2_000.0, total_calls: 2_000, ..Statistics::default() };
        Snapshot { statements: vec![statement], statistics, ..Snapshot::default() }
    }

    fn joined(claims: &[Claim], snapshot: &Snapshot) -> Finding {
        let mut findings = vec![finding()];
        join(&mut findings, claims, snapshot);
        rank(&mut findings, snapshot);
        findings.remove(0)
    }

    #[test]
    fn the_only_sender_has_all_calls() {
        let found = joined(&[claim(&finding(), 1.0)], &snapshot(1_000, &[]));
        let evidence = found.evidence.unwrap();
        assert_eq!((evidence.calls, evidence.share, evidence.up_to), (Some(1_000), Some(0.5), false));
        assert_eq!(found.severity, Severity::Critical);
    }

    #[test]
    fn a_shared_statement_is_split_by_how_often_each_sends_it() {
        let own = finding();
        let evidence = joined(&[claim(&own, 300.0), elsewhere(&own, 100.0)], &snapshot(1_000, &[])).evidence.unwrap();
        assert_eq!((evidence.calls, evidence.up_to, evidence.shared_with), (Some(750), true, 1));
    }

    #[test]
    fn a_comment_that_names_the_place_gives_it_the_whole_as_a_bound() {
        let own = finding();
        let claims = [claim(&own, 1.0), elsewhere(&own, 99.0)];
        for tags in [[("callsite", "/srv/app/shop/views.py:4")], [("func", "shop.views.shelf")]] {
            let evidence = joined(&claims, &snapshot(1_000, &tags)).evidence.unwrap();
            assert_eq!((evidence.calls, evidence.tagged, evidence.up_to), (Some(1_000), true, true));
        }
        let evidence = joined(&claims, &snapshot(1_000, &[("callsite", "shop/views.py:77")])).evidence.unwrap();
        assert_eq!((evidence.calls, evidence.tagged), (Some(10), false));
    }

    #[test]
    fn few_calls_and_none_are_never_critical() {
        assert_eq!(joined(&[claim(&finding(), 1.0)], &snapshot(99, &[])).severity, Severity::Medium);
        assert_eq!(joined(&[], &snapshot(1_000, &[])).severity, Severity::High);
    }

    /// The table in two schemas, and the statement with or without one of them.
    fn twice(path: &[&str], qualified: bool) -> Snapshot {
        let mut snapshot = snapshot(1_000, &[]);
        let table =
            |schema: &str| Table { schema: schema.to_owned(), name: "shop_author".to_owned(), ..Table::default() };
        snapshot.tables = vec![table("public"), table("library")];
        snapshot.server.search_path = path.iter().map(|schema| (*schema).to_owned()).collect();
        if qualified {
            snapshot.statements[0].text = LOAD.replace("shop_author", "library.shop_author");
        }
        snapshot
    }

    #[test]
    fn of_two_tables_of_one_name_the_right_one_is_taken() {
        let own = finding();
        let bare = claim(&own, 1.0);
        let mut named = claim(&own, 1.0);
        named.footprint.tables = vec![Name::new("library.shop_author")];
        let calls = |claim: &Claim, snapshot: &Snapshot| {
            joined(std::slice::from_ref(claim), snapshot).evidence.and_then(|evidence| evidence.calls)
        };
        let in_library = twice(&["public"], true);
        assert_eq!((calls(&bare, &in_library), calls(&named, &in_library)), (None, Some(1_000)));
        let in_public = twice(&["public"], false);
        assert_eq!((calls(&bare, &in_public), calls(&named, &in_public)), (Some(1_000), None));
    }

    #[test]
    fn a_server_that_counts_by_name_leaves_it_open() {
        let mut snapshot = twice(&["public"], true);
        snapshot.server.version = "18.4".to_owned();
        let evidence = joined(&[claim(&finding(), 1.0)], &snapshot).evidence.unwrap();
        assert_eq!((evidence.calls, evidence.schemas.len()), (Some(1_000), 2));
    }

    #[test]
    fn where_the_schema_is_not_known_it_is_said() {
        let own = finding();
        let evidence = joined(&[claim(&own, 1.0)], &twice(&["tenant"], false)).evidence.unwrap();
        assert_eq!((evidence.calls, evidence.schemas.len()), (Some(1_000), 2));
        assert!(evidence.in_words()[0].contains("one of the schemas public, library"), "{:?}", evidence.in_words());
    }

    #[test]
    fn what_the_database_has_not_seen_is_told_where_it_would_have_been() {
        let own = finding();
        let other = shape("SELECT b.id, b.title FROM shop_book b").unwrap();
        let mut seen = snapshot(1_000, &[]);
        (seen.statements[0].id, seen.statements[0].footprint) = (other.id, other.footprint);
        seen.statistics.statements_seconds = Some(86_400.0);
        seen.statistics.evictions = Some(0);
        let unseen = |snapshot: &Snapshot| joined(&[claim(&own, 1.0)], snapshot).evidence.is_some_and(|one| one.unseen);
        assert!(unseen(&seen));
        let mut young = seen.clone();
        young.statistics.statements_seconds = Some(60.0);
        let mut full = seen.clone();
        full.statistics.evictions = Some(3);
        let mut hidden = seen.clone();
        hidden.missing = vec![Missing { part: "statements of other roles".to_owned(), ..Missing::default() }];
        assert!(!unseen(&young) && !unseen(&full) && !unseen(&hidden));
    }

    #[test]
    fn schemas_of_tables_are_left_out() {
        let own = finding();
        let mut claim = claim(&own, 1.0);
        claim.footprint.tables = vec![Name::new("library.shop_author")];
        claim.footprint.predicates[0].0 = Name::new("library.shop_author.id");
        assert_eq!(joined(&[claim], &snapshot(1_000, &[])).evidence.unwrap().calls, Some(1_000));
    }
}
