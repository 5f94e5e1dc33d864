//! One line explained: what its expressions are, which queries it fires, and where knowledge ends.

use std::path::{Path, PathBuf};

use super::configure::{configure, version};
use super::settings::{PipelineError, Settings};
use super::steps::{self, Read};
use crate::config::Library;
use crate::domain::Site;
use crate::interpret::{Options, Seen, Watch, interpret};
use crate::project::Program;
use crate::report::{Explanation, Query, Told};
use crate::rules::Registry;
use crate::source::{Root, SourceFile};
use crate::syntax::ir::{Span, StmtKind};
use crate::syntax::visit;

/// Why a line can't be explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// There is no such file.
    #[error("there is no file {0}")]
    NoFile(String),
    /// The line is out of range.
    #[error("{file} has {lines} lines: there is no line {line}")]
    NoLine {
        /// The file.
        file: String,
        /// How many lines it has.
        lines: usize,
        /// What was asked for.
        line: usize,
    },
    /// The file is not among those that quell reads.
    #[error("{0} is not among the files that quell reads: `quell check` says what it leaves out")]
    NotRead(String),
    /// The run is impossible.
    #[error(transparent)]
    Run(#[from] PipelineError),
}

/// Explains a line of a file.
///
/// # Errors
/// When there is no such line, or no run is possible.
pub fn explain(path: &Path, line: usize, registry: &Registry) -> Result<Explanation, ExplainError> {
    let shown = path.to_string_lossy().into_owned();
    let found = path.canonicalize().ok().filter(|path| path.is_file());
    let Some(found) = found else { return Err(ExplainError::NoFile(shown)) };
    let settings = Settings {
        include_tests: true,
        include_migrations: found.components().any(|part| part.as_os_str() == "migrations"),
        ..Settings::of(&Root::of(&found).folder)
    };
    let configured = configure(&settings, registry)?;
    let Read { projects, files, .. } = steps::read(&settings, &configured)?;
    let source = files.iter().find(|source| same(&source.path, &found)).cloned();
    let Some(source) = source else { return Err(ExplainError::NotRead(shown)) };
    let text = text_of_line(&source, line).ok_or_else(|| ExplainError::NoLine {
        file: shown,
        lines: source.text.lines().count(),
        line,
    })?;
    for project in projects {
        let is_ours = project.sources.iter().any(|one| one.id == source.id) || project.templates.contains(&source.id);
        if !is_ours {
            continue;
        }
        let (config, folder) = (configured.of(&project.folder), project.folder.clone());
        let program = steps::link(steps::parse(project, &files, &config));
        let watch = Watch { file: source.id, line: text };
        let django = version(Library::Django, &settings, &config, &folder).version;
        let options = Options { django, watch: Some(watch), ..Options::default() };
        let found = interpret(&program, &options);
        return Ok(told(&program, &source, line, &watch, &found.seen, &found.sites));
    }
    Err(ExplainError::NotRead(source.shown.clone()))
}

fn same(path: &Path, found: &PathBuf) -> bool {
    path.canonicalize().is_ok_and(|path| path == *found)
}

/// The bytes of a line, counted from 1.
fn text_of_line(source: &SourceFile, line: usize) -> Option<Span> {
    let mut start = 0;
    for (index, text) in source.text.split_inclusive('\n').enumerate() {
        if index + 1 == line {
            return Some(Span { start: start as u32, end: (start + text.len()) as u32 });
        }
        start += text.len();
    }
    None
}

fn told(
    program: &Program,
    source: &SourceFile,
    line: usize,
    watch: &Watch,
    seen: &[Seen],
    sites: &[Site],
) -> Explanation {
    let one_line = |span: Span| source.slice(span.start, span.end).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut told: Vec<Told> = Vec::new();
    let mut seen: Vec<&Seen> = seen.iter().collect();
    seen.sort();
    for one in seen {
        let expression = one_line(one.span);
        let known = told.iter_mut().find(|told| told.expression == expression);
        let known = match known {
            Some(known) => known,
            None => {
                told.push(Told { expression, values: Vec::new(), unknown: Vec::new(), free: Vec::new() });
                let last = told.len() - 1;
                &mut told[last]
            }
        };
        let add = |list: &mut Vec<String>, word: &String| {
            if !list.contains(word) {
                list.push(word.clone());
            }
        };
        add(&mut known.values, &one.value);
        one.unknown.iter().for_each(|why| add(&mut known.unknown, why));
        one.free.iter().for_each(|why| add(&mut known.free, why));
    }
    let queries =
        sites.iter().filter(|site| watch.holds(site.place)).map(|site| query(program, site, &one_line)).collect();
    let silence = if told.is_empty() { Some(silence(program, source, line, watch.line)) } else { None };
    Explanation {
        file: source.shown.clone(),
        line,
        enclosing: enclosing(program, watch),
        text: source.slice(watch.line.start, watch.line.end).trim().to_owned(),
        told,
        queries,
        silence,
    }
}

fn query(program: &Program, site: &Site, one_line: &dyn Fn(Span) -> String) -> Query {
    let origin = site.origin.as_ref().and_then(|origin| {
        let file = program.files.get(origin.place.file.0 as usize)?;
        let line = file.line_column(origin.place.span.start).line;
        Some(format!("the rows come from line {line} of {}", file.shown))
    });
    let subject = site.model.map(|model| {
        let label = program.schema.model(model).label;
        site.relation.map_or(label.to_string(), |relation| format!("{label}.{relation}"))
    });
    Query {
        expression: one_line(site.place.span),
        kind: site.kind.as_str(),
        subject,
        cost: site.cost.to_string(),
        per_row: site.per_row,
        origin,
        footprint: site.footprint.clone(),
        doubts: site.doubts.iter().map(ToString::to_string).collect(),
    }
}

/// The function or class around the line.
fn enclosing(program: &Program, watch: &Watch) -> Option<String> {
    let module = program.module_of(watch.file)?;
    let around = visit::around(&module.outline.body, first_byte(program, watch));
    around.iter().rev().find_map(|statement| match &statement.kind {
        StmtKind::Function(function) => Some(function.qualified.to_string()),
        StmtKind::Class(class) => Some(class.qualified.to_string()),
        _ => None,
    })
}

/// The first byte of the line that is no white space.
fn first_byte(program: &Program, watch: &Watch) -> Span {
    let source = &program.files[watch.file.0 as usize];
    let text = source.text.get(watch.line.start as usize..watch.line.end as usize).unwrap_or_default();
    let start = watch.line.start + (text.len() - text.trim_start().len()) as u32;
    Span { start, end: start + 1 }
}

/// Why nothing was seen on a line.
fn silence(program: &Program, source: &SourceFile, line: usize, span: Span) -> String {
    let text = source.slice(span.start, span.end).trim();
    if text.is_empty() {
        return "the line is empty".to_owned();
    }
    if text.starts_with('#') || text.starts_with("{#") {
        return "the line is a comment".to_owned();
    }
    let Some(module) = program.module_of(source.id) else {
        return "no template of the project that is rendered leads here".to_owned();
    };
    let watch = Watch { file: source.id, line: span };
    let around = visit::around(&module.outline.body, first_byte(program, &watch));
    let first_line = |place: Span| source.line_column(place.start).line as usize;
    let function = around.iter().rev().find_map(|statement| match &statement.kind {
        StmtKind::Function(function) => Some(function.name),
        _ => None,
    });
    match around.last() {
        None if module.is_template => {
            "no page that quell follows shows this line, or nothing is evaluated on it".to_owned()
        }
        None => "the line belongs to no statement".to_owned(),
        Some(statement) if first_line(statement.span) < line && statement.span.covers(first_byte(program, &watch)) => {
            format!("the line belongs to the statement that begins on line {}", first_line(statement.span))
        }
        Some(statement) if visit::expressions(statement).is_empty() || is_docstring(statement) => {
            "nothing is evaluated on this line".to_owned()
        }
        Some(_) => match function {
            Some(name) => format!(
                "no walk came here: nobody whom quell knows calls `{name}`, it neither loops nor mentions anything of \
                 the ORM, or what stands before always leaves it"
            ),
            None => {
                "no walk came here: quell evaluates what stands outside functions only when it is asked for".to_owned()
            }
        },
    }
}

fn is_docstring(statement: &crate::syntax::ir::Stmt) -> bool {
    use crate::syntax::ir::ExprKind;
    matches!(&statement.kind, StmtKind::Expr(expr) if matches!(expr.kind, ExprKind::Constant(_)))
}
