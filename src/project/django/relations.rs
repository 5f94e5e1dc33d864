//! Forward relations of each model, and the accessors they make on their targets.
//!
//! Follows `RelatedField.contribute_to_class` and `ForeignObjectRel.get_accessor_name` of Django 5.2.

use std::rc::Rc;

use super::super::program::Program;
use super::super::resolve::text;
use super::super::schema::{Model, ModelId, Relation, RelationKind};
use super::fields::{Field, FieldKind};
use super::meta::Meta;
use super::own_fields::fixed_target;
use super::shape::{Shape, concrete};
use super::targets::{Scope, target};
use crate::project::flow::elements;
use crate::syntax::Name;

/// The relations that each model itself makes and gets, by model id; inherited ones are not among them.
pub(super) struct Relations {
    /// Declared here (or copied from an abstract base), with parent links.
    pub forward: Vec<Vec<Relation>>,
    /// The other sides of relations that lead here.
    pub reverse: Vec<Vec<Relation>>,
}

/// Builds forward relations, then join tables, then the other sides.
pub(super) fn relations(program: &Program, shapes: &[Rc<Shape>]) -> Relations {
    let models = &program.schema.models;
    let mut forward: Vec<Vec<Relation>> =
        models.iter().map(|model| Builder { program, shapes, model }.forward(&shapes[model.id.0 as usize])).collect();
    join_declared(program, &mut forward);
    let mut reverse = vec![Vec::new(); models.len()];
    for model in models.iter().filter(|model| !model.is_abstract && !model.is_proxy && !is_swapped(program, model)) {
        for relation in &forward[model.id.0 as usize] {
            let Some(target) = relation.target.map(|target| concrete(shapes, target)) else { continue };
            if let Some(other) = other_side(program, target, relation) {
                reverse[target.0 as usize].push(other);
            }
        }
    }
    Relations { forward, reverse }
}

/// `Meta.swappable = "AUTH_USER_MODEL"` on a model that is not the chosen one.
fn is_swapped(program: &Program, model: &Model) -> bool {
    let setting = Meta::of(program, model.class).text("swappable");
    setting.is_some_and(|setting| setting == "AUTH_USER_MODEL") && program.schema.user_model != Some(model.id)
}

/// The relations of one model.
struct Builder<'a> {
    program: &'a Program,
    shapes: &'a [Rc<Shape<'a>>],
    model: &'a Model,
}

impl Builder<'_> {
    fn forward(&self, shape: &Shape) -> Vec<Relation> {
        let links = shape.parents.iter().filter(|(_, link)| shape.is_implicit_link(*link));
        let mut relations: Vec<Relation> = links.map(|(parent, link)| self.parent_link(*parent, *link)).collect();
        relations.extend(shape.fields.iter().filter_map(|field| self.relation(field, shape)));
        relations
    }

    fn blank(&self, name: Name, kind: RelationKind) -> Relation {
        let class = self.program.class(self.model.class);
        Relation {
            name,
            query_name: name,
            owner: self.model.id,
            target: None,
            kind,
            nullable: false,
            key_attribute: None,
            key_columns: Vec::new(),
            to_field: None,
            reverse: None,
            through: None,
            join_table: None,
            lazy: Name::new("select"),
            options: Vec::new(),
            declared: (class.class.file, class.class.span),
        }
    }

    fn parent_link(&self, parent: ModelId, link: Name) -> Relation {
        let key = Name::new(&format!("{link}_id"));
        let named = Meta::of(self.program, self.model.class).text("default_related_name");
        let accessor = named.map_or_else(|| Name::new(&self.model_name()), |name| self.expand(name));
        Relation {
            target: Some(parent),
            key_attribute: Some(key),
            key_columns: vec![key],
            reverse: Some(accessor),
            options: vec![(Name::new("parent_link"), Name::new("True")), (Name::new("related_query_name"), accessor)],
            ..self.blank(link, RelationKind::OneToOne)
        }
    }

    fn relation(&self, field: &Field, shape: &Shape) -> Option<Relation> {
        let kind = match field.kind {
            FieldKind::Column => return None,
            FieldKind::ForeignKey => RelationKind::ManyToOne,
            FieldKind::OneToOne => RelationKind::OneToOne,
            FieldKind::ManyToMany => RelationKind::ManyToMany,
            FieldKind::GenericForeignKey => RelationKind::GenericForeignKey,
            FieldKind::GenericRelation => RelationKind::GenericRelation,
        };
        let mut relation = self.blank(field.name, kind);
        relation.declared = (self.program.class(field.class).class.file, field.span);
        relation.target = self.target(field);
        if field.arguments.is_false("editable") {
            relation.options.push((Name::new("editable"), Name::new("False")));
        }
        match kind {
            RelationKind::ManyToOne | RelationKind::OneToOne => self.add_key(field, &mut relation),
            RelationKind::ManyToMany => self.add_join(field, &mut relation),
            RelationKind::GenericForeignKey => add_generic_key(field, shape, &mut relation),
            _ => relation.key_columns = generic_columns(field),
        }
        // Tags know nothing of what bears them.
        let is_one_sided = matches!(kind, RelationKind::GenericForeignKey | RelationKind::GenericRelation);
        if !is_one_sided && !is_taggable(field) {
            self.add_reverse(field, &mut relation);
        }
        Some(relation)
    }

    fn target(&self, field: &Field) -> Option<ModelId> {
        if field.kind == FieldKind::GenericForeignKey {
            return None;
        }
        if is_taggable(field) {
            return self.tags(field);
        }
        if let Some(expr) = field.arguments.either("to", 0) {
            return target(self.program, self.scope(field), expr);
        }
        let (class, expr) = fixed_target(self.program, field.own?)?;
        target(self.program, Scope { class, ..self.scope(field) }, expr)
    }

    /// `TaggableManager(through=TaggedBook)`: where the key `tag` of its join model leads, else taggit's own tags.
    fn tags(&self, field: &Field) -> Option<ModelId> {
        let Some(through) = field.arguments.keyword("through") else {
            return self.labelled("taggit.tag");
        };
        let through = target(self.program, self.scope(field), through)?;
        let tag = self.shapes[through.0 as usize].fields.iter().find(|field| field.name == "tag")?;
        target(self.program, Scope { owner: through, class: tag.class }, tag.arguments.either("to", 0)?)
    }

    fn labelled(&self, label: &str) -> Option<ModelId> {
        self.program.schema.labels.get(&Name::new(label))?.first().copied()
    }

    fn scope(&self, field: &Field) -> Scope {
        Scope { owner: self.model.id, class: field.class }
    }

    fn add_key(&self, field: &Field, relation: &mut Relation) {
        relation.nullable = field.arguments.is_true("null");
        relation.to_field = field.arguments.text("to_field");
        if let Some(columns) = field.arguments.keyword("from_fields").and_then(elements) {
            relation.key_columns = columns.iter().filter_map(text).collect();
            return;
        }
        let key = Name::new(&format!("{}_id", field.name));
        relation.key_attribute = Some(key);
        relation.key_columns = vec![field.arguments.text("db_column").unwrap_or(key)];
        if field.arguments.is_true("parent_link") {
            relation.options.push((Name::new("parent_link"), Name::new("True")));
        }
    }

    fn add_join(&self, field: &Field, relation: &mut Relation) {
        let through = field.arguments.keyword("through");
        relation.through = through.and_then(|expr| target(self.program, self.scope(field), expr));
        if is_taggable(field) {
            let by_default = || self.labelled("taggit.taggeditem");
            relation.through = relation.through.or_else(by_default);
            return;
        }
        if through.is_some() {
            let names = field.arguments.keyword("through_fields").and_then(elements).unwrap_or_default();
            relation.key_columns = names.iter().filter_map(text).collect();
            return;
        }
        let default = || self.model.table.map(|table| Name::new(&format!("{table}_{}", field.name)));
        relation.join_table = field.arguments.text("db_table").or_else(default);
        relation.key_columns = self.join_columns(relation.target);
    }

    fn join_columns(&self, target: Option<ModelId>) -> Vec<Name> {
        let own = self.model_name();
        let Some(target) = target else { return vec![Name::new(&format!("{own}_id"))] };
        let other = model_name(self.program, target);
        let columns = if target == self.model.id {
            [format!("from_{own}_id"), format!("to_{other}_id")]
        } else {
            [format!("{own}_id"), format!("{other}_id")]
        };
        columns.iter().map(|column| Name::new(column)).collect()
    }

    fn add_reverse(&self, field: &Field, relation: &mut Relation) {
        let is_many = relation.kind == RelationKind::ManyToMany;
        let is_symmetrical =
            is_many && relation.target == Some(self.model.id) && !field.arguments.is_false("symmetrical");
        let name = self.related_name(field);
        let query_name = field.arguments.text("related_query_name").map(|name| self.expand(name)).or(name);
        // Kept on the forward side until the other side is made from it.
        let query_name = query_name.unwrap_or_else(|| Name::new(&self.model_name()));
        relation.options.push((Name::new("related_query_name"), query_name));
        if is_symmetrical || name.is_some_and(|name| name.ends_with('+')) {
            return;
        }
        let default = match relation.kind {
            RelationKind::OneToOne => self.model_name(),
            _ => format!("{}_set", self.model_name()),
        };
        relation.reverse = Some(name.unwrap_or_else(|| Name::new(&default)));
    }

    /// `related_name`, else `Meta.default_related_name`, with its placeholders filled in.
    fn related_name(&self, field: &Field) -> Option<Name> {
        let position = if field.kind == FieldKind::ManyToMany { 1 } else { 2 };
        let written = field.arguments.either("related_name", position).and_then(text);
        let written = written.or_else(|| Meta::of(self.program, self.model.class).text("default_related_name"));
        written.filter(|name| !name.is_empty()).map(|name| self.expand(name))
    }

    fn expand(&self, name: Name) -> Name {
        if !name.contains("%(") {
            return name;
        }
        let app = self.model.label.rsplit_once('.').map_or("", |(app, _)| app).to_lowercase();
        let class = self.model_name();
        let name = name.replace("%(class)s", &class).replace("%(model_name)s", &class);
        Name::new(&name.replace("%(app_label)s", &app))
    }

    fn model_name(&self) -> String {
        model_name(self.program, self.model.id)
    }
}

/// Django's `_meta.model_name`.
fn model_name(program: &Program, model: ModelId) -> String {
    program.class(program.schema.model(model).class).class.name.to_lowercase()
}

/// `GenericForeignKey("content_type", "object_id")`
fn add_generic_key(field: &Field, shape: &Shape, relation: &mut Relation) {
    let part = |keyword, position, default| {
        field.arguments.either(keyword, position).and_then(text).unwrap_or_else(|| Name::new(default))
    };
    let kind = part("ct_field", 0, "content_type");
    let key = part("fk_field", 1, "object_id");
    let written = shape.fields.iter().find(|other| other.name == kind);
    relation.nullable = written.is_some_and(|other| other.arguments.is_true("null"));
    relation.key_attribute = Some(key);
    relation.key_columns = vec![Name::new(&format!("{kind}_id")), key];
}

/// `GenericRelation(Tag, content_type_field="content_type", object_id_field="object_id")`
fn generic_columns(field: &Field) -> Vec<Name> {
    let kind = field.arguments.text("content_type_field").unwrap_or_else(|| Name::new("content_type"));
    let key = field.arguments.text("object_id_field").unwrap_or_else(|| Name::new("object_id"));
    vec![Name::new(&format!("{kind}_id")), key]
}

/// Fills table and key columns of many-to-many relations that go through a declared model.
fn join_declared(program: &Program, forward: &mut [Vec<Relation>]) {
    for owner in 0..forward.len() {
        for position in 0..forward[owner].len() {
            let relation = &forward[owner][position];
            if let Some(through) = relation.through {
                let columns = through_columns(&forward[through.0 as usize], relation);
                let relation = &mut forward[owner][position];
                relation.join_table = program.schema.model(through).table;
                relation.key_columns = columns;
            }
        }
    }
}

fn through_columns(joins: &[Relation], relation: &Relation) -> Vec<Name> {
    let keys = || joins.iter().filter(|join| join.kind.holds_key());
    let named = |name: &Name| keys().find(|join| join.name == *name);
    let (own, other) = match &relation.key_columns[..] {
        [own, other] => (named(own), named(other)),
        _ => {
            let own = keys().find(|join| join.target == Some(relation.owner));
            let is_other =
                |join: &&Relation| join.target == relation.target && own.is_none_or(|own| own.name != join.name);
            (own, keys().find(is_other))
        }
    };
    [own, other].into_iter().flatten().flat_map(|join| join.key_columns.iter().copied()).collect()
}

/// The accessor that a forward relation makes on its target.
fn other_side(program: &Program, target: ModelId, relation: &Relation) -> Option<Relation> {
    let name = relation.reverse?;
    let kind = match relation.kind {
        RelationKind::ManyToOne => RelationKind::OneToMany,
        RelationKind::OneToOne => RelationKind::ReverseOneToOne,
        RelationKind::ManyToMany => RelationKind::ManyToMany,
        _ => return None,
    };
    if program.schema.model(target).is_abstract {
        return None;
    }
    let option = |wanted: &str| relation.options.iter().find(|(option, _)| *option == wanted).map(|(_, value)| *value);
    let mut key_columns = relation.key_columns.clone();
    if kind == RelationKind::ManyToMany {
        key_columns.reverse();
    }
    let options = relation.options.iter().filter(|(option, _)| *option == "parent_link").copied().collect();
    Some(Relation {
        name,
        query_name: option("related_query_name").unwrap_or(name),
        owner: target,
        target: Some(relation.owner),
        kind,
        nullable: kind == RelationKind::ReverseOneToOne,
        key_attribute: None,
        key_columns,
        reverse: Some(relation.name),
        options,
        ..relation.clone()
    })
}

/// Whether a field is a manager of tags, of django-taggit.
fn is_taggable(field: &Field) -> bool {
    field.constructor.ends_with("TaggableManager")
}
