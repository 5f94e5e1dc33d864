//! The abstract domain: values, objects, effects, origins, sizes, footprints.

mod effect;
mod footprint;
mod site;
mod size;

pub use effect::{EffectKind, Verb};
pub use footprint::{Footprint, SelectKind};
pub use site::{Certainty, Origin, Place, Role, RootKind, Site, Step};
pub use size::{Cost, Size};
