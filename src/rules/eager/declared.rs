//! Origins without a query expression: a class names its model, and its framework makes the query.

use super::Load;
use super::splice::{chain, file, insert};
use super::written::{Written, expression, is_named};
use crate::domain::{Place, Role};
use crate::project::{ClassId, Member};
use crate::rules::case::{Case, class_name, manager_name};
use crate::rules::finding::Edit;
use crate::syntax::Name;
use crate::syntax::ir::{Class, Constant, Expr, ExprKind, Stmt, StmtKind};

/// What the class has to say.
enum Declaration<'p> {
    /// `queryset = Book.objects.select_related("author")`, after the statement that names the model.
    QuerySet(&'p Stmt),
    /// `list_select_related = ("author",)` of an admin list, with the keys among its columns: once it is told what to join,
    /// the list joins nothing by itself.
    Joins(Vec<String>),
    /// A `get_queryset` of its own.
    Method,
    /// The query that its own `get_queryset` returns.
    Returned(&'p Expr),
}

/// In words; `None` where the class says nothing that a call could be added to.
pub(super) fn advise(case: &Case, class: ClassId, statement: Option<&Stmt>, load: &Load) -> Option<String> {
    let name = case.program.class(class).class.name;
    Some(match declaration(&[*case], class, statement, std::slice::from_ref(load))? {
        Declaration::QuerySet(_) => {
            format!("declare `queryset = {}` in `{name}`", query(case, std::slice::from_ref(load))?)
        }
        Declaration::Joins(keys) => format!("declare `list_select_related = {}` in `{name}`", tuple(keys, &[load])),
        Declaration::Method | Declaration::Returned(_) => {
            format!("override `get_queryset` in `{name}` and add {}", load.call())
        }
    })
}

pub(super) fn edits(cases: &[Case], class: ClassId, statement: Option<&Stmt>, loads: &[Load]) -> Option<Vec<Edit>> {
    let case = &cases[0];
    let (file, about) = (file(case)?, &case.program.class(class).class);
    let last = about.body.last()?;
    Some(match declaration(cases, class, statement, loads)? {
        Declaration::QuerySet(model) => {
            let text = format!("\n{}queryset = {}", indent(file, model), query(case, loads)?);
            vec![insert(file, model.span.end, text)]
        }
        Declaration::Joins(keys) => {
            let after = statement.unwrap_or(last);
            let loads: Vec<&Load> = loads.iter().collect();
            let text = format!("\n{}list_select_related = {}", indent(file, after), tuple(keys, &loads));
            vec![insert(file, after.span.end, text)]
        }
        Declaration::Returned(query) => match expression(query, true) {
            Written::Chain(written) => chain(cases, &written, loads)?,
            _ => return None,
        },
        Declaration::Method => {
            let indent = indent(file, about.body.first()?);
            let calls: String = loads.iter().map(|load| format!(".{}({})", load.method, load.argument)).collect();
            let text = format!(
                "\n\n{indent}def get_queryset(self, request):\n{indent}    return super().get_queryset(request){calls}"
            );
            vec![insert(file, end_of(last), text)]
        }
    })
}

fn declaration<'p>(
    cases: &[Case<'p>],
    class: ClassId,
    statement: Option<&'p Stmt>,
    loads: &[Load],
) -> Option<Declaration<'p>> {
    let program = cases[0].program;
    let is_admin = program.inherits_external(class, "django.contrib.admin.options.BaseModelAdmin");
    if let Some(Member::Function(own)) = program.class(class).members.get(&Name::new("get_queryset")) {
        return match own.body.statements() {
            [.., Stmt { kind: StmtKind::Return(Some(value)), .. }] if returns(own.body.statements()) == 1 => {
                Some(Declaration::Returned(value))
            }
            _ => None,
        };
    }
    if !is_admin {
        let names_model = |statement: &&Stmt| matches!(&statement.kind, StmtKind::Assign { targets, .. } if is_named(targets, "model"));
        return statement.filter(names_model).map(Declaration::QuerySet);
    }
    let joins = loads.iter().all(|load| load.method == "select_related");
    let columns = statement.and_then(list_display).filter(|_| joins && is_list(cases, class, statement));
    Some(columns.map_or(Declaration::Method, |columns| Declaration::Joins(keys(cases, columns))))
}

/// `("author", "publisher")`
fn tuple(keys: Vec<String>, loads: &[&Load]) -> String {
    let mut paths = keys;
    for load in loads {
        if !paths.contains(&load.argument) {
            paths.push(load.argument.clone());
        }
    }
    format!("({},)", paths.join(", "))
}

/// How many `return` statements a body has, those of nested functions left out.
fn returns(body: &[Stmt]) -> usize {
    let one = |statement: &Stmt| match &statement.kind {
        StmtKind::Return(_) => 1,
        StmtKind::Function(_) | StmtKind::Class(_) => 0,
        _ => crate::syntax::visit::blocks(statement).into_iter().map(returns).sum(),
    };
    body.iter().map(one).sum()
}

/// Whether all cases are columns of the list, which is not told yet what to join.
fn is_list(cases: &[Case], class: ClassId, statement: Option<&Stmt>) -> bool {
    let program = cases[0].program;
    let about = &program.class(class).class;
    let place = Place { file: about.file, span: statement.map_or(about.span, |statement| statement.span) };
    let is_shown = |case: &Case| {
        let through = |step: &crate::domain::Step| step.role != Role::Query && step.place == place;
        case.site.place == place || case.site.path.iter().any(through)
    };
    let says = |name: &str| {
        program.member(class, Name::new(name), None).is_some_and(|(owner, _, _)| !program.is_of_stub(owner))
    };
    !says("list_select_related") && !says("get_list_select_related") && cases.iter().all(is_shown)
}

/// The foreign keys among the columns, in quotes.
fn keys(cases: &[Case], columns: &[Expr]) -> Vec<String> {
    let Some(model) = cases[0].rows_model() else { return Vec::new() };
    let key = |column: &Expr| match &column.kind {
        ExprKind::Constant(Constant::Text(name)) => {
            model.relation(*name).filter(|relation| relation.kind.holds_key()).map(|_| format!("\"{name}\""))
        }
        _ => None,
    };
    columns.iter().filter_map(key).collect()
}

fn list_display(statement: &Stmt) -> Option<&[Expr]> {
    match &statement.kind {
        StmtKind::Assign { targets, value } if is_named(targets, "list_display") => match &value.kind {
            ExprKind::Tuple(items) | ExprKind::List(items) => Some(items),
            _ => None,
        },
        _ => None,
    }
}

/// `Book.objects.select_related("author")`
fn query(case: &Case, loads: &[Load]) -> Option<String> {
    let model = case.rows_model()?;
    let manager = manager_name(model);
    let calls: String = loads.iter().map(|load| format!(".{}({})", load.method, load.argument)).collect();
    Some(format!("{}.{manager}{calls}", class_name(model)))
}

/// The white space before a statement.
fn indent<'p>(file: &'p crate::source::SourceFile, statement: &Stmt) -> &'p str {
    let before = &file.text[..statement.span.start as usize];
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    &line[..line.len() - line.trim_start().len()]
}

/// Where a statement ends, its body included.
fn end_of(statement: &Stmt) -> u32 {
    match &statement.kind {
        StmtKind::Function(function) => function.body.span().end,
        StmtKind::Class(class) => class_end(class),
        _ => statement.span.end,
    }
}

fn class_end(class: &Class) -> u32 {
    class.body.last().map_or(class.span.end, end_of)
}
