//! Makes two tables out of folders: the rules of `queries/` and the stubs of `src/frameworks/*/stubs/`. A rule or a stub is
//! there because its files are.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let target = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    println!("cargo:rustc-env=QUELL_BUILT_FROM={}", built_from(&package, &target));
    println!("cargo:rustc-env=QUELL_FINGERPRINT={:016x}", fingerprint(&package)?);
    fs::write(target.join("rules.rs"), rules(&package.join("queries"))?)?;
    fs::write(target.join("stubs.rs"), stubs(&package.join("src/frameworks"))?)
}

/// A number for all that decides what quell finds: what one build has found is nothing to another.
fn fingerprint(package: &Path) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for part in ["src", "queries", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={}", package.join(part).display());
        hash_below(&package.join(part), &mut hasher)?;
    }
    Ok(hasher.finish())
}

fn hash_below(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        return children(path)?.iter().try_for_each(|inner| hash_below(inner, hasher));
    }
    if path.is_file() {
        path.file_name().hash(hasher);
        fs::read(path)?.hash(hasher);
    }
    Ok(())
}

/// ` (1a2b3c4d5)`, the commit of a release; nothing where that is not known. Other builds would have to be made anew after
/// each commit, and nobody keeps them.
fn built_from(package: &Path, target: &Path) -> String {
    println!("cargo:rerun-if-env-changed=QUELL_COMMIT");
    let given = env::var("QUELL_COMMIT").ok().filter(|commit| !commit.is_empty());
    let is_release = target.components().any(|part| part.as_os_str() == "release");
    let commit = given.or_else(|| if is_release { commit(package) } else { None });
    commit.map(|commit| format!(" ({})", &commit[..commit.len().min(9)])).unwrap_or_default()
}

/// The commit of the package's own repository.
fn commit(package: &Path) -> Option<String> {
    if !package.join(".git").exists() {
        return None;
    }
    let git = |arguments: &[&str]| {
        let output = Command::new("git").current_dir(package).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    };
    // It grows with every commit and every change of branch.
    println!("cargo:rerun-if-changed={}", package.join(git(&["rev-parse", "--git-path", "logs/HEAD"])?).display());
    git(&["rev-parse", "HEAD"])
}

fn rules(root: &Path) -> io::Result<String> {
    println!("cargo:rerun-if-changed={}", root.display());
    let mut table = String::from("&[\n");
    for group in children(root)?.iter().filter(|path| path.is_dir()) {
        for query in children(group)?.iter().filter(|path| path.extension().is_some_and(|end| end == "scm")) {
            let _ = writeln!(table, "    {},", entry(group, query));
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
    format!(
        "Source {{ group: {group:?}, id: {id:?}, query: include_str!({query:?}), page: include_str!({page:?}), file: None }}"
    )
}

/// The entries of a folder, sorted.
fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}
