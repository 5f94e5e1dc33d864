//! Tables with their rows, sizes and scans.

use std::collections::HashMap;

use postgres::Row;

use super::session::Session;
use crate::profile::ProfileError;
use crate::profile::snapshot::{Snapshot, Table};

const PART: &str = "tables";

/// Tables of the user's: neither the catalogue's nor a session's own.
pub const OWN_SCHEMAS: &str =
    "n.nspname !~ '^pg_(toast|temp)' AND n.nspname NOT IN ('pg_catalog', 'information_schema')";

/// Where each table is in the snapshot, by its OID.
pub type ByOid = HashMap<i64, usize>;

/// Reads the tables.
pub fn read(session: &mut Session, snapshot: &mut Snapshot) -> Result<ByOid, ProfileError> {
    session.limit()?;
    let rows = match session
        .rows(PART, &question("pg_catalog.pg_relation_size(c.oid)", "pg_catalog.pg_indexes_size(c.oid)"))?
    {
        // Somebody holds a table for himself: the sizes of the last vacuum need no lock.
        Err(refusal) if refusal.is_lock() => {
            let (heap, indexes) = ("c.relpages::int8 * current_setting('block_size')::int8", "NULL::int8");
            session.rows_or_missing(PART, &question(heap, indexes), snapshot)?
        }
        Err(refusal) => {
            snapshot.missing.push(refusal.missing(PART));
            Vec::new()
        }
        Ok(rows) => rows,
    };
    let by_oid = rows.iter().enumerate().map(|(at, row)| (row.get(0), at)).collect();
    snapshot.tables = rows.iter().map(table).collect();
    let since = "SELECT to_char(stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') \
                 FROM pg_catalog.pg_stat_database WHERE datname = current_database()";
    let rows = session.rows_or_missing("age of the statistics", since, snapshot)?;
    snapshot.statistics.tables_since = rows.first().and_then(|row| row.get(0));
    Ok(by_oid)
}

/// A partitioned table has as many rows as its partitions. What nobody has analysed has -1 rows since PostgreSQL 14, and 0
/// rows on 0 pages before.
fn question(heap: &str, indexes: &str) -> String {
    let time = |column: &str| {
        format!(
            "to_char(greatest(s.last_{column}, s.last_auto{column}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        )
    };
    format!(
        "SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, \
         CASE WHEN c.relkind = 'p' THEN (SELECT sum(greatest(l.reltuples, 0))::int8 \
             FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_catalog.pg_class l ON l.oid = t.relid WHERE t.isleaf) \
         WHEN c.reltuples > 0 OR (c.reltuples = 0 AND c.relpages > 0) THEN greatest(c.reltuples::int8, s.n_live_tup) \
         WHEN s.n_live_tup > 0 OR s.last_analyze IS NOT NULL OR s.last_autoanalyze IS NOT NULL THEN s.n_live_tup END, \
         s.n_dead_tup, {heap}, \
         CASE WHEN c.reltoastrelid <> 0 THEN (SELECT t.relpages::int8 * current_setting('block_size')::int8 \
             FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) END, \
         {indexes}, s.seq_scan, s.seq_tup_read, s.idx_scan, s.n_tup_ins + s.n_tup_upd + s.n_tup_del, {}, {}, c.relispartition \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid \
         WHERE c.relkind IN ('r', 'p', 'm', 'f') AND {OWN_SCHEMAS} ORDER BY 2, 3",
        time("vacuum"),
        time("analyze")
    )
}

fn table(row: &Row) -> Table {
    let kind = match (row.get::<_, String>(3).as_str(), row.get(15)) {
        (_, true) => "partition",
        ("p", _) => "partitioned table",
        ("m", _) => "materialised view",
        ("f", _) => "foreign table",
        _ => "table",
    };
    Table {
        schema: row.get(1),
        name: row.get(2),
        kind: kind.to_owned(),
        rows: row.get(4),
        dead_rows: row.get(5),
        bytes: row.get(6),
        toast_bytes: row.get(7),
        index_bytes: row.get(8),
        scans: row.get(9),
        scanned_rows: row.get(10),
        index_scans: row.get(11),
        writes: row.get(12),
        vacuumed: row.get(13),
        analysed: row.get(14),
        ..Table::default()
    }
}
