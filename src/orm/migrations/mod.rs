//! Migrations: which operations of Django and Alembic keep readers or writers waiting, by what PostgreSQL does for them.
//!
//! What is applied can't be changed any more. So only those are spoken of that no other is built upon and that are among the newest by
//! the dates they bear, unless migrations were asked for.
//! A migration is read as it is written, and not run.

mod alembic;
mod copies;
mod django;
mod kinds;

use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::{
    Certainty, Cost, EffectKind, Fault, Footprint, Place, Role, RootKind, SelectKind, Site, Size, Step, Verb,
};
use crate::project::{Migration, Model, Orm, Program};
use crate::source::{FileId, SourceFile};
use crate::syntax::ir::{Expr, Outline, Span};
use crate::syntax::visit::parts;
use crate::syntax::{Name, outline};

/// A migration and its statements.
struct Read<'p> {
    source: &'p Arc<SourceFile>,
    outline: Outline,
}

/// What is to be said of an operation.
struct Remark {
    fault: Fault,
    /// The operation, or the write of a loop.
    span: Span,
    /// Function or class around it.
    enclosing: Name,
    /// The table, as the migration names it: a model of Django's by its name.
    table: Name,
    /// What else the message names.
    captured: Vec<(&'static str, Name)>,
    /// The query and the loop of what is sent once per row.
    looped: Option<Looped>,
}

/// A loop over rows.
#[derive(Clone, Copy)]
struct Looped {
    /// The rows that it walks.
    iterable: Span,
    /// Whose rows these are.
    rows: Name,
}

/// Everything to be said about the migrations of a program.
pub(super) fn remarks(program: &Program) -> Vec<Site> {
    let source = |migration: &Migration| program.files.get(migration.file.0 as usize);
    let unbuilt = unbuilt(program);
    let speaks = |migration: &&Migration| {
        let is_reported = source(migration).is_some_and(|source| source.reported);
        is_reported && (migration.is_asked_for || unbuilt.contains(&migration.file))
    };
    let mut sites = Vec::new();
    let mut is_postgresql = None;
    for source in program.migrations.iter().filter(speaks).filter_map(source) {
        let read = Read { source, outline: outline(source) };
        let (library, remarks) = match is_alembic(&source.text) {
            true => (Orm::SqlAlchemy, alembic::remarks(&read)),
            false => (Orm::Django, django::remarks(program, &read)),
        };
        let told = |remark: Remark| {
            let holds = remark.holds_anywhere() || *is_postgresql.get_or_insert_with(|| speaks_of_postgresql(program));
            if holds { Some(remark) } else { remark.elsewhere() }
        };
        sites.extend(remarks.into_iter().filter_map(told).map(|remark| site(program, source, library, remark)));
    }
    sites
}

impl Remark {
    /// Whether it is true of any database: the others are true of PostgreSQL.
    fn holds_anywhere(&self) -> bool {
        self.fault == Fault::WritesPerRow
    }

    /// What is true of it where the database is another.
    fn elsewhere(self) -> Option<Remark> {
        let is_per_row = self.fault == Fault::WritesUnderLock;
        is_per_row.then_some(Remark { fault: Fault::WritesPerRow, ..self })
    }
}

/// Whether the project names PostgreSQL or its driver anywhere: a project that is for other databases does not.
fn speaks_of_postgresql(program: &Program) -> bool {
    let own = program.files.iter().filter(|source| source.path.is_absolute());
    own.into_iter().any(|source| ["postgres", "psycopg", "postgis"].iter().any(|word| source.text.contains(word)))
}

fn is_alembic(text: &str) -> bool {
    text.contains("down_revision")
}

/// The migrations that no other of their folder names, old ones left out: those that a deployment has still to run, if any.
fn unbuilt(program: &Program) -> FxHashSet<FileId> {
    let all = || program.migrations.iter().filter_map(|migration| program.files.get(migration.file.0 as usize));
    let mut folders: FxHashMap<&Path, Vec<&Arc<SourceFile>>> = FxHashMap::default();
    for source in all() {
        folders.entry(source.path.parent().unwrap_or(Path::new(""))).or_default().push(source);
    }
    let mut found = FxHashSet::default();
    for sources in folders.values() {
        let names: FxHashMap<&str, &Arc<SourceFile>> =
            sources.iter().flat_map(|source| own_names(source).map(move |name| (name, *source))).collect();
        let mut free: FxHashSet<_> = sources.iter().map(|source| source.id).collect();
        for source in sources {
            let named = source.text.split(['"', '\'']).filter_map(|word| names.get(word));
            named.filter(|other| other.id != source.id).for_each(|other| {
                free.remove(&other.id);
            });
        }
        found.extend(free);
    }
    let newest = all().filter_map(|source| date(source)).max().unwrap_or_default();
    let is_old = |source: &Arc<SourceFile>| date(source).is_some_and(|date| date + RECENT < newest);
    all().filter(|source| found.contains(&source.id) && !is_old(source)).map(|source| source.id).collect()
}

/// How many days a migration may be older than the newest of its project, and still wait for a deployment.
const RECENT: u32 = 90;

/// The days of a date that a migration bears, by months of 31: `# Generated by Django 5.2 on 2026-03-01 13:55`, `Create Date: 2026-03-01`.
fn date(source: &SourceFile) -> Option<u32> {
    let head: Vec<&str> = source.text.lines().take(12).collect();
    let after = |line: &str| {
        let of_django = line.strip_prefix("# Generated by Django").and_then(|rest| rest.split_once(" on "));
        of_django.map(|(_, date)| date.to_owned()).or_else(|| line.strip_prefix("Create Date: ").map(str::to_owned))
    };
    let written = head.into_iter().find_map(after)?;
    let mut numbers = written.get(..10)?.split('-').map(str::parse::<u32>);
    let mut next = || numbers.next()?.ok();
    Some((next()? * 12 + next()?) * 31 + next()?)
}

/// What others call a migration: its file's name, and its revision.
fn own_names(source: &SourceFile) -> impl Iterator<Item = &str> {
    let line = source.text.lines().find(|line| line.starts_with("revision") && line.contains('='));
    let revision = line.and_then(|line| line.split(['"', '\'']).nth(1));
    source.path.file_stem().and_then(|stem| stem.to_str()).into_iter().chain(revision)
}

fn site(program: &Program, source: &SourceFile, library: Orm, remark: Remark) -> Site {
    let place = |span| Place { file: source.id, span };
    let model = model_of(program, source, library, remark.table);
    let table = model.and_then(|model| model.table).unwrap_or(remark.table);
    let footprint = Footprint {
        verb: "alter",
        tables: vec![table],
        joins: Vec::new(),
        predicates: Vec::new(),
        select: None::<SelectKind>,
        order_by: Vec::new(),
        limit: false,
    };
    let step = |role, span, message: &str| Step { role, place: place(span), message: message.to_owned() };
    let mut path = Vec::new();
    path.extend(remark.looped.map(|looped| step(Role::Loop, looped.iterable, "for each of these rows")));
    path.push(step(Role::Read, remark.span, "here"));
    let captured = remark.captured.iter().map(|(name, text)| (Name::new(name), *text));
    Site {
        kind: EffectKind::Migrate,
        verb: Verb::Select,
        model: model.map(|model| model.id),
        relation: None,
        action: remark.table,
        place: place(remark.span),
        path,
        origin: None,
        cost: Cost { factors: remark.looped.iter().map(|looped| Size::Rows(looped.rows)).collect() },
        per_row: remark.looped.is_some(),
        varies: false,
        certainty: Certainty::High,
        doubts: Vec::new(),
        root: RootKind::Unknown,
        enclosing: remark.enclosing,
        asked: None,
        footprint: Some(footprint),
        read_next: None,
        fault: Some(remark.fault),
        captured: captured.chain([(Name::new("table"), remark.table)]).collect(),
    }
}

/// The model whose table a migration speaks of: Django's by its class and the folder of its app.
fn model_of<'p>(program: &'p Program, source: &SourceFile, library: Orm, table: Name) -> Option<&'p Model> {
    let app = source.path.parent().and_then(Path::parent)?;
    let class = |model: &Model| model.label.rsplit('.').next().is_some_and(|class| class.eq_ignore_ascii_case(&table));
    let is_here = |model: &Model| {
        let file = program.module(program.class(model.class).module).file;
        program.files.get(file.0 as usize).is_some_and(|source| source.path.starts_with(app))
    };
    program.schema.models.iter().filter(|model| model.orm == library && !model.is_proxy).find(|model| match library {
        Orm::Django => class(model) && is_here(model),
        Orm::SqlAlchemy => model.table == Some(table),
    })
}

/// An expression and all that it is made of.
fn within<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    found.push(expr);
    parts(expr).into_iter().for_each(|part| within(part, found));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(files: &[(&str, &str)]) -> Program {
        let source = |(id, (path, text)): (usize, &(&str, &str))| {
            let id = FileId(id as u32);
            Arc::new(SourceFile::new(id, (*path).to_owned(), path.into(), (*text).to_owned(), true))
        };
        let files: Vec<_> = files.iter().enumerate().map(source).collect();
        let migrations = files.iter().map(|source| Migration { file: source.id, is_asked_for: false }).collect();
        Program { files, migrations, ..Program::default() }
    }

    #[test]
    fn what_is_built_upon_and_what_is_old_is_left_alone() {
        let old = "# Generated by Django 4.2 on 2025-11-30 10:00\n";
        let new = "# Generated by Django 5.2 on 2026-03-01 10:00\ndependencies = [('shop', '0001_initial')]";
        let program = program(&[
            ("/p/shop/migrations/0001_initial.py", ""),
            ("/p/shop/migrations/0002_book.py", new),
            ("/p/cart/migrations/0001_initial.py", old),
            ("/p/mail/migrations/0001_initial.py", "no date"),
            ("/p/versions/1a_first.py", "revision = '1a'\ndown_revision = None"),
            ("/p/versions/2b_second.py", "revision: str = \"2b\"\ndown_revision: str = \"1a\""),
        ]);
        let mut found: Vec<u32> = unbuilt(&program).into_iter().map(|file| file.0).collect();
        found.sort_unstable();
        assert_eq!(found, [1, 3, 5]);
    }

    #[test]
    fn dates_are_read_from_the_head_of_a_file() {
        let date_of = |text: &str| date(&program(&[("/a.py", text)]).files[0]);
        let day = date_of("# Generated by Django 5.2.1 on 2026-03-01 10:00");
        assert_eq!(date_of("\"\"\"Add books\n\nCreate Date: 2026-03-01 10:00:00\n\"\"\""), day);
        assert_eq!(date_of("# Generated by Django 5.2 on Monday"), None);
        assert!(date_of("Create Date: 2026-04-01").is_some_and(|later| Some(later) > day));
    }
}
