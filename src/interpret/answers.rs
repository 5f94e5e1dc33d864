//! Methods whose answer the framework around them keeps: asked for it again, they send their queries again.
//!
//! ```py
//! class BookPage(DetailView):
//!     def get_context_data(self, **kwargs):
//!         book = self.get_object()      # `self.object` is that row
//! ```

use super::interpreter::Interpreter;
use super::memo::is_memo;
use crate::domain::{Arguments, Certainty, Closure, Effect, EffectKind, Machine, Object, Place, Value, Verb};
use crate::syntax::Name;

const ANSWERED: &str = "answered";
const CHANGED: &str = "changed";

impl Interpreter<'_> {
    /// Notes that an object keeps what one of its methods has answered, `answered(self, "get_object", row)`, or that this has
    /// changed since, where the value is `None`.
    pub(super) fn answered(&mut self, arguments: &Arguments, place: Place) -> Option<Value> {
        let [Value::Object(owner), name, value] = arguments.positional.as_slice() else { return None };
        let action = if *value == Value::None { CHANGED } else { ANSWERED };
        self.ask(*owner, Some(name.as_text()?), action.into(), place);
        Some(value.clone())
    }

    /// Calls a method of an object, and remarks where the object has the row that the method fetches.
    pub(super) fn call_bound(
        &mut self,
        receiver: &Value,
        closure: &Closure,
        arguments: Arguments,
        place: Place,
    ) -> Value {
        let name = closure.function.name;
        let is_again = arguments.positional.is_empty() && self.is_answered(receiver, name);
        let sites = self.sites.len();
        let value = self.call_closure(closure, Some(receiver.clone()), arguments, place);
        if is_again {
            self.remark_again(sites, &value, name, place);
        }
        value
    }

    /// Whether the code of the project asks for what is kept, and nothing was written since. A method that asks the one it
    /// overrides is at work on the first answer, and a loop waits for another.
    fn is_answered(&self, receiver: &Value, name: Name) -> bool {
        let (Value::Object(owner), Some(frame)) = (receiver, self.frames.last()) else { return false };
        let is_for_memo = self.seldom.iter().any(|(_, why)| is_memo(why));
        !frame.is_stub
            && self.loops.is_empty()
            && !is_for_memo
            && frame.function.as_ref().is_none_or(|function| function.name != name)
            && self.is_kept(*owner, name, ANSWERED)
    }

    fn remark_again(&mut self, sites: usize, value: &Value, name: Name, place: Place) {
        let sent = self.sites.get(sites..).unwrap_or_default();
        let is_sure = sent.iter().any(|site| site.kind == EffectKind::Get && site.certainty == Certainty::High);
        let Value::Object(id) = value.known_part() else { return };
        if let Object::Row(row) = self.object(id)
            && is_sure
        {
            let effect = Effect::of(EffectKind::AskedAgain, Verb::Select, name, place);
            self.record(Effect { model: Some(row.model), ..effect });
        }
    }
}
