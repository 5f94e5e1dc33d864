//! Operators: arithmetic chains without recursion, `and`/`or`, comparisons, conditionals.

use tree_sitter::Node;

use super::grammar::{Field, Kind, children, field, kind, named_children};
use super::ir::{BinaryOperator, Comparison, Expr, ExprKind, Span, UnaryOperator};
use super::lower::Lowerer;
use super::lower_expression::{with_star, without_star};

/// Operands of one chain that are nested to the left as Python does; a longer chain becomes a balanced tree, which
/// keeps operands and their order and stays shallow.
const MAX_CHAIN: usize = 32;

impl Lowerer<'_> {
    /// `a + b + c …`: tree-sitter nests it to the left, as deep as it is long.
    pub(super) fn binary_chain(&mut self, node: Node) -> Expr {
        let mut rest = Vec::new();
        let mut first = node;
        while kind(first) == Kind::Binary
            && let (Some(left), Some(operator), Some(right)) =
                (field(first, Field::Left), field(first, Field::Operator), field(first, Field::Right))
        {
            rest.push((binary_operator(kind(operator)), right));
            first = left;
        }
        rest.reverse();
        let levels = rest.len().min(MAX_CHAIN) as u32;
        let operands = self.deeper(levels, |this| {
            let first = this.expression(first);
            (first, rest.iter().map(|(operator, right)| (*operator, this.expression(*right))).collect())
        });
        match operands {
            Some((first, rest)) => {
                let (star, first) = without_star(first);
                let start = star.map_or(self.span(node).start, |_| first.span.start);
                let mut chain = join(first, rest);
                chain.span = Span { start, end: self.span(node).end };
                with_star(star, chain)
            }
            None => super::lower::unsupported(self.span(node)),
        }
    }

    /// `a and b and c`: one list of values.
    pub(super) fn boolean(&mut self, node: Node) -> ExprKind {
        let is_and = |node: Node| field(node, Field::Operator).is_some_and(|operator| kind(operator) == Kind::AndWord);
        let and = is_and(node);
        let mut operands = Vec::new();
        let mut first = node;
        while kind(first) == Kind::Boolean
            && is_and(first) == and
            && let (Some(left), Some(right)) = (field(first, Field::Left), field(first, Field::Right))
        {
            operands.push(right);
            first = left;
        }
        operands.push(first);
        let values = operands.into_iter().rev().map(|operand| self.expression(operand)).collect();
        ExprKind::Bool { and, values }
    }

    /// `left < a not in b`: operands and operators alternate.
    pub(super) fn comparison(&mut self, node: Node) -> ExprKind {
        let mut left = None;
        let mut rest = Vec::new();
        let mut operator = Comparison::Equal;
        for child in children(node) {
            if let Some(found) = comparison_operator(kind(child)) {
                operator = found;
                continue;
            }
            let operand = self.expression(child);
            match left {
                None => left = Some(Box::new(operand)),
                Some(_) => rest.push((operator, operand)),
            }
        }
        left.map_or(ExprKind::Unsupported, |left| ExprKind::Compare { left, rest })
    }

    /// `body if test else orelse`
    pub(super) fn conditional(&mut self, node: Node) -> ExprKind {
        let parts = named_children(node);
        let [body, test, orelse] = parts.as_slice() else { return ExprKind::Unsupported };
        let body = Box::new(self.expression(*body));
        let test = Box::new(self.expression(*test));
        ExprKind::Conditional { test, body, orelse: Box::new(self.expression(*orelse)) }
    }

    /// `not x`, `-x`
    pub(super) fn unary(&mut self, node: Node) -> ExprKind {
        let operator = match field(node, Field::Operator).map(kind) {
            Some(Kind::Minus) => UnaryOperator::Minus,
            Some(Kind::Plus) => UnaryOperator::Plus,
            Some(Kind::Tilde) => UnaryOperator::Invert,
            _ => UnaryOperator::Not,
        };
        ExprKind::Unary { operator, operand: Box::new(self.expression_in(node, Field::Argument)) }
    }

    /// `A | B` where the grammar expects a type; nested to the left like any operator.
    pub(super) fn union_type(&mut self, node: Node) -> ExprKind {
        let parts = named_children(node);
        let [left, right] = parts.as_slice() else { return ExprKind::Unsupported };
        let left = Box::new(self.expression(*left));
        ExprKind::Binary { left, operator: BinaryOperator::Or, right: Box::new(self.expression(*right)) }
    }
}

/// Builds a chain: to the left while it is short, balanced when it is long.
fn join(first: Expr, mut rest: Vec<(BinaryOperator, Expr)>) -> Expr {
    if rest.len() <= MAX_CHAIN {
        return rest.into_iter().fold(first, |left, (operator, right)| pair(left, operator, right));
    }
    let mut second_half = rest.split_off(rest.len() / 2);
    let (operator, middle) = second_half.remove(0);
    pair(join(first, rest), operator, join(middle, second_half))
}

fn pair(left: Expr, operator: BinaryOperator, right: Expr) -> Expr {
    let span = Span { start: left.span.start, end: right.span.end };
    Expr { span, kind: ExprKind::Binary { left: Box::new(left), operator, right: Box::new(right) } }
}

fn binary_operator(token: Kind) -> BinaryOperator {
    match token {
        Kind::Minus => BinaryOperator::Subtract,
        Kind::Star => BinaryOperator::Multiply,
        Kind::Slash => BinaryOperator::Divide,
        Kind::SlashSlash => BinaryOperator::FloorDivide,
        Kind::Percent => BinaryOperator::Modulo,
        Kind::StarStar => BinaryOperator::Power,
        Kind::At => BinaryOperator::MatrixMultiply,
        Kind::ShiftLeft => BinaryOperator::LeftShift,
        Kind::ShiftRight => BinaryOperator::RightShift,
        Kind::Ampersand => BinaryOperator::And,
        Kind::Bar => BinaryOperator::Or,
        Kind::Caret => BinaryOperator::Xor,
        _ => BinaryOperator::Add,
    }
}

fn comparison_operator(token: Kind) -> Option<Comparison> {
    Some(match token {
        Kind::Less => Comparison::Less,
        Kind::LessEqual => Comparison::LessEqual,
        Kind::EqualEqual => Comparison::Equal,
        Kind::NotEqual | Kind::Diamond => Comparison::NotEqual,
        Kind::Greater => Comparison::Greater,
        Kind::GreaterEqual => Comparison::GreaterEqual,
        Kind::In => Comparison::In,
        Kind::NotIn => Comparison::NotIn,
        Kind::Is => Comparison::Is,
        Kind::IsNot => Comparison::IsNot,
        _ => return None,
    })
}
