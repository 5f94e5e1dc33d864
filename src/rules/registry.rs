//! The registry: every rule of `queries/`, in the order in which they are asked.
//!
//! The first rule that matches a site speaks for it. A rule that is a special case of another says so in its own
//! front matter (`before: [other]`); among the rest the order is that of their names.

use super::candidates::Candidates;
use super::capture::CaptureTest;
use super::page::Page;
use super::predicate::Test;
use crate::domain::Site;
use crate::project::Schema;
use crate::syntax::ir::Span;
use crate::syntax::{Pattern, PatternError, check_against_grammar};

/// The two files of a rule.
struct Source {
    group: &'static str,
    id: &'static str,
    query: &'static str,
    page: &'static str,
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
    /// The patterns of its query; one that matches is enough.
    pub patterns: Vec<RulePattern>,
}

/// A pattern with its semantic predicates read.
///
/// A site pattern (`syntax.is_site_only`) is asked of every query site; any other yields candidates while the syntax
/// tree exists, and its tests are asked of those.
#[derive(Clone, Debug)]
pub struct RulePattern {
    /// The syntactic part and the predicates as written.
    pub syntax: Pattern,
    /// The semantic predicates about the site; all must hold.
    pub tests: Vec<Test>,
    /// The semantic predicates about other captures; all must hold.
    pub captures: Vec<CaptureTest>,
}

/// A rule that can't be used, and where in its query the reason is.
#[derive(Debug, thiserror::Error)]
#[error("rule {rule}: {problem}")]
pub struct RuleError {
    /// The rule's name.
    pub rule: String,
    /// What is wrong, lower case, without a full stop.
    pub problem: String,
    /// Where in the query; the start of it for a problem of the page.
    pub span: Span,
    /// The text of the query.
    pub query: String,
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

    /// The rules in the order in which they are asked.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this name.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The first rule that matches a site.
    pub(super) fn rule_for(&self, site: &Site, schema: &Schema, candidates: &Candidates) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.matches(site, schema, candidates))
    }

    /// Asks the Python grammar about every query; reading alone does not, because that takes a while.
    pub fn check_grammar(&self) -> Result<(), RuleError> {
        for rule in &self.rules {
            let patterns: Vec<Pattern> = rule.patterns.iter().map(|pattern| pattern.syntax.clone()).collect();
            check_against_grammar(rule.query, &patterns).map_err(|error| rule.error(error))?;
        }
        Ok(())
    }
}

impl Rule {
    fn read(source: &Source) -> Result<Rule, RuleError> {
        let fail = |error: PatternError| RuleError {
            rule: source.id.to_owned(),
            problem: error.message,
            span: error.span,
            query: source.query.to_owned(),
        };
        let page = Page::read(source.page).map_err(|why| fail(PatternError::new(why, Span::default())))?;
        let patterns = patterns(source.query).map_err(fail)?;
        Ok(Rule { id: source.id, group: source.group, query: source.query, page, patterns })
    }

    /// Whether the rule has a pattern that asks about the syntax around a site.
    pub(super) fn asks_syntax(&self) -> bool {
        self.patterns.iter().any(|pattern| !pattern.syntax.is_site_only)
    }

    /// Whether a pattern of syntax might match the site: its questions about the site itself are answered.
    pub(super) fn may_match(&self, site: &Site, schema: &Schema) -> bool {
        let is_open = |pattern: &&RulePattern| !pattern.syntax.is_site_only;
        self.patterns.iter().filter(is_open).any(|pattern| pattern.suits(site, schema))
    }

    fn matches(&self, site: &Site, schema: &Schema, candidates: &Candidates) -> bool {
        self.patterns.iter().enumerate().any(|(number, pattern)| {
            pattern.suits(site, schema) && (pattern.syntax.is_site_only || candidates.has(self.id, number, site.place))
        })
    }

    fn error(&self, error: PatternError) -> RuleError {
        RuleError { rule: self.id.to_owned(), problem: error.message, span: error.span, query: self.query.to_owned() }
    }
}

impl RulePattern {
    /// Whether the questions about the site itself are answered.
    fn suits(&self, site: &Site, schema: &Schema) -> bool {
        self.tests.iter().all(|test| test.passes(site, schema))
    }
}

fn patterns(query: &str) -> Result<Vec<RulePattern>, PatternError> {
    Pattern::read_all(query)?.into_iter().map(rule_pattern).collect()
}

fn rule_pattern(syntax: Pattern) -> Result<RulePattern, PatternError> {
    let (mut tests, mut captures) = (Vec::new(), Vec::new());
    for call in syntax.predicates.iter().filter(|call| !call.is_textual()) {
        match CaptureTest::read(call, &syntax) {
            Some(test) => captures.push(test?),
            None => tests.push(Test::read(call)?),
        }
    }
    Ok(RulePattern { tests, captures, syntax })
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
    fn a_special_case_is_asked_first() {
        let registry = Registry::builtin().unwrap();
        let place = |id: &str| registry.rules().iter().position(|rule| rule.id == id);
        for rule in registry.rules() {
            assert!(rule.page.before.iter().all(|other| place(rule.id) < place(other)), "{}", rule.id);
        }
    }
}
