//! The tags of Jinja2.

use super::jinja::Parser;
use super::jinja_expression::{Expressions, bound};
use super::make::{
    assign, block_here, call_of, constant, dictionary, emit, expr, function, intrinsic, keyword, locals, maybe, name,
    parameter, plain, run, statement, text, turn, unknown,
};
use crate::syntax::Name;
use crate::syntax::ir::{Constant, Expr, ExprKind, Parameter, Span, Stmt, StmtKind};

impl Parser<'_> {
    /// Lowers one tag with its content; `read` stands behind its name.
    pub(super) fn tag(&mut self, tag: &str, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        match tag {
            "for" => self.for_tag(place, read, body),
            "if" => self.if_tag(place, read, body),
            "set" => self.set_tag(place, read, body),
            "with" => self.with_tag(read, body),
            "include" => self.include(place, read, body),
            "import" => self.import(place, read, body),
            "from" => self.import_names(place, read, body),
            "extends" => self.parent = Some(read.expression()),
            "block" => self.block(place, read, body),
            "macro" => self.macro_tag(place, read, body),
            "call" => self.call_tag(place, read, body),
            "do" => {
                let value = read.expression();
                body.push(run(self.resolved(value)));
            }
            "trans" => self.trans(read, body),
            "break" => body.push(statement(place, StmtKind::Break)),
            "continue" => body.push(statement(place, StmtKind::Continue)),
            _ => {}
        }
    }

    /// `super()` and `self.block()` in their place; other expressions as they are.
    pub(super) fn resolved(&self, value: Expr) -> Expr {
        let ExprKind::Call { function, .. } = &value.kind else { return value };
        match &function.kind {
            ExprKind::Name(name) if *name == "super" => {
                let block = self.open_blocks.last().map(|block| block.as_str()).unwrap_or_default();
                let level = format!("{block}.{}", self.file.0);
                intrinsic(value.span, "render_super", vec![text(value.span, &level)])
            }
            ExprKind::Call { arguments, .. } => match arguments.as_slice() {
                [owner, block] if matches!(owner.value.kind, ExprKind::Name(name) if name == "self") => {
                    let ExprKind::Constant(Constant::Text(block)) = block.value.kind else { return value };
                    intrinsic(value.span, "render_block", vec![text(value.span, &block)])
                }
                _ => value,
            },
            _ => value,
        }
    }

    /// `{% for a, b in items if test recursive %}…{% else %}…{% endfor %}`
    fn for_tag(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let target = targets(place, read);
        if !read.takes("in") {
            return;
        }
        let iterable = read.either();
        let test = read.takes("if").then(|| read.expression());
        let (mut content, end) = self.statements(&["else", "endfor"]);
        let otherwise = if self.word_of(end) == "else" { self.content("endfor") } else { Vec::new() };
        if let Some(test) = test {
            content = vec![statement(test.span, StmtKind::If { test, body: content, orelse: Vec::new() })];
        }
        let mut names = Vec::new();
        bound(&target, &mut names);
        names.push(Name::new("loop"));
        let restored = self.saved(place, &names, body);
        content.insert(0, turn(place, "loop"));
        let kind = StmtKind::For { target, iterable, body: content, orelse: Vec::new(), is_async: false };
        body.push(statement(place, kind));
        body.extend(restored);
        if !otherwise.is_empty() {
            body.push(maybe(place, otherwise));
        }
    }

    fn saved(&mut self, place: Span, names: &[Name], body: &mut Vec<Stmt>) -> Vec<Stmt> {
        let mut restored = Vec::new();
        for one in names {
            let kept = self.fresh("saved");
            body.push(assign(name(place, &kept), name(place, one)));
            restored.push(assign(name(place, one), name(place, &kept)));
        }
        restored
    }

    fn if_tag(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let test = read.expression();
        let (then, end) = self.statements(&["elif", "else", "endif"]);
        let mut orelse = Vec::new();
        match (self.word_of(end), end) {
            ("elif", Some(end)) => {
                let mut read = Expressions::new(self.text, end.inner);
                read.takes("elif");
                self.deeper(|this| this.if_tag(end.span, &mut read, &mut orelse));
            }
            ("else", _) => orelse = self.content("endif"),
            _ => {}
        }
        body.push(statement(place, StmtKind::If { test, body: then, orelse }));
    }

    /// `{% set a = b %}` and `{% set a %}…{% endset %}`
    fn set_tag(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let target = targets(place, read);
        if read.takes("=") {
            let value = read.tuple();
            body.push(assign(target, self.resolved(value)));
        } else if matches!(target.kind, ExprKind::Name(_)) && (read.is_done() || read.peek() == "|") {
            body.extend(self.content("endset"));
            body.push(assign(target, plain(place)));
        }
    }

    fn with_tag(&mut self, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let mut items = Vec::new();
        while let Some((target, place)) = read.word() {
            if !read.takes("=") {
                break;
            }
            items.push((Name::new(target), place, read.expression()));
            read.takes(",");
        }
        let names: Vec<Name> = items.iter().map(|(target, ..)| *target).collect();
        let place = items.first().map(|(_, place, _)| *place).unwrap_or_default();
        let restored = self.saved(place, &names, body);
        body.extend(items.into_iter().map(|(target, place, value)| assign(name(place, &target), value)));
        body.extend(self.content("endwith"));
        body.extend(restored);
    }

    /// `{% include "a.html" ignore missing without context %}`
    fn include(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let template = read.expression();
        let is_alone = read.takes("without");
        let spread = (!is_alone).then(|| locals(place));
        let context = dictionary(place, spread, Vec::new());
        body.push(run(intrinsic(place, "render_template", vec![template, context, text(place, "jinja2")])));
    }

    /// `{% import "a.html" as a %}`
    fn import(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let template = read.expression();
        read.takes("as");
        if let Some((target, span)) = read.word() {
            body.push(assign(name(span, target), self.module(place, template)));
        }
    }

    fn module(&self, place: Span, template: Expr) -> Expr {
        intrinsic(place, "template_module", vec![template, locals(place), text(place, "jinja2")])
    }

    /// `{% from "a.html" import b as c, d %}`
    fn import_names(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let template = read.expression();
        read.takes("import");
        let kept = self.fresh("module");
        body.push(assign(name(place, &kept), self.module(place, template)));
        while let Some((imported, span)) = read.word() {
            let target = if read.takes("as") { read.word().map_or(imported, |(target, _)| target) } else { imported };
            let arguments = vec![name(span, &kept), text(span, imported)];
            body.push(assign(name(span, target), intrinsic(span, "attribute_or_item", arguments)));
            if !read.takes(",") {
                break;
            }
        }
    }

    fn block(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let Some((block, _)) = read.word() else { return };
        self.open_blocks.push(Name::new(block));
        let content = self.content("endblock");
        self.open_blocks.pop();
        self.blocks.push((Name::new(block), function(self.file, place, block, Vec::new(), content)));
        body.push(block_here(place, text(place, block)));
    }

    /// `{% macro name(a, b=1) %}…{% endmacro %}`
    fn macro_tag(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let Some((called, _)) = read.word() else { return };
        let mut parameters = if read.takes("(") { parameters(read) } else { Vec::new() };
        parameters.push(parameter("caller", Some(constant(place, Constant::None))));
        let content = self.content("endmacro");
        let function = function(self.file, place, called, parameters, content);
        body.push(statement(place, StmtKind::Function(function)));
    }

    /// `{% call(a) name(b) %}…{% endcall %}`: the content is a function that the macro may call.
    fn call_tag(&mut self, place: Span, read: &mut Expressions, body: &mut Vec<Stmt>) {
        let parameters = if read.takes("(") { parameters(read) } else { Vec::new() };
        let value = read.expression();
        let content = self.content("endcall");
        let caller = self.fresh("caller");
        let function = function(self.file, place, &caller, parameters, content);
        body.push(statement(place, StmtKind::Function(function)));
        if let ExprKind::Call { function, mut arguments } = value.kind {
            arguments.push(keyword("caller", name(place, &caller)));
            body.push(emit(call_of(value.span, *function, arguments)));
        }
    }

    /// `{% trans a=b.c %}…{% pluralize %}…{% endtrans %}`
    fn trans(&mut self, read: &mut Expressions, body: &mut Vec<Stmt>) {
        while let Some((target, place)) = read.word() {
            let value = if read.takes("=") { read.expression() } else { name(place, target) };
            body.push(assign(name(place, target), value));
            read.takes(",");
        }
        body.extend(self.statements(&["endtrans"]).0);
    }
}

fn targets(place: Span, read: &mut Expressions) -> Expr {
    let is_bracketed = read.takes("(");
    let mut items = Vec::new();
    loop {
        if read.peek() == "(" {
            items.push(read.deeper(|read| targets(place, read)));
        } else if let Some((target, span)) = read.word() {
            items.push(name(span, target));
        } else {
            break;
        }
        // `namespace.name`: nothing to bind.
        if read.takes(".") {
            read.word();
            items.pop();
            items.push(unknown(place));
        }
        if !read.takes(",") {
            break;
        }
    }
    if is_bracketed {
        read.takes(")");
    }
    match (items.len(), items.pop()) {
        (1, Some(only)) => only,
        (_, last) => expr(place, ExprKind::Tuple(items.into_iter().chain(last).collect())),
    }
}

fn parameters(read: &mut Expressions) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    while let Some((target, _)) = read.word() {
        let default = read.takes("=").then(|| read.expression());
        parameters.push(parameter(target, default));
        if !read.takes(",") {
            break;
        }
    }
    read.takes(")");
    parameters
}

/// What a template that extends another still does outside its blocks.
pub(super) fn is_definition(line: &Stmt) -> bool {
    matches!(line.kind, StmtKind::Assign { .. } | StmtKind::Function(_))
}
