//! Which functions of the project receive the signals of a model.
//!
//! ```py
//! @receiver(post_save, sender=Order)
//! def order_saved(sender, instance, **kwargs): ...
//!
//! class ShopConfig(AppConfig):
//!     def ready(self):
//!         from .handlers import queue_invoice
//!         post_save.connect(queue_invoice, sender="shop.Order")
//! ```

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::domain::{Closure, Value};
use crate::project::{Binding, Imports, Model, ModelId, Module, ModuleId, Program, Told, number};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind, Function, Stmt, StmtKind};
use crate::syntax::{reads, visit};

/// The signals that models send. Source: `django.db.models.signals`.
const SIGNALS: &[&str] = &["pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"];

/// How code says that it connects a receiver without a decorator.
const CONNECTS: &str = ".connect(";

/// A function with the module it stands in.
type Placed = (ModuleId, Arc<Function>);

/// Receivers by model and signal; those without a sender listen to every model and are not followed.
#[derive(Default)]
pub struct Receivers {
    found: FxHashMap<(ModelId, Name), Vec<Placed>>,
}

impl Receivers {
    /// Finds functions decorated with `@receiver(signal, sender=Model)`, and calls of `signal.connect(function,
    /// sender=Model)` at the top of modules and inside functions.
    pub fn new(program: &Program) -> Self {
        let mut receivers = Receivers::default();
        for module in program.modules.iter().filter(|module| !module.is_stub) {
            for statement in &module.outline.body {
                let StmtKind::Function(function) = &statement.kind else { continue };
                for decorator in &function.decorators {
                    receivers.add_decorated(program, module.id, function, decorator);
                }
            }
            if program.files.get(module.file.0 as usize).is_some_and(|file| reads::says(file, CONNECTS)) {
                receivers.add_connected(program, module);
            }
        }
        receivers
    }

    fn add_decorated(&mut self, program: &Program, module: ModuleId, function: &Arc<Function>, decorator: &Expr) {
        let ExprKind::Call { function: callee, arguments } = &decorator.kind else { return };
        if !matches!(&callee.kind, ExprKind::Name(name) | ExprKind::Attribute { name, .. } if *name == "receiver") {
            return;
        }
        let Some((model, relation)) = sender(program, &Imports::none(module), arguments) else { return };
        for argument in arguments.iter().filter(|argument| argument.kind == ArgumentKind::Positional) {
            for signal in signals_of(&argument.value) {
                let signal = about(signal, relation);
                self.found.entry((model, signal)).or_default().push((module, Arc::clone(function)));
            }
        }
    }

    fn add_connected(&mut self, program: &Program, module: &Module) {
        let at_top = Imports::none(module.id);
        let mut functions = Vec::new();
        for statement in &module.outline.body {
            self.connect_in(program, &at_top, statement);
            visit::outer_functions(statement, &mut |function| functions.push(function));
        }
        for function in functions.into_iter().filter(|one| program.text_of(one).contains(CONNECTS)) {
            let body = &function.body.lowered().statements;
            let imports = Imports::of(program, module.id, body);
            body.iter().for_each(|statement| self.connect_in(program, &imports, statement));
        }
    }

    fn connect_in(&mut self, program: &Program, imports: &Imports, statement: &Stmt) {
        if let StmtKind::Expr(expr) = &statement.kind {
            self.connect(program, imports, expr);
        }
        if !matches!(statement.kind, StmtKind::Function(_) | StmtKind::Class(_)) {
            visit::blocks(statement).into_iter().flatten().for_each(|inner| self.connect_in(program, imports, inner));
        }
    }

    /// `post_save.connect(function, sender=Model)`
    fn connect(&mut self, program: &Program, imports: &Imports, call: &Expr) {
        let ExprKind::Call { function, arguments } = &call.kind else { return };
        let ExprKind::Attribute { value: signal, name, .. } = &function.kind else { return };
        let [signal] = signals_of(signal)[..] else { return };
        if *name != "connect" || !SIGNALS.contains(&signal.as_str()) {
            return;
        }
        let by_name = ArgumentKind::Keyword(Name::new("receiver"));
        let receiver =
            arguments.first().filter(|first| first.kind == ArgumentKind::Positional || first.kind == by_name);
        let receiver = receiver.and_then(|receiver| imports.meaning(program, &receiver.value));
        let (Some(Binding::Function(receiver)), Some((model, relation))) =
            (receiver, sender(program, imports, arguments))
        else {
            return;
        };
        let signal = about(signal, relation);
        let home = program.module_of(receiver.file).map_or(imports.module, |home| home.id);
        self.found.entry((model, signal)).or_default().push((home, receiver));
    }

    /// All that is known, in no order; `told` is what linking has found.
    pub(crate) fn told(&self, program: &Program, told: &Told) -> u64 {
        let found = self.found.iter().map(|((model, signal), receivers)| {
            let receivers = receivers.iter().map(|(module, function)| (module.0, told.function(program, function)));
            number(&(model.0, signal.as_str(), receivers.collect::<Vec<_>>()))
        });
        found.fold(0, u64::wrapping_add)
    }

    /// The receivers of a signal of a model, as callable values.
    pub fn of(&self, _program: &Program, model: ModelId, signal: &str) -> Vec<Value> {
        let found = self.found.get(&(model, Name::new(signal)));
        let closure = |(module, function): &Placed| {
            let function = Arc::clone(function);
            Value::Function(Rc::new(Closure { function, module: *module, scope: None, class: None }))
        };
        found.into_iter().flatten().map(closure).collect()
    }
}

/// The signal about the links of a relation: `m2m_changed tags`.
pub(super) fn about(signal: Name, relation: Option<Name>) -> Name {
    relation.map_or(signal, |relation| Name::new(&format!("{signal} {relation}")))
}

/// The model whose rows a receiver hears of, with the relation of which it hears the links: `Book.tags.through`.
fn sender(program: &Program, imports: &Imports, arguments: &[Argument]) -> Option<(ModelId, Option<Name>)> {
    let sender = arguments.iter().find(|argument| argument.kind == ArgumentKind::Keyword(Name::new("sender")))?;
    if let ExprKind::Attribute { value, name, .. } = &sender.value.kind
        && *name == "through"
        && let ExprKind::Attribute { value: owner, name: relation, .. } = &value.kind
    {
        return Some((model_of(program, imports, owner)?, Some(*relation)));
    }
    Some((model_of(program, imports, &sender.value)?, None))
}

fn model_of(program: &Program, imports: &Imports, expr: &Expr) -> Option<ModelId> {
    let schema = &program.schema;
    match &expr.kind {
        ExprKind::Constant(Constant::Text(label)) => schema.by_label(label).map(|model| model.id),
        ExprKind::Attribute { name, .. } if *name == "AUTH_USER_MODEL" => schema.user_model,
        ExprKind::Call { function, arguments } => match &function.kind {
            ExprKind::Attribute { name, .. } if *name == "get_model" => fetched(program, arguments),
            ExprKind::Name(name) if *name == "get_user_model" => schema.user_model,
            _ => None,
        },
        _ => match imports.meaning(program, expr)? {
            Binding::Class(class) => schema.of_class(class).map(|model| model.id),
            _ => None,
        },
    }
}

/// `apps.get_model("shop.Order")`, `apps.get_model("shop", "Order")`; `self.get_model("Order")` of an `AppConfig` means the
/// only model of that name.
fn fetched(program: &Program, arguments: &[Argument]) -> Option<ModelId> {
    let text = |argument: &Argument| match &argument.value.kind {
        ExprKind::Constant(Constant::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let texts: Vec<&str> = arguments.iter().filter_map(text).collect();
    let label = texts.join(".");
    if label.contains('.') {
        return program.schema.by_label(&label).map(|model| model.id);
    }
    let is_it = |model: &&Model| program.class(model.class).class.name == label.as_str();
    let mut models = program.schema.models.iter().filter(is_it);
    models.next().filter(|_| models.next().is_none()).map(|model| model.id)
}

fn signals_of(expr: &Expr) -> Vec<Name> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => vec![*name],
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().flat_map(signals_of).collect(),
        _ => Vec::new(),
    }
}
