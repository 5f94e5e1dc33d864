//! Comments of a Python file with the lines they speak of. A `#` inside a string is none.

use std::ops::RangeInclusive;

use super::quote::Quotes;

/// A longer logical line is one whose brackets are wrong.
const LONGEST: u32 = 400;

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment<'t> {
    /// From its `#` to the end of its line.
    pub text: &'t str,
    /// Its 1-based line.
    pub line: u32,
    /// The 1-based lines of the statement it belongs to: the one it ends, or, standing alone, the next one. `None` where
    /// none follows.
    pub speaks_of: Option<RangeInclusive<u32>>,
    /// Whether only comments and the module's docstring come before.
    pub is_at_top: bool,
}

/// The comments of a file, in order.
pub fn comments(text: &str) -> Vec<Comment<'_>> {
    let tokens = Tokens::read(text.as_bytes());
    tokens.comments.iter().map(|found| tokens.comment(text, found)).collect()
}

/// A logical line: its first and last physical line, and whether it is nothing but a string.
#[derive(Debug)]
struct Line {
    first: u32,
    last: u32,
    is_string: bool,
}

/// A comment before it is known what it speaks of.
#[derive(Debug)]
struct Found {
    start: usize,
    end: usize,
    line: u32,
    is_alone: bool,
}

#[derive(Debug, Default)]
struct Tokens {
    comments: Vec<Found>,
    lines: Vec<Line>,
    /// Physical lines that hold code, in order.
    code: Vec<u32>,
    /// Whether the last logical line goes on.
    is_open: bool,
}

impl Tokens {
    fn read(bytes: &[u8]) -> Tokens {
        let mut tokens = Tokens::default();
        let mut quotes = Quotes::default();
        let (mut at, mut line, mut depth, mut is_continued) = (0, 1, 0u32, false);
        while let Some(byte) = bytes.get(at) {
            let start = at;
            at += 1;
            match byte {
                b'\n' => {
                    line += 1;
                    tokens.is_open &= depth > 0 || is_continued;
                    is_continued = false;
                    continue;
                }
                b'\\' if matches!(bytes.get(at), Some(b'\n' | b'\r')) => is_continued = true,
                b' ' | b'\t' | b'\r' | 0x0c => continue,
                b'#' => {
                    at = end_of_line(bytes, start);
                    let is_alone = tokens.code.last() != Some(&line);
                    tokens.comments.push(Found { start, end: at, line, is_alone });
                    continue;
                }
                b'"' | b'\'' => {
                    at = quotes.end(bytes, start).max(at);
                    tokens.code(line, true);
                    line += bytes[start..at].iter().filter(|byte| **byte == b'\n').count() as u32;
                    tokens.code(line, true);
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            tokens.code(line, false);
        }
        tokens
    }

    /// Notes code on a line; the logical line at hand grows.
    fn code(&mut self, line: u32, is_string: bool) {
        if self.code.last() != Some(&line) {
            self.code.push(line);
        }
        match self.lines.last_mut().filter(|_| self.is_open) {
            Some(open) => {
                open.last = line;
                open.is_string &= is_string;
            }
            None => self.lines.push(Line { first: line, last: line, is_string }),
        }
        self.is_open = true;
    }

    fn comment<'t>(&self, text: &'t str, found: &Found) -> Comment<'t> {
        let first_code = self.lines.iter().find(|line| !line.is_string).map_or(u32::MAX, |line| line.first);
        Comment {
            text: text[found.start..found.end].trim_end(),
            line: found.line,
            speaks_of: self.speaks_of(found),
            is_at_top: found.is_alone && found.line < first_code,
        }
    }

    /// A comment on the first or last line of a statement speaks of all of it, one in between of its own line.
    fn speaks_of(&self, found: &Found) -> Option<RangeInclusive<u32>> {
        let around = self.lines.partition_point(|line| line.last < found.line);
        let line = self.lines.get(around)?;
        let is_short = line.last - line.first <= LONGEST;
        if found.is_alone && line.first <= found.line {
            let next = self.code[self.code.partition_point(|code| *code <= found.line)..].first()?;
            return Some(*next..=*next);
        }
        let is_end = found.is_alone || found.line == line.first || found.line == line.last;
        match is_end && is_short {
            true => Some(line.first..=line.last),
            false => Some(found.line..=found.line),
        }
    }
}

fn end_of_line(bytes: &[u8], start: usize) -> usize {
    bytes[start..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken_of(text: &str) -> Vec<(u32, Option<(u32, u32)>)> {
        let lines = |range: RangeInclusive<u32>| (*range.start(), *range.end());
        comments(text).into_iter().map(|comment| (comment.line, comment.speaks_of.map(lines))).collect()
    }

    #[test]
    fn a_comment_at_the_end_speaks_of_its_statement() {
        assert_eq!(spoken_of("a = 1  # x\nb = 2\n"), [(1, Some((1, 1)))]);
        assert_eq!(
            spoken_of("a = f(  # x\n    1,  # y\n)  # z\n"),
            [(1, Some((1, 3))), (2, Some((2, 2))), (3, Some((1, 3)))]
        );
        assert_eq!(spoken_of("a = 1 + \\\n    2  # x\n"), [(2, Some((1, 2)))]);
    }

    #[test]
    fn a_comment_alone_speaks_of_the_next_statement() {
        assert_eq!(spoken_of("# x\n\n# y\na = f(\n    1\n)\n"), [(1, Some((4, 6))), (3, Some((4, 6)))]);
        assert_eq!(spoken_of("a = f(\n    # x\n    1,\n    2)\n"), [(2, Some((3, 3)))]);
        assert_eq!(spoken_of("a = 1\n# x\n"), [(2, None)]);
    }

    #[test]
    fn strings_hold_no_comments() {
        assert_eq!(spoken_of("a = '# x'\nb = \"\"\"\n# y\n\"\"\"  # z\n"), [(4, Some((2, 4)))]);
        assert_eq!(spoken_of("a = f'{b[\"#\"]}'\n"), []);
    }

    #[test]
    fn the_top_ends_with_the_first_code() {
        let tops: Vec<bool> =
            comments("# a\n\"\"\"Doc.\"\"\"\n# b\nimport x\n# c\n").iter().map(|found| found.is_at_top).collect();
        assert_eq!(tops, [true, true, false]);
    }
}
