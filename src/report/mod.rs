//! Findings to text, JSON and the other formats.
