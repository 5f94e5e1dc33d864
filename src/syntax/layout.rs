//! A file as the bodies of its functions and the words around them. While the latter stay as they were, places in the
//! rest of the file only move.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ir::{Function, Outline, Span};
use super::visit::outer_functions;
use super::words::Words;

/// The spans of a file's bodies and of the words outside of them, in order; none lies in another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The bodies.
    pub bodies: Vec<Span>,
    words: Vec<Span>,
    /// A number for what stands outside of bodies, without comments and blanks.
    pub outside: u64,
}

/// A place that moves with the part of the file it lies in: a body or a word by its number, and the bytes from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// In a body.
    Body(usize, u32),
    /// In a word outside of bodies, or right behind it.
    Word(usize, u32),
    /// Where a body ends.
    Behind(usize),
    /// Where the file begins.
    Top,
}

impl Layout {
    /// The layout of a module, by its `functions`.
    pub fn of(functions: &[&Function], text: &str) -> Layout {
        let words = Words::of(text);
        let bodies = functions.iter().map(|function| function.body.span()).collect();
        Layout { bodies, words: words.spans, outside: words.number }
    }

    /// A file that is all one body: a template.
    pub fn whole(length: u32) -> Layout {
        Layout { bodies: vec![Span { start: 0, end: length }], ..Layout::default() }
    }

    /// The number of the body that begins at a byte.
    pub fn number(&self, start: u32) -> Option<usize> {
        self.bodies.binary_search_by_key(&start, |body| body.start).ok()
    }

    /// The text of a body.
    pub fn inside<'t>(&self, number: usize, text: &'t str) -> &'t str {
        let span = self.bodies.get(number).copied().unwrap_or_default();
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Where a span of this layout lies in another one of the same file, which has the same words and other bodies; `None`
    /// where it begins or ends beside all words.
    pub fn moved(&self, span: Span, to: &Layout) -> Option<Span> {
        let start = to.offset(self.locate(span.start)?)?;
        let end = if span.end == span.start { start } else { to.offset(self.locate_end(span.end)?)? };
        Some(Span { start, end })
    }

    /// Where a byte lies; what begins there belongs to it.
    pub fn locate(&self, offset: u32) -> Option<Location> {
        let body = before(&self.bodies, offset).filter(|(_, body)| offset < body.end);
        let word = before(&self.words, offset).filter(|(_, word)| offset < word.end);
        match (body, word) {
            (Some((number, body)), _) => Some(Location::Body(number, offset - body.start)),
            (None, Some((number, word))) => Some(Location::Word(number, offset - word.start)),
            (None, None) => self.locate_end(offset),
        }
    }

    /// Where the end of a span lies; what begins there does not belong to it.
    pub fn locate_end(&self, offset: u32) -> Option<Location> {
        let Some(last) = offset.checked_sub(1) else { return Some(Location::Top) };
        // The end of a body belongs to what follows: whoever spans a class need not have read its last method.
        if let Some((number, body)) = before(&self.bodies, last).filter(|(_, body)| last < body.end) {
            let inside = Location::Body(number, offset - body.start);
            return Some(if offset == body.end { Location::Behind(number) } else { inside });
        }
        let (number, word) = before(&self.words, last).filter(|(_, word)| last < word.end)?;
        Some(Location::Word(number, offset - word.start))
    }

    fn offset(&self, location: Location) -> Option<u32> {
        match location {
            Location::Body(number, rest) => self.bodies.get(number)?.start.checked_add(rest),
            Location::Word(number, rest) => self.words.get(number)?.start.checked_add(rest),
            Location::Behind(number) => Some(self.bodies.get(number)?.end),
            Location::Top => Some(0),
        }
    }
}

/// The last of some spans that begins at or before a byte.
fn before(spans: &[Span], offset: u32) -> Option<(usize, Span)> {
    let number = spans.partition_point(|span| span.start <= offset).checked_sub(1)?;
    Some((number, spans[number]))
}

/// The functions of a module whose bodies lie in no other body, in order.
pub fn functions(outline: &Outline) -> Vec<&Arc<Function>> {
    let mut found = Vec::new();
    outline.body.iter().for_each(|statement| outer_functions(statement, &mut |function| found.push(function)));
    found.retain(|function| function.body.is_lazy());
    found.sort_unstable_by_key(|function| function.body.span());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(parts: &[(u32, u32)]) -> Vec<Span> {
        parts.iter().map(|(start, end)| Span { start: *start, end: *end }).collect()
    }

    fn layout(words: &[(u32, u32)], bodies: &[(u32, u32)]) -> Layout {
        Layout { bodies: spans(bodies), words: spans(words), outside: 0 }
    }

    #[test]
    fn places_move_with_the_part_they_lie_in() {
        let old = layout(&[(0, 9), (22, 30)], &[(10, 20), (30, 40)]);
        let new = layout(&[(3, 12), (30, 38)], &[(13, 23), (38, 50)]);
        for ((start, end), expected) in [
            ((0, 9), Some((3, 12))),
            ((1, 1), Some((4, 4))),
            ((0, 15), Some((3, 18))),
            ((10, 20), Some((13, 23))),
            ((12, 13), Some((15, 16))),
            ((22, 30), Some((30, 38))),
            ((30, 40), Some((38, 50))),
            ((21, 22), None),
            ((0, 21), None),
        ] {
            let span = |(start, end)| Span { start, end };
            assert_eq!(old.moved(span((start, end)), &new), expected.map(span), "{start}..{end}");
        }
    }

    #[test]
    fn the_layout_of_a_module_is_that_of_its_text() {
        let text = "x = 1  # one\n\ndef f():\n    pass\n";
        let source = Arc::new(crate::source::SourceFile::new(
            crate::source::FileId(0),
            "a.py".into(),
            "a.py".into(),
            text.to_string(),
            true,
        ));
        let outline = super::super::outline(&source);
        let functions: Vec<&Function> = functions(&outline).into_iter().map(|function| &**function).collect();
        let layout = Layout::of(&functions, text);
        assert_eq!(layout.inside(0, text), "    pass\n");
        assert_eq!(layout.words, spans(&[(0, 1), (2, 3), (4, 5), (14, 17), (18, 22)]));
    }
}
