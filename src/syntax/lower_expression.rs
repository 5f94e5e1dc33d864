//! Expressions: names, calls, subscripts, displays, comprehensions; operators and texts have files of their own.

use tree_sitter::Node;

use super::grammar::{Field, Kind, child_of_kind, children, field, kind, named_children};
use super::ir::{Argument, ArgumentKind, Clause, ComprehensionKind, Constant, Expr, ExprKind, Span};
use super::lower::{Lowerer, MAX_DEPTH, unsupported};
use super::lower_statement::is_async;
use super::name::Name;

/// Clauses of one comprehension: Python itself takes no more loops within each other.
const MAX_CLAUSES: usize = 20;

impl Lowerer<'_> {
    /// Lowers an expression, a target of an assignment or an annotation.
    pub(super) fn expression(&mut self, node: Node) -> Expr {
        self.deeper(1, |this| this.expression_of_kind(node)).unwrap_or_else(|| unsupported(self.span(node)))
    }

    fn expression_of_kind(&mut self, node: Node) -> Expr {
        let kind = match kind(node) {
            Kind::Parenthesized | Kind::ParenthesizedSplat | Kind::Type | Kind::AsPatternTarget => {
                return self.only_child(node);
            }
            Kind::TuplePattern if !has_comma(node) => return self.single_target(node),
            Kind::Attribute | Kind::Call | Kind::Subscript => return self.postfix(node),
            Kind::Binary => return self.binary_chain(node),
            Kind::Identifier | Kind::Underscore => ExprKind::Name(self.name(node)),
            Kind::DottedName => ExprKind::Name(self.dotted(node)),
            Kind::String | Kind::Concatenated => self.string(node),
            Kind::Integer => ExprKind::Constant(integer(self.text(node))),
            Kind::Float => ExprKind::Constant(Constant::Number),
            Kind::True => ExprKind::Constant(Constant::Bool(true)),
            Kind::False => ExprKind::Constant(Constant::Bool(false)),
            Kind::None => ExprKind::Constant(Constant::None),
            Kind::Ellipsis => ExprKind::Constant(Constant::Ellipsis),
            Kind::Tuple | Kind::TuplePattern | Kind::ExpressionList | Kind::PatternList => {
                ExprKind::Tuple(self.elements(node))
            }
            Kind::List | Kind::ListPattern => ExprKind::List(self.elements(node)),
            Kind::Set => ExprKind::Set(self.elements(node)),
            Kind::Dictionary => ExprKind::Dict(self.pairs(node)),
            Kind::ListSplat | Kind::ListSplatPattern | Kind::SplatType => {
                ExprKind::Starred(Box::new(self.only_child(node)))
            }
            Kind::ListComprehension => self.comprehension(node, ComprehensionKind::List),
            Kind::SetComprehension => self.comprehension(node, ComprehensionKind::Set),
            Kind::DictionaryComprehension => self.comprehension(node, ComprehensionKind::Dict),
            Kind::Generator => self.comprehension(node, ComprehensionKind::Generator),
            Kind::Slice => self.slice(node),
            Kind::NamedExpression => self.walrus(node),
            Kind::Lambda => self.lambda(node),
            Kind::Await => ExprKind::Await(Box::new(self.only_child(node))),
            Kind::Yield => self.yield_expression(node),
            other => return self.operator_or_type(node, other),
        };
        Expr { span: self.span(node), kind }
    }

    fn operator_or_type(&mut self, node: Node, of_kind: Kind) -> Expr {
        let kind = match of_kind {
            Kind::Boolean => self.boolean(node),
            Kind::Comparison => self.comparison(node),
            Kind::Conditional => self.conditional(node),
            Kind::Not | Kind::Unary => self.unary(node),
            Kind::GenericType => self.generic_type(node),
            Kind::UnionType => self.union_type(node),
            Kind::MemberType => self.member_type(node),
            Kind::ConstrainedType => return self.only_child(node),
            _ => ExprKind::Unsupported,
        };
        Expr { span: self.span(node), kind }
    }

    /// The first named child, for nodes that only wrap.
    fn only_child(&mut self, node: Node) -> Expr {
        match named_children(node).first() {
            Some(child) => self.expression(*child),
            None => unsupported(self.span(node)),
        }
    }

    /// `(a) = 1`: a parenthesis that tree-sitter reads as a pattern of one.
    fn single_target(&mut self, node: Node) -> Expr {
        match named_children(node).as_slice() {
            [only] => self.expression(*only),
            _ => Expr { span: self.span(node), kind: ExprKind::Tuple(Vec::new()) },
        }
    }

    fn elements(&mut self, node: Node) -> Vec<Expr> {
        named_children(node).into_iter().map(|element| self.expression(element)).collect()
    }

    fn pairs(&mut self, node: Node) -> Vec<(Option<Expr>, Expr)> {
        named_children(node).into_iter().map(|item| self.pair(item)).collect()
    }

    fn pair(&mut self, node: Node) -> (Option<Expr>, Expr) {
        if kind(node) == Kind::DictionarySplat {
            return (None, self.only_child(node));
        }
        let key = self.expression_in(node, Field::Key);
        (Some(key), self.expression_in(node, Field::Value))
    }

    /// Calls, attributes and subscripts in a row, from the inside out: long chains are common and cost no stack.
    fn postfix(&mut self, node: Node) -> Expr {
        let mut links = Vec::new();
        let mut base = node;
        while let Some(inner) = postfix_base(base) {
            links.push(base);
            base = inner;
        }
        let allowed = (MAX_DEPTH - self.depth) as usize;
        if let Some(too_deep) = links.get(allowed) {
            base = *too_deep;
            links.truncate(allowed);
        }
        let lowered = self.deeper(links.len() as u32, |this| this.expression(base));
        let lowered = lowered.unwrap_or_else(|| unsupported(self.span(base)));
        let (star, mut value) = without_star(lowered);
        while let Some(link) = links.pop() {
            let start = star.map(|_| value.span.start);
            value = self.link(link, value);
            value.span.start = start.unwrap_or(value.span.start);
        }
        with_star(star, value)
    }

    fn link(&mut self, node: Node, value: Expr) -> Expr {
        let kind = match kind(node) {
            Kind::Attribute => self.attribute(node, value),
            Kind::Call => ExprKind::Call { function: Box::new(value), arguments: self.call_arguments(node) },
            _ => ExprKind::Subscript { index: Box::new(self.index(node, value.span)), value: Box::new(value) },
        };
        Expr { span: self.span(node), kind }
    }

    fn attribute(&self, node: Node, value: Expr) -> ExprKind {
        match field(node, Field::Attribute) {
            Some(name) => {
                ExprKind::Attribute { value: Box::new(value), name: self.name(name), name_span: self.span(name) }
            }
            None => ExprKind::Unsupported,
        }
    }

    fn call_arguments(&mut self, node: Node) -> Vec<Argument> {
        match field(node, Field::Arguments) {
            Some(generator) if kind(generator) == Kind::Generator => {
                vec![Argument { kind: ArgumentKind::Positional, value: self.expression(generator) }]
            }
            Some(list) => self.arguments(list),
            None => Vec::new(),
        }
    }

    /// The arguments between the parentheses of a call or class.
    pub(super) fn arguments(&mut self, list: Node) -> Vec<Argument> {
        named_children(list).into_iter().map(|argument| self.argument(argument)).collect()
    }

    fn argument(&mut self, node: Node) -> Argument {
        match kind(node) {
            Kind::KeywordArgument => {
                let name = field(node, Field::Name).map_or(Name::new(""), |name| self.name(name));
                Argument { kind: ArgumentKind::Keyword(name), value: self.expression_in(node, Field::Value) }
            }
            Kind::ListSplat => Argument { kind: ArgumentKind::Star, value: self.only_child(node) },
            Kind::DictionarySplat => Argument { kind: ArgumentKind::DoubleStar, value: self.only_child(node) },
            _ => match without_star(self.expression(node)) {
                (None, value) => Argument { kind: ArgumentKind::Positional, value },
                (Some(_), value) => Argument { kind: ArgumentKind::Star, value },
            },
        }
    }

    /// What stands between the brackets of a subscript; several items, or a trailing comma, make a tuple.
    fn index(&mut self, node: Node, value: Span) -> Expr {
        let mut cursor = node.walk();
        let field_id = super::grammar::field_id(Field::Subscript);
        let Some(field_id) = std::num::NonZeroU16::new(field_id) else { return unsupported(value) };
        let items: Vec<Node> = node.children_by_field_id(field_id, &mut cursor).filter(Node::is_named).collect();
        match items.as_slice() {
            [only] if !has_comma(node) => self.expression(*only),
            [first, .., last] => {
                let span = self.excerpt.in_file(first.start_byte(), last.end_byte());
                self.tuple_of(&items, span)
            }
            [only] => self.tuple_of(&[*only], self.span(*only)),
            [] => unsupported(self.span(node)),
        }
    }

    fn slice(&mut self, node: Node) -> ExprKind {
        let mut parts: [Option<Box<Expr>>; 3] = [None, None, None];
        let mut position = 0;
        for child in children(node) {
            match kind(child) {
                Kind::Colon => position = (position + 1).min(2),
                _ => parts[position] = Some(Box::new(self.expression(child))),
            }
        }
        let [lower, upper, step] = parts;
        ExprKind::Slice { lower, upper, step }
    }

    fn comprehension(&mut self, node: Node, made: ComprehensionKind) -> ExprKind {
        let Some(body) = field(node, Field::Body) else { return ExprKind::Unsupported };
        let (element, value) = match kind(body) {
            Kind::Pair => {
                (self.expression_in(body, Field::Key), Some(Box::new(self.expression_in(body, Field::Value))))
            }
            _ => (self.expression(body), None),
        };
        let clauses = self.clauses(node);
        if clauses.len() > MAX_CLAUSES {
            return ExprKind::Unsupported;
        }
        ExprKind::Comprehension { kind: made, element: Box::new(element), value, clauses }
    }

    fn clauses(&mut self, node: Node) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = Vec::new();
        for child in named_children(node) {
            match kind(child) {
                Kind::ForIn => clauses.push(self.clause(child)),
                Kind::IfClause => {
                    let condition = self.only_child(child);
                    if let Some(clause) = clauses.last_mut() {
                        clause.span.end = condition.span.end.max(self.excerpt.in_file(0, child.end_byte()).end);
                        clause.conditions.push(condition);
                    }
                }
                _ => {}
            }
        }
        clauses
    }

    fn clause(&mut self, node: Node) -> Clause {
        let left = field(node, Field::Left);
        let target = self.expression_in(node, Field::Left);
        let sources: Vec<Node> = named_children(node).into_iter().filter(|child| Some(*child) != left).collect();
        let iterable = match sources.as_slice() {
            [only] => self.expression(*only),
            [first, .., last] => {
                let span = self.excerpt.in_file(first.start_byte(), last.end_byte());
                self.tuple_of(&sources, span)
            }
            [] => unsupported(self.span(node)),
        };
        Clause { span: self.span(node), target, iterable, conditions: Vec::new(), is_async: is_async(node) }
    }

    fn walrus(&mut self, node: Node) -> ExprKind {
        match field(node, Field::Name) {
            Some(name) => {
                ExprKind::Walrus { name: self.name(name), value: Box::new(self.expression_in(node, Field::Value)) }
            }
            None => ExprKind::Unsupported,
        }
    }

    fn yield_expression(&mut self, node: Node) -> ExprKind {
        self.has_yield = true;
        let value = named_children(node).first().map(|value| Box::new(self.expression(*value)));
        match value {
            Some(value) if child_of_kind(node, Kind::From).is_some() => ExprKind::YieldFrom(value),
            value => ExprKind::Yield(value),
        }
    }

    /// `List[Book]` where the grammar expects a type.
    fn generic_type(&mut self, node: Node) -> ExprKind {
        let parts = named_children(node);
        let [base, parameters] = parts.as_slice() else { return ExprKind::Unsupported };
        let value = Expr { span: self.span(*base), kind: ExprKind::Name(self.name(*base)) };
        let items = named_children(*parameters);
        let index = match items.as_slice() {
            [only] if !has_comma(*parameters) => self.expression(*only),
            [] => unsupported(self.span(*parameters)),
            [first, ..] => {
                let last = items.last().unwrap_or(first);
                let span = self.excerpt.in_file(first.start_byte(), last.end_byte());
                self.tuple_of(&items, span)
            }
        };
        ExprKind::Subscript { value: Box::new(value), index: Box::new(index) }
    }

    fn member_type(&mut self, node: Node) -> ExprKind {
        let parts = named_children(node);
        let [value, name] = parts.as_slice() else { return ExprKind::Unsupported };
        let value = Box::new(self.expression(*value));
        ExprKind::Attribute { value, name: self.name(*name), name_span: self.span(*name) }
    }
}

fn postfix_base(node: Node) -> Option<Node> {
    match kind(node) {
        Kind::Attribute => field(node, Field::Object),
        Kind::Call => field(node, Field::Function),
        Kind::Subscript => field(node, Field::Value),
        _ => None,
    }
}

/// tree-sitter reads `*a.b` as `(*a).b`: takes the star off, with its place.
pub(super) fn without_star(expression: Expr) -> (Option<u32>, Expr) {
    match expression.kind {
        ExprKind::Starred(inner) => (Some(expression.span.start), *inner),
        kind => (None, Expr { span: expression.span, kind }),
    }
}

/// Puts the star back around the whole.
pub(super) fn with_star(star: Option<u32>, value: Expr) -> Expr {
    match star {
        Some(start) => Expr { span: Span { start, end: value.span.end }, kind: ExprKind::Starred(Box::new(value)) },
        None => value,
    }
}

fn has_comma(node: Node) -> bool {
    child_of_kind(node, Kind::Comma).is_some()
}

/// The value of an integer literal, where it fits.
fn integer(text: &str) -> Constant {
    let digits = text.replace('_', "").to_ascii_lowercase();
    let value = match digits.get(..2) {
        Some("0x") => i64::from_str_radix(&digits[2..], 16),
        Some("0o") => i64::from_str_radix(&digits[2..], 8),
        Some("0b") => i64::from_str_radix(&digits[2..], 2),
        _ => digits.parse(),
    };
    value.map_or(Constant::Number, Constant::Int)
}
