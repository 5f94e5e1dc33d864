//! What tables are made of: columns with their statistics, indexes, foreign keys.

use super::session::Session;
use super::tables::{ByOid, OWN_SCHEMAS};
use crate::profile::ProfileError;
use crate::profile::shape::without_literals;
use crate::profile::snapshot::{Column, ForeignKey, Index, Missing, Snapshot, Table};

/// Reads them into their tables.
pub fn read(session: &mut Session, snapshot: &mut Snapshot, by_oid: &ByOid) -> Result<(), ProfileError> {
    columns(session, snapshot, by_oid)?;
    indexes(session, snapshot, by_oid)?;
    foreign_keys(session, snapshot, by_oid)
}

/// The frequencies of the commonest values are read, the values are not.
fn columns(session: &mut Session, snapshot: &mut Snapshot, by_oid: &ByOid) -> Result<(), ProfileError> {
    let sql = format!(
        "SELECT c.oid::int8, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, \
         s.null_frac::float8, s.n_distinct::float8, s.avg_width::int8, s.correlation::float8, \
         (s.most_common_freqs)[1:10]::float8[], s.attname IS NOT NULL \
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname \
             AND s.inherited = (c.relkind = 'p') \
         WHERE c.relkind IN ('r', 'p', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND {OWN_SCHEMAS} \
         ORDER BY c.oid, a.attnum"
    );
    let rows = session.rows_or_missing("columns", &sql, snapshot)?;
    let mut known = 0;
    for row in &rows {
        let Some(table) = table_of(snapshot, by_oid, row.get(0)) else { continue };
        known += usize::from(row.get::<_, bool>(9));
        table.columns.push(Column {
            name: row.get(1),
            kind: row.get(2),
            not_null: row.get(3),
            null_fraction: row.get(4),
            distinct: row.get(5),
            width: row.get(6),
            correlation: row.get(7),
            common: row.get::<_, Option<Vec<f64>>>(8).unwrap_or_default(),
        });
    }
    let is_analysed = |table: &Table| table.analysed.is_some() && table.rows.is_some_and(|rows| rows > 0);
    if known == 0 && snapshot.tables.iter().any(is_analysed) {
        // The view shows no row of a table that the role may not read, and no error.
        let sql = match session.version {
            140_000.. => "GRANT pg_read_all_data TO CURRENT_USER",
            _ => "GRANT SELECT ON ALL TABLES IN SCHEMA public TO CURRENT_USER",
        };
        snapshot.missing.push(Missing {
            part: "statistics of columns".to_owned(),
            why: "pg_stats shows this role none: it may not read the tables".to_owned(),
            sql: sql.to_owned(),
        });
    }
    Ok(())
}

/// Constraints are looked up by their table: the catalogue has no index by theirs.
fn indexes(session: &mut Session, snapshot: &mut Snapshot, by_oid: &ByOid) -> Result<(), ProfileError> {
    let sql = format!(
        "SELECT i.indrelid::int8, x.relname::text, pg_catalog.pg_get_indexdef(i.indexrelid), m.amname::text, \
         ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place) \
             LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number > 0 \
             WHERE k.place <= i.indnkeyatts ORDER BY k.place), \
         x.relpages::int8 * current_setting('block_size')::int8, pg_catalog.pg_stat_get_numscans(i.indexrelid), i.indisvalid AND i.indisready, i.indisunique, \
         i.indisprimary, i.indpred IS NOT NULL, \
         (SELECT o.conname::text FROM pg_catalog.pg_constraint o WHERE o.conrelid = i.indrelid \
             AND o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x') LIMIT 1) \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid \
         JOIN pg_catalog.pg_am m ON m.oid = x.relam JOIN pg_catalog.pg_class c ON c.oid = i.indrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE {OWN_SCHEMAS} ORDER BY i.indrelid, x.relname"
    );
    for row in &session.rows_or_missing("indexes", &sql, snapshot)? {
        let Some(table) = table_of(snapshot, by_oid, row.get(0)) else { continue };
        table.indexes.push(Index {
            name: row.get(1),
            definition: without_literals(row.get(2)),
            kind: row.get(3),
            columns: row.get(4),
            bytes: row.get(5),
            scans: row.get(6),
            is_valid: row.get(7),
            is_unique: row.get(8),
            is_primary: row.get(9),
            is_partial: row.get(10),
            constraint: row.get(11),
        });
    }
    Ok(())
}

fn foreign_keys(session: &mut Session, snapshot: &mut Snapshot, by_oid: &ByOid) -> Result<(), ProfileError> {
    let names = |table: &str, keys: &str| {
        format!(
            "ARRAY(SELECT a.attname::text FROM unnest(o.{keys}) WITH ORDINALITY AS k(number, place) \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = o.{table} AND a.attnum = k.number ORDER BY k.place)"
        )
    };
    let sql = format!(
        "SELECT o.conrelid::int8, o.conname::text, {}, tn.nspname::text || '.' || t.relname::text, {} \
         FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class t ON t.oid = o.confrelid \
         JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace \
         WHERE o.contype = 'f' AND o.conparentid = 0 ORDER BY o.conrelid, o.conname",
        names("conrelid", "conkey"),
        names("confrelid", "confkey")
    );
    for row in &session.rows_or_missing("foreign keys", &sql, snapshot)? {
        let Some(table) = table_of(snapshot, by_oid, row.get(0)) else { continue };
        table.foreign_keys.push(ForeignKey {
            name: row.get(1),
            columns: row.get(2),
            references: row.get(3),
            referenced_columns: row.get(4),
        });
    }
    Ok(())
}

fn table_of<'snapshot>(snapshot: &'snapshot mut Snapshot, by_oid: &ByOid, oid: i64) -> Option<&'snapshot mut Table> {
    by_oid.get(&oid).and_then(|at| snapshot.tables.get_mut(*at))
}
