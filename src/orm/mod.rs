//! What each ORM's API means: a table, a line a method.

mod batch;
mod declared;
pub mod django;
mod draft;
mod migrations;
pub mod raw;
pub mod sql;
pub mod sqlalchemy;

use crate::domain::{Footprint, Site};
use crate::project::{Orm, Program, Schema};

/// What declarations and migrations say that no walk runs into.
pub fn remarks(program: &Program) -> Vec<Site> {
    declared::remarks(program).into_iter().chain(migrations::remarks(program)).collect()
}

/// The shape of the statement that a site sends, where it is known; `django` is the version: major and minor.
pub fn footprint(schema: &Schema, site: &Site, django: (u32, u32)) -> Option<Footprint> {
    match schema.model(site.model?).orm {
        Orm::Django => django::footprint::footprint(schema, site, django),
        Orm::SqlAlchemy => sqlalchemy::footprint::footprint(schema, site),
    }
}

/// The versions that a project is written for: major and minor.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Versions {
    pub django: (u32, u32),
    pub sqlalchemy: (u32, u32),
}

/// The shapes of the statements that fetch what belongs to a site's rows, besides its own.
pub fn prefetches(schema: &Schema, site: &Site, versions: Versions) -> Vec<Footprint> {
    let (Some(model), Some(asked)) = (site.model, site.asked.as_deref()) else { return Vec::new() };
    let start = site.relation.and_then(|relation| schema.model(model).relation(relation)?.target).unwrap_or(model);
    let fetched = asked.fetched.iter().filter_map(|path| schema.along(start, path));
    let shape = |relation| match schema.model(model).orm {
        Orm::Django => django::footprint::prefetch(schema, site, relation, versions.django),
        Orm::SqlAlchemy => sqlalchemy::footprint::selectin(schema, relation, versions.sqlalchemy),
    };
    fetched.filter_map(shape).collect()
}
