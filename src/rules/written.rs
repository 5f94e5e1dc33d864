//! Code that patterns with `@place` find: what is asked of the interpreter about it, and what becomes a finding.
//!
//! Patterns run before the interpreter, on those parts of the reported files that hold one of their words.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::capture::{CaptureTest, Captured, Found, is_doubtful, model_of};
use super::quiet::Quiet;
use super::registry::{Registry, Rule, RulePattern};
use crate::domain::{Certainty, Cost, EffectKind, Place, Role, RootKind, Site, Step, Verb};
use crate::interpret::Values;
use crate::project::{Module, Program};
use crate::syntax::ir::{Span, Stmt, StmtKind};
use crate::syntax::{Match, Name, Piece, Pieces, Search};

/// Code that may break rules, before values are known.
#[derive(Debug, Default)]
pub struct Written {
    found: Vec<Suspect>,
}

/// One match of a rule's pattern.
#[derive(Debug)]
struct Suspect {
    rule: &'static str,
    tests: Vec<CaptureTest>,
    captured: Captured,
    enclosing: Name,
}

/// A rule with its query, compiled when first needed.
struct Asked<'r> {
    rule: &'r Rule,
    search: OnceLock<Option<Search>>,
}

impl Asked<'_> {
    fn matches(&self, piece: &Piece) -> Vec<Match> {
        let search = self.search.get_or_init(|| Search::compile(self.rule.query).ok());
        search.iter().flat_map(|search| search.matches(piece)).collect()
    }
}

impl Written {
    /// Runs the patterns of all rules that speak of code.
    ///
    /// Pieces that are known to be quiet are passed by.
    pub fn of(program: &Program, registry: &Registry, quiet: &Quiet) -> Written {
        let rules = registry.rules().iter().filter(|rule| rule.is_about_code());
        let asked: Vec<Asked> = rules.map(|rule| Asked { rule, search: OnceLock::new() }).collect();
        let is_reported = |module: &&Module| {
            let source = program.files.get(module.file.0 as usize);
            !module.is_stub && !module.is_template && source.is_some_and(|source| source.reported)
        };
        let modules: Vec<&Module> = program.modules.iter().filter(is_reported).collect();
        let found = modules.par_iter().flat_map(|module| in_module(program, module, &asked, quiet)).collect();
        Written { found }
    }

    /// The expressions whose values decide.
    pub fn asked(&self) -> FxHashSet<Place> {
        let of = |suspect: &Suspect| -> Vec<Place> {
            let captures = suspect.tests.iter().filter_map(CaptureTest::asks_value_of);
            captures.filter_map(|capture| suspect.captured.place(capture)).collect()
        };
        self.found.iter().flat_map(of).collect()
    }

    /// What breaks a rule, once the values are known: the rule, and a site for the code.
    pub fn sites(&self, program: &Program, values: &Values) -> Vec<(&'static str, Site)> {
        let is_broken =
            |suspect: &&Suspect| suspect.tests.iter().all(|test| test.holds_of(&suspect.captured, values, program));
        self.found.iter().filter(is_broken).filter_map(|suspect| suspect.site(values)).collect()
    }
}

fn in_module(program: &Program, module: &Module, asked: &[Asked], quiet: &Quiet) -> Vec<Suspect> {
    let Some(source) = program.files.get(module.file.0 as usize) else { return Vec::new() };
    let text = source.text.as_str();
    let speaks = |rule: &Rule, text: &str| rule.patterns.iter().any(|pattern| says(pattern, text));
    let asked: Vec<&Asked> = asked.iter().filter(|one| speaks(one.rule, text)).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for span in Pieces::of(text).all() {
        let Some(inside) = text.get(span.start as usize..span.end as usize) else { continue };
        let asked: Vec<&&Asked> = asked.iter().filter(|one| speaks(one.rule, inside)).collect();
        if asked.is_empty() {
            continue;
        }
        let number = Quiet::number(inside, asked.iter().map(|one| one.rule));
        if quiet.holds(number) {
            continue;
        }
        let number_of = |rule| Quiet::number_of_one(inside, rule, "code");
        let asked: Vec<&Asked> = asked.into_iter().copied().filter(|one| !quiet.holds(number_of(one.rule))).collect();
        let piece = if asked.is_empty() { None } else { Piece::parse(text, *span) };
        let Some(piece) = piece else { continue };
        let mut matches: Vec<(&Rule, Match)> = Vec::new();
        let mut none = Vec::new();
        for one in &asked {
            let mut found = one.matches(&piece);
            found.retain(|found| one.rule.patterns.get(found.pattern).is_some_and(|pattern| pattern.is_of_code));
            if found.is_empty() {
                none.push(number_of(one.rule));
            }
            matches.extend(found.into_iter().map(|found| (one.rule, found)));
        }
        if matches.is_empty() {
            quiet.add(number);
        } else {
            none.into_iter().for_each(|number| quiet.add(number));
        }
        found.extend(matches.iter().filter_map(|(rule, found)| suspect(program, module, rule, &piece, found)));
    }
    found
}

/// Whether a text holds a word that the pattern needs.
fn says(pattern: &RulePattern, text: &str) -> bool {
    let words = &pattern.syntax.words;
    pattern.is_of_code && (words.is_empty() || words.iter().any(|word| text.contains(word.as_str())))
}

fn suspect(program: &Program, module: &Module, rule: &Rule, piece: &Piece, found: &Match) -> Option<Suspect> {
    let pattern = rule.patterns.get(found.pattern)?;
    let at = Found { program, file: module.file, piece, found };
    let place = found.capture("place")?;
    if !pattern.captures.iter().all(|test| test.may_hold(&at)) {
        return None;
    }
    let texts = found.captures.iter().map(|(name, span)| (*name, Name::new(&one_line(piece.text(*span)))));
    Some(Suspect {
        rule: rule.id,
        tests: pattern.captures.clone(),
        captured: Captured { file: module.file, texts: texts.collect(), spans: found.captures.clone() },
        enclosing: enclosing(&module.outline.body, place).unwrap_or(Name::new("<module>")),
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The function or class of the outline around a place.
fn enclosing(statements: &[Stmt], place: Span) -> Option<Name> {
    statements.iter().find_map(|statement| match &statement.kind {
        StmtKind::Function(function) => {
            let end = function.body.span().end;
            (function.span.start <= place.start && place.end <= end).then_some(function.qualified)
        }
        StmtKind::Class(class) => {
            let is_inside =
                class.body.iter().any(|inner| inner.span.start <= place.start && place.end <= inner.span.end);
            enclosing(&class.body, place).or_else(|| is_inside.then_some(class.qualified))
        }
        StmtKind::If { body, orelse, .. } => enclosing(body, place).or_else(|| enclosing(orelse, place)),
        StmtKind::Try { body, orelse, finally, .. } => {
            [body, orelse, finally].into_iter().find_map(|block| enclosing(block, place))
        }
        _ => None,
    })
}

impl Suspect {
    fn site(&self, values: &Values) -> Option<(&'static str, Site)> {
        let place = self.captured.place(Name::new("place"))?;
        let is_doubtful = is_doubtful(&self.tests, &self.captured, values);
        let site = Site {
            kind: EffectKind::Code,
            verb: Verb::Select,
            model: model_of(&self.tests, &self.captured, values),
            relation: None,
            action: Name::new(self.rule),
            place,
            path: vec![Step { role: Role::Read, place, message: "here".to_owned() }],
            origin: None,
            cost: Cost { factors: Vec::new() },
            per_row: false,
            varies: false,
            certainty: if is_doubtful { Certainty::Medium } else { Certainty::High },
            doubts: Vec::new(),
            root: RootKind::Unknown,
            enclosing: self.enclosing,
            asked: None,
            footprint: None,
            read_next: None,
            fault: None,
            captured: self.captured.texts.clone(),
        };
        Some((self.rule, site))
    }
}
