//! `tests/cases/diff/<case>/`: what a change does to the shop in `tests/cases/diff/shop`, and what
//! `journeyc diff` must say of it in `expected/{text,markdown.md,report.json}`. A new case is a new
//! folder: `before/` is laid over the shop, `after/` over that, and `removed` names files that the
//! change takes away. `CASE=name` runs one case.

use std::fs;
use std::path::{Path, PathBuf};

use journeyc::diff::Breaking;
use serde_json::Value;

use crate::cli::run;
use crate::repository::Repository;
use crate::snapshot;

const SHOP: &str = "tests/cases/diff/shop";

#[test]
fn cases() {
    let wanted = std::env::var("CASE").ok();
    let mut cases: Vec<PathBuf> = fs::read_dir(snapshot::root("tests/cases/diff"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.join("after").is_dir() || it.join("removed").is_file())
        .filter(|it| wanted.as_deref().is_none_or(|name| it.ends_with(name)))
        .collect();
    cases.sort();
    let wrong: Vec<String> = cases.iter().flat_map(|it| check(it)).collect();
    assert!(
        wrong.is_empty(),
        "{}\nIf this is right: SNAPSHOTS=overwrite cargo test --test suite",
        wrong.join("\n")
    );
}

/// Runs one case; says what differs from what was expected.
fn check(case: &Path) -> Vec<String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let it = changed(case);
    let written = tempfile::tempdir().unwrap();
    let file = |format: &str| written.path().join(format);
    // One comparison for all formats: it is what costs.
    let diff = || {
        let copy = |format| format!("--write={format}={}", file(format).display());
        let args = ["diff", "HEAD", &copy("markdown"), &copy("json")];
        let run = run(it.folder.path(), &args);
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{name}");
        let read = |format| fs::read_to_string(file(format)).unwrap();
        vec![run.out, read("markdown"), read("json")]
    };
    let outs = diff();
    assert_eq!(outs, diff(), "{name}: twice the same");
    assert_valid(&name, &outs[2]);
    let expected = ["text", "markdown.md", "report.json"]
        .into_iter()
        .zip(&outs);
    expected
        .filter_map(|(file, out)| snapshot::mismatch(&case.join("expected").join(file), out))
        .collect()
}

/// Fails when a report does not keep to the schema in the repository.
#[track_caller]
fn assert_valid(name: &str, report: &str) {
    let validator = jsonschema::validator_for(&journeyc::report::diff::schema()).unwrap();
    let report = serde_json::from_str(report).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

/// A repository in which the case's change stands in the work tree.
pub(crate) fn changed(case: &Path) -> Repository {
    let it = Repository::new();
    lay(&snapshot::root(SHOP), it.folder.path());
    lay(&case.join("before"), it.folder.path());
    it.commit();
    lay(&case.join("after"), it.folder.path());
    for path in fs::read_to_string(case.join("removed"))
        .unwrap_or_default()
        .lines()
    {
        fs::remove_file(it.path(path)).unwrap();
    }
    it
}

/// Copies files over others.
pub(crate) fn lay(from: &Path, to: &Path) {
    let Ok(entries) = fs::read_dir(from) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
            lay(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// A revision beside itself.
#[test]
fn nothing_differs_from_itself() {
    let it = Repository::new();
    lay(&snapshot::root(SHOP), it.folder.path());
    it.commit();
    let json = run(it.folder.path(), &["diff", "HEAD", "--format", "json"]);
    assert_eq!((json.exit, json.err.as_str()), (0, ""));
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["version"], 1);
}

/// What breaks for people inside has ids that teams build upon: each is documented, in this order.
#[test]
fn every_break_is_documented() {
    let page = fs::read_to_string(snapshot::root("docs/review.md")).unwrap();
    let rows = page.lines().filter_map(|it| it.strip_prefix("| `"));
    let ids = rows.filter_map(|it| it.split('`').next());
    let named: Vec<&str> = ids.filter(|it| !it.starts_with('-')).collect();
    let all: Vec<&str> = Breaking::ALL.iter().map(|it| it.id()).collect();
    assert_eq!(named, all);
}
