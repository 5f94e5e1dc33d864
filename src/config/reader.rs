//! Values of a configuration as the types they must have; what does not fit is a problem at its span.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Version;
use super::nearest::nearest;
use super::pattern::Pattern;
use super::problem::Problem;

/// A value of the file and where it stands.
pub(super) type Node<'t> = Spanned<DeValue<'t>>;

/// Reads one file.
pub(super) struct Reader<'t> {
    file: &'t str,
    text: &'t Arc<str>,
    folder: &'t Path,
    known_rules: &'t [&'t str],
    /// The folder that paths must lie in, where there is one.
    pub(super) within: Option<&'t Path>,
    problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    /// Reads nothing yet.
    pub(super) fn new(file: &'t str, text: &'t Arc<str>, folder: &'t Path, known_rules: &'t [&'t str]) -> Self {
        Reader { file, text, folder, known_rules, within: None, problems: Vec::new() }
    }

    /// What was wrong, in the order of the file.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        self.problems
    }

    /// Notes a problem.
    pub(super) fn fail(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        self.problems.push(Problem { file: self.file.to_owned(), text: self.text.clone(), span, message, help });
    }

    /// The 1-based line of a byte.
    pub(super) fn line(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }

    fn mismatch(&mut self, node: &Node, expected: &str) {
        let found = match node.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a truth value",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.fail(node.span(), format!("expected {expected}, found {found}"), None);
    }

    /// A text.
    pub(super) fn string<'n>(&mut self, node: &'n Node<'t>, expected: &str) -> Option<&'n str> {
        let text = node.get_ref().as_str();
        if text.is_none() {
            self.mismatch(node, expected);
        }
        text
    }

    /// A table.
    pub(super) fn table<'n>(&mut self, node: &'n Node<'t>) -> Option<&'n DeTable<'t>> {
        let table = node.get_ref().as_table();
        if table.is_none() {
            self.mismatch(node, "a table");
        }
        table
    }

    /// A list of texts with their places; what is no text is left out.
    pub(super) fn list<'n>(&mut self, node: &'n Node<'t>) -> Vec<(&'n str, Range<usize>)> {
        let Some(items) = node.get_ref().as_array() else {
            self.mismatch(node, "a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text, item.span())),
                None => self.mismatch(item, "a text"),
            }
        }
        texts
    }

    /// An unknown key.
    pub(super) fn unknown_key(&mut self, name: &str, span: Range<usize>, known: &[&'static str]) {
        let help = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are {}", quoted(known)),
        };
        self.fail(span, format!("unknown key `{name}`"), Some(help));
    }

    /// The name of a rule.
    pub(super) fn rule(&mut self, name: &str, span: Range<usize>) -> Option<String> {
        if self.known_rules.contains(&name) {
            return Some(name.to_owned());
        }
        let help = match nearest(name, self.known_rules.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`quell rules` lists all".to_owned(),
        };
        self.fail(span, format!("there is no rule `{name}`"), Some(help));
        None
    }

    /// A list of names of rules.
    pub(super) fn rules(&mut self, node: &Node<'t>) -> BTreeSet<String> {
        self.list(node).into_iter().filter_map(|(name, span)| self.rule(name, span)).collect()
    }

    /// One of some words.
    pub(super) fn word(&mut self, node: &Node<'t>, what: &str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.string(node, &format!("a {what}"))?;
        let known = words.iter().find(|word| **word == text).copied();
        if known.is_none() {
            self.fail(node.span(), format!("`{text}` is no {what}"), Some(format!("there are {}", quoted(words))));
        }
        known
    }

    /// A pattern of paths.
    pub(super) fn pattern(&mut self, text: &str, span: Range<usize>) -> Option<Pattern> {
        match Pattern::new(self.folder, text) {
            Ok(pattern) => Some(pattern),
            Err(why) => {
                self.fail(span, format!("`{text}` is no pattern of paths: {why}"), None);
                None
            }
        }
    }

    /// A path of the repository that must exist, from the folder of the file.
    pub(super) fn existing(&mut self, text: &str, span: Range<usize>) -> Option<PathBuf> {
        let path = self.anywhere(text, span.clone())?;
        self.inside(path, text, span)
    }

    /// The path, where it lies in the repository: else a configuration could have quell read and print anything.
    fn inside(&mut self, path: PathBuf, text: &str, span: Range<usize>) -> Option<PathBuf> {
        if self.within.is_none_or(|within| path.starts_with(within)) {
            return Some(path);
        }
        let help = "name it on the command line, or the whole configuration with `--config`".to_owned();
        self.fail(span, format!("`{text}` lies outside of the repository"), Some(help));
        None
    }

    fn anywhere(&mut self, text: &str, span: Range<usize>) -> Option<PathBuf> {
        match self.folder.join(text).canonicalize() {
            Ok(path) => Some(path),
            Err(_) => {
                self.fail(span, format!("`{text}` does not exist"), Some("paths count from this file's folder".into()));
                None
            }
        }
    }

    /// A folder of the repository that must exist.
    pub(super) fn folder(&mut self, text: &str, span: Range<usize>) -> Option<PathBuf> {
        let path = self.folder_anywhere(text, span.clone())?;
        self.inside(path, text, span)
    }

    /// A folder that must exist.
    pub(super) fn folder_anywhere(&mut self, text: &str, span: Range<usize>) -> Option<PathBuf> {
        let path = self.anywhere(text, span.clone())?;
        if !path.is_dir() {
            self.fail(span, format!("`{text}` is no folder"), None);
            return None;
        }
        Some(path)
    }

    /// A file that need not exist, in a folder that does, from the folder of the file.
    pub(super) fn new_file(&mut self, node: &Node<'t>) -> Option<PathBuf> {
        let text = self.string(node, "a file")?;
        let path = self.folder.join(text);
        let folder = path.parent().unwrap_or(self.folder);
        match (folder.canonicalize(), path.file_name()) {
            (Ok(folder), Some(name)) if !path.is_dir() => self.inside(folder.join(name), text, node.span()),
            (Ok(_), _) => {
                self.fail(node.span(), format!("`{text}` is no file"), None);
                None
            }
            (Err(_), _) => {
                let message = format!("the folder of `{text}` does not exist");
                self.fail(node.span(), message, Some("paths count from this file's folder".into()));
                None
            }
        }
    }

    /// A version such as `"5.2"`.
    pub(super) fn version(&mut self, node: &Node<'t>) -> Option<Version> {
        let expected = "a version in quotes, as in \"5.2\"";
        let text = self.string(node, expected)?;
        let mut numbers = text.split('.').map(|part| part.parse::<u32>().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), Some(minor)) => Some((major, minor)),
            _ => {
                self.fail(node.span(), format!("`{text}` is no version"), Some(format!("write {expected}")));
                None
            }
        }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
