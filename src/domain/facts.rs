//! What is known of the values that the columns of a row have: what a filter asks for, what a test told, what was assigned.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::machine::Machine;
use super::object::Object;
use super::value::{Scalar, Value};
use crate::syntax::Name;

/// Texts and numbers that columns are known to have, or not to have. A column of which nothing is said may hold anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    one_of: BTreeMap<Name, Vec<Value>>,
    none_of: BTreeMap<Name, Vec<Value>>,
    /// How many changes there had been (`Machine::changes`) when the row was stored for the first time.
    made_at: Option<u64>,
    /// The database gives the row its key, and has not done so yet.
    awaits_key: bool,
}

impl Facts {
    /// The texts or numbers that a column is compared with, which facts can be about: one, or those that a collection lists.
    pub fn constants(machine: &dyn Machine, value: &Value, is_listed: bool) -> Option<Vec<Value>> {
        let values = match value {
            Value::Object(id) if is_listed => match machine.object(*id) {
                Object::Sequence(sequence) => sequence.items.clone()?,
                _ => return None,
            },
            _ if is_listed => return None,
            value => vec![value.clone()],
        };
        (!values.is_empty() && values.iter().all(is_constant)).then_some(values)
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.one_of.is_empty() && self.none_of.is_empty() && self.made_at.is_none() && !self.awaits_key
    }

    /// The row was just stored for the first time, by the last of so many changes (`Machine::changes`).
    pub fn made(facts: &Rc<Facts>, changes: u64) -> Rc<Facts> {
        Rc::new(Facts { made_at: Some(changes), ..(**facts).clone() })
    }

    /// Whether nothing was changed since the row was stored for the first time: no other row names it yet.
    pub fn is_new(&self, changes: u64) -> bool {
        self.made_at == Some(changes)
    }

    /// The row has no key before it is stored.
    pub fn keyless() -> Rc<Facts> {
        Rc::new(Facts { awaits_key: true, ..Facts::default() })
    }

    /// Whether nothing but storing the row gives it a key.
    pub fn awaits_key(&self) -> bool {
        self.awaits_key
    }

    /// The same of a row that was made at the same time as another.
    pub fn made_as(self, other: &Facts) -> Facts {
        Facts { made_at: other.made_at, ..self }
    }

    /// Adds that a column has one of some values, or none of them.
    pub fn add(&mut self, column: Name, values: &[Value], holds: bool) {
        if holds {
            let known = self.one_of.entry(column).or_insert_with(|| values.to_vec());
            known.retain(|value| values.contains(value));
            if known.is_empty() {
                // No row is like that; the last that was said is as good.
                *known = values.to_vec();
            }
            return;
        }
        let known = self.none_of.entry(column).or_default();
        known.extend(values.iter().filter(|value| !known.contains(value)).cloned().collect::<Vec<_>>());
        if let Some(left) = self.one_of.get_mut(&column) {
            left.retain(|value| !values.contains(value));
            if left.is_empty() {
                self.one_of.remove(&column);
            }
        }
    }

    /// What is known once a column was given another value.
    pub fn without(facts: &Rc<Facts>, column: Name) -> Rc<Facts> {
        let mut left = Rc::clone(facts);
        if facts.one_of.contains_key(&column) || facts.none_of.contains_key(&column) {
            Rc::make_mut(&mut left).forget(column);
        }
        left
    }

    /// What is known once a column was given this value.
    pub fn with(facts: &Rc<Facts>, column: Name, value: &Value) -> Rc<Facts> {
        let mut left = Facts::without(facts, column);
        if is_constant(value) {
            Rc::make_mut(&mut left).add(column, std::slice::from_ref(value), true);
        }
        left
    }

    /// A column was given another value.
    pub fn forget(&mut self, column: Name) {
        self.one_of.remove(&column);
        self.none_of.remove(&column);
    }

    /// The value of a column, where it is known.
    pub fn value(&self, column: Name) -> Option<&Value> {
        match self.one_of.get(&column)?.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether a column has one of some values, where that is known.
    pub fn is_among(&self, column: Name, values: &[Value]) -> Option<bool> {
        if let Some(known) = self.one_of.get(&column) {
            let among = known.iter().filter(|value| values.contains(value)).count();
            if among == 0 || among == known.len() {
                return Some(among > 0);
            }
        }
        let excluded = self.none_of.get(&column)?;
        values.iter().all(|value| excluded.contains(value)).then_some(false)
    }

    /// What holds whichever of two rows it is.
    pub fn common(&self, other: &Facts) -> Facts {
        let one_of = self.one_of.iter().filter_map(|(column, values)| {
            let others = other.one_of.get(column)?;
            let more = others.iter().filter(|value| !values.contains(value));
            Some((*column, values.iter().chain(more).cloned().collect()))
        });
        let none_of = self.none_of.iter().filter_map(|(column, values)| {
            let others = other.none_of.get(column)?;
            let both: Vec<Value> = values.iter().filter(|value| others.contains(value)).cloned().collect();
            (!both.is_empty()).then_some((*column, both))
        });
        let made_at = self.made_at.filter(|at| other.made_at == Some(*at));
        Facts {
            one_of: one_of.collect(),
            none_of: none_of.collect(),
            made_at,
            awaits_key: self.awaits_key && other.awaits_key,
        }
    }
}

fn is_constant(value: &Value) -> bool {
    matches!(value, Value::Scalar(Scalar::Text(_) | Scalar::Int(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<Value> {
        texts.iter().map(|text| Value::Scalar(Scalar::Text(Name::new(text)))).collect()
    }

    #[test]
    fn a_column_is_among_what_it_is_known_to_be_and_not_among_the_rest() {
        let state = Name::new("state");
        let mut facts = Facts::default();
        facts.add(state, &texts(&["sent", "paid"]), true);
        assert_eq!(facts.is_among(state, &texts(&["draft"])), Some(false));
        assert_eq!(facts.is_among(state, &texts(&["sent"])), None);
        facts.add(state, &texts(&["sent"]), false);
        assert_eq!(facts.value(state), Some(&texts(&["paid"])[0]));
        facts.forget(state);
        assert_eq!(facts, Facts::default());
    }

    #[test]
    fn two_rows_have_in_common_what_either_may_be() {
        let state = Name::new("state");
        let (mut one, mut other) = (Facts::default(), Facts::default());
        one.add(state, &texts(&["sent"]), true);
        other.add(state, &texts(&["paid"]), true);
        let both = one.common(&other);
        assert_eq!(both.is_among(state, &texts(&["draft"])), Some(false));
        assert_eq!(both.value(state), None);
        assert!(one.common(&Facts::default()).is_empty());
    }
}
