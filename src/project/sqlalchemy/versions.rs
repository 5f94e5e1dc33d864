//! Version classes: SQLAlchemy-Continuum makes one for every mapped class that says `__versioned__`, with a table of its own.
//!
//! ```py
//! class Article(Base):
//!     __versioned__ = {}
//! ```
//!
//! has `article.versions`, a query over rows of `ArticleVersion`; each of these belongs to a row of `Transaction`. What versions
//! have of the relations of their article are no relations but properties: the stub of `VersionClassBase` says so. Source:
//! `model_builder.py`, `table_builder.py` and `transaction.py` of the package.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::arguments::Arguments;
use super::super::flow::{Guard, walk};
use super::super::program::{Binding, ClassId, ClassInfo, ClassRef, ModuleId, Program};
use super::super::resolve::text;
use super::super::schema::{Column, Model, ModelId, Orm, Relation, RelationKind};
use super::bases::{called, makes_base};
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{Class, Expr, ExprKind, Span, StmtKind};
use crate::syntax::reads;

const PACKAGE: &str = "sqlalchemy_continuum";

/// Adds the version classes, their models, and the transactions that they belong to.
pub(super) fn add(program: &mut Program) {
    let mut own = program.modules.iter().filter(|module| !module.is_stub);
    if !own.any(|module| reads::says(&program.files[module.file.0 as usize], PACKAGE)) {
        return;
    }
    let (Some(base), Some(transaction)) =
        (of_stub(program, "version", "VersionClassBase"), of_stub(program, "transaction", "Transaction"))
    else {
        return;
    };
    let versioned = versioned(program);
    let Some(first) = versioned.first() else { return };
    let place = program.schema.model(*first).class;
    let transaction = transaction_model(program, transaction, place);
    let mut made: FxHashMap<ClassId, ClassId> = FxHashMap::default();
    for parent in versioned {
        let class = version_class(program, parent, base, &made);
        made.insert(program.schema.model(parent).class, class);
        add_version(program, parent, class, transaction, &made);
    }
}

fn of_stub(program: &Program, module: &str, class: &str) -> Option<ClassId> {
    let module = program.by_name.get(&Name::new(&format!("{PACKAGE}.{module}")))?;
    match program.lookup(*module, Name::new(class))? {
        Binding::Class(id) if program.is_of_stub(id) => Some(id),
        _ => None,
    }
}

/// The models that are versioned; one that another extends goes before it.
fn versioned(program: &Program) -> Vec<ModelId> {
    let is_versioned = |model: &&Model| {
        let marked = program.member(model.class, Name::new("__versioned__"), None);
        model.orm == Orm::SqlAlchemy && !model.is_abstract && marked.is_some()
    };
    let mut found: Vec<&Model> = program.schema.models.iter().filter(is_versioned).collect();
    found.sort_by_key(|model| (program.class(model.class).mro.len(), model.id));
    found.iter().map(|model| model.id).collect()
}

/// The project's own class of transactions, else the one that the package makes. Nobody declares that one: what is said about it is
/// said where the first versioned class stands.
fn transaction_model(program: &mut Program, stub: ClassId, beside: ClassId) -> ModelId {
    let is_own =
        |model: &&Model| program.inherits_external(model.class, "sqlalchemy_continuum.transaction.TransactionBase");
    if let Some(own) = program.schema.models.iter().find(is_own) {
        return own.id;
    }
    let declared = place_of(program, beside);
    let id = next(program);
    let mut columns = vec![
        column("id", "BigInteger", declared, true),
        column("issued_at", "DateTime", declared, false),
        column("remote_addr", "String", declared, false),
    ];
    let mut relations = Vec::new();
    if let Some(user) = user_model(program) {
        columns.push(column("user_id", "Integer", declared, false));
        relations.push(to_one("user", id, user, "user_id", declared));
    }
    let label = match program.schema.of_class(beside).and_then(|model| model.label.rsplit_once('.')) {
        Some((package, _)) => format!("{package}.Transaction"),
        None => "Transaction".to_owned(),
    };
    register(program, blank(id, stub, &label, "transaction", columns, relations));
    id
}

/// The class that `make_versioned(user_cls=…)` names, `User` where it names none, and nobody where it says `None`.
fn user_model(program: &Program) -> Option<ModelId> {
    let mut name = Some(Name::new("User"));
    for module in &program.modules {
        walk(&module.outline.body, Guard::default(), &mut |statement, _| {
            if let StmtKind::Expr(call) = &statement.kind
                && let Some(given) = named_user(call)
            {
                name = given;
            }
        });
    }
    let name = name?;
    let is_it = |model: &&Model| model.orm == Orm::SqlAlchemy && program.class(model.class).class.name == name;
    program.schema.models.iter().find(is_it).map(|model| model.id)
}

fn named_user(call: &Expr) -> Option<Option<Name>> {
    let ExprKind::Call { arguments, .. } = &call.kind else { return None };
    if called(call) != Some("make_versioned") {
        return None;
    }
    match Arguments(arguments).keyword("user_cls")? {
        value if value.is_none() => Some(None),
        value => Some(text(value).or_else(|| super::super::resolve::last_name(value))),
    }
}

/// The class of a model's versions: it extends those of the versioned classes that the model extends, and the declarative base.
fn version_class(program: &mut Program, parent: ModelId, base: ClassId, made: &FxHashMap<ClassId, ClassId>) -> ClassId {
    let about = program.class(program.schema.model(parent).class);
    let id = ClassId(program.classes.len() as u32);
    let mut mro = vec![ClassRef::Known(id)];
    let above = about.mro.iter().filter_map(|entry| match entry {
        ClassRef::Known(class) => made.get(class).copied(),
        ClassRef::External(_) => None,
    });
    mro.extend(above.map(ClassRef::Known));
    mro.extend(program.class(base).mro.iter().copied());
    let is_base = |entry: &ClassRef| match entry {
        ClassRef::Known(class) => makes_base(program, *class),
        ClassRef::External(_) => true,
    };
    let bases = about.mro.iter().skip(1).position(is_base).map_or(about.mro.len(), |position| position + 1);
    mro.extend(about.mro[bases..].iter().copied());
    let syntax = Class {
        file: about.class.file,
        span: about.class.span,
        name: version_name(about.class.name),
        qualified: version_name(about.class.qualified),
        bases: Vec::new(),
        decorators: Vec::new(),
        body: Vec::new(),
    };
    let module: ModuleId = about.module;
    program.classes.push(ClassInfo {
        id,
        module,
        class: Arc::new(syntax),
        outer: None,
        members: FxHashMap::default(),
        mro,
        subclasses: Vec::new(),
    });
    id
}

fn version_name(name: Name) -> Name {
    Name::new(&format!("{name}Version"))
}

/// The model of a version class, and the relations between it and its parent.
fn add_version(
    program: &mut Program,
    parent: ModelId,
    class: ClassId,
    transaction: ModelId,
    made: &FxHashMap<ClassId, ClassId>,
) {
    let id = next(program);
    let about = program.schema.model(parent);
    let declared = place_of(program, about.class);
    let mut columns: Vec<Column> = about.columns.iter().map(copied).collect();
    columns.push(Column {
        primary_key: true,
        indexed: true,
        ..column("transaction_id", "BigInteger", declared, false)
    });
    columns.push(column("end_transaction_id", "BigInteger", declared, false));
    columns.push(column("operation_type", "SmallInteger", declared, false));
    let relations = vec![
        to_one("transaction", id, transaction, "transaction_id", declared),
        to_one("version_parent", id, parent, &about.primary_key, declared),
    ];
    let table = about.table.map(|table| format!("{table}_version")).unwrap_or_default();
    let mut model = blank(id, class, &version_name(about.label), &table, columns, relations);
    model.primary_key = about.primary_key;
    model.is_proxy = about.is_proxy;
    model.has_unknown_base = about.has_unknown_base;
    let version_of = |above: ModelId| {
        let class = made.get(&program.schema.model(above).class)?;
        program.schema.by_class.get(class).copied()
    };
    model.parents = about.parents.iter().filter_map(|(above, link)| Some((version_of(*above)?, *link))).collect();
    let versions = Relation {
        kind: RelationKind::OneToMany,
        nullable: false,
        key_attribute: None,
        lazy: Name::new("dynamic"),
        ..to_one("versions", parent, id, &about.primary_key, declared)
    };
    register(program, model);
    let relations = &mut program.schema.models[parent.0 as usize].relations;
    if !relations.iter().any(|relation| relation.name == versions.name) {
        relations.push(versions);
    }
}

/// A column as the table of versions has it: nothing is unique there, and nothing is filled in by itself.
fn copied(column: &Column) -> Column {
    let options = column.options.iter().filter(|(option, _)| *option == "target").copied().collect();
    Column { unique: false, indexed: false, deferred: false, nullable: true, options, ..column.clone() }
}

fn next(program: &Program) -> ModelId {
    ModelId(program.schema.models.len() as u32)
}

fn place_of(program: &Program, class: ClassId) -> (FileId, Span) {
    let class = &program.class(class).class;
    (class.file, class.span)
}

fn register(program: &mut Program, model: Model) {
    let label = Name::new(&model.label.to_ascii_lowercase());
    program.schema.by_class.insert(model.class, model.id);
    program.schema.labels.entry(label).or_default().push(model.id);
    program.schema.models.push(model);
}

fn column(name: &str, kind: &str, declared: (FileId, Span), primary_key: bool) -> Column {
    Column {
        name: Name::new(name),
        column: Name::new(name),
        kind: Name::new(kind),
        primary_key,
        unique: primary_key,
        indexed: !primary_key,
        nullable: false,
        deferred: false,
        options: Vec::new(),
        declared,
    }
}

fn to_one(name: &str, owner: ModelId, target: ModelId, key: &str, declared: (FileId, Span)) -> Relation {
    Relation {
        name: Name::new(name),
        query_name: Name::new(name),
        owner,
        target: Some(target),
        kind: RelationKind::ManyToOne,
        nullable: true,
        key_attribute: Some(Name::new(key)),
        key_columns: vec![Name::new(key)],
        to_field: None,
        reverse: None,
        through: None,
        join_table: None,
        lazy: Name::new("select"),
        options: Vec::new(),
        declared,
    }
}

fn blank(
    id: ModelId,
    class: ClassId,
    label: &str,
    table: &str,
    columns: Vec<Column>,
    relations: Vec<Relation>,
) -> Model {
    Model {
        id,
        class,
        orm: Orm::SqlAlchemy,
        label: Name::new(label),
        table: Some(Name::new(table)).filter(|table| !table.is_empty()),
        is_abstract: false,
        is_proxy: false,
        parents: Vec::new(),
        columns,
        relations,
        primary_key: Name::new("id"),
        is_ordered: false,
        ordering: Vec::new(),
        managers: Vec::new(),
        base_manager: None,
        proxies: Vec::new(),
        indexes: Vec::new(),
        options: Vec::new(),
        has_unknown_base: false,
    }
}
