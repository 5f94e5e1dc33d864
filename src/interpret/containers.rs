//! Containers: what their methods and operators do with the rows in them.

use super::expressions::append_iteration;
use super::interpreter::Interpreter;
use super::join::{join_maybe, join_sequences, join_sizes};
use crate::domain::{
    Arguments, Dict, Iteration, MAX_DISJUNCTS, Machine, Object, ObjectId, Place, Scalar, Sequence, SequenceKind, Size,
    Value, Why,
};
use crate::project::ClassRef;
use crate::syntax::Name;
use crate::syntax::ir::BinaryOperator;

/// A list that is repeated becomes no longer than this.
const MOST_REPEATED: usize = 32;

impl Interpreter<'_> {
    /// A method of a container or plain value.
    pub(crate) fn container_method(
        &mut self,
        receiver: &Value,
        name: Name,
        arguments: Arguments,
        place: Place,
    ) -> Value {
        match receiver {
            Value::Object(id) => match self.object(*id).clone() {
                Object::Sequence(sequence) => self.sequence_method(*id, &sequence, name, &arguments, place),
                Object::Dict(dict) => self.dict_method(*id, &dict, name, &arguments, place),
                Object::Generator(_) if matches!(name.as_str(), "send" | "__next__" | "close" | "throw") => {
                    let iteration = self.iterate_value(receiver, place);
                    iteration.element.unwrap_or(Value::unknown(Why::Element))
                }
                Object::Instance(_) if name == "_replace" => receiver.clone(),
                Object::Instance(_) if name == "_asdict" => Value::unknown(Why::Call),
                _ => Value::unknown(Why::Attribute(name)),
            },
            Value::Scalar(_) => self.scalar_method(receiver, name, &arguments, place),
            Value::Class(ClassRef::Known(id)) if name == "__subclasses__" => {
                let below = self.program.subclasses(*id).iter();
                let classes = below.map(|class| Value::Class(ClassRef::Known(*class))).collect();
                Value::Object(self.allocate(place, 9, Object::Sequence(Sequence::of(SequenceKind::List, classes))))
            }
            Value::Class(ClassRef::External(path)) => {
                let path = Name::new(&format!("{path}.{name}"));
                self.call_external(path, &arguments, place)
            }
            _ => Value::unknown(Why::Attribute(name)),
        }
    }

    /// Texts: `join` and `format` make a text of what they are given.
    fn scalar_method(&mut self, receiver: &Value, name: Name, arguments: &Arguments, place: Place) -> Value {
        match name.as_str() {
            "join" => {
                if let Some(parts) = arguments.positional.first() {
                    let walked = self.iterate_value(parts, place);
                    let joined = walked.items.and_then(|parts| super::texts::join(receiver, &parts));
                    return joined.unwrap_or(Value::ANY);
                }
            }
            "format" if let Some(text) = receiver.as_text() => {
                self.read_fields_of(text, arguments, place);
                return self.method_formatted(text, arguments);
            }
            "format" | "format_map" => {
                let values = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
                for value in values.cloned().collect::<Vec<_>>() {
                    self.stringify(&value, place);
                }
            }
            "split" | "splitlines" | "rsplit" => {
                if let Some(parts) = super::texts::split(receiver, &name, arguments) {
                    let list = Sequence::of(SequenceKind::List, parts);
                    return Value::Object(self.allocate(place, 9, Object::Sequence(list)));
                }
                return self.unknown_texts(place);
            }
            "partition" | "rpartition" => {
                let parts = super::texts::partition(receiver, &name, arguments).unwrap_or([Value::ANY; 3]);
                let tuple = Sequence::of(SequenceKind::Tuple, parts.to_vec());
                return Value::Object(self.allocate(place, 9, Object::Sequence(tuple)));
            }
            "replace" if let Some(text) = super::texts::replace(receiver, arguments) => return text,
            "lower" if let Some(text) = receiver.as_text() => return Value::text(&text.to_lowercase()),
            "upper" if let Some(text) = receiver.as_text() => return Value::text(&text.to_uppercase()),
            "startswith" | "endswith" if let Some(truth) = super::texts::begins_or_ends(receiver, &name, arguments) => {
                return Value::Scalar(Scalar::Bool(truth));
            }
            _ => {}
        }
        Value::ANY
    }

    pub(super) fn unknown_texts(&mut self, place: Place) -> Value {
        let size = Size::Unknown(self.label(place));
        let list = Sequence::many(SequenceKind::List, Value::ANY, size);
        Value::Object(self.allocate(place, 9, Object::Sequence(list)))
    }

    fn sequence_method(
        &mut self,
        id: ObjectId,
        sequence: &Sequence,
        name: Name,
        arguments: &Arguments,
        place: Place,
    ) -> Value {
        let element = || sequence.any().unwrap_or(Value::unknown(Why::Element));
        match name.as_str() {
            "append" | "add" | "appendleft" | "put" | "put_nowait" | "push" => {
                self.add_all(id, arguments.positional.first().cloned());
                Value::None
            }
            "insert" => {
                self.add_all(id, arguments.positional.get(1).cloned());
                let is_first = arguments.positional.first() == Some(&Value::Scalar(Scalar::Int(0)));
                if let Object::Sequence(Sequence { items: Some(items), .. }) = self.object_mut(id)
                    && is_first
                {
                    items.rotate_right(1);
                }
                Value::None
            }
            "extend"
            | "update"
            | "extendleft"
            | "union"
            | "difference"
            | "intersection"
            | "symmetric_difference"
            | "intersection_update"
            | "difference_update" => {
                let into = if matches!(name.as_str(), "extend" | "update" | "extendleft") {
                    id
                } else {
                    self.allocate(place, 9, Object::Sequence(sequence.clone()))
                };
                for other in &arguments.positional {
                    let iteration = self.iterate_value(other, place);
                    self.take_in(into, iteration);
                }
                if into == id { Value::None } else { Value::Object(into) }
            }
            "pop" | "popleft" | "get" | "get_nowait" | "popitem" => {
                self.note_consumption(id);
                if name.starts_with("pop") {
                    self.take_off(id);
                }
                element()
            }
            "copy" | "__iter__" => Value::Object(self.allocate(place, 9, Object::Sequence(sequence.clone()))),
            "sort" => {
                if let Some(key) = arguments.keyword("key") {
                    self.call_for_each(key, sequence, place);
                } else {
                    self.compare_elements(sequence, place);
                }
                Value::None
            }
            "__next__" => element(),
            "clear" => {
                *self.object_mut(id) = Object::Sequence(Sequence::of(sequence.kind, Vec::new()));
                Value::None
            }
            "index" | "count" | "issubset" | "issuperset" | "isdisjoint" | "__len__" => Value::ANY,
            "remove" | "discard" => {
                self.take_off(id);
                Value::None
            }
            "reverse" => {
                if let Object::Sequence(Sequence { items: Some(items), .. }) = self.object_mut(id) {
                    items.reverse();
                }
                Value::None
            }
            _ => Value::unknown(Why::Attribute(name)),
        }
    }

    /// Something was taken out of a list: which elements are left, nobody knows, unless it had but one.
    fn take_off(&mut self, id: ObjectId) {
        if let Object::Sequence(sequence) = self.object_mut(id) {
            if matches!(&sequence.items, Some(items) if items.len() == 1) {
                *sequence = Sequence::of(sequence.kind, Vec::new());
                return;
            }
            sequence.element = sequence.any();
            sequence.items = None;
        }
    }

    fn add_all(&mut self, id: ObjectId, value: Option<Value>) {
        let outside = self.loops_outside(id);
        self.add_element(id, value.unwrap_or(Value::unknown(Why::Element)), outside);
    }

    /// An element is taken off a growing collection: the `while` loops that were entered after it was made walk it.
    pub(super) fn note_consumption(&mut self, id: ObjectId) {
        let grows = matches!(self.object(id), Object::Sequence(sequence) if sequence.size.grows());
        let depth = self.depth_of(id);
        let label = self.size_of(&Value::Object(id));
        let many = self.loops.iter().skip(depth).any(|frame| frame.is_while);
        let element = match self.object(id) {
            Object::Sequence(sequence) => sequence.any(),
            _ => None,
        };
        let consumed = element.map_or(Vec::new(), |element| self.varying_beyond(&element, depth));
        for frame in self.loops.iter_mut().skip(depth).filter(|frame| frame.is_while) {
            frame.consumes = grows || many;
            frame.consumed.extend(&consumed);
            if grows && let Some(size) = &label {
                frame.size = size.clone();
            }
        }
    }

    /// Calls a function for the elements of a sequence, as `sort(key=)` does.
    fn call_for_each(&mut self, function: &Value, sequence: &Sequence, place: Place) {
        let iteration = crate::domain::Iteration {
            element: sequence.element.clone(),
            items: sequence.items.clone(),
            size: sequence.size.clone(),
        };
        let function = function.clone();
        self.run_loop(place, iteration, &mut |machine, element| {
            machine.call_value(&function, Arguments::of(vec![element]), place);
        });
    }

    fn compare_elements(&mut self, sequence: &Sequence, place: Place) {
        let iteration = crate::domain::Iteration {
            element: sequence.element.clone(),
            items: sequence.items.clone(),
            size: sequence.size.clone(),
        };
        self.run_loop(place, iteration, &mut |machine, element| {
            machine.call_dunder(&element, "__lt__", &element, place);
        });
    }

    fn dict_method(&mut self, id: ObjectId, dict: &Dict, name: Name, arguments: &Arguments, place: Place) -> Value {
        let first = arguments.positional.first();
        match name.as_str() {
            "get" | "pop" => {
                let found = first.map_or(Value::unknown(Why::Element), |key| self.dict_item(dict, key));
                let default = arguments.positional.get(1).cloned();
                let known = first.is_some_and(|key| dict.at(key).is_some());
                if let (true, "pop", Some(key)) = (known, name.as_str(), first)
                    && let Object::Dict(dict) = self.object_mut(id)
                {
                    dict.remove(key);
                }
                let is_listed = dict.key.is_none() && dict.value.is_none() && dict.default.is_none();
                match default.unwrap_or(Value::None) {
                    _ if known => found,
                    default if is_listed && first.is_some_and(is_exact) => default,
                    default => found.join(&default, None),
                }
            }
            "setdefault" => {
                let default = arguments.positional.get(1).cloned().unwrap_or(Value::None);
                let key = first.cloned().unwrap_or(Value::ANY);
                let is_listed = is_exact(&key) && dict.key.is_none() && dict.value.is_none();
                let there = if is_listed { dict.at(&key).cloned() } else { dict.any_value() };
                self.set_item(&Value::Object(id), &key, there.clone().unwrap_or_else(|| default.clone()));
                there.unwrap_or(default)
            }
            "values" | "itervalues" | "viewvalues" => {
                let values: Vec<Value> = dict.listed_values().cloned().collect();
                self.view(dict, values, dict.value.clone(), place)
            }
            "keys" | "iterkeys" | "viewkeys" | "__iter__" => {
                let keys = self.listed_items(dict, place).into_iter().map(|(key, _)| key).collect();
                let key = dict.value.as_ref().map(|_| dict.key.clone().unwrap_or(Value::ANY));
                self.view(dict, keys, key, place)
            }
            "items" | "iteritems" | "viewitems" => self.items_view(dict, place),
            "update" => {
                for other in &arguments.positional {
                    self.update_dict(id, other, place);
                }
                for (key, value) in &arguments.keywords {
                    self.set_item(&Value::Object(id), &Value::Scalar(Scalar::Text(*key)), value.clone());
                }
                Value::None
            }
            "copy" => Value::Object(self.allocate(place, 9, Object::Dict(dict.clone()))),
            "popitem" => Value::unknown(Why::Element),
            "clear" => Value::None,
            "__len__" | "__contains__" => Value::ANY,
            "__getitem__" => first.map_or(Value::unknown(Why::Element), |key| self.dict_item(dict, key)),
            _ => Value::unknown(Why::Attribute(name)),
        }
    }

    fn view(&mut self, dict: &Dict, listed: Vec<Value>, other: Option<Value>, place: Place) -> Value {
        let sequence = match other {
            None => Sequence::of(SequenceKind::List, listed),
            Some(other) => {
                let element = listed.into_iter().fold(other, |a, b| a.join(&b, None));
                Sequence::many(SequenceKind::List, element, dict.size.clone())
            }
        };
        Value::Object(self.allocate(place, 9, Object::Sequence(sequence)))
    }

    fn items_view(&mut self, dict: &Dict, place: Place) -> Value {
        let listed = self.listed_items(dict, place);
        let mut pairs = Vec::new();
        for (number, (key, value)) in listed.into_iter().enumerate() {
            pairs.push(self.pair(key, value, place, 100 + number as u32));
        }
        let other = dict.value.clone().map(|value| {
            let key = dict.key.clone().unwrap_or(Value::ANY);
            self.pair(key, value, place, 10)
        });
        self.view(dict, pairs, other, place)
    }

    /// A tuple of two.
    pub(crate) fn pair(&mut self, first: Value, second: Value, place: Place, tag: u32) -> Value {
        self.element_tuple(vec![first, second], place, tag)
    }

    /// A tuple that is an element of a collection made here.
    pub(crate) fn element_tuple(&mut self, items: Vec<Value>, place: Place, tag: u32) -> Value {
        let id = self.allocate(place, tag, Object::Sequence(Sequence::of(SequenceKind::Tuple, items)));
        self.deepen(id);
        Value::Object(id)
    }

    pub(super) fn dict_item(&mut self, dict: &Dict, key: &Value) -> Value {
        if let Some(value) = dict.at(key) {
            return value.clone();
        }
        if matches!(key, Value::Union(_)) && dict.is_by_class() {
            let found: Vec<Value> = key.disjuncts().iter().map(|part| self.dict_item(dict, part)).collect();
            return found.into_iter().reduce(|a, b| a.join(&b, None)).unwrap_or(Value::unknown(Why::Element));
        }
        if let Some(value) = self.under_tuple(dict, key) {
            return value;
        }
        // A text that is none of the known keys is one of the others.
        if let (Some(_), Some(value)) = (key.as_text(), &dict.value) {
            return value.clone();
        }
        match (self.any_item(dict), &dict.default) {
            // Handlers by the class of a message: each runs for messages of its own.
            (Some(_), _) if dict.is_by_class() && is_exact(key) => Value::unknown(Why::Element),
            (Some(value), _) => value,
            (None, Some(factory)) => {
                let place = self.place(Default::default());
                self.call_value(&factory.clone(), Arguments::default(), place)
            }
            (None, None) => Value::unknown(Why::Element),
        }
    }

    /// What any value of a dictionary may be; many lists are one list of what any of them holds.
    fn any_item(&mut self, dict: &Dict) -> Option<Value> {
        if dict.value.is_some() || dict.listed_values().count() <= MAX_DISJUNCTS {
            return dict.any_value();
        }
        let mut merged: Option<Sequence> = None;
        for value in dict.listed_values() {
            let Value::Object(id) = value else { return dict.any_value() };
            let Object::Sequence(sequence) = self.object(*id) else { return dict.any_value() };
            let (element, size) = (sequence.any(), sequence.size.clone());
            let before = merged.unwrap_or_else(|| Sequence { items: None, ..Sequence::of(sequence.kind, Vec::new()) });
            let element = join_maybe(&before.element, &element);
            merged = Some(Sequence { element, size: join_sizes(&before.size, &size), ..before });
        }
        let place = self.place(Default::default());
        Some(Value::Object(self.allocate(place, 13, Object::Sequence(merged?))))
    }

    /// Takes over the items of a mapping or of pairs.
    pub(crate) fn update_dict(&mut self, id: ObjectId, other: &Value, place: Place) {
        if let Value::Union(_) = other {
            return other.disjuncts().iter().for_each(|part| self.update_dict(id, part, place));
        }
        let theirs = match other {
            Value::Object(other) => self.object(*other).clone(),
            Value::Unknown(_) => return self.may_hold_more(id, other),
            _ => return,
        };
        if let Object::Dict(theirs) = theirs {
            for (key, value) in self.listed_items(&theirs, place) {
                self.set_item(&Value::Object(id), &key, value);
            }
            if let Object::Dict(mine) = self.object_mut(id) {
                mine.key = join_maybe(&mine.key, &theirs.key);
                mine.value = join_maybe(&mine.value, &theirs.value);
                mine.size = join_sizes(&mine.size, &theirs.size);
            }
            return;
        }
        let iteration = self.iterate_value(other, place);
        for pair in iteration.items.iter().flatten().cloned().chain(iteration.element) {
            if let Some([key, value]) = self.listed(&pair).as_deref() {
                self.set_item(&Value::Object(id), key, value.clone());
            }
        }
        if let Object::Dict(mine) = self.object_mut(id) {
            mine.size = join_sizes(&mine.size, &iteration.size);
        }
    }

    /// Under which keys something unknown puts what, nobody knows.
    fn may_hold_more(&mut self, id: ObjectId, unknown: &Value) {
        if let Object::Dict(mine) = self.object_mut(id) {
            mine.value = Some(mine.value.take().map_or(unknown.clone(), |value| value.join(unknown, None)));
        }
    }

    /// `element in container`
    pub(crate) fn contains(&mut self, container: &Value, element: &Value, place: Place) {
        for part in container.disjuncts() {
            let Value::Object(id) = part else { continue };
            match self.object(id) {
                Object::QuerySet(_) | Object::Generator(_) | Object::Alchemy(_) => {
                    self.iterate_value(&part, place);
                }
                Object::Instance(_) | Object::Row(_) => {
                    let arguments = Arguments::of(vec![element.clone()]);
                    let found = self.call_project_method(&part, Name::new("__contains__"), &arguments, place);
                    if found.is_none() && matches!(self.object(id), Object::Instance(_)) {
                        self.iterate_value(&part, place);
                    }
                }
                _ => {}
            }
        }
    }

    /// `list += other`
    pub(crate) fn extend_in_place(&mut self, left: &Value, right: &Value, place: Place) -> bool {
        let Value::Object(id) = left else { return false };
        let Object::Sequence(sequence) = self.object(*id) else { return false };
        if sequence.kind == SequenceKind::Tuple {
            return false;
        }
        let iteration = self.iterate_value(right, place);
        self.take_in(*id, iteration);
        true
    }

    /// Adds what another collection holds; the loops that were entered after this one was made multiply its size.
    fn take_in(&mut self, id: ObjectId, iteration: Iteration) {
        let outside = self.loops_outside(id);
        let around = self.loops[outside..].iter().map(|frame| frame.size.clone()).reduce(|a, b| join_sizes(&a, &b));
        let Object::Sequence(mine) = self.object(id).clone() else { return };
        let mut merged = append_iteration(mine, iteration);
        if let Some(size) = around {
            merged.element = merged.any();
            merged.items = None;
            merged.size = join_sizes(&merged.size, &size);
        }
        *self.object_mut(id) = Object::Sequence(merged);
    }

    /// `+`, `|`, `&`, `-` of sequences, sets and dictionaries.
    pub(crate) fn concatenate(
        &mut self,
        left: &Value,
        operator: BinaryOperator,
        right: &Value,
        place: Place,
    ) -> Option<Value> {
        match self.whole(left)? {
            Object::Sequence(sequence) => {
                let merged = match operator {
                    BinaryOperator::Add | BinaryOperator::Or => {
                        let iteration = self.iterate_value(right, place);
                        append_iteration(sequence, iteration)
                    }
                    _ => remaining(sequence, operator, self.listed(right)),
                };
                Some(Value::Object(self.allocate(place, 9, Object::Sequence(merged))))
            }
            Object::Dict(dict) => {
                let merged = self.allocate(place, 9, Object::Dict(dict));
                self.update_dict(merged, right, place);
                Some(Value::Object(merged))
            }
            _ => None,
        }
    }

    /// `["replies"] * 2`, where the program says how often.
    pub(super) fn repeated(&mut self, left: &Value, right: &Value, place: Place) -> Option<Value> {
        let (Value::Object(id), Value::Scalar(Scalar::Int(times))) = (left, right) else { return None };
        let Object::Sequence(Sequence { kind, items: Some(items), .. }) = self.object(*id) else { return None };
        let times = usize::try_from(*times).ok().filter(|times| times * items.len() <= MOST_REPEATED)?;
        let repeated = Sequence::of(*kind, std::iter::repeat_n(items, times).flatten().cloned().collect());
        Some(Value::Object(self.allocate(place, 9, Object::Sequence(repeated))))
    }

    /// The collection that a value is; of several sequences, one with what is in any of them.
    fn whole(&self, value: &Value) -> Option<Object> {
        let parts = value.disjuncts();
        let objects: Option<Vec<&Object>> = parts
            .iter()
            .map(|part| match part {
                Value::Object(id) => Some(self.object(*id)),
                _ => None,
            })
            .collect();
        match objects?.as_slice() {
            [one] => Some((*one).clone()),
            [first, rest @ ..] => rest.iter().try_fold((*first).clone(), |all, one| match (&all, one) {
                (Object::Sequence(all), Object::Sequence(one)) => Some(Object::Sequence(join_sequences(all, one))),
                _ => None,
            }),
            [] => None,
        }
    }

    /// Marks an object as one that differs from element to element of a collection made here.
    pub(crate) fn deepen(&mut self, id: ObjectId) {
        if let Some(slot) = self.state.get(id).cloned() {
            let depth = self.loops.len() as u16 + 1;
            self.state.put(id, Some(super::state::Slot { depth: slot.depth.max(depth), ..slot }));
        }
    }
}

/// Whether it is equal to no key but itself, so that a dictionary whose keys are all spelled out has it or has it not.
fn is_exact(key: &Value) -> bool {
    key.as_text().is_some() || matches!(key, Value::Class(_))
}

/// What `left - right` and `left & right` leave of a set. Names that the program spells out stay, unless the other set is
/// spelled out too; of all else nobody knows whether any is left.
fn remaining(left: Sequence, operator: BinaryOperator, right: Option<Vec<Value>>) -> Sequence {
    let is_text = |value: &Value| matches!(value, Value::Scalar(Scalar::Text(_)));
    let are_texts = |items: &[Value]| items.iter().all(is_text);
    match (&left.items, right) {
        (Some(items), Some(right)) if are_texts(items) && are_texts(&right) => {
            let stays = |item: &&Value| right.contains(item) == (operator == BinaryOperator::And);
            Sequence::of(left.kind, items.iter().filter(stays).cloned().collect())
        }
        (Some(items), _) if !are_texts(items) => {
            let size = Size::Bounded(Some(items.len() as u64));
            Sequence { size, element: left.any(), items: None, kind: left.kind }
        }
        _ => left,
    }
}
