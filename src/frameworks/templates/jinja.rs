//! Jinja2: the walk over a template's tokens. Its tags are in `jinja_tags`.

use std::sync::Arc;

use super::jinja_expression::Expressions;
use super::lexer::{Token, TokenKind, tokens};
use super::make::{emit, function, parent, span};
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
    let (mut body, _) = parser.statements(&[]);
    let parent = parser.parent.take().map(|name| parent(source.id, name, &mut body));
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
            self.deeper(|this| this.tag(tag, token.span, &mut read, &mut body));
        }
        (body, None)
    }

    /// Reads one level deeper, or not at all where that is too deep.
    pub(super) fn deeper(&mut self, read: impl FnOnce(&mut Self)) {
        if self.depth < DEEPEST {
            self.depth += 1;
            read(self);
            self.depth -= 1;
        }
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
        let lines =
            |function: &Function| function.body.statements().iter().map(|line| format!("{line}\n")).collect::<String>();
        let blocks = template.blocks.iter().map(|(name, block)| format!("block {name}:\n{}", lines(block)));
        let parent = template
            .parent
            .iter()
            .map(|parent| format!("extends:\n{}instead:\n{}", lines(&parent.name), lines(&parent.instead)));
        parent.chain(std::iter::once(lines(&template.body))).chain(blocks).collect()
    }

    #[test]
    fn expressions() {
        insta::assert_snapshot!(shown("{{ a.b(1, c=d)[0] if not e is none and f in [1, 'x'] else g|sort(attribute='h.i')|join }}"), @r##"
        (emit (conditional (all [(not (compare e is None)) (compare f in (list [1 "x"]))]) (subscript (call (call $builtins.attribute_or_item [a "b"]) [1 c=d]) 0) (call $jinja2.filters.join [(call $jinja2.filters.sort [g attribute="h.i"])])))
        "##);
    }

    #[test]
    fn loops_and_names() {
        insta::assert_snapshot!(shown("{% for k, v in a.items() if v.b %}{% set c = v ~ 1 %}{{ loop.index }}{% else %}{{ d }}{% endfor %}"), @r##"
        (assign [$saved.1] k)
        (assign [$saved.2] v)
        (assign [$saved.3] loop)
        (for (tuple [k v]) (call (call $builtins.attribute_or_item [a "items"]) []) [(assign [loop] (call $builtins.turn [])) (if (call $builtins.attribute_or_item [v "b"]) [(assign [c] (add v 1)) (emit (call $builtins.attribute_or_item [loop "index"]))] [])] [])
        (assign [k] $saved.1)
        (assign [v] $saved.2)
        (assign [loop] $saved.3)
        (if unsupported [(emit d)] [])
        "##);
    }

    #[test]
    fn macros_and_imports() {
        insta::assert_snapshot!(shown("{% from 'm.html' import f as g, h %}{% import 'n.html' as n with context %}{% macro m(a, b=1) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(x) %}{{ y }}{% endcall %}"), @r##"
        (assign [$module.1] (call $builtins.template_module ["m.html" (call $builtins.locals []) "jinja2"]))
        (assign [g] (call $builtins.attribute_or_item [$module.1 "f"]))
        (assign [h] (call $builtins.attribute_or_item [$module.1 "h"]))
        (assign [n] (call $builtins.template_module ["n.html" (call $builtins.locals []) "jinja2"]))
        (def m [a b=1 caller=None] [(emit a) (emit (call caller []))])
        (def $caller.2 [] [(emit y)])
        (emit (call m [x caller=$caller.2]))
        "##);
    }

    #[test]
    fn inheritance() {
        insta::assert_snapshot!(shown("{% extends 'b.html' %}{% set a = b %}{{ lost }}{% block c scoped %}{{ super() }}{{ self.d() }}{% endblock %}"), @r##"
        extends:
        (return "b.html")
        instead:
        (call $builtins.render_block ["c"])
        (assign [a] b)
        block c:
        (emit (call $builtins.render_super ["c.0"]))
        (emit (call $builtins.render_block ["d"]))
        "##);
    }

    #[test]
    fn other_tags() {
        insta::assert_snapshot!(shown("{%- if a == 1 -%}{{ b }}{% elif c is defined %}{{ d }}{% else %}{{ e }}{% endif %}{% include ['f', 'g'] ignore missing %}{% with h=i.j %}{{ h }}{% endwith %}{% set k %}{{ l }}{% endset %}{% do m.n() %}"), @r##"
        (if (compare a equal 1) [(emit b)] [(if (call $jinja2.tests.defined [c]) [(emit d)] [(emit e)])])
        (call $builtins.render_template [(list ["f" "g"]) (dict (- (call $builtins.locals []))) "jinja2"])
        (assign [$saved.1] h)
        (assign [h] (call $builtins.attribute_or_item [i "j"]))
        (emit h)
        (assign [h] $saved.1)
        (emit l)
        (assign [k] number)
        (call (call $builtins.attribute_or_item [m "n"]) [])
        "##);
    }

    #[test]
    fn what_is_not_closed_is_no_harm() {
        insta::assert_snapshot!(shown("{% for a in %}{{ ( }}{{ a.b[ }}{% if %}{% endblock %}{% set %}{{ 'x }}"), @r##"
        (assign [$saved.1] a)
        (assign [$saved.2] loop)
        (for a unsupported [(assign [loop] (call $builtins.turn [])) (emit (tuple [])) (emit (subscript (call $builtins.attribute_or_item [a "b"]) unsupported)) (if unsupported [(emit "")] [])] [])
        (assign [a] $saved.1)
        (assign [loop] $saved.2)
        "##);
    }
}
