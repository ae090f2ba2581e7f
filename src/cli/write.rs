//! Writes a whole folder or file, or leaves it as it was.
//!
//! Everything goes into a fresh folder beside the target, which then takes the target's place by a
//! rename. A run that is stopped at any moment leaves the old folder or the new one, never a
//! mixture; what else it leaves behind, the next run clears away.

mod file;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::failure::{Failure, reason};

pub(super) use file::whole;

/// A file that every folder of ours holds, and where in it our name stands.
const MARKER: (&str, &str) = ("manifest.json", "/generator/name");

/// After this time a leftover folder belongs to a run that has died, where the system does not
/// tell whether the run still lives.
const LEFTOVER_AGE: Duration = Duration::from_hours(1);

/// What `send.sh` notes beside its requests, in a folder `TARGET/ENVIRONMENT`: it tells what an account
/// already has, so it outlives the export.
const NOTES: &str = "sent.json";
/// What `send.sh` holds while it is at work.
const AT_WORK: &str = "sent.json.lock";

/// Replaces a folder by one that holds these files, and what `send.sh` has noted in the old one. `shown`
/// is how the person named it.
pub(super) fn replace(
    folder: &Path,
    shown: &str,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Failure> {
    for path in files.keys() {
        if !is_plain(path) {
            return Err(
                Failure::new(format!("refusing to write to the path `{path}`"))
                    .help("name steps and templates with letters, digits, `-` and `_`"),
            );
        }
    }
    let place = Place::of(folder, shown)?;
    place.clear_leftovers();
    place.check_replaceable()?;
    place.write(files)?;
    place.swap()
}

/// The target and the two names beside it that a run uses.
struct Place<'a> {
    shown: &'a str,
    target: PathBuf,
    /// Where the new folder grows.
    fresh: PathBuf,
    /// Where the old folder waits until the new one is in its place.
    old: PathBuf,
}

impl<'a> Place<'a> {
    fn of(folder: &Path, shown: &'a str) -> Result<Self, Failure> {
        let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
            return Err(Failure::new(format!("`{shown}` cannot be replaced"))
                .help("choose a folder of its own, such as `--out dist`"));
        };
        fs::create_dir_all(parent).map_err(|error| failure(shown, "", &error))?;
        let name = name.to_string_lossy();
        let process = std::process::id();
        Ok(Self {
            shown,
            target: folder.to_path_buf(),
            fresh: parent.join(format!(".{name}.tmp-{process}")),
            old: parent.join(format!(".{name}.old-{process}")),
        })
    }

    /// Clears away what runs that died have left, and puts an old folder back that one of them
    /// had moved aside without putting the new one in its place. What cannot be cleared does no
    /// harm.
    fn clear_leftovers(&self) {
        let (Some(parent), Some(name)) = (self.target.parent(), self.target.file_name()) else {
            return;
        };
        let name = name.to_string_lossy();
        let Ok(entries) = fs::read_dir(parent) else {
            return;
        };
        let mut leftovers: Vec<_> = entries.flatten().map(|it| it.path()).collect();
        leftovers.sort();
        for path in leftovers {
            let Some(found) = path.file_name().map(|it| it.to_string_lossy().into_owned()) else {
                continue;
            };
            let process = |kind| {
                found
                    .strip_prefix(&format!(".{name}.{kind}-"))?
                    .parse()
                    .ok()
            };
            let (Some(process), is_old) = (
                process("tmp").or_else(|| process("old")),
                process("old").is_some(),
            ) else {
                continue;
            };
            if is_alive(process, &path) {
                continue;
            }
            let is_lost = is_old && fs::symlink_metadata(&self.target).is_err();
            if !(is_lost && fs::rename(&path, &self.target).is_ok()) {
                let _ = fs::remove_dir_all(&path);
            }
        }
    }

    /// Refuses to replace what is not ours: it could be somebody's only copy.
    fn check_replaceable(&self) -> Result<(), Failure> {
        let shown = self.shown;
        let Ok(metadata) = fs::symlink_metadata(&self.target) else {
            return Ok(());
        };
        if !metadata.is_dir() {
            let what = if metadata.is_symlink() {
                "a link"
            } else {
                "a file"
            };
            return Err(
                Failure::new(format!("`{shown}` is {what}, and not a folder"))
                    .help("remove it, or choose another folder with `--out`"),
            );
        }
        let is_empty = fs::read_dir(&self.target)
            .map_err(|error| failure(shown, "", &error))?
            .next()
            .is_none();
        if is_empty || is_ours(&self.target) {
            return Ok(());
        }
        Err(
            Failure::new(format!("`{shown}` holds files that journeyc did not write")).help(
                "choose another folder with `--out`, or empty this one: it is replaced as a whole",
            ),
        )
    }

    /// Fills the fresh folder; takes it away again when anything fails.
    fn write(&self, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
        // One of our own number can only be left by a run that has died.
        let _ = fs::remove_dir_all(&self.fresh);
        let written = fs::create_dir(&self.fresh)
            .map_err(|error| failure(self.shown, "", &error))
            .and_then(|()| {
                files.iter().try_for_each(|(path, bytes)| {
                    write_file(&self.fresh.join(path), bytes)
                        .map_err(|error| failure(self.shown, path, &error))
                })
            })
            .and_then(|()| self.carry_notes());
        if written.is_err() {
            let _ = fs::remove_dir_all(&self.fresh);
        }
        written
    }

    /// Copies the notes of `send.sh` from the old folder into the fresh one.
    fn carry_notes(&self) -> Result<(), Failure> {
        let below = |folder: &Path| -> Vec<PathBuf> {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let mut folders: Vec<PathBuf> = entries
                .filter(|it| it.file_type().is_ok_and(|it| it.is_dir()))
                .map(|it| it.path())
                .collect();
            folders.sort();
            folders
        };
        for account in below(&self.target).iter().flat_map(|it| below(it)) {
            let Ok(inner) = account.strip_prefix(&self.target) else {
                continue;
            };
            let named = inner.join(NOTES);
            let named = named.to_string_lossy();
            if fs::symlink_metadata(account.join(AT_WORK)).is_ok() {
                let message = format!(
                    "`send.sh` is at work in `{}/{}`",
                    self.shown,
                    inner.display()
                );
                let help =
                    format!("wait for it; if none is at work, remove the folder `{AT_WORK}` there");
                return Err(Failure::new(message).help(help));
            }
            let notes = account.join(NOTES);
            if fs::symlink_metadata(&notes).is_ok_and(|it| it.is_file()) {
                fs::read(&notes)
                    .and_then(|bytes| write_file(&self.fresh.join(inner).join(NOTES), &bytes))
                    .map_err(|error| failure(self.shown, &named, &error))?;
            }
        }
        Ok(())
    }

    /// Puts the fresh folder in the target's place; puts the old one back when that fails.
    fn swap(&self) -> Result<(), Failure> {
        let moved = match fs::rename(&self.target, &self.old) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        };
        let swapped = moved.and_then(|has_old| {
            fs::rename(&self.fresh, &self.target).inspect_err(|_| {
                if has_old {
                    let _ = fs::rename(&self.old, &self.target);
                }
            })
        });
        if let Err(error) = swapped {
            let _ = fs::remove_dir_all(&self.fresh);
            return Err(failure(self.shown, "", &error));
        }
        // The next run clears it away if this one cannot.
        let _ = fs::remove_dir_all(&self.old);
        Ok(())
    }
}

/// Whether a path stays inside the folder, on every system.
fn is_plain(path: &str) -> bool {
    let has_odd = path.contains(['\\', ':']) || path.contains(char::is_control);
    !has_odd && path.split('/').all(|it| !matches!(it, "" | "." | ".."))
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}

/// Whether a folder was written by this program.
fn is_ours(folder: &Path) -> bool {
    let (file, key) = MARKER;
    fs::read(folder.join(file))
        .ok()
        .and_then(|it| serde_json::from_slice::<serde_json::Value>(&it).ok())
        .is_some_and(|it| it.pointer(key) == Some(&env!("CARGO_PKG_NAME").into()))
}

/// Whether the run that owns a leftover folder may still be at work.
fn is_alive(process: u32, leftover: &Path) -> bool {
    if process == std::process::id() {
        return false;
    }
    let processes = Path::new("/proc");
    if processes.join("self").exists() {
        return processes.join(process.to_string()).exists();
    }
    let changed = fs::symlink_metadata(leftover).and_then(|it| it.modified());
    changed.is_ok_and(|it| it.elapsed().is_ok_and(|age| age < LEFTOVER_AGE))
}

fn failure(shown: &str, path: &str, error: &io::Error) -> Failure {
    let slash = if path.is_empty() || shown.ends_with('/') {
        ""
    } else {
        "/"
    };
    Failure::new(format!(
        "cannot write `{shown}{slash}{path}`: {}",
        reason(error)
    ))
    .help(format!("`{shown}` is as it was before"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let marker = (
            "manifest.json".to_owned(),
            br#"{"generator": {"name": "journeyc"}}"#.to_vec(),
        );
        let files = names.iter().map(|it| ((*it).to_owned(), b"new".to_vec()));
        files.chain([marker]).collect()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn message(failure: Failure) -> String {
        match failure {
            Failure::Message { message, .. } => message,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_folder_is_made_and_then_replaced_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let dist = root.path().join("deep/dist");
        replace(&dist, "dist", &files(&["a", "b/c"])).unwrap();
        assert_eq!(names(&dist), ["a", "b", "manifest.json"]);
        replace(&dist, "dist", &files(&["d"])).unwrap();
        assert_eq!(names(&dist), ["d", "manifest.json"]);
        assert_eq!(
            names(dist.parent().unwrap()),
            ["dist"],
            "nothing is left behind"
        );
    }

    /// Else a second export would let `send.sh` create everything once more.
    #[test]
    fn the_notes_of_what_was_sent_move_on_and_are_not_taken_away_from_a_script_at_work() {
        let root = tempfile::tempdir().unwrap();
        let dist = root.path().join("dist");
        replace(
            &dist,
            "dist",
            &files(&["manifest.json", "resend/prod/plan.md"]),
        )
        .unwrap();
        let account = dist.join("resend/prod");
        fs::write(account.join("sent.json"), "notes").unwrap();
        replace(
            &dist,
            "dist",
            &files(&["manifest.json", "resend/prod/send.sh"]),
        )
        .unwrap();
        assert_eq!(
            fs::read_to_string(account.join("sent.json")).unwrap(),
            "notes"
        );
        assert!(account.join("send.sh").exists() && !account.join("plan.md").exists());
        fs::create_dir(account.join("sent.json.lock")).unwrap();
        let busy = replace(&dist, "dist", &files(&["manifest.json"]));
        assert!(message(busy.unwrap_err()).contains("at work in `dist/resend/prod`"));
        assert!(account.join("send.sh").exists());
    }

    #[test]
    fn a_failure_keeps_the_old_folder() {
        let root = tempfile::tempdir().unwrap();
        let dist = root.path().join("dist");
        replace(&dist, "dist", &files(&["a"])).unwrap();
        // `b` cannot be a file and a folder.
        let error = replace(&dist, "dist", &files(&["b", "b/c"])).unwrap_err();
        assert!(message(error).starts_with("cannot write `dist/b/c`: "));
        assert_eq!(names(&dist), ["a", "manifest.json"]);
        assert_eq!(names(root.path()), ["dist"]);
    }

    #[test]
    fn paths_stay_inside() {
        let root = tempfile::tempdir().unwrap();
        let dist = root.path().join("dist");
        for path in [
            "../x",
            "/x",
            "a/../../x",
            "",
            "a//b",
            "c:x",
            "a\\b",
            "a\nb",
            ".",
        ] {
            let error = replace(&dist, "dist", &files(&[path])).unwrap_err();
            assert!(message(error).starts_with("refusing"), "{path}");
        }
        assert!(names(root.path()).is_empty());
    }

    #[test]
    fn what_is_not_ours_stays() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("photos")).unwrap();
        fs::write(at("photos/a.jpg"), "a").unwrap();
        fs::create_dir(at("app")).unwrap();
        fs::write(at("app/manifest.json"), r#"{"name": "an app"}"#).unwrap();
        fs::write(at("file"), "a").unwrap();
        for name in ["photos", "app", "file"] {
            let before = names(root.path());
            assert!(replace(&at(name), name, &files(&["x"])).is_err(), "{name}");
            assert_eq!(names(root.path()), before);
        }
        assert_eq!(names(&at("photos")), ["a.jpg"]);
        fs::create_dir(at("empty")).unwrap();
        replace(&at("empty"), "empty", &files(&["x"])).unwrap();
        assert!(replace(Path::new("/"), "/", &files(&[])).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let dist = root.path().join("dist");
        std::os::unix::fs::symlink(elsewhere.path(), &dist).unwrap();
        let error = replace(&dist, "dist", &files(&["x"])).unwrap_err();
        assert_eq!(message(error), "`dist` is a link, and not a folder");
        assert!(names(elsewhere.path()).is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn leftovers_of_dead_runs_go_and_those_of_living_runs_stay() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        // No process has a number this high, and the first one always lives.
        for name in [
            ".dist.tmp-4294967295",
            ".dist.tmp-1",
            ".dist.tmp-x",
            ".other.tmp-4294967295",
        ] {
            fs::create_dir(at(name)).unwrap();
        }
        replace(&at("dist"), "dist", &files(&[])).unwrap();
        assert_eq!(
            names(root.path()),
            [
                ".dist.tmp-1",
                ".dist.tmp-x",
                ".other.tmp-4294967295",
                "dist"
            ]
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_a_dead_run_had_moved_aside_comes_back() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        replace(&at("dist"), "dist", &files(&["a"])).unwrap();
        fs::rename(at("dist"), at(".dist.old-4294967295")).unwrap();
        assert!(replace(&at("dist"), "dist", &files(&["b", "b/c"])).is_err());
        assert_eq!(names(&at("dist")), ["a", "manifest.json"]);
        assert_eq!(names(root.path()), ["dist"]);
    }
}
