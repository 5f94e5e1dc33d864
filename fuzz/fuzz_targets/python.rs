//! Bytes to IR: the outline of a file, and every body in it.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use quell::source::{FileId, SourceFile};
use quell::syntax::{Pieces, comments, outline};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let file = Arc::new(SourceFile::new(FileId(0), "a.py".into(), "a.py".into(), text, true));
    // To show an outline is to lower all bodies.
    let _ = outline(&file).to_string();
    let _ = Pieces::of(&file.text).all().len();
    let _ = comments(&file.text);
});
