//! Queries that go through a function nobody knows: what filters, sorts and pages a query outside of the project gives a query
//! over the same rows.
//!
//! ```py
//! query = session.query(Stack)
//! query = apply_filters(query, spec)
//! ```
//!
//! That is likely only where the program says by a name that the answer is a query again.

use super::interpreter::Interpreter;
use crate::domain::{Alchemy, Arguments, Machine, Object, ObjectId, Shape, StatementKind, Value};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, Expr, ExprKind};

/// How programs name queries.
const NAMES: &[&str] = &["qs", "query", "queryset", "select", "statement", "stmt"];

/// What makes something else of a query than a query over the same rows.
const KNOWN: &[&str] = &["builtins.", "django.", "flask_sqlalchemy.", "sqlalchemy.", "sqlmodel."];

impl Interpreter<'_> {
    /// The only query that something unknown is given.
    pub(super) fn handed_to_unknown(&self, callee: &Value, arguments: &Arguments) -> Option<ObjectId> {
        let is_foreign = |part: &Value| match part {
            Value::External(path) => !KNOWN.iter().any(|known| path.starts_with(known)),
            // A method that an instance has of a class outside of the project.
            Value::Method(method) => {
                matches!(method.0, Value::Object(id) if matches!(self.object(id), Object::Instance(_)))
            }
            part => part.is_unknown(),
        };
        if !callee.disjuncts().iter().all(is_foreign) {
            return None;
        }
        let given = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
        let mut queries = given.filter_map(|value| self.only_query(value));
        queries.next().filter(|_| queries.next().is_none())
    }

    /// The query that a value is where it is known.
    fn only_query(&self, value: &Value) -> Option<ObjectId> {
        match value.known_part() {
            Value::Object(id) if self.gives_rows(id) => Some(id),
            _ => None,
        }
    }

    /// Whether an object is a query that has not run and whose rows are rows of a model.
    fn gives_rows(&self, id: ObjectId) -> bool {
        match self.object(id) {
            Object::QuerySet(query) => query.shape == Shape::Rows && query.result.is_none(),
            Object::Alchemy(Alchemy::Statement(statement)) => {
                matches!(statement.kind, StatementKind::Select | StatementKind::Query) && statement.model.is_some()
            }
            _ => false,
        }
    }

    /// What a call that gave something unknown gives perhaps, bound to a name: the query that it was given, narrowed.
    pub(super) fn or_narrowed(&mut self, targets: &[Expr], made: &Expr, value: Value) -> Value {
        let Some((place, query)) = self.handed_query.take().filter(|_| value.is_unknown()) else { return value };
        let made = match &made.kind {
            ExprKind::Await(inner) => inner,
            _ => made,
        };
        let ExprKind::Call { arguments, .. } = &made.kind else { return value };
        let [Expr { kind: ExprKind::Name(name), .. }] = targets else { return value };
        if self.place(made.span) != place || !(is_rebound(*name, arguments) || is_name_of_query(*name)) {
            return value;
        }
        let narrowed = crate::orm::django::narrowed(self, query, place)
            .or_else(|| crate::orm::sqlalchemy::narrowed(self, query, place));
        narrowed.map_or(value.clone(), |narrowed| narrowed.join(&value, None))
    }
}

/// `query = narrow(query)`
fn is_rebound(name: Name, arguments: &[Argument]) -> bool {
    arguments.iter().any(|argument| super::conditions::is_named(&argument.value, &name))
}

/// `books_query`, `stmt`
fn is_name_of_query(name: Name) -> bool {
    let name = name.to_lowercase();
    let last = name.rsplit('_').next().unwrap_or(&name);
    NAMES.contains(&last)
}
