//! Which query sites a rule's pattern matches, for rules that ask about the syntax around a site.
//!
//! Only the functions around sites that pass the rule's other questions are parsed again.

use rustc_hash::{FxHashMap, FxHashSet};

use super::capture::{Found, holds};
use super::database::Database;
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

/// Sites of one piece of a file that a rule may speak of.
type Waiting<'run> = FxHashMap<(FileId, Span), Vec<&'run Site>>;

impl Candidates {
    /// Asks every rule that has a pattern of syntax.
    pub fn of(program: &Program, sites: &[Site], registry: &Registry, database: &Database) -> Self {
        let mut finder = Finder {
            program,
            pieces: FxHashMap::default(),
            parsed: FxHashMap::default(),
            candidates: Candidates::default(),
        };
        for rule in registry.rules().iter().filter(|rule| rule.asks_syntax()) {
            let suits = |site: &&Site| rule.may_match(site, program, database);
            finder.ask(rule, sites.iter().filter(suits));
        }
        finder.candidates
    }

    /// Whether the pattern matches at the place.
    pub fn has(&self, rule: &'static str, pattern: usize, place: Place) -> bool {
        self.found.get(&(rule, pattern)).is_some_and(|places| places.contains(&place))
    }
}

struct Finder<'run> {
    program: &'run Program,
    pieces: FxHashMap<FileId, Pieces>,
    /// The pieces that some rule asked about; `None` where one does not parse.
    parsed: FxHashMap<(FileId, Span), Option<Piece<'run>>>,
    candidates: Candidates,
}

impl<'run> Finder<'run> {
    fn ask<'s>(&mut self, rule: &Rule, sites: impl Iterator<Item = &'s Site>) {
        let mut waiting: Waiting = FxHashMap::default();
        for site in sites {
            if let Some(piece) = self.piece(rule, site.place) {
                waiting.entry((site.place.file, piece)).or_default().push(site);
            }
        }
        if waiting.is_empty() {
            return;
        }
        let Ok(search) = Search::compile(rule.query) else { return };
        let program: &'run Program = self.program;
        for ((file, span), sites) in waiting {
            let parse = || Piece::parse(&program.files[file.0 as usize].text, span);
            let Some(piece) = self.parsed.entry((file, span)).or_insert_with(parse) else { continue };
            for found in search.matches(piece) {
                keep(&mut self.candidates, program, rule, &found, piece, &sites);
            }
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

/// Keeps the sites that a match captures, where its predicates about other captures hold.
fn keep(into: &mut Candidates, program: &Program, rule: &Rule, found: &Match, piece: &Piece, sites: &[&Site]) {
    let (Some(span), Some(pattern)) = (found.capture("site"), rule.patterns.get(found.pattern)) else { return };
    for site in sites.iter().filter(|site| site.place.span == span) {
        let at = Found { program, file: site.place.file, piece, found };
        let is_right = |test| holds(test, &at, site);
        if pattern.captures.iter().all(is_right) {
            into.found.entry((rule.id, found.pattern)).or_default().insert(site.place);
        }
    }
}
