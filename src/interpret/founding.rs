//! What is made where it is missing: whoever looks for the same thing in every turn of a loop makes it once.
//!
//! ```py
//! for order in orders:
//!     note(order, default_kind(session, "sale"))   # the first turn may make the kind, all others find it
//! ```

use super::interpreter::{Interpreter, LoopFrame};
use super::memo::catches;
use crate::domain::{Machine, Object, Scalar, Value};
use crate::syntax::ir::{Expr, ExprKind, Handler};

/// Why what makes a missing thing is not done in every turn.
pub(super) const FOUND_LATER: &str = "it makes what the next turn finds";

/// What Django, its forms of a name, and SQLAlchemy raise where a single row was asked for and there is none.
const MISSING: [&str; 3] = ["DoesNotExist", "ObjectDoesNotExist", "NoResultFound"];

impl Interpreter<'_> {
    /// `except Kind.DoesNotExist:`, in a function that is given the same in every turn of the loop around its call.
    pub(super) fn makes_once_where_missing(&self, handler: &Handler) -> bool {
        handler.kinds.as_ref().is_some_and(names_missing) && self.is_given_the_same()
    }

    /// Whether the function that runs is given the same in every turn of the loop around its call, and no loop of its own is open.
    pub(super) fn is_given_the_same(&self) -> bool {
        let frame = self.frame();
        let (Some(function), Some(around)) = (&frame.function, self.loops.last()) else { return false };
        let Object::Scope(scope) = self.object(frame.scope) else { return false };
        let stays = |value: &Value| value.disjuncts().iter().all(|part| self.stays_in(part, around));
        let is_whole_call = self.loops.len() == frame.loop_base;
        is_whole_call && function.parameters.iter().all(|parameter| scope.names.get(&parameter.name).is_some_and(stays))
    }

    /// Whether a value is known to be the same in every turn of a loop.
    fn stays_in(&self, value: &Value, around: &LoopFrame) -> bool {
        match value {
            Value::None | Value::Class(_) | Value::Module(_) | Value::External(_) => true,
            Value::Scalar(Scalar::Bool(_) | Scalar::Int(_) | Scalar::Text(_)) => true,
            Value::Scalar(Scalar::KeyOf(row, _)) | Value::Object(row) => !self.varies_in(*row, around),
            _ => false,
        }
    }
}

/// `Kind.DoesNotExist`, `(NoResultFound, KeyError)`
fn names_missing(kinds: &Expr) -> bool {
    catches(kinds, &|kind| match kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => MISSING.contains(&name.as_str()),
        _ => false,
    })
}
