//! What each ORM's API means: a table, a line a method.

mod declared;
pub mod django;
mod draft;
pub mod raw;
pub mod sql;
pub mod sqlalchemy;

pub use declared::remarks;

use crate::domain::{Footprint, Site};
use crate::project::{Orm, Schema};

/// The shape of the statement that a site sends, where it is known; `django` is the version: major and minor.
pub fn footprint(schema: &Schema, site: &Site, django: (u32, u32)) -> Option<Footprint> {
    match schema.model(site.model?).orm {
        Orm::Django => django::footprint::footprint(schema, site, django),
        Orm::SqlAlchemy => sqlalchemy::footprint::footprint(schema, site),
    }
}
