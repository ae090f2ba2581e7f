//! `journeyc build` and `journeyc export` on a small repository: all is written, or nothing is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::cli::run;
use crate::snapshot::root;

/// A repository with one journey and an account at a provider.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let case = root("tests/cases/check/clean");
    copy(&case, folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

#[test]
fn a_second_build_writes_the_same_bytes_over_the_first() {
    let folder = repository();
    let first = run(folder.path(), &["build"]);
    assert_eq!((first.exit, first.err.as_str()), (0, ""));
    assert!(first.out.contains("manifest.json"), "{}", first.out);
    let dist = folder.path().join("dist");
    let before = files(&dist);
    assert!(before.contains_key("schedule.csv") && before.contains_key("schedule.ics"));
    // What a former build left behind goes.
    fs::write(dist.join("stale.txt"), "old").unwrap();
    let second = run(folder.path(), &["build"]);
    assert_eq!((second.exit, &second.out), (0, &first.out));
    assert_eq!(before, files(&dist));
}

#[test]
fn nothing_is_written_when_the_input_is_wrong_and_the_old_folder_stays() {
    let folder = repository();
    assert_eq!(run(folder.path(), &["build"]).exit, 0);
    let dist = folder.path().join("dist");
    let before = files(&dist);
    let journey = fs::read_dir(folder.path().join("journeys"))
        .unwrap()
        .next()
        .unwrap();
    let path = journey.unwrap().path();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\nnonsense: true\n")).unwrap();
    let broken = run(folder.path(), &["build"]);
    assert_eq!((broken.exit, broken.out.as_str()), (2, ""));
    assert!(broken.err.contains("unknown-key") && broken.err.ends_with("nothing was written\n"));
    assert_eq!(before, files(&dist));
    let elsewhere = run(folder.path(), &["build", "--out", "other"]);
    assert_eq!(elsewhere.exit, 2);
    assert!(!folder.path().join("other").exists());
}

#[test]
fn a_folder_of_somebody_else_is_never_replaced() {
    let folder = repository();
    let mine = folder.path().join("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("thesis.txt"), "years of work").unwrap();
    let refused = run(folder.path(), &["build", "--out", "mine"]);
    assert_eq!(refused.exit, 2, "{}", refused.err);
    assert_eq!(fs::read(mine.join("thesis.txt")).unwrap(), b"years of work");
}

#[test]
fn a_target_or_environment_that_is_not_declared_is_a_wrong_call() {
    let folder = repository();
    let target = run(folder.path(), &["export", "klaviyo"]);
    assert_eq!(target.exit, 2);
    assert!(target.err.contains("no target `klaviyo`"), "{}", target.err);
    let environment = run(folder.path(), &["build", "--env", "prod"]);
    assert_eq!(environment.exit, 2);
    assert!(environment.err.contains("no environment `prod`"));
}

#[test]
fn a_starter_is_written_once_and_builds() {
    let folder = tempfile::tempdir().unwrap();
    let init = run(folder.path(), &["init", "shop"]);
    assert_eq!((init.exit, init.err.as_str()), (0, ""));
    let shop = folder.path().join("shop");
    let before = files(&shop);
    let again = run(folder.path(), &["init", "shop"]);
    assert_eq!(again.exit, 2);
    assert_eq!(before, files(&shop));
    let build = run(&shop, &["build"]);
    assert_eq!(build.exit, 0, "{}", build.err);
    let graph = run(&shop, &["graph", "welcome"]);
    assert!(graph.out.starts_with("flowchart TD\n"), "{}", graph.out);
}
