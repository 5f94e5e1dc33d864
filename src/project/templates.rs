//! Templates of a project: the names they are rendered by, and a module for each, so that code in it has a place.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::program::{Module, ModuleId, Program};
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::Outline;

/// Folders that template names are relative to.
const FOLDERS: [&str; 2] = ["templates", "jinja2"];

/// Adds the templates to the program.
pub(super) fn register(program: &mut Program, templates: &[FileId]) {
    for file in templates {
        let Some(source) = program.files.get(file.0 as usize) else { continue };
        let names = names(&source.path);
        add_module(program, *file);
        for name in names {
            program.templates.entry(name).or_default().push(*file);
        }
    }
    let mut index = std::mem::take(&mut program.templates);
    for files in index.values_mut() {
        // Where several have the name: folders of the project win over those of its apps, as settings usually order them.
        files.sort_by_key(|file| (program.files[file.0 as usize].path.components().count(), *file));
    }
    program.templates = index;
}

/// The path below each template folder on the way.
fn names(path: &Path) -> Vec<Name> {
    let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    let below = |(index, part): (usize, &&str)| {
        let rest = parts.get(index + 1..).filter(|rest| !rest.is_empty())?;
        FOLDERS.contains(part).then(|| Name::new(&rest.join("/")))
    };
    parts.iter().enumerate().filter_map(below).collect()
}

fn add_module(program: &mut Program, file: FileId) {
    let id = ModuleId(program.modules.len() as u32);
    program.by_file.insert(file, id);
    let shown = &program.files[file.0 as usize].shown;
    program.modules.push(Module {
        id,
        name: Name::new(&format!("template {shown}")),
        file,
        is_package: false,
        is_stub: false,
        is_template: true,
        outline: Arc::new(Outline { file, body: Vec::new(), errors: Vec::new() }),
        bindings: FxHashMap::default(),
        import_root: Name::new(""),
        external_stars: Vec::new(),
    });
}
