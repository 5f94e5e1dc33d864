//! The registry: every rule of `queries/`, in the order in which they are asked.
//!
//! The first rule that matches a site speaks for it. A rule that is a special case of another says so in its own
//! front matter (`before: [other]`); among the rest the order is that of their names. Rules of the user's own are policies:
//! each speaks for itself, beside those of `queries/`.

use std::path::{Path, PathBuf};

use super::candidates::Candidates;
use super::capture::CaptureTest;
use super::database::Database;
use super::page::Page;
use super::predicate::Test;
use crate::domain::Site;
use crate::project::Program;
use crate::syntax::ir::Span;
use crate::syntax::{Pattern, PatternError, check_against_grammar};

/// The two files of a rule.
pub(super) struct Source {
    pub group: &'static str,
    pub id: &'static str,
    pub query: &'static str,
    pub page: &'static str,
    /// The query file of a rule of the user's own, as shown.
    pub file: Option<&'static str>,
}

const SOURCES: &[Source] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// A rule: its query and its page.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, kebab-case.
    pub id: &'static str,
    /// The folder it lies in.
    pub group: &'static str,
    /// The text of its query.
    pub query: &'static str,
    /// Its page.
    pub page: Page,
    /// The query file, for a rule of the user's own.
    pub file: Option<&'static str>,
    /// The patterns of its query; one that matches is enough.
    pub patterns: Vec<RulePattern>,
}

/// A pattern with its semantic predicates read.
///
/// A pattern with `@site` speaks of query sites: a site pattern (`syntax.is_site_only`) is asked of every one, any other of
/// those that it finds in the syntax. A pattern with `@place` speaks of code.
#[derive(Clone, Debug)]
pub struct RulePattern {
    /// The syntactic part and the predicates as written.
    pub syntax: Pattern,
    /// It speaks of code, not of a query site.
    pub is_of_code: bool,
    /// The semantic predicates about the site; all must hold.
    pub tests: Vec<Test>,
    /// The semantic predicates about other captures; all must hold.
    pub captures: Vec<CaptureTest>,
}

/// What rules are asked with.
pub(super) struct Asked<'run> {
    pub program: &'run Program,
    pub database: &'run Database,
    pub candidates: &'run Candidates,
}

/// Rules of one voice take turns: the first that matches a site speaks for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// What the code says.
    Code,
    /// What index a database lacks.
    Index,
    /// How much a database has.
    Volume,
    /// The user's own rules: each speaks for itself.
    Own,
}

/// A rule that can't be used, and where in its files the reason is.
#[derive(Debug, thiserror::Error)]
#[error("rule {rule}: {problem}")]
pub struct RuleError {
    /// The rule's name.
    pub rule: String,
    /// The file, as shown.
    pub file: String,
    /// What is wrong, lower case, without a full stop.
    pub problem: String,
    /// Where in the file.
    pub span: Span,
    /// The text of the file.
    pub text: String,
}

impl RuleError {
    pub(super) fn new(rule: &str, file: String, text: &str, error: PatternError) -> RuleError {
        RuleError { rule: rule.to_owned(), file, problem: error.message, span: error.span, text: text.to_owned() }
    }
}

/// All rules in the order in which they are asked.
#[derive(Clone, Debug)]
pub struct Registry {
    rules: Vec<Rule>,
}

impl Registry {
    /// The rules that are compiled in.
    pub fn builtin() -> Result<Registry, RuleError> {
        let rules = SOURCES.iter().map(Rule::read).collect::<Result<Vec<_>, _>>()?;
        Ok(Registry { rules: in_order(rules)? })
    }

    /// The rules that are compiled in, and those of the user's folders.
    ///
    /// # Errors
    /// When a rule of a folder can't be used.
    pub fn with(folders: &[PathBuf]) -> Result<Registry, RuleError> {
        let mut registry = Registry::builtin()?;
        for folder in folders {
            registry.add(folder)?;
        }
        Ok(registry)
    }

    fn add(&mut self, folder: &Path) -> Result<(), RuleError> {
        for source in super::folder::sources(folder)? {
            let rule = Rule::read(&source)?;
            if self.rule(rule.id).is_some_and(|known| known.file == rule.file) {
                continue;
            }
            if self.rule(rule.id).is_some() {
                return Err(rule.error(PatternError::new("there is another rule of this name", Span::default())));
            }
            rule.check_grammar()?;
            self.rules.push(rule);
        }
        Ok(())
    }

    /// The rules in the order in which they are asked.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this name.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The rules that speak for a site: the first of each voice that matches, and every one of the user's own that does.
    pub(super) fn rules_for(&self, site: &Site, asked: &Asked) -> Vec<&Rule> {
        let matching = |voice| self.rules.iter().filter(move |rule| rule.voice() == voice && rule.matches(site, asked));
        let first = [Voice::Code, Voice::Index, Voice::Volume].into_iter().filter_map(|voice| matching(voice).next());
        first.chain(matching(Voice::Own)).collect()
    }

    /// Asks the Python grammar about every query; reading alone does not, because that takes a while.
    pub fn check_grammar(&self) -> Result<(), RuleError> {
        self.rules.iter().try_for_each(Rule::check_grammar)
    }
}

impl Rule {
    fn read(source: &Source) -> Result<Rule, RuleError> {
        let query = source.file.map_or_else(|| format!("{}.scm", source.id), str::to_owned);
        let of_page = |error| {
            let file = format!("{}.md", query.trim_end_matches(".scm"));
            RuleError::new(source.id, file, source.page, error)
        };
        let page = Page::read(source.page).map_err(of_page)?;
        let of_query = |error| RuleError::new(source.id, query.clone(), source.query, error);
        let patterns = patterns(source.query).map_err(of_query)?;
        Ok(Rule { id: source.id, group: source.group, query: source.query, page, file: source.file, patterns })
    }

    /// Whether the rule has a pattern that asks about the syntax around a site.
    pub(super) fn asks_syntax(&self) -> bool {
        self.patterns.iter().any(|pattern| !pattern.syntax.is_site_only)
    }

    /// Whether the rule has a pattern that speaks of code.
    pub(super) fn is_about_code(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.is_of_code)
    }

    /// Whether a pattern of syntax might match the site: its questions about the site itself are answered.
    pub(super) fn may_match(&self, site: &Site, program: &Program, database: &Database) -> bool {
        let is_open = |pattern: &&RulePattern| !pattern.syntax.is_site_only && !pattern.is_of_code;
        self.patterns.iter().filter(is_open).any(|pattern| pattern.suits(site, program, database))
    }

    /// With whom it takes turns: what is wrong with the code is one thing, what the database says of it another.
    fn voice(&self) -> Voice {
        match (self.file, self.group) {
            (Some(_), _) => Voice::Own,
            (None, "database") => Voice::Index,
            (None, "volume") => Voice::Volume,
            (None, _) => Voice::Code,
        }
    }

    fn matches(&self, site: &Site, asked: &Asked) -> bool {
        self.patterns.iter().enumerate().filter(|(_, pattern)| !pattern.is_of_code).any(|(number, pattern)| {
            pattern.suits(site, asked.program, asked.database)
                && (pattern.syntax.is_site_only || asked.candidates.has(self.id, number, site.place))
        })
    }

    fn check_grammar(&self) -> Result<(), RuleError> {
        let patterns: Vec<Pattern> = self.patterns.iter().map(|pattern| pattern.syntax.clone()).collect();
        check_against_grammar(self.query, &patterns).map_err(|error| self.error(error))
    }

    fn error(&self, error: PatternError) -> RuleError {
        let file = self.file.map_or_else(|| format!("{}.scm", self.id), str::to_owned);
        RuleError::new(self.id, file, self.query, error)
    }
}

impl RulePattern {
    /// Whether the questions about the site itself are answered.
    fn suits(&self, site: &Site, program: &Program, database: &Database) -> bool {
        self.tests.iter().all(|test| test.passes(site, program, database))
    }
}

fn patterns(query: &str) -> Result<Vec<RulePattern>, PatternError> {
    Pattern::read_all(query)?.into_iter().map(rule_pattern).collect()
}

/// Predicates about `@site` ask the interpreter of a query; those about other captures ask what was captured.
fn rule_pattern(syntax: Pattern) -> Result<RulePattern, PatternError> {
    let (mut tests, mut captures) = (Vec::new(), Vec::new());
    let has = |name: &str| syntax.captures.iter().any(|capture| *capture == name);
    let is_of_code = has("place");
    if is_of_code == has("site") {
        let problem =
            "a pattern captures `@site`, an expression that sends a query, or `@place`, any code: one of the two";
        return Err(PatternError::new(problem, syntax.span));
    }
    for call in syntax.predicates.iter().filter(|call| !call.is_textual()) {
        match CaptureTest::read(call, &syntax)? {
            Some(test) => captures.push(test),
            None => tests.push(Test::read(call)?),
        }
    }
    Ok(RulePattern { is_of_code, tests, captures, syntax })
}

/// Moves each rule in front of those it names in `before`; among the rest, what grows with the rows comes before what
/// is asked of the syntax, and then the names decide.
fn in_order(rules: Vec<Rule>) -> Result<Vec<Rule>, RuleError> {
    let mut rules = rules;
    rules.sort_by_key(|rule| (rule.asks_syntax(), rule.id));
    reject_unknown_names(&rules)?;
    let mut ordered: Vec<Rule> = Vec::new();
    while !rules.is_empty() {
        let is_free = |rule: &Rule| !rules.iter().any(|other| other.page.before.contains(&rule.id));
        let Some(next) = rules.iter().position(is_free) else {
            let why = PatternError::new("its `before` and those of others go round in a circle", Span::default());
            return Err(rules[0].error(why));
        };
        ordered.push(rules.remove(next));
    }
    Ok(ordered)
}

fn reject_unknown_names(rules: &[Rule]) -> Result<(), RuleError> {
    for rule in rules {
        if let Some(name) = rule.page.before.iter().find(|name| !rules.iter().any(|other| other.id == **name)) {
            return Err(rule.error(PatternError::new(format!("`before` names no rule: {name}"), Span::default())));
        }
    }
    Ok(())
}

/// The problem of a query, as text.
#[cfg(test)]
pub fn rule_error_for_test(query: &str) -> String {
    patterns(query).expect_err("the query should be rejected").message
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::EffectKind;

    /// The headings of a page below its title, in order.
    const HEADINGS: [&str; 5] =
        ["## Why it costs", "## Example", "## Instead", "## What quell cannot see", "## Silencing it"];

    #[test]
    fn every_query_compiles_with_the_grammar() {
        Registry::builtin().unwrap().check_grammar().unwrap();
    }

    #[test]
    fn every_page_has_its_title_one_paragraph_and_the_fixed_headings() {
        for rule in Registry::builtin().unwrap().rules() {
            let text = rule.page.text;
            assert!(text.starts_with(&format!("# {}\n\n", rule.id)), "{}: title", rule.id);
            let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
            assert_eq!(headings, HEADINGS, "{}", rule.id);
            let below = text.split("\n\n").nth(2).unwrap_or_default();
            assert!(below.starts_with(HEADINGS[0]), "{}: one paragraph below the title", rule.id);
        }
    }

    #[test]
    fn every_page_shows_the_wrong_and_the_right_way_in_python() {
        for rule in Registry::builtin().unwrap().rules() {
            for heading in ["## Example", "## Instead"] {
                let section = rule.page.text.split(heading).nth(1).unwrap_or_default();
                let section = section.split("\n## ").next().unwrap_or_default();
                assert!(section.contains("```python\n"), "{}: {heading}", rule.id);
            }
            assert!(rule.page.text.contains(&format!("quell: ignore[{}]", rule.id)), "{}: silencing", rule.id);
        }
    }

    #[test]
    fn messages_start_lower_case_and_end_without_a_full_stop() {
        for rule in Registry::builtin().unwrap().rules() {
            let message = rule.page.message;
            assert!(message.starts_with(|c: char| c.is_lowercase() || "`{".contains(c)), "{}", rule.id);
            assert!(!message.ends_with('.'), "{}", rule.id);
        }
    }

    #[test]
    fn every_kind_of_effect_has_a_rule() {
        let registry = Registry::builtin().unwrap();
        let tests = registry.rules().iter().flat_map(|rule| &rule.patterns).flat_map(|pattern| &pattern.tests);
        let covered: BTreeSet<EffectKind> = tests.filter_map(Test::kinds).flatten().collect();
        assert_eq!(covered, EffectKind::ALL.into_iter().collect());
    }

    #[test]
    fn patterns_about_code_run_only_where_a_word_of_theirs_stands() {
        let registry = Registry::builtin().unwrap();
        for rule in registry.rules() {
            let is_bare = |pattern: &&RulePattern| pattern.is_of_code && pattern.syntax.words.is_empty();
            assert!(!rule.patterns.iter().any(|pattern| is_bare(&pattern)), "{}", rule.id);
        }
    }

    #[test]
    fn every_rule_that_the_coverage_names_exists() {
        let registry = Registry::builtin().unwrap();
        let rows = include_str!("../../queries/COVERAGE.md")
            .lines()
            .filter(|line| line.contains("-") && line.starts_with("| "));
        let mut count = 0;
        for row in rows.filter(|row| !row.starts_with("| row")) {
            let rule = row.split('|').nth(2).unwrap_or_default().trim();
            let is_known = rule == "declined" || registry.rule(rule.trim_matches('`')).is_some();
            assert!(is_known, "{row}");
            count += 1;
        }
        assert!(count > 150, "{count} rows");
    }

    #[test]
    fn the_patterns_of_the_guide_are_rules_and_its_predicates_exist() {
        let guide = include_str!("../../queries/README.md");
        let blocks: Vec<&str> =
            guide.split("```scheme\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert_eq!(blocks.len(), 3);
        for block in blocks {
            check_against_grammar(block, &Pattern::read_all(block).unwrap()).unwrap();
            patterns(block).unwrap();
        }
        for (name, _) in crate::rules::known_predicates() {
            assert!(guide.contains(&format!("(#{name}? ")), "{name}");
        }
    }

    #[test]
    fn a_page_says_where_it_is_wrong() {
        let problem = |text: &'static str| Page::read(text).unwrap_err();
        assert!(problem("# one").message.contains("front matter"));
        let wrong = problem("---\nmessage: x\nseverity: hgh\n---\n");
        assert_eq!((wrong.message.as_str(), wrong.span), ("`hgh` is no severity", Span { start: 15, end: 28 }));
        assert!(problem("---\nseverity: low\n---\n").message.contains("no `message`"));
        assert!(problem("---\nseverity: low\nmesage: x\n---\n").message.contains("`mesage` is no field"));
    }

    #[test]
    fn a_special_case_is_asked_first() {
        let registry = Registry::builtin().unwrap();
        let place = |id: &str| registry.rules().iter().position(|rule| rule.id == id);
        for rule in registry.rules() {
            assert!(rule.page.before.iter().all(|other| place(rule.id) < place(other)), "{}", rule.id);
        }
    }
}
