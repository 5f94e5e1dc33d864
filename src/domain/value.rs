//! Values: what an expression may be.

use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::project::{ClassId, ClassRef, ManagerClass, ModelId, ModuleId};
use crate::syntax::Name;
use crate::syntax::ir::Function;

/// An object on the abstract heap. Ids stand for allocation sites in their calling context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub u32);

/// About so many columns, members or classes does code declare, however many rows there are.
pub const DECLARED: u64 = 8;

/// At most so many alternatives are kept apart in one value.
pub const MAX_DISJUNCTS: usize = 4;

/// So many where all are objects: a query that five conditions narrow.
const MAX_OBJECTS: usize = 8;

/// At most so many texts or keys are: a choice between two templates or attributes.
const MAX_TEXTS: usize = 2;

/// So many where all are functions or classes: the handlers of a registry.
const MAX_HANDLERS: usize = 16;

/// Why a value is not known. `quell explain` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Why {
    /// A parameter that no known caller fills.
    Parameter,
    /// Something outside the project: its dotted path.
    External(Name),
    /// An attribute that is not known on its receiver.
    Attribute(Name),
    /// The row that a generic key of this row leads to: a test of its class says of which model it is.
    GenericKey(#[serde(skip)] ObjectId, Name),
    /// A call of something unknown.
    Call,
    /// A recursive call beyond the first unrolling, or a call too deep.
    Recursion,
    /// The work bound of the root was reached.
    Fuel,
    /// More alternatives than are kept apart.
    Merge,
    /// Syntax that is not interpreted.
    Syntax,
    /// A name that is bound nowhere.
    Name(Name),
    /// An element of something unknown.
    Element,
    /// A value that something unknown has under a key which the program spells out: it is a record, `row["tags"]`.
    Field,
    /// What a call of something unknown makes that has the name of a class: it is there, never `None`.
    Instance,
}

/// A plain Python value that holds no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// Any number, text, date …
    Any,
    /// A known truth value.
    Bool(bool),
    /// A known integer.
    Int(i64),
    /// A known text.
    Text(Name),
    /// A text into which values that are no constants were formatted, where SQL would take a parameter.
    Built,
    /// A text that begins with this part of a name: `f"on_{event}"`.
    Begins(Name),
    /// A key that differs from row to row (a primary key read from a row); it is there, never `None`.
    Key,
    /// The key of this row, or the one by which it refers to the row of a relation.
    KeyOf(ObjectId, Option<Name>),
    /// The text of the key of this row: `str(book.id)`.
    KeyText(ObjectId),
    /// A number that is another one in every turn of a loop.
    Turn,
    /// A truth that is this in one turn of a loop, or a few, and the other in all others.
    OneTurn(bool),
    /// Some plain value that is neither `None` nor empty.
    Filled,
    /// Some plain value that is not `None`: what a column without NULL holds.
    Present,
}

impl Scalar {
    /// Whether it is a key that differs from row to row.
    pub fn is_key(self) -> bool {
        matches!(self, Scalar::Key | Scalar::KeyOf(..))
    }
}

/// A function with what it captured.
#[derive(Clone, Debug)]
pub struct Closure {
    /// The code.
    pub function: Arc<Function>,
    /// The module whose names it sees.
    pub module: ModuleId,
    /// The scope it was defined in, for nested functions and lambdas.
    pub scope: Option<ObjectId>,
    /// The class it is a member of: where `super()` starts.
    pub class: Option<ClassId>,
}

impl PartialEq for Closure {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.function, &other.function) && self.scope == other.scope && self.class == other.class
    }
}

/// A Django manager, plain or of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagerValue {
    /// The model of its rows.
    pub model: ModelId,
    /// The class that makes its querysets.
    pub class: ManagerClass,
    /// For a related manager: the row and the relation's name on it.
    pub related: Option<(ObjectId, Name)>,
}

/// What an expression may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not known, and why.
    Unknown(Why),
    /// `None`
    None,
    /// A plain value.
    Scalar(Scalar),
    /// An object on the heap.
    Object(ObjectId),
    /// A class.
    Class(ClassRef),
    /// A function.
    Function(Rc<Closure>),
    /// A method of the project with its receiver.
    Bound(Rc<(Value, Closure)>),
    /// A method that a table gives a meaning to, with its receiver.
    Method(Rc<(Value, Name)>),
    /// A Django manager.
    Manager(Rc<ManagerValue>),
    /// A module.
    Module(ModuleId),
    /// Something outside, by dotted path.
    External(Name),
    /// `super()`: the look-up goes on after the class.
    Super(Rc<(ClassId, Value)>),
    /// A mapped attribute read on the class: `Book.author`, with the path so far.
    Mapped(Rc<(ModelId, Vec<Name>)>),
    /// One of several.
    Union(Rc<Vec<Disjunct>>),
}

/// A condition by its number, and whether it held.
pub type Guard = (u32, bool);

/// An alternative of a union; it holds only when its guard does.
#[derive(Clone, Debug, PartialEq)]
pub struct Disjunct {
    /// The condition under which the value was made.
    pub guard: Option<Guard>,
    /// The value, never a union.
    pub value: Value,
}

impl From<Value> for Disjunct {
    fn from(value: Value) -> Self {
        Disjunct { guard: None, value }
    }
}

impl Value {
    /// Any plain value.
    pub const ANY: Value = Value::Scalar(Scalar::Any);

    /// An unknown value.
    pub fn unknown(why: Why) -> Value {
        Value::Unknown(why)
    }

    /// A known text.
    pub fn text(text: &str) -> Value {
        Value::Scalar(Scalar::Text(Name::new(text)))
    }

    /// The text, when it is known.
    pub fn as_text(&self) -> Option<Name> {
        match self {
            Value::Scalar(Scalar::Text(name)) => Some(*name),
            _ => None,
        }
    }

    /// Whether it is a key that differs from row to row.
    pub fn is_key(&self) -> bool {
        match self {
            Value::Scalar(scalar) => scalar.is_key(),
            Value::Union(parts) => parts.iter().all(|part| part.value.is_key()),
            _ => false,
        }
    }

    /// Whether nothing is known about it.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_))
    }

    /// The alternatives of which something is known; unknown, where there is none.
    pub fn known_part(&self) -> Value {
        match self {
            Value::Union(parts) => {
                let known = parts.iter().filter(|part| !part.value.is_unknown()).cloned();
                Value::from_disjuncts(known.collect())
            }
            other => other.clone(),
        }
    }

    /// Whether it is `None`, where that is known: of all alternatives, or of none.
    pub fn is_none(&self) -> Option<bool> {
        match self {
            Value::None => Some(true),
            Value::Unknown(Why::Instance) => Some(false),
            Value::Unknown(_) | Value::Scalar(Scalar::Any | Scalar::KeyText(_)) | Value::External(_) => None,
            Value::Union(parts) => {
                let first = parts.first()?.value.is_none()?;
                parts.iter().all(|part| part.value.is_none() == Some(first)).then_some(first)
            }
            _ => Some(false),
        }
    }

    /// Whether it is a function or class, or `None` in place of one.
    pub fn is_code(&self) -> bool {
        matches!(self, Value::Function(_) | Value::Bound(_) | Value::Class(_) | Value::None)
    }

    /// The alternatives: itself, where it isn't a union.
    pub fn disjuncts(&self) -> Vec<Value> {
        match self {
            Value::Union(parts) => parts.iter().map(|part| part.value.clone()).collect(),
            other => vec![other.clone()],
        }
    }

    /// Whether no heap object can be reached through it.
    pub fn is_inert(&self) -> bool {
        match self {
            Value::Object(_) | Value::Bound(_) | Value::Method(_) | Value::Super(_) => false,
            Value::Manager(manager) => manager.related.is_none(),
            Value::Function(closure) => closure.scope.is_none(),
            Value::Union(parts) => parts.iter().all(|part| part.value.is_inert()),
            _ => true,
        }
    }

    /// Either of two values; `guard` says which condition made the first (true) and the second (false).
    pub fn join(&self, other: &Value, guard: Option<u32>) -> Value {
        if self == other {
            return self.clone();
        }
        let mut parts: Vec<Disjunct> = Vec::new();
        self.collect(guard.map(|number| (number, true)), &mut parts);
        other.collect(guard.map(|number| (number, false)), &mut parts);
        Value::from_disjuncts(parts)
    }

    /// One of several values, each under its condition.
    pub fn either(alternatives: &[(Option<Guard>, Value)]) -> Value {
        let mut parts: Vec<Disjunct> = Vec::new();
        alternatives.iter().for_each(|(guard, value)| value.collect(*guard, &mut parts));
        Value::from_disjuncts(parts)
    }

    /// A value from alternatives; scalars of different content melt into `ANY`, save for a few texts (the names of
    /// templates, say); too many alternatives into unknown.
    pub fn from_disjuncts(mut parts: Vec<Disjunct>) -> Value {
        let scalars = parts.iter().filter(|part| matches!(part.value, Value::Scalar(_))).count();
        let texts = parts.iter().filter(|part| matches!(part.value, Value::Scalar(Scalar::Text(_)))).count();
        let keys = parts.iter().filter(|part| part.value.is_key()).count();
        let counts = Value::counts_among(&parts);
        let are_few = |count: usize| count == scalars && count <= MAX_TEXTS;
        if scalars > 1 && !are_few(texts) && !are_few(keys) {
            let guard = None;
            parts.retain(|part| !matches!(part.value, Value::Scalar(_)));
            let value = match () {
                () if keys == scalars => Value::Scalar(Scalar::Key),
                () if counts == scalars => Value::Scalar(Scalar::Turn),
                () => Value::ANY,
            };
            parts.push(Disjunct { guard, value });
        }
        if parts.iter().filter(|part| part.value.is_unknown()).count() > 1 {
            let first = parts.iter().find(|part| part.value.is_unknown()).cloned();
            parts.retain(|part| !part.value.is_unknown());
            parts.extend(first.map(|part| Disjunct { guard: None, ..part }));
        }
        match parts.len() {
            0 => Value::Unknown(Why::Merge),
            1 => parts.remove(0).value,
            n if n <= MAX_HANDLERS && parts.iter().all(|part| part.value.is_code()) => Value::Union(Rc::new(parts)),
            n if n <= MAX_OBJECTS && parts.iter().all(|part| matches!(part.value, Value::Object(_))) => {
                Value::Union(Rc::new(parts))
            }
            n if n > MAX_DISJUNCTS => {
                parts.truncate(MAX_DISJUNCTS - 1);
                parts.push(Disjunct { guard: None, value: Value::Unknown(Why::Merge) });
                Value::Union(Rc::new(parts))
            }
            _ => Value::Union(Rc::new(parts)),
        }
    }

    /// How many numbers are among alternatives one of which counts turns; none where none does.
    fn counts_among(parts: &[Disjunct]) -> usize {
        let is_turn = |part: &Disjunct| part.value == Value::Scalar(Scalar::Turn);
        let is_number = |part: &&Disjunct| matches!(part.value, Value::Scalar(Scalar::Int(_))) || is_turn(part);
        if parts.iter().any(is_turn) { parts.iter().filter(is_number).count() } else { 0 }
    }

    fn collect(&self, guard: Option<Guard>, into: &mut Vec<Disjunct>) {
        let mut add = |disjunct: Disjunct| match into.iter_mut().find(|part| part.value == disjunct.value) {
            Some(part) if part.guard != disjunct.guard => part.guard = None,
            Some(_) => {}
            None => into.push(disjunct),
        };
        match self {
            Value::Union(parts) => {
                for part in parts.iter() {
                    add(Disjunct { guard: part.guard.or(guard), value: part.value.clone() });
                }
            }
            value => add(Disjunct { guard, value: value.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, Why};

    #[test]
    fn what_is_known_of_a_value_leaves_out_what_is_not() {
        let either = Value::text("known").join(&Value::unknown(Why::Call), None);
        assert_eq!(either.known_part(), Value::text("known"));
        assert!(Value::unknown(Why::Call).known_part().is_unknown());
    }
}
