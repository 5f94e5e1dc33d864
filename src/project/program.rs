//! The linked program: modules by dotted name, classes with their method resolution order, names to bindings.

use serde::{Deserialize, Serialize};

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::module_index::ModuleIndex;
use super::python_2::Python2;
use super::schema::{Model, Schema};
use crate::source::{FileId, SourceFile};
use crate::syntax::Name;
use crate::syntax::ir::{self, Expr, Function, Span};
use crate::syntax::reads::{self, Question, Reads};

/// A module of the project or a compiled-in stub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub u32);

/// A class of the project or of a stub, nested and function-local ones included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClassId(pub u32);

/// One module.
#[derive(Debug)]
pub struct Module {
    /// Its id.
    pub id: ModuleId,
    /// Dotted name from the import root: `shop.models`.
    pub name: Name,
    /// Its file.
    pub file: FileId,
    /// True for `__init__.py`.
    pub is_package: bool,
    /// True for a compiled-in or user stub.
    pub is_stub: bool,
    /// True for a template: its names are those of the context it is rendered with, and no builtins.
    pub is_template: bool,
    /// Its statements.
    pub outline: Arc<ir::Outline>,
    /// What each top-level name means, in its last binding.
    pub bindings: FxHashMap<Name, Binding>,
    /// The directory its name starts from, relative to the project root; empty for stubs.
    pub import_root: Name,
    /// Modules outside the project whose names it takes over with `*`.
    pub external_stars: Vec<Name>,
}

/// A file that changes a database. Unless somebody asked for it, it is no module: rules about migrations alone read it.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The file.
    pub file: FileId,
    /// It was named, or migrations were asked for.
    pub is_asked_for: bool,
}

/// What a name at module or class level stands for.
#[derive(Debug, Clone)]
pub enum Binding {
    /// Another module.
    Module(ModuleId),
    /// A class.
    Class(ClassId),
    /// A function.
    Function(Arc<ir::Function>),
    /// A variable: the module whose top level assigns it and its name there (an import may rename it). The
    /// interpreter evaluates the assignment.
    Variable(ModuleId, Name),
    /// Something outside the project and its stubs: its dotted path, `django.db.models.CharField`.
    External(Name),
}

/// A base class: known or only named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClassRef {
    /// A class whose code is known.
    Known(ClassId),
    /// A class outside, by dotted path.
    External(Name),
}

/// A member of a class body.
#[derive(Debug, Clone)]
pub enum Member {
    /// A method; for `name = property(getter)` the variable form is given instead.
    Function(Arc<ir::Function>),
    /// What `property(getter)`, put on the class from outside, computes an attribute with.
    Property(Arc<ir::Function>),
    /// A nested class.
    Class(ClassId),
    /// A class attribute: an index into `ClassInfo::class.body`, the statement that assigns it last.
    Variable(usize),
}

/// One class.
#[derive(Debug)]
pub struct ClassInfo {
    /// Its id.
    pub id: ClassId,
    /// The module it stands in.
    pub module: ModuleId,
    /// Its syntax.
    pub class: Arc<ir::Class>,
    /// The class it is nested in.
    pub outer: Option<ClassId>,
    /// Its own members.
    pub members: FxHashMap<Name, Member>,
    /// C3 order, the class itself first; where C3 fails, depth first without repeats.
    pub mro: Vec<ClassRef>,
    /// Classes that name this one as a direct base, in order of id.
    pub(super) subclasses: Vec<ClassId>,
}

impl ClassInfo {
    /// Whether its body gives an attribute a value; an annotation alone does not.
    pub fn assigns(&self, name: Name) -> bool {
        match self.members.get(&name) {
            Some(Member::Variable(index)) => {
                let statement = self.class.body.get(*index).map(|statement| &statement.kind);
                !matches!(statement, Some(ir::StmtKind::Annotated { value: None, .. }))
            }
            found => found.is_some(),
        }
    }
}

/// The whole linked project.
#[derive(Debug, Default)]
pub struct Program {
    /// Sources by file id.
    pub files: Vec<Arc<SourceFile>>,
    /// Modules by id.
    pub modules: Vec<Module>,
    /// Modules by dotted name.
    pub by_name: FxHashMap<Name, ModuleId>,
    /// Modules by file.
    pub by_file: FxHashMap<FileId, ModuleId>,
    /// Classes by id.
    pub classes: Vec<ClassInfo>,
    /// Classes by the place of their syntax.
    pub by_syntax: FxHashMap<(FileId, u32), ClassId>,
    /// Classes that a function makes, by the call.
    pub made: FxHashMap<(FileId, Span), ClassId>,
    /// The bases that such a call gives them.
    pub(crate) made_bases: FxHashMap<ClassId, Vec<ClassRef>>,
    /// The models.
    pub schema: Schema,
    /// Migrations, in the order of their paths.
    pub migrations: Vec<Migration>,
    /// Templates by the name they are rendered by, the best match first.
    pub templates: FxHashMap<Name, Vec<FileId>>,
    /// Templates by the name of their file.
    pub(crate) templates_by_file: FxHashMap<Name, Vec<FileId>>,
    /// Every way to spell a module.
    pub(crate) index: ModuleIndex,
    /// Whether imports are those of Python 2.
    pub(crate) python_2: Python2,
    /// What linking has read besides what stands outside of functions.
    pub(crate) reads: Reads,
    /// The folder that paths are relative to.
    pub(crate) root: PathBuf,
}

impl Program {
    /// The module with this id; whoever asks for it has read what stands outside of its functions.
    pub fn module(&self, id: ModuleId) -> &Module {
        let module = self.module_itself(id);
        reads::outside(module.file);
        module
    }

    /// The class with this id; whoever asks for it has read what stands outside of functions in its file.
    pub fn class(&self, id: ClassId) -> &ClassInfo {
        let class = self.class_itself(id);
        reads::outside(class.class.file);
        class
    }

    /// As `module`, for whoever asks only what is the same as long as the module is there: its names, whether it is a stub.
    pub(super) fn module_itself(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// As `class`, for whoever asks only what is the same as long as the class is there: its names and its module.
    pub(super) fn class_itself(&self, id: ClassId) -> &ClassInfo {
        &self.classes[id.0 as usize]
    }

    /// Whether a class comes from a stub, not from the project.
    pub fn is_of_stub(&self, class: ClassId) -> bool {
        self.module_itself(self.class_itself(class).module).is_stub
    }

    /// The module of a file.
    pub fn module_of(&self, file: FileId) -> Option<&Module> {
        self.by_file.get(&file).map(|id| self.module(*id))
    }

    /// What `name` means at the top level of `module`; a submodule counts as a name of its package.
    pub fn lookup(&self, module: ModuleId, name: Name) -> Option<Binding> {
        let found = self.module(module);
        if let Some(binding) = found.bindings.get(&name) {
            return Some(binding.clone());
        }
        if !self.index.is_parent(found.name) {
            return None;
        }
        self.find_module(Some(module), &format!("{}.{}", found.name, name)).map(Binding::Module)
    }

    /// The class at a place of syntax.
    pub fn class_at(&self, file: FileId, start: u32) -> Option<ClassId> {
        self.by_syntax.get(&(file, start)).copied()
    }

    /// The class that a call at the top of a module or in the body of a class makes.
    pub fn made_by(&self, file: FileId, call: &Expr) -> Option<ClassId> {
        self.made.get(&(file, call.span)).copied()
    }

    /// The first class of `class`'s MRO that has a member `name`, with the member; `after` skips up to and including
    /// that class (for `super()`). The second part of the answer is false when an external class comes before the
    /// hit, so that the external one may define the name.
    pub fn member(&self, class: ClassId, name: Name, after: Option<ClassId>) -> Option<(ClassId, &Member, bool)> {
        let mut sure = true;
        let mut skipping = after.is_some();
        for entry in &self.class(class).mro {
            match entry {
                ClassRef::Known(id) => {
                    if skipping {
                        skipping = Some(*id) != after;
                        continue;
                    }
                    if let Some(member) = self.class(*id).members.get(&name) {
                        return Some((*id, member, sure));
                    }
                }
                ClassRef::External(_) => sure &= skipping,
            }
        }
        None
    }

    /// Whether `class` is, or inherits from, the external class with this dotted path; a stub or installed module that
    /// defines it counts.
    pub fn inherits_external(&self, class: ClassId, path: &str) -> bool {
        self.class(class).mro.iter().any(|entry| self.is_named(*entry, path))
    }

    /// Whether a class reference means the class with this dotted path.
    pub fn is_named(&self, class: ClassRef, path: &str) -> bool {
        match class {
            ClassRef::External(name) => name == path,
            ClassRef::Known(id) => {
                let info = self.class_itself(id);
                let module = self.module_itself(info.module).name;
                path.strip_suffix(info.class.qualified.as_str()).and_then(|path| path.strip_suffix('.'))
                    == Some(module.as_str())
            }
        }
    }

    /// The dotted path of a class: `shop.models.Book`.
    pub fn class_path(&self, class: ClassRef) -> Name {
        match class {
            ClassRef::External(name) => name,
            ClassRef::Known(id) => {
                let info = self.class_itself(id);
                Name::new(&format!("{}.{}", self.module_itself(info.module).name, info.class.qualified))
            }
        }
    }

    /// The text of a function from its header to the end of its body.
    pub fn text_of(&self, function: &Function) -> &str {
        function.body.is_read();
        let end = function.body.span().end.max(function.span.end);
        self.files.get(function.file.0 as usize).map_or("", |file| file.slice(function.span.start, end))
    }

    /// Whether `class` is `base` or inherits from it.
    pub fn inherits(&self, class: ClassId, base: ClassId) -> bool {
        self.class(class).mro.contains(&ClassRef::Known(base))
    }

    /// Whether the class of a model is `base` or inherits from it: who among models does is a part of the schema.
    pub fn extends(&self, model: &Model, base: ClassId) -> bool {
        self.class_itself(model.class).mro.contains(&ClassRef::Known(base))
    }

    /// The classes that name this one as a direct base, in order of id.
    pub fn subclasses(&self, class: ClassId) -> &[ClassId] {
        reads::question(Question::Below(class.0));
        &self.class_itself(class).subclasses
    }

    /// The classes that inherit from this one, in order of id.
    pub fn below(&self, base: ClassId) -> Vec<ClassId> {
        reads::question(Question::Below(base.0));
        let inherits = |class: &&ClassInfo| class.id != base && class.mro.contains(&ClassRef::Known(base));
        self.classes.iter().filter(inherits).map(|class| class.id).collect()
    }
}
