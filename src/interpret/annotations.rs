//! Annotations as values: what a parameter or attribute probably is.

use super::enumerations::is_enumeration;
use super::interpreter::Interpreter;
use crate::domain::{DECLARED, Dict, Machine, Object, Place, Sequence, SequenceKind, Size, Value, Why};
use crate::project::ClassRef;
use crate::syntax::Name;
use crate::syntax::ir::{BinaryOperator, Constant, Expr, ExprKind};

impl Interpreter<'_> {
    /// A value of the annotated type: a likely link, so what rests on it is of medium confidence.
    pub(crate) fn annotation_value(&mut self, annotation: &Expr) -> Value {
        let place = self.place(annotation.span);
        match &annotation.kind {
            ExprKind::Constant(Constant::None) => Value::None,
            ExprKind::Constant(Constant::Text(text)) => self.quoted(*text, place),
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                let class = self.evaluate(annotation);
                self.instance_of(&class, None, place)
            }
            ExprKind::Subscript { value, index } => {
                let class = self.evaluate(value);
                self.instance_of(&class, Some(index), place)
            }
            ExprKind::Binary { left, operator: BinaryOperator::Or, right } => {
                let (left, right) = (self.annotation_value(left), self.annotation_value(right));
                left.join(&right, None)
            }
            _ => Value::unknown(Why::Parameter),
        }
    }

    /// The same for a value that some code of the project made: it is of this type, and may have loaded anything.
    pub(crate) fn hinted_value(&mut self, annotation: &Expr) -> Value {
        let before = std::mem::replace(&mut self.guesses_plan, true);
        let value = self.annotation_value(annotation);
        self.guesses_plan = before;
        value
    }

    fn quoted(&mut self, text: Name, place: Place) -> Value {
        let plain = text.trim_end_matches(" | None").trim();
        let simple = plain.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        if !simple || plain.is_empty() {
            return Value::unknown(Why::Parameter);
        }
        let mut parts = plain.split('.');
        let mut value = match parts.next() {
            Some(first) => self.lookup(Name::new(first)),
            None => return Value::unknown(Why::Parameter),
        };
        for part in parts {
            value = self.read_attribute(&value, Name::new(part), place);
        }
        self.instance_of(&value, None, place)
    }

    fn instance_of(&mut self, class: &Value, index: Option<&Expr>, place: Place) -> Value {
        match class {
            Value::Class(ClassRef::Known(id)) => self.assumed_instance(*id, place),
            Value::Class(ClassRef::External(path)) | Value::External(path) => {
                self.instance_of_external(*path, index, place)
            }
            Value::None => Value::None,
            Value::Object(_) => self.instance_of_alias(class, place),
            _ => Value::unknown(Why::Parameter),
        }
    }

    /// `SessionDep = Annotated[Session, Depends(get_db)]`: the type that stands first in the brackets.
    fn instance_of_alias(&mut self, alias: &Value, place: Place) -> Value {
        let Some(parts) = self.listed(alias) else { return Value::unknown(Why::Parameter) };
        let [Value::External(outer), inner] = parts.as_slice() else { return Value::unknown(Why::Parameter) };
        if !outer.ends_with("Annotated") && !outer.ends_with("Optional") {
            return Value::unknown(Why::Parameter);
        }
        let first = self.listed(inner).and_then(|parts| parts.first().cloned());
        self.instance_of(&first.unwrap_or(inner.clone()), None, place)
    }

    fn instance_of_external(&mut self, path: Name, index: Option<&Expr>, place: Place) -> Value {
        if let Some(value) = crate::orm::sqlalchemy::annotated(self, path, place) {
            return value;
        }
        let last = path.rsplit('.').next().unwrap_or(&path);
        match last {
            "Optional" => index
                .map_or(Value::unknown(Why::Parameter), |inner| self.annotation_value(inner).join(&Value::None, None)),
            "Union" => self.union_annotation(index),
            "Annotated" | "Final" | "ClassVar" | "Awaitable" | "Coroutine" | "Required" => {
                let inner = index.map(first_of);
                inner.map_or(Value::unknown(Why::Parameter), |inner| self.annotation_value(inner))
            }
            "list" | "List" | "Sequence" | "Iterable" | "Iterator" | "Collection" | "set" | "Set" | "frozenset"
            | "AbstractSet" | "Generator" | "deque" | "AsyncIterator" | "AsyncIterable" | "MutableSequence" => {
                self.annotated_list(index.map(first_of), place)
            }
            "tuple" | "Tuple" => self.annotated_tuple(index, place),
            "dict" | "Dict" | "Mapping" | "MutableMapping" | "defaultdict" | "OrderedDict" => {
                self.annotated_dict(index, place)
            }
            "QuerySet" | "BaseManager" | "Manager" => {
                let Some(inner) = index.map(first_of) else { return Value::unknown(Why::Parameter) };
                let model = self.evaluate(inner);
                crate::orm::django::assumed_query(self, &model, place)
            }
            "str" | "int" | "float" | "bool" | "bytes" | "Decimal" | "datetime" | "date" | "UUID" | "timedelta" => {
                Value::ANY
            }
            _ => Value::External(Name::new(&format!("{path}()"))),
        }
    }

    fn union_annotation(&mut self, index: Option<&Expr>) -> Value {
        let Some(Expr { kind: ExprKind::Tuple(parts), .. }) = index else { return Value::unknown(Why::Parameter) };
        let values: Vec<Value> = parts.iter().map(|part| self.annotation_value(part)).collect();
        values.into_iter().reduce(|a, b| a.join(&b, None)).unwrap_or(Value::unknown(Why::Parameter))
    }

    fn annotated_list(&mut self, inner: Option<&Expr>, place: Place) -> Value {
        let element = match inner {
            Some(inner) => self.annotated_element(inner),
            None => Value::unknown(Why::Element),
        };
        let size = Size::Unknown(self.label(place));
        let list = Sequence::many(SequenceKind::List, element, size);
        Value::Object(self.allocate(place, 8, Object::Sequence(list)))
    }

    /// A row in a list differs from element to element.
    fn annotated_element(&mut self, inner: &Expr) -> Value {
        let size = Size::Unknown(Name::new("elements"));
        let frame = super::interpreter::LoopFrame::new(self.place(inner.span), size, self.births);
        self.loops.push(frame);
        let value = self.annotation_value(inner);
        self.loops.pop();
        value
    }

    fn annotated_tuple(&mut self, index: Option<&Expr>, place: Place) -> Value {
        match index {
            Some(Expr { kind: ExprKind::Tuple(parts), .. }) => {
                if let [first, Expr { kind: ExprKind::Constant(Constant::Ellipsis), .. }] = parts.as_slice() {
                    return self.annotated_list(Some(first), place);
                }
                let items = parts.iter().map(|part| self.annotation_value(part)).collect();
                Value::Object(self.allocate(place, 8, Object::Sequence(Sequence::of(SequenceKind::Tuple, items))))
            }
            inner => self.annotated_list(inner, place),
        }
    }

    fn annotated_dict(&mut self, index: Option<&Expr>, place: Place) -> Value {
        let mut dict = Dict { size: Size::Unknown(self.label(place)), ..Dict::empty() };
        if let Some(Expr { kind: ExprKind::Tuple(parts), .. }) = index
            && let [key, value] = parts.as_slice()
        {
            if self.is_enumeration(key) {
                dict.size = Size::Known(DECLARED);
            }
            dict.key = Some(self.annotated_element(key));
            dict.value = Some(self.annotated_element(value));
        } else {
            dict.key = Some(Value::ANY);
            dict.value = Some(Value::unknown(Why::Element));
        }
        Value::Object(self.allocate(place, 8, Object::Dict(dict)))
    }

    /// Whether there are only as many values of a type as its class declares.
    fn is_enumeration(&mut self, annotation: &Expr) -> bool {
        let Value::Class(ClassRef::Known(class)) = self.evaluate(annotation) else { return false };
        is_enumeration(self.program, class)
    }
}

fn first_of(index: &Expr) -> &Expr {
    match &index.kind {
        ExprKind::Tuple(parts) => parts.first().unwrap_or(index),
        _ => index,
    }
}
