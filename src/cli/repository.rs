//! The repository that a command works on.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::failure::{Failure, reason};
use super::{Global, Streams};
use crate::load::{self, Disk, PROJECT_FILE};
use crate::source::WorldError;

/// The variable that stands for today's date, so that a build can be repeated.
const TODAY: &str = "JOURNEYC_TODAY";

/// Opens the repository: the folder of `--root`, or the nearest one with a project file upwards
/// from the first path named, or from the current folder.
pub(super) fn open(
    global: &Global,
    paths: &[PathBuf],
    streams: &Streams<'_>,
) -> Result<Disk, Failure> {
    let root = match &global.root {
        Some(root) => streams.current_dir.join(root),
        None => paths
            .first()
            .and_then(|it| streams.current_dir.join(it).canonicalize().ok())
            .and_then(|it| load::find_root(&it))
            .or_else(|| root(global, streams))
            .ok_or_else(|| {
                Failure::new(format!(
                    "there is no {PROJECT_FILE} in this folder or above it"
                ))
                .help("go to the repository, or name it with `--root DIR`")
            })?,
    };
    Disk::open(&root, today(streams)?).map_err(failure)
}

/// Why a world cannot be read, as a command says it.
pub(super) fn failure(error: WorldError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error {
        WorldError::NoRoot(_) => failure,
        WorldError::Revision { help, .. } => failure.help(help),
    }
}

/// The repository's root: the folder of `--root`, or the nearest one with a project file upwards
/// from the current folder.
pub(super) fn root(global: &Global, streams: &Streams<'_>) -> Option<PathBuf> {
    match &global.root {
        Some(root) => Some(streams.current_dir.join(root)),
        None => load::find_root(&streams.current_dir),
    }
}

/// The paths as the repository knows them.
pub(super) fn inside(
    disk: &Disk,
    paths: &[PathBuf],
    streams: &Streams<'_>,
) -> Result<Vec<String>, Failure> {
    let inside = |path: &PathBuf| {
        let found = streams.current_dir.join(path).canonicalize();
        let found = found.map_err(|error| {
            Failure::new(format!(
                "cannot read `{}`: {}",
                path.display(),
                reason(&error)
            ))
        })?;
        let relative = found.strip_prefix(disk.root()).map_err(|_| {
            Failure::new(format!("`{}` is not in this repository", path.display()))
                .help(format!("the repository is `{}`", disk.root().display()))
        })?;
        Ok(with_slashes(relative))
    };
    paths.iter().map(inside).collect()
}

fn with_slashes(path: &Path) -> String {
    let parts = path.components().map(|it| it.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// Today, as the environment or else the clock says.
fn today(streams: &Streams<'_>) -> Result<NaiveDate, Failure> {
    match streams.env.get(TODAY) {
        None => Ok(load::today()),
        Some(date) => date.parse().map_err(|_| {
            Failure::new(format!(
                "the variable {TODAY} is `{date}`, and that is no date"
            ))
            .help("write it as in 2026-11-22, or take it away")
        }),
    }
}
