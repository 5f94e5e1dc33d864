//! Compound statements: branches, loops, `try`, `with`, and blocks.

use tree_sitter::Node;

use super::grammar::{Field, Kind, child_of_kind, children, field, kind, named_children};
use super::ir::{Expr, Handler, Span, Stmt, StmtKind, SyntaxProblem};
use super::lower::{Lowerer, unsupported};
use super::lower_statement::is_async;

/// Branches of one `if` that are nested in each other; further ones are put side by side, which keeps
/// generated code with thousands of branches from overflowing the stack of whoever walks the tree.
const MAX_BRANCHES: usize = 100;

impl Lowerer<'_> {
    /// Lowers a compound statement; `None` for a simple one.
    pub(super) fn compound(&mut self, node: Node) -> Option<Stmt> {
        let kind = match kind(node) {
            Kind::If => return Some(self.if_statement(node)),
            Kind::For => self.for_statement(node),
            Kind::While => self.while_statement(node),
            Kind::Try => self.try_statement(node),
            Kind::With => self.with_statement(node),
            Kind::Match => self.match_statement(node),
            Kind::Function => return Some(self.function_statement(node, Vec::new())),
            Kind::Class => return Some(self.class_statement(node, Vec::new())),
            Kind::Decorated => return Some(self.decorated(node)),
            _ => return None,
        };
        Some(Stmt { span: self.header(node), kind })
    }

    /// The bytes from the start of a compound statement to the colon before its first block.
    pub(super) fn header(&self, node: Node) -> Span {
        let is_body = |child: &Node| matches!(kind(*child), Kind::Block | Kind::CaseClause);
        let parts = children(node);
        let body = parts.iter().position(is_body).unwrap_or(parts.len());
        let colon = parts[..body].iter().rev().find(|child| kind(**child) == Kind::Colon);
        let end = colon.map_or(node.end_byte(), |colon| colon.end_byte());
        self.excerpt.in_file(node.start_byte(), end)
    }

    /// The statements of a block.
    pub(super) fn block(&mut self, node: Option<Node>) -> Vec<Stmt> {
        let statements = node.map(named_children).unwrap_or_default();
        statements.into_iter().map(|statement| self.statement(statement)).collect()
    }

    /// Statements of a module or class; in an outline, one that fails is left out alone.
    pub(super) fn guarded(&mut self, statements: Vec<Node>) -> Vec<Stmt> {
        let mut lowered = Vec::with_capacity(statements.len());
        for node in statements {
            let statement = self.statement(node);
            match self.failure.take_if(|_| self.is_outline) {
                Some((span, message)) => {
                    let block = self.span(node);
                    self.problems.push(SyntaxProblem { span, block, message: message.to_string() });
                }
                None => lowered.push(statement),
            }
        }
        lowered
    }

    /// The expression in a slot that valid code always fills.
    pub(super) fn expression_in(&mut self, node: Node, slot: Field) -> Expr {
        match field(node, slot) {
            Some(child) => self.expression(child),
            None => unsupported(self.span(node)),
        }
    }

    fn if_statement(&mut self, node: Node) -> Stmt {
        let mut branches = vec![self.branch(node)];
        let mut orelse = Vec::new();
        for child in named_children(node) {
            match kind(child) {
                Kind::Elif => branches.push(self.branch(child)),
                Kind::Else => orelse = self.block(field(child, Field::Body)),
                _ => {}
            }
        }
        let mut nested = branches.split_off(branches.len().min(MAX_BRANCHES));
        nested.extend(orelse);
        while let Some(mut branch) = branches.pop() {
            if let StmtKind::If { orelse, .. } = &mut branch.kind {
                *orelse = nested;
            }
            nested = vec![branch];
        }
        nested.pop().unwrap_or_else(|| Stmt { span: self.span(node), kind: StmtKind::Pass })
    }

    /// An `if` or `elif` with its own block only.
    fn branch(&mut self, node: Node) -> Stmt {
        let test = self.expression_in(node, Field::Condition);
        let body = self.block(field(node, Field::Consequence));
        Stmt { span: self.header(node), kind: StmtKind::If { test, body, orelse: Vec::new() } }
    }

    fn for_statement(&mut self, node: Node) -> StmtKind {
        let target = self.expression_in(node, Field::Left);
        let iterable = self.expression_in(node, Field::Right);
        let body = self.block(field(node, Field::Body));
        let orelse = self.else_block(node);
        StmtKind::For { target, iterable, body, orelse, is_async: is_async(node) }
    }

    fn while_statement(&mut self, node: Node) -> StmtKind {
        let test = self.expression_in(node, Field::Condition);
        let body = self.block(field(node, Field::Body));
        let orelse = self.else_block(node);
        StmtKind::While { test, body, orelse }
    }

    fn else_block(&mut self, node: Node) -> Vec<Stmt> {
        let clause = child_of_kind(node, Kind::Else);
        self.block(clause.and_then(|clause| field(clause, Field::Body)))
    }

    fn try_statement(&mut self, node: Node) -> StmtKind {
        let body = self.block(field(node, Field::Body));
        let clauses = named_children(node).into_iter().filter(|child| kind(*child) == Kind::Except);
        let handlers = clauses.map(|clause| self.handler(clause)).collect();
        let orelse = self.else_block(node);
        let finally = child_of_kind(node, Kind::Finally).and_then(|clause| child_of_kind(clause, Kind::Block));
        StmtKind::Try { body, handlers, orelse, finally: self.block(finally) }
    }

    fn handler(&mut self, node: Node) -> Handler {
        let parts: Vec<Node> = named_children(node).into_iter().filter(|child| kind(*child) != Kind::Block).collect();
        let alias = field(node, Field::Alias);
        let values: Vec<Node> = parts.into_iter().filter(|part| Some(*part) != alias).collect();
        let mut name = alias.map(|alias| self.name(alias));
        let kinds = match values.as_slice() {
            [] => None,
            [value] if kind(*value) == Kind::AsPattern => {
                let (value, alias) = self.as_pattern(*value);
                name = alias.map(|alias| self.name(alias));
                Some(value)
            }
            [value] => Some(self.expression(*value)),
            [first, .., last] => {
                let span = self.excerpt.in_file(first.start_byte(), last.end_byte());
                Some(self.tuple_of(&values, span))
            }
        };
        Handler { kinds, name, body: self.block(child_of_kind(node, Kind::Block)) }
    }

    /// `value as alias`
    fn as_pattern<'t>(&mut self, node: Node<'t>) -> (Expr, Option<Node<'t>>) {
        let value = named_children(node).first().map(|value| self.expression(*value));
        (value.unwrap_or_else(|| unsupported(self.span(node))), field(node, Field::Alias))
    }

    fn with_statement(&mut self, node: Node) -> StmtKind {
        let clause = child_of_kind(node, Kind::WithClause);
        let mut items = Vec::new();
        for item in clause.map(named_children).unwrap_or_default() {
            if let Some(value) = field(item, Field::Value) {
                self.with_item(value, &mut items);
            }
        }
        StmtKind::With { items, body: self.block(field(node, Field::Body)), is_async: is_async(node) }
    }

    /// One item; `with (a as b, c):` comes as a tuple or a parenthesis.
    fn with_item(&mut self, node: Node, items: &mut Vec<(Expr, Option<Expr>)>) {
        match kind(node) {
            Kind::AsPattern => {
                let (value, alias) = self.as_pattern(node);
                items.push((value, alias.map(|alias| self.alias_target(alias))));
            }
            Kind::Tuple | Kind::Parenthesized => {
                let nested = self.deeper(1, |this| {
                    named_children(node).into_iter().for_each(|child| this.with_item(child, items));
                });
                if nested.is_none() {
                    items.push((unsupported(self.span(node)), None));
                }
            }
            _ => items.push((self.expression(node), None)),
        }
    }

    fn alias_target(&mut self, node: Node) -> Expr {
        match named_children(node).first() {
            Some(target) => self.expression(*target),
            None => unsupported(self.span(node)),
        }
    }
}
