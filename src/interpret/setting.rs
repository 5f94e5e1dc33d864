//! Setting: what `owner.name = value` does to an instance or a row.

use std::rc::Rc;

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Machine, Object, Place, Scalar, Value};
use crate::project::{ClassId, ClassRef, Member, Orm};
use crate::syntax::Name;
use crate::syntax::ir::ExprKind;

impl Interpreter<'_> {
    /// Sets `owner.name = value`.
    pub(crate) fn set_attribute(&mut self, owner: &Value, name: Name, value: Value, place: Place) {
        self.give_away(&value);
        if let Value::Class(ClassRef::Known(class)) = owner {
            return self.keep_by_class(*class, name, value);
        }
        let Value::Object(id) = owner else { return };
        match self.object(*id) {
            Object::Instance(instance) => {
                let (class, is_assumed) = (instance.class, instance.is_assumed);
                let is_first = !instance.attributes.contains_key(&name);
                if self.call_setter(class, owner, name, &value, place) {
                    return;
                }
                let before = if is_first { self.before_it_is_set(class, name, &value, is_assumed) } else { None };
                if let Object::Instance(instance) = self.object_mut(*id) {
                    instance.before.extend(before.map(|before| (name, before)));
                    instance.attributes.insert(name, value);
                }
            }
            Object::Row(row) => {
                let model = self.program.schema.model(row.model);
                self.forget_conditions(*id, name);
                self.state.questions.forget(*id);
                match model.orm {
                    Orm::Django if self.call_setter(model.class, owner, name, &value, place) => {}
                    Orm::Django => crate::orm::django::set_attribute(self, *id, name, value),
                    Orm::SqlAlchemy => crate::orm::sqlalchemy::set_attribute(self, *id, name, value, place),
                }
            }
            Object::Alchemy(_) => crate::orm::sqlalchemy::configure(self, *id, name, &value),
            _ => {}
        }
    }

    /// What an attribute is before it is set: the constant of the class body. A flag of an instance whose constructor nobody
    /// saw may be either.
    fn before_it_is_set(&mut self, class: ClassId, name: Name, value: &Value, is_assumed: bool) -> Option<Value> {
        let Some((owner, member, _)) = self.program.member(class, name, None) else {
            return (is_assumed && matches!(value, Value::Scalar(Scalar::Bool(_)))).then_some(Value::ANY);
        };
        let Member::Variable(index) = member else { return None };
        let written = self.program.class_assignment(owner, name)?;
        matches!(written.kind, ExprKind::Constant(_)).then(|| self.class_variable(owner, name, *index))
    }

    /// Sets an attribute whose name is not known: a row may hold any relation from now on.
    pub(crate) fn set_some_attribute(&mut self, owner: &Value, value: &Value) {
        let may_be_row = value.disjuncts().iter().any(|part| matches!(part, Value::Object(_) | Value::Unknown(_)));
        let Value::Object(id) = owner else { return };
        self.forget_facts(owner);
        if let Object::Row(row) = self.object_mut(*id)
            && may_be_row
        {
            Rc::make_mut(&mut row.plan).loads_all = true;
        }
    }

    fn call_setter(&mut self, class: ClassId, owner: &Value, name: Name, value: &Value, place: Place) -> bool {
        let setter = self.dotted(name, Name::new("setter"));
        let Some((home, Member::Function(function), _)) = self.program.member(class, setter, None) else {
            return false;
        };
        let bound = self.bind_function(home, function, owner);
        self.call_value(&bound, Arguments::of(vec![value.clone()]), place);
        true
    }
}
