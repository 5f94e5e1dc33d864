//! What rules ask to know of expressions: the kind of value that each was, over all ways that lead there.

use serde::{Deserialize, Serialize};

use rustc_hash::FxHashMap;

use super::interpreter::Interpreter;
use crate::domain::{Alchemy, Machine, Object, Place, SequenceKind, Value};
use crate::project::ModelId;
use crate::syntax::ir::Expr;
use crate::syntax::reads;

/// What was seen of each expression that was asked about.
pub type Values = FxHashMap<Place, Noted>;

/// A kind of value, as rules name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum ValueKind {
    Manager,
    QuerySet,
    Row,
    Rows,
    Session,
    AsyncSession,
    SessionFactory,
    Statement,
    Class,
}

impl ValueKind {
    const ALL: [ValueKind; 9] = [
        ValueKind::Manager,
        ValueKind::QuerySet,
        ValueKind::Row,
        ValueKind::Rows,
        ValueKind::Session,
        ValueKind::AsyncSession,
        ValueKind::SessionFactory,
        ValueKind::Statement,
        ValueKind::Class,
    ];

    /// The word in rules.
    pub fn as_str(self) -> &'static str {
        match self {
            ValueKind::Manager => "manager",
            ValueKind::QuerySet => "queryset",
            ValueKind::Row => "row",
            ValueKind::Rows => "rows",
            ValueKind::Session => "session",
            ValueKind::AsyncSession => "async-session",
            ValueKind::SessionFactory => "session-factory",
            ValueKind::Statement => "statement",
            ValueKind::Class => "class",
        }
    }

    /// The kind that a word names.
    pub fn from_word(word: &str) -> Option<ValueKind> {
        ValueKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What an expression was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    kinds: Vec<ValueKind>,
    models: Vec<ModelId>,
    /// It was not known on some way.
    pub is_unknown: bool,
    /// It was something that no rule asks for on some way.
    is_other: bool,
}

impl Noted {
    /// Whether it was known anywhere.
    pub fn is_known(&self) -> bool {
        self.is_other || !self.kinds.is_empty()
    }

    /// Whether it was one of these wherever it was known.
    pub fn is_one_of(&self, kinds: &[ValueKind]) -> bool {
        !self.is_other && !self.kinds.is_empty() && self.kinds.iter().all(|kind| kinds.contains(kind))
    }

    /// The model of its rows, where it was always the same.
    pub fn model(&self) -> Option<ModelId> {
        let [model] = self.models.as_slice() else { return None };
        Some(*model)
    }

    /// Adds what was seen elsewhere.
    pub(super) fn join(&mut self, other: Noted) {
        other.kinds.into_iter().for_each(|kind| add(&mut self.kinds, kind));
        other.models.into_iter().for_each(|model| add(&mut self.models, model));
        self.is_unknown |= other.is_unknown;
        self.is_other |= other.is_other;
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

impl Interpreter<'_> {
    /// Notes what an expression is, where a rule asks.
    pub(super) fn note(&mut self, expr: &Expr, value: &Value) {
        let place = self.place(expr.span);
        if self.frame().function.is_none() {
            reads::outside(place.file);
        }
        if !self.options.asked.contains(&place) {
            return;
        }
        let mut noted = Noted::default();
        for part in value.disjuncts() {
            match self.kind_of_value(&part) {
                Some((kind, model)) => {
                    add(&mut noted.kinds, kind);
                    model.into_iter().for_each(|model| add(&mut noted.models, model));
                }
                None if matches!(part, Value::Unknown(_)) => noted.is_unknown = true,
                None if part == Value::None => {}
                None => noted.is_other = true,
            }
        }
        self.noted.entry(place).or_default().join(noted);
    }

    fn kind_of_value(&self, value: &Value) -> Option<(ValueKind, Option<ModelId>)> {
        match value {
            Value::Manager(manager) => Some((ValueKind::Manager, Some(manager.model))),
            Value::Class(crate::project::ClassRef::Known(class)) => {
                Some((ValueKind::Class, self.program.schema.of_class(*class).map(|model| model.id)))
            }
            Value::Class(_) => Some((ValueKind::Class, None)),
            Value::Object(id) => match self.object(*id) {
                Object::QuerySet(query) => Some((ValueKind::QuerySet, Some(query.model))),
                Object::Row(row) => Some((ValueKind::Row, Some(row.model))),
                Object::Sequence(rows) if rows.kind == SequenceKind::List => match rows.any() {
                    Some(Value::Object(row)) => match self.object(row) {
                        Object::Row(row) => Some((ValueKind::Rows, Some(row.model))),
                        _ => None,
                    },
                    _ => None,
                },
                Object::Alchemy(Alchemy::Session(session)) if session.is_async => Some((ValueKind::AsyncSession, None)),
                Object::Alchemy(Alchemy::Session(_)) => Some((ValueKind::Session, None)),
                Object::Alchemy(Alchemy::SessionFactory(_)) => Some((ValueKind::SessionFactory, None)),
                Object::Alchemy(Alchemy::Statement(statement)) => Some((ValueKind::Statement, statement.model)),
                _ => None,
            },
            _ => None,
        }
    }
}
