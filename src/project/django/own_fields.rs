//! Relation fields of the project's own that say in their constructor where they lead.
//!
//! ```py
//! class AuthorField(models.ForeignKey):
//!     def __init__(self, **kwargs):
//!         kwargs.setdefault("to", "shop.Author")
//!         super().__init__(**kwargs)
//! ```

use super::super::arguments::Arguments;
use super::super::program::{ClassId, ClassRef, Member, Program};
use super::super::resolve::text;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function, Stmt, StmtKind};
use crate::syntax::visit;

/// What a constructor gives as the target, and the class whose constructor it is: its names are those of that class's module.
pub(super) fn fixed_target(program: &Program, field: ClassId) -> Option<(ClassId, &Expr)> {
    program.class(field).mro.iter().find_map(|base| {
        let ClassRef::Known(base) = base else { return None };
        match program.class(*base).members.get(&Name::new("__init__"))? {
            Member::Function(init) => given_target(init).map(|target| (*base, target)),
            _ => None,
        }
    })
}

fn given_target(init: &Function) -> Option<&Expr> {
    let statements = &init.body.lowered().statements;
    let by_default = || init.parameters.iter().find(|parameter| parameter.name == "to")?.default.as_ref();
    passed_target(statements).or_else(by_default).filter(|target| !target.is_none())
}

/// The target that the statements pass on, in blocks too.
fn passed_target(statements: &[Stmt]) -> Option<&Expr> {
    statements.iter().find_map(|statement| {
        let here = match &statement.kind {
            StmtKind::Assign { targets, value } => targets.iter().any(is_target_key).then_some(value),
            StmtKind::Expr(Expr { kind: ExprKind::Call { function, arguments }, .. }) => {
                of_call(function, Arguments(arguments))
            }
            _ => None,
        };
        here.or_else(|| visit::blocks(statement).into_iter().find_map(passed_target))
    })
}

/// `super().__init__(Author, …)`, `kwargs.setdefault("to", Author)`
fn of_call<'a>(function: &'a Expr, arguments: Arguments<'a>) -> Option<&'a Expr> {
    let ExprKind::Attribute { name, .. } = &function.kind else { return None };
    match name.as_str() {
        // What the constructor was given is passed on as it is: `super().__init__(to, …)`.
        "__init__" => {
            arguments.either("to", 0).filter(|target| !matches!(target.kind, ExprKind::Name(name) if name == "to"))
        }
        "setdefault" if arguments.positional(0).and_then(text).is_some_and(|key| key == "to") => {
            arguments.positional(1)
        }
        _ => None,
    }
}

/// `kwargs["to"]`
fn is_target_key(target: &Expr) -> bool {
    matches!(&target.kind, ExprKind::Subscript { index, .. } if text(index).is_some_and(|key| key == "to"))
}
