//! Stage 17: the command line.
//!
//! In: arguments and [`Streams`]. Out: text on the streams, files on disk, an exit status.
//! Invariant: everything that is printed goes through the streams handed in, so that a test runs
//! the whole program in its own process; and results alone go to standard output.
//! Not done here: anything about journeys. A command asks the library and shows what it answers.

#![expect(
    clippy::disallowed_methods,
    reason = "this stage and `load` are where the outside is reached"
)]

mod as_scenario;
mod build;
mod check;
mod completions;
mod dialects;
mod diff;
mod explain;
mod explain_target;
mod failure;
mod fix;
mod graph;
mod init;
mod man;
mod plugin;
mod print;
mod progress;
mod repository;
mod rules;
mod schema;
mod scope;
mod sides;
mod simulate;
mod since;
mod streams;
mod targets;
mod test;
mod write;

pub use streams::Streams;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

use failure::Failure;

/// How a run ended; the numbers are documented, and final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Nothing to complain about.
    Clean = 0,
    /// Findings at or above the failing level.
    Findings = 1,
    /// The input or the call is wrong, or the outside failed us.
    Invalid = 2,
    /// Undecided findings, where they count.
    Undecided = 3,
}

const EXAMPLES: &str = "\
Examples:
  journeyc init shop                  begin with a repository that works
  journeyc check                      check the repository around this folder
  journeyc check journeys/after       show one folder of it
  journeyc check --format json        say everything, for programs
  journeyc check --base origin/main   what this branch brings, and nothing older
  journeyc diff                       what customers will notice of this branch
  journeyc test                       what customers live through, against your scenarios
  journeyc check --fix                make the safe fixes, and report what is left
  journeyc explain zero-wait          what a rule looks for, and why
  journeyc targets                    the mail providers that journeys can go to
  journeyc schema                     write what editors complete from

Exit status:
  0  nothing to complain about
  1  findings at or above the failing level
  2  invalid input, or a wrong call; nothing is written
  3  undecided findings under --strict

Environment:
  NO_COLOR, CLICOLOR_FORCE  no colours, or colours everywhere
  JOURNEYC_TODAY            the date that stands for today, such as 2026-11-22: the same
                            repository then gives the same bytes on any day";

/// Checks customer journeys, shows what the customer will notice, and writes what mail providers
/// take in.
#[derive(Debug, Parser)]
#[command(
    name = "journeyc",
    version,
    after_help = EXAMPLES,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// When to colour; `auto` means on a terminal
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// The repository's root [default: the nearest folder upwards with a journeyc.yaml]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Leave out summaries and progress
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Build(build::BuildArgs),
    Export(build::ExportArgs),
    Dialects(dialects::Args),
    Diff(diff::Args),
    Explain(explain::Args),
    ExplainTarget(explain_target::Args),
    Graph(graph::Args),
    Init(init::Args),
    Print(print::Args),
    Rules(rules::Args),
    Schema(schema::Args),
    Simulate(simulate::Args),
    Targets(targets::Args),
    Test(test::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs the program and gives its exit status. The first argument is the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>, streams: &mut Streams<'_>) -> u8 {
    let outcome = parse(args, streams).and_then(|cli| match cli {
        None => Ok(Exit::Clean),
        Some(cli) => dispatch(&cli, streams),
    });
    let outcome = outcome.and_then(|exit| {
        streams.out.flush()?;
        Ok(exit)
    });
    match outcome {
        Ok(exit) => exit as u8,
        Err(failure) => failure.report(streams) as u8,
    }
}

fn dispatch(cli: &Cli, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Build(args) => build::build(args, global, streams),
        Command::Export(args) => build::export(args, global, streams),
        Command::Graph(args) => graph::run(args, global, streams),
        Command::Check(args) => check::run(args, global, streams),
        Command::Completions(args) => completions::run(args, streams),
        Command::Dialects(args) => dialects::run(args, global, streams),
        Command::Diff(args) => diff::run(args, global, streams),
        Command::Explain(args) => explain::run(args, global, streams),
        Command::ExplainTarget(args) => explain_target::run(args, global, streams),
        Command::Init(args) => init::run(args, streams),
        Command::Man(args) => man::run(args, streams),
        Command::Print(args) => print::run(args, global, streams),
        Command::Rules(args) => rules::run(args, global, streams),
        Command::Schema(args) => schema::run(args, global, streams),
        Command::Simulate(args) => simulate::run(args, global, streams),
        Command::Targets(args) => targets::run(args, global, streams),
        Command::Test(args) => test::run(args, global, streams),
    }
}

/// The command with everything about it, for completions and manual pages.
fn command() -> clap::Command {
    Cli::command()
}

/// Reads the arguments; `None` when help or the version was asked for, and shown.
fn parse(
    args: impl IntoIterator<Item = OsString>,
    streams: &mut Streams<'_>,
) -> Result<Option<Cli>, Failure> {
    let mut command = command();
    if let Some(width) = streams.width {
        command = command.term_width(width.min(100));
    }
    let parsed = command
        .try_get_matches_from(args)
        .and_then(|it| Cli::from_arg_matches(&it));
    let error = match parsed {
        Ok(cli) => return Ok(Some(cli)),
        Err(error) => error,
    };
    let asked_for = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let text = error.render();
    let color = if asked_for {
        streams.colors_out(ColorChoice::Auto)
    } else {
        streams.colors_err(ColorChoice::Auto)
    };
    let text = if color {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    if asked_for {
        streams.out.write_all(text.as_bytes())?;
        Ok(None)
    } else {
        Err(Failure::Usage(text))
    }
}
