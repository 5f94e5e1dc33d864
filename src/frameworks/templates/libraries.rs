//! Tag libraries: which function a custom tag or filter of a `templatetags` module is.

use rustc_hash::FxHashMap;

use crate::project::{Module, Program, number};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind, Function, Stmt, StmtKind};

/// What a registered function is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// `|name`
    Filter,
    /// `{% name … %}`: the result is the output.
    Simple,
    /// `{% name … %}` with content that the function gets as its first argument.
    Block,
    /// `{% name … %}`: a template is rendered with the result as its context.
    Inclusion(Name),
    /// `{% name … %}`: the function reads the tag and gives a node, which is rendered.
    Node,
}

/// A function that a library registers.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    /// Its dotted path.
    pub path: Name,
    /// What it is used as.
    pub used_as: Use,
    /// It gets the context first.
    pub takes_context: bool,
}

/// A name, and whether it is a filter's.
type Key = (Name, bool);

/// The tag libraries of a project and of the stubs.
#[derive(Debug, Default)]
pub struct Libraries {
    by_library: FxHashMap<Name, FxHashMap<Key, Registered>>,
    all: FxHashMap<Key, Registered>,
}

impl Libraries {
    /// Reads the libraries of a program.
    pub fn new(program: &Program) -> Self {
        let mut libraries = Libraries::default();
        for module in program.modules.iter().filter(|module| is_library(module)) {
            let name = Name::new(module.name.rsplit('.').next().unwrap_or_default());
            let mut found = Vec::new();
            module.outline.body.iter().for_each(|statement| registrations(module, statement, &mut found));
            for (key, registered) in found {
                libraries.by_library.entry(name).or_default().insert(key, registered);
                libraries.all.entry(key).or_insert(registered);
            }
        }
        libraries
    }

    /// All that they hold, in no order.
    pub fn told(&self) -> u64 {
        let entry = |library: &str, (key, registered): (&Key, &Registered)| {
            number(&(library, format!("{key:?} {registered:?}")))
        };
        let all = self.all.iter().map(|one| entry("", one));
        let by_library = self.by_library.iter();
        let each = by_library.flat_map(|(library, found)| found.iter().map(|one| entry(library.as_str(), one)));
        all.chain(each).fold(0, u64::wrapping_add)
    }

    /// The function behind a name: of the loaded libraries, the last first, else of any (settings may make a library
    /// a builtin one).
    pub fn find(&self, loaded: &[Name], name: &str, is_filter: bool) -> Option<Registered> {
        let key = (Name::new(name), is_filter);
        let of = |library: &Name| self.by_library.get(library)?.get(&key);
        loaded.iter().rev().find_map(of).or_else(|| self.all.get(&key)).copied()
    }
}

fn is_library(module: &Module) -> bool {
    module.name.rsplit('.').nth(1) == Some("templatetags") || module.name == "django.template.defaultfilters"
}

fn registrations(module: &Module, statement: &Stmt, found: &mut Vec<(Key, Registered)>) {
    match &statement.kind {
        StmtKind::Function(function) => {
            found.extend(function.decorators.iter().filter_map(|decorator| decorated(module, function, decorator)));
        }
        StmtKind::Expr(Expr { kind: ExprKind::Call { function, arguments }, .. }) => {
            found.extend(called(module, function, arguments));
        }
        _ => {}
    }
}

/// `@register.filter`, `@register.simple_tag(takes_context=True, name="…")`, `@register.inclusion_tag("….html")`
fn decorated(module: &Module, function: &Function, decorator: &Expr) -> Option<(Key, Registered)> {
    let (method, arguments): (Name, &[Argument]) = match &decorator.kind {
        ExprKind::Attribute { name, .. } => (*name, &[]),
        ExprKind::Call { function, arguments } => match &function.kind {
            ExprKind::Attribute { name, .. } => (*name, arguments),
            _ => return None,
        },
        _ => return None,
    };
    let used_as = usage(&method, arguments)?;
    let first = if matches!(used_as, Use::Inclusion(_)) { None } else { arguments.first().and_then(text) };
    let name = text_of_keyword(arguments, "name").or(first).unwrap_or(function.name);
    Some(entry(module, name, function.name, used_as, arguments))
}

/// `register.filter("name", function)`, `register.simple_tag(function, name="…")`
fn called(module: &Module, function: &Expr, arguments: &[Argument]) -> Option<(Key, Registered)> {
    let ExprKind::Attribute { name: method, .. } = &function.kind else { return None };
    let used_as = usage(method, arguments)?;
    let target = arguments.iter().find_map(|argument| match (&argument.value.kind, argument.kind) {
        (ExprKind::Name(name), ArgumentKind::Positional) => Some(*name),
        _ => None,
    })?;
    let first = arguments.first().and_then(text);
    let name = text_of_keyword(arguments, "name").or(first).unwrap_or(target);
    Some(entry(module, name, target, used_as, arguments))
}

fn usage(method: &str, arguments: &[Argument]) -> Option<Use> {
    match method {
        "filter" => Some(Use::Filter),
        "simple_tag" | "assignment_tag" => Some(Use::Simple),
        "simple_block_tag" => Some(Use::Block),
        "tag" => Some(Use::Node),
        "inclusion_tag" => {
            let template = text_of_keyword(arguments, "filename").or_else(|| arguments.first().and_then(text))?;
            Some(Use::Inclusion(template))
        }
        _ => None,
    }
}

fn entry(module: &Module, name: Name, target: Name, used_as: Use, arguments: &[Argument]) -> (Key, Registered) {
    let takes_context = arguments.iter().any(|argument| {
        matches!(argument.kind, ArgumentKind::Keyword(name) if name == "takes_context")
            && matches!(argument.value.kind, ExprKind::Constant(Constant::Bool(true)))
    });
    let path = Name::new(&format!("{}.{target}", module.name));
    ((name, used_as == Use::Filter), Registered { path, used_as, takes_context })
}

fn text(argument: &Argument) -> Option<Name> {
    match (&argument.value.kind, argument.kind) {
        (ExprKind::Constant(Constant::Text(text)), ArgumentKind::Positional) => Some(*text),
        _ => None,
    }
}

fn text_of_keyword(arguments: &[Argument], keyword: &str) -> Option<Name> {
    arguments.iter().find_map(|argument| match (&argument.value.kind, argument.kind) {
        (ExprKind::Constant(Constant::Text(text)), ArgumentKind::Keyword(name)) if name == keyword => Some(*text),
        _ => None,
    })
}
