//! Conditions: truth values, what a test tells about the names in it, and conditions that repeat.

use std::sync::Arc;

use super::interpreter::Interpreter;
use crate::domain::{Alchemy, Disjunct, Guard, Machine, Object, Scalar, Sequence, SequenceKind, Size, Value, Why};
use crate::project::{ClassId, ClassRef};
use crate::syntax::Name;
use crate::syntax::ir::{Comparison, Constant, Expr, ExprKind, Function, Span, UnaryOperator};

impl Interpreter<'_> {
    /// Evaluates a test, with the queries that asking for its truth fires; the truth, where it is known.
    pub(crate) fn condition(&mut self, test: &Expr) -> Option<bool> {
        match &test.kind {
            ExprKind::Unary { operator: UnaryOperator::Not, operand } => self.condition(operand).map(|truth| !truth),
            ExprKind::Bool { and, values } => self.condition_of_all(*and, values),
            _ => {
                let value = self.evaluate(test);
                self.truth(&value, test.span).or_else(|| self.is_still_empty(test, &value).then_some(false))
            }
        }
    }

    fn condition_of_all(&mut self, and: bool, values: &[Expr]) -> Option<bool> {
        let before = self.conditions.len();
        let mut known = Some(and);
        let mut skipped = None;
        for value in values {
            match self.condition(value) {
                Some(truth) if truth != and => {
                    // One operand decides, whatever the others are.
                    known = Some(!and);
                    break;
                }
                Some(_) => {}
                None => {
                    known = None;
                    super::state::collect(&mut skipped, self.state.clone());
                    self.assume(value, and);
                }
            }
        }
        self.conditions.truncate(before);
        if let Some(skipped) = skipped {
            let now = std::mem::take(&mut self.state);
            self.state = now.join(skipped, None);
        }
        known
    }

    /// The truth of a value; a queryset is evaluated for it.
    pub(crate) fn truth(&mut self, value: &Value, span: Span) -> Option<bool> {
        let place = self.place(span);
        match value {
            Value::None => Some(false),
            Value::Scalar(Scalar::Bool(truth)) => Some(*truth),
            Value::Scalar(Scalar::Int(number)) => Some(*number != 0),
            Value::Scalar(Scalar::Text(text)) => Some(!text.is_empty()),
            Value::Scalar(Scalar::Key | Scalar::KeyOf(..) | Scalar::Filled) => Some(true),
            Value::Class(_) | Value::Function(_) | Value::Bound(_) | Value::Module(_) | Value::Manager(_) => Some(true),
            Value::External(path) => crate::orm::django::truth_outside(*path),
            Value::Union(parts) => {
                let mut truths: Vec<Option<bool>> = parts.iter().map(|part| self.truth(&part.value, span)).collect();
                truths.dedup();
                if truths.len() == 1 { truths[0] } else { None }
            }
            Value::Object(id) => match self.object(*id).clone() {
                Object::QuerySet(_) => {
                    crate::orm::django::evaluate(self, *id, place);
                    None
                }
                Object::Sequence(sequence) => match (&sequence.items, sequence.kind) {
                    (_, SequenceKind::Iterator) => Some(true),
                    (Some(items), _) if !items.is_empty() => Some(true),
                    (Some(_), SequenceKind::Tuple) => Some(false),
                    (Some(_), _) if self.frame().is_stub => Some(false),
                    _ => None,
                },
                Object::Row(_) | Object::Instance(_) => self.object_truth(value, place),
                Object::Generator(_) => Some(true),
                Object::Alchemy(_) => crate::orm::sqlalchemy::truth(self, *id, place),
                _ => None,
            },
            _ => None,
        }
    }

    fn object_truth(&mut self, value: &Value, place: crate::domain::Place) -> Option<bool> {
        for name in ["__bool__", "__len__"] {
            if let Some(result) = self.call_project_method(value, Name::new(name), &Default::default(), place) {
                let known = matches!(result, Value::Scalar(Scalar::Bool(_) | Scalar::Int(_)));
                return if known { self.truth(&result, place.span) } else { None };
            }
        }
        Some(true)
    }

    /// The condition that a test asks, and whether it asks for its truth; only tests over plain names count, so that the
    /// same text means the same condition, and tests about one row, whatever its name.
    pub(crate) fn guard_of(&mut self, test: &Expr) -> Option<Guard> {
        if let ExprKind::Unary { operator: UnaryOperator::Not, operand } = &test.kind {
            return self.guard_of(operand).map(|(number, held)| (number, !held));
        }
        if let Some(guard) = self.guard_about_row(test) {
            return Some(guard);
        }
        match &test.kind {
            ExprKind::Name(name) => {
                let number = self.condition_number(test.span);
                let is_parameter = |function: &Arc<Function>| function.parameters.iter().any(|one| one.name == *name);
                if self.frame().function.as_ref().is_some_and(is_parameter) {
                    self.lasting.insert(number);
                }
                Some((number, true))
            }
            ExprKind::Attribute { .. } => Some((self.condition_number(test.span), true)),
            ExprKind::Compare { left, rest } if is_plain(left) && rest.len() == 1 && is_plain(&rest[0].1) => {
                let negative = matches!(rest[0].0, Comparison::IsNot | Comparison::NotEqual | Comparison::NotIn);
                let number = self.compare_number(left, rest[0].0, &rest[0].1);
                Some((number, !negative))
            }
            ExprKind::Bool { and, values } => {
                let parts = values.iter().map(|value| self.guard_of(value)).collect::<Option<Vec<Guard>>>()?;
                Some((self.compound(*and, parts), true))
            }
            _ => None,
        }
    }

    /// What is known besides where a conjunction is true, or none of several alternatives is.
    pub(super) fn guards_of_parts(&mut self, test: &Expr, truth: bool) -> Vec<Guard> {
        match &test.kind {
            ExprKind::Unary { operator: UnaryOperator::Not, operand } => self.guards_of_parts(operand, !truth),
            ExprKind::Bool { and, values } if *and == truth => {
                let mut found = Vec::new();
                for value in values {
                    found.extend(self.guard_of(value).map(|(number, held)| (number, held == truth)));
                    found.extend(self.guards_of_parts(value, truth));
                }
                found
            }
            _ => Vec::new(),
        }
    }

    fn compare_number(&mut self, left: &Expr, comparison: Comparison, right: &Expr) -> u32 {
        let text = self.comparison_text(left, comparison, right);
        self.condition_in(self.frame().scope, text)
    }

    fn comparison_text(&mut self, left: &Expr, comparison: Comparison, right: &Expr) -> Name {
        let places = (self.place(left.span), self.place(right.span));
        if let Some(text) = self.comparisons.get(&places) {
            return *text;
        }
        let operator = comparison.positive();
        let (left, right) = (self.text(places.0, 80), self.text(places.1, 80));
        let text = Name::new(&format!("{left} {operator} {right}"));
        self.comparisons.insert(places, text);
        text
    }

    /// Narrows the names of a test to what its outcome allows.
    pub(crate) fn assume(&mut self, test: &Expr, truth: bool) {
        if !truth {
            self.assume_absent(test);
        }
        match &test.kind {
            ExprKind::Unary { operator: UnaryOperator::Not, operand } => self.assume(operand, !truth),
            ExprKind::Bool { and, values } if *and == truth => {
                for value in values {
                    self.assume(value, truth);
                }
            }
            ExprKind::Walrus { name, .. } => self.narrow(*name, |value| fits_truth(value, truth)),
            ExprKind::Name(name) => {
                self.narrow(*name, |value| fits_truth(value, truth));
                self.assume_empty(test, truth);
            }
            ExprKind::Attribute { value, name, .. } => {
                if let ExprKind::Name(owner) = value.kind {
                    self.assume_attribute(owner, *name, truth, test.span);
                }
                self.assume_empty(test, truth);
                if is_plain(test) {
                    self.learn(value, *name, truth, true);
                }
            }
            ExprKind::Compare { left, rest } => self.assume_comparison(left, rest, truth),
            ExprKind::Call { function, arguments } if is_named(function, "isinstance") && arguments.len() == 2 => {
                self.assume_instance(&arguments[0].value, &arguments[1].value, truth);
            }
            _ => {}
        }
    }

    /// A collection that is false has no elements: what becomes of them is for the other path to say.
    fn assume_empty(&mut self, test: &Expr, truth: bool) {
        if truth || !is_plain(test) {
            return;
        }
        let value = self.evaluate_silently(test);
        let Value::Object(id) = value else { return };
        match self.object(id) {
            Object::Sequence(Sequence { kind, items: None, element, .. }) if *kind != SequenceKind::Iterator => {
                let (empty, element) = (Sequence::of(*kind, Vec::new()), element.clone());
                *self.object_mut(id) = Object::Sequence(empty);
                element.iter().for_each(|element| self.mark_all_absent(element));
            }
            _ => {}
        }
    }

    /// Of several objects under one name, those whose attribute has the other truth are not meant.
    fn assume_attribute(&mut self, owner: Name, attribute: Name, truth: bool, span: Span) {
        let Object::Scope(scope) = self.object(self.frame().scope) else { return };
        let Some(Value::Union(parts)) = scope.names.get(&owner).cloned() else { return };
        let is_instance =
            |value: &Value| matches!(value, Value::Object(id) if matches!(self.object(*id), Object::Instance(_)));
        if !parts.iter().all(|part| is_instance(&part.value)) {
            return;
        }
        let place = self.place(span);
        self.silence += 1;
        let mut others = Vec::new();
        for part in parts.iter() {
            let found = self.read_attribute(&part.value, attribute, place);
            if self.truth(&found, span) == Some(!truth) {
                others.push(part.value.clone());
            }
        }
        self.silence -= 1;
        self.narrow(owner, |value| !others.contains(value));
    }

    fn assume_comparison(&mut self, left: &Expr, rest: &[(Comparison, Expr)], truth: bool) {
        let [(comparison, right)] = rest else { return };
        self.learn_compared(left, *comparison, right, truth);
        if let Some(subject) = typed(left)
            && truth == matches!(comparison, Comparison::Is | Comparison::Equal)
            && matches!(comparison, Comparison::Is | Comparison::Equal | Comparison::IsNot | Comparison::NotEqual)
        {
            return self.assume_instance(subject, right, true);
        }
        if let (ExprKind::Name(name), Comparison::In, true) = (&left.kind, comparison, truth)
            && let Some(text) = only_text(right)
        {
            return self.assume_text(*name, text, true);
        }
        if matches!(comparison, Comparison::In | Comparison::NotIn) {
            return self.assume_loaded(left, right, truth == (*comparison == Comparison::In));
        }
        if let (ExprKind::Name(name), ExprKind::Constant(Constant::Text(text))) = (&left.kind, &right.kind) {
            return self.assume_text(*name, *text, truth == (*comparison == Comparison::Equal));
        }
        if !right.is_none() {
            return;
        }
        let wants_none = match comparison {
            Comparison::Is | Comparison::Equal => truth,
            Comparison::IsNot | Comparison::NotEqual => !truth,
            _ => return,
        };
        if wants_none {
            self.assume_absent(left);
        } else if let ExprKind::Attribute { value, name, .. } = &left.kind
            && is_plain(left)
        {
            self.learn(value, *name, true, false);
        }
        let (ExprKind::Name(name) | ExprKind::Walrus { name, .. }) = &left.kind else { return };
        self.narrow(*name, |value| match value {
            Value::None => wants_none,
            Value::Unknown(_) => true,
            _ => !wants_none,
        });
    }

    /// What is equal to a text is that text, and what is not is not.
    fn assume_text(&mut self, name: Name, text: Name, is_equal: bool) {
        let wanted = Value::Scalar(Scalar::Text(text));
        if !is_equal {
            return self.narrow(name, |value| *value != wanted);
        }
        let Object::Scope(scope) = self.object(self.frame().scope) else { return };
        let Some(value) = scope.names.get(&name) else { return };
        let may_be_it = |part: &Value| *part == Value::ANY || part.is_unknown();
        if value.disjuncts().iter().any(may_be_it) {
            self.assign_name(name, wanted);
        }
    }

    /// `"author" in inspect(book).unloaded` is false: the row has loaded it.
    fn assume_loaded(&mut self, name: &Expr, names: &Expr, is_among: bool) {
        let container = match &names.kind {
            ExprKind::Name(name) => match self.object(self.frame().scope) {
                Object::Scope(scope) => scope.names.get(name).cloned(),
                _ => None,
            },
            ExprKind::Attribute { name, .. } if matches!(name.as_str(), "unloaded" | "dict" | "__dict__") => {
                // It was evaluated for the test itself, and paid for.
                let fuel = self.fuel;
                let container = self.evaluate_silently(names);
                self.fuel = fuel;
                Some(container)
            }
            _ => None,
        };
        let Some(container) = container else { return };
        let Some((row, are_loaded)) = crate::orm::sqlalchemy::names_of(self, &container) else { return };
        if is_among == are_loaded
            && let Some(name) = self.evaluate_silently(name).as_text()
        {
            crate::orm::sqlalchemy::assume_loaded(self, row, name);
        }
    }

    pub(super) fn assume_instance(&mut self, subject: &Expr, class: &Expr, truth: bool) {
        let name = match &subject.kind {
            ExprKind::Name(name) | ExprKind::Walrus { name, .. } => *name,
            // `isinstance(pin.target, Recipe)`
            ExprKind::Attribute { .. } if truth && is_plain(subject) => {
                // It was evaluated for the test itself, and paid for.
                let fuel = self.fuel;
                let value = self.evaluate_silently(subject);
                self.fuel = fuel;
                if let Value::Unknown(Why::GenericKey(owner, relation)) = value
                    && let Some(target) = self.as_target(&value, class)
                {
                    crate::orm::django::take_target(self, owner, relation, target);
                }
                return;
            }
            _ => return,
        };
        let classes = self.classes_named(class);
        let known: Vec<_> = classes
            .iter()
            .filter_map(|class| match class {
                Value::Class(ClassRef::Known(id)) => Some(*id),
                _ => None,
            })
            .collect();
        let program = self.program;
        let value = self.lookup(name);
        let are_of_project = known.len() == classes.len() && !known.is_empty();
        // In a loop a value that nothing is known of may be of any of the types that code tells apart.
        if truth && are_of_project && value == Value::Unknown(Why::Parameter) && self.loops.is_empty() {
            return self.assume_row_of(name, &known, subject.span);
        }
        if truth && let Some(target) = self.as_target(&value, class) {
            return self.assign_name(name, target);
        }
        let fits: Vec<Value> = value
            .disjuncts()
            .into_iter()
            .filter(|part| match (self.is_one_of(part, &classes), self.class_of(part)) {
                (Some(is_one), _) => is_one == truth,
                (None, Some(class)) if are_of_project => {
                    known.iter().any(|base| program.inherits(class, *base)) == truth
                }
                _ => true,
            })
            .collect();
        if !fits.is_empty() && fits.len() < value.disjuncts().len() {
            let parts = fits.into_iter().map(|value| Disjunct { guard: None, value }).collect();
            self.assign_name(name, Value::from_disjuncts(parts));
        }
    }

    /// A value that nothing is known of but that it is a row of one of these models.
    fn assume_row_of(&mut self, name: Name, classes: &[ClassId], span: Span) {
        let is_model = |class: &ClassId| self.program.schema.of_class(*class).is_some_and(|model| !model.is_abstract);
        if !classes.iter().all(is_model) {
            return;
        }
        let place = self.place(span);
        let rows = classes.iter().map(|class| self.assumed_instance(*class, place)).collect::<Vec<_>>();
        if let Some(row) = rows.into_iter().reduce(|one, other| one.join(&other, None)) {
            self.assign_name(name, row);
        }
    }

    /// A generic key as a row of the class, or of one of the classes, that a test or a case has found it to be.
    pub(super) fn as_target(&mut self, value: &Value, class: &Expr) -> Option<Value> {
        let Value::Unknown(Why::GenericKey(owner, relation)) = *value else { return None };
        let classes = self.classes_named(class).into_iter().map(|class| match class {
            Value::Class(ClassRef::Known(id)) => self.concrete_models(id),
            _ => None,
        });
        let models = classes.collect::<Option<Vec<_>>>()?.into_iter().flatten();
        let rows = models.filter_map(|model| crate::orm::django::generic_target(self, owner, relation, model));
        rows.collect::<Vec<_>>().into_iter().reduce(|one, other| one.join(&other, None))
    }

    /// What the second argument of `isinstance` names.
    fn classes_named(&mut self, class: &Expr) -> Vec<Value> {
        let class = self.evaluate_silently(class);
        self.listed(&class).unwrap_or_else(|| class.disjuncts())
    }

    fn narrow(&mut self, name: Name, keep: impl Fn(&Value) -> bool) {
        let scope = self.frame().scope;
        let Object::Scope(names) = self.object(scope) else { return };
        let Some(Value::Union(parts)) = names.names.get(&name).cloned() else { return };
        let kept: Vec<Disjunct> = parts.iter().filter(|part| keep(&part.value)).cloned().collect();
        if !kept.is_empty() && kept.len() < parts.len() {
            self.set_in_scope(scope, name, Value::from_disjuncts(kept));
        }
    }

    /// The items of a listed sequence.
    pub(crate) fn listed(&self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::Object(id) => match self.object(*id) {
                Object::Sequence(sequence) => sequence.items.clone(),
                Object::Alchemy(Alchemy::Tuple(tuple)) => Some(tuple.items.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The size of a value that is a collection.
    pub(crate) fn size_of(&self, value: &Value) -> Option<Size> {
        match value {
            Value::Object(id) => match self.object(*id) {
                Object::Sequence(sequence) => Some(sequence.size.clone()),
                Object::Dict(dict) => Some(dict.size.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}

fn fits_truth(value: &Value, truth: bool) -> bool {
    match value {
        Value::None => !truth,
        Value::Scalar(Scalar::Bool(known)) => *known == truth,
        Value::Class(_) | Value::Function(_) => truth,
        _ => true,
    }
}

/// What `type(subject)` asks about.
fn typed(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Call { function, arguments } if is_named(function, "type") => match arguments.as_slice() {
            [subject] => Some(&subject.value),
            _ => None,
        },
        _ => None,
    }
}

/// The text of a collection of one: `("steps",)`
fn only_text(expr: &Expr) -> Option<Name> {
    let (ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items)) = &expr.kind else { return None };
    match items.as_slice() {
        [Expr { kind: ExprKind::Constant(Constant::Text(text)), .. }] => Some(*text),
        _ => None,
    }
}

pub(super) fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Constant(_) => true,
        ExprKind::Attribute { value, .. } => is_plain(value),
        _ => false,
    }
}

/// Whether an expression is this bare name.
pub(crate) fn is_named(expr: &Expr, name: &str) -> bool {
    matches!(expr.kind, ExprKind::Name(found) if found == name)
}
