//! Conditions that others make together: `full or printed` holds where `full` does.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::interpreter::Interpreter;
use crate::domain::{Guard, ObjectId};

/// What makes a condition, in its scope: whether all of the parts must hold, and the parts.
type Parts = (ObjectId, bool, Vec<Guard>);

/// The conditions of a walk that are made of others.
#[derive(Default)]
pub(super) struct Compounds {
    numbers: FxHashMap<Rc<Parts>, u32>,
    /// Those that a condition is a part of, in the order in which they were met.
    around: FxHashMap<u32, Vec<(u32, Rc<Parts>)>>,
}

impl Interpreter<'_> {
    /// The number of the condition that parts make; it is another one when one of them is.
    pub(super) fn compound(&mut self, and: bool, parts: Vec<Guard>) -> u32 {
        let scope = self.frame().scope;
        let whole = Rc::new((scope, and, parts));
        if let Some(number) = self.compounds.numbers.get(&whole) {
            return *number;
        }
        let number = self.condition_subjects.len() as u32;
        self.condition_subjects.push(scope);
        if whole.2.iter().all(|(part, _)| self.lasting.contains(part)) {
            self.lasting.insert(number);
        }
        for (part, _) in &whole.2 {
            let around = self.compounds.around.entry(*part).or_default();
            if around.last().is_none_or(|(last, _)| *last != number) {
                around.push((number, Rc::clone(&whole)));
            }
        }
        self.compounds.numbers.insert(whole, number);
        number
    }

    /// What conditions are of which something in `known` is a part, where all of that holds.
    pub(super) fn implied(&self, known: &[Guard]) -> Vec<Guard> {
        let around = known.iter().filter_map(|(part, _)| self.compounds.around.get(part));
        around.flatten().filter_map(|(number, whole)| Some((*number, self.truth_of_compound(whole, known)?))).collect()
    }

    fn truth_of_compound(&self, (_, and, parts): &Parts, known: &[Guard]) -> Option<bool> {
        let truth_of = |&(number, held): &Guard| {
            let known = known.iter().chain(&self.conditions).chain(&self.parts);
            known.rev().find(|(other, _)| *other == number).map(|(_, truth)| *truth == held)
        };
        if parts.iter().any(|part| truth_of(part) == Some(!and)) {
            return Some(!and);
        }
        parts.iter().all(|part| truth_of(part) == Some(*and)).then_some(*and)
    }
}
