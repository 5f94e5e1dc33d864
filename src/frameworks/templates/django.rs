//! Django's template language: the walk over a template's tokens. Its tags are in `django_tags`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::lexer::{Token, TokenKind, tokens, words};
use super::libraries::Libraries;
use super::make::{emit, function, parent, span};
use super::{Language, Template};
use crate::source::{FileId, SourceFile};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, Function, Span, Stmt};

/// Lowers a template.
pub(super) fn lower(source: &SourceFile, libraries: &Libraries) -> Template {
    let tokens = tokens(&source.text, Language::Django);
    let inner = |token: &Token| source.text.get(token.inner.start as usize..token.inner.end as usize);
    let tags = tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Tag);
    let mut parser = Parser {
        text: &source.text,
        file: source.id,
        libraries,
        last: tags.filter_map(|(at, tag)| Some((inner(tag)?.trim(), at))).collect(),
        tokens,
        position: 0,
        loaded: Vec::new(),
        blocks: Vec::new(),
        open_blocks: Vec::new(),
        parent: None,
        saved: 0,
        depth: 0,
    };
    let (mut body, _) = parser.statements(&[]);
    let parent = parser.parent.take().map(|name| parent(source.id, name, &mut body));
    // Of a template that extends another, only its blocks are output.
    let body = if parent.is_some() { Vec::new() } else { body };
    let whole = span(0, source.text.len().min(1));
    Template { body: function(source.id, whole, "template", Vec::new(), body), parent, blocks: parser.blocks }
}

/// So deep may tags be nested; what is below is left out.
const DEEPEST: u32 = 100;

/// Reads the tokens of one template.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) file: FileId,
    pub(super) libraries: &'a Libraries,
    tokens: Vec<Token>,
    position: usize,
    /// Where the last tag of each text stands in the tokens.
    last: FxHashMap<&'a str, usize>,
    pub(super) loaded: Vec<Name>,
    pub(super) blocks: Vec<(Name, Arc<Function>)>,
    pub(super) open_blocks: Vec<Name>,
    pub(super) parent: Option<Expr>,
    saved: u32,
    depth: u32,
}

/// A tag: its words, and where it stands.
pub(super) struct Tag {
    /// With the delimiters.
    pub span: Span,
    /// Name and arguments.
    pub words: Vec<Span>,
}

impl<'a> Parser<'a> {
    /// The text of a span.
    pub(super) fn at(&self, span: Span) -> &'a str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The arguments of a tag as texts.
    pub(super) fn texts(&self, tag: &Tag) -> Vec<&'a str> {
        tag.words.iter().map(|word| self.at(*word)).collect()
    }

    /// Statements up to one of the tags of `until`, which is consumed and given back.
    pub(super) fn statements(&mut self, until: &[&str]) -> (Vec<Stmt>, Option<Tag>) {
        let mut body = Vec::new();
        while let Some(token) = self.tokens.get(self.position).copied() {
            self.position += 1;
            match token.kind {
                TokenKind::Output => {
                    let value = self.filtered(token.inner);
                    body.push(emit(value));
                }
                TokenKind::Tag => {
                    let tag = Tag { span: token.span, words: words(self.text, token.inner) };
                    let name = tag.words.first().map(|word| self.at(*word)).unwrap_or_default();
                    if until.contains(&name) {
                        return (body, Some(tag));
                    }
                    self.deeper(|this| this.tag(name, &tag, &mut body));
                }
            }
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

    /// Whether a tag of this name is still to come.
    pub(super) fn is_ahead(&self, name: &str) -> bool {
        self.last.get(name).is_some_and(|last| *last >= self.position)
    }

    /// A fresh name that no template can use.
    pub(super) fn fresh(&mut self, what: &str) -> String {
        self.saved += 1;
        format!("${what}.{}", self.saved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Program;

    fn shown(text: &str) -> String {
        let program = Program::from_sources(&[("shop/templatetags/shop.py", LIBRARY), ("shop/templates/a.html", text)]);
        let template = lower(&program.files[1], &Libraries::new(&program));
        let lines =
            |function: &Function| function.body.statements().iter().map(|line| format!("{line}\n")).collect::<String>();
        let blocks = template.blocks.iter().map(|(name, block)| format!("block {name}:\n{}", lines(block)));
        let parent = template
            .parent
            .iter()
            .map(|parent| format!("extends:\n{}instead:\n{}", lines(&parent.name), lines(&parent.instead)));
        parent.chain(std::iter::once(lines(&template.body))).chain(blocks).collect()
    }

    const LIBRARY: &str = "register = 1\n@register.simple_tag(takes_context=True)\ndef badge(context, book): ...\n\
        @register.inclusion_tag('b.html')\ndef shelf(books): ...\n@register.filter\ndef price(book): ...\n";

    #[test]
    fn variables_and_filters() {
        insta::assert_snapshot!(shown("{{ a.b.0|slice:':3'|join:\", \" }}"), @r##"
        (emit (call $django.template.defaultfilters.join [(subscript (lookup (lookup a b) 0) (slice - 3 -)) ", "]))
        "##);
    }

    #[test]
    fn loops() {
        insta::assert_snapshot!(shown("{% for a, b in c.d reversed %}{{ a }}{% empty %}{{ e }}{% endfor %}"), @r##"
        (assign [$saved.1] a)
        (assign [$saved.2] b)
        (assign [$saved.3] forloop)
        (for (tuple [a b]) (call $builtins.reversed [(lookup c d)]) [(assign [forloop] (call $builtins.turn [])) (emit a)] [])
        (assign [a] $saved.1)
        (assign [b] $saved.2)
        (assign [forloop] $saved.3)
        (if unsupported [(emit e)] [])
        "##);
    }

    #[test]
    fn conditions() {
        insta::assert_snapshot!(shown("{% if a and not b.c or d|length > 2 %}{{ e }}{% elif f %}{{ g }}{% else %}{{ h }}{% endif %}"), @r##"
        (if (any [(all [a (not (lookup b c))]) (compare (call $django.template.defaultfilters.length [d]) greater 2)]) [(emit e)] [(if f [(emit g)] [(emit h)])])
        "##);
    }

    #[test]
    fn inheritance() {
        insta::assert_snapshot!(shown("{% extends 'b.html' %}{{ lost }}{% block a %}{{ block.super }}{{ b }}{% endblock %}"), @r##"
        extends:
        (return "b.html")
        instead:
        (call $builtins.render_block ["a"])
        block a:
        (emit (call $builtins.render_super ["a.1"]))
        (emit b)
        "##);
    }

    #[test]
    fn includes_and_with() {
        insta::assert_snapshot!(shown("{% with a=b.c d=e %}{% include 'x.html' with f=a only %}{% endwith %}{% with b.c as a %}{% include g %}{% endwith %}"), @r##"
        (assign [$saved.1] a)
        (assign [$saved.2] d)
        (assign [a] (lookup b c))
        (assign [d] e)
        (call $builtins.render_template ["x.html" (dict ("f" a))])
        (assign [a] $saved.1)
        (assign [d] $saved.2)
        (assign [$saved.3] a)
        (assign [a] (lookup b c))
        (call $builtins.render_template [g (dict (- (call $builtins.locals [])))])
        (assign [a] $saved.3)
        "##);
    }

    #[test]
    fn libraries() {
        insta::assert_snapshot!(shown("{% load shop %}{% badge b.c as d %}{% shelf books=e %}{{ f|price }}{% nothing %}"), @r##"
        (assign [d] (call $shop.templatetags.shop.badge [(call $builtins.locals []) (lookup b c)]))
        (call $builtins.render_template ["b.html" (call $shop.templatetags.shop.shelf [books=e])])
        (emit (call $shop.templatetags.shop.price [f]))
        "##);
    }

    #[test]
    fn other_tags() {
        insta::assert_snapshot!(shown("{% regroup a by b.c as d %}{% url 'e' f.pk g=h %}{% firstof i j %}{% blocktranslate count k=l|length %}{{ k }}{% plural %}{{ m }}{% endblocktranslate %}{% ifchanged n.o %}{{ p }}{% endifchanged %}"), @r##"
        (assign [d] (call $django.template.defaulttags.regroup [a "b.c"]))
        (emit (lookup f pk))
        (emit h)
        (emit (any [i j]))
        (assign [$saved.1] k)
        (assign [k] (call $django.template.defaultfilters.length [l]))
        (if unsupported [(emit k)] [(emit m)])
        (assign [k] $saved.1)
        (lookup n o)
        (if unsupported [(emit p)] [])
        "##);
    }

    #[test]
    fn what_is_not_closed_is_no_harm() {
        insta::assert_snapshot!(shown("{% for a in b %}{% if %}{{ }}{{ |x }}{% endblock %}{% with %}"), @r##"
        (assign [$saved.1] a)
        (assign [$saved.2] forloop)
        (for a b [(assign [forloop] (call $builtins.turn [])) (if unsupported [(emit unsupported) (emit (call $django.template.defaultfilters.x [unsupported]))] [])] [])
        (assign [a] $saved.1)
        (assign [forloop] $saved.2)
        "##);
    }
}
