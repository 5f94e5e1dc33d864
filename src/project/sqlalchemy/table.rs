//! `Table("books", metadata, Column(…))` objects, by name.

use rustc_hash::FxHashMap;

use super::super::arguments::Arguments;
use super::super::flow::{Guard, variables, walk};
use super::super::program::{Binding, Program};
use super::super::resolve::last_name;
use super::super::schema::Index;
use super::column::{KeyTarget, Spec};
use super::constructor::{Kind, constructor};
use super::imperative::Imperative;
use super::scope::{Meaning, Scope};
use super::settings::TableArguments;
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, Expr, ExprKind, Stmt, StmtKind};

/// A table as written.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Its columns; the attribute is the column's key.
    pub columns: Vec<Spec>,
    /// Foreign keys of its constraints: column and what it points at.
    pub keys: Vec<(Name, KeyTarget)>,
    /// Its indexes and unique constraints.
    pub indexes: Vec<Index>,
}

/// All tables of a program.
#[derive(Default)]
pub(super) struct Tables {
    by_name: FxHashMap<Name, Table>,
}

impl Tables {
    /// Reads the tables at the top of modules, in class bodies, and in functions that map classes.
    pub fn of(program: &Program, imperative: &Imperative) -> Tables {
        let mut tables = Tables::default();
        for module in program.modules.iter().filter(|module| !module.is_stub) {
            tables.read(Scope::of_module(program, module.id), &module.outline.body);
        }
        for (scope, statements) in imperative.function_blocks() {
            tables.read(scope, statements);
        }
        tables
    }

    /// The table with this name; a name without schema finds the one with.
    pub fn get(&self, name: Name) -> Option<&Table> {
        self.by_name.get(&name)
    }

    /// All of them, in no order.
    pub fn all(&self) -> impl Iterator<Item = (&Name, &Table)> {
        self.by_name.iter()
    }

    fn read(&mut self, scope: Scope, statements: &[Stmt]) {
        walk(statements, Guard::default(), &mut |statement, _| {
            if let StmtKind::Class(class) = &statement.kind {
                let inner = scope.program.class_at(class.file, class.span.start);
                self.read(Scope { class: inner, ..scope }, &class.body);
            }
            for (_, value) in variables(statement) {
                if let Some((name, arguments)) = value.and_then(|value| table_call(scope, value)) {
                    self.by_name.insert(name, table(scope, arguments));
                }
            }
        });
    }
}

/// The name (with schema) and arguments of a `Table(…)` call.
pub(super) fn table_call<'e>(scope: Scope, value: &'e Expr) -> Option<(Name, Arguments<'e>)> {
    let ExprKind::Call { function, arguments } = &value.kind else { return None };
    last_name(function).filter(|name| *name == "Table")?;
    let is_foreign = match scope.meaning(function) {
        Some(Meaning::Other(Binding::External(path))) => !path.contains("sqlalchemy") && !path.contains("sqlmodel"),
        Some(_) => true,
        None => false,
    };
    let arguments = Arguments(arguments);
    let name = arguments.either("name", 0).filter(|_| !is_foreign).and_then(|name| scope.text(name))?;
    let schema = arguments.keyword("schema").and_then(|schema| scope.text(schema));
    let name = schema.map_or(name, |schema| Name::new(&format!("{schema}.{name}")));
    Some((name, arguments))
}

/// Reads the columns and constraints of a `Table(…)` call.
pub(super) fn table(scope: Scope, arguments: Arguments) -> Table {
    let file = scope.program.module(scope.module).file;
    let mut table = Table::default();
    let mut others = TableArguments::default();
    for argument in arguments.0.iter().filter(|argument| argument.kind == ArgumentKind::Positional) {
        match constructor(scope, &argument.value) {
            Some((Kind::Column, arguments)) => {
                let mut spec = Spec::blank(Name::new(""), (file, argument.value.span));
                spec.read(scope, Kind::Column, arguments);
                spec.column.name = arguments.text("key").unwrap_or(spec.column.column);
                table.columns.push(spec);
            }
            _ => others.read(scope, &argument.value),
        }
    }
    for spec in &mut table.columns {
        spec.column.primary_key |= others.primary.contains(&spec.column.column);
    }
    table.keys = others.keys;
    table.indexes = others.indexes;
    table
}
