//! `journeyc build` and `journeyc export`: check, then write.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;

use super::failure::Failure;
use super::{Exit, Global, Streams, progress, repository, write};
use crate::build::{self, Build, Scope};
use crate::compile::{Compilation, compile};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lint;
use crate::report::{FORMATS, Look, Report};
use crate::source::Artifacts;
use crate::target;
use crate::workspace::Workspace;

const BUILD_EXAMPLES: &str = "\
Examples:
  journeyc build
  journeyc build --env staging --out /tmp/review

The folder is written whole or not at all: a fresh one takes the place of the old one.

Exit status:
  0  written
  1  findings of level error; nothing is written
  2  invalid input, or a wrong call; nothing is written";

/// Check the repository, then write the schedule, the previews, and what each mail provider takes in
#[derive(Debug, clap::Args)]
#[command(after_help = BUILD_EXAMPLES)]
pub(super) struct BuildArgs {
    /// The folder to write
    #[arg(long, value_name = "DIR", default_value = "dist")]
    out: PathBuf,
    /// Only this environment of each target
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
}

const EXPORT_EXAMPLES: &str = "\
Examples:
  journeyc export klaviyo
  journeyc export klaviyo --env prod --out klaviyo-prod";

/// Check the repository, then write what one mail provider takes in
#[derive(Debug, clap::Args)]
#[command(after_help = EXPORT_EXAMPLES)]
pub(super) struct ExportArgs {
    /// The mail provider
    #[arg(value_name = "TARGET", value_parser = targets())]
    target: String,
    /// Only this environment
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// The folder to write [default: dist-TARGET]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn targets() -> PossibleValuesParser {
    PossibleValuesParser::new(target::ALL.iter().map(|it| it.name()))
}

pub(super) fn build(
    args: &BuildArgs,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let scope = Scope {
        target: None,
        environment: args.env.as_deref(),
    };
    run(scope, &args.out, build::build, global, streams)
}

pub(super) fn export(
    args: &ExportArgs,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let scope = Scope {
        target: Some(&args.target),
        environment: args.env.as_deref(),
    };
    let default = PathBuf::from(format!("dist-{}", args.target));
    let out = args.out.as_deref().unwrap_or(&default);
    run(scope, out, build::export, global, streams)
}

type Make = for<'c, 'w, 's> fn(&'c Compilation<'w>, Scope<'s>) -> Build;

/// What a run has come to.
struct Outcome {
    workspace: Workspace,
    journeys: usize,
    /// What the person must see, and the number of warnings that `plan.md` holds.
    findings: Vec<Diagnostic>,
    shifts: usize,
    /// Nothing unless all is well.
    artifacts: Result<Artifacts, Exit>,
}

fn run(
    scope: Scope<'_>,
    out: &Path,
    make: Make,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let disk = repository::open(global, &[], streams)?;
    let work = || {
        let workspace = Workspace::read(&disk);
        compile_and_make(workspace, scope, make)
    };
    let outcome = progress::during(streams, global, "building", work)?;
    show(&outcome, global, streams)?;
    let artifacts = match outcome.artifacts {
        Ok(artifacts) => artifacts.into_files(),
        Err(exit) => return Ok(exit),
    };
    let shown = out.display().to_string();
    let folder = disk.root().join(out);
    progress::during(streams, global, "writing", || {
        write::replace(&folder, &shown, &artifacts)
    })?;
    if !global.quiet {
        tell(
            &shown,
            &artifacts,
            outcome.shifts,
            outcome.journeys,
            streams,
        )?;
    }
    Ok(Exit::Clean)
}

fn compile_and_make(
    workspace: Workspace,
    scope: Scope<'_>,
    make: Make,
) -> Result<Outcome, Failure> {
    let compilation = compile(&workspace);
    check_scope(&compilation, scope)?;
    let journeys = compilation.journeys;
    let mut findings = compilation.findings.clone();
    let stopped = match () {
        () if compilation.is_invalid() => Some(Exit::Invalid),
        () if compilation.has_errors() => Some(Exit::Findings),
        () => None,
    };
    let mut shifts = 0;
    let artifacts = if let Some(exit) = stopped {
        Err(exit)
    } else {
        let build = make(&compilation, scope);
        let failed = build.has_errors();
        let (told, quiet): (Vec<_>, Vec<_>) = build
            .findings
            .into_iter()
            .partition(|it| it.rule != target::SEMANTICS_SHIFT);
        shifts = quiet.len();
        findings.extend(told);
        if failed {
            // What the tools refuse, such as broken MJML, is invalid input as well.
            let is_invalid = findings.iter().any(|it| lint::is_input(it.rule));
            Err(if is_invalid {
                Exit::Invalid
            } else {
                Exit::Findings
            })
        } else {
            Ok(build.artifacts)
        }
    };
    drop(compilation);
    Ok(Outcome {
        workspace,
        journeys,
        findings,
        shifts,
        artifacts,
    })
}

/// A target or environment that nothing declares is a slip of the call, not of the repository.
fn check_scope(compilation: &Compilation<'_>, scope: Scope<'_>) -> Result<(), Failure> {
    let Some(program) = &compilation.program else {
        return Ok(());
    };
    let targets = &program.project.targets;
    if let Some(name) = scope.target
        && !targets.contains_key(name)
    {
        let message = format!("journeyc.yaml has no target `{name}`");
        let help = format!(
            "add `targets: {{{name}: {{environments: {{…}}}}}}` with the ids of your account"
        );
        return Err(Failure::new(message).help(help));
    }
    let Some(environment) = scope.environment else {
        return Ok(());
    };
    let of_target = |name: &str| scope.target.is_none_or(|it| it == name);
    let known: Vec<&str> = targets
        .iter()
        .filter(|(name, _)| of_target(&name.value))
        .flat_map(|(_, it)| it.environments.keys())
        .map(|it| &*it.value)
        .collect();
    if known.contains(&environment) {
        return Ok(());
    }
    let help = did_you_mean(environment, known, "environments");
    Err(Failure::new(format!("there is no environment `{environment}`")).help(help))
}

/// Findings go to the error stream: standard output says what was written.
fn show(outcome: &Outcome, global: &Global, streams: &mut Streams<'_>) -> Result<(), Failure> {
    if outcome.findings.iter().all(|it| it.suppressed.is_some()) {
        return Ok(());
    }
    let report = Report {
        findings: &outcome.findings,
        sources: &outcome.workspace.sources,
        journeys: outcome.journeys,
        files: &[],
        changed: None,
        today: outcome.workspace.today,
        base: None,
    };
    let look = Look {
        color: streams.colors_err(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
    };
    (FORMATS[0].write)(&report, look, streams.err)?;
    if outcome.artifacts.is_err() && !global.quiet {
        writeln!(streams.err, "nothing was written")?;
    }
    Ok(())
}

/// Says what was written: a line for each file or folder at the top, targets by environment.
fn tell(
    shown: &str,
    files: &BTreeMap<String, Vec<u8>>,
    shifts: usize,
    journeys: usize,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let mut parts: BTreeMap<String, usize> = BTreeMap::new();
    for path in files.keys() {
        let mut names = path.split('/');
        let first = names.next().unwrap_or(path);
        let part = match (target::find(first), names.next()) {
            (Some(_), Some(environment)) => format!("{first}/{environment}/"),
            (None, Some(_)) => format!("{first}/"),
            (_, None) => first.to_owned(),
        };
        *parts.entry(part).or_default() += 1;
    }
    writeln!(
        streams.out,
        "{journeys} journeys compiled; wrote {} files to `{shown}`:",
        files.len()
    )?;
    for (part, count) in &parts {
        if part.ends_with('/') {
            writeln!(streams.out, "  {part:24} {count} files")?;
        } else {
            writeln!(streams.out, "  {part}")?;
        }
    }
    if shifts > 0 {
        writeln!(
            streams.out,
            "{shifts} steps change on their way to a provider: see its plan.md"
        )?;
    }
    Ok(())
}
