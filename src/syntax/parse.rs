//! Files to outlines, bodies to statements; a syntax error costs the smallest block around it.
//!
//! A file without errors is parsed once, function bodies left out. Only where that fails are its blocks parsed one
//! by one.

use std::sync::Arc;

use tree_sitter::{Node, Tree};

use super::body::Lowered;
use super::excerpt::{Bodies, Excerpt};
use super::grammar;
use super::ir::{Expr, Outline, Span, Stmt, StmtKind, SyntaxProblem};
use super::lower::Lowerer;
use super::name::Name;
use super::scanner::{Line, LineKind, scan};
use crate::source::SourceFile;

/// Classes nested in each other that are taken apart to find the one member that does not parse.
const MAX_CLASS_NESTING: u32 = 20;

/// The outline of a file: its module-level statements, classes and function headers. Function bodies are lowered when
/// first asked for.
pub fn outline(source: &Arc<SourceFile>) -> Outline {
    let lines = scan(&source.text);
    let mut outline = Outline { file: source.id, body: Vec::new(), errors: Vec::new() };
    let builder = Builder { source, bodies: Bodies::of(&lines) };
    match builder.lines(&lines, String::new()) {
        Ok((statements, problems)) => {
            outline.body = statements;
            outline.errors = problems;
        }
        Err(_) => builder.blocks(&lines, "", 0, &mut outline.body, &mut outline.errors),
    }
    outline
}

/// The statements of a function body.
pub(super) fn body(source: &Arc<SourceFile>, span: Span, qualified: Name) -> Lowered {
    let excerpt = Excerpt::of_span(&source.text, span);
    let bodies = Bodies::default();
    let tree = match parsed(&excerpt) {
        Ok(tree) => tree,
        Err((place, message)) => return broken(place, span, message),
    };
    let mut lowerer = Lowerer::new(source, &excerpt, &bodies, format!("{qualified}.<locals>."));
    let statements = lowerer.block(Some(tree.root_node()));
    match lowerer.failure {
        Some((place, message)) => broken(place, span, message.to_string()),
        None => Lowered { statements, is_generator: lowerer.has_yield, problems: Vec::new() },
    }
}

fn broken(span: Span, block: Span, message: String) -> Lowered {
    Lowered { problems: vec![SyntaxProblem { span, block, message }], ..Lowered::default() }
}

/// Lowers an expression that stands inside a string literal, such as the annotation `"Book"` or a template's
/// variable. `span` covers its text in the file; `None` when it is not one valid expression.
pub fn expression(source: &Arc<SourceFile>, span: Span) -> Option<Expr> {
    let excerpt = Excerpt::of_span(&source.text, span);
    let bodies = Bodies::default();
    let tree = parsed(&excerpt).ok()?;
    let mut lowerer = Lowerer::new(source, &excerpt, &bodies, String::new());
    let mut statements = lowerer.block(Some(tree.root_node()));
    match (statements.pop()?.kind, statements.is_empty(), lowerer.failure) {
        (StmtKind::Expr(expression), true, None) => Some(expression),
        _ => None,
    }
}

/// Parses an excerpt; an error gives the first place that did not parse.
fn parsed(excerpt: &Excerpt) -> Result<Tree, (Span, String)> {
    let Some(tree) = grammar::parse(&excerpt.text) else {
        let message = match excerpt.text.len() > grammar::LARGEST {
            true => format!("more than {} bytes in one piece", grammar::LARGEST),
            false => "the Python grammar could not be loaded".to_string(),
        };
        return Err((excerpt.in_file(0, excerpt.text.len()), message));
    };
    match grammar::first_error(tree.root_node()) {
        Some(node) => Err((excerpt.in_file(node.start_byte(), node.end_byte()), message(node))),
        None => Ok(tree),
    }
}

fn message(node: Node) -> String {
    if node.is_missing() { format!("expected `{}`", node.kind()) } else { "invalid syntax".to_string() }
}

struct Builder<'a> {
    source: &'a Arc<SourceFile>,
    bodies: Bodies,
}

impl Builder<'_> {
    /// Lowers lines that parse as a whole: the statements, and those of them that are no Python 3.
    fn lines(&self, lines: &[Line], scope: String) -> Result<(Vec<Stmt>, Vec<SyntaxProblem>), (Span, String)> {
        let excerpt = Excerpt::of_lines(&self.source.text, lines);
        let tree = parsed(&excerpt)?;
        let mut lowerer = Lowerer::new(self.source, &excerpt, &self.bodies, scope);
        lowerer.is_outline = true;
        let statements = lowerer.guarded(grammar::named_children(tree.root_node()));
        Ok((statements, lowerer.problems))
    }

    /// Lowers lines block by block, and leaves out those that do not parse.
    fn blocks(&self, lines: &[Line], scope: &str, nesting: u32, body: &mut Vec<Stmt>, errors: &mut Vec<SyntaxProblem>) {
        for block in split(lines) {
            match self.lines(block, scope.to_string()) {
                Ok((statements, problems)) => {
                    body.extend(statements);
                    errors.extend(problems);
                }
                Err(error) => self.broken_block(block, scope, nesting, error, body, errors),
            }
        }
    }

    /// A block that does not parse: of a class the header and the sound members are kept.
    fn broken_block(
        &self,
        block: &[Line],
        scope: &str,
        nesting: u32,
        error: (Span, String),
        body: &mut Vec<Stmt>,
        errors: &mut Vec<SyntaxProblem>,
    ) {
        let header = block.iter().take_while(|line| line.kind == LineKind::Decorator).count() + 1;
        let is_class = block.get(header - 1).is_some_and(|line| line.kind == LineKind::Class);
        if is_class
            && header < block.len()
            && nesting < MAX_CLASS_NESTING
            && let Some(statement) = self.class(&block[..header], &block[header..], scope, nesting, errors)
        {
            body.push(statement);
            return;
        }
        let (span, message) = error;
        errors.push(SyntaxProblem { span, block: block_span(block), message });
    }

    /// A class whose members are lowered one by one; `None` when its header does not parse.
    fn class(
        &self,
        header: &[Line],
        members: &[Line],
        scope: &str,
        nesting: u32,
        errors: &mut Vec<SyntaxProblem>,
    ) -> Option<Stmt> {
        let (mut statements, problems) = self.lines(header, scope.to_string()).ok()?;
        let statement = statements.pop().filter(|_| problems.is_empty() && statements.is_empty())?;
        let StmtKind::Class(mut class) = statement.kind else { return None };
        let inner = Arc::get_mut(&mut class)?;
        self.blocks(members, &format!("{}.", inner.qualified), nesting + 1, &mut inner.body, errors);
        Some(Stmt { span: statement.span, kind: StmtKind::Class(class) })
    }
}

/// The blocks of some lines: each starts at the indentation of the first line; decorators and `else` parts belong to
/// their block.
fn split(lines: &[Line]) -> Vec<&[Line]> {
    let Some(base) = lines.first().map(|line| line.indent) else { return Vec::new() };
    let starts = |pair: &[Line]| {
        let [before, line] = pair else { return false };
        line.indent <= base && line.kind != LineKind::Continuation && before.kind != LineKind::Decorator
    };
    let mut blocks = Vec::new();
    let mut start = 0;
    for (index, pair) in lines.windows(2).enumerate() {
        if starts(pair) {
            blocks.push(&lines[start..=index]);
            start = index + 1;
        }
    }
    blocks.push(&lines[start..]);
    blocks
}

fn block_span(block: &[Line]) -> Span {
    let end = |line: &Line| match line.kind {
        LineKind::Function(body) => body.end,
        _ => line.end,
    };
    Span { start: block.first().map_or(0, |line| line.first), end: block.last().map_or(0, end) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn lowered(text: &str) -> String {
        let source = SourceFile::new(FileId(0), "a.py".into(), "a.py".into(), text.to_string(), true);
        outline(&Arc::new(source)).to_string().trim_end().to_string()
    }

    fn assert_lowered(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(lowered(text), *expected, "{text}");
        }
    }

    #[test]
    fn expressions() {
        assert_lowered(&[
            ("a.b(c, *d, e=1, **f)[0]", "(subscript (call (attribute a b) [c *d e=1 **f]) 0)"),
            ("a[1:2, ::3]", "(subscript a (tuple [(slice 1 2 -) (slice - - 3)]))"),
            ("a + b * c - d", "(subtract (add a (multiply b c)) d)"),
            ("a and b and c or d", "(any [(all [a b c]) d])"),
            ("a < b not in c is not d", "(compare a less b notin c isnot d)"),
            ("a if b else c", "(conditional b a c)"),
            ("lambda x, *, y=1: x", "(lambda [x =y=1] [(return x)])"),
            ("[x async for x in y if z]", "(list-comprehension x - [(async-for x y [z])])"),
            ("{**a, 'b': 1}", "(dict (- a) (\"b\" 1))"),
            ("f'{a!r:>{b}}' 'c'", "(format a!r b)"),
            (r#"'a\'' "b""#, r#""a'b""#),
            ("[*a.b(), (*c, d)]", "(list [(star (call (attribute a b) [])) (tuple [(star c) d])])"),
            ("print(match, type)", "(call print [match type])"),
        ]);
    }

    #[test]
    fn statements() {
        assert_lowered(&[
            ("a = b, = c", "(assign [a (tuple [b])] c)"),
            ("type(a).b = c", "(assign [(attribute (call type [a]) b)] c)"),
            ("type A[T] = B", "(assign [A] B)"),
            ("a: list[int] | None = 1", "(annotate a (or (subscript list int) None) 1)"),
            ("from ..a import b as c, d", "(from ..a b=c d)"),
            ("with (a as b, c): pass", "(with (a b) (c -) [(pass)])"),
            ("with a as (b, c): pass", "(with (a (tuple [b c])) [(pass)])"),
            ("if a: b\nelif c: d\nelse: e", "(if a [b] [(if c [d] [e])])"),
            ("try: a\nexcept (B, C) as d: e\nfinally: f", "(try [a] [(except (tuple [B C]) d [e])] [] [f])"),
            (
                "match a:\n  case B(x=c) | [c]: d\n  case e: f",
                "(match a [(case c c=subject.x - [d]) (case-any e=subject - [f])])",
            ),
            ("del a, b[0]", "(del [a (subscript b 0)])"),
        ]);
    }

    #[test]
    fn definitions_carry_qualified_names() {
        assert_lowered(&[
            (
                "class A(B, c=1):\n  @d\n  def e(self): yield\n",
                "(class A [B c=1] [(def A.e @d [self] generator [(yield -)])])",
            ),
            ("def a():\n  def b(): pass", "(def a [] [(def a.<locals>.b [] [(pass)])])"),
            ("async def a(b, /, c: D = 1, *e, f) -> G: ...", "(async-def a [/b c:D=1 *e =f] -> G [...])"),
        ]);
    }

    #[test]
    fn spans_are_those_of_the_file() {
        let text = "# é\ndef f():\n    return (a.b)\n\n\nx = (c . d)\n";
        let source = Arc::new(SourceFile::new(FileId(0), "a.py".into(), "a.py".into(), text.to_string(), true));
        let outline = outline(&source);
        let part = |span: Span| &text[span.start as usize..span.end as usize];
        let StmtKind::Function(function) = &outline.body[0].kind else { panic!("a function comes first") };
        assert_eq!(part(function.span), "def f():");
        let StmtKind::Return(Some(value)) = &function.body.statements()[0].kind else { panic!("it returns") };
        assert_eq!(part(value.span), "a.b");
        let StmtKind::Assign { value, .. } = &outline.body[1].kind else { panic!("an assignment comes second") };
        assert_eq!((part(outline.body[1].span), part(value.span)), ("x = (c . d)", "c . d"));
    }

    #[test]
    fn a_member_that_does_not_parse_is_left_out_alone() {
        assert_eq!(
            lowered("class A:\n  x = (\n  def f(self): pass\n"),
            "(class A [] [(def A.f [self] [(pass)])])\n! invalid syntax"
        );
        assert_eq!(lowered("def f():\nx = 1"), "(assign [x] 1)\n! expected an indented block");
    }
}
