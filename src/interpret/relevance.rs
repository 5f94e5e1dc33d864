//! Which functions are worth a walk of their own.
//!
//! A function that neither loops nor mentions anything of the ORM, nor a function that gives something of it, has nothing to
//! hand to the functions it calls but what they would be given as roots: walking it finds what walking them finds.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::project::{ClassRef, Program, last_name};
use crate::syntax::Name;
use crate::syntax::ir::{ExprKind, Function, StmtKind};

/// Words by which code loops, or calls for each element.
const LOOPS: &[&str] =
    &["for", "while", "map", "filter", "sorted", "any", "all", "sum", "max", "min", "reduce", "sort"];

/// Words by which code reaches the database without naming a model or relation.
const ORM: &[&str] = &[
    "objects",
    "_default_manager",
    "_base_manager",
    "model",
    "queryset",
    "get_queryset",
    "get_object",
    "object_list",
    "get_model",
    "get_user_model",
    "get_object_or_404",
    "get_list_or_404",
    "cursor",
    "session",
    "query",
    "select",
    "execute",
    "scalars",
    "scalar",
    "render",
    "render_to_string",
    "save",
    "delete",
    "create",
    "commit",
    "flush",
];

/// Names so common that they say nothing about what they give.
const COMMON: &[&str] =
    &["get", "post", "run", "handle", "main", "name", "value", "key", "data", "url", "path", "type"];

/// The words of the ORM in this project.
pub(super) struct Words {
    known: FxHashSet<&'static str>,
}

impl Words {
    pub(super) fn new(program: &Program) -> Self {
        let mut known: FxHashSet<&'static str> = LOOPS.iter().chain(ORM).copied().collect();
        for model in &program.schema.models {
            known.insert(program.class(model.class).class.name.as_str());
            known.extend(model.managers.iter().map(|manager| manager.name.as_str()));
            known.extend(model.relations.iter().map(|relation| relation.name.as_str()));
        }
        // Forms, tables, serializers: what a framework does with an instance is known.
        let has_stub = |base: &ClassRef| matches!(base, ClassRef::Known(base) if program.is_of_stub(*base));
        let own = program.classes.iter().filter(|class| !program.is_of_stub(class.id));
        let framed = own.filter(|class| class.mro.iter().any(has_stub));
        known.extend(framed.map(|class| class.class.name.as_str()));
        known.extend(keys_of_tables(program));
        Words { known }
    }

    /// Adds the names of functions that give what they ask the ORM for: whoever calls one may hand it to another. So may who
    /// calls one that counts up to a number say how far.
    pub(super) fn with_givers(mut self, program: &Program, functions: &[&Function]) -> Self {
        let gives = |function: &&&Function| {
            let (mut returns, mut asks, mut counts) = (false, false, false);
            for word in words(program.text_of(function)) {
                returns |= matches!(word, "return" | "yield");
                asks |= self.known.contains(word) && !LOOPS.contains(&word);
                counts |= word == "range";
            }
            asks && (returns || counts)
        };
        let names = functions.par_iter().filter(gives).map(|function| function.name.as_str());
        let givers: Vec<_> = names.filter(|name: &&str| !name.starts_with("__") && !COMMON.contains(name)).collect();
        self.known.extend(givers);
        self
    }

    /// Whether the function mentions any of them.
    pub(super) fn matter_to(&self, program: &Program, function: &Function) -> bool {
        words(program.text_of(function)).any(|word| self.known.contains(word))
    }
}

/// The names of classes by which tables at the top of modules are keyed, `{Shipped: announce}`: whoever makes an instance of one says
/// what is called.
fn keys_of_tables(program: &Program) -> impl Iterator<Item = &'static str> {
    let own = program.modules.iter().filter(|module| !module.is_stub && !module.is_template);
    let values = own.flat_map(|module| &module.outline.body).filter_map(|statement| match &statement.kind {
        StmtKind::Assign { value, .. } | StmtKind::Annotated { value: Some(value), .. } => Some(value),
        _ => None,
    });
    let keys = values.filter_map(|value| if let ExprKind::Dict(items) = &value.kind { Some(items) } else { None });
    let names = keys.flatten().filter_map(|(key, _)| last_name(key.as_ref()?));
    let classes: FxHashSet<Name> =
        program.classes.iter().filter(|class| !program.is_of_stub(class.id)).map(|class| class.class.name).collect();
    names.filter(move |name| classes.contains(name)).map(Name::as_str)
}

/// The identifiers and keywords of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.len() - past(rest, false).len();
        let word = &rest[start..];
        rest = past(word, true);
        let length = word.len() - rest.len();
        (length > 0).then(|| &word[..length])
    })
}

/// What is left of a text behind the letters of words, or behind those of none. Nearly all texts are ASCII, and this is asked
/// of every byte of a project.
fn past(text: &str, of_words: bool) -> &str {
    let is_such = |byte: &u8| (byte.is_ascii_alphanumeric() || *byte == b'_') == of_words && byte.is_ascii();
    let mut at = 0;
    loop {
        at += text.as_bytes()[at..].iter().take_while(|byte| is_such(byte)).count();
        match text[at..].chars().next().filter(|letter| !letter.is_ascii() && letter.is_alphanumeric() == of_words) {
            Some(letter) => at += letter.len_utf8(),
            None => return &text[at..],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_letters_digits_and_underscores() {
        let found: Vec<&str> = words("a_1=b.\u{e9}t\u{e9}(\u{2026}c)\u{a0}\u{ff11}").collect();
        assert_eq!(found, ["a_1", "b", "\u{e9}t\u{e9}", "c", "\u{ff11}"]);
        assert_eq!(words(" -- ").count() + words("").count(), 0);
    }
}
