//! An origin as it is written: the chain of calls that builds its query, or the class that declares what is queried.

use crate::domain::Place;
use crate::project::{ClassId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind, Span, Stmt, StmtKind};
use crate::syntax::visit;

/// Calls that give one row: what is to be loaded is said before them.
const ONE: &[&str] = &[
    "aearliest",
    "afirst",
    "aget",
    "alast",
    "alatest",
    "earliest",
    "first",
    "first_or_404",
    "get",
    "get_or_404",
    "last",
    "latest",
    "one",
    "one_or_404",
    "one_or_none",
    "scalar",
    "scalar_one",
];

/// Calls that give many rows, and are no queryset any more.
const MANY: &[&str] = &["ain_bulk", "aiterator", "in_bulk", "iterator"];

/// The same of SQLAlchemy's `Query`.
const MANY_OF_QUERY: &[&str] = &["all", "count", "paginate", "scalars", "unique", "yield_per"];

/// Calls after or before which an eager load is an error or means nothing.
const CLOSED: &[&str] = &[
    "abulk_create",
    "acreate",
    "aget_or_create",
    "aggregate",
    "aupdate_or_create",
    "bulk_create",
    "create",
    "dates",
    "datetimes",
    "difference",
    "except_",
    "from_statement",
    "get_or_create",
    "intersect",
    "intersection",
    "union",
    "union_all",
    "update_or_create",
    "values",
    "values_list",
];

/// One call of a chain.
#[derive(Clone, Copy)]
pub(super) struct Link<'p> {
    pub name: Name,
    pub name_span: Span,
    pub arguments: &'p [Argument],
}

/// A chain of calls that builds a query.
pub(super) struct Chain<'p> {
    /// What another call can be added to.
    pub head: &'p Expr,
    /// The calls of the head, the innermost first.
    pub links: Vec<Link<'p>>,
    /// What the first call is made on: `Book.objects`, `select`.
    pub root: &'p Expr,
    /// It gives one row.
    pub is_one: bool,
    /// A call of `iterator()` without a chunk size, which drops prefetches.
    pub iterator: Option<Span>,
    /// The head is a model class: it has to become a query first.
    pub is_class: bool,
}

/// How an origin is written.
pub(super) enum Written<'p> {
    Chain(Chain<'p>),
    /// `session.get(Book, 1)`
    Get(&'p Expr, &'p [Argument]),
    /// A class whose framework makes the query, and the statement that says of what, where there is one.
    Declared(ClassId, Option<&'p Stmt>),
    Other,
}

/// Reads the code at the place of an origin.
pub(super) fn written(program: &Program, place: Place, is_django: bool) -> Written<'_> {
    let Some(module) = program.module_of(place.file).filter(|module| !module.is_template && !module.is_stub) else {
        return Written::Other;
    };
    let body = &module.outline.body;
    if let Some(expr) = visit::expression_at(body, place.span) {
        return expression(expr, is_django);
    }
    let around = visit::around(body, place.span);
    let class = around.iter().rev().find_map(|statement| match &statement.kind {
        StmtKind::Class(class) => program.class_at(class.file, class.span.start),
        _ => None,
    });
    let statement = around.last().copied().filter(|statement| statement.span == place.span);
    match (class, statement.map(|statement| &statement.kind)) {
        (Some(_), Some(StmtKind::Assign { targets, value })) if is_named(targets, "queryset") => {
            expression(value, is_django)
        }
        (Some(class), Some(StmtKind::Class(_))) => Written::Declared(class, None),
        (Some(class), Some(_)) => Written::Declared(class, statement),
        _ => Written::Other,
    }
}

/// Whether one of the targets of an assignment is this name.
pub(super) fn is_named(targets: &[Expr], name: &str) -> bool {
    targets.iter().any(|target| matches!(&target.kind, ExprKind::Name(found) if *found == name))
}

/// A query written as an expression.
pub(super) fn expression(expr: &Expr, is_django: bool) -> Written<'_> {
    if let ExprKind::Call { function, arguments } = &expr.kind {
        match &function.kind {
            ExprKind::Name(name) if is_shortcut(name) => return shortcut(name, arguments),
            ExprKind::Attribute { name, .. } if !is_django && is_session_get(name, arguments) => {
                return Written::Get(expr, arguments);
            }
            _ => {}
        }
    }
    let (head, is_one, iterator) = open_part(expr, is_django);
    let (links, root) = links(head);
    let is_query = !links.is_empty() || matches!(root.kind, ExprKind::Attribute { .. } | ExprKind::Call { .. });
    if !is_query || links.iter().any(|link| CLOSED.contains(&link.name.as_str())) {
        return Written::Other;
    }
    Written::Chain(Chain { head, links, root, is_one, iterator, is_class: false })
}

/// `get_object_or_404(Book, pk=1)` takes a model, a manager or a queryset.
fn is_shortcut(name: &str) -> bool {
    matches!(name.strip_prefix('a').unwrap_or(name), "get_object_or_404" | "get_list_or_404")
}

fn shortcut<'p>(name: &str, arguments: &'p [Argument]) -> Written<'p> {
    let Some(head) = arguments.first().filter(|first| first.kind == ArgumentKind::Positional) else {
        return Written::Other;
    };
    let head = &head.value;
    let (links, root) = links(head);
    let is_class = links.is_empty() && matches!(root.kind, ExprKind::Name(_));
    Written::Chain(Chain { head, links, root, is_one: name.contains("object"), iterator: None, is_class })
}

/// `session.get(Book, 1)`: the model comes first; the `get` of a query has the key alone.
fn is_session_get(name: &str, arguments: &[Argument]) -> bool {
    let positional = arguments.iter().filter(|argument| argument.kind == ArgumentKind::Positional).count();
    matches!(name, "get" | "get_one") && positional == 2
}

/// The part of a chain that is still a query.
fn open_part(mut expr: &Expr, is_django: bool) -> (&Expr, bool, Option<Span>) {
    let (mut is_one, mut iterator) = (false, None);
    loop {
        match &expr.kind {
            ExprKind::Await(inner) => expr = inner,
            ExprKind::Subscript { value, index } => {
                is_one |= !matches!(index.kind, ExprKind::Slice { .. });
                expr = value;
            }
            ExprKind::Call { function, arguments } => {
                let ExprKind::Attribute { value, name, .. } = &function.kind else { break };
                let is_many = MANY.contains(&name.as_str()) || (!is_django && MANY_OF_QUERY.contains(&name.as_str()));
                if ONE.contains(&name.as_str()) {
                    is_one = true;
                } else if !is_many {
                    break;
                }
                if *name == "iterator" && arguments.is_empty() {
                    iterator = Some(expr.span);
                }
                expr = value;
            }
            _ => break,
        }
    }
    (expr, is_one, iterator)
}

fn links(mut expr: &Expr) -> (Vec<Link<'_>>, &Expr) {
    let mut links = Vec::new();
    while let ExprKind::Call { function, arguments } = &expr.kind
        && let ExprKind::Attribute { value, name, name_span } = &function.kind
    {
        links.push(Link { name: *name, name_span: *name_span, arguments });
        expr = value;
    }
    links.reverse();
    (links, expr)
}

impl<'p> Chain<'p> {
    /// Whether the chain has a call of this name.
    pub fn calls(&self, name: &str) -> bool {
        self.links.iter().any(|link| link.name == name)
    }

    /// A call of this name to which arguments can be added: it has some, all written out.
    pub fn open_call(&self, name: &str) -> Option<&'p Argument> {
        let link = self.links.iter().rev().find(|link| link.name == name)?;
        let is_plain = |argument: &Argument| {
            argument.kind == ArgumentKind::Positional
                && !matches!(argument.value.kind, ExprKind::Constant(Constant::None) | ExprKind::Name(_))
        };
        link.arguments.last().filter(|_| link.arguments.iter().all(is_plain))
    }

    /// `select_related()` without names: naming one would take all others back.
    pub fn joins_all(&self) -> bool {
        self.links.iter().any(|link| link.name == "select_related" && link.arguments.is_empty())
    }

    /// What is selected, as written: `Book` of `select(Book)`, `session.query(Book)`, `Book.query`.
    pub fn entity(&self, class: &str) -> Option<&'p Expr> {
        if let ExprKind::Attribute { value, name, .. } = &self.root.kind
            && *name == "query"
        {
            return Some(value);
        }
        let arguments = match &self.root.kind {
            ExprKind::Call { arguments, .. } => arguments,
            _ => self.links.iter().find(|link| matches!(link.name.as_str(), "select" | "query"))?.arguments,
        };
        entity(arguments, class)
    }
}

/// The argument that stands for the rows of a class: the only one, or the one of its name.
pub(super) fn entity<'p>(arguments: &'p [Argument], class: &str) -> Option<&'p Expr> {
    let is_path = |expr: &Expr| matches!(expr.kind, ExprKind::Name(_) | ExprKind::Attribute { .. });
    let named = |expr: &Expr| match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => *name == class,
        _ => false,
    };
    let mut values = arguments.iter().map(|argument| &argument.value).filter(|value| is_path(value));
    values.clone().find(|value| named(value)).or_else(|| values.next().filter(|_| arguments.len() == 1))
}

/// Whether an expression is a parameter of a function around the place; `cls` in the body of `class` is that class.
pub(super) fn is_parameter(program: &Program, place: Place, expr: &Expr, class: &str) -> bool {
    let ExprKind::Name(name) = expr.kind else { return false };
    let Some(module) = program.module_of(place.file) else { return false };
    let around = visit::around(&module.outline.body, place.span);
    let is_own = |statement: &&Stmt| matches!(&statement.kind, StmtKind::Class(around) if around.name == class);
    let is_passed = |statement: &&Stmt| match &statement.kind {
        StmtKind::Function(function) => function.parameters.iter().any(|parameter| parameter.name == name),
        _ => false,
    };
    around.iter().any(is_passed) && !(name == "cls" && around.iter().any(is_own))
}
