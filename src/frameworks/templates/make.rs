//! Makes IR: short names for what templates lower to.

use std::sync::Arc;

use super::Parent;
use crate::source::FileId;
use crate::syntax::ir::{
    Argument, ArgumentKind, Constant, Expr, ExprKind, Function, Parameter, ParameterKind, Span, Stmt, StmtKind,
};
use crate::syntax::{Body, Lowered, Name};

/// The intrinsic that runs a block.
pub(super) const RENDER_BLOCK: &str = "render_block";

/// An expression.
pub(super) fn expr(span: Span, kind: ExprKind) -> Expr {
    Expr { span, kind }
}

/// A variable.
pub(super) fn name(span: Span, name: &str) -> Expr {
    expr(span, ExprKind::Name(Name::new(name)))
}

/// A text.
pub(super) fn text(span: Span, text: &str) -> Expr {
    constant(span, Constant::Text(Name::new(text)))
}

/// A literal.
pub(super) fn constant(span: Span, constant: Constant) -> Expr {
    expr(span, ExprKind::Constant(constant))
}

/// A value nobody knows.
pub(super) fn unknown(span: Span) -> Expr {
    expr(span, ExprKind::Unsupported)
}

/// A plain value that holds no row.
pub(super) fn plain(span: Span) -> Expr {
    constant(span, Constant::Number)
}

/// The name by which the body of a loop asks for its turn.
pub(super) fn turn(span: Span, variable: &str) -> Stmt {
    assign(name(span, variable), intrinsic(span, "turn", Vec::new()))
}

/// A call of the function with a dotted path.
pub(super) fn call(span: Span, path: &str, arguments: Vec<Expr>) -> Expr {
    let arguments = arguments.into_iter().map(positional).collect();
    call_of(span, name(span, &format!("${path}")), arguments)
}

/// A call.
pub(super) fn call_of(span: Span, function: Expr, arguments: Vec<Argument>) -> Expr {
    expr(span, ExprKind::Call { function: Box::new(function), arguments })
}

/// An argument by position.
pub(super) fn positional(value: Expr) -> Argument {
    Argument { kind: ArgumentKind::Positional, value }
}

/// An argument by name.
pub(super) fn keyword(name: &str, value: Expr) -> Argument {
    Argument { kind: ArgumentKind::Keyword(Name::new(name)), value }
}

/// An intrinsic of the interpreter.
pub(super) fn intrinsic(span: Span, name: &str, arguments: Vec<Expr>) -> Expr {
    call(span, &format!("builtins.{name}"), arguments)
}

/// A block in its place.
pub(super) fn block_here(span: Span, block: Expr) -> Stmt {
    run(intrinsic(span, RENDER_BLOCK, vec![block]))
}

fn is_block(line: &Stmt) -> bool {
    let StmtKind::Expr(Expr { kind: ExprKind::Call { function, .. }, .. }) = &line.kind else { return false };
    matches!(function.kind, ExprKind::Name(name) if name.strip_prefix("$builtins.") == Some(RENDER_BLOCK))
}

/// A statement.
pub(super) fn statement(span: Span, kind: StmtKind) -> Stmt {
    Stmt { span, kind }
}

/// `value`, as a statement.
pub(super) fn run(value: Expr) -> Stmt {
    statement(value.span, StmtKind::Expr(value))
}

/// Output.
pub(super) fn emit(value: Expr) -> Stmt {
    statement(value.span, StmtKind::Emit(value))
}

/// `target = value`
pub(super) fn assign(target: Expr, value: Expr) -> Stmt {
    let span = Span { start: target.span.start.min(value.span.start), end: target.span.end.max(value.span.end) };
    statement(span, StmtKind::Assign { targets: vec![target], value })
}

/// Code that may run or not.
pub(super) fn maybe(span: Span, body: Vec<Stmt>) -> Stmt {
    statement(span, StmtKind::If { test: unknown(span), body, orelse: Vec::new() })
}

/// A dictionary of texts, after what `spread` gives.
pub(super) fn dictionary(span: Span, spread: Option<Expr>, items: Vec<(Name, Expr)>) -> Expr {
    let spread = spread.into_iter().map(|value| (None, value));
    let items = items.into_iter().map(|(key, value)| (Some(text(span, &key)), value));
    expr(span, ExprKind::Dict(spread.chain(items).collect()))
}

/// The variables in reach.
pub(super) fn locals(span: Span) -> Expr {
    intrinsic(span, "locals", Vec::new())
}

/// An ordinary parameter.
pub(super) fn parameter(name: &str, default: Option<Expr>) -> Parameter {
    Parameter { name: Name::new(name), kind: ParameterKind::Normal, annotation: None, default }
}

/// A function.
pub(super) fn function(
    file: FileId,
    span: Span,
    name: &str,
    parameters: Vec<Parameter>,
    body: Vec<Stmt>,
) -> Arc<Function> {
    let lowered = Lowered { statements: body, is_generator: false, problems: Vec::new() };
    Arc::new(Function {
        file,
        span,
        name: Name::new(name),
        qualified: Name::new(name),
        parameters,
        decorators: Vec::new(),
        returns: None,
        is_async: false,
        body: Body::ready(span, lowered),
    })
}

/// What a template says of the one it extends: its name, and of its own body the blocks, which are taken out.
pub(super) fn parent(file: FileId, name: Expr, body: &mut Vec<Stmt>) -> Parent {
    let (blocks, rest) = std::mem::take(body).into_iter().partition(is_block);
    *body = rest;
    let instead = function(file, name.span, "blocks", Vec::new(), blocks);
    Parent { name: returning(file, "extends", name), instead }
}

/// A function that returns a value.
fn returning(file: FileId, name: &str, value: Expr) -> Arc<Function> {
    let span = value.span;
    function(file, span, name, Vec::new(), vec![statement(span, StmtKind::Return(Some(value)))])
}

/// A part of a file by offsets.
pub(super) fn span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
}
