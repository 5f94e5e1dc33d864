//! A rule's page: its front matter and its text.

use super::finding::{Confidence, Severity};
use super::fix::{Fix, Remedy};
use crate::project::Orm;
use crate::syntax::PatternError;
use crate::syntax::ir::Span;

/// The page of a rule, as `queries/<group>/<id>.md` has it.
#[derive(Clone, Debug)]
pub struct Page {
    /// The worst a finding of this rule can be; a finding whose cost does not grow has exactly this severity.
    pub severity: Severity,
    /// How sure its findings are at most; those of low confidence are hidden unless asked for.
    pub confidence: Confidence,
    /// The libraries it is about; both where nothing is said.
    pub orms: Vec<Orm>,
    /// Which edits it offers; none where nothing is said.
    pub fix: Remedy,
    /// How it is mended; by hand where nothing is said.
    pub mend: &'static Fix,
    /// What to write instead, with names in braces, where that is the same for every case.
    pub help: Option<&'static str>,
    /// The version of quell that brought it; empty for a rule of one's own.
    pub since: &'static str,
    /// What a finding says, with names in braces: see `case`.
    pub message: &'static str,
    /// Rules that this one comes before: where both match, this one speaks.
    pub before: Vec<&'static str>,
    /// The page without its front matter.
    pub text: &'static str,
}

/// The part of a page between its two `---` lines.
#[derive(Clone, Copy)]
struct Matter {
    text: &'static str,
    /// Where it starts in the page.
    start: usize,
}

/// A line of the front matter: its value, and where that stands.
#[derive(Clone, Copy)]
struct Field {
    value: &'static str,
    span: Span,
}

const OPEN: &str = "---\n";

/// The fields of the front matter.
const FIELDS: [&str; 9] = ["severity", "confidence", "orm", "fix", "mend", "help", "since", "message", "before"];

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// When the front matter is not there, or a field is missing, unknown or has a value that means nothing.
    pub fn read(text: &'static str) -> Result<Page, PatternError> {
        let start = OPEN.len();
        let (matter, body) = text.strip_prefix(OPEN).and_then(|rest| rest.split_once("\n---\n")).ok_or_else(|| {
            let first = Span { start: 0, end: text.find('\n').unwrap_or(text.len()) as u32 };
            PatternError::new("the page does not begin with front matter between two `---` lines", first)
        })?;
        let matter = Matter { text: matter, start };
        matter.reject_unknown()?;
        let needed = |name: &str| matter.field(name).ok_or_else(|| matter.missing(name));
        let both = || vec![Orm::Django, Orm::SqlAlchemy];
        let mend = match matter.field("mend") {
            Some(field) => field.word("way to mend", Fix::named)?,
            None => Fix::named("by-hand").ok_or_else(|| matter.missing("mend"))?,
        };
        Ok(Page {
            severity: needed("severity")?.word("severity", Severity::from_word)?,
            confidence: matter
                .field("confidence")
                .map_or(Ok(Confidence::High), |field| field.word("confidence", Confidence::from_word))?,
            orms: matter.field("orm").map_or_else(
                || Ok(both()),
                |field| list(field.value).into_iter().map(|word| field.read(word, "ORM", Orm::from_word)).collect(),
            )?,
            fix: matter.remedy(mend)?,
            mend,
            help: matter.field("help").map(|field| field.value),
            since: matter.field("since").map_or("", |field| field.value),
            message: needed("message")?.value,
            before: matter.field("before").map(|field| list(field.value)).unwrap_or_default(),
            text: body.trim_start(),
        })
    }

    /// The plain paragraph under the title.
    pub fn summary(&self) -> &'static str {
        self.text.split("\n\n").nth(1).unwrap_or_default().trim()
    }
}

impl Matter {
    fn field(self, name: &str) -> Option<Field> {
        let mut at = self.start;
        for line in self.text.split('\n') {
            if let Some(value) = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')) {
                let span = Span { start: at as u32, end: (at + line.len()) as u32 };
                return Some(Field { value: value.trim().trim_matches('"'), span });
            }
            at += line.len() + 1;
        }
        None
    }

    fn missing(self, name: &str) -> PatternError {
        let span = Span { start: 0, end: (self.start + self.text.len()) as u32 };
        PatternError::new(format!("the front matter has no `{name}`"), span)
    }

    /// What the page says of its edits has to be what its way to mend makes.
    fn remedy(self, mend: &Fix) -> Result<Remedy, PatternError> {
        let Some(field) = self.field("fix") else { return Ok(mend.offers()) };
        let said = field.word("kind of edit: `safe`, `review` or `none`", Remedy::from_word)?;
        let made = mend.offers();
        let differs = || format!("the edits of `{}` are `{}`", mend.name, made.as_str());
        if said == made { Ok(said) } else { Err(PatternError::new(differs(), field.span)) }
    }

    fn reject_unknown(self) -> Result<(), PatternError> {
        let mut at = self.start;
        for line in self.text.split('\n') {
            let name = line.split(':').next().unwrap_or_default();
            if !line.trim().is_empty() && !FIELDS.contains(&name) {
                let span = Span { start: at as u32, end: (at + name.len()) as u32 };
                let known = FIELDS.map(|field| format!("`{field}`")).join(", ");
                return Err(PatternError::new(format!("`{name}` is no field of a page: there are {known}"), span));
            }
            at += line.len() + 1;
        }
        Ok(())
    }
}

impl Field {
    fn word<T>(self, what: &str, read: fn(&str) -> Option<T>) -> Result<T, PatternError> {
        self.read(self.value, what, read)
    }

    fn read<T>(self, word: &str, what: &str, read: fn(&str) -> Option<T>) -> Result<T, PatternError> {
        read(word).ok_or_else(|| PatternError::new(format!("`{word}` is no {what}"), self.span))
    }
}

fn list(text: &'static str) -> Vec<&'static str> {
    text.trim_matches(['[', ']']).split(',').map(str::trim).filter(|word| !word.is_empty()).collect()
}
