//! Commits: which one somebody means, and where two began to differ.
//!
//! In: names as people write them. Out: the full names of commits, or a reason why there is none,
//! with what to do about it. Invariant: what a name says never becomes an option or a second
//! question to git. Not done here: reading what a commit holds (`commit`).

use std::path::{Path, PathBuf};

use super::{Disk, git};
use crate::diagnostic::nearest;
use crate::source::WorldError;

/// The branches that others grow out of, where the remote does not say which one does: the first
/// that is there counts.
const USUAL: [&str; 4] = ["origin/main", "origin/master", "main", "master"];
/// The one whose fetching is shown where none is there.
const EXPECTED: &str = "origin/main";
/// How many names are looked through for what was meant.
const MAX_NAMES: &str = "--count=5000";

/// The history that a folder belongs to.
#[derive(Debug)]
pub struct History {
    root: PathBuf,
    is_shallow: bool,
    prefix: String,
}

/// Where the history of one commit left that of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The commit that both have in common; the first one itself if there is none.
    pub commit: String,
    /// Whether they have it in common.
    pub is_common: bool,
}

impl History {
    /// Opens the history of a folder; an error where there is no repository or no git.
    pub fn of(disk: &Disk) -> Result<Self, WorldError> {
        let root = disk.root().to_path_buf();
        let question = ["rev-parse", "--is-shallow-repository", "--show-prefix"];
        let answer = ask(&root, &question)?;
        if !answer.is_success {
            return Err(silent(&root, &answer.complaint));
        }
        let said = String::from_utf8_lossy(&answer.out);
        let (is_shallow, prefix) = said.split_once('\n').unwrap_or((&said, ""));
        Ok(Self {
            is_shallow: is_shallow == "true",
            prefix: prefix.strip_suffix('\n').unwrap_or(prefix).to_owned(),
            root,
        })
    }

    /// The way from the top of the git repository to the folder, with a `/` at its end; nothing
    /// where the folder is the top.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether it ends where somebody stopped fetching.
    pub fn is_shallow(&self) -> bool {
        self.is_shallow
    }

    /// The branch that others grow out of: what the remote says it is, or else one of the usual
    /// names.
    pub fn default_branch(&self) -> Result<String, WorldError> {
        let head = [
            "symbolic-ref",
            "--quiet",
            "--short",
            "refs/remotes/origin/HEAD",
        ];
        let head = self.ask(&head)?;
        let mut names = head.line().into_iter().chain(USUAL);
        for name in &mut names {
            if self.find(name)?.is_some() {
                return Ok(name.to_owned());
            }
        }
        if self.find("HEAD")?.is_none() {
            return Err(no_commit());
        }
        Err(refuse(
            "there is no default branch here to compare with: neither `origin/main` nor \
             `origin/master`, `main` or `master`",
            format!(
                "fetch it (`{}`), or name a branch, a tag or a commit to compare with",
                self.fetch(EXPECTED)
            ),
        ))
    }

    /// The full name of the commit that a revision names.
    pub fn commit(&self, reference: &str) -> Result<String, WorldError> {
        if reference.is_empty() || reference.starts_with('-') {
            return Err(refuse(
                format!("`{reference}` is no revision"),
                "name a branch, a tag or a commit, such as `origin/main`",
            ));
        }
        if let Some(name) = self.find(reference)? {
            return Ok(name);
        }
        if reference == "HEAD" {
            return Err(no_commit());
        }
        let fetch = self.fetch(reference);
        let mut help = if self.is_shallow {
            format!("fetch it first, since this clone holds only a part of the history: `{fetch}`")
        } else {
            format!("see `git branch --all` for what is here, or fetch it first: `{fetch}`")
        };
        if let Some(meant) = self.nearest(reference)? {
            help = format!("did you mean `{meant}`? Otherwise {help}");
        }
        Err(refuse(format!("git knows no revision `{reference}`"), help))
    }

    /// Where one commit's history left the other's.
    pub fn fork(&self, base: &str, head: &str) -> Result<Fork, WorldError> {
        let base = self.commit(base)?;
        let head = self.commit(head)?;
        let common = self.ask(&["merge-base", &base, &head])?;
        let common = common.line().filter(|it| is_name(it)).map(str::to_owned);
        Ok(Fork {
            is_common: common.is_some(),
            commit: common.unwrap_or(base),
        })
    }

    /// How to get more of a history that ends early.
    pub fn how_to_deepen(&self) -> &'static str {
        "`git fetch --deepen=1000 origin`, or the whole of it: `git fetch --unshallow origin`"
    }

    /// The commit of this name, if there is one.
    fn find(&self, reference: &str) -> Result<Option<String>, WorldError> {
        let wanted = format!("{reference}^{{commit}}");
        let answer = self.ask(&["rev-parse", "--verify", "--quiet", &wanted])?;
        let name = answer.line().filter(|it| is_name(it));
        Ok(name.map(str::to_owned))
    }

    /// The branch or tag that was probably meant.
    fn nearest(&self, reference: &str) -> Result<Option<String>, WorldError> {
        let format = "--format=%(refname:lstrip=2)";
        let answer = self.ask(&["for-each-ref", MAX_NAMES, format])?;
        let names = String::from_utf8_lossy(&answer.out);
        Ok(nearest(reference, names.lines()).map(str::to_owned))
    }

    /// The call that would bring a revision.
    fn fetch(&self, reference: &str) -> String {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '/' | '.' | '_' | '-');
        let name = reference.strip_prefix("origin/").unwrap_or(reference);
        // A name that a shell would take apart is not something to copy.
        let name = if name.chars().all(is_plain) {
            name
        } else {
            "main"
        };
        let depth = if self.is_shallow { " --depth=100" } else { "" };
        format!("git fetch{depth} origin {name}:refs/remotes/origin/{name}")
    }

    fn ask(&self, args: &[&str]) -> Result<git::Answer, WorldError> {
        ask(&self.root, args)
    }
}

/// Asks git, or says how to get one.
pub(super) fn ask(root: &Path, args: &[&str]) -> Result<git::Answer, WorldError> {
    git::ask(root, args).map_err(|error| {
        refuse(
            format!("cannot run `git`: {error}"),
            "install git: what was before is read from it",
        )
    })
}

/// Why git does not answer for a folder.
fn silent(root: &Path, complaint: &str) -> WorldError {
    if complaint.contains("dubious ownership") {
        refuse(
            "git does not trust this folder, because it belongs to somebody else",
            format!(
                "run `git config --global --add safe.directory {}` if you do",
                root.display()
            ),
        )
    } else if complaint.contains("not a git repository") {
        refuse(
            "this folder is not in a git repository, so there is nothing to compare with",
            "compare in a clone of the repository; `journeyc check` alone needs none",
        )
    } else {
        refuse(
            format!("git does not answer: {}", first_line(complaint)),
            "see what `git status` says here",
        )
    }
}

fn no_commit() -> WorldError {
    refuse(
        "there is no commit here yet, so there is nothing to compare with",
        "commit what there is, and compare what you change then",
    )
}

/// A reason with what to do about it.
pub(super) fn refuse(reason: impl Into<String>, help: impl Into<String>) -> WorldError {
    WorldError::Revision {
        reason: reason.into(),
        help: help.into(),
    }
}

/// What git complained about first.
pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("it does not say why")
}

/// Whether git answered with a commit's name and nothing else.
fn is_name(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|it| it.is_ascii_hexdigit())
}
