//! What the interpreter offers to the tables of the ORMs.

use std::rc::Rc;

use super::interpreter::{Interpreter, LoopFrame, Site};
use super::state::Slot;
use crate::domain::{
    Arguments, Effect, Growth, Guard, Iteration, Machine, Object, ObjectId, Place, Question, Size, Value,
};
use crate::project::{ClassId, Program};
use crate::syntax::Name;

impl Machine for Interpreter<'_> {
    fn program(&self) -> &Program {
        self.program
    }

    fn object(&self, id: ObjectId) -> &Object {
        self.state.get(id).map_or(&self.nothing, |slot| &slot.object)
    }

    fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        if self.state.get(id).is_none() {
            self.state.put(id, Some(Slot { object: Rc::new(self.nothing.clone()), depth: 0, born: 0 }));
        }
        match self.state.get_mut(id) {
            Some(object) => object,
            None => &mut self.nothing,
        }
    }

    fn allocate(&mut self, place: Place, tag: u32, object: Object) -> ObjectId {
        let context = self.frame().context;
        let is_query = matches!(object, Object::QuerySet(_));
        let id = self.allocate_in(context, place, tag, object);
        if is_query {
            self.note_remembered(id);
        }
        id
    }

    fn derive(&mut self, owner: ObjectId, name: Name, object: Object) -> ObjectId {
        let id = self.intern(Site::Derived { owner, name }, Some(owner));
        let depth = self.depth_of(owner).max(self.loops.len());
        self.store(id, object, depth)
    }

    fn derive_element(&mut self, owner: ObjectId, name: Name, object: Object) -> ObjectId {
        let id = self.intern(Site::Derived { owner, name }, Some(owner));
        let depth = self.depth_of(owner).max(self.loops.len()) + 1;
        self.store(id, object, depth)
    }

    fn fire(&mut self, effect: Effect) {
        self.record(effect);
    }

    fn stir(&mut self) {
        self.stirred += 1;
    }

    fn call(&mut self, callee: &Value, arguments: Arguments, place: Place) -> Value {
        self.call_value(callee, arguments, place)
    }

    fn call_project_method(
        &mut self,
        receiver: &Value,
        name: Name,
        arguments: &Arguments,
        place: Place,
    ) -> Option<Value> {
        let method = self.project_method(receiver, name)?;
        Some(self.call_value(&method, arguments.clone(), place))
    }

    fn project_attribute(&mut self, receiver: &Value, name: Name, place: Place) -> Option<Value> {
        Interpreter::project_attribute(self, receiver, name, place)
    }

    fn attribute_of_subclass(&mut self, class: ClassId, receiver: &Value, name: Name, place: Place) -> Option<Value> {
        self.doubt += 1;
        let value = self.class_attribute_at(class, name, receiver, None, place);
        self.doubt -= 1;
        value
    }

    fn exists(&self, id: ObjectId) -> bool {
        self.state.get(id).is_some()
    }

    fn receivers(&self, model: crate::project::ModelId, signal: &str) -> Vec<Value> {
        self.index.receivers.of(self.program, model, signal)
    }

    fn listeners(&self, model: Option<crate::project::ModelId>, attribute: Option<Name>, event: &str) -> Vec<Value> {
        self.index.listeners.of(self.program, model, attribute, event)
    }

    fn has_listeners(&self) -> bool {
        !self.index.listeners.is_empty()
    }

    fn assumed_certainty(&self) -> crate::domain::Certainty {
        self.assumed_certainty
    }

    fn is_filled_by_save(&self, class: ClassId, name: Name) -> bool {
        self.index.is_filled_by_save(self.program, class, name)
    }

    fn is_taken_from_keywords(&self, class: ClassId, name: Name) -> bool {
        self.index.is_taken_from_keywords(self.program, class, name)
    }

    fn guesses_plan(&self) -> bool {
        self.guesses_plan
    }

    fn django_version(&self) -> (u32, u32) {
        self.options.django
    }

    fn iterate(&mut self, value: &Value, place: Place) -> Iteration {
        self.iterate_value(value, place)
    }

    fn attribute(&mut self, value: &Value, name: Name, place: Place) -> Value {
        self.read_attribute(value, name, place)
    }

    fn place_in_project(&self, place: Place) -> Place {
        self.blamed(place).map_or(place, |(place, _)| place)
    }

    fn enclosing(&self) -> Name {
        self.frames.iter().rev().find(|frame| !frame.is_stub).map_or(Name::new(""), |frame| frame.qualified)
    }

    fn shared(&mut self, name: &str, object: Object) -> ObjectId {
        let id = self.intern(Site::Shared(Name::new(name)), None);
        if self.state.get(id).is_none() {
            self.store(id, object, 0);
        }
        id
    }

    fn for_each(&mut self, size: Size, place: Place, run: &mut dyn FnMut(&mut dyn Machine)) {
        let frame = LoopFrame::new(place, size, self.births);
        self.loops.push(LoopFrame { is_steady: true, is_implied: true, ..frame });
        run(self);
        self.loops.pop();
    }

    fn after_transactions(&mut self, run: &mut dyn FnMut(&mut dyn Machine)) {
        let open: Vec<u32> = self.frames.iter_mut().map(|frame| std::mem::take(&mut frame.transactions)).collect();
        run(self);
        self.frames.iter_mut().zip(open).for_each(|(frame, open)| frame.transactions = open);
    }

    fn changes(&self) -> u64 {
        self.writes + self.unseen
    }

    fn growth_of(&self, id: ObjectId) -> Option<Growth> {
        let depth = self.depth_of(id).min(self.loops.len());
        let frame = self.loops[..depth].iter().rev().find(|frame| frame.size.grows())?;
        Some(Growth { place: frame.place, size: frame.size.clone() })
    }

    fn is_held(&self, id: ObjectId) -> bool {
        // When its loop is over, a variable holds the last of many.
        let is_at = self.depth_of(id) == 0 || self.loops.iter().any(|frame| self.varies_in(id, frame));
        let held = |value: &Value| {
            let parts = value.disjuncts();
            parts.iter().any(|part| if *part == Value::Object(id) { is_at } else { self.holds(part, id) })
        };
        let is_in = |scope: ObjectId, held: &dyn Fn(&Value) -> bool| match self.object(scope) {
            Object::Scope(scope) => scope.names.values().any(held),
            _ => false,
        };
        let is_named = |value: &Value| value.disjuncts().contains(&Value::Object(id));
        self.frames.iter().any(|frame| is_in(frame.scope, &held))
            || self.loops.iter().any(|frame| frame.suspended.is_some_and(|scope| is_in(scope, &is_named)))
    }

    fn at_hand(&self, name: Name) -> Vec<ObjectId> {
        let scopes = self.frames.iter().filter_map(|frame| match self.object(frame.scope) {
            Object::Scope(scope) => Some(scope),
            _ => None,
        });
        let attribute = |value: &Value| match value {
            Value::Object(id) => match self.object(*id) {
                Object::Instance(instance) => instance.attributes.get(&name).cloned(),
                _ => None,
            },
            _ => None,
        };
        let named = scopes.flat_map(|scope| {
            scope.names.get(&name).cloned().into_iter().chain(scope.names.values().filter_map(attribute))
        });
        let parts = named.flat_map(|value| value.disjuncts());
        parts.filter_map(|part| if let Value::Object(id) = part { Some(id) } else { None }).collect()
    }

    fn owner_of(&self, id: ObjectId) -> Option<ObjectId> {
        Interpreter::owner_of(self, id)
    }

    fn is_current(&self, id: ObjectId) -> bool {
        self.loops.iter().any(|frame| self.belongs(id, &frame.varying))
    }

    fn is_surely_empty(&self, value: &Value) -> bool {
        // Later turns of a loop may find what the first has put in.
        let is_empty = |id| self.is_owned_and_empty(id) && !self.is_older_than_loop(id);
        matches!(value, Value::Object(id) if is_empty(*id) || self.is_empty_tuple(*id))
    }

    fn is_made_in_loop(&self, id: ObjectId) -> bool {
        let born = self.state.get(id).map_or(0, |slot| slot.born);
        self.loops.last().is_some_and(|frame| born > frame.start)
    }

    fn agrees(&self, (number, held): Guard) -> Option<bool> {
        if self.is_lasting(number) { self.held(number, held) } else { None }
    }

    fn question_about(&self, subject: ObjectId, relation: Option<Name>) -> Option<Question> {
        Interpreter::question_about(self, subject, relation)
    }

    fn ask(&mut self, subject: ObjectId, relation: Option<Name>, action: Name, place: Place) {
        Interpreter::ask(self, subject, relation, action, place);
    }

    fn construct_receivers(&mut self) {
        Interpreter::construct_receivers(self);
    }

    fn silently(&mut self, run: &mut dyn FnMut(&mut dyn Machine)) {
        self.silence += 1;
        run(self);
        self.silence -= 1;
    }
}
