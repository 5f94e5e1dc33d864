//! Query sites to findings: which rule speaks, which sites make one finding, and how bad it is.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::baseline::Unsure;
use super::candidates::Candidates;
use super::case::{Case, spot};
use super::database::{Database, figures};
use super::eager;
use super::finding::{Confidence, Finding, Note, PathStep, Severity, Spot};
use super::home::Home;
use super::quiet::Quiet;
use super::registry::{Asked, Registry, Rule};
use super::severity::{confidence, severity};
use super::suppress::Suppressions;
use crate::config::Config;
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
    /// Away from the changed lines that were asked for.
    pub unchanged: usize,
}

/// What the rules say about one program, or about several once they are taken together.
#[derive(Debug, Default)]
pub struct Judgement {
    /// In no order before `ranked`.
    pub findings: Vec<Finding>,
    /// What was left out.
    pub hidden: Hidden,
    /// Those below the confidence.
    pub unsure: Vec<Unsure>,
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

/// How to judge.
#[derive(Debug)]
pub struct JudgeOptions {
    /// Findings below it are counted, not made.
    pub least_confidence: Confidence,
    /// The project root: the keys of findings name files relative to it.
    pub root: PathBuf,
    /// Which rules speak where, and how severe they are.
    pub config: Arc<Config>,
    /// What a profile of the database tells; nothing without a profile.
    pub database: Database,
    /// Code of which it is known that patterns find nothing there.
    pub quiet: Quiet,
}

/// Asks the rules about every site and makes findings of what they match; `written` is code that has been found to break a
/// rule.
pub fn judge(
    program: &Program,
    sites: &[Site],
    written: &[(&'static str, Site)],
    registry: &Registry,
    options: &JudgeOptions,
) -> Judgement {
    let mut judgement = Judgement::default();
    let mut suppressions = Suppressions::new(program);
    let mut mended = Vec::new();
    for (key, sites) in groups(program, sites, written, registry, options) {
        let Some(rule) = registry.rule(key.rule) else { continue };
        let verdict = catch_unwind(AssertUnwindSafe(|| {
            let group = Group { program, rule, sites, options };
            group.finding(&mut suppressions, &mut judgement)
        }));
        match verdict {
            Ok(Some((finding, primary))) => {
                if rule.page.mend.is_eager_load(&Case { program, site: primary }) {
                    mended.push((judgement.findings.len(), primary));
                }
                judgement.findings.push(finding);
            }
            Ok(None) => {}
            Err(_) => judgement.notes.push(internal_note(program, &key)),
        }
    }
    eager::mend(program, sites, &mut judgement.findings, &mended);
    judgement.notes.extend(suppressions.notes(registry, |rule| options.config.rules.allows(rule)));
    judgement
}

impl Judgement {
    /// Adds what the rules say about another program of the run.
    pub fn extend(&mut self, other: Judgement) {
        self.findings.extend(other.findings);
        self.notes.extend(other.notes);
        self.unsure.extend(other.unsure);
        self.hidden.suppressed += other.hidden.suppressed;
        self.hidden.baseline += other.hidden.baseline;
        self.hidden.confidence += other.hidden.confidence;
        self.hidden.unchanged += other.hidden.unchanged;
    }

    /// Orders the findings by severity, then file, line, column, rule, and numbers equal keys.
    pub fn ranked(mut self) -> Judgement {
        rank(&mut self.findings);
        number_equal_keys(&mut self.findings);
        self
    }
}

/// Matching sites by finding, those of files that are reported only.
fn groups<'run>(
    program: &Program,
    sites: &'run [Site],
    written: &'run [(&'static str, Site)],
    registry: &Registry,
    options: &JudgeOptions,
) -> BTreeMap<GroupKey, Vec<&'run Site>> {
    let mut groups: BTreeMap<GroupKey, Vec<&Site>> = BTreeMap::new();
    let database = &options.database;
    let candidates = Candidates::of(program, sites, registry, database, &options.quiet);
    let asked = Asked { program, database, candidates: &candidates };
    for site in sites.iter().filter(|site| is_reported(program, site)) {
        let rules = registry.rules_for(site, &asked).into_iter();
        for rule in rules.filter(|rule| options.config.allows(rule.id, file_of(program, site.place))) {
            groups.entry(group_key(rule.id, site)).or_default().push(site);
        }
    }
    for (rule, site) in written.iter().filter(|(rule, site)| options.config.allows(rule, file_of(program, site.place)))
    {
        groups.entry(group_key(rule, site)).or_default().push(site);
    }
    groups
}

/// A write, a look-up or what does not grow is mended where it stands; only a relation that is read once per row is
/// mended at the query that made the rows.
fn group_key(rule: &'static str, site: &Site) -> GroupKey {
    let origin = site.origin.as_ref().filter(|_| site.relation.is_some() && site.per_row);
    let place = origin.map_or(site.place, |origin| origin.place);
    GroupKey { rule, place, model: site.model, relation: site.relation }
}

/// A finding concerns a file when it fires there or is mended there.
fn is_reported(program: &Program, site: &Site) -> bool {
    let reported = |place: Place| program.files.get(place.file.0 as usize).is_some_and(|source| source.reported);
    reported(site.place) || site.origin.as_ref().is_some_and(|origin| reported(origin.place))
}

fn file_of(program: &Program, place: Place) -> &Path {
    program.files.get(place.file.0 as usize).map_or(Path::new(""), |source| &source.path)
}

/// The sites of one finding.
struct Group<'run> {
    program: &'run Program,
    rule: &'run Rule,
    sites: Vec<&'run Site>,
    options: &'run JudgeOptions,
}

impl<'run> Group<'run> {
    /// The finding, with the site that speaks for it.
    fn finding(mut self, suppressions: &mut Suppressions, judgement: &mut Judgement) -> Option<(Finding, &'run Site)> {
        let least = self.least_confidence();
        let most = self.rule.page.confidence;
        let is_sure = |site: &&Site| confidence(site.certainty).min(most) >= least;
        let sure = self.sites.iter().filter(|site| is_sure(site)).count();
        let home = self.sites.first().map(|site| Home::of(&Case { program: self.program, site })).unwrap_or_default();
        // Every site is asked about, so that a comment on one that is hidden anyway counts as used.
        let silenced = |place| suppressions.silences(self.rule.id, place);
        self.sites.retain(silent_on(silenced));
        self.sites.retain(is_sure);
        match (self.sites.is_empty(), sure) {
            (true, 0) => {
                judgement.hidden.confidence += 1;
                judgement.unsure.push((self.rule.id, home));
            }
            (true, _) => judgement.hidden.suppressed += 1,
            (false, _) => return Some(self.build()),
        }
        None
    }

    fn least_confidence(&self) -> Confidence {
        let set = self.options.config.confidence.get(self.rule.id);
        set.and_then(|word| Confidence::from_word(word)).unwrap_or(self.options.least_confidence)
    }

    /// The severity that the configuration sets.
    fn set_severity(&self, primary: &Site) -> Option<Severity> {
        let set = self.options.config.severity(self.rule.id, file_of(self.program, primary.place));
        set.and_then(Severity::from_word)
    }

    /// The severity of the worst site.
    fn severity(&self) -> Severity {
        let cap = self.rule.page.severity;
        self.sites.iter().map(|site| severity(site, cap)).max().unwrap_or(cap)
    }

    fn build(mut self) -> (Finding, &'run Site) {
        self.sites.sort_by_cached_key(|site| order_of_execution(site));
        let primary = self.primary();
        let case = Case { program: self.program, site: primary };
        let surest = self.sites.iter().map(|site| site.certainty).max().unwrap_or(primary.certainty);
        let home = Home::of(&case);
        let set = self.set_severity(primary);
        let finding = Finding {
            rule: self.rule.id,
            severity: set.unwrap_or_else(|| self.severity()),
            confidence: confidence(surest).min(self.rule.page.confidence),
            message: self.with_numbers(primary, case.fill(self.rule.page.message)),
            help: self.help(&case),
            spot: spot(self.program, primary.place),
            also: self.also(primary),
            path: self.path(primary),
            origin: primary.origin.as_ref().map(|origin| spot(self.program, origin.place)),
            per_row: primary.per_row && primary.kind != EffectKind::Add,
            cost: primary.cost.to_string(),
            model: case.model().map(|model| model.label.to_string()),
            relation: case.spelled_path(),
            enclosing: primary.enclosing.to_string(),
            place: primary.root.as_str(),
            key: home.key(self.rule.id, &self.options.root),
            home,
            degree: primary.cost.degree(),
            factors: primary.cost.factors.clone(),
            limits: set.map_or((Severity::Low, self.rule.page.severity), |set| (set, set)),
            mends_all: None,
            // That of a migration says which table is meant, for a profile; the statement is another.
            footprint: primary.footprint.clone().filter(|_| primary.kind != EffectKind::Migrate),
            evidence: None,
            edits: Vec::new(),
        };
        (finding, primary)
    }

    /// What to write instead: as the page says, else as its technique makes of the case.
    fn help(&self, case: &Case) -> String {
        let page = &self.rule.page;
        page.help.map_or_else(|| page.mend.advise(case), |help| case.fill(help))
    }

    /// A text with what the database says of the statement.
    fn with_numbers(&self, site: &Site, text: String) -> String {
        figures(&self.options.database, site).map_or_else(|| text.clone(), |figures| figures.fill(&text))
    }

    /// Of the sites at the place that fires first, the one with the worst and surest case.
    fn primary(&self) -> &'run Site {
        let first = self.sites[0].place;
        let cap = self.rule.page.severity;
        let same_place = self.sites.iter().filter(|site| site.place == first);
        same_place.copied().min_by_key(|site| Reverse((severity(site, cap), site.certainty))).unwrap_or(self.sites[0])
    }

    /// The other places that fire, and the calls in other loops that lead to the one that does.
    fn also(&self, primary: &Site) -> Vec<Spot> {
        let elsewhere = self.sites.iter().map(|site| site.place).filter(|place| *place != primary.place);
        let beside = self.sites.iter().filter(|site| site.place == primary.place && site.relation.is_none());
        let calls = beside.filter_map(|site| site.called_from()).filter(|call| Some(*call) != primary.called_from());
        let mut places: Vec<Place> = Vec::new();
        for place in elsewhere.chain(calls) {
            if !places.contains(&place) {
                places.push(place);
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
    move |site| {
        let at_origin = site.origin.as_ref().is_some_and(|origin| silenced(origin.place));
        !silenced(site.place) && !at_origin
    }
}

/// Sites in the order in which they run: by the places of their paths, then by their own.
fn order_of_execution(site: &Site) -> (Vec<Place>, Place) {
    (site.path.iter().map(|step| step.place).collect(), site.place)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Certainty, RootKind, Size};
    use crate::rules::finding::Severity;
    use crate::rules::shop::{Shop, shop};

    fn judged(shop: &Shop, sites: &[Site]) -> Judgement {
        judge(&shop.program, sites, &[], &Registry::builtin().unwrap(), &crate::rules::shop::options()).ranked()
    }

    #[test]
    fn a_lazy_load_per_row_says_what_costs_what_and_where_to_mend_it() {
        let shop = shop();
        let finding = judged(&shop, &[shop.author_of_book()]).findings.remove(0);
        assert_eq!(finding.rule, "lazy-load-per-row");
        assert_eq!(finding.message, "`book.author` runs one query per shop.Book: 1 + N(shop.Book)");
        assert_eq!(finding.help, "add `.select_related(\"author\")` to the query on line 2 of shop/views.py");
        assert_eq!(finding.key, "lazy-load-per-row:shop/views.py:shelf:shop.Book.author");
        assert_eq!((finding.spot.line, finding.spot.column), (4, 15));
        assert_eq!((finding.severity, finding.confidence), (Severity::Critical, Confidence::High));
    }

    #[test]
    fn relations_through_rows_are_spelled_from_the_origin() {
        let shop = shop();
        let finding = judged(&shop, &[shop.publisher_of_author()]).findings.remove(0);
        assert_eq!(finding.relation.as_deref(), Some("author__publisher"));
        assert_eq!(finding.model.as_deref(), Some("shop.Author"));
        assert!(finding.help.starts_with("add `.select_related(\"author__publisher\")`"));
    }

    #[test]
    fn sets_are_prefetched_and_narrowed_sets_under_a_name_of_their_own() {
        let shop = shop();
        let help = |action: &str| judged(&shop, &[shop.tags_of_book(action)]).findings.remove(0).help;
        assert!(help("all").starts_with("add `.prefetch_related(\"tags\")`"));
        assert!(help("filter").contains("Prefetch(\"tags\", queryset=Tag.objects.…, to_attr=\"chosen_tags\")"));
    }

    #[test]
    fn places_of_one_origin_and_relation_are_one_finding() {
        let shop = shop();
        let (first, mut second) = (shop.author_of_book(), shop.author_of_book());
        second.place = shop.place("book.author", 1);
        second.path.last_mut().unwrap().place = second.place;
        let judgement = judged(&shop, &[second.clone(), first.clone(), second]);
        assert_eq!(judgement.findings.len(), 1);
        assert_eq!(judgement.findings[0].spot.line, 4);
        assert_eq!(judgement.findings[0].also.iter().map(|spot| spot.line).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn a_key_read_is_its_own_rule_and_names_the_key_attribute() {
        let shop = shop();
        for read in ["pk", "id"] {
            let site = Site { read_next: Some(Name::new(read)), ..shop.author_of_book() };
            let finding = judged(&shop, &[site]).findings.remove(0);
            assert_eq!(finding.rule, "foreign-key-id-via-row");
            assert_eq!(finding.help, "read `book.author_id`: the row already holds the key");
        }
        let site = Site { read_next: Some(Name::new("name")), ..shop.author_of_book() };
        assert_eq!(judged(&shop, &[site]).findings[0].rule, "lazy-load-per-row");
    }

    #[test]
    fn severity_grows_with_the_cost_and_the_place() {
        let shop = shop();
        let severity = |factors: Vec<Size>, root| {
            let site = Site { cost: crate::domain::Cost { factors }, root, ..shop.author_of_book() };
            judged(&shop, &[site]).findings[0].severity
        };
        let rows = || Size::Rows(Name::new("shop.Book"));
        assert_eq!(severity(vec![rows()], RootKind::Request), Severity::Critical);
        assert_eq!(severity(vec![rows()], RootKind::Unknown), Severity::High);
        assert_eq!(severity(vec![rows()], RootKind::Background), Severity::Medium);
        assert_eq!(severity(vec![rows(), rows()], RootKind::Background), Severity::High);
        assert_eq!(severity(vec![Size::Bounded(Some(25))], RootKind::Request), Severity::High);
        assert_eq!(severity(vec![Size::Bounded(None)], RootKind::Background), Severity::Low);
    }

    #[test]
    fn low_confidence_is_counted_and_not_shown() {
        let shop = shop();
        let judgement = judged(&shop, &[Site { certainty: Certainty::Low, ..shop.author_of_book() }]);
        assert!(judgement.findings.is_empty());
        assert_eq!(judgement.hidden, Hidden { confidence: 1, ..Hidden::default() });
    }

    #[test]
    fn a_comment_on_the_origin_silences_the_finding_and_on_a_place_the_place() {
        let judged_with = |line, comment| {
            let shop = Shop::with_comment(line, comment);
            let second = Site { place: shop.place("book.author", 1), ..shop.author_of_book() };
            judged(&shop, &[shop.author_of_book(), second])
        };
        let on_place = judged_with(4, "# quell: ignore[lazy-load-per-row] few rows");
        assert_eq!(on_place.findings[0].spot.line, 5);
        assert_eq!(on_place.hidden.suppressed, 0);
        let on_origin = judged_with(2, "# quell: ignore[lazy-load-per-row] few rows");
        assert!(on_origin.findings.is_empty());
        assert_eq!(on_origin.hidden.suppressed, 1);
        let other = judged_with(2, "# quell: ignore[another-rule] few rows");
        assert_eq!(other.findings.len(), 1);
    }

    #[test]
    fn equal_keys_are_numbered_in_the_order_of_the_file() {
        let shop = shop();
        let (mut first, mut second) = (shop.author_of_book(), shop.author_of_book());
        (first.origin, second.origin) = (None, None);
        second.place = shop.place("book.author", 1);
        second.root = RootKind::Request;
        first.root = RootKind::Background;
        let keys: Vec<String> = judged(&shop, &[first, second]).findings.into_iter().map(|found| found.key).collect();
        assert_eq!(
            keys,
            [
                "lazy-load-per-row:shop/views.py:shelf:shop.Book.author#2",
                "lazy-load-per-row:shop/views.py:shelf:shop.Book.author",
            ]
        );
    }

    #[test]
    fn sites_that_do_not_grow_are_no_finding() {
        let shop = shop();
        assert!(judged(&shop, &[Site { per_row: false, ..shop.author_of_book() }]).findings.is_empty());
    }
}
