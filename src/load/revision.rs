//! The short name of the checked-out revision, asked of the `git` command.

use std::path::Path;

use super::git;

/// Digits kept of a commit's name: always the same number, where `git rev-parse --short` would
/// give more or fewer from one clone to the next.
const DIGITS: usize = 12;

/// The commit that the folder's repository stands at; `None` without git, without a repository,
/// and before the first commit.
pub(super) fn of(folder: &Path) -> Option<String> {
    let args = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"];
    let answer = git::ask(folder, &args).ok()?;
    let name = answer.line()?;
    let is_name = name.len() >= DIGITS && name.bytes().all(|it| it.is_ascii_hexdigit());
    is_name.then(|| short(name))
}

/// A commit's name as it is shown.
pub(super) fn short(name: &str) -> String {
    name.chars().take(DIGITS).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_found_only_where_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(of(folder.path()), None);
        let run = |args: &[&str]| git::command(folder.path()).args(args).output().unwrap();
        run(&["init", "--quiet"]);
        assert_eq!(of(folder.path()), None, "before the first commit");
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let commit = ["commit", "--quiet", "--allow-empty", "-m", "x"];
        run(&[&identity[..], &commit[..]].concat());
        assert_eq!(of(folder.path()).unwrap().len(), DIGITS);
        assert_eq!(of(&folder.path().join("absent")), None);
    }
}
