//! Lookups: what a loop finds in a container by something of its element is another value at each pass.
//!
//! ```py
//! by_key = {quiz.key: quiz for quiz in quizzes}
//! for item in items:
//!     by_key[item["key"]].choices
//! ```

use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, ObjectId, Value};
use crate::syntax::Name;
use crate::syntax::ir::{Clause, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::visit;

/// What the code of a loop looks up by something that differs from pass to pass.
pub(super) struct Lookups<'code> {
    differing: Vec<Name>,
    containers: Vec<&'code Expr>,
}

impl<'code> Lookups<'code> {
    /// Those of a `for` statement.
    pub(super) fn of_loop(target: &Expr, body: &'code [Stmt]) -> Self {
        let mut lookups = Lookups::of(target);
        lookups.block(body);
        lookups
    }

    /// Those of a clause of a comprehension, with what is evaluated for each of its elements.
    pub(super) fn of_clause(clause: &'code Clause, rest: &'code [Clause], evaluated: &[&'code Expr]) -> Self {
        let mut lookups = Lookups::of(&clause.target);
        clause.conditions.iter().for_each(|condition| lookups.expression(condition));
        for inner in rest {
            lookups.expression(&inner.iterable);
            inner.conditions.iter().for_each(|condition| lookups.expression(condition));
        }
        evaluated.iter().for_each(|expr| lookups.expression(expr));
        lookups
    }

    fn of(target: &Expr) -> Self {
        let mut lookups = Lookups { differing: Vec::new(), containers: Vec::new() };
        lookups.bind(target);
        lookups
    }

    fn bind(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(name) => self.differing.push(*name),
            ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Starred(_) => {
                visit::parts(target).into_iter().for_each(|part| self.bind(part));
            }
            _ => {}
        }
    }

    fn block(&mut self, statements: &'code [Stmt]) {
        for statement in statements {
            visit::expressions(statement).into_iter().for_each(|expr| self.expression(expr));
            match &statement.kind {
                StmtKind::Assign { targets, value } if self.differs(value) => {
                    targets.iter().for_each(|target| self.bind(target));
                }
                StmtKind::For { target, iterable, .. } if self.differs(iterable) => self.bind(target),
                StmtKind::Function(_) | StmtKind::Class(_) => continue,
                _ => {}
            }
            visit::blocks(statement).into_iter().for_each(|block| self.block(block));
        }
    }

    fn expression(&mut self, expr: &'code Expr) {
        match &expr.kind {
            ExprKind::Subscript { value, index } if self.differs(index) => self.containers.push(value),
            ExprKind::Call { function, arguments } => {
                if let ExprKind::Attribute { value, name, .. } = &function.kind
                    && matches!(name.as_str(), "get" | "pop")
                    && arguments.first().is_some_and(|key| self.differs(&key.value))
                {
                    self.containers.push(value);
                }
            }
            _ => {}
        }
        visit::parts(expr).into_iter().for_each(|part| self.expression(part));
    }

    fn differs(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => self.differing.contains(name),
            _ => visit::parts(expr).into_iter().any(|part| self.differs(part)),
        }
    }
}

impl Interpreter<'_> {
    /// The objects in the containers that grow: they differ from pass to pass.
    pub(super) fn looked_up(&self, lookups: &Lookups) -> Vec<ObjectId> {
        let containers = lookups.containers.iter().filter_map(|container| self.at_hand(container));
        let values = containers.flat_map(|container| container.disjuncts());
        let elements = values.filter_map(|value| self.element_of_many(&value));
        elements.flat_map(|element| self.varying(&element)).collect()
    }

    /// What a name or an attribute holds, where that is known without running anything.
    fn at_hand(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Name(name) => self.lookup_in_scopes(self.frame().scope, *name),
            ExprKind::Attribute { value, name, .. } => {
                let Value::Object(owner) = self.at_hand(value)? else { return None };
                let Object::Instance(instance) = self.object(owner) else { return None };
                instance.attributes.get(name).cloned()
            }
            _ => None,
        }
    }

    fn element_of_many(&self, container: &Value) -> Option<Value> {
        let Value::Object(id) = container else { return None };
        match self.object(*id) {
            Object::Dict(dict) if dict.size.grows() => dict.value.clone(),
            Object::Sequence(list) if list.size.grows() && list.items.is_none() => list.element.clone(),
            _ => None,
        }
    }
}
