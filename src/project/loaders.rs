//! Classes that are loaded by the name of an app and a text: `get_class("partner.strategy", "Selector")`.

use super::flow::{Guard, elements, walk};
use super::program::{Binding, Module, ModuleId, Program};
use super::resolve::{last_name, text};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, StmtKind};

/// What functions are called that load one class, or several of the same module.
const LOADERS: &[&str] = &["get_class", "load_class", "import_class", "get_classes", "load_classes", "import_classes"];

impl Program {
    /// What a loader of this name loads from the module below an app; `None` where it is no loader, or no module of the
    /// project fits.
    ///
    /// An app that replaces another one lies no deeper than it, and one made for tests replaces none.
    pub fn loaded(&self, loader: &str, label: &str, name: Name) -> Option<Binding> {
        if !LOADERS.contains(&loader) || !label.contains('.') {
            return None;
        }
        self.below_app(label, name)
    }

    /// The class or function `name` of the project's module whose dotted name ends with `label`, or what a call made there:
    /// `LineFormSet = inlineformset_factory(…)`.
    pub(super) fn below_app(&self, label: &str, name: Name) -> Option<Binding> {
        let holds = |module: &&Module| ends_with(module.name.as_str(), label) && !module.is_stub;
        let found = self.modules.iter().filter(holds).filter_map(|module| {
            let binding = self.attribute(&Binding::Module(module.id), name)?;
            self.is_loadable(&binding).then(|| (self.rank(module), binding))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|(rank, _)| *rank);
        let is_clear = found.len() < 2 || found[0].0 < found[1].0;
        found.into_iter().next().filter(|_| is_clear).map(|(_, binding)| binding)
    }

    fn is_loadable(&self, binding: &Binding) -> bool {
        match binding {
            Binding::Class(_) | Binding::Function(_) => true,
            Binding::Variable(home, name) => {
                self.assignment(*home, *name).is_some_and(|value| matches!(value.kind, ExprKind::Call { .. }))
            }
            _ => false,
        }
    }

    /// What is no test goes first, then what lies less deep.
    fn rank(&self, module: &Module) -> (bool, usize) {
        let path = self.files.get(module.file.0 as usize).map_or("", |file| file.shown.as_str());
        (path.split('/').any(|part| part.starts_with("test")), path.split('/').count())
    }

    /// `Line, Basket = get_classes("basket.models", ["Line", "Basket"])`: what a name at the top of a module holds.
    pub(super) fn loaded_with_others(&self, module: ModuleId, name: Name) -> Option<Binding> {
        let mut loaded = None;
        walk(&self.module(module).outline.body, Guard::default(), &mut |statement, _| {
            if let StmtKind::Assign { targets, value } = &statement.kind
                && let Some(position) = targets.iter().find_map(|target| position(target, name))
            {
                loaded = self.load_at(value, position);
            }
        });
        loaded
    }

    fn load_at(&self, call: &Expr, position: usize) -> Option<Binding> {
        let ExprKind::Call { function, arguments } = &call.kind else { return None };
        let [label, names, ..] = &arguments[..] else { return None };
        let name = elements(&names.value)?.get(position).and_then(text)?;
        self.loaded(&last_name(function)?, &text(&label.value)?, name)
    }
}

/// Where a target that is unpacked into binds `name`.
fn position(target: &Expr, name: Name) -> Option<usize> {
    elements(target)?.iter().position(|part| matches!(part.kind, ExprKind::Name(found) if found == name))
}

fn ends_with(module: &str, label: &str) -> bool {
    module.strip_suffix(label).is_some_and(|above| above.is_empty() || above.ends_with('.'))
}
