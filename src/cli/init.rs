//! `journeyc init`: a working repository to begin with.

mod hosts;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use include_dir::{Dir, File, include_dir};

use super::failure::{Failure, reason};
use super::{Exit, Streams};
use crate::load::PROJECT_FILE;

/// The shop that this repository itself holds: what a newcomer gets is what our tests check.
static JOURNEYS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/journeys");
static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static SCHEMAS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/schema");
static PROJECT: &str = include_str!("../../journeyc.yaml");

/// Write a working repository: config, journeys, templates, reviews, editor settings
///
/// Nothing that is already there is overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  journeyc init shop && cd shop && journeyc build
  journeyc init --ci gitlab")]
pub(super) struct Args {
    /// The folder to write into; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// What to begin with
    #[arg(long, value_enum, default_value = "ecommerce")]
    starter: Starter,
    /// Where changes are reviewed: what shows them there is written as well
    #[arg(long, value_enum, default_value = "github")]
    ci: hosts::Ci,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Starter {
    /// A shop that sells by post, with journeys from the first visit to the second order
    Ecommerce,
}

pub(super) fn run(args: &Args, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    let root = streams.current_dir.join(&args.dir);
    let mut files = starter(args.starter);
    files.extend(hosts::files(args.ci));
    if root.join(PROJECT_FILE).exists() {
        return Err(Failure::Message {
            message: format!("`{}` is a journeyc repository already", args.dir.display()),
            help: Some("choose another folder: `journeyc init my-journeys`".to_owned()),
        });
    }
    let (kept, files): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|(path, _)| root.join(path).exists());
    let mut written = Vec::new();
    for (path, bytes) in &files {
        let target = root.join(path);
        if let Err(error) = write(&target, bytes) {
            // A half repository would look like a whole one: take back what was written.
            for it in &written {
                let _ = fs::remove_file(it);
            }
            let _ = fs::remove_file(&target);
            let place = target.display();
            return Err(Failure::new(format!(
                "cannot write `{place}`: {}",
                reason(&error)
            )));
        }
        written.push(target);
    }
    let is_journey = |it: &&File<'_>| !it.path().to_string_lossy().contains(".scenario.");
    let journeys = JOURNEYS.files().filter(is_journey).count();
    let place = args.dir.display();
    writeln!(
        streams.out,
        "wrote {} files with {journeys} journeys to `{place}`",
        files.len()
    )?;
    for (path, _) in &kept {
        writeln!(streams.out, "kept `{path}`, which was already there")?;
    }
    writeln!(streams.out, "next: `journeyc check`, then `journeyc build`")?;
    Ok(Exit::Clean)
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}

/// The files of a starter, by path.
fn starter(starter: Starter) -> BTreeMap<String, Vec<u8>> {
    let Starter::Ecommerce = starter;
    let mut files: BTreeMap<String, Vec<u8>> = [
        (PROJECT_FILE, PROJECT),
        ("README.md", include_str!("init/README.md")),
        (".gitignore", "/dist/\n/journeyc-review/\n/.journeyc/\n"),
        (".vscode/settings.json", include_str!("init/settings.json")),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
    .collect();
    for (folder, dir) in [
        ("journeys", &JOURNEYS),
        ("templates", &TEMPLATES),
        ("schema", &SCHEMAS),
    ] {
        collect(folder, dir, &mut files);
    }
    files
}

fn collect(folder: &str, dir: &Dir<'static>, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        files.insert(format!("{folder}/{path}"), file.contents().to_vec());
    }
    for inner in dir.dirs() {
        collect(folder, inner, files);
    }
}
