//! Variables and filters of Django's template language: `book.author.name|default:"-"|upper`.

use super::django::Parser;
use super::make::{call, constant, expr, intrinsic, name, plain, span, text, unknown};
use crate::syntax::Name;
use crate::syntax::ir::{Constant, Expr, ExprKind, Span};

/// So many look-ups or filters may follow each other: each holds those before it.
const LONGEST: usize = 100;

impl Parser<'_> {
    /// A variable or literal with its filters.
    pub(super) fn filtered(&mut self, whole: Span) -> Expr {
        let (mut value, mut at) = self.operand(whole);
        let mut links = 0;
        while self.byte(at) == Some(b'|') && at < whole.end && links < LONGEST {
            links += 1;
            let filter = self.word(at + 1, whole.end);
            at = filter.end;
            let mut argument = None;
            if self.byte(at) == Some(b':') && at < whole.end {
                let (found, end) = self.operand(Span { start: at + 1, end: whole.end });
                (argument, at) = (Some(found), end);
            }
            value = self.filter(Span { start: whole.start, end: at }, value, filter, argument);
            at = self.skip_space(at, whole.end);
        }
        value
    }

    fn byte(&self, at: u32) -> Option<u8> {
        self.text.as_bytes().get(at as usize).copied()
    }

    fn skip_space(&self, mut at: u32, end: u32) -> u32 {
        while at < end && self.byte(at).is_some_and(|byte| byte.is_ascii_whitespace()) {
            at += 1;
        }
        at
    }

    fn word(&self, start: u32, end: u32) -> Span {
        let start = self.skip_space(start, end);
        let rest = self.text.get(start as usize..end as usize).unwrap_or_default();
        let length = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
        Span { start, end: start + length as u32 }
    }

    /// A literal or a dotted variable, and where it ends.
    fn operand(&mut self, within: Span) -> (Expr, u32) {
        let start = self.skip_space(within.start, within.end);
        let rest = self.text.get(start as usize..within.end as usize).unwrap_or_default();
        let (prefix, rest) = rest.strip_prefix("_(").map_or((0, rest), |inner| (2, inner));
        if let Some(quote) = rest.chars().next().filter(|char| matches!(char, '"' | '\'')) {
            let length = rest[1..].find(quote).unwrap_or(rest.len() - 1);
            let close = (start as usize + prefix + length + 2 + usize::from(prefix > 0)).min(within.end as usize);
            let literal = text(span(start as usize, close), &rest[1..=length]);
            return (literal, close as u32);
        }
        let length = rest.find(|char: char| char.is_whitespace() || matches!(char, '|' | ':')).unwrap_or(rest.len());
        let end = start + length as u32;
        (self.variable(Span { start, end }), end)
    }

    /// A number, a constant, or look-ups from a variable.
    fn variable(&mut self, whole: Span) -> Expr {
        let path = self.at(whole);
        if let Ok(number) = path.parse::<i64>() {
            return constant(whole, Constant::Int(number));
        }
        match path {
            "True" => return constant(whole, Constant::Bool(true)),
            "False" => return constant(whole, Constant::Bool(false)),
            "None" => return constant(whole, Constant::None),
            "" => return unknown(whole),
            "block.super" => return self.block_super(whole),
            _ if path.parse::<f64>().is_ok() => return plain(whole),
            _ if path.matches('.').count() > LONGEST => return unknown(whole),
            _ => {}
        }
        let mut at = whole.start;
        let mut value: Option<Expr> = None;
        for part in path.split('.') {
            let name_span = Span { start: at, end: at + part.len() as u32 };
            let so_far = Span { start: whole.start, end: name_span.end };
            value = Some(match value {
                None => name(name_span, part),
                Some(owner) => {
                    expr(so_far, ExprKind::Lookup { value: Box::new(owner), name: Name::new(part), name_span })
                }
            });
            at = name_span.end + 1;
        }
        value.unwrap_or_else(|| unknown(whole))
    }

    fn block_super(&self, whole: Span) -> Expr {
        let block = self.open_blocks.last().map(|block| block.as_str()).unwrap_or_default();
        let level = format!("{block}.{}", self.file.0);
        intrinsic(whole, "render_super", vec![text(whole, &level)])
    }

    fn filter(&mut self, whole: Span, value: Expr, filter: Span, argument: Option<Expr>) -> Expr {
        let name = self.at(filter);
        if name == "slice"
            && let Some(bounds) = argument.as_ref().and_then(slice)
        {
            return expr(whole, ExprKind::Subscript { value: Box::new(value), index: Box::new(bounds) });
        }
        let path = match self.libraries.find(&self.loaded, name, true) {
            Some(found) => found.path,
            None => Name::new(&format!("django.template.defaultfilters.{name}")),
        };
        call(whole, &path, std::iter::once(value).chain(argument).collect())
    }
}

/// The bounds of a literal slice: `"2:5"`, `":5"`.
fn slice(argument: &Expr) -> Option<Expr> {
    let whole = argument.span;
    let ExprKind::Constant(Constant::Text(bounds)) = &argument.kind else {
        let upper = Some(Box::new(unknown(whole)));
        return Some(expr(whole, ExprKind::Slice { lower: None, upper, step: None }));
    };
    let bound = |part: Option<&str>| {
        let number = part?.trim().parse::<i64>().ok()?;
        Some(Box::new(constant(whole, Constant::Int(number))))
    };
    let mut parts = bounds.split(':');
    let first = bound(parts.next());
    let kind = match parts.next() {
        Some(second) => ExprKind::Slice { lower: first, upper: bound(Some(second)), step: None },
        None => ExprKind::Slice { lower: None, upper: first, step: None },
    };
    Some(expr(whole, kind))
}
