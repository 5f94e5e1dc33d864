//! Where a string literal ends: all prefixes, triple quotes, and f-strings that nest quotes of their own kind.

/// The deepest nesting of f-strings that is followed; Python itself stops at 150.
const MAX_NESTING: u32 = 50;

/// Finds the ends of strings, and remembers which triple quote never closes again.
#[derive(Default)]
pub(super) struct Quotes {
    open_single: bool,
    open_double: bool,
}

impl Quotes {
    /// One past the end of the string whose opening quote stands at `position`. A string that is not closed ends at
    /// its line's end.
    pub(super) fn end(&mut self, bytes: &[u8], position: usize) -> usize {
        let quote = bytes[position];
        let triple = is_triple(bytes, position, quote);
        if triple && self.never_closes(quote) {
            return line_end(bytes, position);
        }
        if is_formatted(bytes, position)
            && let Some(end) = formatted_end(bytes, position, 0)
        {
            return end;
        }
        match plain_end(bytes, position, quote, triple) {
            Some(end) => end,
            None => {
                self.note_open(quote, triple);
                line_end(bytes, position)
            }
        }
    }

    fn never_closes(&self, quote: u8) -> bool {
        if quote == b'\'' { self.open_single } else { self.open_double }
    }

    fn note_open(&mut self, quote: u8, triple: bool) {
        match (triple, quote) {
            (true, b'\'') => self.open_single = true,
            (true, _) => self.open_double = true,
            (false, _) => {}
        }
    }
}

fn is_triple(bytes: &[u8], position: usize, quote: u8) -> bool {
    bytes.get(position + 1) == Some(&quote) && bytes.get(position + 2) == Some(&quote)
}

fn line_end(bytes: &[u8], position: usize) -> usize {
    let rest = &bytes[position..];
    position + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

/// Whether the letters right before the quote make it an f-string or a t-string.
fn is_formatted(bytes: &[u8], position: usize) -> bool {
    let before = &bytes[position.saturating_sub(3)..position];
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let letters = before.iter().rev().take_while(|byte| is_word(byte)).count();
    let prefix = &before[before.len() - letters..];
    matches!(prefix.to_ascii_lowercase().as_slice(), b"f" | b"rf" | b"fr" | b"t" | b"rt" | b"tr")
}

/// The end of a string without interpolation; `None` when it is not closed.
fn plain_end(bytes: &[u8], position: usize, quote: u8, triple: bool) -> Option<usize> {
    let mut at = position + if triple { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1 + usize::from(bytes.get(at + 1) == Some(&b'\r') && bytes.get(at + 2) == Some(&b'\n')),
            b'\n' if !triple => return None,
            byte if *byte == quote && !triple => return Some(at + 1),
            byte if *byte == quote && is_triple(bytes, at, quote) => return Some(at + 3),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The end of an f-string; `None` when its braces or quotes do not match up.
fn formatted_end(bytes: &[u8], position: usize, nesting: u32) -> Option<usize> {
    if nesting > MAX_NESTING {
        return None;
    }
    let quote = bytes[position];
    let triple = is_triple(bytes, position, quote);
    let mut at = position + if triple { 3 } else { 1 };
    loop {
        match *bytes.get(at)? {
            b'\\' if bytes.get(at + 1) == Some(&b'N') && bytes.get(at + 2) == Some(&b'{') => at += 3,
            b'\\' if bytes.get(at + 1) == Some(&b'{') => at += 1,
            b'\\' => at += 2,
            b'{' if bytes.get(at + 1) == Some(&b'{') => at += 2,
            b'{' => at = interpolation_end(bytes, at, nesting)?,
            b'\n' if !triple => return None,
            byte if byte == quote && !triple => return Some(at + 1),
            byte if byte == quote && is_triple(bytes, at, quote) => return Some(at + 3),
            _ => at += 1,
        }
    }
}

/// One past the brace that closes the interpolation opened at `position`.
fn interpolation_end(bytes: &[u8], position: usize, nesting: u32) -> Option<usize> {
    let mut at = position + 1;
    let mut depth = 0u32;
    loop {
        match *bytes.get(at)? {
            b'}' if depth == 0 => return Some(at + 1),
            b':' if depth == 0 => return specifier_end(bytes, at, nesting),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            b'#' => at = line_end(bytes, at),
            quote @ (b'"' | b'\'') => {
                at = if is_formatted(bytes, at) {
                    formatted_end(bytes, at, nesting + 1)?
                } else {
                    plain_end(bytes, at, quote, is_triple(bytes, at, quote))?
                };
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// One past the brace that closes an interpolation, from the colon before its format specifier.
fn specifier_end(bytes: &[u8], colon: usize, nesting: u32) -> Option<usize> {
    if nesting > MAX_NESTING {
        return None;
    }
    let mut at = colon + 1;
    loop {
        match *bytes.get(at)? {
            b'{' => at = interpolation_end(bytes, at, nesting + 1)?,
            b'}' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> &str {
        let quote = text.find(['"', '\'']).unwrap_or_default();
        &text[..Quotes::default().end(text.as_bytes(), quote)]
    }

    #[test]
    fn plain_strings() {
        assert_eq!(string(r#""a\"b" + c"#), r#""a\"b""#);
        assert_eq!(string("'''a'b\n''' + c"), "'''a'b\n'''");
        assert_eq!(string("'' + c"), "''");
        assert_eq!(string("'open\nnext"), "'open");
        assert_eq!(string("'''open\nnext"), "'''open");
    }

    #[test]
    fn formatted_strings_nest() {
        assert_eq!(string(r#"f"{d["a"]}" + c"#), r#"f"{d["a"]}""#);
        assert_eq!(string(r#"f"{{" + c"#), r#"f"{{""#);
        assert_eq!(string(r#"f"{x:{w["a"]}} {y!r:'>10}" + c"#), r#"f"{x:{w["a"]}} {y!r:'>10}""#);
        assert_eq!(string(r#"rf"\{x}" + c"#), r#"rf"\{x}""#);
        assert_eq!(string(r#"f"{" + c"#), r#"f"{""#);
    }
}
