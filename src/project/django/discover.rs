//! Which classes are Django models, and their labels and tables.

use super::super::program::{ClassId, ClassRef, Program};
use super::super::schema::{Model, ModelId, Orm, Schema};
use super::fields::bears_model_fields;
use super::labels::Labels;
use super::meta::Meta;
use crate::syntax::Name;

/// `Model` under the paths that people import it by.
const MODEL_PATHS: &[&str] =
    &["django.db.models.Model", "django.db.models.base.Model", "django.contrib.gis.db.models.Model"];

/// Base models of Django and widely used packages, by class name: their children are models even without fields.
const KNOWN_BASES: &[&str] = &[
    "AbstractBaseUser",
    "AbstractUser",
    "ActivatorModel",
    "ClusterableModel",
    "MPTTModel",
    "OrderedModel",
    "PermissionsMixin",
    "PolymorphicModel",
    "SafeDeleteModel",
    "SoftDeletableModel",
    "StatusModel",
    "TimeFramedModel",
    "TimeStampedModel",
    "TitleDescriptionModel",
    "TitleSlugDescriptionModel",
    "TranslatableModel",
    "UUIDModel",
];

/// All Django models with their label, table and flags; columns and relations are still empty.
pub(super) fn discover(program: &Program) -> Schema {
    let labels = Labels::of(program);
    let mut schema = Schema::default();
    for index in 0..program.classes.len() {
        let class = ClassId(index as u32);
        if is_model(program, class) {
            let id = ModelId(schema.models.len() as u32);
            let model = model(program, &labels, id, class);
            schema.by_class.insert(class, id);
            schema.labels.entry(Name::new(&model.label.to_ascii_lowercase())).or_default().push(id);
            schema.models.push(model);
        }
    }
    prefer_project(program, &mut schema);
    schema
}

/// A model of the project comes before a stub of the same label.
fn prefer_project(program: &Program, schema: &mut Schema) {
    let models = &schema.models;
    for ids in schema.labels.values_mut() {
        ids.sort_by_key(|id| {
            let model = &models[id.0 as usize];
            (program.is_of_stub(model.class), model.is_abstract, *id)
        });
    }
}

fn is_model(program: &Program, class: ClassId) -> bool {
    if is_model_class(program, class) {
        return true;
    }
    let known = program.class(class).mro.iter().filter_map(|entry| match entry {
        ClassRef::Known(id) => Some(*id),
        ClassRef::External(_) => None,
    });
    let has_unknown_base = unknown_bases(program, class).next().is_some();
    has_unknown_base && known.into_iter().any(|id| is_model_with_unknown_base(program, id))
}

fn is_model_class(program: &Program, class: ClassId) -> bool {
    // `Model` itself, where Django is at hand as source or stub, has no rows.
    program.class(class).mro.iter().skip(1).any(|entry| {
        let is_django = MODEL_PATHS.iter().any(|path| program.is_named(*entry, path));
        is_django || matches!(entry, ClassRef::External(path) if is_known_base(path))
    })
}

fn is_known_base(path: &str) -> bool {
    let (package, name) = path.rsplit_once('.').unwrap_or(("", path));
    KNOWN_BASES.contains(&name) && package.contains("model")
}

/// An unresolved base class that bears model fields is still a model, and so are its children.
fn is_model_with_unknown_base(program: &Program, class: ClassId) -> bool {
    unknown_bases(program, class).next().is_some() && bears_model_fields(program, class)
}

fn unknown_bases(program: &Program, class: ClassId) -> impl Iterator<Item = Name> {
    program.class(class).mro.iter().filter_map(|entry| match entry {
        ClassRef::External(path) if !is_harmless(path) => Some(*path),
        _ => None,
    })
}

/// Bases that are known not to bring fields.
fn is_harmless(path: &str) -> bool {
    MODEL_PATHS.contains(&path) || ["typing.", "typing_extensions.", "abc."].iter().any(|home| path.starts_with(home))
}

fn model(program: &Program, labels: &Labels, id: ModelId, class: ClassId) -> Model {
    let meta = Meta::of(program, class);
    let info = program.class(class);
    let app = meta.text("app_label").unwrap_or_else(|| labels.of_module(program, info.module));
    let name = info.class.name;
    let is_abstract = meta.is_abstract();
    let default_table = || Name::new(&format!("{}_{}", app, name.to_lowercase()));
    Model {
        id,
        class,
        orm: Orm::Django,
        label: Name::new(&format!("{app}.{name}")),
        table: (!is_abstract).then(|| meta.text("db_table").map_or_else(default_table, bare)),
        is_abstract,
        is_proxy: meta.is_true("proxy"),
        parents: Vec::new(),
        columns: Vec::new(),
        relations: Vec::new(),
        primary_key: Name::new("id"),
        is_ordered: false,
        ordering: Vec::new(),
        managers: Vec::new(),
        base_manager: None,
        proxies: Vec::new(),
        indexes: Vec::new(),
        options: Vec::new(),
        has_unknown_base: unknown_bases(program, class).next().is_some(),
    }
}

/// `"other"."book"` and `other"."book`, by which people reach a schema, as `other.book`.
fn bare(table: Name) -> Name {
    if table.contains("\".\"") { Name::new(&table.replace('"', "")) } else { table }
}
