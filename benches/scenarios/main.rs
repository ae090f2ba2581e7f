//! What a thousand scenarios cost: `cargo bench --bench scenarios`.
//!
//! In: this repository with its scenarios, written out again and again until there are as many as asked for,
//! 1,000 if not said (`-- 5000`). Out: what `journeyc test` takes over the whole of it, the best and the
//! middle of several rounds, beside `journeyc check` of the same files; and whether the promise of a second
//! for a thousand scenarios holds. Each round is a run from reading the files to the last line of the report.
//! Not done here: judging what the scenarios say, but all of them must hold.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench reads files, looks at the clock and shows a table"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use journeyc::cli::{self, Streams};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DEFAULT_SCENARIOS: usize = 1_000;
const ROUNDS: usize = 7;
/// What a thousand scenarios may take.
const PROMISE: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("the bench could not run: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure() -> Result<bool> {
    let mut args = std::env::args().skip(1);
    let count = args
        .find_map(|it| it.parse().ok())
        .unwrap_or(DEFAULT_SCENARIOS);
    let folder = tempfile::tempdir()?;
    let written = write(folder.path(), count)?;
    let (check, _) = rounds(folder.path(), &["check", "-q"])?;
    let (test, last) = rounds(folder.path(), &["test"])?;
    println!("{written} scenarios, from the files to the report, {ROUNDS} rounds");
    println!("               best      middle");
    for (name, times) in [("check", &check), ("test", &test)] {
        println!(
            "{name:8} {:8.0} ms {:8.0} ms",
            millis(times[0]),
            millis(times[ROUNDS / 2])
        );
    }
    println!("{}", last.lines().next().unwrap_or_default());
    Ok(count != DEFAULT_SCENARIOS || test[0] <= PROMISE)
}

fn millis(it: Duration) -> f64 {
    it.as_secs_f64() * 1_000.0
}

/// Writes the repository with so many scenarios, or some more: the last file is not cut.
fn write(to: &Path, count: usize) -> Result<usize> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(from.join("journeyc.yaml"), to.join("journeyc.yaml"))?;
    copy(&from.join("templates"), &to.join("templates"))?;
    copy(&from.join("journeys"), &to.join("journeys"))?;
    let mut files = Vec::new();
    for entry in fs::read_dir(from.join("journeys"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(stem) = name.strip_suffix(".scenario.yaml") {
            files.push((stem.to_owned(), fs::read_to_string(&path)?));
        }
    }
    files.sort();
    // One entry of the list of scenarios begins so in this repository.
    let scenarios = |text: &str| text.matches("\n  - name: ").count();
    let mut written: usize = files.iter().map(|(_, text)| scenarios(text)).sum();
    if written == 0 {
        return Err("there are no scenarios to write again".into());
    }
    for round in 2.. {
        for (stem, text) in &files {
            if written >= count {
                return Ok(written);
            }
            fs::write(
                to.join(format!("journeys/{stem}.{round}.scenario.yaml")),
                text,
            )?;
            written += scenarios(text);
        }
    }
    Ok(written)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, target)?;
        }
    }
    Ok(())
}

/// Runs a command several times: the times, the shortest first, and what it said.
fn rounds(folder: &Path, args: &[&str]) -> Result<(Vec<Duration>, String)> {
    let mut times = Vec::with_capacity(ROUNDS);
    let mut said = String::new();
    for _ in 0..ROUNDS {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut streams = Streams {
            out: &mut out,
            err: &mut err,
            out_is_terminal: false,
            err_is_terminal: false,
            width: None,
            env: BTreeMap::from([("JOURNEYC_TODAY".to_owned(), "2026-11-22".to_owned())]),
            current_dir: folder.to_path_buf(),
        };
        let words = ["journeyc"].iter().chain(args).map(Into::into);
        let begin = Instant::now();
        let exit = cli::run(words, &mut streams);
        times.push(begin.elapsed());
        said = String::from_utf8(out)?;
        if exit != 0 {
            let err = String::from_utf8(err)?;
            return Err(format!("{args:?} ended with {exit}\n{said}{err}").into());
        }
    }
    times.sort();
    Ok((times, said))
}
