//! The statements of a body in order, compound ones opened up: which names does each bind, and how sure is that?

use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Stmt, StmtKind};

/// Under what a statement stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    /// It may not run: inside `if`, `try`, a loop.
    pub conditional: bool,
    /// It runs when something failed: inside `except`.
    pub fallback: bool,
}

/// Visits every statement of `body` and of the compound statements in it, functions and classes excepted.
pub(crate) fn walk<'a>(body: &'a [Stmt], guard: Guard, visit: &mut dyn FnMut(&'a Stmt, Guard)) {
    for statement in body {
        visit(statement, guard);
        for (inner, guard) in parts(&statement.kind, guard) {
            walk(inner, guard, visit);
        }
    }
}

fn parts(kind: &StmtKind, guard: Guard) -> Vec<(&[Stmt], Guard)> {
    let maybe = Guard { conditional: true, ..guard };
    match kind {
        StmtKind::If { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
            vec![(body, maybe), (orelse, maybe)]
        }
        StmtKind::For { body, orelse, .. } => vec![(body, maybe), (orelse, maybe)],
        StmtKind::With { body, .. } => vec![(body, guard)],
        StmtKind::Match { cases, .. } => cases.iter().map(|case| (&case.body[..], maybe)).collect(),
        StmtKind::Try { body, handlers, orelse, finally } => {
            let last_resort = Guard { conditional: true, fallback: true };
            let mut parts = vec![(&body[..], if handlers.is_empty() { guard } else { maybe })];
            parts.extend(handlers.iter().map(|handler| (&handler.body[..], last_resort)));
            parts.push((orelse, maybe));
            parts.push((finally, guard));
            parts
        }
        _ => Vec::new(),
    }
}

/// The variables that a simple statement (or the header of a compound one) binds, with the value where it is written.
/// An annotation without a value counts, without a value.
pub(crate) fn variables(statement: &Stmt) -> Vec<(Name, Option<&Expr>)> {
    let mut found = Vec::new();
    match &statement.kind {
        StmtKind::Assign { targets, value } => {
            targets.iter().for_each(|target| bind(target, Some(value), &mut found));
        }
        StmtKind::Annotated { target, value, .. } => bind(target, value.as_ref(), &mut found),
        StmtKind::For { target, .. } => bind(target, None, &mut found),
        StmtKind::With { items, .. } => {
            items.iter().filter_map(|(_, target)| target.as_ref()).for_each(|target| bind(target, None, &mut found));
        }
        _ => {}
    }
    found
}

fn bind<'a>(target: &'a Expr, value: Option<&'a Expr>, found: &mut Vec<(Name, Option<&'a Expr>)>) {
    match &target.kind {
        ExprKind::Name(name) => found.push((*name, value)),
        ExprKind::Starred(inner) => bind(inner, None, found),
        ExprKind::Tuple(targets) | ExprKind::List(targets) => {
            let values = value.and_then(|value| elements(value)).filter(|values| values.len() == targets.len());
            for (position, target) in targets.iter().enumerate() {
                bind(target, values.map(|values| &values[position]), found);
            }
        }
        _ => {}
    }
}

/// The elements of a written tuple, list or set.
pub(crate) fn elements(expr: &Expr) -> Option<&[Expr]> {
    match &expr.kind {
        ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => Some(items),
        _ => None,
    }
}

/// The value last assigned to `name` in `body`; an unconditional or earlier value does not lose to an `except` branch.
pub(crate) fn last_value(body: &[Stmt], name: Name) -> Option<&Expr> {
    let mut last: Option<(&Expr, Guard)> = None;
    walk(body, Guard::default(), &mut |statement, guard| {
        for (bound, value) in variables(statement) {
            let keeps = last.is_some() && guard.fallback;
            if bound == name
                && !keeps
                && let Some(value) = value
            {
                last = Some((value, guard));
            }
        }
    });
    last.map(|(value, _)| value)
}
