//! Questions to the server: each behind a savepoint, so that one that fails costs only its part.

use std::time::Instant;

use postgres::error::SqlState;
use postgres::{Client, Row, SimpleQueryMessage, Transaction};

use crate::profile::ProfileError;
use crate::profile::snapshot::{Missing, Snapshot};

/// How long one question may take, and how long it may wait for a lock.
const LIMITS: &str =
    "SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '1s'; SET LOCAL search_path = pg_catalog";

/// A read-only transaction.
pub struct Session<'client> {
    transaction: Transaction<'client>,
    /// `server_version_num`.
    pub version: i32,
}

impl<'client> Session<'client> {
    /// Everything is asked in one transaction, so that a pooler between here and the server sees one user.
    pub fn begin(client: &'client mut Client) -> Result<Self, ProfileError> {
        let begun = client.build_transaction().read_only(true).start();
        let mut transaction = begun.map_err(|error| failure("server", &error))?;
        // What code means by a bare name is asked before the path is changed.
        transaction.batch_execute("SET LOCAL statement_timeout = '60s'").map_err(|error| failure("server", &error))?;
        Ok(Session { transaction, version: 0 })
    }

    /// Sets the limits of what follows.
    pub fn limit(&mut self) -> Result<(), ProfileError> {
        self.transaction.batch_execute(LIMITS).map_err(|error| failure("server", &error))
    }

    /// The one row of an answer that every server gives.
    pub fn one(&mut self, part: &'static str, sql: &str) -> Result<Row, ProfileError> {
        let row = self.transaction.query_one(sql, &[]).map_err(|error| failure(part, &error))?;
        Ok(row)
    }

    /// The rows of an answer, or why there are none. A server that is gone ends everything.
    pub fn rows(&mut self, part: &'static str, sql: &str) -> Result<Result<Vec<Row>, Refusal>, ProfileError> {
        let mut savepoint = self.transaction.transaction().map_err(|error| failure(part, &error))?;
        match savepoint.query(sql, &[]) {
            Ok(rows) => {
                savepoint.commit().map_err(|error| failure(part, &error))?;
                Ok(Ok(rows))
            }
            Err(error) => match Refusal::of(&error) {
                Some(refusal) => {
                    savepoint.rollback().map_err(|error| failure(part, &error))?;
                    Ok(Err(refusal))
                }
                None => Err(failure(part, &error)),
            },
        }
    }

    /// The rows of an answer; what the server refuses is named in the snapshot.
    pub fn rows_or_missing(
        &mut self,
        part: &'static str,
        sql: &str,
        snapshot: &mut Snapshot,
    ) -> Result<Vec<Row>, ProfileError> {
        match self.rows(part, sql)? {
            Ok(rows) => Ok(rows),
            Err(refusal) => {
                snapshot.missing.push(refusal.missing(part));
                Ok(Vec::new())
            }
        }
    }

    /// The columns of a view, none where there is no such view.
    pub fn columns(&mut self, part: &'static str, schema: &str, view: &str) -> Result<Vec<String>, ProfileError> {
        let sql = format!(
            "SELECT a.attname::text FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = {} AND c.relname = {} AND a.attnum > 0 AND NOT a.attisdropped",
            literal(schema),
            literal(view)
        );
        let rows = self.rows(part, &sql)?.unwrap_or_default();
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Runs what gives no rows.
    pub fn run(&mut self, part: &'static str, sql: &str) -> Result<Result<(), Refusal>, ProfileError> {
        let mut savepoint = self.transaction.transaction().map_err(|error| failure(part, &error))?;
        match savepoint.batch_execute(sql) {
            Ok(()) => savepoint.commit().map(Ok).map_err(|error| failure(part, &error)),
            Err(error) => {
                let refusal = Refusal::of(&error).ok_or_else(|| failure(part, &error))?;
                savepoint.rollback().map_err(|error| failure(part, &error))?;
                Ok(Err(refusal))
            }
        }
    }

    /// The first column of an answer's rows as text, by the simple protocol: `EXPLAIN (GENERIC_PLAN)` takes no other.
    pub fn text(&mut self, part: &'static str, sql: &str) -> Result<Result<String, Refusal>, ProfileError> {
        let mut savepoint = self.transaction.transaction().map_err(|error| failure(part, &error))?;
        match savepoint.simple_query(sql) {
            Ok(messages) => {
                savepoint.commit().map_err(|error| failure(part, &error))?;
                let text = |message: &SimpleQueryMessage| match message {
                    SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                };
                Ok(Ok(messages.iter().filter_map(text).collect::<Vec<_>>().join("\n")))
            }
            Err(error) => {
                let refusal = Refusal::of(&error).ok_or_else(|| failure(part, &error))?;
                savepoint.rollback().map_err(|error| failure(part, &error))?;
                Ok(Err(refusal))
            }
        }
    }

    /// How long an empty statement takes.
    pub fn trip_ms(&mut self) -> Option<f64> {
        let start = Instant::now();
        self.transaction.batch_execute("").ok()?;
        Some(start.elapsed().as_secs_f64() * 1000.0)
    }
}

/// A question that the server did not answer.
pub struct Refusal {
    code: SqlState,
    message: String,
}

impl Refusal {
    fn of(error: &postgres::Error) -> Option<Refusal> {
        let error = error.as_db_error()?;
        // An administrator's shutdown and a crash are no answers.
        let is_end = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
        (!is_end.contains(error.code()))
            .then(|| Refusal { code: error.code().clone(), message: error.message().to_owned() })
    }

    /// Whether the server can't because of how it was started.
    pub fn is_state(&self) -> bool {
        self.code == SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE
    }

    /// Whether a lock was in the way.
    pub fn is_lock(&self) -> bool {
        self.code == SqlState::LOCK_NOT_AVAILABLE
    }

    /// In the server's words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The entry of the snapshot.
    pub fn missing(&self, part: &str) -> Missing {
        let is_permission = self.code == SqlState::INSUFFICIENT_PRIVILEGE;
        let sql = if is_permission { "GRANT pg_monitor TO CURRENT_USER" } else { "" };
        Missing { part: part.to_owned(), why: self.message.clone(), sql: sql.to_owned() }
    }
}

/// What ends the capture.
pub fn failure(part: &'static str, error: &postgres::Error) -> ProfileError {
    match Refusal::of(error) {
        Some(refusal) => ProfileError::Question { part, why: refusal.message },
        None => ProfileError::Gone { part, why: super::connect::in_words(error) },
    }
}

/// A text as SQL writes it.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as SQL writes it.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
