//! Which lines have changed since a revision, as git says.

use std::collections::BTreeMap;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What changes count from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Where the working tree left the history of a revision: a branch, a tag, a commit.
    Revision(String),
    /// What the next commit would change.
    Staged,
}

/// Why it can't be said what has changed.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ChangesError {
    #[error("git can't be run: {0}; changed lines are asked of git")]
    NoGit(io::Error),
    #[error("`{0}` is in no git repository: changed lines are asked of git")]
    NoRepository(String),
    #[error(
        "git knows no revision `{0}`: name a branch, a tag or a commit; in a shallow clone, fetch it first (`git fetch origin {0}`)"
    )]
    NoRevision(String),
    #[error(
        "`{0}` and the working tree have no common history here: in a shallow clone, fetch all of it first (`git fetch --unshallow`)"
    )]
    NoHistory(String),
    #[error("`git {0}` failed: {1}")]
    Failed(String, String),
}

/// The changed lines of the files of a repository, in the numbers of the working tree.
#[derive(Debug, Default)]
pub struct Changes {
    /// By absolute path. The lines on both sides of a deletion count as changed.
    lines: BTreeMap<PathBuf, Vec<RangeInclusive<u32>>>,
}

/// A hunk of a diff without context: `@@ -3,2 +4,1 @@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hunk {
    old_start: u32,
    old_count: u32,
    new_start: u32,
    new_count: u32,
}

/// The hunks of each file, by its new path from the top of the repository.
type Diff = BTreeMap<String, Vec<Hunk>>;

impl Changes {
    /// Asks git, from a folder of the repository.
    ///
    /// # Errors
    /// When there is no git, no repository, or no such revision.
    pub fn since(since: &Since, folder: &Path) -> Result<Changes, ChangesError> {
        let git = Git { folder };
        let top = git.run(&["rev-parse", "--show-toplevel"])?;
        let top = top.ok_or_else(|| ChangesError::NoRepository(folder.display().to_string()))?;
        let top = PathBuf::from(top.trim_end_matches('\n'));
        let top = top.canonicalize().unwrap_or(top);
        let mut changes = Changes::default();
        match since {
            Since::Revision(revision) => {
                for (file, hunks) in git.diff(&[&git.base(revision)?])? {
                    changes.add(top.join(file), hunks.iter().map(Hunk::touched));
                }
                for file in git.untracked()? {
                    changes.add(top.join(file), [1..=u32::MAX]);
                }
            }
            Since::Staged => {
                let unstaged = git.diff(&[])?;
                for (file, hunks) in git.diff(&["--cached"])? {
                    let later = unstaged.get(&file).map_or(&[][..], Vec::as_slice);
                    changes.add(top.join(file), hunks.iter().map(|hunk| moved(hunk.touched(), later)));
                }
            }
        }
        Ok(changes)
    }

    fn add(&mut self, file: PathBuf, lines: impl IntoIterator<Item = RangeInclusive<u32>>) {
        self.lines.entry(file).or_default().extend(lines);
    }

    /// Whether one of some lines of a file, given by its absolute path, has changed.
    pub fn touch(&self, file: &Path, lines: RangeInclusive<u32>) -> bool {
        let meets = |changed: &RangeInclusive<u32>| changed.start() <= lines.end() && lines.start() <= changed.end();
        self.lines.get(file).is_some_and(|changed| changed.iter().any(meets))
    }
}

impl Hunk {
    /// The changed lines; where lines were only deleted, those around the gap.
    fn touched(&self) -> RangeInclusive<u32> {
        match self.new_count {
            0 => self.new_start..=self.new_start + 1,
            count => self.new_start..=self.new_start + count - 1,
        }
    }
}

/// Where lines are once later hunks are applied; lines within a later hunk stand for all of it.
fn moved(lines: RangeInclusive<u32>, later: &[Hunk]) -> RangeInclusive<u32> {
    let at = |line: u32, is_end: bool| {
        let mut shift = 0i64;
        for hunk in later {
            // A hunk that only inserts stands behind its old line.
            let first = if hunk.old_count == 0 { hunk.old_start + 1 } else { hunk.old_start };
            if line < first {
                break;
            }
            if line < first + hunk.old_count {
                let touched = hunk.touched();
                return if is_end { *touched.end() } else { *touched.start() };
            }
            shift += i64::from(hunk.new_count) - i64::from(hunk.old_count);
        }
        u32::try_from(i64::from(line) + shift).unwrap_or(0)
    };
    at(*lines.start(), false)..=at(*lines.end(), true)
}

/// Runs git in a folder.
struct Git<'f> {
    folder: &'f Path,
}

impl Git<'_> {
    /// What a command prints; `None` where it fails.
    fn run(&self, arguments: &[&str]) -> Result<Option<String>, ChangesError> {
        let output = self.command(arguments).output().map_err(ChangesError::NoGit)?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.folder).args(["-c", "core.quotePath=false"]).args(arguments);
        command
    }

    /// The commit at which the working tree left the history of a revision.
    fn base(&self, revision: &str) -> Result<String, ChangesError> {
        let commit = format!("{revision}^{{commit}}");
        let commit = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        let commit = commit.ok_or_else(|| ChangesError::NoRevision(revision.to_owned()))?;
        let base = self.run(&["merge-base", commit.trim(), "HEAD"])?;
        let base = base.ok_or_else(|| ChangesError::NoHistory(revision.to_owned()))?;
        Ok(base.trim().to_owned())
    }

    fn diff(&self, what: &[&str]) -> Result<Diff, ChangesError> {
        let form =
            ["diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--no-relative"];
        let form = form.into_iter().chain(["--src-prefix=a/", "--dst-prefix=b/"]).chain(what.iter().copied());
        Ok(read_diff(&self.printed(&form.collect::<Vec<_>>())?))
    }

    /// Files that git neither tracks nor ignores, from the top of the repository.
    fn untracked(&self) -> Result<Vec<String>, ChangesError> {
        let printed = self.printed(&["ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/"])?;
        Ok(printed.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// What a command prints that has no reason to fail.
    fn printed(&self, arguments: &[&str]) -> Result<String, ChangesError> {
        let output = self.command(arguments).output().map_err(ChangesError::NoGit)?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(ChangesError::Failed(arguments.join(" "), why));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Reads a diff without context. Lines of a hunk are counted off, so that none is taken for a header.
fn read_diff(text: &str) -> Diff {
    let mut diff = Diff::new();
    let mut file = None;
    let mut to_skip = 0;
    for line in text.lines() {
        if to_skip > 0 && line.starts_with(['+', '-']) {
            to_skip -= 1;
        } else if let Some(name) = line.strip_prefix("+++ ") {
            file = unquoted(name.trim_end_matches('\t')).strip_prefix("b/").map(str::to_owned);
        } else if let Some(hunk) = line.strip_prefix("@@ ").and_then(hunk) {
            to_skip = hunk.old_count + hunk.new_count;
            if let Some(file) = &file {
                diff.entry(file.clone()).or_default().push(hunk);
            }
        }
    }
    diff
}

/// Reads `-3,2 +4 @@ …`.
fn hunk(text: &str) -> Option<Hunk> {
    let mut words = text.split(' ');
    let mut range = |sign: char| {
        let numbers = words.next()?.strip_prefix(sign)?;
        let (start, count) = numbers.split_once(',').unwrap_or((numbers, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let ((old_start, old_count), (new_start, new_count)) = (range('-')?, range('+')?);
    Some(Hunk { old_start, old_count, new_start, new_count })
}

/// A name as git quotes it when it holds a quote, a backslash or a control character.
fn unquoted(name: &str) -> String {
    let Some(inner) = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return name.to_owned() };
    let mut text = String::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('\\', Some(escaped)) => {
                rest.next();
                text.push(match escaped {
                    't' => '\t',
                    'n' => '\n',
                    other => other,
                });
            }
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_is_read_hunk_by_hunk() {
        let text = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1,2 @@ def f():\n-a\n+b\n+++ no header\n\
                    @@ -9,2 +9,0 @@\n--- a\n-b\n--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\
                    --- a/q\n+++ \"b/a \\\"q\\\".py\"\n@@ -0,0 +1 @@\n+x\n";
        let diff = read_diff(text);
        let touched = |file: &str| diff[file].iter().map(Hunk::touched).collect::<Vec<_>>();
        assert_eq!(touched("x.py"), [1..=2, 9..=10]);
        assert_eq!(touched("a \"q\".py"), [1..=1]);
        assert_eq!(diff.len(), 2);
    }

    #[test]
    fn staged_lines_move_with_what_is_not_staged() {
        let hunk = |old_start, old_count, new_start, new_count| Hunk { old_start, old_count, new_start, new_count };
        let later = [hunk(2, 0, 3, 2), hunk(10, 3, 14, 1)];
        assert_eq!(moved(1..=2, &later), 1..=2);
        assert_eq!(moved(3..=5, &later), 5..=7);
        assert_eq!(moved(11..=20, &later), 14..=20);
    }
}
