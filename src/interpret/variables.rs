//! Variables of templates: `book.author` is a key, an attribute or an index, and what can be called is called.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Machine, Object, Place, Scalar, Value, Why};
use crate::syntax::Name;

/// What a template asks of a mapping to walk it.
const VIEWS: &[&str] = &["items", "keys", "values"];

impl Interpreter<'_> {
    /// A variable look-up of a template: key, attribute, index; what can be called is called.
    pub(crate) fn template_lookup(&mut self, owner: &Value, name: Name, place: Place) -> Value {
        let found = self.key_or_attribute(owner, name, place);
        self.called(found, place)
    }

    /// What a template sees of a value: the answer of whatever can be called.
    pub(crate) fn called(&mut self, found: Value, place: Place) -> Value {
        if !found.disjuncts().iter().any(is_callable) {
            return found;
        }
        let mut results = Vec::new();
        for part in found.disjuncts() {
            let is_called = is_callable(&part);
            results.push(if is_called { self.call_value(&part, Arguments::default(), place) } else { part });
        }
        results.into_iter().reduce(|a, b| a.join(&b, None)).unwrap_or(found)
    }

    fn key_or_attribute(&mut self, owner: &Value, name: Name, place: Place) -> Value {
        let is_mapping =
            |part: &Value| matches!(part, Value::Object(id) if matches!(self.object(*id), Object::Dict(_)));
        if matches!(owner, Value::Union(_)) && owner.disjuncts().iter().any(is_mapping) {
            let parts = owner.disjuncts().into_iter().filter(|part| *part != Value::None);
            let found: Vec<Value> = parts.map(|part| self.key_or_attribute(&part, name, place)).collect();
            return found.into_iter().reduce(|a, b| a.join(&b, None)).unwrap_or(Value::unknown(Why::Attribute(name)));
        }
        if is_mapping(owner) {
            if VIEWS.contains(&name.as_str()) && !self.gives_key(owner, name) {
                return self.read_attribute(owner, name, place);
            }
            let found = self.item(owner, &Value::Scalar(Scalar::Text(name)), place);
            return if found.is_unknown() { self.read_attribute(owner, name, place) } else { found };
        }
        match name.parse() {
            Ok(number) => self.item(owner, &Value::Scalar(Scalar::Int(number)), place),
            Err(_) => {
                let found = self.read_attribute(owner, name, place);
                if !found.is_unknown() {
                    return found;
                }
                let key = Arguments::of(vec![Value::Scalar(Scalar::Text(name))]);
                self.call_project_method(owner, Name::new("__getitem__"), &key, place).unwrap_or(found)
            }
        }
    }

    /// Whether a mapping has something under a key: one that nobody wrote down it hardly has, but a `defaultdict` makes it.
    fn gives_key(&self, mapping: &Value, name: Name) -> bool {
        let Value::Object(id) = mapping else { return false };
        let Object::Dict(dict) = self.object(*id) else { return false };
        dict.default.is_some() || dict.known.iter().any(|(known, _)| *known == name)
    }
}

pub(super) fn is_callable(value: &Value) -> bool {
    matches!(value, Value::Function(_) | Value::Bound(_) | Value::Method(_))
}
