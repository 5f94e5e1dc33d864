//! `match`: which names each case binds, and whether it always matches.

use tree_sitter::Node;

use super::grammar::{Field, Kind, children, field, kind, named_children};
use super::ir::{Case, Expr, ExprKind, Span, StmtKind};
use super::lower::{Lowerer, unsupported};
use super::name::Name;

/// What a pattern binds and reads so far.
#[derive(Default)]
struct Bound {
    names: Vec<(Name, Option<Vec<Name>>)>,
    reads: Vec<(Vec<Name>, Span)>,
    /// The attributes that lead from the subject to the pattern at hand.
    path: Vec<Name>,
}

impl Lowerer<'_> {
    /// `match subject:` with its cases.
    pub(super) fn match_statement(&mut self, node: Node) -> StmtKind {
        let body = field(node, Field::Body);
        let subjects: Vec<Node> = named_children(node)
            .into_iter()
            .filter(|child| !matches!(kind(*child), Kind::Block | Kind::CaseClause))
            .collect();
        let has_comma = children(node).iter().any(|child| kind(*child) == Kind::Comma);
        let subject = match subjects.as_slice() {
            [] => unsupported(self.span(node)),
            [only] if !has_comma => self.expression(*only),
            [first, .., last] => {
                let span = self.excerpt.in_file(first.start_byte(), last.end_byte());
                self.tuple_of(&subjects, span)
            }
            [only] => self.tuple_of(&[*only], self.span(*only)),
        };
        let clauses = body.map_or_else(|| named_children(node), named_children);
        let clauses = clauses.into_iter().filter(|child| kind(*child) == Kind::CaseClause);
        StmtKind::Match { subject, cases: clauses.map(|clause| self.case(clause)).collect() }
    }

    fn case(&mut self, node: Node) -> Case {
        let parts = children(node);
        let patterns: Vec<Node> = parts.iter().copied().filter(|part| kind(*part) == Kind::CasePattern).collect();
        let is_sequence = patterns.len() > 1 || parts.iter().any(|part| kind(*part) == Kind::Comma);
        let mut bound = Bound::default();
        let mut irrefutable = false;
        let (literal, class) = match patterns.as_slice() {
            [only] if !is_sequence => (self.literal(*only), self.class_of_pattern(*only)),
            _ => (None, None),
        };
        for pattern in patterns {
            irrefutable = self.pattern(pattern, !is_sequence, &mut bound) && !is_sequence;
        }
        let guard = field(node, Field::Guard).and_then(|guard| named_children(guard).first().copied());
        let guard = guard.map(|test| self.expression(test));
        let body = self.block(field(node, Field::Consequence));
        Case { binds: bound.names, reads: bound.reads, irrefutable, literal, class, guard, body }
    }

    /// The text of a pattern that is compared with, and is nothing but a number, a text or a constant.
    fn literal(&self, pattern: Node) -> Option<Name> {
        let parts = children(pattern);
        let [only] = parts.as_slice() else { return None };
        let is_plain =
            matches!(kind(*only), Kind::Integer | Kind::Float | Kind::String | Kind::True | Kind::False | Kind::None);
        is_plain.then(|| self.name(*only))
    }

    /// The class of `Author()`, `models.Author(name=name)`, `Author() as author`, and whether the pattern asks for nothing else.
    fn class_of_pattern(&self, pattern: Node) -> Option<(Expr, bool)> {
        let parts = children(pattern);
        let [only] = parts.as_slice() else { return None };
        let inner = named_children(*only);
        if kind(*only) == Kind::AsPattern {
            return self.class_of_pattern(*inner.first()?);
        }
        let (class, asked) = inner.split_first().filter(|_| kind(*only) == Kind::ClassPattern)?;
        let mut names = named_children(*class).into_iter();
        let first = names.next()?;
        let start = Expr { span: self.span(first), kind: ExprKind::Name(self.name(first)) };
        let chain = names.fold(start, |value, part| Expr {
            span: Span { start: value.span.start, end: self.span(part).end },
            kind: ExprKind::Attribute { value: Box::new(value), name: self.name(part), name_span: self.span(part) },
        });
        Some((chain, asked.is_empty()))
    }

    /// Collects the names a pattern binds; `whole` says that it is matched against the whole subject. True when it
    /// always matches.
    fn pattern(&mut self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        self.deeper(1, |this| this.pattern_of_kind(node, whole, bound)).unwrap_or_default()
    }

    fn pattern_of_kind(&mut self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        match kind(node) {
            Kind::CasePattern => self.only_pattern(node, whole, bound),
            Kind::DottedName => self.capture(node, whole, bound),
            Kind::Identifier => self.bind(node, whole, bound),
            Kind::Underscore => true,
            Kind::AsPattern => self.as_case_pattern(node, whole, bound),
            Kind::UnionPattern => self.union(node, whole, bound),
            Kind::TuplePattern => self.group(node, whole, bound),
            Kind::DictPattern => self.mapping(node, bound),
            Kind::ClassPattern => self.class_pattern(node, whole, bound),
            Kind::KeywordPattern => self.parts(named_children(node).get(1..).unwrap_or(&[]), bound),
            Kind::ListPattern => self.parts(&named_children(node), bound),
            Kind::SplatPattern => {
                self.parts(&named_children(node), bound);
                false
            }
            _ => false,
        }
    }

    fn only_pattern(&mut self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        children(node).first().is_some_and(|child| self.pattern(*child, whole, bound))
    }

    /// A bare name captures, a dotted one is compared with.
    fn capture(&mut self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        match named_children(node).as_slice() {
            [name] => self.bind(*name, whole, bound),
            _ => false,
        }
    }

    fn bind(&self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        if self.text(node) != "_" {
            bound.names.push((self.name(node), whole.then(|| bound.path.clone())));
        }
        true
    }

    fn as_case_pattern(&mut self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        match children(node).as_slice() {
            [pattern, .., name] => {
                let irrefutable = self.pattern(*pattern, whole, bound);
                self.bind(*name, whole, bound);
                irrefutable
            }
            _ => false,
        }
    }

    fn union(&mut self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        let mut irrefutable = false;
        for alternative in children(node) {
            irrefutable |= self.pattern(alternative, whole, bound);
        }
        bound.names.sort();
        bound.names.dedup();
        irrefutable
    }

    /// `(pattern)` is the pattern itself, `(a, b)` a sequence.
    fn group(&mut self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        let has_comma = children(node).iter().any(|child| kind(*child) == Kind::Comma);
        match named_children(node).as_slice() {
            [only] if !has_comma => self.pattern(*only, whole, bound),
            parts => self.parts(parts, bound),
        }
    }

    /// `Parcel(courier=Courier(express=True), weight=w)`: each keyword reads an attribute of what is matched.
    fn class_pattern(&mut self, node: Node, whole: bool, bound: &mut Bound) -> bool {
        for part in named_children(node).get(1..).unwrap_or(&[]) {
            let keyword = children(*part).into_iter().find(|inner| kind(*inner) == Kind::KeywordPattern);
            let keyword = if kind(*part) == Kind::KeywordPattern { Some(*part) } else { keyword };
            match keyword.map(named_children).as_deref() {
                Some([name, rest @ ..]) if whole => {
                    bound.path.push(self.name(*name));
                    bound.reads.push((bound.path.clone(), self.span(*name)));
                    rest.iter().for_each(|inner| {
                        self.pattern(*inner, true, bound);
                    });
                    bound.path.pop();
                }
                _ => {
                    self.pattern(*part, false, bound);
                }
            }
        }
        false
    }

    fn mapping(&mut self, node: Node, bound: &mut Bound) -> bool {
        let mut cursor = node.walk();
        let values: Vec<Node> = keys_and_values(&mut cursor)
            .into_iter()
            .filter(|(child, is_key)| !is_key && child.is_named())
            .map(|(child, _)| child)
            .collect();
        self.parts(&values, bound)
    }

    fn parts(&mut self, parts: &[Node], bound: &mut Bound) -> bool {
        for part in parts {
            self.pattern(*part, false, bound);
        }
        false
    }
}

/// The children of a mapping pattern, with whether each is a key.
fn keys_and_values<'t>(cursor: &mut tree_sitter::TreeCursor<'t>) -> Vec<(Node<'t>, bool)> {
    let mut found = Vec::new();
    if !cursor.goto_first_child() {
        return found;
    }
    let key = super::grammar::field_id(Field::Key);
    loop {
        found.push((cursor.node(), cursor.field_id().map(u16::from) == Some(key)));
        if !cursor.goto_next_sibling() {
            return found;
        }
    }
}
