//! What the columns of a row are compared with: a comparison that turned out true or false tells what the column holds, and
//! what is known of it decides the next one, in whatever function that stands.
//!
//! ```py
//! for order in Order.objects.exclude(state="draft"):
//!     order.label()   # `if self.state == "draft": return self.customer.name`
//! ```

use std::rc::Rc;

use super::conditions::is_plain;
use super::interpreter::Interpreter;
use crate::domain::{Arguments, Facts, Machine, Object, ObjectId, Value};
use crate::project::Relation;
use crate::syntax::Name;
use crate::syntax::ir::{Comparison, Expr, ExprKind};

impl Interpreter<'_> {
    /// A comparison of a column with constants was true, or false.
    pub(super) fn learn_compared(&mut self, left: &Expr, comparison: Comparison, right: &Expr, truth: bool) {
        let Some(holds) = asks_for(comparison).map(|asks| asks == truth) else { return };
        let Some((rows, column)) = self.column_asked(left) else { return };
        if !is_spelled_out(right) {
            return;
        }
        // It was evaluated for the test itself, and paid for.
        let fuel = self.fuel;
        let right = self.evaluate_silently(right);
        self.fuel = fuel;
        let Some(values) = Facts::constants(self, &right, lists(comparison)) else { return };
        for row in rows {
            if let Object::Row(row) = self.object_mut(row) {
                Rc::make_mut(&mut row.facts).add(column, &values, holds);
            }
        }
    }

    /// What a comparison of a column gives, where that is known of each row that it may be of.
    pub(super) fn known_of_column(&self, left: &Expr, comparison: Comparison, right: &Value) -> Option<bool> {
        let asks = asks_for(comparison)?;
        let (rows, column) = self.column_asked(left)?;
        let values = Facts::constants(self, right, lists(comparison))?;
        let mut answers = rows.iter().map(|row| match self.object(*row) {
            Object::Row(row) => row.facts.is_among(column, &values),
            _ => None,
        });
        let first = answers.next()??;
        answers.all(|answer| answer == Some(first)).then_some(first == asks)
    }

    /// Code that is not seen may set the columns of what it is given.
    pub(super) fn forget_facts_of(&mut self, arguments: &Arguments) {
        self.give_away_all(arguments);
        let given = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
        for value in given {
            self.forget_facts(value);
        }
    }

    /// As `forget_facts_of`, of one value.
    pub(super) fn forget_facts(&mut self, value: &Value) {
        for part in value.disjuncts() {
            let Value::Object(id) = part else { continue };
            if matches!(self.object(id), Object::Row(row) if !row.facts.is_empty())
                && let Object::Row(row) = self.object_mut(id)
            {
                row.facts = Rc::default();
            }
        }
    }

    /// `row.column` of a row under a name: the rows that it may be, and the column, which is no key and no truth value.
    fn column_asked(&self, expr: &Expr) -> Option<(Vec<ObjectId>, Name)> {
        let (ExprKind::Attribute { value, name, .. } | ExprKind::Lookup { value, name, .. }) = &expr.kind else {
            return None;
        };
        let ExprKind::Name(owner) = value.kind else { return None };
        let Object::Scope(scope) = self.object(self.frame().scope) else { return None };
        let rows: Vec<ObjectId> = scope
            .names
            .get(&owner)?
            .disjuncts()
            .into_iter()
            .map(|part| match part {
                Value::Object(id) if self.is_column_of(id, *name) => Some(id),
                _ => None,
            })
            .collect::<Option<_>>()?;
        (!rows.is_empty()).then_some((rows, *name))
    }

    fn is_column_of(&self, id: ObjectId, name: Name) -> bool {
        let Object::Row(row) = self.object(id) else { return false };
        let model = self.program.schema.model(row.model);
        let is_key = |relation: &Relation| relation.goes_by(name);
        model.column(name).is_some_and(|column| !column.is_boolean() && !column.primary_key)
            && !model.relations.iter().any(is_key)
    }
}

/// Whether a comparison asks for what it names, or for anything else.
fn asks_for(comparison: Comparison) -> Option<bool> {
    match comparison {
        Comparison::Equal | Comparison::In => Some(true),
        Comparison::NotEqual | Comparison::NotIn => Some(false),
        _ => None,
    }
}

/// Whether a comparison is with what a collection lists.
fn lists(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::In | Comparison::NotIn)
}

/// Constants, names, members of classes and lists of those: to evaluate them again costs nothing.
fn is_spelled_out(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => items.iter().all(is_spelled_out),
        _ => is_plain(expr),
    }
}
