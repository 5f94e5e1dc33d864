//! Attributes: what `value.name` may be.

use std::rc::Rc;
use std::sync::Arc;

use super::interpreter::Interpreter;
use crate::domain::{
    Arguments, Closure, DECLARED, Dict, Machine, Object, ObjectId, Place, Scalar, Scope, Size, Value, Why,
};
use crate::project::{ClassId, ClassRef, Member, Orm};
use crate::syntax::Name;
use crate::syntax::ir::{ExprKind, Function, StmtKind};

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

    /// An attribute found on a class's MRO, as `receiver.name` gives it.
    pub(crate) fn class_attribute(&mut self, class: ClassId, name: Name, receiver: &Value) -> Option<Value> {
        let place = self.place(Default::default());
        self.class_attribute_at(class, name, receiver, None, place)
    }

    pub(crate) fn class_attribute_at(
        &mut self,
        class: ClassId,
        name: Name,
        receiver: &Value,
        after: Option<ClassId>,
        place: Place,
    ) -> Option<Value> {
        let program = self.program;
        let found = program.member(class, name, after);
        // Forms, filter sets and tables make `_meta` of what their class declares.
        let declared = || program.member(class, Name::new("Meta"), after).filter(|_| name == "_meta");
        let (owner, member, _) = found.or_else(declared)?;
        match member {
            Member::Function(function) => Some(self.member_function(owner, function, receiver, place)),
            Member::Property(getter) => Some(match receiver {
                Value::Object(_) => self.computed_property(owner, getter, receiver, place),
                _ => Value::Function(Rc::new(self.closure_of(owner, getter))),
            }),
            Member::Class(id) => Some(Value::Class(ClassRef::Known(*id))),
            Member::Variable(index) => {
                if let Some(getter) = self.getter(owner, *index).filter(|_| matches!(receiver, Value::Object(_))) {
                    return Some(self.call_value(&getter, Arguments::of(vec![receiver.clone()]), place));
                }
                let argument = self.type_argument(class, owner, *index);
                let value = argument.unwrap_or_else(|| self.class_variable(owner, name, *index));
                match self.described(class, owner, name, &value, receiver, place) {
                    Some(read) => Some(read),
                    None => Some(self.bound_variable(value, receiver)),
                }
            }
        }
    }

    /// `host = Field()`, where the class of what is assigned says by `__get__` what reading the attribute gives.
    fn described(
        &mut self,
        class: ClassId,
        owner: ClassId,
        name: Name,
        descriptor: &Value,
        receiver: &Value,
        place: Place,
    ) -> Option<Value> {
        let Value::Object(id) = descriptor else { return None };
        let Object::Instance(_) = self.object(*id) else { return None };
        let getter = self.project_method(descriptor, Name::new("__get__"))?;
        let class_of = |class| Value::Class(ClassRef::Known(class));
        let named = Arguments::of(vec![class_of(owner), Value::Scalar(Scalar::Text(name))]);
        self.call_project_method(descriptor, Name::new("__set_name__"), &named, place);
        let subject = if matches!(receiver, Value::Class(_)) { Value::None } else { receiver.clone() };
        Some(self.call_value(&getter, Arguments::of(vec![subject, class_of(class)]), place))
    }

    /// Functions that a class body assigns become methods.
    fn bound_variable(&mut self, value: Value, receiver: &Value) -> Value {
        match value {
            Value::Function(closure) if matches!(receiver, Value::Object(_)) && closure.scope.is_none() => {
                Value::Bound(Rc::new((receiver.clone(), (*closure).clone())))
            }
            other => other,
        }
    }

    /// `title = property(read_title)`: the function that reads the attribute.
    fn getter(&mut self, owner: ClassId, index: usize) -> Option<Value> {
        let about = self.program.class(owner);
        let StmtKind::Assign { value, .. } = &about.class.body.get(index)?.kind else { return None };
        let ExprKind::Call { function, arguments } = &value.kind else { return None };
        let getter = arguments.first().filter(|_| super::conditions::is_named(function, "property"))?;
        let found = self.in_module(about.module, |machine| {
            machine.frame_mut().class = Some(owner);
            machine.evaluate(&getter.value)
        });
        match (found, &getter.value.kind) {
            (Value::Function(closure), _) => Some(Value::Function(closure)),
            // The class body's own names are not in reach of the module.
            (_, ExprKind::Name(name)) => match self.program.member(owner, *name, None)? {
                (home, Member::Function(function), _) => {
                    Some(Value::Function(Rc::new(self.closure_of(home, function))))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of a class-level assignment.
    fn class_variable(&mut self, owner: ClassId, name: Name, index: usize) -> Value {
        let program = self.program;
        let about = program.class(owner);
        let Some(statement) = about.class.body.get(index) else { return Value::unknown(Why::Name(name)) };
        if let Some(container) = self.being_filled(owner, name) {
            return container;
        }
        self.in_module(about.module, |machine| {
            machine.frame_mut().class = Some(owner);
            machine.frame_mut().binds = Some(name);
            match &statement.kind {
                StmtKind::Assign { value, targets }
                    if targets.iter().any(|t| super::conditions::is_named(t, &name)) =>
                {
                    let found = machine.evaluate(value);
                    let found = machine.filled_by_subclasses(owner, name, found);
                    machine.as_member(owner, name, value, found)
                }
                StmtKind::Annotated { value: Some(value), .. } => {
                    let found = machine.evaluate(value);
                    machine.filled_by_subclasses(owner, name, found)
                }
                StmtKind::Annotated { annotation, .. } => machine.hinted_value(annotation),
                _ => Value::unknown(Why::Name(name)),
            }
        })
    }

    fn member_function(&mut self, owner: ClassId, function: &Arc<Function>, receiver: &Value, place: Place) -> Value {
        let is_instance = !matches!(receiver, Value::Class(_));
        match kind_of(function) {
            FunctionKind::Property if is_instance => self.property(owner, function, receiver, place),
            FunctionKind::CachedProperty if is_instance => self.cached_property(owner, function, receiver, place),
            FunctionKind::Static => Value::Function(Rc::new(self.closure_of(owner, function))),
            FunctionKind::Class => self.bound_to_class(owner, function, receiver),
            FunctionKind::ClassProperty => {
                let bound = self.bound_to_class(owner, function, receiver);
                self.call_value(&bound, Arguments::default(), place)
            }
            _ if is_instance => self.bind_function(owner, function, receiver),
            _ => Value::Function(Rc::new(self.closure_of(owner, function))),
        }
    }

    pub(super) fn bound_to_class(&mut self, owner: ClassId, function: &Arc<Function>, receiver: &Value) -> Value {
        let class = match receiver {
            Value::Class(_) => receiver.clone(),
            other => self.class_of(other).map_or(other.clone(), |id| Value::Class(ClassRef::Known(id))),
        };
        Value::Bound(Rc::new((class, self.closure_of(owner, function))))
    }

    fn cached_property(&mut self, owner: ClassId, function: &Arc<Function>, receiver: &Value, place: Place) -> Value {
        let Value::Object(id) = receiver else { return self.computed_property(owner, function, receiver, place) };
        let is_set = matches!(self.object(*id), Object::QuerySet(_));
        if is_set
            && let Some(Object::Scope(kept)) = self.beside(*id, function.name)
            && let Some(value) = kept.names.get(&function.name)
        {
            return value.clone();
        }
        let value = self.computed_property(owner, function, receiver, place);
        match self.object_mut(*id) {
            Object::Row(row) => drop(row.attributes.insert(function.name, value.clone())),
            Object::Instance(instance) => drop(instance.attributes.insert(function.name, value.clone())),
            // A queryset has no attributes here: what it remembers stands beside it.
            Object::QuerySet(_) => {
                let names = [(function.name, value.clone())].into();
                self.derive(*id, function.name, Object::Scope(Scope { names, ..Scope::default() }));
            }
            _ => {}
        }
        value
    }

    pub(super) fn computed_property(
        &mut self,
        owner: ClassId,
        function: &Arc<Function>,
        receiver: &Value,
        place: Place,
    ) -> Value {
        let bound = self.bind_function(owner, function, receiver);
        self.call_value(&bound, Arguments::default(), place)
    }

    pub(super) fn closure_of(&self, owner: ClassId, function: &Arc<Function>) -> Closure {
        // What was put on the class from outside is at home elsewhere.
        let home = self.program.module_of(function.file).map(|module| module.id);
        let module = home.unwrap_or(self.program.class(owner).module);
        Closure { function: Arc::clone(function), module, scope: None, class: Some(owner) }
    }

    /// A method bound to its receiver.
    pub(crate) fn bind_function(&mut self, owner: ClassId, function: &Arc<Function>, receiver: &Value) -> Value {
        Value::Bound(Rc::new((receiver.clone(), self.closure_of(owner, function))))
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

    /// An attribute that a class has of its metaclass, whose instance it is.
    fn metaclass_attribute(&mut self, class: ClassId, name: Name, place: Place) -> Option<Value> {
        let metaclass = self.program.metaclass(class)?;
        let (owner, member, _) = self.program.member(metaclass, name, None)?;
        let receiver = Value::Class(ClassRef::Known(class));
        match member {
            Member::Function(function) => match kind_of(function) {
                FunctionKind::Property | FunctionKind::CachedProperty => {
                    Some(self.computed_property(owner, function, &receiver, place))
                }
                FunctionKind::Static => Some(Value::Function(Rc::new(self.closure_of(owner, function)))),
                _ => Some(self.bind_function(owner, function, &receiver)),
            },
            Member::Property(getter) => Some(self.computed_property(owner, getter, &receiver, place)),
            Member::Class(id) => Some(Value::Class(ClassRef::Known(*id))),
            Member::Variable(index) => Some(self.class_variable(owner, name, *index)),
        }
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
        if let Some(found) = self.project_attribute(value, name, place) {
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
            return Value::Class(ClassRef::Known(class));
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

    /// Sets `owner.name = value`.
    pub(crate) fn set_attribute(&mut self, owner: &Value, name: Name, value: Value, place: Place) {
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

/// How a function in a class body is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FunctionKind {
    Method,
    Property,
    CachedProperty,
    Static,
    Class,
    ClassProperty,
}

/// What the decorators of a function in a class body make of it.
pub(crate) fn kind_of(function: &Function) -> FunctionKind {
    for decorator in &function.decorators {
        let name = match &decorator.kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => *name,
            ExprKind::Call { function, .. } => match &function.kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => *name,
                _ => continue,
            },
            _ => continue,
        };
        match name.as_str() {
            "staticmethod" => return FunctionKind::Static,
            "classmethod" | "declared_attr" | "validator" | "field_validator" => return FunctionKind::Class,
            "property" | "hybrid_property" | "abstractproperty" | "getter" | "setter" => {
                return FunctionKind::Property;
            }
            text if text.contains("cached_property") || text.contains("memoized_property") || text == "reify" => {
                return FunctionKind::CachedProperty;
            }
            text if text.ends_with("classproperty") => return FunctionKind::ClassProperty,
            text if text.ends_with("property") => return FunctionKind::Property,
            _ => {}
        }
    }
    match function.name.as_str() {
        "__new__" => FunctionKind::Static,
        "__init_subclass__" | "__class_getitem__" => FunctionKind::Class,
        _ => FunctionKind::Method,
    }
}
