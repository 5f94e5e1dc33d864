//! Patterns of paths, in the manner of `.gitignore`, from the folder of the configuration.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// A pattern such as `cron/**` or `*_admin.py`; one that names a folder matches all that is in it.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub text: String,
    folder: PathBuf,
    matcher: Gitignore,
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it, lower case, without a full stop.
    pub fn new(folder: &Path, text: &str) -> Result<Pattern, String> {
        if text.trim().is_empty() || text.starts_with(['!', '#']) {
            return Err("it must name files".to_owned());
        }
        if text.rfind('[').is_some_and(|open| !text[open..].contains(']')) {
            return Err("a `[` is not closed".to_owned());
        }
        let mut builder = GitignoreBuilder::new(folder);
        let problem = |error: ignore::Error| match error {
            ignore::Error::Glob { err, .. } => err,
            other => other.to_string(),
        };
        builder.add_line(None, text).map_err(problem)?;
        let matcher = builder.build().map_err(problem)?;
        Ok(Pattern { text: text.to_owned(), folder: folder.to_owned(), matcher })
    }

    /// Whether a file, by its absolute path, is meant.
    pub fn matches(&self, path: &Path) -> bool {
        path.starts_with(&self.folder) && self.matcher.matched_path_or_any_parents(path, false).is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_count_from_their_folder() {
        let pattern = Pattern::new(Path::new("/project"), "cron/**").unwrap();
        assert!(pattern.matches(Path::new("/project/cron/daily/mail.py")));
        assert!(!pattern.matches(Path::new("/project/shop/cron.py")));
        assert!(!pattern.matches(Path::new("/other/cron/daily.py")));
        assert!(Pattern::new(Path::new("/project"), "legacy/").unwrap().matches(Path::new("/project/legacy/a.py")));
        assert!(Pattern::new(Path::new("/project"), "a[").is_err());
        assert!(Pattern::new(Path::new("/project"), "a{b").is_err());
    }
}
