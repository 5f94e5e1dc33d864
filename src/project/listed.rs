//! Methods that a class lists by name, to call the one that is asked for.

use super::flow::{elements, variables};
use super::program::{ClassId, ClassRef, Member, Program};
use super::resolve::text;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind};

impl Program {
    /// The methods of `class` whose names stand in a list, or are keys of a dictionary, that it or a base of it holds.
    ///
    /// ```py
    /// class Members(View):
    ///     actions = ("activate", "remove")
    ///
    ///     def post(self, request):
    ///         return getattr(self, request.POST["action"])(request)
    /// ```
    pub fn listed_methods(&self, class: ClassId) -> Vec<Name> {
        let known = self.class(class).mro.iter().filter_map(|base| match base {
            ClassRef::Known(base) if !self.is_of_stub(*base) => Some(*base),
            _ => None,
        });
        let values = known.flat_map(|base| self.class(base).class.body.iter().flat_map(variables));
        let mut names: Vec<Name> = values.filter_map(|(_, value)| value).flat_map(texts).collect();
        names.retain(|name| matches!(self.member(class, *name, None), Some((_, Member::Function(_), _))));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The methods of the project's own among a class and its bases whose names begin with a text, where those are few.
    pub fn methods_with(&self, class: ClassId, prefix: &str) -> Vec<Name> {
        const FEW: usize = 12;
        let own = self.class(class).mro.iter().filter_map(|base| match base {
            ClassRef::Known(base) if !self.is_of_stub(*base) => Some(*base),
            _ => None,
        });
        let members = own.flat_map(|base| self.class(base).members.iter());
        let is_such =
            |(name, member): &(&Name, &Member)| name.starts_with(prefix) && matches!(member, Member::Function(_));
        let mut names: Vec<Name> = members.filter(is_such).map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() > FEW { Vec::new() } else { names }
    }
}

fn texts(value: &Expr) -> Vec<Name> {
    match &value.kind {
        ExprKind::Dict(items) => items.iter().filter_map(|(key, _)| text(key.as_ref()?)).collect(),
        _ => elements(value).unwrap_or_default().iter().filter_map(text).collect(),
    }
}
