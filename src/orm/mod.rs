//! What each ORM's API means: a table, a line a method.

pub mod django;
pub mod sqlalchemy;
