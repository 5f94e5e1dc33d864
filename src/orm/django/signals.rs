//! Signals: which functions of the project run when rows are saved or deleted.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::domain::{Arguments, Closure, Machine, Object, ObjectId, Place, Scalar, Value};
use crate::project::{Binding, ModelId, ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{ArgumentKind, Expr, ExprKind, Function, StmtKind};

/// A function with the module it stands in.
type Placed = (ModuleId, Arc<Function>);

/// Receivers by model and signal; those without a sender listen to every model and are not followed.
#[derive(Default)]
pub struct Receivers {
    found: FxHashMap<(ModelId, Name), Vec<Placed>>,
}

impl Receivers {
    /// Finds functions decorated with `@receiver(signal, sender=Model)`.
    pub fn new(program: &Program) -> Self {
        let mut receivers = Receivers::default();
        for module in program.modules.iter().filter(|module| !module.is_stub) {
            for statement in &module.outline.body {
                let StmtKind::Function(function) = &statement.kind else { continue };
                for decorator in &function.decorators {
                    receivers.add(program, module.id, function, decorator);
                }
            }
        }
        receivers
    }

    fn add(&mut self, program: &Program, module: ModuleId, function: &Arc<Function>, decorator: &Expr) {
        let ExprKind::Call { function: callee, arguments } = &decorator.kind else { return };
        if !matches!(&callee.kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if *name == "receiver") {
            return;
        }
        let sender = arguments.iter().find(|argument| argument.kind == ArgumentKind::Keyword(Name::new("sender")));
        let Some(sender) = sender else { return };
        let Some(Binding::Class(class)) = program.resolve_expr(module, None, &sender.value) else { return };
        let Some(model) = program.schema.of_class(class).map(|model| model.id) else { return };
        for argument in arguments.iter().filter(|argument| argument.kind == ArgumentKind::Positional) {
            for signal in signals_of(&argument.value) {
                self.found.entry((model, signal)).or_default().push((module, Arc::clone(function)));
            }
        }
    }

    /// The receivers of a signal of a model, as callable values.
    pub fn of(&self, _program: &Program, model: ModelId, signal: &str) -> Vec<Value> {
        let found = self.found.get(&(model, Name::new(signal)));
        let closure = |(module, function): &(ModuleId, Arc<Function>)| {
            let function = Arc::clone(function);
            Value::Function(Rc::new(Closure { function, module: *module, scope: None, class: None }))
        };
        found.into_iter().flatten().map(closure).collect()
    }
}

fn signals_of(expr: &Expr) -> Vec<Name> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => vec![*name],
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().flat_map(signals_of).collect(),
        _ => Vec::new(),
    }
}

/// Runs the receivers of a signal for a row.
pub(super) fn send(machine: &mut dyn Machine, row: ObjectId, signal: &str, place: Place) {
    tell(machine, row, signal, Vec::new(), place);
}

/// As `send`, with what `created` and `update_fields` are. Nothing points at a row yet that was just created.
pub(super) fn send_saved(machine: &mut dyn Machine, row: ObjectId, saved: [Value; 2], place: Place) {
    let is_new = saved[0] == Value::Scalar(Scalar::Bool(true));
    let sets = if is_new { empty_sets(machine, row) } else { Vec::new() };
    tell_empty(machine, row, &sets, true);
    let [created, update_fields] = saved;
    let more = vec![(Name::new("created"), created), (Name::new("update_fields"), update_fields)];
    tell(machine, row, "post_save", more, place);
    tell_empty(machine, row, &sets, false);
}

/// The sets of rows that others belong to a row by.
fn empty_sets(machine: &dyn Machine, row: ObjectId) -> Vec<Name> {
    let Object::Row(about) = machine.object(row) else { return Vec::new() };
    let relations = &machine.program().schema.model(about.model).relations;
    relations.iter().filter(|relation| !relation.kind.is_single()).map(|relation| relation.name).collect()
}

fn tell_empty(machine: &mut dyn Machine, row: ObjectId, sets: &[Name], is_empty: bool) {
    let Object::Row(about) = machine.object_mut(row) else { return };
    for set in sets {
        if is_empty {
            about.truths.insert(*set, false);
        } else {
            about.truths.remove(set);
        }
    }
}

fn tell(machine: &mut dyn Machine, row: ObjectId, signal: &str, more: Vec<(Name, Value)>, place: Place) {
    let Object::Row(about) = machine.object(row) else { return };
    for receiver in machine.receivers(about.model, signal) {
        let mut keywords = vec![
            (Name::new("sender"), Value::ANY),
            (Name::new("instance"), Value::Object(row)),
            (Name::new("signal"), Value::ANY),
        ];
        keywords.extend(more.iter().cloned());
        let arguments = Arguments { keywords, ..Arguments::default() };
        machine.call(&receiver, arguments, place);
    }
}
