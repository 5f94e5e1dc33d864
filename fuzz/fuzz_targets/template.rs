//! Bytes of a template to IR, in both languages.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use quell::frameworks::templates::{Language, Libraries, language_of, lower};
use quell::project::Program;
use quell::syntax::ir::Function;

const LIBRARY: &str = "register = 1\n@register.simple_tag(takes_context=True)\ndef badge(context, book): ...\n\
    @register.inclusion_tag('b.html')\ndef shelf(books): ...\n@register.filter\ndef price(book): ...\n\
    @register.tag\ndef fold(parser, token):\n    nodes = parser.parse(('endfold',))\n    return nodes\n";

fn show(function: &Arc<Function>) {
    function.body.statements().iter().for_each(|line| drop(line.to_string()));
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let sources = [("shop/templatetags/shop.py", LIBRARY), ("shop/templates/a.html", &*text)];
    let program = Program::from_sources(&sources);
    let (file, libraries) = (&program.files[1], Libraries::new(&program));
    language_of(file, Language::Django);
    for language in [Language::Django, Language::Jinja] {
        let template = lower(file, language, &libraries);
        show(&template.body);
        template.blocks.iter().for_each(|(_, block)| show(block));
        template.parent.iter().for_each(|parent| show(&parent.instead));
    }
});
