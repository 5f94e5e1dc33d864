//! What each top-level name of each module means, through imports, re-exports and stars.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::flow::{Guard, elements, variables, walk};
use super::program::{Binding, ClassId, Module, ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Constant, Expr, ExprKind, Function, Outline, Stmt, StmtKind};

/// Past this many broken circles, answers found inside a circle are kept as they are: dense circles of `import *`
/// would otherwise cost exponential time.
const CIRCLES_WORTH_REPEATING: usize = 10_000;

/// Fills `bindings` and `external_stars` of every module.
pub(super) fn bind(program: &mut Program) {
    let names: Vec<Names> = program.modules.iter().map(|module| Names::of(program, module)).collect();
    let mut resolver = Resolver::new(program, &names);
    let bindings: Vec<_> = program.modules.iter().map(|module| resolver.bindings(module.id)).collect();
    let stars: Vec<_> = program.modules.iter().map(|module| resolver.external_stars(module.id)).collect();
    for ((module, bindings), stars) in program.modules.iter_mut().zip(bindings).zip(stars) {
        module.bindings = bindings;
        module.external_stars = stars;
    }
}

/// Where a name comes from, before imports are followed.
enum Source {
    Class(ClassId),
    Function(Arc<Function>),
    Variable,
    Import(Name),
    From { level: u32, module: Option<Name>, name: Name },
}

/// The names of one module, before imports are followed.
#[derive(Default)]
struct Names {
    candidates: FxHashMap<Name, Vec<(Source, Guard)>>,
    order: Vec<Name>,
    stars: Vec<(u32, Option<Name>)>,
    exported: Option<FxHashSet<Name>>,
    /// It makes names that it does not spell out.
    makes_names: bool,
}

impl Names {
    fn of(program: &Program, module: &Module) -> Names {
        let mut names = Names::default();
        let outline: &Outline = &module.outline;
        walk(&outline.body, Guard::default(), &mut |statement, guard| names.read(program, statement, guard));
        names.read_globals(program, module);
        names
    }

    /// `global shelf` in a function makes a name of the module, though nothing at its top does.
    fn read_globals(&mut self, program: &Program, module: &Module) {
        let Some(file) = program.files.get(module.file.0 as usize).filter(|_| !module.is_stub) else { return };
        for (at, word) in file.text.match_indices("global ") {
            let (before, after) = (&file.text[..at], &file.text[at + word.len()..]);
            let line = before.rsplit('\n').next().unwrap_or(before);
            if line.is_empty() || !line.trim_start().is_empty() {
                continue;
            }
            let declared = after.lines().next().unwrap_or("").split('#').next().unwrap_or("").split(',').map(str::trim);
            // A docstring may say `global` too: then nothing is assigned.
            let is_assigned = |name: &&str| is_identifier(name) && file.text.contains(&format!(" {name} = "));
            for name in declared.filter(is_assigned).map(Name::new) {
                if !self.candidates.contains_key(&name) {
                    self.add(name, Source::Variable, Guard::default());
                }
            }
        }
    }

    fn read(&mut self, program: &Program, statement: &Stmt, guard: Guard) {
        self.makes_names |= makes_names(statement);
        match &statement.kind {
            StmtKind::Class(class) => {
                if let Some(id) = program.class_at(class.file, class.span.start) {
                    self.add(class.name, Source::Class(id), guard);
                }
            }
            StmtKind::Function(function) => self.add(function.name, Source::Function(function.clone()), guard),
            StmtKind::Import(imports) => imports.iter().for_each(|(path, alias)| self.import(*path, *alias, guard)),
            StmtKind::ImportFrom { level, module, names } => self.import_from(*level, *module, names, guard),
            StmtKind::Augmented { target, value, .. } => self.export(target, value),
            StmtKind::Expr(call) => self.export_call(call),
            _ => self.assign(statement, guard),
        }
    }

    fn add(&mut self, name: Name, source: Source, guard: Guard) {
        let candidates = self.candidates.entry(name).or_default();
        if candidates.is_empty() {
            self.order.push(name);
        }
        candidates.push((source, guard));
    }

    fn import(&mut self, path: Name, alias: Option<Name>, guard: Guard) {
        match alias {
            Some(alias) => self.add(alias, Source::Import(path), guard),
            None => {
                let first = Name::new(path.split('.').next().unwrap_or_default());
                self.add(first, Source::Import(first), guard);
            }
        }
    }

    fn import_from(&mut self, level: u32, module: Option<Name>, names: &[(Name, Option<Name>)], guard: Guard) {
        if names.is_empty() {
            self.stars.push((level, module));
        }
        for (name, alias) in names {
            self.add(alias.unwrap_or(*name), Source::From { level, module, name: *name }, guard);
        }
    }

    fn assign(&mut self, statement: &Stmt, guard: Guard) {
        for (name, value) in variables(statement) {
            if let (true, Some(value)) = (name == "__all__", value) {
                self.exported = None;
                self.add_exports(value);
            }
            self.add(name, Source::Variable, guard);
        }
    }

    /// `__all__ += ["Book"]`
    fn export(&mut self, target: &Expr, value: &Expr) {
        if matches!(&target.kind, ExprKind::Name(name) if *name == "__all__") {
            self.add_exports(value);
        }
    }

    /// `__all__.extend(["Book"])`
    fn export_call(&mut self, call: &Expr) {
        if let ExprKind::Call { function, arguments } = &call.kind
            && let ExprKind::Attribute { value, .. } = &function.kind
            && let Some(argument) = arguments.first()
        {
            self.export(value, &argument.value);
        }
    }

    /// Exports that can't be read (`a.__all__ + b.__all__`) leave every public name exported.
    fn add_exports(&mut self, value: &Expr) {
        let texts = elements(value).into_iter().flatten().filter_map(|item| match &item.kind {
            ExprKind::Constant(Constant::Text(text)) => Some(*text),
            _ => None,
        });
        let texts: Vec<Name> = texts.collect();
        if elements(value).is_some() {
            self.exported.get_or_insert_default().extend(texts);
        }
    }

    fn exports(&self, name: Name) -> bool {
        self.exported.as_ref().map_or(!name.starts_with('_'), |exported| exported.contains(&name))
    }
}

/// `locals().update(…)`, `fill(globals(), __path__)`, `globals()[name] = …`, and `def __getattr__(name)` of PEP 562.
fn makes_names(statement: &Stmt) -> bool {
    match &statement.kind {
        StmtKind::Function(function) => function.name == "__getattr__",
        StmtKind::Expr(Expr { kind: ExprKind::Call { function, arguments }, .. }) => match &function.kind {
            ExprKind::Attribute { value, name, .. } if name == "update" && is_namespace(value) => true,
            _ => arguments.iter().any(|argument| is_namespace(&argument.value)),
        },
        StmtKind::Assign { targets, .. } => targets
            .iter()
            .any(|target| matches!(&target.kind, ExprKind::Subscript { value, .. } if is_namespace(value))),
        _ => false,
    }
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// `globals()`
fn is_namespace(value: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &value.kind else { return false };
    matches!(function.kind, ExprKind::Name(name) if ["globals", "locals", "vars"].contains(&name.as_str()))
}

/// Follows imports with a memory of what was found and of what is being looked for.
struct Resolver<'a> {
    program: &'a Program,
    names: &'a [Names],
    found: FxHashMap<(ModuleId, Name), Option<Binding>>,
    open: FxHashSet<(ModuleId, Name)>,
    circles: usize,
    /// What each module's stars bring, and the modules whose stars are being followed.
    starred: FxHashMap<ModuleId, Rc<[Name]>>,
    open_stars: FxHashSet<ModuleId>,
    star_circles: usize,
}

impl<'a> Resolver<'a> {
    fn new(program: &'a Program, names: &'a [Names]) -> Self {
        Resolver {
            program,
            names,
            found: FxHashMap::default(),
            open: FxHashSet::default(),
            circles: 0,
            starred: FxHashMap::default(),
            open_stars: FxHashSet::default(),
            star_circles: 0,
        }
    }

    fn of(&self, module: ModuleId) -> &'a Names {
        &self.names[module.0 as usize]
    }

    fn bindings(&mut self, module: ModuleId) -> FxHashMap<Name, Binding> {
        let names = self.of(module);
        let mut all = names.order.clone();
        all.extend(self.star_names(module).iter());
        all.into_iter().filter_map(|name| Some((name, self.resolve(module, name)?))).collect()
    }

    /// Names that reach `module` through its stars. A module that two ways lead to is asked on each of them: what one
    /// way keeps back by its `__all__`, the other may let through.
    fn star_names(&mut self, module: ModuleId) -> Rc<[Name]> {
        if let Some(found) = self.starred.get(&module) {
            return Rc::clone(found);
        }
        if !self.open_stars.insert(module) {
            self.star_circles += 1;
            return Rc::default();
        }
        let before = self.star_circles;
        let found = self.names_below(module);
        self.open_stars.remove(&module);
        let is_whole = before == self.star_circles || self.open_stars.is_empty();
        if is_whole || self.star_circles > CIRCLES_WORTH_REPEATING {
            self.starred.insert(module, Rc::clone(&found));
        }
        found
    }

    fn names_below(&mut self, module: ModuleId) -> Rc<[Name]> {
        let mut seen = FxHashSet::default();
        let mut all = Vec::new();
        for (level, path) in &self.of(module).stars {
            let Some(target) = self.program.import_module(module, *level, *path) else { continue };
            let inner = self.star_names(target);
            let names = self.of(target);
            let passed = names.order.iter().chain(inner.iter()).copied();
            all.extend(passed.filter(|name| names.exports(*name) && seen.insert(*name)));
        }
        all.into()
    }

    fn external_stars(&self, module: ModuleId) -> Vec<Name> {
        let stars = self.of(module).stars.iter();
        let outside = stars.filter(|(level, path)| self.program.import_module(module, *level, *path).is_none());
        outside.map(|(level, path)| Name::new(&self.program.absolute(module, *level, *path))).collect()
    }

    fn resolve(&mut self, module: ModuleId, name: Name) -> Option<Binding> {
        let key = (module, name);
        if let Some(found) = self.found.get(&key) {
            return found.clone();
        }
        if !self.open.insert(key) {
            self.circles += 1;
            return None;
        }
        let before = self.circles;
        let binding = self.choose(module, name).or_else(|| self.through_stars(module, name));
        self.open.remove(&key);
        if before == self.circles || self.open.is_empty() || self.circles > CIRCLES_WORTH_REPEATING {
            self.found.insert(key, binding.clone());
        }
        binding
    }

    /// The last binding wins; where several may hold, one that leads into known code does, and an `except` branch is
    /// the last resort.
    fn choose(&mut self, module: ModuleId, name: Name) -> Option<Binding> {
        let candidates = self.of(module).candidates.get(&name)?;
        let certain = candidates.iter().rposition(|(_, guard)| !guard.conditional).unwrap_or(0);
        let open = &candidates[certain..];
        let regular = open.iter().rev().filter(|(_, guard)| !guard.fallback);
        let fallback = open.iter().filter(|(_, guard)| guard.fallback);
        let mut first = None;
        for (source, _) in regular.chain(fallback) {
            let Some(binding) = self.follow(module, name, source) else { continue };
            if !matches!(binding, Binding::External(_) | Binding::Variable(..)) {
                return Some(binding);
            }
            first = first.or(Some(binding));
        }
        first
    }

    fn follow(&mut self, module: ModuleId, name: Name, source: &Source) -> Option<Binding> {
        match source {
            Source::Class(id) => Some(Binding::Class(*id)),
            Source::Function(function) => Some(Binding::Function(function.clone())),
            Source::Variable => Some(Binding::Variable(module, name)),
            Source::Import(path) => {
                let found = self.program.find_module(Some(module), path);
                Some(found.map_or(Binding::External(*path), Binding::Module))
            }
            Source::From { level, module: path, name } => self.import_from(module, *level, *path, *name),
        }
    }

    fn import_from(&mut self, from: ModuleId, level: u32, path: Option<Name>, name: Name) -> Option<Binding> {
        let absolute = self.program.absolute(from, level, path);
        let module = self.program.find_module(Some(from), &absolute);
        if let Some(binding) = module.and_then(|module| self.resolve(module, name)) {
            return Some(binding);
        }
        // In a circle of imports, whoever asked first finds it on another way.
        if module.is_some_and(|module| self.open.contains(&(module, name))) {
            return None;
        }
        let found = self.program.submodule_or_external(from, &absolute, name);
        let made = module.filter(|_| matches!(found, Binding::External(_))).and_then(|module| self.made(module, name));
        Some(made.unwrap_or(found))
    }

    /// A name that a package makes at run time: the only class or function of this name that is defined below it.
    fn made(&self, package: ModuleId, name: Name) -> Option<Binding> {
        let about = self.program.module(package);
        if !about.is_package || about.is_stub || !self.of(package).makes_names {
            return None;
        }
        let prefix = format!("{}.", about.name);
        let below = self.program.modules.iter().filter(|module| module.name.starts_with(&prefix));
        let defined = below.filter_map(|module| match self.of(module.id).candidates.get(&name)?.last()?.0 {
            Source::Class(id) => Some(Binding::Class(id)),
            Source::Function(ref function) => Some(Binding::Function(function.clone())),
            _ => None,
        });
        let mut defined = defined.take(2);
        defined.next().filter(|_| defined.next().is_none())
    }

    fn through_stars(&mut self, module: ModuleId, name: Name) -> Option<Binding> {
        self.of(module).stars.iter().rev().find_map(|(level, path)| {
            let target = self.program.import_module(module, *level, *path)?;
            if self.of(target).exports(name) { self.resolve(target, name) } else { None }
        })
    }
}
