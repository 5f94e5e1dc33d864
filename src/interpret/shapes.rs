//! What stubs may ask about types written in the program, and about functions that a framework calls.
//!
//! `shaped(type, value)` reads a value as a declared type does: each annotated field of a class, each element of a
//! list. `called_as_root(called, *classes)` calls a function or class with what its parameters say, the first with instances
//! of the classes; `parameters_of(called)` are their names, `returned_type(function)` is a function's annotation, `at_definition(function, callee, *arguments)` blames what a call fires on the `def` line.
//! `field_types(class)` are the types of the fields that a class annotates, by name; `type_parts(type)` is the class that a type
//! is about, or `None`, and whether it is of several. `entered(value)` is what a generator yields first. `is_class` and `is_function` tell what a value is.

use std::rc::Rc;
use std::sync::Arc;

use super::effects::TrailStep;
use super::interpreter::Interpreter;
use crate::domain::{
    Arguments, Closure, Dict, Instance, Machine, Object, ObjectId, Place, Scalar, Sequence, SequenceKind, Size, Value,
    Why,
};
use crate::project::{ClassId, ClassRef, Member};
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, Constant, Expr, ExprKind, Function, Span, StmtKind};

/// Declared types nested in each other are followed so deep.
const DEEPEST: u32 = 5;

impl Interpreter<'_> {
    /// Calls an intrinsic about types and functions by name.
    pub(crate) fn call_shape(&mut self, name: &str, arguments: &Arguments, place: Place) -> Option<Value> {
        let first = arguments.positional.first()?;
        let truth = |truth: bool| Some(Value::Scalar(Scalar::Bool(truth)));
        match name {
            "shaped" => Some(self.shaped(first, arguments.positional.get(1)?, place, 0)),
            "called_as_root" => Some(self.called_as_root(first, &arguments.positional[1..], place)),
            "parameters_of" => Some(self.parameters_of(first, place)),
            "returned_type" => Some(self.returned_type(first)),
            "at_definition" => Some(self.at_definition(arguments, place)),
            "entered" => match first {
                Value::Object(id) if matches!(self.object(*id), Object::Generator(_)) => Some(self.enter(first, place)),
                _ => Some(first.clone()),
            },
            "field_types" => Some(self.field_types(first, place)),
            "type_parts" => Some(self.type_parts(first, place)),
            "is_class" => truth(matches!(first, Value::Class(_))),
            "is_function" => truth(matches!(first, Value::Function(_) | Value::Bound(_))),
            _ => None,
        }
    }

    /// A value as a declared type reads it.
    fn shaped(&mut self, declared: &Value, value: &Value, place: Place, depth: u32) -> Value {
        if depth >= DEEPEST || matches!(value, Value::None | Value::Scalar(_) | Value::Unknown(_)) {
            return value.clone();
        }
        match declared {
            Value::Union(parts) => {
                let classes: Vec<Value> =
                    parts.iter().map(|part| part.value.clone()).filter(|part| *part != Value::None).collect();
                classes.first().map_or(value.clone(), |first| self.shaped(first, value, place, depth))
            }
            Value::Class(ClassRef::Known(class)) => self.shaped_by_class(*class, value, place, depth),
            Value::Object(_) => self.shaped_by_alias(declared, value, place, depth),
            _ => value.clone(),
        }
    }

    /// `list[Book]`, `Optional[Book]`, `Annotated[Book, …]`: the type and what stands in its brackets.
    fn shaped_by_alias(&mut self, alias: &Value, value: &Value, place: Place, depth: u32) -> Value {
        let Some([Value::External(outer), inner]) = self.listed(alias).as_deref().and_then(pair) else {
            return value.clone();
        };
        let first = self.listed(&inner).filter(|parts| !is_alias(parts)).and_then(|parts| parts.first().cloned());
        let inner = first.unwrap_or(inner);
        match outer.rsplit('.').next().unwrap_or("") {
            "Optional" | "Annotated" | "Union" => self.shaped(&inner, value, place, depth),
            _ => {
                let rows = self.all_of(value, place);
                let iteration = self.iterate_value(&rows, place);
                self.run_loop(place, iteration, &mut |machine, element| {
                    machine.shaped(&inner, &element, place, depth + 1);
                });
                rows
            }
        }
    }

    fn shaped_by_class(&mut self, class: ClassId, value: &Value, place: Place, depth: u32) -> Value {
        let is_read = |part: &Value| match part {
            Value::Object(id) => match self.object(*id) {
                Object::Row(row) => self.program.schema.model(row.model).class != class,
                Object::Instance(instance) => !self.program.inherits(instance.class, class),
                Object::Dict(_) => true,
                _ => false,
            },
            _ => false,
        };
        let reads_attributes = self.program.member(class, Name::new("model_validate"), None).is_some();
        if !reads_attributes || !value.disjuncts().iter().any(is_read) {
            return value.clone();
        }
        let instance = Instance { class, attributes: Default::default(), is_assumed: false };
        let made = self.allocate(place, 12, Object::Instance(instance));
        for field in annotated_fields(self.program, class) {
            self.shape_field(made, &field, value, place, depth);
        }
        Value::Object(made)
    }

    fn shape_field(&mut self, made: ObjectId, field: &Field<'_>, value: &Value, place: Place, depth: u32) {
        let module = self.program.class(field.owner).module;
        let declared = self.in_module(module, |machine| machine.type_of(field.annotation));
        let read = self.source_part(value, field.source, place);
        let shaped = self.shaped(&declared, &read, place, depth + 1);
        if let Object::Instance(instance) = self.object_mut(made) {
            instance.attributes.insert(field.name, shaped);
        }
    }

    /// An annotation as a type; a quoted name is looked up.
    fn type_of(&mut self, annotation: &Expr) -> Value {
        match &annotation.kind {
            ExprKind::Constant(Constant::Text(text)) => self.lookup(*text),
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

    /// `list[Book]`, `Optional[Book]`: the class, and whether a collection stands around it.
    fn type_parts(&mut self, declared: &Value, place: Place) -> Value {
        let mut found = declared.clone();
        let mut is_many = false;
        for _ in 0..DEEPEST {
            if let Some(part) = found.disjuncts().into_iter().find(|part| *part != Value::None) {
                found = part;
            }
            let Some([Value::External(outer), inner]) = self.listed(&found).as_deref().and_then(pair) else { break };
            is_many |= !matches!(outer.rsplit('.').next().unwrap_or(""), "Optional" | "Annotated" | "Union");
            let first = self.listed(&inner).filter(|parts| !is_alias(parts)).and_then(|parts| parts.first().cloned());
            found = first.unwrap_or(inner);
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

fn pair(parts: &[Value]) -> Option<[Value; 2]> {
    <[Value; 2]>::try_from(parts.to_vec()).ok()
}

fn is_alias(parts: &[Value]) -> bool {
    matches!(parts, [Value::External(_), _])
}

/// A field that an annotation declares.
struct Field<'p> {
    name: Name,
    /// The attribute it is read from: its alias, where it has one.
    source: Name,
    annotation: &'p Expr,
    owner: ClassId,
}

/// The annotated fields of a class, nearest declaration first.
fn annotated_fields(program: &crate::project::Program, class: ClassId) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    for base in &program.class(class).mro {
        let ClassRef::Known(owner) = base else { continue };
        for statement in &program.class(*owner).class.body {
            let StmtKind::Annotated { target, annotation, value } = &statement.kind else { continue };
            let ExprKind::Name(name) = target.kind else { continue };
            if fields.iter().all(|field| field.name != name) && name != "model_config" {
                let source = value.as_ref().and_then(alias).unwrap_or(name);
                fields.push(Field { name, source, annotation, owner: *owner });
            }
        }
    }
    fields
}

/// `Field(validation_alias="name")`
fn alias(default: &Expr) -> Option<Name> {
    let ExprKind::Call { arguments, .. } = &default.kind else { return None };
    arguments.iter().find_map(|argument| match (&argument.kind, &argument.value.kind) {
        (ArgumentKind::Keyword(keyword), ExprKind::Constant(Constant::Text(text)))
            if keyword == "alias" || keyword == "validation_alias" =>
        {
            Some(*text)
        }
        _ => None,
    })
}
