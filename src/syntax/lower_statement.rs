//! Simple statements: assignments, imports and the one-word kinds.

use std::sync::Arc;

use tree_sitter::Node;

use super::excerpt::Excerpt;
use super::grammar::{self, Field, Kind, child_of_kind, children, field, kind, named_children};
use super::ir::{BinaryOperator, Expr, ExprKind, Span, Stmt, StmtKind};
use super::lower::Lowerer;
use super::name::Name;

impl Lowerer<'_> {
    /// Lowers a statement of any kind.
    pub(super) fn statement(&mut self, node: Node) -> Stmt {
        let lowered = self.deeper(1, |this| this.compound(node).unwrap_or_else(|| this.simple(node)));
        lowered.unwrap_or_else(|| Stmt { span: self.span(node), kind: StmtKind::Pass })
    }

    fn simple(&mut self, node: Node) -> Stmt {
        let kind = match kind(node) {
            Kind::ExpressionStatement => self.expression_statement(node),
            Kind::Return => StmtKind::Return(self.optional_expressions(node)),
            Kind::Import => StmtKind::Import(self.imported(node)),
            Kind::ImportFrom => self.import_from(node),
            Kind::FutureImport => {
                StmtKind::ImportFrom { level: 0, module: Some(Name::new("__future__")), names: self.imported(node) }
            }
            Kind::Raise => self.raise(node),
            Kind::Assert => self.assert(node),
            Kind::Delete => self.delete(node),
            Kind::Break => StmtKind::Break,
            Kind::Continue => StmtKind::Continue,
            Kind::Pass => StmtKind::Pass,
            Kind::Global => StmtKind::Global(self.names(node)),
            Kind::Nonlocal => StmtKind::Nonlocal(self.names(node)),
            Kind::TypeAlias => self.type_alias(node),
            Kind::Print => self.python_2(node, "`print` statement of Python 2"),
            Kind::Exec => self.python_2(node, "`exec` statement of Python 2"),
            _ => self.python_2(node, "invalid syntax"),
        };
        Stmt { span: self.span(node), kind }
    }

    fn python_2(&mut self, node: Node, message: &'static str) -> StmtKind {
        self.fail(self.span(node), message);
        StmtKind::Pass
    }

    fn expression_statement(&mut self, node: Node) -> StmtKind {
        let parts = named_children(node);
        match parts.as_slice() {
            [only] if kind(*only) == Kind::Assignment => self.assignment(*only),
            [only] if kind(*only) == Kind::Augmented => self.augmented(*only),
            [only] if child_of_kind(node, Kind::Comma).is_none() => StmtKind::Expr(self.expression(*only)),
            parts => StmtKind::Expr(self.tuple_of(parts, self.span(node))),
        }
    }

    /// `a = b = value`, `a: type = value`: tree-sitter nests the chain to the right.
    fn assignment(&mut self, node: Node) -> StmtKind {
        if let Some(annotation) = field(node, Field::Type) {
            return self.annotated(node, annotation);
        }
        let mut targets = Vec::new();
        let mut current = node;
        loop {
            targets.extend(field(current, Field::Left).map(|left| self.expression(left)));
            match field(current, Field::Right) {
                Some(right) if kind(right) == Kind::Assignment => current = right,
                Some(right) => return StmtKind::Assign { targets, value: self.expression(right) },
                None => return StmtKind::Pass,
            }
        }
    }

    fn annotated(&mut self, node: Node, annotation: Node) -> StmtKind {
        let Some(left) = field(node, Field::Left) else { return StmtKind::Pass };
        let target = self.expression(left);
        let annotation = Arc::new(self.expression(annotation));
        let value = field(node, Field::Right).map(|right| self.expression(right));
        StmtKind::Annotated { target, annotation, value }
    }

    fn augmented(&mut self, node: Node) -> StmtKind {
        let (Some(left), Some(operator), Some(right)) =
            (field(node, Field::Left), field(node, Field::Operator), field(node, Field::Right))
        else {
            return StmtKind::Pass;
        };
        let target = self.expression(left);
        StmtKind::Augmented { target, operator: augmented_operator(kind(operator)), value: self.expression(right) }
    }

    /// `type Name[T] = value` is lowered as an assignment.
    fn type_alias(&mut self, node: Node) -> StmtKind {
        let (Some(left), Some(right)) = (field(node, Field::Left), field(node, Field::Right)) else {
            return StmtKind::Pass;
        };
        if self.text(left).starts_with('(') {
            return self.call_of_type(node);
        }
        let mut target = self.expression(left);
        if let ExprKind::Subscript { value, .. } = target.kind {
            target = *value;
        }
        StmtKind::Assign { targets: vec![target], value: self.expression(right) }
    }

    /// `type(a).b = value`, which tree-sitter takes for a type alias: parsed again under a name that is no keyword.
    fn call_of_type(&mut self, node: Node) -> StmtKind {
        let text = self.text(node).replacen("type", "tipe", 1);
        let excerpt = Excerpt::of_text(text, self.span(node).start);
        let Some(tree) = grammar::parse(&excerpt.text) else { return StmtKind::Pass };
        let Some(statement) = named_children(tree.root_node()).first().copied() else { return StmtKind::Pass };
        let mut lowerer = Lowerer::new(self.source, &excerpt, self.bodies, self.scope.clone());
        lowerer.depth = self.depth;
        let mut kind = lowerer.statement(statement).kind;
        if let StmtKind::Assign { targets, .. } = &mut kind
            && let Some(name) = targets.first_mut().and_then(innermost_name)
        {
            *name = Name::new("type");
        }
        kind
    }

    fn optional_expressions(&mut self, node: Node) -> Option<Expr> {
        named_children(node).first().map(|value| self.expression(*value))
    }

    fn raise(&mut self, node: Node) -> StmtKind {
        let cause = field(node, Field::Cause);
        let value = named_children(node).into_iter().find(|child| Some(*child) != cause);
        if let Some(list) = value.filter(|value| kind(*value) == Kind::ExpressionList) {
            return self.python_2(list, "`raise` with a comma, of Python 2");
        }
        StmtKind::Raise(value.map(|value| self.expression(value)))
    }

    fn assert(&mut self, node: Node) -> StmtKind {
        let mut parts = named_children(node).into_iter();
        let Some(test) = parts.next() else { return StmtKind::Pass };
        StmtKind::Assert { test: self.expression(test), message: parts.next().map(|message| self.expression(message)) }
    }

    fn delete(&mut self, node: Node) -> StmtKind {
        let mut parts = named_children(node);
        if let [list] = parts.as_slice()
            && kind(*list) == Kind::ExpressionList
        {
            parts = named_children(*list);
        }
        StmtKind::Delete(parts.into_iter().map(|part| self.expression(part)).collect())
    }

    fn names(&self, node: Node) -> Vec<Name> {
        named_children(node).into_iter().map(|name| self.name(name)).collect()
    }

    fn import_from(&mut self, node: Node) -> StmtKind {
        let (level, module) = field(node, Field::ModuleName).map_or((0, None), |module| self.module_name(module));
        StmtKind::ImportFrom { level, module, names: self.imported(node) }
    }

    fn module_name(&self, node: Node) -> (u32, Option<Name>) {
        if kind(node) != Kind::RelativeImport {
            return (0, Some(self.dotted(node)));
        }
        let prefix = child_of_kind(node, Kind::ImportPrefix).map_or("", |prefix| self.text(prefix));
        let dots = prefix.bytes().filter(|byte| *byte == b'.').count() as u32;
        (dots, child_of_kind(node, Kind::DottedName).map(|name| self.dotted(name)))
    }

    /// The names after `import`, with their aliases.
    fn imported(&self, node: Node) -> Vec<(Name, Option<Name>)> {
        let module = field(node, Field::ModuleName);
        let names = named_children(node).into_iter().filter(|child| Some(*child) != module);
        names.filter(|child| kind(*child) != Kind::WildcardImport).map(|child| self.imported_name(child)).collect()
    }

    fn imported_name(&self, node: Node) -> (Name, Option<Name>) {
        if kind(node) != Kind::AliasedImport {
            return (self.dotted(node), None);
        }
        let name = field(node, Field::Name).map_or(Name::new(""), |name| self.dotted(name));
        (name, field(node, Field::Alias).map(|alias| self.name(alias)))
    }

    /// A dotted name, without the blanks that may stand around its dots.
    pub(super) fn dotted(&self, node: Node) -> Name {
        let parts: Vec<&str> = named_children(node).into_iter().map(|part| self.text(part)).collect();
        if parts.is_empty() { self.name(node) } else { Name::new(&parts.join(".")) }
    }

    /// Several expressions that stand for a tuple without brackets.
    pub(super) fn tuple_of(&mut self, parts: &[Node], span: Span) -> Expr {
        let elements: Vec<Expr> = parts.iter().map(|part| self.expression(*part)).collect();
        Expr { span, kind: ExprKind::Tuple(elements) }
    }
}

/// The name that a chain of calls, attributes and subscripts starts with.
fn innermost_name(mut expression: &mut Expr) -> Option<&mut Name> {
    loop {
        match &mut expression.kind {
            ExprKind::Name(name) => return Some(name),
            ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => expression = value,
            ExprKind::Call { function, .. } => expression = function,
            _ => return None,
        }
    }
}

fn augmented_operator(token: Kind) -> BinaryOperator {
    match token {
        Kind::SubtractAssign => BinaryOperator::Subtract,
        Kind::MultiplyAssign => BinaryOperator::Multiply,
        Kind::DivideAssign => BinaryOperator::Divide,
        Kind::MatrixAssign => BinaryOperator::MatrixMultiply,
        Kind::FloorAssign => BinaryOperator::FloorDivide,
        Kind::ModuloAssign => BinaryOperator::Modulo,
        Kind::PowerAssign => BinaryOperator::Power,
        Kind::RightAssign => BinaryOperator::RightShift,
        Kind::LeftAssign => BinaryOperator::LeftShift,
        Kind::AndAssign => BinaryOperator::And,
        Kind::XorAssign => BinaryOperator::Xor,
        Kind::OrAssign => BinaryOperator::Or,
        _ => BinaryOperator::Add,
    }
}

/// Whether a statement's header starts with `async`.
pub(super) fn is_async(node: Node) -> bool {
    children(node).first().is_some_and(|first| kind(*first) == Kind::Async)
}
