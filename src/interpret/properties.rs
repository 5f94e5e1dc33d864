//! Properties that ask the database each time they are read, where one is read twice.
//!
//! ```py
//! if goal.progress:           # counts
//!     return goal.progress    # counts again
//! ```

use std::sync::Arc;

use super::interpreter::Interpreter;
use crate::domain::{Certainty, Effect, EffectKind, Machine, Object, Place, Site, Value, Verb};
use crate::project::{ClassId, Orm};
use crate::syntax::Name;
use crate::syntax::ir::{ExprKind, Function, Stmt, StmtKind};
use crate::syntax::visit;

impl Interpreter<'_> {
    /// Works out a property of an instance, and remarks where the database was asked by it already.
    pub(super) fn property(
        &mut self,
        owner: ClassId,
        function: &Arc<Function>,
        receiver: &Value,
        place: Place,
    ) -> Value {
        let (sites, inner) = (self.sites.len(), self.asking_properties);
        let value = self.computed_property(owner, function, receiver, place);
        let sent = self.sites.get(sites..).unwrap_or_default();
        let asks = self.asking_properties > inner || sent.iter().any(|site| asks_anew(site, function));
        if asks && !keeps(function.body.statements()) {
            self.asking_properties += 1;
            self.note_property(receiver, function.name, place);
        }
        value
    }

    fn note_property(&mut self, receiver: &Value, name: Name, place: Place) {
        let Value::Object(id) = receiver else { return };
        let Object::Row(row) = self.object(*id) else { return };
        let (model, certainty) = (row.model, row.certainty);
        let is_django = self.program.schema.model(model).orm == Orm::Django;
        if !is_django || certainty != Certainty::High || self.frames.last().is_some_and(|frame| frame.is_stub) {
            return;
        }
        let action = Name::new("property");
        let before = self.question_about(*id, Some(name)).filter(|before| before.place != place);
        if before.is_some_and(|before| before.action == action) {
            let effect = Effect::of(EffectKind::AskedAgain, Verb::Select, action, place);
            self.record(Effect { model: Some(model), certainty, ..effect });
        }
        // The second reading says it: those that follow are mended with it.
        let asked = if before.is_some() { Name::new("property again") } else { action };
        self.ask(*id, Some(name), asked, place);
    }
}

/// Whether a statement was sent by the property's own code, and will be at the next reading.
fn asks_anew(site: &Site, function: &Function) -> bool {
    let is_question = matches!(
        site.kind,
        EffectKind::Count
            | EffectKind::Get
            | EffectKind::Evaluate
            | EffectKind::RelatedQuery
            | EffectKind::PrefetchDefeated
    );
    let is_own = site.place.file == function.file && site.enclosing == function.qualified;
    is_question && is_own && site.certainty == Certainty::High
}

/// Whether some statement puts what was found on an object, where the next reading may find it.
fn keeps(statements: &[Stmt]) -> bool {
    statements.iter().any(|statement| {
        let here = match &statement.kind {
            StmtKind::Assign { targets, .. } => {
                targets.iter().any(|target| !matches!(target.kind, ExprKind::Name(_) | ExprKind::Tuple(_)))
            }
            StmtKind::Expr(expr) => matches!(expr.kind, ExprKind::Call { .. }),
            _ => false,
        };
        here || visit::blocks(statement).into_iter().any(keeps)
    })
}
