//! Where a name stands: module, class body, or function with names of its own; and what dotted paths mean there.

use rustc_hash::FxHashMap;

use super::super::program::{Binding, ClassId, ModuleId, Program};
use crate::syntax::Name;
use crate::syntax::ir::{Constant, Expr, ExprKind, Function, Span, StmtKind};

/// Names bound inside a function.
#[derive(Debug, Default)]
pub(super) struct Locals<'a> {
    /// What imports bind.
    pub imports: FxHashMap<Name, Binding>,
    /// What assignments bind, by their last value.
    pub values: FxHashMap<Name, &'a Expr>,
}

/// A place that names are looked up from.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// The program.
    pub program: &'a Program,
    /// The module.
    pub module: ModuleId,
    /// The class whose body it is.
    pub class: Option<ClassId>,
    /// The names of the function, where it is one.
    pub locals: Option<&'a Locals<'a>>,
}

/// What a path means.
pub(super) enum Meaning<'a> {
    /// A class.
    Class(ClassId),
    /// A variable's value, and where it is written.
    Value(&'a Expr, Scope<'a>),
    /// Anything else that has a name.
    Other(Binding),
}

impl<'a> Scope<'a> {
    /// The top level of a module.
    pub fn of_module(program: &'a Program, module: ModuleId) -> Self {
        Scope { program, module, class: None, locals: None }
    }

    /// The body of a class.
    pub fn of_class(program: &'a Program, class: ClassId) -> Self {
        Scope { program, module: program.class(class).module, class: Some(class), locals: None }
    }

    /// What a chain of names, a lambda that returns one, or a text that spells one means.
    pub fn meaning(&self, expr: &Expr) -> Option<Meaning<'a>> {
        self.meaning_of(&path(expr)?)
    }

    /// What a dotted path means.
    pub fn meaning_of(&self, path: &[Name]) -> Option<Meaning<'a>> {
        let (first, rest) = path.split_first()?;
        if let Some(value) = self.locals.and_then(|locals| locals.values.get(first)) {
            return rest.is_empty().then_some(Meaning::Value(value, *self));
        }
        if let Some(value) = self.class_value(path) {
            return Some(Meaning::Value(value, *self));
        }
        let mut binding = self.start(*first)?;
        for part in rest {
            binding = self.program.attribute(&self.followed(binding), *part)?;
        }
        Some(self.described(self.followed(binding)))
    }

    /// A name that the class body assigns.
    fn class_value(&self, path: &[Name]) -> Option<&'a Expr> {
        let ([name], Some(class)) = (path, self.class) else { return None };
        self.program.class_assignment(class, *name).filter(|value| matches!(value.kind, ExprKind::Call { .. }))
    }

    fn start(&self, name: Name) -> Option<Binding> {
        let imported = self.locals.and_then(|locals| locals.imports.get(&name)).cloned();
        imported.or_else(|| self.program.lookup(self.module, name))
    }

    /// A plain alias (`Writer = Author`) is followed to what it names.
    fn followed(&self, binding: Binding) -> Binding {
        let Binding::Variable(module, name) = &binding else { return binding };
        let value = self.program.assignment(*module, *name);
        let alias = value.filter(|value| matches!(value.kind, ExprKind::Name(_) | ExprKind::Attribute { .. }));
        alias.and_then(|value| self.program.resolve_expr(*module, None, value)).unwrap_or(binding)
    }

    fn described(&self, binding: Binding) -> Meaning<'a> {
        match binding {
            Binding::Class(class) => Meaning::Class(class),
            Binding::Variable(module, name) => match self.program.assignment(module, name) {
                Some(value) => Meaning::Value(value, Scope::of_module(self.program, module)),
                None => Meaning::Other(binding),
            },
            _ => Meaning::Other(binding),
        }
    }

    /// The text that an expression is: a literal, or a variable or class attribute that holds one.
    pub fn text(&self, expr: &Expr) -> Option<Name> {
        if let ExprKind::Constant(Constant::Text(text)) = &expr.kind {
            return Some(*text);
        }
        if let ExprKind::Attribute { value, name, .. } = &expr.kind
            && let Some(Meaning::Class(class)) = self.meaning(value)
        {
            let value = self.program.class_assignment(class, *name)?;
            return super::super::resolve::text(value);
        }
        match self.meaning(expr)? {
            Meaning::Value(value, _) => super::super::resolve::text(value),
            _ => None,
        }
    }

    /// The source of an expression in this scope's file; a text literal stands for the code it holds.
    pub fn source(&self, expr: &Expr) -> &'a str {
        match &expr.kind {
            ExprKind::Constant(Constant::Text(text)) => text.as_str(),
            _ => self.source_at(expr.span),
        }
    }

    /// The source of a span in this scope's file.
    pub fn source_at(&self, span: Span) -> &'a str {
        let file = self.program.files.get(self.program.module(self.module).file.0 as usize);
        file.and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or_default()
    }
}

/// `a.b.c`, `"a.b.c"`, `lambda: a.b.c`, and what is subscripted: the names.
pub(super) fn path(expr: &Expr) -> Option<Vec<Name>> {
    match &expr.kind {
        ExprKind::Name(name) => Some(vec![*name]),
        ExprKind::Attribute { value, name, .. } => {
            let mut parts = path(value)?;
            parts.push(*name);
            Some(parts)
        }
        ExprKind::Constant(Constant::Text(text)) => path_of_text(text),
        ExprKind::Lambda(function) => path(returned(function)?),
        ExprKind::Subscript { value, index } => {
            let mut parts = path(value)?;
            // `books.c["author_id"]`
            if let ExprKind::Constant(Constant::Text(column)) = &index.kind
                && parts.last().is_some_and(|last| last == "c" || last == "columns")
            {
                parts.push(*column);
            }
            Some(parts)
        }
        _ => None,
    }
}

/// The names of `a.b.c`; `None` for any other text.
pub(super) fn path_of_text(text: &str) -> Option<Vec<Name>> {
    let text = text.trim();
    let is_name = |part: &str| {
        !part.is_empty()
            && part.chars().all(|character| character.is_alphanumeric() || character == '_')
            && !part.starts_with(|character: char| character.is_ascii_digit())
    };
    text.split('.').all(is_name).then(|| text.split('.').map(Name::new).collect())
}

/// What a function returns, where it is one expression; a local variable is followed.
pub(super) fn returned(function: &Function) -> Option<&Expr> {
    let statements = function.body.statements();
    let mut value = None;
    super::super::flow::walk(statements, Default::default(), &mut |statement, _| {
        if let StmtKind::Return(Some(expr)) = &statement.kind
            && !matches!(expr.kind, ExprKind::Constant(Constant::None))
        {
            value = Some(expr);
        }
    });
    match value.map(|value| &value.kind) {
        Some(ExprKind::Name(name)) => super::super::flow::last_value(statements, *name).or(value),
        _ => value,
    }
}
