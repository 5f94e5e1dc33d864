//! PostgreSQL to a snapshot: one read-only transaction, part by part.
//!
//! Servers and extensions differ in what their views have, so columns are looked up before they are asked for. A part that
//! the server does not give is named in the snapshot, and the next one is read.

mod activity;
mod connect;
mod details;
mod passfile;
mod session;
mod statements;
mod tables;
mod tls;
mod verify;

pub use verify::Verifier;

use crate::profile::snapshot::{Server, ServerKind};
use crate::profile::{OnStep, ProfileError, Snapshot};
use connect::connect;
use session::Session;

/// The first version that is read: `server_version_num`.
const OLDEST: i32 = 120_000;

/// How often the round trip is measured.
const TRIPS: usize = 5;

/// Reads the database at an address.
pub fn capture(address: &str, on_step: OnStep) -> Result<Snapshot, ProfileError> {
    on_step("connect");
    let mut client = connect(address)?;
    let mut session = Session::begin(&mut client)?;
    let mut snapshot = server(&mut session)?;
    on_step("statements");
    statements::read(&mut session, &mut snapshot)?;
    on_step("tables");
    let by_oid = tables::read(&mut session, &mut snapshot)?;
    on_step("columns");
    details::read(&mut session, &mut snapshot, &by_oid)?;
    on_step("activity");
    activity::read(&mut session, &mut snapshot)?;
    Ok(snapshot)
}

/// Who is asked.
fn server(session: &mut Session) -> Result<Snapshot, ProfileError> {
    let round_trip_ms = round_trip(session);
    let row = session.one(
        "server",
        "SELECT current_setting('server_version_num')::int4, current_setting('server_version'), current_database()::text, \
         pg_catalog.pg_is_in_recovery(), current_schemas(false)::text[], \
         to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    )?;
    let (number, version): (i32, String) = (row.get(0), row.get(1));
    if number < OLDEST {
        return Err(ProfileError::TooOld(version));
    }
    session.version = number;
    Ok(Snapshot {
        taken_at: row.get(5),
        server: Server {
            kind: ServerKind::Postgresql,
            version: version.split_whitespace().next().unwrap_or_default().to_owned(),
            database: row.get(2),
            is_standby: row.get(3),
            search_path: row.get(4),
            round_trip_ms,
        },
        ..Snapshot::default()
    })
}

/// The median of a few empty statements, in milliseconds.
fn round_trip(session: &mut Session) -> Option<f64> {
    let mut trips: Vec<f64> = (0..TRIPS).filter_map(|_| session.trip_ms()).collect();
    trips.sort_by(f64::total_cmp);
    trips.get(trips.len() / 2).map(|ms| (ms * 1000.0).round() / 1000.0)
}
