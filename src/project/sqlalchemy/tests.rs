//! Small sources with the schema they make.
