//! The Jinja environment of a project: functions that its templates may call by name, and filters and tests of its own.
//!
//! `@library.global_function`, `@library.filter`, `@library.render_with("a.html")`, `@pass_context`,
//! `environment.globals.update({"name": function})`, `environment.filters["name"] = function`,
//! `app.add_template_filter(function)`, `@app.context_processor`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::project::{Binding, Module, ModuleId, Program};
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind, Function, Stmt, StmtKind};
use crate::syntax::{Name, reads};

/// Attributes that register a function when they decorate it or are called with it.
const GLOBAL: &[&str] = &["function", "global_function", "template_global", "app_template_global"];
const PROCESSOR: &[&str] = &["context_processor", "app_context_processor"];
const FILTER: &[&str] = &["filter", "template_filter", "app_template_filter"];
const TEST: &[&str] = &["test", "template_test", "app_template_test"];

/// How a template uses a function of its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HelperUse {
    /// `name(…)`
    Global,
    /// `|name`
    Filter,
    /// `is name`
    Test,
}

/// A function that templates call by a bare name.
#[derive(Clone, Debug)]
pub struct Helper {
    /// Its dotted path.
    pub path: Name,
    /// The function, where it stands inside another and no path leads to it.
    pub nested: Option<(ModuleId, Arc<Function>)>,
    /// It gets the context first.
    pub takes_context: bool,
    /// Its result is the context of this template, which is rendered.
    pub renders: Option<Name>,
}

impl Helper {
    fn told(&self, program: &Program) -> String {
        let nested = self.nested.as_ref().map(|(module, function)| (module, program.text_of(function)));
        format!("{} {nested:?} {} {:?}", self.path, self.takes_context, self.renders)
    }
}

type Key = (Name, HelperUse);

/// What the project adds to Jinja's names.
#[derive(Debug, Default)]
pub struct Environment {
    helpers: FxHashMap<Key, Helper>,
    /// Functions whose answer is put into every context.
    pub processors: Vec<Helper>,
}

impl Environment {
    /// Reads the modules of a project.
    pub fn new(program: &Program) -> Self {
        let mut environment = Environment::default();
        for module in program.modules.iter().filter(|module| !module.is_stub && !module.is_template) {
            let file = &program.files[module.file.0 as usize];
            module.outline.body.iter().for_each(|statement| environment.read(program, module, statement));
            if [
                "globals",
                "filters",
                ".tests",
                "template_filter",
                "template_global",
                "template_test",
                "context_processor",
            ]
            .iter()
            .any(|word| reads::says(file, word))
            {
                module.outline.body.iter().for_each(|statement| environment.read_bodies(program, module, statement));
            }
        }
        environment
    }

    /// All that it holds, in no order, in words that are the same wherever the code stands.
    pub fn told(&self, program: &Program) -> Vec<String> {
        let helpers = self.helpers.iter().map(|(key, helper)| format!("{key:?} {}", helper.told(program)));
        helpers.chain(self.processors.iter().map(|helper| helper.told(program))).collect()
    }

    /// The function behind a name.
    pub fn find(&self, name: Name, used_as: HelperUse) -> Option<Helper> {
        self.helpers.get(&(name, used_as)).cloned()
    }

    fn read(&mut self, program: &Program, module: &Module, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Function(function) => self.decorated(module, function, false),
            StmtKind::Expr(Expr { kind: ExprKind::Call { function, arguments }, .. }) => {
                self.called(program, module, function, arguments);
            }
            StmtKind::Assign { targets, value } => {
                for target in targets {
                    self.stored(program, module, target, value);
                }
            }
            StmtKind::If { body, orelse, .. } => {
                body.iter().chain(orelse).for_each(|inner| self.read(program, module, inner));
            }
            _ => {}
        }
    }

    /// `def environment(**options)` fills the names of the environment it makes.
    fn read_bodies(&mut self, program: &Program, module: &Module, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Function(function) if may_register(program.text_of(function)) => {
                for inner in &function.body.lowered().statements {
                    match &inner.kind {
                        StmtKind::Function(nested) => self.decorated(module, nested, true),
                        _ => self.read(program, module, inner),
                    }
                }
            }
            StmtKind::Class(class) => {
                class.body.iter().for_each(|inner| self.read_bodies(program, module, inner));
            }
            _ => {}
        }
    }

    fn decorated(&mut self, module: &Module, function: &Arc<Function>, is_nested: bool) {
        let path = Name::new(&format!("{}.{}", module.name, function.name));
        let nested = is_nested.then(|| (module.id, Arc::clone(function)));
        let mut helper = Helper { path, nested, takes_context: false, renders: None };
        let mut key = None;
        for decorator in &function.decorators {
            let Some((method, arguments)) = parts(decorator) else { continue };
            match method.as_str() {
                "render_with" => helper.renders = arguments.first().and_then(text),
                "pass_context" | "contextfunction" | "contextfilter" => helper.takes_context = true,
                name if PROCESSOR.contains(&name) => self.processors.push(helper.clone()),
                _ => {
                    let name = named(arguments).unwrap_or(function.name);
                    key = use_of(&method).map(|used_as| (name, used_as)).or(key);
                }
            }
        }
        if let Some(key) = key {
            self.helpers.entry(key).or_insert(helper);
        }
    }

    /// `library.function("name", function)`, `environment.globals.update({"name": function})`
    fn called(&mut self, program: &Program, module: &Module, function: &Expr, arguments: &[Argument]) {
        let ExprKind::Attribute { value: owner, name: method, .. } = &function.kind else { return };
        if *method == "update" {
            let Some(used_as) = mapping(owner) else { return };
            for argument in arguments {
                match (&argument.kind, &argument.value.kind) {
                    (ArgumentKind::Keyword(name), _) => self.add(program, module, (*name, used_as), &argument.value),
                    (_, ExprKind::Dict(items)) => {
                        for (key, value) in items {
                            let name = key.as_ref().and_then(text_of);
                            name.into_iter().for_each(|name| self.add(program, module, (name, used_as), value));
                        }
                    }
                    _ => {}
                }
            }
        } else if let Some(used_as) = method.strip_prefix("add_").map(Name::new).and_then(|method| use_of(&method))
            && let Some((target, rest)) = arguments.split_first()
        {
            let own = match &target.value.kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(*name),
                _ => None,
            };
            if let Some(name) = named(rest).or(own) {
                self.add(program, module, (name, used_as), &target.value);
            }
        } else if let Some(used_as) = use_of(method)
            && let [name, target] = arguments
            && let Some(name) = text(name)
        {
            self.add(program, module, (name, used_as), &target.value);
        }
    }

    /// `environment.globals["name"] = function`
    fn stored(&mut self, program: &Program, module: &Module, target: &Expr, value: &Expr) {
        let ExprKind::Subscript { value: owner, index } = &target.kind else { return };
        if let (Some(used_as), Some(name)) = (mapping(owner), text_of(index)) {
            self.add(program, module, (name, used_as), value);
        }
    }

    fn add(&mut self, program: &Program, module: &Module, key: Key, value: &Expr) {
        let Some(Binding::Function(function)) = program.resolve_expr(module.id, None, value) else { return };
        let Some(home) = program.module_of(function.file) else { return };
        let takes_context = function.decorators.iter().any(|decorator| {
            parts(decorator).is_some_and(|(name, _)| matches!(name.as_str(), "pass_context" | "contextfunction"))
        });
        let path = Name::new(&format!("{}.{}", home.name, function.name));
        self.helpers.entry(key).or_insert(Helper { path, nested: None, takes_context, renders: None });
    }
}

/// Whether the text of a function may hold what registers something: most that filter rows do not, and are not worth parsing.
fn may_register(text: &str) -> bool {
    let methods = || GLOBAL.iter().chain(FILTER).chain(TEST);
    ["@", "globals", "filters", "tests"].iter().any(|word| text.contains(word))
        || methods().any(|method| text.contains(&format!("add_{method}")))
        || methods().any(|method| text.split(&format!(".{method}")).skip(1).any(is_given_text))
}

/// Whether what follows a name is a call whose first argument may be a text.
fn is_given_text(rest: &str) -> bool {
    let Some(inside) = rest.trim_start().strip_prefix('(') else { return rest.trim_start().starts_with(['#', '\\']) };
    let word = inside.trim_start().trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    word.starts_with(['"', '\'', '(', '#', '\\'])
}

/// The last name of a decorator, and its arguments.
fn parts(decorator: &Expr) -> Option<(Name, &[Argument])> {
    match &decorator.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some((*name, &[])),
        ExprKind::Call { function, arguments } => {
            let (name, _) = parts(function)?;
            Some((name, arguments))
        }
        _ => None,
    }
}

/// What a function is registered as; nothing where the method registers none.
fn use_of(method: &Name) -> Option<HelperUse> {
    let names = [(GLOBAL, HelperUse::Global), (FILTER, HelperUse::Filter), (TEST, HelperUse::Test)];
    names.into_iter().find(|(names, _)| names.contains(&method.as_str())).map(|(_, used_as)| used_as)
}

/// `….globals`, `….filters` or `….tests`
fn mapping(owner: &Expr) -> Option<HelperUse> {
    let ExprKind::Attribute { name, .. } = &owner.kind else { return None };
    match name.as_str() {
        "globals" => Some(HelperUse::Global),
        "filters" => Some(HelperUse::Filter),
        "tests" => Some(HelperUse::Test),
        _ => None,
    }
}

fn named(arguments: &[Argument]) -> Option<Name> {
    let is_name = |argument: &&Argument| match argument.kind {
        ArgumentKind::Keyword(name) => name == "name",
        _ => true,
    };
    arguments.iter().find(is_name).and_then(|argument| text_of(&argument.value))
}

fn text(argument: &Argument) -> Option<Name> {
    text_of(&argument.value)
}

fn text_of(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Constant(Constant::Text(text)) => Some(*text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, name: &str, used_as: HelperUse) -> Option<(String, bool, Option<String>)> {
        let program = Program::from_sources(&[("shop/jinja.py", text)]);
        let helper = Environment::new(&program).find(Name::new(name), used_as)?;
        Some((helper.path.to_string(), helper.takes_context, helper.renders.map(|name| name.to_string())))
    }

    #[test]
    fn decorators_register() {
        let text = "@library.global_function\n@library.render_with('a.html')\n@pass_context\ndef link(context, user):\n    return {}\n\n\n@library.filter(name='short')\ndef shorten(text):\n    return text\n";
        assert_eq!(
            found(text, "link", HelperUse::Global),
            Some(("shop.jinja.link".into(), true, Some("a.html".into())))
        );
        assert_eq!(found(text, "short", HelperUse::Filter), Some(("shop.jinja.shorten".into(), false, None)));
        assert_eq!(found(text, "shorten", HelperUse::Filter), None);
    }

    #[test]
    fn an_environment_is_filled() {
        let text = "def price(book):\n    return 1\n\n\ndef environment(**options):\n    env = Environment(**options)\n    env.globals.update({'price': price})\n    env.filters['cost'] = price\n    env.tests['dear'] = price\n    return env\n";
        assert_eq!(found(text, "price", HelperUse::Global), Some(("shop.jinja.price".into(), false, None)));
        assert_eq!(found(text, "cost", HelperUse::Filter), Some(("shop.jinja.price".into(), false, None)));
        assert_eq!(found(text, "dear", HelperUse::Test), Some(("shop.jinja.price".into(), false, None)));
    }
}
