//! What to mend first: findings by what they cost, those of one query together with one fix.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use textwrap::{WordSeparator, WordSplitter};

use super::footer::write_footer;
use super::harmless::on_one_line;
use super::summary::Report;
use super::text::Style;
use crate::rules::{Finding, Severity, Spot};
use crate::source::SourceFile;

/// Most findings of one query that are listed; the rest is a number.
const MOST_LISTED: usize = 8;

/// The findings of one query, or of one place where no query makes the rows.
struct Cause<'report> {
    place: &'report Spot,
    /// By rule and subject.
    findings: Vec<&'report Finding>,
}

/// Writes the `most` dearest causes, those of one function together, then the footer.
pub fn write_top(out: &mut dyn Write, report: &Report, most: usize, style: Style) -> io::Result<()> {
    let mut causes = causes(report);
    let all = causes.len();
    causes.truncate(most);
    if all > 0 {
        writeln!(out, "{} of {all} places to mend, the dearest first:\n", causes.len())?;
    }
    for (number, endpoint) in endpoints(causes).iter().enumerate() {
        let first = endpoint[0].findings[0];
        let place = if first.place == "unknown" { String::new() } else { format!(" ({})", first.place) };
        writeln!(out, "{}. {}{place}", number + 1, name(first))?;
        endpoint.iter().try_for_each(|cause| cause.write(out, report, style))?;
        writeln!(out)?;
    }
    write_footer(out, report)
}

/// The causes of a report, the dearest first: by severity, growth and number of statements.
fn causes(report: &Report) -> Vec<Cause<'_>> {
    let mut by_place: BTreeMap<&Spot, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        by_place.entry(finding.origin.as_ref().unwrap_or(&finding.spot)).or_default().push(finding);
    }
    let mut causes: Vec<Cause> = by_place.into_iter().map(|(place, findings)| Cause { place, findings }).collect();
    causes.sort_by_key(|cause| (Reverse(cause.weight()), cause.place));
    causes
}

/// The causes by the function that they are in, in the order of the dearest of each.
fn endpoints(causes: Vec<Cause<'_>>) -> Vec<Vec<Cause<'_>>> {
    let mut endpoints: Vec<Vec<Cause>> = Vec::new();
    for cause in causes {
        let same = |other: &Vec<Cause>| {
            other[0].place.file == cause.place.file && name(other[0].findings[0]) == name(cause.findings[0])
        };
        match endpoints.iter_mut().find(|endpoint| same(endpoint)) {
            Some(endpoint) => endpoint.push(cause),
            None => endpoints.push(vec![cause]),
        }
    }
    endpoints
}

/// The function around the query, else around what fires.
fn name(finding: &Finding) -> &str {
    let home = finding.home.enclosing.as_str();
    if home.is_empty() { "at the top of the module" } else { home }
}

impl Cause<'_> {
    /// The worst severity, the highest degree, the number of statements that grow.
    fn weight(&self) -> (Severity, usize, usize) {
        let worst = self.findings.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Low);
        let degree = self.findings.iter().map(|finding| finding.degree).max().unwrap_or_default();
        (worst, degree, self.findings.iter().filter(|finding| finding.per_row).count())
    }

    fn write(&self, out: &mut dyn Write, report: &Report, style: Style) -> io::Result<()> {
        let (severity, ..) = self.weight();
        let Spot { file, line, .. } = self.place;
        let place = format!("   {file}:{line}: {}", code(report, self.place).unwrap_or_default());
        writeln!(out, "{}", cut(&on_one_line(&place), style.width))?;
        write_wrapped(out, &format!("{}: ", severity.as_str()), &self.cost(), style)?;
        for finding in self.findings.iter().take(MOST_LISTED) {
            let place = format!("{}:{}", finding.spot.file, finding.spot.line);
            let said = format!("{place}: {} {}", finding.rule, finding.home.about);
            writeln!(out, "     - {}", on_one_line(&said))?;
        }
        if self.findings.len() > MOST_LISTED {
            writeln!(out, "     - and {} more", self.findings.len() - MOST_LISTED)?;
        }
        self.fixes().iter().try_for_each(|fix| write_wrapped(out, "fix: ", fix, style))
    }

    /// `1 + 2·N(Book) + N(Book)·N(Book.tags)`: what its statements come to, equal ones counted.
    fn cost(&self) -> String {
        let mut terms: Vec<(&str, usize)> = Vec::new();
        for finding in self.findings.iter().filter(|finding| finding.per_row) {
            match terms.iter_mut().find(|(cost, _)| *cost == finding.cost) {
                Some((_, count)) => *count += 1,
                None => terms.push((&finding.cost, 1)),
            }
        }
        let term = |(cost, count): (&str, usize)| if count == 1 { cost.to_owned() } else { format!("{count}·{cost}") };
        let query = self.findings.iter().any(|finding| finding.origin.is_some()).then(|| "1".to_owned());
        let terms: Vec<String> = query.into_iter().chain(terms.into_iter().map(term)).collect();
        if terms.is_empty() { "once".to_owned() } else { terms.join(" + ") }
    }

    /// What mends them, each fix once.
    fn fixes(&self) -> Vec<&str> {
        let mut fixes: Vec<&str> = Vec::new();
        for finding in &self.findings {
            let fix = finding.mends_all.as_deref().unwrap_or(&finding.help);
            if !fixes.contains(&fix) {
                fixes.push(fix);
            }
        }
        fixes
    }
}

/// Lines no longer than the terminal's, broken at spaces only: a path stays whole.
fn write_wrapped(out: &mut dyn Write, title: &str, text: &str, style: Style) -> io::Result<()> {
    let first = format!("     {title}");
    let others = " ".repeat(first.len());
    let options = textwrap::Options::new(style.width)
        .initial_indent(&first)
        .subsequent_indent(&others)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// The source of a place, on one line.
fn code(report: &Report, place: &Spot) -> Option<String> {
    let source: &SourceFile = report.sources.iter().find(|source| source.shown == place.file)?;
    let lines = source.text.lines().skip(place.line.saturating_sub(1) as usize);
    let count = (place.end_line - place.line + 1) as usize;
    let mut text: Vec<String> = lines.take(count).map(str::to_owned).collect();
    if let Some(last) = text.last_mut() {
        *last = last.chars().take(place.end_column.saturating_sub(1) as usize).collect();
    }
    if let Some(first) = text.first_mut() {
        *first = first.chars().skip(place.column.saturating_sub(1) as usize).collect();
    }
    Some(text.join(" ").split_whitespace().collect::<Vec<_>>().join(" "))
}

/// At most so many characters, the last an ellipsis where there were more.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
