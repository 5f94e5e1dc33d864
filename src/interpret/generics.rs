//! Generic classes: what a base leaves open and a subclass says.

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::Value;
use crate::project::{Binding, ClassId, ClassRef, last_name};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, StmtKind};

impl Interpreter<'_> {
    /// The class that a generic base gets for a variable it only declares.
    ///
    /// ```py
    /// class Repository(Generic[M]):
    ///     model: type[M]
    ///
    /// class Tickets(Repository[Ticket]): ...
    /// ```
    pub(super) fn type_argument(&mut self, class: ClassId, owner: ClassId, index: usize) -> Option<Value> {
        let program = self.program;
        let base = program.class(owner);
        let StmtKind::Annotated { annotation, value: None, .. } = &base.class.body.get(index)?.kind else {
            return None;
        };
        let parameter = type_parameter(annotation)?;
        let own = base.class.bases.iter().find_map(|base| arguments_of(&base.value, |of| is_called(of, &["Generic"])));
        let is_it = |one: &&Expr| is_named(one, &parameter);
        let position = own.and_then(|names| names.iter().position(is_it)).unwrap_or(0);
        let given = program.class(class).mro.iter().find_map(|between| {
            let ClassRef::Known(between) = between else { return None };
            let about = program.class(*between);
            let is_owner = |of: &Expr| {
                matches!(program.resolve_expr(about.module, None, of), Some(Binding::Class(found)) if found == owner)
            };
            let arguments = about.class.bases.iter().find_map(|base| arguments_of(&base.value, is_owner))?;
            Some((about.module, *arguments.get(position)?))
        });
        let (module, given) = given?;
        let found = self.in_module(module, |machine| machine.evaluate(given));
        matches!(found, Value::Class(ClassRef::Known(_))).then_some(found)
    }
}

/// The `M` of `type[M]`.
fn type_parameter(annotation: &Expr) -> Option<Name> {
    match &class_within(annotation)?.kind {
        ExprKind::Name(name) => Some(*name),
        _ => None,
    }
}

/// What stands in the brackets of `type[…]`.
pub(super) fn class_within(annotation: &Expr) -> Option<&Expr> {
    arguments_of(annotation, |of| is_called(of, &["type", "Type"]))?.first().copied()
}

/// What stands in the brackets of `Base[A, B]`, where the base is the one asked for.
pub(super) fn arguments_of(expr: &Expr, is_it: impl Fn(&Expr) -> bool) -> Option<Vec<&Expr>> {
    let ExprKind::Subscript { value, index } = &expr.kind else { return None };
    if !is_it(value) {
        return None;
    }
    match &index.kind {
        ExprKind::Tuple(items) => Some(items.iter().collect()),
        _ => Some(vec![index]),
    }
}

/// Whether an expression is one of these names, or ends with it after a dot.
pub(super) fn is_called(expr: &Expr, names: &[&str]) -> bool {
    last_name(expr).is_some_and(|name| names.contains(&name.as_str()))
}
