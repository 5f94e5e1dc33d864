//! What names mean in a block of a module that imports for itself.

use rustc_hash::FxHashMap;

use super::program::{Binding, ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Stmt};

/// What names mean in a block of a module: what it imports itself, else what the module has.
pub(crate) struct Imports {
    pub(crate) module: ModuleId,
    own: FxHashMap<Name, Binding>,
}

impl Imports {
    /// For a block that imports nothing.
    pub(crate) fn none(module: ModuleId) -> Self {
        Imports { module, own: FxHashMap::default() }
    }

    /// For the statements of a function.
    pub(crate) fn of(program: &Program, module: ModuleId, body: &[Stmt]) -> Self {
        Imports { module, own: program.imports_in(module, body) }
    }

    /// What the block itself imports under a name.
    pub(crate) fn own(&self, name: Name) -> Option<&Binding> {
        self.own.get(&name)
    }

    /// What names and attribute chains mean in the block, without running anything.
    pub(crate) fn meaning(&self, program: &Program, expr: &Expr) -> Option<Binding> {
        match &expr.kind {
            ExprKind::Name(name) if self.own.contains_key(name) => self.own.get(name).cloned(),
            ExprKind::Attribute { value, name, .. } => match self.meaning(program, value) {
                Some(owner) => program.attribute(&owner, *name),
                None => program.resolve_expr(self.module, None, expr),
            },
            _ => program.resolve_expr(self.module, None, expr),
        }
    }
}
