//! What a `declared_attr` function returns for one class: conditions on the constants of that class are decided.
//!
//! ```py
//! class LinkMixin:
//!     kinds = frozenset(Kind)
//!
//!     @declared_attr
//!     def room(cls):
//!         if Kind.room in cls.kinds:
//!             return relationship("Room")
//!
//! class Note(LinkMixin, Base):
//!     kinds = LinkMixin.kinds - {Kind.room}
//! ```

use super::super::flow::last_value;
use super::super::program::{ClassId, ClassRef, Program};
use super::scope::{Meaning, Scope, path};
use crate::syntax::Name;
use crate::syntax::ir::{
    BinaryOperator, Comparison, Constant, Expr, ExprKind, Function, Stmt, StmtKind, UnaryOperator,
};

/// Constants made of constants are followed so far.
const DEEPEST: usize = 8;

/// What a function returns for a class.
pub(super) enum Choice<'a> {
    /// This.
    Value(&'a Expr),
    /// `None`
    Nothing,
    /// That depends on a constant of the class that is not known.
    Doubtful,
    /// That depends on something else.
    Open,
}

/// What a `declared_attr` function written in `scope` returns for a class.
pub(super) fn returned_for<'a>(
    program: &'a Program,
    class: ClassId,
    scope: Scope<'a>,
    function: &'a Function,
) -> Choice<'a> {
    let own = function.parameters.first().map_or_else(|| Name::new("cls"), |parameter| parameter.name);
    let reader = Reader { program, class, own };
    let statements = function.body.statements();
    match reader.run(scope, statements) {
        None => Choice::Nothing,
        Some(Choice::Value(value)) => match value.kind {
            ExprKind::Name(name) => last_value(statements, name).map_or(Choice::Open, Choice::Value),
            _ => Choice::Value(value),
        },
        Some(choice) => choice,
    }
}

/// The members of a set, by their last name: all of an enumeration but these, or these alone.
struct Members {
    is_all: bool,
    names: Vec<Name>,
}

impl Members {
    fn has(&self, name: Name) -> bool {
        self.is_all != self.names.contains(&name)
    }

    fn without(mut self, other: &Members) -> Option<Members> {
        if other.is_all {
            return None;
        }
        match self.is_all {
            true => self.names.extend(&other.names),
            false => self.names.retain(|name| !other.names.contains(name)),
        }
        Some(self)
    }

    fn with(mut self, other: Members) -> Option<Members> {
        if self.is_all || other.is_all {
            return None;
        }
        self.names.extend(other.names);
        Some(self)
    }
}

struct Reader<'a> {
    program: &'a Program,
    class: ClassId,
    /// The parameter that the class is passed as.
    own: Name,
}

impl<'a> Reader<'a> {
    /// What a block returns; `None` where it is run to its end.
    fn run(&self, scope: Scope<'a>, statements: &'a [Stmt]) -> Option<Choice<'a>> {
        for statement in statements {
            match &statement.kind {
                StmtKind::Return(value) => {
                    let value = value.as_ref().filter(|value| !value.is_none());
                    return Some(value.map_or(Choice::Nothing, Choice::Value));
                }
                StmtKind::Raise { .. } => return Some(Choice::Nothing),
                StmtKind::If { test, body, orelse } => {
                    let branch = match self.truth(scope, test) {
                        Some(true) => body,
                        Some(false) => orelse,
                        None if self.asks_class(test) => return Some(Choice::Doubtful),
                        None => return Some(Choice::Open),
                    };
                    if let Some(choice) = self.run(scope, branch) {
                        return Some(choice);
                    }
                }
                StmtKind::For { .. } | StmtKind::While { .. } | StmtKind::Try { .. } | StmtKind::With { .. } => {
                    return Some(Choice::Open);
                }
                StmtKind::Match { .. } => return Some(Choice::Open),
                _ => {}
            }
        }
        None
    }

    fn truth(&self, scope: Scope<'a>, test: &'a Expr) -> Option<bool> {
        match &test.kind {
            ExprKind::Unary { operator: UnaryOperator::Not, operand } => Some(!self.truth(scope, operand)?),
            ExprKind::Bool { and, values } => {
                let truths: Vec<Option<bool>> = values.iter().map(|value| self.truth(scope, value)).collect();
                let decides = truths.contains(&Some(!and));
                if decides { Some(!and) } else { truths.into_iter().collect::<Option<Vec<bool>>>().map(|_| *and) }
            }
            ExprKind::Compare { left, rest } => {
                let [(comparison @ (Comparison::In | Comparison::NotIn), right)] = rest.as_slice() else { return None };
                let has = self.members(scope, right, DEEPEST)?.has(key(left)?);
                Some(has == (*comparison == Comparison::In))
            }
            ExprKind::Constant(Constant::Bool(truth)) => Some(*truth),
            ExprKind::Constant(Constant::None) => Some(false),
            ExprKind::Constant(Constant::Text(text)) => Some(!text.is_empty()),
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                let (value, home) = self.constant(scope, test)?;
                // A constant that names another is not followed, so that none is followed in a circle.
                matches!(value.kind, ExprKind::Constant(_)).then(|| self.truth(home, value))?
            }
            _ => None,
        }
    }

    fn members(&self, scope: Scope<'a>, set: &'a Expr, depth: usize) -> Option<Members> {
        let depth = depth.checked_sub(1)?;
        match &set.kind {
            ExprKind::Set(items) | ExprKind::List(items) | ExprKind::Tuple(items) => {
                Some(Members { is_all: false, names: items.iter().map(key).collect::<Option<_>>()? })
            }
            ExprKind::Call { function, arguments } => {
                let is_made = ["frozenset", "set", "tuple", "list"];
                if !matches!(function.kind, ExprKind::Name(name) if is_made.contains(&name.as_str())) {
                    return None;
                }
                match arguments.as_slice() {
                    [] => Some(Members { is_all: false, names: Vec::new() }),
                    [one] => self.members(scope, &one.value, depth),
                    _ => None,
                }
            }
            ExprKind::Binary { left, operator, right } => {
                let (left, right) = (self.members(scope, left, depth)?, self.members(scope, right, depth)?);
                match operator {
                    BinaryOperator::Subtract => left.without(&right),
                    BinaryOperator::Or => left.with(right),
                    _ => None,
                }
            }
            // `set(Kind)`
            _ if matches!(scope.meaning(set), Some(Meaning::Class(_))) => {
                Some(Members { is_all: true, names: Vec::new() })
            }
            _ => {
                let (value, home) = self.constant(scope, set)?;
                self.members(home, value, depth)
            }
        }
    }

    /// The value of a name or an attribute of a class, and where it is written.
    fn constant(&self, scope: Scope<'a>, expr: &Expr) -> Option<(&'a Expr, Scope<'a>)> {
        let path = path(expr)?;
        let (name, holder) = path.split_last()?;
        match holder {
            [own] if *own == self.own => self.of_class(self.class, *name),
            [] => self.of_body(scope, *name).or_else(|| match scope.meaning_of(&path)? {
                Meaning::Value(value, home) => Some((value, home)),
                _ => None,
            }),
            holder => match scope.meaning_of(holder)? {
                Meaning::Class(class) => self.of_class(class, *name),
                _ => None,
            },
        }
    }

    fn of_class(&self, class: ClassId, name: Name) -> Option<(&'a Expr, Scope<'a>)> {
        self.program.class(class).mro.iter().find_map(|base| match base {
            ClassRef::Known(base) => self.of_body(Scope::of_class(self.program, *base), name),
            ClassRef::External(_) => None,
        })
    }

    fn of_body(&self, scope: Scope<'a>, name: Name) -> Option<(&'a Expr, Scope<'a>)> {
        let class = scope.class?;
        Some((self.program.class_assignment(class, name)?, Scope::of_class(self.program, class)))
    }

    /// Whether an expression reads an attribute of the class.
    fn asks_class(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Attribute { value, .. } => matches!(value.kind, ExprKind::Name(name) if name == self.own),
            ExprKind::Unary { operand, .. } => self.asks_class(operand),
            ExprKind::Bool { values, .. } => values.iter().any(|value| self.asks_class(value)),
            ExprKind::Compare { left, rest } => {
                self.asks_class(left) || rest.iter().any(|(_, value)| self.asks_class(value))
            }
            _ => false,
        }
    }
}

/// What a member of a set is told apart by: its last name, or its text.
fn key(expr: &Expr) -> Option<Name> {
    path(expr)?.last().copied()
}
