//! Functions, classes, decorators, parameters and lambdas.

use std::sync::Arc;

use tree_sitter::Node;

use super::body::{Body, Lowered};
use super::grammar::{Field, Kind, child_of_kind, field, kind, named_children};
use super::ir::{Class, Expr, ExprKind, Function, Parameter, ParameterKind, Span, Stmt, StmtKind};
use super::lower::Lowerer;
use super::lower_statement::is_async;
use super::name::Name;

impl Lowerer<'_> {
    /// `@decorator` lines and what they decorate.
    pub(super) fn decorated(&mut self, node: Node) -> Stmt {
        let decorators = named_children(node).into_iter().filter(|child| kind(*child) == Kind::Decorator);
        let expressions = decorators.filter_map(|decorator| named_children(decorator).first().copied());
        let expressions: Vec<Expr> = expressions.map(|expression| self.expression(expression)).collect();
        match field(node, Field::Definition) {
            Some(class) if kind(class) == Kind::Class => self.class_statement(class, expressions),
            Some(function) => self.function_statement(function, expressions),
            None => Stmt { span: self.span(node), kind: StmtKind::Pass },
        }
    }

    /// `class Name(bases):`
    pub(super) fn class_statement(&mut self, node: Node, decorators: Vec<Expr>) -> Stmt {
        let span = self.header(node);
        let name = self.defined_name(node);
        let qualified = self.qualified(&name);
        let bases = field(node, Field::Superclasses).map(|list| self.arguments(list)).unwrap_or_default();
        let members = field(node, Field::Body).map(named_children).unwrap_or_default();
        let body = self.inside(format!("{qualified}."), |this| this.guarded(members));
        let class = Class { file: self.source.id, span, name, qualified, bases, decorators, body };
        Stmt { span, kind: StmtKind::Class(Arc::new(class)) }
    }

    /// `def name(parameters) -> returns:`
    pub(super) fn function_statement(&mut self, node: Node, decorators: Vec<Expr>) -> Stmt {
        let span = self.header(node);
        let name = self.defined_name(node);
        let qualified = self.qualified(&name);
        let parameters = self.parameters(field(node, Field::Parameters));
        let returns = field(node, Field::ReturnType).map(|returns| Arc::new(self.expression(returns)));
        let body = self.body(node, span, qualified);
        let function = Function {
            file: self.source.id,
            span,
            name,
            qualified,
            parameters,
            decorators,
            returns,
            is_async: is_async(node),
            body,
        };
        Stmt { span, kind: StmtKind::Function(Arc::new(function)) }
    }

    fn defined_name(&self, node: Node) -> Name {
        field(node, Field::Name).map_or(Name::new(""), |name| self.name(name))
    }

    /// The body: lowered later where the excerpt leaves it out, else now.
    fn body(&mut self, node: Node, header: Span, qualified: Name) -> Body {
        if let Some(span) = self.bodies.get(header.start) {
            if span.start == span.end {
                self.fail(header, "expected an indented block");
            }
            return Body::lazy(span, Arc::clone(self.source), qualified);
        }
        let block = field(node, Field::Body);
        let span = block.map_or(header, |block| self.span(block));
        let outer_yield = std::mem::take(&mut self.has_yield);
        let statements = self.inside(format!("{qualified}.<locals>."), |this| this.block(block));
        let is_generator = std::mem::replace(&mut self.has_yield, outer_yield);
        Body::ready(span, Lowered { statements, is_generator, problems: Vec::new() })
    }

    /// `lambda parameters: body`
    pub(super) fn lambda(&mut self, node: Node) -> ExprKind {
        let span = self.span(node);
        let name = Name::new("<lambda>");
        let qualified = self.qualified(&name);
        let parameters = self.parameters(field(node, Field::Parameters));
        let outer_yield = std::mem::take(&mut self.has_yield);
        let value = self.inside(format!("{qualified}.<locals>."), |this| this.expression_in(node, Field::Body));
        let is_generator = std::mem::replace(&mut self.has_yield, outer_yield);
        let body_span = value.span;
        let statements = vec![Stmt { span: body_span, kind: StmtKind::Return(Some(value)) }];
        let body = Body::ready(body_span, Lowered { statements, is_generator, problems: Vec::new() });
        ExprKind::Lambda(Arc::new(Function {
            file: self.source.id,
            span,
            name,
            qualified,
            parameters,
            decorators: Vec::new(),
            returns: None,
            is_async: false,
            body,
        }))
    }

    fn parameters(&mut self, list: Option<Node>) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut ordinary = ParameterKind::Normal;
        for node in list.map(named_children).unwrap_or_default() {
            match kind(node) {
                Kind::KeywordSeparator => ordinary = ParameterKind::KeywordOnly,
                Kind::PositionalSeparator => {
                    parameters.iter_mut().for_each(|parameter| parameter.kind = ParameterKind::PositionalOnly);
                }
                _ => {
                    let parameter = self.parameter(node, ordinary);
                    if parameter.kind == ParameterKind::Star {
                        ordinary = ParameterKind::KeywordOnly;
                    }
                    parameters.push(parameter);
                }
            }
        }
        parameters
    }

    fn parameter(&mut self, node: Node, ordinary: ParameterKind) -> Parameter {
        let annotation = field(node, Field::Type).map(|annotation| Arc::new(self.expression(annotation)));
        let default = field(node, Field::Value).map(|default| self.expression(default));
        let (name, kind) = self.parameter_name(node, ordinary);
        Parameter { name, kind, annotation, default }
    }

    fn parameter_name(&mut self, node: Node, ordinary: ParameterKind) -> (Name, ParameterKind) {
        let kind_of_star = match kind(node) {
            Kind::Identifier => return (self.name(node), ordinary),
            Kind::TuplePattern => {
                self.fail(self.span(node), "tuple parameter of Python 2");
                return (Name::new(""), ordinary);
            }
            Kind::ListSplatPattern => ParameterKind::Star,
            Kind::DictionarySplatPattern => ParameterKind::DoubleStar,
            _ => return self.inner_parameter_name(node, ordinary),
        };
        let name = child_of_kind(node, Kind::Identifier).map_or(Name::new(""), |name| self.name(name));
        (name, kind_of_star)
    }

    /// The name inside `name: type`, `name = default` and the like.
    fn inner_parameter_name(&mut self, node: Node, ordinary: ParameterKind) -> (Name, ParameterKind) {
        let inner = field(node, Field::Name).or_else(|| named_children(node).first().copied());
        match inner.filter(|inner| *inner != node) {
            Some(inner) if is_parameter_name(inner) => self.parameter_name(inner, ordinary),
            _ => (Name::new(""), ordinary),
        }
    }
}

fn is_parameter_name(node: Node) -> bool {
    matches!(kind(node), Kind::Identifier | Kind::TuplePattern | Kind::ListSplatPattern | Kind::DictionarySplatPattern)
}
