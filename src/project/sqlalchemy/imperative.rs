//! Imperative mapping: `registry.map_imperatively(Book, books, properties={…})`, at the top of a module or in a function.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::arguments::Arguments;
use super::super::flow::{Guard, variables, walk};
use super::super::program::{ClassId, Module, ModuleId, Program};
use super::super::resolve::last_name;
use super::scope::{Locals, Meaning, Scope};
use crate::source::SourceFile;
use crate::syntax::ir::{Expr, ExprKind, Function, Span, Stmt, StmtKind};
use crate::syntax::reads;

/// A block that maps: its names, and the calls and tables in it.
pub(super) struct Block<'a> {
    /// Its module.
    pub module: ModuleId,
    /// Its statements.
    statements: &'a [Stmt],
    /// The names of the function; `None` at the top of a module.
    locals: Option<Locals<'a>>,
}

/// A class mapped by a call.
#[derive(Clone, Copy)]
pub(super) struct Mapped<'a> {
    /// The arguments of the call.
    pub arguments: Arguments<'a>,
    /// Where they are written.
    pub block: usize,
}

/// All imperative mappings of a program.
pub(super) struct Imperative<'a> {
    program: &'a Program,
    blocks: Vec<Block<'a>>,
    by_class: FxHashMap<ClassId, Vec<(usize, Span)>>,
}

/// Calls that map a class.
const MAPPERS: &[&str] = &["map_imperatively", "mapper"];

impl<'a> Imperative<'a> {
    /// Finds the mappings; only functions of files that name a mapper are read.
    pub fn of(program: &'a Program) -> Self {
        let mut imperative = Imperative { program, blocks: Vec::new(), by_class: FxHashMap::default() };
        for module in program.modules.iter().filter(|module| names_mapper(program, module)) {
            imperative.blocks.push(Block { module: module.id, statements: &module.outline.body, locals: None });
            for function in functions(program, module) {
                imperative.add_function(module.id, function);
            }
        }
        for block in 0..imperative.blocks.len() {
            imperative.read(block);
        }
        imperative
    }

    fn add_function(&mut self, module: ModuleId, function: &'a Arc<Function>) {
        let statements = function.body.statements();
        let locals = locals(self.program, module, statements);
        self.blocks.push(Block { module, statements, locals: Some(locals) });
    }

    fn read(&mut self, block: usize) {
        let mut found = Vec::new();
        calls(self.blocks[block].statements, &mut |call| {
            let class = mapped_class(self.scope(block), call);
            found.extend(class.map(|class| (class, call.span)));
        });
        for (class, span) in found {
            self.by_class.entry(class).or_default().push((block, span));
        }
    }

    /// Where names of a block are looked up.
    pub fn scope(&self, block: usize) -> Scope<'_> {
        let block = &self.blocks[block];
        Scope { program: self.program, module: block.module, class: None, locals: block.locals.as_ref() }
    }

    /// The blocks inside functions: module, statements and names.
    pub fn function_blocks(&self) -> impl Iterator<Item = (Scope<'_>, &'a [Stmt])> {
        let blocks = self.blocks.iter().enumerate().filter(|(_, block)| block.locals.is_some());
        blocks.map(|(position, block)| (self.scope(position), block.statements))
    }

    /// Whether a call maps this class.
    pub fn maps(&self, class: ClassId) -> bool {
        self.by_class.contains_key(&class)
    }

    /// The last call that maps this class.
    pub fn of_class(&self, class: ClassId) -> Option<Mapped<'a>> {
        let (block, span) = *self.by_class.get(&class)?.last()?;
        let mut found = None;
        calls(self.blocks[block].statements, &mut |call| {
            if let ExprKind::Call { arguments, .. } = &call.kind
                && call.span == span
            {
                found = Some(Mapped { arguments: Arguments(arguments), block });
            }
        });
        found
    }
}

/// The class that a `mapper(Class, table)` call maps.
pub(super) fn mapped_class(scope: Scope, call: &Expr) -> Option<ClassId> {
    let ExprKind::Call { function, arguments } = &call.kind else { return None };
    if !MAPPERS.contains(&last_name(function)?.as_str()) {
        return None;
    }
    let class = Arguments(arguments).either("class_", 0)?;
    match scope.meaning(class)? {
        Meaning::Class(class) => Some(class),
        _ => None,
    }
}

fn names_mapper(program: &Program, module: &Module) -> bool {
    let file = program.files.get(module.file.0 as usize);
    let is_code = |file: &Arc<SourceFile>| ["map_imperatively(", "mapper("].iter().any(|word| reads::says(file, word));
    !module.is_stub && file.is_some_and(is_code)
}

/// Functions of the module and methods of its classes whose text names a mapper.
fn functions<'a>(program: &'a Program, module: &'a Module) -> Vec<&'a Arc<Function>> {
    let mut found = Vec::new();
    collect(&module.outline.body, &mut found);
    let text = program.files.get(module.file.0 as usize).map_or("", |file| file.text.as_str());
    found.retain(|function| {
        function.body.is_read();
        let span = function.body.span();
        let body = text.get(span.start as usize..span.end as usize).unwrap_or_default();
        body.contains("map_imperatively(") || body.contains("mapper(")
    });
    found
}

fn collect<'a>(body: &'a [Stmt], found: &mut Vec<&'a Arc<Function>>) {
    walk(body, Guard::default(), &mut |statement, _| match &statement.kind {
        StmtKind::Function(function) => found.push(function),
        StmtKind::Class(class) => collect(&class.body, found),
        _ => {}
    });
}

fn locals<'a>(program: &'a Program, module: ModuleId, statements: &'a [Stmt]) -> Locals<'a> {
    let mut locals = Locals { imports: program.imports_in(module, statements), ..Locals::default() };
    walk(statements, Guard::default(), &mut |statement, _| {
        let values = variables(statement).into_iter();
        locals.values.extend(values.filter_map(|(name, value)| value.map(|value| (name, value))));
    });
    locals
}

/// Every call that stands as a statement or as an assigned value.
fn calls<'a>(statements: &'a [Stmt], visit: &mut dyn FnMut(&'a Expr)) {
    walk(statements, Guard::default(), &mut |statement, _| match &statement.kind {
        StmtKind::Expr(value) | StmtKind::Assign { value, .. } => visit(value),
        StmtKind::Annotated { value: Some(value), .. } => visit(value),
        _ => {}
    });
}
