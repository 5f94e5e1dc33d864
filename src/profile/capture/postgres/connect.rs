//! An address to a connection: what libpq reads from the environment and from `~/.pgpass` is read here too.
//!
//! <https://www.postgresql.org/docs/current/libpq-connect.html>

use std::env;
use std::error::Error;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};

use super::passfile;
use super::tls::{Identity, Trust, connector};
use crate::profile::ProfileError;
use crate::profile::address::redacted;
use crate::profile::tags::decoded;

/// A connection that can't write, whatever it is asked.
const OPTIONS: &str = "-c default_transaction_read_only=on -c statement_timeout=60s -c lock_timeout=1s";

/// Seconds until a server that does not answer is given up.
const PATIENCE: u64 = 10;

/// Where a server on this machine listens, by distribution.
const SOCKETS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Opens a connection.
pub fn connect(address: &str) -> Result<Client, ProfileError> {
    let target = Target::read(address)?;
    let mut config = target.config.clone();
    config.options(OPTIONS);
    match target.open(&config) {
        // A pooler may know no options: the transaction is read-only all the same.
        Err(error) if error.code() == Some(&SqlState::PROTOCOL_VIOLATION) => {
            target.open(&target.config).map_err(|error| target.failure(&error))
        }
        opened => opened.map_err(|error| target.failure(&error)),
    }
}

/// Where to, and how much is asked of the certificate.
struct Target {
    config: Config,
    trust: Trust,
    shown: String,
    tls: Option<super::tls::Connector>,
}

impl Target {
    fn read(address: &str) -> Result<Target, ProfileError> {
        let shown = redacted(address);
        let bad = |why: &str| ProfileError::BadAddress { address: shown.clone(), why: why.to_owned() };
        let (rest, own) = without_own(address);
        // The driver's own words may quote a piece of a password.
        let mut config = Config::from_str(&rest).map_err(|_| {
            bad("an option is not known, or a part is not percent-encoded (`@`, `/`, `?` and `&` in a password must be)")
        })?;
        from_environment(&mut config).map_err(bad)?;
        let setting = |name: &str| {
            let given = own.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            given.or_else(|| env::var(format!("PG{}", name.to_uppercase())).ok()).filter(|value| !value.is_empty())
        };
        let identity = Identity::of(setting("sslcert"), setting("sslkey"));
        let trust = Trust::of(&setting("sslmode").unwrap_or("prefer".to_owned()), setting("sslrootcert"))
            .map_err(|why| bad(&why))?;
        config.ssl_mode(match &trust {
            Trust::Disable => SslMode::Disable,
            Trust::Prefer => SslMode::Prefer,
            _ => SslMode::Require,
        });
        let tls = match trust {
            Trust::Disable => None,
            _ => Some(
                connector(&trust, identity.as_ref())
                    .map_err(|why| ProfileError::Tls { address: shown.clone(), why })?,
            ),
        };
        let shown = if config.get_hosts().is_empty() { shown } else { described(&config) };
        Ok(Target { config, trust, shown, tls })
    }

    fn open(&self, config: &Config) -> Result<Client, postgres::Error> {
        match (&self.tls, &self.trust) {
            (Some(tls), _) => config.connect(tls.clone()),
            (None, _) => config.connect(NoTls),
        }
    }

    /// Why there is no connection.
    fn failure(&self, error: &postgres::Error) -> ProfileError {
        let address = self.shown.clone();
        let words = in_words(error);
        if let Some(said) = error.as_db_error() {
            return ProfileError::Refused { address, why: said.message().to_owned() };
        }
        let is_missing = words.contains("password missing");
        if is_missing {
            let why = "it wants a password: write it in the address, in PGPASSWORD or in ~/.pgpass".to_owned();
            return ProfileError::Refused { address, why };
        }
        let is_tls = ["TLS", "certificate", "handshake"].iter().any(|word| words.contains(word));
        if is_tls {
            return ProfileError::Tls { address, why: words };
        }
        ProfileError::NoServer { address, why: words }
    }
}

/// An error with its causes.
pub fn in_words(error: &postgres::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_words = cause.to_string();
        if !words.contains(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        source = cause.source();
    }
    words.strip_prefix("error connecting to server: ").map_or(words.clone(), str::to_owned)
}

/// `db.example:5432/shop as shop`.
fn described(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(folder)) => folder.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user().map(|user| format!(" as {user}")).unwrap_or_default();
    format!("{host}:{port}/{}{user}", config.get_dbname().or(config.get_user()).unwrap_or_default())
}

/// The options that are read here and not by the driver.
const OWN: [&str; 7] = ["sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslpassword", "gssencmode"];

type Options = Vec<(String, String)>;

/// An address without the options that are read here, and those.
fn without_own(address: &str) -> (String, Options) {
    let (start, separator, pairs) = match address.split_once('?') {
        Some((start, query)) => (start, "&", query.split('&').map(str::to_owned).collect()),
        None if address.contains("://") => return (address.to_owned(), Options::new()),
        None => ("", " ", words(address)),
    };
    let key_of = |pair: &String| pair.split('=').next().unwrap_or_default().trim().to_owned();
    let (own, rest): (Vec<String>, Vec<String>) =
        pairs.into_iter().partition(|pair| OWN.contains(&key_of(pair).as_str()));
    let own = own.iter().filter_map(|pair| pair.split_once('='));
    let own = own.map(|(key, value)| (key.trim().to_owned(), decoded(value.trim().trim_matches('\'')))).collect();
    let start =
        if separator == "&" { format!("{start}{}", if rest.is_empty() { "" } else { "?" }) } else { String::new() };
    (format!("{start}{}", rest.join(separator)), own)
}

/// `key=value` pairs; a value in quotes may hold spaces.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in text.chars() {
        match character {
            ' ' if !quoted => words.push(String::new()),
            other => {
                quoted ^= other == '\'';
                words.last_mut().into_iter().for_each(|word| word.push(other));
            }
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// What the address leaves open.
fn from_environment(config: &mut Config) -> Result<(), &'static str> {
    let value = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    config.application_name("quell");
    // A server that vanishes without a word is noticed.
    config.keepalives_idle(Duration::from_secs(PATIENCE)).tcp_user_timeout(Duration::from_secs(3 * PATIENCE));
    if config.get_hosts().is_empty() {
        let socket = SOCKETS.iter().find(|folder| Path::new(folder).join(".s.PGSQL.5432").exists());
        config.host(&value("PGHOST").unwrap_or_else(|| socket.map_or("localhost", |folder| folder).to_owned()));
    }
    if config.get_ports().is_empty()
        && let Some(port) = value("PGPORT")
    {
        config.port(port.parse().map_err(|_| "PGPORT is no number")?);
    }
    if config.get_user().is_none()
        && let Some(user) = value("PGUSER").or_else(|| value("USER"))
    {
        config.user(&user);
    }
    if config.get_dbname().is_none()
        && let Some(name) = value("PGDATABASE")
    {
        config.dbname(&name);
    }
    if config.get_password().is_none()
        && let Some(password) = value("PGPASSWORD").or_else(|| passfile::password(config))
    {
        config.password(password);
    }
    if config.get_connect_timeout().is_none() {
        let seconds = value("PGCONNECT_TIMEOUT").and_then(|seconds| seconds.parse().ok()).unwrap_or(PATIENCE);
        config.connect_timeout(Duration::from_secs(seconds));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_the_driver_does_not_know_are_taken_out() {
        let (rest, own) = without_own("postgresql://a@b/c?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fca.pem");
        assert_eq!(rest, "postgresql://a@b/c?connect_timeout=3");
        assert_eq!(
            own,
            [("sslmode".to_owned(), "verify-full".to_owned()), ("sslrootcert".to_owned(), "/ca.pem".to_owned())]
        );
        let (rest, own) = without_own("host=b user='a b' sslmode=require");
        assert_eq!((rest.as_str(), own.len()), ("host=b user='a b'", 1));
    }

    #[test]
    fn a_mistake_in_an_address_does_not_show_its_password() {
        let error = connect("postgresql://shop@db/shop?password=s3&cret=1").err().unwrap().to_string();
        assert!(error.contains("percent-encoded") && !error.contains("s3") && !error.contains("option `"), "{error}");
    }
}
