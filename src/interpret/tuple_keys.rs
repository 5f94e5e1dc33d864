//! Tuples as keys: `SERIALIZERS["book", version]`, where some parts of a key are known and others are not.

use super::expressions::is_definite;
use super::interpreter::Interpreter;
use crate::domain::{Dict, Machine, Object, Place, Sequence, SequenceKind, Value, Why};

/// Where the tuples that stand for keys are told apart from other things made at a place.
const KEYS: u32 = 1000;

impl Interpreter<'_> {
    /// The parts of a tuple of constants.
    pub(super) fn constants_of(&self, key: &Value) -> Option<Vec<Value>> {
        self.parts_of_key(key).filter(|parts| parts.iter().all(is_definite))
    }

    fn parts_of_key(&self, key: &Value) -> Option<Vec<Value>> {
        let Value::Object(id) = key else { return None };
        let Object::Sequence(sequence) = self.object(*id) else { return None };
        let is_tuple = sequence.kind == SequenceKind::Tuple;
        sequence.items.clone().filter(|items| is_tuple && !items.is_empty())
    }

    /// What stands under a tuple, or under any that it may be.
    pub(super) fn under_tuple(&self, dict: &Dict, key: &Value) -> Option<Value> {
        if dict.of_tuples.is_empty() {
            return None;
        }
        let asked = self.parts_of_key(key)?;
        let fitting = dict.of_tuples.iter().filter(|(parts, _)| fits(&asked, parts));
        let values = fitting.map(|(_, value)| value).chain(&dict.value);
        let found = values.cloned().reduce(|a, b| a.join(&b, None));
        found.or_else(|| dict.default.is_none().then_some(Value::unknown(Why::Element)))
    }

    /// The keys that are known, with their values.
    pub(super) fn listed_items(&mut self, dict: &Dict, place: Place) -> Vec<(Value, Value)> {
        let mut all: Vec<_> = dict.listed().map(|(key, value)| (key, value.clone())).collect();
        for (number, (parts, value)) in dict.of_tuples.iter().enumerate() {
            let tuple = Sequence::of(SequenceKind::Tuple, parts.clone());
            let key = self.allocate(place, KEYS + number as u32, Object::Sequence(tuple));
            all.push((Value::Object(key), value.clone()));
        }
        all
    }
}

/// Whether a tuple may be this key: where a part of it is not known, any will do.
fn fits(asked: &[Value], key: &[Value]) -> bool {
    let may_be = |value: &Value, part: &Value| value.disjuncts().iter().any(|one| !is_definite(one) || one == part);
    asked.len() == key.len() && asked.iter().zip(key).all(|(value, part)| may_be(value, part))
}
