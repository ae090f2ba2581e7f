//! Runs the program of a plug-in within limits: time, and how much it may say.
//!
//! The program and whatever it starts form a process group of their own, so that all of it ends with
//! the time. Its working folder is that of temporary files: what it leaves there is not in the
//! repository.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::find::is_program;
use crate::cli::failure::reason;
use crate::plugin::{PREFIX, Runner, Trouble, harmless};

/// How many bytes a plug-in may answer: ten thousand emails in a few languages.
const MAX_ANSWER: u64 = 64 << 20;
/// How many bytes of a plug-in's complaints are read.
const MAX_COMPLAINT: u64 = 16 << 10;
/// How many lines of them are shown.
const SHOWN_LINES: usize = 20;
/// How often it is looked whether a program has ended that has closed its output.
const PAUSE: Duration = Duration::from_millis(5);

/// The programs of plug-ins.
#[derive(Debug)]
pub(in crate::cli) struct Programs {
    /// Where they stand.
    pub(in crate::cli) folders: Vec<PathBuf>,
    /// The environment that they get.
    pub(in crate::cli) env: BTreeMap<String, String>,
    /// How long each run may take.
    pub(in crate::cli) time: Duration,
    /// What they complained about, by line, each with the plug-in's name before it.
    pub(in crate::cli) said: Mutex<Vec<String>>,
}

/// What a thread that reads a stream of the program has come to.
enum Heard {
    /// All that it answers, or as much as is taken and one byte.
    Answer(Vec<u8>),
    /// What it complains about.
    Complaint(Vec<u8>),
}

impl Runner for Programs {
    fn run(&self, name: &str, words: &[&str], input: &[u8]) -> Result<Vec<u8>, Trouble> {
        let program = self.find(name)?;
        let mut child = self.start(name, &program, words)?;
        let heard = converse(&mut child, input);
        let outcome = self.wait(name, &mut child, &heard);
        if outcome.is_err() {
            kill(&mut child);
        }
        outcome
    }
}

impl Programs {
    fn find(&self, name: &str) -> Result<PathBuf, Trouble> {
        let mut barred = None;
        for folder in &self.folders {
            for ending in ["", std::env::consts::EXE_SUFFIX] {
                let path = folder.join(format!("{PREFIX}{name}{ending}"));
                if is_program(&path) {
                    return Ok(path);
                }
                if path.is_file() {
                    barred.get_or_insert(path);
                }
            }
        }
        match barred {
            Some(path) => {
                let path = path.display();
                let help = format!("let it be run: `chmod +x {path}`");
                Err(Trouble::new(
                    name,
                    &format!("cannot be run: `{path}` is no program"),
                    help,
                ))
            }
            None => Err(Trouble::new(
                name,
                "is not on the PATH",
                "install it in a folder of the PATH; folders of the repository do not count",
            )),
        }
    }

    fn start(&self, name: &str, program: &PathBuf, words: &[&str]) -> Result<Child, Trouble> {
        let mut command = Command::new(program);
        command
            .args(words)
            .env_clear()
            .envs(&self.env)
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn().map_err(|error| {
            let what = format!("cannot be run: {}", reason(&error));
            let help = format!(
                "see that `{}` is a program, and that what its first line names is installed",
                program.display()
            );
            Trouble::new(name, &what, help)
        })
    }

    /// Waits for the answer and for the end, within the time.
    fn wait(
        &self,
        name: &str,
        child: &mut Child,
        heard: &Receiver<Heard>,
    ) -> Result<Vec<u8>, Trouble> {
        let deadline = Instant::now() + self.time;
        let (mut answer, mut complaint) = (None, None);
        while answer.is_none() || complaint.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            match heard.recv_timeout(left) {
                Ok(Heard::Answer(it)) if it.len() as u64 > MAX_ANSWER => {
                    let what = format!("answered more than {} MiB", MAX_ANSWER >> 20);
                    return Err(Trouble::new(name, &what, "tell its author"));
                }
                Ok(Heard::Answer(it)) => answer = Some(it),
                Ok(Heard::Complaint(it)) => {
                    self.keep(name, &it);
                    complaint = Some(());
                }
                Err(RecvTimeoutError::Timeout) => return Err(self.too_slow(name)),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < deadline => std::thread::sleep(PAUSE),
                Ok(None) => return Err(self.too_slow(name)),
                Err(error) => {
                    let what = format!("cannot be waited for: {}", reason(&error));
                    return Err(Trouble::new(name, &what, "try again"));
                }
            }
        };
        if status.success() {
            return Ok(answer.unwrap_or_default());
        }
        let help = "what it said about it stands above; tell its author";
        Err(Trouble::new(name, &ended(status), help))
    }

    fn too_slow(&self, name: &str) -> Trouble {
        let seconds = self.time.as_secs();
        let plural = if seconds == 1 { "" } else { "s" };
        let what = format!("did not end within {seconds} second{plural}, and was stopped");
        let help = "give it more time with `--plugin-timeout SECONDS`, or tell its author";
        Trouble::new(name, &what, help)
    }

    fn keep(&self, name: &str, complaint: &[u8]) {
        let text = String::from_utf8_lossy(complaint);
        let mut lines = text.lines().filter(|it| !it.trim().is_empty());
        let Ok(mut said) = self.said.lock() else {
            return;
        };
        for line in lines.by_ref().take(SHOWN_LINES) {
            said.push(format!("{PREFIX}{name}: {}", harmless(line)));
        }
        if lines.next().is_some() {
            said.push(format!("{PREFIX}{name}: …"));
        }
    }
}

/// Hands the input over and listens, each in a thread of its own: a program that reads nothing, or
/// whose children keep a stream open, must not stop us. The threads end with the streams.
fn converse(child: &mut Child, input: &[u8]) -> Receiver<Heard> {
    let (sender, heard) = channel();
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // A program need not read what it does not want to know.
        std::thread::spawn(move || stdin.write_all(&input));
    }
    if let Some(stdout) = child.stdout.take() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let mut answer = Vec::new();
            let _ = stdout.take(MAX_ANSWER + 1).read_to_end(&mut answer);
            let _ = sender.send(Heard::Answer(answer));
        });
    }
    if let Some(mut stderr) = child.stderr.take() {
        std::thread::spawn(move || {
            let mut complaint = Vec::new();
            let _ = stderr
                .by_ref()
                .take(MAX_COMPLAINT)
                .read_to_end(&mut complaint);
            // What comes after is thrown away, so that the program does not wait for a reader.
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            let _ = sender.send(Heard::Complaint(complaint));
        });
    }
    heard
}

/// How a program ended that did not end well.
fn ended(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("crashed (signal {signal})");
    }
    match status.code() {
        Some(code) => format!("failed with exit status {code}"),
        None => "crashed".to_owned(),
    }
}

/// Ends the program and all that it has started.
fn kill(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
