//! Instances: constructors, data classes, named tuples.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Instance, Machine, Object, ObjectId, Place, Value, Why};
use crate::project::{ClassId, ClassRef, Member, ModelId, Orm, last_name};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Span, Stmt, StmtKind};

impl Interpreter<'_> {
    /// Calls a class.
    pub(crate) fn construct(&mut self, class: ClassId, arguments: Arguments, place: Place) -> Value {
        let program = self.program;
        if let Some(model) = program.schema.of_class(class) {
            return match model.orm {
                Orm::Django => crate::orm::django::construct(self, model.id, &arguments, place),
                Orm::SqlAlchemy => crate::orm::sqlalchemy::construct(self, model.id, &arguments, place),
            };
        }
        if let Some(value) = crate::orm::django::construct_query_class(self, class, &arguments, place) {
            return value;
        }
        if is_plain_data(program, class) {
            return Value::ANY;
        }
        if let Some(made) = self.made_by_new(class, &arguments, place) {
            return made;
        }
        let instance =
            Instance { class, attributes: Default::default(), is_assumed: false, before: Default::default() };
        let id = self.allocate(place, 2, Object::Instance(instance));
        let value = Value::Object(id);
        if self.call_project_method(&value, Name::new("__init__"), &arguments, place).is_none() {
            self.fill_fields(id, class, &arguments);
            self.validate_fields(id, class, place, None);
            let passed = self.take_init_only(id, class);
            self.call_project_method(&value, Name::new("__post_init__"), &passed, place);
        }
        value
    }

    /// What `__new__` gives, where that is an instance of another class: no `__init__` follows.
    fn made_by_new(&mut self, class: ClassId, arguments: &Arguments, place: Place) -> Option<Value> {
        let receiver = Value::Class(ClassRef::Known(class));
        let (_, Member::Function(_), _) = self.program.member(class, Name::new("__new__"), None)? else { return None };
        let maker = self.class_attribute(class, Name::new("__new__"), &receiver)?;
        let mut passed = arguments.clone();
        passed.positional.insert(0, receiver);
        let made = self.call_value(&maker, passed, place);
        let Value::Object(id) = made else { return None };
        match self.object(id) {
            Object::Instance(instance) if !self.program.inherits(instance.class, class) => Some(made),
            _ => None,
        }
    }

    /// A data class's arguments become its fields.
    fn fill_fields(&mut self, id: ObjectId, class: ClassId, arguments: &Arguments) {
        let fields = fields(self.program, class);
        for (position, (name, default)) in fields.iter().enumerate() {
            let given = arguments.get(position, name).cloned();
            let value = match (given, default) {
                (Some(value), _) => value,
                (None, Some((home, default))) if arguments.double_star.is_none() && arguments.star.is_none() => {
                    let module = self.program.class(*home).module;
                    self.in_module(module, |machine| machine.evaluate_default(default))
                }
                _ => Value::unknown(Why::Parameter),
            };
            if let Object::Instance(instance) = self.object_mut(id) {
                instance.attributes.insert(*name, value);
            }
        }
        if fields.is_empty()
            && let Object::Instance(instance) = self.object_mut(id)
        {
            instance.attributes.extend(arguments.keywords.iter().cloned());
        }
    }

    /// `entry: InitVar[Entry]` is no field: what is given for it goes to `__post_init__`.
    fn take_init_only(&mut self, id: ObjectId, class: ClassId) -> Arguments {
        let names = init_only(self.program, class);
        let Object::Instance(instance) = self.object_mut(id) else { return Arguments::default() };
        Arguments::of(names.iter().filter_map(|name| instance.attributes.remove(name)).collect())
    }

    /// `field(default_factory=list)` is a call of the factory.
    fn evaluate_default(&mut self, default: &Expr) -> Value {
        if let ExprKind::Call { arguments, .. } = &default.kind {
            use crate::syntax::ir::ArgumentKind;
            for argument in arguments {
                let ArgumentKind::Keyword(name) = argument.kind else { continue };
                if name == "default" {
                    return self.evaluate(&argument.value);
                }
                if name == "default_factory" || name == "factory" {
                    let factory = self.evaluate(&argument.value);
                    let place = self.place(argument.value.span);
                    return self.call_value(&factory, Arguments::default(), place);
                }
            }
        }
        self.evaluate(default)
    }

    /// The items of a named tuple.
    pub(crate) fn fields_of_tuple(&self, id: ObjectId) -> Option<Vec<Value>> {
        let Object::Instance(instance) = self.object(id) else { return None };
        let is_tuple = self.program.class(instance.class).mro.iter().any(
            |base| matches!(base, ClassRef::External(path) if path.ends_with("NamedTuple") || path.ends_with("namedtuple")),
        );
        if !is_tuple {
            return None;
        }
        let fields = fields(self.program, instance.class);
        let value = |name: &Name| instance.attributes.get(name).cloned().unwrap_or(Value::unknown(Why::Element));
        Some(fields.iter().map(|(name, _)| value(name)).collect())
    }

    /// An instance of a class that nobody was seen constructing.
    pub(crate) fn assumed_instance(&mut self, class: ClassId, place: Place) -> Value {
        if let Some(rows) = self.concrete_rows(class, place) {
            return rows;
        }
        let program = self.program;
        if let Some(model) = program.schema.of_class(class) {
            return match model.orm {
                Orm::Django => crate::orm::django::assumed_row(self, model.id, place),
                Orm::SqlAlchemy => crate::orm::sqlalchemy::assumed_row(self, model.id, place),
            };
        }
        if let Some(value) = crate::orm::django::construct_query_class(self, class, &Arguments::default(), place) {
            return value;
        }
        if is_plain_data(program, class) {
            return Value::ANY;
        }
        self.concrete_instances(class, place).unwrap_or_else(|| self.plain_instance(class, place, 6))
    }

    /// A row of an abstract model is one of a model below it, where those are few.
    fn concrete_rows(&mut self, class: ClassId, place: Place) -> Option<Value> {
        self.program.schema.of_class(class).filter(|model| model.is_abstract && model.orm == Orm::Django)?;
        let below = self.concrete_models(class)?;
        let rows = below.into_iter().map(|model| {
            let span = Span { start: place.span.start + model.0, ..place.span };
            crate::orm::django::assumed_row(self, model, Place { span, ..place })
        });
        rows.reduce(|one, other| one.join(&other, None))
    }

    /// The models that a class stands for: itself, or where it is abstract those below it, if they are few.
    pub(super) fn concrete_models(&self, class: ClassId) -> Option<Vec<ModelId>> {
        const FEW: usize = 3;
        let (program, schema) = (self.program, &self.program.schema);
        let model = schema.of_class(class)?;
        if !model.is_abstract {
            return Some(vec![model.id]);
        }
        let below = schema.models.iter().filter(|model| !model.is_abstract && program.extends(model, class));
        let below: Vec<ModelId> = below.map(|model| model.id).take(FEW + 1).collect();
        (!below.is_empty() && below.len() <= FEW).then_some(below)
    }

    /// Runs what the constructors of assumed receivers assign, as if each attribute had been asked for.
    pub(crate) fn construct_receivers(&mut self) {
        if self.assumed_depth > 0 {
            return;
        }
        let receivers: Vec<Value> = self.frames.iter().filter_map(|frame| frame.receiver.clone()).collect();
        for receiver in receivers {
            let Value::Object(id) = receiver else { continue };
            let Object::Instance(instance) = self.object(id) else { continue };
            if !instance.is_assumed || self.constructed.contains(&id) {
                continue;
            }
            let left = super::index::assigned_by(self.program, instance.class, Name::new("__init__"));
            let left = left.into_iter().filter(|name| !instance.attributes.contains_key(name)).collect::<Vec<_>>();
            let place = self.place(Span::default());
            self.constructed.insert(id);
            self.silence += 1;
            left.into_iter().for_each(|name| drop(self.read_attribute(&receiver, name, place)));
            self.silence -= 1;
        }
    }

    pub(super) fn plain_instance(&mut self, class: ClassId, place: Place, tag: u32) -> Value {
        let instance = Instance { class, attributes: Default::default(), is_assumed: true, before: Default::default() };
        let value = Value::Object(self.allocate(place, tag, Object::Instance(instance)));
        // A stub says what its framework has put there.
        self.call_project_method(&value, Name::new("__assumed__"), &Arguments::default(), place);
        value
    }
}

/// Enumerations and exceptions hold no rows worth following.
fn is_plain_data(program: &crate::project::Program, class: ClassId) -> bool {
    program.class(class).mro.iter().any(|base| match base {
        ClassRef::External(path) => {
            let last = path.rsplit('.').next().unwrap_or("");
            last.ends_with("Enum")
                || last.ends_with("Exception")
                || last.ends_with("Error")
                || last.ends_with("Choices")
        }
        ClassRef::Known(_) => false,
    })
}

/// Fields with the class and expression of their default.
type Fields<'p> = Vec<(Name, Option<(ClassId, &'p Expr)>)>;

/// The fields of a class, the bases' first, that only its constructor has.
fn init_only(program: &crate::project::Program, class: ClassId) -> Vec<Name> {
    let known = program.class(class).mro.iter().rev().filter_map(|base| match base {
        ClassRef::Known(base) => Some(&program.class(*base).class.body),
        ClassRef::External(_) => None,
    });
    let name = |statement: &Stmt| match &statement.kind {
        StmtKind::Annotated { target, annotation, .. }
            if last_name(annotation).is_some_and(|kind| kind == "InitVar") =>
        {
            last_name(target)
        }
        _ => None,
    };
    known.flatten().filter_map(name).collect()
}

/// Whether something makes fields of what a class annotates: a decorator, or a base of which not all is known. Elsewhere these
/// are variables of the class, which its instances share.
fn takes_fields(program: &crate::project::Program, class: ClassId) -> bool {
    program.class(class).mro.iter().any(|base| match base {
        ClassRef::Known(id) => program.is_of_stub(*id) || !program.class(*id).class.decorators.is_empty(),
        ClassRef::External(path) => !matches!(path.rsplit('.').next(), Some("object" | "ABC" | "Generic" | "Protocol")),
    })
}

/// `ClassVar[dict[str, Handler]]`
fn is_class_variable(annotation: &Expr) -> bool {
    last_name(annotation).is_some_and(|name| name == "ClassVar")
}

/// The annotated fields of a class, the bases' first, with their defaults.
fn fields(program: &crate::project::Program, class: ClassId) -> Fields<'_> {
    let mut fields: Fields = Vec::new();
    if !takes_fields(program, class) {
        return fields;
    }
    for base in program.class(class).mro.iter().rev() {
        let ClassRef::Known(base) = base else { continue };
        for statement in &program.class(*base).class.body {
            let StmtKind::Annotated { target, annotation, value } = &statement.kind else { continue };
            let ExprKind::Name(name) = target.kind else { continue };
            if is_class_variable(annotation) {
                continue;
            }
            let default = value.as_ref().map(|value| (*base, value));
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some(field) => field.1 = default,
                None => fields.push((name, default)),
            }
        }
    }
    fields
}
