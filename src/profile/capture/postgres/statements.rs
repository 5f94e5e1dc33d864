//! `pg_stat_statements` to statements. Its columns differ by version of the extension, which may lag behind the server's.

use postgres::Row;

use super::session::{Session, identifier};
use crate::profile::ProfileError;
use crate::profile::gather::{Entry, gather};
use crate::profile::snapshot::{Blocks, Missing, Snapshot, Statement};

const PART: &str = "statements";

/// What the text is where the role may not see it.
const HIDDEN: &str = "<insufficient privilege>";

/// Reads the statements of this database, or says why there are none.
pub fn read(session: &mut Session, snapshot: &mut Snapshot) -> Result<(), ProfileError> {
    session.limit()?;
    let Some(schema) = schema(session)? else {
        snapshot.missing.push(Missing {
            part: PART.to_owned(),
            why: "the extension pg_stat_statements is not installed in this database".to_owned(),
            sql: "CREATE EXTENSION pg_stat_statements".to_owned(),
        });
        return Ok(());
    };
    let columns = session.columns(PART, &schema, "pg_stat_statements")?;
    let rows = match session.rows(PART, &question(&schema, &columns))? {
        Ok(rows) => rows,
        Err(refusal) if refusal.is_state() => {
            snapshot.missing.push(Missing {
                part: PART.to_owned(),
                why: refusal.message().to_owned(),
                sql: "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'; and a restart".to_owned(),
            });
            return Ok(());
        }
        Err(refusal) => {
            snapshot.missing.push(refusal.missing(PART));
            return Ok(());
        }
    };
    age(session, &schema, snapshot)?;
    keep(&rows, snapshot);
    Ok(())
}

/// The schema that the extension lives in.
fn schema(session: &mut Session) -> Result<Option<String>, ProfileError> {
    let find = "SELECT n.nspname::text FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n \
                ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'";
    let rows = session.rows(PART, find)?.unwrap_or_default();
    Ok(rows.first().map(|row| row.get(0)))
}

fn question(schema: &str, columns: &[String]) -> String {
    let has = |name: &str| columns.iter().any(|column| column == name);
    // Version 1.8 of the extension split planning from executing.
    let first = |names: &[&'static str]| names.iter().find(|name| has(name)).copied().unwrap_or("0");
    let total = if has("total_plan_time") {
        "s.total_plan_time + s.total_exec_time".to_owned()
    } else {
        format!("s.{}", first(&["total_exec_time", "total_time"]))
    };
    let mean = first(&["mean_exec_time", "mean_time"]);
    let deviation = first(&["stddev_exec_time", "stddev_time"]);
    let wal = if has("wal_bytes") { "s.wal_bytes::int8" } else { "NULL::int8" };
    let since = if has("stats_since") {
        "to_char(s.stats_since AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    } else {
        "NULL::text"
    };
    format!(
        "SELECT s.query, s.calls, ({total})::float8, s.{mean}::float8, s.{deviation}::float8, s.rows, s.shared_blks_hit, \
         s.shared_blks_read, s.shared_blks_dirtied, s.shared_blks_written, s.temp_blks_read, s.temp_blks_written, {wal}, \
         {since} FROM {}.pg_stat_statements s JOIN pg_catalog.pg_database d ON d.oid = s.dbid \
         WHERE d.datname = current_database() AND s.calls > 0",
        identifier(schema)
    )
}

fn keep(rows: &[Row], snapshot: &mut Snapshot) {
    let text = |row: &Row| row.get::<_, Option<String>>(0).unwrap_or_else(|| HIDDEN.to_owned());
    let is_own = |text: &str| text.contains("pg_catalog.") || text.contains("pg_stat_statements");
    let (mut hidden, mut kept) = (0, Vec::with_capacity(rows.len()));
    for row in rows {
        let (text, figures) = (text(row), figures(row));
        snapshot.statistics.total_ms += figures.total_ms;
        snapshot.statistics.total_calls += figures.calls;
        match text.as_str() {
            HIDDEN => hidden += 1,
            text if is_own(text) => {}
            _ => kept.push(Entry { text, figures }),
        }
    }
    if hidden > 0 {
        let part = if kept.is_empty() { PART } else { "statements of other roles" };
        snapshot.missing.push(Missing {
            part: part.to_owned(),
            why: format!("{hidden} of {} entries are hidden from this role", rows.len()),
            sql: "GRANT pg_monitor TO CURRENT_USER".to_owned(),
        });
    }
    snapshot.statements = gather(kept);
}

fn figures(row: &Row) -> Statement {
    Statement {
        entries: 1,
        calls: row.get(1),
        total_ms: row.get(2),
        mean_ms: row.get(3),
        stddev_ms: row.get(4),
        rows: row.get(5),
        blocks: Blocks {
            hit: row.get(6),
            read: row.get(7),
            dirtied: row.get(8),
            written: row.get(9),
            temp_read: row.get(10),
            temp_written: row.get(11),
        },
        wal_bytes: row.get(12),
        since: row.get(13),
        ..Statement::default()
    }
}

/// Since when statements are counted, and how many were forgotten. Older versions of the extension than 1.9 don't say.
fn age(session: &mut Session, schema: &str, snapshot: &mut Snapshot) -> Result<(), ProfileError> {
    if session.columns(PART, schema, "pg_stat_statements_info")?.is_empty() {
        return Ok(());
    }
    let from = format!(
        "SELECT i.stats_reset AS since, i.dealloc AS gone FROM {}.pg_stat_statements_info i",
        identifier(schema)
    );
    let sql = format!(
        "SELECT to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), \
         extract(epoch FROM clock_timestamp() - since)::float8, gone FROM ({from}) AS age"
    );
    let rows = session.rows_or_missing("age of the statistics", &sql, snapshot)?;
    if let Some(row) = rows.first() {
        snapshot.statistics.statements_since = row.get(0);
        snapshot.statistics.statements_seconds = row.get(1);
        snapshot.statistics.evictions = row.get(2);
    }
    Ok(())
}
