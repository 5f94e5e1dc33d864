//! What code keeps on a class: `cls._rates = …` in a method that asks first whether it is still `None`.
//!
//! ```py
//! class Vat:
//!     _rates = None
//!
//!     @classmethod
//!     def rates(cls):
//!         if cls._rates is None:
//!             cls._rates = {rate.country: rate for rate in Rate.objects.all()}
//!         return cls._rates
//! ```
//!
//! Only variables that the class body sets to `None` or a truth value, and that some code of the project assigns, are kept: the
//! others are what the class body says.

use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, Scalar, Value};
use crate::project::{ClassId, Member};
use crate::syntax::Name;
use crate::syntax::ir::{Constant, ExprKind};

impl Interpreter<'_> {
    /// The value of a class variable that code of the project changes; `None` where it is what the body of `owner` says.
    pub(super) fn kept_by_class(&mut self, owner: ClassId, name: Name) -> Option<Value> {
        let first = self.first_of_kept(owner, name)?;
        let scope = self.class_scope(owner);
        let Object::Scope(kept) = self.object(scope) else { return None };
        if let Some(value) = kept.names.get(&name) {
            return Some(value.clone());
        }
        if !self.is_changed(owner, name) {
            return None;
        }
        self.set_in_scope(scope, name, first.clone());
        Some(first)
    }

    /// `cls.name = value`
    pub(super) fn keep_by_class(&mut self, class: ClassId, name: Name, value: Value) {
        let Some((owner, Member::Variable(_), _)) = self.program.member(class, name, None) else { return };
        if self.first_of_kept(owner, name).is_some() {
            let scope = self.class_scope(owner);
            self.set_in_scope(scope, name, value);
        }
    }

    fn first_of_kept(&self, owner: ClassId, name: Name) -> Option<Value> {
        let written = self.program.class_assignment(owner, name)?;
        match &written.kind {
            ExprKind::Constant(Constant::None) => Some(Value::None),
            ExprKind::Constant(Constant::Bool(truth)) => Some(Value::Scalar(Scalar::Bool(*truth))),
            _ => None,
        }
    }

    /// Whether some code of the project assigns the variable, so that two branches may have it otherwise.
    fn is_changed(&self, owner: ClassId, name: Name) -> bool {
        let own = self.program.class(owner).class.name;
        let owners = [Name::new("cls"), Name::new("__class__"), own];
        owners.iter().any(|owner| self.index.is_put_on(self.program, *owner, name))
    }
}
