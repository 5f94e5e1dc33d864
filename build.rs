//! Makes the table of rules out of the folder `queries/`: a rule is there because its two files are.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("queries");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut table = String::from("&[\n");
    for group in children(&root)? {
        for query in children(&group)?.iter().filter(|path| path.extension().is_some_and(|end| end == "scm")) {
            let _ = writeln!(table, "    {},", entry(&group, query));
        }
    }
    table.push(']');
    let target = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?).join("rules.rs");
    fs::write(target, table)
}

/// One `Source { … }` of the table; a missing page fails the build at its `include_str!`.
fn entry(group: &Path, query: &Path) -> String {
    let (page, id) = (query.with_extension("md"), query.file_stem().unwrap_or_default());
    let group = group.file_name().unwrap_or_default();
    format!("Source {{ group: {group:?}, id: {id:?}, query: include_str!({query:?}), page: include_str!({page:?}) }}")
}

/// The entries of a folder, sorted.
fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}
