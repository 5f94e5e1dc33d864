//! Which model a relation's first argument means.

use super::super::program::{Binding, ClassId, ModuleId, Program};
use super::super::resolve::{last_name, text};
use super::super::schema::ModelId;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

/// How many variables are followed to a label.
const DEPTH: u32 = 6;

/// Where a target is written: labels without an app belong to the owner's app.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    /// The model that gets the relation.
    pub owner: ModelId,
    /// The class whose body declares it: the owner, or an abstract base.
    pub class: ClassId,
}

/// The model that `expr` means as the target of a relation.
///
/// ```py
/// ForeignKey(Author); ForeignKey("Author"); ForeignKey("shop.Author"); ForeignKey("self")
/// ForeignKey(settings.AUTH_USER_MODEL); ForeignKey(get_user_model())
/// ```
pub(super) fn target(program: &Program, scope: Scope, expr: &Expr) -> Option<ModelId> {
    let module = program.class(scope.class).module;
    target_at(program, scope, module, Some(scope.class), expr, DEPTH)
}

fn target_at(
    program: &Program,
    scope: Scope,
    module: ModuleId,
    class: Option<ClassId>,
    expr: &Expr,
    depth: u32,
) -> Option<ModelId> {
    let depth = depth.checked_sub(1)?;
    if let Some(label) = text(expr) {
        return by_text(program, scope, label);
    }
    if is_user_setting(expr) {
        return program.schema.user_model;
    }
    match program.resolve_expr(module, class, expr) {
        Some(Binding::Class(class)) => program.schema.by_class.get(&class).copied(),
        Some(Binding::Variable(home, name)) => {
            let value = program.assignment(home, name)?;
            target_at(program, scope, home, None, value, depth)
        }
        _ => None,
    }
}

/// `settings.AUTH_USER_MODEL`, `getattr(settings, "AUTH_USER_MODEL", …)`, `get_user_model()`.
fn is_user_setting(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Attribute { name, .. } => *name == "AUTH_USER_MODEL",
        ExprKind::Call { function, arguments } => {
            let texts = arguments.iter().filter_map(|argument| text(&argument.value));
            match last_name(function).as_deref() {
                Some("get_user_model") => true,
                Some("getattr" | "get_setting") => texts.into_iter().any(|text| text == "AUTH_USER_MODEL"),
                _ => false,
            }
        }
        _ => false,
    }
}

fn by_text(program: &Program, scope: Scope, label: Name) -> Option<ModelId> {
    if label == "self" {
        return Some(scope.owner);
    }
    let owner = program.schema.model(scope.owner);
    let full = match label.contains('.') {
        true => label.to_string(),
        false => format!("{}.{label}", owner.label.rsplit_once('.').map_or("", |(app, _)| app)),
    };
    let candidates = program.schema.labels.get(&Name::new(&full.to_ascii_lowercase()));
    candidates.and_then(|ids| nearest(program, scope.owner, ids)).or_else(|| by_name(program, scope, label))
}

/// Several projects in one repository may share labels.
fn nearest(program: &Program, owner: ModelId, ids: &[ModelId]) -> Option<ModelId> {
    let root = |id: ModelId| program.module(program.class(program.schema.model(id).class).module).import_root;
    ids.iter().find(|id| root(**id) == root(owner)).or(ids.first()).copied()
}

/// Where the app label was guessed wrong: the class of that name that the declaring module sees.
fn by_name(program: &Program, scope: Scope, label: Name) -> Option<ModelId> {
    let name = label.rsplit('.').next().unwrap_or_default();
    let module = program.class(scope.class).module;
    if let Some(Binding::Class(class)) = program.lookup(module, Name::new(name)) {
        return program.schema.by_class.get(&class).copied();
    }
    let path = label.contains('.').then(|| program.resolve_dotted(&label)).flatten();
    match path {
        Some(Binding::Class(class)) => program.schema.by_class.get(&class).copied(),
        _ => None,
    }
}
