//! What a comparison costs in a repository of ten thousand journeys, beside `git diff --stat`.
//!
//! `cargo bench --bench diff` writes the repository of the `check` bench, commits it, changes one thing
//! after another, and compares. Each run is a process of its own. It ends with 1 while `diff` or
//! `check --base` cost more than is promised where one journey has changed.
//! `cargo bench --bench diff -- 1000 --rounds 3` takes fewer journeys and rounds.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench reads files, looks at the clock and shows a table"
)]

#[allow(dead_code, reason = "the other bench uses more of it")]
#[path = "../check/corpus.rs"]
mod corpus;

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use journeyc::cli::{self, Streams};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DEFAULT_JOURNEYS: usize = 10_000;
const ROUNDS: usize = 7;
/// What a comparison may cost above `git diff --stat`.
const MAX_ABOVE: Duration = Duration::from_millis(300);

/// A change, and what must be compiled for it.
struct Case {
    name: &'static str,
    /// The file that changes, and which text becomes which.
    edit: Option<(&'static str, &'static str, &'static str)>,
    /// Why everything is compiled; nothing where only what the change reaches is.
    everything: Option<&'static str>,
}

const CASES: [Case; 7] = [
    Case {
        name: "nothing",
        edit: None,
        everything: None,
    },
    Case {
        name: "description of a journey",
        edit: Some((
            "journeys/line-07/post-purchase-00007.yaml",
            "description: Sent by care",
            "description: Sent by the care team",
        )),
        everything: None,
    },
    Case {
        name: "wait of a journey",
        edit: Some((
            "journeys/line-05/abandonment-00105.yaml",
            "  - wait: 4h\n",
            "  - wait: 5h\n",
        )),
        everything: None,
    },
    Case {
        name: "wait after a payment",
        edit: Some((
            "journeys/line-07/post-purchase-00007.yaml",
            "  - wait: 1d\n",
            "  - wait: 2d\n",
        )),
        everything: Some("what is owed after a payment, any journey may give"),
    },
    Case {
        name: "purpose of a step",
        edit: Some((
            "journeys/line-05/abandonment-00105.yaml",
            "purpose: [abandonment, reminder]",
            "purpose: [abandonment, content]",
        )),
        everything: Some("rules count purposes over all journeys"),
    },
    Case {
        name: "template",
        edit: Some((
            "templates/shared/letter-07.mjml",
            "Read how it works",
            "See how it works",
        )),
        everything: Some("letters are compared with all others"),
    },
    Case {
        name: "policy",
        edit: Some(("journeyc.yaml", "per_week: 3", "per_week: 2")),
        everything: Some("the project file counts for every journey"),
    },
];

/// What is run.
const COMMANDS: [(&str, &[&str]); 2] = [
    ("diff", &["diff", "HEAD"]),
    ("check --base", &["check", "--base", "HEAD"]),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.as_slice() {
        [flag, folder, command @ ..] if flag == "--run" => Ok(run(Path::new(folder), command)),
        _ => measure(&args),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("the bench could not run: {error}");
            ExitCode::from(2)
        }
    }
}

/// Writes the repository, makes each change in turn, and shows what comparing costs.
fn measure(args: &[String]) -> Result<bool> {
    let (mut journeys, mut rounds, mut keep) = (DEFAULT_JOURNEYS, ROUNDS, None);
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            // Cargo says so itself.
            "--bench" => {}
            "--rounds" => rounds = rest.next().map_or(Ok(rounds), |it| it.parse())?,
            "--keep" => keep = rest.next().map(PathBuf::from),
            number => journeys = number.parse()?,
        }
    }
    let folder = tempfile::tempdir()?;
    let root = keep.as_deref().unwrap_or(folder.path());
    corpus::write(root, journeys)?;
    git(root, &["init", "--quiet"])?;
    git(root, &["add", "--all"])?;
    let identity = [
        "-c",
        "user.name=bench",
        "-c",
        "user.email=bench@example.com",
    ];
    let commit = ["commit", "--quiet", "--message=corpus"];
    git(root, &[&identity[..], &commit[..]].concat())?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "{journeys} journeys, median of {rounds}; load at the beginning: {}",
        load.trim()
    );
    println!(
        "{:<26} {:<13} {:>8} {:>8} {:>8}",
        "one change", "command", "git", "wall", "above"
    );
    let mut kept = true;
    for case in &CASES {
        kept &= measure_case(case, root, rounds)?;
    }
    println!(
        "promised where not everything is compiled: at most {} ms above git: {}",
        MAX_ABOVE.as_millis(),
        if kept { "kept" } else { "broken" }
    );
    Ok(kept)
}

/// Makes one change and measures it; whether the promise holds.
fn measure_case(case: &Case, root: &Path, rounds: usize) -> Result<bool> {
    let undo = match case.edit {
        None => None,
        Some((file, from, to)) => {
            let path = root.join(file);
            let old = fs::read_to_string(&path)?;
            let new = old.replacen(from, to, 1);
            if old == new {
                return Err(format!("{}: `{file}` has no `{from}`", case.name).into());
            }
            fs::write(&path, new)?;
            Some((path, old))
        }
    };
    let mut kept = true;
    for (name, command) in COMMANDS {
        let (mut gits, mut walls) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            gits.push(timed(
                Command::new("git")
                    .current_dir(root)
                    .args(["diff", "--stat"]),
            )?);
            let mut own = Command::new(std::env::current_exe()?);
            walls.push(timed(own.arg("--run").arg(root).args(command))?);
        }
        let (git, wall) = (median(gits), median(walls));
        let above = wall.saturating_sub(git);
        let word = match case.everything {
            Some(why) => format!("everything is compiled: {why}"),
            None if above <= MAX_ABOVE => String::new(),
            None => {
                kept = false;
                "MORE THAN PROMISED".to_owned()
            }
        };
        println!(
            "{:<26} {name:<13} {:>5} ms {:>5} ms {:>5} ms  {word}",
            case.name,
            git.as_millis(),
            wall.as_millis(),
            above.as_millis()
        );
    }
    if let Some((path, old)) = undo {
        fs::write(path, old)?;
    }
    Ok(kept)
}

/// How long a process takes from its start to its end.
fn timed(command: &mut Command) -> Result<Duration> {
    let begin = Instant::now();
    let output = command.stdin(Stdio::null()).output()?;
    let wall = begin.elapsed();
    if output.status.success() {
        return Ok(wall);
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&said)).into())
}

/// The child: runs the program in this process. Findings are welcome, a comparison that fails is not.
fn run(root: &Path, command: &[String]) -> bool {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = std::iter::once("journeyc").chain(command.iter().map(String::as_str));
    let status = cli::run(
        words.map(OsString::from),
        &mut Streams {
            out: &mut out,
            err: &mut err,
            out_is_terminal: false,
            err_is_terminal: false,
            width: None,
            env: BTreeMap::from([("JOURNEYC_TODAY".to_owned(), "2026-11-01".to_owned())]),
            current_dir: root.to_path_buf(),
        },
    );
    if status > 1 {
        println!("{}", String::from_utf8_lossy(&err));
    }
    status <= 1
}

fn git(root: &Path, args: &[&str]) -> Result<()> {
    timed(Command::new("git").current_dir(root).args(args)).map(drop)
}

fn median(mut walls: Vec<Duration>) -> Duration {
    walls.sort();
    walls[walls.len() / 2]
}
