//! What `journeyc` costs on a large repository, beside the bare parse of the same files.
//!
//! In: a number of journeys, 10,000 if not said (`cargo bench --bench check -- 2000`), and
//! `--threads N`. Out: a table, and whether the promises hold: checking without rules costs at most
//! 2.5 times what parsing the same YAML costs on the same threads, all rules together cost no more than
//! the rest of a check, one journey of 2,000 steps and 200 branches is checked in 50 ms, and a check
//! takes at most 8 bytes of memory for each byte read. Every phase but the build runs several times,
//! each time as a process of its own, in turn, so that memory is its own and a slow moment of the machine hits all alike.
//! Not done here: judging what the check says.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench reads files, looks at the clock and shows a table"
)]

mod corpus;

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use journeyc::Workspace;
use journeyc::cli::{self, Streams};
use journeyc::diagnostic::Sink;
use journeyc::lint::{self, RuleInfo, Subject};
use journeyc::load::Disk;
use journeyc::model::{Name, RuleLevel};
use journeyc::source::{FileId, Spanned};
use journeyc::yaml;
use rayon::prelude::*;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DEFAULT_JOURNEYS: usize = 10_000;
const ROUNDS: usize = 7;
const MAX_TIME_RATIO: f64 = 2.5;
const MAX_MEMORY_RATIO: f64 = 8.0;
const MAX_RULES_RATIO: f64 = 2.0;
const MAX_LARGE: Duration = Duration::from_millis(50);
const DEAREST: usize = 40;
const MIN_BYTES_FOR_MEMORY: u64 = 20_000_000;

/// What is measured; each is one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// Reads every file.
    Read,
    /// Reads every file, and parses it into `serde_yaml`'s own values: the yardstick.
    BareParse,
    /// Reads every file, and parses it into our tree with spans.
    OurParse,
    /// `journeyc check` with all rules switched off.
    Quiet,
    /// `journeyc check`.
    Check,
    /// What one journey of 2,000 steps and 200 branches adds to a check.
    Large,
    /// `journeyc build`.
    Build,
}

const PHASES: [Phase; 7] = [
    Phase::Read,
    Phase::BareParse,
    Phase::OurParse,
    Phase::Quiet,
    Phase::Check,
    Phase::Large,
    Phase::Build,
];

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::BareParse => "bare parse",
            Self::OurParse => "our parse",
            Self::Quiet => "no rules",
            Self::Check => "check",
            Self::Large => "one large",
            Self::Build => "build",
        }
    }
}

/// One run of one phase.
#[derive(Debug, Clone, Copy)]
struct Sample {
    wall: Duration,
    peak_bytes: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.as_slice() {
        [flag, folder] if flag == "--each-rule" => each_rule(Path::new(folder)),
        [flag, phase, folder] if flag == "--phase" => run_phase(phase, Path::new(folder)),
        _ => measure_all(&args),
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

/// Writes the repository, runs every phase in turn, and shows what came out.
fn measure_all(args: &[String]) -> Result<bool> {
    let mut journeys = DEFAULT_JOURNEYS;
    let mut threads = None;
    let mut keep = None;
    let mut build = true;
    let mut with_large = false;
    let mut rounds = ROUNDS;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            // Cargo says so itself.
            "--bench" => {}
            "--threads" => threads = rest.next().map(|it| it.parse::<usize>()).transpose()?,
            "--with-large" => with_large = true,
            "--no-build" => build = false,
            "--rounds" => rounds = rest.next().map_or(Ok(rounds), |it| it.parse())?,
            "--keep" => keep = rest.next().map(PathBuf::from),
            number => journeys = number.parse()?,
        }
    }
    let folder = tempfile::tempdir()?;
    let root = keep.as_deref().unwrap_or(folder.path());
    let bytes = corpus::write(root, journeys)?;
    if with_large {
        fs::write(root.join("journeys/large.yaml"), corpus::large())?;
    }

    let mut samples: BTreeMap<Phase, Vec<Sample>> = BTreeMap::new();
    for round in 0..rounds {
        // A build writes hundreds of thousands of previews: once is enough.
        let phases = PHASES
            .into_iter()
            .filter(|it| *it != Phase::Build || (build && round == 0));
        for phase in phases {
            samples
                .entry(phase)
                .or_default()
                .push(spawn(phase, root, threads)?);
        }
    }
    let threads = threads.map_or_else(|| "all".to_owned(), |it| it.to_string());
    println!(
        "{journeys} journeys, {} of YAML, threads: {threads}, median of {rounds}",
        megabytes(bytes)
    );
    Ok(show(&samples, bytes))
}

/// Runs one phase as a process of its own, and reads what it measured of itself.
fn spawn(phase: Phase, root: &Path, threads: Option<usize>) -> Result<Sample> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--phase", phase.name()]).arg(root);
    if let Some(threads) = threads {
        command.env("RAYON_NUM_THREADS", threads.to_string());
    }
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text.lines().last().unwrap_or_default().split_whitespace();
    match (output.status.success(), words.next(), words.next()) {
        (true, Some(micros), Some(peak)) => Ok(Sample {
            wall: Duration::from_micros(micros.parse()?),
            peak_bytes: peak.parse()?,
        }),
        _ => Err(format!(
            "{}: {text}{}",
            phase.name(),
            String::from_utf8_lossy(&output.stderr)
        )
        .into()),
    }
}

/// The child: does the work, then says how long it took and how much memory it ever held.
fn run_phase(name: &str, root: &Path) -> Result<bool> {
    let phase = PHASES
        .into_iter()
        .find(|it| it.name() == name)
        .ok_or("no such phase")?;
    let files = yaml_files(root)?;
    let begin = Instant::now();
    let mut wall = None;
    match phase {
        Phase::Read => each(&files, str::len)?,
        Phase::BareParse => each(&files, |text| {
            serde_yaml::from_str::<serde_yaml::Value>(text)
                .is_ok()
                .into()
        })?,
        Phase::OurParse => each(&files, |text| {
            let mut sink = Sink::default();
            yaml::parse(FileId(0), text, &mut sink).map_or(0, |it| it.len())
        })?,
        Phase::Check => journeyc(root, &["check", "--format", "json"])?,
        Phase::Quiet => {
            // The project file alone differs; it is put back before anything else runs.
            let file = root.join("journeyc.yaml");
            let project = fs::read_to_string(&file)?;
            fs::write(&file, format!("{project}{}", corpus::QUIET))?;
            let done = journeyc(root, &["check", "--format", "json"]);
            fs::write(&file, project)?;
            done?;
        }
        Phase::Large => wall = Some(large()?),
        Phase::Build => {
            let out = tempfile::tempdir()?;
            let folder = out.path().join("dist").display().to_string();
            journeyc(root, &["build", "--out", &folder])?;
        }
    }
    let wall = wall.unwrap_or_else(|| begin.elapsed());
    println!("{} {}", wall.as_micros(), peak_bytes()?);
    Ok(true)
}

/// What each rule costs alone, the dearest first: the repository is read once.
fn each_rule(root: &Path) -> Result<bool> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 1).ok_or("no such day")?;
    let workspace = Workspace::read(&Disk::open(root, today)?);
    let mut compiled = journeyc::compile(&workspace);
    let mut cost = |on: &dyn Fn(&RuleInfo) -> bool| -> Result<(Duration, usize)> {
        let program = compiled.program.as_mut().ok_or("no program")?;
        let span = program.project.brand.name.span;
        let rules = lint::by_group().into_iter().flat_map(|(_, rules)| rules);
        let off = rules.filter(|it| !on(it));
        let off = off.map(|it| {
            let level = Spanned::new(RuleLevel::Off, span);
            (Name::new(it.id.0.into(), span), level)
        });
        program.project.lint.rules = off.collect();
        let subject = Subject {
            program,
            messages: &compiled.messages,
            mails: &compiled.mails,
            idle: &[],
            sources: &workspace.sources,
            today,
            before: None,
            tried: None,
        };
        let mut best = None;
        let mut found = 0;
        for _ in 0..3 {
            let mut sink = Sink::default();
            let begin = Instant::now();
            lint::run(subject, &mut sink);
            let wall = begin.elapsed();
            found = sink.iter().count();
            best = Some(best.map_or(wall, |it: Duration| it.min(wall)));
        }
        Ok((best.unwrap_or_default(), found))
    };
    let (none, _) = cost(&|_| false)?;
    let (all, found) = cost(&|_| true)?;
    println!("no rules {none:?}, all rules {all:?}, {found} findings");
    let rules = lint::by_group().into_iter().flat_map(|(_, rules)| rules);
    let mut costs = Vec::new();
    for rule in rules {
        let (wall, found) = cost(&|it| it.id == rule.id)?;
        costs.push((wall.saturating_sub(none), found, rule.id.0));
    }
    costs.sort_unstable();
    for (wall, found, id) in costs.iter().rev().take(DEAREST) {
        println!(
            "{:>10.1} ms {found:>6} findings  {id}",
            wall.as_secs_f64() * 1e3
        );
    }
    Ok(true)
}

/// The time that one large journey adds to a check of a repository without it.
fn large() -> Result<Duration> {
    let mut times = Vec::new();
    for steps in [0, corpus::LARGE_BRANCHES] {
        let folder = tempfile::tempdir()?;
        corpus::write(folder.path(), 1)?;
        if steps > 0 {
            fs::write(folder.path().join("journeys/large.yaml"), corpus::large())?;
        }
        journeyc(folder.path(), &["check", "--format", "json"])?;
        let begin = Instant::now();
        journeyc(folder.path(), &["check", "--format", "json"])?;
        times.push(begin.elapsed());
    }
    Ok(times[1].saturating_sub(times[0]))
}

/// Every YAML file of the repository.
fn yaml_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads every file on all threads and does something with its text; an answer of 0 is a failure.
fn each(files: &[PathBuf], work: impl Fn(&str) -> usize + Sync) -> Result<()> {
    let done = files
        .par_iter()
        .map(|path| fs::read_to_string(path).is_ok_and(|text| work(&text) > 0))
        .filter(|it| *it)
        .count();
    if done == files.len() {
        Ok(())
    } else {
        Err("a file of the corpus is broken".into())
    }
}

/// Runs the program in this process. Findings are welcome, invalid input is not.
fn journeyc(root: &Path, args: &[&str]) -> Result<()> {
    let mut out = Vec::new();
    let mut err = Vec::new();
    let status = cli::run(
        std::iter::once("journeyc")
            .chain(args.iter().copied())
            .map(OsString::from),
        &mut Streams {
            out: &mut out,
            err: &mut err,
            out_is_terminal: false,
            err_is_terminal: false,
            width: None,
            env: BTreeMap::new(),
            current_dir: root.to_path_buf(),
        },
    );
    if status < 2 {
        return Ok(());
    }
    let mut words = out;
    words.extend(err);
    words.truncate(4000);
    std::io::stdout().write_all(&words)?;
    Err(format!("`journeyc {}` ended with {status}", args.join(" ")).into())
}

/// The most memory that this process ever held.
fn peak_bytes() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let kilobytes = line
        .and_then(|it| it.trim().strip_suffix(" kB"))
        .ok_or("no VmHWM")?;
    Ok(kilobytes.trim().parse::<u64>()? * 1024)
}

/// The middle one by wall time, and the middle one by memory.
fn median(samples: &[Sample]) -> Sample {
    let mut walls: Vec<_> = samples.iter().map(|it| it.wall).collect();
    let mut peaks: Vec<_> = samples.iter().map(|it| it.peak_bytes).collect();
    walls.sort();
    peaks.sort_unstable();
    Sample {
        wall: walls[walls.len() / 2],
        peak_bytes: peaks[peaks.len() / 2],
    }
}

/// Prints the table; whether both promises hold.
fn show(samples: &BTreeMap<Phase, Vec<Sample>>, bytes: u64) -> bool {
    let medians: BTreeMap<Phase, Sample> = samples
        .iter()
        .map(|(phase, it)| (*phase, median(it)))
        .collect();
    let yardstick = medians[&Phase::BareParse];
    println!(
        "{:<12} {:>10} {:>10} {:>12} {:>12}",
        "phase", "wall", "x parse", "peak", "x bytes"
    );
    for (phase, sample) in &medians {
        println!(
            "{:<12} {:>7} ms {:>10.2} {:>12} {:>12.2}",
            phase.name(),
            sample.wall.as_millis(),
            time_ratio(*sample, yardstick),
            megabytes(sample.peak_bytes),
            ratio(sample.peak_bytes, bytes),
        );
    }
    let check = medians[&Phase::Check];
    let fast = promise(
        "time of check without rules",
        time_ratio(medians[&Phase::Quiet], yardstick),
        MAX_TIME_RATIO,
    );
    let rules = promise(
        "check with rules over check without",
        time_ratio(check, medians[&Phase::Quiet]),
        MAX_RULES_RATIO,
    );
    let large = medians[&Phase::Large].wall;
    let large = promise(
        "one large journey, in ms",
        large.as_secs_f64() * 1e3,
        MAX_LARGE.as_secs_f64() * 1e3,
    );
    let fast = fast && rules && large;
    // The program itself takes some 10 MB, which says nothing about journeys.
    if bytes < MIN_BYTES_FOR_MEMORY {
        println!("memory of check: too few journeys to judge");
        return fast;
    }
    let small = promise(
        "memory of check",
        ratio(check.peak_bytes, bytes),
        MAX_MEMORY_RATIO,
    );
    fast && small
}

fn promise(what: &str, found: f64, limit: f64) -> bool {
    let kept = found <= limit;
    println!(
        "{what}: {found:.2}, promised at most {limit}: {}",
        if kept { "kept" } else { "broken" }
    );
    kept
}

fn time_ratio(sample: Sample, yardstick: Sample) -> f64 {
    sample.wall.as_secs_f64() / yardstick.wall.as_secs_f64()
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a ratio of byte counts needs no 53 bits"
)]
fn ratio(bytes: u64, of: u64) -> f64 {
    bytes as f64 / of as f64
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", ratio(bytes, 1_000_000))
}
