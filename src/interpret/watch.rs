//! What is seen on one line of a file, for `quell explain FILE:LINE`; a run that explains nothing pays one test for it.

use super::interpreter::Interpreter;
use crate::domain::{
    Alchemy, Machine, ManagerValue, Object, ObjectId, Place, Row, RowOrigin, Scalar, SequenceKind, Value,
};
use crate::project::ClassRef;
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Span};

/// How deep containers are described.
const DEEPEST: usize = 3;

/// The line that is watched: the file and the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    /// The file.
    pub file: FileId,
    /// The bytes of the line.
    pub line: Span,
}

/// What an expression was, in words, in one of the contexts in which it ran.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The expression.
    pub span: Span,
    /// Its value.
    pub value: String,
    /// Why it is not known.
    pub unknown: Option<String>,
    /// Why reading it sends no query, where it might have.
    pub free: Option<String>,
}

impl Interpreter<'_> {
    /// Notes what an expression of the watched line is; `before` is how many effects there had been.
    pub(super) fn watch(&mut self, watch: &Watch, expr: &Expr, value: &Value, before: u64) {
        let starts = watch.line.start <= expr.span.start && expr.span.start < watch.line.end.max(watch.line.start + 1);
        if self.frame().file != watch.file || !starts || matches!(expr.kind, ExprKind::Constant(_)) {
            return;
        }
        let unknown = match value {
            Value::Unknown(why) => Some(why.in_words()),
            _ => None,
        };
        let free = (self.effect_count == before).then(|| self.freely_read(expr)).flatten();
        self.last_seen.insert(expr.span, value.clone());
        // What is called is told by what the call gives.
        if matches!(value, Value::Method(_) | Value::Bound(_)) {
            return;
        }
        let seen = Seen { span: expr.span, value: self.describe(value, DEEPEST), unknown, free };
        if !self.seen.contains(&seen) {
            self.seen.push(seen);
        }
    }

    /// Why an attribute that is a relation was read without a query.
    fn freely_read(&self, expr: &Expr) -> Option<String> {
        let ExprKind::Attribute { value: owner, name, .. } = &expr.kind else { return None };
        let row = self.last_seen.get(&owner.span)?.disjuncts().into_iter().find_map(|part| self.row(&part).cloned())?;
        let relation = self.program.schema.model(row.model).relation(*name)?;
        if !relation.kind.is_single() && relation.lazy == "select" && !row.loaded.contains_key(name) {
            return None;
        }
        let planned = row.plan.relations.get(name).is_some_and(|load| !load.is_only_path)
            || row.plan.loads_all
            || row.plan.joins_all;
        let by_mapping = relation.is_mapped_eager();
        Some(match row.origin.as_deref() {
            Some(origin) if planned => format!("`{name}` is loaded by {}", self.query_in_words(origin)),
            _ if planned => format!("`{name}` is loaded with the row"),
            _ if by_mapping => format!("`{name}` is loaded by its mapping: lazy=\"{}\"", relation.lazy),
            _ if !row.is_saved => format!("the row is not stored yet: `{name}` is what was set"),
            _ => format!("`{name}` is on the row by now: it was read or set before"),
        })
    }

    fn row(&self, value: &Value) -> Option<&Row> {
        let Value::Object(id) = value else { return None };
        match self.object(*id) {
            Object::Row(row) => Some(row),
            _ => None,
        }
    }

    /// "the query on line 9", with the file where it is another.
    fn query_in_words(&self, origin: &RowOrigin) -> String {
        let Some(file) = self.program.files.get(origin.place.file.0 as usize) else { return "a query".to_owned() };
        let line = file.line_column(origin.place.span.start).line;
        let is_here = self.frame().file == origin.place.file;
        if is_here {
            format!("the query on line {line}")
        } else {
            format!("the query on line {line} of {}", file.shown)
        }
    }

    /// A value in words.
    fn describe(&self, value: &Value, depth: usize) -> String {
        let Some(depth) = depth.checked_sub(1) else { return "…".to_owned() };
        let path = |class: &ClassRef| self.program.class_path(*class);
        match value {
            Value::Unknown(_) => "not known".to_owned(),
            Value::None => "None".to_owned(),
            Value::Scalar(scalar) => plain(scalar),
            Value::Object(id) => self.describe_object(*id, depth),
            Value::Class(class) => format!("the class {}", path(class)),
            Value::Function(closure) => format!("the function {}", closure.function.qualified),
            Value::Bound(bound) => format!("the method {}", bound.1.function.qualified),
            Value::Method(method) => format!("the method `{}` of {}", method.1, self.describe(&method.0, depth)),
            Value::Manager(manager) => self.describe_manager(manager),
            Value::Module(id) => format!("the module {}", self.program.module(*id).name),
            Value::External(name) => external(*name),
            Value::Super(parts) => format!("super() of {}", self.describe(&parts.1, depth)),
            Value::Mapped(mapped) => {
                let label = self.program.schema.model(mapped.0).label;
                let names = mapped.1.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(".");
                format!("the mapped attribute {label}.{names}")
            }
            Value::Union(parts) => {
                let mut words: Vec<String> = parts.iter().map(|part| self.describe(&part.value, depth + 1)).collect();
                words.dedup();
                words.join(", or ")
            }
        }
    }

    fn describe_manager(&self, manager: &ManagerValue) -> String {
        match manager.related.map(|(row, name)| (self.object(row), name)) {
            Some((Object::Row(row), name)) => {
                format!("the related manager {}.{name}", self.program.schema.model(row.model).label)
            }
            _ => format!("a manager of {}", self.program.schema.model(manager.model).label),
        }
    }

    fn describe_object(&self, id: ObjectId, depth: usize) -> String {
        let label = |model| self.program.schema.model(model).label;
        let of = |element: Option<Value>| match element {
            Some(element) => format!(" of {}", self.describe(&element, depth)),
            None => String::new(),
        };
        match self.object(id) {
            Object::Row(row) => self.describe_row(row),
            Object::QuerySet(query) => {
                let fetched = match query.result {
                    Some((_, true)) => ", fetched",
                    Some((_, false)) => ", perhaps fetched",
                    None => "",
                };
                let loads = loads(&query.plan.relations.keys().copied().collect::<Vec<Name>>());
                let none = if query.is_empty { "an empty queryset" } else { "a queryset" };
                format!("{none} of {}{fetched}{loads}", label(query.model))
            }
            Object::Sequence(sequence) => {
                let kind = match sequence.kind {
                    SequenceKind::List => "a list",
                    SequenceKind::Tuple => "a tuple",
                    SequenceKind::Set => "a set",
                    SequenceKind::Iterator => "an iterator",
                };
                let is_empty = sequence.items.as_ref().is_some_and(Vec::is_empty);
                if is_empty { format!("{kind}, empty") } else { format!("{kind}{}", of(sequence.any())) }
            }
            Object::Dict(dict) => format!("a dictionary{}", of(dict.any_value())),
            Object::Instance(instance) => {
                format!("an instance of {}", self.program.class_path(ClassRef::Known(instance.class)))
            }
            Object::Generator(generator) => format!("a generator of {}", generator.closure.function.qualified),
            Object::Prefetch(prefetch) => format!("a Prefetch of {}", prefetch.path),
            Object::Scope(_) => "a scope".to_owned(),
            Object::Alchemy(alchemy) => self.describe_alchemy(alchemy),
        }
    }

    fn describe_row(&self, row: &Row) -> String {
        let origin = row.origin.as_deref().filter(|origin| origin.relations.is_empty());
        let from = match origin {
            Some(origin) => format!(" from {}", self.query_in_words(origin)),
            None if !row.is_saved => ", not stored yet".to_owned(),
            None => String::new(),
        };
        let mut held: Vec<Name> =
            row.plan.relations.iter().filter(|(_, load)| !load.is_only_path).map(|(name, _)| *name).collect();
        held.extend(row.loaded.keys());
        held.sort_by_key(|name| name.as_str());
        held.dedup();
        format!("a row of {}{from}{}", self.program.schema.model(row.model).label, loads(&held))
    }

    fn describe_alchemy(&self, alchemy: &Alchemy) -> String {
        let label = |model| self.program.schema.model(model).label;
        match alchemy {
            Alchemy::Session(_) => "a session".to_owned(),
            Alchemy::Statement(statement) => match statement.model {
                Some(model) => format!("a statement over {}", label(model)),
                None => "a statement".to_owned(),
            },
            Alchemy::Result(fetched) => match fetched.statement.model {
                Some(model) => format!("the result of a statement over {}", label(model)),
                None => "the result of a statement".to_owned(),
            },
            Alchemy::Equality(..) | Alchemy::Same(..) | Alchemy::Conjunction(_) => "an expression of SQL".to_owned(),
            Alchemy::Tuple(_) => "a row of several columns".to_owned(),
            Alchemy::Page(_) => "a page of rows".to_owned(),
            Alchemy::Option(_) => "a loader option".to_owned(),
            Alchemy::SessionFactory(_) => "a factory of sessions".to_owned(),
            Alchemy::Transaction(_) => "a transaction".to_owned(),
            Alchemy::Entity(model, _) => format!("an alias of {}", label(*model)),
            _ => "a part of SQLAlchemy".to_owned(),
        }
    }
}

fn loads(names: &[Name]) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!(", with {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
}

fn plain(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Any | Scalar::Present => "a plain value".to_owned(),
        Scalar::Bool(true) => "True".to_owned(),
        Scalar::Bool(false) => "False".to_owned(),
        Scalar::Int(number) => number.to_string(),
        Scalar::Text(text) => format!("\"{text}\""),
        Scalar::Begins(start) => format!("a text that begins with \"{start}\""),
        Scalar::Built => "a text into which values were formatted".to_owned(),
        Scalar::Key | Scalar::KeyOf(..) => "a key of a row".to_owned(),
        Scalar::KeyText(_) => "the text of a row's key".to_owned(),
        Scalar::Turn => "the number of a turn".to_owned(),
        Scalar::OneTurn(truth) => format!("{} in one turn", if *truth { "True" } else { "False" }),
        Scalar::Filled => "a value that is there".to_owned(),
    }
}

/// What lies outside the project, by its path; SQL expressions have none that says anything.
fn external(path: Name) -> String {
    if path.contains(' ') || path == "sqlalchemy.expression" {
        "an expression of SQL".to_owned()
    } else {
        format!("{path}, outside the project")
    }
}

/// The place of a span in the watched file.
impl Watch {
    /// Whether a place begins on the line.
    pub fn holds(&self, place: Place) -> bool {
        place.file == self.file && self.line.start <= place.span.start && place.span.start < self.line.end
    }
}
