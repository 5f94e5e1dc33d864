//! Query sites: what the interpreter hands to the rules.

use serde::{Deserialize, Serialize};

use super::effect::{EffectKind, Fault, Verb};
use super::footprint::{Asked, Footprint};
use super::size::Cost;
use crate::project::ModelId;
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::Span;

/// A span in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub span: Span,
}

/// What a step of a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The query that makes the rows.
    Query,
    /// The loop over them (its header).
    Loop,
    /// A call on the way.
    Call,
    /// The read that fires.
    Read,
    /// Where a relation is declared, or a declaration that a framework reads.
    Declared,
}

impl Role {
    /// The word in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Query => "query",
            Role::Loop => "loop",
            Role::Call => "call",
            Role::Read => "read",
            Role::Declared => "declared",
        }
    }
}

/// One step from the query to the read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// What happens.
    pub role: Role,
    /// Where.
    pub place: Place,
    /// In words, lower case, without a full stop: "loops over N(shop.Book)".
    pub message: String,
}

/// The expression that built the query whose rows are read: where an eager load belongs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// Its place.
    pub place: Place,
    /// The model of its rows.
    pub model: ModelId,
    /// The relations walked from those rows to the one that is read: `["author", "publisher"]`.
    pub relations: Vec<Name>,
    /// The function or class it stands in.
    pub enclosing: Name,
}

/// In which kind of program part the walk began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RootKind {
    /// A view, serializer, template, resolver, admin class.
    Request,
    /// A task, command, signal receiver, migration.
    Background,
    /// Anything else.
    Unknown,
}

/// How sure the interpreter is that the effect happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Certainty {
    /// Many links are guesses.
    Low,
    /// A link is only likely: an annotation, a merge of branches, an unresolved base class.
    Medium,
    /// It holds on every path and all links are proved.
    High,
}

/// An effect at a place, with all that is known about how it came about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Site {
    /// Why the statement is sent.
    pub kind: EffectKind,
    /// What it does.
    pub verb: Verb,
    /// The model whose relation is read or whose rows are queried.
    pub model: Option<ModelId>,
    /// The relation or column that is read, as seen from `model`.
    pub relation: Option<Name>,
    /// The method or attribute that fires: `count`, `first`, `save`.
    pub action: Name,
    /// The expression that fires.
    pub place: Place,
    /// Query, loops, calls, read, in the order of execution.
    pub path: Vec<Step>,
    /// Where the fix belongs.
    pub origin: Option<Origin>,
    /// How often it fires; `per_row` below says whether that grows with rows.
    pub cost: Cost,
    /// It fires again for each element of a loop that grows.
    pub per_row: bool,
    /// The receiver varies with the loop (against: the same statement repeated).
    pub varies: bool,
    /// How sure this is.
    pub certainty: Certainty,
    /// Why it is not high: lower case, without a full stop.
    pub doubts: Vec<Name>,
    /// The kind of root it was reached from.
    pub root: RootKind,
    /// Dotted name of the function or class around the place, without the module.
    pub enclosing: Name,
    /// What the query asks for besides its model.
    pub asked: Option<Box<Asked>>,
    /// The statement's shape, where known.
    pub footprint: Option<Footprint>,
    /// The footing for another rule than `kind` implies: e.g. `pk` of a lazy-loaded row read right away.
    pub read_next: Option<Name>,
    /// What is wrong with it besides its cost.
    pub fault: Option<Fault>,
    /// Of code that a pattern has found: what its captures took, for the message.
    pub captured: Vec<(Name, Name)>,
}

impl Site {
    /// The call inside the innermost loop on the way that leads to what fires elsewhere: each such loop sends its own statements,
    /// though one helper fires them all.
    pub fn called_from(&self) -> Option<Place> {
        let innermost = self.path.iter().rposition(|step| step.role == Role::Loop)?;
        let next = self.path.get(innermost + 1).filter(|step| step.role == Role::Call)?;
        self.per_row.then_some(next.place)
    }
}
