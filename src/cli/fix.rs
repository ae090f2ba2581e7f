//! What `check --fix` does to the files, and what `--dry-run` shows of it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use similar::TextDiff;

use super::failure::{Failure, reason};
use super::{Global, Streams};
use crate::fix::{Change, Fixed};
use crate::load::Disk;
use crate::report::Summary;

const MARK: &str = "\u{feff}";

/// Writes all changes, each file as a whole; before that, everything that may fail has been tried.
pub(super) fn write(disk: &Disk, changes: &[Change]) -> Result<(), Failure> {
    let mut fresh: Vec<Fresh> = Vec::new();
    for change in changes {
        let place = place(disk, change)?;
        // Two paths may lead to one file by a link; its fixes are the same.
        if fresh.iter().all(|it| it.place != place) {
            fresh.push(Fresh::write(change, place)?);
        }
    }
    let count = fresh.len();
    for (done, it) in fresh.into_iter().enumerate() {
        it.put().map_err(|failure| match done {
            0 => failure.help("no file was changed"),
            _ => failure.help(format!(
                "{done} of {count} files are fixed, the others are as before"
            )),
        })?;
    }
    Ok(())
}

/// All changes as one patch, as `git apply` and `patch -p1` take it.
pub(super) fn show(
    disk: &Disk,
    changes: &[Change],
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    for change in changes {
        let old = read(&place(disk, change)?, change)?;
        let mark = if old.starts_with(MARK) { MARK } else { "" };
        let new = format!("{mark}{}", change.after);
        let diff = TextDiff::from_lines(&old, &new);
        let mut diff = diff.unified_diff();
        let diff = diff
            .header(&named("a", &change.path), &named("b", &change.path))
            .to_string();
        streams.out.write_all(diff.as_bytes())?;
    }
    Ok(())
}

/// Says what was done, or would be done.
pub(super) fn tell(
    fixed: &Fixed,
    left: Option<&Summary>,
    global: &Global,
    streams: &mut Streams<'_>,
) {
    if global.quiet {
        return;
    }
    let verb = if left.is_some() { "would fix" } else { "fixed" };
    let mut text = match fixed.fixes {
        0 if left.is_some() => "nothing to fix".to_owned(),
        0 => "fixed nothing".to_owned(),
        n => format!(
            "{verb} {} in {}",
            count(n, "finding"),
            count(fixed.changes.len(), "file")
        ),
    };
    if let Some(left) = left {
        let parts = [
            (left.errors, "error"),
            (left.warnings, "warning"),
            (left.notes, "note"),
        ];
        let parts = parts
            .iter()
            .filter(|it| it.0 > 0)
            .map(|(n, word)| count(*n, word));
        let parts: Vec<_> = parts.collect();
        if !parts.is_empty() {
            text = format!("{text}; left to you: {}", parts.join(", "));
        }
    }
    // There is nobody left to tell that telling failed.
    let _ = writeln!(streams.err, "{text}");
}

fn count(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// A path as git writes it in a patch.
fn named(side: &str, path: &str) -> String {
    let path = format!("{side}/{path}");
    if path.contains(['"', '\n', '\r', '\t']) {
        // Only Unix has such names; git spells them as C does.
        format!("{path:?}")
    } else if path.contains(' ') {
        // Without the tab, `patch` ends the name at the space.
        format!("{path}\t")
    } else {
        path
    }
}

/// Where a file really lies, links followed; never outside of the repository.
fn place(disk: &Disk, change: &Change) -> Result<PathBuf, Failure> {
    disk.locate(&change.path)
        .map_err(|error| Failure::new(format!("cannot write `{}`: {error}", change.path)))
}

/// What the file holds, if it is still what was checked.
fn read(place: &Path, change: &Change) -> Result<String, Failure> {
    let shown = &change.path;
    let text = fs::read_to_string(place)
        .map_err(|error| Failure::new(format!("cannot read `{shown}`: {}", reason(&error))))?;
    if text.strip_prefix(MARK).unwrap_or(&text) == &*change.before {
        return Ok(text);
    }
    Err(
        Failure::new(format!("`{shown}` was changed while it was checked"))
            .help("run it again; no file was changed"),
    )
}

/// A new file beside the one whose place it is to take.
struct Fresh {
    shown: String,
    place: PathBuf,
    path: PathBuf,
}

impl Fresh {
    fn write(change: &Change, place: PathBuf) -> Result<Self, Failure> {
        let shown = change.path.to_string();
        let old = read(&place, change)?;
        let mark = if old.starts_with(MARK) { MARK } else { "" };
        let bytes = format!("{mark}{}", change.after).into_bytes();
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let path = place.with_file_name(format!(".{name}.fix-{}", std::process::id()));
        let fresh = Self { shown, place, path };
        // Dropped without being put in its place, the new file goes away again.
        fresh
            .fill(&bytes)
            .map_err(|error| fresh.failure(&error).help("no file was changed"))?;
        Ok(fresh)
    }

    fn fill(&self, bytes: &[u8]) -> io::Result<()> {
        let metadata = fs::metadata(&self.place)?;
        // A rename would replace it all the same, but somebody has said that it shall stay.
        if metadata.permissions().readonly() {
            return Err(io::Error::other("it is read-only"));
        }
        let mut file = File::create(&self.path)?;
        file.write_all(bytes)?;
        file.set_permissions(metadata.permissions())?;
        keep_owner(&file, &metadata);
        file.sync_all()
    }

    fn put(mut self) -> Result<(), Failure> {
        fs::rename(&self.path, &self.place).map_err(|error| self.failure(&error))?;
        self.path = PathBuf::new();
        Ok(())
    }

    fn failure(&self, error: &io::Error) -> Failure {
        Failure::new(format!("cannot write `{}`: {}", self.shown, reason(error)))
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Gives a file the owner of the one that it replaces, as far as this person may.
#[cfg(unix)]
fn keep_owner(file: &File, old: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}
