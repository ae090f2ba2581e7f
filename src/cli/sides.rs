//! Which two versions a comparison is of.
//!
//! `journeyc diff` is asked like `git diff`: with one revision, with two, or with `BASE...HEAD`.

use std::fmt::Write as _;

use super::failure::Failure;
use super::repository;
use crate::diff::Revision;
use crate::load::{Disk, History, PROJECT_FILE};

/// How the files on disk are called.
const WORK_TREE: &str = "work tree";
/// What stands between the names of two revisions: from where they began to differ, or as they are.
const DOTS: [(&str, bool); 2] = [("...", true), ("..", false)];

/// The two versions.
#[derive(Debug)]
pub(super) struct Sides {
    /// The older, which is a commit.
    pub(super) before: Revision,
    /// The newer; without a commit it is what lies on disk.
    pub(super) after: Revision,
    /// The project file as git names it: a repository may hold several.
    pub(super) key: String,
    /// What a person must know about the choice.
    pub(super) notes: Vec<String>,
}

/// The names, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Asked<'a> {
    /// The default branch if it is not said.
    before: Option<&'a str>,
    /// The work tree if it is not said.
    after: Option<&'a str>,
    /// Whether only what has happened since both began to differ is wanted.
    is_since_fork: bool,
}

impl Sides {
    /// Finds the commits that are meant.
    pub(super) fn find(
        disk: &Disk,
        base: Option<&str>,
        head: Option<&str>,
    ) -> Result<Self, Failure> {
        let asked = Asked::of(base, head)?;
        let history = History::of(disk).map_err(repository::failure)?;
        let before = match asked.before {
            Some(name) => name.to_owned(),
            None => history.default_branch().map_err(repository::failure)?,
        };
        let mut notes = Vec::new();
        let commit = if asked.is_since_fork {
            fork(&history, &before, asked.after.unwrap_or("HEAD"), &mut notes)?
        } else {
            history.commit(&before).map_err(repository::failure)?
        };
        let after = match asked.after {
            Some(name) => revision(
                name.to_owned(),
                Some(history.commit(name).map_err(repository::failure)?),
            ),
            None => revision(WORK_TREE.to_owned(), None),
        };
        Ok(Self {
            before: revision(before, Some(commit)),
            after,
            key: key(history.prefix()),
            notes,
        })
    }
}

impl<'a> Asked<'a> {
    fn of(base: Option<&'a str>, head: Option<&'a str>) -> Result<Self, Failure> {
        let Some(base) = base else {
            return Ok(Self {
                before: None,
                after: None,
                is_since_fork: true,
            });
        };
        let split =
            |(dots, is_since_fork): (&str, bool)| Some((base.split_once(dots)?, is_since_fork));
        let Some(((before, after), is_since_fork)) = DOTS.into_iter().find_map(split) else {
            return Ok(Self {
                before: Some(base),
                after: head,
                is_since_fork: head.is_none(),
            });
        };
        if let Some(head) = head {
            return Err(Failure::new(format!(
                "`{base}` names two revisions already, and `{head}` would be a third"
            ))
            .help(format!("leave `{head}` out, or name both by themselves")));
        }
        // As git has it, an end that is left open is the commit that is checked out.
        let named = |it: &'a str| Some(if it.is_empty() { "HEAD" } else { it });
        Ok(Self {
            before: named(before),
            after: named(after),
            is_since_fork,
        })
    }
}

/// The commit in which two revisions began to differ. Where the clone does not reach back to it, the
/// changes of others would show as if they were taken back, so that nothing is shown.
fn fork(
    history: &History,
    base: &str,
    head: &str,
    notes: &mut Vec<String>,
) -> Result<String, Failure> {
    let fork = history.fork(base, head).map_err(repository::failure)?;
    if fork.is_common {
        return Ok(fork.commit);
    }
    if history.is_shallow() {
        return Err(Failure::new(format!(
            "the commit that `{base}` and `{head}` have in common is not here: this clone holds \
             only a part of the history"
        ))
        .help(format!("fetch more of it: {}", history.how_to_deepen())));
    }
    notes.push(format!(
        "`{base}` and `{head}` have no common ancestor, so `{base}` itself is compared with"
    ));
    Ok(fork.commit)
}

/// What the project file is called from the top of the git repository; with what could break a comment
/// or a path that it is put into written as in a web address.
fn key(prefix: &str) -> String {
    let mut key = String::new();
    for byte in prefix.bytes().chain(PROJECT_FILE.bytes()) {
        let is_plain = byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
        if is_plain && !(byte == b'-' && key.ends_with('-')) {
            key.push(char::from(byte));
        } else {
            let _ = write!(key, "%{byte:02X}");
        }
    }
    key
}

fn revision(name: String, commit: Option<String>) -> Revision {
    Revision {
        name,
        commit,
        broken: Vec::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_key_breaks_nothing() {
        assert_eq!(key(""), "journeyc.yaml");
        assert_eq!(key("shops/my-plants/"), "shops/my-plants/journeyc.yaml");
        assert_eq!(
            key("a --> b/ü\"/"),
            "a%20-%2D%3E%20b/%C3%BC%22/journeyc.yaml"
        );
    }

    #[test]
    fn revisions_are_named_as_for_git() {
        let asked = |base, head| {
            let it = Asked::of(base, head).unwrap();
            (it.before, it.after, it.is_since_fork)
        };
        assert_eq!(asked(None, None), (None, None, true));
        assert_eq!(asked(Some("a"), None), (Some("a"), None, true));
        assert_eq!(asked(Some("a"), Some("b")), (Some("a"), Some("b"), false));
        assert_eq!(asked(Some("a...b"), None), (Some("a"), Some("b"), true));
        assert_eq!(asked(Some("a..b"), None), (Some("a"), Some("b"), false));
        assert_eq!(asked(Some("a..."), None), (Some("a"), Some("HEAD"), true));
        assert_eq!(asked(Some("..b"), None), (Some("HEAD"), Some("b"), false));
        assert!(Asked::of(Some("a...b"), Some("c")).is_err());
    }
}
