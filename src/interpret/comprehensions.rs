//! Comprehensions: loops over their clauses that fill a collection.

use super::interpreter::Interpreter;
use super::lookups::Lookups;
use super::statements::join_under;
use crate::domain::{Dict, Machine, Object, ObjectId, Place, Scalar, Sequence, SequenceKind, Value};
use crate::syntax::ir::{Clause, Comparison, ComprehensionKind, Expr, ExprKind, Span};

impl Interpreter<'_> {
    /// A comprehension: loops over its clauses, in a scope of its own names.
    pub(super) fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: &Expr,
        value: Option<&Expr>,
        clauses: &[Clause],
        place: Place,
    ) -> Value {
        let into = match kind {
            ComprehensionKind::Dict => self.allocate(place, 0, Object::Dict(Dict::empty())),
            ComprehensionKind::List => self.empty_sequence(SequenceKind::List, place),
            ComprehensionKind::Set => self.empty_sequence(SequenceKind::Set, place),
            ComprehensionKind::Generator => self.empty_sequence(SequenceKind::Iterator, place),
        };
        let outside = self.loops.len();
        let takes_one = std::mem::take(&mut self.is_taking_one) && kind == ComprehensionKind::Generator;
        let outer = self.shadowed(clauses);
        let evaluated: Vec<&Expr> = std::iter::once(element).chain(value).collect();
        self.clause(clauses, &evaluated, &mut |machine| {
            if takes_one {
                return machine.take_first(element, into, outside);
            }
            let first = machine.evaluate(element);
            match value {
                Some(value) => {
                    let second = machine.evaluate(value);
                    machine.set_item(&Value::Object(into), &first, second);
                }
                None => machine.add_element(into, first, outside),
            }
        });
        self.uncover(outer);
        Value::Object(into)
    }

    fn empty_sequence(&mut self, kind: SequenceKind, place: Place) -> ObjectId {
        self.allocate(place, 0, Object::Sequence(Sequence::of(kind, Vec::new())))
    }

    fn clause(&mut self, clauses: &[Clause], evaluated: &[&Expr], innermost: &mut dyn FnMut(&mut Self)) {
        let Some((first, rest)) = clauses.split_first() else {
            return innermost(self);
        };
        let walked = self.evaluate(&first.iterable);
        let iteration = self.iterate_value(&walked, self.place(first.iterable.span));
        let place = self.place(Span { start: first.span.start, end: first.iterable.span.end });
        let by_key = self.values_by_key(&walked);
        let looked_up = self.looked_up(&Lookups::of_clause(first, rest, evaluated));
        self.run_loop_over(place, &walked, iteration, [by_key, looked_up].concat(), &mut |machine, element| {
            // Of names that the program spells out a test that nobody can answer likely lets pass: it leaves out a few.
            let is_named = matches!(element, Value::Scalar(Scalar::Text(_))) && !machine.frame().is_stub;
            let passes = is_named && !first.conditions.iter().any(picks_out);
            machine.bind(&first.target, element);
            let mut asked = Vec::new();
            for condition in &first.conditions {
                match machine.condition(condition) {
                    Some(false) => return,
                    Some(true) => {}
                    None => asked.push(machine.guard_of(condition)),
                }
                machine.assume(condition, true);
            }
            let guard = if let [guard] = asked.as_slice() { *guard } else { None };
            let is_open = !asked.is_empty() && !passes;
            let skipped = is_open.then(|| machine.state.clone());
            machine.branch(guard, true, |machine| machine.clause(rest, evaluated, innermost));
            if let Some(skipped) = skipped {
                let now = std::mem::take(&mut machine.state);
                machine.state = join_under(now, skipped, guard);
            }
        });
    }
}

/// `name in wanted`: a test that few names pass.
fn picks_out(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Compare { rest, .. } => {
            rest.iter().any(|(comparison, _)| matches!(comparison, Comparison::In | Comparison::Equal))
        }
        ExprKind::Bool { values, .. } => values.iter().any(picks_out),
        _ => false,
    }
}
