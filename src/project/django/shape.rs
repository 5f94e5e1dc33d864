//! Which fields and parents a model has after Django's metaclass: own fields, copies of abstract fields, parent links.
//!
//! Follows `ModelBase.__new__` of Django 5.2 (`django/db/models/base.py`).

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::super::program::{ClassId, ClassRef, Program};
use super::super::schema::ModelId;
use super::fields::{Field, FieldKind, declared};
use super::targets::{Scope, target};
use crate::syntax::Name;

/// What a model holds in its own table, and what it stands on.
#[derive(Debug, Default)]
pub(super) struct Shape<'a> {
    /// Own fields and copies of abstract fields.
    pub fields: Vec<Field<'a>>,
    /// Parents with a table of their own, and the attribute that links to each.
    pub parents: Vec<(ModelId, Name)>,
    /// For a proxy: the model whose rows it shows.
    pub proxied: Option<ModelId>,
}

impl Shape<'_> {
    /// Whether `name` links to a parent and is not written in any class body.
    pub fn is_implicit_link(&self, name: Name) -> bool {
        !self.fields.iter().any(|field| field.name == name)
    }
}

/// Shapes of all models, by id.
pub(super) fn shapes(program: &Program) -> Vec<Rc<Shape<'_>>> {
    let count = program.schema.models.len();
    let mut shapes =
        Shapes { program, done: vec![None; count], open: vec![false; count], direct: direct_bases(program) };
    (0..count).map(|index| shapes.of(ModelId(index as u32))).collect()
}

/// The model whose table holds the rows of `model`: itself, or what it is a proxy of.
pub(super) fn concrete(shapes: &[Rc<Shape>], model: ModelId) -> ModelId {
    shapes[model.0 as usize].proxied.unwrap_or(model)
}

fn direct_bases(program: &Program) -> Vec<FxHashSet<ClassId>> {
    let mut direct = vec![FxHashSet::default(); program.classes.len()];
    for class in &program.classes {
        for child in &class.subclasses {
            direct[child.0 as usize].insert(class.id);
        }
    }
    direct
}

struct Shapes<'a> {
    program: &'a Program,
    done: Vec<Option<Rc<Shape<'a>>>>,
    open: Vec<bool>,
    direct: Vec<FxHashSet<ClassId>>,
}

impl<'a> Shapes<'a> {
    fn of(&mut self, model: ModelId) -> Rc<Shape<'a>> {
        let index = model.0 as usize;
        if let Some(shape) = &self.done[index] {
            return shape.clone();
        }
        if std::mem::replace(&mut self.open[index], true) {
            return Rc::default();
        }
        let shape = Rc::new(self.compute(model));
        self.done[index] = Some(shape.clone());
        shape
    }

    fn compute(&mut self, model: ModelId) -> Shape<'a> {
        let program = self.program;
        let class = program.schema.model(model).class;
        let mut shape = Shape { fields: declared(program, class), ..Shape::default() };
        let mut taken: FxHashSet<Name> = program.class(class).members.keys().copied().collect();
        for entry in &program.class(class).mro[1..] {
            let ClassRef::Known(base) = entry else { continue };
            let direct = self.direct[class.0 as usize].contains(base);
            match program.schema.by_class.get(base) {
                Some(base) if direct => self.inherit(model, *base, &mut shape, &mut taken),
                _ => taken.extend(program.class(*base).members.keys().copied()),
            }
        }
        shape
    }

    fn inherit(&mut self, model: ModelId, base: ModelId, shape: &mut Shape<'a>, taken: &mut FxHashSet<Name>) {
        let inherited = self.of(base);
        let program = self.program;
        if program.schema.model(base).is_abstract {
            let new = inherited.fields.iter().filter(|field| !taken.contains(&field.name));
            shape.fields.extend(new.copied());
            taken.extend(inherited.fields.iter().map(|field| field.name));
            for parent in &inherited.parents {
                add_parent(shape, *parent);
            }
            shape.proxied = shape.proxied.or(inherited.proxied);
            return;
        }
        let parent = inherited.proxied.unwrap_or(base);
        if program.schema.model(model).is_proxy {
            shape.proxied = Some(parent);
        } else {
            let link = self.written_link(model, parent, shape).unwrap_or_else(|| implicit_link(program, parent));
            add_parent(shape, (parent, link));
        }
    }

    /// `place = OneToOneField(Place, parent_link=True)`
    fn written_link(&self, model: ModelId, parent: ModelId, shape: &Shape<'a>) -> Option<Name> {
        let mut links = shape.fields.iter().filter(|field| field.kind == FieldKind::OneToOne);
        let link = links.find(|field| {
            let scope = Scope { owner: model, class: field.class };
            let to = field.arguments.either("to", 0).and_then(|expr| target(self.program, scope, expr));
            field.arguments.is_true("parent_link") && to == Some(parent)
        });
        link.map(|field| field.name)
    }
}

fn add_parent(shape: &mut Shape, parent: (ModelId, Name)) {
    if !shape.parents.iter().any(|(known, _)| *known == parent.0) {
        shape.parents.push(parent);
    }
}

fn implicit_link(program: &Program, parent: ModelId) -> Name {
    let class = program.schema.model(parent).class;
    Name::new(&format!("{}_ptr", program.class(class).class.name.to_lowercase()))
}
