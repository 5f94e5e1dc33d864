//! Templates of a project: the names they are rendered by, and a module for each, so that code in it has a place.

use std::path::{Component, Path, PathBuf};
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
        let last = source.path.file_name().and_then(|last| last.to_str()).map(Name::new);
        add_module(program, *file);
        if let Some(last) = last {
            program.templates_by_file.entry(last).or_default().push(*file);
        }
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

impl Program {
    /// The files that a template's name means to the file that asks, the best match first.
    pub fn templates_named(&self, name: &str, asker: FileId) -> Vec<FileId> {
        let asker = self.files[asker.0 as usize].path.as_path();
        if name.starts_with("./") || name.starts_with("../") {
            return self.template_beside(asker, name);
        }
        let found = self.templates_below(name, asker);
        if !found.is_empty() {
            return found;
        }
        let found = self.templates_of_folder(name, asker);
        if !found.is_empty() {
            return found;
        }
        let found = self.template_beside(asker, name);
        if found.is_empty() { self.template_deeper(name) } else { found }
    }

    /// Settings may name a folder further down as one that names are relative to: `shop/templates/themed`. That is so where
    /// one template alone ends in this name, of more than a file's.
    fn template_deeper(&self, name: &str) -> Vec<FileId> {
        let wanted = Path::new(name);
        if wanted.components().count() < 2 {
            return Vec::new();
        }
        let alike = wanted.file_name().and_then(|last| self.templates_by_file.get(&Name::new(last.to_str()?)));
        let ends = |file: &&FileId| self.files[file.0 as usize].path.ends_with(wanted);
        let found: Vec<FileId> = alike.into_iter().flatten().filter(ends).copied().collect();
        if found.len() == 1 { found } else { Vec::new() }
    }

    /// Templates whose name this is below a template folder; those of the asker's own folder first.
    fn templates_below(&self, name: &str, asker: &Path) -> Vec<FileId> {
        let mut found = self.templates.get(&Name::new(name)).cloned().unwrap_or_default();
        let is_of_another = |file: &FileId| {
            let root = self.files[file.0 as usize].path.ancestors().nth(Path::new(name).components().count());
            !root.is_some_and(|root| asker.starts_with(root) && root.file_name().is_some_and(is_template_folder))
        };
        found.sort_by_key(is_of_another);
        found
    }

    /// Names that begin above the template folder: `shop.admin:templates/list.html`, `templates/list.html`, and
    /// `admin/list.html` for `admin/templates/list.html`.
    fn templates_of_folder(&self, name: &str, asker: &Path) -> Vec<FileId> {
        let ending = match name.split_once(':') {
            Some((package, rest)) => Path::new(&package.replace('.', "/")).join(rest),
            None => PathBuf::from(name),
        };
        let mut endings = vec![ending.clone()];
        let mut parts = ending.components();
        if let Some(first) = parts.next() {
            endings.extend(FOLDERS.map(|folder| Path::new(&first).join(folder).join(parts.as_path())));
        }
        let below = |ending: &PathBuf| names(ending).pop().and_then(|rest| self.templates.get(&rest));
        let path = |file: FileId| self.files[file.0 as usize].path.as_path();
        let ends = |ending: &PathBuf| {
            let files = below(ending).map(Vec::as_slice).unwrap_or_default();
            files.iter().copied().filter(|file| path(*file).ends_with(ending)).collect::<Vec<FileId>>()
        };
        let mut found = endings.iter().map(ends).find(|found| !found.is_empty()).unwrap_or_default();
        let shared = |file: FileId| path(file).iter().zip(asker).take_while(|(one, other)| one == other).count();
        found.sort_by_key(|file| std::cmp::Reverse(shared(*file)));
        found
    }

    /// A name relative to the folder of the template that asks.
    fn template_beside(&self, asker: &Path, name: &str) -> Vec<FileId> {
        let mut path = asker.parent().map(Path::to_path_buf).unwrap_or_default();
        for part in Path::new(name).components() {
            match part {
                Component::ParentDir => drop(path.pop()),
                Component::CurDir => {}
                part => path.push(part),
            }
        }
        let files =
            names(&path).pop().and_then(|rest| self.templates.get(&rest)).map(Vec::as_slice).unwrap_or_default();
        files.iter().copied().filter(|file| self.files[file.0 as usize].path == path).collect()
    }
}

fn is_template_folder(name: &std::ffi::OsStr) -> bool {
    FOLDERS.iter().any(|folder| name == *folder)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths that a name means to a file.
    fn found(files: &[&str], asker: &str, name: &str) -> Vec<String> {
        let sources: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
        let program = Program::from_sources(&sources);
        let asker = program.files.iter().find(|file| file.shown == asker).expect("the asker is a file").id;
        program
            .templates_named(name, asker)
            .iter()
            .map(|file| program.files[file.0 as usize].shown.to_string())
            .collect()
    }

    #[test]
    fn a_name_may_begin_above_the_template_folder() {
        let files = ["shop/views.py", "shop/templates/list.html", "shop/admin/templates/list.html"];
        let means = |name| found(&files, "shop/views.py", name);
        assert_eq!(means("shop.admin:templates/list.html"), ["shop/admin/templates/list.html"]);
        assert_eq!(means("shop:templates/list.html"), ["shop/templates/list.html"]);
        assert_eq!(means("templates/list.html"), ["shop/templates/list.html", "shop/admin/templates/list.html"]);
        assert_eq!(means("admin/list.html"), ["shop/admin/templates/list.html"]);
        assert!(means("other:templates/list.html").is_empty());
        assert!(means("blog/list.html").is_empty());
    }

    #[test]
    fn a_name_may_begin_below_the_template_folder() {
        let files = ["shop/views.py", "shop/templates/themed/board/list.html", "shop/templates/themed/list.html"];
        let files =
            [files.as_slice(), &["shop/templates/a/team/list.html", "shop/templates/b/team/list.html"]].concat();
        let means = |name| found(&files, "shop/views.py", name);
        assert_eq!(means("board/list.html"), ["shop/templates/themed/board/list.html"]);
        assert!(means("list.html").is_empty());
        assert!(means("team/list.html").is_empty());
    }

    #[test]
    fn a_template_asks_for_those_of_its_own_folder_and_beside_it() {
        let files =
            ["themes/a/templates/base.html", "themes/b/templates/base.html", "themes/b/templates/team/list.html"];
        let files = [files.as_slice(), &["themes/b/templates/team/team_base.html"]].concat();
        let means = |name| found(&files, "themes/b/templates/team/list.html", name);
        assert_eq!(means("base.html"), ["themes/b/templates/base.html", "themes/a/templates/base.html"]);
        assert_eq!(means("team_base.html"), ["themes/b/templates/team/team_base.html"]);
        assert_eq!(means("../base.html"), ["themes/b/templates/base.html"]);
        assert!(means("./base.html").is_empty());
    }
}
