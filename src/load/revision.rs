//! The short name of the checked-out revision, asked of the `git` command.

use std::path::Path;
use std::process::{Command, Stdio};

/// Digits kept of a commit's name: always the same number, where `git rev-parse --short` would
/// give more or fewer from one clone to the next.
const DIGITS: usize = 12;

/// The commit that the folder's repository stands at; `None` without git, without a repository,
/// and before the first commit.
pub(super) fn of(folder: &Path) -> Option<String> {
    let output = git(folder)
        .args(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
        .output()
        .ok()?;
    let name = String::from_utf8(output.stdout).ok()?;
    let name = name.trim();
    let is_name = output.status.success()
        && name.len() >= DIGITS
        && name.bytes().all(|it| it.is_ascii_hexdigit());
    is_name.then(|| name[..DIGITS].to_owned())
}

/// A git command that looks at this folder alone: inside a hook, git's own variables would make it
/// look at another repository.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .arg("-C")
        .arg(folder)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_found_only_where_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(of(folder.path()), None);
        let run = |args: &[&str]| git(folder.path()).args(args).output().unwrap();
        run(&["init", "--quiet"]);
        assert_eq!(of(folder.path()), None, "before the first commit");
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let commit = ["commit", "--quiet", "--allow-empty", "-m", "x"];
        run(&[&identity[..], &commit[..]].concat());
        assert_eq!(of(folder.path()).unwrap().len(), DIGITS);
        assert_eq!(of(&folder.path().join("absent")), None);
    }
}
