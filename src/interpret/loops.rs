//! Loops: the first pass is peeled, the steady pass counts for every further element.

use std::rc::Rc;

use super::counted::is_bounded;
use super::effects::TrailStep;
use super::interpreter::{Flow, Interpreter, LoopFrame, Skipped};
use super::join::join_sizes;
use super::lookups::Lookups;
use super::state::{State, collect};
use super::statements::join_under;
use super::turns::{leaves_at_once, turns_at_most, turns_until_full};
use crate::domain::{
    Alchemy, Certainty, DECLARED, Disjunct, Generator, Guard, Iteration, LoadPlan, Machine, Object, ObjectId, Place,
    Row, Scalar, Sequence, SequenceKind, Size, Value, Why,
};
use crate::project::{ClassRef, ModelId};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Stmt};
use crate::syntax::visit;

/// Loops over so few listed items run item by item.
const UNROLLED: usize = 4;

/// The same for names that the program spells out, as of the columns of an export: `getattr(book, name)`.
const UNROLLED_TEXTS: usize = 48;

/// The same for what a model declares: `inspect(Book).relationships`, `Book._meta.fields`.
const UNROLLED_PROPERTIES: usize = 48;

/// The same for stubs, whose listed items are declarations.
const UNROLLED_IN_STUBS: usize = 200;

impl Interpreter<'_> {
    /// `for target in iterable: body else: orelse`
    pub(crate) fn run_for(&mut self, place: Place, target: &Expr, iterable: &Expr, body: &[Stmt], orelse: &[Stmt]) {
        let walked = self.evaluate(iterable);
        let place_of_walked = self.place(iterable.span);
        let mut iteration = match leaves_at_once(body) {
            true => self.iterate_for_one(&walked, place_of_walked),
            false => self.iterate_value(&walked, place_of_walked),
        };
        if iteration.size.grows() {
            let number = &mut |expr: &Expr| self.known_number(expr);
            let turns = turns_at_most(target, iterable, body, number).or_else(|| turns_until_full(body, number));
            if let Some(turns) = turns.or_else(|| self.kinds_at_most(target, iterable, &walked, body)) {
                iteration.size = Size::Bounded(Some(turns));
            }
        }
        let by_key = self.values_by_key(&walked);
        let looked_up = self.looked_up(&Lookups::of_loop(target, body));
        let distinct = self.distinct_target(target, iterable, &walked);
        let walks_groups = self.walks_groups(iterable);
        self.run_loop_over(place, &walked, iteration, [by_key, looked_up].concat(), &mut |machine, element| {
            if let Some(frame) = machine.loops.last_mut().filter(|frame| frame.place == place) {
                frame.distinct = distinct;
                frame.walks_groups = walks_groups;
                if let ExprKind::Name(name) = target.kind {
                    frame.target = Some(name);
                }
            }
            machine.bind(target, element);
            machine.run(body);
        });
        self.run(orelse);
    }

    /// `for name, keys in wanted.items():`, `for keys in wanted.values():` of a mapping that the function is given. One that it makes
    /// groups by kinds, to ask once for each kind.
    fn walks_groups(&self, iterable: &Expr) -> bool {
        let ExprKind::Call { function, arguments } = &iterable.kind else { return false };
        let ExprKind::Attribute { value: mapping, name, .. } = &function.kind else { return false };
        let ExprKind::Name(mapping) = mapping.kind else { return false };
        let Some(function) = &self.frame().function else { return false };
        let is_given = function.parameters.iter().any(|parameter| parameter.name == mapping);
        is_given && arguments.is_empty() && matches!(name.as_str(), "items" | "values")
    }

    /// Whoever walks the keys of a mapping looks up another value with each.
    pub(super) fn values_by_key(&self, walked: &Value) -> Vec<ObjectId> {
        let Value::Object(id) = walked else { return Vec::new() };
        let Object::Dict(dict) = self.object(*id) else { return Vec::new() };
        dict.any_value().map_or(Vec::new(), |value| self.varying(&value))
    }

    /// Runs a body for the elements of an iteration.
    pub(crate) fn run_loop(&mut self, place: Place, iteration: Iteration, body: &mut dyn FnMut(&mut Self, Value)) {
        self.run_loop_over(place, &Value::None, iteration, Vec::new(), body);
    }

    /// As `run_loop`, of what is walked, where more objects than the elements differ from pass to pass.
    pub(super) fn run_loop_over(
        &mut self,
        place: Place,
        walked: &Value,
        iteration: Iteration,
        also: Vec<ObjectId>,
        body: &mut dyn FnMut(&mut Self, Value),
    ) {
        if let Some(items) = &iteration.items
            && items.len() <= self.unrolled(items)
        {
            if items.is_empty() {
                self.pass_over(walked);
            }
            return self.run_unrolled(items, body);
        }
        let Some(element) = iteration.any() else { return };
        let varying = [self.varying(&element), also].concat();
        let before = self.state.clone();
        let frame = LoopFrame::new(place, iteration.size.clone(), self.births);
        let inside = [&self.conditions, &self.parts].map(|known| self.conditions_beyond(known, &element, &varying));
        let outside = self.replace_conditions(inside);
        self.enter_loop(LoopFrame { varying: varying.clone(), suspended: self.scope_of_generator(walked), ..frame });
        let stirred = self.stirred;
        let mut breaks = None;
        let kept = if iteration.size.grows() { self.keep_for_the_steady_pass() } else { 0 };
        self.pass(element.clone(), &mut breaks, body);
        if self.fuel == 0 {
            self.ran_out = true;
            self.give_away_variables(self.frame().scope);
        }
        self.fuel += kept;
        if self.state.is_alive && self.stirred > stirred {
            self.reset(&varying, &before);
            self.state.questions = before.questions.clone();
            let births = self.births;
            if let Some(frame) = self.loops.last_mut() {
                frame.is_steady = true;
                frame.pass = births;
                frame.assigned.clear();
            }
            self.pass(element, &mut breaks, body);
        }
        self.leave_loop();
        self.replace_conditions(outside);
        self.finish(before, breaks, &varying);
    }

    /// What a loop over nothing leaves open: code that is not seen may have put something in, which the body would hand on, and of a
    /// loop around it the later turns may find what the first puts in.
    fn pass_over(&mut self, walked: &Value) {
        let Value::Object(id) = walked else { return self.give_away_variables(self.frame().scope) };
        if !self.is_owned_and_empty(*id) {
            self.give_away_variables(self.frame().scope);
        }
        self.stirred += u64::from(self.is_older_than_loop(*id));
    }

    fn scope_of_generator(&self, walked: &Value) -> Option<ObjectId> {
        let Value::Object(id) = walked else { return None };
        match self.object(*id) {
            Object::Generator(generator) => Some(generator.scope),
            _ => None,
        }
    }

    fn unrolled(&self, items: &[Value]) -> usize {
        if self.frame().is_stub {
            UNROLLED_IN_STUBS
        } else if are_properties(self, items) {
            UNROLLED_PROPERTIES
        } else if are_texts(items) {
            UNROLLED_TEXTS
        } else {
            UNROLLED
        }
    }

    /// The first pass may take half of the fuel: what it finds beyond would not be seen to repeat.
    fn keep_for_the_steady_pass(&mut self) -> u64 {
        let kept = self.fuel / 2;
        self.fuel -= kept;
        kept
    }

    fn run_unrolled(&mut self, items: &[Value], body: &mut dyn FnMut(&mut Self, Value)) {
        let mut breaks = None;
        let context = self.frame().context;
        // What one step of several makes of the rows is not what the next makes: `rows = step(rows)`.
        let are_steps = items.iter().all(Value::is_code);
        let are_apart = self.frame().is_stub || are_steps || are_texts(items) || are_properties(self, items);
        for (number, item) in items.iter().enumerate() {
            if !self.state.is_alive {
                break;
            }
            if are_apart {
                self.tell_apart(context, number as u32);
            }
            self.pass(item.clone(), &mut breaks, body);
        }
        self.frame_mut().context = context;
        if let Some(left) = breaks {
            let now = std::mem::take(&mut self.state);
            self.state = now.join(left, None);
        }
    }

    /// Declarations that a stub goes through, and names that the program spells out, make objects of their own.
    fn tell_apart(&mut self, context: u32, number: u32) {
        let place = self.place(crate::syntax::ir::Span { start: number, end: number });
        self.frame_mut().context = self.context_of(context, place);
    }

    /// One run of the body; `continue` joins its end, `break` is collected.
    fn pass(&mut self, element: Value, breaks: &mut Option<State>, body: &mut dyn FnMut(&mut Self, Value)) {
        self.flows.push(Flow { known: self.conditions.len(), ..Flow::default() });
        body(self, element);
        let flow = self.flows.pop().unwrap_or_default();
        if let Some(state) = flow.continues {
            let now = std::mem::take(&mut self.state);
            let guard = match flow.skipped {
                Skipped::Under(guard) => Some(guard),
                _ => None,
            };
            self.state = join_under(state, now, guard);
        }
        if let Some(state) = flow.breaks {
            collect(breaks, state);
        }
    }

    fn enter_loop(&mut self, frame: LoopFrame) {
        let is_stub = self.frame().is_stub;
        self.trail.push(TrailStep::Loop { place: frame.place, size: frame.size.clone(), is_stub });
        self.loops.push(frame);
    }

    fn leave_loop(&mut self) {
        let left = self.loops.pop().map_or(Vec::new(), |frame| frame.assigned);
        left.into_iter().for_each(|name| self.note_assigned(name));
        self.trail.pop();
    }

    /// The state after a loop: it may not have run at all; what each element became holds for all of them. Where the loop
    /// may be left early, that is true of those before: what the others send later is on the account of the loop.
    fn finish(&mut self, before: State, breaks: Option<State>, varying: &[ObjectId]) {
        let mut after = std::mem::take(&mut self.state);
        let (whole, start) = (after.clone(), before.clone());
        if let Some(left) = breaks {
            after = after.join(left, None);
        }
        self.state = before.join(after, None);
        if whole.is_alive {
            self.adopt(varying, &whole);
            self.expire_others(varying, &start);
        }
    }

    /// Where each pass commits, the later ones have expired what the earlier ones read.
    fn expire_others(&mut self, varying: &[ObjectId], start: &State) {
        if varying.is_empty() {
            return;
        }
        for id in self.state.apart_from(start) {
            let Some(slot) = self.state.get(id) else { continue };
            // Few objects are rows of a session, so that is asked before whose they are.
            let Object::Row(Row { session: Some(tie), .. }) = &*slot.object else { continue };
            if !self.belongs(id, varying) {
                continue;
            }
            let before = start.get(tie.session).and_then(|slot| slot.object.commits());
            if let (Some(before), Object::Row(row)) = (before.filter(|count| *count < tie.commits), self.object_mut(id))
                && let Some(tie) = &mut row.session
            {
                tie.commits = before;
            }
        }
    }

    /// `while test: body else: orelse`
    pub(crate) fn run_while(&mut self, place: Place, test: &Expr, body: &[Stmt], orelse: &[Stmt]) {
        let before = self.state.clone();
        let size = if takes_batches(test, body) { Size::Known(DECLARED) } else { Size::Unknown(Name::new("while")) };
        let frame = LoopFrame::new(place, size, self.births);
        self.enter_loop(LoopFrame { is_while: true, is_counted: is_bounded(test), ..frame });
        let stirred = self.stirred;
        let mut breaks = None;
        let mut run = |machine: &mut Self, _: Value| {
            let (asked, written) = (machine.effect_count, machine.writes);
            if machine.condition(test) != Some(false) {
                let takes_one = match test.kind {
                    ExprKind::Walrus { .. } => machine.effect_count > asked,
                    // `while self.send_one(): pass`
                    ExprKind::Call { .. } => machine.writes > written,
                    _ => false,
                };
                if let Some(frame) = machine.loops.last_mut().filter(|_| takes_one) {
                    frame.consumes = true;
                }
                machine.note_counted(test, body);
                machine.assume(test, true);
                machine.run(body);
            }
        };
        self.pass(Value::None, &mut breaks, &mut run);
        if self.state.is_alive && self.stirred > stirred {
            let births = self.births;
            let consumed = self.loops.last_mut().map(|frame| {
                frame.is_steady = true;
                frame.pass = births;
                frame.assigned.clear();
                frame.varying = std::mem::take(&mut frame.consumed);
                frame.varying.clone()
            });
            self.reset(&consumed.unwrap_or_default(), &before);
            self.state.questions = before.questions.clone();
            self.pass(Value::None, &mut breaks, &mut run);
        }
        let consumed = self.loops.last().map_or(Vec::new(), |frame| frame.varying.clone());
        self.leave_loop();
        let whole = self.state.clone();
        let is_endless = matches!(test.kind, ExprKind::Constant(crate::syntax::ir::Constant::Bool(true)));
        let before = if is_endless { State::dead() } else { before };
        let mut after = std::mem::take(&mut self.state);
        if let Some(left) = breaks {
            after = if is_endless { left } else { after.join(left, None) };
        }
        self.state = before.join(after, None);
        if whole.is_alive {
            self.adopt(&consumed, &whole);
        }
        if self.state.is_alive {
            self.assume(test, false);
        }
        self.run(orelse);
    }

    /// The objects that differ from element to element: those reached from the element that were made within the
    /// collection, not before it.
    pub(super) fn varying(&self, element: &Value) -> Vec<ObjectId> {
        self.varying_beyond(element, self.loops.len())
    }

    /// As `varying`, for a collection that was made within `depth` loops.
    pub(crate) fn varying_beyond(&self, element: &Value, depth: usize) -> Vec<ObjectId> {
        let mut found = Vec::new();
        let mut waiting = vec![element.clone()];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Union(parts) => waiting.extend(parts.iter().map(|part| part.value.clone())),
                Value::Bound(bound) => waiting.push(bound.0.clone()),
                Value::Scalar(Scalar::KeyOf(row, _)) => waiting.push(Value::Object(row)),
                Value::Object(id) if !found.contains(&id) && self.depth_of(id) > depth => {
                    found.push(id);
                    self.parts_of(id, &mut waiting);
                    // A row that was made for each element names others: `Invoice(subscription=subscription)`.
                    if let Object::Row(row) = self.object(id) {
                        waiting.extend(row.loaded.values().map(|loaded| loaded.value.clone()));
                    }
                }
                _ => {}
            }
        }
        found
    }

    pub(super) fn parts_of(&self, id: ObjectId, waiting: &mut Vec<Value>) {
        match self.object(id) {
            Object::Sequence(sequence) => {
                waiting.extend(sequence.items.iter().flatten().cloned());
                waiting.extend(sequence.element.clone());
            }
            Object::Dict(dict) => {
                waiting.extend(dict.listed_values().cloned());
                waiting.extend(dict.key.clone());
                waiting.extend(dict.value.clone());
            }
            Object::Instance(instance) => waiting.extend(instance.attributes.values().cloned()),
            Object::Row(row) => waiting.extend(row.attributes.values().cloned()),
            Object::Alchemy(Alchemy::Tuple(tuple) | Alchemy::Page(tuple)) => {
                waiting.extend(tuple.items.iter().cloned())
            }
            _ => {}
        }
    }

    /// Walks a value: what its elements are, with the queries that it takes to get them.
    pub(crate) fn iterate_value(&mut self, value: &Value, place: Place) -> Iteration {
        match value {
            Value::Object(id) => self.iterate_object(*id, place),
            Value::Union(_) => self.for_all_alike(value, |machine, value| match value {
                Value::Union(parts) => machine.iterate_several(parts, place),
                one => machine.iterate_value(one, place),
            }),
            Value::Scalar(Scalar::Text(text)) => {
                Iteration { element: Some(Value::ANY), items: None, size: Size::Known(text.chars().count() as u64) }
            }
            Value::Class(ClassRef::Known(id)) => {
                let program = self.program;
                let is_enumeration = program.class(*id).mro.iter().any(|base| matches!(base, ClassRef::External(_)));
                let element = if is_enumeration { Value::unknown(Why::Element) } else { Value::ANY };
                Iteration { element: Some(element), items: None, size: Size::Known(DECLARED) }
            }
            Value::External(_) | Value::Class(_) => {
                Iteration { element: Some(Value::unknown(Why::Element)), items: None, size: Size::Known(DECLARED) }
            }
            Value::None => Iteration { element: None, items: Some(Vec::new()), size: Size::Known(0) },
            _ => {
                let name = self.label(place);
                Iteration { element: Some(Value::unknown(Why::Element)), items: None, size: Size::Unknown(name) }
            }
        }
    }

    /// The elements of each alternative are there when it is. Nothing is known of how many an unknown one has: beside
    /// classes or texts that the program spells out it is taken for as short (`sections or DEFAULT_SECTIONS`).
    fn iterate_several(&mut self, parts: &[Disjunct], place: Place) -> Iteration {
        let mut elements: Vec<(Option<Guard>, Value)> = Vec::new();
        let (mut size, mut unknown) = (Size::Known(0), Size::Known(0));
        let mut are_declared = true;
        let mut few = Vec::new();
        let parts = self.without_plainer(parts);
        for part in parts.iter().filter(|part| part.value != Value::None) {
            let one = self.iterate_value(&part.value, place);
            let is_query = matches!(&part.value, Value::Object(id) if matches!(self.object(*id), Object::QuerySet(_)));
            few.extend(one.any().filter(|_| is_query && !one.size.grows()));
            elements.extend(one.any().map(|element| (part.guard, element)));
            if part.value.is_unknown() {
                unknown = join_sizes(&unknown, &one.size);
            } else {
                are_declared &=
                    one.items.as_ref().is_some_and(|items| items.len() > 1 && items.iter().all(is_declared));
                size = join_sizes(&size, &one.size);
            }
        }
        self.note_elsewhere(&elements);
        let size = if are_declared && size != Size::Known(0) { size } else { join_sizes(&size, &unknown) };
        if size.grows() {
            self.doubt_rows(&few);
        }
        let element = (!elements.is_empty()).then(|| Value::either(&elements));
        Iteration { element, items: None, size }
    }

    /// The one row of a query by its key does not grow in number where it is walked in place of many.
    fn doubt_rows(&mut self, rows: &[Value]) {
        for part in rows.iter().flat_map(Value::disjuncts) {
            if let Value::Object(id) = part
                && let Object::Row(row) = self.object_mut(id)
            {
                row.certainty = Certainty::Low;
            }
        }
    }

    /// Rows of a query that loads more on other paths: `if full: query = query.select_related("author")`.
    fn note_elsewhere(&mut self, elements: &[(Option<Guard>, Value)]) {
        let rows: Vec<ObjectId> = elements
            .iter()
            .flat_map(|(_, element)| element.disjuncts())
            .filter_map(|part| match part {
                Value::Object(id) if matches!(self.object(id), Object::Row(_)) => Some(id),
                _ => None,
            })
            .collect();
        let plans: Vec<_> = rows.iter().filter_map(|id| self.model_and_plan(*id)).collect();
        for (id, (model, plan)) in rows.iter().zip(&plans) {
            let others = plans.iter().filter(|(other, _)| other == model).map(|(_, other)| other);
            let mut noted = (**plan).clone();
            others.for_each(|other| noted.note_elsewhere(other));
            if let Object::Row(row) = self.object_mut(*id)
                && noted.elsewhere.len() != plan.elsewhere.len()
            {
                row.plan = Rc::new(noted);
            }
        }
    }

    fn model_and_plan(&self, row: ObjectId) -> Option<(ModelId, Rc<LoadPlan>)> {
        match self.object(row) {
            Object::Row(row) => Some((row.model, Rc::clone(&row.plan))),
            _ => None,
        }
    }

    /// Where one of several querysets of a model loads what nobody knows, the others may be what it was before, on paths that
    /// are not taken.
    fn without_plainer(&self, parts: &[Disjunct]) -> Vec<Disjunct> {
        let loads = |part: &Disjunct| match &part.value {
            Value::Object(id) => match self.object(*id) {
                Object::QuerySet(query) => Some((query.model, query.plan.loads_all)),
                _ => None,
            },
            _ => None,
        };
        let open: Vec<_> = parts.iter().filter_map(loads).filter(|(_, loads_all)| *loads_all).collect();
        let is_plainer =
            |part: &&Disjunct| loads(part).is_some_and(|(model, all)| !all && open.contains(&(model, true)));
        parts.iter().filter(|part| !is_plainer(part)).cloned().collect()
    }

    pub(super) fn iterate_object(&mut self, id: ObjectId, place: Place) -> Iteration {
        match self.object(id).clone() {
            Object::Sequence(sequence) => of_sequence(&sequence),
            Object::Dict(dict) => {
                let items: Vec<Value> = self.listed_items(&dict, place).into_iter().map(|(key, _)| key).collect();
                match dict.key {
                    None if dict.value.is_none() => {
                        Iteration { element: None, size: Size::Known(items.len() as u64), items: Some(items) }
                    }
                    key => Iteration { element: Some(key.unwrap_or(Value::ANY)), items: None, size: dict.size },
                }
            }
            Object::QuerySet(_) => {
                let result = crate::orm::django::evaluate(self, id, place);
                self.iterate_object(result, place)
            }
            Object::Generator(generator) => {
                let produced = self.run_generator(id, &generator, place);
                self.iterate_object(produced, place)
            }
            Object::Alchemy(_) => crate::orm::sqlalchemy::iterate(self, id, place),
            Object::Instance(_) | Object::Row(_) => self.iterate_instance(id, place),
            _ => Iteration {
                element: Some(Value::unknown(Why::Element)),
                items: None,
                size: Size::Unknown(self.label(place)),
            },
        }
    }

    fn iterate_instance(&mut self, id: ObjectId, place: Place) -> Iteration {
        let value = Value::Object(id);
        if let Some(made) = self.call_project_method(&value, Name::new("__iter__"), &Default::default(), place) {
            if made != value {
                return self.iterate_value(&made, place);
            }
            if let Some(element) = self.call_project_method(&value, Name::new("__next__"), &Default::default(), place) {
                let size = Size::Unknown(self.label(place));
                return Iteration { element: Some(element), items: None, size };
            }
        }
        if let Some(items) = self.fields_of_tuple(id) {
            return Iteration { element: None, size: Size::Known(items.len() as u64), items: Some(items) };
        }
        let size = Size::Unknown(self.label(place));
        Iteration { element: Some(Value::unknown(Why::Element)), items: None, size }
    }

    /// Runs a generator to its end, once; what it yields is collected.
    fn run_generator(&mut self, id: ObjectId, generator: &Generator, _place: Place) -> ObjectId {
        if let Some(produced) = generator.produced {
            return produced;
        }
        let empty =
            Sequence { kind: SequenceKind::Iterator, items: Some(Vec::new()), element: None, size: Size::Known(0) };
        let produced = self.derive(id, Name::new("produced"), Object::Sequence(empty));
        self.run_generator_body(generator, produced);
        if let Object::Generator(generator) = self.object_mut(id) {
            generator.produced = Some(produced);
        }
        produced
    }

    /// Adds a value to a sequence that is being filled; the loops inside which that happens multiply its size.
    pub(crate) fn add_element(&mut self, sequence: ObjectId, value: Value, loops_outside: usize) {
        let growing = self.loops[loops_outside.min(self.loops.len())..].iter().map(|frame| frame.size.clone());
        let size = growing.reduce(|a, b| join_sizes(&a, &b));
        let depth = self.loops.len();
        let in_loop = depth > loops_outside;
        self.give_away(&value);
        let Object::Sequence(sequence) = self.object_mut(sequence) else { return };
        match (&mut sequence.items, size) {
            (Some(items), None) if !in_loop => {
                items.push(value);
                sequence.size = Size::Known(items.len() as u64);
            }
            (_, size) => {
                let before = sequence.any();
                sequence.element = Some(match before {
                    Some(before) => before.join(&value, None),
                    None => value,
                });
                sequence.items = None;
                sequence.size = join_sizes(&sequence.size, &size.unwrap_or(Size::Known(1)));
            }
        }
    }
}

/// What a program spells out, not what it is given: a class, a function, a text.
fn is_declared(item: &Value) -> bool {
    matches!(item, Value::Class(_) | Value::Function(_)) || item.as_text().is_some()
}

fn are_texts(items: &[Value]) -> bool {
    items.iter().all(|item| item.as_text().is_some())
}

/// Columns and relations of a model, with their names or without.
fn are_properties(machine: &Interpreter, items: &[Value]) -> bool {
    let is_property = |item: &Value| match item {
        Value::Mapped(_) => true,
        Value::Method(_) => crate::orm::django::is_field(item),
        Value::Object(id) => match machine.object(*id) {
            Object::Alchemy(Alchemy::Attribute(..)) => true,
            Object::Sequence(Sequence { items: Some(pair), .. }) => matches!(pair.as_slice(), [_, Value::Mapped(_)]),
            _ => false,
        },
        _ => false,
    };
    items.iter().all(is_property)
}

/// `while batch := list(islice(rows, 500)):`, with the batch in the test or in the body.
fn takes_batches(test: &Expr, body: &[Stmt]) -> bool {
    fn is_batch(expr: &Expr) -> bool {
        let is_it = match &expr.kind {
            ExprKind::Call { function, .. } => {
                matches!(function.kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if name == "islice")
            }
            _ => false,
        };
        is_it || visit::parts(expr).into_iter().any(is_batch)
    }
    is_batch(test) || body.iter().flat_map(visit::expressions).any(is_batch)
}

fn of_sequence(sequence: &Sequence) -> Iteration {
    Iteration { element: sequence.element.clone(), items: sequence.items.clone(), size: sequence.size.clone() }
}
