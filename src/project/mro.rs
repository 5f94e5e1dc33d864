//! Bases and method resolution orders of all classes.

use super::program::{Binding, ClassId, ClassRef, Member, ModuleId, Program};
use super::resolve::last_name;
use crate::syntax::Name;
use crate::syntax::ir::{Argument, ArgumentKind, Expr, ExprKind, StmtKind};

/// Bases that add no attribute of their own; they would only make look-ups unsure.
const EMPTY_BASES: &[&str] = &["object", "typing.Generic", "typing_extensions.Generic", "abc.ABC"];

/// Fills `mro` and `subclasses` of every class.
pub(super) fn order(program: &mut Program) {
    let bases: Vec<Vec<ClassRef>> = program.classes.iter().map(|class| bases(program, class.id)).collect();
    let mut orders = Orders { bases: &bases, done: vec![None; bases.len()], open: vec![false; bases.len()] };
    for index in 0..bases.len() {
        program.classes[index].mro = orders.of(ClassId(index as u32));
    }
    for (index, bases) in bases.iter().enumerate() {
        for base in bases {
            if let ClassRef::Known(base) = base {
                program.classes[base.0 as usize].subclasses.push(ClassId(index as u32));
            }
        }
    }
}

fn bases(program: &Program, class: ClassId) -> Vec<ClassRef> {
    let info = program.class(class);
    let given = program.made_bases.get(&class);
    let mut found: Vec<ClassRef> = given.cloned().unwrap_or_default();
    for argument in &info.class.bases {
        if given.is_none() && matches!(argument.kind, ArgumentKind::Positional) {
            add_base(program, class, &argument.value, &mut found);
        }
    }
    let likely: Vec<ClassRef> = found.iter().filter_map(|base| likely_base(program, *base)).collect();
    for base in likely {
        if !found.contains(&base) {
            found.push(base);
        }
    }
    found
}

impl Program {
    /// The metaclass of the project that makes a class: its own, or that of the nearest of its bases.
    pub fn metaclass(&self, class: ClassId) -> Option<ClassId> {
        self.class(class).mro.iter().find_map(|base| match base {
            ClassRef::Known(base) => own_metaclass(self, *base),
            ClassRef::External(_) => None,
        })
    }
}

/// The metaclass that the header of a class names, itself or by what makes its base.
fn own_metaclass(program: &Program, class: ClassId) -> Option<ClassId> {
    let info = program.class(class);
    let maker = |decorator: &Expr| match &decorator.kind {
        ExprKind::Call { function, arguments } => {
            let is_maker = last_name(function)
                .is_some_and(|name| name.ends_with("as_declarative_base") || name == "as_declarative");
            keyword_metaclass(arguments).filter(|_| is_maker).and_then(|meta| known_class(program, info.module, meta))
        }
        _ => None,
    };
    let written = keyword_metaclass(&info.class.bases).and_then(|meta| known_class(program, info.module, meta));
    let bases = info.class.bases.iter().filter(|argument| argument.kind == ArgumentKind::Positional);
    written
        .or_else(|| info.class.decorators.iter().find_map(maker))
        .or_else(|| bases.into_iter().find_map(|base| metaclass_of_base(program, class, &base.value)))
}

/// `with_metaclass(Meta, Base)`, and `Base = declarative_base(metaclass=Meta)`
fn metaclass_of_base(program: &Program, class: ClassId, base: &Expr) -> Option<ClassId> {
    let info = program.class(class);
    if let Some(arguments) = with_metaclass(base) {
        return known_class(program, info.module, &arguments.first()?.value);
    }
    let Binding::Variable(home, name) = program.resolve_expr(info.module, info.outer, base)? else { return None };
    let ExprKind::Call { arguments, .. } = &program.assignment(home, name)?.kind else { return None };
    known_class(program, home, keyword_metaclass(arguments)?)
}

fn keyword_metaclass(arguments: &[Argument]) -> Option<&Expr> {
    let is_named = |argument: &&Argument| matches!(argument.kind, ArgumentKind::Keyword(name) if name == "metaclass");
    arguments.iter().find(is_named).map(|argument| &argument.value)
}

fn known_class(program: &Program, module: ModuleId, expr: &Expr) -> Option<ClassId> {
    match program.resolve_expr(module, None, expr)? {
        Binding::Class(id) => Some(id),
        _ => None,
    }
}

/// Names of classes that packages derive from one of a framework, and keep its name at the end of theirs.
const LIKELY: &[(&str, &str, &str)] = &[
    ("TabularInline", "django.contrib.admin.options", "TabularInline"),
    ("StackedInline", "django.contrib.admin.options", "StackedInline"),
    ("Admin", "django.contrib.admin.options", "ModelAdmin"),
    ("ModelSerializer", "rest_framework.serializers", "ModelSerializer"),
    ("ModelViewSet", "rest_framework.viewsets", "ModelViewSet"),
];

/// The containers of Python's that a class may extend, with the stub that says what it has from each.
const CONTAINERS: &[(&str, &str)] = &[
    ("collections.abc.Mapping", "UserMapping"),
    ("collections.abc.MutableMapping", "UserMapping"),
    ("list", "UserList"),
    ("typing.Mapping", "UserMapping"),
    ("typing.MutableMapping", "UserMapping"),
];

/// The class of a framework that a class outside most likely extends: `reversion.admin.VersionAdmin` is an admin class.
fn likely_base(program: &Program, base: ClassRef) -> Option<ClassRef> {
    let ClassRef::External(path) = base else { return None };
    if let Some((_, stub)) = CONTAINERS.iter().find(|(container, _)| path == *container) {
        return of_stub(program, "collections", stub);
    }
    let (home, name) = path.rsplit_once('.')?;
    let (_, module, target) = LIKELY.iter().find(|(end, _, _)| name.ends_with(end))?;
    if home == *module {
        return None;
    }
    of_stub(program, module, target)
}

fn of_stub(program: &Program, module: &str, class: &str) -> Option<ClassRef> {
    match program.lookup(*program.by_name.get(&Name::new(module))?, Name::new(class))? {
        Binding::Class(id) => Some(ClassRef::Known(id)),
        _ => None,
    }
}

fn add_base(program: &Program, class: ClassId, expr: &Expr, found: &mut Vec<ClassRef>) {
    if let Some(arguments) = with_metaclass(expr) {
        arguments.iter().skip(1).for_each(|argument| add_base(program, class, &argument.value, found));
        return;
    }
    let made = made_from(program, class, expr).filter(|base| !found.contains(base));
    found.extend(made);
    let base = base(program, class, expr);
    let is_empty = matches!(base, ClassRef::External(path) if EMPTY_BASES.contains(&path.as_str()));
    if !is_empty && base != ClassRef::Known(class) && !found.contains(&base) {
        found.push(base);
    }
}

/// `declarative_base(cls=Common)`, `SQLAlchemy(model_class=Common)`: the class which what they make inherits.
fn made_from(program: &Program, class: ClassId, expr: &Expr) -> Option<ClassRef> {
    let info = program.class(class);
    let maker = match &expr.kind {
        ExprKind::Attribute { value, name, .. } if *name == "Model" => value,
        _ => expr,
    };
    let Binding::Variable(home, variable) = program.resolve_expr(info.module, info.outer, maker)? else { return None };
    let given = common(program.assignment(home, variable)?)?;
    match program.resolve_expr(home, None, given)? {
        Binding::Class(id) if id != class => Some(ClassRef::Known(id)),
        _ => None,
    }
}

/// `Common` of `declarative_base(cls=Common)`, and of `SQLAlchemy(model_class=declarative_base(cls=Common))`.
fn common(maker: &Expr) -> Option<&Expr> {
    let ExprKind::Call { arguments, .. } = &maker.kind else { return None };
    let is_named = |argument: &&Argument| matches!(argument.kind, ArgumentKind::Keyword(name) if name == "cls" || name == "model_class");
    let given = &arguments.iter().find(is_named)?.value;
    common(given).or(Some(given))
}

/// `six.with_metaclass(Meta, Base)`: its arguments.
fn with_metaclass(expr: &Expr) -> Option<&[Argument]> {
    match &expr.kind {
        ExprKind::Call { function, arguments } if last_name(function)? == "with_metaclass" => Some(arguments),
        _ => None,
    }
}

fn base(program: &Program, class: ClassId, expr: &Expr) -> ClassRef {
    let info = program.class(class);
    let expr = queryset_base(expr).unwrap_or(expr);
    match program.resolve_expr(info.module, info.outer, expr) {
        Some(Binding::Class(id)) => ClassRef::Known(id),
        Some(Binding::External(path)) => ClassRef::External(path),
        // A variable that holds a class we can't name: `Base = declarative_base()` keeps its own path.
        Some(Binding::Variable(module, name)) => {
            let value = program.assignment(module, name).and_then(queryset_base);
            let followed = value.and_then(|value| program.resolve_expr(module, None, value));
            match followed {
                Some(Binding::Class(id)) => ClassRef::Known(id),
                Some(Binding::External(path)) => ClassRef::External(path),
                _ => ClassRef::External(Name::new(&format!("{}.{}", program.module(module).name, name))),
            }
        }
        _ => passed_on(program, info.module, expr).unwrap_or(ClassRef::External(written(expr))),
    }
}

/// `ma.Schema`, where `ma = Marshmallow()` and the class `Marshmallow` holds `Schema`.
fn passed_on(program: &Program, module: ModuleId, expr: &Expr) -> Option<ClassRef> {
    let ExprKind::Attribute { value, name, .. } = &expr.kind else { return None };
    let Binding::Variable(home, variable) = program.resolve_expr(module, None, value)? else { return None };
    let ExprKind::Call { function, .. } = &program.assignment(home, variable)?.kind else { return None };
    let Binding::Class(holder) = program.resolve_expr(home, None, function)? else { return None };
    let about = program.class(holder);
    match about.members.get(name)? {
        Member::Class(class) => Some(ClassRef::Known(*class)),
        Member::Variable(index) => {
            let StmtKind::Assign { value, .. } = &about.class.body.get(*index)?.kind else { return None };
            match program.resolve_expr(about.module, None, value)? {
                Binding::Class(class) => Some(ClassRef::Known(class)),
                _ => None,
            }
        }
        Member::Function(_) | Member::Property(_) => None,
    }
}

/// `Manager.from_queryset(QuerySet)` makes a subclass of `Manager`.
fn queryset_base(expr: &Expr) -> Option<&Expr> {
    let ExprKind::Call { function, .. } = &expr.kind else { return None };
    match &function.kind {
        ExprKind::Attribute { value, name, .. } if *name == "from_queryset" => Some(value),
        _ => None,
    }
}

/// The text of a chain of names; `<call>` and `<expression>` for what has none.
fn written(expr: &Expr) -> Name {
    match &expr.kind {
        ExprKind::Name(name) => *name,
        ExprKind::Attribute { value, name, .. } => Name::new(&format!("{}.{}", written(value), name)),
        ExprKind::Subscript { value, .. } => written(value),
        ExprKind::Call { .. } => Name::new("<call>"),
        _ => Name::new("<expression>"),
    }
}

/// C3 over all classes, each computed once.
struct Orders<'a> {
    bases: &'a [Vec<ClassRef>],
    done: Vec<Option<Vec<ClassRef>>>,
    open: Vec<bool>,
}

impl Orders<'_> {
    fn of(&mut self, class: ClassId) -> Vec<ClassRef> {
        let index = class.0 as usize;
        if let Some(order) = &self.done[index] {
            return order.clone();
        }
        self.open[index] = true;
        let order = self.compute(class);
        self.done[index] = Some(order.clone());
        order
    }

    fn compute(&mut self, class: ClassId) -> Vec<ClassRef> {
        let mut direct = self.bases[class.0 as usize].clone();
        direct.retain(|base| !self.closes_a_circle(*base));
        let inherited: Vec<Vec<ClassRef>> = direct.iter().map(|base| self.of_reference(*base)).collect();
        let mut lists = inherited.clone();
        lists.push(direct);
        let mut order = vec![ClassRef::Known(class)];
        match merge(lists) {
            Some(merged) => order.extend(merged),
            None => depth_first(inherited, &mut order),
        }
        order
    }

    /// A class that waits for its own base would extend itself. Python refuses such code; here the base is dropped, so that
    /// whoever follows bases of bases comes to an end.
    fn closes_a_circle(&self, base: ClassRef) -> bool {
        matches!(base, ClassRef::Known(id) if self.open[id.0 as usize] && self.done[id.0 as usize].is_none())
    }

    fn of_reference(&mut self, base: ClassRef) -> Vec<ClassRef> {
        match base {
            ClassRef::Known(id) => self.of(id),
            ClassRef::External(_) => vec![base],
        }
    }
}

/// The C3 merge; `None` where no consistent order exists.
fn merge(mut lists: Vec<Vec<ClassRef>>) -> Option<Vec<ClassRef>> {
    let mut merged = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Some(merged);
        }
        let free = |head: &ClassRef| lists.iter().all(|list| !list[1..].contains(head));
        let head = lists.iter().map(|list| list[0]).find(free)?;
        merged.push(head);
        for list in &mut lists {
            if list[0] == head {
                list.remove(0);
            }
        }
    }
}

fn depth_first(inherited: Vec<Vec<ClassRef>>, order: &mut Vec<ClassRef>) {
    for entry in inherited.into_iter().flatten() {
        if !order.contains(&entry) {
            order.push(entry);
        }
    }
}
