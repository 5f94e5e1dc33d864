//! Frameworks and libraries: stubs in Python, interpreted like the project's own code.
//!
//! A folder `FRAMEWORK/stubs/` holds modules by their dotted path. The table of them is made by `build.rs` from the
//! folders: adding a stub edits no list.

pub mod templates;

include!(concat!(env!("OUT_DIR"), "/stubs.rs"));

/// The compiled-in stub modules: dotted name, whether it is a package, text.
pub fn stubs() -> &'static [(&'static str, bool, &'static str)] {
    STUBS
}
