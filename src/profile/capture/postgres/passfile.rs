//! Passwords from `~/.pgpass`. <https://www.postgresql.org/docs/current/libpq-pgpass.html>

use std::path::PathBuf;
use std::{env, fs};

use postgres::Config;
use postgres::config::Host;

/// The password that the file has for a connection.
pub fn password(config: &Config) -> Option<String> {
    let path = match env::var_os("PGPASSFILE") {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(env::var_os("HOME")?).join(".pgpass"),
    };
    if !is_private(&path) {
        return None;
    }
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        _ => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
    let user = config.get_user().unwrap_or_default();
    let database = config.get_dbname().unwrap_or(user);
    find(&fs::read_to_string(path).ok()?, [&host, &port, database, user])
}

/// A file that others may read is ignored, as libpq does.
#[cfg(unix)]
pub fn is_private(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|data| data.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
pub fn is_private(path: &std::path::Path) -> bool {
    path.exists()
}

/// The last field of the first line whose first four match; `*` matches everything.
fn find(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let matches = |(field, wanted): (&String, &&str)| field == "*" || field == *wanted;
        let [.., password] = fields.as_slice() else { return None };
        (fields.len() == 5 && fields.iter().zip(&wanted).all(matches)).then(|| password.clone())
    })
}

/// The fields of a line; a backslash takes the meaning from `:` and from itself.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ':' => fields.push(String::new()),
            '\\' => fields.last_mut().into_iter().for_each(|field| field.extend(characters.next())),
            other => fields.last_mut().into_iter().for_each(|field| field.push(other)),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_matches_counts() {
        let text = "# comment\ndb:5432:shop:other:no\n*:*:shop:me:a\\:b\\\\c\n*:*:*:*:last\n";
        assert_eq!(find(text, ["db", "5432", "shop", "me"]).as_deref(), Some("a:b\\c"));
        assert_eq!(find(text, ["db", "5433", "x", "y"]).as_deref(), Some("last"));
    }
}
