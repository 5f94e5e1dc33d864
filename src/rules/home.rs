//! What a finding is called wherever it stands in its file: its key, and its entry in a baseline.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use super::case::Case;
use crate::config::Accepted;

/// Longest text of an expression, in characters.
const LONGEST: usize = 60;

/// Where the fix of a finding belongs, and what it is about; no line numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The absolute path of the file.
    pub file: PathBuf,
    /// Dotted name of the function or class around the place.
    pub enclosing: String,
    /// `shop.Book.author`
    pub about: String,
    /// The expression that fires, shortened.
    pub text: String,
}

/// The text of an expression as it is on one line: a formatter that breaks it into several changes nothing.
fn flat(text: &str) -> String {
    let mut flat = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let is_break = c == ' ' && (flat.ends_with(['(', '[', '{']) || matches!(next, ')' | ']' | '}' | '.'));
        if is_break {
            continue;
        }
        if matches!(c, ')' | ']' | '}') && flat.ends_with(',') {
            flat.pop();
        }
        flat.push(c);
    }
    match flat.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &flat[..end]),
        None => flat,
    }
}

impl Home {
    /// The home of a site's finding: at the origin where a relation is read, else at the site itself.
    pub(super) fn of(case: &Case) -> Home {
        let site = case.site;
        let origin = site.origin.as_ref().filter(|_| site.relation.is_some());
        let (place, enclosing) = origin.map_or((site.place, site.enclosing), |origin| (origin.place, origin.enclosing));
        let model = case.model().map_or("?", |model| model.label.as_str());
        Home {
            file: case.program.files.get(place.file.0 as usize).map(|source| source.path.clone()).unwrap_or_default(),
            enclosing: enclosing.to_string(),
            about: format!("{model}.{}", site.relation.unwrap_or(site.action)),
            text: flat(&case.source_text()),
        }
    }

    /// The key, with the file as seen from the project's root.
    pub(super) fn key(&self, rule: &str, root: &Path) -> String {
        format!("{rule}:{}:{}:{}", relative(&self.file, root), self.enclosing, self.about)
    }

    /// The entry of a baseline that lies in `folder`.
    pub(super) fn entry(&self, rule: &str, folder: &Path) -> Accepted {
        Accepted {
            file: relative(&self.file, folder),
            enclosing: self.enclosing.clone(),
            rule: rule.to_owned(),
            about: self.about.clone(),
            text: self.text.clone(),
            count: 1,
        }
    }
}

/// An absolute path as seen from a folder, with `/`; `../` leads out of it.
fn relative(file: &Path, folder: &Path) -> String {
    let common = folder.ancestors().find(|above| file.starts_with(above)).unwrap_or(folder);
    let up = folder.strip_prefix(common).map_or(0, |below| below.components().count());
    let down = file.strip_prefix(common).unwrap_or(file).to_string_lossy().replace(MAIN_SEPARATOR, "/");
    format!("{}{down}", "../".repeat(up))
}

/// The absolute path that `relative` has made.
pub(super) fn resolved(file: &str, folder: &Path) -> PathBuf {
    let up = file.split('/').take_while(|part| *part == "..").count();
    let base = folder.ancestors().nth(up).unwrap_or(folder);
    base.join(file.trim_start_matches("../"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_out_of_a_folder_and_back() {
        let (file, folder) = (Path::new("/a/shop/views.py"), Path::new("/a/accepted/here"));
        assert_eq!(relative(file, folder), "../../shop/views.py");
        assert_eq!(resolved("../../shop/views.py", folder), file);
        assert_eq!(relative(file, Path::new("/a")), "shop/views.py");
    }

    #[test]
    fn the_text_is_the_same_however_it_is_broken() {
        let broken = "Book.objects .filter( title=title, pages=[ 1, 2, ], ) .first()";
        assert_eq!(flat(broken), "Book.objects.filter(title=title, pages=[1, 2]).first()");
        assert_eq!(flat(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}
