//! A file as the bodies of its functions and what stands around them. While the latter stays as it was, places in the
//! rest of the file only move.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ir::{Function, Outline, Span};
use super::visit::outer_functions;

/// The spans of a file's bodies, in order; none lies in another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The bodies.
    pub bodies: Vec<Span>,
}

/// A place that moves with the part of the file it lies in: the number of the part (odd ones are bodies) and the bytes
/// from the beginning of that.
pub type Location = (usize, u32);

impl Layout {
    /// The layout of a module, by its `functions`.
    pub fn of(functions: &[&Function]) -> Layout {
        Layout { bodies: functions.iter().map(|function| function.body.span()).collect() }
    }

    /// A file that is all one body: a template.
    pub fn whole(length: u32) -> Layout {
        Layout { bodies: vec![Span { start: 0, end: length }] }
    }

    /// The number of the body that begins at a byte.
    pub fn number(&self, start: u32) -> Option<usize> {
        self.bodies.binary_search_by_key(&start, |body| body.start).ok()
    }

    /// The parts of a text that stand outside of bodies.
    pub fn outside<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let starts = std::iter::once(0).chain(self.bodies.iter().map(|body| body.end as usize));
        let ends = self.bodies.iter().map(|body| body.start as usize).chain([text.len()]);
        starts.zip(ends).map(|(start, end)| text.get(start..end).unwrap_or_default())
    }

    /// The text of a body.
    pub fn inside<'t>(&self, number: usize, text: &'t str) -> &'t str {
        let span = self.bodies.get(number).copied().unwrap_or_default();
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Where a byte of this layout lies in another one of the same file, whose bodies are other ones.
    pub fn moved(&self, offset: u32, to: &Layout) -> Option<u32> {
        let (part, rest) = self.locate(offset);
        let body = |number: usize| to.bodies.get(number);
        let start = match part {
            0 => 0,
            part if part % 2 == 1 => body(part / 2)?.start,
            part => body(part / 2 - 1)?.end,
        };
        Some(start + rest)
    }

    /// Where a byte lies.
    pub fn locate(&self, offset: u32) -> Location {
        let begun = self.bodies.partition_point(|body| body.start <= offset);
        match begun.checked_sub(1).map(|number| self.bodies[number]) {
            None => (0, offset),
            // The end of a body belongs to what follows: whoever spans a class need not have read its last method.
            Some(body) if offset < body.end => (2 * begun - 1, offset - body.start),
            Some(body) => (2 * begun, offset - body.end),
        }
    }
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

    fn layout(bodies: &[(u32, u32)]) -> Layout {
        Layout { bodies: bodies.iter().map(|(start, end)| Span { start: *start, end: *end }).collect() }
    }

    #[test]
    fn places_move_with_the_part_they_lie_in() {
        let (old, new) = (layout(&[(10, 20), (30, 40)]), layout(&[(10, 25), (35, 45)]));
        let moved: Vec<Option<u32>> = [0, 9, 10, 19, 20, 29, 30, 40, 50].map(|offset| old.moved(offset, &new)).into();
        assert_eq!(moved, [0, 9, 10, 19, 25, 34, 35, 45, 55].map(Some));
    }

    #[test]
    fn what_stands_outside_is_what_bodies_leave() {
        let text = "def f():\n    a\ndef g():\n    b\n";
        let parts: Vec<&str> = layout(&[(9, 15), (24, 30)]).outside(text).collect();
        assert_eq!(parts, ["def f():\n", "def g():\n", ""]);
    }
}
