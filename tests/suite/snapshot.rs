//! Expected outputs in files.

use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// A path from the crate's root.
pub(crate) fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether what comes out is accepted.
pub(crate) fn overwrites() -> bool {
    std::env::var("SNAPSHOTS").is_ok_and(|it| it == "overwrite")
}

/// What differs from the file's text, as a diff; `None` when nothing does. With
/// `SNAPSHOTS=overwrite` the file is written instead, and then nothing differs.
pub(crate) fn mismatch(file: &Path, actual: &str) -> Option<String> {
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected == actual {
        return None;
    }
    if overwrites() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, actual).unwrap();
        return None;
    }
    let diff = TextDiff::from_lines(&expected, actual);
    let mut diff = diff.unified_diff();
    let diff = diff.context_radius(3).header("expected", "actual");
    Some(format!("{} differs:\n{diff}", file.display()))
}

/// Fails when the file's text is another one.
#[track_caller]
pub(crate) fn assert(path: &str, actual: &str) {
    if let Some(diff) = mismatch(&root(path), actual) {
        panic!("{diff}\nIf this is right: SNAPSHOTS=overwrite cargo test --test suite");
    }
}
