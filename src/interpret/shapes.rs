//! What stubs may ask about types written in the program, and about functions that a framework calls.
//!
//! `shaped(type, value)` reads a value as a declared type does: each annotated field of a class, each element of a
//! list. `called_as_root(called, *classes)` calls a function or class with what its parameters say, the first with instances
//! of the classes; `parameters_of(called)` are their names, `returned_type(function)` is a function's annotation, `at_definition(function, callee, *arguments)` blames what a call fires on the `def` line.
//! `field_types(class)` are the types of the fields that a class annotates, by name; `type_parts(type)` is the class that a type
//! is about, or `None`, and whether it is of several. `holds_objects(value)` says whether there are rows or instances in a
//! value. `entered(value)` is what a generator yields first. `is_class` and `is_function` tell what a value is.

use std::rc::Rc;
use std::sync::Arc;

use super::effects::TrailStep;
use super::interpreter::Interpreter;
use crate::domain::{
    Arguments, Closure, Dict, Instance, Machine, Object, ObjectId, Place, Scalar, Sequence, SequenceKind, Size, Value,
    Why,
};
use crate::project::{ClassId, ClassRef, Member, Program};
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, BinaryOperator, Constant, Expr, ExprKind, Function, Span, StmtKind};

/// Declared types nested in each other are followed so deep.
const DEEPEST: u32 = 5;

impl Interpreter<'_> {
    /// Calls an intrinsic about types and functions by name.
    pub(crate) fn call_shape(&mut self, name: &str, arguments: &Arguments, place: Place) -> Option<Value> {
        let first = arguments.positional.first()?;
        let truth = |truth: bool| Some(Value::Scalar(Scalar::Bool(truth)));
        match name {
            "shaped" => Some(self.shaped(first, arguments.positional.get(1)?, place)),
            "called_as_root" => Some(self.called_as_root(first, &arguments.positional[1..], place)),
            "parameters_of" => Some(self.parameters_of(first, place)),
            "returned_type" => Some(self.returned_type(first)),
            "at_definition" => Some(self.at_definition(arguments, place)),
            "entered" => match first {
                Value::Object(id) if matches!(self.object(*id), Object::Generator(_)) => Some(self.enter(first, place)),
                _ => Some(first.clone()),
            },
            "holds_objects" => truth(self.holds_objects(first, 0)),
            "field_types" => Some(self.field_types(first, place)),
            "type_parts" => Some(self.type_parts(first, place)),
            "is_class" => truth(matches!(first, Value::Class(_))),
            "is_function" => truth(matches!(first, Value::Function(_) | Value::Bound(_))),
            _ => None,
        }
    }

    /// A value as a declared type reads it.
    pub(super) fn shaped(&mut self, declared: &Value, value: &Value, place: Place) -> Value {
        Reading { place, depth: 0, parameter: None }.read(self, declared, value)
    }

    /// An annotation as a type; a quoted name is looked up.
    fn type_of(&mut self, annotation: &Expr) -> Value {
        match &annotation.kind {
            ExprKind::Constant(Constant::Text(text)) => self.lookup(*text),
            ExprKind::Binary { left, operator: BinaryOperator::Or, right } => {
                let (left, right) = (self.type_of(left), self.type_of(right));
                left.join(&right, None)
            }
            _ => {
                let found = self.evaluate(annotation);
                self.unquoted(found)
            }
        }
    }

    /// `list["Book"]`: the name in the brackets is looked up.
    fn unquoted(&mut self, alias: Value) -> Value {
        let Some(parts) = self.listed(&alias) else { return alias };
        let [outer, Value::Scalar(Scalar::Text(name))] = parts.as_slice() else { return alias };
        let items = vec![outer.clone(), self.lookup(*name)];
        if let Value::Object(id) = &alias
            && let Object::Sequence(sequence) = self.object_mut(*id)
        {
            sequence.items = Some(items);
        }
        alias
    }

    /// Whether a value is a row or an instance, or a plain container of any.
    fn holds_objects(&self, value: &Value, depth: u32) -> bool {
        let is_one = |part: &Value| {
            let Value::Object(id) = part else { return false };
            let holds = |value: Option<Value>| value.is_some_and(|value| self.holds_objects(&value, depth + 1));
            match self.object(*id) {
                Object::Row(_) | Object::Instance(_) | Object::QuerySet(_) => true,
                Object::Sequence(sequence) => depth < DEEPEST && holds(sequence.any()),
                Object::Dict(dict) => depth < DEEPEST && holds(dict.any_value()),
                _ => false,
            }
        };
        value.disjuncts().iter().any(is_one)
    }

    /// What a pydantic model is given by name is read as its fields say.
    pub(super) fn validate_fields(&mut self, made: ObjectId, class: ClassId, place: Place, parameter: Option<Value>) {
        if !validates(self.program, class) {
            return;
        }
        let reading = Reading { place, depth: 0, parameter };
        for field in annotated_fields(self.program, class) {
            let Object::Instance(instance) = self.object(made) else { return };
            if let Some(value @ (Value::Object(_) | Value::Union(_))) = instance.attributes.get(&field.name).cloned() {
                reading.set_field(self, made, &field, &value);
            }
        }
    }

    /// A declared field that all code of the project fills with a list of one: `RunUpdate(add_logs=[log])`.
    pub(super) fn given_as_one(&mut self, id: ObjectId, name: Name) -> Option<Value> {
        if !self.index.is_given_one(self.program, name) {
            return None;
        }
        let one = Sequence::of(SequenceKind::List, vec![Value::unknown(Why::Attribute(name))]);
        let list = Value::Object(self.derive(id, name, Object::Sequence(one)));
        Some(list.join(&Value::None, None))
    }

    /// `Page[Book](items=books)`: calls the generic class.
    pub(super) fn construct_alias(&mut self, alias: &Value, arguments: &Arguments, place: Place) -> Option<Value> {
        let parts = self.listed(alias)?;
        let [Value::Class(ClassRef::Known(class)), inner] = parts.as_slice() else { return None };
        let made = self.construct(*class, arguments.clone(), place);
        if let Value::Object(id) = made {
            self.validate_fields(id, *class, place, Some(inner.clone()));
        }
        Some(made)
    }

    fn called_as_root(&mut self, called: &Value, types: &[Value], place: Place) -> Value {
        match (called, self.called_function(called)) {
            (Value::Class(ClassRef::Known(class)), Some((maker, bound))) => {
                let arguments = self.root_arguments(&maker, bound, types);
                self.construct(*class, arguments, place)
            }
            (Value::Class(ClassRef::Known(class)), None) => self.construct(*class, Arguments::default(), place),
            (_, Some((function, bound))) => {
                let arguments = self.root_arguments(&function, bound, types);
                self.call_to_the_end(&function, None, arguments, place)
            }
            (_, None) => Value::unknown(Why::Call),
        }
    }

    /// The names of what a caller passes to a function, or to a class.
    fn parameters_of(&mut self, called: &Value, place: Place) -> Value {
        let Some((closure, bound)) = self.called_function(called) else { return Value::unknown(Why::Call) };
        let names = closure.function.parameters.iter().skip(bound).map(|parameter| Value::text(&parameter.name));
        let names = Sequence::of(SequenceKind::Tuple, names.collect());
        Value::Object(self.allocate(place, 13, Object::Sequence(names)))
    }

    /// The function that a call runs, and how many of its parameters are filled already.
    fn called_function(&self, called: &Value) -> Option<(Closure, usize)> {
        match called {
            Value::Function(closure) => Some((Closure::clone(closure), 0)),
            Value::Class(ClassRef::Known(class)) => {
                let (owner, member, _) = self.program.member(*class, Name::new("__init__"), None)?;
                let Member::Function(function) = member else { return None };
                let module = self.program.class(owner).module;
                Some((Closure { function: Arc::clone(function), module, scope: None, class: Some(owner) }, 1))
            }
            _ => None,
        }
    }

    fn field_types(&mut self, class: &Value, place: Place) -> Value {
        let Value::Class(ClassRef::Known(class)) = class else { return Value::unknown(Why::Call) };
        let mut known = Vec::new();
        for field in annotated_fields(self.program, *class) {
            let module = self.program.class(field.owner).module;
            known.push((field.name, self.in_module(module, |machine| machine.type_of(field.annotation))));
        }
        let dict = Dict { size: Size::Known(known.len() as u64), known, ..Dict::empty() };
        Value::Object(self.allocate(place, 14, Object::Dict(dict)))
    }

    /// What stands before the brackets of a type, and the first type in them.
    fn alias_parts(&self, alias: &Value) -> Option<(Value, Value)> {
        let [outer, inner] = <[Value; 2]>::try_from(self.listed(alias)?).ok()?;
        let first = self.listed(&inner).filter(|parts| !is_alias(parts)).and_then(|parts| parts.first().cloned());
        Some((outer, first.unwrap_or(inner)))
    }

    /// `list[Book]`, `Optional[Book]`: the class, and whether a collection stands around it.
    fn type_parts(&mut self, declared: &Value, place: Place) -> Value {
        let mut found = declared.clone();
        let mut is_many = false;
        for _ in 0..DEEPEST {
            if let Some(part) = found.disjuncts().into_iter().find(|part| *part != Value::None) {
                found = part;
            }
            let Some((Value::External(outer), inner)) = self.alias_parts(&found) else { break };
            is_many |= !is_wrapper(outer);
            found = inner;
        }
        let class = if matches!(found, Value::Class(_)) { found } else { Value::None };
        let parts = Sequence::of(SequenceKind::Tuple, vec![class, Value::Scalar(Scalar::Bool(is_many))]);
        Value::Object(self.allocate(place, 15, Object::Sequence(parts)))
    }

    fn returned_type(&mut self, function: &Value) -> Value {
        let Value::Function(closure) = function else { return Value::None };
        let Some(annotation) = &closure.function.returns else { return Value::None };
        self.in_module(closure.module, |machine| machine.type_of(annotation))
    }

    fn at_definition(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [Value::Function(closure), callee, rest @ ..] = arguments.positional.as_slice() else {
            return Value::unknown(Why::Call);
        };
        let defined = self.definition(&closure.function);
        self.trail.push(TrailStep::Call { place: defined, is_stub: false });
        let value = self.call_value(callee, Arguments::of(rest.to_vec()), place);
        self.trail.pop();
        value
    }

    /// The line of a function's `def`.
    fn definition(&self, function: &Function) -> Place {
        let text = &self.program.files[function.file.0 as usize].text;
        let rest = text.get(function.span.start as usize..).unwrap_or("");
        let offset = rest.find(&format!("def {}", function.name)).unwrap_or(0);
        let length = rest.get(offset..).and_then(|line| line.find('\n')).unwrap_or(0);
        let start = function.span.start + offset as u32;
        Place { file: function.file, span: Span { start, end: start + length as u32 } }
    }

    /// Calls a function as the decorators of frameworks say: each a stub's `__entry__`, which is given the function, and
    /// for a method its class if it takes two. Says whether there is any.
    pub(crate) fn call_by_decorators(&mut self, closure: &Closure, place: Place) -> bool {
        let mut given = vec![Value::Function(Rc::new(closure.clone()))];
        given.extend(closure.class.map(|class| Value::Class(ClassRef::Known(class))));
        let before = self.state.clone();
        let mut is_called = false;
        for decorator in &closure.function.decorators {
            self.state = before.clone();
            let value = self.in_module(closure.module, |machine| machine.evaluate(decorator));
            let Value::Function(entry) = &value else { continue };
            let is_stub = self.program.module(entry.module).is_stub;
            let takes = entry.function.parameters.len();
            if is_stub && entry.function.name == super::roots::ENTRY && takes >= given.len() {
                self.call_value(&value, Arguments::of(given.clone()), place);
                is_called = true;
            }
        }
        is_called
    }
}

/// Reading a value by a declared type.
#[derive(Clone)]
struct Reading {
    place: Place,
    /// How many types are around this one.
    depth: u32,
    /// What the type parameter of the generic class around stands for: `MemberOut` in `Page[MemberOut]`.
    parameter: Option<Value>,
}

impl Reading {
    fn deeper(&self) -> Reading {
        Reading { depth: self.depth + 1, ..self.clone() }
    }

    fn read(&self, machine: &mut Interpreter<'_>, declared: &Value, value: &Value) -> Value {
        if self.depth >= DEEPEST || matches!(value, Value::None | Value::Scalar(_) | Value::Unknown(_)) {
            return value.clone();
        }
        match declared {
            Value::Union(parts) => {
                let classes: Vec<Value> =
                    parts.iter().map(|part| part.value.clone()).filter(|part| *part != Value::None).collect();
                classes.first().map_or(value.clone(), |first| self.read(machine, first, value))
            }
            Value::Class(ClassRef::Known(class)) => self.by_class(machine, *class, value),
            Value::Object(_) => self.by_alias(machine, declared, value),
            _ => match &self.parameter {
                Some(parameter) if is_type_parameter(declared) => {
                    Reading { parameter: None, ..self.clone() }.read(machine, parameter, value)
                }
                _ => value.clone(),
            },
        }
    }

    /// `list[Book]`, `Optional[Book]`, `Annotated[Book, …]`, `Page[Book]`: the type and what stands in its brackets.
    fn by_alias(&self, machine: &mut Interpreter<'_>, alias: &Value, value: &Value) -> Value {
        let Some((outer, inner)) = machine.alias_parts(alias) else { return value.clone() };
        match &outer {
            Value::Class(ClassRef::Known(class)) => {
                Reading { parameter: Some(inner), ..self.clone() }.by_class(machine, *class, value)
            }
            Value::External(outer) if is_wrapper(*outer) => self.read(machine, &inner, value),
            Value::External(_) => {
                let rows = machine.all_of(value, self.place);
                let iteration = machine.iterate_value(&rows, self.place);
                machine.run_loop(self.place, iteration, &mut |machine, element| {
                    self.deeper().read(machine, &inner, &element);
                });
                rows
            }
            _ => value.clone(),
        }
    }

    fn by_class(&self, machine: &mut Interpreter<'_>, class: ClassId, value: &Value) -> Value {
        if !validates(machine.program, class) || !value.disjuncts().iter().any(|part| is_read(machine, class, part)) {
            return value.clone();
        }
        let instance =
            Instance { class, attributes: Default::default(), is_assumed: false, before: Default::default() };
        let made = machine.allocate(self.place, 12, Object::Instance(instance));
        let value = &prepared(machine, class, value, self.place);
        for field in annotated_fields(machine.program, class) {
            let parts = field.source.iter();
            let read = parts.fold(value.clone(), |owner, part| machine.source_part(&owner, *part, self.place));
            self.set_field(machine, made, &field, &read);
        }
        Value::Object(made)
    }

    fn set_field(&self, machine: &mut Interpreter<'_>, made: ObjectId, field: &Field<'_>, value: &Value) {
        let module = machine.program.class(field.owner).module;
        let declared = machine.in_module(module, |machine| machine.type_of(field.annotation));
        let shaped = self.deeper().read(machine, &declared, value);
        if let Object::Instance(instance) = machine.object_mut(made) {
            instance.attributes.insert(field.name, shaped);
        }
    }
}

/// What `@model_validator(mode="before")` makes of a value.
fn prepared(machine: &mut Interpreter<'_>, class: ClassId, value: &Value, place: Place) -> Value {
    let program = machine.program;
    let members = program.class(class).mro.iter().filter_map(|base| match base {
        ClassRef::Known(base) => Some(&program.class(*base).members),
        ClassRef::External(_) => None,
    });
    let found = members.flatten().find_map(|(name, member)| match member {
        Member::Function(function) if function.decorators.iter().any(is_before) => Some(*name),
        _ => None,
    });
    let validator = found.and_then(|name| machine.class_attribute(class, name, &Value::Class(ClassRef::Known(class))));
    let Some(validator) = validator else { return value.clone() };
    let made = machine.call_value(&validator, Arguments::of(vec![value.clone()]), place);
    if made.is_unknown() { value.clone() } else { made }
}

/// `@model_validator(mode="before")`
fn is_before(decorator: &Expr) -> bool {
    let ExprKind::Call { function, arguments } = &decorator.kind else { return false };
    let is_it =
        matches!(function.kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if name == "model_validator");
    let is_word = |value: &Expr| matches!(value.kind, ExprKind::Constant(Constant::Text(text)) if text == "before");
    is_it && arguments.iter().any(|argument| is_word(&argument.value))
}

/// `TypeVar("T")`, or the name that `class Page[T]` declares.
fn is_type_parameter(declared: &Value) -> bool {
    match declared {
        Value::External(path) => path.contains("TypeVar"),
        other => other.is_unknown(),
    }
}

/// Whether a class reads what it is made from by its declared fields.
pub(super) fn validates(program: &Program, class: ClassId) -> bool {
    program.schema.of_class(class).is_none() && program.member(class, Name::new("model_validate"), None).is_some()
}

fn is_read(machine: &Interpreter<'_>, class: ClassId, value: &Value) -> bool {
    let Value::Object(id) = value else { return false };
    match machine.object(*id) {
        Object::Row(row) => machine.program.schema.model(row.model).class != class,
        Object::Instance(instance) => !machine.program.inherits(instance.class, class),
        Object::Dict(_) => true,
        _ => false,
    }
}

/// `Optional[Book]` is read as `Book` is.
fn is_wrapper(outer: Name) -> bool {
    matches!(outer.rsplit('.').next(), Some("Optional" | "Annotated" | "Union"))
}

fn is_alias(parts: &[Value]) -> bool {
    matches!(parts, [Value::External(_) | Value::Class(_), _])
}

/// A field that an annotation declares.
struct Field<'p> {
    name: Name,
    /// The attributes that lead to it: its alias, where it has one.
    source: Vec<Name>,
    annotation: &'p Expr,
    owner: ClassId,
}

/// The annotated fields of a class, nearest declaration first.
fn annotated_fields(program: &Program, class: ClassId) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    for base in &program.class(class).mro {
        let ClassRef::Known(owner) = base else { continue };
        for statement in &program.class(*owner).class.body {
            let StmtKind::Annotated { target, annotation, value } = &statement.kind else { continue };
            let ExprKind::Name(name) = target.kind else { continue };
            if fields.iter().all(|field| field.name != name) && name != "model_config" {
                let source = value.as_ref().and_then(alias).unwrap_or_else(|| vec![name]);
                fields.push(Field { name, source, annotation, owner: *owner });
            }
        }
    }
    fields
}

/// `Field(validation_alias="name")`, `Field(validation_alias=AliasPath("author", "name"))`
fn alias(default: &Expr) -> Option<Vec<Name>> {
    let ExprKind::Call { arguments, .. } = &default.kind else { return None };
    arguments.iter().find_map(|argument| match (&argument.kind, &argument.value.kind) {
        (ArgumentKind::Keyword(keyword), ExprKind::Constant(Constant::Text(text)))
            if keyword == "alias" || keyword == "validation_alias" =>
        {
            Some(vec![*text])
        }
        (ArgumentKind::Keyword(keyword), ExprKind::Call { .. }) if keyword == "validation_alias" => {
            alias_path(&argument.value)
        }
        _ => None,
    })
}

/// `AliasPath("author", "name")`; of several choices the first.
fn alias_path(expr: &Expr) -> Option<Vec<Name>> {
    let ExprKind::Call { function, arguments } = &expr.kind else { return Some(vec![crate::project::text(expr)?]) };
    match crate::project::last_name(function)?.as_str() {
        "AliasPath" => arguments.iter().map(|part| crate::project::text(&part.value)).collect(),
        "AliasChoices" => alias_path(&arguments.first()?.value),
        _ => None,
    }
}
