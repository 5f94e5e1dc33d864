//! SQL to a footprint, to a shape, and to its text without literals.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some((_, footprint)) = quell::orm::sql::footprint(text) {
        let _ = serde_json::to_vec(&footprint).expect("it can be written");
    }
});
