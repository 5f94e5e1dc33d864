//! Members of enumerations, which programs steer by: a kind of message, a state.
//!
//! A member stands for its value here; the few programs that tell `Kind.MAIL` from `"mail"` apart do not send queries by it.

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::{DECLARED, Machine, Object, Place, Sequence, SequenceKind, Size, Value, Why};
use crate::project::{ClassId, ClassRef, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

/// What tells the list of choices and a choice apart from what else the place makes.
const CHOICES: u32 = 12;
const CHOICE: u32 = 13;

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

    /// `Kind.choices`, `Kind.values`, `Kind.labels`, `Kind.names`: as many as the class declares.
    pub(super) fn members_listed(&mut self, class: ClassId, name: Name, place: Place) -> Option<Value> {
        let element = match name.as_str() {
            "values" => Value::unknown(Why::Element),
            "labels" | "names" => Value::ANY,
            "choices" => {
                let pair = Sequence::of(SequenceKind::Tuple, vec![Value::unknown(Why::Element), Value::ANY]);
                Value::Object(self.allocate(place, CHOICE, Object::Sequence(pair)))
            }
            _ => return None,
        };
        let listed = Sequence::many(SequenceKind::List, element, Size::Known(DECLARED));
        has_labels(self.program, class).then(|| Value::Object(self.allocate(place, CHOICES, Object::Sequence(listed))))
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
