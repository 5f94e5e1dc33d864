//! Which findings a baseline knows, wherever edits have moved them, and which of its entries are stale.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::finding::Finding;
use super::home::{Home, resolved};
use crate::config::Accepted;

/// A finding that was not made because quell is not sure enough of it: its rule and its home.
pub type Unsure = (&'static str, Home);

/// What a run has looked at.
pub struct Surroundings<'run> {
    /// The folder of the baseline: absolute, without links.
    pub folder: &'run Path,
    /// The text of each file that was read, by absolute path.
    pub texts: &'run BTreeMap<PathBuf, &'run str>,
    /// Whether a finding of the rule in the file would have been reported, had there been one.
    pub is_analysed: &'run dyn Fn(&str, &Path) -> bool,
}

/// The findings of a run, held against a baseline.
#[derive(Debug, Default)]
pub struct Sifted {
    /// Those that the baseline does not know.
    pub new: Vec<Finding>,
    /// Those that it knows.
    pub known: Vec<Finding>,
    /// How many accepted findings are no longer there.
    pub stale: usize,
    /// What the baseline says of files and rules that this run did not look at.
    pub unseen: Vec<Accepted>,
}

/// A way to know a finding again: what must be equal, and which entries may be known so.
struct Way {
    compared: for<'e> fn(&'e Accepted) -> [&'e str; 5],
    may: fn(&Accepted, &Surroundings) -> bool,
}

/// From the surest to the most daring; each is asked of what the ways before it left over.
const WAYS: [Way; 7] = [
    Way { compared: |one| [&one.rule, &one.file, &one.enclosing, &one.about, &one.text], may: |_, _| true },
    // The expression was edited, a variable renamed.
    Way { compared: |one| [&one.rule, &one.file, &one.enclosing, &one.about, ""], may: |_, _| true },
    // The function was renamed: nothing in the file bears its old name.
    Way { compared: |one| [&one.rule, &one.file, "", &one.about, &one.text], may: is_function_gone },
    // … and edited.
    Way { compared: |one| [&one.rule, &one.file, "", &one.about, ""], may: is_function_gone },
    // The file was moved.
    Way { compared: |one| [&one.rule, "", &one.enclosing, &one.about, &one.text], may: is_file_gone },
    // … and the expression edited.
    Way { compared: |one| [&one.rule, "", &one.enclosing, &one.about, ""], may: is_file_gone },
    // … or the function renamed.
    Way { compared: |one| [&one.rule, "", "", &one.about, &one.text], may: is_file_gone },
];

fn is_function_gone(entry: &Accepted, around: &Surroundings) -> bool {
    let Some(text) = around.texts.get(&resolved(&entry.file, around.folder)) else { return false };
    let is_name = |part: &&str| part.chars().all(|c| c.is_alphanumeric() || c == '_') && !part.is_empty();
    let is_defined = |name: &str| {
        let defines = |line: &str| {
            let line = line.trim_start();
            let line = line.strip_prefix("async ").unwrap_or(line).trim_start();
            let rest = line.strip_prefix("def ").or_else(|| line.strip_prefix("class "));
            let rest = rest.and_then(|rest| rest.trim_start().strip_prefix(name));
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        text.lines().any(defines)
    };
    entry.enclosing.split('.').filter(is_name).any(|name| !is_defined(name))
}

fn is_file_gone(entry: &Accepted, around: &Surroundings) -> bool {
    let file = resolved(&entry.file, around.folder);
    !around.texts.contains_key(&file) && !file.exists()
}

/// Holds findings against a baseline. Those that quell was not sure enough of use up their entries too.
pub fn sift(baseline: &[Accepted], findings: Vec<Finding>, unsure: &[Unsure], around: &Surroundings) -> Sifted {
    let mut left: Vec<usize> = baseline.iter().map(|entry| entry.count).collect();
    let entries: Vec<Accepted> = findings.iter().map(|one| one.home.entry(one.rule, around.folder)).collect();
    let known = known(baseline, &mut left, &entries, around);
    let hidden: Vec<Accepted> = unsure.iter().map(|(rule, home)| home.entry(rule, around.folder)).collect();
    let before = left.clone();
    self::known(baseline, &mut left, &hidden, around);
    let mut sifted = Sifted::default();
    for (index, finding) in findings.into_iter().enumerate() {
        if known.contains(&index) { sifted.known.push(finding) } else { sifted.new.push(finding) }
    }
    let not_found = baseline.iter().zip(left.into_iter().zip(before)).filter(|(_, (_, before))| *before > 0);
    for (entry, (left, before)) in not_found {
        let is_analysed = (around.is_analysed)(&entry.rule, &resolved(&entry.file, around.folder));
        let unseen = if is_analysed { before - left } else { before };
        sifted.stale += before - unseen;
        if unseen > 0 {
            sifted.unseen.push(Accepted { count: unseen, ..entry.clone() });
        }
    }
    sifted
}

/// Which of the findings are known; `left` says how many of each entry are still to be found.
fn known(baseline: &[Accepted], left: &mut [usize], findings: &[Accepted], around: &Surroundings) -> BTreeSet<usize> {
    let mut known = BTreeSet::new();
    for Way { compared, may } in &WAYS {
        let mut open: FxHashMap<[&str; 5], VecDeque<usize>> = FxHashMap::default();
        for (index, entry) in
            baseline.iter().enumerate().filter(|(index, entry)| left[*index] > 0 && may(entry, around))
        {
            open.entry(compared(entry)).or_default().push_back(index);
        }
        for (index, finding) in findings.iter().enumerate() {
            let Some(entries) = open.get_mut(&compared(finding)).filter(|_| !known.contains(&index)) else { continue };
            let Some(&entry) = entries.front() else { continue };
            left[entry] -= 1;
            if left[entry] == 0 {
                entries.pop_front();
            }
            known.insert(index);
        }
    }
    known
}

/// The entries of a baseline that accepts these findings, and what it says of others; sorted, equal ones counted.
pub fn entries<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    unseen: &[Accepted],
    folder: &Path,
) -> Vec<Accepted> {
    let found = findings.into_iter().map(|finding| finding.home.entry(finding.rule, folder));
    let mut counted: BTreeMap<Accepted, usize> = BTreeMap::new();
    for entry in found.chain(unseen.iter().cloned()) {
        let count = entry.count;
        *counted.entry(Accepted { count: 0, ..entry }).or_default() += count;
    }
    counted.into_iter().map(|(entry, count)| Accepted { count, ..entry }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::shop::{options, shop};
    use crate::rules::{Registry, judge};

    const FOLDER: &str = "/project";

    fn entry(file: &str, enclosing: &str, text: &str, count: usize) -> Accepted {
        Accepted {
            file: file.to_owned(),
            enclosing: enclosing.to_owned(),
            rule: "lazy-load-per-row".to_owned(),
            about: "shop.Book.author".to_owned(),
            text: text.to_owned(),
            count,
        }
    }

    /// A finding at home in a function of `/project/shop/views.py`.
    fn finding(enclosing: &str, text: &str) -> Finding {
        let shop = shop();
        let judgement = judge(&shop.program, &[shop.author_of_book()], &[], &Registry::builtin().unwrap(), &options());
        let mut finding = judgement.findings.into_iter().next().unwrap();
        let file = Path::new(FOLDER).join("shop/views.py");
        let (enclosing, text) = (enclosing.to_owned(), text.to_owned());
        finding.home = Home { file, enclosing, text, ..finding.home };
        finding
    }

    /// New findings by their text, and the number of stale entries, in a file with this text.
    fn sifted(baseline: &[Accepted], findings: Vec<Finding>, text: &str) -> (Vec<String>, usize, usize) {
        let texts = BTreeMap::from([(Path::new(FOLDER).join("shop/views.py"), text)]);
        let is_analysed = |_: &str, path: &Path| path.ends_with("shop/views.py");
        let around = Surroundings { folder: Path::new(FOLDER), texts: &texts, is_analysed: &is_analysed };
        let sifted = sift(baseline, findings, &[], &around);
        (sifted.new.into_iter().map(|one| one.home.text).collect(), sifted.stale, sifted.unseen.len())
    }

    #[test]
    fn of_findings_that_are_alike_the_one_with_another_text_is_new() {
        let baseline = [entry("shop/views.py", "shelf", "book.author", 2)];
        let found =
            || vec![finding("shelf", "old.author"), finding("shelf", "book.author"), finding("shelf", "book.author")];
        assert_eq!(sifted(&baseline, found(), "def shelf():\n"), (vec!["old.author".to_owned()], 0, 0));
        assert_eq!(sifted(&baseline, found().split_off(2), "def shelf():\n"), (vec![], 1, 0));
    }

    #[test]
    fn a_renamed_function_is_known_and_a_second_one_is_new() {
        let baseline = [entry("shop/views.py", "Shelf.show", "book.author", 1)];
        let moved = || vec![finding("Rack.show", "book.author")];
        assert_eq!(sifted(&baseline, moved(), "class Rack:\n    async def show(self):\n"), (vec![], 0, 0));
        let copied =
            sifted(&baseline, moved(), "class Shelf:\n    def show(self):\nclass Rack:\n    def show(self):\n");
        assert_eq!(copied, (vec!["book.author".to_owned()], 1, 0));
    }

    #[test]
    fn entries_of_other_files_are_kept_and_those_of_a_moved_file_are_known() {
        let baseline = [entry("shop/shelves.py", "shelf", "book.author", 1)];
        assert_eq!(sifted(&baseline, vec![], ""), (vec![], 0, 1));
        assert_eq!(sifted(&baseline, vec![finding("shelf", "book.author")], ""), (vec![], 0, 0));
    }

    #[test]
    fn what_quell_is_not_sure_of_is_not_stale() {
        let baseline = [entry("shop/views.py", "shelf", "book.author", 2)];
        let texts = BTreeMap::new();
        let around = Surroundings { folder: Path::new(FOLDER), texts: &texts, is_analysed: &|_, _| true };
        let unsure = ("lazy-load-per-row", finding("shelf", "book.author").home);
        let sifted = sift(&baseline, vec![], &[unsure], &around);
        assert_eq!((sifted.stale, sifted.unseen), (1, vec![entry("shop/views.py", "shelf", "book.author", 1)]));
    }

    #[test]
    fn entries_are_sorted_and_counted() {
        let found = [finding("shelf", "b"), finding("shelf", "a"), finding("shelf", "b")];
        let unseen = [entry("a.py", "f", "x", 3)];
        let written = entries(&found, &unseen, Path::new(FOLDER));
        let expected =
            [unseen[0].clone(), entry("shop/views.py", "shelf", "a", 1), entry("shop/views.py", "shelf", "b", 2)];
        assert_eq!(written, expected);
    }
}
