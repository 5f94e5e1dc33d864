//! A rule's page: its front matter and its text.

use super::finding::Severity;
use super::fix::Fix;
use crate::project::Orm;

/// The page of a rule, as `queries/<group>/<id>.md` has it.
#[derive(Clone, Debug)]
pub struct Page {
    /// The worst a finding of this rule can be; a finding whose cost does not grow has exactly this severity.
    pub severity: Severity,
    /// The libraries it is about.
    pub orms: Vec<Orm>,
    /// How it is mended.
    pub fix: &'static Fix,
    /// What to write instead, with names in braces, where that is the same for every case.
    pub help: Option<&'static str>,
    /// The version of quell that brought it.
    pub since: &'static str,
    /// What a finding says, with names in braces: see `case`.
    pub message: &'static str,
    /// Rules that this one comes before: where both match, this one speaks.
    pub before: Vec<&'static str>,
    /// The page without its front matter.
    pub text: &'static str,
}

impl Page {
    /// Reads a page; the error says what is missing, lower case, without a full stop.
    pub fn read(text: &'static str) -> Result<Page, String> {
        let (matter, body) = text
            .strip_prefix("---\n")
            .and_then(|rest| rest.split_once("\n---\n"))
            .ok_or("the page does not begin with front matter between two `---` lines")?;
        let field = |name: &str| value(matter, name).ok_or_else(|| format!("the front matter has no `{name}`"));
        Ok(Page {
            severity: severity(field("severity")?)?,
            orms: list(field("orm")?).into_iter().map(orm).collect::<Result<_, _>>()?,
            fix: Fix::named(field("fix")?).ok_or_else(|| "the front matter names an unknown `fix`".to_owned())?,
            help: value(matter, "help"),
            since: field("since")?,
            message: field("message")?,
            before: value(matter, "before").map(list).unwrap_or_default(),
            text: body.trim_start(),
        })
    }

    /// The plain paragraph under the title.
    pub fn summary(&self) -> &'static str {
        self.text.split("\n\n").nth(1).unwrap_or_default().trim()
    }
}

fn value(matter: &'static str, name: &str) -> Option<&'static str> {
    let line = matter.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().trim_matches('"'))
}

fn list(text: &'static str) -> Vec<&'static str> {
    text.trim_matches(['[', ']']).split(',').map(str::trim).filter(|word| !word.is_empty()).collect()
}

fn severity(word: &str) -> Result<Severity, String> {
    Severity::from_word(word).ok_or_else(|| format!("`{word}` is no severity"))
}

fn orm(word: &str) -> Result<Orm, String> {
    Orm::from_word(word).ok_or_else(|| format!("`{word}` is no ORM"))
}
