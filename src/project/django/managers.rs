//! The managers of a model in Django's order, and the classes behind them.

use super::super::flow::{Guard, walk};
use super::super::program::{Binding, ClassId, ClassInfo, ClassRef, ModuleId, Program};
use super::super::resolve::last_name;
use super::super::schema::{Manager, ManagerClass, Model};
use super::fields::assignment;
use super::meta::Meta;
use crate::syntax::Name;
use crate::syntax::ir::{Argument, Expr, ExprKind};

/// Managers by the order of `Options.managers`: by class in the MRO, then by declaration; the default one is moved to
/// the front.
pub(super) fn managers(program: &Program, model: &Model) -> Vec<Manager> {
    let mut found = declared_and_inherited(program, model);
    if found.is_empty() {
        found.push(Manager { name: Name::new("objects"), class: ManagerClass::Builtin });
    }
    if let Some(default) = named(program, model, "default_manager_name")
        && let Some(position) = found.iter().position(|manager| manager.name == default)
    {
        found[..=position].rotate_right(1);
    }
    found
}

/// `Meta.base_manager_name`, else that of the nearest base model.
pub(super) fn base_manager(program: &Program, model: &Model) -> Option<Name> {
    let bases = base_models(program, model);
    let own = Meta::of(program, model.class).text("base_manager_name");
    own.or_else(|| bases.into_iter().find_map(|base| Meta::of(program, base.class).text("base_manager_name")))
}

fn named(program: &Program, model: &Model, option: &str) -> Option<Name> {
    let own = Meta::of(program, model.class).text(option);
    if own.is_some() || !local(program, model.class).is_empty() {
        return own;
    }
    base_models(program, model).into_iter().find_map(|base| Meta::of(program, base.class).text(option))
}

fn base_models<'a>(program: &'a Program, model: &Model) -> Vec<&'a Model> {
    let bases = program.class(model.class).mro.iter().skip(1);
    bases.filter_map(|base| if let ClassRef::Known(id) = base { program.schema.of_class(*id) } else { None }).collect()
}

fn declared_and_inherited(program: &Program, model: &Model) -> Vec<Manager> {
    let mut found: Vec<Manager> = local(program, model.class);
    for base in base_models(program, model) {
        let mut inherited = local(program, base.class);
        // A concrete parent without managers got `objects`, which its children inherit.
        if inherited.is_empty() && !base.is_abstract && declared_and_inherited(program, base).is_empty() {
            inherited.push(Manager { name: Name::new("objects"), class: ManagerClass::Builtin });
        }
        for manager in inherited {
            if !found.iter().any(|known| known.name == manager.name) {
                found.push(manager);
            }
        }
    }
    found
}

/// The managers assigned in one class body.
fn local(program: &Program, class: ClassId) -> Vec<Manager> {
    let mut found: Vec<Manager> = Vec::new();
    let info = program.class(class);
    walk(&info.class.body, Guard::default(), &mut |statement, _| {
        let Some((name, value)) = assignment(statement) else { return };
        if let Some(class) = instance(program, info.module, Some(class), name, value) {
            found.retain(|manager| manager.name != name);
            found.push(Manager { name, class });
        }
    });
    found
}

/// The manager that `name = value` makes, if it makes one.
fn instance(
    program: &Program,
    module: ModuleId,
    scope: Option<ClassId>,
    name: Name,
    value: &Expr,
) -> Option<ManagerClass> {
    let ExprKind::Call { function, arguments } = &value.kind else { return None };
    if let Some(queryset) = receiver(function, "as_manager") {
        let class = resolved_class(program, module, scope, queryset);
        return Some(class.map_or(ManagerClass::Unknown, ManagerClass::QuerySet));
    }
    let class = match manager_class(program, module, scope, function) {
        None | Some(ManagerClass::Unknown) if let Some(given) = given_manager(program, module, scope, arguments) => {
            Some(given)
        }
        class => class,
    };
    class.or_else(|| (name == "objects").then_some(ManagerClass::Unknown))
}

/// The manager class that a function which nobody knows is given, to make one of it: `Scoped(owner="owner", base=BookManager)`.
fn given_manager(
    program: &Program,
    module: ModuleId,
    scope: Option<ClassId>,
    arguments: &[Argument],
) -> Option<ManagerClass> {
    arguments.iter().find_map(|argument| {
        let class = resolved_class(program, module, scope, &argument.value)?;
        of_class(program, class).filter(|class| matches!(class, ManagerClass::Manager(..)))
    })
}

/// The manager class that an expression means.
fn manager_class(program: &Program, module: ModuleId, scope: Option<ClassId>, expr: &Expr) -> Option<ManagerClass> {
    manager_class_by(program, module, scope, expr, &mut Vec::new())
}

/// As `manager_class`; `followed` are the variables that led here.
fn manager_class_by(
    program: &Program,
    module: ModuleId,
    scope: Option<ClassId>,
    expr: &Expr,
    followed: &mut Vec<(ModuleId, Name)>,
) -> Option<ManagerClass> {
    if let Some((base, queryset)) = from_queryset(expr) {
        let queryset = queryset.and_then(|queryset| resolved_class(program, module, scope, queryset));
        return Some(combined(manager_class_by(program, module, scope, base, followed), queryset));
    }
    match program.resolve_expr(module, scope, expr) {
        Some(Binding::Class(class)) => of_class(program, class),
        Some(Binding::External(path)) => of_path(&path),
        // `BookManager = BookManager.from_queryset(BookQuerySet)`: the class that had the name before.
        Some(Binding::Variable(home, name)) if followed.contains(&(home, name)) => {
            let is_meant =
                |class: &&ClassInfo| class.module == home && class.outer.is_none() && class.class.name == name;
            program.classes.iter().find(is_meant).and_then(|class| of_class(program, class.id))
        }
        Some(Binding::Variable(home, name)) => {
            let value = program.assignment(home, name).filter(|value| from_queryset(value).is_some())?;
            followed.push((home, name));
            manager_class_by(program, home, None, value, followed)
        }
        _ => last_name(expr).filter(|name| is_manager_name(name)).map(|_| ManagerClass::Unknown),
    }
}

/// `Base.from_queryset(QuerySet)`. A base of some package keeps to the rows and methods that every manager has; what the
/// queryset adds is known.
fn combined(base: Option<ManagerClass>, queryset: Option<ClassId>) -> ManagerClass {
    match (base, queryset) {
        (Some(ManagerClass::Manager(base, _)), Some(queryset)) => ManagerClass::Manager(base, Some(queryset)),
        (Some(ManagerClass::Builtin | ManagerClass::Unknown) | None, Some(queryset)) => {
            ManagerClass::QuerySet(queryset)
        }
        _ => ManagerClass::Unknown,
    }
}

/// A class of the project is a manager when it inherits from one; the queryset class may come from any base.
fn of_class(program: &Program, class: ClassId) -> Option<ManagerClass> {
    let info = program.class(class);
    if is_django_manager(&program.class_path(ClassRef::Known(class))) {
        return Some(ManagerClass::Builtin);
    }
    let inherits = info.mro.iter().any(|base| match base {
        ClassRef::External(path) => of_path(path).is_some(),
        ClassRef::Known(id) => {
            let base = program.class(*id);
            program.module(base.module).is_stub && is_manager_name(&base.class.name)
                || is_django_manager(&program.class_path(ClassRef::Known(*id)))
        }
    });
    let queryset = info.mro.iter().find_map(|base| match base {
        ClassRef::Known(id) => queryset_of_bases(program, *id),
        ClassRef::External(_) => None,
    });
    (inherits || queryset.is_some()).then_some(ManagerClass::Manager(class, queryset))
}

/// `class BookManager(models.Manager.from_queryset(BookQuerySet))`, directly or through a variable.
fn queryset_of_bases(program: &Program, class: ClassId) -> Option<ClassId> {
    let info = program.class(class);
    info.class.bases.iter().find_map(|base| {
        if let Some((_, queryset)) = from_queryset(&base.value) {
            return resolved_class(program, info.module, info.outer, queryset?);
        }
        let Some(Binding::Variable(home, name)) = program.resolve_expr(info.module, info.outer, &base.value) else {
            return None;
        };
        let (_, queryset) = from_queryset(program.assignment(home, name)?)?;
        resolved_class(program, home, None, queryset?)
    })
}

fn of_path(path: &str) -> Option<ManagerClass> {
    let name = path.rsplit('.').next().unwrap_or_default();
    if !is_manager_name(name) {
        return None;
    }
    Some(if is_django_manager(path) { ManagerClass::Builtin } else { ManagerClass::Unknown })
}

/// `Manager` and `BaseManager` under the paths that Django gives them.
fn is_django_manager(path: &str) -> bool {
    let homes = ["django.db.models.", "django.contrib.gis.db.models."];
    homes.iter().any(|home| path.starts_with(home)) && path.ends_with("Manager")
}

/// Names of manager classes; a `TaggableManager` is a relation.
fn is_manager_name(name: &str) -> bool {
    name.ends_with("Manager") && !name.ends_with("TaggableManager")
}

/// `X.from_queryset(Q)`: `X` and `Q`.
fn from_queryset(expr: &Expr) -> Option<(&Expr, Option<&Expr>)> {
    let ExprKind::Call { function, arguments } = &expr.kind else { return None };
    let base = receiver(function, "from_queryset")?;
    Some((base, arguments.first().map(|Argument { value, .. }| value)))
}

fn receiver<'a>(function: &'a Expr, method: &str) -> Option<&'a Expr> {
    match &function.kind {
        ExprKind::Attribute { value, name, .. } if *name == method => Some(value),
        _ => None,
    }
}

fn resolved_class(program: &Program, module: ModuleId, scope: Option<ClassId>, expr: &Expr) -> Option<ClassId> {
    match program.resolve_expr(module, scope, expr)? {
        Binding::Class(class) => Some(class),
        _ => None,
    }
}
