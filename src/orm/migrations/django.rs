//! Django's operations, as `class Migration` lists them, with what the history of the app says of a field.

use super::copies::{self, Copied};
use super::kinds::Kind;
use super::{Read, Remark, within};
use crate::domain::Fault;
use crate::project::{Arguments, Program, is_constant, last_name, text};
use crate::source::SourceFile;
use crate::syntax::Name;
use crate::syntax::ir::{Class, Expr, ExprKind, Outline, Span, Stmt, StmtKind};

/// One operation: `migrations.AddIndex(model_name="book", index=…)`.
#[derive(Clone, Copy)]
struct Operation<'r> {
    name: &'static str,
    span: Span,
    arguments: Arguments<'r>,
}

/// What the history says of a field.
#[derive(Clone, Copy)]
struct Field {
    kind: Option<Kind>,
    is_null: bool,
    is_indexed: bool,
    is_unique: bool,
}

/// What one migration says of a field, the last word first.
enum Said {
    Field(Field),
    /// It got its name here: what it was before is under another.
    Renamed,
}

/// Operations that lock a table against readers.
const LOCKING: [&str; 8] = [
    "AddField",
    "RemoveField",
    "RenameField",
    "RenameModel",
    "AlterModelTable",
    "AddConstraint",
    "AlterUniqueTogether",
    "AlterOrderWithRespectTo",
];

pub(super) fn remarks(program: &Program, read: &Read) -> Vec<Remark> {
    let Some(class) = migration(&read.outline) else { return Vec::new() };
    let is_true = |name: &str| value(class, name).is_some_and(|value| is_constant(value, true));
    if is_true("initial") || value(class, "replaces").is_some() {
        return Vec::new();
    }
    let mut operations = Vec::new();
    value(class, "operations").into_iter().for_each(|list| unfold(list, &mut operations));
    let of = Migrated { program, read, operations: &operations };
    let schema = operations.iter().filter_map(|operation| of.remark(operation));
    let is_atomic = !value(class, "atomic").is_some_and(|value| is_constant(value, false));
    let copies = operations.iter().enumerate().filter(|(_, operation)| operation.name == "RunPython");
    let copies = copies.flat_map(|(at, operation)| {
        let locked = operations[..at].iter().rev().find(|one| LOCKING.contains(&one.name) && !of.is_new(one));
        let locked = locked.filter(|_| is_atomic).and_then(Operation::table);
        of.copies(operation).into_iter().map(move |copied| copied.remark(locked))
    });
    schema.chain(copies).collect()
}

fn migration(outline: &Outline) -> Option<&Class> {
    outline.body.iter().find_map(|statement| match &statement.kind {
        StmtKind::Class(class) if class.name == "Migration" => Some(&**class),
        _ => None,
    })
}

/// What the body of a class assigns to a name.
fn value<'c>(class: &'c Class, name: &str) -> Option<&'c Expr> {
    let is_it = |target: &Expr| last_name(target).is_some_and(|target| target == name);
    class.body.iter().rev().find_map(|statement: &Stmt| match &statement.kind {
        StmtKind::Assign { targets, value } => targets.iter().any(is_it).then_some(value),
        StmtKind::Annotated { target, value, .. } => value.as_ref().filter(|_| is_it(target)),
        _ => None,
    })
}

/// The operations of a list; of `SeparateDatabaseAndState` those that reach the database.
fn unfold<'e>(list: &'e Expr, found: &mut Vec<Operation<'e>>) {
    match &list.kind {
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().for_each(|item| unfold(item, found)),
        ExprKind::Binary { left, right, .. } => [left, right].into_iter().for_each(|side| unfold(side, found)),
        ExprKind::Call { .. } => match operation(list) {
            Some(operation) if operation.name == "SeparateDatabaseAndState" => {
                let inner = operation.arguments.either("database_operations", 0);
                inner.into_iter().for_each(|inner| unfold(inner, found));
            }
            operation => found.extend(operation),
        },
        _ => {}
    }
}

fn operation(expr: &Expr) -> Option<Operation<'_>> {
    let ExprKind::Call { function, arguments } = &expr.kind else { return None };
    Some(Operation { name: last_name(function)?.as_str(), span: expr.span, arguments: Arguments(arguments) })
}

impl Operation<'_> {
    /// The model that it changes.
    fn table(&self) -> Option<Name> {
        let is_of_model =
            matches!(self.name, "CreateModel" | "RenameModel" | "AlterModelTable" | "AlterUniqueTogether");
        self.arguments.either(if is_of_model { "name" } else { "model_name" }, 0).and_then(text)
    }

    fn is_of(&self, model: Name) -> bool {
        self.table().is_some_and(|table| table.eq_ignore_ascii_case(&model))
    }
}

/// A migration with its operations.
#[derive(Clone, Copy)]
struct Migrated<'r> {
    program: &'r Program,
    read: &'r Read<'r>,
    operations: &'r [Operation<'r>],
}

impl Migrated<'_> {
    /// Whether the migration makes the table itself, so that it is empty.
    fn is_new(&self, operation: &Operation) -> bool {
        let makes = |one: &Operation, model| one.name == "CreateModel" && one.is_of(model);
        operation.table().is_none_or(|model| self.operations.iter().any(|one| makes(one, model)))
    }

    fn remark(&self, operation: &Operation) -> Option<Remark> {
        if self.is_new(operation) {
            return None;
        }
        match operation.name {
            "AddIndex" => self.says(operation, Fault::BuildsIndex, Vec::new()),
            "AddConstraint" => {
                let constraint = operation.arguments.either("constraint", 1)?;
                let ExprKind::Call { function, .. } = &constraint.kind else { return None };
                let is_check = last_name(function)? == "CheckConstraint";
                is_check
                    .then(|| self.says(operation, Fault::ChecksTable, vec![("what", Name::new("the condition"))]))?
            }
            "AlterField" => self.altered(operation),
            _ => None,
        }
    }

    fn says(&self, operation: &Operation, fault: Fault, captured: Vec<(&'static str, Name)>) -> Option<Remark> {
        let captured = captured.into_iter().chain([("operation", Name::new(operation.name))]).collect();
        let (table, span) = (operation.table()?, operation.span);
        Some(Remark { fault, span, enclosing: Name::new("Migration"), table, captured, looped: None })
    }

    /// A field that gets another type, may be NULL no longer, or gets an index.
    fn altered(&self, operation: &Operation) -> Option<Remark> {
        let (model, name) = (operation.table()?, operation.arguments.either("name", 1).and_then(text)?);
        let now = field(operation.arguments.either("field", 2)?)?;
        let was = self.history(operation.span, model, name)?;
        let column = ("column", name);
        match (was.kind, now.kind) {
            (Some(from), Some(to)) if from.rewrites(to) => {
                let captured = vec![column, ("from", from.name()), ("to", to.name())];
                self.says(operation, Fault::RewritesTable, captured)
            }
            _ if was.is_null && !now.is_null => {
                let what = Name::new(&format!("that `{name}` is not NULL"));
                self.says(operation, Fault::ChecksTable, vec![("what", what)])
            }
            _ if now.is_indexed && !now.is_unique && !was.is_indexed => {
                self.says(operation, Fault::BuildsIndex, vec![column])
            }
            _ => None,
        }
    }

    /// What a field was before an operation of this migration.
    fn history(&self, before: Span, model: Name, name: Name) -> Option<Field> {
        let here = said(&self.read.outline, before.start, model, name);
        let said = here.or_else(|| {
            let earlier = self.earlier(name);
            earlier.into_iter().find_map(|source| said(&crate::syntax::outline(source), u32::MAX, model, name))
        });
        match said? {
            Said::Field(field) => Some(field),
            Said::Renamed => None,
        }
    }

    /// Migrations of the same app that name a field, the latest first: they are numbered.
    fn earlier(&self, name: Name) -> Vec<&std::sync::Arc<SourceFile>> {
        let own = &self.read.source.path;
        let sources = self.program.migrations.iter().filter_map(|one| self.program.files.get(one.file.0 as usize));
        let is_earlier = |source: &&std::sync::Arc<SourceFile>| {
            source.path.parent() == own.parent() && source.path < *own && source.text.contains(name.as_str())
        };
        let mut earlier: Vec<_> = sources.filter(is_earlier).collect();
        earlier.reverse();
        earlier
    }

    fn copies(&self, operation: &Operation) -> Vec<Copied> {
        let Some(ExprKind::Name(name)) = operation.arguments.either("code", 0).map(|code| &code.kind) else {
            return Vec::new();
        };
        let functions = self.read.outline.body.iter().filter_map(|statement| match &statement.kind {
            StmtKind::Function(function) if function.name == *name => Some(function),
            _ => None,
        });
        functions.flat_map(|function| copies::of_django(function)).collect()
    }
}

/// The last that a migration says of a field, before a place in it.
fn said(outline: &Outline, before: u32, model: Name, name: Name) -> Option<Said> {
    let mut expressions = Vec::new();
    value(migration(outline)?, "operations").into_iter().for_each(|list| within(list, &mut expressions));
    let operations = expressions.into_iter().filter(|expr| expr.span.start < before).filter_map(operation);
    let about: Vec<Said> = operations.filter_map(|operation| say(&operation, model, name)).collect();
    about.into_iter().next_back()
}

fn say(operation: &Operation, model: Name, name: Name) -> Option<Said> {
    let given = operation.arguments;
    let is = |keyword: &str, position, wanted: Name| {
        given.either(keyword, position).and_then(text).is_some_and(|text| text.eq_ignore_ascii_case(&wanted))
    };
    match operation.name {
        "AddField" | "AlterField" if operation.is_of(model) && is("name", 1, name) => {
            Some(field(given.either("field", 2)?).map_or(Said::Renamed, Said::Field))
        }
        "CreateModel" if operation.is_of(model) => {
            let ExprKind::List(fields) = &given.either("fields", 1)?.kind else { return Some(Said::Renamed) };
            let pair = |pair: &Expr| match &pair.kind {
                ExprKind::Tuple(pair) => (text(pair.first()?)? == name).then(|| pair.get(1)).flatten().and_then(field),
                _ => None,
            };
            Some(fields.iter().find_map(pair).map_or(Said::Renamed, Said::Field))
        }
        "RenameField" if operation.is_of(model) && is("new_name", 2, name) => Some(Said::Renamed),
        "RenameModel" if is("new_name", 1, model) => Some(Said::Renamed),
        _ => None,
    }
}

/// `models.CharField(max_length=20, null=True)`
fn field(written: &Expr) -> Option<Field> {
    let ExprKind::Call { function, arguments } = &written.kind else { return None };
    let given = Arguments(arguments);
    let class = last_name(function)?;
    let has_own = matches!(class.as_str(), "SlugField" | "ForeignKey" | "OneToOneField");
    let is_unique = ["unique", "primary_key"].iter().any(|name| given.is_true(name));
    let is_indexed = given.is_true("db_index") || is_unique || has_own && !given.is_false("db_index");
    // The links of a many-to-many are no column, whatever is said of NULL.
    let is_plain = is_models(function) && class != "ManyToManyField" && !given.are_open();
    is_plain.then(|| Field { kind: Kind::of(written), is_null: given.is_true("null"), is_indexed, is_unique })
}

/// A field of Django's own: what another one is in the database is not known.
fn is_models(function: &Expr) -> bool {
    matches!(&function.kind, ExprKind::Attribute { value, .. } if last_name(value).is_some_and(|name| name == "models"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::FileId;

    /// Whether a field may be NULL and has an index; nothing where it is no column that is known.
    fn read(written: &str) -> Option<(bool, bool)> {
        let source = SourceFile::new(FileId(0), String::new(), "a.py".into(), format!("x = {written}"), true);
        let outline = crate::syntax::outline(&Arc::new(source));
        let StmtKind::Assign { value, .. } = &outline.body.first()?.kind else { return None };
        field(value).map(|field| (field.is_null, field.is_indexed))
    }

    #[test]
    fn fields_say_what_their_columns_are() {
        assert_eq!(read("models.IntegerField(null=True)"), Some((true, false)));
        assert_eq!(read("models.SlugField()"), Some((false, true)));
        assert_eq!(read("models.ForeignKey('shop.Author', models.CASCADE, db_index=False)"), Some((false, false)));
        assert_eq!(read("models.ManyToManyField('shop.Author', null=True)"), None);
        assert_eq!(read("fields.ColourField()"), None);
        assert_eq!(read("models.TextField(**options)"), None);
    }
}
