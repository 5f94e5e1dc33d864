//! What a repository says, made fit for a terminal: names of files, texts and source may hold characters that move the
//! cursor, hide text, change its order or end a line, so that a report shows what nobody found.
//!
//! Every replacement is as long as what it replaces, so that offsets stay true.

use std::borrow::Cow;
use std::io::{self, Write};

/// A text without control characters but for newlines and tabs.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    replaced(text, |letter| is_control(letter) && !matches!(letter, '\n' | '\t'))
}

/// The same, and on one line.
pub(super) fn on_one_line(text: &str) -> Cow<'_, str> {
    replaced(text, |letter| is_control(letter) && letter != '\t')
}

fn replaced(text: &str, is_harmful: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let replacement = |letter: char| match letter.len_utf8() {
        // The carriage return of a line's end is no sign of anything.
        1 if letter == '\r' => ' ',
        1 => '?',
        2 => '¿',
        _ => char::REPLACEMENT_CHARACTER,
    };
    Cow::Owned(text.chars().map(|letter| if is_harmful(letter) { replacement(letter) } else { letter }).collect())
}

/// Control characters of ASCII and Latin-1, and those that set the direction of text.
fn is_control(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// Writes to a terminal, whatever writes to it: nothing but colours, and those only where they are wanted, gets through.
pub struct Harmless<W> {
    out: W,
    has_color: bool,
    /// The start of a letter or of a colour, of which the rest is still to come.
    pending: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    /// Wraps a stream.
    pub fn new(out: W, has_color: bool) -> Self {
        Harmless { out, has_color, pending: Vec::new() }
    }

    fn write_text(&mut self, mut text: &str) -> io::Result<()> {
        while let Some(at) = text.find('\u{1b}').filter(|_| self.has_color) {
            self.out.write_all(harmless(&text[..at]).as_bytes())?;
            let length = color(&text[at..]);
            let mark = if length == 0 { "?" } else { &text[at..at + length] };
            self.out.write_all(mark.as_bytes())?;
            text = &text[at + length.max(1)..];
        }
        self.out.write_all(harmless(text).as_bytes())
    }

    /// How much of what is pending can be written: whole letters, and whole colours.
    fn ready(&self) -> usize {
        let letters = match std::str::from_utf8(&self.pending) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.pending.len(),
        };
        let opening = self.pending[..letters].iter().rposition(|byte| *byte == b'\x1b').filter(|_| self.has_color);
        let is_open = |rest: &[u8]| {
            rest.len() < MOST_OF_COLOR && rest.iter().skip(1).all(|byte| byte.is_ascii_digit() || b"[;".contains(byte))
        };
        opening.filter(|at| is_open(&self.pending[*at..letters])).unwrap_or(letters)
    }
}

/// Bytes of the longest colour.
const MOST_OF_COLOR: usize = 32;

/// The length of the colour that a text starts with: `ESC [ 1 ; 31 m`.
fn color(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != ';').unwrap_or(rest.len());
    if rest[end..].starts_with('m') && end + 3 <= MOST_OF_COLOR { end + 3 } else { 0 }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        let rest = self.pending.split_off(self.ready());
        let ready = std::mem::replace(&mut self.pending, rest);
        self.write_text(&String::from_utf8_lossy(&ready))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.pending);
        self.write_text(&String::from_utf8_lossy(&rest))?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(parts: &[&[u8]], has_color: bool) -> String {
        let mut out = Vec::new();
        let mut stream = Harmless::new(&mut out, has_color);
        parts.iter().for_each(|part| stream.write_all(part).unwrap());
        stream.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn control_characters_are_replaced_at_the_same_length() {
        let text = "a\u{1b}[2J\u{9b}\u{7f}\u{202e}\r\n\tz";
        assert_eq!(harmless(text), "a?[2J¿?\u{fffd} \n\tz");
        assert_eq!(on_one_line(text).len(), text.len());
        assert!(!on_one_line(text).contains('\n'));
        assert!(matches!(harmless("é\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn colours_pass_where_they_are_wanted_and_nothing_else_does() {
        let text = "\u{1b}[1;31mred\u{1b}[0m\u{1b}[2J\u{1b}]0;title\u{7}";
        assert_eq!(written(&[text.as_bytes()], true), "\u{1b}[1;31mred\u{1b}[0m?[2J?]0;title?");
        assert_eq!(written(&[text.as_bytes()], false), "?[1;31mred?[0m?[2J?]0;title?");
    }

    #[test]
    fn it_does_not_matter_where_a_stream_is_cut() {
        let text = "é\u{1b}[1;31mü\u{9b}\u{1b}[2J".as_bytes();
        for cut in 0..text.len() {
            let (front, back) = text.split_at(cut);
            assert_eq!(written(&[front, back], true), "é\u{1b}[1;31mü¿?[2J", "cut at {cut}");
        }
        assert_eq!(written(&[b"a\xff", b"b"], false), "a\u{fffd}b");
    }
}
