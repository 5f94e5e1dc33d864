//! `quell config`: what is in force for each project, and whence.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Outcome;
use crate::config::{Config, Library, PerPath, Version, baseline_of};
use crate::pipeline::{self, Settings};

/// Prints the configuration in force for the given paths.
pub(super) fn config(paths: &[PathBuf], file: Option<&PathBuf>, out: &mut dyn Write) -> Outcome {
    let settings = Settings { paths: paths.to_vec(), config: file.cloned(), ..Settings::of(Path::new(".")) };
    let configured = pipeline::configure(&settings, &pipeline::registry(&settings)?)?;
    for (folder, config) in configured.projects() {
        let lines = lines(&settings, folder, config);
        let width = lines.iter().map(|line| line.text.chars().count()).max().unwrap_or(0);
        writeln!(out, "# {}", shown(folder))?;
        for Line { text, from } in &lines {
            writeln!(out, "{text:<width$}  # {from}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// One setting and what says so.
struct Line {
    text: String,
    from: String,
}

fn lines(settings: &Settings, folder: &Path, config: &Config) -> Vec<Line> {
    let whence = |key: &str| match (&config.file, config.lines.get(key)) {
        (Some(file), Some(line)) => format!("{}:{line}", shown(file)),
        _ => "default".to_owned(),
    };
    let line = |key: &str, value: String| Line { text: format!("{key} = {value}"), from: whence(key) };
    let everything = || "all rules".to_owned();
    let paths = if config.paths.is_empty() { vec![".".to_owned()] } else { shown_all(&config.paths) };
    let mut lines = vec![
        line("paths", list(paths)),
        line("exclude", list(config.exclude.iter().map(|pattern| pattern.text.clone()))),
        line("select", config.rules.select.as_ref().map_or_else(everything, |only| list(only.iter().cloned()))),
        line("ignore", list(config.rules.ignore.iter().cloned())),
    ];
    lines.extend(config.rules.severity.iter().map(|(rule, word)| keyed(&line, "severity", rule, word)));
    lines.extend(config.confidence.iter().map(|(rule, word)| keyed(&line, "confidence", rule, word)));
    lines.extend(config.per_path.iter().map(|entry| Line { text: per_path(entry), from: whence("per-path") }));
    let baseline = baseline_of(config, folder);
    let baseline = if baseline.is_file() || config.baseline.is_some() {
        format!("\"{}\"", shown(&baseline))
    } else {
        "none".to_owned()
    };
    lines.push(line("baseline", baseline));
    lines.push(line("stubs", list(shown_all(&config.stubs))));
    lines.push(line("rules", list(shown_all(&config.rule_folders))));
    lines.extend([Library::Django, Library::SqlAlchemy].map(|library| version(settings, folder, config, library)));
    lines.push(line("venv", config.venv.as_ref().map_or("none".to_owned(), |path| format!("\"{}\"", shown(path)))));
    lines
}

fn keyed(line: &impl Fn(&str, String) -> Line, key: &str, rule: &str, word: &str) -> Line {
    let Line { from, .. } = line(key, String::new());
    Line { text: format!("{key}.{rule} = \"{word}\""), from }
}

fn per_path(entry: &PerPath) -> String {
    let mut parts: Vec<String> = entry.place.iter().map(|place| format!("place = \"{place}\"")).collect();
    parts.extend(entry.rules.select.iter().map(|only| format!("select = {}", list(only.iter().cloned()))));
    if !entry.rules.ignore.is_empty() {
        parts.push(format!("ignore = {}", list(entry.rules.ignore.iter().cloned())));
    }
    parts.extend(entry.rules.severity.iter().map(|(rule, word)| format!("severity.{rule} = \"{word}\"")));
    format!("per-path.\"{}\" = {{ {} }}", entry.pattern.text, parts.join(", "))
}

fn version(settings: &Settings, folder: &Path, config: &Config, library: Library) -> Line {
    let target = pipeline::version(library, settings, config, folder);
    let (major, minor): Version = target.version;
    Line { text: format!("{} = \"{major}.{minor}\"", library.name().to_lowercase()), from: target.from }
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().map(|item| format!("\"{item}\"")).collect::<Vec<_>>().join(", "))
}

fn shown_all(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| shown(path)).collect()
}

/// The path as the user sees it: relative to the working directory where it lies below.
fn shown(path: &Path) -> String {
    let here: io::Result<PathBuf> = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let relative = here.ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    match relative {
        Some(path) if path.as_os_str().is_empty() => ".".to_owned(),
        Some(path) => path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"),
        None => path.display().to_string(),
    }
}
