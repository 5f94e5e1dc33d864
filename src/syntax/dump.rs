//! The IR as compact s-expressions, for tests, snapshots and a look at what was understood.

use std::fmt::{self, Display, Formatter, Write};

use super::ir::*;
use super::name::Name;

/// Writes `(head item item)`, or `head` alone where there are no items.
fn list<'a>(f: &mut Formatter, head: &str, items: impl IntoIterator<Item = &'a dyn Display>) -> fmt::Result {
    write!(f, "({head}")?;
    items.into_iter().try_for_each(|item| write!(f, " {item}"))?;
    f.write_char(')')
}

/// Any number of things, in brackets.
struct Group<'a, T>(&'a [T]);

impl<T: Display> Display for Group<'_, T> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_char('[')?;
        for (index, item) in self.0.iter().enumerate() {
            let separator = if index > 0 { " " } else { "" };
            write!(f, "{separator}{item}")?;
        }
        f.write_char(']')
    }
}

/// A part that may be missing.
struct Maybe<'a, T>(Option<&'a T>);

impl<T: Display> Display for Maybe<'_, T> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_char('-'),
        }
    }
}

fn operator(value: impl fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

impl Display for Constant {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Constant::None => f.write_str("None"),
            Constant::Ellipsis => f.write_str("..."),
            Constant::Bool(true) => f.write_str("True"),
            Constant::Bool(false) => f.write_str("False"),
            Constant::Int(value) => value.fmt(f),
            Constant::Number => f.write_str("number"),
            Constant::Text(text) => write!(f, "{:?}", text.as_str()),
            Constant::Bytes => f.write_str("bytes"),
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match &self.kind {
            ExprKind::Constant(constant) => constant.fmt(f),
            ExprKind::Name(name) => name.fmt(f),
            ExprKind::Attribute { value, name, .. } => list(f, "attribute", [value as &dyn Display, name]),
            ExprKind::Lookup { value, name, .. } => list(f, "lookup", [value as &dyn Display, name]),
            ExprKind::Subscript { value, index } => list(f, "subscript", [value as &dyn Display, index]),
            ExprKind::Slice { lower, upper, step } => list(
                f,
                "slice",
                [&Maybe(lower.as_ref()) as &dyn Display, &Maybe(upper.as_ref()), &Maybe(step.as_ref())],
            ),
            ExprKind::Call { function, arguments } => list(f, "call", [function as &dyn Display, &Group(arguments)]),
            ExprKind::Tuple(elements) => list(f, "tuple", [&Group(elements) as &dyn Display]),
            ExprKind::List(elements) => list(f, "list", [&Group(elements) as &dyn Display]),
            ExprKind::Set(elements) => list(f, "set", [&Group(elements) as &dyn Display]),
            ExprKind::Starred(value) => list(f, "star", [value as &dyn Display]),
            ExprKind::Await(value) => list(f, "await", [value as &dyn Display]),
            ExprKind::Yield(value) => list(f, "yield", [&Maybe(value.as_ref()) as &dyn Display]),
            ExprKind::YieldFrom(value) => list(f, "yield-from", [value as &dyn Display]),
            ExprKind::Walrus { name, value } => list(f, "walrus", [name as &dyn Display, value]),
            ExprKind::Unsupported => f.write_str("unsupported"),
            _ => self.operation(f),
        }
    }
}

impl Expr {
    fn operation(&self, f: &mut Formatter) -> fmt::Result {
        match &self.kind {
            ExprKind::Dict(pairs) => dictionary(f, pairs),
            ExprKind::Unary { operator: sign, operand } => list(f, &operator(sign), [operand as &dyn Display]),
            ExprKind::Binary { left, operator: sign, right } => list(f, &operator(sign), [left as &dyn Display, right]),
            ExprKind::Bool { and, values } => {
                list(f, if *and { "all" } else { "any" }, [&Group(values) as &dyn Display])
            }
            ExprKind::Compare { left, rest } => comparison(f, left, rest),
            ExprKind::Conditional { test, body, orelse } => {
                list(f, "conditional", [test as &dyn Display, body, orelse])
            }
            ExprKind::Lambda(function) => {
                list(f, "lambda", [&Group(&function.parameters) as &dyn Display, &Group(function.body.statements())])
            }
            ExprKind::Comprehension { kind, element, value, clauses } => list(
                f,
                &format!("{}-comprehension", operator(kind)),
                [element as &dyn Display, &Maybe(value.as_ref()), &Group(clauses)],
            ),
            ExprKind::Format(parts) => interpolation(f, parts),
            _ => Ok(()),
        }
    }
}

fn dictionary(f: &mut Formatter, pairs: &[(Option<Expr>, Expr)]) -> fmt::Result {
    f.write_str("(dict")?;
    for (key, value) in pairs {
        write!(f, " ({} {value})", Maybe(key.as_ref()))?;
    }
    f.write_char(')')
}

fn comparison(f: &mut Formatter, left: &Expr, rest: &[(Comparison, Expr)]) -> fmt::Result {
    write!(f, "(compare {left}")?;
    for (sign, value) in rest {
        write!(f, " {} {value}", operator(sign))?;
    }
    f.write_char(')')
}

fn interpolation(f: &mut Formatter, parts: &[(Expr, Option<char>)]) -> fmt::Result {
    f.write_str("(format")?;
    for (value, conversion) in parts {
        write!(f, " {value}")?;
        conversion.map_or(Ok(()), |letter| write!(f, "!{letter}"))?;
    }
    f.write_char(')')
}

impl Display for Argument {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self.kind {
            ArgumentKind::Positional => self.value.fmt(f),
            ArgumentKind::Keyword(name) => write!(f, "{name}={}", self.value),
            ArgumentKind::Star => write!(f, "*{}", self.value),
            ArgumentKind::DoubleStar => write!(f, "**{}", self.value),
        }
    }
}

impl Display for Clause {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let head = if self.is_async { "async-for" } else { "for" };
        list(f, head, [&self.target as &dyn Display, &self.iterable, &Group(&self.conditions)])
    }
}

impl Display for Parameter {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let mark = match self.kind {
            ParameterKind::PositionalOnly => "/",
            ParameterKind::Normal => "",
            ParameterKind::KeywordOnly => "=",
            ParameterKind::Star => "*",
            ParameterKind::DoubleStar => "**",
        };
        write!(f, "{mark}{}", self.name)?;
        self.annotation.as_ref().map_or(Ok(()), |annotation| write!(f, ":{annotation}"))?;
        self.default.as_ref().map_or(Ok(()), |default| write!(f, "={default}"))
    }
}

impl Display for Stmt {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match &self.kind {
            StmtKind::Expr(value) => value.fmt(f),
            StmtKind::Emit(value) => list(f, "emit", [value as &dyn Display]),
            StmtKind::Assign { targets, value } => list(f, "assign", [&Group(targets) as &dyn Display, value]),
            StmtKind::Annotated { target, annotation, value } => {
                list(f, "annotate", [target as &dyn Display, annotation, &Maybe(value.as_ref())])
            }
            StmtKind::Augmented { target, operator: sign, value } => {
                list(f, &format!("{}=", operator(sign)), [target as &dyn Display, value])
            }
            StmtKind::Return(value) => list(f, "return", [&Maybe(value.as_ref()) as &dyn Display]),
            StmtKind::Raise(value) => list(f, "raise", [&Maybe(value.as_ref()) as &dyn Display]),
            StmtKind::Assert { test, message } => list(f, "assert", [test as &dyn Display, &Maybe(message.as_ref())]),
            StmtKind::Delete(targets) => list(f, "del", [&Group(targets) as &dyn Display]),
            StmtKind::Break => f.write_str("(break)"),
            StmtKind::Continue => f.write_str("(continue)"),
            StmtKind::Pass => f.write_str("(pass)"),
            StmtKind::Global(names) => list(f, "global", [&Group(names) as &dyn Display]),
            StmtKind::Nonlocal(names) => list(f, "nonlocal", [&Group(names) as &dyn Display]),
            StmtKind::Import(names) => imports(f, "import", names),
            StmtKind::ImportFrom { level, module, names } => {
                let dots = ".".repeat(*level as usize);
                imports(f, &format!("from {dots}{}", module.map_or("", |module| module.as_str())), names)
            }
            _ => self.compound(f),
        }
    }
}

impl Stmt {
    fn compound(&self, f: &mut Formatter) -> fmt::Result {
        match &self.kind {
            StmtKind::For { target, iterable, body, orelse, is_async } => {
                let head = if *is_async { "async-for" } else { "for" };
                list(f, head, [target as &dyn Display, iterable, &Group(body), &Group(orelse)])
            }
            StmtKind::While { test, body, orelse } => {
                list(f, "while", [test as &dyn Display, &Group(body), &Group(orelse)])
            }
            StmtKind::If { test, body, orelse } => list(f, "if", [test as &dyn Display, &Group(body), &Group(orelse)]),
            StmtKind::Try { body, handlers, orelse, finally } => {
                list(f, "try", [&Group(body) as &dyn Display, &Group(handlers), &Group(orelse), &Group(finally)])
            }
            StmtKind::With { items, body, is_async } => with(f, items, body, *is_async),
            StmtKind::Match { subject, cases } => list(f, "match", [subject as &dyn Display, &Group(cases)]),
            StmtKind::Function(function) => function.fmt(f),
            StmtKind::Class(class) => class.fmt(f),
            _ => Ok(()),
        }
    }
}

fn imports(f: &mut Formatter, head: &str, names: &[(Name, Option<Name>)]) -> fmt::Result {
    write!(f, "({head}")?;
    for (name, alias) in names {
        write!(f, " {name}")?;
        alias.map_or(Ok(()), |alias| write!(f, "={alias}"))?;
    }
    f.write_char(')')
}

fn with(f: &mut Formatter, items: &[(Expr, Option<Expr>)], body: &[Stmt], is_async: bool) -> fmt::Result {
    f.write_str(if is_async { "(async-with" } else { "(with" })?;
    for (value, alias) in items {
        write!(f, " ({value} {})", Maybe(alias.as_ref()))?;
    }
    write!(f, " {})", Group(body))
}

impl Display for Handler {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        list(f, "except", [&Maybe(self.kinds.as_ref()) as &dyn Display, &Maybe(self.name.as_ref()), &Group(&self.body)])
    }
}

impl Display for Case {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(if self.irrefutable { "(case-any" } else { "(case" })?;
        for (name, path) in &self.binds {
            write!(f, " {name}")?;
            let Some(path) = path else { continue };
            f.write_str("=subject")?;
            path.iter().try_for_each(|part| write!(f, ".{part}"))?;
        }
        write!(f, " {} {})", Maybe(self.guard.as_ref()), Group(&self.body))
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "({} {}", if self.is_async { "async-def" } else { "def" }, self.qualified)?;
        self.decorators.iter().try_for_each(|decorator| write!(f, " @{decorator}"))?;
        write!(f, " {}", Group(&self.parameters))?;
        self.returns.as_ref().map_or(Ok(()), |returns| write!(f, " -> {returns}"))?;
        let mark = if self.body.lowered().is_generator { " generator" } else { "" };
        write!(f, "{mark} {})", Group(self.body.statements()))
    }
}

impl Display for Class {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "(class {}", self.qualified)?;
        self.decorators.iter().try_for_each(|decorator| write!(f, " @{decorator}"))?;
        write!(f, " {} {})", Group(&self.bases), Group(&self.body))
    }
}

/// One top-level statement a line; function bodies are lowered for it.
impl Display for Outline {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        self.body.iter().try_for_each(|statement| writeln!(f, "{statement}"))?;
        self.errors.iter().try_for_each(|error| writeln!(f, "! {}", error.message))
    }
}
