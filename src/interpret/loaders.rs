//! Functions that load classes of the project by texts: their own bodies go through settings and the import system.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Machine, Object, Place, Sequence, SequenceKind, Value, Why};
use crate::project::ClassRef;
use crate::syntax::Name;

impl Interpreter<'_> {
    /// What a loader of classes returns: `None` where the function is no loader, or what it loads is not known.
    pub(super) fn load_classes(&mut self, loader: &str, arguments: &Arguments, place: Place) -> Option<Value> {
        // Projects have one of their own, which reads the setting and asks the register of apps.
        if loader == "get_user_model" {
            let class = self.program.schema.user_model.map(|model| self.program.schema.model(model).class)?;
            return Some(Value::Class(ClassRef::Known(class)));
        }
        let [label, wanted, ..] = &arguments.positional[..] else { return None };
        let label = label.as_text()?;
        if let Some(name) = wanted.as_text() {
            let binding = self.program.loaded(loader, &label, name)?;
            return Some(self.binding_value(&binding));
        }
        let names: Vec<Name> = self.listed(wanted)?.iter().map(Value::as_text).collect::<Option<_>>()?;
        let bindings: Vec<_> = names.iter().map(|name| self.program.loaded(loader, &label, *name)).collect();
        if bindings.iter().all(Option::is_none) {
            return None;
        }
        let values = bindings.iter().map(|binding| match binding {
            Some(binding) => self.binding_value(binding),
            None => Value::unknown(Why::Call),
        });
        let loaded = Sequence::of(SequenceKind::List, values.collect());
        Some(Value::Object(self.allocate(place, 0, Object::Sequence(loaded))))
    }
}
