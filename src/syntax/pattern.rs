//! Rule queries as plain data: patterns, their captures and their predicates, each with its place in the file.
//!
//! What a predicate means is not decided here. tree-sitter accepts several texts that it then reads otherwise than
//! their author meant; those are errors here.

use tree_sitter::{CaptureQuantifier, Query, QueryError};

use super::ir::Span;
use super::name::Name;

/// One pattern of a rule's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The whole pattern with its parentheses.
    pub span: Span,
    /// Capture names without `@`, in order of appearance.
    pub captures: Vec<Name>,
    /// The predicates in order.
    pub predicates: Vec<PredicateCall>,
    /// Literal texts of which a block must hold at least one for the pattern to match; empty when nothing is required.
    pub words: Vec<Name>,
    /// True for `(_) @site`: the pattern enumerates query sites and asks nothing of the syntax.
    pub is_site_only: bool,
}

/// `(#name? @capture word …)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredicateCall {
    /// Without `#` and `?`.
    pub name: Name,
    /// What it is given.
    pub arguments: Vec<PredicateArgument>,
    /// The predicate with its parentheses.
    pub span: Span,
}

/// An argument of a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PredicateArgument {
    /// An index into `Pattern::captures`.
    Capture(usize),
    /// A bare word or a quoted text.
    Word(Name),
}

/// What is wrong with a query, lower case, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatternError {
    /// The problem.
    pub message: String,
    /// Where in the text of the query.
    pub span: Span,
}

impl PatternError {
    /// An error at a place of the query.
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        PatternError { message: message.into(), span }
    }
}

/// Bytes: nobody writes a longer query by hand, and compiling one takes more than linear time.
const LONGEST: usize = 64 << 10;

/// So deep may brackets be nested.
const DEEPEST: u32 = 100;

/// Predicates that tree-sitter answers itself, on the text of a capture.
const TEXT_PREDICATES: [&str; 10] = [
    "eq",
    "not-eq",
    "any-eq",
    "any-not-eq",
    "match",
    "not-match",
    "any-match",
    "any-not-match",
    "any-of",
    "not-any-of",
];

impl PredicateCall {
    /// Whether tree-sitter answers it, from the text alone.
    pub fn is_textual(&self) -> bool {
        TEXT_PREDICATES.contains(&self.name.as_str())
    }

    /// The words among the arguments.
    pub fn words(&self) -> impl Iterator<Item = Name> + '_ {
        self.arguments.iter().filter_map(|argument| match argument {
            PredicateArgument::Word(word) => Some(*word),
            PredicateArgument::Capture(_) => None,
        })
    }
}

impl Pattern {
    /// Reads the patterns of a query. The grammar is not asked: see [`check_against_grammar`].
    pub fn read_all(text: &str) -> Result<Vec<Pattern>, PatternError> {
        if text.len() > LONGEST {
            return Err(PatternError::new(format!("a query may have {LONGEST} bytes"), Span::default()));
        }
        let items = Reader { text, at: 0, depth: 0 }.items(None)?;
        items.iter().map(Pattern::read).collect()
    }

    fn read(item: &Item) -> Result<Pattern, PatternError> {
        let ItemKind::List(parts) = &item.kind else {
            return Err(PatternError::new("only patterns in parentheses may stand at the top level", item.span));
        };
        if matches!(parts.first().map(|part| &part.kind), Some(ItemKind::Word(_)) | None) {
            let advice = "wrap the pattern and its predicates in one pair of parentheses: apart they are two patterns";
            return Err(PatternError::new(advice, item.span));
        }
        let (predicates, syntax): (Vec<&Item>, Vec<&Item>) = parts.iter().partition(|part| part.is_predicate());
        let captures = captures(&syntax)?;
        let predicates =
            predicates.into_iter().map(|part| predicate(part, &captures)).collect::<Result<Vec<_>, _>>()?;
        let words = required_words(&predicates);
        Ok(Pattern { span: item.span, is_site_only: is_site_only(&syntax), captures, predicates, words })
    }
}

/// Compiles the query with the Python grammar and checks what only the compiled form tells.
pub fn check_against_grammar(text: &str, patterns: &[Pattern]) -> Result<(), PatternError> {
    let query = Query::new(&tree_sitter_python::LANGUAGE.into(), text).map_err(|error| grammar_error(text, &error))?;
    for (index, pattern) in patterns.iter().enumerate() {
        let quantifiers = query.capture_quantifiers(index);
        for call in pattern.predicates.iter().filter(|call| call.is_textual()) {
            reject_optional(&query, quantifiers, pattern, call)?;
        }
    }
    Ok(())
}

/// A text predicate on a capture that may be absent is true when it is: the pattern would match too much.
fn reject_optional(
    query: &Query,
    quantifiers: &[CaptureQuantifier],
    pattern: &Pattern,
    call: &PredicateCall,
) -> Result<(), PatternError> {
    for argument in &call.arguments {
        let PredicateArgument::Capture(index) = argument else { continue };
        let name = pattern.captures[*index];
        let quantifier = query.capture_index_for_name(&name).map(|found| quantifiers[found as usize]);
        if matches!(quantifier, Some(CaptureQuantifier::ZeroOrOne | CaptureQuantifier::ZeroOrMore)) {
            let message = format!("`#{}?` is true when the optional capture `@{name}` is absent", call.name);
            return Err(PatternError::new(message, call.span));
        }
    }
    Ok(())
}

/// The place and kind of what the grammar does not take.
pub(super) fn grammar_error(text: &str, error: &QueryError) -> PatternError {
    let start = error.offset.min(text.len());
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.find(|c: char| c.is_whitespace() || "()[]".contains(c)).unwrap_or(rest.len());
    let what = format!("{:?}", error.kind).to_lowercase();
    let message = format!("the Python grammar does not take this query ({what} problem)");
    PatternError::new(message, span(start, start + length.max(1)))
}

fn captures(syntax: &[&Item]) -> Result<Vec<Name>, PatternError> {
    let mut found = Vec::new();
    for item in syntax {
        collect_captures(item, &mut found)?;
    }
    Ok(found)
}

fn collect_captures(item: &Item, found: &mut Vec<Name>) -> Result<(), PatternError> {
    match &item.kind {
        ItemKind::List(_) if item.is_predicate() => {
            return Err(PatternError::new(
                "predicates stand at the end of their pattern, not inside a node",
                item.span,
            ));
        }
        ItemKind::List(parts) => {
            for part in parts {
                collect_captures(part, found)?;
            }
        }
        ItemKind::Word(word) if word.starts_with('@') => {
            let name = Name::new(&word[1..]);
            if !found.contains(&name) {
                found.push(name);
            }
        }
        ItemKind::Word(_) | ItemKind::Text(_) => {}
    }
    Ok(())
}

fn predicate(item: &Item, captures: &[Name]) -> Result<PredicateCall, PatternError> {
    let ItemKind::List(parts) = &item.kind else { unreachable!("a predicate is a list") };
    let operator = parts[0].word().unwrap_or_default();
    let name = match operator.trim_start_matches('#').strip_suffix('?') {
        Some("is" | "is-not") | None => {
            let message = format!("tree-sitter swallows `{operator}`: use a predicate that quell knows");
            return Err(PatternError::new(message, parts[0].span));
        }
        Some(name) => Name::new(name),
    };
    let arguments = parts[1..].iter().map(|part| argument(part, captures)).collect::<Result<Vec<_>, _>>()?;
    Ok(PredicateCall { name, arguments, span: item.span })
}

fn argument(item: &Item, captures: &[Name]) -> Result<PredicateArgument, PatternError> {
    match &item.kind {
        ItemKind::Word(word) if word.starts_with('@') => captures
            .iter()
            .position(|name| *name == word[1..])
            .map(PredicateArgument::Capture)
            .ok_or_else(|| PatternError::new(format!("the pattern has no capture `{word}`"), item.span)),
        ItemKind::Word(word) | ItemKind::Text(word) => Ok(PredicateArgument::Word(Name::new(word))),
        ItemKind::List(_) => Err(PatternError::new("a predicate takes captures and words", item.span)),
    }
}

/// The texts of the predicate that demands one of them, where several do the longest, which are the rarest.
fn required_words(predicates: &[PredicateCall]) -> Vec<Name> {
    let is_plain = |word: &Name| word.chars().all(|c| c.is_alphanumeric() || c == '_');
    let demands = |call: &&PredicateCall| match call.name.as_str() {
        "eq" | "any-of" => true,
        "match" => call.words().all(|word| is_plain(&word)),
        _ => false,
    };
    let words = predicates.iter().filter(demands).map(|call| call.words().collect::<Vec<_>>());
    let length = |words: &Vec<Name>| words.iter().map(|word| word.len()).min();
    words.filter(|words| !words.is_empty()).max_by_key(length).unwrap_or_default()
}

fn is_site_only(syntax: &[&Item]) -> bool {
    let [node, capture] = syntax else { return false };
    let ItemKind::List(parts) = &node.kind else { return false };
    capture.word() == Some("@site") && parts.len() == 1 && parts[0].word() == Some("_")
}

fn span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
}

/// A part of a query: a list in brackets, a quoted text, or any other run of characters.
#[derive(Debug)]
struct Item {
    kind: ItemKind,
    span: Span,
}

#[derive(Debug)]
enum ItemKind {
    List(Vec<Item>),
    Word(String),
    Text(String),
}

impl Item {
    fn word(&self) -> Option<&str> {
        match &self.kind {
            ItemKind::Word(word) => Some(word),
            ItemKind::List(_) | ItemKind::Text(_) => None,
        }
    }

    fn is_predicate(&self) -> bool {
        let ItemKind::List(parts) = &self.kind else { return false };
        parts.first().and_then(Item::word).is_some_and(|word| word.starts_with('#'))
    }
}

/// Reads the brackets of a query, with spans.
struct Reader<'text> {
    text: &'text str,
    at: usize,
    depth: u32,
}

impl Reader<'_> {
    /// Items up to the bracket `close`, or to the end of the text.
    fn items(&mut self, close: Option<(u8, usize)>) -> Result<Vec<Item>, PatternError> {
        let mut items = Vec::new();
        loop {
            self.skip_blank();
            let start = self.at;
            match (self.text.as_bytes().get(start), close) {
                (None, None) => return Ok(items),
                (None, Some((_, open))) => {
                    return Err(PatternError::new("this bracket is never closed", span(open, open + 1)));
                }
                (Some(byte), Some((wanted, _))) if *byte == wanted => {
                    self.at += 1;
                    return Ok(items);
                }
                (Some(b')' | b']'), _) => {
                    return Err(PatternError::new("this bracket closes nothing", span(start, start + 1)));
                }
                (Some(byte), _) => items.push(self.item(*byte)?),
            }
        }
    }

    fn item(&mut self, first: u8) -> Result<Item, PatternError> {
        let start = self.at;
        let kind = match first {
            b'(' | b'[' => {
                if self.depth == DEEPEST {
                    return Err(PatternError::new("brackets are nested too deep", span(start, start + 1)));
                }
                (self.at, self.depth) = (self.at + 1, self.depth + 1);
                let close = if first == b'(' { b')' } else { b']' };
                let items = self.items(Some((close, start)))?;
                self.depth -= 1;
                ItemKind::List(items)
            }
            b'"' => ItemKind::Text(self.quoted()?),
            _ => ItemKind::Word(self.bare()),
        };
        Ok(Item { kind, span: span(start, self.at) })
    }

    fn quoted(&mut self) -> Result<String, PatternError> {
        let start = self.at;
        let mut value = String::new();
        let mut characters = self.text[start + 1..].char_indices();
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' => {
                    self.at = start + 1 + offset + 1;
                    return Ok(value);
                }
                '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
                _ => value.push(character),
            }
        }
        Err(PatternError::new("this text is never closed", span(start, self.text.len())))
    }

    fn bare(&mut self) -> String {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| c.is_whitespace() || "()[]\";".contains(c)).unwrap_or(rest.len());
        self.at += length.max(1);
        rest[..length].to_owned()
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest.len() - rest.trim_start().len();
            if blank > 0 {
                self.at += blank;
            } else if rest.starts_with(';') {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let checked = Pattern::read_all(text).and_then(|patterns| check_against_grammar(text, &patterns));
        checked.expect_err("the query should be rejected").message
    }

    #[test]
    fn a_site_pattern_asks_nothing_of_the_syntax() {
        let text = "; why\n((_) @site (#fires? @site lazy-load get) (#per-row? @site))";
        let patterns = Pattern::read_all(text).unwrap();
        assert_eq!(patterns.len(), 1);
        assert!(patterns[0].is_site_only && patterns[0].words.is_empty());
        assert_eq!(patterns[0].predicates[0].name, "fires");
        assert_eq!(patterns[0].predicates[0].words().map(Name::as_str).collect::<Vec<_>>(), ["lazy-load", "get"]);
        check_against_grammar(text, &patterns).unwrap();
    }

    #[test]
    fn a_candidate_pattern_names_its_words() {
        let text = r#"((call function: (attribute attribute: (identifier) @method)) @site (#eq? @method "count"))"#;
        let patterns = Pattern::read_all(text).unwrap();
        assert!(!patterns[0].is_site_only);
        assert_eq!(patterns[0].words, [Name::new("count")]);
        check_against_grammar(text, &patterns).unwrap();
    }

    #[test]
    fn tree_sitter_counts_the_same_patterns_and_predicates() {
        let text = "((_) @site (#fires? @site get)) ((call) @site (#per-row? @site) (#not-per-row? @site))";
        let query = Query::new(&tree_sitter_python::LANGUAGE.into(), text).unwrap();
        let patterns = Pattern::read_all(text).unwrap();
        let counts: Vec<usize> = (0..query.pattern_count()).map(|i| query.general_predicates(i).len()).collect();
        assert_eq!(counts, patterns.iter().map(|pattern| pattern.predicates.len()).collect::<Vec<_>>());
    }

    #[test]
    fn texts_that_tree_sitter_reads_otherwise_are_rejected() {
        assert!(problem("(call) @site (#per-row? @site)").contains("two patterns"));
        assert!(problem("((call) @site (#is? @site local))").contains("swallows"));
        assert!(problem("((call) @site (#is-not? @site local))").contains("swallows"));
        assert!(problem("((call) @site (#set! @site local))").contains("swallows"));
        let optional = r#"((call function: (identifier)? @name) @site (#eq? @name "x"))"#;
        assert!(problem(optional).contains("optional capture `@name`"));
    }

    #[test]
    fn broken_queries_are_errors_at_their_place() {
        assert_eq!(Pattern::read_all("((_) @site").unwrap_err().span, Span { start: 0, end: 1 });
        assert_eq!(problem(&"(".repeat(100_000)), "a query may have 65536 bytes");
        assert_eq!(problem(&"[(".repeat(30_000)), "brackets are nested too deep");
        assert!(problem("((_) @site (#per-row? @other))").contains("no capture `@other`"));
        assert!(problem("((no_such_node) @site)").contains("nodetype problem"));
        assert!(problem("((call (#per-row? @site)) @site)").contains("at the end"));
    }
}
