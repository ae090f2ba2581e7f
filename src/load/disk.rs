//! A world on disk: one folder, and nothing outside it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::NaiveDate;
use ignore::{DirEntry, WalkBuilder};

use super::{PROJECT_FILE, plain, refuse_name, revision, text};
use crate::source::{ReadError, World, WorldError};

/// How many links to folders one listing follows. Folders full of links to each other would
/// otherwise multiply without end, although no single one of them leads in a circle.
const MAX_FOLDER_LINKS: usize = 256;

/// The nearest folder, from this one upwards, that holds a `journeyc.yaml`.
pub fn find_root(from: &Path) -> Option<PathBuf> {
    from.ancestors()
        .find(|it| it.join(PROJECT_FILE).is_file())
        .map(Path::to_path_buf)
}

/// A folder on disk.
#[derive(Debug)]
pub struct Disk {
    /// The root with every link in its path resolved: what resolved paths are compared with.
    root: PathBuf,
    today: NaiveDate,
    revision: OnceLock<Option<String>>,
    /// Where each folder really lies: most files share theirs with many others, and following every
    /// part of ten thousand paths costs more than reading the files.
    folders: Mutex<BTreeMap<String, Result<PathBuf, ReadError>>>,
}

impl Disk {
    /// Opens a folder as it stands on the given day.
    pub fn open(root: &Path, today: NaiveDate) -> Result<Self, WorldError> {
        let resolved = root
            .canonicalize()
            .ok()
            .filter(|it| it.is_dir())
            .ok_or_else(|| WorldError::NoRoot(root.display().to_string()))?;
        Ok(Self {
            root: resolved,
            today,
            revision: OnceLock::new(),
            folders: Mutex::default(),
        })
    }

    /// The folder, with every link in its path resolved.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a file of the repository really lies, links followed.
    pub fn locate(&self, path: &str) -> Result<PathBuf, ReadError> {
        self.resolve(path)
    }

    /// Resolves a path, links included, and refuses it when it leads out of the root.
    fn resolve(&self, path: &str) -> Result<PathBuf, ReadError> {
        plain(path)?;
        if let Some((folder, name)) = path.rsplit_once('/') {
            let place = self.folder(folder)?.join(name);
            let metadata = fs::symlink_metadata(&place);
            if metadata.is_ok_and(|it| !it.is_symlink()) {
                return Ok(place);
            }
        }
        resolve(&self.root, &self.root.join(path))
    }

    /// Where a folder really lies, which is inside the root.
    fn folder(&self, folder: &str) -> Result<PathBuf, ReadError> {
        let mut known = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = known.get(folder) {
            return it.clone();
        }
        let found = resolve(&self.root, &self.root.join(folder));
        known.insert(folder.to_owned(), found.clone());
        found
    }

    /// Lists all files under one root.
    fn walk(&self, root: &str) -> Vec<(String, Option<ReadError>)> {
        let start = match self.resolve(root) {
            Ok(start) => start,
            // A folder that is not there holds nothing; a link that leads nowhere is a mistake.
            Err(ReadError::NotFound) if !self.root.join(root).is_symlink() => return Vec::new(),
            Err(error) => return vec![(root.to_owned(), Some(error))],
        };
        // A file that is named is meant, even if git ignores it.
        if start.is_file() {
            return vec![(root.to_owned(), None)];
        }

        let refused: Arc<Mutex<Vec<(String, ReadError)>>> = Arc::default();
        let guard = Guard {
            root: self.root.clone(),
            below: self.root.join(root),
            followed: AtomicUsize::new(0),
            refused: Arc::clone(&refused),
        };
        // The walk starts at the repository's root, so that its `.gitignore` counts, and keeps to
        // the way to the folder asked for. Ignore files above the root or in the home folder do
        // not count: the same repository gives the same list on every machine.
        let walk = WalkBuilder::new(&self.root)
            .standard_filters(false)
            .hidden(true)
            .git_ignore(true)
            .require_git(false)
            .follow_links(true)
            .sort_by_file_name(std::ffi::OsStr::cmp)
            .filter_entry(move |entry| guard.admits(entry))
            .build();

        let mut found = Vec::new();
        for entry in walk {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|it| it.is_dir()) => {}
                Ok(entry) => found.push(self.entry(entry.path())),
                Err(error) => found.extend(self.failure(&error, root)),
            }
        }
        let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
        found.extend(refused.drain(..).map(|(path, error)| (path, Some(error))));
        found
    }

    /// The entry of one file; a name that is not UTF-8 could not be asked for again.
    fn entry(&self, path: &Path) -> (String, Option<ReadError>) {
        let name = relative(&self.root, path);
        let error = refuse_name(&name, path.to_str().is_some());
        (name, error)
    }

    /// The entry of something that could not be listed. Errors of the ignore files themselves
    /// (a bad pattern) concern no file of ours.
    fn failure(&self, error: &ignore::Error, under: &str) -> Option<(String, Option<ReadError>)> {
        let (path, reason) = take_apart(error)?;
        let name = path.map_or_else(|| under.to_owned(), |it| relative(&self.root, it));
        // The walker's own words name folders of this machine.
        let resolved = path.map(|it| resolve(&self.root, it));
        let reason = resolved.and_then(Result::err).unwrap_or(reason);
        // The walk meets links that lead nowhere before the filter does.
        let concerns_us = name == under || name.starts_with(&format!("{under}/"));
        concerns_us.then_some((name, Some(reason)))
    }
}

impl World for Disk {
    fn list(&self, roots: &[&str]) -> Vec<(String, Option<ReadError>)> {
        // A map sorts, and drops what two overlapping roots list twice.
        let mut found = BTreeMap::new();
        for root in roots {
            let root = root.trim_end_matches('/');
            for (path, error) in self.walk(root) {
                found.entry(path).or_insert(error);
            }
        }
        found.into_iter().collect()
    }

    fn read(&self, path: &str) -> Result<String, ReadError> {
        let resolved = self.resolve(path)?;
        let describe = |error: io::Error| reason(&error);
        let metadata = fs::metadata(&resolved).map_err(describe)?;
        // Opening a pipe would wait for a writer, and a device may never end.
        if !metadata.is_file() {
            return Err(ReadError::Io("this is not a file".to_owned()));
        }
        let limit = <dyn World>::MAX_FILE_BYTES;
        if metadata.len() > limit {
            return Err(ReadError::TooLarge {
                bytes: metadata.len(),
                limit,
            });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        // The file may grow between the two calls; one byte more than allowed is enough to know.
        File::open(&resolved)
            .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
            .map_err(describe)?;
        text(bytes)
    }

    fn revision(&self) -> Option<String> {
        self.revision
            .get_or_init(|| revision::of(&self.root))
            .clone()
    }

    fn today(&self) -> NaiveDate {
        self.today
    }
}

/// Decides which entries of a walk are taken, and keeps the reasons for those that are refused.
struct Guard {
    root: PathBuf,
    below: PathBuf,
    followed: AtomicUsize,
    refused: Arc<Mutex<Vec<(String, ReadError)>>>,
}

impl Guard {
    fn admits(&self, entry: &DirEntry) -> bool {
        let path = entry.path();
        if self.below.starts_with(path) {
            return true;
        }
        if !path.starts_with(&self.below) {
            return false;
        }
        if !entry.path_is_symlink() {
            return true;
        }
        let error = match resolve(&self.root, path) {
            Err(error) => error,
            Ok(target) if !target.is_dir() => return true,
            Ok(_) if self.followed.fetch_add(1, Ordering::Relaxed) < MAX_FOLDER_LINKS => {
                return true;
            }
            Ok(_) => ReadError::Io(format!(
                "there are more than {MAX_FOLDER_LINKS} links to folders here"
            )),
        };
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((relative(&self.root, path), error));
        false
    }
}

/// Follows every link of a path; an error if it ends outside the root or nowhere.
fn resolve(root: &Path, path: &Path) -> Result<PathBuf, ReadError> {
    let resolved = path.canonicalize().map_err(|error| {
        let is_link = fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink());
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => reason(&error),
            // The system's code for this has no portable name yet.
            _ if is_link => ReadError::LinkLoop,
            _ => reason(&error),
        }
    })?;
    if resolved.starts_with(root) {
        Ok(resolved)
    } else {
        Err(ReadError::Outside)
    }
}

/// A path from the root on, with `/` between its parts.
fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    let parts: Vec<_> = parts.map(|it| it.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// What the system says, without its numbers, which differ from system to system.
fn reason(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::NotFound,
        io::ErrorKind::PermissionDenied => {
            ReadError::Io("there is no permission to read it".to_owned())
        }
        _ => ReadError::Io(error.to_string()),
    }
}

/// The path and the cause inside the walker's error; `None` for trouble with an ignore file.
fn take_apart(error: &ignore::Error) -> Option<(Option<&Path>, ReadError)> {
    use ignore::Error;
    match error {
        Error::WithPath { path, err } => {
            let (inner, reason) = take_apart(err)?;
            Some((inner.or(Some(path)), reason))
        }
        Error::WithDepth { err, .. } => take_apart(err),
        Error::Loop { child, .. } => Some((Some(child), ReadError::LinkLoop)),
        Error::Io(error) => Some((None, reason(error))),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn disk(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let disk = Disk::open(folder.path(), NaiveDate::default()).unwrap();
        (folder, disk)
    }

    fn paths(listed: &[(String, Option<ReadError>)]) -> Vec<&str> {
        listed.iter().map(|(path, _)| path.as_str()).collect()
    }

    #[test]
    fn lists_sorted_without_hidden_and_ignored_files() {
        let (_folder, disk) = disk(&[
            ("journeys/z.yaml", b""),
            ("journeys/a/b.yaml", b""),
            ("journeys/a-b.yaml", b""),
            ("journeys/.hidden.yaml", b""),
            ("journeys/draft.yaml", b""),
            ("templates/t.md", b""),
            ("other/x.yaml", b""),
            (".gitignore", b"draft.yaml\n"),
        ]);
        let listed = disk.list(&["templates", "journeys/"]);
        assert_eq!(
            paths(&listed),
            [
                "journeys/a-b.yaml",
                "journeys/a/b.yaml",
                "journeys/z.yaml",
                "templates/t.md"
            ]
        );
        assert_eq!(
            disk.list(&["journeys/draft.yaml"]),
            [("journeys/draft.yaml".to_owned(), None)],
            "a file that is named is meant"
        );
        assert_eq!(
            disk.list(&["absent"]),
            [],
            "a folder that is not there holds nothing"
        );
        assert_eq!(
            disk.list(&["../x"]),
            [("../x".to_owned(), Some(ReadError::Outside))]
        );
    }

    #[test]
    fn the_nearest_project_file_marks_the_root() {
        let (folder, disk) = disk(&[(PROJECT_FILE, b""), ("journeys/a/b.yaml", b"")]);
        assert_eq!(
            find_root(&disk.root().join("journeys/a")).as_deref(),
            Some(disk.root())
        );
        assert_eq!(find_root(Path::new("/")), None);
        assert!(matches!(
            Disk::open(&folder.path().join("absent"), NaiveDate::default()),
            Err(WorldError::NoRoot(_))
        ));
    }

    #[test]
    fn refuses_what_is_too_large_or_not_utf8_and_takes_the_mark_off() {
        let long = vec![b'a'; (1 << 20) + 1];
        let (_folder, disk) = disk(&[
            ("long", &long),
            ("longest", &long[1..]),
            ("latin", b"caf\xe9"),
            ("marked", b"\xef\xbb\xbfx"),
            ("folder/x", b""),
        ]);
        assert!(matches!(
            disk.read("long"),
            Err(ReadError::TooLarge {
                bytes: 1_048_577,
                limit: 1_048_576
            })
        ));
        assert_eq!(disk.read("longest").unwrap().len(), 1 << 20);
        assert_eq!(
            disk.read("latin"),
            Err(ReadError::NotUtf8 {
                before: "caf".to_owned()
            })
        );
        assert_eq!(disk.read("marked").unwrap(), "x");
        assert_eq!(disk.read("absent"), Err(ReadError::NotFound));
        assert_eq!(disk.read("long/x"), Err(ReadError::NotFound));
        assert!(matches!(disk.read("folder"), Err(ReadError::Io(_))));
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_inside_and_never_run_in_circles() {
        use std::os::unix::fs::symlink;
        let (folder, disk) = disk(&[
            ("journeys/a.yaml", b"a"),
            ("shared/s.yaml", b"s"),
            ("templates/t.md", b"t"),
        ]);
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), b"secret").unwrap();
        let at = |path: &str| folder.path().join("journeys").join(path);
        symlink("../shared", at("shared")).unwrap();
        symlink("a.yaml", at("b.yaml")).unwrap();
        symlink("..", at("up")).unwrap();
        symlink("self", at("self")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        symlink(outside.path(), at("outside")).unwrap();
        symlink(outside.path().join("secret"), at("secret")).unwrap();

        let listed = disk.list(&["journeys"]);
        let expected = [
            ("journeys/a.yaml", None),
            ("journeys/b.yaml", None),
            ("journeys/dangling", Some(ReadError::NotFound)),
            ("journeys/outside", Some(ReadError::Outside)),
            ("journeys/secret", Some(ReadError::Outside)),
            ("journeys/self", Some(ReadError::LinkLoop)),
            ("journeys/shared/s.yaml", None),
            ("journeys/up", Some(ReadError::LinkLoop)),
        ];
        let expected: Vec<_> = expected
            .map(|(path, error)| (path.to_owned(), error))
            .into();
        assert_eq!(listed, expected);

        assert_eq!(disk.read("journeys/b.yaml").unwrap(), "a");
        assert_eq!(disk.read("journeys/secret"), Err(ReadError::Outside));
        assert_eq!(
            disk.read("journeys/outside/secret"),
            Err(ReadError::Outside)
        );
        assert_eq!(disk.read("journeys/self"), Err(ReadError::LinkLoop));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_multiply_are_bounded() {
        use std::os::unix::fs::symlink;
        let (folder, disk) = disk(&[("journeys/0/a.yaml", b"")]);
        for level in 1..8 {
            let here = folder.path().join(format!("journeys/{level}"));
            fs::create_dir(&here).unwrap();
            for link in 0..8 {
                symlink(format!("../{}", level - 1), here.join(link.to_string())).unwrap();
            }
        }
        let listed = disk.list(&["journeys"]);
        assert!(listed.len() < 5_000, "{}", listed.len());
        assert!(listed.iter().any(|(_, error)| error.is_some()));
    }
}
