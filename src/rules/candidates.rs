//! Which query sites a rule's pattern matches, for rules that ask about the syntax around a site.
//!
//! Only the functions around sites that pass the rule's other questions are parsed again.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::capture::{Found, holds};
use super::database::Database;
use super::quiet::Quiet;
use super::registry::{Registry, Rule};
use crate::domain::{Place, Site};
use crate::project::Program;
use crate::source::FileId;
use crate::syntax::ir::Span;
use crate::syntax::{Match, Piece, Pieces, Search};

/// A pattern of a rule: the rule's id, and the pattern's number in it.
type Key = (&'static str, usize);

/// The places at which patterns of syntax match.
#[derive(Default)]
pub(super) struct Candidates {
    found: FxHashMap<Key, FxHashSet<Place>>,
}

/// A piece of a file, and the sites in it that a rule may speak of, by the rule's number.
type Waiting<'run> = FxHashMap<(FileId, Span), Vec<(usize, &'run Site)>>;

impl Candidates {
    /// Asks every rule that has a pattern of syntax.
    pub fn of(program: &Program, sites: &[Site], registry: &Registry, database: &Database, quiet: &Quiet) -> Self {
        let rules: Vec<&Rule> = registry.rules().iter().filter(|rule| rule.asks_syntax()).collect();
        let mut finder = Finder { program, pieces: FxHashMap::default(), waiting: FxHashMap::default() };
        for (number, rule) in rules.iter().enumerate() {
            let suits = |site: &&Site| rule.may_match(site, program, database);
            sites.iter().filter(suits).for_each(|site| finder.add(number, rule, site));
        }
        let asked = Asked { program, rules: &rules, searches: rules.iter().map(|_| OnceLock::new()).collect(), quiet };
        let found: Vec<_> =
            finder.waiting.into_par_iter().flat_map_iter(|(piece, sites)| asked.matches(piece, &sites)).collect();
        let mut candidates = Candidates::default();
        for (key, place) in found {
            candidates.found.entry(key).or_default().insert(place);
        }
        candidates
    }

    /// Whether the pattern matches at the place.
    pub fn has(&self, rule: &'static str, pattern: usize, place: Place) -> bool {
        self.found.get(&(rule, pattern)).is_some_and(|places| places.contains(&place))
    }
}

/// Which pieces are to be parsed.
struct Finder<'run> {
    program: &'run Program,
    pieces: FxHashMap<FileId, Pieces>,
    waiting: Waiting<'run>,
}

impl<'run> Finder<'run> {
    fn add(&mut self, number: usize, rule: &Rule, site: &'run Site) {
        if let Some(piece) = self.piece(rule, site.place) {
            self.waiting.entry((site.place.file, piece)).or_default().push((number, site));
        }
    }

    /// The piece around a place, where it holds a word of the rule.
    fn piece(&mut self, rule: &Rule, place: Place) -> Option<Span> {
        let text = &self.program.files.get(place.file.0 as usize)?.text;
        if self.program.module_of(place.file).is_none_or(|module| module.is_template || module.is_stub) {
            return None;
        }
        let piece = self.pieces.entry(place.file).or_insert_with(|| Pieces::of(text)).around(place.span)?;
        let inside = text.get(piece.start as usize..piece.end as usize)?;
        let has_word =
            |words: &[crate::syntax::Name]| words.is_empty() || words.iter().any(|w| inside.contains(w.as_str()));
        rule.patterns.iter().any(|pattern| has_word(&pattern.syntax.words)).then_some(piece)
    }
}

/// The rules that are asked, with their queries, compiled when first needed.
struct Asked<'run> {
    program: &'run Program,
    rules: &'run [&'run Rule],
    searches: Vec<OnceLock<Option<Search>>>,
    quiet: &'run Quiet,
}

impl Asked<'_> {
    /// The sites of a piece that patterns match; `sites` come in order of their rules.
    fn matches(&self, (file, span): (FileId, Span), sites: &[(usize, &Site)]) -> Vec<(Key, Place)> {
        let text = &self.program.files[file.0 as usize].text;
        let by_rule: Vec<&[(usize, &Site)]> = sites.chunk_by(|one, other| one.0 == other.0).collect();
        let inside = text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let number = Quiet::number(inside, by_rule.iter().map(|sites| self.rules[sites[0].0]));
        if self.quiet.holds(number) {
            return Vec::new();
        }
        let number_of = |rule| Quiet::number_of_one(inside, rule, "sites");
        let is_open = |sites: &&[(usize, &Site)]| !self.quiet.holds(number_of(self.rules[sites[0].0]));
        let by_rule: Vec<&[(usize, &Site)]> = by_rule.into_iter().filter(is_open).collect();
        let piece = if by_rule.is_empty() { None } else { Piece::parse(text, span) };
        let Some(piece) = piece else { return Vec::new() };
        let (mut kept, mut quiet) = (Vec::new(), Vec::new());
        for sites in &by_rule {
            let rule = self.rules[sites[0].0];
            let search = self.searches[sites[0].0].get_or_init(|| Search::compile(rule.query).ok());
            let found: Vec<Match> = search.iter().flat_map(|search| search.matches(&piece)).collect();
            if found.is_empty() {
                quiet.push(number_of(rule));
            }
            found.iter().for_each(|found| keep(&mut kept, self.program, rule, found, &piece, sites));
        }
        if quiet.len() == by_rule.len() {
            self.quiet.add(number);
        } else {
            quiet.into_iter().for_each(|number| self.quiet.add(number));
        }
        kept
    }
}

/// Keeps the sites that a match captures, where its predicates about other captures hold.
fn keep(
    into: &mut Vec<(Key, Place)>,
    program: &Program,
    rule: &Rule,
    found: &Match,
    piece: &Piece,
    sites: &[(usize, &Site)],
) {
    let (Some(span), Some(pattern)) = (found.capture("site"), rule.patterns.get(found.pattern)) else { return };
    for (_, site) in sites.iter().filter(|(_, site)| site.place.span == span) {
        let at = Found { program, file: site.place.file, piece, found };
        let is_right = |test| holds(test, &at, site);
        if pattern.captures.iter().all(is_right) {
            into.push(((rule.id, found.pattern), site.place));
        }
    }
}
