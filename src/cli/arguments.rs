//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::rules::{Confidence, Severity};

/// Predicts the database queries that Django and SQLAlchemy code will run.
#[derive(Debug, Parser)]
#[command(name = "quell", version, about, max_term_width = 100)]
pub struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// When to write colours
    #[arg(long, value_enum, default_value_t = When::Auto, global = true)]
    pub color: When,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report N+1 queries, per-row writes and ORM misuse
    Check(CheckArguments),
    /// Print what quell understood
    #[command(subcommand)]
    Show(Show),
    /// Print the page of a rule, or what is known of a line
    Explain {
        /// The rule's name as a finding has it, or FILE:LINE
        #[arg(value_name = "RULE or FILE:LINE")]
        subject: String,
    },
    /// List all rules
    Rules,
    /// Print the configuration in force, and whence it comes
    Config {
        /// Files and folders of the projects in question
        paths: Vec<PathBuf>,
        /// Use this file in place of what is found
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// Files and folders to report on; the enclosing project is read. `-` reads one file's text from standard input.
    /// Without any, those of the configuration, else the working directory
    pub paths: Vec<PathBuf>,
    /// Use this configuration file in place of what is found
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Exit with 1 when a finding is at least this severe
    #[arg(long, value_enum, default_value_t = FailOn::Low, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Hide findings that quell is less sure of
    #[arg(long, value_enum, default_value_t = LeastConfidence::Medium, value_name = "CONFIDENCE")]
    pub min_confidence: LeastConfidence,
    /// Neither read nor write the cache
    #[arg(long)]
    pub no_cache: bool,
    /// Report on tests too
    #[arg(long)]
    pub include_tests: bool,
    /// Report on migrations too
    #[arg(long)]
    pub include_migrations: bool,
    /// Leave out larger files
    #[arg(long, default_value_t = 2 * 1024 * 1024, value_name = "BYTES")]
    pub max_file_size: u64,
    /// The file whose new text comes on standard input, with `-` as path
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,
    /// Tell how long each step took
    #[arg(long)]
    pub timings: bool,
    /// Exit with 2 when a file can't be read or parsed
    #[arg(long)]
    pub strict: bool,
    /// Assume this Django instead of what the project names
    #[arg(long, value_name = "X.Y", value_parser = version)]
    pub django_version: Option<(u32, u32)>,
}

/// Arguments of `show`.
#[derive(Debug, Subcommand)]
pub enum Show {
    /// Print the models, their columns and relations
    Models {
        /// A file or folder of the project
        #[arg(default_value = ".")]
        path: PathBuf,
        /// The form of the list
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// Print how much of what loops read was understood, and why not the rest
    Knowledge {
        /// A file or folder of the project
        #[arg(default_value = ".")]
        path: PathBuf,
    },
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Format {
    Text,
    Concise,
    Json,
    Sarif,
    Github,
}

/// Forms of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ListFormat {
    Table,
    Json,
}

/// When to write colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// The mildest severity that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Never,
}

/// The least confidence that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum LeastConfidence {
    Low,
    Medium,
    High,
}

impl FailOn {
    /// The severity, or none when nothing fails.
    pub fn severity(self) -> Option<Severity> {
        match self {
            FailOn::Critical => Some(Severity::Critical),
            FailOn::High => Some(Severity::High),
            FailOn::Medium => Some(Severity::Medium),
            FailOn::Low => Some(Severity::Low),
            FailOn::Never => None,
        }
    }
}

impl LeastConfidence {
    /// The confidence of the rules.
    pub fn confidence(self) -> Confidence {
        match self {
            LeastConfidence::Low => Confidence::Low,
            LeastConfidence::Medium => Confidence::Medium,
            LeastConfidence::High => Confidence::High,
        }
    }
}

/// `5.2` as two numbers.
fn version(text: &str) -> Result<(u32, u32), String> {
    let parts = text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    parts.ok_or_else(|| "a version has the form X.Y, as in 5.2".to_owned())
}
