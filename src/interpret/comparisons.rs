//! Comparisons: whether something is known to be in a container, and mapped columns, which make conditions of a statement,
//! not truths.

use std::rc::Rc;

use super::conditions::is_named;
use super::expressions::is_definite;
use super::interpreter::Interpreter;
use crate::domain::{Alchemy, Machine, Object, Place, Scalar, Sequence, SequenceKind, Value};
use crate::orm::sqlalchemy::is_same_told;
use crate::syntax::ir::{Comparison, Expr, ExprKind};

impl Interpreter<'_> {
    /// `Book.author_id == 3` of SQLAlchemy: a condition, not a truth.
    pub(super) fn compare_columns(&self, left: &Value, rest: &[(Comparison, Expr)], right: &Value) -> Option<Value> {
        let [(comparison, _)] = rest else { return None };
        let operator = match (comparison, right) {
            (Comparison::Equal, Value::None) => "is null",
            (Comparison::NotEqual, Value::None) => "is not null",
            (Comparison::Equal, _) => "=",
            (Comparison::NotEqual, _) => "<>",
            (Comparison::Less, _) => "<",
            (Comparison::LessEqual, _) => "<=",
            (Comparison::Greater, _) => ">",
            (Comparison::GreaterEqual, _) => ">=",
            _ => return None,
        };
        match (left, right) {
            (Value::Mapped(_), Value::Mapped(_)) => None,
            (Value::Mapped(mapped), _) | (_, Value::Mapped(mapped)) => {
                crate::orm::sqlalchemy::compared(self.program, mapped, operator)
            }
            _ => None,
        }
    }

    /// `Book.author == value`, either way round: a condition that the tables of the ORM understand.
    pub(super) fn equality(&mut self, left: &Value, right: &Value, place: Place) -> Option<Value> {
        const EQUALITY: u32 = 91;
        let (mapped, value) = match (left, right) {
            (Value::Mapped(one), Value::Mapped(other)) => {
                let condition = Object::Alchemy(Alchemy::Same(Rc::clone(one), Rc::clone(other)));
                return Some(Value::Object(self.allocate(place, EQUALITY, condition)));
            }
            (Value::Mapped(_), Value::None) | (Value::None, Value::Mapped(_)) => return None,
            (Value::Mapped(mapped), value) | (value, Value::Mapped(mapped)) => (mapped, value),
            _ => return None,
        };
        let [name] = mapped.1.as_slice() else { return None };
        let condition = Object::Alchemy(Alchemy::Equality(mapped.0, *name, value.clone()));
        Some(Value::Object(self.allocate(place, EQUALITY, condition)))
    }

    /// Whether a known value is among the listed items or keys of a container.
    pub(super) fn is_among(&self, container: &Value, wanted: &Value) -> Option<bool> {
        let Value::Object(id) = container else { return None };
        if let Some((row, are_loaded)) = crate::orm::sqlalchemy::names_of(self, container) {
            let is_loaded = crate::orm::sqlalchemy::is_loaded(self, row, wanted.as_text()?)?;
            return Some(is_loaded == are_loaded);
        }
        if let Object::Sequence(Sequence { items: Some(items), .. }) = self.object(*id)
            && let Some(same) = items.iter().map(|item| is_same_told(item, wanted)).collect::<Option<Vec<bool>>>()
            && !same.is_empty()
        {
            return Some(same.contains(&true));
        }
        if !is_definite(wanted) {
            return None;
        }
        match self.object(*id) {
            Object::Sequence(sequence) => {
                let Some(items) = sequence.items.as_ref() else {
                    // Which of the elements were put in is not known, but what they can be.
                    let element = sequence.element.as_ref()?;
                    let parts = element.disjuncts();
                    return (parts.iter().all(is_definite) && !parts.contains(wanted)).then_some(false);
                };
                // Code that is not seen may fill a list.
                let is_whole = !items.is_empty() || sequence.kind == SequenceKind::Tuple || self.frame().is_stub;
                let known = is_whole && items.iter().all(is_definite);
                known.then(|| items.contains(wanted))
            }
            Object::Dict(dict) => {
                let known = dict.key.is_none() && dict.value.is_none() && dict.default.is_none();
                let key = wanted.as_text()?;
                // What a row keeps is whole: no code goes by that fills it.
                let is_of_row = self.owner_of(*id).is_some_and(|owner| matches!(self.object(owner), Object::Row(_)));
                let is_filled = !dict.known.is_empty() || self.frame().is_stub || is_of_row;
                let is_there = dict.known.iter().any(|(name, _)| *name == key);
                let is_sure = !dict.doubtful.contains(&key);
                (is_sure && (known && is_filled || is_there && is_of_row)).then_some(is_there)
            }
            _ => None,
        }
    }
}

/// Whether a number is above or below none or one: `depth > 0`. What counts up in a loop stays above those once it is, while a
/// greater bound may be reached in a turn that is not walked; and code that is not seen may fill what `len` measures.
pub(super) fn ordered(left: &Expr, a: &Value, comparison: Comparison, right: &Expr, b: &Value) -> Option<bool> {
    let (Value::Scalar(Scalar::Int(a)), Value::Scalar(Scalar::Int(b))) = (a, b) else { return None };
    let is_measured = [left, right]
        .iter()
        .any(|side| matches!(side.kind, ExprKind::Call { ref function, .. } if is_named(function, "len")));
    if is_measured || ![a, b].iter().any(|number| matches!(number, 0 | 1)) {
        return None;
    }
    match comparison {
        Comparison::Less => Some(a < b),
        Comparison::LessEqual => Some(a <= b),
        Comparison::Greater => Some(a > b),
        Comparison::GreaterEqual => Some(a >= b),
        _ => None,
    }
}
