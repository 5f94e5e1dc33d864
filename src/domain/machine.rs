//! What the meaning of an API may ask of the interpreter.

use super::alchemy::Growth;
use super::effect::{EffectKind, Verb};
use super::object::{Loaded, Object, Row};
use super::site::{Certainty, Place};
use super::size::Size;
use super::value::{Guard, ObjectId, Value};
use crate::project::{ModelId, Program};
use crate::syntax::Name;

/// The arguments of a call, evaluated.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// By position.
    pub positional: Vec<Value>,
    /// By name.
    pub keywords: Vec<(Name, Value)>,
    /// `*args` of unknown length: what an element may be.
    pub star: Option<Value>,
    /// `**kwargs` that is not known.
    pub double_star: Option<Value>,
    /// A `*args` stands in the call, though the walk may have found nothing in it.
    pub spreads: bool,
}

impl Arguments {
    /// Arguments by position alone.
    pub fn of(positional: Vec<Value>) -> Self {
        Arguments { positional, ..Arguments::default() }
    }

    /// The argument at a position or with a name.
    pub fn get(&self, position: usize, name: &str) -> Option<&Value> {
        self.positional.get(position).or_else(|| self.keyword(name))
    }

    /// The argument with a name.
    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().find(|(keyword, _)| *keyword == name).map(|(_, value)| value)
    }

    /// The known texts among the positional arguments.
    pub fn texts(&self) -> Vec<Name> {
        self.positional.iter().filter_map(Value::as_text).collect()
    }
}

/// A query that is fired.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Why.
    pub kind: EffectKind,
    /// What it does.
    pub verb: Verb,
    /// The model whose relation is read or whose rows are queried.
    pub model: Option<ModelId>,
    /// The relation or column read.
    pub relation: Option<Name>,
    /// The attribute or method.
    pub action: Name,
    /// The expression that fires.
    pub place: Place,
    /// The row or object it is asked of, when its answer is kept there or depends on it.
    pub receiver: Option<ObjectId>,
    /// The queryset that keeps the rows, so that it does not ask again.
    pub kept_by: Option<ObjectId>,
    /// How sure it is.
    pub certainty: Certainty,
    /// It looks up a batch of keys at once, so that a loop around it walks batches.
    pub is_batched: bool,
    /// Its row was read again after it had expired, and does not hold what is read any more.
    pub is_renewed: bool,
    /// What is wrong with it besides its cost.
    pub fault: Option<super::effect::Fault>,
    /// What is known of the shape of the statement.
    pub footprint: Option<super::footprint::Shape>,
    /// The expression that built the statement.
    pub built: Option<Place>,
}

impl Effect {
    /// A statement that is sure, of which nothing else is known.
    pub fn of(kind: EffectKind, verb: Verb, action: Name, place: Place) -> Effect {
        Effect {
            kind,
            verb,
            model: None,
            relation: None,
            action,
            place,
            receiver: None,
            kept_by: None,
            certainty: Certainty::High,
            is_batched: false,
            is_renewed: false,
            fault: None,
            footprint: None,
            built: None,
        }
    }

    /// A row's relation or column is fetched.
    pub fn of_row(row: &Row, id: ObjectId, kind: EffectKind, name: Name, place: Place, certainty: Certainty) -> Effect {
        let (model, relation, receiver) = (Some(row.model), Some(name), Some(id));
        Effect { model, relation, receiver, certainty, ..Effect::of(kind, Verb::Select, name, place) }
    }
}

/// A question to the database about a set of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question {
    /// `exists`, `count`, or `all` where the rows were fetched.
    pub action: Name,
    /// The expression that sent it.
    pub place: Place,
    /// The function or class it stands in.
    pub enclosing: Name,
}

/// What a loop walks.
#[derive(Clone, Debug)]
pub struct Iteration {
    /// An element; `None` where there is none at all.
    pub element: Option<Value>,
    /// Each item, where listed.
    pub items: Option<Vec<Value>>,
    /// How many.
    pub size: Size,
}

impl Iteration {
    /// What any element may be.
    pub fn any(&self) -> Option<Value> {
        let listed = || self.items.iter().flatten().cloned().reduce(|a, b| a.join(&b, None));
        self.element.clone().or_else(listed)
    }
}

/// The interpreter, as the tables of the ORMs see it.
pub trait Machine {
    /// The linked project.
    fn program(&self) -> &Program;
    /// An object of the heap.
    fn object(&self, id: ObjectId) -> &Object;
    /// The same, to change it.
    fn object_mut(&mut self, id: ObjectId) -> &mut Object;
    /// Makes an object for an allocation place; `tag` keeps several at one place apart.
    fn allocate(&mut self, place: Place, tag: u32, object: Object) -> ObjectId;
    /// Makes an object that belongs to another: it varies when its owner does.
    fn derive(&mut self, owner: ObjectId, name: Name, object: Object) -> ObjectId;
    /// As `derive`, for the element of a collection that is being made here: it differs from element to element.
    fn derive_element(&mut self, owner: ObjectId, name: Name, object: Object) -> ObjectId;
    /// Records a query.
    fn fire(&mut self, effect: Effect);
    /// Tells that something changed which makes what runs again send other queries.
    fn stir(&mut self);
    /// Calls a value.
    fn call(&mut self, callee: &Value, arguments: Arguments, place: Place) -> Value;
    /// Calls a method that the project defines on the receiver's class, where there is one.
    fn call_project_method(
        &mut self,
        receiver: &Value,
        name: Name,
        arguments: &Arguments,
        place: Place,
    ) -> Option<Value>;
    /// Reads a method, property or class attribute that the project's class of the receiver defines.
    fn project_attribute(&mut self, receiver: &Value, name: Name, place: Place) -> Option<Value>;
    /// The same of a subclass that overrides it, where the receiver may be one of its instances.
    fn attribute_of_subclass(
        &mut self,
        class: crate::project::ClassId,
        receiver: &Value,
        name: Name,
        place: Place,
    ) -> Option<Value>;
    /// Walks a value once: evaluates it and gives its elements.
    fn iterate(&mut self, value: &Value, place: Place) -> Iteration;
    /// Reads an attribute.
    fn attribute(&mut self, value: &Value, name: Name, place: Place) -> Value;
    /// The place in the project that stands for a place: one in a stub is that of the call that led there.
    fn place_in_project(&self, place: Place) -> Place;
    /// The function or class the current code stands in.
    fn enclosing(&self) -> Name;
    /// Whether the object exists in the current state.
    fn exists(&self, id: ObjectId) -> bool;
    /// The signal receivers of the project that listen to this signal of this model.
    fn receivers(&self, model: ModelId, signal: &str) -> Vec<Value>;
    /// The functions of the project that hear of an event of SQLAlchemy: of a model's rows or of one of their attributes, else of
    /// sessions.
    fn listeners(&self, model: Option<ModelId>, attribute: Option<Name>, event: &str) -> Vec<Value>;
    /// Whether any function of the project hears of such events.
    fn has_listeners(&self) -> bool;
    /// How sure it is that a value is what an annotation or a name says, and that nobody has loaded more of it.
    fn assumed_certainty(&self) -> super::site::Certainty;
    /// Whether the class's own `save` fills an attribute that is empty, so that stored rows have it.
    fn is_filled_by_save(&self, class: crate::project::ClassId, name: Name) -> bool;
    /// Whether the class's constructor takes an attribute from keywords, so that rows of the database have `None` there.
    fn is_taken_from_keywords(&self, class: crate::project::ClassId, name: Name) -> bool;
    /// Whether rows that are only known by their type come from code of the project that was not understood.
    fn guesses_plan(&self) -> bool;
    /// The version of Django that is assumed: major and minor.
    fn django_version(&self) -> (u32, u32);
    /// The last question about a queryset, or about the whole set of a row's relation, that the same function asked and
    /// nothing was written since.
    fn question_about(&self, subject: ObjectId, relation: Option<Name>) -> Option<Question>;
    /// Remembers a question.
    fn ask(&mut self, subject: ObjectId, relation: Option<Name>, action: Name, place: Place);
    /// Runs something without recording its queries.
    fn silently(&mut self, run: &mut dyn FnMut(&mut dyn Machine));
    /// The object of this name that all parts of a program share: made with `object` when first asked for.
    fn shared(&mut self, name: &str, object: Object) -> ObjectId;
    /// Runs something as if for each further one of so many rows: what fires there is repeated.
    fn for_each(&mut self, size: Size, place: Place, run: &mut dyn FnMut(&mut dyn Machine));
    /// Runs something after the transactions that are open.
    fn after_transactions(&mut self, run: &mut dyn FnMut(&mut dyn Machine));
    /// How many statements that change something were sent so far, and calls of unknown code that may have sent one.
    fn changes(&self) -> u64;
    /// The innermost growing loop in which the object differs from pass to pass.
    fn growth_of(&self, id: ObjectId) -> Option<Growth>;
    /// Makes what the constructors of the objects at hand put on them: one of which only the class is known has it when it is
    /// asked for.
    fn construct_receivers(&mut self);
    /// Whether a variable of the running calls holds the object, by itself or in a collection.
    fn is_held(&self, id: ObjectId) -> bool;
    /// What variables of the running calls, and attributes of the objects in them, hold under a name.
    fn at_hand(&self, name: Name) -> Vec<ObjectId>;

    /// The object that it belongs to: the one that it was derived from.
    fn owner_of(&self, id: ObjectId) -> Option<ObjectId>;

    /// Whether it belongs to the element that a loop is at.
    fn is_current(&self, id: ObjectId) -> bool;
    /// Whether a container is empty, and nobody but the code at hand can have put anything into it.
    fn is_surely_empty(&self, value: &Value) -> bool;
    /// Whether it was made in the innermost loop.
    fn is_made_in_loop(&self, id: ObjectId) -> bool;
    /// What the current path says about a condition: that it turned out so, or the other way.
    fn agrees(&self, guard: Guard) -> Option<bool>;
}

/// What a row holds of a relation on the current path.
pub fn loaded(machine: &dyn Machine, row: &Row, relation: Name) -> Option<Loaded> {
    let loaded = row.loaded.get(&relation)?;
    match loaded.under.and_then(|guard| machine.agrees(guard)) {
        _ if loaded.is_sure => Some(loaded.clone()),
        Some(true) => Some(Loaded::surely(loaded.value.clone())),
        Some(false) => None,
        None => Some(loaded.clone()),
    }
}

/// The objects that an object hangs on, the nearest first.
pub fn above(machine: &dyn Machine, id: ObjectId) -> impl Iterator<Item = ObjectId> {
    std::iter::successors(machine.owner_of(id), |id| machine.owner_of(*id))
}
