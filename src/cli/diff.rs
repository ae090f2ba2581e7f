//! `journeyc diff`: what the customer will notice.

use std::fs;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::failure::{Failure, reason};
use super::{Exit, Global, Streams, progress, repository};
use crate::baseline::compile_both;
use crate::diff::{Changes, Revision, compare};
use crate::load::{Base, Disk, PROJECT_FILE};
use crate::report::diff::{self, FORMATS, Format, Look};
use crate::workspace::Workspace;

const EXAMPLES: &str = "\
Examples:
  journeyc diff                           this branch, with what is not committed yet
  journeyc diff origin/release            since the commit that both have in common
  journeyc diff v1.4 v1.5                 from one revision to another
  journeyc diff main...feature            what a branch brings, without checking it out
  journeyc diff --format markdown         a comment for a pull request
  journeyc diff --write html=report.html  the emails side by side, beside the text

Exit status:
  0  compared, whatever differs
  2  a revision cannot be read, or a wrong call";

/// Show what customers will notice of a change: what they get, when, and from whom
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What to compare with [default: what this branch has in common with the default branch]
    #[arg(value_name = "BASE")]
    base: Option<String>,
    /// What to compare [default: the files as they are on disk]
    #[arg(value_name = "HEAD", requires = "base")]
    head: Option<String>,
    /// How to write the differences
    #[arg(long, value_name = "FORMAT", default_value = FORMATS[0].name, value_parser = formats())]
    format: &'static Format,
    /// Write them to a file in another format as well; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = copy)]
    write: Vec<(&'static Format, PathBuf)>,
    /// Where the whole report will be found, for what a comment has no room for
    #[arg(long, value_name = "URL")]
    report_url: Option<String>,
    /// Where files are shown as they are now: `URL/path#L3` must lead to the third line of a file
    #[arg(long, value_name = "URL")]
    source_url: Option<String>,
}

fn formats() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS
        .iter()
        .map(|it| PossibleValue::new(it.name).help(it.about));
    PossibleValuesParser::new(names).map(|name| diff::format(&name).unwrap_or(&FORMATS[0]))
}

fn copy(text: &str) -> Result<(&'static Format, PathBuf), String> {
    let names: Vec<&str> = FORMATS.iter().map(|it| it.name).collect();
    let wanted = || format!("write it as FORMAT=FILE, with one of {}", names.join(", "));
    let (name, file) = text.split_once('=').ok_or_else(wanted)?;
    let format = diff::format(name).ok_or_else(wanted)?;
    if file.is_empty() {
        return Err(wanted());
    }
    Ok((format, PathBuf::from(file)))
}

pub(super) fn run(
    args: &Args,
    global: &Global,
    streams: &mut Streams<'_>,
) -> Result<Exit, Failure> {
    let disk = repository::open(global, &[], streams)?;
    let work = || changes(&disk, args);
    let changes = progress::during(streams, global, "comparing", work)?;
    let look = Look {
        color: streams.colors_out(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
        key: PROJECT_FILE,
        report: args.report_url.as_deref(),
        source: args.source_url.as_deref(),
    };
    for (format, path) in &args.write {
        let mut bytes = Vec::new();
        (format.write)(&changes, look, &mut bytes)?;
        let target = streams.current_dir.join(path);
        fs::write(&target, bytes).map_err(|error| {
            let (place, reason) = (path.display(), reason(&error));
            Failure::new(format!("cannot write `{place}`: {reason}"))
        })?;
    }
    (args.format.write)(&changes, look, streams.out)?;
    Ok(Exit::Clean)
}

fn changes(disk: &Disk, args: &Args) -> Result<Changes, Failure> {
    let workspace = Workspace::read(disk);
    let reference = args.base.as_deref().unwrap_or("origin/main");
    let base = Base::open(disk, reference, Workspace::ROOTS, &workspace.sources)
        .map_err(repository::failure)?;
    let before = Workspace::read(&base);
    let (old, new) = compile_both(&before, &workspace);
    let name = |name: &str, commit: Option<&str>| Revision {
        name: name.to_owned(),
        commit: commit.map(str::to_owned),
        broken: Vec::new(),
    };
    Ok(compare(
        (&old, name(reference, Some(base.commit()))),
        (&new, name("work tree", None)),
    ))
}
