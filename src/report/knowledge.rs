//! What quell knows that it does not know: the share of reads that it understood, and why not the rest.

use std::io::{self, Write};

use super::summary::Knowledge;
use super::text::Style;

/// Writes the share and the commonest reasons with their places.
pub fn write_knowledge(out: &mut dyn Write, knowledge: &Knowledge, style: Style) -> io::Result<()> {
    let (understood, reads) = (knowledge.understood, knowledge.row_reads);
    writeln!(out, "understood {understood} of {reads} reads in loops ({} %)", knowledge.percent())?;
    if !knowledge.reasons.is_empty() {
        writeln!(out, "\nwhy not the rest, the commonest reasons first:")?;
    }
    for reason in &knowledge.reasons {
        let first = format!("{:>7}  ", reason.count);
        let options = textwrap::Options::new(style.width).initial_indent(&first).subsequent_indent("         ");
        for line in textwrap::wrap(&reason.reason, options) {
            writeln!(out, "{line}")?;
        }
        for place in &reason.places {
            writeln!(out, "         {}:{}", place.file, place.line)?;
        }
    }
    Ok(())
}
