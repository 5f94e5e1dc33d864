//! Where a profile comes from: a file that was written before, or a database and how it is reached.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::ProfileError;

/// How every SQLite database begins. <https://www.sqlite.org/fileformat.html>
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Where a profile comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A file that `quell profile` wrote.
    Snapshot(PathBuf),
    /// A SQLite database.
    Sqlite(PathBuf),
    /// The address of a PostgreSQL server, as `postgres` reads it, with its password.
    Postgres(String),
}

impl Address {
    /// Reads what the user wrote.
    ///
    /// # Errors
    /// When it is neither a file nor the address of a database that quell knows.
    pub fn read(text: &str) -> Result<Address, ProfileError> {
        if let Some((scheme, rest)) = text.split_once("://") {
            return of_scheme(scheme, rest, text);
        }
        if let Some(file) = text.strip_prefix("sqlite:") {
            return Ok(Address::Sqlite(PathBuf::from(file)));
        }
        let path = Path::new(text);
        if path.exists() {
            return of_file(path);
        }
        let is_pairs = text.split_whitespace().all(|pair| pair.contains('=')) && !text.is_empty();
        match (is_pairs, text.ends_with(".json")) {
            (true, _) => Ok(Address::Postgres(text.to_owned())),
            (false, true) => of_file(path),
            (false, false) => Err(ProfileError::NotAnAddress(redacted(text))),
        }
    }
}

/// `postgresql`, `postgres`, and what SQLAlchemy writes: `postgresql+psycopg2`.
fn of_scheme(scheme: &str, rest: &str, text: &str) -> Result<Address, ProfileError> {
    match scheme.split('+').next().unwrap_or_default() {
        "postgresql" | "postgres" => Ok(Address::Postgres(format!("postgresql://{rest}"))),
        // SQLAlchemy: three slashes before a relative path, four before an absolute one.
        "sqlite" => Ok(Address::Sqlite(PathBuf::from(rest.strip_prefix('/').unwrap_or(rest)))),
        "file" => of_file(Path::new(rest)),
        kind @ ("mysql" | "mariadb" | "oracle" | "mssql") => Err(ProfileError::UnknownKind(kind.to_owned())),
        _ => Err(ProfileError::NotAnAddress(redacted(text))),
    }
}

fn of_file(path: &Path) -> Result<Address, ProfileError> {
    let unreadable = |error| ProfileError::Unreadable { file: path.display().to_string(), error };
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut start)).map_err(unreadable)?;
    match start == SQLITE {
        true => Ok(Address::Sqlite(path.to_owned())),
        false => Ok(Address::Snapshot(path.to_owned())),
    }
}

/// An address without its password, wherever one can stand: before the host, or behind `password=`.
pub fn redacted(text: &str) -> String {
    let mut shown = text.to_owned();
    if let Some(start) = text.find("://").map(|at| at + 3) {
        // A password may hold `@` and `/` that nobody encoded: all up to the last `@` before the host is the user's.
        let end = text[start..].rfind('@').map(|at| start + at);
        if let Some(end) = end
            && let Some(colon) = text[start..end].find(':')
        {
            shown = format!("{}:***{}", &text[..start + colon], &text[end..]);
        }
    }
    without_value(&shown, "sslpassword").unwrap_or_else(|| without_value(&shown, "password").unwrap_or(shown))
}

/// Without what stands behind `key=`, in an address or in pairs; none where the key does not occur.
fn without_value(text: &str, key: &str) -> Option<String> {
    let key_at = text.find(key)?;
    let rest = &text[key_at + key.len()..];
    let value_at = key_at + key.len() + rest.find('=').filter(|at| rest[..*at].trim().is_empty())? + 1;
    let value = &text[value_at..];
    let quoted = value.trim_start().starts_with('\'');
    let end = if quoted { value.rfind('\'').map(|at| at + 1) } else { value.find(['&', ' ']) };
    Some(format!("{}***{}", &text[..value_at], &value[end.unwrap_or(value.len())..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        let secrets = [
            "postgresql://shop:s3cret@db:5432/shop",
            "postgresql://shop:s3cret%40@db/shop?sslmode=require",
            "postgres://shop:s3cret/@x@db/shop",
            "postgresql://db/shop?user=shop&password=s3cret&sslmode=require",
            "host=db user=shop password=s3cret",
            "host=db password = 's3cret with space' user=shop",
            "mysterious://shop:s3cret@db",
        ];
        for address in secrets {
            let shown = redacted(address);
            assert!(!shown.contains("s3cret") && shown.contains("***"), "{shown}");
        }
        assert_eq!(redacted("postgresql://shop@db/shop"), "postgresql://shop@db/shop");
    }

    #[test]
    fn addresses_of_both_orms_are_understood() {
        let read = |text: &str| Address::read(text).unwrap();
        assert_eq!(read("postgresql+psycopg2://a@b/c"), Address::Postgres("postgresql://a@b/c".to_owned()));
        assert_eq!(read("sqlite:///shop.db"), Address::Sqlite("shop.db".into()));
        assert_eq!(read("sqlite:////srv/shop.db"), Address::Sqlite("/srv/shop.db".into()));
        assert_eq!(read("host=db user=shop"), Address::Postgres("host=db user=shop".to_owned()));
        assert!(Address::read("mysql://root@db/shop").unwrap_err().to_string().contains("PostgreSQL 12 to 18"));
        assert!(Address::read("shop").unwrap_err().to_string().contains("neither a file nor"));
        assert!(Address::read("no-such.json").unwrap_err().to_string().contains("can't be read"));
    }
}
