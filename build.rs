//! Makes two tables out of folders: the rules of `queries/` and the stubs of `src/frameworks/*/stubs/`. A rule or a stub is
//! there because its files are.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let target = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(target.join("rules.rs"), rules(&package.join("queries"))?)?;
    fs::write(target.join("stubs.rs"), stubs(&package.join("src/frameworks"))?)
}

fn rules(root: &Path) -> io::Result<String> {
    println!("cargo:rerun-if-changed={}", root.display());
    let mut table = String::from("&[\n");
    for group in children(root)? {
        for query in children(&group)?.iter().filter(|path| path.extension().is_some_and(|end| end == "scm")) {
            let _ = writeln!(table, "    {},", entry(&group, query));
        }
    }
    table.push(']');
    Ok(table)
}

/// Every `FRAMEWORK/stubs/PATH.py` with its dotted name.
fn stubs(root: &Path) -> io::Result<String> {
    println!("cargo:rerun-if-changed={}", root.display());
    let mut table =
        String::from("/// Dotted name, whether it is a package, text.\nconst STUBS: &[(&str, bool, &str)] = &[\n");
    for framework in children(root)?.iter().filter(|path| path.join("stubs").is_dir()) {
        add_stubs(&framework.join("stubs"), "", &mut table)?;
    }
    table.push_str("];\n");
    Ok(table)
}

fn add_stubs(folder: &Path, package: &str, table: &mut String) -> io::Result<()> {
    for path in children(folder)? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let dotted = if package.is_empty() { stem.clone() } else { format!("{package}.{stem}") };
        if path.is_dir() {
            add_stubs(&path, &dotted, table)?;
        } else if stem == "__init__" {
            let _ = writeln!(table, "    ({package:?}, true, include_str!({path:?})),");
        } else if path.extension().is_some_and(|end| end == "py") {
            let _ = writeln!(table, "    ({dotted:?}, false, include_str!({path:?})),");
        }
    }
    Ok(())
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
