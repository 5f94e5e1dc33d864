//! What linking has found out, as numbers that stay the same wherever the code stands and whatever is added elsewhere.
//!
//! What it says of a file besides the words that stand there: what names mean that it imports, whom its classes inherit
//! from, what other files put on them. And what it says of the project as a whole: the schema.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

use super::program::{Binding, ClassId, ClassInfo, ClassRef, Member, Module, Program};
use super::schema::{Column, Index, Manager, ManagerClass, Model, ModelId, Relation, Schema, SessionDefaults};
use crate::source::FileId;
use crate::syntax::ir::Function;
use crate::syntax::{Name, functions};

/// Numbers for what linking has found out.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// By class: which one it is.
    pub(crate) classes: Vec<u64>,
    /// By file.
    pub(crate) files: Vec<u64>,
    /// Of no file by itself.
    pub(crate) whole: u64,
    /// Functions whose file has earlier ones of the same name: how many.
    repeated: FxHashMap<(FileId, u32), u32>,
}

impl Told {
    pub(crate) fn of(program: &Program) -> Told {
        let mut told = Told { repeated: repeated(program), ..Told::default() };
        let ambiguous;
        (told.classes, ambiguous) = classes(program);
        told.files = vec![0; program.files.len()];
        let of_modules: Vec<(FileId, u64)> =
            program.modules.par_iter().map(|module| (module.file, told.module(program, module))).collect();
        let of_classes: Vec<(FileId, u64)> =
            program.classes.par_iter().map(|class| (class.class.file, told.class(program, class))).collect();
        let made = program.made.iter().map(|((file, _), class)| (*file, number(&("made", told.key(*class)))));
        let all: Vec<(FileId, u64)> = of_modules.into_iter().chain(of_classes).chain(made).collect();
        for (file, number) in all {
            told.add(file, number);
        }
        told.whole = number(&(told.schema(&program.schema, program), ambiguous));
        told
    }

    /// Adds to what is said of a file.
    pub(crate) fn add(&mut self, file: FileId, number: u64) {
        if let Some(sum) = self.files.get_mut(file.0 as usize) {
            *sum = sum.wrapping_add(number);
        }
    }

    /// A number for which class it is.
    pub(crate) fn key(&self, class: ClassId) -> u64 {
        self.classes.get(class.0 as usize).copied().unwrap_or_default()
    }

    /// A number for which function it is, and for its header.
    pub(crate) fn function(&self, program: &Program, function: &Function) -> u64 {
        let start = function.decorators.first().map_or(function.span.start, |first| first.span.start);
        let header = program.files.get(function.file.0 as usize).map(|file| file.slice(start, function.span.end));
        number(&(self.name_of(function), header))
    }

    fn name_of(&self, function: &Function) -> u64 {
        let before = self.repeated.get(&(function.file, function.span.start)).copied().unwrap_or_default();
        number(&(function.file.0, function.qualified.as_str(), before))
    }

    /// As `function`, for whoever knows the words of this file.
    fn function_for(&self, program: &Program, file: FileId, function: &Function) -> u64 {
        if function.file == file { self.name_of(function) } else { self.function(program, function) }
    }

    fn module(&self, program: &Program, module: &Module) -> u64 {
        let bindings = module.bindings.iter().map(|(name, binding)| {
            let (kind, about, text) = match binding {
                Binding::Module(other) => (0, u64::from(program.module_itself(*other).file.0), ""),
                Binding::Class(class) => (1, self.key(*class), ""),
                Binding::Function(function) => (2, self.function_for(program, module.file, function), ""),
                Binding::Variable(home, name) => (3, u64::from(program.module_itself(*home).file.0), name.as_str()),
                Binding::External(path) => (4, 0, path.as_str()),
            };
            number(&(name.as_str(), kind, about, text))
        });
        let bindings = bindings.fold(0, u64::wrapping_add);
        let stars: Vec<&str> = module.external_stars.iter().map(|star| star.as_str()).collect();
        number(&(module.name.as_str(), module.import_root.as_str(), stars, bindings))
    }

    fn class(&self, program: &Program, class: &ClassInfo) -> u64 {
        let members = class.members.iter().map(|(name, member)| {
            let (kind, about) = match member {
                Member::Function(function) => (0, self.function_for(program, class.class.file, function)),
                Member::Property(function) => (1, self.function_for(program, class.class.file, function)),
                Member::Class(inner) => (2, self.key(*inner)),
                Member::Variable(position) => (3, *position as u64),
            };
            number(&(name.as_str(), kind, about))
        });
        let members = members.fold(0, u64::wrapping_add);
        number(&(self.key(class.id), class.outer.map(|outer| self.key(outer)), self.order(&class.mro), members))
    }

    fn order(&self, mro: &[ClassRef]) -> u64 {
        let mut hasher = Xxh3::new();
        for entry in mro {
            match entry {
                ClassRef::Known(class) => self.key(*class).hash(&mut hasher),
                ClassRef::External(path) => path.as_str().hash(&mut hasher),
            }
        }
        hasher.finish()
    }

    fn schema(&self, schema: &Schema, program: &Program) -> u64 {
        let Schema { models, by_class: _, user_model, labels, sessions, query_session, has_query_property } = schema;
        let key = |model: ModelId| schema.models.get(model.0 as usize).map(|model| self.key(model.class));
        let models: Vec<u64> = models.par_iter().map(|model| self.model(model, program, &key)).collect();
        let labels = labels.iter().map(|(label, models)| number(&(label.as_str(), numbers(models))));
        let labels = labels.fold(0, u64::wrapping_add);
        let SessionDefaults { autoflush, expires } = sessions;
        let session = query_session.map(|(module, name)| (program.module_itself(module).file.0, name.as_str()));
        number(&(models, user_model.and_then(key), labels, autoflush, expires, session, has_query_property))
    }

    fn model(&self, model: &Model, program: &Program, key: &(impl Fn(ModelId) -> Option<u64> + Sync)) -> u64 {
        let Model {
            id,
            class,
            orm,
            label,
            table,
            is_abstract,
            is_proxy,
            parents,
            columns,
            relations,
            primary_key,
            is_ordered,
            ordering,
            managers,
            base_manager,
            proxies,
            indexes,
            options,
            has_unknown_base,
        } = model;
        let mut hasher = Xxh3::new();
        (id.0, self.key(*class), orm, label.as_str(), text(*table), is_abstract, is_proxy).hash(&mut hasher);
        (primary_key.as_str(), is_ordered, text(*base_manager), has_unknown_base).hash(&mut hasher);
        // Who inherits from whom among models is asked of all of them.
        self.order(&program.class_itself(*class).mro).hash(&mut hasher);
        parents.iter().for_each(|(parent, link)| (key(*parent), link.as_str()).hash(&mut hasher));
        columns.iter().for_each(|column| hash_column(column, &mut hasher));
        relations.iter().for_each(|relation| hash_relation(relation, key, &mut hasher));
        texts(ordering).hash(&mut hasher);
        managers.iter().for_each(|manager| self.hash_manager(manager, &mut hasher));
        let proxies = proxies.iter().map(|(name, relation, far)| (name.as_str(), relation.as_str(), far.as_str()));
        proxies.collect::<Vec<_>>().hash(&mut hasher);
        for Index { columns, unique, unique_where } in indexes {
            let where_ = unique_where.iter().map(|(column, truth)| (column.as_str(), *truth)).collect::<Vec<_>>();
            (texts(columns), unique, where_).hash(&mut hasher);
        }
        pairs(options).hash(&mut hasher);
        hasher.finish()
    }

    fn hash_manager(&self, manager: &Manager, hasher: &mut Xxh3) {
        let Manager { name, class } = manager;
        let class = match class {
            ManagerClass::Builtin => (0, 0, None),
            ManagerClass::Manager(class, set) => (1, self.key(*class), set.map(|set| self.key(set))),
            ManagerClass::QuerySet(class) => (2, self.key(*class), None),
            ManagerClass::Unknown => (3, 0, None),
        };
        (name.as_str(), class).hash(hasher);
    }
}

fn hash_column(column: &Column, hasher: &mut Xxh3) {
    let Column { name, column, kind, primary_key, unique, indexed, nullable, deferred, options, declared } = column;
    (name.as_str(), column.as_str(), kind.as_str(), primary_key, unique, indexed, nullable, deferred).hash(hasher);
    (pairs(options), declared.0.0).hash(hasher);
}

fn hash_relation(relation: &Relation, key: &impl Fn(ModelId) -> Option<u64>, hasher: &mut Xxh3) {
    let Relation {
        name,
        query_name,
        owner,
        target,
        kind,
        nullable,
        key_attribute,
        key_columns,
        to_field,
        reverse,
        through,
        join_table,
        lazy,
        options,
        declared,
    } = relation;
    (name.as_str(), query_name.as_str(), key(*owner), target.map(key), kind, nullable).hash(hasher);
    (text(*key_attribute), texts(key_columns), text(*to_field), text(*reverse), through.map(key)).hash(hasher);
    (text(*join_table), lazy.as_str(), pairs(options), declared.0.0).hash(hasher);
}

fn text(name: Option<Name>) -> Option<&'static str> {
    name.map(Name::as_str)
}

fn texts(names: &[Name]) -> Vec<&'static str> {
    names.iter().map(|name| name.as_str()).collect()
}

fn pairs(pairs: &[(Name, Name)]) -> Vec<(&'static str, &'static str)> {
    pairs.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect()
}

fn numbers(models: &[ModelId]) -> Vec<u32> {
    models.iter().map(|model| model.0).collect()
}

/// A number for something; what holds names is hashed by their texts.
pub(crate) fn number(value: &impl Hash) -> u64 {
    let mut hasher = Xxh3::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A number for each class, and one for those that only their order tells apart: while these are as many, the number of
/// each means the same class.
fn classes(program: &Program) -> (Vec<u64>, u64) {
    let calls: FxHashMap<ClassId, (u32, &str)> = program
        .made
        .iter()
        .map(|((file, span), class)| {
            let text = program.files.get(file.0 as usize).map_or("", |source| source.slice(span.start, span.end));
            (*class, (file.0, text))
        })
        .collect();
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    let mut keys = Vec::with_capacity(program.classes.len());
    for class in &program.classes {
        let module = program.module_itself(class.module).file.0;
        let name = class.class.qualified.as_str();
        let own = number(&(class.class.file.0, module, name, calls.get(&class.id)));
        let count = counts.entry(own).or_default();
        keys.push(if *count == 0 { own } else { number(&(own, *count)) });
        *count += 1;
    }
    let several = counts.iter().filter(|(_, count)| **count > 1).map(|several| number(&several));
    (keys, several.fold(0, u64::wrapping_add))
}

fn repeated(program: &Program) -> FxHashMap<(FileId, u32), u32> {
    let of_module = |module: &Module| {
        let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
        let functions = functions(&module.outline).into_iter().filter_map(|function| {
            let count = seen.entry(function.qualified.as_str()).or_default();
            *count += 1;
            (*count > 1).then(|| ((function.file, function.span.start), *count - 1))
        });
        functions.collect::<Vec<_>>()
    };
    program.modules.par_iter().flat_map_iter(of_module).collect()
}
