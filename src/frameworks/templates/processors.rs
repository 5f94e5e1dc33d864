//! Context processors: functions that the settings name, whose answers every template of a request sees.
//!
//! `TEMPLATES = [{"OPTIONS": {"context_processors": ["shop.context.basket"]}}]`, and what is added to that list or assigned
//! to a name that ends like it.

use crate::project::Program;
use crate::syntax::Name;
use crate::syntax::ir::{Constant, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::visit::{expressions, parts};

const KEY: &str = "context_processors";

/// The dotted paths that the settings modules of a project list as context processors.
pub fn context_processors(program: &Program) -> Vec<Name> {
    let mut found = Vec::new();
    for module in program.modules.iter().filter(|module| !module.is_stub && module.name.contains("settings")) {
        module.outline.body.iter().for_each(|statement| read(statement, &mut found));
    }
    let mut seen = rustc_hash::FxHashSet::default();
    found.retain(|path| seen.insert(*path));
    found
}

fn read(statement: &Stmt, found: &mut Vec<Name>) {
    if let StmtKind::If { body, orelse, .. } = &statement.kind {
        body.iter().chain(orelse).for_each(|inner| read(inner, found));
    }
    let written = expressions(statement);
    let is_list = written.iter().any(|expr| is_named(expr));
    written.into_iter().for_each(|expr| collect(expr, is_list, found));
}

/// `CONTEXT_PROCESSORS`, `TEMPLATES[0]["OPTIONS"]["context_processors"]`, also with a method.
fn is_named(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(name) => name.to_lowercase().ends_with(KEY),
        ExprKind::Subscript { index, .. } => is_key(index),
        ExprKind::Attribute { value, .. } => is_named(value),
        ExprKind::Call { function, .. } => is_named(function),
        _ => false,
    }
}

fn is_key(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Constant(Constant::Text(text)) if *text == KEY)
}

/// The texts below an expression that stand in such a list.
fn collect(expr: &Expr, is_list: bool, found: &mut Vec<Name>) {
    match &expr.kind {
        ExprKind::Constant(Constant::Text(text)) if is_list && text.contains('.') => found.push(*text),
        ExprKind::Dict(items) => {
            for (key, value) in items {
                collect(value, is_list || key.as_ref().is_some_and(is_key), found);
            }
        }
        _ => parts(expr).into_iter().for_each(|part| collect(part, is_list, found)),
    }
}
