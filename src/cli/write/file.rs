//! Writes one file, or leaves it as it was.
//!
//! The bytes go into a fresh file beside the target, which then takes the target's place by a
//! rename. What a run that died has left, the next one that writes the same file clears away.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::is_alive;
use crate::cli::failure::{Failure, reason};

/// Writes a file as a whole. `shown` is how the person named it. What is no file, such as a pipe,
/// cannot be replaced, and is written to as it is.
pub(in crate::cli) fn whole(path: &Path, shown: &str, bytes: &[u8]) -> Result<(), Failure> {
    let written = match fs::metadata(path) {
        Ok(it) if it.is_dir() => {
            return Err(Failure::new(format!("`{shown}` is a folder"))
                .help("name a file in it, or give the folder another name"));
        }
        Ok(it) if !it.is_file() => fs::write(path, bytes),
        // A link stays one: what it leads to is replaced.
        Ok(it) => path
            .canonicalize()
            .and_then(|path| replace(&path, Some(it.permissions()), bytes)),
        Err(_) => replace(path, None, bytes),
    };
    written.map_err(|error| {
        Failure::new(format!("cannot write `{shown}`: {}", reason(&error)))
            .help("nothing of it was written, and no half of it is left")
    })
}

fn replace(path: &Path, like: Option<fs::Permissions>, bytes: &[u8]) -> io::Result<()> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    fs::create_dir_all(parent)?;
    let begin = format!(".{}.tmp-", name.to_string_lossy());
    clear_leftovers(parent, &begin);
    let fresh = parent.join(format!("{begin}{}", std::process::id()));
    let written = fill(&fresh, like, bytes).and_then(|()| fs::rename(&fresh, path));
    if written.is_err() {
        let _ = fs::remove_file(&fresh);
    }
    written
}

fn fill(fresh: &Path, like: Option<fs::Permissions>, bytes: &[u8]) -> io::Result<()> {
    // One of our own number can only be left by a run that has died.
    let _ = fs::remove_file(fresh);
    // Nobody else's file, and no link that somebody laid here, is written to.
    let mut file = File::create_new(fresh)?;
    file.write_all(bytes)?;
    like.map_or(Ok(()), |it| file.set_permissions(it))
}

/// Clears away what runs that died have left; what cannot be cleared does no harm.
fn clear_leftovers(folder: &Path, begin: &str) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|it| it.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().map(|it| it.to_string_lossy());
        let process = name.and_then(|it| it.strip_prefix(begin)?.parse().ok());
        if process.is_some_and(|it| !is_alive(it, &path)) {
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_made_with_its_folder_and_then_replaced() {
        let root = tempfile::tempdir().unwrap();
        let report = root.path().join("out/report.html");
        for bytes in ["old and long", "new"] {
            whole(&report, "out/report.html", bytes.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&report).unwrap(), bytes);
        }
        assert_eq!(names(report.parent().unwrap()), ["report.html"]);
    }

    #[test]
    fn a_failure_keeps_what_was_there_and_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("report.html"), "old").unwrap();
        // A folder of that name stands where the fresh file would grow.
        let fresh = format!(".report.html.tmp-{}", std::process::id());
        fs::create_dir(root.path().join(&fresh)).unwrap();
        assert!(whole(&root.path().join("report.html"), "report.html", b"new").is_err());
        let text = fs::read_to_string(root.path().join("report.html")).unwrap();
        assert_eq!(text, "old");
        assert!(whole(root.path(), ".", b"new").is_err());
        assert_eq!(names(root.path()), [fresh, "report.html".to_owned()]);
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_devices_are_written_to() {
        use std::os::unix::fs::{FileTypeExt as _, symlink};
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::write(at("real.html"), "old").unwrap();
        symlink("real.html", at("link.html")).unwrap();
        whole(&at("link.html"), "link.html", b"new").unwrap();
        assert!(fs::symlink_metadata(at("link.html")).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(at("real.html")).unwrap(), "new");
        whole(Path::new("/dev/null"), "/dev/null", b"new").unwrap();
        let null = fs::metadata("/dev/null").unwrap();
        assert!(null.file_type().is_char_device());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn leftovers_of_dead_runs_go_and_those_of_living_runs_stay() {
        let root = tempfile::tempdir().unwrap();
        // No process has a number this high, and the first one always lives.
        for name in [".a.tmp-4294967295", ".a.tmp-1", ".b.tmp-4294967295"] {
            fs::write(root.path().join(name), "half").unwrap();
        }
        whole(&root.path().join("a"), "a", b"new").unwrap();
        assert_eq!(names(root.path()), [".a.tmp-1", ".b.tmp-4294967295", "a"]);
    }
}
