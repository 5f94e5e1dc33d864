//! A function body that is lowered when first asked for.

use std::sync::{Arc, OnceLock};

use super::ir::{Span, Stmt, SyntaxProblem};
use super::name::Name;
use super::{parse, reads};
use crate::source::SourceFile;

/// The lowered statements of a function.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The statements in order; empty when the body could not be parsed.
    pub statements: Vec<Stmt>,
    /// True when the function itself (not a nested one) holds a `yield`.
    pub is_generator: bool,
    /// What was wrong with a body that could not be parsed.
    pub problems: Vec<SyntaxProblem>,
}

/// Where a body stands, and its statements once somebody asked.
#[derive(Debug)]
pub struct Body {
    span: Span,
    /// The file and the function's qualified name, for a body that is lowered on demand.
    origin: Option<(Arc<SourceFile>, Name)>,
    lowered: OnceLock<Lowered>,
}

impl Body {
    /// A body that is already lowered: lambdas, nested functions, templates.
    pub fn ready(span: Span, lowered: Lowered) -> Self {
        let cell = OnceLock::new();
        let _ = cell.set(lowered);
        Body { span, origin: None, lowered: cell }
    }

    /// A body that is lowered from its file when first asked for.
    pub(super) fn lazy(span: Span, source: Arc<SourceFile>, qualified: Name) -> Self {
        Body { span, origin: Some((source, qualified)), lowered: OnceLock::new() }
    }

    /// The bytes of the body.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The lowered body; the first call parses it, on whatever thread asks.
    pub fn lowered(&self) -> &Lowered {
        self.is_read();
        self.lowered.get_or_init(|| match &self.origin {
            Some((source, qualified)) => parse::body(source, self.span, *qualified),
            None => Lowered::default(),
        })
    }

    /// The statements of the body; the first call parses it.
    pub fn statements(&self) -> &[Stmt] {
        &self.lowered().statements
    }

    /// Whether the body is lowered from its file when first asked for, because it lies in no other body.
    pub fn is_lazy(&self) -> bool {
        self.origin.is_some()
    }

    /// Notes that the statements or the text of the body are read.
    pub fn is_read(&self) {
        if let Some((source, _)) = &self.origin {
            reads::body(source.id, self.span.start);
        }
    }

    /// Whether anybody has asked for the statements yet.
    pub fn is_lowered(&self) -> bool {
        self.lowered.get().is_some()
    }
}
