//! Stage 2: worlds to read from.
//!
//! In: a folder on disk, a revision in git, or texts in memory. Out: implementations of [`World`].
//! Invariant: no byte from outside the repository is ever read, and nothing here fails because
//! one file is bad.
//! Not done here: parsing; deciding which folders matter.

#![expect(
    clippy::disallowed_methods,
    reason = "this stage and `cli` are where the outside is read"
)]

mod commit;
mod disk;
mod git;
mod history;
mod memory;
mod revision;

pub use commit::Commit;
pub use disk::{Disk, find_root};
pub use history::{Fork, History};
pub use memory::Memory;

use chrono::{NaiveDate, Utc};

use crate::source::{ReadError, World};

/// The name of the project file; the folder that holds it is the repository's root.
pub const PROJECT_FILE: &str = "journeyc.yaml";

/// Today in UTC, from the system's clock.
pub fn today() -> NaiveDate {
    Utc::now().date_naive()
}

/// Refuses paths that are not plain: empty, absolute, with `.` or `..` parts. Backslashes and drive
/// letters are refused everywhere, so that a repository means the same on every system.
fn plain(path: &str) -> Result<(), ReadError> {
    let is_plain = !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && path.split('/').all(|it| !matches!(it, "" | "." | ".."));
    if is_plain {
        Ok(())
    } else {
        Err(ReadError::Outside)
    }
}

/// Why a file of this name is not read: it could not be asked for again, or not on every system.
fn refuse_name(name: &str, is_utf8: bool) -> Option<ReadError> {
    if !is_utf8 {
        return Some(ReadError::Io("the file's name is not UTF-8".to_owned()));
    }
    plain(name).is_err().then(|| {
        ReadError::Io("the file's name holds a character that other systems refuse".to_owned())
    })
}

/// Whether any part of a path begins with a dot.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

/// Makes a text of bytes: checks the length and the encoding, and takes a byte order mark off.
fn text(bytes: Vec<u8>) -> Result<String, ReadError> {
    let limit = <dyn World>::MAX_FILE_BYTES;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge {
            bytes: bytes.len() as u64,
            limit,
        });
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let before = String::from_utf8_lossy(good).into_owned();
        ReadError::NotUtf8 { before }
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}
