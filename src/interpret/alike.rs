//! Queries that differ only in what they leave out are one query.
//!
//! ```py
//! books = Book.objects.all()
//! if author:
//!     books = books.filter(author=author)
//! if year:
//!     books = books.filter(year=year)
//! ```
//!
//! Each condition doubles the ways in which the query may have been built, and what its rows hold is the same on all of them.

use super::interpreter::Interpreter;
use crate::domain::{Alchemy, Disjunct, Machine, Object, ObjectId, Value};

/// So many alternatives may be told apart before any are taken together.
const TOLD_APART: usize = 2;

impl Interpreter<'_> {
    /// A value of whose many queries those that hold the same are one.
    pub(super) fn without_alike(&mut self, value: &Value) -> Value {
        self.melting(value).0
    }

    /// As `without_alike`, with what is done to the one query done for all it stands for: whoever walks them again finds the
    /// rows that were fetched.
    pub(super) fn for_all_alike<T>(&mut self, value: &Value, work: impl FnOnce(&mut Self, &Value) -> T) -> T {
        let (value, stood_for) = self.melting(value);
        let result = work(self, &value);
        for (one, other) in stood_for {
            let Object::QuerySet(query) = self.object(one) else { continue };
            let fetched = query.result;
            // A manager of related rows gives a new queryset to whoever asks next.
            if let Object::QuerySet(other) = self.object_mut(other)
                && other.related.is_none()
            {
                other.result = fetched;
            }
        }
        result
    }

    /// What is left when alike queries are taken together, and which stands for which.
    fn melting(&mut self, value: &Value) -> (Value, Vec<(ObjectId, ObjectId)>) {
        let (Value::Union(parts), mut stood_for) = (value, Vec::new()) else { return (value.clone(), Vec::new()) };
        if parts.len() <= TOLD_APART {
            return (value.clone(), stood_for);
        }
        let mut kept: Vec<Disjunct> = Vec::new();
        for part in parts.iter() {
            let met = kept.iter().position(|other| self.melt(&other.value, &part.value));
            let Some(place) = met else {
                kept.push(part.clone());
                continue;
            };
            kept[place].guard = kept[place].guard.filter(|guard| part.guard == Some(*guard));
            if let (Value::Object(one), Value::Object(other)) = (&kept[place].value, &part.value) {
                stood_for.push((*one, *other));
            }
        }
        let value = if kept.len() == parts.len() { value.clone() } else { Value::from_disjuncts(kept) };
        (value, stood_for)
    }

    /// Makes the first of two alike queries stand for both; false where they are not alike.
    fn melt(&mut self, into: &Value, other: &Value) -> bool {
        let (Value::Object(into), Value::Object(other)) = (into, other) else { return false };
        let Some(object) = melted(self.object(*into), self.object(*other)) else { return false };
        *self.object_mut(*into) = object;
        true
    }
}

fn melted(one: &Object, other: &Object) -> Option<Object> {
    match (one, other) {
        (Object::QuerySet(one), Object::QuerySet(other)) => crate::orm::django::alike(one, other).map(Object::QuerySet),
        (Object::Alchemy(Alchemy::Statement(one)), Object::Alchemy(Alchemy::Statement(other))) => {
            let statement = crate::orm::sqlalchemy::alike(one, other)?;
            Some(Object::Alchemy(Alchemy::Statement(statement)))
        }
        _ => None,
    }
}
