//! Members: what a class has under a name, and what reading it through an instance or the class gives.

use std::rc::Rc;
use std::sync::Arc;

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Closure, Machine, Object, Place, Scalar, Scope, Value, Why};
use crate::project::{ClassId, ClassRef, Member};
use crate::syntax::Name;
use crate::syntax::ir::{ExprKind, Function, StmtKind};

impl Interpreter<'_> {
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
                if let Some(kept) = self.kept_by_class(owner, name) {
                    return Some(kept);
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
    pub(super) fn class_variable(&mut self, owner: ClassId, name: Name, index: usize) -> Value {
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

    /// An attribute that a class has of its metaclass, whose instance it is.
    pub(super) fn metaclass_attribute(&mut self, class: ClassId, name: Name, place: Place) -> Option<Value> {
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
