//! Rows that are not there: what it tells about `book` that `book.author` or `book.author_id` is false.
//!
//! A relation without a row costs nothing to read again, and nothing can be read of the row it does not have. So what the
//! other branch did to that row is what holds where the two meet.

use super::interpreter::Interpreter;
use crate::domain::{Loaded, Machine, Object, ObjectId, Value};
use crate::project::Relation;
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
                self.silence += 1;
                let owner = self.evaluate(value);
                self.silence -= 1;
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
        let leads_there =
            |relation: &&Relation| relation.name == attribute || relation.key_attribute == Some(attribute);
        let model = self.program.schema.model(row.model);
        let single = |relation: &&Relation| relation.kind.is_single();
        let Some(relation) = model.relations.iter().filter(single).find(leads_there) else { return };
        let name = relation.name;
        let held = row.loaded.get(&name).map(|loaded| loaded.value.clone());
        if let Some(held) = held {
            self.mark_absent(&held);
        }
        if let Object::Row(row) = self.object_mut(id) {
            row.loaded.insert(name, Loaded { value: Value::None, is_sure: true });
        }
    }

    /// Marks the rows of a value that hang on another row.
    fn mark_absent(&mut self, value: &Value) {
        for part in value.disjuncts() {
            let Value::Object(id) = part else { continue };
            let hangs_on_a_row = self.owner_of(id).is_some_and(|owner| matches!(self.object(owner), Object::Row(_)));
            if hangs_on_a_row && let Object::Row(row) = self.object_mut(id) {
                row.is_absent = true;
            }
        }
    }
}
