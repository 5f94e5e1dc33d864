//! Cuts a template into output, tags and the text between them, which is dropped.

use super::Language;
use super::make::span;
use crate::syntax::ir::Span;

/// What stands between delimiters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// `{{ … }}`
    Output,
    /// `{% … %}`
    Tag,
}

/// One pair of delimiters and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// With the delimiters.
    pub span: Span,
    /// Without them and without space around.
    pub inner: Span,
}

/// Tags whose content is no template, up to the tag that ends it.
const OPAQUE: [&str; 3] = ["comment", "verbatim", "raw"];

/// The tokens of a template, in order.
pub(super) fn tokens(text: &str, language: Language) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut missing = Missing::default();
    while let Some((start, opening)) = next_opening(text, at) {
        let closing = match opening {
            b'{' => "}}",
            b'%' => "%}",
            _ => "#}",
        };
        let known = missing.is_known(closing, start);
        let Some(length) = (!known).then(|| length_to(&text[start + 2..], closing, language)).flatten() else {
            if !known {
                missing.note(text, closing, start, language);
            }
            at = start + 2;
            continue;
        };
        let end = start + 2 + length;
        at = end + 2;
        if opening == b'#' {
            continue;
        }
        let kind = if opening == b'{' { TokenKind::Output } else { TokenKind::Tag };
        let token = Token { kind, span: span(start, at), inner: trimmed(text, start + 2, end, language) };
        if kind == TokenKind::Tag {
            at = after_opaque(text, token, at, &mut missing);
        }
        found.push(token);
    }
    found
}

/// The next `{{`, `{%` or `{#` from `at` on: where, and its second byte.
fn next_opening(text: &str, at: usize) -> Option<(usize, u8)> {
    let bytes = text.as_bytes();
    let is_opening = |index: &usize| {
        bytes[*index] == b'{' && bytes.get(index + 1).is_some_and(|byte| matches!(byte, b'{' | b'%' | b'#'))
    };
    (at..bytes.len()).find(is_opening).map(|index| (index, bytes[index + 1]))
}

/// What is known not to come: without it, each opening would be searched to the end of the text again.
#[derive(Default)]
struct Missing<'t> {
    /// A closing delimiter, and the offset before which there is none.
    delimiters: Vec<(&'static str, usize)>,
    /// The names of tags that nothing ends any more.
    ends: Vec<&'t str>,
}

impl<'t> Missing<'t> {
    fn is_known(&self, closing: &str, at: usize) -> bool {
        self.delimiters.iter().any(|(missing, before)| *missing == closing && at < *before)
    }

    /// There is no such delimiter on the line of `at`, and in Jinja none in the whole rest.
    fn note(&mut self, text: &'t str, closing: &'static str, at: usize, language: Language) {
        let line = text[at..].find('\n').map(|length| at + length).filter(|_| language == Language::Django);
        self.delimiters.retain(|(missing, _)| *missing != closing);
        self.delimiters.push((closing, line.unwrap_or(text.len())));
    }
}

/// The bytes before the closing delimiter. Django's tags end on their line; Jinja's may hold the delimiter in a text.
fn length_to(text: &str, closing: &str, language: Language) -> Option<usize> {
    let closes = |at: usize| text.as_bytes()[at..].starts_with(closing.as_bytes());
    if language == Language::Django {
        let (end, byte) = text.bytes().enumerate().find(|(at, byte)| *byte == b'\n' || closes(*at))?;
        return (byte != b'\n').then_some(end);
    }
    if closing == "#}" {
        return text.find(closing);
    }
    let mut quote = None;
    for (index, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, _) if closes(index) => return Some(index),
            _ => {}
        }
    }
    text.find(closing)
}

fn trimmed(text: &str, start: usize, end: usize, language: Language) -> Span {
    let inner = &text[start..end];
    let is_dropped = |char: char| char.is_whitespace() || (language == Language::Jinja && matches!(char, '-' | '+'));
    let front = match language {
        Language::Jinja => inner.trim_start_matches(['-', '+']).trim_start(),
        Language::Django => inner.trim_start(),
    };
    let start = end - front.len();
    span(start, start + front.trim_end_matches(is_dropped).len())
}

/// Skips the content of a tag that holds no template.
fn after_opaque<'t>(text: &'t str, token: Token, at: usize, missing: &mut Missing<'t>) -> usize {
    let inner = &text[token.inner.start as usize..token.inner.end as usize];
    let word = inner.split_whitespace().next().unwrap_or_default();
    if !OPAQUE.contains(&word) || missing.ends.contains(&word) {
        return at;
    }
    let mut from = at;
    while let Some(found) = text[from..].find("{%") {
        let tag = text[from + found + 2..].trim_start_matches(['-', '+', ' ', '\t', '\n']);
        if tag.strip_prefix("end").is_some_and(|rest| rest.starts_with(word)) {
            return from + found;
        }
        from += found + 2;
    }
    missing.ends.push(word);
    at
}

/// The words of a tag; a quoted text is one word, or part of one.
pub(super) fn words(text: &str, inner: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let (mut start, mut quote) = (None, None);
    let end = inner.end as usize;
    for (offset, char) in text[inner.start as usize..end].char_indices() {
        let at = inner.start as usize + offset;
        match quote {
            Some(open) if char == open => quote = None,
            Some(_) => {}
            None if char == '"' || char == '\'' => {
                quote = Some(char);
                start.get_or_insert(at);
            }
            None if char.is_whitespace() => found.extend(start.take().map(|start| span(start, at))),
            None => drop(start.get_or_insert(at)),
        }
    }
    found.extend(start.map(|start| span(start, end)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(text: &str, language: Language) -> Vec<&str> {
        let part = |token: &Token| &text[token.inner.start as usize..token.inner.end as usize];
        tokens(text, language).iter().map(part).collect()
    }

    #[test]
    fn texts_and_comments_are_dropped() {
        let text = "a {{ b }} {# {{ c }} #} {% d e %}{% comment %}{{ f }}{% endcomment %}{% g\n %}";
        assert_eq!(inner(text, Language::Django), ["b", "d e", "comment", "endcomment"]);
    }

    #[test]
    fn jinja_tags_span_lines_and_hold_texts() {
        let text = "{%- set a =\n '%}' -%}{% raw %}{{ b }}{% endraw %}{{ c }}";
        assert_eq!(inner(text, Language::Jinja), ["set a =\n '%}'", "raw", "endraw", "c"]);
    }

    #[test]
    fn a_quoted_text_is_one_word() {
        let text = "with a=\"b c\" 'd e'|f:\"g h\"";
        let found = words(text, span(0, text.len()));
        let found: Vec<&str> = found.iter().map(|word| &text[word.start as usize..word.end as usize]).collect();
        assert_eq!(found, ["with", "a=\"b c\"", "'d e'|f:\"g h\""]);
    }
}
