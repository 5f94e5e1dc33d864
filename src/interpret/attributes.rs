//! Attributes: what `value.name` may be.

use std::rc::Rc;

use super::interpreter::Interpreter;
use crate::domain::{Arguments, DECLARED, Dict, Machine, Object, ObjectId, Place, Scalar, Size, Value, Why};
use crate::project::{ClassId, ClassRef, ManagerClass, Member, Orm};
use crate::syntax::Name;

/// What a class knows about its own declaration: as many as the code says, however many rows there are.
const DECLARATIONS: [&str; 10] = [
    "__annotations__",
    "__bases__",
    "__dataclass_fields__",
    "__dict__",
    "__fields__",
    "__members__",
    "__mro__",
    "__slots__",
    "__sqlmodel_relationships__",
    "model_fields",
];

const MEMBERS: u32 = 4;

impl Interpreter<'_> {
    /// Reads `value.name`.
    pub(crate) fn read_attribute(&mut self, value: &Value, name: Name, place: Place) -> Value {
        match value {
            Value::Union(_) => match self.without_alike(value) {
                Value::Union(parts) => self.read_attribute_of_each(&parts, name, place),
                one => self.read_attribute(&one, name, place),
            },
            Value::Object(id) => self.object_attribute(*id, name, place),
            Value::Class(ClassRef::Known(id)) => self.attribute_of_class(*id, name, place),
            Value::Class(ClassRef::External(path)) | Value::External(path) => self.attribute_outside(*path, name),
            Value::Module(id) => self.module_attribute(*id, name),
            Value::Manager(_) => self.manager_attribute(value, name, place),
            Value::Super(parts) => self.super_attribute(parts.0, &parts.1, name, place),
            Value::Mapped(mapped) => {
                crate::orm::sqlalchemy::mapped_attribute(self, mapped, name, place).unwrap_or(method(value, name))
            }
            Value::Scalar(Scalar::Turn) => super::turns::turn_attribute(name),
            // A member of an enumeration.
            Value::Scalar(Scalar::Text(_) | Scalar::Int(_)) if name == "value" => value.clone(),
            Value::Scalar(_) => method(value, name),
            Value::Function(closure) if name == "__name__" => Value::Scalar(Scalar::Text(closure.function.name)),
            Value::Function(closure) => {
                let found = self.attribute_of_decorated(closure, name, place);
                found.unwrap_or(Value::unknown(Why::Attribute(name)))
            }
            Value::Method(parts) => crate::orm::django::state_attribute(self, &parts.0, parts.1, name, place)
                .unwrap_or(Value::unknown(Why::Attribute(name))),
            Value::Unknown(why) => {
                if let Some(value) = crate::orm::sqlalchemy::unknown_attribute(self, name, place) {
                    return value;
                }
                self.knowledge.unknown_read(self.loops.len(), *why, place);
                Value::Unknown(*why)
            }
            _ => Value::unknown(Why::Attribute(name)),
        }
    }

    /// `path.name` of something that is not known: `import django.dispatch` binds `django`, which is no module here, while
    /// `django.dispatch` is one.
    fn attribute_outside(&mut self, path: Name, name: Name) -> Value {
        let dotted = self.dotted(path, name);
        self.program.by_name.get(&dotted).map_or(Value::External(dotted), |module| Value::Module(*module))
    }

    /// What each alternative gives. Rows are read one after another: what a row takes up when it is read stays on it, for
    /// whoever reads it next is on the path on which it was there.
    fn read_attribute_of_each(&mut self, parts: &[crate::domain::Disjunct], name: Name, place: Place) -> Value {
        let mut before = self.state.clone();
        let mut after = None;
        let mut has_rows = false;
        let mut found = Vec::new();
        let several = parts.iter().filter(|part| part.value != Value::None).count() > 1;
        for part in parts.iter().filter(|part| part.value != Value::None) {
            self.state = before.clone();
            self.doubt +=
                u32::from(several && part.guard.is_none() && parts.iter().any(|part| part.value.is_unknown()));
            let value = self.read_attribute(&part.value, name, place);
            self.doubt -=
                u32::from(several && part.guard.is_none() && parts.iter().any(|part| part.value.is_unknown()));
            for inner in value.disjuncts() {
                found.push(crate::domain::Disjunct { guard: part.guard, value: inner });
            }
            let now = std::mem::take(&mut self.state);
            if now.is_alive && now.has_row(&part.value) {
                before = now;
                has_rows = true;
            } else {
                super::state::collect(&mut after, now);
            }
        }
        if has_rows {
            super::state::collect(&mut after, before.clone());
        }
        self.state = after.unwrap_or(before);
        let joined = found.into_iter().map(|part| Value::Union(Rc::new(vec![part])));
        joined.reduce(|a, b| a.join(&b, None)).map_or(Value::unknown(Why::Attribute(name)), flatten)
    }

    fn object_attribute(&mut self, id: ObjectId, name: Name, place: Place) -> Value {
        let value = Value::Object(id);
        match self.object(id) {
            Object::Row(row) => {
                let model = row.model;
                self.knowledge.known_read(self.loops.len());
                match self.program.schema.model(model).orm {
                    Orm::Django => crate::orm::django::row_attribute(self, id, name, place),
                    Orm::SqlAlchemy => crate::orm::sqlalchemy::row_attribute(self, id, name, place),
                }
            }
            Object::Instance(_) => self.instance_attribute(id, name, place),
            Object::QuerySet(_) => self.project_attribute(&value, name, place).unwrap_or_else(|| {
                crate::orm::django::queryset_attribute(self, id, name).unwrap_or(method(&value, name))
            }),
            Object::Alchemy(_) => {
                crate::orm::sqlalchemy::attribute(self, id, name, place).unwrap_or(method(&value, name))
            }
            _ => {
                let class = crate::orm::sqlalchemy::collection_class(self, id, name);
                let own = class.and_then(|class| self.class_attribute_at(class, name, &value, None, place));
                own.unwrap_or(method(&value, name))
            }
        }
    }

    /// A method or attribute that the project's class of the value defines.
    pub(crate) fn project_attribute(&mut self, value: &Value, name: Name, place: Place) -> Option<Value> {
        let class = self.class_of(value)?;
        self.class_attribute_at(class, name, value, None, place)
    }

    /// A method of the project's class of the value, bound to it.
    pub(crate) fn project_method(&mut self, value: &Value, name: Name) -> Option<Value> {
        let class = self.class_of(value)?;
        let (owner, member, _) = self.program.member(class, name, None)?;
        match member {
            Member::Function(function) => Some(self.bind_function(owner, function, value)),
            _ => None,
        }
    }

    /// The project class that a value is an instance of.
    pub(crate) fn class_of(&self, value: &Value) -> Option<ClassId> {
        match value {
            Value::Object(id) => match self.object(*id) {
                Object::Instance(instance) => Some(instance.class),
                Object::Row(row) => Some(self.program.schema.model(row.model).class),
                Object::QuerySet(query) => query.class,
                _ => None,
            },
            Value::Manager(manager) => crate::orm::django::manager_class(&manager.class),
            _ => None,
        }
    }

    fn attribute_of_class(&mut self, class: ClassId, name: Name, place: Place) -> Value {
        let receiver = Value::Class(ClassRef::Known(class));
        let program = self.program;
        if let Some(model) = program.schema.of_class(class) {
            let found = match model.orm {
                Orm::Django => crate::orm::django::class_attribute(self, model.id, name),
                Orm::SqlAlchemy => crate::orm::sqlalchemy::class_attribute(self, model.id, name, place),
            };
            if let Some(value) = found {
                return value;
            }
        }
        if let Some(value) = self.class_attribute_at(class, name, &receiver, None, place) {
            return value;
        }
        if let Some(listed) = self.members_listed(class, name, place) {
            return listed;
        }
        if name == "__name__" {
            return Value::Scalar(Scalar::Text(program.class(class).class.name));
        }
        if name == "__doc__" {
            return Value::ANY;
        }
        if let Some(value) = crate::orm::sqlalchemy::base_attribute(program, class, name) {
            return value;
        }
        if let Some(value) = self.metaclass_attribute(class, name, place) {
            return value;
        }
        if DECLARATIONS.contains(&name.as_str()) {
            return self.declarations(place);
        }
        method(&receiver, name)
    }

    /// What a class declares, by name: as many as somebody wrote.
    pub(super) fn declarations(&mut self, place: Place) -> Value {
        let size = Size::Known(DECLARED);
        let members = Dict { key: Some(Value::ANY), value: Some(Value::ANY), size, ..Dict::empty() };
        Value::Object(self.allocate(place, MEMBERS, Object::Dict(members)))
    }

    /// `vars(instance)`, `asdict(instance)`: its attributes by name.
    pub(super) fn attributes_of(&mut self, value: &Value, place: Place) -> Value {
        let Value::Object(id) = value else { return self.declarations(place) };
        let known: Vec<(Name, Value)> = match self.object(*id) {
            Object::Instance(instance) if !instance.is_assumed => {
                instance.attributes.iter().map(|(name, value)| (*name, value.clone())).collect()
            }
            _ => return self.declarations(place),
        };
        let attributes = Dict { size: Size::Known(known.len() as u64), known, ..Dict::empty() };
        Value::Object(self.allocate(place, MEMBERS, Object::Dict(attributes)))
    }

    fn super_attribute(&mut self, class: ClassId, receiver: &Value, name: Name, place: Place) -> Value {
        let own = match receiver {
            Value::Class(ClassRef::Known(id)) => Some(*id),
            other => self.class_of(other),
        };
        // A row of the base may be one of this subclass, whose method is running.
        let own = own.map(|own| if self.program.inherits(own, class) { own } else { class });
        if let Some(own) = own
            && let Some(value) = self.class_attribute_at(own, name, receiver, Some(class), place)
        {
            return value;
        }
        method(receiver, name)
    }

    fn manager_attribute(&mut self, value: &Value, name: Name, place: Place) -> Value {
        let Value::Manager(manager) = value else { return Value::unknown(Why::Attribute(name)) };
        if name == "model" {
            let class = self.program.schema.model(manager.model).class;
            return Value::Class(ClassRef::Known(class));
        }
        if name == "through" {
            return crate::orm::django::through_model(self, manager).unwrap_or(Value::unknown(Why::Attribute(name)));
        }
        if !matches!(manager.class, ManagerClass::QuerySet(_))
            && let Some(found) = self.project_attribute(value, name, place)
        {
            return found;
        }
        if let Some(found) = crate::orm::django::manager_query_method(self, manager, name, place) {
            return found;
        }
        method(value, name)
    }

    fn instance_attribute(&mut self, id: ObjectId, name: Name, place: Place) -> Value {
        let Object::Instance(instance) = self.object(id) else { return Value::unknown(Why::Attribute(name)) };
        if let Some(value) = instance.attributes.get(&name) {
            return value.clone();
        }
        let (class, is_assumed) = (instance.class, instance.is_assumed);
        if name == "__class__" {
            // A class may say that its instances stand for another: `__class__ = Book`.
            let said = self.class_attribute_at(class, name, &Value::Object(id), None, place);
            return said.filter(|said| matches!(said, Value::Class(_))).unwrap_or(Value::Class(ClassRef::Known(class)));
        }
        let receiver = Value::Object(id);
        if name == "__dict__" {
            return self.attributes_of(&receiver, place);
        }
        let found = self.class_attribute_at(class, name, &receiver, None, place);
        let opened = found.as_ref().filter(|_| is_assumed).and_then(|value| self.opened(class, name, value));
        if let Some(value) = &found
            && !value.is_unknown()
            && *value != Value::None
        {
            return opened.unwrap_or(value.clone());
        }
        if let Some(value) = self.assigned_elsewhere(id, class, name) {
            return value;
        }
        if let Some(value) = found {
            let one = if value.is_unknown() { self.given_as_one(id, name) } else { None };
            return one.or(opened).unwrap_or(value);
        }
        let arguments = Arguments::of(vec![Value::Scalar(Scalar::Text(name))]);
        if let Some(value) = self.call_project_method(&receiver, Name::new("__getattr__"), &arguments, place) {
            return value;
        }
        if let Some(value) = crate::orm::sqlalchemy::inherited_attribute(self, class, name) {
            return value;
        }
        if DECLARATIONS.contains(&name.as_str()) {
            return self.declarations(place);
        }
        if self.program.class(class).mro.iter().any(|base| matches!(base, ClassRef::External(_))) {
            return method(&receiver, name);
        }
        Value::unknown(Why::Attribute(name))
    }
}

/// A method by table.
pub(crate) fn method(receiver: &Value, name: Name) -> Value {
    Value::Method(Rc::new((receiver.clone(), name)))
}

fn flatten(value: Value) -> Value {
    match &value {
        Value::Union(parts) if parts.len() == 1 => parts[0].value.clone(),
        _ => value,
    }
}
