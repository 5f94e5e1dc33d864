//! A fixture outside of this repository, so that it is a project of its own: in here each would be read with all others.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// A copy of a fixture's folder, with a configuration that makes it a project; it goes when it is dropped.
pub fn apart(fixture: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_all(fixture, copy.path());
    let configuration = copy.path().join("quell.toml");
    if !configuration.exists() {
        fs::write(configuration, "").unwrap();
    }
    copy
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir(&target).unwrap();
            copy_all(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
