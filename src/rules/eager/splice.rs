//! Changes of text: a call added to a chain, an argument to a call, an import to a module.

use super::written::{Chain, Link};
use super::{Load, written};
use crate::project::{Binding, Model, Orm};
use crate::rules::case::{Case, class_name, manager_name};
use crate::rules::finding::{Edit, Point};
use crate::source::SourceFile;
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Expr, ExprKind, Stmt, StmtKind};

/// An insertion for review: it keeps what the code does, but not the queries that it sends.
pub(super) fn insert(file: &SourceFile, at: u32, text: String) -> Edit {
    let place = file.line_column(at);
    let point = Point { line: place.line, column: place.column };
    Edit { file: file.shown.clone(), start: point, end: point, text, safe: false }
}

/// The file in which an origin stands.
pub(super) fn file<'run>(case: &Case<'run>) -> Option<&'run SourceFile> {
    let origin = case.site.origin.as_ref()?;
    case.program.files.get(origin.place.file.0 as usize).map(|file| &**file)
}

/// Adds loads to a chain: to the calls it has, else as new ones at its end.
pub(super) fn chain(cases: &[Case], chain: &Chain, loads: &[Load]) -> Option<Vec<Edit>> {
    let case = &cases[0];
    let file = file(case)?;
    let is_separate = loads.iter().any(Load::is_separate);
    let is_vain = chain.is_one && loads.iter().any(|load| load.is_separate() && load.path.len() == 1);
    if is_vain || (is_separate && loses_prefetches(cases, chain)) {
        return None;
    }
    if case.orm() == Orm::SqlAlchemy {
        chain.entity(class_name(case.rows_model()?))?;
    }
    let (mut edits, mut calls) = (Vec::new(), String::new());
    for method in ["select_related", "prefetch_related", "options"] {
        let arguments: Vec<String> =
            loads.iter().filter(|load| load.method == method).map(|load| spelled(case, load)).collect::<Option<_>>()?;
        if arguments.is_empty() {
            continue;
        }
        let arguments = arguments.join(", ");
        match chain.open_call(method) {
            Some(last) => edits.push(insert(file, last.value.span.end, format!(", {arguments}"))),
            None => calls.push_str(&format!("{}.{method}({arguments})", line_break(file, chain))),
        }
    }
    if !calls.is_empty() {
        let model = case.rows_model().filter(|_| chain.is_class);
        let manager = model.map(|model| format!(".{}", manager_name(model))).unwrap_or_default();
        edits.push(insert(file, chain.head.span.end, manager + &calls));
    }
    if let Some(call) = chain.iterator.filter(|_| loads.iter().any(|load| load.method == "prefetch_related")) {
        edits.push(insert(file, call.end - 1, "chunk_size=2000".to_owned()));
    }
    edits.extend(imports(case, loads)?);
    Some(edits)
}

/// An `iterator()` without a chunk size, somewhere behind the chain, drops prefetches or refuses them.
fn loses_prefetches(cases: &[Case], chain: &Chain) -> bool {
    let iterates = |case: &Case| {
        case.site.path.iter().any(|step| {
            let (file, span) = (case.program.files.get(step.place.file.0 as usize), step.place.span);
            file.is_some_and(|file| file.slice(span.start, span.end).contains(".iterator()"))
        })
    };
    chain.iterator.is_none() && cases.iter().any(iterates)
}

/// A chain that is written over lines, a call on each, goes on like that.
fn line_break(file: &SourceFile, chain: &Chain) -> String {
    let Some(Link { name_span, .. }) = chain.links.last() else { return String::new() };
    let before = file.text.get(..name_span.start as usize).and_then(|text| text.strip_suffix('.'));
    let written = before.map_or("", str::trim_end);
    let gap = before.map_or("", |text| &text[written.len()..]);
    match gap.rfind('\n') {
        // Outside of brackets a backslash carries each line on to the next.
        Some(start) if written.ends_with('\\') => format!(" \\{}", &gap[start..]),
        Some(start) => gap[start..].to_owned(),
        None => String::new(),
    }
}

/// `session.get(Book, 1, options=[…])`
pub(super) fn get(case: &Case, call: &Expr, arguments: &[Argument], loads: &[Load]) -> Option<Vec<Edit>> {
    let has_options = |argument: &Argument| matches!(argument.kind, ArgumentKind::Keyword(name) if name == "options");
    let is_vain = loads.iter().any(|load| load.is_separate() && load.path.len() == 1);
    if is_vain || arguments.iter().any(has_options) {
        return None;
    }
    written::entity(&arguments[..1], class_name(case.rows_model()?))?;
    let file = file(case)?;
    let end = arguments.last().map_or(call.span.end - 1, |last| last.value.span.end);
    let spelled: Vec<String> = loads.iter().map(|load| spelled(case, load)).collect::<Option<_>>()?;
    let mut edits = vec![insert(file, end, format!(", options=[{}]", spelled.join(", ")))];
    edits.extend(imports(case, loads)?);
    Some(edits)
}

/// The argument with its classes as the module of the origin knows them.
fn spelled(case: &Case, load: &Load) -> Option<String> {
    let mut argument = load.argument.clone();
    for (class, model) in load.classes.iter().zip(owners(case, load)) {
        let known = known_as(case, model).unwrap_or_else(|| class.to_string());
        argument = argument.replace(&format!("({class}."), &format!("({known}."));
    }
    Some(argument)
}

/// The models of the hops after the first.
fn owners<'run>(case: &Case<'run>, load: &Load) -> Vec<&'run Model> {
    let mut owners = Vec::new();
    let mut at = case.rows_model();
    for name in &load.path {
        owners.extend(at);
        let target = at.and_then(|model| model.relation(*name)).and_then(|relation| relation.target);
        at = target.map(|id| case.program.schema.model(id));
    }
    owners.into_iter().skip(1).collect()
}

/// The name by which the origin's module knows a model's class.
fn known_as(case: &Case, model: &Model) -> Option<String> {
    let module = case.program.module_of(case.site.origin.as_ref()?.place.file)?;
    let is_it = |binding: &Binding| matches!(binding, Binding::Class(class) if *class == model.class);
    let mut names: Vec<&Name> =
        module.bindings.iter().filter(|(_, binding)| is_it(binding)).map(|(name, _)| name).collect();
    names.sort_by_key(|name| name.as_str());
    if let Some(name) = names.first() {
        return Some(name.to_string());
    }
    let class = Name::new(class_name(model));
    let through = |binding: &Binding| match binding {
        Binding::Module(id) => case.program.module(*id).bindings.get(&class).is_some_and(is_it),
        _ => false,
    };
    let mut modules: Vec<&Name> =
        module.bindings.iter().filter(|(_, binding)| through(binding)).map(|(name, _)| name).collect();
    modules.sort_by_key(|name| name.as_str());
    modules.first().map(|module| format!("{module}.{class}"))
}

/// The imports that the loads need and the module lacks; `None` where a name means something else there.
fn imports(case: &Case, loads: &[Load]) -> Option<Vec<Edit>> {
    let place = case.site.origin.as_ref()?.place;
    let module = case.program.module_of(place.file)?;
    let mut wanted: Vec<(String, String)> = Vec::new();
    for load in loads {
        for loader in &load.loaders {
            match module.bindings.get(&Name::new(loader)) {
                Some(Binding::External(path)) if path.starts_with("sqlalchemy.orm") => {}
                Some(_) => return None,
                None => wanted.push(("sqlalchemy.orm".to_owned(), (*loader).to_owned())),
            }
        }
        for model in owners(case, load) {
            if load.method == "options" && known_as(case, model).is_none() {
                let home = case.program.module(case.program.class(model.class).module).name;
                wanted.push((home.to_string(), class_name(model).to_owned()));
            }
        }
    }
    wanted.sort();
    wanted.dedup();
    let file = file(case)?;
    let mut edits = Vec::new();
    let mut lines = Vec::new();
    let mut names: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    wanted.into_iter().for_each(|(home, name)| names.entry(home).or_default().push(name));
    for (home, names) in names {
        let names = names.join(", ");
        match module.outline.body.iter().find_map(|statement| end_of_names(file, statement, &home)) {
            Some(end) => edits.push(insert(file, end, format!(", {names}"))),
            None => lines.push(format!("\nfrom {home} import {names}")),
        }
    }
    if !lines.is_empty() {
        edits.push(insert(file, end_of_imports(file, &module.outline.body)?, lines.concat()));
    }
    Some(edits)
}

/// Where another name can be added to `from home import a, b`.
fn end_of_names(file: &SourceFile, statement: &Stmt, home: &str) -> Option<u32> {
    let StmtKind::ImportFrom { level: 0, module: Some(module), names } = &statement.kind else { return None };
    let text = file.slice(statement.span.start, statement.span.end);
    if *module != home || names.is_empty() || text.contains('#') || text.contains('\\') {
        return None;
    }
    let kept = text.trim_end_matches([')', ',', ' ', '\t', '\r', '\n']);
    Some(statement.span.start + kept.len() as u32)
}

/// The end of the line of the last import at the top of a module.
fn end_of_imports(file: &SourceFile, body: &[Stmt]) -> Option<u32> {
    let is_top = |statement: &&Stmt| {
        let is_docstring = |expr: &Expr| matches!(expr.kind, ExprKind::Constant(_));
        match &statement.kind {
            StmtKind::Import(_) | StmtKind::ImportFrom { .. } => true,
            StmtKind::Expr(expr) => is_docstring(expr),
            _ => false,
        }
    };
    let is_import = |statement: &&Stmt| !matches!(statement.kind, StmtKind::Expr(_));
    let last = body.iter().take_while(is_top).filter(is_import).last()?;
    let rest = file.text.get(last.span.end as usize..)?;
    let line = rest.find('\n').unwrap_or(rest.len());
    let before = rest[..line].strip_suffix('\r').map_or(line, str::len);
    Some(last.span.end + before as u32)
}
