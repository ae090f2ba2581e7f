//! Finding the revision that is meant, and listing its files.

use std::path::Path;
use std::sync::Mutex;

use super::tree::Tree;
use super::{Base, by_path};
use crate::load::{Disk, PROJECT_FILE, git};
use crate::source::{ReadError, Sources, World, WorldError};

/// How often the files that links lead to are asked for: links may lead to links.
const MAX_ROUNDS: usize = 8;
/// How many links are followed in one round.
const MAX_LINKS: usize = 256;

impl<'w> Base<'w> {
    /// Opens the commit that the work tree has in common with a revision; the revision's own where
    /// git knows of none. `roots` are the folders that will be asked for, `known` the texts of the
    /// work tree.
    pub fn open(
        disk: &Disk,
        reference: &str,
        roots: &[&str],
        known: &'w Sources,
    ) -> Result<Self, WorldError> {
        let root = disk.root();
        let is_shallow = is_shallow(root)?;
        let tip = tip(root, reference, is_shallow)?;
        let common = ask(root, &["merge-base", &tip, "HEAD"])?;
        let common = common.line().filter(|it| is_name(it)).map(str::to_owned);
        let mut base = Self {
            root: root.to_path_buf(),
            today: disk.today(),
            is_ancestor: common.is_some(),
            is_shallow,
            commit: common.unwrap_or(tip),
            tree: Tree::default(),
            known: by_path(known),
            reader: Mutex::default(),
        };
        let roots: Vec<&str> = roots.iter().map(|it| it.trim_end_matches('/')).collect();
        base.fill(&[&roots[..], &[PROJECT_FILE]].concat())?;
        Ok(base)
    }

    /// Lists the files below some paths, and those that links among them lead to.
    fn fill(&mut self, paths: &[&str]) -> Result<(), WorldError> {
        let mut wanted: Vec<String> = paths.iter().map(|it| (*it).to_owned()).collect();
        for _ in 0..MAX_ROUNDS {
            if wanted.is_empty() {
                break;
            }
            let mut args = vec!["ls-tree", "-r", "-z", &self.commit, "--"];
            args.extend(wanted.iter().map(String::as_str));
            let listing = ask(&self.root, &args)?;
            if !listing.is_success {
                return Err(unreadable(&self.commit, &listing.complaint));
            }
            let links = self.tree.add(&listing.out);
            if self.tree.is_full() {
                return Err(unreadable(&self.commit, "it has too many files"));
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

/// Whether history ends early here; an error where there is no repository or no git.
fn is_shallow(root: &Path) -> Result<bool, WorldError> {
    let answer = ask(root, &["rev-parse", "--is-shallow-repository"])?;
    if let Some(line) = answer.line() {
        return Ok(line == "true");
    }
    Err(if answer.complaint.contains("dubious ownership") {
        refuse(
            "git does not trust this folder, because it belongs to somebody else",
            format!(
                "run `git config --global --add safe.directory {}` if you do",
                root.display()
            ),
        )
    } else if answer.complaint.contains("not a git repository") {
        refuse(
            "this folder is not in a git repository, so there is nothing to compare with",
            "leave `--base` out",
        )
    } else {
        refuse(
            format!("git does not answer: {}", first_line(&answer.complaint)),
            "see what `git status` says here",
        )
    })
}

/// The commit that a revision names.
fn tip(root: &Path, reference: &str, is_shallow: bool) -> Result<String, WorldError> {
    if reference.is_empty() || reference.starts_with('-') {
        return Err(refuse(
            format!("`{reference}` is no revision"),
            "name a branch, a tag or a commit, such as `--base origin/main`",
        ));
    }
    let wanted = format!("{reference}^{{commit}}");
    let answer = ask(root, &["rev-parse", "--verify", "--quiet", &wanted])?;
    if let Some(name) = answer.line().filter(|it| is_name(it)) {
        return Ok(name.to_owned());
    }
    let fetch = fetch(reference, is_shallow);
    let help = if is_shallow {
        format!("fetch it first, since this clone holds only a part of the history: `{fetch}`")
    } else {
        format!("see `git branch --all` for what is here, or fetch it first: `{fetch}`")
    };
    Err(refuse(format!("git knows no revision `{reference}`"), help))
}

/// The call that would bring a revision.
fn fetch(reference: &str, is_shallow: bool) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '/' | '.' | '_' | '-');
    let name = reference.strip_prefix("origin/").unwrap_or(reference);
    // A name that a shell would take apart is not something to copy.
    let name = if name.chars().all(is_plain) {
        name
    } else {
        "main"
    };
    let depth = if is_shallow { " --depth=100" } else { "" };
    format!("git fetch{depth} origin {name}:refs/remotes/origin/{name}")
}

fn ask(root: &Path, args: &[&str]) -> Result<git::Answer, WorldError> {
    git::ask(root, args).map_err(|error| {
        refuse(
            format!("cannot run `git`: {error}"),
            "install git, or leave `--base` out",
        )
    })
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

fn refuse(reason: impl Into<String>, help: impl Into<String>) -> WorldError {
    WorldError::Revision {
        reason: reason.into(),
        help: help.into(),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("it does not say why")
}

/// Whether git answered with a commit's name and nothing else.
fn is_name(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|it| it.is_ascii_hexdigit())
}
