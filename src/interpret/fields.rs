//! Fields that a class declares for its callers to fill: `full: bool = False` of a data class is a default, and no more, in
//! an instance that nobody was seen making.

use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, Scalar, Size, Value};
use crate::project::{ClassId, ClassRef, Member, Program, last_name};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, StmtKind};

/// Decorators that make a constructor of the annotated fields: of dataclasses, attrs and strawberry.
const DECORATORS: [&str; 8] = ["dataclass", "define", "frozen", "mutable", "attrs", "s", "input", "pydantic_dataclass"];

/// Classes outside the project whose subclasses are made by their fields.
const BASES: [&str; 5] = ["BaseModel", "BaseSettings", "NamedTuple", "Struct", "TypedDict"];

impl Interpreter<'_> {
    /// What a field of an assumed instance may be, of which `default` is what it is if nobody fills it.
    pub(super) fn opened(&mut self, class: ClassId, name: Name, default: &Value) -> Option<Value> {
        if !self.is_open(default) {
            return None;
        }
        let (owner, annotation) = declared_field(self.program, class, name)?;
        let module = self.program.class(owner).module;
        let declared = self.in_module(module, |machine| machine.hinted_value(annotation));
        match default {
            // A truth, a text: the request says which.
            Value::Scalar(_) => Some(Value::ANY),
            _ if declared.is_unknown() => None,
            Value::Unknown(_) => Some(declared),
            _ => Some(declared.join(default, None)),
        }
    }

    /// Whether a default says nothing about what callers give: numbers are kept, for they tell how many at a time.
    fn is_open(&self, default: &Value) -> bool {
        match default {
            Value::None | Value::Unknown(_) => true,
            Value::Scalar(Scalar::Bool(_) | Scalar::Text(_)) => true,
            Value::Object(id) => match self.object(*id) {
                Object::Sequence(sequence) => sequence.items.as_ref().is_some_and(Vec::is_empty),
                Object::Dict(dict) => dict.known.is_empty() && dict.size == Size::Known(0),
                _ => false,
            },
            _ => false,
        }
    }
}

/// The annotation of a field that is filled by whoever makes the instance, and the class that declares it.
fn declared_field(program: &Program, class: ClassId, name: Name) -> Option<(ClassId, &Expr)> {
    let (owner, Member::Variable(index), _) = program.member(class, name, None)? else { return None };
    let StmtKind::Annotated { annotation, .. } = &program.class(owner).class.body.get(*index)?.kind else {
        return None;
    };
    (!is_of_the_class(annotation) && is_made_by_fields(program, class)).then_some((owner, annotation))
}

/// `ClassVar[int]`, `Final`: nobody fills it.
fn is_of_the_class(annotation: &Expr) -> bool {
    let outer = match &annotation.kind {
        ExprKind::Subscript { value, .. } => value,
        _ => annotation,
    };
    last_name(outer).is_some_and(|name| name == "ClassVar" || name == "Final")
}

fn is_made_by_fields(program: &Program, class: ClassId) -> bool {
    let decorated = |class: &ClassId| {
        let mut names = program.class(*class).class.decorators.iter().filter_map(named);
        names.any(|name| DECORATORS.contains(&name.as_str()))
    };
    super::shapes::validates(program, class)
        || program.class(class).mro.iter().any(|base| match base {
            ClassRef::Known(base) => decorated(base),
            ClassRef::External(path) => path.rsplit('.').next().is_some_and(|last| BASES.contains(&last)),
        })
}

/// The last name of a decorator, with or without a call.
fn named(decorator: &Expr) -> Option<Name> {
    match &decorator.kind {
        ExprKind::Call { function, .. } => last_name(function),
        _ => last_name(decorator),
    }
}
