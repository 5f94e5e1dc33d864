//! The cache: what a run leaves to the next one, in `.quell_cache/` of the project or where `--cache-dir` says.
//!
//! A file for each project and way of reading it: a line that says what it is, a number for what follows, and that. It is
//! written aside and renamed, so that runs at the same time and a loss of power leave a whole file. What is damaged, or
//! of another build, is nothing; it never decides what is found.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::settings::Settings;
use crate::interpret::Memory;
use crate::rules::{Note, Quiet};

/// The folder's name in a project.
const FOLDER: &str = ".quell_cache";

/// The first line of a file.
const HEADER: &str = concat!("quell cache ", env!("QUELL_FINGERPRINT"), "\n");

/// Bytes: a larger file is neither written nor read.
const LARGEST: u64 = 256 << 20;

/// So many files are kept in a folder; the oldest go.
const MOST_FILES: usize = 16;

/// What a run leaves to the next.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// What the interpreter has found.
    pub memory: Memory,
    /// Code in which no pattern of a rule finds anything.
    pub quiet: Quiet,
}

/// The cache of one project.
pub(super) struct Cache {
    file: PathBuf,
}

impl Cache {
    /// The cache of the project in `root`; none where the settings want none.
    pub(super) fn of(settings: &Settings, root: &Path) -> Option<Cache> {
        let folder = match &settings.cache {
            super::CacheChoice::None => return None,
            super::CacheChoice::Own => root.join(FOLDER),
            super::CacheChoice::Folder(folder) => folder.clone(),
        };
        let name = format!("{} {}", settings.include_tests, settings.include_migrations);
        let place =
            if settings.cache == super::CacheChoice::Own { String::new() } else { root.to_string_lossy().into_owned() };
        let file = folder.join(format!("{:016x}", xxh3_64(format!("{name} {place}").as_bytes())));
        Some(Cache { file })
    }

    /// What the last run left; nothing, with a note, where that is damaged.
    pub(super) fn read(&self, notes: &mut Vec<Note>) -> Kept {
        match self.content() {
            Ok(kept) => kept.unwrap_or_default(),
            Err(reason) => {
                let message = format!("the cache is made anew: `{}` {reason}", self.file.display());
                notes.push(Note { file: None, line: None, kind: "cache", message });
                Kept::default()
            }
        }
    }

    fn content(&self) -> Result<Option<Kept>, String> {
        if self.file.parent().is_some_and(Path::is_symlink) {
            return Ok(None);
        }
        let bytes = match read_at_most(&self.file) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(format!("can't be read: {error}")),
        };
        let Some(rest) = bytes.strip_prefix(HEADER.as_bytes()) else {
            // Another build wrote it.
            return if bytes.starts_with(b"quell cache ") { Ok(None) } else { Err("is no cache of quell".to_owned()) };
        };
        let Some((number, content)) = rest.split_first_chunk::<16>() else { return Err("is cut off".to_owned()) };
        if xxh3_128(content) != u128::from_le_bytes(*number) {
            return Err("is damaged".to_owned());
        }
        postcard::from_bytes(content).map(Some).map_err(|_| "is damaged".to_owned())
    }

    /// Leaves something to the next run. A folder that can't be written to is no failure: then there is no cache.
    pub(super) fn write(&self, kept: &Kept) {
        let Ok(content) = postcard::to_stdvec(kept) else { return };
        if content.len() as u64 <= LARGEST {
            let _ = self.replace(&content);
        }
    }

    fn replace(&self, content: &[u8]) -> io::Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        prepare(folder)?;
        let aside = self.file.with_extension(format!("{}.new", std::process::id()));
        let written = fs::File::create(&aside).and_then(|mut file| {
            file.write_all(HEADER.as_bytes())?;
            file.write_all(&xxh3_128(content).to_le_bytes())?;
            file.write_all(content)?;
            fs::rename(&aside, &self.file)
        });
        if written.is_err() {
            let _ = fs::remove_file(&aside);
        }
        written?;
        drop_oldest(folder)
    }
}

fn read_at_most(file: &Path) -> io::Result<Vec<u8>> {
    // A link or a device under this name is not ours.
    if !fs::symlink_metadata(file)?.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Makes the folder, which git passes by.
fn prepare(folder: &Path) -> io::Result<()> {
    if fs::symlink_metadata(folder).is_ok_and(|found| !found.is_dir()) {
        return Err(io::Error::other("it is no folder"));
    }
    if !folder.exists() {
        fs::create_dir_all(folder)?;
        fs::write(folder.join(".gitignore"), "# Made by quell.\n*\n")?;
        fs::write(
            folder.join("CACHEDIR.TAG"),
            "Signature: 8a477f597d28d172789f06886806bc55\n# This folder holds what quell remembers of its last runs.\n",
        )?;
    }
    Ok(())
}

fn drop_oldest(folder: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.len() >= 16 && !name.contains("TAG"));
        if is_ours && entry.file_type()?.is_file() {
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    files.sort();
    let surplus = files.len().saturating_sub(MOST_FILES);
    files.into_iter().take(surplus).try_for_each(|(_, path)| fs::remove_file(path))
}
