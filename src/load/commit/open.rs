//! Listing the files of a commit.

use std::sync::Mutex;

use super::tree::Tree;
use super::{Commit, by_path};
use crate::load::history::{ask, first_line, refuse};
use crate::load::{Disk, PROJECT_FILE};
use crate::source::{ReadError, Sources, World, WorldError};

/// How often the files that links lead to are asked for: links may lead to links.
const MAX_ROUNDS: usize = 8;
/// How many links are followed in one round.
const MAX_LINKS: usize = 256;

impl<'w> Commit<'w> {
    /// Opens a commit by its full name. `roots` are the folders that will be asked for; `beside` are
    /// the texts of the work tree, where the commit is to be compared with that.
    pub fn open(
        disk: &Disk,
        commit: &str,
        roots: &[&str],
        beside: Option<&'w Sources>,
    ) -> Result<Self, WorldError> {
        let mut res = Self {
            root: disk.root().to_path_buf(),
            today: disk.today(),
            name: commit.to_owned(),
            tree: Tree::default(),
            beside: beside.map(by_path),
            reader: Mutex::default(),
        };
        let roots: Vec<&str> = roots.iter().map(|it| it.trim_end_matches('/')).collect();
        res.fill(&[&roots[..], &[PROJECT_FILE]].concat())?;
        Ok(res)
    }

    /// Lists the files below some paths, and those that links among them lead to.
    fn fill(&mut self, paths: &[&str]) -> Result<(), WorldError> {
        let mut wanted: Vec<String> = paths.iter().map(|it| (*it).to_owned()).collect();
        for _ in 0..MAX_ROUNDS {
            if wanted.is_empty() {
                break;
            }
            let mut args = vec!["ls-tree", "-r", "-z", &self.name, "--"];
            args.extend(wanted.iter().map(String::as_str));
            let listing = ask(&self.root, &args)?;
            if !listing.is_success {
                return Err(unreadable(&self.name, &listing.complaint));
            }
            let links = self.tree.add(&listing.out);
            if self.tree.is_full() {
                return Err(unreadable(&self.name, "it has too many files"));
            }
            wanted = Vec::new();
            for (path, blob) in links.into_iter().take(MAX_LINKS) {
                let target = self.blob(&blob).and_then(|it| {
                    String::from_utf8(it).map_err(|_| ReadError::NotUtf8 {
                        before: String::new(),
                    })
                });
                wanted.extend(target.ok().and_then(|it| self.tree.link(&path, &it)));
            }
        }
        Ok(())
    }
}

fn unreadable(commit: &str, complaint: &str) -> WorldError {
    refuse(
        format!(
            "cannot read the files of {commit}: {}",
            first_line(complaint)
        ),
        "see what `git fsck` says, or name another revision",
    )
}
