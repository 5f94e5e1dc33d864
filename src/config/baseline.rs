//! The baseline file: which findings are accepted, one a line, so that a review and a merge can read it.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Config;
use super::find::{candidates, shown};
use super::problem::{ConfigError, Problem};
use super::read::read_text;

/// What the file is called where nothing says otherwise.
pub const BASELINE: &str = "quell-baseline.json";

/// The form of the file that this version reads and writes.
const VERSION: u32 = 1;

/// Findings that are alike. There are no line numbers in it: an edit elsewhere changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Where the fix belongs, from the folder of the baseline, with `/`.
    pub file: String,
    /// Dotted name of the function or class around that place.
    #[serde(rename = "in")]
    pub enclosing: String,
    /// The rule.
    pub rule: String,
    /// What it is about: `shop.Book.author`.
    pub about: String,
    /// The expression that fires, for people, and to tell findings apart that are otherwise alike.
    pub text: String,
    /// How many.
    pub count: usize,
}

#[derive(Deserialize)]
struct Document {
    version: u32,
    findings: Vec<Accepted>,
}

/// The baseline of the project in `folder`: what the configuration names, else the nearest there is at or above the
/// folder in the same repository, else one beside the configuration or in the folder.
pub fn baseline_of(config: &Config, folder: &Path) -> PathBuf {
    if let Some(named) = &config.baseline {
        return named.clone();
    }
    let existing = candidates(folder).into_iter().map(|above| above.join(BASELINE)).find(|path| path.is_file());
    let beside = config.file.as_deref().and_then(Path::parent).unwrap_or(folder);
    existing.unwrap_or_else(|| beside.join(BASELINE))
}

/// Reads a baseline; `None` where there is no such file.
///
/// # Errors
/// When the file can't be read or is none.
pub fn read_baseline(path: &Path) -> Result<Option<Vec<Accepted>>, ConfigError> {
    let read = refuse_link(path).and_then(|()| read_text(path));
    let text = match read {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(problem(path, "", 0, format!("`{}` can't be read: {error}", shown(path)))),
    };
    match serde_json::from_str::<Document>(&text) {
        Ok(document) if document.version == VERSION => Ok(Some(document.findings)),
        Ok(document) => {
            let at = text.find("\"version\"").unwrap_or(0);
            let message = format!("this baseline has version {}, this quell reads version {VERSION}", document.version);
            Err(problem(path, &text, at, message))
        }
        Err(error) => {
            let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or(&words);
            Err(problem(path, &text, line_start, format!("not a baseline: {words}")))
        }
    }
}

/// A problem that is shown at the line of `at`.
fn problem(path: &Path, text: &str, at: usize, message: String) -> ConfigError {
    let line = text[at..].lines().next().unwrap_or_default();
    let start = at + line.len() - line.trim_start().len();
    let help = "mend it by hand, or delete it and run `quell baseline`".to_owned();
    let span = start..start + line.trim().len();
    let problem = Problem { file: shown(path), text: text.into(), span, message, help: Some(help) };
    ConfigError { problems: vec![problem] }
}

/// Writes a baseline, unless the file says the same already.
///
/// # Errors
/// When the file can't be written.
pub fn write_baseline(path: &Path, accepted: &[Accepted]) -> io::Result<()> {
    let text = text(accepted)?;
    refuse_link(path)?;
    if read_text(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text)
}

/// Who made a link under this name would choose what is printed or written over.
fn refuse_link(path: &Path) -> io::Result<()> {
    if path.is_symlink() { Err(io::Error::other("it is a link")) } else { Ok(()) }
}

fn text(accepted: &[Accepted]) -> io::Result<String> {
    let mut text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [");
    for (index, entry) in accepted.iter().enumerate() {
        let line = serde_json::to_string(entry)?.replace("\":\"", "\": \"").replace("\",\"", "\", \"");
        let between = if index == 0 { "\n" } else { ",\n" };
        let _ = write!(text, "{between}    {}", line.replace("\"count\":", "\"count\": "));
    }
    text.push_str(if accepted.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    Ok(text)
}
