//! A function body that is lowered when first asked for.

use std::sync::{Arc, OnceLock};

use super::ir::{Span, Stmt};
use crate::source::SourceFile;

/// The lowered statements of a function.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The statements in order.
    pub statements: Vec<Stmt>,
    /// True when the function itself (not a nested one) holds a `yield`.
    pub is_generator: bool,
}

/// Where a body stands, and its statements once somebody asked.
#[derive(Debug)]
pub struct Body {
    span: Span,
    source: Option<Arc<SourceFile>>,
    lowered: OnceLock<Lowered>,
}

impl Body {
    /// A body that is already lowered: lambdas, nested functions, templates.
    pub fn ready(span: Span, lowered: Lowered) -> Self {
        let cell = OnceLock::new();
        let _ = cell.set(lowered);
        Body { span, source: None, lowered: cell }
    }

    /// The bytes of the body.
    pub fn span(&self) -> Span {
        self.span
    }
}
