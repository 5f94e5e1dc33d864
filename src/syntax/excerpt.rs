//! The text that tree-sitter gets to see: parts of a file put together, with the way back to the file's offsets.

use std::borrow::Cow;

use super::ir::Span;
use super::scanner::{Line, LineKind};

/// Parts of a file, as one text.
pub(super) struct Excerpt<'t> {
    /// The text to parse.
    pub(super) text: Cow<'t, str>,
    /// Where each part starts: in the excerpt and in the file.
    pieces: Vec<(u32, u32)>,
}

impl<'t> Excerpt<'t> {
    /// One range of the file.
    pub(super) fn of_span(file: &'t str, span: Span) -> Self {
        let text = file.get(span.start as usize..span.end as usize).unwrap_or_default();
        Excerpt { text: Cow::Borrowed(text), pieces: vec![(0, span.start)] }
    }

    /// A text that stands for the file's bytes from `start` on.
    pub(super) fn of_text(text: String, start: u32) -> Self {
        Excerpt { text: Cow::Owned(text), pieces: vec![(0, start)] }
    }

    /// Some logical lines of the file, so without comment lines and function bodies.
    pub(super) fn of_lines(file: &'t str, lines: &[Line]) -> Self {
        let mut text = String::with_capacity(lines.iter().map(|line| (line.end - line.start) as usize + 1).sum());
        let mut pieces: Vec<(u32, u32)> = Vec::new();
        let mut expected = u32::MAX;
        for line in lines {
            if line.start != expected {
                pieces.push((text.len() as u32, line.start));
            }
            expected = line.end;
            text.push_str(&file[line.start as usize..line.end as usize]);
            if !text.ends_with('\n') {
                text.push('\n');
                expected = u32::MAX;
            }
        }
        Excerpt { text: Cow::Owned(text), pieces }
    }

    /// Bytes of the excerpt as bytes of the file.
    pub(super) fn in_file(&self, start: usize, end: usize) -> Span {
        let first = self.offset(start as u32);
        Span { start: first, end: if end > start { self.offset(end as u32 - 1) + 1 } else { first } }
    }

    fn offset(&self, offset: u32) -> u32 {
        let after = self.pieces.partition_point(|(start, _)| *start <= offset);
        match self.pieces.get(after.saturating_sub(1)) {
            Some((start, file)) => file + (offset - start),
            None => offset,
        }
    }
}

/// The function bodies that an excerpt leaves out, by the place of their `def`.
#[derive(Default)]
pub(super) struct Bodies(Vec<(u32, Span)>);

impl Bodies {
    /// The bodies left out of these lines.
    pub(super) fn of(lines: &[Line]) -> Self {
        let body = |line: &Line| match line.kind {
            LineKind::Function(span) => Some((line.first, span)),
            _ => None,
        };
        Bodies(lines.iter().filter_map(body).collect())
    }

    /// The body of the function that starts at this byte of the file.
    pub(super) fn get(&self, start: u32) -> Option<Span> {
        let index = self.0.binary_search_by_key(&start, |(start, _)| *start).ok()?;
        Some(self.0[index].1)
    }
}
