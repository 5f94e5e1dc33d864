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

pub use environment::{Environment, Helper, Use};
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

/// Whether a text has tags that only Jinja has: Django's own language would refuse the file. (Settings may give
/// `.html` to Jinja.)
fn speaks_jinja(text: &str) -> bool {
    const TAGS: &[&str] = &["macro", "import", "from", "set", "call", "do"];
    text.split("{%").skip(1).any(|rest| {
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start();
        let word = rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        TAGS.contains(&word) && rest.split("%}").next().is_some_and(is_definition)
    })
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
