//! Which module an absolute dotted name means, seen from another module.

use rustc_hash::{FxHashMap, FxHashSet};

use super::program::{ModuleId, Program};
use crate::syntax::Name;

/// Modules by every spelling.
#[derive(Debug, Default)]
pub(crate) struct ModuleIndex {
    exact: FxHashMap<Name, Vec<ModuleId>>,
    alias: FxHashMap<Name, Vec<ModuleId>>,
    /// Names that have a module below them.
    parents: FxHashSet<Name>,
}

impl ModuleIndex {
    /// Registers the name a module is imported by.
    pub fn add(&mut self, name: Name, module: ModuleId) {
        self.exact.entry(name).or_default().push(module);
        self.add_parents(name);
    }

    /// Registers a spelling that holds when another directory is on `sys.path`.
    pub fn add_alias(&mut self, name: Name, module: ModuleId) {
        self.alias.entry(name).or_default().push(module);
        self.add_parents(name);
    }

    fn add_parents(&mut self, name: Name) {
        let mut rest = name.as_str();
        while let Some((parent, _)) = rest.rsplit_once('.') {
            self.parents.insert(Name::new(parent));
            rest = parent;
        }
    }

    /// Whether a module is imported by this name.
    pub fn is_exact(&self, name: Name) -> bool {
        self.exact.contains_key(&name)
    }

    /// Whether any spelling begins with this name and goes on after a dot.
    pub fn is_parent(&self, name: Name) -> bool {
        self.parents.contains(&name)
    }
}

impl Program {
    /// The module of a dotted name, seen from `from`: in Python 2 its neighbour; else of the same import root first, then of any, then a stub, then one
    /// whose path ends so.
    pub fn find_module(&self, from: Option<ModuleId>, dotted: &str) -> Option<ModuleId> {
        let name = self.neighbour(from, dotted).unwrap_or(Name::new(dotted));
        let exact = self.index.exact.get(&name).and_then(|modules| self.nearest(from, modules));
        exact.or_else(|| self.by_alias(from, name))
    }

    fn nearest(&self, from: Option<ModuleId>, modules: &[ModuleId]) -> Option<ModuleId> {
        let root = from.map(|from| self.module_itself(from).import_root);
        let same = modules
            .iter()
            .find(|id| Some(self.module_itself(**id).import_root) == root && !self.module_itself(**id).is_stub);
        let own = || modules.iter().find(|id| !self.module_itself(**id).is_stub);
        same.or_else(own).or(modules.first()).copied()
    }

    fn by_alias(&self, from: Option<ModuleId>, name: Name) -> Option<ModuleId> {
        let modules = self.index.alias.get(&name)?;
        let from = from.map(|from| self.path_of(from));
        // A bare name such as `json` means the neighbour only when it lies beside the importing script.
        let beside =
            |id: &&ModuleId| name.contains('.') || from.is_some_and(|from| same_directory(from, self.path_of(**id)));
        let closeness =
            |id: &&ModuleId| (from.map_or(0, |from| shared(from, self.path_of(**id))), std::cmp::Reverse(**id));
        modules.iter().filter(beside).max_by_key(closeness).copied()
    }

    fn path_of(&self, module: ModuleId) -> &std::path::Path {
        let file = self.module_itself(module).file;
        self.files.get(file.0 as usize).map_or(std::path::Path::new(""), |file| &file.path)
    }
}

fn same_directory(left: &std::path::Path, right: &std::path::Path) -> bool {
    left.parent() == right.parent()
}

fn shared(left: &std::path::Path, right: &std::path::Path) -> usize {
    left.components().zip(right.components()).take_while(|(left, right)| left == right).count()
}
