//! Whether a project is written for Python 2, where `import shelf` in a package means its neighbour first.
//!
//! ```py
//! # library/__init__.py
//! from shelf import *  # library/shelf.py
//! ```
//!
//! <https://peps.python.org/pep-0328/#rationale-for-absolute-imports>

use std::sync::OnceLock;

use super::program::{ModuleId, Program};
use crate::syntax::{Name, reads};

/// What no program for Python 3 says.
const OLD: &[&str] = &[".iteritems()", ".itervalues()", ".has_key(", "xrange(", "basestring", "print \"", "print '"];

/// What no program for Python 2 says.
const NEW: &[&str] = &["async def ", ") -> ", "nonlocal ", "(f\"", "(f'", " f\"", " f'", "yield from "];

/// The answer, worked out when first asked for.
#[derive(Debug, Default)]
pub(crate) struct Python2(OnceLock<bool>);

impl Program {
    /// The module beside `from`, in its package, that a bare `import name` means there.
    pub(super) fn neighbour(&self, from: Option<ModuleId>, name: &str) -> Option<Name> {
        let from = self.module(from?);
        let is_below = |package: &str| Name::new(&format!("{package}.{name}"));
        let package = if from.is_package { Some(from.name.as_str()) } else { Some(from.name.rsplit_once('.')?.0) };
        let found = package.map(is_below).filter(|found| *found != from.name && self.index.is_exact(*found))?;
        (!from.is_stub && self.is_python_2()).then_some(found)
    }

    fn is_python_2(&self) -> bool {
        *self.python_2.0.get_or_init(|| self.say_one_of(OLD) && !self.say_one_of(NEW))
    }

    fn say_one_of(&self, words: &[&str]) -> bool {
        let own = self.modules.iter().filter(|module| !module.is_stub && !module.is_template);
        let mut files = own.filter_map(|module| self.files.get(module.file.0 as usize));
        files.any(|file| words.iter().any(|word| reads::says(file, word)))
    }
}
