//! The text of a rule's query: a rule that can be asked, or a mistake that can be shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use quell::syntax::{Pattern, Piece, Pieces, Search, check_against_grammar};

const CODE: &str = "def shelf(books):\n    for book in books:\n        print(book.author.name, len(book.tags.all()))\n";

fuzz_target!(|text: &str| {
    let Ok(patterns) = Pattern::read_all(text) else { return };
    if check_against_grammar(text, &patterns).is_err() {
        return;
    }
    let Ok(search) = Search::compile(text) else { return };
    for span in Pieces::of(CODE).all() {
        let piece = Piece::parse(CODE, *span).expect("it parses");
        let _ = search.matches(&piece);
    }
});
