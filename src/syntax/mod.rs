//! Bytes to outline and bodies: the scanner cuts blocks, tree-sitter parses them, lowering makes the IR.
//!
//! tree-sitter nodes never leave this folder.

mod body;
mod comment;
mod dump;
mod excerpt;
mod grammar;
pub mod ir;
mod layout;
mod lower;
mod lower_compound;
mod lower_definition;
mod lower_expression;
mod lower_operator;
mod lower_pattern;
mod lower_statement;
mod lower_text;
mod name;
mod parse;
mod pattern;
mod quote;
pub mod reads;
mod scanner;
mod search;
pub mod visit;
mod words;

pub use body::{Body, Lowered};
pub use comment::{Comment, comments};
pub use layout::{Layout, Location, functions};
pub use name::Name;
pub use parse::{expression, outline};
pub use pattern::{Pattern, PatternError, PredicateArgument, PredicateCall, check_against_grammar};
pub use search::{Match, Piece, Pieces, Search};
