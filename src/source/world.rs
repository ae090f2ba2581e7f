//! What the compiler may know of the outside.

use chrono::NaiveDate;

/// Everything the core can learn from outside: a tree of files, the revision they belong to, and
/// today's date. Implementations live in `load` (disk, git revision, memory); the core never asks
/// anything else, so the same world gives the same bytes.
pub trait World: Sync {
    /// The paths of all files below the given folders or named directly, sorted, relative to the
    /// repository's root, with `/` between parts. Hidden and git-ignored files are left out.
    /// A part of the tree that cannot be listed (a link loop, a link that leaves the repository,
    /// no permission) is an entry with its error, so that the rest is still checked; a root that is
    /// not there holds nothing.
    fn list(&self, roots: &[&str]) -> Vec<(String, Option<ReadError>)>;

    /// The whole text of a file, at most `World::MAX_FILE_BYTES` long, without a byte order mark.
    fn read(&self, path: &str) -> Result<String, ReadError>;

    /// The version-control revision that the files belong to, shortened, if there is one.
    fn revision(&self) -> Option<String>;

    /// Today in UTC: what `allow … until` and expiry dates are compared with.
    fn today(&self) -> NaiveDate;
}

impl dyn World + '_ {
    /// A larger file is refused: 1 MiB, far above any journey or template written by people.
    pub const MAX_FILE_BYTES: u64 = 1 << 20;
}

/// Why a world as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// The root is not there or not a folder.
    #[error("there is no folder `{0}`")]
    NoRoot(String),
    /// The revision cannot be read.
    #[error("{reason}")]
    Revision {
        /// What is in the way.
        reason: String,
        /// What to do about it, as an imperative.
        help: String,
    },
}

/// Why one file cannot be read. Each becomes a finding at that file; the others are still checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No such file.
    #[error("there is no such file")]
    NotFound,
    /// Longer than `World::MAX_FILE_BYTES`.
    #[error("the file is {bytes} bytes long; at most {limit} are read")]
    TooLarge {
        /// The file's length.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Not UTF-8.
    #[error("the file is not UTF-8: the first bad byte is number {}", .before.len())]
    NotUtf8 {
        /// The text before the first bad byte.
        before: String,
    },
    /// The path, or the link behind it, leads out of the repository.
    #[error("the path leaves the repository")]
    Outside,
    /// Symbolic links that lead back to themselves.
    #[error("symbolic links lead in a circle")]
    LinkLoop,
    /// Anything else that the system says.
    #[error("{0}")]
    Io(String),
}
