//! Scripts: what a module does when it is run, outside of any function.

use super::interpreter::Interpreter;
use crate::project::{ModuleId, Program};
use crate::syntax::ir::{Expr, ExprKind, Stmt, StmtKind};

/// A statement at the top of a module that may send queries row by row.
#[derive(Clone, Copy)]
pub(super) struct Script<'p> {
    /// Where it stands.
    pub module: ModuleId,
    /// The statement.
    pub statement: &'p Stmt,
}

/// The loops at the top of the project's modules, and what runs only when a module is the program.
pub(super) fn find(program: &Program) -> Vec<Script<'_>> {
    let is_reported = |file: crate::source::FileId| program.files[file.0 as usize].reported;
    let modules = program.modules.iter().filter(|module| !module.is_stub && is_reported(module.file));
    modules
        .flat_map(|module| module.outline.body.iter().map(|statement| Script { module: module.id, statement }))
        .filter(|script| may_repeat(script.statement))
        .collect()
}

fn may_repeat(statement: &Stmt) -> bool {
    match &statement.kind {
        StmtKind::For { .. } | StmtKind::While { .. } => true,
        StmtKind::With { body, .. } => body.iter().any(may_repeat),
        StmtKind::If { test, .. } => asks_for_main(test),
        _ => false,
    }
}

/// `__name__ == "__main__"`
fn asks_for_main(test: &Expr) -> bool {
    matches!(&test.kind, ExprKind::Compare { left, .. } if matches!(left.kind, ExprKind::Name(name) if name == "__name__"))
}

impl Interpreter<'_> {
    /// Runs a statement of a module as the program would.
    pub(super) fn run_script(&mut self, script: Script<'_>) {
        self.at_top(script.module, |machine| {
            match &script.statement.kind {
                StmtKind::If { body, .. } => machine.run(body),
                _ => machine.run(std::slice::from_ref(script.statement)),
            }
            machine.trail.clear();
        });
    }
}
