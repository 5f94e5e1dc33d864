//! The JSON document, version 1. Keys are added, never removed or renamed without a new version.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::summary::{Report, Summary};
use crate::rules::{Finding, Note};

#[derive(Serialize)]
struct Document<'report> {
    version: u32,
    quell: &'static str,
    findings: &'report [Finding],
    notes: &'report [Note],
    summary: &'report Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<BTreeMap<&'static str, f64>>,
}

/// Writes the whole report as one object.
pub fn write_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let seconds = |timings: &Vec<super::Timing>| timings.iter().map(|timing| (timing.step, timing.seconds)).collect();
    let document = Document {
        version: 1,
        quell: env!("CARGO_PKG_VERSION"),
        findings: &report.findings,
        notes: &report.notes,
        summary: &report.summary,
        timings: report.timings.as_ref().map(seconds),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::shop::{options, shop};
    use crate::rules::{Registry, judge};

    #[test]
    fn the_document_has_the_agreed_keys() {
        let shop = shop();
        let registry = Registry::builtin().unwrap();
        let judgement = judge(&shop.program, &[shop.author_in_label()], &[], &registry, &options()).ranked();
        let report = Report { findings: judgement.findings, ..Report::default() };
        let mut out = Vec::new();
        write_json(&mut out, &report).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }
}
