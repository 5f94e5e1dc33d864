//! Columns that a join condition names: `Book.author_id`, `books.c.author_id`, in code or in a text.

use crate::syntax::Name;

/// A dotted name in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Its parts.
    pub path: Vec<Name>,
    /// Inside `foreign(…)`.
    pub is_foreign: bool,
    /// Inside `remote(…)`.
    pub is_remote: bool,
}

/// The dotted names of a condition, functions and keywords left out.
///
/// ```py
/// "and_(Book.author_id == foreign(Author.id), Author.is_active)"
/// ```
pub(super) fn references(source: &str) -> Vec<Reference> {
    let mut scanner = Scanner { rest: source, calls: Vec::new(), found: Vec::new() };
    scanner.scan();
    scanner.found
}

struct Scanner<'a> {
    rest: &'a str,
    /// The functions that are open, `""` for a plain parenthesis.
    calls: Vec<&'a str>,
    found: Vec<Reference>,
}

impl<'a> Scanner<'a> {
    fn scan(&mut self) {
        while let Some(first) = self.rest.chars().next() {
            if first.is_alphabetic() || first == '_' {
                self.word();
                continue;
            }
            match first {
                '(' => self.calls.push(""),
                ')' => drop(self.calls.pop()),
                '"' | '\'' => {
                    self.quoted(first);
                    continue;
                }
                _ => {}
            }
            self.rest = &self.rest[first.len_utf8()..];
        }
    }

    fn word(&mut self) {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let end = self.rest.find(|c: char| !is_part(c)).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.rest = &self.rest[end..];
        if let Some(column) = self.subscript().filter(|_| word.ends_with(".c") || word.ends_with(".columns")) {
            self.add(&format!("{word}.{column}"));
        } else if let Some(rest) = self.rest.trim_start().strip_prefix('(') {
            self.rest = rest;
            // `Book.author_id.desc(`: the column before the method counts.
            if let Some((column, _)) = word.rsplit_once('.').filter(|(column, _)| column.contains('.')) {
                self.add(column);
            }
            self.calls.push(word.rsplit('.').next().unwrap_or(word));
        } else if !matches!(word, "lambda" | "and" | "or" | "not" | "None" | "True" | "False" | "is" | "in") {
            self.add(word);
        }
    }

    /// `["author_id"]` after `books.c`
    fn subscript(&self) -> Option<&'a str> {
        let rest = self.rest.strip_prefix('[')?;
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        rest[1..].split_once(quote).map(|(column, _)| column)
    }

    /// A quoted path (`foreign_keys=["Book.author_id"]`) counts, a plain word is a value.
    fn quoted(&mut self, quote: char) {
        let inner = &self.rest[1..];
        let end = inner.find(quote).unwrap_or(inner.len());
        let text = &inner[..end];
        if text.contains('.') && super::scope::path_of_text(text).is_some() {
            self.add(text);
        }
        self.rest = inner.get(end + 1..).unwrap_or_default();
    }

    fn add(&mut self, word: &str) {
        let path: Vec<Name> = word.split('.').filter(|part| !part.is_empty()).map(Name::new).collect();
        let inside = |wanted: &str| self.calls.contains(&wanted);
        let reference = Reference { path, is_foreign: inside("foreign"), is_remote: inside("remote") };
        self.found.push(reference);
    }
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn columns_are_found_with_their_marks() {
        let found = references("lambda: and_(Book.author_id == remote(foreign(Author.id)), Author.kind == 'x')");
        let texts: Vec<String> = found
            .iter()
            .map(|reference| {
                let path: Vec<&str> = reference.path.iter().map(|part| part.as_str()).collect();
                format!("{} {} {}", path.join("."), reference.is_foreign, reference.is_remote)
            })
            .collect();
        assert_eq!(texts, ["Book.author_id false false", "Author.id true true", "Author.kind false false"]);
    }

    #[test]
    fn a_column_is_taken_from_a_table_by_its_text() {
        let found = references("links.c[\"book_id\"] == books.c.id");
        let paths: Vec<usize> = found.iter().map(|reference| reference.path.len()).collect();
        assert_eq!((paths, found[0].path[2].as_str()), (vec![3, 3], "book_id"));
    }
}
