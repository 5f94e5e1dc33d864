//! What a profile says, as the pipeline needs it: who sends which statement, what the rows of tables say of a count, and the
//! findings with their evidence in their order.

use rustc_hash::FxHashMap;

use crate::domain::{EffectKind, Footprint, Site};
use crate::orm::{Versions, prefetches};
use crate::profile::{Claim, ServerKind, Sizes, Snapshot, advise, join as join_statements, rank, weight};
use crate::project::{Orm, Program};
use crate::report::Report;
use crate::rules::{Estimate, Evidence, Finding, Note};

/// The places that send a statement of a known shape, each once for each shape.
pub(super) fn claims(sites: &[Site], program: &Program, snapshot: &Snapshot, versions: Versions) -> Vec<Claim> {
    let sizes = Sizes::new(&program.schema, snapshot);
    let mut claims: FxHashMap<_, Claim> = FxHashMap::default();
    for site in sites.iter().filter(|site| !site.kind.is_remark()) {
        let Some(source) = program.files.get(site.place.file.0 as usize) else { continue };
        let (start, end) = (source.line_column(site.place.span.start), source.line_column(site.place.span.end));
        let known = |size: &crate::domain::Size| sizes.count(std::slice::from_ref(size)).map(|count| count.number);
        let claim = |footprint: &Footprint, reversed| Claim {
            footprint: footprint.clone(),
            file: source.shown.clone(),
            lines: [start.line, end.line],
            column: start.column,
            function: site.enclosing.rsplit('.').next().unwrap_or_default().to_owned(),
            weight: weight(&site.cost.factors, known),
            schemas: Vec::new(),
            reversed,
        };
        let own = site.footprint.iter().map(|footprint| claim(footprint, reversed(site, program)));
        let others = prefetches(&program.schema, site, versions);
        for claim in own.chain(others.iter().map(|footprint| claim(footprint, Some(false)))) {
            let kept = claims.entry((site.place, claim.footprint.clone())).or_insert_with(|| claim.clone());
            if claim.weight > kept.weight {
                *kept = claim;
            }
        }
    }
    let mut claims: Vec<Claim> = claims.into_values().collect();
    claims.sort_by(|a, b| (&a.file, a.lines, a.column).cmp(&(&b.file, b.lines, b.column)));
    claims
}

/// SQLAlchemy writes `? = book.author_id` where it loads a set by itself, and `book.author_id = ?` where code asks for it.
fn reversed(site: &Site, program: &Program) -> Option<bool> {
    let model = program.schema.model(site.model?);
    let is_set = |name| model.relation(name).is_some_and(|relation| !relation.kind.is_single());
    match (model.orm, site.kind) {
        (Orm::SqlAlchemy, EffectKind::LazyLoad | EffectKind::RelatedQuery) => site.relation.map(is_set),
        (Orm::SqlAlchemy, _) => Some(site.asked.as_ref().is_some_and(|asked| asked.is_reversed)),
        (Orm::Django, _) => Some(false),
    }
}

/// Gives each finding that grows what the rows of the tables say of its count.
pub(super) fn estimate(findings: &mut [Finding], program: &Program, snapshot: &Snapshot) {
    let sizes = Sizes::new(&program.schema, snapshot);
    for finding in findings.iter_mut().filter(|finding| finding.per_row) {
        let count = sizes.count(&finding.factors);
        let estimate = count.map(|count| Estimate::of(count, snapshot));
        finding.evidence = estimate.map(|estimate| Evidence { estimate: Some(estimate), ..Evidence::default() });
    }
}

/// Joins statements to findings, ranks these anew, and says what the profile lacks.
pub(super) fn join(report: &mut Report, claims: &[Claim], snapshot: &Snapshot) {
    let told = join_statements(&mut report.findings, claims, snapshot);
    rank(&mut report.findings, snapshot);
    advise(&mut report.findings, snapshot);
    report.summary.profile = Some(told);
    report.notes.extend(snapshot.missing.iter().map(|missing| {
        let sql = if missing.sql.is_empty() { String::new() } else { format!(" (`{}`)", missing.sql) };
        let message = format!("the profile has no {}: {}{sql}", missing.part, missing.why);
        Note { file: None, line: None, kind: "profile-incomplete", message }
    }));
    report.notes.extend(thin(snapshot).map(|message| Note {
        file: None,
        line: None,
        kind: "profile-incomplete",
        message,
    }));
    report.notes.sort_by(Note::by_place);
}

/// Why statements that are not there may have been sent all the same, where nothing is missing.
fn thin(snapshot: &Snapshot) -> Option<String> {
    let is_read = snapshot.server.kind == ServerKind::Postgresql
        && !snapshot.missing.iter().any(|missing| missing.part == "statements");
    let minutes = snapshot.statistics.statements_seconds.unwrap_or_default() / 60.0;
    match (is_read, snapshot.has_statements(), snapshot.is_young()) {
        (false, ..) => None,
        (_, false, true) => Some(format!("no statements captured: they are counted since {minutes:.0} min only")),
        (_, false, false) => Some("no statements captured: the database has seen none".to_owned()),
        (_, true, true) => {
            Some(format!("statements are counted since {minutes:.0} min only: what was not seen may come yet"))
        }
        _ => None,
    }
}
