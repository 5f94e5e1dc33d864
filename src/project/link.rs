//! Outlines to a linked program: module names, classes, bindings, method resolution orders, the schema.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::module_name::{ModuleName, module_names};
use super::program::{Migration, Module, ModuleId, Program};
use super::{bindings, classes, django, factories, mro, patches, sqlalchemy, templates};
use crate::source::{FileId, SourceFile};
use crate::syntax::Name;
use crate::syntax::ir::Outline;
use crate::syntax::reads;

/// A module to link.
#[derive(Debug, Clone)]
pub struct LinkModule {
    /// Its statements; `outline.file` says which file.
    pub outline: Arc<Outline>,
    /// Its dotted name where the path does not say it: stubs and installed packages.
    pub name: Option<Name>,
    /// True for a compiled-in or user stub; a module of the project with the same name wins.
    pub is_stub: bool,
}

/// Everything link needs: one project root.
#[derive(Debug, Clone, Default)]
pub struct LinkInput {
    /// The project root that paths are relative to.
    pub root: PathBuf,
    /// Sources; the position is the file id.
    pub files: Vec<Arc<SourceFile>>,
    /// The modules, project and stubs.
    pub modules: Vec<LinkModule>,
    /// Which files are templates.
    pub templates: Vec<FileId>,
    /// Which files are migrations, in the order of their paths.
    pub migrations: Vec<Migration>,
}

/// Links a project. The result depends on the order of `modules` only where two files have the same name.
pub fn link(input: LinkInput) -> Program {
    let (mut program, reads) = reads::noting(|| linked(input));
    program.reads = reads;
    program
}

fn linked(input: LinkInput) -> Program {
    let LinkInput { root, files, modules, templates, migrations } = input;
    let mut program = Program { files, root, migrations, ..Program::default() };
    let names = names(&program, &program.root, &modules);
    for (module, name) in modules.into_iter().zip(names) {
        add_module(&mut program, module, name);
    }
    templates::register(&mut program, &templates);
    for index in 0..program.modules.len() {
        let outline = program.modules[index].outline.clone();
        classes::register(&mut program, ModuleId(index as u32), &outline);
    }
    bindings::bind(&mut program);
    factories::make(&mut program);
    mro::order(&mut program);
    django::build(&mut program);
    sqlalchemy::build(&mut program);
    // Now that it is known which model the user is.
    patches::apply(&mut program);
    program
}

fn names(program: &Program, root: &Path, modules: &[LinkModule]) -> Vec<ModuleName> {
    let path = |module: &LinkModule| program.files.get(module.outline.file.0 as usize).map(|file| file.path.as_path());
    let own = modules.iter().filter(|module| module.name.is_none());
    let paths: Vec<&Path> = own.map(|module| path(module).unwrap_or(Path::new(""))).collect();
    let mut computed = module_names(root, &paths, &searched(program, &paths)).into_iter();
    modules
        .iter()
        .filter_map(|module| {
            module.name.map_or_else(|| computed.next(), |name| Some(given(module, name, path(module))))
        })
        .collect()
}

/// The packages beside `manage.py` that it puts on `sys.path`, as a widespread template for projects has it:
///
/// ```py
/// sys.path.append(os.path.join(current_path, "bookshop"))
/// ```
fn searched(program: &Program, paths: &[&Path]) -> Vec<PathBuf> {
    let mut searched = Vec::new();
    let scripts = program.files.iter().filter(|file| file.path.ends_with("manage.py") && reads::says(file, "sys.path"));
    for script in scripts {
        let packages = paths.iter().filter(|path| path.ends_with("__init__.py")).filter_map(|path| path.parent());
        for package in packages.filter(|package| package.parent() == script.path.parent()) {
            let name = package.file_name().unwrap_or_default().to_string_lossy();
            if ['"', '\''].iter().any(|quote| reads::says(script, &format!("{quote}{name}{quote}"))) {
                searched.push(package.to_path_buf());
            }
        }
    }
    searched
}

fn given(_module: &LinkModule, name: Name, path: Option<&Path>) -> ModuleName {
    let is_package = path.is_some_and(|path| path.file_stem().is_some_and(|stem| stem == "__init__"));
    ModuleName { name, is_package, import_root: Name::new(""), aliases: Vec::new() }
}

fn add_module(program: &mut Program, module: LinkModule, name: ModuleName) {
    let id = ModuleId(program.modules.len() as u32);
    program.index.add(name.name, id);
    name.aliases.iter().for_each(|alias| program.index.add_alias(*alias, id));
    let replaces = |old: &ModuleId| program.module(*old).is_stub && !module.is_stub;
    if program.by_name.get(&name.name).is_none_or(replaces) {
        program.by_name.insert(name.name, id);
    }
    program.by_file.insert(module.outline.file, id);
    program.modules.push(Module {
        id,
        name: name.name,
        file: module.outline.file,
        is_package: name.is_package,
        is_stub: module.is_stub,
        is_template: false,
        outline: module.outline,
        bindings: FxHashMap::default(),
        import_root: name.import_root,
        external_stars: Vec::new(),
    });
}
