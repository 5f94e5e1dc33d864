//! Methods that leave steps to subclasses: what they do is known only with an instance of a subclass that fills in.
//!
//! ```py
//! class Importer:
//!     def run(self, rows):
//!         for row in rows:
//!             self.session.add(self.build(row))
//!
//! class BankImporter(Importer):
//!     def build(self, row): ...
//! ```
//!
//! A subclass fills in too by what its constructor gives to that of the base: `super().__init__(session, Book)`.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::constructions::gives_classes;
use super::likeness::asked_of;
use super::members::{FunctionKind, kind_of};
use super::relevance::Words;
use super::roots::{ENTRY, Root};
use crate::project::{ClassId, Member, Program};
use crate::syntax::Name;
use crate::syntax::ir::Function;

/// For so many subclasses of a method's class the method is walked again.
const MOST: usize = 6;

/// The methods among these roots, each as what a subclass that inherits it makes of it.
pub(super) fn find<'r>(program: &Program, words: &Words, roots: impl Iterator<Item = &'r Root>) -> Vec<Root> {
    let mut found = Vec::new();
    for root in roots.filter(|root| root.function.name != ENTRY && kind_of(&root.function) != FunctionKind::Static) {
        let Some(base) = root.class.filter(|base| is_plain(program, *base)) else { continue };
        let steps = steps(program, base, &root.function);
        let is_open = steps.iter().any(|step| program.member(base, *step, None).is_none());
        let fills = |heir: &ClassId| {
            inherits_method(program, *heir, &root.function)
                && (steps.iter().any(|step| is_filled_in(program, words, base, *heir, *step))
                    || is_open && gives_classes(program, base, *heir))
        };
        let heirs = below(program, base).into_iter().filter(fills).take(MOST);
        found.extend(heirs.map(|heir| Root { class: Some(heir), ..root.clone() }));
    }
    found
}

/// Whether nothing else says with which instances a framework or an ORM calls the methods of a class.
pub(super) fn is_plain(program: &Program, class: ClassId) -> bool {
    program.schema.of_class(class).is_none() && program.member(class, ENTRY.into(), None).is_none()
}

/// The classes below one, those nearest first.
fn below(program: &Program, class: ClassId) -> Vec<ClassId> {
    with_below(program, class).split_off(1)
}

/// A class and those below it, those nearest first.
pub(super) fn with_below(program: &Program, class: ClassId) -> Vec<ClassId> {
    let mut found = vec![class];
    for next in 0.. {
        let Some(class) = found.get(next) else { break };
        let more = program.subclasses(*class).iter().filter(|one| !found.contains(one));
        let more: Vec<ClassId> = more.copied().collect();
        found.extend(more);
    }
    found
}

/// What a method asks of its receiver, by way of other methods of its class too.
pub(super) fn steps(program: &Program, class: ClassId, method: &Arc<Function>) -> FxHashSet<Name> {
    let mut steps = FxHashSet::default();
    let mut left = vec![Arc::clone(method)];
    while let Some(method) = left.pop() {
        for name in names_asked_of_receiver(program, &method) {
            if steps.insert(name)
                && let Some((_, Member::Function(inner), _)) = program.member(class, name, None)
            {
                left.push(Arc::clone(inner));
            }
        }
    }
    steps
}

fn names_asked_of_receiver(program: &Program, method: &Function) -> Vec<Name> {
    let receiver = method.parameters.first();
    receiver.map_or(Vec::new(), |receiver| asked_of(program.text_of(method), &receiver.name))
}

pub(super) fn inherits_method(program: &Program, heir: ClassId, method: &Function) -> bool {
    matches!(program.member(heir, method.name, None), Some((_, Member::Function(found), _)) if found.span == method.span)
}

/// Whether a subclass has a step of its own that the ORM has to do with, or another variable.
fn is_filled_in(program: &Program, words: &Words, base: ClassId, heir: ClassId, step: Name) -> bool {
    let Some((owner, member, _)) = program.member(heir, step, None) else { return false };
    if program.inherits(base, owner) {
        return false;
    }
    match member {
        Member::Function(function) | Member::Property(function) => words.matter_to(program, function),
        Member::Class(_) | Member::Variable(_) => true,
    }
}
