//! Module variables that hold no object: worked out once, for all roots.

use super::index::{Remembered, remembered};
use super::interpreter::Interpreter;
use crate::domain::{Scalar, Value, Why};
use crate::project::{ClassRef, ModuleId};
use crate::syntax::Name;

/// By module and name: the value, where the assignment makes no object.
pub(crate) type Constants = Remembered<(ModuleId, Name), Option<Constant>>;

/// A value that means the same in every root.
#[derive(Clone, Copy)]
pub(crate) enum Constant {
    Unknown(Why),
    None,
    Scalar(Scalar),
    Class(ClassRef),
    Module(ModuleId),
    External(Name),
}

impl Constant {
    fn of(value: &Value) -> Option<Constant> {
        match value {
            Value::Unknown(Why::Fuel | Why::Recursion) | Value::Scalar(Scalar::KeyOf(..)) => None,
            Value::Unknown(why) => Some(Constant::Unknown(*why)),
            Value::None => Some(Constant::None),
            Value::Scalar(scalar) => Some(Constant::Scalar(*scalar)),
            Value::Class(class) => Some(Constant::Class(*class)),
            Value::Module(module) => Some(Constant::Module(*module)),
            Value::External(path) => Some(Constant::External(*path)),
            _ => None,
        }
    }

    fn value(self) -> Value {
        match self {
            Constant::Unknown(why) => Value::Unknown(why),
            Constant::None => Value::None,
            Constant::Scalar(scalar) => Value::Scalar(scalar),
            Constant::Class(class) => Value::Class(class),
            Constant::Module(module) => Value::Module(module),
            Constant::External(path) => Value::External(path),
        }
    }
}

impl Interpreter<'_> {
    /// The value of a module variable that makes no object; a walk that watches a line sees it made. It is worked out in a walk of its own, with fuel of its own,
    /// so that it depends on the program alone, and not on who asks first.
    pub(super) fn constant(&self, module: ModuleId, name: Name) -> Option<Value> {
        if self.is_apart || self.options.watch.is_some() {
            return None;
        }
        let find = || {
            let mut apart = Interpreter::new(self.program, self.options, self.index, self.root);
            apart.is_apart = true;
            Constant::of(&apart.evaluate_variable(module, name))
        };
        remembered(&self.index.constants, (module, name), find).map(Constant::value)
    }
}
