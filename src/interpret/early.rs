//! Early answers: what a branch returns before the rest of a function runs.
//!
//! ```py
//! if not form.is_valid():
//!     return self.get(request)
//! ```

use super::interpreter::Interpreter;
use crate::domain::{Value, Why};
use crate::syntax::ir::{Expr, ExprKind, Stmt, StmtKind};

impl Interpreter<'_> {
    /// Runs a branch. After one that ends in a call whose answer is returned, half of the fuel is there again: a whole page that is
    /// shown once more would leave nothing for what the function is there for. All in all that is at most twice the fuel.
    pub(super) fn run_branch(&mut self, body: &[Stmt]) {
        let rest = self.fuel / 2;
        self.run(body);
        if !answers(body) {
            return;
        }
        if self.fuel == 0 {
            self.ran_out = true;
            self.leave_function_with(Value::unknown(Why::Fuel));
        }
        self.fuel = self.fuel.max(rest);
    }
}

fn answers(body: &[Stmt]) -> bool {
    let last = body.last().map(|statement| &statement.kind);
    matches!(last, Some(StmtKind::Return(Some(Expr { kind: ExprKind::Call { .. }, .. }))))
}
