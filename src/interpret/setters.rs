//! Attributes that a method of the class sets on its receiver: the method is run for what it puts there.

use std::sync::Arc;

use super::interpreter::Interpreter;
use super::state::Slot;
use crate::domain::{Dict, Machine, Object, ObjectId, Place, SequenceKind, Size, Value, Why};
use crate::project::ClassId;
use crate::syntax::Name;
use crate::syntax::ir::Function;

impl Interpreter<'_> {
    /// The value of an attribute that some method of the class sets: that method is run silently.
    pub(super) fn assigned_elsewhere(&mut self, id: ObjectId, class: ClassId, name: Name) -> Option<Value> {
        const NESTED: u32 = 3;
        if self.assumed_depth >= NESTED {
            return None;
        }
        let setters = self.index.setters(self.program, class, name);
        let mut first = None;
        for (owner, function) in setters.iter() {
            let running = self
                .frames
                .iter()
                .any(|frame| frame.function.as_ref().is_some_and(|known| Arc::ptr_eq(known, function)));
            if running {
                continue;
            }
            let Object::Instance(instance) = self.object(id) else { continue };
            let before: Vec<Name> = instance.attributes.keys().copied().collect();
            self.run_setter(id, *owner, function, name);
            let Object::Instance(instance) = self.object(id) else { continue };
            let Some(value) = instance.attributes.get(&name).cloned() else { continue };
            self.forget_bare(id, &before, name);
            if !self.is_bare(&value) {
                self.forget_length(&value, name);
                return Some(value);
            }
            first = first.or(Some(value));
        }
        let value = first?;
        self.gather(id, class, name, &value);
        self.forget_length(&value, name);
        if let Object::Instance(instance) = self.object_mut(id) {
            instance.attributes.insert(name, value.clone());
        }
        Some(value)
    }

    /// What a constructor puts in beside the attribute that is asked for is not what it holds when it is asked for itself.
    fn forget_bare(&mut self, id: ObjectId, before: &[Name], asked: Name) {
        let Object::Instance(instance) = self.object(id) else { return };
        let is_new = |name: &Name| *name != asked && !before.contains(name);
        let bare = instance.attributes.iter().filter(|(name, value)| is_new(name) && self.is_bare(value));
        let bare: Vec<Name> = bare.map(|(name, _)| *name).collect();
        if let Object::Instance(instance) = self.object_mut(id) {
            instance.attributes.retain(|name, _| !bare.contains(name));
        }
    }

    /// `None` or an empty collection: what a constructor puts in until another method knows better.
    fn is_bare(&self, value: &Value) -> bool {
        match value {
            Value::None => true,
            Value::Object(id) => match self.object(*id) {
                Object::Sequence(sequence) => sequence.items.as_ref().is_some_and(Vec::is_empty),
                Object::Dict(dict) => {
                    dict.size == Size::Known(0) && dict.default.is_none() && dict.listed_values().next().is_none()
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// A list or dictionary that one method makes is one that others fill: how many elements it has, nobody knows.
    fn forget_length(&mut self, value: &Value, name: Name) {
        let Value::Object(id) = value else { return };
        let is_bare = self.is_bare(value);
        if let Object::Dict(dict) = self.object_mut(*id)
            && is_bare
        {
            let unknown = || Some(Value::unknown(Why::Element));
            *dict = Dict { key: unknown(), value: unknown(), size: Size::Unknown(name), ..Dict::empty() };
        }
        let Object::Sequence(sequence) = self.object_mut(*id) else { return };
        if matches!(sequence.kind, SequenceKind::List | SequenceKind::Set)
            && sequence.items.as_ref().is_some_and(|items| items.len() < 2)
        {
            sequence.element = Some(sequence.any().unwrap_or(Value::unknown(Why::Element)));
            sequence.items = None;
            sequence.size = Size::Unknown(name);
            let element = sequence.element.clone();
            self.tell_elements_apart(element);
        }
    }

    /// Runs a method for one attribute that it sets, as far as the last statement that does.
    pub(super) fn run_setter(&mut self, id: ObjectId, owner: ClassId, function: &Arc<Function>, name: Name) {
        let closure = self.closure_of(owner, function);
        let place = Place { file: function.file, span: function.span };
        self.assumed_depth += 1;
        self.asked = Some((Arc::clone(function), name));
        let (module, births) = (closure.module, self.births);
        self.in_module(module, |machine| {
            machine.call_root(&closure, Some(Value::Object(id)), place);
            if !machine.state.is_alive {
                machine.state.is_alive = true;
            }
        });
        self.assumed_depth -= 1;
        self.predate(id, births);
    }

    /// What a method has put on an object is as old as the object, though a loop was the first to ask for it; so is what a
    /// module has in a variable.
    pub(super) fn predate(&mut self, owner: ObjectId, births: u64) {
        let is_filled = !self.loops.is_empty() && self.births > births;
        let age = self.state.get(owner).map(|slot| (slot.depth, slot.born)).filter(|_| is_filled);
        let Some((depth, born)) = age else { return };
        for id in (0..self.state.len() as u32).map(ObjectId) {
            let slot = self.state.get(id).filter(|slot| slot.born > births && self.owner_of(id).is_none());
            if let Some(slot) = slot.cloned() {
                self.state.put(id, Some(Slot { depth, born, ..slot }));
            }
        }
    }
}
