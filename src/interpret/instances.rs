//! `isinstance` and `issubclass`: which classes a value is an instance of, or inherits from, as far as that is known.

use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, Scalar, SequenceKind, Value};
use crate::project::{ClassId, ClassRef};

impl Interpreter<'_> {
    /// Whether a value is an instance of one of the given classes, where all of that is known.
    pub(super) fn is_instance(&self, value: &Value, classes: &Value) -> Option<bool> {
        let classes = self.listed(classes).unwrap_or_else(|| classes.disjuncts());
        let mut truths = value.disjuncts().into_iter().map(|part| self.is_one_of(&part, &classes));
        let first = truths.next()??;
        truths.all(|truth| truth == Some(first)).then_some(first)
    }

    /// Whether a class inherits from one of the given classes, where all of that is known.
    ///
    /// ```py
    /// if issubclass(queryset.model, Grouped):
    ///     queryset = queryset.prefetch_related("groups")
    /// ```
    pub(super) fn is_subclass(&self, value: &Value, classes: &Value) -> Option<bool> {
        let classes = self.listed(classes).unwrap_or_else(|| classes.disjuncts());
        let mut truths = value.disjuncts().into_iter().map(|part| match part {
            Value::Class(ClassRef::Known(own)) => self.inherits_one_of(own, &classes),
            _ => None,
        });
        let first = truths.next()??;
        truths.all(|truth| truth == Some(first)).then_some(first)
    }

    fn inherits_one_of(&self, own: ClassId, classes: &[Value]) -> Option<bool> {
        let program = self.program;
        let mut known = Some(false);
        for class in classes {
            let Value::Class(ClassRef::Known(base)) = class else { return None };
            if program.inherits(own, *base) {
                return Some(true);
            }
            // A base that is not seen may inherit from anything of the project; and a class that stands for what somebody
            // annotated may be one of its subclasses.
            let is_whole = program.class(own).mro.iter().all(is_seen);
            if !is_whole || program.inherits(*base, own) {
                known = None;
            }
        }
        known
    }

    pub(super) fn is_one_of(&self, value: &Value, classes: &[Value]) -> Option<bool> {
        let mut known = Some(false);
        for class in classes {
            match self.is_of(value, class) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => known = None,
            }
        }
        known
    }

    fn is_of(&self, value: &Value, class: &Value) -> Option<bool> {
        match class {
            Value::External(path) | Value::Class(ClassRef::External(path)) => match value {
                Value::Mapped(mapped) => crate::orm::sqlalchemy::is_property_of(self, mapped, path),
                Value::Method(_) => {
                    crate::orm::django::is_field_of(self, value, path.rsplit('.').next().unwrap_or(path))
                }
                _ => self.is_of_library(value, path),
            },
            Value::Class(ClassRef::Known(id)) => {
                let own = self.class_of(value)?;
                let is_it = self.program.inherits(own, *id);
                // A row of a parent table may be more than its class says.
                (is_it || !self.program.inherits(*id, own)).then_some(is_it)
            }
            _ => None,
        }
    }

    /// Whether a value is an instance of a class that the project does not define.
    fn is_of_library(&self, value: &Value, path: &str) -> Option<bool> {
        let name = path.rsplit('.').next().unwrap_or(path);
        match value {
            Value::None | Value::Function(_) | Value::Bound(_) | Value::Class(_) => is_builtin(path).then_some(false),
            Value::Scalar(Scalar::Text(_)) => match name {
                "str" => Some(true),
                "QuerySet" | "list" | "tuple" | "dict" | "set" | "int" | "bytes" => Some(false),
                _ => None,
            },
            Value::Scalar(Scalar::Int(_)) => match name {
                "int" => Some(true),
                "QuerySet" | "list" | "tuple" | "dict" | "set" | "str" | "bytes" => Some(false),
                _ => None,
            },
            Value::Scalar(_) if is_instrumented(path) => Some(false),
            Value::Manager(_) if is_of_collections(path) => Some(false),
            Value::Manager(_) => (path.starts_with("django.") && name == "QuerySet").then_some(false),
            Value::Object(id) => self.is_object_of(self.object(*id), path, name),
            _ => None,
        }
    }

    fn is_object_of(&self, object: &Object, path: &str, name: &str) -> Option<bool> {
        match object {
            // A class of the project that names all its bases is what these are.
            Object::Instance(instance) => {
                let mro = &self.program.class(instance.class).mro;
                let is_whole = mro.iter().all(|base| matches!(base, ClassRef::Known(_)));
                (is_whole && (is_builtin(path) || is_queryset(path))).then_some(false)
            }
            Object::Row(_) => (is_of_collections(path) || is_queryset(path)).then_some(false),
            Object::QuerySet(_) => match name {
                "QuerySet" => Some(true),
                "Iterable" | "Sized" => Some(true),
                "Manager" | "BaseManager" => Some(false),
                // A queryset of a library is one, and an abstract class may have it registered.
                _ => (is_of_collections(path) || !name.ends_with("QuerySet") && !is_abstract(path)).then_some(false),
            },
            Object::Sequence(sequence) => match (sequence.kind, name) {
                (_, "QuerySet" | "Manager" | "dict" | "str" | "int" | "bytes") => Some(false),
                (_, "Iterable") => Some(true),
                (SequenceKind::List, "list") | (SequenceKind::Tuple, "tuple") => Some(true),
                (SequenceKind::Set, "set") => Some(true),
                (SequenceKind::List, "tuple" | "set") | (SequenceKind::Tuple, "list" | "set") => Some(false),
                (SequenceKind::Set, "list" | "tuple") => Some(false),
                _ => None,
            },
            Object::Dict(_) => match name {
                "dict" | "Mapping" | "Iterable" => Some(true),
                "QuerySet" | "Manager" | "list" | "tuple" | "set" | "str" | "int" | "bytes" => Some(false),
                _ => None,
            },
            _ if name == "str" => Some(false),
            _ => None,
        }
    }
}

/// Whether a base is a class of the project, or one of a library that knows nothing of the project.
fn is_seen(base: &ClassRef) -> bool {
    match base {
        ClassRef::Known(_) => true,
        ClassRef::External(path) => {
            ["builtins.", "django.", "abc.", "typing."].iter().any(|known| path.starts_with(known))
        }
    }
}

/// Whether a class may be of instances that do not name it as a base.
fn is_abstract(path: &str) -> bool {
    path.starts_with("typing.") || path.starts_with("collections.abc.") || path.starts_with("abc.")
}

fn is_queryset(path: &str) -> bool {
    path.starts_with("django.db.models") && path.ends_with(".QuerySet")
}

/// A class of SQLAlchemy by which rows hold related rows.
/// <https://docs.sqlalchemy.org/en/20/orm/collection_api.html#sqlalchemy.orm.collections.InstrumentedList>
fn is_instrumented(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    path.starts_with("sqlalchemy.") && matches!(last, "InstrumentedList" | "InstrumentedSet" | "InstrumentedDict")
}

/// A class of Python's own that not everything is an instance of.
fn is_builtin(path: &str) -> bool {
    path.strip_prefix("builtins.").is_some_and(|name| !matches!(name, "object" | "type"))
}

/// A class of Python's own that holds other things, or a text or number.
fn is_of_collections(path: &str) -> bool {
    is_builtin(path) || path.ends_with("abc.Sequence") || path.ends_with("abc.Mapping")
}
