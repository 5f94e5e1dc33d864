//! What stands outside of functions, as words: blanks, and comments behind code or on lines of their own, are none.
//!
//! Two texts with the same words are lowered to the same code, and a place in one is the same place of the same word in the other.

use xxhash_rust::xxh3::Xxh3;

use super::ir::Span;
use super::quote::Quotes;
use super::scanner::{Line, LineKind, scan};

/// The words of a text outside of functions, in order.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Where they stand. A string is one word, with what is written right before and behind it.
    pub(super) spans: Vec<Span>,
    /// A number for all of them, with their lines' indentation.
    pub(super) number: u64,
}

impl Words {
    pub(super) fn of(text: &str) -> Words {
        let mut reader =
            Reader { bytes: text.as_bytes(), quotes: Quotes::default(), spans: Vec::new(), hasher: Xxh3::new() };
        scan(text).iter().for_each(|line| reader.line(line));
        Words { number: reader.hasher.digest(), spans: reader.spans }
    }
}

struct Reader<'t> {
    bytes: &'t [u8],
    quotes: Quotes,
    spans: Vec<Span>,
    hasher: Xxh3,
}

impl Reader<'_> {
    fn line(&mut self, line: &Line) {
        let (first, end) = (line.first as usize, line.end as usize);
        let is_function = matches!(line.kind, LineKind::Function(_));
        self.hasher.update(if is_function { b"\ndef" } else { b"\n   " });
        self.hasher.update(&self.bytes[line.start as usize..first]);
        let mut position = self.past_blanks(first, end);
        while position < end {
            // The header of a function is shown with its comment.
            if !is_function && self.bytes[position] == b'#' && self.is_last(position, end) {
                break;
            }
            let stop = self.word(position, end);
            let next = self.past_blanks(stop, end);
            self.hasher.update(&self.bytes[position..stop]);
            // A text of several words is shown with the blanks between them, as one each.
            self.hasher.update(if next == stop { b"\0" } else { b"\x01" });
            self.spans.push(Span { start: position as u32, end: stop as u32 });
            position = next;
        }
    }

    fn past_blanks(&self, from: usize, end: usize) -> usize {
        from + self.bytes[from..end].iter().take_while(|byte| is_blank(**byte)).count()
    }

    /// One past the word that begins at a byte.
    fn word(&mut self, from: usize, end: usize) -> usize {
        if self.bytes[from] == b'#' {
            return self.past_comment(from, end);
        }
        let mut position = from;
        while position < end {
            match self.bytes[position] {
                b'"' | b'\'' => position = self.quotes.end(self.bytes, position).clamp(position + 1, end),
                byte if byte == b'#' || is_blank(byte) => break,
                _ => position += 1,
            }
        }
        position
    }

    fn past_comment(&self, from: usize, end: usize) -> usize {
        let length = self.bytes[from..end].iter().take_while(|byte| **byte != b'\n').count();
        from + self.bytes[from..from + length].trim_ascii_end().len()
    }

    /// Whether nothing follows a comment in its line of code.
    fn is_last(&self, comment: usize, end: usize) -> bool {
        self.past_blanks(self.past_comment(comment, end), end) == end
    }
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        Words::of(text).spans.iter().map(|span| &text[span.start as usize..span.end as usize]).collect()
    }

    #[test]
    fn comments_and_blanks_are_no_words() {
        assert_eq!(words("# why\n\nx = f(1,\n  2)  # how\n"), ["x", "=", "f(1,", "2)"]);
        assert_eq!(words("x = 'a  # b' + \"\"\"c\n\nd\"\"\"\n"), ["x", "=", "'a  # b'", "+", "\"\"\"c\n\nd\"\"\""]);
        assert_eq!(
            words("def f(x):  # header\n    # body\n    return x\ny = 1"),
            ["def", "f(x):", "# header", "y", "=", "1"]
        );
        assert_eq!(words("x = [\n  1,  # one\n]\n"), ["x", "=", "[", "1,", "# one", "]"]);
    }

    #[test]
    fn the_number_is_that_of_the_code() {
        let number = |text: &str| Words::of(text).number;
        let one = number("class A:\n    x = f(1, 2)\n\ndef f(): pass\n");
        assert_eq!(one, number("# a\nclass A:  # b\n    # c\n    x = f(1,\n          2)\ndef f(): return 1\n# d\n"));
        for other in [
            "class A:\n    x = f(1,2)\n\ndef f(): pass\n",
            "class A:\n  x = f(1, 2)\n\ndef f(): pass\n",
            "class A:\n    x = f(1, 3)\n\ndef f(): pass\n",
            "class A:\n    x = f(1, 2)\n\ndef g(): pass\n",
        ] {
            assert_ne!(one, number(other), "{other}");
        }
    }
}
