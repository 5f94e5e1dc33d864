//! Where the patterns of a rule match: the text around a place is parsed again, and the query runs on that alone.
//!
//! Rules ask about a few places of a program. Parsing the functions around those a second time costs less than running
//! every query on everything that is parsed.

use tree_sitter::{Query, QueryCursor, StreamingIterator, Tree};

use super::excerpt::Excerpt;
use super::grammar;
use super::ir::Span;
use super::name::Name;
use super::pattern::{PatternError, grammar_error};
use super::scanner::{LineKind, scan};

/// Nodes nested deeper are not searched: a query's time grows with the square of the depth. Lowering goes no deeper than
/// `MAX_DEPTH` expressions, of a few nodes each.
const DEEPEST: u32 = 1000;

/// The parts of a file that are searched one by one: function bodies, and logical lines outside of them.
pub struct Pieces {
    spans: Vec<Span>,
}

impl Pieces {
    /// The pieces of a text.
    pub fn of(text: &str) -> Self {
        let span = |line: &super::scanner::Line| match line.kind {
            LineKind::Function(body) if body.end > body.start => body,
            _ => Span { start: line.start, end: line.end },
        };
        Pieces { spans: scan(text).iter().map(span).collect() }
    }

    /// All of them, in order.
    pub fn all(&self) -> &[Span] {
        &self.spans
    }

    /// The piece that holds a place.
    pub fn around(&self, place: Span) -> Option<Span> {
        let after = self.spans.partition_point(|piece| piece.start <= place.start);
        let piece = self.spans.get(after.checked_sub(1)?)?;
        (place.end <= piece.end).then_some(*piece)
    }
}

/// A parsed piece.
pub struct Piece<'t> {
    excerpt: Excerpt<'t>,
    tree: Tree,
    /// It is indented as a whole: the body of a function.
    is_body: bool,
}

impl<'t> Piece<'t> {
    /// Parses a piece of a text; `None` where it does not parse.
    pub fn parse(text: &'t str, span: Span) -> Option<Self> {
        let excerpt = Excerpt::of_span(text, span);
        let tree = grammar::parse(&excerpt.text)?;
        let first = text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let is_body =
            first.starts_with([' ', '\t', '\n']) || !text[..span.start as usize].ends_with('\n') && span.start > 0;
        Some(Piece { excerpt, tree, is_body })
    }

    /// How often a name is read or written in the piece.
    pub fn mentions(&self, name: &str) -> usize {
        self.places(name).count()
    }

    fn places<'s>(&'s self, name: &'s str) -> impl Iterator<Item = usize> + 's {
        let is_part = |letter: Option<char>| letter.is_some_and(is_word);
        let text = &self.excerpt.text;
        let length = name.len();
        let is_whole = move |start: &usize| {
            !is_part(text[..*start].chars().next_back()) && !is_part(text[start + length..].chars().next())
        };
        text.match_indices(name).map(|(start, _)| start).filter(is_whole)
    }

    /// Whether the piece gives the name a value once, and after that does nothing but ask for its attributes.
    pub fn only_asks(&self, name: &str) -> bool {
        let text = &self.excerpt.text;
        let after = |start: usize| text[start + name.len()..].trim_start_matches(' ').chars().next();
        let asked = self.places(name).filter(|start| after(*start) == Some('.')).count();
        asked > 0 && self.mentions(name) == asked + 1
    }

    /// Whether the piece, besides what it does at a place, gives the name a value once and does nothing else with it than
    /// to ask for these attributes, or to make it the `queryset` of something, which copies it.
    pub fn asks_only(&self, name: &str, besides: Span, attributes: &[Name]) -> bool {
        let is_asked = |before: &str, after: &str| {
            let attribute = after.strip_prefix('.').and_then(|rest| rest.split(|c: char| !is_word(c)).next());
            attribute.is_some_and(|attribute| attributes.iter().any(|wanted| *wanted == attribute))
                || before.ends_with(".queryset = ") && after.trim_start_matches(' ').starts_with(['\n', '#'])
        };
        self.uses(name, Some(besides)).is_some_and(|uses| uses.iter().all(|(before, after)| is_asked(before, after)))
    }

    /// Whether the piece gives the name a value once, passes it to these functions, alone, asks perhaps whether it is
    /// empty, and does nothing else with it.
    pub fn passes_only(&self, name: &str, functions: &[Name]) -> bool {
        let is_passed = |before: &str, after: &str| {
            let callee =
                before.strip_suffix('(').and_then(|rest| rest.rsplit(|c: char| !is_word(c) && c != '.').next());
            after.starts_with(')') && callee.is_some_and(|callee| functions.iter().any(|wanted| *wanted == callee))
        };
        let is_tested = |before: &str, after: &str| {
            (before.ends_with(" if ") || before.ends_with(" if not "))
                && (after.starts_with(':') || after.starts_with(" else "))
        };
        let uses = self.uses(name, None).unwrap_or_default();
        uses.iter().any(|(before, after)| is_passed(before, after))
            && uses.iter().all(|(before, after)| is_passed(before, after) || is_tested(before, after))
    }

    /// What stands before and after each mention of a name, but for the one that gives it a value and the one in a span;
    /// `None` where it is not given one value once.
    fn uses(&self, name: &str, besides: Option<Span>) -> Option<Vec<(&str, &str)>> {
        let text = self.excerpt.text.as_ref();
        let start = self.excerpt.in_file(0, 0).start;
        let is_beside = |at: &usize| {
            let at = start + u32::try_from(*at).unwrap_or(u32::MAX);
            besides.is_none_or(|span| at < span.start || at >= span.end)
        };
        let around = |at: usize| (&text[..at], &text[at + name.len()..]);
        // The same word as an attribute of something else, or as a text.
        let is_other = |(before, after): &(&str, &str)| {
            before.ends_with('.') || (before.ends_with(['"', '\'']) && after.starts_with(['"', '\'']))
        };
        let is_given = |(_, after): &(&str, &str)| {
            let after = after.trim_start_matches(' ');
            after.starts_with('=') && !after.starts_with("==")
        };
        let places = self.places(name).filter(is_beside).map(around).filter(|around| !is_other(around));
        let (given, uses): (Vec<_>, Vec<_>) = places.partition(is_given);
        (given.len() == 1).then_some(uses)
    }

    /// Whether a span lies in the body of a function: the piece is one, or it lies deeper in the piece.
    pub fn is_in_function(&self, span: Span) -> bool {
        let start = self.excerpt.in_file(0, 0).start;
        let (from, to) = ((span.start - start) as usize, (span.end - start) as usize);
        let mut node = Some(self.tree.root_node());
        let wanted = self.tree.root_node().descendant_for_byte_range(from, to);
        // Downwards: to go up from a node, tree-sitter starts at the root each time.
        while let (Some(one), Some(wanted)) = (node, wanted) {
            if matches!(one.kind(), "function_definition" | "lambda") {
                return true;
            }
            node = one.child_with_descendant(wanted);
        }
        self.is_body
    }

    /// The text of a span of the file.
    pub fn text(&self, span: Span) -> &str {
        let start = self.excerpt.in_file(0, 0).start;
        self.excerpt.text.get((span.start - start) as usize..(span.end - start) as usize).unwrap_or_default()
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// One match: the number of the pattern, and what its captures took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Index of the pattern in the query.
    pub pattern: usize,
    /// Capture names without `@`, with the bytes of the file that they took.
    pub captures: Vec<(Name, Span)>,
}

impl Match {
    /// What a capture took.
    pub fn capture(&self, name: &str) -> Option<Span> {
        self.captures.iter().find(|(known, _)| *known == name).map(|(_, span)| *span)
    }
}

/// A compiled query.
pub struct Search {
    query: Query,
}

impl Search {
    /// Compiles the text of a rule's query.
    ///
    /// # Errors
    /// When the Python grammar does not take it.
    pub fn compile(text: &str) -> Result<Search, PatternError> {
        let query = Query::new(&tree_sitter_python::LANGUAGE.into(), text);
        query.map(|query| Search { query }).map_err(|error| grammar_error(text, &error))
    }

    /// All matches in a piece whose textual predicates hold.
    pub fn matches(&self, piece: &Piece) -> Vec<Match> {
        let mut cursor = QueryCursor::new();
        cursor.set_max_start_depth(Some(DEEPEST));
        let names = self.query.capture_names();
        let mut matches = cursor.matches(&self.query, piece.tree.root_node(), piece.excerpt.text.as_bytes());
        let mut found = Vec::new();
        while let Some(one) = matches.next() {
            let capture = |capture: &tree_sitter::QueryCapture| {
                let span = piece.excerpt.in_file(capture.node.start_byte(), capture.node.end_byte());
                (Name::new(names[capture.index as usize]), span)
            };
            found.push(Match { pattern: one.pattern_index, captures: one.captures().iter().map(capture).collect() });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "x = 1\n\nclass A:\n    def f(self):\n        return len(self.rows())\n";

    #[test]
    fn the_piece_around_a_place_is_the_body_or_the_line() {
        let pieces = Pieces::of(TEXT);
        let at = |word: &str| {
            let start = TEXT.find(word).unwrap_or_default() as u32;
            let piece = pieces.around(Span { start, end: start + 1 }).unwrap_or_default();
            TEXT[piece.start as usize..piece.end as usize].trim()
        };
        assert_eq!(at("x"), "x = 1");
        assert_eq!(at("len"), "return len(self.rows())");
    }

    #[test]
    fn captures_are_places_of_the_file() {
        let query =
            r#"((call function: (identifier) @len arguments: (argument_list . (_) @site .)) (#eq? @len "len"))"#;
        let span = Pieces::of(TEXT).around(Span { start: 50, end: 51 }).unwrap_or_default();
        let piece = Piece::parse(TEXT, span).expect("it parses");
        let found = Search::compile(query).expect("it compiles").matches(&piece);
        let site = found[0].capture("site").unwrap_or_default();
        assert_eq!(&TEXT[site.start as usize..site.end as usize], "self.rows()");
        assert_eq!((piece.mentions("self"), piece.mentions("row")), (1, 0));
    }
}
