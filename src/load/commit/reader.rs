//! One `git cat-file --batch`, asked for one blob after another.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::load::git;
use crate::source::ReadError;

/// The running command. It ends with this value.
#[derive(Debug)]
pub(super) struct Reader {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Reader {
    /// Starts the command.
    pub(super) fn start(root: &Path) -> Result<Self, ReadError> {
        let mut child = git::command(root)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|it| ReadError::Io(it.to_string()))?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(silent());
        };
        Ok(Self {
            child,
            questions,
            answers: BufReader::new(answers),
        })
    }

    /// The bytes of a blob, unless there are more than `limit`.
    pub(super) fn blob(&mut self, name: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.exchange(name, limit).unwrap_or_else(|_| Err(silent()))
    }

    fn exchange(&mut self, name: &str, limit: u64) -> io::Result<Result<Vec<u8>, ReadError>> {
        writeln!(self.questions, "{name}")?;
        self.questions.flush()?;
        let mut header = String::new();
        self.answers.by_ref().take(256).read_line(&mut header)?;
        let mut words = header.split_whitespace();
        let size = match (words.next(), words.next(), words.next()) {
            (Some(_), Some("blob"), Some(size)) => size.parse::<u64>().ok(),
            _ => None,
        };
        let Some(size) = size else {
            return Ok(Err(silent()));
        };
        if size > limit {
            io::copy(&mut self.answers.by_ref().take(size + 1), &mut io::sink())?;
            return Ok(Err(ReadError::TooLarge { bytes: size, limit }));
        }
        let mut bytes = Vec::new();
        // The answer ends with one more line end.
        self.answers
            .by_ref()
            .take(size + 1)
            .read_to_end(&mut bytes)?;
        Ok(match bytes.pop() {
            Some(b'\n') if bytes.len() as u64 == size => Ok(bytes),
            _ => Err(silent()),
        })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It waits for the next question and nothing else; there is nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Git does not have the blob, as in a partial clone, or does not answer.
fn silent() -> ReadError {
    ReadError::Io("git does not have its contents".to_owned())
}
