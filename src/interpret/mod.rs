//! The abstract interpreter: roots × project → query sites.
//!
//! Each root (a function, a method, a module body) is walked by itself with its own heap; what the walks found is melted
//! into one list. Nothing here knows a framework, and what an ORM's API means is asked of `orm`.

mod absence;
mod alike;
mod annotations;
mod answers;
mod around;
mod assign;
mod assigned;
mod attributes;
mod batches;
mod built;
mod builtins;
mod calls;
mod class_state;
mod classes;
mod compared;
mod comparisons;
mod compounds;
mod comprehensions;
mod conditions;
mod constants;
mod constructions;
mod containers;
mod counted;
mod declarations;
mod decorators;
mod dispatch;
mod early;
mod effects;
mod emptiness;
mod enumerations;
mod expressions;
mod fields;
mod first;
mod formatting;
mod founding;
mod gathered;
mod generics;
mod given;
mod handed;
mod heirs;
mod index;
mod installed;
mod instances;
mod interpreter;
mod intrinsics;
mod invariants;
mod join;
mod kinds;
mod knowledge;
mod likeness;
mod loaders;
mod lookups;
mod loops;
mod machine;
mod made_later;
mod members;
mod memo;
mod names;
mod narrowed;
mod noted;
mod operators;
mod owned;
mod parameters;
mod properties;
mod questions;
mod recursion;
mod registrations;
mod registries;
mod relevance;
mod rendering;
mod replay;
mod roots;
mod row_conditions;
mod schema_intrinsics;
mod scripts;
mod seldom;
mod setters;
mod setting;
mod shapes;
mod sites;
mod state;
mod statements;
mod subscripts;
mod texts;
mod transactions;
mod tuple_keys;
mod turns;
mod variables;
mod watch;

pub use knowledge::{Knowledge, Silence};
pub use noted::{Noted, ValueKind, Values};
pub use replay::Memory;
pub use watch::{Seen, Watch};

use crate::domain::Site;
use crate::project::Program;

/// Bounds and versions of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How much work a root may take: four units an expression of the project, one an expression of a stub.
    pub fuel: u64,
    /// Django's version: major and minor.
    pub django: (u32, u32),
    /// The line to explain.
    pub watch: Option<Watch>,
    /// The expressions of which rules ask what they are.
    pub asked: rustc_hash::FxHashSet<crate::domain::Place>,
}

impl Default for Options {
    fn default() -> Self {
        Options { fuel: 160_000, django: (5, 2), watch: None, asked: rustc_hash::FxHashSet::default() }
    }
}

/// What the walks found.
#[derive(Debug, Default)]
pub struct Interpretation {
    /// Query sites, equal ones melted, in order of file and place.
    pub sites: Vec<Site>,
    /// How much was understood.
    pub knowledge: Knowledge,
    /// Roots whose walk failed inside quell: the function's name and file.
    pub failures: Vec<(String, crate::source::FileId)>,
    /// What was seen on the watched line.
    pub seen: Vec<Seen>,
    /// What the expressions were that rules ask about.
    pub values: Values,
    /// Functions that were walked.
    pub functions: usize,
}

/// Interprets a project.
pub fn interpret(program: &Program, options: &Options) -> Interpretation {
    roots::walk_all(program, options, None).0
}

/// Interprets a project, taking over what a run before has found where nothing that it hangs on has changed; gives what
/// the next run may take over, if that is something else.
pub fn interpret_again(program: &Program, options: &Options, memory: Memory) -> (Interpretation, Option<Memory>) {
    roots::walk_all(program, options, Some(memory))
}
