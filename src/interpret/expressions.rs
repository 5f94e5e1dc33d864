//! Expressions: what each may be, and the queries that evaluating it fires.

use super::batches::BATCHED;
use super::comparisons::ordered;
use super::interpreter::Interpreter;
use super::statements::join_under;
use super::turns::turn_compared;
use crate::domain::{
    Arguments, Dict, Disjunct, Machine, Object, Place, Scalar, Sequence, SequenceKind, Size, Value, Why,
};
use crate::project::ClassRef;
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Comparison, Constant, Expr, ExprKind, UnaryOperator};

impl Interpreter<'_> {
    /// What an expression gives, where code is asked about it and does not run: nothing that it sends is recorded.
    pub(super) fn evaluate_silently(&mut self, expr: &Expr) -> Value {
        self.silence += 1;
        let value = self.evaluate(expr);
        self.silence -= 1;
        value
    }

    /// Evaluates an expression.
    pub(crate) fn evaluate(&mut self, expr: &Expr) -> Value {
        let before = self.effect_count;
        let value = self.value_of(expr);
        if let Some(watch) = &self.options.watch {
            self.watch(watch, expr, &value, before);
        }
        if !self.options.asked.is_empty() {
            self.note(expr, &value);
        }
        value
    }

    fn value_of(&mut self, expr: &Expr) -> Value {
        if !self.burn() {
            return Value::unknown(Why::Fuel);
        }
        let place = self.place(expr.span);
        match &expr.kind {
            ExprKind::Constant(constant) => constant_value(constant),
            ExprKind::Name(name) => {
                let value = self.lookup(*name);
                self.template_variable(*name, value, place)
            }
            ExprKind::Attribute { value, name, .. } => {
                let owner = self.evaluate(value);
                self.note_key_read(value, *name);
                let found = self.read_attribute(&owner, *name, place);
                self.refine(found)
            }
            ExprKind::Lookup { value, name, .. } => {
                let owner = self.evaluate(value);
                self.template_lookup(&owner, *name, place)
            }
            ExprKind::Subscript { value, index } => self.subscript(value, index, place),
            ExprKind::Slice { .. } | ExprKind::Unsupported => Value::unknown(Why::Syntax),
            ExprKind::Call { function, arguments } => match self.program.made_by(place.file, expr) {
                Some(made) => Value::Class(ClassRef::Known(made)),
                None => self.call_expression(function, arguments, place),
            },
            ExprKind::Tuple(items) => self.sequence(SequenceKind::Tuple, items, place),
            ExprKind::List(items) => self.sequence(SequenceKind::List, items, place),
            ExprKind::Set(items) => self.sequence(SequenceKind::Set, items, place),
            ExprKind::Dict(items) => self.dictionary(items, place),
            ExprKind::Starred(inner) | ExprKind::Await(inner) => self.evaluate(inner),
            ExprKind::Unary { operator, operand } => self.unary(*operator, operand),
            ExprKind::Binary { left, operator, right } => {
                let left = self.evaluate(left);
                let right = self.evaluate(right);
                self.binary(&left, *operator, &right, place)
            }
            ExprKind::Bool { and, values } => self.bool_expression(*and, values),
            ExprKind::Compare { left, rest } => self.compare(left, rest, place),
            ExprKind::Conditional { test, body, orelse } => self.conditional(test, body, orelse),
            ExprKind::Lambda(function) => self.closure_value(function),
            ExprKind::Comprehension { kind, element, value, clauses } => {
                self.comprehension(*kind, element, value.as_deref(), clauses, place)
            }
            ExprKind::Format(parts) => {
                let mut values = Vec::with_capacity(parts.len());
                for (part, conversion) in parts {
                    let value = self.evaluate(part);
                    self.format_value(&value, *conversion, self.place(part.span));
                    values.push(value);
                }
                self.formatted(parts, &values, place)
            }
            ExprKind::Yield(value) => {
                let value = value.as_ref().map_or(Value::None, |value| self.evaluate(value));
                self.give(value);
                Value::unknown(Why::Element)
            }
            ExprKind::YieldFrom(value) => self.give_all(value),
            ExprKind::Walrus { name, value } => {
                let value = self.evaluate(value);
                self.assign_name(*name, value.clone());
                value
            }
        }
    }

    fn note_key_read(&mut self, receiver: &Expr, name: Name) {
        if (name == "pk" || name == "id") && matches!(receiver.kind, ExprKind::Attribute { .. }) {
            let place = self.place(receiver.span);
            self.note_next_read(place, name);
        }
    }

    fn give(&mut self, value: Value) {
        let frame = self.frame();
        if let Some(into) = frame.yields {
            let base = frame.loop_base;
            // Full batches are few, however many elements they take.
            let is_batch = self.seldom.iter().any(|(around, why)| *around > base && *why == BATCHED);
            self.add_element(into, value, if is_batch { self.loops.len() } else { base });
            self.end_if_one_is_enough();
        }
    }

    fn give_all(&mut self, inner: &Expr) -> Value {
        let value = self.evaluate(inner);
        let place = self.place(inner.span);
        let iteration = self.iterate_value(&value, place);
        let (into, base) = (self.frame().yields, self.frame().loop_base);
        let Some(into) = into else { return Value::unknown(Why::Element) };
        match iteration.items {
            Some(items) if items.len() <= 4 => {
                for item in items {
                    self.add_element(into, item, base);
                }
            }
            _ => {
                if let Some(element) = iteration.element {
                    self.add_element(into, element, base);
                    if let Object::Sequence(sequence) = self.object_mut(into) {
                        sequence.element = sequence.any();
                        sequence.items = None;
                        sequence.size = super::join::join_sizes(&sequence.size, &iteration.size);
                    }
                }
            }
        }
        Value::unknown(Why::Element)
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &Expr) -> Value {
        if operator == UnaryOperator::Not {
            let truth = self.condition(operand).map(|truth| !truth);
            return truth.map_or(Value::ANY, |truth| Value::Scalar(Scalar::Bool(truth)));
        }
        match (operator, self.evaluate(operand)) {
            (UnaryOperator::Minus, Value::Scalar(Scalar::Int(number))) => {
                Value::Scalar(Scalar::Int(number.saturating_neg()))
            }
            (_, value @ Value::Scalar(_)) => value,
            (UnaryOperator::Invert, value) => {
                let place = self.place(operand.span);
                self.inverted(&value, place).unwrap_or(value)
            }
            _ => Value::ANY,
        }
    }

    fn bool_expression(&mut self, and: bool, values: &[Expr]) -> Value {
        let mut result: Option<Value> = None;
        let mut skipped = None;
        let before = self.conditions.len();
        for (index, expr) in values.iter().enumerate() {
            let value = self.evaluate(expr);
            let is_last = index + 1 == values.len();
            let truth = if is_last { None } else { self.truth(&value, expr.span) };
            let ends = truth.is_some_and(|truth| truth != and);
            let passes = truth == Some(and);
            if !passes || is_last {
                let kept = if is_last || ends { value } else { short_circuit(&value, and) };
                result = Some(result.map_or(kept.clone(), |before| decided(&before, &kept, and)));
            }
            if ends {
                break;
            }
            if !is_last && !passes {
                super::state::collect(&mut skipped, self.state.clone());
            }
            if !is_last {
                self.assume(expr, and);
            }
        }
        self.conditions.truncate(before);
        if let Some(skipped) = skipped {
            let now = std::mem::take(&mut self.state);
            self.state = now.join(skipped, None);
        }
        result.unwrap_or(Value::ANY)
    }

    fn compare(&mut self, left: &Expr, rest: &[(Comparison, Expr)], place: Place) -> Value {
        let mut before = self.evaluate(left);
        let first = before.clone();
        let mut outcome = None;
        for (comparison, right) in rest {
            let value = self.evaluate(right);
            outcome = self.compare_values(&before, *comparison, &value, place);
            before = value;
        }
        if let [(comparison, written)] = rest
            && let Some(truth) = turn_compared(&first, *comparison, &before, written)
        {
            return truth;
        }
        if let [(comparison, _)] = rest
            && let Some(truth) = self.known_of_column(left, *comparison, &before)
        {
            return Value::Scalar(Scalar::Bool(truth));
        }
        if let [(Comparison::Equal, _)] = rest
            && let Some(condition) = self.equality(&first, &before, place)
        {
            return condition;
        }
        if let [(comparison, written)] = rest
            && let Some(truth) = ordered(left, &first, *comparison, written, &before)
        {
            return Value::Scalar(Scalar::Bool(truth));
        }
        match outcome {
            Some(truth) if rest.len() == 1 => Value::Scalar(Scalar::Bool(truth)),
            _ => self.compare_columns(&first, rest, &before).unwrap_or(Value::ANY),
        }
    }

    fn compare_values(&mut self, left: &Value, comparison: Comparison, right: &Value, place: Place) -> Option<bool> {
        match comparison {
            Comparison::In | Comparison::NotIn => {
                self.contains(right, left, place);
                let found = self.is_among(right, left)?;
                Some(found == (comparison == Comparison::In))
            }
            Comparison::Is | Comparison::Equal if is_definite(left) && is_definite(right) => Some(left == right),
            Comparison::IsNot | Comparison::NotEqual if is_definite(left) && is_definite(right) => Some(left != right),
            // An object is no constant.
            Comparison::Is | Comparison::IsNot if matches!((left, right), (Value::Object(_), Value::Scalar(_))) => {
                Some(comparison == Comparison::IsNot)
            }
            Comparison::Is | Comparison::IsNot | Comparison::Equal | Comparison::NotEqual
                if let Some(same) = crate::orm::sqlalchemy::is_same_told(left, right) =>
            {
                Some(same == matches!(comparison, Comparison::Is | Comparison::Equal))
            }
            Comparison::Is | Comparison::IsNot => self.is_none_test(left, comparison, right),
            Comparison::Equal | Comparison::NotEqual => {
                self.call_dunder(left, "__eq__", right, place);
                None
            }
            _ => {
                self.call_dunder(left, "__lt__", right, place);
                None
            }
        }
    }

    fn is_none_test(&self, left: &Value, comparison: Comparison, right: &Value) -> Option<bool> {
        let is_none = if *right == Value::None { left.is_none()? } else { return None };
        Some(is_none == (comparison == Comparison::Is))
    }

    /// Calls the method that compares, of whichever object it is.
    pub(super) fn call_dunder(&mut self, left: &Value, name: &str, right: &Value, place: Place) {
        let objects = left.disjuncts().into_iter().filter(|part| matches!(part, Value::Object(_)));
        let methods = objects.filter_map(|part| self.project_method(&part, Name::new(name)));
        let methods: Vec<Disjunct> = methods.map(Disjunct::from).collect();
        let arguments = Arguments::of(vec![right.clone()]);
        match methods.as_slice() {
            [] => {}
            [method] => drop(self.call_value(&method.value, arguments, place)),
            _ => drop(self.call_each(&methods, arguments, place)),
        }
    }

    fn conditional(&mut self, test: &Expr, body: &Expr, orelse: &Expr) -> Value {
        let truth = self.condition(test);
        let guard = self.guard_of(test);
        match truth {
            Some(true) => return self.evaluate(body),
            Some(false) => return self.evaluate(orelse),
            None => {}
        }
        let before = self.state.clone();
        let (mut yes, mut no) = (Value::None, Value::None);
        let (then_once, else_once) = self.turns_of_branches(test);
        self.left.push(then_once);
        self.branch_of(test, guard, true, |machine| {
            machine.assume(test, true);
            yes = machine.evaluate(body);
        });
        self.left.pop();
        let then = std::mem::replace(&mut self.state, before);
        self.left.push(else_once);
        self.branch_of(test, guard, false, |machine| {
            machine.assume(test, false);
            no = machine.evaluate(orelse);
        });
        self.left.pop();
        let other = std::mem::take(&mut self.state);
        self.state = join_under(then, other, guard);
        match guard {
            Some((number, false)) => no.join(&yes, Some(number)),
            guard => yes.join(&no, guard.map(|(number, _)| number)),
        }
    }

    fn sequence(&mut self, kind: SequenceKind, items: &[Expr], place: Place) -> Value {
        let mut sequence = Sequence::of(kind, Vec::new());
        for item in items {
            if let ExprKind::Starred(inner) = &item.kind {
                let value = self.evaluate(inner);
                let iteration = self.iterate_value(&value, self.place(inner.span));
                sequence = append_iteration(sequence, iteration);
            } else {
                let value = self.evaluate(item);
                if kind != SequenceKind::Tuple {
                    self.give_away(&value);
                }
                sequence = push(sequence, value);
            }
        }
        let id = self.allocate(place, 0, Object::Sequence(sequence));
        if items.is_empty() {
            self.own(id);
        }
        Value::Object(id)
    }

    fn dictionary(&mut self, items: &[(Option<Expr>, Expr)], place: Place) -> Value {
        let id = self.allocate(place, 0, Object::Dict(Dict::empty()));
        self.own(id);
        let mut inner = Vec::new();
        for (key, value) in items {
            let key = key.as_ref().map(|key| self.evaluate(key));
            let value = self.evaluate(value);
            inner.push((key, value));
        }
        for (key, value) in inner {
            match key {
                Some(key) => self.set_item(&Value::Object(id), &key, value),
                None => self.update_dict(id, &value, place),
            }
        }
        let count = items.len() as u64;
        if let Object::Dict(dict) = self.object_mut(id)
            && items.iter().all(|(key, _)| key.is_some())
        {
            dict.size = Size::Known(count);
        }
        Value::Object(id)
    }

    fn call_expression(&mut self, function: &Expr, arguments: &[Argument], place: Place) -> Value {
        let callee = self.evaluate(function);
        if let Value::External(path) = callee
            && path == "builtins.super"
        {
            return self.super_value(arguments);
        }
        self.is_taking_one = super::first::is_next_of_generator(&callee, arguments);
        let arguments = self.arguments(arguments);
        self.is_taking_one = false;
        if !self.state.is_alive {
            return Value::unknown(Why::Call);
        }
        if let ExprKind::Attribute { value, name, .. } = &function.kind {
            self.note_change(value, *name);
            if callee.disjuncts().iter().all(|part| part.is_unknown() || *part == Value::None)
                && let Some(value) = self.unknown_method(last_name(value), *name, &arguments, place)
            {
                return value;
            }
        }
        if let Some(shown) = self.unknown_rendering(&callee, function, &arguments, place) {
            return shown;
        }
        let handed = self.handed_to_unknown(&callee, &arguments);
        let result = self.call_value(&callee, arguments, place);
        self.handed_query = handed.map(|query| (place, query));
        match result {
            Value::Unknown(_) if is_unknown_class(&callee, function) => Value::unknown(Why::Instance),
            result => result,
        }
    }

    /// Evaluates the arguments of a call; known stars are spread.
    pub(crate) fn arguments(&mut self, arguments: &[Argument]) -> Arguments {
        let mut result = Arguments::default();
        for argument in arguments {
            let value = self.evaluate(&argument.value);
            match argument.kind {
                ArgumentKind::Positional => result.positional.push(value),
                ArgumentKind::Keyword(name) => result.keywords.push((name, value)),
                ArgumentKind::Star => {
                    result.spreads = true;
                    let iteration = self.iterate_value(&value, self.place(argument.value.span));
                    match iteration.items {
                        Some(items) => result.positional.extend(items),
                        None => result.star = iteration.element.or(Some(Value::unknown(Why::Element))),
                    }
                }
                ArgumentKind::DoubleStar => self.spread_keywords(&value, &mut result),
            }
        }
        result
    }

    /// `**value`; of several dictionaries, each name may have the value that any of them has.
    fn spread_keywords(&mut self, value: &Value, into: &mut Arguments) {
        if let Value::Union(parts) = value {
            let mut joined: Vec<(Name, Value)> = Vec::new();
            for part in parts.iter().filter(|part| part.value != Value::None) {
                let mut spread = Arguments::default();
                self.spread_keywords(&part.value, &mut spread);
                into.double_star = spread.double_star.or(into.double_star.take());
                for (name, value) in spread.keywords {
                    match joined.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = known.join(&value, None),
                        None => joined.push((name, value)),
                    }
                }
            }
            into.keywords.extend(joined);
            return;
        }
        if let Value::Object(id) = value
            && let Object::Dict(dict) = self.object(*id)
        {
            into.keywords.extend(dict.known.iter().cloned());
            if dict.value.is_none() {
                return;
            }
        }
        into.double_star = Some(value.clone());
    }
}

fn constant_value(constant: &Constant) -> Value {
    match constant {
        Constant::None => Value::None,
        Constant::Bool(truth) => Value::Scalar(Scalar::Bool(*truth)),
        Constant::Int(number) => Value::Scalar(Scalar::Int(*number)),
        Constant::Text(text) => Value::Scalar(Scalar::Text(*text)),
        Constant::Ellipsis | Constant::Number | Constant::Bytes => Value::ANY,
    }
}

/// The last name that an expression is written with: `session` of `self.session` and of `self.session()`.
fn last_name(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(*name),
        ExprKind::Call { function, .. } => last_name(function),
        _ => None,
    }
}

pub(super) fn is_definite(value: &Value) -> bool {
    matches!(value, Value::None | Value::Scalar(Scalar::Bool(_) | Scalar::Int(_) | Scalar::Text(_)) | Value::Class(_))
}

/// The value of `before and last`, or of `before or last`: a `False` that comes last decides the truth of the first, as `True` does
/// of the second.
fn decided(before: &Value, last: &Value, and: bool) -> Value {
    let decides = *last == Value::Scalar(Scalar::Bool(!and));
    if decides && before.is_inert() { last.clone() } else { before.join(last, None) }
}

/// What is left of a value that ends an `and` or `or` early.
fn short_circuit(value: &Value, and: bool) -> Value {
    if !and {
        let kept: Vec<_> = value.disjuncts().into_iter().filter(|part| *part != Value::None).collect();
        let parts = kept.into_iter().map(|value| crate::domain::Disjunct { guard: None, value }).collect();
        return Value::from_disjuncts(parts);
    }
    let can_be_false = |part: &Value| !matches!(part, Value::Class(_) | Value::Function(_));
    let kept: Vec<_> = value.disjuncts().into_iter().filter(can_be_false).collect();
    if kept.contains(&Value::None) { Value::None } else { Value::ANY }
}

pub(crate) fn push(mut sequence: Sequence, value: Value) -> Sequence {
    match &mut sequence.items {
        Some(items) => {
            items.push(value);
            sequence.size = Size::Known(items.len() as u64);
        }
        None => sequence.element = super::join::join_maybe(&sequence.element, &Some(value)),
    }
    sequence
}

pub(crate) fn append_iteration(sequence: Sequence, iteration: crate::domain::Iteration) -> Sequence {
    match (&sequence.items, iteration.items) {
        (Some(mine), Some(theirs)) => {
            let items = mine.iter().cloned().chain(theirs).collect();
            Sequence::of(sequence.kind, items)
        }
        (_, theirs) => {
            let listed = theirs.into_iter().flatten().reduce(|a, b| a.join(&b, None));
            let other = super::join::join_maybe(&iteration.element, &listed);
            Sequence {
                kind: sequence.kind,
                element: super::join::join_maybe(&sequence.any(), &other),
                items: None,
                size: super::join::join_sizes(&sequence.size, &iteration.size),
            }
        }
    }
}

/// `settings.Session`, of which nothing is known but that it has the name of a class.
fn is_unknown_class(callee: &Value, function: &Expr) -> bool {
    let is_named = |name: Name| name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
    let is_open = callee.disjuncts().iter().all(|part| part.is_unknown() || *part == Value::None);
    is_open && last_name(function).is_some_and(is_named)
}
