//! Binding: what an assignment target takes.

use super::conditions::is_named;
use super::interpreter::Interpreter;
use crate::domain::{Alchemy, Guard, Iteration, Machine, Object, ObjectId, Sequence, SequenceKind, Size, Value, Why};
use crate::project::ClassId;
use crate::syntax::Name;
use crate::syntax::ir::{BinaryOperator, Expr, ExprKind};

impl Interpreter<'_> {
    /// Binds a target to a value.
    pub(crate) fn bind(&mut self, target: &Expr, value: Value) {
        match &target.kind {
            ExprKind::Name(name) => self.assign_name(*name, value),
            ExprKind::Attribute { value: owner, name, .. } => {
                let owner = self.evaluate(owner);
                let place = self.place(target.span);
                for part in owner.disjuncts() {
                    self.set_attribute(&part, *name, value.clone(), place);
                }
            }
            ExprKind::Subscript { value: owner, index } => {
                let owner = self.evaluate(owner);
                let index = self.evaluate(index);
                self.set_item(&owner, &index, value);
            }
            ExprKind::Tuple(parts) | ExprKind::List(parts) => self.unpack(parts, value, target),
            ExprKind::Starred(inner) => self.bind(inner, value),
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &[Expr], value: Value, whole: &Expr) {
        let place = self.place(whole.span);
        let iteration = match self.side_by_side(&value, targets.len()) {
            Some(items) => Iteration { element: None, size: Size::Known(items.len() as u64), items: Some(items) },
            None => self.iterate_value(&value, place),
        };
        let starred = targets.iter().position(|target| matches!(target.kind, ExprKind::Starred(_)));
        if let Value::Object(id) = value
            && starred.is_some()
            && matches!(self.object(id), Object::Sequence(_))
        {
            self.note_consumption(id);
        }
        match (&iteration.items, starred) {
            (Some(items), None) if items.len() == targets.len() => {
                for (target, item) in targets.iter().zip(items) {
                    self.bind(target, item.clone());
                }
            }
            (Some(items), Some(star)) if items.len() + 1 >= targets.len() => {
                let behind = targets.len() - star - 1;
                for (target, item) in targets[..star].iter().zip(items) {
                    self.bind(target, item.clone());
                }
                let rest = items[star..items.len() - behind].to_vec();
                let list = Sequence::of(SequenceKind::List, rest);
                let list = self.allocate(place, 7, Object::Sequence(list));
                self.bind(&targets[star], Value::Object(list));
                for (target, item) in targets[star + 1..].iter().zip(&items[items.len() - behind..]) {
                    self.bind(target, item.clone());
                }
            }
            _ => self.unpack_alike(targets, iteration.element, iteration.size, whole),
        }
    }

    /// What stands at each position, where every alternative that can be unpacked is a tuple of so many: a row of a mapped
    /// class can't.
    fn side_by_side(&self, value: &Value, count: usize) -> Option<Vec<Value>> {
        let Value::Union(parts) = value else { return None };
        let mut positions: Vec<Vec<(Option<Guard>, Value)>> = vec![Vec::new(); count];
        for part in parts.iter().filter(|part| part.value != Value::None) {
            let Value::Object(id) = part.value else { return None };
            let items = match self.object(id) {
                Object::Sequence(sequence) => sequence.items.as_ref()?,
                Object::Alchemy(Alchemy::Tuple(tuple)) => &tuple.items,
                Object::Row(row) if !self.is_iterable(self.program.schema.model(row.model).class) => continue,
                _ => return None,
            };
            if items.len() != count {
                return None;
            }
            for (position, item) in positions.iter_mut().zip(items) {
                position.push((part.guard, item.clone()));
            }
        }
        let is_any = positions.iter().all(|position| !position.is_empty());
        is_any.then(|| positions.iter().map(|position| Value::either(position)).collect())
    }

    fn is_iterable(&self, class: ClassId) -> bool {
        self.program.member(class, Name::new("__iter__"), None).is_some()
    }

    fn unpack_alike(&mut self, targets: &[Expr], element: Option<Value>, size: Size, whole: &Expr) {
        let element = element.unwrap_or(Value::unknown(Why::Element));
        let place = self.place(whole.span);
        for target in targets {
            if matches!(target.kind, ExprKind::Starred(_)) {
                let list = Sequence::many(SequenceKind::List, element.clone(), size.clone());
                let list = self.allocate(place, 7, Object::Sequence(list));
                self.bind(target, Value::Object(list));
            } else {
                self.bind(target, element.clone());
            }
        }
    }

    /// In a loop, `rows = [*rows, row]` and `rows = rows + [row]` are `rows += [row]`: the list grows with the passes.
    pub(crate) fn grows_by_itself(&mut self, targets: &[Expr], value: &Expr) -> bool {
        let [Expr { kind: ExprKind::Name(name), .. }] = targets else { return false };
        let own = |expr: &Expr| is_named(expr, name);
        let is_itself = |item: &Expr| matches!(&item.kind, ExprKind::Starred(inner) if own(inner));
        let is_own = match &value.kind {
            ExprKind::List(items) => items.iter().any(is_itself),
            ExprKind::Binary { left, operator: BinaryOperator::Add, .. } => own(left),
            _ => false,
        };
        if !is_own || self.loops.is_empty() {
            return false;
        }
        let Value::Object(list) = self.lookup(*name) else { return false };
        if !matches!(self.object(list), Object::Sequence(sequence) if sequence.kind == SequenceKind::List) {
            return false;
        }
        match &value.kind {
            ExprKind::List(items) => {
                items.iter().filter(|item| !is_itself(item)).for_each(|item| self.add_item(list, item))
            }
            ExprKind::Binary { right, .. } => {
                let right_value = self.evaluate(right);
                self.extend_in_place(&Value::Object(list), &right_value, self.place(right.span));
            }
            _ => {}
        }
        true
    }

    /// One item of a list display, starred or not, is added to a list.
    fn add_item(&mut self, list: ObjectId, item: &Expr) {
        if let ExprKind::Starred(inner) = &item.kind {
            let more = self.evaluate(inner);
            self.extend_in_place(&Value::Object(list), &more, self.place(inner.span));
        } else {
            let value = self.evaluate(item);
            let outside = self.depth_of(list).min(self.loops.len());
            self.add_element(list, value, outside);
        }
    }

    /// `owner[index] = value`
    pub(crate) fn set_item(&mut self, owner: &Value, index: &Value, value: Value) {
        let size = self.loops.iter().map(|frame| frame.size.clone()).reduce(|a, b| super::join::join_sizes(&a, &b));
        let in_loop = !self.loops.is_empty();
        let parts = self.constants_of(index);
        self.give_away(&value);
        for part in owner.disjuncts() {
            let Value::Object(id) = part else { continue };
            if matches!(self.object(id), Object::Dict(_)) {
                crate::orm::django::put_among_own(self, id, index);
            }
            match self.object_mut(id) {
                Object::Dict(dict) => {
                    if let Some(parts) = &parts {
                        dict.put_under(parts.clone(), value.clone());
                        continue;
                    }
                    let is_listed = dict.put(index, value.clone());
                    if !is_listed {
                        dict.key = super::join::join_maybe(&dict.key, &Some(index.clone()));
                        dict.value = super::join::join_maybe(&dict.value, &Some(value.clone()));
                        let added = size.clone().filter(|_| in_loop).unwrap_or(Size::Known(1));
                        dict.size = super::join::join_sizes(&dict.size, &added);
                    }
                }
                Object::Sequence(sequence) => {
                    sequence.element = super::join::join_maybe(&sequence.any(), &Some(value.clone()));
                    sequence.items = None;
                }
                Object::Instance(_) | Object::Row(_) => {
                    let arguments = crate::domain::Arguments::of(vec![index.clone(), value.clone()]);
                    let place = self.place(Default::default());
                    self.call_project_method(&Value::Object(id), "__setitem__".into(), &arguments, place);
                }
                _ => {}
            }
        }
    }

    /// `del owner[index]`: a class of the project may say what that does.
    pub(super) fn delete(&mut self, target: &Expr) {
        if let ExprKind::Tuple(parts) | ExprKind::List(parts) = &target.kind {
            return parts.iter().for_each(|part| self.delete(part));
        }
        let ExprKind::Subscript { value, index } = &target.kind else { return };
        let (owner, index) = (self.evaluate(value), self.evaluate(index));
        let is_own = |id: &ObjectId| matches!(self.object(*id), Object::Instance(_) | Object::Row(_));
        if matches!(&owner, Value::Object(id) if is_own(id)) {
            let arguments = crate::domain::Arguments::of(vec![index]);
            self.call_project_method(&owner, "__delitem__".into(), &arguments, self.place(target.span));
        }
    }
}
