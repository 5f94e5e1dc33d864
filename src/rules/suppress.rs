//! Ignore comments: `# quell: ignore[rule] reason` silences a rule on its line.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::Place;
use crate::project::Program;
use crate::source::FileId;

const MARK: &str = "# quell: ignore";

/// The ignore comments of the files that were asked about, read once each.
pub(super) struct Suppressions<'run> {
    program: &'run Program,
    files: FxHashMap<FileId, Vec<Comment<'run>>>,
}

/// One comment: its 1-based line, and the rules it names; none means every rule.
struct Comment<'run> {
    line: u32,
    rules: FxHashSet<&'run str>,
}

impl<'run> Suppressions<'run> {
    /// Reads nothing yet.
    pub fn new(program: &'run Program) -> Self {
        Suppressions { program, files: FxHashMap::default() }
    }

    /// Whether a comment on one of the place's lines silences the rule.
    pub fn silences(&mut self, rule: &str, place: Place) -> bool {
        let Some(source) = self.program.files.get(place.file.0 as usize) else { return false };
        let comments = self.files.entry(place.file).or_insert_with(|| comments(&source.text));
        if comments.is_empty() {
            return false;
        }
        let lines = source.line_column(place.span.start).line..=source.line_column(place.span.end).line;
        let names = |comment: &Comment| comment.rules.is_empty() || comment.rules.contains(rule);
        comments.iter().any(|comment| lines.contains(&comment.line) && names(comment))
    }
}

fn comments(text: &str) -> Vec<Comment<'_>> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    text.lines().zip(1..).filter_map(|(line, number)| comment(line, number)).collect()
}

fn comment(line: &str, number: u32) -> Option<Comment<'_>> {
    let rest = &line[line.find(MARK)? + MARK.len()..];
    let rules = match rest.strip_prefix('[') {
        Some(named) => named.split_once(']')?.0.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
        None if rest.starts_with(|c: char| c.is_alphanumeric() || "-_".contains(c)) => return None,
        None => FxHashSet::default(),
    };
    Some(Comment { line: number, rules })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_rules_or_means_all() {
        let text = "a = 1  # quell: ignore[one, two] because\nb = 2  # quell: ignore\nc  # quell: ignored\n";
        let found = comments(text);
        assert_eq!(found.iter().map(|comment| comment.line).collect::<Vec<_>>(), [1, 2]);
        assert!(found[0].rules.contains("one") && found[0].rules.contains("two"));
        assert!(found[1].rules.is_empty());
    }
}
