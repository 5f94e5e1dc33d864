//! Ignore comments: `# quell: ignore[rule] reason` silences a rule for its statement, `# quell: ignore-file[rule]` at the
//! top for its file, `{# quell: ignore[rule] #}` in templates. Those that do nothing are reported.

use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use super::finding::Note;
use super::registry::Registry;
use crate::config::nearest;
use crate::domain::Place;
use crate::project::Program;
use crate::source::{FileId, SourceFile};
use crate::syntax::comments;

/// The ignore comments of a program.
pub(super) struct Suppressions<'run> {
    program: &'run Program,
    files: FxHashMap<FileId, Vec<Ignore>>,
}

/// One comment.
#[derive(Debug)]
struct Ignore {
    /// Its 1-based line.
    line: u32,
    /// The 1-based lines it silences.
    lines: RangeInclusive<u32>,
    /// The rules it names, and whether each silenced anything; none means every rule.
    rules: Vec<(String, bool)>,
    /// What is wrong with it: the note's kind and message.
    problem: Option<(&'static str, String)>,
    is_used: bool,
}

/// What follows `quell:` in a comment.
#[derive(Debug, PartialEq, Eq)]
struct Directive<'t> {
    is_for_file: bool,
    /// `None` without brackets.
    rules: Option<Vec<&'t str>>,
}

impl<'run> Suppressions<'run> {
    /// Reads the comments of all files that belong to the program.
    pub fn new(program: &'run Program) -> Self {
        let mut files = FxHashMap::default();
        for source in program.files.iter().filter(|source| source.text.contains("quell:")) {
            let found = if is_python(source) { in_python(&source.text) } else { in_template(&source.text) };
            files.insert(source.id, found);
        }
        Suppressions { program, files }
    }

    /// Whether a comment silences the rule at a place; the comment counts as used then.
    pub fn silences(&mut self, rule: &str, place: Place) -> bool {
        let Some(ignores) = self.files.get_mut(&place.file) else { return false };
        let Some(source) = self.program.files.get(place.file.0 as usize) else { return false };
        let (first, last) = (source.line_column(place.span.start).line, source.line_column(place.span.end).line);
        let mut is_silenced = false;
        for ignore in ignores.iter_mut().filter(|one| *one.lines.start() <= last && first <= *one.lines.end()) {
            is_silenced |= ignore.silences(rule);
        }
        is_silenced
    }

    /// What is wrong with the comments of the reported files, once every finding was asked about.
    pub fn notes(&self, registry: &Registry, is_active: impl Fn(&str) -> bool) -> Vec<Note> {
        let mut notes = Vec::new();
        for (file, ignores) in &self.files {
            let is_own = |source: &&std::sync::Arc<SourceFile>| {
                let module = self.program.module_of(*file);
                source.reported && (!is_python(source) || module.is_some_and(|module| !module.is_stub))
            };
            let Some(source) = self.program.files.get(file.0 as usize).filter(is_own) else { continue };
            for ignore in ignores {
                notes.extend(ignore.problems(registry, &is_active).into_iter().map(|(kind, message)| Note {
                    file: Some(source.shown.clone()),
                    line: Some(ignore.line),
                    kind,
                    message,
                }));
            }
        }
        notes
    }
}

impl Ignore {
    fn silences(&mut self, rule: &str) -> bool {
        let is_blanket = self.rules.is_empty();
        let named = self.rules.iter_mut().find(|(name, _)| name == rule);
        let is_silencing = is_blanket || named.is_some();
        if let Some((_, is_used)) = named {
            *is_used = true;
        }
        self.is_used |= is_silencing;
        is_silencing
    }

    fn problems(&self, registry: &Registry, is_active: &impl Fn(&str) -> bool) -> Vec<(&'static str, String)> {
        if let Some(problem) = &self.problem {
            return vec![problem.clone()];
        }
        if self.rules.is_empty() {
            let advice =
                "this comment silences every rule: name those that are meant, as in `ignore[lazy-load-per-row]`";
            return vec![if self.is_used { ("ignore-blanket", advice.to_owned()) } else { unused("") }];
        }
        let of_rule = |(name, is_used): &(String, bool)| match registry.rule(name) {
            None => Some(("ignore-unknown", unknown(registry, name))),
            Some(_) if !is_used && is_active(name) => Some(unused(&format!("[{name}]"))),
            Some(_) => None,
        };
        self.rules.iter().filter_map(of_rule).collect()
    }
}

fn unused(rules: &str) -> (&'static str, String) {
    ("ignore-unused", format!("`quell: ignore{rules}` silences nothing: it can go"))
}

fn unknown(registry: &Registry, name: &str) -> String {
    let meant = nearest(name, registry.rules().iter().map(|rule| rule.id));
    let meant = meant.map(|rule| format!(": did you mean `{rule}`?")).unwrap_or_default();
    format!("there is no rule `{name}` to ignore{meant}")
}

fn is_python(source: &SourceFile) -> bool {
    source.path.extension().is_none_or(|extension| extension == "py" || extension == "pyi")
}

fn in_python(text: &str) -> Vec<Ignore> {
    let ignore = |comment: crate::syntax::Comment| {
        let directive = comment.text.split('#').find_map(directive)?;
        Some(match directive.is_for_file {
            true => directive.for_file(comment.line, comment.is_at_top),
            false => directive.for_lines(comment.line, comment.speaks_of),
        })
    };
    comments(text).into_iter().filter_map(ignore).collect()
}

/// A template's comment speaks of its line; alone on a line, of the next one that is not empty.
fn in_template(text: &str) -> Vec<Ignore> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for (start, _) in line.match_indices("{#") {
            let (inside, after) = line[start + 2..].split_once("#}").unwrap_or((&line[start + 2..], ""));
            let Some(directive) = directive(inside) else { continue };
            let is_alone = line[..start].trim().is_empty() && after.trim().is_empty();
            let next = || (index + 1..lines.len()).find(|at| !lines[*at].trim().is_empty());
            let spoken_of = if is_alone { next() } else { Some(index) };
            let speaks_of = spoken_of.map(|at| at as u32 + 1..=at as u32 + 1);
            let is_at_top = lines[..index].iter().all(|line| line.trim().is_empty() || line.trim().starts_with("{#"));
            found.push(match directive.is_for_file {
                true => directive.for_file(index as u32 + 1, is_at_top),
                false => directive.for_lines(index as u32 + 1, speaks_of),
            });
        }
    }
    found
}

/// Reads ` quell: ignore[one, two] why`.
fn directive(comment: &str) -> Option<Directive<'_>> {
    let rest = comment.trim_start().strip_prefix("quell:")?.trim_start().strip_prefix("ignore")?;
    let (is_for_file, rest) = rest.strip_prefix("-file").map_or((false, rest), |rest| (true, rest));
    if rest.starts_with(|c: char| c.is_alphanumeric() || "-_".contains(c)) {
        return None;
    }
    let named = rest.trim_start().strip_prefix('[').map(|named| named.split(']').next().unwrap_or_default());
    let names = |named: &'_ str| named.split(',').map(str::trim).filter(|name| !name.is_empty()).count() > 0;
    let rules = named.filter(|named| names(named));
    let rules = rules.map(|named| named.split(',').map(str::trim).filter(|name| !name.is_empty()).collect());
    Some(Directive { is_for_file, rules })
}

impl Directive<'_> {
    fn for_file(self, line: u32, is_at_top: bool) -> Ignore {
        let wrong =
            "`quell: ignore-file` stands at the top of a file, before any code: here it does nothing".to_owned();
        let problem = (!is_at_top).then_some(("ignore-misplaced", wrong));
        let lines = if is_at_top { 1..=u32::MAX } else { u32::MAX..=u32::MAX };
        Ignore { line, lines, rules: self.names(), problem, is_used: false }
    }

    fn for_lines(self, line: u32, speaks_of: Option<RangeInclusive<u32>>) -> Ignore {
        let wrong = "`quell: ignore` stands on a line of code or above one: here it does nothing".to_owned();
        let problem = speaks_of.is_none().then_some(("ignore-misplaced", wrong));
        let lines = speaks_of.unwrap_or(u32::MAX..=u32::MAX);
        Ignore { line, lines, rules: self.names(), problem, is_used: false }
    }

    fn names(&self) -> Vec<(String, bool)> {
        self.rules.iter().flatten().map(|name| ((*name).to_owned(), false)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(ignores: Vec<Ignore>) -> Vec<(RangeInclusive<u32>, Vec<String>)> {
        ignores.into_iter().map(|one| (one.lines, one.rules.into_iter().map(|(name, _)| name).collect())).collect()
    }

    #[test]
    fn a_comment_names_rules_or_means_all() {
        let text = "a = 1  # quell: ignore[one, two] because\nb = 2  # noqa # quell: ignore\nc  # quell: ignored\n";
        let found = described(in_python(text));
        assert_eq!(found, [(1..=1, vec!["one".to_owned(), "two".to_owned()]), (2..=2, vec![])]);
    }

    #[test]
    fn a_comment_alone_speaks_of_the_next_statement_and_one_at_the_top_of_the_file() {
        let text = "# quell: ignore-file[one]\n# quell: ignore[two]\nfor a in f(\n    b):\n    pass\n";
        assert_eq!(
            described(in_python(text)),
            [(1..=u32::MAX, vec!["one".to_owned()]), (3..=4, vec!["two".to_owned()])]
        );
        assert!(in_python("a = 1\n# quell: ignore-file[one]\n")[0].problem.is_some());
    }

    #[test]
    fn strings_hold_no_ignore_comments() {
        assert!(in_python("a = '# quell: ignore[one]'\n").is_empty());
    }

    #[test]
    fn templates_have_comments_of_their_own() {
        let text = "{# quell: ignore[one] #}\n\n{{ a }}\n{{ b }} {# quell: ignore[two] why #}\n";
        assert_eq!(described(in_template(text)), [(3..=3, vec!["one".to_owned()]), (4..=4, vec!["two".to_owned()])]);
    }
}
