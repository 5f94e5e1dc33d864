//! Subscripts: `value[index]` and `value[lower:upper]` of containers, querysets and types.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Machine, Object, Place, Scalar, Sequence, SequenceKind, Size, Value, Why};
use crate::project::ClassRef;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

/// The row that a slice of fetched rows makes; no other object that one place makes has this number.
const PART: u32 = 14;

impl Interpreter<'_> {
    /// `value[index]`
    pub(crate) fn subscript(&mut self, value: &Expr, index: &Expr, place: Place) -> Value {
        let owner = self.evaluate(value);
        if let ExprKind::Slice { lower, upper, step } = &index.kind {
            let lower = lower.as_ref().map(|bound| self.evaluate(bound));
            let upper = upper.as_ref().map(|bound| self.evaluate(bound));
            let length = slice_length(&lower, &upper);
            let sliced =
                self.of_each(&owner, |machine, part| machine.slice(part, &lower, &upper, length.clone(), place));
            if step.is_some()
                && let Value::Object(id) = sliced
                && let Object::Sequence(sequence) = self.object_mut(id)
                && let Some(items) = &mut sequence.items
            {
                // `[::-1]`; what other steps leave out is there as well.
                items.reverse();
            }
            return sliced;
        }
        let index_value = self.evaluate(index);
        let is_parametrised = match &owner {
            Value::External(path) => is_generic(path),
            // `Page[Book]`; the members of an enumeration go by their names.
            Value::Class(ClassRef::Known(_)) => {
                index_value.disjuncts().iter().all(|part| matches!(part, Value::Class(_)))
            }
            _ => false,
        };
        if is_parametrised && matches!(owner, Value::Class(_)) {
            // One of two classes, by a branch: each makes a type.
            return self.of_each(&index_value, |machine, part| {
                machine.element_tuple(vec![owner.clone(), part.clone()], place, 12)
            });
        }
        if is_parametrised {
            return self.element_tuple(vec![owner, index_value], place, 12);
        }
        self.of_each(&owner, |machine, part| machine.item(part, &index_value, place))
    }

    /// `page(rows, size)`: the first rows, of which there may be more another time.
    pub(super) fn page(&mut self, arguments: &Arguments, place: Place) -> Option<Value> {
        let [rows, size] = arguments.positional.as_slice() else { return None };
        let upper = Some(size.clone());
        let length = match slice_length(&None, &upper) {
            Size::Bounded(Some(bound)) => Size::page(bound),
            length => length,
        };
        Some(self.of_each(rows, |machine, part| machine.slice(part, &None, &upper, length.clone(), place)))
    }

    fn slice(
        &mut self,
        value: &Value,
        lower: &Option<Value>,
        upper: &Option<Value>,
        length: Size,
        place: Place,
    ) -> Value {
        let id = match value {
            Value::Object(id) => id,
            Value::Scalar(_) => return Value::ANY,
            Value::Union(_) => {
                let parts = value.disjuncts();
                let parts = parts.iter().map(|part| self.slice(part, lower, upper, length.clone(), place));
                let parts = parts.collect::<Vec<_>>().into_iter();
                return parts.reduce(|a, b| a.join(&b, None)).unwrap_or(Value::unknown(Why::Element));
            }
            Value::Unknown(why) if matches!(length, Size::Bounded(Some(_))) => {
                let few = Sequence::many(SequenceKind::List, Value::Unknown(*why), length);
                return Value::Object(self.allocate(place, 9, Object::Sequence(few)));
            }
            other => return other.clone(),
        };
        match self.object(*id).clone() {
            Object::Sequence(sequence) => {
                let is_part = matches!(length, Size::Bounded(Some(_))) && sequence.size.grows();
                let mut sliced = slice_of(sequence, lower, upper, length);
                if is_part {
                    sliced.element = sliced.element.map(|element| self.few_of(element, place));
                }
                Value::Object(self.allocate(place, 9, Object::Sequence(sliced)))
            }
            Object::QuerySet(_) => crate::orm::django::slice(self, *id, length, skips(lower), place),
            Object::Alchemy(_) => {
                crate::orm::sqlalchemy::slice(self, *id, length, skips(lower), place).unwrap_or(value.clone())
            }
            _ => {
                let arguments = Arguments::of(vec![Value::ANY]);
                self.call_project_method(value, Name::new("__getitem__"), &arguments, place)
                    .unwrap_or(Value::unknown(Why::Element))
            }
        }
    }

    /// A few of many rows: what they take up is not there on the others.
    fn few_of(&mut self, element: Value, place: Place) -> Value {
        let Value::Object(id) = element else { return element };
        let Object::Row(row) = self.object(id).clone() else { return element };
        let few = self.allocate(place, PART, Object::Row(row));
        self.deepen(few);
        Value::Object(few)
    }

    /// `value[index]` for an evaluated index.
    pub(crate) fn item(&mut self, value: &Value, index: &Value, place: Place) -> Value {
        match value {
            Value::Object(id) => match self.object(*id).clone() {
                Object::Sequence(sequence) => match (index, &sequence.items) {
                    (Value::Scalar(Scalar::Int(number)), Some(items)) => nth(items, *number),
                    _ => sequence.any().unwrap_or(Value::unknown(Why::Element)),
                },
                Object::Dict(dict) => {
                    let value = self.dict_item(&dict, index);
                    if dict.default.is_some() && dict.any_value().is_none() {
                        self.set_item(&Value::Object(*id), index, value.clone());
                    }
                    value
                }
                Object::QuerySet(_) => crate::orm::django::index(self, *id, place),
                Object::Alchemy(_) => {
                    crate::orm::sqlalchemy::index(self, *id, index, place).unwrap_or(Value::unknown(Why::Element))
                }
                Object::Instance(_) | Object::Row(_) => {
                    if let (Some(items), Value::Scalar(Scalar::Int(number))) = (self.fields_of_tuple(*id), index) {
                        return nth(&items, *number);
                    }
                    let arguments = Arguments::of(vec![index.clone()]);
                    self.call_project_method(value, Name::new("__getitem__"), &arguments, place)
                        .unwrap_or(Value::unknown(Why::Element))
                }
                _ => Value::unknown(Why::Element),
            },
            Value::Class(_) | Value::External(_) => value.clone(),
            Value::Scalar(_) => Value::ANY,
            Value::Unknown(Why::Element | Why::Field) if index.as_text().is_some() => Value::unknown(Why::Field),
            Value::Unknown(why) => Value::Unknown(*why),
            _ => Value::unknown(Why::Element),
        }
    }
}

/// `list[Book]`, `Optional[Book]`: a type with others in its brackets.
fn is_generic(path: &str) -> bool {
    const NAMES: &[&str] = &["list", "set", "tuple", "frozenset", "List", "Set", "Sequence", "Iterable", "Collection"];
    let (home, last) = path.rsplit_once('.').unwrap_or(("", path));
    let is_typing = matches!(home, "builtins" | "typing" | "typing_extensions" | "collections.abc");
    is_typing && (NAMES.contains(&last) || matches!(last, "Optional" | "Annotated" | "Union"))
}

fn nth(items: &[Value], number: i64) -> Value {
    let index = if number < 0 { items.len() as i64 + number } else { number };
    let found = usize::try_from(index).ok().and_then(|index| items.get(index));
    found.cloned().unwrap_or_else(|| items.first().cloned().unwrap_or(Value::unknown(Why::Element)))
}

/// Whether a slice begins at a place that the program does not write down.
fn skips(lower: &Option<Value>) -> bool {
    !matches!(lower, None | Some(Value::None | Value::Scalar(Scalar::Int(_))))
}

/// How long a slice is at most, where its bounds are written: at its place, or as what a parameter is where nobody passes another.
fn slice_length(lower: &Option<Value>, upper: &Option<Value>) -> Size {
    let number = |value: &Option<Value>| match value.as_ref().map(Value::known_part) {
        None => Some(0),
        Some(Value::Scalar(Scalar::Int(number))) => Some(number),
        Some(_) => None,
    };
    match (number(lower), upper, number(upper)) {
        (Some(from), Some(_), Some(to)) if to >= from && from >= 0 => Size::Bounded(Some((to - from) as u64)),
        (_, Some(_), _) => Size::Bounded(None),
        (Some(from), None, _) if from < 0 => Size::Bounded(Some(from.unsigned_abs())),
        (_, None, _) => Size::Unknown(Name::new("rest")),
    }
}

fn slice_of(sequence: Sequence, lower: &Option<Value>, upper: &Option<Value>, length: Size) -> Sequence {
    if let (Some(items), Some(from), to) = (&sequence.items, bound(lower, 0), bound(upper, i64::MAX)) {
        let count = items.len() as i64;
        let at = |number: i64| if number < 0 { (count + number).max(0) } else { number.min(count) } as usize;
        if let Some(to) = to {
            let (from, to) = (at(from), at(to));
            return Sequence::of(sequence.kind, items.get(from..to.max(from)).unwrap_or_default().to_vec());
        }
    }
    let size = match (&length, &sequence.size) {
        (Size::Unknown(_), size) => size.clone(),
        (_, Size::Known(number)) => Size::Known(*number),
        _ => length,
    };
    let element = sequence.any();
    Sequence { kind: sequence.kind, items: None, element, size }
}

fn bound(value: &Option<Value>, missing: i64) -> Option<i64> {
    match value {
        None => Some(missing),
        Some(Value::Scalar(Scalar::Int(number))) => Some(*number),
        Some(_) => None,
    }
}
