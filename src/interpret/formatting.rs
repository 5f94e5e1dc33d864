//! Texts of values: what `str(value)`, an f-string or a log line fires.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Machine, Object, ObjectId, Place, Value};
use crate::project::Orm;
use crate::syntax::Name;

impl Interpreter<'_> {
    /// The queries that making a text of a value fires: `__str__` and what it reads.
    pub(crate) fn stringify(&mut self, value: &Value, place: Place) {
        self.format_value(value, None, place);
    }

    /// As `stringify`, with the conversion of an f-string.
    pub(crate) fn format_value(&mut self, value: &Value, conversion: Option<char>, place: Place) {
        for part in value.disjuncts() {
            let Value::Object(id) = part else { continue };
            match self.object(id) {
                Object::Row(_) | Object::Instance(_) => {
                    // Django's `Model.__repr__` says what `__str__` says.
                    let is_django = matches!(self.object(id), Object::Row(row)
                        if self.program.schema.model(row.model).orm == Orm::Django);
                    let names: &[&str] = match conversion {
                        Some('r') if is_django => &["__repr__", "__str__"],
                        Some('r') => &["__repr__"],
                        _ => &["__format__", "__str__", "__repr__"],
                    };
                    let arguments = Arguments::of(vec![Value::ANY]);
                    let is_said = names
                        .iter()
                        .any(|name| self.call_project_method(&part, Name::new(name), &arguments, place).is_some());
                    if !is_said {
                        crate::orm::sqlalchemy::read_fields(self, id, true, place);
                    }
                }
                Object::Sequence(_) => self.format_elements(id, place),
                Object::QuerySet(_) => {
                    self.iterate_value(&part, place);
                }
                _ => {}
            }
        }
    }

    /// A list shows its elements; one that is in itself is `[...]` there, as Python has it.
    fn format_elements(&mut self, id: ObjectId, place: Place) {
        if self.shown.contains(&id) {
            return;
        }
        self.shown.push(id);
        let iteration = self.iterate_object(id, place);
        self.run_loop(place, iteration, &mut |machine, element| {
            machine.format_value(&element, Some('r'), place);
        });
        self.shown.pop();
    }
}
