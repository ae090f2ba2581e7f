//! `journeyc build` and `journeyc export`: check, then write.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use super::failure::Failure;
use super::plugin::{self, Programs};
use super::scope::{self, TargetName};
use super::{Exit, Global, Streams, progress, repository, write};
use crate::build::{self, Build, Scope};
use crate::compile::{Compilation, compile};
use crate::diagnostic::Diagnostic;
use crate::lint;
use crate::report::targets::Plugin;
use crate::report::{FORMATS, Look, Report, ids};
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
    #[command(flatten)]
    patience: Patience,
}

/// How long plug-ins may take.
#[derive(Debug, clap::Args)]
struct Patience {
    /// How long each run of a plug-in may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    plugin_timeout: u64,
}

const EXPORT_EXAMPLES: &str = "\
Examples:
  journeyc export klaviyo
  journeyc export klaviyo --env prod --out klaviyo-prod
  journeyc export klaviyo welcome post-purchase    two journeys only
  journeyc export klaviyo --list-ids               the ids that journeys need, and which are missing
  journeyc export csv                              runs the plug-in `journeyc-export-csv`

Exit status:
  0  written, or listed
  1  findings of level error; nothing is written
  2  invalid input, a wrong call, or a plug-in that fails; nothing is written";

/// Check the repository, then write what one mail provider takes in
#[derive(Debug, clap::Args)]
#[command(after_help = EXPORT_EXAMPLES)]
pub(super) struct ExportArgs {
    /// The mail provider, or a plug-in on the PATH
    #[arg(value_name = "TARGET", value_parser = TargetName)]
    target: String,
    /// Only these journeys [default: all that go to the target]
    #[arg(value_name = "JOURNEY")]
    journeys: Vec<String>,
    /// Only this environment
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// The folder to write [default: dist-TARGET]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; list the ids of the account that journeys need, and which are missing
    #[arg(long, conflicts_with = "out")]
    list_ids: bool,
    /// How to write that list
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        requires = "list_ids"
    )]
    format: Format,
    #[command(flatten)]
    patience: Patience,
}

/// A way to write the list of ids.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// A list for people
    Text,
    /// Everything, for programs
    Json,
}

pub(super) fn build(
    args: &BuildArgs,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let programs = programs(&args.patience, global, streams);
    let scope = Scope {
        environment: args.env.as_deref(),
        plugins: Some(&programs),
        ..Scope::default()
    };
    run(scope, &args.out, build::build, &programs, global, streams)
}

pub(super) fn export(
    args: &ExportArgs,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let programs = programs(&args.patience, global, streams);
    let scope = Scope {
        target: Some(&args.target),
        environment: args.env.as_deref(),
        journeys: &args.journeys,
        plugins: Some(&programs),
    };
    if args.list_ids {
        return list_ids(scope, args.format, global, streams);
    }
    let default = PathBuf::from(format!("dist-{}", args.target));
    let out = args.out.as_deref().unwrap_or(&default);
    run(scope, out, build::export, &programs, global, streams)
}

fn programs(patience: &Patience, global: &Global, streams: &Streams<'_>) -> Programs {
    Programs {
        folders: plugin::folders(global, streams),
        env: streams.env.clone(),
        time: Duration::from_secs(patience.plugin_timeout),
        said: Mutex::default(),
    }
}

/// The list of ids is there whatever the gaps: it is what closes them.
fn list_ids(
    scope: Scope<'_>,
    format: Format,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let disk = repository::open(global, &[], streams)?;
    let workspace = Workspace::read(&disk);
    let compilation = compile(&workspace);
    scope::check(&compilation, scope, &plugin::on_the_path(global, streams))?;
    if compilation.is_invalid() {
        return Err(Failure::new("some journeys cannot be read")
            .help("run `journeyc check` and cure what it finds first"));
    }
    if let Some(name) = scope.target
        && target::find(name).is_none()
    {
        let message = format!("`{name}` is a plug-in, and only it knows which ids it needs");
        return Err(Failure::new(message).help("export with it, and see what it finds"));
    }
    let accounts = build::needs(&compilation, scope);
    if accounts.is_empty() {
        let name = scope.target.unwrap_or_default();
        let message = format!("`{name}` has no environment to export to");
        let help =
            format!("add `targets: {{{name}: {{environments: {{prod: {{}}}}}}}}` to journeyc.yaml");
        return Err(Failure::new(message).help(help));
    }
    match format {
        Format::Json => ids::list_json(&accounts, streams.out)?,
        Format::Text => {
            let look = Look {
                color: streams.colors_out(global.color),
                width: streams.look_width(),
                quiet: global.quiet,
            };
            ids::list(&accounts, look, streams.out)?;
        }
    }
    Ok(Exit::Clean)
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
    programs: &Programs,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let disk = repository::open(global, &[], streams)?;
    let plugins = plugin::on_the_path(global, streams);
    let work = || {
        let workspace = Workspace::read(&disk);
        compile_and_make(workspace, scope, &plugins, make)
    };
    let outcome = progress::during(streams, global, "building", work);
    if outcome.is_err() || !global.quiet {
        for line in programs.said.lock().iter().flat_map(|it| it.iter()) {
            writeln!(streams.err, "{line}")?;
        }
    }
    let outcome = outcome?;
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
    plugins: &[Plugin],
    make: Make,
) -> Result<Outcome, Failure> {
    let compilation = compile(&workspace);
    scope::check(&compilation, scope, plugins)?;
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
        if let Some(it) = build.trouble {
            return Err(Failure::new(it.message).help(it.help));
        }
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
        let part = match names.next() {
            None => first.to_owned(),
            Some(_) if first == build::PREVIEWS => format!("{first}/"),
            Some(environment) => format!("{first}/{environment}/"),
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
