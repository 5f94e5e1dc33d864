//! Template languages: parsed, and lowered to the IR that Python code is lowered to.
//!
//! A template becomes a function without parameters: its names are those of the context. What a language adds is a call
//! of Python: `{% include "a.html" with b=c %}` is `render_template("a.html", {**locals(), "b": c})`, a filter is a
//! call of its function. A name that starts with `$` is the dotted path of a function.

mod django;
mod django_condition;
mod django_expression;
mod django_tags;
mod environment;
mod jinja;
mod jinja_expression;
mod jinja_tags;
mod jinja_token;
mod lexer;
mod libraries;
mod make;
mod processors;

use std::sync::Arc;

pub use environment::{Environment, Helper, HelperUse};
pub use libraries::Libraries;
pub use processors::context_processors;

use crate::source::SourceFile;
use crate::syntax::Name;
use crate::syntax::ir::Function;

/// A template language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Django's.
    Django,
    /// Jinja2.
    Jinja,
}

/// A template, ready to be interpreted.
#[derive(Debug)]
pub struct Template {
    /// The whole template; for one that extends another, only what runs before the parent does.
    pub body: Arc<Function>,
    /// The template that this one extends.
    pub parent: Option<Parent>,
    /// The blocks by name.
    pub blocks: Vec<(Name, Arc<Function>)>,
}

/// What a template says of the one it extends.
#[derive(Debug)]
pub struct Parent {
    /// Gives its name.
    pub name: Arc<Function>,
    /// Runs where there is no such template: the blocks that would have filled it.
    pub instead: Arc<Function>,
}

/// Parses and lowers a template. What a template language does not know is left out: templates never fail.
pub fn lower(source: &SourceFile, language: Language, libraries: &Libraries) -> Template {
    match language {
        Language::Django => django::lower(source, libraries),
        Language::Jinja => jinja::lower(source),
    }
}

/// The language of a file as its path and its text say it; `asked` is what the caller renders with.
pub fn language_of(source: &SourceFile, asked: Language) -> Language {
    let extension = source.path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let is_jinja = matches!(extension, "jinja" | "jinja2" | "j2") || source.path.iter().any(|part| part == "jinja2");
    if is_jinja || speaks_jinja(&source.text) { Language::Jinja } else { asked }
}

/// Whether a text has what only Jinja has: Django's own language would refuse the file. (Settings may give `.html` to
/// Jinja.)
fn speaks_jinja(text: &str) -> bool {
    has_jinja_tag(text) || has_call(text)
}

fn has_jinja_tag(text: &str) -> bool {
    const TAGS: &[&str] = &["macro", "import", "from", "set", "call", "do"];
    text.split("{%").skip(1).any(|rest| {
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
        let word = rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        TAGS.contains(&word) && rest.split("%}").next().is_some_and(is_definition)
    })
}

/// `{{ link(user) }}`: Django's variables take no arguments, but for the `_(…)` of a translation. What stands in
/// `{% verbatim %}` is for another language, and `{% load %}` is Django's.
fn has_call(text: &str) -> bool {
    let is_django = ["verbatim", "load"].iter().any(|word| has_tag(text, word));
    !is_django && text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).any(is_call)
}

fn has_tag(text: &str, word: &str) -> bool {
    text.split("{%").skip(1).any(|rest| rest.trim_start().split(char::is_whitespace).next() == Some(word))
}

/// `name.attribute(` at the beginning of an expression.
fn is_call(expression: &str) -> bool {
    let path = expression.trim_start_matches('-').trim_start();
    let Some((path, _)) = path.split_once('(') else { return false };
    let is_name = |part: &str| {
        part.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
            && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
    };
    path != "_" && path.split('.').all(is_name)
}

/// `macro name(`, `set name =`, `import "…"`, `from "…" import`, `call name(`, `do name`
fn is_definition(tag: &str) -> bool {
    let (word, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    match word {
        "macro" | "call" | "do" => rest.contains('('),
        "set" => rest.contains('='),
        "import" => rest.contains(" as "),
        "from" => rest.contains(" import "),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jinja_is_what_django_would_refuse() {
        assert!(speaks_jinja("{% set total = 1 %}"));
        assert!(speaks_jinja("<p>{{ link(book.author) }}</p>"));
        assert!(speaks_jinja("<p>{{- book.tags.all()|length }}</p>"));
        assert!(!speaks_jinja("<p>{{ book.title|default:\"(none)\" }} {{ _(\"Books\") }}</p>"));
        assert!(!speaks_jinja("{% load static %}<p>{{ link(book) }}</p>"));
        assert!(!speaks_jinja("{% verbatim %}{{ link(book) }}{% endverbatim %}"));
    }
}
