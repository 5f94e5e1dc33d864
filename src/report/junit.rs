//! JUnit XML: a failed test case for each finding, for the test tabs of CI servers.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::summary::Report;
use crate::rules::Finding;

/// Writes one suite for each file with findings; without any, one suite with one test that passed.
pub fn write_junit(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut by_file: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        by_file.entry(&finding.spot.file).or_default().push(finding);
    }
    let failures = report.findings.len();
    let tests = failures.max(1);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"quell\" tests=\"{tests}\" failures=\"{failures}\">")?;
    if by_file.is_empty() {
        writeln!(out, "  <testsuite name=\"quell\" tests=\"1\" failures=\"0\">")?;
        writeln!(out, "    <testcase name=\"no findings\" classname=\"quell\"/>")?;
        writeln!(out, "  </testsuite>")?;
    }
    for (file, findings) in by_file {
        let count = findings.len();
        let name = escaped(file);
        writeln!(out, "  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{count}\">")?;
        findings.into_iter().try_for_each(|finding| write_case(out, finding))?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn write_case(out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
    let spot = &finding.spot;
    let place = format!("{}:{}:{}", spot.file, spot.line, spot.column);
    let name = escaped(&format!("{} at {}:{}", finding.rule, spot.line, spot.column));
    let file = escaped(&spot.file);
    writeln!(out, "    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\" line=\"{}\">", spot.line)?;
    let (message, kind) = (escaped(&finding.message), finding.severity.as_str());
    let text = escaped(&format!("{place}: {}\n{}", finding.message, finding.help));
    writeln!(out, "      <failure message=\"{message}\" type=\"{kind}\">{text}</failure>")?;
    writeln!(out, "    </testcase>")
}

/// Text for an attribute or an element; what XML 1.0 has no character for becomes a question mark.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("a < b & \"c\"\n\u{1b}"), "a &lt; b &amp; &quot;c&quot;\n?");
    }
}
