//! Predicates about a capture other than `@site`: what each asks of the captured text beside a query site.
//!
//! This is their one list. `#not-…?` negates any of them.

use crate::domain::Site;
use crate::project::Schema;
use crate::syntax::{Match, Name, Pattern, PatternError, Piece, PredicateArgument, PredicateCall};

/// One predicate about a capture.
#[derive(Clone, Debug)]
pub struct CaptureTest {
    capture: Name,
    question: Question,
    expected: bool,
}

/// What is asked about the text of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// It names a column of the rows that the site's statement fetches.
    Column,
    /// The function says the name nowhere but where it is assigned and here.
    ReadOnce,
}

/// A predicate: its name, and what it asks in words.
struct Entry {
    name: &'static str,
    asks: &'static str,
    question: Question,
}

const ENTRIES: [Entry; 2] = [
    Entry {
        name: "column",
        asks: "the captured name is a column of the rows that the site fetches, no relation and no property",
        question: Question::Column,
    },
    Entry {
        name: "read-once",
        asks: "the captured name is assigned once in the function and read nowhere but here",
        question: Question::ReadOnce,
    },
];

/// Names of the predicates with what they ask.
pub(super) fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    ENTRIES.iter().map(|entry| (entry.name, entry.asks))
}

impl CaptureTest {
    /// Reads a predicate; `None` when it isn't one about a capture.
    pub(super) fn read(call: &PredicateCall, pattern: &Pattern) -> Option<Result<CaptureTest, PatternError>> {
        let (name, expected) = match call.name.strip_prefix("not-") {
            Some(rest) => (rest, false),
            None => (call.name.as_str(), true),
        };
        let entry = ENTRIES.iter().find(|entry| entry.name == name)?;
        let [PredicateArgument::Capture(index)] = call.arguments[..] else {
            let problem = format!("`#{}?` takes one capture and no words", call.name);
            return Some(Err(PatternError::new(problem, call.span)));
        };
        Some(Ok(CaptureTest { capture: pattern.captures[index], question: entry.question, expected }))
    }
}

/// Whether what was captured passes.
pub(super) fn holds(test: &CaptureTest, found: &Match, piece: &Piece, site: &Site, schema: &Schema) -> bool {
    let Some(span) = found.capture(&test.capture) else { return false };
    let text = piece.text(span);
    let answer = match test.question {
        Question::Column => is_column(text, site, schema),
        Question::ReadOnce => piece.mentions(text) == 2,
    };
    answer == test.expected
}

fn is_column(name: &str, site: &Site, schema: &Schema) -> bool {
    let Some(owner) = site.model else { return false };
    let model = match site.relation {
        Some(relation) => schema.model(owner).relation(relation).and_then(|relation| relation.target),
        None => Some(owner),
    };
    model.is_some_and(|model| schema.model(model).columns.iter().any(|column| column.name == name))
}
