//! Containers that one method of a class makes and others fill: what these put in is what a third one finds.
//!
//! ```py
//! class Basket:
//!     def __init__(self):
//!         self.offers = []
//!
//!     def take(self, pk):
//!         self.offers.append(Offer.objects.get(pk=pk))
//!
//!     def total(self):
//!         return sum(offer.price for offer in self.offers)
//! ```
//!
//! Where a function is seen to call both on one object this is not asked.

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::{Machine, Object, ObjectId, Size, Value, Why};
use crate::project::ClassId;
use crate::syntax::ir::{Expr, ExprKind, Function, Stmt, StmtKind};
use crate::syntax::{Name, visit};

/// Methods that put something into a container.
const PUTTING: &[&str] = &["add", "append", "appendleft", "extend", "insert", "setdefault", "update"];

/// What a method puts in may cost so much of the fuel that is left: one part of so many.
const SHARE: u64 = 16;

/// So many methods are run to see what they put in.
const MOST: usize = 4;

impl Interpreter<'_> {
    /// Lets the methods of a class that put something into an attribute do so, into the empty container that it holds.
    pub(super) fn gather(&mut self, id: ObjectId, class: ClassId, name: Name, container: &Value) {
        let Value::Object(made) = container else { return };
        let gatherers = self.index.gatherers(self.program, class, name);
        let Object::Instance(instance) = self.object(id) else { return };
        if gatherers.is_empty() {
            return;
        }
        let mut before = instance.attributes.clone();
        before.insert(name, container.clone());
        for (owner, function) in gatherers.iter().take(MOST) {
            if self.is_running(function) {
                continue;
            }
            if let Object::Instance(instance) = self.object_mut(id) {
                instance.attributes.clone_from(&before);
            }
            let kept = self.fuel - self.fuel / SHARE;
            let ran_out = self.ran_out;
            self.fuel -= kept;
            self.run_setter(id, *owner, function, name);
            self.fuel += kept;
            // What is left unseen here leaves nothing uncovered.
            self.ran_out = ran_out;
        }
        // What else these methods put on the object is not what it holds at this point.
        if let Object::Instance(instance) = self.object_mut(id) {
            instance.attributes = before;
        }
        self.grow(*made, name);
    }

    /// How many elements a container has is not known, and each is another.
    fn grow(&mut self, container: ObjectId, name: Name) {
        let unknown = Value::unknown(Why::Element);
        let element = match self.object_mut(container) {
            Object::Sequence(sequence) => {
                sequence.element = Some(sequence.any().unwrap_or(unknown));
                sequence.items = None;
                sequence.size = Size::Unknown(name);
                sequence.element.clone()
            }
            Object::Dict(dict) => {
                dict.value = Some(dict.any_value().unwrap_or(unknown));
                dict.key = dict.key.take().or(Some(Value::ANY));
                dict.known.clear();
                dict.of_classes.clear();
                dict.of_tuples.clear();
                dict.size = Size::Unknown(name);
                dict.value.clone()
            }
            _ => None,
        };
        self.tell_elements_apart(element);
    }

    /// Each element of a container that others fill is another: what is done with one is not done with the next.
    pub(super) fn tell_elements_apart(&mut self, element: Option<Value>) {
        for part in element.iter().flat_map(Value::disjuncts) {
            if let Value::Object(id) = part {
                self.deepen(id);
            }
        }
    }
}

/// Whether statements of a method put something into `self.name`.
pub(super) fn puts_into(function: &Function, body: &[Stmt], name: Name) -> bool {
    let Some(receiver) = function.parameters.first() else { return false };
    body.iter().any(|statement| {
        let puts = match &statement.kind {
            StmtKind::Expr(expr) => is_putting(expr, receiver.name, name),
            StmtKind::Assign { targets, .. } => targets.iter().any(|target| is_item_of(target, receiver.name, name)),
            _ => false,
        };
        puts || visit::blocks(statement).into_iter().any(|block| puts_into(function, block, name))
    })
}

/// `self.name.append(value)`
fn is_putting(expr: &Expr, receiver: Name, name: Name) -> bool {
    let ExprKind::Call { function, .. } = &expr.kind else { return false };
    match &function.kind {
        ExprKind::Attribute { value, name: method, .. } => {
            PUTTING.contains(&method.as_str()) && is_attribute(value, receiver, name)
        }
        _ => false,
    }
}

/// `self.name[key]`
fn is_item_of(target: &Expr, receiver: Name, name: Name) -> bool {
    matches!(&target.kind, ExprKind::Subscript { value, .. } if is_attribute(value, receiver, name))
}

fn is_attribute(expr: &Expr, receiver: Name, wanted: Name) -> bool {
    matches!(&expr.kind, ExprKind::Attribute { value, name, .. } if *name == wanted && is_named(value, &receiver))
}
