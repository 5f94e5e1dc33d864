//! What code at the top of modules gives a function of a framework under a text: `rules.add_perm("shop.change_book", is_author)`.
//!
//! There are hundreds in some projects, and a walk asks for a few. So none of the calls is run: a stub's function looks up
//! what stands under a text, and that alone is worked out.

use rustc_hash::FxHashMap;

use super::interpreter::Interpreter;
use crate::domain::{Place, Value};
use crate::project::{Binding, ModuleId, Program, number};
use crate::source::FileId;
use crate::syntax::ir::{Argument, ArgumentKind, Constant, Expr, ExprKind, Function, Stmt, StmtKind};
use crate::syntax::{Name, reads};

/// A function of a stub, and the text that stands first.
type Key = (FileId, u32, Name);

/// The module and the statement of each call. The last one counts.
#[derive(Default)]
pub(crate) struct Given {
    found: FxHashMap<Key, (ModuleId, usize)>,
}

impl Given {
    pub(super) fn new(program: &Program) -> Self {
        let mut given = Given::default();
        for module in program.modules.iter().filter(|module| !module.is_stub) {
            for (position, statement) in module.outline.body.iter().enumerate() {
                if let Some(key) = key_of(program, module.id, statement) {
                    given.found.insert(key, (module.id, position));
                }
            }
        }
        given
    }

    /// What is known of the functions of each stub, in no order. Which statement it is, is read with its module.
    pub(super) fn told(&self) -> impl Iterator<Item = (FileId, u64)> {
        let given = self.found.iter();
        given.map(|((file, start, text), (module, _))| (*file, number(&("given", start, text.as_str(), module.0))))
    }
}

fn key_of(program: &Program, module: ModuleId, statement: &Stmt) -> Option<Key> {
    let (function, first, _) = call(statement)?;
    let ExprKind::Constant(Constant::Text(text)) = &first.kind else { return None };
    let Some(Binding::Function(found)) = program.resolve_expr(module, None, function) else { return None };
    program.module_of(found.file).filter(|module| module.is_stub)?;
    Some(key(&found, *text))
}

fn key(function: &Function, text: Name) -> Key {
    (function.file, function.span.start, text)
}

/// `function(first, second)`
fn call(statement: &Stmt) -> Option<(&Expr, &Expr, &Expr)> {
    let StmtKind::Expr(Expr { kind: ExprKind::Call { function, arguments }, .. }) = &statement.kind else {
        return None;
    };
    let [first, second, ..] = arguments.as_slice() else { return None };
    let is_positional = |argument: &Argument| matches!(argument.kind, ArgumentKind::Positional);
    (is_positional(first) && is_positional(second)).then_some((function, &first.value, &second.value))
}

impl Interpreter<'_> {
    /// What the project gives a function under a text, `None` where nothing: of several texts, under any.
    pub(super) fn given(&mut self, function: &Value, text: &Value, place: Place) -> Option<Value> {
        let Value::Function(closure) = function else { return None };
        reads::outside(closure.function.file);
        let texts = text.disjuncts().iter().filter_map(Value::as_text).collect::<Vec<_>>();
        let found = texts.into_iter().filter_map(|text| {
            let (module, position) = *self.index.given.found.get(&key(&closure.function, text))?;
            let (.., second) = call(self.program.module(module).outline.body.get(position)?)?;
            let value = self.in_module(module, |machine| machine.evaluate(second));
            Some(self.as_decorated(value, place))
        });
        found.reduce(|one, other| one.join(&other, None)).or(Some(Value::None))
    }
}
