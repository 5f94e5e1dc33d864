//! What a cache file holds after its number, which anybody can work out: read, and taken over by a run. The input is the
//! whole content, or changes to one that a run has left.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use quell::interpret::{Memory, Options, interpret_again};
use quell::project::Program;
use quell::rules::Quiet;

const MODELS: &str = "from django.db import models\n\nclass Book(models.Model):\n    title = models.TextField()\n    \
    author = models.ForeignKey('Book', models.CASCADE)\n\ndef shelf():\n    for book in Book.objects.all():\n        \
    print(book.author.title)\n";

fn program() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| Program::from_sources(&[("shop/models.py", MODELS)]))
}

/// What a run of the program leaves.
fn left() -> Vec<u8> {
    static LEFT: OnceLock<Vec<u8>> = OnceLock::new();
    let made = || {
        let (_, memory) = interpret_again(program(), &Options::default(), Memory::default());
        let memory = memory.expect("a first run leaves something");
        postcard::to_stdvec(&(memory, Quiet::default())).expect("it can be written")
    };
    LEFT.get_or_init(made).clone()
}

/// Each three bytes set one: where, and to what.
fn changed(changes: &[u8]) -> Vec<u8> {
    let mut content = left();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % content.len();
        content[at] = change[2];
    }
    content
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let content = if kind % 2 == 0 { changed(rest) } else { rest.to_vec() };
    let Ok((memory, _)) = postcard::from_bytes::<(Memory, Quiet)>(&content) else { return };
    let _ = interpret_again(program(), &Options::default(), memory);
});
