//! Bytes to text: byte order marks, PEP 263 cookies, and files that are left out.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use crate::config::read_bytes;

/// A file that was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The file.
    pub path: PathBuf,
    /// Why, lower case, without a full stop.
    pub reason: String,
}

/// Reads a file as text; the error says why it is left out.
pub(super) fn read(path: &Path, max_bytes: u64) -> Result<String, String> {
    // Offsets are 32 bits wide.
    let most = max_bytes.min(u64::from(u32::MAX - 1));
    decode(read_bytes(path, most).map_err(|error| error.to_string())?)
}

/// Decodes Python source the way Python does: a byte order mark, else the cookie, else UTF-8.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) if !names_other_encoding(text.as_bytes()) => text,
        Ok(text) => with_cookie(text.as_bytes())?,
        Err(error) => with_cookie(error.as_bytes())?,
    };
    Ok(with_newlines(text))
}

fn names_other_encoding(bytes: &[u8]) -> bool {
    !bytes.is_ascii() && cookie(bytes).is_some()
}

fn with_cookie(bytes: &[u8]) -> Result<String, String> {
    let Some(label) = cookie(bytes) else { return Err("not valid UTF-8, and no encoding is declared".to_string()) };
    let Some(encoding) = Encoding::for_label(whatwg_label(&label).as_bytes()) else {
        return Err(format!("declares the unknown encoding `{label}`"));
    };
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if had_errors {
        return Err(format!("not valid in the declared encoding `{label}`"));
    }
    Ok(text.into_owned())
}

/// Python's names of encodings that the WHATWG standard spells differently.
fn whatwg_label(label: &str) -> Cow<'_, str> {
    match label {
        "latin-1" | "latin1" | "iso-latin-1" => Cow::Borrowed("iso-8859-1"),
        "utf-8-sig" | "utf8-sig" => Cow::Borrowed("utf-8"),
        other => Cow::Owned(other.replace("cp125", "windows-125")),
    }
}

/// The encoding that one of the first two lines declares (PEP 263).
fn cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line);
        let comment = line.trim_start_matches([' ', '\t', '\x0c']);
        if !comment.starts_with('#') {
            if comment.trim_end().is_empty() { continue } else { return None }
        }
        if let Some(label) = comment.split_once("coding").and_then(|(_, rest)| rest.strip_prefix([':', '='])) {
            let label = label.trim_start_matches([' ', '\t']);
            let is_label = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
            let end = label.find(|letter| !is_label(letter)).unwrap_or(label.len());
            return Some(label[..end].to_ascii_lowercase().replace('_', "-"));
        }
    }
    None
}

/// A carriage return alone ends a line in Python; as a newline it does so everywhere else, with the same offsets.
fn with_newlines(text: String) -> String {
    let bytes = text.as_bytes();
    let is_alone = |index: usize| bytes[index] == b'\r' && bytes.get(index + 1) != Some(&b'\n');
    if !(0..bytes.len()).any(is_alone) {
        return text;
    }
    let mut previous = text.chars().peekable();
    let mut result = String::with_capacity(text.len());
    while let Some(letter) = previous.next() {
        let alone = letter == '\r' && previous.peek() != Some(&'\n');
        result.push(if alone { '\n' } else { letter });
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let text = |bytes: &[u8]| decode(bytes.to_vec());
        assert_eq!(text(b"\xef\xbb\xbfx = 1").as_deref(), Ok("x = 1"));
        assert_eq!(text(b"# -*- coding: latin-1 -*-\nx = '\xe9'").as_deref(), Ok("# -*- coding: latin-1 -*-\nx = 'é'"));
        assert_eq!(
            text(b"#!python\n# vim: set fileencoding=cp1252 :\n'\x80'").map(|text| text.contains('€')),
            Ok(true)
        );
        assert_eq!(text("# coding: utf-8\n'é'".as_bytes()).as_deref(), Ok("# coding: utf-8\n'é'"));
        assert_eq!(text(b"x = 1\ry = 2\r\n").as_deref(), Ok("x = 1\ny = 2\r\n"));
        assert!(text(b"x = '\xe9'").is_err());
        assert!(text(b"# coding: klingon\n'\xe9'").is_err());
    }
}
