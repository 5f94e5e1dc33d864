//! Loops over kinds: whoever looks up each key of a mapping in a table that the program spells out has no more turns than the
//! table has entries.
//!
//! ```py
//! SUBJECTS = {"film": Film, "concert": Concert}
//!
//! for kind, ids in wanted.items():
//!     SUBJECTS[kind].objects.in_bulk(ids)   # two queries at most
//! ```

use super::conditions::{is_named, is_plain};
use super::interpreter::Interpreter;
use super::turns::goes_on_early;
use crate::domain::{Machine, Object, SequenceKind, Value};
use crate::project::ClassRef;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Stmt};
use crate::syntax::visit;

impl Interpreter<'_> {
    /// How many turns a loop over the keys of a mapping can have, where its body looks each of them up in a table of code.
    pub(super) fn kinds_at_most(
        &mut self,
        target: &Expr,
        iterable: &Expr,
        walked: &Value,
        body: &[Stmt],
    ) -> Option<u64> {
        let key = self.key_of_mapping(target, iterable, walked)?;
        let reached = body.iter().take_while(|statement| !goes_on_early(statement));
        let tables: Vec<&Expr> =
            reached.flat_map(visit::expressions).flat_map(|expr| tables_asked(expr, key)).collect();
        tables.into_iter().find_map(|table| self.entries_of_code(table))
    }

    /// The name that each key of a mapping has in turn: keys are all different.
    fn key_of_mapping(&self, target: &Expr, iterable: &Expr, walked: &Value) -> Option<Name> {
        let is_called = |name: &str| match &iterable.kind {
            ExprKind::Call { function, .. } => {
                matches!(function.kind, ExprKind::Attribute { name: called, .. } if called == name)
            }
            _ => false,
        };
        let is_mapping = matches!(walked, Value::Object(id) if matches!(self.object(*id), Object::Dict(_)));
        let key = match &target.kind {
            ExprKind::Tuple(parts) if is_called("items") => parts.first()?,
            _ if is_mapping || is_called("keys") => target,
            _ => return None,
        };
        if let ExprKind::Name(name) = key.kind { Some(name) } else { None }
    }

    /// The name of the elements of a loop that are all different: those of a set, and the keys of a mapping.
    pub(super) fn distinct_target(&self, target: &Expr, iterable: &Expr, walked: &Value) -> Option<Name> {
        let is_set = |part: &Value| match part {
            Value::Object(id) => match self.object(*id) {
                Object::Sequence(sequence) => sequence.kind == SequenceKind::Set,
                _ => false,
            },
            _ => false,
        };
        match target.kind {
            ExprKind::Name(name) if walked.disjuncts().iter().all(is_set) => Some(name),
            _ => self.key_of_mapping(target, iterable, walked),
        }
    }

    /// The number of entries of a table whose values are classes or functions of the program.
    fn entries_of_code(&mut self, table: &Expr) -> Option<u64> {
        if !is_plain(table) {
            return None;
        }
        let Value::Object(id) = self.evaluate_silently(table) else { return None };
        let Object::Dict(dict) = self.object(id) else { return None };
        let is_code = |value: &Value| matches!(value, Value::Class(ClassRef::Known(_)) | Value::Function(_));
        let is_table = dict.value.is_none() && dict.default.is_none() && dict.listed_values().all(is_code);
        let entries = dict.listed_values().count() as u64;
        (is_table && entries > 0).then_some(entries)
    }
}

/// `SUBJECTS[key]`: the tables that an expression asks for a key whatever else holds, and that fail where they don't have it.
fn tables_asked(expr: &Expr, key: Name) -> Vec<&Expr> {
    let is_sometimes = matches!(
        expr.kind,
        ExprKind::Conditional { .. } | ExprKind::Bool { .. } | ExprKind::Lambda(_) | ExprKind::Comprehension { .. }
    );
    if is_sometimes {
        return Vec::new();
    }
    let own = match &expr.kind {
        ExprKind::Subscript { value, index } if is_named(index, &key) => Some(&**value),
        _ => None,
    };
    own.into_iter().chain(visit::parts(expr).into_iter().flat_map(|part| tables_asked(part, key))).collect()
}
