//! What the texts of a project assign, to whichever object: `request.shop = shop`, `request.features = Features()`,
//! `RunUpdate(add_logs=[log])`.
//!
//! The texts are read, not the IR: most of the bodies are never lowered.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::project::Program;
use crate::source::{FileId, SourceFile};
use crate::syntax::Name;

/// What stands on the right of `owner.name =` and of `keyword=`, wherever in the project.
#[derive(Default)]
pub(super) struct Assigned {
    /// By the name of the owner and the attribute.
    put: FxHashMap<(Name, Name), Put>,
    /// By the same: what is called to make it, and a file that says so, where no code puts anything else there but `None`.
    made: FxHashMap<(Name, Name), Option<(Name, FileId)>>,
    /// By keyword: whether only lists of one are given under it.
    given_one: FxHashMap<Name, bool>,
}

/// What the code of a project puts on an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Never,
    /// Nothing but `True`.
    On,
    /// Nothing but `False` and `None`.
    Off,
    /// `True`, and elsewhere `False` or `None`.
    Switch,
    Anything,
}

impl Put {
    /// By the beginning of what is assigned.
    fn of(value: &str) -> Put {
        match value.split(|letter: char| !letter.is_alphanumeric()).next() {
            Some("True") => Put::On,
            Some("False" | "None") => Put::Off,
            _ => Put::Anything,
        }
    }

    fn and(self, other: Put) -> Put {
        match (self, other) {
            (one, same) if one == same => one,
            (Put::Never, one) | (one, Put::Never) => one,
            (Put::Anything, _) | (_, Put::Anything) => Put::Anything,
            _ => Put::Switch,
        }
    }
}

impl Assigned {
    pub(super) fn new(program: &Program) -> Self {
        let read = |mut found: Assigned, file: &Arc<SourceFile>| {
            found.read(file.id, &file.text);
            found
        };
        program.files.par_iter().fold(Assigned::default, read).reduce(Assigned::default, Assigned::and)
    }

    pub(super) fn put_on(&self, owner: Name, name: Name) -> Put {
        self.put.get(&(owner, name)).copied().unwrap_or(Put::Never)
    }

    pub(super) fn made_on(&self, owner: Name, name: Name) -> Option<(Name, FileId)> {
        self.made.get(&(owner, name)).copied().flatten()
    }

    pub(super) fn is_given_one(&self, keyword: Name) -> bool {
        self.given_one.get(&keyword).copied().unwrap_or(false)
    }

    fn read(&mut self, file: FileId, text: &str) {
        for (at, _) in text.match_indices('=') {
            let (before, value) = (&text[..at], &text[at + 1..]);
            let target = before.trim_end_matches(' ');
            let (rest, name) = last_word(target);
            if name.is_empty() || value.starts_with('=') {
                continue;
            }
            let name = Name::new(name);
            let value = value.trim_start_matches(' ');
            if target.len() == before.len() {
                self.give(name, is_list_of_one(value));
            }
            if let Some(owner) = rest.strip_suffix('.').map(|rest| last_word(rest).1)
                && !owner.is_empty()
            {
                let target = (Name::new(owner), name);
                self.put(target, Put::of(value));
                if Put::of(value) != Put::Off {
                    self.make(target, called(value).map(|callee| (Name::new(callee), file)));
                }
            }
        }
    }

    fn put(&mut self, target: (Name, Name), value: Put) {
        self.put.entry(target).and_modify(|there| *there = there.and(value)).or_insert(value);
    }

    fn make(&mut self, target: (Name, Name), made: Option<(Name, FileId)>) {
        let there = self.made.entry(target).or_insert(made);
        *there = match (*there, made) {
            (Some((callee, file)), Some((same, other))) if callee == same => Some((callee, file.min(other))),
            _ => None,
        };
    }

    fn give(&mut self, keyword: Name, is_one: bool) {
        *self.given_one.entry(keyword).or_insert(true) &= is_one;
    }

    fn and(mut self, other: Assigned) -> Assigned {
        other.put.into_iter().for_each(|(target, value)| self.put(target, value));
        other.made.into_iter().for_each(|(target, made)| self.make(target, made));
        other.given_one.into_iter().for_each(|(keyword, is_one)| self.give(keyword, is_one));
        self
    }
}

/// The identifier that a text ends with, and what stands before it.
fn last_word(text: &str) -> (&str, &str) {
    text.split_at(text.trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == '_').len())
}

/// What a text that begins with a call of a name calls.
fn called(value: &str) -> Option<&str> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
    let callee = &value[..value.find(|letter| !is_part(letter))?];
    (!callee.is_empty() && value[callee.len()..].starts_with('(')).then_some(callee)
}

/// Whether a text begins with a list in which one element is written.
fn is_list_of_one(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('[') else { return false };
    let mut depth = 0usize;
    for (at, letter) in inside.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            ']' if depth == 0 => {
                let element = inside[..at].trim();
                return !element.is_empty() && !element.starts_with('*') && !element.contains(" for ");
            }
            ']' => depth -= 1,
            ',' if depth == 0 => return inside[at + 1..].trim_start().starts_with(']'),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned(texts: &[&str]) -> Assigned {
        let read = |text: &&str| {
            let mut found = Assigned::default();
            found.read(FileId(0), text);
            found
        };
        texts.iter().map(read).fold(Assigned::default(), Assigned::and)
    }

    #[test]
    fn an_attribute_that_is_only_switched_is_a_switch() {
        let found =
            assigned(&["g.dry = True\nself.request.shop = shop\ng.user == user\n", "g.dry  = None\nflag.on = True\n"]);
        let put = |owner, name| found.put_on(Name::new(owner), Name::new(name));
        assert_eq!(put("g", "dry"), Put::Switch);
        assert_eq!(put("request", "shop"), Put::Anything);
        assert_eq!(put("flag", "on"), Put::On);
        assert_eq!(put("g", "user"), Put::Never);
    }

    #[test]
    fn what_is_made_for_an_attribute_is_known_while_nobody_makes_anything_else() {
        let found = assigned(&[
            "request.flags = None\nrequest.flags = flags.Flags(1)\nrequest.plan = Plan()\n",
            "request.plan = Other()\nrequest.day = day\n",
        ]);
        let made = |name| found.made_on(Name::new("request"), Name::new(name)).map(|(callee, _)| callee.to_string());
        assert_eq!(made("flags").as_deref(), Some("flags.Flags"));
        assert_eq!([made("plan"), made("day"), made("more")], [None, None, None]);
    }

    #[test]
    fn a_keyword_is_given_one_while_nobody_gives_more() {
        let found =
            assigned(&["f(logs=[log], tags=[a, b], none=[], more=[one])", "f(more=[*all], logs=[{'a': [1, 2]}])"]);
        let one = |keyword| found.is_given_one(Name::new(keyword));
        assert!(one("logs"));
        assert!(!one("tags") && !one("none") && !one("more") && !one("other"));
    }
}
