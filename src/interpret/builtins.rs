//! Calls of what lies outside the project: Python's builtins that a stub cannot say, and the ORMs' functions.

use super::interpreter::Interpreter;
use crate::domain::{
    Arguments, Dict, Iteration, Machine, Object, Place, Scalar, Sequence, SequenceKind, Size, Value, Why,
};
use crate::project::{ClassId, ClassRef, Member};
use crate::syntax::Name;

/// What a dictionary has beside its dunder names.
const DICT: &[&str] =
    &["clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"];

impl Interpreter<'_> {
    /// Calls something by its dotted path.
    pub(crate) fn call_external(&mut self, path: Name, arguments: &Arguments, place: Place) -> Value {
        if let Some(builtin) = path.strip_prefix("builtins.") {
            return self.call_builtin(builtin, arguments, place);
        }
        let last = path.rsplit('.').next().unwrap_or(&path);
        if let Some(value) = self.load_classes(last, arguments, place) {
            return value;
        }
        crate::orm::raw::remark_on_call(self, path, arguments, place);
        self.remark_on_network(path, place);
        if let Some(value) = crate::orm::django::external(self, path, arguments, place) {
            return value;
        }
        if let Some(value) = crate::orm::sqlalchemy::external(self, path, arguments, place) {
            return value;
        }
        let has_first = !arguments.positional.is_empty();
        match path.as_str() {
            "copy.copy" | "copy.deepcopy" | "typing.cast" => {
                let position = usize::from(path == "typing.cast");
                arguments.positional.get(position).cloned().unwrap_or(Value::ANY)
            }
            "dataclasses.asdict" | "dataclasses.astuple" | "attrs.asdict" | "attr.asdict" if has_first => {
                self.attributes_of(&arguments.positional[0], place)
            }
            "dataclasses.fields" | "attrs.fields" | "attr.fields" => self.declarations(place),
            _ => {
                self.unseen += 1;
                self.give_away_all(arguments);
                self.walk_handed(arguments, place);
                Value::Unknown(Why::External(path))
            }
        }
    }

    /// A generator that code outside the project is given is walked there: `StreamingResponse(lines(rows))`.
    pub(super) fn walk_handed(&mut self, arguments: &Arguments, place: Place) {
        let given = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
        for value in given.cloned().collect::<Vec<_>>() {
            if matches!(&value, Value::Object(id) if matches!(self.object(*id), Object::Generator(_))) {
                self.iterate_value(&value, place);
            }
        }
    }

    fn call_builtin(&mut self, name: &str, arguments: &Arguments, place: Place) -> Value {
        if let Some(value) = self.call_intrinsic(name, arguments, place) {
            return value;
        }
        let first = arguments.positional.first().cloned();
        match (name, first) {
            ("list" | "tuple" | "set" | "frozenset" | "sorted" | "iter" | "reversed", Some(value)) => {
                self.copy_of(name, &value, place)
            }
            ("list" | "set" | "frozenset" | "tuple", None) => self.new_sequence(name, place),
            ("dict", _) => self.new_dict(arguments, place),
            ("defaultdict", first) => {
                let dict = Dict { default: first, ..Dict::empty() };
                Value::Object(self.allocate(place, 0, Object::Dict(dict)))
            }
            ("len", Some(value)) => self.length(&value, place),
            ("next", Some(value)) => self.next_of(&value, arguments, place),
            ("zip" | "zip_longest", _) => self.zip(arguments, place),
            ("vars", Some(value)) => self.read_attribute(&value, Name::new("__dict__"), place),
            ("dir", Some(Value::Object(id))) => {
                crate::orm::sqlalchemy::listed(self, id, place).unwrap_or_else(|| self.unknown_texts(place))
            }
            ("isinstance", Some(value)) => {
                let truth = arguments.positional.get(1).and_then(|classes| self.is_instance(&value, classes));
                truth.map_or(Value::ANY, |truth| Value::Scalar(Scalar::Bool(truth)))
            }
            ("issubclass", Some(value)) => {
                let truth = arguments.positional.get(1).and_then(|classes| self.is_subclass(&value, classes));
                truth.map_or(Value::ANY, |truth| Value::Scalar(Scalar::Bool(truth)))
            }
            ("callable" | "hash" | "id" | "abs" | "round" | "ord" | "chr", _) => Value::ANY,
            ("bool", Some(value)) => {
                let truth = self.truth(&value, place.span);
                truth.map_or(Value::ANY, |truth| Value::Scalar(Scalar::Bool(truth)))
            }
            ("int" | "float", Some(value)) => {
                if matches!(value, Value::Scalar(Scalar::Key | Scalar::KeyOf(..) | Scalar::Int(_))) {
                    value
                } else {
                    Value::ANY
                }
            }
            ("str" | "print" | "format" | "ascii", _) => {
                for value in &arguments.positional {
                    self.format_value(value, None, place);
                }
                match arguments.positional.first() {
                    Some(Value::Scalar(Scalar::KeyOf(row, None))) if name == "str" => {
                        Value::Scalar(Scalar::KeyText(*row))
                    }
                    _ => Value::ANY,
                }
            }
            ("repr", Some(value)) => {
                self.format_value(&value, Some('r'), place);
                Value::ANY
            }
            ("getattr", Some(owner)) => self.get_attribute_by_name(&owner, arguments, place),
            ("hasattr", Some(owner)) => self.has_attribute(&owner, arguments, place),
            ("setattr", Some(owner)) => {
                match (arguments.positional.get(1).and_then(Value::as_text), arguments.positional.get(2)) {
                    (Some(name), Some(value)) => self.set_attribute(&owner, name, value.clone(), place),
                    (None, Some(value)) => self.set_some_attribute(&owner, value),
                    _ => {}
                }
                Value::None
            }
            ("range", _) => self.range(arguments, place),
            ("type", Some(value)) if arguments.positional.len() == 1 => {
                let classes = value.disjuncts().iter().map(|part| self.class_value(part)).collect::<Vec<_>>();
                classes.into_iter().reduce(|a, b| a.join(&b, None)).unwrap_or(Value::unknown(Why::Call))
            }
            ("object", _) => Value::ANY,
            _ => Value::Unknown(Why::External(Name::new(&format!("builtins.{name}")))),
        }
    }

    fn class_value(&self, value: &Value) -> Value {
        if let Value::Mapped(mapped) = value
            && let Some(class) = crate::orm::sqlalchemy::class_of_property(self, mapped)
        {
            return class;
        }
        self.class_of(value).map_or(Value::unknown(Why::Call), |id| Value::Class(ClassRef::Known(id)))
    }

    fn new_sequence(&mut self, name: &str, place: Place) -> Value {
        let id = self.allocate(place, 0, Object::Sequence(Sequence::of(sequence_kind(name), Vec::new())));
        self.own(id);
        Value::Object(id)
    }

    /// A new collection of the elements of another.
    fn copy_of(&mut self, name: &str, value: &Value, place: Place) -> Value {
        let Iteration { element, mut items, size } = self.iterate_value(value, place);
        if name == "reversed" {
            items.iter_mut().for_each(|items| items.reverse());
        }
        let sequence = Sequence { kind: sequence_kind(name), items, element, size };
        Value::Object(self.allocate(place, 0, Object::Sequence(sequence)))
    }

    fn new_dict(&mut self, arguments: &Arguments, place: Place) -> Value {
        let id = self.allocate(place, 0, Object::Dict(Dict::empty()));
        self.own(id);
        for other in &arguments.positional {
            self.update_dict(id, other, place);
        }
        for (key, value) in &arguments.keywords {
            self.set_item(&Value::Object(id), &Value::Scalar(Scalar::Text(*key)), value.clone());
        }
        Value::Object(id)
    }

    fn length(&mut self, value: &Value, place: Place) -> Value {
        for part in value.disjuncts() {
            let Value::Object(id) = part else { continue };
            match self.object(id) {
                Object::QuerySet(_) | Object::Alchemy(_) => {
                    self.iterate_value(&part, place);
                }
                Object::Row(_) | Object::Instance(_) => {
                    self.call_project_method(&part, Name::new("__len__"), &Arguments::default(), place);
                }
                _ => {}
            }
        }
        match self.size_of(value) {
            Some(Size::Known(number)) if self.loops.is_empty() || self.is_tuple(value) => {
                Value::Scalar(Scalar::Int(number as i64))
            }
            _ => Value::ANY,
        }
    }

    fn is_tuple(&self, value: &Value) -> bool {
        let Value::Object(id) = value else { return false };
        matches!(self.object(*id), Object::Sequence(sequence) if sequence.kind == SequenceKind::Tuple)
    }

    /// `next(iterator, default)`: one element, after the work of finding it.
    fn next_of(&mut self, value: &Value, arguments: &Arguments, place: Place) -> Value {
        let Value::Object(id) = value else { return Value::unknown(Why::Element) };
        let found = self.call_project_method(value, Name::new("__next__"), &Arguments::default(), place);
        let element = match found {
            Some(element) => element,
            None => {
                let iteration = self.iterate_for_one(value, place);
                let first = iteration.items.and_then(|items| items.first().cloned());
                first.or(iteration.element).unwrap_or(Value::unknown(Why::Element))
            }
        };
        if matches!(self.object(*id), Object::Sequence(_)) {
            self.note_consumption(*id);
            if let Some(frame) = self.loops.last_mut().filter(|frame| frame.is_while) {
                frame.consumes = true;
            }
        }
        match arguments.positional.get(1) {
            Some(default) => element.join(default, None),
            None => element,
        }
    }

    fn zip(&mut self, arguments: &Arguments, place: Place) -> Value {
        let parts: Vec<Iteration> = arguments.positional.iter().map(|value| self.iterate_value(value, place)).collect();
        if arguments.star.is_some() || parts.is_empty() {
            return Value::unknown(Why::Call);
        }
        if let Some(count) = parts.iter().map(|part| part.items.as_ref().map(Vec::len)).min().flatten() {
            let mut rows = Vec::new();
            for index in 0..count {
                let items = parts.iter().filter_map(|part| part.items.as_ref()?.get(index).cloned()).collect();
                rows.push(self.element_tuple(items, place, 200 + index as u32));
            }
            let sequence = Sequence::of(SequenceKind::Iterator, rows);
            return Value::Object(self.allocate(place, 0, Object::Sequence(sequence)));
        }
        let element_of = |part: &Iteration| part.any().unwrap_or(Value::unknown(Why::Element));
        let items = parts.iter().map(element_of).collect();
        let size = match parts.iter().map(|part| part.size.clone()).min_by_key(rank_for_zip).unwrap_or(Size::Known(0)) {
            Size::Known(bound) if parts.iter().any(|part| part.size.grows()) => Size::Bounded(Some(bound)),
            size => size,
        };
        let tuple = self.element_tuple(items, place, 11);
        let sequence = Sequence::many(SequenceKind::Iterator, tuple, size);
        Value::Object(self.allocate(place, 0, Object::Sequence(sequence)))
    }

    /// `hasattr(owner, name)`: reads the attribute; true for what a class or every queryset has, false for what a queried
    /// row or a known class lacks.
    fn has_attribute(&mut self, owner: &Value, arguments: &Arguments, place: Place) -> Value {
        let Some(name) = arguments.positional.get(1).and_then(Value::as_text) else { return Value::ANY };
        if self.is_without(owner, name) {
            return Value::Scalar(Scalar::Bool(false));
        }
        let value = self.read_attribute(owner, name, place);
        if owner.disjuncts().iter().all(|part| self.declares(part, name)) {
            return Value::Scalar(Scalar::Bool(true));
        }
        if let Value::Mapped(_) = owner
            && matches!(value, Value::Mapped(_))
        {
            return Value::Scalar(Scalar::Bool(true));
        }
        let Value::Object(id) = owner else { return Value::ANY };
        match self.object(*id) {
            Object::QuerySet(_) if crate::orm::django::is_query_method(&name) => Value::Scalar(Scalar::Bool(true)),
            Object::Row(row) if self.has_of_its_own(row, name) => Value::Scalar(Scalar::Bool(true)),
            Object::Row(row) if row.origin.is_some() && value == Value::Unknown(Why::Attribute(name)) => {
                Value::Scalar(Scalar::Bool(false))
            }
            Object::Dict(_) if !name.starts_with("__") && !DICT.contains(&name.as_str()) => {
                Value::Scalar(Scalar::Bool(false))
            }
            _ => Value::ANY,
        }
    }

    /// Whether a class that is no model, or an instance's class, gives the attribute a value.
    fn declares(&self, owner: &Value, name: Name) -> bool {
        let class = match owner {
            Value::Class(ClassRef::Known(class)) => *class,
            Value::Object(id) => match self.object(*id) {
                Object::Instance(instance) => instance.class,
                _ => return false,
            },
            _ => return false,
        };
        let home = self.program.member(class, name, None).map(|(home, ..)| home);
        self.program.schema.of_class(class).is_none() && home.is_some_and(|home| self.program.class(home).assigns(name))
    }

    /// Whether every such row has the attribute: what its query added, a column, a member of its class.
    pub(super) fn has_of_its_own(&self, row: &crate::domain::Row, name: Name) -> bool {
        let model = self.program.schema.model(row.model);
        let is_to_attr = row.plan.relations.get(&name).is_some_and(|load| load.list_of.is_some());
        row.attributes.contains_key(&name)
            || is_to_attr
            || model.column(name).is_some()
            || self.program.member(model.class, name, None).is_some() && model.relation(name).is_none()
    }

    fn get_attribute_by_name(&mut self, owner: &Value, arguments: &Arguments, place: Place) -> Value {
        let name = arguments.positional.get(1);
        // In a loop it may be another one in every turn.
        let is_repeated = self.loops.len() > self.frame().loop_base;
        if let Some(Value::Scalar(Scalar::Begins(prefix))) = name.filter(|_| !is_repeated) {
            return self.any_method_of(owner, |machine, class| machine.program.methods_with(class, prefix), place);
        }
        let Some(name) = name.and_then(Value::as_text) else {
            return self.any_method_of(owner, |machine, class| machine.program.listed_methods(class), place);
        };
        let default = arguments.positional.get(2);
        let is_unset = |default: &&Value| is_switch(default) && self.was_never_set(owner, name);
        if let Some(default) = default.filter(|_| self.is_without(owner, name)).or(default.filter(is_unset)) {
            return default.clone();
        }
        let value = self.read_attribute(owner, name, place);
        match default {
            Some(default) if value.is_unknown() => value.join(default, None),
            Some(Value::None) if !self.carries(owner, name) => value.join(&Value::None, None),
            _ => value,
        }
    }

    /// Whether an instance that was seen being made has no such attribute yet: no class of it has one, and no method sets it.
    fn was_never_set(&self, owner: &Value, name: Name) -> bool {
        let Value::Object(id) = owner else { return false };
        let Object::Instance(instance) = self.object(*id) else { return false };
        let has = |name: Name| self.program.member(instance.class, name, None).is_some();
        let is_there = instance.is_assumed || instance.attributes.contains_key(&name);
        !is_there
            && ![name, "__getattr__".into(), "__getattribute__".into()].into_iter().any(has)
            && self.index.setters(self.program, instance.class, name).is_empty()
    }

    /// Whether a row has the attribute besides its fields: somebody set it, or the query annotated it.
    fn carries(&self, owner: &Value, name: Name) -> bool {
        let Value::Object(id) = owner else { return false };
        matches!(self.object(*id), Object::Row(row) if row.attributes.contains_key(&name))
    }

    /// `getattr(self, action)`: one of the methods that the class lists by name. `getattr(self, f"on_{event}")`: one of those
    /// whose names begin so.
    fn any_method_of(&mut self, owner: &Value, named: impl Fn(&Self, ClassId) -> Vec<Name>, place: Place) -> Value {
        let names = self.class_of(owner).map(|class| named(self, class)).unwrap_or_default();
        let methods = names.into_iter().map(|name| self.read_attribute(owner, name, place));
        methods.reduce(|one, other| one.join(&other, None)).unwrap_or(Value::unknown(Why::Call))
    }

    /// Whether a class of the project is known whole and has no such attribute (`getattr(self.Meta, "ordering", None)`).
    fn is_without(&self, owner: &Value, name: Name) -> bool {
        let Value::Class(ClassRef::Known(class)) = owner else { return false };
        let bases = &self.program.class(*class).mro;
        let is_own = |base: &ClassRef| matches!(base, ClassRef::Known(base) if !self.program.is_of_stub(*base));
        let is_assigned = || match self.program.member(*class, name, None) {
            // `JOINED: list[str]` alone gives nothing.
            Some((home, Member::Variable(_), _)) => self.program.class(home).assigns(name),
            found => found.is_some(),
        };
        !name.starts_with("__") && bases.iter().all(is_own) && !is_assigned()
    }

    fn range(&mut self, arguments: &Arguments, place: Place) -> Value {
        let numbers: Vec<Option<i64>> = arguments.positional.iter().map(number_of).collect();
        let size = match numbers.as_slice() {
            [Some(stop)] => Size::Known((*stop).max(0) as u64),
            [Some(start), Some(stop)] => Size::Known((stop - start).max(0) as u64),
            // A third argument is the step of a loop over chunks.
            [_, _, step] if *step != Some(1) && *step != Some(-1) => Size::Known(8),
            _ => Size::Unknown(Name::new(&self.text(place, 30))),
        };
        let sequence = Sequence::many(SequenceKind::Iterator, Value::Scalar(Scalar::Turn), size);
        Value::Object(self.allocate(place, 0, Object::Sequence(sequence)))
    }
}

/// What counts or switches something off: it is set where that begins. Anything else may have been put there by whoever calls.
fn is_switch(value: &Value) -> bool {
    matches!(value, Value::Scalar(Scalar::Bool(_) | Scalar::Int(_)))
}

/// A number that is known; one that a parameter has by default is as good (`months=6`).
fn number_of(value: &Value) -> Option<i64> {
    match value.known_part() {
        Value::Scalar(Scalar::Int(number)) => Some(number),
        _ => None,
    }
}

fn rank_for_zip(size: &Size) -> u8 {
    match size {
        Size::Known(_) => 0,
        Size::Bounded(_) => 1,
        Size::Rows(_) => 2,
        Size::Unknown(_) => 3,
    }
}

fn sequence_kind(name: &str) -> SequenceKind {
    match name {
        "tuple" => SequenceKind::Tuple,
        "set" | "frozenset" => SequenceKind::Set,
        "iter" | "reversed" => SequenceKind::Iterator,
        _ => SequenceKind::List,
    }
}
