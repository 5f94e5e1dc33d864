//! What the server is set to, and what it is doing at this moment.

use super::session::Session;
use crate::profile::ProfileError;
use crate::profile::snapshot::{Connections, Locks, Missing, Snapshot, Waits};

/// Settings that bear on what statements cost, and on what is counted.
const SETTINGS: &str = "'autovacuum', 'autovacuum_analyze_scale_factor', 'autovacuum_vacuum_scale_factor', \
    'compute_query_id', 'default_statistics_target', 'effective_cache_size', 'effective_io_concurrency', 'jit', \
    'max_connections', 'pg_stat_statements.max', 'pg_stat_statements.track', 'pg_stat_statements.track_planning', \
    'random_page_cost', 'seq_page_cost', 'shared_buffers', 'track_activity_query_size', 'track_counts', \
    'track_io_timing', 'work_mem'";

/// Reads settings, extensions, connections, locks and waits.
pub fn read(session: &mut Session, snapshot: &mut Snapshot) -> Result<(), ProfileError> {
    let settings =
        format!("SELECT name, pg_catalog.current_setting(name) FROM pg_catalog.pg_settings WHERE name IN ({SETTINGS})");
    let rows = session.rows_or_missing("settings", &settings, snapshot)?;
    snapshot.settings = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let extensions = "SELECT extname::text, extversion FROM pg_catalog.pg_extension";
    let rows = session.rows_or_missing("extensions", extensions, snapshot)?;
    snapshot.extensions = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    connections(session, snapshot)?;
    locks(session, snapshot)?;
    waits(session, snapshot)
}

/// The state of another role's connection is NULL where it may not be seen.
fn connections(session: &mut Session, snapshot: &mut Snapshot) -> Result<(), ProfileError> {
    let sql = "SELECT coalesce(state, 'hidden'), count(*), max(extract(epoch FROM now() - xact_start))::float8 \
               FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
               AND backend_type = 'client backend' GROUP BY 1 ORDER BY 1";
    let rows = session.rows_or_missing("connections", sql, snapshot)?;
    snapshot.connections = rows
        .iter()
        .map(|row| Connections { state: row.get(0), count: row.get(1), longest_seconds: row.get(2) })
        .collect();
    if snapshot.connections.iter().any(|group| group.state == "hidden") {
        snapshot.missing.push(Missing {
            part: "states of connections".to_owned(),
            why: "those of other roles are hidden from this role".to_owned(),
            sql: "GRANT pg_monitor TO CURRENT_USER".to_owned(),
        });
    }
    Ok(())
}

fn locks(session: &mut Session, snapshot: &mut Snapshot) -> Result<(), ProfileError> {
    let sql = "SELECT l.mode, l.granted, count(*) FROM pg_catalog.pg_locks l \
               JOIN pg_catalog.pg_database d ON d.oid = l.database \
               WHERE d.datname = current_database() AND l.pid <> pg_backend_pid() GROUP BY 1, 2 ORDER BY 1, 2";
    let rows = session.rows_or_missing("locks", sql, snapshot)?;
    snapshot.locks =
        rows.iter().map(|row| Locks { mode: row.get(0), granted: row.get(1), count: row.get(2) }).collect();
    Ok(())
}

fn waits(session: &mut Session, snapshot: &mut Snapshot) -> Result<(), ProfileError> {
    let sql = "SELECT wait_event_type, wait_event, count(*) FROM pg_catalog.pg_stat_activity \
               WHERE datname = current_database() AND wait_event IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2";
    let rows = session.rows_or_missing("waits", sql, snapshot)?;
    snapshot.waits = rows.iter().map(|row| Waits { kind: row.get(0), event: row.get(1), count: row.get(2) }).collect();
    Ok(())
}
