//! `journeyc check`: what is wrong, and why the customer minds.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::failure::Failure;
use super::since::Since;
use super::{Exit, Global, Streams, as_scenario, fix, progress, repository};
use crate::baseline::{compile_reached_since, compile_since};
use crate::compile::{Compilation, compile};
use crate::diagnostic::{Diagnostic, Level};
use crate::fix::Fixed;
use crate::lint;
use crate::load::{Commit, Disk, History, PROJECT_FILE};
use crate::report::{self, FORMATS, Format, Look, Report, Summary};
use crate::source::FileId;
use crate::workspace::{JOURNEYS, Workspace, is_scenario};

const EXAMPLES: &str = "\
Examples:
  journeyc check
  journeyc check journeys/post-purchase.yaml
  journeyc check --fail-on warning --strict
  journeyc check --base origin/main
  journeyc check --format json > report.json
  journeyc check --fix --dry-run | git apply
  journeyc check --as-scenario 0123456789abcdef > journeys/finding.scenario.yaml

Exit status (under --fix, of what is left):
  0  nothing at or above the failing level
  1  findings at or above the failing level, or fixes to make under --dry-run
  2  invalid input (syntax, unknown keys and names, wrong types), or a wrong call
  3  undecided findings under --strict";

/// Check the repository: schema, references, types, and every rule
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Show only what is found in these files and folders; all others are read all the same
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to write the findings
    #[arg(long, value_name = "FORMAT", default_value = FORMATS[0].name, value_parser = formats())]
    format: &'static Format,
    /// The lowest level that fails the check
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = levels())]
    fail_on: Level,
    /// Fail when a rule cannot be decided
    #[arg(long)]
    strict: bool,
    /// Count only what is new or worse since this branch, tag or commit; what was there before never
    /// fails the check, and is only counted where the change reaches all journeys
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Make the fixes that are safe, and report what is left
    #[arg(long)]
    fix: bool,
    /// With --fix, write the changes to standard output as a patch, and change nothing
    #[arg(long, requires = "fix", conflicts_with = "format")]
    dry_run: bool,
    /// Write a scenario that fails because of this finding, and nothing else; `--format json` shows
    /// the fingerprints
    #[arg(long, value_name = "FINGERPRINT", conflicts_with_all = ["format", "fix", "base", "fail_on", "strict"])]
    as_scenario: Option<String>,
}

fn formats() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS
        .iter()
        .map(|it| PossibleValue::new(it.name).help(it.about));
    PossibleValuesParser::new(names).map(|name| report::format(&name).unwrap_or(&FORMATS[0]))
}

fn levels() -> impl TypedValueParser<Value = Level> {
    let levels = [Level::Error, Level::Warning, Level::Note];
    PossibleValuesParser::new(levels.map(Level::word)).map(move |name| {
        let named = levels.into_iter().find(|it| it.word() == name);
        named.unwrap_or(Level::Error)
    })
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let disk = repository::open(global, &args.paths, streams)?;
    let wanted = repository::inside(&disk, &args.paths, streams)?;
    if let Some(fingerprint) = &args.as_scenario {
        let workspace = Workspace::read(&disk);
        return as_scenario::run(&compile(&workspace), fingerprint, streams);
    }
    let work = || check(&disk, args, &wanted);
    let (fixed, found) = progress::during(streams, global, "checking", work)?;
    let workspace = &fixed.workspace;
    if args.fix && !args.dry_run {
        fix::write(&disk, &fixed.changes)?;
    }
    if let Some(since) = &found.since {
        since.tell(streams)?;
    }
    let report = Report {
        findings: &found.findings,
        sources: &workspace.sources,
        journeys: found.journeys,
        files: &found.files,
        changed: found.since.as_ref().map(Since::changed),
        today: workspace.today,
        base: found.since.as_ref().map(Since::base),
    };
    let summary = Summary::of(&report);
    let exit = if found.is_invalid {
        Exit::Invalid
    } else if summary.at_least(args.fail_on) > 0 {
        Exit::Findings
    } else if args.strict && summary.undecided > 0 {
        Exit::Undecided
    } else {
        Exit::Clean
    };
    if args.dry_run {
        fix::show(&disk, &fixed.changes, streams)?;
        fix::tell(&fixed, Some(&summary), global, streams);
        // As with other formatters and linters, what could be fixed is not fine as it is.
        let is_fine = exit != Exit::Clean || fixed.changes.is_empty();
        return Ok(if is_fine { exit } else { Exit::Findings });
    }
    let look = Look {
        color: streams.colors_out(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
    };
    (args.format.write)(&report, look, streams.out)?;
    if args.fix {
        fix::tell(&fixed, None, global, streams);
    }
    Ok(exit)
}

/// Reads, fixes where that is wanted, compiles, and compares with the base where there is one.
fn check(disk: &Disk, args: &Args, wanted: &[String]) -> Result<(Fixed, Found), Failure> {
    let workspace = Workspace::read(disk);
    let fixed = if args.fix {
        crate::fix::fix(workspace, &|path| is_wanted(path, wanted))
    } else {
        Fixed::nothing(workspace)
    };
    let Some(reference) = args.base.as_deref() else {
        let found = Found::of(&compile(&fixed.workspace), wanted);
        return Ok((fixed, found));
    };
    let history = History::of(disk).map_err(repository::failure)?;
    let fork = history.fork(reference, "HEAD");
    let origin = (&history, &fork.map_err(repository::failure)?);
    let known = Some(&fixed.workspace.sources);
    let base = Commit::open(disk, &origin.1.commit, Workspace::ROOTS, known)
        .map_err(repository::failure)?;
    let before = Workspace::read(&base);
    let judge = |compilation: &Compilation<'_>, baseline| {
        let workspace = compilation.workspace;
        let mut found = Found::of(compilation, wanted);
        let since = Since::new(reference, origin, &base, baseline, &found, workspace);
        found.since = Some(since);
        (workspace.clone(), found)
    };
    let is_all_told = args.format.lists_older || args.fix || !wanted.is_empty();
    let part = (!is_all_told).then(|| compile_reached_since(&fixed.workspace, &before, judge));
    let (workspace, found) = part.flatten().unwrap_or_else(|| {
        let (compilation, baseline) = compile_since(&fixed.workspace, &before);
        judge(&compilation, baseline)
    });
    let fixed = Fixed { workspace, ..fixed };
    Ok((fixed, found))
}

/// What is to be shown of a compilation.
pub(super) struct Found {
    since: Option<Since>,
    pub(super) findings: Vec<Diagnostic>,
    journeys: usize,
    files: Vec<FileId>,
    is_invalid: bool,
}

impl Found {
    /// Keeps the findings in the files wanted, or all where none is named. What is wrong with the
    /// project file itself is always kept: nothing else can be trusted then.
    fn of(compilation: &Compilation<'_>, wanted: &[String]) -> Self {
        let sources = &compilation.workspace.sources;
        let is_shown = |it: &&Diagnostic| {
            let path = sources.path(it.primary.span.file);
            is_wanted(path, wanted) || (path == PROJECT_FILE && is_input(it))
        };
        let findings: Vec<_> = compilation
            .findings
            .iter()
            .filter(is_shown)
            .cloned()
            .collect();
        let files: Vec<_> = sources
            .iter()
            .filter(|(_, it)| {
                it.path.starts_with(JOURNEYS)
                    && !is_scenario(&it.path)
                    && is_wanted(&it.path, wanted)
            })
            .map(|(id, _)| id)
            .collect();
        let journeys = if wanted.is_empty() {
            compilation.journeys
        } else {
            files.len()
        };
        Self {
            since: None,
            is_invalid: findings.iter().any(|it| is_input(it) && it.counts()),
            findings,
            journeys,
            files,
        }
    }
}

fn is_input(finding: &Diagnostic) -> bool {
    finding.suppressed.is_none() && lint::is_input(finding.rule)
}

/// Whether a path is one of those wanted, or below one.
fn is_wanted(path: &str, wanted: &[String]) -> bool {
    let holds = |it: &String| {
        let rest = path.strip_prefix(it.as_str());
        it.is_empty() || rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
    };
    wanted.is_empty() || wanted.iter().any(holds)
}
