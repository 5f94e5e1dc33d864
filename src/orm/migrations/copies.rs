//! Loops of data migrations that send a statement for each row: of functions that `RunPython` runs, and of `upgrade`.

use super::{Looped, Read, Remark, within};
use crate::domain::Fault;
use crate::project::{Arguments, last_name, text};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function, Span, Stmt, StmtKind};
use crate::syntax::visit::{blocks, expressions};

/// A loop that writes, or asks, once per row.
pub(super) struct Copied {
    /// The first such call in the loop.
    pub span: Span,
    function: Name,
    table: Name,
    looped: Looped,
}

/// Methods of a queryset that leave its rows what they are.
const STEPS: [&str; 14] = [
    "all",
    "filter",
    "exclude",
    "order_by",
    "using",
    "iterator",
    "select_related",
    "prefetch_related",
    "only",
    "defer",
    "annotate",
    "distinct",
    "values",
    "values_list",
];

/// Methods of a manager or a queryset that send a write.
const WRITES: [&str; 6] = ["create", "update", "delete", "get_or_create", "update_or_create", "save"];

/// Methods of a row.
const OF_ROW: [&str; 2] = ["save", "delete"];

impl Copied {
    /// What is to be said of it; `locked` is a table that the same transaction has changed before.
    pub fn remark(self, locked: Option<Name>) -> Remark {
        Remark {
            fault: if locked.is_some() { Fault::WritesUnderLock } else { Fault::WritesPerRow },
            span: self.span,
            enclosing: self.function,
            table: self.table,
            captured: locked.map(|table| ("locked", table)).into_iter().collect(),
            looped: Some(self.looped),
        }
    }
}

/// Loops over rows of models that `apps.get_model` has given.
pub(super) fn of_django(function: &Function) -> Vec<Copied> {
    let body = function.body.statements();
    let models = assigned(body, |value| {
        let ExprKind::Call { function, arguments } = &value.kind else { return None };
        (last_name(function)? == "get_model").then(|| class(Arguments(arguments))).flatten()
    });
    let rows = assigned(body, |value| rows_of(value, &models, &[]));
    let over = |iterable: &Expr| rows_of(iterable, &models, &rows);
    let writes = |target: &Expr, call: &Expr| {
        let Some((root, method, is_row_itself)) = called(call) else { return false };
        let is_row = is_row_itself && matches!(target.kind, ExprKind::Name(row) if row == root);
        let is_of_model = !is_row_itself && models.iter().any(|(name, _)| *name == root);
        is_row && OF_ROW.contains(&method.as_str()) || is_of_model && WRITES.contains(&method.as_str())
    };
    let mut found = Vec::new();
    loops(body, &mut |target, iterable, inner| {
        let (Some(table), Some(call)) = (over(iterable), first_call(inner, &|call| writes(target, call))) else {
            return false;
        };
        let looped = Looped { iterable: iterable.span, rows: table };
        found.push(Copied { span: call.span, function: function.qualified, table, looped });
        true
    });
    found
}

/// Loops over rows that a statement has fetched, with a statement for each.
pub(super) fn of_alembic(read: &Read, function: &Function) -> Vec<Copied> {
    let body = function.body.statements();
    let fetched = assigned(body, |value| fetches(read, value).then(|| Name::new("rows")));
    let over = |iterable: &Expr| match iterable.kind {
        ExprKind::Name(name) => fetched.iter().any(|(fetched, _)| *fetched == name),
        _ => fetches(read, iterable),
    };
    let sends = |call: &Expr| called(call).is_some_and(|(_, method, _)| method == "execute");
    let mut found = Vec::new();
    loops(body, &mut |_, iterable, inner| {
        let Some(call) = over(iterable).then(|| first_call(inner, &sends)).flatten() else { return false };
        let rows = match iterable.kind {
            ExprKind::Name(name) => name,
            _ => Name::new("rows"),
        };
        let looped = Looped { iterable: iterable.span, rows };
        found.push(Copied { span: call.span, function: function.qualified, table: rows, looped });
        true
    });
    found
}

/// `Book` of `apps.get_model("shop", "Book")` and of `apps.get_model("shop.Book")`
fn class(given: Arguments) -> Option<Name> {
    let label = given.either("app_label", 0).and_then(text)?;
    let class = given.either("model_name", 1).and_then(text);
    class.or_else(|| label.split_once('.').map(|(_, class)| Name::new(class)))
}

/// Names that a function assigns once, with what a value means; one that is assigned again means nothing.
fn assigned(body: &[Stmt], means: impl Fn(&Expr) -> Option<Name>) -> Vec<(Name, Name)> {
    let mut all: Vec<(Name, Option<Name>)> = Vec::new();
    every(body, &mut |statement| {
        if let StmtKind::Assign { targets, value } = &statement.kind
            && let [Expr { kind: ExprKind::Name(name), .. }] = targets.as_slice()
        {
            all.push((*name, means(value)));
        }
    });
    let is_single = |name: Name| all.iter().filter(|(other, _)| *other == name).count() == 1;
    all.iter().filter(|(name, _)| is_single(*name)).filter_map(|(name, means)| Some((*name, (*means)?))).collect()
}

/// The model whose rows a chain of calls gives: `Book.objects.filter(…)`.
fn rows_of(expr: &Expr, models: &[(Name, Name)], rows: &[(Name, Name)]) -> Option<Name> {
    let named = |known: &[(Name, Name)], name| known.iter().find(|(known, _)| *known == name).map(|(_, model)| *model);
    match &expr.kind {
        ExprKind::Name(name) => named(rows, *name),
        ExprKind::Call { function, .. } => {
            let ExprKind::Attribute { value, name, .. } = &function.kind else { return None };
            STEPS.contains(&name.as_str()).then(|| rows_of(value, models, rows).or_else(|| manager(value, models)))?
        }
        _ => None,
    }
}

/// `Book.objects`
fn manager(expr: &Expr, models: &[(Name, Name)]) -> Option<Name> {
    let ExprKind::Attribute { value, .. } = &expr.kind else { return None };
    let ExprKind::Name(name) = value.kind else { return None };
    models.iter().find(|(known, _)| *known == name).map(|(_, model)| *model)
}

/// Whether a value is what a statement has fetched, of a table of the project.
fn fetches(read: &Read, value: &Expr) -> bool {
    let written = read.source.slice(value.span.start, value.span.end);
    let catalogues = ["pg_", "information_schema", "sqlite_", "inspect", "SHOW ", "PRAGMA"];
    let mut found = Vec::new();
    within(value, &mut found);
    let is_sent = found.into_iter().filter_map(called).any(|(_, method, _)| method == "execute");
    let is_one = called(value).is_some_and(|(_, method, _)| {
        ["scalar", "first", "one", "fetchone"].iter().any(|start| method.starts_with(start)) && method != "scalars"
    });
    is_sent && !is_one && !catalogues.iter().any(|word| written.contains(word))
}

/// Of a call: the name that its chain begins with, its method, and whether it is called on that name itself.
fn called(expr: &Expr) -> Option<(Name, Name, bool)> {
    let ExprKind::Call { function, .. } = &expr.kind else { return None };
    let ExprKind::Attribute { value, name, .. } = &function.kind else { return None };
    Some((root(value)?, *name, matches!(value.kind, ExprKind::Name(_))))
}

fn root(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Name(name) => Some(*name),
        ExprKind::Attribute { value, .. } => root(value),
        ExprKind::Call { function, .. } => root(function),
        _ => None,
    }
}

/// Every statement of a body, nested functions left out.
fn every<'s>(body: &'s [Stmt], visit: &mut impl FnMut(&'s Stmt)) {
    for statement in body.iter().filter(|statement| !matches!(statement.kind, StmtKind::Function(_))) {
        visit(statement);
        blocks(statement).into_iter().for_each(|block| every(block, visit));
    }
}

/// Asks every `for` statement, from the outside; what lies in one that is taken is not asked.
fn loops<'s>(body: &'s [Stmt], take: &mut impl FnMut(&'s Expr, &'s Expr, &'s [Stmt]) -> bool) {
    for statement in body {
        match &statement.kind {
            StmtKind::Function(_) => {}
            StmtKind::For { target, iterable, body, .. } if take(target, iterable, body) => {}
            _ => blocks(statement).into_iter().for_each(|block| loops(block, take)),
        }
    }
}

/// The first call in a block that is one of those asked for.
fn first_call<'s>(body: &'s [Stmt], is_it: &impl Fn(&Expr) -> bool) -> Option<&'s Expr> {
    let mut calls: Vec<&Expr> = Vec::new();
    every(body, &mut |statement| {
        let mut found = Vec::new();
        expressions(statement).into_iter().for_each(|expr| within(expr, &mut found));
        calls.extend(found.into_iter().filter(|expr| is_it(expr)));
    });
    calls.into_iter().min_by_key(|call| call.span)
}
