//! `journeyc diff`: what the customer will notice.

use std::io;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::failure::Failure;
use super::sides::Sides;
use super::{Exit, Global, Streams, progress, repository, since, write};
use crate::baseline::{broken, compile_reached};
use crate::diff::{Changes, Revision, compare};
use crate::load::{Commit, Disk, PROJECT_FILE};
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

Without BASE, the branch that others grow out of counts: what origin/HEAD says, or else
origin/main, origin/master, main or master. Nothing is checked out, and nothing is fetched.

Exit status:
  0  compared, whatever differs; files that cannot be understood are named, and the verdict is
     then that the change is blocked: what a change may bring, `journeyc check --base` decides
  2  a revision cannot be read, or a wrong call; nothing is written";

/// Show what customers will notice of a change: what they get, when, and from whom
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What to compare with, from where this branch left it; BASE...HEAD for another branch
    /// [default: the default branch]
    #[arg(value_name = "BASE")]
    base: Option<String>,
    /// What to compare, and then with BASE as it is [default: the files as they are on disk]
    #[arg(value_name = "HEAD", requires = "base")]
    head: Option<String>,
    /// How to write the differences
    #[arg(long, value_name = "FORMAT", default_value = FORMATS[0].name, value_parser = formats())]
    format: &'static Format,
    /// Write them to a file in another format as well, as a whole or not at all; may be given
    /// several times
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
    let (changes, key, notes) = progress::during(streams, global, "comparing", work)?;
    let look = Look {
        color: streams.colors_out(global.color),
        width: streams.look_width(),
        quiet: global.quiet,
        key: &key,
        report: args.report_url.as_deref(),
        source: args.source_url.as_deref(),
    };
    since::tell(&notes, streams)?;
    // Everything is made before anything is written.
    let make = |(format, path)| {
        let (format, path): (&Format, &PathBuf) = (format, path);
        let mut bytes = Vec::new();
        (format.write)(&changes, look, &mut bytes).map(|()| (path, bytes))
    };
    let copies = args.write.iter().map(|(format, path)| make((format, path)));
    for (path, bytes) in copies.collect::<io::Result<Vec<_>>>()? {
        let shown = path.display().to_string();
        write::whole(&streams.current_dir.join(path), &shown, &bytes)?;
    }
    (args.format.write)(&changes, look, streams.out)?;
    Ok(Exit::Clean)
}

/// Finds, reads, compiles and compares both sides; with what the project file is called, and what a
/// person must know.
fn changes(disk: &Disk, args: &Args) -> Result<(Changes, String, Vec<String>), Failure> {
    let mut sides = Sides::find(disk, args.base.as_deref(), args.head.as_deref())?;
    let open = |revision: &Revision, beside| {
        let name = revision.commit.as_deref().unwrap_or_default();
        Commit::open(disk, name, Workspace::ROOTS, beside).map_err(repository::failure)
    };
    let after = match sides.after.commit {
        Some(_) => Workspace::read(&open(&sides.after, None)?),
        None => Workspace::read(disk),
    };
    let beside = Some(&after.sources).filter(|_| sides.after.commit.is_none());
    let base = open(&sides.before, beside)?;
    let before = Workspace::read(&base);
    if !before.has_project() {
        sides.notes.push(format!(
            "there is no {PROJECT_FILE} in {}, so everything counts as added",
            sides.before.name
        ));
    }
    sides.notes.extend(since::unread(&base));
    let mut unread = base.submodules().to_vec();
    let changes = compile_reached(&before, &after, |old, new| {
        (sides.before.broken, sides.after.broken) = broken(old, new);
        if !before.has_project() {
            sides.before.broken.retain(|it| it != PROJECT_FILE);
        }
        sides.before.broken.append(&mut unread);
        compare((old, sides.before), (new, sides.after))
    });
    Ok((changes, sides.key, sides.notes))
}
