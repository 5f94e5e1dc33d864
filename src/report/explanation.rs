//! A line explained, for people: its expressions, its queries, and where knowledge ends.

use std::io::{self, Write};

use textwrap::{WordSeparator, WordSplitter};

use super::harmless::{harmless, on_one_line};
use super::text::Style;
use crate::domain::Footprint;

/// What is known of a line.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// As the user sees it.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// The function or class around it.
    pub enclosing: Option<String>,
    /// The line itself.
    pub text: String,
    /// Its expressions, in the order of the text.
    pub told: Vec<Told>,
    /// The queries it fires.
    pub queries: Vec<Query>,
    /// Why nothing is known of it.
    pub silence: Option<String>,
}

/// An expression and what it may be.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its text.
    pub expression: String,
    /// Its value in each context.
    pub values: Vec<String>,
    /// Why it is not known.
    pub unknown: Vec<String>,
    /// Why reading it is free.
    pub free: Vec<String>,
}

/// A query that the line fires.
#[derive(Clone, Debug)]
pub struct Query {
    /// The expression that fires it.
    pub expression: String,
    /// Its kind: `lazy-load`.
    pub kind: &'static str,
    /// `shop.Book.author`
    pub subject: Option<String>,
    /// How often.
    pub cost: String,
    /// It grows with rows.
    pub per_row: bool,
    /// Where the rows come from.
    pub origin: Option<String>,
    /// The statement's shape.
    pub footprint: Option<Footprint>,
    /// Why it is not sure.
    pub doubts: Vec<String>,
}

/// Columns before the text of a list.
const INDENT: usize = 2;

/// Writes an explanation.
pub fn write_explanation(out: &mut dyn Write, explanation: &Explanation, style: Style) -> io::Result<()> {
    let page = Page { style };
    let place = format!("{}:{}", explanation.file, explanation.line);
    let inside = explanation.enclosing.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    writeln!(out, "{}{inside}\n", page.strong(&on_one_line(&place)))?;
    if !explanation.text.is_empty() {
        writeln!(out, "  {}\n", on_one_line(&explanation.text))?;
    }
    if let Some(why) = &explanation.silence {
        return page.item(out, why, "");
    }
    page.values(out, &explanation.told)?;
    page.queries(out, &explanation.queries)?;
    page.free(out, &explanation.told)?;
    page.unknown(out, &explanation.told)
}

struct Page {
    style: Style,
}

/// Words break at spaces alone: not within a path or the name of a rule.
fn wrapping<'a>(style: Style) -> textwrap::Options<'a> {
    textwrap::Options::new(style.width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
}

impl Page {
    fn strong(&self, text: &str) -> String {
        self.painted(text, "1")
    }

    fn painted(&self, text: &str, code: &str) -> String {
        if self.style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A text with its lines after the first further to the right.
    fn item(&self, out: &mut dyn Write, text: &str, code: &str) -> io::Result<()> {
        let options = wrapping(self.style).initial_indent("  ").subsequent_indent("      ");
        for line in textwrap::wrap(&harmless(text), options) {
            let line = if code.is_empty() { line.into_owned() } else { self.painted(&line, code) };
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    fn values(&self, out: &mut dyn Write, told: &[Told]) -> io::Result<()> {
        writeln!(out, "{}", self.strong("values"))?;
        let most = self.style.width / 3;
        let longest = told.iter().map(|one| one.expression.chars().count()).filter(|length| *length <= most).max();
        let column = INDENT + longest.unwrap_or(most) + 2;
        for one in told {
            let values = harmless(&one.values.join("; or ")).into_owned();
            let (code, values) = if one.unknown.len() == one.values.len() { ("33", values) } else { ("", values) };
            let label = format!("  {}", harmless(&one.expression));
            let length = label.chars().count();
            let first = if length + 2 <= column {
                format!("{label}{}", " ".repeat(column - length))
            } else {
                " ".repeat(column)
            };
            if length + 2 > column {
                writeln!(out, "{label}")?;
            }
            let indent = " ".repeat(column);
            let options = wrapping(self.style).initial_indent(&first).subsequent_indent(&indent);
            for line in textwrap::wrap(&values, options) {
                let line = if code.is_empty() { line.into_owned() } else { self.painted(&line, code) };
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }

    fn queries(&self, out: &mut dyn Write, queries: &[Query]) -> io::Result<()> {
        if queries.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", self.strong("queries"))?;
        for query in queries {
            let subject = query.subject.as_ref().map(|subject| format!(" of {subject}")).unwrap_or_default();
            let often = if query.per_row { format!("{} times", query.cost) } else { "once".to_owned() };
            let first = format!("`{}`: {}{subject}, {often}", query.expression, query.kind);
            self.item(out, &first, if query.per_row { "31" } else { "" })?;
            let statement = query.footprint.as_ref().map(statement);
            let doubts = (!query.doubts.is_empty()).then(|| format!("not sure: {}", query.doubts.join(", ")));
            for more in [statement, query.origin.clone(), doubts].into_iter().flatten() {
                self.further(out, &more)?;
            }
        }
        Ok(())
    }

    fn further(&self, out: &mut dyn Write, text: &str) -> io::Result<()> {
        let options = wrapping(self.style).initial_indent("    ").subsequent_indent("      ");
        textwrap::wrap(&harmless(text), options).into_iter().try_for_each(|line| writeln!(out, "{line}"))
    }

    fn free(&self, out: &mut dyn Write, told: &[Told]) -> io::Result<()> {
        let mut free: Vec<String> =
            told.iter().flat_map(|one| one.free.iter().map(|why| format!("`{}`: {why}", one.expression))).collect();
        free.dedup();
        if free.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", self.strong("no query"))?;
        free.iter().try_for_each(|why| self.item(out, why, "32"))
    }

    fn unknown(&self, out: &mut dyn Write, told: &[Told]) -> io::Result<()> {
        let unknown: Vec<String> =
            told.iter().flat_map(|one| one.unknown.iter().map(|why| format!("`{}`: {why}", one.expression))).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", self.strong("not known"))?;
        unknown.iter().try_for_each(|why| self.item(out, why, ""))
    }
}

/// "select shop_author where shop_author.id = …, limited"
fn statement(footprint: &Footprint) -> String {
    let mut text = format!("{} {}", footprint.verb, names(&footprint.tables));
    let predicates: Vec<String> =
        footprint.predicates.iter().map(|(column, operator)| format!("{column} {operator} …")).collect();
    if !predicates.is_empty() {
        text.push_str(&format!(" where {}", predicates.join(" and ").replace("is null …", "is null")));
    }
    if !footprint.order_by.is_empty() {
        text.push_str(&format!(" order by {}", names(&footprint.order_by)));
    }
    if footprint.limit { text + " limit …" } else { text }
}

fn names(names: &[crate::syntax::Name]) -> String {
    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}
