//! Bytes to outline and bodies: the scanner cuts blocks, tree-sitter parses them, lowering makes the IR.
//!
//! tree-sitter nodes never leave this folder.

mod body;
pub mod ir;
mod name;
mod pattern;

pub use body::{Body, Lowered};
pub use name::Name;
pub use pattern::{Pattern, PatternError, PredicateArgument, PredicateCall, check_against_grammar};
