//! What a model's own `save` and `__init__` promise of every stored row.
//!
//! ```py
//! def save(self, *args, **kwargs):
//!     if not self.slug:
//!         self.slug = self.free_slug()
//!     super().save(*args, **kwargs)
//! ```
//! A row that was read from the database has been saved, so its `slug` is not empty. (`bulk_create` and `update` pass `save` by;
//! a code base that has such a `save` does not mean to store rows without.)
//!
//! ```py
//! def __init__(self, *args, **kwargs):
//!     self._location = kwargs.pop("location", None)
//! ```
//! Django makes the rows that it reads without keywords (`django.db.models.base.Model.from_db`), so theirs is `None`.

use super::conditions::is_named;
use crate::project::{ClassId, ClassRef, Member, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Comparison, Expr, ExprKind, Function, ParameterKind, Stmt, StmtKind, UnaryOperator};

/// The attributes that `save` of the class, or of one of its bases, sets where they are empty.
pub(super) fn filled_by_save(program: &Program, class: ClassId) -> Vec<Name> {
    let mut filled = Vec::new();
    for base in &program.class(class).mro {
        let ClassRef::Known(base) = base else { continue };
        if let Some(Member::Function(save)) = program.class(*base).members.get(&Name::new("save")) {
            filled.extend(filled_by(program, class, save));
        }
    }
    filled
}

/// The attributes that the constructor of the class, or of one of its bases, takes from keywords.
pub(super) fn taken_from_keywords(program: &Program, class: ClassId) -> Vec<Name> {
    let mut taken = Vec::new();
    for base in &program.class(class).mro {
        let ClassRef::Known(base) = base else { continue };
        if let Some(Member::Function(init)) = program.class(*base).members.get(&Name::new("__init__")) {
            taken.extend(taken_by(init));
        }
    }
    taken
}

fn taken_by(init: &Function) -> Vec<Name> {
    let receiver = init.parameters.first();
    let keywords = init.parameters.iter().find(|parameter| parameter.kind == ParameterKind::DoubleStar);
    let (Some(receiver), Some(keywords)) = (receiver, keywords) else { return Vec::new() };
    let taken = init.body.lowered().statements.iter().filter_map(|statement| {
        let StmtKind::Assign { targets, value } = &statement.kind else { return None };
        let [Expr { kind: ExprKind::Attribute { value: owner, name, .. }, .. }] = targets.as_slice() else {
            return None;
        };
        (is_named(owner, &receiver.name) && is_none_unless_given(value, keywords.name)).then_some(*name)
    });
    taken.collect()
}

/// `kwargs.pop("location", None)`, `kwargs.get("location")`
fn is_none_unless_given(value: &Expr, keywords: Name) -> bool {
    let ExprKind::Call { function, arguments } = &value.kind else { return false };
    let ExprKind::Attribute { value: owner, name, .. } = &function.kind else { return false };
    let is_none = match arguments.as_slice() {
        [_] => *name == "get",
        [_, default] => matches!(name.as_str(), "get" | "pop") && default.value.is_none(),
        _ => false,
    };
    is_none && is_named(owner, &keywords)
}

/// Only tests at the top of the body count: what stands under another condition does not hold for every row.
fn filled_by(program: &Program, class: ClassId, save: &Function) -> Vec<Name> {
    let Some(receiver) = save.parameters.first() else { return Vec::new() };
    let lowered = save.body.lowered();
    let filled = lowered.statements.iter().filter_map(|statement| {
        let StmtKind::If { test, body, .. } = &statement.kind else { return None };
        let name = tested_empty(test, receiver.name)?;
        let mut assigned = Vec::new();
        super::index::assigned_attributes(body, receiver.name, &mut assigned);
        let is_left_to = |method: Name| super::index::assigned_by(program, class, method).contains(&name);
        let is_filled =
            assigned.contains(&name) || body.iter().filter_map(|one| called(one, receiver.name)).any(is_left_to);
        is_filled.then_some(name)
    });
    filled.collect()
}

/// `self.assign_code()`: the method.
fn called(statement: &Stmt, receiver: Name) -> Option<Name> {
    let StmtKind::Expr(Expr { kind: ExprKind::Call { function, .. }, .. }) = &statement.kind else { return None };
    match &function.kind {
        ExprKind::Attribute { value, name, .. } if is_named(value, &receiver) => Some(*name),
        _ => None,
    }
}

/// `not self.name`, `self.name is None`
fn tested_empty(test: &Expr, receiver: Name) -> Option<Name> {
    let attribute = match &test.kind {
        ExprKind::Unary { operator: UnaryOperator::Not, operand } => operand,
        ExprKind::Compare { left, rest } => match rest.as_slice() {
            [(Comparison::Is | Comparison::Equal, right)] if right.is_none() => left,
            _ => return None,
        },
        _ => return None,
    };
    match &attribute.kind {
        ExprKind::Attribute { value, name, .. } if is_named(value, &receiver) => Some(*name),
        _ => None,
    }
}
