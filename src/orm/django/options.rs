//! `_meta`: what a model says of itself. A field of a model is a value too, so that code can go from field to field.
//!
//! ```py
//! for field in self._meta.fields:
//!     snapshot[field.name] = getattr(self, field.name)
//! ```

use std::rc::Rc;

use super::instance::hold_anything;
use super::relation;
use crate::domain::{Arguments, Machine, Place, Scalar, Sequence, SequenceKind, Value};
use crate::project::{ClassId, ClassRef, Member, Model, Orm, Relation, RelationKind};
use crate::syntax::Name;

/// What the parts of `_meta` of which nothing more is known are.
const OPTIONS: &str = "django.db.models.options.";

/// What the name of a field's value begins with: `_meta.author`.
const FIELD: &str = "_meta.";

/// Tells the lists of fields apart from other lists at a place.
const FIELDS: u32 = 43;

/// What `_meta` of a model has under a name.
pub(super) fn option(machine: &mut dyn Machine, class: ClassId, name: Name, place: Place) -> Value {
    match name.as_str() {
        "ordering" => {
            if let Some((_, Member::Class(meta), _)) = machine.program().member(class, Name::new("Meta"), None) {
                let meta = Value::Class(ClassRef::Known(*meta));
                return machine.attribute(&meta, name, place);
            }
        }
        "fields"
        | "concrete_fields"
        | "local_fields"
        | "local_concrete_fields"
        | "many_to_many"
        | "local_many_to_many" => {
            return fields(machine, class, &name, place);
        }
        "get_fields" | "get_field" => {
            let model = Value::Class(ClassRef::Known(class));
            return Value::Method(Rc::new((model, Name::new(&format!("{FIELD}{name}()")))));
        }
        _ => {}
    }
    Value::External(Name::new(&format!("{OPTIONS}{name}")))
}

/// Any other part of `_meta` is as large as the class that declares it; some field may put any row on another.
pub(super) fn call_option(machine: &mut dyn Machine, path: Name, arguments: &Arguments) -> Option<Value> {
    if path.starts_with(OPTIONS) && path.ends_with(".set_cached_value") {
        hold_anything(machine, arguments.positional.first()?);
    }
    path.starts_with(OPTIONS).then_some(Value::External(path))
}

/// `Model._meta.get_fields()`, `Model._meta.get_field("author")`
pub(super) fn options_method(
    machine: &mut dyn Machine,
    class: ClassId,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    match name.strip_prefix(FIELD)? {
        "get_fields()" => Some(fields(machine, class, "get_fields", place)),
        "get_field()" => match arguments.get(0, "field_name").and_then(Value::as_text) {
            Some(field) if is_declared(model(machine, class)?, field) => Some(field_value(class, field)),
            _ => Some(Value::External(Name::new(&format!("{OPTIONS}get_field")))),
        },
        _ => None,
    }
}

/// The fields of a model, as far as they are its own side of relations.
fn fields(machine: &mut dyn Machine, class: ClassId, which: &str, place: Place) -> Value {
    let Some(model) = model(machine, class) else {
        return Value::External(Name::new(&format!("{OPTIONS}{which}")));
    };
    let is_set = which.ends_with("many_to_many");
    let own = model.relations.iter().filter(|relation| {
        let is_link = relation.kind == RelationKind::ManyToMany && relation.owner == model.id;
        if is_set { is_link } else { relation.kind.holds_key() || (is_link && which == "get_fields") }
    });
    let is_key = |name: &Name| model.relations.iter().any(|relation| relation.key_attribute == Some(*name));
    let columns = model.columns.iter().map(|column| column.name).filter(|name| !is_set && !is_key(name));
    let names: Vec<Name> = columns.chain(own.map(|relation| relation.name)).collect();
    let values = names.into_iter().map(|name| field_value(class, name)).collect();
    let list = Sequence::of(SequenceKind::Tuple, values);
    Value::Object(machine.allocate(place, FIELDS, crate::domain::Object::Sequence(list)))
}

fn is_declared(model: &Model, field: Name) -> bool {
    model.column(field).is_some() || model.relation(field).is_some()
}

fn field_value(class: ClassId, field: Name) -> Value {
    Value::Method(Rc::new((Value::Class(ClassRef::Known(class)), Name::new(&format!("{FIELD}{field}")))))
}

/// The class and the name of the field that a value is.
fn field_of(value: &Value) -> Option<(ClassId, Name)> {
    let Value::Method(parts) = value else { return None };
    let Value::Class(ClassRef::Known(class)) = parts.0 else { return None };
    let name = parts.1.strip_prefix(FIELD).filter(|name| !name.ends_with("()"))?;
    Some((class, Name::new(name)))
}

/// Whether a value is a field of a model.
pub fn is_field(value: &Value) -> bool {
    field_of(value).is_some()
}

/// What a field says of itself.
pub(super) fn field_attribute(machine: &dyn Machine, class: ClassId, state: Name, name: Name) -> Option<Value> {
    let field = Value::Method(Rc::new((Value::Class(ClassRef::Known(class)), state)));
    let (_, of) = field_of(&field)?;
    let relation = model(machine, class)?.relation(of);
    let truth = |truth: bool| Value::Scalar(Scalar::Bool(truth));
    let is = |kind: RelationKind| truth(relation.is_some_and(|relation| relation.kind == kind));
    Some(match name.as_str() {
        "name" => Value::Scalar(Scalar::Text(of)),
        "attname" => Value::Scalar(Scalar::Text(relation.and_then(|relation| relation.key_attribute).unwrap_or(of))),
        "primary_key" => truth(model(machine, class)?.column(of).is_some_and(|column| column.primary_key)),
        "is_relation" => truth(relation.is_some()),
        "many_to_one" => is(RelationKind::ManyToOne),
        "one_to_one" => is(RelationKind::OneToOne),
        "many_to_many" => is(RelationKind::ManyToMany),
        "one_to_many" | "auto_created" => truth(false),
        "related_model" => target(machine, relation),
        "value_from_object" | "is_cached" | "set_cached_value" | "get_internal_type" | "clone" | "formfield" => {
            Value::Method(Rc::new((field, name)))
        }
        _ => Value::ANY,
    })
}

/// A method of a field: its column is read without a query.
pub(super) fn field_method(
    machine: &mut dyn Machine,
    field: &Value,
    name: Name,
    arguments: &Arguments,
) -> Option<Value> {
    let (_, of) = field_of(field)?;
    let row = arguments.positional.first();
    match (name.as_str(), row) {
        ("set_cached_value", Some(row)) => {
            hold_anything(machine, row);
            Some(Value::None)
        }
        ("is_cached", Some(Value::Object(row))) => {
            let kept = relation::fields_cache(machine, *row)?;
            let Value::Object(kept) = kept else { return Some(Value::ANY) };
            let crate::domain::Object::Dict(kept) = machine.object(kept) else { return Some(Value::ANY) };
            let is_kept = kept.known.iter().any(|(name, _)| *name == of);
            Some(if is_kept || kept.value.is_none() { Value::Scalar(Scalar::Bool(is_kept)) } else { Value::ANY })
        }
        _ => Some(Value::ANY),
    }
}

/// Whether a field is one of a class of relations: `isinstance(field, ForeignKey)`.
pub fn is_field_of(machine: &dyn Machine, value: &Value, kind: &str) -> Option<bool> {
    let (class, name) = field_of(value)?;
    let relation = model(machine, class)?.relation(name);
    let is = |wanted: RelationKind| Some(relation.is_some_and(|relation| relation.kind == wanted));
    match kind {
        // A one-to-one is a foreign key as well.
        "ForeignKey" => Some(relation.is_some_and(|relation| relation.kind.holds_key())),
        "OneToOneField" => is(RelationKind::OneToOne),
        "ManyToManyField" => is(RelationKind::ManyToMany),
        "RelatedField" => Some(relation.is_some()),
        "ManyToOneRel" | "ManyToManyRel" | "OneToOneRel" | "ForeignObjectRel" => Some(false),
        _ if relation.is_some() => Some(false),
        _ => is_column_of(&model(machine, class)?.column(name)?.kind, kind),
    }
}

/// Django's fields with the class that each extends; those that extend `Field` itself have none. A class of the project's own
/// may extend any. Source: `django.db.models.fields`.
const FIELDS_BELOW: &[(&str, &str)] = &[
    ("AutoField", "IntegerField"),
    ("BigAutoField", "AutoField"),
    ("BigIntegerField", "IntegerField"),
    ("BinaryField", ""),
    ("BooleanField", ""),
    ("CharField", ""),
    ("CommaSeparatedIntegerField", "CharField"),
    ("DateField", ""),
    ("DateTimeField", "DateField"),
    ("DecimalField", ""),
    ("DurationField", ""),
    ("EmailField", "CharField"),
    ("FileField", ""),
    ("FilePathField", ""),
    ("FloatField", ""),
    ("GenericIPAddressField", ""),
    ("ImageField", "FileField"),
    ("IntegerField", ""),
    ("JSONField", ""),
    ("PositiveBigIntegerField", "BigIntegerField"),
    ("PositiveIntegerField", "IntegerField"),
    ("PositiveSmallIntegerField", "SmallIntegerField"),
    ("SlugField", "CharField"),
    ("SmallAutoField", "AutoField"),
    ("SmallIntegerField", "IntegerField"),
    ("TextField", ""),
    ("TimeField", ""),
    ("URLField", "CharField"),
    ("UUIDField", ""),
];

/// Whether a field of one of Django's classes is one of another, too.
fn is_column_of(kind: &str, wanted: &str) -> Option<bool> {
    let below = |kind: &str| FIELDS_BELOW.iter().find(|(name, _)| *name == kind).map(|(_, below)| *below);
    below(wanted)?;
    let mut at = kind;
    loop {
        if at == wanted {
            return Some(true);
        }
        let next = below(at)?;
        if next.is_empty() {
            return Some(false);
        }
        at = next;
    }
}

fn model(machine: &dyn Machine, class: ClassId) -> Option<&Model> {
    machine.program().schema.of_class(class).filter(|model| model.orm == Orm::Django)
}

fn target(machine: &dyn Machine, relation: Option<&Relation>) -> Value {
    let Some(relation) = relation else { return Value::None };
    match relation.target {
        Some(target) => Value::Class(ClassRef::Known(machine.program().schema.model(target).class)),
        None => Value::ANY,
    }
}
