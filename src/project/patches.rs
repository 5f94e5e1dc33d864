//! Members that code outside of a class puts on it, as what the module runs when it is imported:
//! `Meeting.where = where`, `setattr(Meeting, "where", where)`, `User.add_to_class("role", role)`.

use rustc_hash::FxHashMap;

use super::flow::{Guard, walk};
use super::program::{Binding, ClassId, Member, Module, ModuleId, Program};
use super::resolve::text;
use crate::source::{FileKind, classify};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Expr, ExprKind, Stmt, StmtKind};

/// Gives classes what the top level of some module puts on them. A name that is put on a class twice may be either, so it stays
/// as it is; what tests put there is there for them alone.
pub(super) fn apply(program: &mut Program) {
    let mut found: FxHashMap<(ClassId, Name), Vec<Member>> = FxHashMap::default();
    for module in program.modules.iter().filter(|module| !module.is_stub && !is_test(program, module)) {
        walk(&module.outline.body, Guard::default(), &mut |statement, _| {
            for (receiver, name, value) in puts(statement) {
                if let Some(Binding::Class(class)) = program.resolve_expr(module.id, None, receiver)
                    && let Some(member) = member(program, module.id, value)
                {
                    found.entry((class, name)).or_default().push(member);
                }
            }
        });
    }
    for ((class, name), mut members) in found {
        let own = &mut program.classes[class.0 as usize].members;
        if let (1, None | Some(Member::Function(_))) = (members.len(), own.get(&name)) {
            own.extend(members.pop().map(|member| (name, member)));
        }
    }
}

fn is_test(program: &Program, module: &Module) -> bool {
    let path = &program.files[module.file.0 as usize].path;
    classify(path.strip_prefix(&program.root).unwrap_or(path)) == FileKind::Test
}

/// What a statement puts on something: the receiver, the name, the value.
fn puts(statement: &Stmt) -> Vec<(&Expr, Name, &Expr)> {
    match &statement.kind {
        StmtKind::Assign { targets, value } => targets
            .iter()
            .filter_map(|target| match &target.kind {
                ExprKind::Attribute { value: receiver, name, .. } => Some((&**receiver, *name, value)),
                _ => None,
            })
            .collect(),
        StmtKind::Expr(call) => put_by_call(call).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn put_by_call(call: &Expr) -> Option<(&Expr, Name, &Expr)> {
    let ExprKind::Call { function, arguments } = &call.kind else { return None };
    if arguments.iter().any(|argument| argument.kind != ArgumentKind::Positional) {
        return None;
    }
    match (&function.kind, &arguments[..]) {
        (ExprKind::Attribute { value: receiver, name, .. }, [named, put]) if *name == "add_to_class" => {
            Some((receiver, text(&named.value)?, &put.value))
        }
        (ExprKind::Name(name), [receiver, named, put]) if *name == "setattr" => {
            Some((&receiver.value, text(&named.value)?, &put.value))
        }
        _ => None,
    }
}

/// `where` and `property(where)`, where `where` is a function.
fn member(program: &Program, module: ModuleId, value: &Expr) -> Option<Member> {
    if let Some(getter) = getter(value) {
        return match program.resolve_expr(module, None, getter)? {
            Binding::Function(function) => Some(Member::Property(function)),
            _ => None,
        };
    }
    match program.resolve_expr(module, None, value)? {
        Binding::Function(function) => Some(Member::Function(function)),
        _ => None,
    }
}

fn getter(value: &Expr) -> Option<&Expr> {
    let ExprKind::Call { function, arguments } = &value.kind else { return None };
    let is_property = matches!(&function.kind, ExprKind::Name(name) if *name == "property");
    let [Argument { kind: ArgumentKind::Positional, value }, ..] = &arguments[..] else { return None };
    is_property.then_some(value)
}
