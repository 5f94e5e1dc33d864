//! Registers the classes of a module, nested ones included, and what their bodies bind.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::flow::{Guard, variables, walk};
use super::program::{ClassId, ClassInfo, Member, ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Class, Expr, ExprKind, Function, Outline, Stmt, StmtKind};

/// Registers every class at the top level of a module and inside those classes.
pub(super) fn register(program: &mut Program, module: ModuleId, outline: &Outline) {
    walk(&outline.body, Guard::default(), &mut |statement, _| {
        if let StmtKind::Class(class) = &statement.kind {
            register_class(program, module, class, None);
        }
    });
}

/// Registers a class that a call makes of a statement. The statement stands for as many classes as there are calls of it.
pub(super) fn register_made(program: &mut Program, module: ModuleId, class: &Arc<Class>) -> ClassId {
    let id = register_class(program, module, class, None);
    program.by_syntax.remove(&(class.file, class.span.start));
    id
}

/// Registers a class and those inside it.
pub(super) fn register_class(
    program: &mut Program,
    module: ModuleId,
    class: &Arc<Class>,
    outer: Option<ClassId>,
) -> ClassId {
    let id = ClassId(program.classes.len() as u32);
    let info = ClassInfo {
        id,
        module,
        class: class.clone(),
        outer,
        members: FxHashMap::default(),
        mro: Vec::new(),
        subclasses: Vec::new(),
    };
    program.classes.push(info);
    program.by_syntax.insert((class.file, class.span.start), id);
    let mut members = FxHashMap::default();
    for (position, statement) in class.body.iter().enumerate() {
        walk(std::slice::from_ref(statement), Guard::default(), &mut |inner, guard| {
            add_members(program, id, position, inner, guard, &mut members);
        });
    }
    program.classes[id.0 as usize].members = members;
    id
}

/// What a property has beside its getter, each by a decorator of its own: `@price.setter`, and for hybrids the SQL.
const BESIDE_THE_GETTER: [&str; 5] = ["setter", "deleter", "expression", "update_expression", "comparator"];

/// The name of a method; the setter of `price` is kept as `price.setter`, as it doesn't replace the getter. Methods named `_`
/// that are registered with another one are kept apart.
fn member_name(function: &Function, position: usize) -> Name {
    let is_registered = function.name == "_" && function.decorators.iter().any(registers);
    let apart = is_registered.then(|| Name::new(&format!("_.{position}")));
    apart.or_else(|| function.decorators.iter().find_map(beside_the_getter)).unwrap_or(function.name)
}

/// `@handle.register`, `@handle.register(Painting)`
fn registers(decorator: &Expr) -> bool {
    match &decorator.kind {
        ExprKind::Attribute { name, .. } => name == "register",
        ExprKind::Call { function, .. } => registers(function),
        _ => false,
    }
}

fn beside_the_getter(decorator: &Expr) -> Option<Name> {
    let ExprKind::Attribute { value, name: part, .. } = &decorator.kind else { return None };
    let property = match &value.kind {
        ExprKind::Attribute { value, name, .. } if name == "inplace" => value,
        _ => value,
    };
    let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = &property.kind else { return None };
    BESIDE_THE_GETTER.contains(&part.as_str()).then(|| Name::new(&format!("{name}.{part}")))
}

fn add_members(
    program: &mut Program,
    class: ClassId,
    position: usize,
    statement: &Stmt,
    guard: Guard,
    members: &mut FxHashMap<Name, Member>,
) {
    let mut insert = |name: Name, member: Member| {
        if !(guard.fallback && members.contains_key(&name)) {
            members.insert(name, member);
        }
    };
    match &statement.kind {
        StmtKind::Function(function) => insert(member_name(function, position), Member::Function(function.clone())),
        StmtKind::Class(inner) => {
            let module = program.class(class).module;
            let id = register_class(program, module, inner, Some(class));
            insert(inner.name, Member::Class(id));
        }
        _ => {
            for (name, value) in variables(statement) {
                if value.is_some() || !members.contains_key(&name) {
                    members.insert(name, Member::Variable(position));
                }
            }
        }
    }
}
