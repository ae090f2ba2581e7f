//! The repository that a command works on.

use std::path::PathBuf;

use super::{Global, Streams};
use crate::load;

/// The repository's root: the folder of `--root`, or the nearest one with a project file upwards
/// from the current folder.
pub(super) fn root(global: &Global, streams: &Streams<'_>) -> Option<PathBuf> {
    let here = &streams.current_dir;
    match &global.root {
        Some(root) => Some(here.join(root)),
        None => load::find_root(here),
    }
}
