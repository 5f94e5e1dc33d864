//! The tokens of Jinja expressions.

use super::make::span;
use crate::syntax::ir::Span;

/// A token's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// A number.
    Number,
    /// A quoted text, with the quotes.
    Text,
    /// An operator or bracket.
    Sign,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct JinjaToken {
    /// What it is.
    pub kind: Kind,
    /// Where.
    pub span: Span,
}

const LONG_SIGNS: [&str; 6] = ["**", "//", "==", "!=", "<=", ">="];

/// The tokens of a part of a template.
pub(super) fn jinja_tokens(text: &str, inner: Span) -> Vec<JinjaToken> {
    let mut found = Vec::new();
    let (mut at, end) = (inner.start as usize, inner.end as usize);
    while let Some(first) = text.get(at..end).and_then(|rest| rest.chars().next()) {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = one(&text[at..end], first);
        found.push(JinjaToken { kind, span: span(at, at + length) });
        at += length;
    }
    found
}

fn one(rest: &str, first: char) -> (Kind, usize) {
    let while_true = |is_part: fn(char) -> bool| rest.find(|char| !is_part(char)).unwrap_or(rest.len());
    if first.is_alphabetic() || first == '_' {
        return (Kind::Word, while_true(|char| char.is_alphanumeric() || char == '_'));
    }
    if first.is_ascii_digit() {
        return (Kind::Number, while_true(|char| char.is_ascii_digit() || char == '_'));
    }
    if first == '"' || first == '\'' {
        return (Kind::Text, text_length(rest, first));
    }
    let length = if LONG_SIGNS.iter().any(|sign| rest.starts_with(sign)) { 2 } else { first.len_utf8() };
    (Kind::Sign, length)
}

fn text_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (index, char) in rest.char_indices().skip(1) {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if char == quote => return index + 1,
            _ => {}
        }
    }
    rest.len()
}
