//! quell predicts the database queries that Django and SQLAlchemy code will run, without running it.
//!
//! The way down is one pipeline: walk, parse, lower, link, interpret, judge, rank, report. Imports run downwards
//! only, in the order of the modules below; `ARCHITECTURE.md` says what each room is for.

pub mod config;

pub mod source;

pub mod syntax;

pub mod project;

pub mod domain;

pub mod orm;

pub mod frameworks;

pub mod interpret;

pub mod rules;

pub mod profile;

pub mod report;

pub mod pipeline;

pub mod cli;
