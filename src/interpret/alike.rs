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
use crate::domain::{Alchemy, Disjunct, Machine, Object, Value};

/// So many alternatives may be told apart before any are taken together.
const TOLD_APART: usize = 2;

impl Interpreter<'_> {
    /// A value of whose many queries those that hold the same are one.
    pub(super) fn without_alike(&mut self, value: &Value) -> Value {
        let Value::Union(parts) = value else { return value.clone() };
        if parts.len() <= TOLD_APART {
            return value.clone();
        }
        let mut kept: Vec<Disjunct> = Vec::new();
        for part in parts.iter() {
            let met = kept.iter().position(|other| self.melt(&other.value, &part.value));
            match met {
                Some(place) => kept[place].guard = None,
                None => kept.push(part.clone()),
            }
        }
        if kept.len() == parts.len() { value.clone() } else { Value::from_disjuncts(kept) }
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
