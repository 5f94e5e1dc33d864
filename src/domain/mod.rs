//! The abstract domain: values, objects, effects, origins, sizes, footprints.

mod effect;
mod footprint;
mod machine;
mod object;
mod plan;
mod site;
mod size;
mod value;

pub use effect::{EffectKind, Fault, Verb};
pub use footprint::{Asked, Footprint, SelectKind, Shape as StatementShape};
pub use machine::{Arguments, Effect, Iteration, Machine, Question, above, loaded};
pub use object::{
    Alchemy, Attachment, Dict, Entity, Fetched, Fixed, Generator, Growth, Instance, Loaded, LoaderOption, NamedTuple,
    Object, Pending, Prefetch, QuerySet, ResultShape, Row, RowOrigin, Scope, Sequence, SequenceKind, Session, Shape,
    Statement, StatementKind, Transaction, Waiting, Write,
};
pub use plan::{Columns, Load, LoadPlan};
pub use site::{Certainty, Origin, Place, Role, RootKind, Site, Step};
pub use size::{Cost, Size};
pub use value::{Closure, DECLARED, Disjunct, Guard, MAX_DISJUNCTS, ManagerValue, ObjectId, Scalar, Value, Why};
