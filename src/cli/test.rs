//! `journeyc test`: whether customers live through what the scenarios say.

mod golden;
mod tried;

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::failure::Failure;
use super::{Exit, Global, Streams, progress, repository};
use crate::compile::{Compilation, compile};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::load::Disk;
use crate::report::scenario::{self, FORMATS, Format, TestReport};
use crate::report::{self, Look, Report};
use crate::scenario::file::Written;
use crate::workspace::Workspace;

const EXAMPLES: &str = "\
Examples:
  journeyc test                                      all scenarios of the repository
  journeyc test journeys/post-purchase.scenario.yaml those of one file, or of a folder
  journeyc test --filter friday                      those whose name has this word
  journeyc test --coverage                           say what no scenario has tried
  journeyc test --record journeys/post-purchase.yaml write a scenario for each way through it
  journeyc test --accept                             let golden timelines say what happens now
  journeyc test --format junit > tests.xml           for build servers

Scenarios stand in *.scenario.yaml below journeys/.

Exit status:
  0  every check holds
  1  a check does not hold
  2  invalid input, which the other scenarios do not mind; nothing found, or a wrong call";

/// Try the scenarios: what customers live through, on a clock of its own
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Only the scenarios in these files and folders, or those whose name has this text
    #[arg(value_name = "PATH|NAME")]
    wanted: Vec<String>,
    /// Only scenarios whose name has this text, in any case
    #[arg(long, value_name = "NAME")]
    filter: Vec<String>,
    /// How to write the results
    #[arg(long, value_name = "FORMAT", default_value = FORMATS[0].name, value_parser = formats())]
    format: &'static Format,
    /// Say journey by journey what no scenario has tried
    #[arg(long)]
    coverage: bool,
    /// Write one scenario for each distinct way through a journey, with its timeline, beside the journey's
    /// file; what people wrote there stays
    #[arg(long, value_name = "JOURNEY", conflicts_with_all = ["wanted", "filter", "accept", "coverage", "format"])]
    record: Vec<PathBuf>,
    /// Let the golden timelines say what happens now
    #[arg(long)]
    accept: bool,
}

fn formats() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS
        .iter()
        .map(|it| PossibleValue::new(it.name).help(it.about));
    PossibleValuesParser::new(names).map(|name| scenario::format(&name).unwrap_or(&FORMATS[0]))
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let disk = repository::open(global, &[], streams)?;
    if !args.record.is_empty() {
        return golden::record(&disk, &args.record, global, streams);
    }
    let choice = Choice::of(args, &disk, streams)?;
    if args.accept {
        golden::accept(&disk, &choice, global, streams)?;
    }
    let look = Look {
        color: streams.colors_out(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
    };
    let work = || test(&disk, args, &choice);
    let outcome = progress::during(streams, global, "testing", work);
    let (workspace, report, problems) = outcome?;
    if !problems.is_empty() {
        show(&problems, &workspace, global, streams)?;
    }
    (args.format.write)(&report, look, streams.out)?;
    Ok(if !problems.is_empty() {
        Exit::Invalid
    } else if report.has_failed() {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Reads, compiles and tries; with what is wrong with the input.
fn test(
    disk: &Disk,
    args: &Args,
    choice: &Choice,
) -> Result<(Workspace, TestReport, Vec<Diagnostic>), Failure> {
    let workspace = Workspace::read(disk);
    let compilation = compile(&workspace);
    let problems: Vec<Diagnostic> = compilation
        .counted()
        .filter(|it| compilation.is_input(it))
        .cloned()
        .collect();
    if compilation.scenarios.is_empty() && problems.is_empty() {
        return Err(Failure::new("there are no scenarios here").help(
            "write one beside a journey, as in journeys/welcome.scenario.yaml, or let \
             `journeyc test --record journeys/welcome.yaml` write some",
        ));
    }
    let chosen = choice.of_all(&compilation);
    if chosen.is_empty() && !compilation.scenarios.is_empty() {
        return Err(choice.nothing_found(&compilation));
    }
    let mut report = tried::report(&compilation, &chosen);
    report.in_detail = args.coverage;
    drop(compilation);
    Ok((workspace, report, problems))
}

/// The scenarios that are asked for.
struct Choice {
    /// Paths in the repository.
    paths: Vec<String>,
    /// Parts of names, in small letters.
    names: Vec<String>,
}

impl Choice {
    /// What is there on disk is a path, and all else a part of a name.
    fn of(args: &Args, disk: &Disk, streams: &Streams<'_>) -> Result<Self, Failure> {
        let is_path = |it: &&String| streams.current_dir.join(it).exists();
        let (paths, names): (Vec<&String>, Vec<&String>) = args.wanted.iter().partition(is_path);
        let looks_like_one = |it: &&&String| {
            let extension = Path::new(it.as_str()).extension();
            it.contains('/') || extension.is_some_and(|it| it == "yaml")
        };
        if let Some(missing) = names.iter().find(looks_like_one) {
            return Err(Failure::new(format!(
                "cannot read `{missing}`: there is no such file or folder"
            )));
        }
        let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
        let names = names.into_iter().chain(&args.filter);
        Ok(Self {
            paths: repository::inside(disk, &paths, streams)?,
            names: names.map(|it| it.to_lowercase()).collect(),
        })
    }

    fn of_all<'c>(&self, compilation: &'c Compilation<'_>) -> Vec<&'c Written> {
        let sources = &compilation.workspace.sources;
        let all = compilation.scenarios.iter();
        all.filter(|it| self.has(sources.path(it.file), &it.name.value))
            .collect()
    }

    fn has(&self, path: &str, name: &str) -> bool {
        let name = name.to_lowercase();
        let is_there = |wanted: &String| {
            // A journey's file stands for that of its scenarios.
            let beside = wanted
                .strip_suffix(".yaml")
                .filter(|it| !it.ends_with(".scenario"));
            let beside = beside.is_some_and(|it| path == format!("{it}.scenario.yaml"));
            let rest = path.strip_prefix(wanted.as_str());
            let below = rest.is_some_and(|it| it.is_empty() || it.starts_with('/'));
            wanted.is_empty() || below || beside
        };
        (self.paths.is_empty() || self.paths.iter().any(is_there))
            && (self.names.is_empty() || self.names.iter().any(|it| name.contains(it.as_str())))
    }

    fn nothing_found(&self, compilation: &Compilation<'_>) -> Failure {
        let known = compilation.scenarios.iter().map(|it| &*it.name.value);
        match self.names.first() {
            Some(name) => Failure::new(format!("no scenario has `{name}` in its name"))
                .help(did_you_mean(name, known, "scenarios")),
            None => Failure::new(format!(
                "there are no scenarios in `{}`",
                self.paths.join("`, `")
            ))
            .help("scenarios stand in files that end with `.scenario.yaml`, below journeys/"),
        }
    }
}

/// What is wrong with the input goes to the error stream: standard output has the results.
fn show(
    problems: &[Diagnostic],
    workspace: &Workspace,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let report = Report {
        findings: problems,
        sources: &workspace.sources,
        journeys: workspace.journeys().len(),
        files: &[],
        changed: None,
        today: workspace.today,
        base: None,
    };
    let look = Look {
        color: streams.colors_err(global.color),
        width: streams.look_width(),
        quiet: true,
    };
    (report::FORMATS[0].write)(&report, look, streams.err)?;
    Ok(())
}
