//! Rows are made of what is fetched: the model's own code that runs for each of them.

use std::rc::Rc;

use crate::domain::{Arguments, LoadPlan, Machine, Object, Place, Size, Value};
use crate::project::{Member, ModelId};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Stmt};
use crate::syntax::visit;

const POST_INIT: &str = "post_init";

/// A constructor of the model's own, and who listens to `post_init`, runs for every row that is fetched: what it reads of others
/// is read of each. What the query joins is put on the row afterwards (`django.db.models.query.ModelIterable`).
pub(super) fn construct_each(machine: &mut dyn Machine, element: &Value, size: &Size, place: Place) {
    let Value::Object(id) = element else { return };
    let Object::Row(row) = machine.object(*id) else { return };
    let (model, whole, origin) = (row.model, Rc::clone(&row.plan), row.origin.clone());
    let constructs = constructor_reads(machine, model);
    if !constructs && machine.receivers(model, POST_INIT).is_empty() {
        return;
    }
    if let Object::Row(row) = machine.object_mut(*id) {
        row.plan = Rc::new(LoadPlan { relations: Default::default(), ..(*whole).clone() });
        // An eager load would come too late: none is offered.
        row.origin = None;
    }
    machine.for_each(size.clone(), place, &mut |machine| {
        if constructs {
            machine.call_project_method(element, Name::new("__init__"), &Arguments::default(), place);
        }
        super::signals::send(machine, *id, POST_INIT, place);
    });
    if let Object::Row(row) = machine.object_mut(*id) {
        (row.plan, row.origin) = (whole, origin);
    }
}

/// Whether the model's own constructor reads a relation, or attributes by names that are not written there.
fn constructor_reads(machine: &dyn Machine, model: ModelId) -> bool {
    let (program, model) = (machine.program(), machine.program().schema.model(model));
    let Some((home, Member::Function(function), _)) = program.member(model.class, Name::new("__init__"), None) else {
        return false;
    };
    let reads_relation = |expr: &Expr| match attribute_of_self(expr) {
        Some(name) => model.relation(name).is_some(),
        None => reads_by_name(expr),
    };
    let statements = &function.body.lowered().statements;
    !program.is_of_stub(home) && statements.iter().flat_map(expressions_of).any(reads_relation)
}

/// All expressions of a statement, those inside its blocks and other expressions too.
fn expressions_of(statement: &Stmt) -> Vec<&Expr> {
    let mut found: Vec<&Expr> = visit::expressions(statement);
    let mut next = 0;
    while next < found.len() {
        found.extend(visit::parts(found[next]));
        next += 1;
    }
    found.extend(visit::blocks(statement).into_iter().flatten().flat_map(expressions_of));
    found
}

/// `getattr(self, name)`
fn reads_by_name(expr: &Expr) -> bool {
    let ExprKind::Call { function, arguments } = &expr.kind else { return false };
    let [owner, name, ..] = arguments.as_slice() else { return false };
    let is_named = |expr: &Expr, wanted: &str| matches!(expr.kind, ExprKind::Name(found) if found == wanted);
    is_named(function, "getattr") && is_named(&owner.value, "self") && !matches!(name.value.kind, ExprKind::Constant(_))
}

/// `self.name`
fn attribute_of_self(expr: &Expr) -> Option<Name> {
    let ExprKind::Attribute { value, name, .. } = &expr.kind else { return None };
    matches!(value.kind, ExprKind::Name(receiver) if receiver == "self").then_some(*name)
}
