//! A line on the terminal that says what a long run is doing. It is on standard error, and nowhere else than on a terminal.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The line; it is drawn anew so often.
const TICK: Duration = Duration::from_millis(100);

/// The words for the steps that take long.
const WORDS: [(&str, &str); 11] = [
    ("walk", "finding files"),
    ("parse", "reading files"),
    ("link", "linking modules and models"),
    ("interpret", "following queries"),
    ("judge", "asking the rules"),
    ("changes", "asking git what has changed"),
    ("connect", "connecting to the database"),
    ("statements", "reading the database's statements"),
    ("tables", "reading its tables"),
    ("columns", "reading columns, indexes and foreign keys"),
    ("activity", "reading settings and connections"),
];

/// The line of one run. Dropping it clears it, so that an error message has the terminal for itself.
pub(super) struct Progress {
    line: ProgressBar,
}

impl Progress {
    /// Begins to draw, where somebody is watching.
    pub(super) fn start() -> Progress {
        let line = ProgressBar::with_draw_target(None, target());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} · {elapsed}") {
            line.set_style(style);
        }
        line.enable_steady_tick(TICK);
        Progress { line }
    }

    /// Says which step begins.
    pub(super) fn at(&self, step: &'static str) {
        let words = WORDS.iter().find(|(name, _)| *name == step);
        self.line.set_message(words.map_or(step, |(_, words)| words));
    }

    /// Clears the line.
    pub(super) fn end(self) {}
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.line.finish_and_clear();
    }
}

fn target() -> ProgressDrawTarget {
    if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}
