//! Which file configures a project, and reading it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{ConfigError, Problem};
use super::read::{is_inside, read_text};
use super::reader::Reader;
use super::{Config, keys};

/// The file of its own.
const OWN: &str = "quell.toml";

/// The file that tools share.
const SHARED: &str = "pyproject.toml";

/// A configuration file that was read as text.
struct Text {
    path: PathBuf,
    /// The folder that its paths must lie in; none for a file that the user names.
    within: Option<PathBuf>,
    shown: String,
    text: Arc<str>,
}

/// The configuration of the project in `folder`: of that folder, else of the nearest one above it in the same repository.
///
/// # Errors
/// When the file has mistakes, all of them at once.
pub fn load(folder: &Path, known_rules: &[&str]) -> Result<Config, ConfigError> {
    for candidate in candidates(folder) {
        let own = Text::of(folder, candidate, OWN);
        let shared = Text::of(folder, candidate, SHARED).filter(Text::has_section);
        match (own, shared) {
            (Some(own), Some(shared)) => return Err(both(&own, &shared)),
            (Some(text), None) | (None, Some(text)) => return text.config(known_rules),
            (None, None) => {}
        }
    }
    Ok(Config::default())
}

/// The configuration in a file that the user names.
///
/// # Errors
/// When it can't be read or has mistakes.
pub fn read_file(path: &Path, known_rules: &[&str]) -> Result<Config, ConfigError> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match Text::read(&path) {
        Some(text) => text.config(known_rules),
        None => Err(unreadable(&path)),
    }
}

/// The folders of rules that a configuration names, before the rest of it can be read: which names of rules it may use
/// depends on them. What is wrong with them is said when it is read.
pub fn rule_folders(folder: &Path, file: Option<&Path>) -> Vec<PathBuf> {
    let found = |candidate: &Path| {
        let own = Text::of(folder, candidate, OWN);
        own.or_else(|| Text::of(folder, candidate, SHARED).filter(Text::has_section))
    };
    let text = match file {
        Some(path) => Text::read(&path.canonicalize().unwrap_or_else(|_| path.to_owned())),
        None => candidates(folder).into_iter().find_map(found),
    };
    text.map(|text| text.rule_folders()).unwrap_or_default()
}

/// The folder itself, and those above it up to the one that holds the repository.
pub(super) fn candidates(folder: &Path) -> Vec<&Path> {
    let above: Vec<&Path> = folder.ancestors().collect();
    let last = above.iter().position(|ancestor| ancestor.join(".git").exists()).unwrap_or(0);
    above.into_iter().take(last + 1).collect()
}

/// The outermost folder that may configure the project in `folder`: the top of its repository.
pub(super) fn repository(folder: &Path) -> &Path {
    candidates(folder).last().copied().unwrap_or(folder)
}

/// The text of a file of the project in `folder`; nothing for one that is a link out of the repository.
pub(super) fn text_of(folder: &Path, path: &Path) -> Option<String> {
    if is_inside(path, repository(folder)) { read_text(path).ok() } else { None }
}

impl Text {
    fn read(path: &Path) -> Option<Text> {
        let text = read_text(path).ok()?;
        Some(Text { path: path.to_owned(), within: None, shown: shown(path), text: text.into() })
    }

    /// The configuration that `candidate` has for the project in `folder`.
    fn of(folder: &Path, candidate: &Path, name: &str) -> Option<Text> {
        let path = candidate.join(name);
        let text = text_of(folder, &path)?;
        let within = repository(folder).canonicalize().ok();
        Some(Text { shown: shown(&path), path, within, text: text.into() })
    }

    fn has_section(&self) -> bool {
        self.text.contains("tool") && section(&DeTable::parse_recoverable(&self.text).0, &["tool", "quell"]).is_some()
    }

    fn is_shared(&self) -> bool {
        self.path.file_name().is_some_and(|name| name == SHARED)
    }

    fn rule_folders(&self) -> Vec<PathBuf> {
        let document = DeTable::parse_recoverable(&self.text).0;
        let keys: &[&str] = if self.is_shared() { &["tool", "quell", "rules"] } else { &["rules"] };
        let named = section(&document, keys).and_then(|value| value.get_ref().as_array());
        let texts = named.into_iter().flat_map(|items| items.iter()).filter_map(|item| item.get_ref().as_str());
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let is_allowed = |path: &PathBuf| self.within.as_ref().is_none_or(|within| is_inside(path, within));
        texts.map(|text| folder.join(text)).filter(|path| path.is_dir() && is_allowed(path)).collect()
    }

    fn config(&self, known_rules: &[&str]) -> Result<Config, ConfigError> {
        let (document, errors) = DeTable::parse_recoverable(&self.text);
        if !errors.is_empty() {
            let problem = |error: &toml::de::Error| {
                self.problem(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()))
            };
            return Err(ConfigError { problems: errors.iter().map(problem).collect() });
        }
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let mut reader = Reader::new(&self.shown, &self.text, folder, known_rules);
        reader.within = self.within.as_deref();
        let mut config = Config { file: Some(self.path.clone()), ..Config::default() };
        if !self.is_shared() {
            keys::read(&mut reader, &mut config, document.get_ref());
        } else if let Some(value) = section(&document, &["tool", "quell"])
            && let Some(table) = reader.table(value)
        {
            keys::read(&mut reader, &mut config, table);
        }
        match reader.into_problems() {
            problems if problems.is_empty() => Ok(config),
            problems => Err(ConfigError { problems }),
        }
    }

    fn problem(&self, span: std::ops::Range<usize>, message: String) -> Problem {
        Problem { file: self.shown.clone(), text: self.text.clone(), span, message, help: None }
    }
}

/// The value below some keys.
fn section<'d, 't>(document: &'d Spanned<DeTable<'t>>, keys: &[&str]) -> Option<&'d Spanned<DeValue<'t>>> {
    let (first, rest) = keys.split_first()?;
    rest.iter().try_fold(document.get_ref().get(*first)?, |value, key| value.get_ref().as_table()?.get(*key))
}

fn both(own: &Text, shared: &Text) -> ConfigError {
    let at = shared.text.find("[tool.quell").unwrap_or(0);
    let end = shared.text[at..].find('\n').map_or(shared.text.len(), |length| at + length);
    let mut problem = shared.problem(at..end, format!("`{}` configures quell too", own.shown));
    problem.help = Some("keep one of the two".to_owned());
    ConfigError { problems: vec![problem] }
}

fn unreadable(path: &Path) -> ConfigError {
    let why = read_text(path).err().map_or_else(String::new, |error| format!(": {error}"));
    let problem = Problem {
        file: shown(path),
        text: "".into(),
        span: 0..0,
        message: format!("`{}` can't be read{why}", shown(path)),
        help: None,
    };
    ConfigError { problems: vec![problem] }
}

/// The path as the user sees it: relative to the working directory where it lies below.
pub(super) fn shown(path: &Path) -> String {
    let working_directory = std::env::current_dir().and_then(|folder| folder.canonicalize()).unwrap_or_default();
    let relative = path.strip_prefix(working_directory).unwrap_or(path);
    relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
