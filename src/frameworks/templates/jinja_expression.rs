//! Jinja's expressions: Python's, with filters, tests and look-ups that take an item or an attribute.

use super::jinja_token::{JinjaToken, Kind, jinja_tokens};
use super::make::{call_of, constant, expr, intrinsic, keyword, name, plain, positional, text, unknown};
use crate::syntax::Name;
use crate::syntax::ir::{
    Argument, ArgumentKind, BinaryOperator, Comparison, Constant, Expr, ExprKind, Span, UnaryOperator,
};

/// So deep may an expression be nested.
const DEEPEST: u32 = 60;

/// So many operators, look-ups, calls or filters may follow each other: each holds those before it.
const LONGEST: u32 = 100;

/// Reads the tokens of one tag or output.
pub(super) struct Expressions<'a> {
    text: &'a str,
    tokens: Vec<JinjaToken>,
    position: usize,
    depth: u32,
    whole: Span,
}

type Operators = &'static [(&'static str, BinaryOperator)];

const SUMS: Operators = &[("+", BinaryOperator::Add), ("-", BinaryOperator::Subtract), ("~", BinaryOperator::Add)];
const PRODUCTS: Operators = &[
    ("*", BinaryOperator::Multiply),
    ("/", BinaryOperator::Divide),
    ("//", BinaryOperator::FloorDivide),
    ("%", BinaryOperator::Modulo),
];

impl<'a> Expressions<'a> {
    /// The expressions of a part of a template.
    pub(super) fn new(text: &'a str, inner: Span) -> Self {
        Expressions { text, tokens: jinja_tokens(text, inner), position: 0, depth: 0, whole: inner }
    }

    fn at(&self, span: Span) -> &'a str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn token(&self) -> Option<JinjaToken> {
        self.tokens.get(self.position).copied()
    }

    /// The text of the next token; empty at the end.
    pub(super) fn peek(&self) -> &'a str {
        self.token().map(|token| self.at(token.span)).unwrap_or_default()
    }

    fn following(&self) -> &'a str {
        self.tokens.get(self.position + 1).map(|token| self.at(token.span)).unwrap_or_default()
    }

    /// Consumes the next token where it is this one.
    pub(super) fn takes(&mut self, token: &str) -> bool {
        let is_it = self.token().is_some() && self.peek() == token;
        self.position += usize::from(is_it);
        is_it
    }

    /// Whether all tokens are read.
    pub(super) fn is_done(&self) -> bool {
        self.position >= self.tokens.len()
    }

    /// The next token as a word.
    pub(super) fn word(&mut self) -> Option<(&'a str, Span)> {
        let token = self.token().filter(|token| token.kind == Kind::Word)?;
        self.position += 1;
        Some((self.at(token.span), token.span))
    }

    fn here(&self) -> Span {
        self.token().map_or(Span { start: self.whole.end, end: self.whole.end }, |token| token.span)
    }

    fn since(&self, start: u32) -> Span {
        let last = self.position.checked_sub(1).and_then(|index| self.tokens.get(index));
        Span { start, end: last.map_or(start, |token| token.span.end).max(start) }
    }

    /// One or more expressions with commas between: one, or a tuple.
    pub(super) fn tuple(&mut self) -> Expr {
        let first = self.expression();
        if self.peek() != "," {
            return first;
        }
        let start = first.span.start;
        let mut items = vec![first];
        while self.takes(",") && !self.is_done() {
            items.push(self.expression());
        }
        expr(self.since(start), ExprKind::Tuple(items))
    }

    /// `a if b else c`
    pub(super) fn expression(&mut self) -> Expr {
        self.deeper(Self::conditional)
    }

    /// A part one level deeper; where that is too deep, the rest of the tag is left out.
    pub(super) fn deeper(&mut self, part: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.gives_up(self.depth, DEEPEST) {
            return unknown(self.whole);
        }
        self.depth += 1;
        let value = part(self);
        self.depth -= 1;
        value
    }

    fn gives_up(&mut self, count: u32, most: u32) -> bool {
        if count >= most {
            self.position = self.tokens.len();
        }
        count >= most
    }

    fn conditional(&mut self) -> Expr {
        let mut value = self.either();
        let mut links = 0;
        while self.takes("if") && !self.gives_up(links, LONGEST) {
            links += 1;
            let test = self.either();
            let span = Span { start: value.span.start, end: test.span.end };
            let orelse = if self.takes("else") { self.expression() } else { plain(span) };
            let whole = self.since(value.span.start);
            let (test, body, orelse) = (Box::new(test), Box::new(value), Box::new(orelse));
            value = expr(whole, ExprKind::Conditional { test, body, orelse });
        }
        value
    }

    /// An expression without `if`, as a loop walks.
    pub(super) fn either(&mut self) -> Expr {
        self.chain(false, "or", Self::both)
    }

    fn both(&mut self) -> Expr {
        self.chain(true, "and", Self::negated)
    }

    fn chain(&mut self, and: bool, word: &str, part: fn(&mut Self) -> Expr) -> Expr {
        let first = part(self);
        if self.peek() != word {
            return first;
        }
        let start = first.span.start;
        let mut values = vec![first];
        while self.takes(word) {
            values.push(part(self));
        }
        expr(self.since(start), ExprKind::Bool { and, values })
    }

    fn negated(&mut self) -> Expr {
        let start = self.here().start;
        if !self.takes("not") {
            return self.compared();
        }
        let operand = Box::new(self.deeper(Self::negated));
        expr(self.since(start), ExprKind::Unary { operator: UnaryOperator::Not, operand })
    }

    fn compared(&mut self) -> Expr {
        let left = self.sum();
        let mut rest = Vec::new();
        while let Some(operator) = self.comparison() {
            rest.push((operator, self.sum()));
        }
        if rest.is_empty() {
            return left;
        }
        let whole = self.since(left.span.start);
        expr(whole, ExprKind::Compare { left: Box::new(left), rest })
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let (operator, length) = match self.peek() {
            "==" => (Comparison::Equal, 1),
            "!=" => (Comparison::NotEqual, 1),
            "<" => (Comparison::Less, 1),
            "<=" => (Comparison::LessEqual, 1),
            ">" => (Comparison::Greater, 1),
            ">=" => (Comparison::GreaterEqual, 1),
            "in" => (Comparison::In, 1),
            "not" if self.following() == "in" => (Comparison::NotIn, 2),
            _ => return None,
        };
        self.position += length;
        Some(operator)
    }

    fn sum(&mut self) -> Expr {
        self.binary(SUMS, Self::product)
    }

    fn product(&mut self) -> Expr {
        self.binary(PRODUCTS, Self::unary)
    }

    fn binary(&mut self, operators: Operators, part: fn(&mut Self) -> Expr) -> Expr {
        let mut left = part(self);
        let mut links = 0;
        while let Some((sign, operator)) = operators.iter().find(|(sign, _)| *sign == self.peek()) {
            if self.gives_up(links, LONGEST) {
                break;
            }
            links += 1;
            self.takes(sign);
            let right = Box::new(part(self));
            let whole = self.since(left.span.start);
            left = expr(whole, ExprKind::Binary { left: Box::new(left), operator: *operator, right });
        }
        left
    }

    fn unary(&mut self) -> Expr {
        let start = self.here().start;
        for (sign, operator) in [("-", UnaryOperator::Minus), ("+", UnaryOperator::Plus)] {
            if self.takes(sign) {
                let operand = Box::new(self.deeper(Self::unary));
                return expr(self.since(start), ExprKind::Unary { operator, operand });
            }
        }
        let value = self.primary();
        let value = self.postfix(value);
        let value = self.filters(value);
        if self.takes("**") {
            let right = Box::new(self.deeper(Self::unary));
            let kind = ExprKind::Binary { left: Box::new(value), operator: BinaryOperator::Power, right };
            return expr(self.since(start), kind);
        }
        value
    }

    fn primary(&mut self) -> Expr {
        let Some(token) = self.token() else { return unknown(self.here()) };
        self.position += 1;
        let span = token.span;
        let literal = self.at(span);
        match (token.kind, literal) {
            (Kind::Word, "true" | "True") => constant(span, Constant::Bool(true)),
            (Kind::Word, "false" | "False") => constant(span, Constant::Bool(false)),
            (Kind::Word, "none" | "None") => constant(span, Constant::None),
            (Kind::Word, word) => name(span, word),
            (Kind::Number, number) => {
                number.parse().map_or(plain(span), |number| constant(span, Constant::Int(number)))
            }
            (Kind::Text, quoted) => text(span, quoted.get(1..quoted.len() - 1).unwrap_or_default()),
            (Kind::Sign, "(") => self.bracket(span.start, ")"),
            (Kind::Sign, "[") => self.bracket(span.start, "]"),
            (Kind::Sign, "{") => self.mapping(span.start),
            (Kind::Sign, _) => unknown(span),
        }
    }

    fn bracket(&mut self, start: u32, end: &str) -> Expr {
        let mut items = Vec::new();
        let mut has_comma = false;
        while !self.is_done() && self.peek() != end {
            items.push(self.expression());
            has_comma |= self.peek() == ",";
            if !self.takes(",") {
                break;
            }
        }
        self.takes(end);
        let whole = self.since(start);
        if end == "]" {
            return expr(whole, ExprKind::List(items));
        }
        match (items.len(), has_comma, items.pop()) {
            (1, false, Some(only)) => only,
            (_, _, last) => expr(whole, ExprKind::Tuple(items.into_iter().chain(last).collect())),
        }
    }

    fn mapping(&mut self, start: u32) -> Expr {
        let mut items = Vec::new();
        while !self.is_done() && self.peek() != "}" {
            let key = self.expression();
            if !self.takes(":") {
                break;
            }
            items.push((Some(key), self.expression()));
            if !self.takes(",") {
                break;
            }
        }
        self.takes("}");
        expr(self.since(start), ExprKind::Dict(items))
    }

    /// `.name`, `[index]`, `(arguments)`
    fn postfix(&mut self, mut value: Expr) -> Expr {
        let mut links = 0;
        loop {
            let start = value.span.start;
            links += 1;
            if self.gives_up(links, LONGEST) {
                return value;
            }
            if self.takes(".") {
                let Some(token) = self.token() else { return value };
                self.position += 1;
                let part = text(token.span, self.at(token.span));
                value = intrinsic(self.since(start), "attribute_or_item", vec![value, part]);
            } else if self.takes("[") {
                let index = self.index();
                self.takes("]");
                let kind = ExprKind::Subscript { value: Box::new(value), index: Box::new(index) };
                value = expr(self.since(start), kind);
            } else if self.takes("(") {
                let arguments = self.arguments();
                value = self.called(start, value, arguments);
            } else {
                return value;
            }
        }
    }

    /// Jinja's own functions; everything else is a value of the context.
    fn called(&self, start: u32, value: Expr, arguments: Vec<Argument>) -> Expr {
        let whole = self.since(start);
        let own = match value.kind {
            ExprKind::Name(name) => Some(name).filter(|name| matches!(name.as_str(), "range" | "dict" | "zip" | "len")),
            _ => None,
        };
        match own {
            Some(own) => call_of(whole, name(value.span, &format!("$builtins.{own}")), arguments),
            None => call_of(whole, value, arguments),
        }
    }

    fn index(&mut self) -> Expr {
        let start = self.here().start;
        let lower = if matches!(self.peek(), ":" | "]") { None } else { Some(self.expression()) };
        if !self.takes(":") {
            return lower.unwrap_or_else(|| unknown(self.here()));
        }
        let upper = if matches!(self.peek(), ":" | "]") { None } else { Some(self.expression()) };
        if self.takes(":") && self.peek() != "]" {
            self.expression();
        }
        let kind = ExprKind::Slice { lower: lower.map(Box::new), upper: upper.map(Box::new), step: None };
        expr(self.since(start), kind)
    }

    /// Arguments up to the closing bracket.
    pub(super) fn arguments(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        while !self.is_done() && self.peek() != ")" {
            arguments.push(self.argument());
            if !self.takes(",") {
                break;
            }
        }
        self.takes(")");
        arguments
    }

    fn argument(&mut self) -> Argument {
        if self.takes("**") {
            return Argument { kind: ArgumentKind::DoubleStar, value: self.expression() };
        }
        if self.takes("*") {
            return Argument { kind: ArgumentKind::Star, value: self.expression() };
        }
        if self.following() == "="
            && let Some((key, _)) = self.word()
        {
            self.takes("=");
            return keyword(key, self.expression());
        }
        positional(self.expression())
    }

    /// `|name(arguments)` and `is test`
    fn filters(&mut self, mut value: Expr) -> Expr {
        let mut links = 0;
        loop {
            let start = value.span.start;
            links += 1;
            if self.gives_up(links, LONGEST) {
                return value;
            }
            if self.takes("|") {
                let Some((filter, span)) = self.dotted() else { return value };
                let mut arguments = vec![positional(value)];
                if self.takes("(") {
                    arguments.extend(self.arguments());
                }
                let function = name(span, &format!("$jinja2.filters.{filter}"));
                value = call_of(self.since(start), function, arguments);
            } else if self.takes("is") {
                value = self.test(start, value);
            } else {
                return value;
            }
            value = self.postfix(value);
        }
    }

    fn dotted(&mut self) -> Option<(String, Span)> {
        let (word, span) = self.word()?;
        let mut filter = word.to_owned();
        while self.takes(".") {
            let (word, _) = self.word()?;
            filter = format!("{filter}.{word}");
        }
        Some((filter, span))
    }

    /// `value is [not] test(arguments)`
    fn test(&mut self, start: u32, value: Expr) -> Expr {
        let is_negated = self.takes("not");
        let Some((test, span)) = self.dotted() else { return value };
        let mut arguments = vec![positional(value)];
        let has_argument = self.token().is_some_and(|token| {
            token.kind != Kind::Sign
                && !matches!(self.at(token.span), "and" | "or" | "not" | "else" | "if" | "is" | "in")
        });
        if self.takes("(") {
            arguments.extend(self.arguments());
        } else if has_argument {
            let operand = self.primary();
            arguments.push(positional(self.postfix(operand)));
        }
        if test == "none" {
            let value = arguments.swap_remove(0).value;
            let comparison = if is_negated { Comparison::IsNot } else { Comparison::Is };
            let rest = vec![(comparison, constant(self.since(start), Constant::None))];
            return expr(self.since(start), ExprKind::Compare { left: Box::new(value), rest });
        }
        let function = name(span, &format!("$jinja2.tests.{test}"));
        let answer = call_of(self.since(start), function, arguments);
        if is_negated {
            let operand = Box::new(answer);
            return expr(self.since(start), ExprKind::Unary { operator: UnaryOperator::Not, operand });
        }
        answer
    }
}

/// The names an expression binds: of `a`, `a, b`, `(a, (b, c))`.
pub(super) fn bound(target: &Expr, names: &mut Vec<Name>) {
    match &target.kind {
        ExprKind::Name(name) => names.push(*name),
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| bound(item, names)),
        _ => {}
    }
}
