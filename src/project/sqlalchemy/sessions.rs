//! What the session factories of a project say: a session whose maker nobody sees came from one of them; and the session in
//! which models ask by their `query`.

use super::super::arguments::Arguments;
use super::super::flow::{Guard, walk};
use super::super::program::{Binding, ModuleId, Program};
use super::super::resolve::last_name;
use super::super::schema::SessionDefaults;
use crate::syntax::ir::{Constant, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::{Name, reads};

/// Calls that make sessions, or a maker of them.
const MAKERS: &[&str] = &["sessionmaker", "async_sessionmaker", "scoped_session", "create_session", "SQLAlchemy"];

/// The settings that every factory of the project turns off.
pub(super) fn defaults(program: &Program) -> SessionDefaults {
    let mut makers = Vec::new();
    for module in program.modules.iter().filter(|module| !module.is_stub) {
        let Some(file) = program.files.get(module.file.0 as usize) else { continue };
        // Other libraries have a `create_session` too.
        if reads::says(file, "sqlalchemy") && MAKERS.iter().any(|maker| reads::says(file, maker)) {
            statements(&module.outline.body, &mut makers);
        }
    }
    let some = |setting: fn(&SessionDefaults) -> bool| makers.is_empty() || makers.iter().any(setting);
    SessionDefaults { autoflush: some(|maker| maker.autoflush), expires: some(|maker| maker.expires) }
}

/// `Base.query = Session.query_property()`, in a class body too: what `Session` means, for each that there is.
pub(super) fn of_queries(program: &Program) -> Vec<Option<Binding>> {
    let mut found = Vec::new();
    for module in program.modules.iter().filter(|module| !module.is_stub) {
        for statement in &module.outline.body {
            let own = std::slice::from_ref(statement);
            let body = if let StmtKind::Class(class) = &statement.kind { class.body.as_slice() } else { own };
            found.extend(body.iter().filter_map(|statement| session_of_query(program, module.id, statement)));
        }
    }
    found
}

/// The variable of the session, where there is but one.
pub(super) fn only(sessions: &[Option<Binding>]) -> Option<(ModuleId, Name)> {
    let mut variables: Vec<(ModuleId, Name)> = sessions
        .iter()
        .filter_map(|session| match session {
            Some(Binding::Variable(home, name)) => Some((*home, *name)),
            _ => None,
        })
        .collect();
    variables.dedup();
    if let [only] = variables.as_slice() { Some(*only) } else { None }
}

/// The inner answer is nothing where nobody knows the session: it may be a library's, and only sessions have the method.
fn session_of_query(program: &Program, module: ModuleId, statement: &Stmt) -> Option<Option<Binding>> {
    let StmtKind::Assign { targets, value } = &statement.kind else { return None };
    targets.iter().find(|target| last_name(target).is_some_and(|name| name == "query"))?;
    let ExprKind::Call { function, .. } = &value.kind else { return None };
    let ExprKind::Attribute { value: session, name, .. } = &function.kind else { return None };
    (*name == "query_property").then(|| program.resolve_expr(module, None, session))
}

fn statements(body: &[Stmt], makers: &mut Vec<SessionDefaults>) {
    walk(body, Guard::default(), &mut |statement, _| match &statement.kind {
        StmtKind::Function(function) => statements(function.body.statements(), makers),
        StmtKind::Class(class) => statements(&class.body, makers),
        StmtKind::Assign { value, .. } | StmtKind::Annotated { value: Some(value), .. } => made(value, makers),
        StmtKind::Return(Some(value)) | StmtKind::Expr(value) => made(value, makers),
        _ => {}
    });
}

/// `scoped_session(sessionmaker(autoflush=False))`, `SQLAlchemy(session_options={"autoflush": False})`
fn made(value: &Expr, makers: &mut Vec<SessionDefaults>) {
    let ExprKind::Call { function, arguments } = &value.kind else { return };
    let Some(name) = last_name(function).filter(|name| MAKERS.contains(&name.as_str())) else { return };
    let arguments = Arguments(arguments);
    if name == "scoped_session" {
        return arguments.0.iter().for_each(|argument| made(&argument.value, makers));
    }
    let (autoflush, expires) = (!says_no(arguments, "autoflush"), !says_no(arguments, "expire_on_commit"));
    makers.push(SessionDefaults { autoflush, expires });
}

fn says_no(arguments: Arguments, name: &str) -> bool {
    let is_no = |expr: &Expr| matches!(expr.kind, ExprKind::Constant(Constant::Bool(false)));
    let in_options = || match &arguments.keyword("session_options")?.kind {
        ExprKind::Dict(items) => items.iter().find_map(|(key, value)| {
            let ExprKind::Constant(Constant::Text(key)) = &key.as_ref()?.kind else { return None };
            (*key == name).then_some(value)
        }),
        ExprKind::Call { arguments, .. } => Arguments(arguments).keyword(name),
        _ => None,
    };
    arguments.keyword(name).or_else(in_options).is_some_and(is_no)
}
