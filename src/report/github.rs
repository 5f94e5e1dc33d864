//! Annotations of GitHub Actions: `::error file=…,line=…::message`.

use std::io::{self, Write};

use super::summary::Report;
use crate::rules::Severity;

/// Writes one command for each finding.
pub fn write_github(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for finding in &report.findings {
        let spot = &finding.spot;
        let command = command(finding.severity);
        let title = property(&format!("{} ({})", finding.rule, finding.severity.as_str()));
        let place = format!(
            "file={},line={},endLine={},col={},endColumn={}",
            property(&spot.file),
            spot.line,
            spot.end_line,
            spot.column,
            spot.end_column
        );
        let message = data(&format!("{}\n{}", finding.message, finding.help));
        writeln!(out, "::{command} {place},title={title}::{message}")?;
    }
    Ok(())
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    }
}

/// Escapes the text of a command, as the runner's toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::shop::{options, shop};
    use crate::rules::{Registry, judge};

    #[test]
    fn a_finding_is_one_command() {
        let shop = shop();
        let judgement = judge(&shop.program, &[shop.author_of_book()], &[], &Registry::builtin().unwrap(), &options());
        let report = Report { findings: judgement.findings, ..Report::default() };
        let mut out = Vec::new();
        write_github(&mut out, &report).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "::error file=shop/views.py,line=4,endLine=4,col=15,endColumn=26,title=lazy-load-per-row (critical)::\
             `book.author` runs one query per shop.Book: 1 + N(shop.Book)%0Aadd `.select_related(\"author\")` to the \
             query on line 2 of shop/views.py\n"
        );
    }

    #[test]
    fn commands_are_escaped() {
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
