//! Objects on the abstract heap.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::alchemy::{Alchemy, Attachment};
use super::facts::Facts;
use super::footprint::Asked;
use super::plan::LoadPlan;
use super::site::{Certainty, Place};
use super::size::Size;
use super::value::{Closure, Guard, ObjectId, Scalar, Value};
use crate::project::{ClassId, ClassRef, ModelId, ModuleId};
use crate::syntax::Name;

/// An object: one, or the summary of all that are made at a place.
#[derive(Clone, Debug)]
pub enum Object {
    /// Local variables of one call, or the variables of a module.
    Scope(Scope),
    /// A list, tuple, set, deque or spent iterator.
    Sequence(Sequence),
    /// A dictionary.
    Dict(Dict),
    /// An instance of a class that isn't a model.
    Instance(Instance),
    /// A row of a model.
    Row(Row),
    /// A Django queryset.
    QuerySet(QuerySet),
    /// A generator that has not run yet, or has.
    Generator(Generator),
    /// A Django `Prefetch`.
    Prefetch(Prefetch),
    /// Something of SQLAlchemy.
    Alchemy(Alchemy),
}

impl Object {
    /// How often the rows of a session were expired.
    pub fn commits(&self) -> Option<u32> {
        match self {
            Object::Alchemy(Alchemy::Session(session)) => Some(session.commits),
            _ => None,
        }
    }
}

/// Variables by name.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The values.
    pub names: BTreeMap<Name, Value>,
    /// The scope around it, for nested functions.
    pub parent: Option<ObjectId>,
    /// The module whose names come after.
    pub module: Option<ModuleId>,
    /// Names declared `global`.
    pub globals: Vec<Name>,
    /// Names declared `nonlocal`.
    pub nonlocals: Vec<Name>,
    /// A nested function or generator may outlive the call.
    pub is_captured: bool,
}

/// What kind of sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SequenceKind {
    List,
    Tuple,
    Set,
    Iterator,
}

/// A collection of values.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Its kind.
    pub kind: SequenceKind,
    /// Each item, where the program lists them.
    pub items: Option<Vec<Value>>,
    /// What an element may be, where items are not listed; `None` while nothing was put in.
    pub element: Option<Value>,
    /// How many there are.
    pub size: Size,
}

impl Sequence {
    /// A sequence of listed items.
    pub fn of(kind: SequenceKind, items: Vec<Value>) -> Self {
        Sequence { kind, size: Size::Known(items.len() as u64), items: Some(items), element: None }
    }

    /// A sequence of alike elements.
    pub fn many(kind: SequenceKind, element: Value, size: Size) -> Self {
        Sequence { kind, items: None, element: Some(element), size }
    }

    /// What any element may be.
    pub fn any(&self) -> Option<Value> {
        let listed = self.items.iter().flatten().cloned();
        listed.chain(self.element.clone()).reduce(|a, b| a.join(&b, None))
    }
}

/// A dictionary.
#[derive(Clone, Debug)]
pub struct Dict {
    /// Values under texts known in the program.
    pub known: Vec<(Name, Value)>,
    /// Values under classes, as registries have them: a serializer for each model.
    pub of_classes: Vec<(ClassRef, Value)>,
    /// Values under tuples of constants: `{("book", "v1"): serializer}`.
    pub of_tuples: Vec<(Vec<Value>, Value)>,
    /// Which of the texts are keys on some paths only: `if not asked: fields.pop("awards")`.
    pub doubtful: Vec<Name>,
    /// Any key outside of those.
    pub key: Option<Value>,
    /// Any value that is under no known key.
    pub value: Option<Value>,
    /// How many items it has.
    pub size: Size,
    /// The value that a missing key gets (`defaultdict`): the factory.
    pub default: Option<Value>,
}

impl Dict {
    /// An empty dictionary.
    pub fn empty() -> Self {
        Dict {
            known: Vec::new(),
            of_classes: Vec::new(),
            of_tuples: Vec::new(),
            doubtful: Vec::new(),
            key: None,
            value: None,
            size: Size::Known(0),
            default: None,
        }
    }

    /// What any value may be.
    pub fn any_value(&self) -> Option<Value> {
        self.listed_values().cloned().chain(self.value.clone()).reduce(|a, b| a.join(&b, None))
    }

    /// The values whose keys are known.
    pub fn listed_values(&self) -> impl Iterator<Item = &Value> {
        let named = self.known.iter().map(|(_, value)| value);
        let of_classes = self.of_classes.iter().map(|(_, value)| value);
        named.chain(of_classes).chain(self.of_tuples.iter().map(|(_, value)| value))
    }

    /// The texts and classes that are known as keys, with their values.
    pub fn listed(&self) -> impl Iterator<Item = (Value, &Value)> {
        let named = self.known.iter().map(|(key, value)| (Value::Scalar(Scalar::Text(*key)), value));
        named.chain(self.of_classes.iter().map(|(class, value)| (Value::Class(*class), value)))
    }

    /// The value under a key that is known.
    pub fn at(&self, key: &Value) -> Option<&Value> {
        match key {
            Value::Class(class) => self.of_classes.iter().find(|(known, _)| known == class).map(|(_, value)| value),
            key => {
                let key = key.as_text()?;
                self.known.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
            }
        }
    }

    /// Whether all its keys are classes that the program spells out.
    pub fn is_by_class(&self) -> bool {
        !self.of_classes.is_empty() && self.known.is_empty() && self.of_tuples.is_empty() && self.value.is_none()
    }

    /// Puts a value under a text or a class; false for any other key.
    pub fn put(&mut self, key: &Value, value: Value) -> bool {
        match (key, key.as_text()) {
            (Value::Class(class), _) => put(&mut self.of_classes, *class, value),
            (_, Some(text)) => {
                self.doubtful.retain(|known| *known != text);
                put(&mut self.known, text, value);
            }
            _ => return false,
        }
        true
    }

    /// Puts a value under a tuple of constants.
    pub fn put_under(&mut self, parts: Vec<Value>, value: Value) {
        put(&mut self.of_tuples, parts, value);
    }

    /// Takes a key that is known away.
    pub fn remove(&mut self, key: &Value) {
        match key {
            Value::Class(class) => self.of_classes.retain(|(known, _)| known != class),
            key => self.known.retain(|(known, _)| Some(*known) != key.as_text()),
        }
    }
}

fn put<K: PartialEq>(all: &mut Vec<(K, Value)>, key: K, value: Value) {
    match all.iter_mut().find(|(known, _)| *known == key) {
        Some((_, known)) => *known = value,
        None => all.push((key, value)),
    }
}

/// An instance of a project class.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its class.
    pub class: ClassId,
    /// Attributes that were set.
    pub attributes: BTreeMap<Name, Value>,
    /// Made by the walk itself (a root's `self`), so that attributes may exist that nobody was seen setting.
    pub is_assumed: bool,
    /// What reading such an attribute gave before it was set: the other of two branches reads that.
    pub before: BTreeMap<Name, Value>,
}

/// Where rows come from: the query, and the relations walked from its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct RowOrigin {
    /// The expression that built the query.
    pub place: Place,
    /// The model of the query's rows.
    pub model: ModelId,
    /// Relations walked from there.
    pub relations: Vec<Name>,
    /// How many of them come before the last that a statement of its own fetched, and before the path that a second statement
    /// of eager loading is on (SQLAlchemy).
    pub lazy_from: Option<(usize, usize)>,
    /// The function or class the query stands in.
    pub enclosing: Name,
}

/// A relation's value on a row.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The row, `None`, or the list of a set relation.
    pub value: Value,
    /// Loaded on every path (against: only on some).
    pub is_sure: bool,
    /// The condition on whose outcome it depends whether it is loaded, where one is known.
    pub under: Option<Guard>,
}

impl Loaded {
    /// Loaded on every path.
    pub fn surely(value: Value) -> Self {
        Loaded { value, is_sure: true, under: None }
    }
}

/// A row of a model.
#[derive(Clone, Debug)]
pub struct Row {
    /// The model.
    pub model: ModelId,
    /// What its query loaded, taken up when read.
    pub plan: Rc<LoadPlan>,
    /// Relations it holds by now.
    pub loaded: BTreeMap<Name, Loaded>,
    /// Left-out columns that were read, and so are there now; the flag says: on every path.
    pub columns: BTreeMap<Name, bool>,
    /// Attributes that are neither columns nor relations: annotations, `to_attr` lists, anything set.
    pub attributes: BTreeMap<Name, Value>,
    /// What tests told on this path: the truth of a column, and that a relation leads somewhere.
    pub truths: BTreeMap<Name, bool>,
    /// What its columns hold, texts and numbers.
    pub facts: Rc<Facts>,
    /// Its query.
    pub origin: Option<Rc<RowOrigin>>,
    /// In the database, as far as known: rows made by the constructor are not.
    pub is_saved: bool,
    /// Fields that were assigned since it was read or made.
    pub is_changed: bool,
    /// All columns must be read again (SQLAlchemy after a commit).
    pub is_expired: bool,
    /// What its session had counted of `commits` when it was deleted: a later commit lets it go as it is.
    pub deleted: Option<u32>,
    /// Known not to exist on this path: the relation that leads here is null.
    pub is_absent: bool,
    /// How sure it is that this is a row of that model.
    pub certainty: Certainty,
    /// The session that it is attached to (SQLAlchemy).
    pub session: Option<Attachment>,
}

/// What the items of a queryset are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Model instances.
    Rows,
    /// `values()`
    Dicts,
    /// `values_list()`
    Tuples,
    /// `values_list(flat=True)`, `dates()`
    Flat,
}

/// A Django queryset.
#[derive(Clone, Debug)]
pub struct QuerySet {
    /// The model of its rows.
    pub model: ModelId,
    /// Its class, where the project defines one.
    pub class: Option<ClassId>,
    /// What its rows hold.
    pub plan: Rc<LoadPlan>,
    /// What its items are.
    pub shape: Shape,
    /// The names asked for by `values`/`values_list`.
    pub fields: Rc<Vec<Name>>,
    /// How many rows at most, by a slice; or one, by a filter on the key.
    pub limit: Option<Size>,
    /// The fetched rows, once evaluated: a sequence. The flag says: evaluated on every path.
    pub result: Option<(ObjectId, bool)>,
    /// Where it was built.
    pub origin: RowOrigin,
    /// The relation and row it hangs on, for querysets of related managers.
    pub related: Option<(ObjectId, Name)>,
    /// It was derived from a prefetched set in a way that queries again.
    pub defeats_prefetch: bool,
    /// It has an ordering.
    pub is_ordered: bool,
    /// No call has narrowed or ordered it: all rows of its model, or of the relation it hangs on.
    pub is_whole: bool,
    /// `none()`
    pub is_empty: bool,
    /// Built by `iterator()`: evaluated anew by each loop, nothing is kept.
    pub is_iterator: bool,
    /// It looks up a batch of keys (`pk__in=chunk`).
    pub is_batched: bool,
    /// Relations that are NULL in every row (`filter(coupon__isnull=True)`).
    pub null_relations: Rc<Vec<Name>>,
    /// The truth of columns in every row (`filter(active=True)`).
    pub truths: Rc<BTreeMap<Name, bool>>,
    /// What columns hold in every row (`filter(state="sent")`).
    pub facts: Rc<Facts>,
    /// Single-valued relations that a filter holds equal to one row.
    pub fixed: Rc<Vec<Name>>,
    /// Names added by `annotate`.
    pub annotations: Rc<Vec<Name>>,
    /// How sure it is.
    pub certainty: Certainty,
    /// What it asks for, for footprints.
    pub asked: Rc<Asked>,
}

/// A generator.
#[derive(Clone, Debug)]
pub struct Generator {
    /// The function.
    pub closure: Closure,
    /// Its arguments, bound.
    pub scope: ObjectId,
    /// Where it was called.
    pub place: Place,
    /// What it gave, once run: a sequence.
    pub produced: Option<ObjectId>,
}

/// `Prefetch(path, queryset=, to_attr=)`
#[derive(Clone, Debug)]
pub struct Prefetch {
    /// The look-up path.
    pub path: Name,
    /// The queryset.
    pub queryset: Option<ObjectId>,
    /// There is a queryset that is not known: its rows may hold anything.
    pub is_open: bool,
    /// The attribute the list is put in.
    pub to_attribute: Option<Name>,
}
