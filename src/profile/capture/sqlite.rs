//! SQLite to a snapshot: rows are counted, indexes and sizes read; it keeps no statements.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::profile::snapshot::{Column, ForeignKey, Index, Missing, Server, ServerKind, Table};
use crate::profile::{OnStep, ProfileError, Snapshot};

/// Reads a file.
pub fn capture(path: &Path, on_step: OnStep) -> Result<Snapshot, ProfileError> {
    on_step("tables");
    read(path).map_err(|error| ProfileError::NotAProfile {
        file: path.display().to_string(),
        why: format!("SQLite says: {}", in_words(&error)),
    })
}

fn in_words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

fn read(path: &Path) -> rusqlite::Result<Snapshot> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "query_only", true)?;
    let mut names = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let tables = names.iter().map(|name| table(&connection, name)).collect::<rusqlite::Result<_>>()?;
    let taken_at = connection.query_row("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')", [], |row| row.get(0))?;
    Ok(Snapshot {
        taken_at,
        server: Server {
            kind: ServerKind::Sqlite,
            version: rusqlite::version().to_owned(),
            database: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            search_path: vec!["main".to_owned()],
            ..Server::default()
        },
        tables,
        missing: vec![Missing {
            part: "statements".to_owned(),
            why: "SQLite keeps no record of them".to_owned(),
            sql: String::new(),
        }],
        ..Snapshot::default()
    })
}

fn table(connection: &Connection, name: &str) -> rusqlite::Result<Table> {
    let count = format!("SELECT count(*) FROM {}", quoted(name));
    // A virtual table whose module is not compiled in can't be counted.
    let rows = connection.query_row(&count, [], |row| row.get(0)).ok();
    Ok(Table {
        schema: "main".to_owned(),
        name: name.to_owned(),
        kind: "table".to_owned(),
        rows,
        bytes: bytes(connection, name),
        columns: columns(connection, name)?,
        indexes: indexes(connection, name)?,
        foreign_keys: foreign_keys(connection, name)?,
        ..Table::default()
    })
}

/// Bytes of a table or an index, where SQLite was compiled with `dbstat`.
fn bytes(connection: &Connection, name: &str) -> Option<i64> {
    connection.query_row("SELECT sum(pgsize) FROM dbstat WHERE name = ?1", [name], |row| row.get(0)).ok().flatten()
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    let mut found = connection.prepare("SELECT name, type, \"notnull\" FROM pragma_table_info(?1)")?;
    let column = |row: &rusqlite::Row| {
        Ok(Column { name: row.get(0)?, kind: row.get(1)?, not_null: row.get(2)?, ..Column::default() })
    };
    found.query_map([table], column)?.collect()
}

fn indexes(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Index>> {
    let mut found =
        connection.prepare("SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1) ORDER BY name")?;
    let index = |row: &rusqlite::Row| {
        let (name, origin): (String, String) = (row.get(0)?, row.get(2)?);
        Ok(Index {
            kind: "btree".to_owned(),
            is_valid: true,
            is_unique: row.get(1)?,
            is_primary: origin == "pk",
            is_partial: row.get(3)?,
            constraint: (origin != "c").then(|| name.clone()),
            name,
            ..Index::default()
        })
    };
    let mut indexes: Vec<Index> = found.query_map([table], index)?.collect::<Result<_, _>>()?;
    for index in &mut indexes {
        let mut columns = connection.prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")?;
        index.columns = columns.query_map([&index.name], |row| row.get(0))?.collect::<Result<_, _>>()?;
        index.bytes = bytes(connection, &index.name);
        let listed: Vec<&str> = index.columns.iter().map(|name| name.as_deref().unwrap_or("…")).collect();
        let unique = if index.is_unique { "UNIQUE " } else { "" };
        index.definition = format!("CREATE {unique}INDEX {} ON {table} ({})", index.name, listed.join(", "));
    }
    indexes.extend(row_id(connection, table)?);
    Ok(indexes)
}

/// An integer primary key is the table's own tree, and no index of the list.
fn row_id(connection: &Connection, table: &str) -> rusqlite::Result<Option<Index>> {
    let find = "SELECT name FROM pragma_table_info(?1) WHERE pk = 1 AND upper(type) = 'INTEGER'";
    let key: Option<String> = connection.query_row(find, [table], |row| row.get(0)).optional()?;
    Ok(key.map(|key| Index {
        name: "rowid".to_owned(),
        definition: format!("INTEGER PRIMARY KEY ({key})"),
        kind: "btree".to_owned(),
        columns: vec![Some(key)],
        is_valid: true,
        is_unique: true,
        is_primary: true,
        ..Index::default()
    }))
}

fn foreign_keys(connection: &Connection, table: &str) -> rusqlite::Result<Vec<ForeignKey>> {
    let mut found = connection
        .prepare("SELECT id, \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id, seq")?;
    let rows = found.query_map([table], |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, Option<String>>(3)?,
        ))
    })?;
    let mut keys: Vec<ForeignKey> = Vec::new();
    for row in rows {
        let (id, from, target, to) = row?;
        let name = format!("foreign key {id}");
        if keys.last().is_none_or(|key| key.name != name) {
            keys.push(ForeignKey { name, references: format!("main.{target}"), ..ForeignKey::default() });
        }
        if let Some(key) = keys.last_mut() {
            key.columns.push(from);
            key.referenced_columns.extend(to);
        }
    }
    Ok(keys)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_and_indexes_listed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.db");
        Connection::open(&file)
            .unwrap()
            .execute_batch(
                "CREATE TABLE author (id integer PRIMARY KEY, name text NOT NULL);
                 CREATE TABLE book (id integer PRIMARY KEY, author_id integer REFERENCES author(id), isbn text UNIQUE);
                 CREATE INDEX book_author ON book (author_id);
                 INSERT INTO author VALUES (1, 'secret'), (2, 'secret too');",
            )
            .unwrap();
        let snapshot = capture(&file, &|_| {}).unwrap();
        let (author, book) = (snapshot.table("author").unwrap(), snapshot.table("book").unwrap());
        assert_eq!((author.rows, book.rows), (Some(2), Some(0)));
        let definitions: Vec<&str> = book.indexes.iter().map(|index| index.definition.as_str()).collect();
        assert_eq!(definitions[0], "CREATE INDEX book_author ON book (author_id)");
        assert!(book.indexes.iter().any(|index| index.is_primary));
        assert_eq!(book.foreign_keys[0].references, "main.author");
        assert_eq!(snapshot.missing[0].part, "statements");
        assert!(!serde_json::to_string(&snapshot).unwrap().contains("secret"));
    }

    #[test]
    fn a_broken_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("broken.db");
        std::fs::write(&file, b"SQLite format 3\0 and then nothing").unwrap();
        assert!(capture(&file, &|_| {}).unwrap_err().to_string().contains("SQLite says"));
    }
}
