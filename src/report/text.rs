//! Findings for people: the source of every step, across files. The only place that knows miette.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteSpanContents, NamedSource, SourceSpan,
};
use textwrap::WordSeparator;

use super::footer::{number, write_footer};
use super::groups::{Group, groups};
use super::harmless::{harmless, on_one_line};
use super::summary::Report;
use crate::config::{ConfigError, Problem};
use crate::rules::{Evidence, Finding, RuleError, Severity, Spot};
use crate::source::SourceFile;

/// Most further places that a finding shows; the rest is a number.
const MOST_PLACES: usize = 3;

/// Most mistakes of a configuration that are shown; the rest is a number.
const MOST_MISTAKES: usize = 50;

/// So many bytes before and after a place are shown: some files are one line of megabytes.
const WIDEST: usize = 500;

/// Places so many lines apart are shown together, with what stands between.
const CLOSE: u32 = 4;

/// How the text looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether ANSI colours are written.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// Writes every finding with its source, then the footer.
pub fn write_text(out: &mut dyn Write, report: &Report, style: Style) -> io::Result<()> {
    let handler = handler(style);
    for group in groups(&report.findings) {
        for (index, part) in parts(group.first, &report.sources).iter().enumerate() {
            let mut rendered = String::new();
            handler.render_report(&mut rendered, part).map_err(io::Error::other)?;
            let rendered = rendered.trim_matches('\n');
            // Only the first file has a title; the frame around the source names the others.
            let rendered = if index == 0 { rendered } else { rendered.split_once('\n').map_or("", |(_, rest)| rest) };
            writeln!(out, "{rendered}")?;
        }
        write_others(out, &group, style)?;
        writeln!(out)?;
    }
    write_footer(out, report)
}

/// Names the queries behind the other findings of a place.
fn write_others(out: &mut dyn Write, group: &Group<'_>, style: Style) -> io::Result<()> {
    if group.others.is_empty() {
        return Ok(());
    }
    let origins = group.origins();
    let named: Vec<String> =
        origins.iter().take(MOST_PLACES).map(|spot| format!("{}:{}", spot.file, spot.line)).collect();
    let rest = match origins.len().saturating_sub(MOST_PLACES) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let places = if named.is_empty() { String::new() } else { format!(", with queries on {}{rest}", named.join(", ")) };
    let said = format!("{} of this line{places}", number(group.others.len(), "more finding"));
    let options = textwrap::Options::new(style.width)
        .initial_indent("  also: ")
        .subsequent_indent("        ")
        .word_separator(WordSeparator::AsciiSpace);
    textwrap::wrap(&on_one_line(&said), options).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Writes one of quell's own errors: what happened and, for a rule, where in its query.
pub fn show_error(out: &mut dyn Write, error: &(dyn std::error::Error + 'static), style: Style) -> io::Result<()> {
    if let Some(config) = config_error(error) {
        config.problems.iter().take(MOST_MISTAKES).try_for_each(|problem| show_problem(out, problem, style))?;
        return match config.problems.len().saturating_sub(MOST_MISTAKES) {
            0 => Ok(()),
            more => writeln!(out, "and {more} more"),
        };
    }
    let mut rendered = String::new();
    match error.downcast_ref::<RuleError>() {
        Some(rule) if !rule.text.is_empty() => {
            handler(style).render_report(&mut rendered, &Mistake::of_rule(rule)).map_err(io::Error::other)?
        }
        Some(rule) => rendered = format!("error: {}: {}", rule.file, rule.problem),
        None => rendered = format!("error: {error}"),
    }
    writeln!(out, "{}", rendered.trim_matches('\n'))
}

/// The mistakes of a configuration, wherever in the chain of causes they are.
fn config_error<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e ConfigError> {
    error.downcast_ref().or_else(|| config_error(error.source()?))
}

fn show_problem(out: &mut dyn Write, problem: &Problem, style: Style) -> io::Result<()> {
    if problem.text.is_empty() {
        return writeln!(out, "error: {}", problem.message);
    }
    let mut rendered = String::new();
    handler(style).render_report(&mut rendered, &Mistake::of_config(problem)).map_err(io::Error::other)?;
    writeln!(out, "{}\n", rendered.trim_matches('\n'))
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_context_lines(0)
        .with_links(false)
        .with_word_separator(WordSeparator::AsciiSpace)
}

/// The part of a finding that lies in one file, as miette wants it.
#[derive(Debug)]
struct Part {
    title: String,
    severity: miette::Severity,
    help: Option<String>,
    source: Option<NamedSource<Lines>>,
    labels: Vec<LabeledSpan>,
}

/// A place with what is said about it.
struct Mark<'finding> {
    spot: &'finding Spot,
    message: String,
    is_primary: bool,
}

/// The text of a file, shown in whole lines.
#[derive(Debug)]
struct Lines(Arc<str>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(harmless(text).into())
    }
}

/// The passages of a finding, file by file, in the order of execution; the title stands over the first, the help under the last.
fn parts(finding: &Finding, sources: &[Arc<SourceFile>]) -> Vec<Part> {
    let marks = marks(finding);
    let mut files: Vec<&str> = Vec::new();
    for mark in &marks {
        if !files.contains(&mark.spot.file.as_str()) {
            files.push(&mark.spot.file);
        }
    }
    let passages = files.into_iter().flat_map(|file| passages(file, &marks));
    let mut parts: Vec<Part> = passages.map(|marks| Part::of(finding, &marks, sources)).collect();
    parts.iter_mut().skip(1).for_each(|part| part.title = part.title.split('[').next().unwrap_or_default().to_owned());
    if let Some(last) = parts.last_mut() {
        let evidence = finding.evidence.iter().flat_map(Evidence::in_words);
        let help = std::iter::once(finding.help.clone()).chain(evidence).collect::<Vec<_>>().join("\n");
        last.help = Some(harmless(&help).into_owned());
    }
    parts
}

/// The marks of a file that stand close together, the passage that runs first before the others.
fn passages<'m, 'f>(file: &str, marks: &'m [Mark<'f>]) -> Vec<Vec<&'m Mark<'f>>> {
    let mut here: Vec<(usize, &Mark)> = marks.iter().enumerate().filter(|(_, mark)| mark.spot.file == file).collect();
    here.sort_by_key(|(_, mark)| mark.spot.line);
    let mut passages: Vec<Vec<(usize, &Mark)>> = Vec::new();
    for (order, mark) in here {
        match passages.last_mut() {
            Some(passage) if passage.iter().any(|(_, near)| mark.spot.line <= near.spot.line + CLOSE) => {
                passage.push((order, mark));
            }
            _ => passages.push(vec![(order, mark)]),
        }
    }
    passages.sort_by_key(|passage| passage.iter().map(|(order, _)| *order).min());
    passages.into_iter().map(|passage| passage.into_iter().map(|(_, mark)| mark).collect()).collect()
}

impl Part {
    fn of(finding: &Finding, marks: &[&Mark], sources: &[Arc<SourceFile>]) -> Part {
        let file = marks.first().map_or("", |mark| mark.spot.file.as_str());
        let source = sources.iter().find(|source| source.shown == file);
        let labels = source.map(|source| marks.iter().map(|mark| label(mark, &source.text)).collect());
        Part {
            title: format!("{}[{}]: {}", finding.severity.as_str(), finding.rule, on_one_line(&finding.message)),
            severity: severity(finding.severity),
            help: None,
            source: source.map(|source| NamedSource::new(on_one_line(file), Lines::of(&source.text))),
            labels: labels.unwrap_or_default(),
        }
    }
}

/// The places of a finding in the order of execution, each once.
fn marks(finding: &Finding) -> Vec<Mark<'_>> {
    let mut marks: Vec<Mark> = Vec::new();
    for step in &finding.path {
        let is_primary = step.spot == finding.spot;
        match marks.iter_mut().find(|mark| *mark.spot == step.spot) {
            Some(mark) => mark.message = format!("{}; {}", mark.message, step.message),
            None => marks.push(Mark { spot: &step.spot, message: step.message.clone(), is_primary }),
        }
    }
    let known = |marks: &[Mark], spot: &Spot| marks.iter().any(|mark| mark.spot == spot);
    if !known(&marks, &finding.spot) {
        marks.push(Mark { spot: &finding.spot, message: "fires here".to_owned(), is_primary: true });
    }
    if let Some(origin) = finding.origin.as_ref().filter(|origin| !known(&marks, origin)) {
        marks.insert(0, Mark { spot: origin, message: "the rows come from here".to_owned(), is_primary: false });
    }
    for (index, spot) in finding.also.iter().take(MOST_PLACES).enumerate() {
        let more = finding.also.len().saturating_sub(MOST_PLACES);
        let and_more =
            if index + 1 == MOST_PLACES && more > 0 { format!(", and in {more} more places") } else { String::new() };
        if !known(&marks, spot) {
            marks.push(Mark { spot, message: format!("fires here too{and_more}"), is_primary: false });
        }
    }
    marks
}

fn label(mark: &Mark, text: &str) -> LabeledSpan {
    let start = offset(text, mark.spot.line, mark.spot.column);
    let end = offset(text, mark.spot.end_line, mark.spot.end_column);
    // A place over several lines is drawn as a tall bracket that hides what matters: its first line is enough.
    let first_line = text[start..end.max(start)].lines().next().map_or(0, str::len);
    let span = SourceSpan::new(start.into(), first_line.max(1));
    let message = Some(on_one_line(&mark.message).into_owned());
    if mark.is_primary {
        LabeledSpan::new_primary_with_span(message, span)
    } else {
        LabeledSpan::new_with_span(message, span)
    }
}

/// The byte offset of a 1-based line and column in code points.
fn offset(text: &str, line: u32, column: u32) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
    let rest = &text[start..];
    let within = rest.char_indices().nth(column.saturating_sub(1) as usize).map_or(rest.len(), |(at, _)| at);
    start + within
}

fn severity(severity: Severity) -> miette::Severity {
    match severity {
        Severity::Critical | Severity::High => miette::Severity::Error,
        Severity::Medium => miette::Severity::Warning,
        Severity::Low => miette::Severity::Advice,
    }
}

impl miette::SourceCode for Lines {
    fn read_span<'text>(
        &'text self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'text> + 'text>, miette::MietteError> {
        let text: &str = &self.0;
        let lines = whole_lines(text, span);
        let place = boundary(text, span.offset());
        let line = text[..place].rfind('\n').map_or(0, |at| at + 1);
        let column = text[line..place].chars().count();
        let contents = text.read_span(&lines, before, after)?;
        let (line, count) = (contents.line(), contents.line_count());
        Ok(Box::new(MietteSpanContents::new(contents.data(), *contents.span(), line, column, count)))
    }
}

/// The last boundary between letters up to an offset.
fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// With no lines of context miette shows the span alone, cut out of its line. Of a very long line a part is shown.
fn whole_lines(text: &str, span: &SourceSpan) -> SourceSpan {
    let place = boundary(text, span.offset());
    let first = boundary(text, place.saturating_sub(WIDEST));
    let start = text[first..place].rfind('\n').map_or(first, |at| first + at + 1);
    let end = boundary(text, span.offset() + span.len());
    let last = boundary(text, end + WIDEST);
    let end = text[end..last].find('\n').map_or(last, |at| end + at);
    SourceSpan::new(start.into(), end - start)
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Part {}

impl Diagnostic for Part {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source.as_ref().map(|source| source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// What the user wrote wrong, in a rule's query or in the configuration, shown at its place.
#[derive(Debug)]
struct Mistake {
    title: String,
    source: NamedSource<Lines>,
    label: LabeledSpan,
    help: Option<String>,
}

impl Mistake {
    fn of_rule(error: &RuleError) -> Mistake {
        let length = (error.span.end - error.span.start) as usize;
        Mistake {
            title: harmless(&error.to_string()).into_owned(),
            source: NamedSource::new(on_one_line(&error.file), Lines::of(&error.text)),
            label: LabeledSpan::new(Some("here".to_owned()), error.span.start as usize, length),
            help: None,
        }
    }

    fn of_config(problem: &Problem) -> Mistake {
        Mistake {
            title: harmless(&problem.message).into_owned(),
            source: NamedSource::new(on_one_line(&problem.file), Lines::of(&problem.text)),
            label: LabeledSpan::new(Some("here".to_owned()), problem.span.start, problem.span.len()),
            help: problem.help.as_deref().map(|help| harmless(help).into_owned()),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::shop::{options, shop};
    use crate::rules::{Registry, judge};

    fn rendered(color: bool) -> String {
        let shop = shop();
        let sites = [shop.author_of_book(), shop.publisher_of_author(), shop.author_in_label()];
        let judgement = judge(&shop.program, &sites, &[], &Registry::builtin().unwrap(), &options()).ranked();
        let mut report = Report { findings: judgement.findings, sources: shop.program.files, ..Report::default() };
        report.summary.files = 2;
        let mut out = Vec::new();
        write_text(&mut out, &report, Style { color, width: 80 }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finding_across_files_shows_each_of_them() {
        insta::assert_snapshot!(rendered(false));
    }

    #[test]
    fn colours_are_written_only_when_asked_for() {
        assert!(rendered(true).contains("\u{1b}["));
        assert!(!rendered(false).contains("\u{1b}["));
    }
}
