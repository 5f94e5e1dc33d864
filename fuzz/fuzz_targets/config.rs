//! The text of a `quell.toml` and of a `pyproject.toml`: the configuration, or mistakes that can be shown.

#![no_main]

use std::fs;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use quell::config::{Library, load, rule_folders, target};
use quell::report::{Style, show_error};
use tempfile::TempDir;

fuzz_target!(|bytes: &[u8]| {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| TempDir::new().expect("a temporary folder can be made")).path();
    let Some((which, text)) = bytes.split_first() else { return };
    let (name, other) =
        if which % 2 == 0 { ("quell.toml", "pyproject.toml") } else { ("pyproject.toml", "quell.toml") };
    let _ = fs::remove_file(folder.join(other));
    fs::write(folder.join(name), text).expect("it can be written");
    let _ = rule_folders(folder, None);
    let _ = target(Library::Django, folder, None);
    if let Err(error) = load(folder, &["lazy-load-per-row", "count-per-row"]) {
        let _ = show_error(&mut Vec::new(), &error, Style { color: true, width: 80 });
    }
});
