//! Query sites to findings: which rule speaks, which sites make one finding, and how bad it is.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rustc_hash::FxHashMap;

use super::case::{Case, spot};
use super::finding::{Confidence, Finding, Note, PathStep, Spot};
use super::registry::{Registry, Rule};
use super::severity::{confidence, severity};
use super::suppress::Suppressions;
use crate::domain::{EffectKind, Place, Site};
use crate::project::{ModelId, Program};
use crate::syntax::Name;

/// How many findings are not shown, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Hidden {
    /// By ignore comments.
    pub suppressed: usize,
    /// Listed in the baseline.
    pub baseline: usize,
    /// Below the confidence that was asked for.
    pub confidence: usize,
}

/// What the rules say.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Ordered by severity, then file, line, column, rule.
    pub findings: Vec<Finding>,
    /// What was left out.
    pub hidden: Hidden,
    /// Problems inside quell.
    pub notes: Vec<Note>,
}

/// Sites with the same key are one finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct GroupKey {
    rule: &'static str,
    /// The origin where a relation is read from known rows; else the place itself.
    place: Place,
    model: Option<ModelId>,
    relation: Option<Name>,
}

/// Asks the rules about every site and makes findings of what they match.
pub fn judge(program: &Program, sites: &[Site], registry: &Registry, least: Confidence) -> Judgement {
    let mut judgement = Judgement::default();
    let mut suppressions = Suppressions::new(program);
    for (key, sites) in groups(program, sites, registry) {
        let Some(rule) = registry.rule(key.rule) else { continue };
        let verdict = catch_unwind(AssertUnwindSafe(|| {
            let group = Group { program, rule, sites };
            group.finding(&mut suppressions, least, &mut judgement.hidden)
        }));
        match verdict {
            Ok(finding) => judgement.findings.extend(finding),
            Err(_) => judgement.notes.push(internal_note(program, &key)),
        }
    }
    rank(&mut judgement.findings);
    number_equal_keys(&mut judgement.findings);
    judgement
}

/// Matching sites by finding, those of files that are reported only.
fn groups<'run>(
    program: &Program,
    sites: &'run [Site],
    registry: &Registry,
) -> BTreeMap<GroupKey, Vec<&'run Site>> {
    let mut groups: BTreeMap<GroupKey, Vec<&Site>> = BTreeMap::new();
    for site in sites.iter().filter(|site| is_reported(program, site)) {
        let Some(rule) = registry.rule_for(site, &program.schema) else { continue };
        groups.entry(group_key(rule.id, site)).or_default().push(site);
    }
    groups
}

/// A write or a look-up is mended where it stands; only a relation is mended at the query that made the rows.
fn group_key(rule: &'static str, site: &Site) -> GroupKey {
    let origin = site.origin.as_ref().filter(|_| site.relation.is_some());
    let place = origin.map_or(site.place, |origin| origin.place);
    GroupKey { rule, place, model: site.model, relation: site.relation }
}

/// A finding concerns a file when it fires there or is mended there.
fn is_reported(program: &Program, site: &Site) -> bool {
    let reported = |place: Place| program.files.get(place.file.0 as usize).is_some_and(|source| source.reported);
    reported(site.place) || site.origin.as_ref().is_some_and(|origin| reported(origin.place))
}

/// The sites of one finding.
struct Group<'run> {
    program: &'run Program,
    rule: &'run Rule,
    sites: Vec<&'run Site>,
}

impl Group<'_> {
    fn finding(mut self, suppressions: &mut Suppressions, least: Confidence, hidden: &mut Hidden) -> Option<Finding> {
        self.sites.retain(|site| confidence(site.certainty) >= least);
        if self.sites.is_empty() {
            hidden.confidence += 1;
            return None;
        }
        let silenced = |place| suppressions.silences(self.rule.id, place);
        self.sites.retain(silent_on(silenced));
        if self.sites.is_empty() {
            hidden.suppressed += 1;
            return None;
        }
        Some(self.build())
    }

    fn build(mut self) -> Finding {
        self.sites.sort_by_cached_key(|site| order_of_execution(site));
        let primary = self.primary();
        let case = Case { program: self.program, site: primary };
        let cap = self.rule.page.severity;
        let worst = self.sites.iter().map(|site| severity(site, cap)).max().unwrap_or(cap);
        let surest = self.sites.iter().map(|site| site.certainty).max().unwrap_or(primary.certainty);
        Finding {
            rule: self.rule.id,
            severity: worst,
            confidence: confidence(surest),
            message: case.fill(self.rule.page.message),
            help: self.rule.page.fix.advise(&case),
            spot: spot(self.program, primary.place),
            also: self.also(primary.place),
            path: self.path(primary),
            origin: primary.origin.as_ref().map(|origin| spot(self.program, origin.place)),
            per_row: primary.per_row && primary.kind != EffectKind::Add,
            cost: primary.cost.to_string(),
            model: case.model().map(|model| model.label.to_string()),
            relation: case.spelled_path(),
            enclosing: primary.enclosing.to_string(),
            place: primary.root.as_str(),
            key: key(&case, self.rule.id),
            footprint: primary.footprint.clone(),
            evidence: None,
            edits: Vec::new(),
        }
    }

    /// Of the sites at the place that fires first, the one with the worst and surest case.
    fn primary(&self) -> &Site {
        let first = self.sites[0].place;
        let cap = self.rule.page.severity;
        let same_place = self.sites.iter().filter(|site| site.place == first);
        same_place.min_by_key(|site| Reverse((severity(site, cap), site.certainty))).unwrap_or(&self.sites[0])
    }

    fn also(&self, primary: Place) -> Vec<Spot> {
        let mut places = Vec::new();
        for site in self.sites.iter().filter(|site| site.place != primary) {
            if !places.contains(&site.place) {
                places.push(site.place);
            }
        }
        places.into_iter().map(|place| spot(self.program, place)).collect()
    }

    fn path(&self, site: &Site) -> Vec<PathStep> {
        let step = |step: &crate::domain::Step| PathStep {
            spot: spot(self.program, step.place),
            role: step.role.as_str(),
            message: step.message.clone(),
        };
        site.path.iter().map(step).collect()
    }
}

/// Keeps a site unless a comment silences it: at its own place, or at the origin of the whole finding.
fn silent_on(mut silenced: impl FnMut(Place) -> bool) -> impl FnMut(&&Site) -> bool {
    move |site| !silenced(site.place) && !site.origin.as_ref().is_some_and(|origin| silenced(origin.place))
}

/// Sites in the order in which they run: by the places of their paths, then by their own.
fn order_of_execution(site: &Site) -> (Vec<Place>, Place) {
    (site.path.iter().map(|step| step.place).collect(), site.place)
}

/// Rule, file, enclosing name and subject of the place where the fix belongs; no line numbers.
fn key(case: &Case, rule: &str) -> String {
    let site = case.site;
    let origin = site.origin.as_ref().filter(|_| site.relation.is_some());
    let (place, enclosing) = origin.map_or((site.place, site.enclosing), |origin| (origin.place, origin.enclosing));
    let model = case.model().map_or("?", |model| model.label.as_str());
    let subject = site.relation.unwrap_or(site.action);
    format!("{rule}:{}:{enclosing}:{model}.{subject}", spot(case.program, place).file)
}

fn rank(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (Reverse(a.severity), &a.spot, a.rule, &a.key).cmp(&(Reverse(b.severity), &b.spot, b.rule, &b.key))
    });
}

/// The second finding of equal key gets `#2`, in the order of the places.
fn number_equal_keys(findings: &mut [Finding]) {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|a, b| findings[*a].spot.cmp(&findings[*b].spot));
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    for index in order {
        let count = seen.entry(findings[index].key.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            findings[index].key = format!("{}#{count}", findings[index].key);
        }
    }
}

fn internal_note(program: &Program, key: &GroupKey) -> Note {
    let spot = spot(program, key.place);
    let message = format!("quell failed inside the rule {}: this finding is missing", key.rule);
    Note { file: Some(spot.file), line: Some(spot.line), kind: "internal", message }
}
