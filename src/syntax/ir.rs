//! The intermediate representation: Python code as the interpreter reads it, without tree-sitter.
//!
//! It is a plain tree. Every expression carries its span in the file; function bodies are lowered on first demand
//! (`Body`). Templates lower to the same tree, with spans that point into the template.

use serde::{Deserialize, Serialize};

use std::sync::Arc;

use super::body::Body;
use super::name::Name;
use crate::source::FileId;

/// A range of bytes in a file: `start` inclusive, `end` exclusive, 0-based.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// An expression and where it stands.
#[derive(Debug)]
pub struct Expr {
    /// The whole expression.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

impl Expr {
    /// Whether it is the literal `None`.
    pub fn is_none(&self) -> bool {
        matches!(self.kind, ExprKind::Constant(Constant::None))
    }
}

/// A literal without parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// `None`
    None,
    /// `...`
    Ellipsis,
    /// `True`, `False`
    Bool(bool),
    /// An integer that fits; larger ones are `Number`.
    Int(i64),
    /// A float, a complex number or a large integer.
    Number,
    /// A text literal, escapes decoded where simple; implicit concatenation is joined.
    Text(Name),
    /// A bytes literal.
    Bytes,
}

/// Kinds of expression. `Unsupported` stands for what could not be lowered: it evaluates to an unknown value.
#[derive(Debug)]
#[allow(missing_docs)] // each variant shows the Python it stands for
pub enum ExprKind {
    /// A literal.
    Constant(Constant),
    /// `name`
    Name(Name),
    /// `value.name`; `name_span` covers the name alone.
    Attribute { value: Box<Expr>, name: Name, name_span: Span },
    /// `value[index]`
    Subscript { value: Box<Expr>, index: Box<Expr> },
    /// `lower:upper:step` inside a subscript
    Slice { lower: Option<Box<Expr>>, upper: Option<Box<Expr>>, step: Option<Box<Expr>> },
    /// `function(arguments)`
    Call { function: Box<Expr>, arguments: Vec<Argument> },
    /// `a, b`; elements may be `Starred`
    Tuple(Vec<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{a, b}`
    Set(Vec<Expr>),
    /// `{k: v, **other}`; a `None` key is a `**` item
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `*value`
    Starred(Box<Expr>),
    /// `not x`, `-x`, `~x`, `+x`
    Unary { operator: UnaryOperator, operand: Box<Expr> },
    /// `left + right` and the other arithmetic operators
    Binary { left: Box<Expr>, operator: BinaryOperator, right: Box<Expr> },
    /// `a and b`, `a or b`: two or more values
    Bool { and: bool, values: Vec<Expr> },
    /// `left < a <= b`
    Compare { left: Box<Expr>, rest: Vec<(Comparison, Expr)> },
    /// `body if test else orelse`
    Conditional { test: Box<Expr>, body: Box<Expr>, orelse: Box<Expr> },
    /// `lambda a: body`; the body is one `Return`
    Lambda(Arc<Function>),
    /// A comprehension or generator expression
    Comprehension { kind: ComprehensionKind, element: Box<Expr>, value: Option<Box<Expr>>, clauses: Vec<Clause> },
    /// An f-string: the interpolated expressions, in order, with their conversion (`r`, `s`, `a`) where written
    Format(Vec<(Expr, Option<char>)>),
    /// `await value`
    Await(Box<Expr>),
    /// `yield value`
    Yield(Option<Box<Expr>>),
    /// `yield from value`
    YieldFrom(Box<Expr>),
    /// `(name := value)`
    Walrus { name: Name, value: Box<Expr> },
    /// A variable lookup of a template language: dictionary key, then attribute, then index; the result is called.
    Lookup { value: Box<Expr>, name: Name, name_span: Span },
    /// Something that could not be lowered
    Unsupported,
}

/// One argument of a call or one base of a class.
#[derive(Debug)]
pub struct Argument {
    /// How it is passed.
    pub kind: ArgumentKind,
    /// Its value (without the stars).
    pub value: Expr,
}

/// How an argument is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// `f(x)`
    Positional,
    /// `f(name=x)`
    Keyword(Name),
    /// `f(*x)`
    Star,
    /// `f(**x)`
    DoubleStar,
}

/// Unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum UnaryOperator {
    Not,
    Minus,
    Plus,
    Invert,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    MatrixMultiply,
    LeftShift,
    RightShift,
    And,
    Or,
    Xor,
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Is,
    IsNot,
    In,
    NotIn,
}

impl Comparison {
    /// Its sign; that of the opposite, where it denies one.
    pub fn positive(self) -> &'static str {
        match self {
            Comparison::Is | Comparison::IsNot => "is",
            Comparison::Equal | Comparison::NotEqual => "==",
            Comparison::In | Comparison::NotIn => "in",
            Comparison::Less => "<",
            Comparison::LessEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterEqual => ">=",
        }
    }
}

/// What a comprehension makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ComprehensionKind {
    List,
    Set,
    Dict,
    Generator,
}

/// `for target in iterable if conditions`
#[derive(Debug)]
pub struct Clause {
    /// Where the clause stands, from `for` to the last condition.
    pub span: Span,
    /// What is bound.
    pub target: Expr,
    /// What is walked.
    pub iterable: Expr,
    /// The `if` parts.
    pub conditions: Vec<Expr>,
    /// `async for`
    pub is_async: bool,
}

/// A statement; `span` covers the whole statement for simple ones and the header alone for compound ones.
#[derive(Debug)]
pub struct Stmt {
    /// Simple statement or header.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// Kinds of statement.
#[derive(Debug)]
#[allow(missing_docs)] // each variant shows the Python it stands for
pub enum StmtKind {
    /// An expression for its effect.
    Expr(Expr),
    /// `a = b = value`
    Assign { targets: Vec<Expr>, value: Expr },
    /// `target: annotation = value`
    Annotated { target: Expr, annotation: Arc<Expr>, value: Option<Expr> },
    /// `target += value`
    Augmented { target: Expr, operator: BinaryOperator, value: Expr },
    /// `for target in iterable: body else: orelse`
    For { target: Expr, iterable: Expr, body: Vec<Stmt>, orelse: Vec<Stmt>, is_async: bool },
    /// `while test: body else: orelse`
    While { test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt> },
    /// `if test: body else: orelse` (an `elif` is an `If` inside `orelse`)
    If { test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt> },
    /// `try`
    Try { body: Vec<Stmt>, handlers: Vec<Handler>, orelse: Vec<Stmt>, finally: Vec<Stmt> },
    /// `with a as b, c: body`
    With { items: Vec<(Expr, Option<Expr>)>, body: Vec<Stmt>, is_async: bool },
    /// `match subject:`
    Match { subject: Expr, cases: Vec<Case> },
    /// `return value`
    Return(Option<Expr>),
    /// `raise value from cause`
    Raise(Option<Expr>),
    /// `assert test, message`
    Assert { test: Expr, message: Option<Expr> },
    /// `del a, b`
    Delete(Vec<Expr>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `pass`, and statements that cannot matter
    Pass,
    /// `global a, b`
    Global(Vec<Name>),
    /// `nonlocal a, b`
    Nonlocal(Vec<Name>),
    /// `import a.b as c, d`: dotted path and alias
    Import(Vec<(Name, Option<Name>)>),
    /// `from ..a import b as c`; `names` empty means `*`
    ImportFrom { level: u32, module: Option<Name>, names: Vec<(Name, Option<Name>)> },
    /// `def`
    Function(Arc<Function>),
    /// `class`
    Class(Arc<Class>),
    /// Template output: the value becomes text where it stands.
    Emit(Expr),
}

/// `except kinds as name: body`
#[derive(Debug)]
pub struct Handler {
    /// The exception expression.
    pub kinds: Option<Expr>,
    /// The bound name.
    pub name: Option<Name>,
    /// What runs.
    pub body: Vec<Stmt>,
}

/// `case pattern if guard: body`; the pattern keeps what the interpreter needs: the names it binds.
#[derive(Debug)]
pub struct Case {
    /// Names bound by a capture pattern, with the attributes from the subject to what the name takes: none for the whole
    /// subject, and `None` for an element of a sequence or mapping.
    pub binds: Vec<(Name, Option<Vec<Name>>)>,
    /// The attributes that class patterns read, each from the subject on, with its place.
    pub reads: Vec<(Vec<Name>, Span)>,
    /// True for `case _` and a bare capture.
    pub irrefutable: bool,
    /// The text of a pattern that is one number, text or constant.
    pub literal: Option<Name>,
    /// The class of a pattern that asks for an instance, and whether it asks for nothing else: `case Author():`.
    pub class: Option<(Expr, bool)>,
    /// The `if` part.
    pub guard: Option<Expr>,
    /// What runs.
    pub body: Vec<Stmt>,
}

/// A function or lambda.
#[derive(Debug)]
pub struct Function {
    /// The file it stands in.
    pub file: FileId,
    /// `def` to the colon (or the whole lambda); `start` identifies the function within its file.
    pub span: Span,
    /// Its name; `<lambda>` for a lambda.
    pub name: Name,
    /// Dotted name within the module: `Class.method`, `outer.<locals>.inner`.
    pub qualified: Name,
    /// Parameters in order.
    pub parameters: Vec<Parameter>,
    /// Decorators, from the outermost to the innermost.
    pub decorators: Vec<Expr>,
    /// The return annotation.
    pub returns: Option<Arc<Expr>>,
    /// `async def`
    pub is_async: bool,
    /// The statements, lowered when first asked for.
    pub body: Body,
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// How it takes arguments.
    pub kind: ParameterKind,
    /// Its annotation.
    pub annotation: Option<Arc<Expr>>,
    /// Its default value.
    pub default: Option<Expr>,
}

/// How a parameter takes arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// Before a `/`
    PositionalOnly,
    /// The ordinary kind
    Normal,
    /// After a `*`
    KeywordOnly,
    /// `*args`
    Star,
    /// `**kwargs`
    DoubleStar,
}

/// A class.
#[derive(Debug)]
pub struct Class {
    /// The file it stands in.
    pub file: FileId,
    /// `class` to the colon; `start` identifies the class within its file.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Dotted name within the module.
    pub qualified: Name,
    /// Bases and keywords (`metaclass=`, `table=True`).
    pub bases: Vec<Argument>,
    /// Decorators, from the outermost to the innermost.
    pub decorators: Vec<Expr>,
    /// The statements of its body, in order.
    pub body: Vec<Stmt>,
}

/// A module: its top-level statements, with function bodies not yet lowered.
#[derive(Debug)]
pub struct Outline {
    /// The file.
    pub file: FileId,
    /// Top-level statements in order.
    pub body: Vec<Stmt>,
    /// Blocks that could not be parsed: where, and what was wrong.
    pub errors: Vec<SyntaxProblem>,
}

/// A block that could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxProblem {
    /// The first place that did not parse.
    pub span: Span,
    /// The block that is left out because of it.
    pub block: Span,
    /// What is wrong, lower case, without a full stop.
    pub message: String,
}
