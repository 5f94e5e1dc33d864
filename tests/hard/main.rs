//! Hard inputs: whatever a repository holds, quell ends in time, with bounded memory, without a panic, and says what is wrong.
#![cfg(target_os = "linux")]

mod cycles;
mod files;
mod large;
mod malice;
mod nested;
mod project;
