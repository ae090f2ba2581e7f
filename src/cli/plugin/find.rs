//! Where plug-ins stand: folders of the path, and never the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::{Global, Streams, repository};
use crate::plugin::PREFIX;
use crate::report::targets::Plugin;
use crate::target;

/// Whether something can be a plug-in's name: it becomes the name of a program and of a folder.
pub(in crate::cli) fn is_name(name: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    !name.is_empty() && name.len() <= 64 && !name.starts_with('-') && name.bytes().all(is_part)
}

/// Every plug-in on the path, by name; the first of a name counts, and none that is built in.
pub(in crate::cli) fn on_the_path(global: &Global, streams: &Streams<'_>) -> Vec<Plugin> {
    let mut found = BTreeMap::new();
    for folder in folders(global, streams) {
        let Ok(entries) = folder.read_dir() else {
            continue;
        };
        for entry in entries.flatten() {
            let file = entry.file_name();
            let Some(name) = file.to_str().and_then(|it| it.strip_prefix(PREFIX)) else {
                continue;
            };
            let name = name.strip_suffix(".exe").unwrap_or(name);
            let path = entry.path();
            if is_name(name) && target::find(name).is_none() && is_program(&path) {
                let program = path.display().to_string();
                found.entry(name.to_owned()).or_insert(program);
            }
        }
    }
    let plugin = |(name, program)| Plugin { name, program };
    found.into_iter().map(plugin).collect()
}

/// The folders of the path that may hold plug-ins. A relative one, and one inside of the repository,
/// may not: whoever can change a file there would choose what is run.
pub(in crate::cli) fn folders(global: &Global, streams: &Streams<'_>) -> Vec<PathBuf> {
    let path = streams.env.get("PATH").map_or("", String::as_str);
    let root = repository::root(global, streams).and_then(|it| it.canonicalize().ok());
    let is_outside = |folder: &PathBuf| {
        let Ok(real) = folder.canonicalize() else {
            return false;
        };
        folder.is_absolute() && root.as_ref().is_none_or(|root| !real.starts_with(root))
    };
    std::env::split_paths(path).filter(is_outside).collect()
}

/// Whether a path leads to a file that may be run.
pub(in crate::cli) fn is_program(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else {
        return false;
    };
    metadata.is_file() && may_run(&metadata)
}

#[cfg(unix)]
fn may_run(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_run(_: &std::fs::Metadata) -> bool {
    true
}
