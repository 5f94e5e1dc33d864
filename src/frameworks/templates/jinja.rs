//! Jinja2: the walk over a template's tokens. Its tags are in `jinja_tags`.

use std::sync::Arc;

use super::jinja_expression::Expressions;
use super::lexer::{Token, TokenKind, tokens};
use super::make::{emit, function, returning, span};
use super::{Language, Template};
use crate::source::{FileId, SourceFile};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, Function, Stmt};

/// Lowers a template.
pub(super) fn lower(source: &SourceFile) -> Template {
    let mut parser = Parser {
        text: &source.text,
        file: source.id,
        tokens: tokens(&source.text, Language::Jinja),
        position: 0,
        blocks: Vec::new(),
        open_blocks: Vec::new(),
        parent: None,
        count: 0,
        depth: 0,
    };
    let (body, _) = parser.statements(&[]);
    let parent = parser.parent.take().map(|value| returning(source.id, "extends", value));
    // Of a template that extends another, what stands outside its blocks still sets names and imports macros.
    let is_kept = |line: &Stmt| parent.is_none() || super::jinja_tags::is_definition(line);
    let body = body.into_iter().filter(is_kept).collect();
    let whole = span(0, source.text.len().min(1));
    Template { body: function(source.id, whole, "template", Vec::new(), body), parent, blocks: parser.blocks }
}

/// So deep may tags be nested; what is below is left out.
const DEEPEST: u32 = 100;

/// Reads the tokens of one template.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) file: FileId,
    tokens: Vec<Token>,
    position: usize,
    pub(super) blocks: Vec<(Name, Arc<Function>)>,
    pub(super) open_blocks: Vec<Name>,
    pub(super) parent: Option<Expr>,
    count: u32,
    depth: u32,
}

impl<'a> Parser<'a> {
    /// Statements up to one of the tags of `until`, which is consumed and given back.
    pub(super) fn statements(&mut self, until: &[&str]) -> (Vec<Stmt>, Option<Token>) {
        let mut body = Vec::new();
        while let Some(token) = self.tokens.get(self.position).copied() {
            self.position += 1;
            let mut read = Expressions::new(self.text, token.inner);
            if token.kind == TokenKind::Output {
                let value = read.tuple();
                body.push(emit(self.resolved(value)));
                continue;
            }
            let Some((tag, _)) = read.word() else { continue };
            if until.contains(&tag) {
                return (body, Some(token));
            }
            if self.depth < DEEPEST {
                self.depth += 1;
                self.tag(tag, token.span, &mut read, &mut body);
                self.depth -= 1;
            }
        }
        (body, None)
    }

    /// Statements up to the tag that ends this one.
    pub(super) fn content(&mut self, end: &str) -> Vec<Stmt> {
        self.statements(&[end]).0
    }

    /// The first word of a tag.
    pub(super) fn word_of(&self, token: Option<Token>) -> &'a str {
        let inner = token.map(|token| token.inner).unwrap_or_default();
        Expressions::new(self.text, inner).word().map_or("", |(word, _)| word)
    }

    /// A fresh name that no template can use.
    pub(super) fn fresh(&mut self, what: &str) -> String {
        self.count += 1;
        format!("${what}.{}", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Program;

    fn shown(text: &str) -> String {
        let program = Program::from_sources(&[("shop/jinja2/a.html", text)]);
        let template = lower(&program.files[0]);
        let lines = |function: &Function| {
            function.body.statements().iter().map(|line| format!("{line}\n")).collect::<String>()
        };
        let blocks = template.blocks.iter().map(|(name, block)| format!("block {name}:\n{}", lines(block)));
        let parent = template.parent.iter().map(|parent| format!("extends:\n{}", lines(parent)));
        parent.chain(std::iter::once(lines(&template.body))).chain(blocks).collect()
    }

    #[test]
    fn expressions() {
        insta::assert_snapshot!(shown("{{ a.b(1, c=d)[0] if not e is none and f in [1, 'x'] else g|sort(attribute='h.i')|join }}"), @"");
    }

    #[test]
    fn loops_and_names() {
        insta::assert_snapshot!(shown("{% for k, v in a.items() if v.b %}{% set c = v ~ 1 %}{{ loop.index }}{% else %}{{ d }}{% endfor %}"), @"");
    }

    #[test]
    fn macros_and_imports() {
        insta::assert_snapshot!(shown("{% from 'm.html' import f as g, h %}{% import 'n.html' as n with context %}{% macro m(a, b=1) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(x) %}{{ y }}{% endcall %}"), @"");
    }

    #[test]
    fn inheritance() {
        insta::assert_snapshot!(shown("{% extends 'b.html' %}{% set a = b %}{{ lost }}{% block c scoped %}{{ super() }}{{ self.d() }}{% endblock %}"), @"");
    }

    #[test]
    fn other_tags() {
        insta::assert_snapshot!(shown("{%- if a == 1 -%}{{ b }}{% elif c is defined %}{{ d }}{% else %}{{ e }}{% endif %}{% include ['f', 'g'] ignore missing %}{% with h=i.j %}{{ h }}{% endwith %}{% set k %}{{ l }}{% endset %}{% do m.n() %}"), @"");
    }

    #[test]
    fn what_is_not_closed_is_no_harm() {
        insta::assert_snapshot!(shown("{% for a in %}{{ ( }}{{ a.b[ }}{% if %}{% endblock %}{% set %}{{ 'x }}"), @"");
    }
}
