//! What tests tell about rows: `book.author` or `book.author_id` was false, so that there is no author, or true, so that
//! there is one; `first()` gave `None`; `book.is_public` was true, which the next test of it finds again, in whatever
//! function it stands.
//!
//! A relation without a row costs nothing to read again, and nothing can be read of the row it does not have. So what the
//! other branch did to that row is what holds where the two meet.

use super::interpreter::{Interpreter, LoopFrame};
use crate::domain::{Loaded, Machine, Object, ObjectId, Value};
use crate::project::{Column, Relation};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

impl Interpreter<'_> {
    /// A test turned out false, or a value to be `None`: the row that it would have given is absent on this path.
    pub(super) fn assume_absent(&mut self, test: &Expr) {
        match &test.kind {
            ExprKind::Name(name) | ExprKind::Walrus { name, .. } => {
                let value = self.lookup(*name);
                self.mark_absent(&value);
            }
            ExprKind::Attribute { value, name, .. } => {
                let owner = self.evaluate_silently(value);
                if let Value::Object(id) = owner {
                    self.forget_related(id, *name);
                }
            }
            _ => {}
        }
    }

    /// `row.relation` or the key of one was false: the relation leads nowhere, and that is known.
    fn forget_related(&mut self, id: ObjectId, attribute: Name) {
        let Object::Row(row) = self.object(id) else { return };
        let leads_there = |relation: &&Relation| relation.goes_by(attribute);
        let model = self.program.schema.model(row.model);
        let single = |relation: &&Relation| relation.kind.is_single();
        let Some(relation) = model.relations.iter().filter(single).find(leads_there) else { return };
        let name = relation.name;
        let held = row.loaded.get(&name).map(|loaded| loaded.value.clone());
        if let Some(held) = held {
            self.mark_absent(&held);
        }
        if let Object::Row(row) = self.object_mut(id) {
            row.loaded.insert(name, Loaded::surely(Value::None));
        }
    }

    /// `row.name` was found true, or false where it is a column of truth values; `is_test` when its truth was asked for and
    /// not only whether it is `None`.
    pub(super) fn learn(&mut self, owner: &Expr, name: Name, truth: bool, is_test: bool) {
        let owner = self.evaluate_silently(owner);
        let Value::Object(id) = owner else { return };
        let Object::Row(row) = self.object(id) else { return };
        let model = self.program.schema.model(row.model);
        let leads = |relation: &&Relation| relation.goes_by(name);
        let relation = model.relations.iter().filter(|relation| relation.kind.is_single()).find(leads);
        let told = match relation {
            Some(relation) if truth => relation.name,
            None if is_test && model.column(name).is_some_and(Column::is_boolean) => name,
            _ => return,
        };
        if let Object::Row(row) = self.object_mut(id) {
            row.truths.insert(told, truth);
            if let Some(Loaded { value, .. }) = row.loaded.get_mut(&told)
                && let Value::Union(parts) = value
            {
                *value =
                    Value::from_disjuncts(parts.iter().filter(|part| part.value != Value::None).cloned().collect());
            }
        }
    }

    /// Marks the rows of a collection that has none; the one that a loop is at is there for all that.
    pub(super) fn mark_all_absent(&mut self, value: &Value) {
        for part in value.disjuncts() {
            let Value::Object(id) = part else { continue };
            let is_at = |frame: &LoopFrame| !frame.is_recursion && frame.varying.contains(&id);
            if !self.loops.iter().any(is_at)
                && let Object::Row(row) = self.object_mut(id)
            {
                row.is_absent = true;
            }
        }
    }

    /// Marks the rows of a value that stand for one row, not for all of a collection.
    fn mark_absent(&mut self, value: &Value) {
        for part in value.disjuncts() {
            let Value::Object(id) = part else { continue };
            if self.is_one(id)
                && let Object::Row(row) = self.object_mut(id)
            {
                row.is_absent = true;
            }
        }
    }

    /// Whether an object is the row of another row's relation, or what a query for one row gave.
    fn is_one(&self, id: ObjectId) -> bool {
        match self.owner_of(id) {
            Some(owner) => matches!(self.object(owner), Object::Row(_)) || self.depth_of(id) <= self.depth_of(owner),
            None => matches!(self.object(id), Object::Row(row) if row.is_saved && row.origin.is_some()),
        }
    }
}
