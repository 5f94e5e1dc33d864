//! A program from texts, for tests: no files, no walk.

use std::path::PathBuf;
use std::sync::Arc;

use super::link::{LinkInput, LinkModule, link};
use super::program::Program;
use crate::source::{FileId, SourceFile};
use crate::syntax;

impl Program {
    /// Links texts as if they were the files of one project; paths are relative to its root.
    ///
    /// ```
    /// use quell::project::Program;
    ///
    /// let program = Program::from_sources(&[(
    ///     "shop/models.py",
    ///     "from django.db import models\n\nclass Book(models.Model):\n    title = models.TextField()\n",
    /// )]);
    /// assert!(program.schema.by_label("shop.Book").is_some());
    /// ```
    pub fn from_sources(sources: &[(&str, &str)]) -> Program {
        let mut input = LinkInput::default();
        for (position, (path, text)) in sources.iter().enumerate() {
            let id = FileId(position as u32);
            let file = SourceFile::new(id, (*path).to_owned(), PathBuf::from(path), (*text).to_owned(), true);
            let file = Arc::new(file);
            if !path.ends_with(".py") {
                input.templates.push(id);
                input.files.push(file);
                continue;
            }
            let outline = Arc::new(syntax::outline(&file));
            input.files.push(file);
            input.modules.push(LinkModule { outline, name: None, is_stub: false });
        }
        link(input)
    }
}
