//! The `git` command, asked about one folder.
//!
//! Only commands that read objects are asked. None of them runs a hook, a filter or a program that
//! the repository's own settings name, so that a stranger's repository can be looked at.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};

/// How many bytes of one answer are read: a list of half a million files.
const MAX_ANSWER: u64 = 64 << 20;

/// What git said.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its answer; longer ones than anybody needs are cut off.
    pub(super) out: Vec<u8>,
    /// Whether it succeeded.
    pub(super) is_success: bool,
    /// What it complained about.
    pub(super) complaint: String,
}

impl Answer {
    /// The answer as a text without the line's end; `None` if git failed.
    pub(super) fn line(&self) -> Option<&str> {
        let line = std::str::from_utf8(&self.out).ok()?;
        self.is_success.then(|| line.trim_end_matches('\n'))
    }
}

/// A git command that looks at this folder alone: inside a hook, git's own variables would make it
/// look at another repository.
pub(super) fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        // Settings are the user's own; they say which folders are trusted, among other things.
        if name.starts_with("GIT_") && !name.starts_with("GIT_CONFIG") {
            command.env_remove(&*name);
        }
    }
    command
        .arg("-C")
        .arg(folder)
        .args(["--no-pager", "--literal-pathspecs"])
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath="])
        .env("LC_ALL", "C")
        // A partial clone would fetch what is missing, and with that run what the repository's
        // settings name.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Asks git something; an error if there is no git.
pub(super) fn ask(folder: &Path, args: &[&str]) -> io::Result<Answer> {
    let mut child = command(folder)
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut complaint = Vec::new();
    let mut out = Vec::new();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Both are read at once: git would wait for the reader of the one while we wait for the other.
    std::thread::scope(|scope| {
        let complaint = &mut complaint;
        scope.spawn(move || stderr.map(|it| it.take(1 << 16).read_to_end(complaint)));
        stdout.map_or(Ok(0), |it| it.take(MAX_ANSWER).read_to_end(&mut out))
    })?;
    let status = child.wait()?;
    Ok(Answer {
        out,
        is_success: status.success(),
        complaint: String::from_utf8_lossy(&complaint).into_owned(),
    })
}
