//! Early answers: what a branch returns before the rest of a function runs.
//!
//! ```py
//! if not form.is_valid():
//!     return self.get(request)
//! ```

use super::interpreter::Interpreter;
use crate::domain::{Value, Why};
use crate::syntax::ir::{Expr, ExprKind, Stmt, StmtKind};

/// Parts of a root's fuel: what it has behind an early answer of its own, and less than which is not enough.
const BEHIND: u64 = 4;
const NEARLY_NOTHING: u64 = 8;

/// The frame that a root is called from, and its own.
const OF_A_ROOT: usize = 2;

impl Interpreter<'_> {
    /// Runs a branch. After one that ends in a call whose answer is returned, half of the fuel is there again: a whole page that is
    /// shown once more would leave nothing for what the function is there for. Where the root itself answers early and little was left
    /// before, it is given more, once.
    pub(super) fn run_branch(&mut self, body: &[Stmt]) {
        let rest = self.fuel / 2;
        self.run(body);
        if !answers(body) {
            return;
        }
        if self.fuel == 0 {
            self.ran_out = true;
            self.give_away_variables(self.frame().scope);
            self.leave_function_with(Value::unknown(Why::Fuel));
        }
        self.fuel = self.fuel.max(rest);
        let is_own = !self.frame().is_stub && self.loops.is_empty() && self.depth() <= OF_A_ROOT;
        if is_own && !self.has_gone_on && self.fuel < self.options.fuel / NEARLY_NOTHING {
            self.has_gone_on = true;
            self.fuel = self.options.fuel / BEHIND;
        }
    }
}

fn answers(body: &[Stmt]) -> bool {
    let last = body.last().map(|statement| &statement.kind);
    matches!(last, Some(StmtKind::Return(Some(Expr { kind: ExprKind::Call { .. }, .. }))))
}
