//! Why a profile could not be had. No message holds a password: addresses are shown without theirs.

use std::io;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Neither a file nor the address of a database.
    #[error(
        "`{0}` is neither a file nor the address of a database: write postgresql://USER@HOST/NAME, sqlite:FILE, or a file that `quell profile` wrote"
    )]
    NotAnAddress(String),
    /// The address has a mistake.
    #[error("the address `{address}` can't be read: {why}")]
    BadAddress {
        /// Without its password.
        address: String,
        /// Lower case, without a full stop.
        why: String,
    },
    /// A database that quell can't read.
    #[error("`{0}` databases can't be read: quell knows PostgreSQL 12 to 18 and SQLite")]
    UnknownKind(String),
    /// The file can't be opened.
    #[error("`{file}` can't be read: {error}")]
    Unreadable {
        /// As given.
        file: String,
        /// Why not.
        error: io::Error,
    },
    /// The file is no snapshot.
    #[error("`{file}` is no profile: {why}")]
    NotAProfile {
        /// As given.
        file: String,
        /// Lower case, without a full stop.
        why: String,
    },
    /// The file was written by a later quell.
    #[error("`{file}` is a profile of version {version}: this quell reads version {known}")]
    TooNew {
        /// As given.
        file: String,
        /// What it says.
        version: u64,
        /// What is known.
        known: u32,
    },
    /// The server does not answer.
    #[error("no server answers at {address}: {why}")]
    NoServer {
        /// Without its password.
        address: String,
        /// In the words of the system.
        why: String,
    },
    /// The server does not let us in.
    #[error("{address} does not let quell in: {why}")]
    Refused {
        /// Without its password.
        address: String,
        /// In the server's words.
        why: String,
    },
    /// TLS could not be set up.
    #[error("no encrypted connection to {address}: {why}")]
    Tls {
        /// Without its password.
        address: String,
        /// Lower case, without a full stop.
        why: String,
    },
    /// The server is older than what quell knows.
    #[error("the server is PostgreSQL {0}: quell reads 12 to 18")]
    TooOld(String),
    /// The server went away.
    #[error("the server went away while its {part} were read: {why}")]
    Gone {
        /// What was being read.
        part: &'static str,
        /// In the words of the driver.
        why: String,
    },
    /// The server refused a question that every server answers.
    #[error("the {part} can't be read: {why}")]
    Question {
        /// What was being read.
        part: &'static str,
        /// In the server's words.
        why: String,
    },
    /// This quell was built without drivers.
    #[error("this quell was built without the feature `profile`: it reads profiles from files, not from databases")]
    NoDrivers,
    /// The profile can't be written.
    #[error("`{file}` can't be written: {error}")]
    Unwritten {
        /// As given.
        file: String,
        /// Why not.
        error: io::Error,
    },
}
