//! `quell top`: one line a finding, those first that cost the database most, measured apart from estimated.

use std::io::{self, Write};

use super::footer::write_footer;
use super::harmless::on_one_line;
use super::summary::Report;
use super::text::Style;
use crate::rules::{Evidence, Finding, Sent, duration, grouped, percent};

/// Columns of calls, time and share, with the spaces between.
const FIGURES: usize = 12 + 10 + 8;

/// Columns of the rule.
const RULE: usize = 22;

/// Writes the table, what no line explains, and the footer.
pub fn write_table(out: &mut dyn Write, report: &Report, most: usize, style: Style) -> io::Result<()> {
    let measured = sorted(report, |evidence| evidence.load.or(evidence.total_ms));
    let estimated = sorted(report, |evidence| {
        evidence.estimate.as_ref().filter(|_| !evidence.measured).map(|estimate| estimate.queries)
    });
    let place_width = style.width.saturating_sub(FIGURES + RULE + 1).max(18);
    if !measured.is_empty() {
        let head = format!("{:<place_width$} {:<RULE$}", "measured, by load", "finding");
        writeln!(out, "{head}{:>12}{:>10}{:>8}", "calls", "time", "of all")?;
        for (finding, evidence) in measured.iter().take(most) {
            let calls = format!(
                "{}{}",
                if evidence.up_to { "≤" } else { "" },
                grouped(evidence.calls.unwrap_or_default() as f64)
            );
            let (time, share) =
                (duration(evidence.total_ms.unwrap_or_default()), evidence.share.map(percent).unwrap_or_default());
            writeln!(out, "{}{calls:>12}{time:>10}{share:>8}", start(finding, place_width))?;
        }
        more(out, measured.len(), most)?;
    }
    if !estimated.is_empty() {
        let head = format!("{:<place_width$} {:<RULE$}", "estimated", "finding");
        let gap = if measured.is_empty() { "" } else { "\n" };
        writeln!(out, "{gap}{head}{:>12}{:>10}", "queries", "time")?;
        for (finding, evidence) in estimated.iter().take(most) {
            let Some(estimate) = &evidence.estimate else { continue };
            let time = estimate.ms.map(duration).unwrap_or_default();
            writeln!(out, "{}{:>12}{time:>10}", start(finding, place_width), grouped(estimate.queries))?;
        }
        more(out, estimated.len(), most)?;
    }
    if let Some(told) = report.summary.profile.as_ref().filter(|told| !told.others.is_empty()) {
        writeln!(out, "\nthe dearest statements that no line of this code sends, as far as quell sees:")?;
        told.others.iter().try_for_each(|sent| other(out, sent, style))?;
    }
    writeln!(out)?;
    write_footer(out, report)
}

/// The findings that have a figure, the largest first.
fn sorted(report: &Report, figure: impl Fn(&Evidence) -> Option<f64>) -> Vec<(&Finding, &Evidence)> {
    let with = |finding: &'_ Finding| finding.evidence.as_ref().and_then(&figure);
    let mut found: Vec<(f64, &Finding)> =
        report.findings.iter().filter_map(|finding| Some((with(finding)?, finding))).collect();
    found.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.spot.cmp(&other.spot)));
    found.into_iter().filter_map(|(_, finding)| Some((finding, finding.evidence.as_ref()?))).collect()
}

/// Place and rule in their columns; a long path loses its start.
fn start(finding: &Finding, width: usize) -> String {
    let place = format!("{}:{}", on_one_line(&finding.spot.file), finding.spot.line);
    let length = place.chars().count();
    let place = match length > width {
        true => format!("…{}", place.chars().skip(length + 1 - width).collect::<String>()),
        false => place,
    };
    let rule: String = finding.rule.chars().take(RULE).collect();
    format!("{place:<width$} {rule:<RULE$}")
}

fn more(out: &mut dyn Write, all: usize, most: usize) -> io::Result<()> {
    if all > most { writeln!(out, "and {} more", all - most) } else { Ok(()) }
}

fn other(out: &mut dyn Write, sent: &Sent, style: Style) -> io::Result<()> {
    let figures = format!("{:>12}{:>10}  ", grouped(sent.calls as f64), duration(sent.total_ms));
    writeln!(out, "{figures}{}", super::top::cut(&sent.text, style.width.saturating_sub(figures.len())))
}
