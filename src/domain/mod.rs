//! The abstract domain: values, objects, effects, origins, sizes, footprints.

mod effect;
mod footprint;
mod machine;
mod object;
mod plan;
mod site;
mod size;
mod value;

pub use effect::{EffectKind, Verb};
pub use footprint::{Footprint, SelectKind};
pub use machine::{Arguments, Effect, Iteration, Machine};
pub use object::{
    Alchemy, Dict, Generator, Instance, Loaded, LoaderOption, Object, Prefetch, QuerySet, Row, RowOrigin, Scope,
    Sequence, SequenceKind, Session, Shape, Statement,
};
pub use plan::{Columns, Load, LoadPlan};
pub use site::{Certainty, Origin, Place, Role, RootKind, Site, Step};
pub use size::{Cost, Size};
pub use value::{Closure, Disjunct, MAX_DISJUNCTS, ManagerValue, ObjectId, Scalar, Value, Why};
