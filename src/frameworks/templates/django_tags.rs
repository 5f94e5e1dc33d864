//! The tags of Django's template language, built in or of a library.

use super::django::{Parser, Tag};
use super::libraries::{Registered, Use};
use super::make::{
    assign, block_here, call, call_of, constant, dictionary, emit, expr, function, intrinsic, keyword, locals, maybe,
    name, parameter, plain, positional, run, statement, text, turn, unknown,
};
use crate::syntax::Name;
use crate::syntax::ir::{Argument, Constant, Expr, ExprKind, Span, Stmt, StmtKind};

impl Parser<'_> {
    /// Lowers one tag with its content.
    pub(super) fn tag(&mut self, name: &str, tag: &Tag, body: &mut Vec<Stmt>) {
        match name {
            "for" => self.for_tag(tag, body),
            "if" => self.if_tag(tag, body),
            "ifequal" | "ifnotequal" => self.legacy_if(name, tag, body),
            "ifchanged" => self.if_changed(tag, body),
            "with" => self.with_tag(tag, body),
            "include" => self.include(tag, body),
            "extends" => self.parent = tag.words.get(1).copied().map(|word| self.filtered(word)),
            "block" => self.block(tag, "endblock", body),
            "partialdef" => self.block(tag, "endpartialdef", body),
            "partial" => self.partial(tag, body),
            "load" => self.load(tag),
            "regroup" => self.regroup(tag, body),
            "url" => self.outputs(tag, 2, body),
            "firstof" => self.first_of(tag, body),
            "cycle" | "widthratio" | "now" | "static" | "querystring" => self.outputs(tag, 1, body),
            "trans" | "translate" => self.outputs(tag, 1, body),
            "blocktrans" | "blocktranslate" => self.translated_block(name, tag, body),
            "filter" => self.filter_tag(tag, body),
            "csrf_token" | "comment" | "verbatim" | "autoescape" | "spaceless" | "localize" | "cache" => {}
            _ => self.library_tag(name, tag, body),
        }
    }

    /// `{% for a, b in items reversed %}…{% empty %}…{% endfor %}`
    fn for_tag(&mut self, tag: &Tag, body: &mut Vec<Stmt>) {
        let texts = self.texts(tag);
        let Some(middle) = texts.iter().position(|word| *word == "in") else { return };
        let targets = self.targets(&tag.words[1..middle]);
        let reversed = texts.last() == Some(&"reversed") && texts.len() > middle + 2;
        let mut iterable = tag.words.get(middle + 1).map_or(unknown(tag.span), |word| self.filtered(*word));
        if reversed {
            iterable = call(iterable.span, "builtins.reversed", vec![iterable]);
        }
        let (mut content, end) = self.statements(&["empty", "endfor"]);
        let is_empty_given = end.is_some_and(|end| end.words.first().map(|word| self.at(*word)) == Some("empty"));
        let otherwise = if is_empty_given { self.content("endfor") } else { Vec::new() };
        let names: Vec<String> = targets.iter().filter_map(named).chain(["forloop".to_owned()]).collect();
        let restored = self.saved(tag.span, &names, body);
        content.insert(0, turn(tag.span, "forloop"));
        let kind = StmtKind::For {
            target: target(targets, tag.span),
            iterable,
            body: content,
            orelse: Vec::new(),
            is_async: false,
        };
        body.push(statement(tag.span, kind));
        body.extend(restored);
        if !otherwise.is_empty() {
            body.push(maybe(tag.span, otherwise));
        }
    }

    fn targets(&self, words: &[Span]) -> Vec<Expr> {
        let mut targets = Vec::new();
        for word in words {
            let mut at = word.start;
            for part in self.at(*word).split(',') {
                let place = Span { start: at, end: at + part.len() as u32 };
                if !part.is_empty() {
                    targets.push(name(place, part));
                }
                at = place.end + 1;
            }
        }
        targets
    }

    /// Keeps the values that names have, and gives what puts them back.
    fn saved(&mut self, place: Span, names: &[String], body: &mut Vec<Stmt>) -> Vec<Stmt> {
        let mut restored = Vec::new();
        for one in names {
            let kept = self.fresh("saved");
            body.push(assign(name(place, &kept), name(place, one)));
            restored.push(assign(name(place, one), name(place, &kept)));
        }
        restored
    }

    /// `{% if a %}…{% elif b %}…{% else %}…{% endif %}`
    fn if_tag(&mut self, tag: &Tag, body: &mut Vec<Stmt>) {
        let test = self.condition(&tag.words[1..], tag.span);
        let (then, end) = self.statements(&["elif", "else", "endif"]);
        let mut orelse = Vec::new();
        if let Some(end) = end {
            match end.words.first().map(|word| self.at(*word)) {
                Some("elif") => self.deeper(|this| this.if_tag(&end, &mut orelse)),
                Some("else") => orelse = self.content("endif"),
                _ => {}
            }
        }
        body.push(statement(tag.span, StmtKind::If { test, body: then, orelse }));
    }

    fn legacy_if(&mut self, which: &str, tag: &Tag, body: &mut Vec<Stmt>) {
        let words: Vec<Span> = tag.words[1..].to_vec();
        body.extend(words.into_iter().map(|word| run(self.filtered(word))));
        let end = format!("end{which}");
        let (then, stop) = self.statements(&["else", &end]);
        let has_else = stop.is_some_and(|stop| stop.words.first().map(|word| self.at(*word)) == Some("else"));
        let orelse = if has_else { self.content(&end) } else { Vec::new() };
        body.push(statement(tag.span, StmtKind::If { test: unknown(tag.span), body: then, orelse }));
    }

    fn if_changed(&mut self, tag: &Tag, body: &mut Vec<Stmt>) {
        self.legacy_if("ifchanged", tag, body);
    }

    /// `{% with a=b c=d %}` and `{% with b as a %}`
    fn with_tag(&mut self, tag: &Tag, body: &mut Vec<Stmt>) {
        let items = self.bindings(&tag.words[1..]);
        let names: Vec<String> = items.iter().map(|(name, _)| name.to_string()).collect();
        let restored = self.saved(tag.span, &names, body);
        body.extend(items.into_iter().map(|(target, value)| assign(name(value.span, &target), value)));
        body.extend(self.content("endwith"));
        body.extend(restored);
    }

    /// `a=b c=d`, and `b as a and d as c`
    fn bindings(&mut self, words: &[Span]) -> Vec<(Name, Expr)> {
        let mut items = Vec::new();
        for (index, word) in words.iter().enumerate() {
            if let Some((key, value)) = self.keyword(*word) {
                items.push((key, self.filtered(value)));
            } else if self.at(*word) == "as"
                && let (Some(value), Some(target)) =
                    (index.checked_sub(1).and_then(|at| words.get(at)), words.get(index + 1))
            {
                let target = Name::new(self.at(*target));
                items.push((target, self.filtered(*value)));
            }
        }
        items
    }

    /// `key=value`
    fn keyword(&self, word: Span) -> Option<(Name, Span)> {
        let (key, _) = self.at(word).split_once('=')?;
        let is_name = !key.is_empty() && key.chars().all(|char| char.is_alphanumeric() || char == '_');
        is_name.then(|| (Name::new(key), Span { start: word.start + key.len() as u32 + 1, end: word.end }))
    }

    /// `{% include "a.html" with b=c only %}`
    fn include(&mut self, tag: &Tag, body: &mut Vec<Stmt>) {
        let Some(template) = tag.words.get(1).copied() else { return };
        let template = self.filtered(template);
        let items = self.bindings(&tag.words[2..]);
        let is_alone = self.texts(tag).contains(&"only");
        let spread = (!is_alone).then(|| locals(tag.span));
        let context = dictionary(tag.span, spread, items);
        body.push(run(intrinsic(tag.span, "render_template", vec![template, context])));
    }

    /// `{% block a %}…{% endblock %}`: a function, which a template that extends this one may replace.
    fn block(&mut self, tag: &Tag, end: &str, body: &mut Vec<Stmt>) {
        let texts = self.texts(tag);
        let Some(block) = texts.get(1).map(|block| Name::new(block)) else { return };
        self.open_blocks.push(block);
        let content = self.content(end);
        self.open_blocks.pop();
        let function = function(self.file, tag.span, &block, Vec::new(), content);
        self.blocks.push((block, function));
        if end == "endblock" || texts.contains(&"inline") {
            body.push(block_here(tag.span, text(tag.span, &block)));
        }
    }

    fn partial(&self, tag: &Tag, body: &mut Vec<Stmt>) {
        let Some(block) = tag.words.get(1) else { return };
        body.push(block_here(tag.span, text(*block, self.at(*block))));
    }

    /// `{% load a b %}` and `{% load c from a %}`
    fn load(&mut self, tag: &Tag) {
        let texts = self.texts(tag);
        let libraries = match texts.iter().position(|word| *word == "from") {
            Some(from) => &texts[from + 1..],
            None => texts.get(1..).unwrap_or_default(),
        };
        self.loaded.extend(libraries.iter().map(|library| Name::new(library.rsplit('.').next().unwrap_or(library))));
    }

    /// `{% regroup items by attribute as name %}`
    fn regroup(&mut self, tag: &Tag, body: &mut Vec<Stmt>) {
        let [_, items, _, by, _, target, ..] = tag.words.as_slice() else { return };
        let items = self.filtered(*items);
        let arguments = vec![items, text(*by, self.at(*by))];
        let groups = call(tag.span, "django.template.defaulttags.regroup", arguments);
        body.push(assign(name(*target, self.at(*target)), groups));
    }

    /// A tag that makes texts of its arguments, or keeps one in a variable: `{% url "a" b.pk as c %}`
    fn outputs(&mut self, tag: &Tag, first: usize, body: &mut Vec<Stmt>) {
        let (words, target) = self.without_target(&tag.words);
        for word in words.get(first..).unwrap_or_default() {
            let value = self.keyword(*word).map_or(*word, |(_, value)| value);
            let value = self.filtered(value);
            body.push(emit(value));
        }
        if let Some(target) = target {
            body.push(assign(target, plain(tag.span)));
        }
    }

    /// `{% firstof a b "c" %}`: those behind the first that is true are not asked for.
    fn first_of(&mut self, tag: &Tag, body: &mut Vec<Stmt>) {
        let (words, target) = self.without_target(&tag.words);
        let mut values: Vec<Expr> = words.iter().skip(1).map(|word| self.filtered(*word)).collect();
        let value = match (values.len(), values.pop()) {
            (_, None) => return,
            (1, Some(only)) => only,
            (_, Some(last)) => {
                values.push(last);
                expr(tag.span, ExprKind::Bool { and: false, values })
            }
        };
        body.push(match target {
            Some(target) => assign(target, value),
            None => emit(value),
        });
    }

    /// Splits off `as name` at the end.
    fn without_target<'w>(&self, words: &'w [Span]) -> (&'w [Span], Option<Expr>) {
        match words {
            [front @ .., word, target] if self.at(*word) == "as" => (front, Some(name(*target, self.at(*target)))),
            _ => (words, None),
        }
    }

    /// `{% blocktranslate with a=b count c=d %}…{% plural %}…{% endblocktranslate %}`
    fn translated_block(&mut self, which: &str, tag: &Tag, body: &mut Vec<Stmt>) {
        let items = self.bindings(&tag.words[1..]);
        let names: Vec<String> = items.iter().map(|(name, _)| name.to_string()).collect();
        let restored = self.saved(tag.span, &names, body);
        body.extend(items.into_iter().map(|(target, value)| assign(name(value.span, &target), value)));
        let end = format!("end{which}");
        let (singular, stop) = self.statements(&["plural", &end]);
        let is_counted = stop.is_some_and(|stop| stop.words.first().map(|word| self.at(*word)) == Some("plural"));
        let plural = if is_counted { self.content(&end) } else { Vec::new() };
        if is_counted {
            body.push(statement(tag.span, StmtKind::If { test: unknown(tag.span), body: singular, orelse: plural }));
        } else {
            body.extend(singular);
        }
        body.extend(restored);
    }

    fn filter_tag(&mut self, _tag: &Tag, body: &mut Vec<Stmt>) {
        body.extend(self.content("endfilter"));
    }

    /// A tag of a library. What isn't known is left out; its content, if it has any, counts as if it stood there.
    fn library_tag(&mut self, which: &str, tag: &Tag, body: &mut Vec<Stmt>) {
        let Some(found) = self.libraries.find(&self.loaded, which, false) else { return };
        if found.used_as == Use::Node {
            return self.node_tag(which, tag, &found, body);
        }
        let (words, target) = self.without_target(&tag.words);
        let content = match found.used_as {
            Use::Block => Some(self.content(&format!("end{which}"))),
            _ => None,
        };
        let arguments = self.tag_arguments(tag.span, &found, words.get(1..).unwrap_or_default(), content.is_some());
        body.extend(content.unwrap_or_default());
        let function = name(tag.span, &format!("${}", found.path));
        let result = call_of(tag.span, function, arguments);
        body.push(match (found.used_as, target) {
            (Use::Inclusion(template), _) => {
                let arguments = vec![text(tag.span, &template), result];
                run(intrinsic(tag.span, "render_template", arguments))
            }
            (_, Some(target)) => assign(target, result),
            (_, None) => emit(result),
        });
    }

    /// A tag whose function makes a node of the words and the content. What the node puts into the context is seen by
    /// what follows.
    fn node_tag(&mut self, which: &str, tag: &Tag, found: &Registered, body: &mut Vec<Stmt>) {
        let place = tag.span;
        let (Some(first), Some(last)) = (tag.words.first(), tag.words.last()) else { return };
        let contents = text(place, self.at(Span { start: first.start, end: last.end }));
        let words = tag.words.iter().map(|word| text(place, self.at(*word))).collect();
        let end = format!("end{which}");
        let content = if self.is_ahead(&end) { self.closure(place, &end) } else { constant(place, Constant::None) };
        let context = self.fresh("context");
        body.push(assign(name(place, &context), locals(place)));
        let function = name(place, &format!("${}", found.path));
        let words = expr(place, ExprKind::List(words));
        let arguments = vec![function, contents, words, content, name(place, &context)];
        body.push(emit(call(place, "django.template.base.show", arguments)));
        body.push(run(intrinsic(place, "bind_names", vec![name(place, &context)])));
    }

    /// The content of a tag as a function of a context.
    fn closure(&mut self, place: Span, end: &str) -> Expr {
        let context = "$context";
        let mut content = vec![run(intrinsic(place, "bind_names", vec![name(place, context)]))];
        content.extend(self.content(end));
        let parameters = vec![parameter(context, None)];
        expr(place, ExprKind::Lambda(function(self.file, place, "content", parameters, content)))
    }

    fn tag_arguments(&mut self, place: Span, found: &Registered, words: &[Span], has_content: bool) -> Vec<Argument> {
        let mut arguments = Vec::new();
        if found.takes_context {
            arguments.push(positional(locals(place)));
        }
        if has_content {
            arguments.push(positional(plain(place)));
        }
        for word in words {
            arguments.push(match self.keyword(*word) {
                Some((key, value)) => keyword(&key, self.filtered(value)),
                None => positional(self.filtered(*word)),
            });
        }
        arguments
    }
}

fn named(target: &Expr) -> Option<String> {
    match &target.kind {
        ExprKind::Name(name) => Some(name.to_string()),
        _ => None,
    }
}

fn target(mut targets: Vec<Expr>, place: Span) -> Expr {
    match (targets.len(), targets.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            targets.push(last);
            expr(place, ExprKind::Tuple(targets))
        }
        _ => name(place, "_"),
    }
}
