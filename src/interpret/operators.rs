//! Operators between two values: texts and numbers, containers, querysets, and objects that say themselves what they mean.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Machine, Object, Place, Scalar, Value};
use crate::orm::django;
use crate::syntax::Name;
use crate::syntax::ir::BinaryOperator;

/// Bytes of the longest text that `+` makes and that stays known.
const LONGEST_TEXT: usize = 120;

impl Interpreter<'_> {
    /// `left operator right`
    pub(crate) fn binary(&mut self, left: &Value, operator: BinaryOperator, right: &Value, place: Place) -> Value {
        if operator == BinaryOperator::Modulo
            && let Some(text) = left.as_text()
        {
            self.format_arguments(right, place);
            return self.percent_formatted(text, right);
        }
        if operator == BinaryOperator::Add
            && let Some(value) = self.added(left, right)
        {
            return value;
        }
        if matches!(left, Value::Mapped(_)) {
            return left.clone();
        }
        if matches!(right, Value::Mapped(_)) {
            return right.clone();
        }
        if let Some(value) = self.dunder_of_operator(left, operator, right, place) {
            return value;
        }
        if let Some(value) = self.combine(left, operator, right, place) {
            return value;
        }
        if matches!(operator, BinaryOperator::Add | BinaryOperator::Or | BinaryOperator::Subtract | BinaryOperator::And)
            && let Some(value) = self.concatenate(left, operator, right, place)
        {
            return value;
        }
        if operator == BinaryOperator::Multiply
            && let Some(value) = self.repeated(left, right, place)
        {
            return value;
        }
        match (left, right) {
            (Value::Class(_), Value::Class(_) | Value::None) | (Value::None, Value::Class(_))
                if operator == BinaryOperator::Or =>
            {
                left.join(right, None)
            }
            (Value::Scalar(Scalar::Int(a)), Value::Scalar(Scalar::Int(b))) => integer(*a, operator, *b),
            (Value::Scalar(Scalar::Turn), Value::Scalar(Scalar::Int(_)))
                if matches!(operator, BinaryOperator::Add | BinaryOperator::Subtract) =>
            {
                left.clone()
            }
            (Value::Scalar(Scalar::Text(a)), Value::Scalar(Scalar::Text(b)))
                if operator == BinaryOperator::Add && a.len() + b.len() <= LONGEST_TEXT =>
            {
                Value::text(&format!("{a}{b}"))
            }
            (Value::Scalar(_), _) | (_, Value::Scalar(_)) => Value::ANY,
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Value::Unknown(*why),
            _ => Value::ANY,
        }
    }

    /// `%` formatting makes a text of each value.
    fn format_arguments(&mut self, right: &Value, place: Place) {
        for value in self.listed(right).unwrap_or_else(|| vec![right.clone()]) {
            self.stringify(&value, place);
        }
    }

    /// `left.__or__(right)`, else `right.__ror__(left)`: what an object's class says about an operator.
    fn dunder_of_operator(
        &mut self,
        left: &Value,
        operator: BinaryOperator,
        right: &Value,
        place: Place,
    ) -> Option<Value> {
        let name = name_of(operator)?;
        let ways = [(left, format!("__{name}__"), right), (right, format!("__r{name}__"), left)];
        ways.into_iter().find_map(|(owner, method, other)| {
            let owner = self.as_decorated(owner.clone(), place);
            let Value::Object(_) = owner else { return None };
            let method = self.project_method(&owner, Name::new(&method))?;
            Some(self.call_value(&method, Arguments::of(vec![other.clone()]), place))
        })
    }

    /// `~value`, where the class of an object says what that means.
    pub(super) fn inverted(&mut self, value: &Value, place: Place) -> Option<Value> {
        let owner = self.as_decorated(value.clone(), place);
        let Value::Object(_) = owner else { return None };
        let method = self.project_method(&owner, Name::new("__invert__"))?;
        Some(self.call_value(&method, Arguments::default(), place))
    }

    /// `rows | others`; of several querysets, each that it may be is combined. What is unknown stays so.
    fn combine(&mut self, left: &Value, operator: BinaryOperator, right: &Value, place: Place) -> Option<Value> {
        if !matches!(operator, BinaryOperator::Or | BinaryOperator::And | BinaryOperator::Xor) {
            return None;
        }
        if let Value::Union(_) = left
            && left.disjuncts().iter().any(|part| self.is_query(part))
        {
            return Some(self.of_each(left, |machine, part| match machine.combine(part, operator, right, place) {
                Some(value) => value,
                None => part.clone(),
            }));
        }
        if let Value::Union(_) = right
            && self.is_empty_query(left)
        {
            let each = |machine: &mut Self, part: &Value| django::combine(machine, left, operator, part, place);
            return Some(self.of_each(right, |machine, part| each(machine, part).unwrap_or(part.clone())));
        }
        django::combine(self, left, operator, right, place)
    }

    fn is_query(&self, value: &Value) -> bool {
        matches!(value, Value::Object(id) if matches!(self.object(*id), Object::QuerySet(_)))
    }

    fn is_empty_query(&self, value: &Value) -> bool {
        matches!(value, Value::Object(id) if matches!(self.object(*id), Object::QuerySet(query) if query.is_empty))
    }
}

/// What the method for an operator is called, between its underscores.
fn name_of(operator: BinaryOperator) -> Option<&'static str> {
    Some(match operator {
        BinaryOperator::Add => "add",
        BinaryOperator::Subtract => "sub",
        BinaryOperator::Multiply => "mul",
        BinaryOperator::Divide => "truediv",
        BinaryOperator::FloorDivide => "floordiv",
        BinaryOperator::Modulo => "mod",
        BinaryOperator::And => "and",
        BinaryOperator::Or => "or",
        BinaryOperator::Xor => "xor",
        BinaryOperator::Power | BinaryOperator::MatrixMultiply => return None,
        BinaryOperator::LeftShift | BinaryOperator::RightShift => return None,
    })
}

fn integer(a: i64, operator: BinaryOperator, b: i64) -> Value {
    let result = match operator {
        BinaryOperator::Add => a.checked_add(b),
        BinaryOperator::Subtract => a.checked_sub(b),
        BinaryOperator::Multiply => a.checked_mul(b),
        BinaryOperator::FloorDivide => a.checked_div_euclid(b),
        BinaryOperator::Modulo => a.checked_rem_euclid(b),
        _ => None,
    };
    result.map_or(Value::ANY, |number| Value::Scalar(Scalar::Int(number)))
}
