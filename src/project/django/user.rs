//! Which model is the user: `AUTH_USER_MODEL` of the settings, else the one that looks like it.

use super::super::program::{Binding, ClassRef, Module, Program};
use super::super::resolve::text;
use super::super::schema::{Model, ModelId};
use crate::syntax::Name;

/// The model of `settings.AUTH_USER_MODEL`.
pub(super) fn user_model(program: &Program) -> Option<ModelId> {
    let schema = &program.schema;
    let chosen = setting(program).and_then(|label| schema.by_label(&label));
    let model = chosen.or_else(|| likely(program)).or_else(|| schema.by_label("auth.User"));
    model.map(|model| model.id)
}

/// The label written in a settings module; modules called so go before others, test settings last.
fn setting(program: &Program) -> Option<Name> {
    let name = Name::new("AUTH_USER_MODEL");
    let assigns = |module: &&Module| matches!(module.bindings.get(&name), Some(Binding::Variable(owner, _)) if *owner == module.id);
    let labels = program.modules.iter().filter(assigns).filter_map(|module| {
        let label = program.assignment(module.id, name).and_then(text)?;
        Some((rank(&module.name), label))
    });
    labels.min_by_key(|(rank, _)| *rank).map(|(_, label)| label)
}

fn rank(module: &str) -> u32 {
    let is_settings = module.split('.').any(|part| part.contains("settings") || part.contains("config"));
    let is_test = module.contains("test");
    u32::from(!is_settings) + 2 * u32::from(is_test)
}

/// Without a setting: the only concrete model of the project that inherits from Django's user bases.
fn likely(program: &Program) -> Option<&Model> {
    let mut found = program.schema.models.iter().filter(|model| is_own_user(program, model));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn is_own_user(program: &Program, model: &Model) -> bool {
    let info = program.class(model.class);
    let is_base = |name: &str| matches!(name, "AbstractUser" | "AbstractBaseUser");
    let inherits = info.mro.iter().skip(1).any(|base| match base {
        ClassRef::External(path) => is_base(path.rsplit('.').next().unwrap_or_default()),
        ClassRef::Known(id) => is_base(&program.class(*id).class.name),
    });
    inherits && !model.is_abstract && !model.is_proxy && !program.module(info.module).is_stub
}
