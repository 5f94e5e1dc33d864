//! Members of enumerations, which programs steer by: a kind of message, a state.
//!
//! A member stands for its value here; the few programs that tell `Kind.MAIL` from `"mail"` apart do not send queries by it.

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::Value;
use crate::project::{ClassId, ClassRef, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

impl Interpreter<'_> {
    /// The member that a class body assigns, where the class is an enumeration; any other value as it is.
    pub(super) fn as_member(&self, class: ClassId, name: Name, written: &Expr, value: Value) -> Value {
        if !is_enumeration(self.program, class) {
            return value;
        }
        if is_auto(written) {
            return Value::text(&name);
        }
        // `DRAFT = "draft", _("Draft")` of Django: the value and its label.
        match self.listed(&value).as_deref() {
            Some([member, _]) if has_labels(self.program, class) => member.clone(),
            _ => value,
        }
    }
}

/// Whether a class of the project is an enumeration.
pub(super) fn is_enumeration(program: &Program, class: ClassId) -> bool {
    has_base(program, class, |name| name.ends_with("Enum") || name.ends_with("Flag")) || has_labels(program, class)
}

/// Whether its members have labels. Source: `django.db.models.enums.ChoicesType`.
fn has_labels(program: &Program, class: ClassId) -> bool {
    has_base(program, class, |name| name.ends_with("Choices"))
}

fn has_base(program: &Program, class: ClassId, is_it: impl Fn(&str) -> bool) -> bool {
    program.class(class).mro.iter().any(|base| match base {
        ClassRef::External(path) => is_it(path.rsplit('.').next().unwrap_or("")),
        ClassRef::Known(_) => false,
    })
}

/// `auto()`, `enum.auto()`
fn is_auto(written: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &written.kind else { return false };
    is_named(function, "auto") || matches!(&function.kind, ExprKind::Attribute { name, .. } if *name == "auto")
}
