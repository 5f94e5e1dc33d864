//! What each ORM's API means: a table, a line a method.

pub mod django;
pub mod raw;
pub mod sql;
pub mod sqlalchemy;
