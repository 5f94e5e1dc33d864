//! Conditions about one row: `book.pages % 2 == 0` is the same question whatever the row is called, in another loop or in a
//! function that it was given to, until something is assigned to the row. What one of two paths has loaded is there
//! wherever the condition that chose the path turns out the same way.

use super::interpreter::Interpreter;
use crate::domain::{Guard, Machine, Object, ObjectId, Value};
use crate::syntax::Name;
use crate::syntax::ir::{Case, Comparison, Expr, ExprKind, UnaryOperator};

/// Methods that change whether a collection is empty.
const CHANGES: &[&str] = &[
    "add",
    "append",
    "appendleft",
    "clear",
    "discard",
    "extend",
    "insert",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "setdefault",
    "update",
];

/// The text of a condition, in which the row has no name.
struct Reader<'a, 'p> {
    machine: &'a Interpreter<'p>,
    row: Option<ObjectId>,
    reads: bool,
}

impl Interpreter<'_> {
    /// The condition that a test asks about a row by its columns, and whether it asks for its truth.
    pub(super) fn guard_about_row(&mut self, test: &Expr) -> Option<Guard> {
        let (negative, text, row) = match &test.kind {
            ExprKind::Compare { left, rest } if rest.len() == 1 => {
                let negative = matches!(rest[0].0, Comparison::IsNot | Comparison::NotEqual | Comparison::NotIn);
                let (left, right) = (&**left, &rest[0].1);
                let (texts, row) = self.texts_about_row(&[left, right])?;
                (negative, format!("{} {} {}", texts[0], rest[0].0.positive(), texts[1]), row)
            }
            _ => {
                let (texts, row) = self.texts_about_row(&[test])?;
                (false, texts[0].clone(), row)
            }
        };
        Some((self.condition_in(row, Name::new(&text)), !negative))
    }

    /// The condition on which a `case` of one literal is taken.
    pub(super) fn guard_of_case(&mut self, subject: &Expr, case: &Case) -> Option<Guard> {
        let literal = case.literal.filter(|_| case.guard.is_none())?;
        let (texts, row) = self.texts_about_row(&[subject])?;
        Some((self.condition_in(row, Name::new(&format!("{} == {literal}", texts[0]))), true))
    }

    /// Whether a condition says the same wherever it is asked: it is about a row, or a parameter.
    pub(super) fn is_lasting(&self, number: u32) -> bool {
        let subject = self.condition_subjects[number as usize];
        self.lasting.contains(&number) || (self.exists(subject) && matches!(self.object(subject), Object::Row(_)))
    }

    /// A method is called that may make an empty collection one that isn't, or the other way round.
    pub(super) fn note_change(&mut self, owner: &Expr, method: Name) {
        if let ExprKind::Name(name) = owner.kind
            && CHANGES.contains(&method.as_str())
        {
            self.forget_truth(name);
        }
    }

    /// A name was given another value, or what it holds was changed: whether it is true is a new question.
    pub(super) fn forget_truth(&mut self, name: Name) {
        let scope = self.frame().scope;
        self.condition_numbers.remove(&(scope, name));
    }

    /// A row was changed, so that its conditions are no longer those that were asked before, but for those about other columns.
    pub(crate) fn forget_conditions(&mut self, row: ObjectId, assigned: Name) {
        let Object::Row(about) = self.object(row) else { return };
        let model = self.program.schema.model(about.model);
        let is_plain =
            |name: Name| model.column(name).is_some() && !model.relations.iter().any(|relation| relation.goes_by(name));
        let is_about_others = |text: &Name| attributes(text).all(|name| name != assigned && is_plain(name));
        self.condition_numbers
            .retain(|(subject, text), _| *subject != row || (is_plain(assigned) && is_about_others(text)));
    }

    /// Puts other conditions, and parts of them, in the place of what is known, and gives that.
    pub(crate) fn replace_conditions(&mut self, [conditions, parts]: [Vec<Guard>; 2]) -> [Vec<Guard>; 2] {
        [std::mem::replace(&mut self.conditions, conditions), std::mem::replace(&mut self.parts, parts)]
    }

    /// The conditions on the current path but those about the rows of a loop, which asks them about other ones.
    pub(crate) fn conditions_beyond(&self, known: &[Guard], element: &Value, varying: &[ObjectId]) -> Vec<Guard> {
        let rows = element.disjuncts();
        let is_about = |number: u32| {
            let subject = self.condition_subjects[number as usize];
            varying.contains(&subject) || rows.contains(&Value::Object(subject))
        };
        known.iter().filter(|(number, _)| !is_about(*number)).copied().collect()
    }

    fn texts_about_row(&mut self, parts: &[&Expr]) -> Option<(Vec<String>, ObjectId)> {
        let mut reader = Reader { machine: self, row: None, reads: false };
        let texts = parts.iter().map(|part| reader.text(part)).collect::<Option<Vec<String>>>()?;
        let row = reader.row.filter(|_| reader.reads)?;
        Some((texts, row))
    }

    /// The row that a value is. Of the rows of several queries, of which a condition chose one, the first stands for all: a
    /// question has the same answer whichever it is.
    fn row_behind(&self, value: &Value) -> Option<ObjectId> {
        let parts = value.disjuncts();
        let is_row = |part: &Value| self.state.has_row(part);
        match parts.first()? {
            Value::Object(id) if parts.iter().all(is_row) => Some(*id),
            _ => None,
        }
    }

    /// The value of a name, or of an attribute of an object that is no row.
    fn held_value(&self, expr: &Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::Name(name) => self.lookup_in_scopes(self.frame().scope, *name).map(|value| self.refine(value)),
            ExprKind::Attribute { value, name, .. } => match self.held_value(value)? {
                Value::Object(id) => match self.object(id) {
                    Object::Instance(instance) => instance.attributes.get(name).cloned(),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }
}

/// The attributes that the text of a condition names; a literal with a dot in it may add one.
fn attributes(text: &str) -> impl Iterator<Item = Name> + '_ {
    let end = |rest: &str| rest.find(|one: char| !one.is_alphanumeric() && one != '_').unwrap_or(rest.len());
    text.split('.').skip(1).map(move |rest| Name::new(&rest[..end(rest)]))
}

impl Reader<'_, '_> {
    fn text(&mut self, expr: &Expr) -> Option<String> {
        if let Some(id) = self.machine.held_value(expr).and_then(|value| self.machine.row_behind(&value)) {
            return (*self.row.get_or_insert(id) == id).then(String::new);
        }
        match &expr.kind {
            ExprKind::Constant(_) => Some(self.machine.text(self.machine.place(expr.span), 80)),
            ExprKind::Attribute { value, name, .. } => {
                self.reads = true;
                Some(format!("{}.{name}", self.text(value)?))
            }
            ExprKind::Unary { operator: UnaryOperator::Not, operand } => Some(format!("not {}", self.text(operand)?)),
            ExprKind::Binary { left, operator, right } => {
                Some(format!("({} {operator:?} {})", self.text(left)?, self.text(right)?))
            }
            ExprKind::Compare { left, rest } => {
                let rest: Option<String> = rest
                    .iter()
                    .map(|(comparison, right)| Some(format!(" {comparison:?} {}", self.text(right)?)))
                    .collect();
                Some(format!("({}{})", self.text(left)?, rest?))
            }
            ExprKind::Bool { and, values } => {
                let texts = values.iter().map(|value| self.text(value)).collect::<Option<Vec<String>>>()?;
                Some(format!("({})", texts.join(if *and { " and " } else { " or " })))
            }
            _ => None,
        }
    }
}
