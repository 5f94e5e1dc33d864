//! Transactions around code: `with transaction.atomic():`, `@transaction.atomic`, `with session.begin():`, and what must not
//! be waited for inside one.

use super::interpreter::Interpreter;
use crate::domain::{Alchemy, Effect, EffectKind, Fault, Machine, Object, Place, Value, Verb};
use crate::project::{Binding, ModuleId};
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Function};

/// Django's context manager and decorator.
const ATOMIC: &str = "django.db.transaction.atomic";

/// Functions that send something over the network and wait for the answer.
const NETWORK: [&str; 22] = [
    "django.core.mail.mail_admins",
    "django.core.mail.mail_managers",
    "django.core.mail.send_mail",
    "django.core.mail.send_mass_mail",
    "httpx.delete",
    "httpx.get",
    "httpx.head",
    "httpx.patch",
    "httpx.post",
    "httpx.put",
    "httpx.request",
    "httpx.stream",
    "requests.delete",
    "requests.get",
    "requests.head",
    "requests.options",
    "requests.patch",
    "requests.post",
    "requests.put",
    "requests.request",
    "urllib.request.urlopen",
    "urllib.request.urlretrieve",
];

impl Interpreter<'_> {
    /// Whether entering this opens a transaction.
    pub(super) fn opens_transaction(&self, item: &Expr, manager: &Value) -> bool {
        let is_begun = || match manager {
            Value::Object(id) => matches!(self.object(*id), Object::Alchemy(Alchemy::Transaction(_))),
            _ => false,
        };
        self.is_atomic(self.frame().module, item) || is_begun()
    }

    /// Whether a decorator puts a transaction around a function.
    pub(super) fn is_in_transaction_by_decorator(&self, function: &Function, module: ModuleId) -> bool {
        function.decorators.iter().any(|decorator| self.is_atomic(module, decorator))
    }

    fn is_atomic(&self, module: ModuleId, expr: &Expr) -> bool {
        let named = match &expr.kind {
            ExprKind::Call { function, .. } => function,
            _ => expr,
        };
        let is_likely = match &named.kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => *name == "atomic",
            _ => false,
        };
        let means = || self.program.resolve_expr(module, None, named);
        is_likely && matches!(means(), Some(Binding::External(path)) if path == ATOMIC)
    }

    /// Remarks on a request over the network while a transaction is open.
    pub(super) fn remark_on_network(&mut self, path: Name, place: Place) {
        if NETWORK.contains(&path.as_str()) && self.frames.iter().any(|frame| frame.transactions > 0) {
            let effect = Effect::of(EffectKind::Misuse, Verb::Select, path, place);
            self.record(Effect { fault: Some(Fault::AwaitsNetwork), ..effect });
        }
    }
}
