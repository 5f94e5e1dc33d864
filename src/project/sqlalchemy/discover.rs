//! Which classes are mapped, with their label and the mapped class they extend.

use super::super::program::{ClassId, Program};
use super::super::resolve::text;
use super::super::schema::ModelId;
use super::attributes::declared;
use super::bases::{Base, Bases, Heritage, called};
use super::constructor::is_mapping;
use super::imperative::Imperative;
use super::scope::Scope;
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, Constant, Expr, ExprKind};

/// A class of the schema before its columns are read.
pub(super) struct Entity {
    /// Its id in the schema.
    pub id: ModelId,
    /// Its class.
    pub class: ClassId,
    /// `shop.Book`
    pub label: Name,
    /// The library whose base it inherits.
    pub base: Base,
    /// `__abstract__ = True`, or a base without a table.
    pub is_abstract: bool,
    /// A base class is not at hand.
    pub has_unknown_base: bool,
    /// The nearest mapped class it inherits from.
    pub parent: Option<ModelId>,
    /// The class and those of its bases that its parent doesn't inherit, in method resolution order.
    pub own: Vec<ClassId>,
    /// All bases of the project, in method resolution order, the class first.
    pub classes: Vec<ClassId>,
}

/// The entities of a program; ids continue after the models that the schema holds already.
pub(super) struct Entities {
    /// In order of id.
    pub all: Vec<Entity>,
    first: u32,
}

impl Entities {
    /// The entity with this id.
    pub fn get(&self, id: ModelId) -> &Entity {
        &self.all[(id.0 - self.first) as usize]
    }

    /// The position of an id in `all`.
    pub fn position(&self, id: ModelId) -> usize {
        (id.0 - self.first) as usize
    }

    /// The entity of a class.
    pub fn of_class(&self, class: ClassId) -> Option<&Entity> {
        self.all.binary_search_by_key(&class, |entity| entity.class).ok().map(|position| &self.all[position])
    }

    /// The entity and the mapped classes it extends, nearest first.
    pub fn lineage(&self, id: ModelId) -> Vec<ModelId> {
        let mut lineage = vec![id];
        while let Some(parent) = lineage.last().and_then(|last| self.get(*last).parent)
            && !lineage.contains(&parent)
        {
            lineage.push(parent);
        }
        lineage
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    None,
    Abstract,
    Mapped,
}

/// Finds all mapped classes.
pub(super) fn discover(program: &Program, imperative: &Imperative) -> Entities {
    let first = program.schema.models.len() as u32;
    let bases = Bases::of(program);
    let heritages: Vec<Heritage> = program.classes.iter().map(|class| bases.heritage(class.id)).collect();
    let finder = Finder { program, imperative, bases: &bases, heritages: &heritages };
    let statuses: Vec<Status> = program.classes.iter().map(|class| finder.status(class.id)).collect();
    let found: Vec<ClassId> = program
        .classes
        .iter()
        .map(|class| class.id)
        .filter(|class| statuses[class.0 as usize] != Status::None)
        .collect();
    let id = |class: ClassId| found.binary_search(&class).ok().map(|position| ModelId(first + position as u32));
    let all = found.iter().map(|class| finder.entity(*class, &statuses, &id));
    Entities { all: all.collect(), first }
}

struct Finder<'a> {
    program: &'a Program,
    imperative: &'a Imperative<'a>,
    bases: &'a Bases<'a>,
    heritages: &'a [Heritage],
}

impl Finder<'_> {
    fn heritage(&self, class: ClassId) -> &Heritage {
        &self.heritages[class.0 as usize]
    }

    fn status(&self, class: ClassId) -> Status {
        if self.imperative.maps(class) {
            return Status::Mapped;
        }
        if self.program.schema.by_class.contains_key(&class) || self.program.is_of_stub(class) {
            return Status::None;
        }
        let heritage = self.heritage(class);
        let is_abstract = self.own_value(class, "__abstract__").is_some_and(is_true);
        match heritage.base {
            _ if is_abstract && heritage.base >= Base::Unknown => Status::Abstract,
            _ if self.is_decorated(class) => Status::Mapped,
            // A child of a decorated or imperatively mapped class is mapped only when it says so itself.
            Base::Plain => Status::None,
            Base::Unknown => self.status_by_body(class),
            Base::SqlModel if !self.is_table(class) => Status::None,
            Base::SqlModel | Base::Flask => Status::Mapped,
            Base::Declarative => self.declarative_status(class),
        }
    }

    fn declarative_status(&self, class: ClassId) -> Status {
        if self.bases.direct(class).iter().any(|found| found.makes_base) {
            return Status::None;
        }
        if self.names_table(class) {
            return Status::Mapped;
        }
        let heritage = self.heritage(class);
        let has_table = heritage.classes.iter().any(|base| self.names_table(*base));
        if has_table || heritage.has_unknown { Status::Mapped } else { Status::Abstract }
    }

    /// An unresolved base class: the class is mapped when a body says so.
    fn status_by_body(&self, class: ClassId) -> Status {
        let classes = &self.heritage(class).classes;
        let names_table = classes.iter().any(|base| self.names_table(*base));
        let is_mixin = self.program.class(class).class.name.ends_with("Mixin");
        if names_table || (!is_mixin && classes.iter().any(|base| self.bears_mapping(*base))) {
            Status::Mapped
        } else {
            Status::None
        }
    }

    fn names_table(&self, class: ClassId) -> bool {
        let members = &self.program.class(class).members;
        ["__tablename__", "__table__"].iter().any(|name| members.contains_key(&Name::new(name)))
            && !self.own_value(class, "__tablename__").is_some_and(is_none)
    }

    fn bears_mapping(&self, class: ClassId) -> bool {
        let scope = Scope::of_class(self.program, class);
        declared(self.program, class, None)
            .iter()
            .any(|attribute| attribute.value.is_some_and(|value| is_mapping(scope, value)))
    }

    /// `@registry.mapped`, `@registry.mapped_as_dataclass`, `@mapped_as_dataclass(registry)`
    fn is_decorated(&self, class: ClassId) -> bool {
        let decorators = &self.program.class(class).class.decorators;
        decorators.iter().any(|decorator| match called(decorator) {
            Some("mapped_as_dataclass") => true,
            Some("mapped") => self.names_table(class),
            _ => false,
        })
    }

    /// `class Hero(SQLModel, table=True)`
    fn is_table(&self, class: ClassId) -> bool {
        self.program.class(class).class.bases.iter().any(|argument| match argument.kind {
            ArgumentKind::Keyword(name) => name == "table" && is_true(&argument.value),
            _ => false,
        })
    }

    fn own_value(&self, class: ClassId, name: &str) -> Option<&Expr> {
        self.program.class_assignment(class, Name::new(name))
    }

    fn entity(&self, class: ClassId, statuses: &[Status], id: &dyn Fn(ClassId) -> Option<ModelId>) -> Entity {
        let heritage = self.heritage(class);
        let is_mapped = |class: &&ClassId| statuses[class.0 as usize] == Status::Mapped;
        let parent = heritage.classes.iter().skip(1).find(is_mapped).copied();
        let mut own = heritage.classes.clone();
        if let Some(parent) = parent {
            let inherited = &self.heritage(parent).classes;
            own.retain(|class| !inherited.contains(class));
        }
        Entity {
            id: id(class).unwrap_or(ModelId(0)),
            class,
            label: label(self.program, class),
            base: heritage.base,
            is_abstract: statuses[class.0 as usize] == Status::Abstract,
            has_unknown_base: heritage.has_unknown || self.is_automapped(heritage),
            parent: parent.and_then(id),
            own,
            classes: heritage.classes.clone(),
        }
    }

    /// Reflection adds columns and relations that no source shows.
    fn is_automapped(&self, heritage: &Heritage) -> bool {
        heritage.classes.iter().any(|class| {
            self.program.class(*class).mro.iter().any(|entry| {
                let path = self.program.class_path(*entry);
                path.ends_with(".DeferredReflection")
                    || path.ends_with(".AutomapBase")
                    || self.is_automap_variable(&path)
            })
        })
    }

    /// `Base = automap_base()`, known by the path of the variable.
    fn is_automap_variable(&self, path: &str) -> bool {
        let Some((module, name)) = path.rsplit_once('.') else { return false };
        let module = self.program.by_name.get(&Name::new(module));
        let value = module.and_then(|module| self.program.assignment(*module, Name::new(name)));
        value.and_then(called) == Some("automap_base")
    }
}

/// The last package of the module, or the module's own name at the top; a package `models` counts for the one it is in.
fn label(program: &Program, class: ClassId) -> Name {
    let info = program.class(class);
    let module = program.module(info.module);
    let mut parts: Vec<&str> = module.name.as_str().split('.').collect();
    if !module.is_package && parts.len() > 1 {
        parts.pop();
    }
    while parts.len() > 1 && matches!(parts.last(), Some(&"models" | &"model")) {
        parts.pop();
    }
    Name::new(&format!("{}.{}", parts.last().unwrap_or(&"app"), info.class.name))
}

fn is_true(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Constant(Constant::Bool(true)))
}

fn is_none(expr: &Expr) -> bool {
    text(expr).is_none() && matches!(expr.kind, ExprKind::Constant(Constant::None))
}
