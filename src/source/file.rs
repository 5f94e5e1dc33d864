//! One source file: its text, and byte offsets as lines and columns.

use serde::{Deserialize, Serialize};

use std::path::PathBuf;

/// A file of this run; ids follow the sorted order of the paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A place as people count: both 1-based, the column in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineColumn {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in code points.
    pub column: u32,
}

/// A file that was read and decoded.
#[derive(Debug)]
pub struct SourceFile {
    /// Its id in this run.
    pub id: FileId,
    /// The path as shown to the user: relative to the working directory where possible, with `/`.
    pub shown: String,
    /// The path on disk.
    pub path: PathBuf,
    /// The decoded text; spans count its bytes.
    pub text: String,
    /// Byte offset of the start of each line.
    line_starts: Vec<u32>,
    /// Whether findings in this file are reported (against: only read).
    pub reported: bool,
}

impl SourceFile {
    /// Wraps decoded text.
    pub fn new(id: FileId, shown: String, path: PathBuf, text: String, reported: bool) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        SourceFile { id, shown, path, text, line_starts, reported }
    }

    /// Text that is compiled in, such as a stub module: read like any file, never reported.
    pub fn builtin(id: FileId, name: &str, text: String) -> Self {
        SourceFile::new(id, name.to_string(), PathBuf::from(name), text, false)
    }

    /// The text of a range of bytes; nothing for one that the file does not have.
    pub fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let offset = (offset as usize).min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start as usize <= offset).max(1);
        let start = self.line_starts[line - 1] as usize;
        let column = self.text.get(start..offset).map_or(offset - start, |text| text.chars().count());
        LineColumn { line: line as u32, column: column as u32 + 1 }
    }
}
