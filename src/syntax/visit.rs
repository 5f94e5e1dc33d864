//! The parts of expressions and statements, for whoever walks code without running it.

use std::sync::Arc;

use super::ir::{Expr, ExprKind, Function, Span, Stmt, StmtKind};

impl Span {
    /// Whether the other span lies inside this one.
    pub fn covers(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// The expressions that an expression is made of, in the order of the source; the bodies of lambdas are statements.
pub fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Name(_) | ExprKind::Lambda(_) | ExprKind::Unsupported => Vec::new(),
        ExprKind::Attribute { value, .. }
        | ExprKind::Lookup { value, .. }
        | ExprKind::Starred(value)
        | ExprKind::Await(value)
        | ExprKind::YieldFrom(value)
        | ExprKind::Walrus { value, .. } => vec![value],
        ExprKind::Unary { operand, .. } => vec![operand],
        ExprKind::Yield(value) => value.iter().map(|value| &**value).collect(),
        ExprKind::Subscript { value, index } => vec![value, index],
        ExprKind::Slice { lower, upper, step } => {
            [lower, upper, step].into_iter().flatten().map(|part| &**part).collect()
        }
        ExprKind::Call { function, arguments } => {
            std::iter::once(&**function).chain(arguments.iter().map(|argument| &argument.value)).collect()
        }
        ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => items.iter().collect(),
        ExprKind::Dict(items) => items.iter().flat_map(|(key, value)| key.iter().chain([value])).collect(),
        ExprKind::Binary { left, right, .. } => vec![left, right],
        ExprKind::Bool { values, .. } => values.iter().collect(),
        ExprKind::Compare { left, rest } => {
            std::iter::once(&**left).chain(rest.iter().map(|(_, operand)| operand)).collect()
        }
        ExprKind::Conditional { test, body, orelse } => vec![body, test, orelse],
        ExprKind::Comprehension { element, value, clauses, .. } => {
            let clauses = clauses.iter();
            let clauses =
                clauses.flat_map(|clause| [&clause.target, &clause.iterable].into_iter().chain(&clause.conditions));
            std::iter::once(&**element).chain(value.as_deref()).chain(clauses).collect()
        }
        ExprKind::Format(parts) => parts.iter().map(|(part, _)| part).collect(),
    }
}

/// The expressions that a statement holds itself, those of the statements below it left out.
pub fn expressions(statement: &Stmt) -> Vec<&Expr> {
    match &statement.kind {
        StmtKind::Expr(value) | StmtKind::Emit(value) => vec![value],
        StmtKind::Assign { targets, value } => targets.iter().chain([value]).collect(),
        StmtKind::Annotated { target, value, .. } => std::iter::once(target).chain(value).collect(),
        StmtKind::Augmented { target, value, .. } => vec![target, value],
        StmtKind::For { target, iterable, .. } => vec![target, iterable],
        StmtKind::While { test, .. } | StmtKind::If { test, .. } => vec![test],
        StmtKind::With { items, .. } => {
            items.iter().flat_map(|(item, target)| std::iter::once(item).chain(target)).collect()
        }
        StmtKind::Match { subject, cases } => {
            std::iter::once(subject).chain(cases.iter().filter_map(|case| case.guard.as_ref())).collect()
        }
        StmtKind::Return(value) => value.iter().collect(),
        StmtKind::Raise(value) => value.iter().collect(),
        StmtKind::Assert { test, message } => std::iter::once(test).chain(message).collect(),
        StmtKind::Delete(values) => values.iter().collect(),
        StmtKind::Function(function) => function
            .decorators
            .iter()
            .chain(function.parameters.iter().filter_map(|one| one.default.as_ref()))
            .collect(),
        StmtKind::Class(class) => class.decorators.iter().chain(class.bases.iter().map(|base| &base.value)).collect(),
        _ => Vec::new(),
    }
}

/// The blocks of statements below a statement; the bodies of functions are lowered for it.
pub fn blocks(statement: &Stmt) -> Vec<&[Stmt]> {
    match &statement.kind {
        StmtKind::For { body, orelse, .. }
        | StmtKind::While { body, orelse, .. }
        | StmtKind::If { body, orelse, .. } => {
            vec![body, orelse]
        }
        StmtKind::With { body, .. } => vec![body],
        StmtKind::Match { cases, .. } => cases.iter().map(|case| &case.body[..]).collect(),
        StmtKind::Try { body, handlers, orelse, finally } => {
            let handlers = handlers.iter().map(|handler| &handler.body[..]);
            std::iter::once(&body[..]).chain(handlers).chain([&orelse[..], &finally[..]]).collect()
        }
        StmtKind::Function(function) => vec![function.body.statements()],
        StmtKind::Class(class) => vec![&class.body],
        _ => Vec::new(),
    }
}

/// The functions of a module or class, those under compound statements and in nested classes too, but none in another
/// function.
pub fn outer_functions<'a>(statement: &'a Stmt, found: &mut dyn FnMut(&'a Arc<Function>)) {
    match &statement.kind {
        StmtKind::Function(function) => found(function),
        _ => blocks(statement).into_iter().flatten().for_each(|inner| outer_functions(inner, found)),
    }
}

/// The statements around a span, the outermost first.
pub fn around(body: &[Stmt], span: Span) -> Vec<&Stmt> {
    let mut found = Vec::new();
    for statement in body {
        let may_hold = match &statement.kind {
            StmtKind::Function(function) => {
                function.body.span().start <= span.start && span.end <= function.body.span().end
            }
            _ => true,
        };
        let inner = if may_hold {
            blocks(statement).into_iter().flat_map(|block| around(block, span)).collect()
        } else {
            Vec::new()
        };
        if !inner.is_empty() || statement.span.covers(span) {
            found.push(statement);
            found.extend(inner);
            break;
        }
    }
    found
}

/// The expression with exactly this span; of several the outermost.
pub fn expression_at(body: &[Stmt], span: Span) -> Option<&Expr> {
    around(body, span).into_iter().rev().flat_map(expressions).find_map(|expr| within(expr, span))
}

fn within(expr: &Expr, span: Span) -> Option<&Expr> {
    if expr.span == span {
        return Some(expr);
    }
    let lambda = match &expr.kind {
        ExprKind::Lambda(function) => expression_at(function.body.statements(), span),
        _ => None,
    };
    lambda.or_else(|| parts(expr).into_iter().find_map(|part| within(part, span)))
}
