//! What stubs may ask about models and classes.
//!
//! A model is given as its class, a row, a queryset or a manager. `relation_kind(model, name)` is a text
//! (`"many-to-one"` …) or `None`, `relation_target` the class that it leads to, `relation_loading` SQLAlchemy's `lazy=` of it;
//! `field_names(model, "many-to-many")` lists the fields of a kind (`"column"`: the plain
//! ones; `"relation"`: all that other rows are reached by; `"editable"`: the relations that a form of the admin has) that
//! the model itself declares; `link_between(parent, child)` is the foreign key of an inline form, and `row_of(model)` is a row
//! that somebody else loaded, as it is by default. `query_of(model)` stands in for a queryset of which only the model is
//! known. `model_called("user")` is the only model of that name in snake case; `class_put_on("request", name)` is the class of
//! the project of which its code makes what it sets on an attribute of something of that name, else the model that the attribute
//! is called after, and `is_switch("g", name)` whether all that the project sets there is `True` and, elsewhere, `False` or `None`.
//! `is_listed(model, "autocomplete_fields")` says whether some class of the project lists, under that attribute, the name of a relation
//! that leads to the model.
//! `shown_value(row, "author__name")` what a column of a list shows. `defines(value, name)` says whether a class of the project or
//! a stub has the member.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Machine, Object, Place, Scalar, Sequence, SequenceKind, Value, Why};
use crate::project::{ClassRef, Model, ModelId, Relation, RelationKind};
use crate::syntax::Name;

const LIST: u32 = 310;

/// What nobody was seen making.
const UNSEEN: Value = Value::Unknown(Why::Parameter);

impl Interpreter<'_> {
    /// Calls an intrinsic about models by name.
    pub(super) fn schema_intrinsic(&mut self, name: &str, arguments: &Arguments, place: Place) -> Option<Value> {
        let first = arguments.positional.first();
        let text = |position: usize| arguments.positional.get(position).and_then(Value::as_text);
        match name {
            "relation_kind" => Some(self.relation_kind(first?, text(1))),
            "relation_target" => Some(self.relation_target(first?, text(1)?)),
            "relation_loading" => {
                let relation = self.model(first?).and_then(|model| model.relation(text(1)?));
                Some(relation.map_or(Value::None, |relation| Value::Scalar(Scalar::Text(relation.lazy))))
            }
            "is_nullable" => {
                let model = self.model_of(first?).map(|model| self.program.schema.model(model));
                let relation = model.and_then(|model| model.relation(text(1)?));
                Some(relation.map_or(Value::ANY, |relation| truth(relation.nullable)))
            }
            "field_names" => Some(self.field_names(first?, text(1)?, place)),
            "link_between" => Some(self.link_between(first?, arguments.positional.get(1)?)),
            "app_label" => Some(self.label_part(first?, 0)),
            "model_name" => Some(self.label_part(first?, 1)),
            "defines" => Some(self.defines(first?, text(1)?)),
            "shown_value" => Some(self.shown_value(first?, text(1)?, place)),
            "row_of" => Some(self.row_of(first?, place)),
            "model_called" => Some(self.model_called(text(0)?)),
            "is_switch" => Some(truth(self.index.is_switch(self.program, first?.as_text()?, text(1)?))),
            "class_put_on" => Some(self.class_put_on(first?.as_text()?, text(1)?)),
            "is_listed" => Some(self.is_listed(first?, text(1)?)),
            "query_of" => Some(self.query_of(first?, place)),
            "as_list" => Some(self.as_list(first?, place)),
            "has_joins" => Some(self.has_joins(first?)),
            "django_at_least" => Some(self.django_at_least(arguments)),
            _ => None,
        }
    }

    /// The model that a value is, or has rows of.
    fn model_of(&self, value: &Value) -> Option<ModelId> {
        match value {
            Value::Class(ClassRef::Known(class)) => self.program.schema.of_class(*class).map(|model| model.id),
            Value::Manager(manager) => Some(manager.model),
            Value::Object(id) => match self.object(*id) {
                Object::Row(row) => Some(row.model),
                Object::QuerySet(query) => Some(query.model),
                _ => None,
            },
            Value::Union(parts) => parts.iter().find_map(|part| self.model_of(&part.value)),
            _ => None,
        }
    }

    fn model(&self, value: &Value) -> Option<&Model> {
        self.model_of(value).map(|model| self.program.schema.model(model))
    }

    fn relation_kind(&self, value: &Value, name: Option<Name>) -> Value {
        let Some(name) = name else { return Value::None };
        let kind = self.model(value).and_then(|model| model.relation(name)).map(|relation| kind_name(relation.kind));
        kind.map_or(Value::None, |kind| Value::Scalar(Scalar::Text(Name::new(kind))))
    }

    fn relation_target(&self, value: &Value, name: Name) -> Value {
        let target = self.model(value).and_then(|model| model.relation(name)?.target);
        let class = target.map(|target| self.program.schema.model(target).class);
        class.map_or(Value::None, |class| Value::Class(ClassRef::Known(class)))
    }

    fn field_names(&mut self, value: &Value, kind: Name, place: Place) -> Value {
        let names: Vec<Name> = match self.model(value) {
            Some(model) if kind == "column" => model.columns.iter().map(|column| column.name).collect(),
            Some(model) if kind == "relation" => model.relations.iter().map(|relation| relation.name).collect(),
            Some(model) => {
                // The other side of a relation is no member of the class.
                let is_own = |relation: &Relation| self.program.member(model.class, relation.name, None).is_some();
                let is_kind = |relation: &Relation| match kind.as_str() {
                    "editable" => relation.is_in_forms() && relation.through.is_none(),
                    kind => kind_name(relation.kind) == kind,
                };
                let is_asked = |relation: &&Relation| is_kind(relation) && is_own(relation);
                model.relations.iter().filter(is_asked).map(|relation| relation.name).collect()
            }
            None => Vec::new(),
        };
        let items = names.into_iter().map(|name| Value::Scalar(Scalar::Text(name))).collect();
        self.list_of(items, place)
    }

    /// The foreign key by which rows of the second model belong to one of the first.
    fn link_between(&self, parent: &Value, child: &Value) -> Value {
        let parent = self.model(parent);
        let is_parent = |target: ModelId| {
            parent.is_some_and(|parent| parent.id == target || parent.parents.iter().any(|(id, _)| *id == target))
        };
        let is_link = |relation: &&Relation| relation.kind.holds_key() && relation.target.is_some_and(is_parent);
        let found = self.model(child).and_then(|model| model.relations.iter().find(is_link));
        found.map_or(Value::None, |relation| Value::Scalar(Scalar::Text(relation.name)))
    }

    /// What a column shows: a field or attribute, along `__`, called where it can be.
    fn shown_value(&mut self, row: &Value, path: Name, place: Place) -> Value {
        let mut value = row.clone();
        for part in path.split("__") {
            value = self.template_lookup(&value, Name::new(part), place);
        }
        value
    }

    fn row_of(&mut self, class: &Value, place: Place) -> Value {
        let Value::Class(ClassRef::Known(class)) = class else { return Value::unknown(Why::Parameter) };
        let guesses = std::mem::replace(&mut self.guesses_plan, false);
        let row = self.assumed_instance(*class, place);
        self.guesses_plan = guesses;
        row
    }

    fn class_put_on(&self, owner: Name, name: Name) -> Value {
        let program = self.program;
        // What a framework's own kind of object is made for is another question.
        let is_framed = |base: &ClassRef| matches!(base, ClassRef::Known(base) if program.is_of_stub(*base));
        let made = self.index.class_put_on(program, owner, name);
        if let Some(class) = made.filter(|class| !program.class(*class).mro.iter().any(is_framed)) {
            return Value::Class(ClassRef::Known(class));
        }
        if self.index.is_put_on(self.program, owner, name) { self.model_called(name) } else { UNSEEN }
    }

    fn is_listed(&self, value: &Value, attribute: Name) -> Value {
        let Some(model) = self.model_of(value) else { return Value::ANY };
        let leads_here = |relation: &&Relation| relation.target == Some(model) && relation.through.is_none();
        let relations = self.program.schema.models.iter().flat_map(|other| &other.relations).filter(leads_here);
        let mut names: Vec<Name> = relations.map(|relation| relation.name).collect();
        names.sort_unstable();
        names.dedup();
        truth(names.into_iter().any(|name| self.index.is_listed(self.program, attribute, name)))
    }

    fn model_called(&self, name: Name) -> Value {
        self.index.model_named(&name).map_or(UNSEEN, |class| Value::Class(ClassRef::Known(class)))
    }

    fn query_of(&mut self, class: &Value, place: Place) -> Value {
        let guesses = std::mem::replace(&mut self.guesses_plan, true);
        let query = crate::orm::django::assumed_query(self, class, place);
        self.guesses_plan = guesses;
        query
    }

    fn label_part(&self, value: &Value, part: usize) -> Value {
        let text = self.model(value).and_then(|model| model.label.split('.').nth(part));
        text.map_or(Value::ANY, |text| Value::Scalar(Scalar::Text(Name::new(&text.to_lowercase()))))
    }

    fn defines(&self, value: &Value, name: Name) -> Value {
        let class = match value {
            Value::Class(ClassRef::Known(class)) => Some(*class),
            other => self.class_of(other),
        };
        truth(class.is_some_and(|class| self.program.member(class, name, None).is_some()))
    }

    /// A list or tuple as it is; anything else as the only item of one.
    fn as_list(&mut self, value: &Value, place: Place) -> Value {
        match value {
            Value::Object(id) if matches!(self.object(*id), Object::Sequence(_)) => value.clone(),
            other => self.list_of(vec![other.clone()], place),
        }
    }

    fn list_of(&mut self, items: Vec<Value>, place: Place) -> Value {
        let list = Sequence::of(SequenceKind::List, items);
        Value::Object(self.allocate(place, LIST, Object::Sequence(list)))
    }

    /// Whether a queryset joins anything (`select_related`).
    fn has_joins(&self, value: &Value) -> Value {
        let Value::Object(id) = value else { return Value::ANY };
        match self.object(*id) {
            Object::QuerySet(query) => {
                let joined = query.plan.relations.values().any(|load| !load.is_separate && !load.is_only_path);
                truth(joined || query.plan.joins_all)
            }
            _ => Value::ANY,
        }
    }

    fn django_at_least(&self, arguments: &Arguments) -> Value {
        let number = |position: usize| match arguments.positional.get(position) {
            Some(Value::Scalar(Scalar::Int(number))) => *number,
            _ => 0,
        };
        let (major, minor) = self.options.django;
        truth((i64::from(major), i64::from(minor)) >= (number(0), number(1)))
    }
}

fn truth(truth: bool) -> Value {
    Value::Scalar(Scalar::Bool(truth))
}

fn kind_name(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::ManyToOne => "many-to-one",
        RelationKind::OneToOne => "one-to-one",
        RelationKind::ReverseOneToOne => "reverse-one-to-one",
        RelationKind::OneToMany => "one-to-many",
        RelationKind::ManyToMany => "many-to-many",
        RelationKind::GenericForeignKey => "generic-foreign-key",
        RelationKind::GenericRelation => "generic-relation",
    }
}
