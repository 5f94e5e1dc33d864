//! Reading a file that lies in a repository under a known name. Whoever wrote the repository chose what it is: a pipe, a
//! device, a link to either or out of the repository, or something without end.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Bytes; no such file is larger.
const LARGEST: u64 = 64 << 20;

/// The text of a regular file.
///
/// # Errors
/// When it can't be read, is no regular file, is no UTF-8, or is too large.
pub fn read_text(path: &Path) -> io::Result<String> {
    let invalid = |_| io::Error::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8");
    String::from_utf8(read_bytes(path, LARGEST)?).map_err(invalid)
}

/// The bytes of a regular file of at most so many; it may grow while it is read.
///
/// # Errors
/// When it can't be read, is no regular file, or is too large.
pub fn read_bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    let refused = |why: String| Err(io::Error::other(why));
    if !metadata.is_file() {
        return refused("not a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    if metadata.len() <= most {
        File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    }
    if metadata.len().max(bytes.len() as u64) > most {
        return refused(format!("larger than {most} bytes"));
    }
    Ok(bytes)
}

/// Whether a path, its links followed, lies in a folder.
pub(super) fn is_inside(path: &Path, folder: &Path) -> bool {
    path.canonicalize().is_ok_and(|path| folder.canonicalize().is_ok_and(|folder| path.starts_with(folder)))
}
