//! What a run is asked to do, and why it may be impossible.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::profile::Snapshot;
use crate::rules::Confidence;
use crate::source::Since;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Files and folders whose findings are reported; empty means those of the configuration.
    pub paths: Vec<PathBuf>,
    /// A file whose text is given instead of read.
    pub stdin: Option<(PathBuf, Vec<u8>)>,
    /// Report on tests.
    pub include_tests: bool,
    /// Report on migrations.
    pub include_migrations: bool,
    /// Larger files are left out; bytes.
    pub max_file_size: u64,
    /// Findings below it are counted, not shown.
    pub least_confidence: Confidence,
    /// The Django version to assume: major and minor.
    pub django_version: Option<(u32, u32)>,
    /// The configuration file to use in place of what is found.
    pub config: Option<PathBuf>,
    /// Which accepted findings are not reported.
    pub baseline: BaselineChoice,
    /// What is no longer there is dropped from the baseline.
    pub prune: bool,
    /// Only findings that touch these lines are reported.
    pub since: Option<Since>,
    /// What the database says.
    pub profile: Option<Arc<Snapshot>>,
    /// Folders of rules besides those of the configuration.
    pub rules: Vec<PathBuf>,
    /// Where what this run finds out is kept for the next.
    pub cache: CacheChoice,
    /// The given folders are projects of their own, whatever lies around them.
    pub is_alone: bool,
}

impl Settings {
    /// The defaults, for one path.
    pub fn of(path: &Path) -> Settings {
        Settings {
            paths: vec![path.to_owned()],
            stdin: None,
            include_tests: false,
            include_migrations: false,
            max_file_size: 2 * 1024 * 1024,
            least_confidence: Confidence::Medium,
            django_version: None,
            config: None,
            baseline: BaselineChoice::None,
            prune: false,
            since: None,
            profile: None,
            rules: Vec::new(),
            cache: CacheChoice::None,
            is_alone: false,
        }
    }
}

/// Where the cache is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheChoice {
    /// In the folder of each project.
    Own,
    /// In this folder, for all projects.
    Folder(PathBuf),
    /// There is none.
    None,
}

/// Which baseline counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineChoice {
    /// The one of each project.
    Own,
    /// This file, for all projects.
    File(PathBuf),
    /// Every finding is reported.
    None,
}

/// Why a run is impossible.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// Nothing to do.
    #[error(transparent)]
    Walk(#[from] crate::source::WalkError),
    /// The configuration has mistakes.
    #[error("{0}")]
    Config(#[from] crate::config::ConfigError),
    /// What has changed can't be found out.
    #[error(transparent)]
    Changes(#[from] crate::source::ChangesError),
    /// The baseline that was asked for is not there.
    #[error("there is no baseline `{0}`: `quell baseline --baseline {0}` writes it")]
    NoBaseline(String),
    /// The baseline can't be written.
    #[error("`{path}` can't be written: {error}")]
    Unwritten {
        /// The file as shown.
        path: String,
        /// Why not.
        error: std::io::Error,
    },
    /// The working directory is gone, or may not be entered.
    #[error("the working directory can't be read: {0}")]
    WorkingDirectory(#[from] std::io::Error),
}
