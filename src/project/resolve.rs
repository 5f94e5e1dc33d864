//! Who is meant: imports written inside functions, dotted texts, and expressions made of names and attributes.

use rustc_hash::FxHashMap;

use super::flow::{Guard, last_value, walk};
use super::program::{Binding, ClassId, Member, ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind, Stmt, StmtKind};

/// How many aliases (`X = Y`) are followed before giving up; real code stays below five.
const ALIAS_DEPTH: u32 = 12;

impl Program {
    /// The module that `from ..a.b import x` names (`level` dots, `path` after them), where it is known.
    pub fn import_module(&self, from: ModuleId, level: u32, path: Option<Name>) -> Option<ModuleId> {
        self.find_module(Some(from), &self.absolute(from, level, path))
    }

    /// What `from <level dots><module> import <name>` binds.
    pub fn resolve_import(&self, from: ModuleId, level: u32, module: Option<Name>, name: Name) -> Binding {
        let absolute = self.absolute(from, level, module);
        let found = self.find_module(Some(from), &absolute).and_then(|module| self.lookup(module, name));
        found.unwrap_or_else(|| self.submodule_or_external(from, &absolute, name))
    }

    /// What the `from … import …` among some statements of a module bind, in branches too: those of a function that imports late.
    pub(crate) fn imports_in(&self, module: ModuleId, statements: &[Stmt]) -> FxHashMap<Name, Binding> {
        let mut found = FxHashMap::default();
        walk(statements, Guard::default(), &mut |statement, _| {
            let StmtKind::ImportFrom { level, module: from, names } = &statement.kind else { return };
            for (name, alias) in names {
                found.insert(alias.unwrap_or(*name), self.resolve_import(module, *level, *from, *name));
            }
        });
        found
    }

    /// What an absolute dotted path means: `shop.models.Book`; `None` when it leads out of the known code.
    pub fn resolve_dotted(&self, path: &str) -> Option<Binding> {
        let mut cut = path.len();
        loop {
            if let Some(module) = self.find_module(None, &path[..cut]) {
                let rest = path[cut..].split('.').filter(|part| !part.is_empty());
                let mut binding = Binding::Module(module);
                for part in rest {
                    binding = self.attribute(&binding, Name::new(part))?;
                }
                return Some(binding);
            }
            cut = path[..cut].rfind('.')?;
        }
    }

    /// What names and attribute chains mean without running anything; a plain alias is followed. `scope_class` is the
    /// class whose body the expression stands in.
    ///
    /// ```py
    /// from shop import models
    /// models.Book          # Class(Book)
    /// User = get_user_model()
    /// User                 # Class(of AUTH_USER_MODEL)
    /// ```
    pub fn resolve_expr(&self, module: ModuleId, scope_class: Option<ClassId>, expr: &Expr) -> Option<Binding> {
        self.resolve_at(module, scope_class, expr, ALIAS_DEPTH)
    }

    /// What `binding.name` means.
    pub fn attribute(&self, binding: &Binding, name: Name) -> Option<Binding> {
        self.attribute_at(binding, name, ALIAS_DEPTH)
    }

    /// The value that the top level of `module` assigns last to `name`.
    pub fn assignment(&self, module: ModuleId, name: Name) -> Option<&Expr> {
        last_value(&self.module(module).outline.body, name)
    }

    /// The value that the body of `class` (not of its bases) assigns last to `name`.
    pub fn class_assignment(&self, class: ClassId, name: Name) -> Option<&Expr> {
        last_value(&self.class(class).class.body, name)
    }

    /// The dotted path of `from <level dots><path> import`, seen from a module.
    pub(crate) fn absolute(&self, from: ModuleId, level: u32, path: Option<Name>) -> String {
        let module = self.module(from);
        let path = path.map_or("", Name::as_str);
        if level == 0 {
            return without_alias(path);
        }
        // The package that is the project root itself has no name.
        let mut parts: Vec<&str> = module.name.as_str().split('.').filter(|part| *part != "__init__").collect();
        let up = level as usize - usize::from(module.is_package);
        parts.truncate(parts.len().saturating_sub(up));
        parts.extend(path.split('.').filter(|part| !part.is_empty()));
        parts.join(".")
    }

    pub(crate) fn submodule_or_external(&self, from: ModuleId, module: &str, name: Name) -> Binding {
        let path = if module.is_empty() { name.to_string() } else { format!("{module}.{name}") };
        let path = without_alias(&path);
        self.find_module(Some(from), &path).map_or_else(|| Binding::External(Name::new(&path)), Binding::Module)
    }

    fn resolve_at(&self, module: ModuleId, scope: Option<ClassId>, expr: &Expr, depth: u32) -> Option<Binding> {
        let depth = depth.checked_sub(1)?;
        match &expr.kind {
            ExprKind::Name(name) => self.resolve_name(module, scope, *name, depth),
            ExprKind::Attribute { value, name, .. } => {
                let value = self.resolve_at(module, scope, value, depth)?;
                self.attribute_at(&value, *name, depth)
            }
            ExprKind::Subscript { value, .. } => self.resolve_at(module, scope, value, depth),
            ExprKind::Call { function, arguments } => match self.made_by(self.module(module).file, expr) {
                Some(made) => Some(Binding::Class(made)),
                None => self.resolve_call(function, arguments),
            },
            _ => None,
        }
    }

    fn resolve_name(&self, module: ModuleId, scope: Option<ClassId>, name: Name, depth: u32) -> Option<Binding> {
        let in_class = scope.and_then(|class| self.own_member(class, name, depth));
        if in_class.is_some() {
            return in_class;
        }
        if let Some(binding) = self.module(module).bindings.get(&name) {
            return Some(self.follow_alias(binding.clone(), depth));
        }
        let star = self.module(module).external_stars.last()?;
        let is_class_like = name.starts_with(|first: char| first.is_ascii_uppercase()) || &*name == "models";
        is_class_like.then(|| Binding::External(Name::new(&format!("{star}.{name}"))))
    }

    fn follow_alias(&self, binding: Binding, depth: u32) -> Binding {
        let Binding::Variable(module, name) = binding else { return binding };
        let value = self.assignment(module, name);
        let target = value.filter(|value| !matches!(value.kind, ExprKind::Subscript { .. }));
        let followed = target.and_then(|value| self.resolve_at(module, None, value, depth));
        let loaded = || value.is_none().then(|| self.loaded_with_others(module, name)).flatten();
        followed.or_else(loaded).unwrap_or(binding)
    }

    fn attribute_at(&self, binding: &Binding, name: Name, depth: u32) -> Option<Binding> {
        match binding {
            Binding::Module(module) => {
                let found = self.lookup(*module, name).map(|found| self.follow_alias(found, depth));
                found.or_else(|| self.stub_gap(*module, name))
            }
            Binding::Class(class) => self.class_attribute(*class, name, depth),
            Binding::External(path) => {
                let path = format!("{path}.{name}");
                let module = self.find_module(None, &path).map(Binding::Module);
                Some(module.unwrap_or_else(|| Binding::External(Name::new(&path))))
            }
            Binding::Function(_) | Binding::Variable(..) => None,
        }
    }

    /// A stub says only part of what its module holds.
    fn stub_gap(&self, module: ModuleId, name: Name) -> Option<Binding> {
        let module = self.module(module);
        module.is_stub.then(|| Binding::External(Name::new(&format!("{}.{}", module.name, name))))
    }

    /// A member of the class or its bases; while classes are being linked, bases are read from the syntax.
    fn class_attribute(&self, class: ClassId, name: Name, depth: u32) -> Option<Binding> {
        if !self.class(class).mro.is_empty() {
            let (owner, _, _) = self.member(class, name, None)?;
            return self.own_member(owner, name, depth);
        }
        let own = self.own_member(class, name, depth);
        own.or_else(|| {
            let depth = depth.checked_sub(1)?;
            let info = self.class(class);
            let bases = info.class.bases.iter().filter(|base| base.kind == ArgumentKind::Positional);
            let mut bases = bases.filter_map(|base| self.resolve_at(info.module, info.outer, &base.value, depth));
            bases.find_map(|base| match base {
                Binding::Class(base) if base != class => self.class_attribute(base, name, depth),
                _ => None,
            })
        })
    }

    fn own_member(&self, class: ClassId, name: Name, depth: u32) -> Option<Binding> {
        match self.class(class).members.get(&name)? {
            Member::Function(function) | Member::Property(function) => Some(Binding::Function(function.clone())),
            Member::Class(id) => Some(Binding::Class(*id)),
            Member::Variable(_) => {
                let value = self.class_assignment(class, name)?;
                let depth = depth.checked_sub(1)?;
                // `Meta = Meta` in a class body reads the outer name.
                let own = matches!(&value.kind, ExprKind::Name(other) if *other == name);
                self.resolve_at(self.class(class).module, (!own).then_some(class), value, depth)
            }
        }
    }

    /// Calls that return a class, whatever runs.
    fn resolve_call(&self, function: &Expr, arguments: &[Argument]) -> Option<Binding> {
        let texts: Vec<&str> =
            arguments.iter().filter_map(|argument| text(&argument.value)).map(Name::as_str).collect();
        let function = last_name(function)?;
        let model = match (function.as_str(), &texts[..]) {
            ("get_user_model", _) => self.schema.user_model.map(|id| self.schema.model(id)),
            ("get_model" | "get_registered_model" | "load_model", [label]) => self.schema.by_label(label),
            ("get_model" | "get_registered_model" | "load_model", [app, name, ..]) => {
                let model = self.schema.by_label(&format!("{app}.{name}"));
                // Bases are looked up before there are models.
                let class = || self.below_app(&format!("{app}.models"), Name::new(name));
                return model.map(|model| Binding::Class(model.class)).or_else(class);
            }
            ("import_string" | "import_class", [path]) => return self.resolve_dotted(path),
            (loader, [label, name, ..]) => return self.loaded(loader, label, Name::new(name)),
            _ => None,
        };
        model.map(|model| Binding::Class(model.class))
    }
}

/// `flask.ext.sqlalchemy` and `flaskext.sqlalchemy` were other names of `flask_sqlalchemy`, before Flask 1.0.
fn without_alias(path: &str) -> String {
    let rest = path.strip_prefix("flask.ext.").or_else(|| path.strip_prefix("flaskext."));
    rest.map_or_else(|| path.to_owned(), |rest| format!("flask_{rest}"))
}

/// The last name of `a.b.c`.
pub(crate) fn last_name(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(*name),
        ExprKind::Subscript { value, .. } => last_name(value),
        _ => None,
    }
}

/// The text of a literal.
pub(crate) fn text(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Constant(Constant::Text(text)) => Some(*text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::without_alias;

    #[test]
    fn old_names_of_extensions_are_those_of_today() {
        assert_eq!(without_alias("flask.ext.sqlalchemy.model"), "flask_sqlalchemy.model");
        assert_eq!(without_alias("flaskext.login"), "flask_login");
        assert_eq!(without_alias("flask.ext"), "flask.ext");
    }
}
