//! Cuts a file into logical lines by its bytes alone, and leaves function bodies out.
//!
//! It knows strings, comments, brackets, continuation lines and indentation; it does not know expressions. It never
//! fails: where a bracket or string is not closed, it goes on at the next line that can only start a statement.

use super::ir::Span;
use super::quote;

/// A logical line outside every function body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Byte offset of the start of its first physical line.
    pub(super) start: u32,
    /// Byte offset of its first token.
    pub(super) first: u32,
    /// One past its newline; for a function, one past what belongs to the header.
    pub(super) end: u32,
    /// Columns of indentation; a tab goes to the next multiple of eight.
    pub(super) indent: u32,
    /// What it starts.
    pub(super) kind: LineKind,
}

/// What a logical line starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineKind {
    /// `def`, with the bytes of its body (empty when it has none).
    Function(Span),
    /// `class`
    Class,
    /// `@decorator`
    Decorator,
    /// `else`, `elif`, `except`, `finally`: goes with the block before it.
    Continuation,
    /// Everything else.
    Other,
}

/// The logical lines of a text, function bodies left out.
pub(super) fn scan(text: &str) -> Vec<Line> {
    let mut scanner = Scanner { bytes: text.as_bytes(), position: 0, quotes: quote::Quotes::default() };
    let mut lines = Vec::new();
    let mut pending = scanner.next_line();
    while let Some(raw) = pending.take() {
        let kind = scanner.kind(&raw);
        match kind {
            LineKind::Function(_) => {
                let (line, following) = scanner.function(raw);
                lines.push(line);
                pending = following;
            }
            kind => {
                lines.push(Line { start: raw.start, first: raw.first, end: raw.end, indent: raw.indent, kind });
                pending = scanner.next_line();
            }
        }
    }
    lines
}

/// A logical line before it is known what it starts.
struct RawLine {
    start: u32,
    first: u32,
    end: u32,
    indent: u32,
    /// One past the first colon outside brackets.
    colon: Option<u32>,
    /// Whether anything but a comment follows that colon.
    inline: bool,
}

struct Scanner<'t> {
    bytes: &'t [u8],
    position: usize,
    quotes: quote::Quotes,
}

impl Scanner<'_> {
    fn kind(&self, raw: &RawLine) -> LineKind {
        let rest = &self.bytes[raw.first as usize..raw.end as usize];
        let word = first_word(rest);
        match word {
            b"def" => LineKind::Function(Span::default()),
            b"async" if first_word(rest[5..].trim_ascii_start()) == b"def" => LineKind::Function(Span::default()),
            b"class" => LineKind::Class,
            b"else" | b"elif" | b"except" | b"finally" => LineKind::Continuation,
            b"" if rest.first() == Some(&b'@') => LineKind::Decorator,
            _ => LineKind::Other,
        }
    }

    /// Reads the body of a function whose header line is given; also gives the line after it.
    fn function(&mut self, header: RawLine) -> (Line, Option<RawLine>) {
        let mut body = Span { start: header.end, end: header.end };
        let mut end = header.end;
        if header.inline
            && let Some(colon) = header.colon
        {
            end = colon;
            body.start = colon;
        }
        let mut next = self.next_line();
        if !header.inline {
            while let Some(line) = next.take_if(|line| line.indent > header.indent) {
                body.end = line.end;
                next = self.next_line();
            }
        }
        let kind = LineKind::Function(body);
        (Line { start: header.start, first: header.first, end, indent: header.indent, kind }, next)
    }

    /// The next logical line that holds more than a comment.
    fn next_line(&mut self) -> Option<RawLine> {
        loop {
            let start = self.position;
            let indent = self.skip_indent();
            match self.bytes.get(self.position)? {
                b'\n' => self.position += 1,
                b'\r' => self.position += 1,
                b'#' => self.skip_comment(),
                b'\\' if self.at_continuation() => self.position += 1,
                _ => return Some(self.logical_line(start, indent)),
            }
        }
    }

    /// Walks over blanks; gives the column reached.
    fn skip_indent(&mut self) -> u32 {
        let mut column = 0;
        while let Some(byte) = self.bytes.get(self.position) {
            match byte {
                b' ' => column += 1,
                b'\t' => column = (column / 8 + 1) * 8,
                b'\x0c' => column = 0,
                _ => break,
            }
            self.position += 1;
        }
        column
    }

    fn skip_comment(&mut self) {
        let rest = &self.bytes[self.position..];
        self.position += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    fn at_continuation(&self) -> bool {
        matches!(self.bytes.get(self.position + 1), Some(b'\n' | b'\r'))
    }

    fn logical_line(&mut self, start: usize, indent: u32) -> RawLine {
        let first = self.position;
        let mut depth = 0u32;
        let mut colon = None;
        let mut inline = false;
        while let Some(byte) = self.bytes.get(self.position) {
            match byte {
                b'\n' if depth == 0 || self.statement_follows() => {
                    self.position += 1;
                    break;
                }
                b'#' => {
                    self.skip_comment();
                    continue;
                }
                b'"' | b'\'' => {
                    inline |= colon.is_some();
                    self.position = self.quotes.end(self.bytes, self.position);
                    continue;
                }
                b'\\' => self.skip_escape(),
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b':' if depth == 0 && colon.is_none() => {
                    colon = Some(self.position as u32 + 1);
                    self.position += 1;
                    continue;
                }
                _ => {}
            }
            inline |= colon.is_some() && !self.bytes[self.position.min(self.bytes.len() - 1)].is_ascii_whitespace();
            self.position += 1;
        }
        self.position = self.position.min(self.bytes.len());
        RawLine { start: start as u32, first: first as u32, end: self.position as u32, indent, colon, inline }
    }

    /// Stands on a backslash: moves to the last byte that it takes along.
    fn skip_escape(&mut self) {
        match (self.bytes.get(self.position + 1), self.bytes.get(self.position + 2)) {
            (Some(b'\r'), Some(b'\n')) => self.position += 2,
            (Some(b'\n'), _) => self.position += 1,
            _ => {}
        }
    }

    /// Whether the line after the newline here starts with a word that can't stand inside brackets.
    fn statement_follows(&self) -> bool {
        let rest = &self.bytes[self.position + 1..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')).count();
        let rest = &rest[blanks..];
        match rest.first() {
            Some(b'@') => rest.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_'),
            Some(b'a'..=b'z') => STATEMENT_WORDS.contains(&first_word(rest)),
            _ => false,
        }
    }
}

/// Keywords that only start a statement, so that a line beginning with one is never inside brackets.
const STATEMENT_WORDS: &[&[u8]] = &[
    b"def",
    b"class",
    b"import",
    b"return",
    b"while",
    b"try",
    b"except",
    b"finally",
    b"raise",
    b"with",
    b"del",
    b"global",
    b"nonlocal",
    b"assert",
    b"pass",
    b"break",
    b"continue",
    b"elif",
];

fn first_word(bytes: &[u8]) -> &[u8] {
    let length =
        bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte >= 0x80).count();
    &bytes[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<(String, Option<String>)> {
        let part = |start: u32, end: u32| text[start as usize..end as usize].trim().to_string();
        scan(text)
            .iter()
            .map(|line| match line.kind {
                LineKind::Function(body) => (part(line.start, line.end), Some(part(body.start, body.end))),
                _ => (part(line.start, line.end), None),
            })
            .collect()
    }

    fn line(text: &str) -> (String, Option<String>) {
        (text.to_string(), None)
    }

    fn function(header: &str, body: &str) -> (String, Option<String>) {
        (header.to_string(), Some(body.to_string()))
    }

    #[test]
    fn function_bodies_are_cut_away() {
        let text = "import a\n@d\ndef f(x: int = {1: 2}) -> T[1:2]:  # why\n    '''\nnot a line\n'''\n# comment\n    return (\n1)\nx = 1\n";
        let expected = [
            line("import a"),
            line("@d"),
            function("def f(x: int = {1: 2}) -> T[1:2]:  # why", "'''\nnot a line\n'''\n# comment\n    return (\n1)"),
            line("x = 1"),
        ];
        assert_eq!(shapes(text), expected);
    }

    #[test]
    fn a_body_may_share_the_line_of_its_header() {
        assert_eq!(shapes("def f(): return 1\nx = 1"), [function("def f():", "return 1"), line("x = 1")]);
        assert_eq!(shapes("async  def f(): 'doc'"), [function("async  def f():", "'doc'")]);
    }

    #[test]
    fn methods_are_cut_at_their_own_indentation() {
        let text = "class A:\n    def f(self):\n        pass\n\n    # c\n    def g(self):\n\tpass\n    x = 1\n";
        let expected =
            [line("class A:"), function("def f(self):", "pass"), function("def g(self):", "pass"), line("x = 1")];
        assert_eq!(shapes(text), expected);
    }

    #[test]
    fn an_open_bracket_ends_where_only_a_statement_can_start() {
        assert_eq!(shapes("x = f(1,\ndef g():\n    return (1\n\nclass A:\n    pass\n").len(), 4);
        assert_eq!(shapes("x = [a\n  for a in b\n  if a]\ny = 1\n").len(), 2);
    }

    #[test]
    fn continuation_lines_and_carriage_returns() {
        assert_eq!(shapes("x = 1 + \\\r\n  2\r\ny = 3\r\n").len(), 2);
        assert_eq!(
            shapes("def f():\r\n    return 1\r\n\r\ny = 3\r\n"),
            [function("def f():", "return 1"), line("y = 3")]
        );
    }
}
