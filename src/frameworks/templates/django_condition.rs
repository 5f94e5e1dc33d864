//! The conditions of `{% if %}`: operators over variables with filters, with Python's precedence.

use super::django::Parser;
use super::make::{expr, unknown};
use crate::syntax::ir::{Comparison, Expr, ExprKind, Span, UnaryOperator};

/// So many times may `not` be said.
const MOST_NOTS: usize = 100;

/// The words of a condition, from left to right.
struct Condition<'p, 'a, 'w> {
    parser: &'p mut Parser<'a>,
    words: &'w [Span],
    position: usize,
}

impl Parser<'_> {
    /// The condition that the words make.
    pub(super) fn condition(&mut self, words: &[Span], whole: Span) -> Expr {
        if words.is_empty() {
            return unknown(whole);
        }
        Condition { parser: self, words, position: 0 }.either()
    }
}

impl Condition<'_, '_, '_> {
    fn peek(&self) -> &str {
        self.words.get(self.position).map(|word| self.parser.at(*word)).unwrap_or_default()
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_it = self.peek() == word;
        self.position += usize::from(is_it);
        is_it
    }

    fn either(&mut self) -> Expr {
        self.chain(false, "or", Self::both)
    }

    fn both(&mut self) -> Expr {
        self.chain(true, "and", Self::negated)
    }

    fn chain(&mut self, and: bool, word: &str, part: fn(&mut Self) -> Expr) -> Expr {
        let mut values = vec![part(self)];
        while self.takes(word) {
            values.push(part(self));
        }
        match (values.pop(), values.is_empty()) {
            (Some(only), true) => only,
            (Some(last), false) => {
                let whole = joined(values.first().map_or(last.span, |first| first.span), last.span);
                values.push(last);
                expr(whole, ExprKind::Bool { and, values })
            }
            (None, _) => unknown(Span::default()),
        }
    }

    fn negated(&mut self) -> Expr {
        let mut nots = Vec::new();
        while let Some(start) = self.words.get(self.position).copied().filter(|_| self.takes("not")) {
            nots.push(start);
        }
        nots.truncate(MOST_NOTS);
        let negate = |operand: Expr, start: Span| {
            let whole = joined(start, operand.span);
            expr(whole, ExprKind::Unary { operator: UnaryOperator::Not, operand: Box::new(operand) })
        };
        nots.into_iter().rev().fold(self.compared(), negate)
    }

    fn compared(&mut self) -> Expr {
        let left = self.operand();
        let Some(operator) = self.operator() else { return left };
        let right = self.operand();
        let whole = joined(left.span, right.span);
        expr(whole, ExprKind::Compare { left: Box::new(left), rest: vec![(operator, right)] })
    }

    fn operator(&mut self) -> Option<Comparison> {
        let (operator, length) = match self.peek() {
            "==" | "=" => (Comparison::Equal, 1),
            "!=" => (Comparison::NotEqual, 1),
            "<" => (Comparison::Less, 1),
            "<=" => (Comparison::LessEqual, 1),
            ">" => (Comparison::Greater, 1),
            ">=" => (Comparison::GreaterEqual, 1),
            "in" => (Comparison::In, 1),
            "is" if self.following() == "not" => (Comparison::IsNot, 2),
            "is" => (Comparison::Is, 1),
            "not" if self.following() == "in" => (Comparison::NotIn, 2),
            _ => return None,
        };
        self.position += length;
        Some(operator)
    }

    fn following(&self) -> &str {
        self.words.get(self.position + 1).map(|word| self.parser.at(*word)).unwrap_or_default()
    }

    fn operand(&mut self) -> Expr {
        let Some(word) = self.words.get(self.position).copied() else { return unknown(Span::default()) };
        self.position += 1;
        self.parser.filtered(word)
    }
}

fn joined(first: Span, last: Span) -> Span {
    Span { start: first.start, end: last.end.max(first.end) }
}
