//! The abstract domain: values, objects, effects, origins, sizes, footprints.

mod alchemy;
mod effect;
mod facts;
mod footprint;
mod machine;
mod object;
mod plan;
mod site;
mod size;
mod value;

pub use alchemy::{
    Alchemy, Attachment, Entity, Fetched, Fixed, Growth, LoaderOption, NamedTuple, Pending, Properties, ResultShape,
    Session, Statement, StatementKind, Transaction, Waiting, Write,
};
pub use effect::{EffectKind, Fault, Verb};
pub use facts::Facts;
pub use footprint::{Asked, Footprint, SelectKind, Shape as StatementShape};
pub use machine::{Arguments, Effect, Iteration, Machine, Question, above, loaded};
pub use object::{
    Dict, Generator, Instance, Loaded, Object, Prefetch, QuerySet, Row, RowOrigin, Scope, Sequence, SequenceKind, Shape,
};
pub use plan::{Columns, Load, LoadPlan};
pub use site::{Certainty, Origin, Place, Role, RootKind, Site, Step};
pub use size::{Cost, Size};
pub use value::{Closure, DECLARED, Disjunct, Guard, MAX_DISJUNCTS, ManagerValue, ObjectId, Scalar, Value, Why};
