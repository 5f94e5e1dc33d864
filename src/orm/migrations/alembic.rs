//! Alembic's operations, as `upgrade` calls them: on `op`, or on what `op.batch_alter_table` gives for a block.

use super::copies;
use super::kinds::Kind;
use super::{Read, Remark, within};
use crate::domain::Fault;
use crate::project::{Arguments, last_name, text};
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, Constant, Expr, ExprKind, Function, Span, Stmt, StmtKind};
use crate::syntax::visit::{blocks, expressions};

/// One call: `op.create_index("ix_book_title", "book", ["title"])`.
struct Operation<'r> {
    name: Name,
    span: Span,
    arguments: Arguments<'r>,
    /// The table of the block that it stands in.
    batch: Option<Name>,
}

/// Operations that lock a table against readers.
const LOCKING: [&str; 7] = [
    "add_column",
    "drop_column",
    "alter_column",
    "drop_constraint",
    "create_unique_constraint",
    "create_check_constraint",
    "create_primary_key",
];

pub(super) fn remarks(read: &Read) -> Vec<Remark> {
    let functions = read.outline.body.iter().filter_map(|statement| match &statement.kind {
        StmtKind::Function(function) if function.name.starts_with("upgrade") => Some(&**function),
        _ => None,
    });
    functions.flat_map(|function| of_function(read, function)).collect()
}

fn of_function(read: &Read, function: &Function) -> Vec<Remark> {
    let mut upgrade = Upgrade { read, operations: Vec::new() };
    upgrade.collect(function.body.statements(), &[]);
    let (made, added) = (upgrade.made(), upgrade.added());
    let is_new = |operation: &Operation| operation.table().is_none_or(|table| made.contains(&table));
    let old = || upgrade.operations.iter().filter(|operation| !is_new(operation));
    let schema = old().filter_map(|operation| remark(read, function, operation, &added));
    let copied = copies::of_alembic(read, function).into_iter().map(|copied| {
        let before = |one: &&Operation| LOCKING.contains(&one.name.as_str()) && one.span.start < copied.span.start;
        let locked = old().rfind(before).and_then(Operation::table);
        copied.remark(locked)
    });
    schema.chain(copied).collect()
}

/// What a function does to the database.
struct Upgrade<'r> {
    read: &'r Read<'r>,
    operations: Vec<Operation<'r>>,
}

impl<'r> Upgrade<'r> {
    /// Gathers the calls of a block; `batches` are the names of blocks around it with their tables.
    fn collect(&mut self, statements: &'r [Stmt], batches: &[(Name, Option<Name>)]) {
        for statement in statements {
            if self.is_for_another_database(statement) || matches!(statement.kind, StmtKind::Function(_)) {
                continue;
            }
            let mut found = Vec::new();
            expressions(statement).into_iter().for_each(|expr| within(expr, &mut found));
            self.operations.extend(found.into_iter().filter_map(|expr| operation(expr, batches)));
            let mut batches = batches.to_vec();
            if let StmtKind::With { items, .. } = &statement.kind {
                batches.extend(items.iter().filter_map(batch));
            }
            blocks(statement).into_iter().for_each(|block| self.collect(block, &batches));
        }
    }

    /// `if bind.dialect.name == "sqlite":`; which branch is PostgreSQL's is not asked.
    fn is_for_another_database(&self, statement: &Stmt) -> bool {
        let StmtKind::If { test, .. } = &statement.kind else { return false };
        let asked = self.read.source.slice(test.span.start, test.span.end);
        ["dialect", "sqlite", "mysql", "offline"].iter().any(|word| asked.contains(word))
    }

    /// Tables that are made here.
    fn made(&self) -> Vec<Name> {
        let makes = |one: &&Operation| matches!(one.name.as_str(), "create_table" | "rename_table");
        let name = |one: &Operation| {
            let position = usize::from(one.name == "rename_table");
            one.arguments.positional(position).and_then(text)
        };
        self.operations.iter().filter(makes).filter_map(name).collect()
    }

    /// Columns that are added here: they hold nothing but NULLs, or one value.
    fn added(&self) -> Vec<(Name, Name)> {
        let adds = self.operations.iter().filter(|one| one.name == "add_column");
        adds.filter_map(|one| Some((one.table()?, column_name(one.column()?)?))).collect()
    }
}

/// `with op.batch_alter_table("book") as batch_op:`
fn batch((item, target): &(Expr, Option<Expr>)) -> Option<(Name, Option<Name>)> {
    let ExprKind::Call { function, arguments } = &item.kind else { return None };
    let is_batch = last_name(function)? == "batch_alter_table";
    let name = last_name(target.as_ref()?)?;
    is_batch.then(|| (name, Arguments(arguments).either("table_name", 0).and_then(text)))
}

fn operation<'e>(expr: &'e Expr, batches: &[(Name, Option<Name>)]) -> Option<Operation<'e>> {
    let ExprKind::Call { function, arguments } = &expr.kind else { return None };
    let (name, batch) = match &function.kind {
        // A helper of the project that makes a table.
        ExprKind::Name(name) if *name == "create_table" => (*name, None),
        ExprKind::Attribute { value, name, .. } => {
            let ExprKind::Name(receiver) = value.kind else { return None };
            let batch = batches.iter().rev().find(|(name, _)| *name == receiver).map(|(_, table)| *table);
            let is_meant = receiver == "op" || batch.flatten().is_some();
            (is_meant.then_some(*name)?, batch.flatten())
        }
        _ => return None,
    };
    Some(Operation { name, span: expr.span, arguments: Arguments(arguments), batch })
}

impl<'r> Operation<'r> {
    /// The argument at a position, counted as on `op`: in a block for one table that table is left out.
    fn argument(&self, name: &str, position: usize) -> Option<&'r Expr> {
        let own = self.table_position();
        let position = if self.batch.is_some() && position > own { position - 1 } else { position };
        self.arguments.either(name, position)
    }

    /// Where the name of the table stands.
    fn table_position(&self) -> usize {
        usize::from(self.name.starts_with("create_") && self.name != "create_table" || self.name == "drop_constraint")
    }

    fn table(&self) -> Option<Name> {
        let keyword = if self.name == "create_foreign_key" { "source_table" } else { "table_name" };
        self.batch.or_else(|| self.arguments.either(keyword, self.table_position()).and_then(text))
    }

    /// `sa.Column("title", sa.String(), …)` of `add_column`
    fn column(&self) -> Option<&'r Expr> {
        self.argument("column", 1)
    }

    /// Whether it asks for something of PostgreSQL, or may do so by arguments that are not written out.
    fn may_say(&self, option: &str) -> bool {
        let is_hidden = self.arguments.0.iter().any(|argument| argument.kind == ArgumentKind::DoubleStar);
        is_hidden || self.arguments.keyword(option).is_some()
    }

    fn is_false(&self, name: &str) -> bool {
        self.arguments.is_false(name)
    }
}

fn remark(read: &Read, function: &Function, operation: &Operation, added: &[(Name, Name)]) -> Option<Remark> {
    let says = |fault, captured: Vec<(&'static str, Name)>| {
        let captured = captured.into_iter().chain([("operation", operation.name)]).collect();
        let table = operation.table()?;
        Some(Remark { fault, span: operation.span, enclosing: function.qualified, table, captured, looped: None })
    };
    let checks = |what: &str| says(Fault::ChecksTable, vec![("what", Name::new(what))]);
    match operation.name.as_str() {
        "create_index" if !operation.may_say("postgresql_concurrently") => says(Fault::BuildsIndex, Vec::new()),
        "create_check_constraint" if !operation.may_say("postgresql_not_valid") => checks("the condition"),
        "create_foreign_key" if !operation.may_say("postgresql_not_valid") && !is_of_added(operation, added) => {
            checks("the foreign key")
        }
        "add_column" if !empties(read) => {
            let column = operation.column()?;
            lacks_default(column).then(|| says(Fault::LacksDefault, vec![("column", column_name(column)?)]))?
        }
        "alter_column" => {
            let column = operation.argument("column_name", 1).and_then(text)?;
            let kind = |name| operation.arguments.keyword(name).and_then(Kind::of);
            match (kind("existing_type"), kind("type_")) {
                (Some(from), Some(to)) if from.rewrites(to) => {
                    says(Fault::RewritesTable, vec![("column", column), ("from", from.name()), ("to", to.name())])
                }
                // With another type it is often said again what the column is.
                (_, None)
                    if operation.is_false("nullable")
                        && !operation.is_false("existing_nullable")
                        && operation.arguments.keyword("type_").is_none()
                        && !is_validated(read) =>
                {
                    checks(&format!("that `{column}` is not NULL"))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A foreign key of columns that hold nothing yet.
fn is_of_added(operation: &Operation, added: &[(Name, Name)]) -> bool {
    let Some(ExprKind::List(columns)) = operation.argument("local_cols", 3).map(|columns| &columns.kind) else {
        return true;
    };
    let is_added = |column: &Expr| {
        let of = operation.table().zip(text(column));
        of.is_some_and(|of| added.contains(&of))
    };
    columns.iter().all(is_added)
}

fn column_name(column: &Expr) -> Option<Name> {
    let ExprKind::Call { arguments, .. } = &column.kind else { return None };
    Arguments(arguments).either("name", 0).and_then(text)
}

/// `sa.Column("pages", sa.Integer(), nullable=False)`: no row that is there has a value.
fn lacks_default(column: &Expr) -> bool {
    let ExprKind::Call { function, arguments } = &column.kind else { return false };
    let given = Arguments(arguments);
    let gives = |argument: &crate::syntax::ir::Argument| {
        let ExprKind::Call { function, .. } = &argument.value.kind else { return false };
        last_name(function)
            .is_some_and(|name| matches!(name.as_str(), "Identity" | "Computed" | "Sequence" | "FetchedValue"))
    };
    let is_none = |value: &Expr| matches!(value.kind, ExprKind::Constant(Constant::None));
    last_name(function).is_some_and(|name| name == "Column")
        && given.is_false("nullable")
        && given.keyword("server_default").is_none_or(is_none)
        && !["primary_key", "autoincrement"].iter().any(|name| given.is_true(name))
        && !given.are_open()
        && !arguments.iter().any(gives)
}

/// A migration that empties tables before it adds to them.
fn empties(read: &Read) -> bool {
    let text = read.source.text.to_lowercase();
    ["delete from", "truncate", ".delete("].iter().any(|word| text.contains(word))
}

/// PostgreSQL believes a valid check that a column is not NULL. Source: its manual, ALTER TABLE.
fn is_validated(read: &Read) -> bool {
    read.source.text.to_lowercase().contains("validate constraint")
}
