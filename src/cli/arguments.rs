//! The arguments, as clap reads them.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::rules::{Confidence, Severity};

/// The version, with the commit that it was built from where that is known.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), env!("QUELL_BUILT_FROM"));

/// Predicts the database queries that Django and SQLAlchemy code will run.
#[derive(Debug, Parser)]
#[command(name = "quell", version = VERSION, about, max_term_width = 100)]
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
    /// Read what a database says about itself, for `check --profile`
    #[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
    Profile(ProfileArguments),
    /// List the findings that cost a database most
    Top(TopArguments),
    /// Accept the findings there are: `check` then reports only new ones
    Baseline(BaselineArguments),
    /// Make one JSON report of several
    Merge(MergeArguments),
    /// Print what quell understood
    #[command(subcommand)]
    Show(Show),
    /// Print the page of a rule, or what is known of a line
    Explain {
        /// The rule's name as a finding has it, or FILE:LINE
        #[arg(value_name = "RULE or FILE:LINE")]
        subject: String,
    },
    /// List all rules, or test those of a folder
    Rules(RulesArguments),
    /// Print the configuration in force, and whence it comes
    Config {
        /// Files and folders of the projects in question
        paths: Vec<PathBuf>,
        /// Use this file in place of what is found
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page of quell, or of one of its commands
    Man {
        /// The command; without any, the page of quell itself
        command: Option<String>,
    },
}

/// Arguments of `rules`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RulesArguments {
    /// The form of the list
    #[arg(long, value_enum, default_value_t = RulesFormat::Table)]
    pub format: RulesFormat,
    /// List the rules of this folder too, besides those of the configuration; may be repeated
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// What else to do with rules
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
}

/// What else there is to do with rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Compare what the rules of a folder say about its fixtures with the marks in these
    Test {
        /// The folder: NAME.scm and NAME.md, and programs in fixtures/NAME/CASE
        folder: PathBuf,
    },
}

/// What is read, and how sure quell must be.
#[derive(Args, Debug)]
pub struct Reading {
    /// Files and folders to report on; the project around them is read. Without any, the paths of the configuration,
    /// else the working directory
    pub paths: Vec<PathBuf>,
    /// Use this configuration file in place of what is found
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Ask the rules of this folder too, besides those of the configuration; may be repeated
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Hide findings that quell is less sure of
    #[arg(long, value_enum, default_value_t = LeastConfidence::Medium, value_name = "CONFIDENCE")]
    pub min_confidence: LeastConfidence,
    /// Report on tests too
    #[arg(long)]
    pub include_tests: bool,
    /// Report on migrations too
    #[arg(long)]
    pub include_migrations: bool,
    /// Leave out larger files
    #[arg(long, default_value_t = 2 * 1024 * 1024, value_name = "BYTES")]
    pub max_file_size: u64,
    /// Assume this Django instead of what the project names
    #[arg(long, value_name = "X.Y", value_parser = version)]
    pub django_version: Option<(u32, u32)>,
    /// Neither read nor write the cache
    #[arg(long)]
    pub no_cache: bool,
    /// Keep the cache here instead of in `.quell_cache` of the project
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache_dir: Option<PathBuf>,
}

/// Arguments of `profile`.
#[derive(Args, Debug)]
pub struct ProfileArguments {
    /// Compare profiles
    #[command(subcommand)]
    pub command: Option<ProfileCommand>,
    /// The database: postgresql://USER@HOST/NAME, `postgresql://` alone for what PGHOST and its like say, or sqlite:FILE
    #[arg(value_name = "URL")]
    pub database: Option<String>,
    /// Write the profile to this file; without it, to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Commands of `profile`.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Show which statements are new, gone, faster or slower
    Diff {
        /// The earlier profile, or a database
        before: String,
        /// The later profile, or a database
        after: String,
        /// Files and folders of the code whose findings send these statements
        paths: Vec<PathBuf>,
        /// The form of the list
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
}

/// Arguments of `top`.
#[derive(Args, Debug)]
pub struct TopArguments {
    /// A file that `quell profile` wrote, or a database
    #[arg(value_name = "FILE|URL")]
    pub profile: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: Reading,
    /// List so many findings
    #[arg(short, default_value_t = NonZeroUsize::MIN.saturating_add(19), value_name = "N")]
    pub number: NonZeroUsize,
}

/// Arguments of `baseline`.
#[derive(Args, Debug)]
pub struct BaselineArguments {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: Reading,
    /// Write this file in place of the one that the configuration names or of quell-baseline.json
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub struct CheckArguments {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: Reading,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "What is printed")]
    pub format: Format,
    /// Write the report to this file, and one line about it to standard output
    #[arg(long, value_name = "FILE", help_heading = "What is printed")]
    pub output_file: Option<PathBuf>,
    /// Print the N places that cost most, each with one fix for all that is read there
    #[arg(long, value_name = "N", help_heading = "What is printed", conflicts_with = "format")]
    pub top: Option<NonZeroUsize>,
    /// Tell how long each step took
    #[arg(long, help_heading = "What is printed")]
    pub timings: bool,
    /// Rank by what this database says: a file that `quell profile` wrote, or a database
    #[arg(long, value_name = "FILE|URL", help_heading = "What is reported")]
    pub profile: Option<String>,
    /// Report only findings that touch lines changed since this branch, tag or commit
    #[arg(long, value_name = "REV", help_heading = "What is reported", conflicts_with = "staged")]
    pub since: Option<String>,
    /// Report only findings that touch lines of the next commit
    #[arg(long, help_heading = "What is reported")]
    pub staged: bool,
    /// Take accepted findings from this file, not from the one of the project
    #[arg(long, value_name = "FILE", help_heading = "What is reported")]
    pub baseline: Option<PathBuf>,
    /// Report accepted findings too
    #[arg(long, help_heading = "What is reported", conflicts_with_all = ["baseline", "prune"])]
    pub no_baseline: bool,
    /// Drop what is no longer there from the baseline
    #[arg(long, help_heading = "What is reported")]
    pub prune: bool,
    /// The file whose new text comes on standard input, with `-` as the only path
    #[arg(long, value_name = "PATH", help_heading = "What is reported", conflicts_with = "prune")]
    pub stdin_filename: Option<PathBuf>,
    /// Exit with 1 when a finding is at least this severe
    #[arg(long, value_enum, default_value_t = FailOn::Low, value_name = "SEVERITY", help_heading = "When it fails")]
    pub fail_on: FailOn,
    /// Let N such findings pass
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "N", help_heading = "When it fails")]
    pub max: usize,
    /// Exit with 2 when a file can't be read or parsed
    #[arg(long, help_heading = "When it fails")]
    pub strict: bool,
}

/// Arguments of `merge`.
#[derive(Args, Debug)]
pub struct MergeArguments {
    /// Files that `quell check --format json` has written; NAME=FILE puts NAME/ before the paths of one
    #[arg(required = true, value_name = "[NAME=]FILE")]
    pub reports: Vec<String>,
    /// Exit with 1 when a finding is at least this severe
    #[arg(long, value_enum, default_value_t = FailOn::Never, value_name = "SEVERITY")]
    pub fail_on: FailOn,
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
    Gitlab,
    Junit,
    Summary,
}

/// Forms of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ListFormat {
    Table,
    Json,
}

/// Forms of the list of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum RulesFormat {
    Table,
    Json,
    Markdown,
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
