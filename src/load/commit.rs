//! A world in git: the tree of one commit, with nothing checked out.

mod open;
mod reader;
mod tree;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{plain, revision, text};
use crate::source::{ReadError, Sources, World};
use reader::Reader;
use tree::Tree;

/// A commit. Beside a work tree it is seen through the same eyes: what is ignored there is ignored
/// here, and texts that have not changed since are not read a second time. By itself it holds what
/// was committed, ignored or not.
#[derive(Debug)]
pub struct Commit<'w> {
    root: PathBuf,
    today: NaiveDate,
    name: String,
    tree: Tree,
    /// The work tree's texts by their paths.
    beside: Option<BTreeMap<&'w str, &'w str>>,
    reader: Mutex<Option<Reader>>,
}

impl Commit<'_> {
    /// The commit's full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Folders whose files belong to another repository, and are not read.
    pub fn submodules(&self) -> &[String] {
        self.tree.submodules()
    }

    /// A blob's bytes, as git has them.
    fn blob(&self, name: &str) -> Result<Vec<u8>, ReadError> {
        let mut slot = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = match slot.take() {
            Some(reader) => reader,
            None => Reader::start(&self.root)?,
        };
        let res = reader.blob(name, <dyn World>::MAX_FILE_BYTES);
        // After a failure nobody knows what the next bytes would be.
        if !matches!(res, Err(ReadError::Io(_))) {
            *slot = Some(reader);
        }
        res
    }

    /// Whether the work tree has a file of this name that it does not show: one that git ignores.
    fn is_ignored(&self, path: &str) -> bool {
        let is_hidden = |it: &BTreeMap<_, _>| !it.contains_key(path);
        self.beside.as_ref().is_some_and(is_hidden) && self.root.join(path).is_file()
    }
}

impl World for Commit<'_> {
    fn list(&self, roots: &[&str]) -> Vec<(String, Option<ReadError>)> {
        let mut found = BTreeMap::new();
        for root in roots {
            self.tree.list(root.trim_end_matches('/'), &mut found);
        }
        found.retain(|path, _| !self.is_ignored(path));
        found.into_iter().collect()
    }

    fn read(&self, path: &str) -> Result<String, ReadError> {
        plain(path)?;
        let blob = self.tree.blob(path)?;
        let known = self.beside.as_ref().and_then(|it| it.get(path));
        if let Some(known) = known
            && is_blob(blob, known)
        {
            return Ok((*known).to_owned());
        }
        text(self.blob(blob)?)
    }

    fn revision(&self) -> Option<String> {
        Some(revision::short(&self.name))
    }

    fn today(&self) -> NaiveDate {
        self.today
    }
}

/// The texts of a register by their paths.
fn by_path(sources: &Sources) -> BTreeMap<&str, &str> {
    let files = sources.iter().map(|(_, it)| (&*it.path, &*it.text));
    files.collect()
}

/// Whether git gives a text this name: a hash of its length and its bytes.
fn is_blob(name: &str, text: &str) -> bool {
    fn matches<D: Digest>(name: &str, text: &str) -> bool {
        let mut hash = D::new();
        hash.update(format!("blob {}\0", text.len()));
        hash.update(text);
        let bytes = hash.finalize();
        let digits = |(at, byte): (usize, &u8)| {
            name.get(at * 2..at * 2 + 2) == Some(&*format!("{byte:02x}"))
        };
        name.len() == bytes.len() * 2 && bytes.iter().enumerate().all(digits)
    }
    match name.len() {
        40 => matches::<Sha1>(name, text),
        _ => matches::<Sha256>(name, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_the_name_that_git_gives_it() {
        assert!(is_blob(
            "ce013625030ba8dba906f756967f9e9ca394464a",
            "hello\n"
        ));
        assert!(!is_blob(
            "ce013625030ba8dba906f756967f9e9ca394464a",
            "hello"
        ));
        assert!(is_blob(
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
            ""
        ));
    }
}
