//! A user's own rules: pairs of `.scm` and `.md` files in a folder, read and checked when a run begins.

use std::fs;
use std::path::{Path, PathBuf};

use super::registry::{RuleError, Source};
use crate::config::read_text;
use crate::syntax::PatternError;
use crate::syntax::ir::Span;

/// The group of rules that lie in the folder itself.
const UNGROUPED: &str = "own";

/// The rules of a folder and of the folders in it, in the order of their paths.
///
/// # Errors
/// When the folder can't be read, holds no rule, or a rule has no page.
pub(super) fn sources(folder: &Path) -> Result<Vec<Source>, RuleError> {
    let mut queries = Vec::new();
    collect(folder, &mut queries)?;
    queries.sort();
    if queries.is_empty() {
        return Err(problem(folder, "the folder holds no rule: a rule is a pair of files, `NAME.scm` and `NAME.md`"));
    }
    queries.iter().map(|query| source(folder, query)).collect()
}

/// Query files below the folder, links not followed; what fixtures keep beside the rules are programs, no queries.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), RuleError> {
    let failed = |error: std::io::Error| problem(folder, &format!("the folder can't be read: {error}"));
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "scm") {
            found.push(path);
        }
    }
    Ok(())
}

/// The texts live as long as the program: rules are read once.
fn source(folder: &Path, query: &Path) -> Result<Source, RuleError> {
    let page = query.with_extension("md");
    let read = |path: &Path| -> Result<&'static str, RuleError> {
        let text = read_text(path).map_err(|error| match path == page {
            true => problem(query, &format!("its page `{}` can't be read: {error}", shown(path))),
            false => problem(path, &format!("it can't be read: {error}")),
        })?;
        Ok(text.leak())
    };
    let name = |path: Option<&std::ffi::OsStr>| -> &'static str {
        path.unwrap_or_default().to_string_lossy().into_owned().leak()
    };
    let group = query.parent().filter(|parent| *parent != folder).and_then(Path::file_name);
    Ok(Source {
        group: group.map_or(UNGROUPED, |group| name(Some(group))),
        id: name(query.file_stem()),
        query: read(query)?,
        page: read(&page)?,
        file: Some(shown(query).leak()),
    })
}

fn problem(path: &Path, why: &str) -> RuleError {
    let error = PatternError::new(why, Span::default());
    let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    RuleError::new(&name, shown(path), "", error)
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
