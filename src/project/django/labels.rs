//! The app label of a module: from an `AppConfig`, else from the package that holds the models.

use rustc_hash::FxHashMap;

use super::super::program::{ClassId, ClassInfo, ModuleId, Program};
use super::super::resolve::text;
use crate::syntax::{Name, reads};

/// App labels by the dotted name of the app's package.
pub(super) struct Labels {
    by_package: FxHashMap<String, Name>,
}

impl Labels {
    /// Reads every `AppConfig` of the program that Django finds: one in `apps.py`, and others where they are named.
    pub fn of(program: &Program) -> Labels {
        let mut by_package = FxHashMap::default();
        for class in &program.classes {
            let is_config = class.class.name.ends_with("Config");
            if is_config && program.module(class.module).is_package && !is_named(program, class) {
                continue;
            }
            if let Some((package, label)) = configured(program, class.id) {
                by_package.insert(package, label);
            }
        }
        Labels { by_package }
    }

    /// The label of models declared in `module`.
    pub fn of_module(&self, program: &Program, module: ModuleId) -> Name {
        let name = program.module(module).name;
        let mut package = name.as_str();
        loop {
            if let Some(label) = self.by_package.get(package) {
                return *label;
            }
            match package.rfind('.') {
                Some(cut) => package = &package[..cut],
                None => return by_path(program, module),
            }
        }
    }
}

/// Whether a class is named by its whole path somewhere: `INSTALLED_APPS = ["shop.ShopConfig"]`, `default_app_config = …`.
fn is_named(program: &Program, class: &ClassInfo) -> bool {
    let path = format!("{}.{}", program.module(class.module).name, class.class.name);
    program.files.iter().any(|file| reads::says(file, &path))
}

/// An `AppConfig`: the package it configures and its label.
fn configured(program: &Program, class: ClassId) -> Option<(String, Name)> {
    let info = program.class(class);
    let is_config = ["django.apps.AppConfig", "django.apps.config.AppConfig"]
        .iter()
        .any(|path| program.inherits_external(class, path))
        || (info.mro.len() > 1
            && info.class.name.ends_with("Config")
            && program.module(info.module).name.ends_with(".apps"));
    let name = is_config.then(|| program.class_assignment(class, Name::new("name")).and_then(text)).flatten()?;
    let label = program.class_assignment(class, Name::new("label")).and_then(text);
    let last = Name::new(name.rsplit('.').next().unwrap_or_default());
    let module = program.module(info.module);
    let beside = if module.is_package { module.name.as_str() } else { parent(&module.name) };
    // The configuration lies in the package it names, whatever the path in front of it is called.
    let is_beside =
        beside == name.as_str() || beside.ends_with(&format!(".{name}")) || name.ends_with(&format!(".{beside}"));
    let package = if is_beside { beside } else { name.as_str() };
    Some((package.to_owned(), label.unwrap_or(last)))
}

fn parent(module: &str) -> &str {
    module.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// `shop.models`, `shop.models.book` and `shop.anything` are all of the app `shop`; for a lone `models.py` the app is
/// its directory.
fn by_path(program: &Program, module: ModuleId) -> Name {
    let info = program.module(module);
    let parts: Vec<&str> = info.name.as_str().split('.').collect();
    let models = parts.iter().position(|part| *part == "models");
    let app = match models {
        Some(position) => position.checked_sub(1).map(|position| parts[position]),
        None if info.is_package => parts.last().copied(),
        None => app_of(program, module, &parts),
    };
    let directory = || {
        let file = program.files.get(info.file.0 as usize)?;
        let directory = file.path.parent()?;
        let holder = if directory.ends_with("models") { directory.parent()? } else { directory };
        holder.file_name()?.to_str()
    };
    Name::new(app.or_else(directory).unwrap_or("app"))
}

/// The nearest package that has `models` or `apps`, else the package of the module.
fn app_of<'a>(program: &Program, module: ModuleId, parts: &[&'a str]) -> Option<&'a str> {
    let packages = (1..parts.len()).rev();
    let mut apps = packages.filter(|length| {
        let package = parts[..*length].join(".");
        ["models", "apps"]
            .iter()
            .any(|inner| program.find_module(Some(module), &format!("{package}.{inner}")).is_some())
    });
    let found = apps.next().map(|length| parts[length - 1]);
    found.or_else(|| parts.len().checked_sub(2).map(|position| parts[position]))
}
