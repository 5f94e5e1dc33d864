//! The state of lowering: the text at hand, the scope, the depth, and what went wrong.
//!
//! The other `lower_*` files are `impl` blocks of `Lowerer`, one a part of the language.

use std::sync::Arc;

use tree_sitter::Node;

use super::excerpt::{Bodies, Excerpt};
use super::ir::{Expr, ExprKind, Span, SyntaxProblem};
use super::name::Name;
use crate::source::SourceFile;

/// The deepest nesting of statements and expressions that is lowered; what is below becomes `Unsupported`.
/// CPython's own parser gives up at 200 brackets and 100 indentations.
pub(super) const MAX_DEPTH: u32 = 200;

/// Turns the nodes of one excerpt into IR.
pub(super) struct Lowerer<'a> {
    /// The file that is lowered.
    pub(super) source: &'a Arc<SourceFile>,
    /// The text that was parsed.
    pub(super) excerpt: &'a Excerpt<'a>,
    /// Function bodies that the excerpt leaves out.
    pub(super) bodies: &'a Bodies,
    /// What comes before a qualified name here: empty, `Class.` or `function.<locals>.`.
    pub(super) scope: String,
    /// How deep the node at hand is nested.
    pub(super) depth: u32,
    /// Whether the function at hand holds a `yield`.
    pub(super) has_yield: bool,
    /// Whether a problem costs a member of a class only (outline) or everything at hand (function bodies).
    pub(super) is_outline: bool,
    /// The first problem of the statement at hand: where and what.
    pub(super) failure: Option<(Span, &'static str)>,
    /// Statements that were left out.
    pub(super) problems: Vec<SyntaxProblem>,
}

impl<'a> Lowerer<'a> {
    /// A lowerer for one excerpt of a file.
    pub(super) fn new(
        source: &'a Arc<SourceFile>,
        excerpt: &'a Excerpt<'a>,
        bodies: &'a Bodies,
        scope: String,
    ) -> Self {
        Lowerer {
            source,
            excerpt,
            bodies,
            scope,
            depth: 0,
            has_yield: false,
            is_outline: false,
            failure: None,
            problems: Vec::new(),
        }
    }

    /// The bytes of a node in the file.
    pub(super) fn span(&self, node: Node) -> Span {
        self.excerpt.in_file(node.start_byte(), node.end_byte())
    }

    /// The text of a node.
    pub(super) fn text(&self, node: Node) -> &'a str {
        self.excerpt.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of a node as a name.
    pub(super) fn name(&self, node: Node) -> Name {
        Name::new(self.text(node))
    }

    /// Notes that the statement at hand is not Python 3.
    pub(super) fn fail(&mut self, span: Span, message: &'static str) {
        self.failure.get_or_insert((span, message));
    }

    /// Runs `work` one level deeper, or not at all where that is too deep.
    pub(super) fn deeper<T>(&mut self, levels: u32, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth + levels > MAX_DEPTH {
            return None;
        }
        self.depth += levels;
        let result = work(self);
        self.depth -= levels;
        Some(result)
    }

    /// Runs `work` inside the scope of a class or function.
    pub(super) fn inside<T>(&mut self, scope: String, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = work(self);
        self.scope = outer;
        result
    }

    /// The dotted name within the module of what is defined here.
    pub(super) fn qualified(&self, name: &str) -> Name {
        Name::new(&format!("{}{name}", self.scope))
    }
}

/// An expression that could not be lowered.
pub(super) fn unsupported(span: Span) -> Expr {
    Expr { span, kind: ExprKind::Unsupported }
}
