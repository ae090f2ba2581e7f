//! Which versions `journeyc diff` compares, and what it says where one of them is not to be had.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli::{Run, run};
use crate::repository::{Repository, git};
use crate::snapshot;

/// What these tests do with a repository.
impl Repository {
    /// One with the project file and a journey, committed.
    fn with_journey() -> Self {
        let res = Self::new();
        res.project("");
        res.journey("first", "1d");
        res.commit();
        res
    }

    fn project(&self, folder: &str) {
        let text = fs::read_to_string(snapshot::root("tests/suite/lint/project.yaml")).unwrap();
        self.write(&format!("{folder}journeyc.yaml"), &text);
    }

    /// A journey that waits for so long.
    fn journey(&self, name: &str, wait: &str) {
        self.write(&format!("journeys/{name}.yaml"), &waiting(name, wait));
    }

    fn diff(&self, args: &[&str]) -> Run {
        diff(self.folder.path(), args)
    }

    /// The names of the journeys that differ.
    fn changed(&self, args: &[&str]) -> Vec<String> {
        changed(self.folder.path(), args)
    }

    fn branch(&self, name: &str) {
        self.git(&["checkout", "--quiet", "-B", name]);
    }
}

fn waiting(name: &str, wait: &str) -> String {
    format!(
        "journey: {name}\nclass: commercial\nin_flight: stop\nfrom: care\ntrigger: {{event: signed_up}}\nsteps:\n  - wait: {wait}\n"
    )
}

fn diff(folder: &Path, args: &[&str]) -> Run {
    run(folder, &[&["diff"], args].concat())
}

fn report(folder: &Path, args: &[&str]) -> Value {
    let found = diff(folder, &[args, &["--format=json"]].concat());
    assert_eq!((found.exit, found.err.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&found.out).unwrap()
}

fn changed(folder: &Path, args: &[&str]) -> Vec<String> {
    let report = report(folder, args);
    let journeys = report["journeys"].as_array().unwrap().iter();
    // A journey under a new name has two.
    let mut names: Vec<_> = journeys
        .flat_map(|it| [it["name"].as_str(), it["was"].as_str()])
        .flatten()
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

/// The reason and the help of a call that cannot be answered.
fn refusal(found: &Run) -> (&str, &str) {
    assert_eq!((found.exit, found.out.as_str()), (2, ""));
    let (reason, help) = found.err.split_once("\n  = help: ").unwrap();
    (reason, help.trim_end())
}

#[test]
fn a_branch_is_compared_from_where_it_left_the_default_branch() {
    let it = Repository::with_journey();
    it.branch("topic");
    it.journey("mine", "2d");
    it.commit();
    it.git(&["checkout", "--quiet", "main"]);
    it.journey("theirs", "2d");
    it.commit();
    it.git(&["checkout", "--quiet", "topic"]);
    it.journey("not-committed", "2d");

    assert_eq!(it.changed(&[]), ["mine", "not-committed"]);
    assert_eq!(it.changed(&["main"]), ["mine", "not-committed"]);
    assert_eq!(it.changed(&["main...topic"]), ["mine"]);
    assert_eq!(it.changed(&["main..."]), ["mine"]);
    assert_eq!(it.changed(&["main...HEAD"]), ["mine"]);
    assert_eq!(it.changed(&["main", "topic"]), ["mine", "theirs"]);
    assert_eq!(it.changed(&["main..topic"]), ["mine", "theirs"]);
    assert_eq!(it.changed(&["topic...main"]), ["theirs"]);
    assert_eq!(it.changed(&["HEAD"]), ["not-committed"]);
    assert_eq!(it.changed(&["HEAD", "HEAD"]), [""; 0]);

    // As continuous integration checks a pull request out.
    it.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(it.changed(&[]), ["mine", "not-committed"]);
    assert_eq!(it.changed(&["main", "HEAD"]), ["mine", "theirs"]);
}

#[test]
fn both_sides_are_named_as_they_were_asked_for() {
    let it = Repository::with_journey();
    let first = it.git(&["rev-parse", "HEAD"]).trim().to_owned();
    it.git(&["tag", "--annotate", "--message=x", "v1"]);
    it.journey("second", "2d");
    let second = it.commit();
    let sides = |args: &[&str]| {
        let report = report(it.folder.path(), args);
        let side = |it: &Value| (it["name"].clone(), it["commit"].clone());
        (side(&report["before"]), side(&report["after"]))
    };
    let (v1, main) = ("v1".into(), "main".into());
    let (first, second): (Value, Value) = (first.into(), second.into());
    let disk = || (Value::from("work tree"), Value::Null);
    assert_eq!(sides(&["v1"]), ((v1, first.clone()), disk()));
    assert_eq!(sides(&[]), ((main, second.clone()), disk()));
    let names = |(before, after): &((Value, Value), (Value, Value))| {
        assert_eq!((&before.1, &after.1), (&first, &second));
        format!("{} {}", before.0, after.0)
    };
    assert_eq!(names(&sides(&["v1", "main"])), r#""v1" "main""#);
    assert_eq!(names(&sides(&["v1...main"])), r#""v1" "main""#);
    assert_eq!(names(&sides(&["HEAD~1", "HEAD"])), r#""HEAD~1" "HEAD""#);
}

#[test]
fn the_default_branch_is_what_the_remote_says_or_a_usual_name() {
    let origin = Repository::with_journey();
    origin.git(&["branch", "trunk"]);
    origin.branch("main");
    origin.journey("on-main", "2d");
    origin.commit();
    let clone = tempfile::tempdir().unwrap();
    let url = origin.folder.path().display().to_string();
    git(clone.path(), &["clone", "--quiet", &url, "."]);
    let base = || report(clone.path(), &[])["before"]["name"].clone();
    assert_eq!(base(), "origin/main");
    git(clone.path(), &["remote", "set-head", "origin", "trunk"]);
    assert_eq!(base(), "origin/trunk");
    assert_eq!(changed(clone.path(), &[]), ["on-main"]);
    git(clone.path(), &["remote", "set-head", "origin", "--delete"]);
    assert_eq!(base(), "origin/main");
    git(clone.path(), &["remote", "remove", "origin"]);
    assert_eq!(base(), "main");
    git(clone.path(), &["branch", "--move", "main", "ours"]);
    let found = diff(clone.path(), &[]);
    let (reason, help) = refusal(&found);
    assert!(reason.starts_with("error: there is no default branch here"));
    assert!(help.contains("name a branch, a tag or a commit"), "{help}");
}

#[test]
fn a_shallow_clone_says_what_to_fetch_and_that_helps() {
    let origin = Repository::with_journey();
    origin.branch("topic");
    for wait in ["2d", "3d"] {
        origin.journey("mine", wait);
        origin.commit();
    }
    origin.git(&["checkout", "--quiet", "main"]);
    origin.journey("theirs", "2d");
    origin.commit();
    origin.git(&["checkout", "--quiet", "topic"]);
    let url = format!("file://{}", origin.folder.path().display());
    // Does what a text between backticks says.
    let obey = |folder: &Path, help: &str, nth: usize| {
        let call = help.split('`').nth(2 * nth + 1).unwrap();
        let words: Vec<_> = call.split(' ').collect();
        assert_eq!(words[0], "git", "{help}");
        git(folder, &[&words[1..2], &["--quiet"], &words[2..]].concat());
    };
    for nth in [0, 1] {
        let clone = tempfile::tempdir().unwrap();
        let args = ["clone", "--quiet", "--depth=1", "--branch=topic", &url, "."];
        git(clone.path(), &args);
        let found = diff(clone.path(), &["origin/main"]);
        let (reason, help) = refusal(&found);
        assert_eq!(reason, "error: git knows no revision `origin/main`");
        assert!(help.starts_with("fetch it first, since this clone holds only a part"));
        let fetch = help.replace("--depth=100", "--depth=1");
        obey(clone.path(), &fetch, 0);

        let found = diff(clone.path(), &["origin/main"]);
        let (reason, help) = refusal(&found);
        assert_eq!(
            reason,
            "error: the commit that `origin/main` and `HEAD` have in common is not here: this \
             clone holds only a part of the history"
        );
        assert!(help.contains("git fetch --unshallow"), "{help}");
        // Two commits can be compared all the same, each as it is.
        let two = changed(clone.path(), &["origin/main", "HEAD"]);
        assert_eq!(two, ["mine", "theirs"]);
        obey(clone.path(), help, nth);
        assert_eq!(changed(clone.path(), &["origin/main"]), ["mine"], "{help}");
    }
}

#[test]
fn what_is_no_revision_is_refused_with_what_was_meant() {
    let it = Repository::with_journey();
    it.git(&["branch", "feature/welcome"]);
    it.git(&["tag", "v1.4"]);
    let help = |args: &[&str], expected: &str| {
        let found = it.diff(args);
        let (reason, help) = refusal(&found);
        assert_eq!(reason, format!("error: {expected}"));
        help.to_owned()
    };
    for (name, meant) in [
        ("mian", "main"),
        ("feature/welcom", "feature/welcome"),
        ("v14", "v1.4"),
    ] {
        let unknown = format!("git knows no revision `{name}`");
        let start = format!("did you mean `{meant}`? ");
        assert!(help(&[name], &unknown).starts_with(&start), "{name}");
        assert!(
            help(&["main", name], &unknown).starts_with(&start),
            "{name}"
        );
        let range = format!("{name}...main");
        assert!(help(&[&range], &unknown).starts_with(&start), "{name}");
    }
    let unknown = "git knows no revision `something-else`";
    assert!(help(&["something-else"], unknown).starts_with("see `git branch --all`"));
    help(&["main", ""], "`` is no revision");
    help(
        &["main...v1.4", "main"],
        "`main...v1.4` names two revisions already, and `main` would be a third",
    );
    // A tree is not a commit, and a file is not one either.
    help(&["HEAD:journeys"], "git knows no revision `HEAD:journeys`");
    assert_eq!(it.diff(&["--", "--output=x"]).exit, 2);
    assert!(!it.path("x").exists());
}

#[test]
fn without_a_commit_or_a_repository_there_is_nothing_to_compare_with() {
    let it = Repository::new();
    it.project("");
    for args in [&[][..], &["HEAD"]] {
        let found = it.diff(args);
        let (reason, _) = refusal(&found);
        assert_eq!(
            reason,
            "error: there is no commit here yet, so there is nothing to compare with"
        );
    }
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("journeyc.yaml"), "").unwrap();
    let found = diff(outside.path(), &[]);
    let (reason, _) = refusal(&found);
    assert!(reason.contains("not in a git repository"), "{reason}");
}

#[test]
fn histories_that_have_nothing_in_common_are_compared_as_they_are() {
    let it = Repository::with_journey();
    it.git(&["checkout", "--quiet", "--orphan", "other"]);
    it.journey("second", "2d");
    it.commit();
    let found = it.diff(&["main", "--format=json"]);
    assert_eq!(found.exit, 0);
    assert_eq!(
        found.err,
        "note: `main` and `HEAD` have no common ancestor, so `main` itself is compared with\n"
    );
}

#[test]
fn the_repository_may_be_a_part_of_another() {
    let it = Repository::new();
    for folder in ["shops/plants/", "shops/a:b \"c\"/"] {
        it.project(folder);
        it.write(&format!("{folder}journeys/old.yaml"), &waiting("old", "1d"));
    }
    it.journey("not-ours", "1d");
    it.commit();
    it.journey("not-ours", "2d");
    for folder in ["shops/plants/", "shops/a:b \"c\"/"] {
        it.write(&format!("{folder}journeys/new.yaml"), &waiting("new", "1d"));
        assert_eq!(changed(&it.path(folder), &[]), ["new"]);
    }
    it.commit();
    let root = it.path("shops/plants/journeys");
    assert_eq!(changed(&root, &["HEAD~1", "HEAD"]), ["new"]);
}

/// A submodule's files lie in another repository: the folder it lies in can be the root, and inside of
/// ours what it held before is not known.
#[test]
fn submodules_can_be_compared_and_are_not_looked_into_from_outside() {
    let inner = Repository::with_journey();
    let outer = Repository::with_journey();
    let url = inner.folder.path().display().to_string();
    let allowed = ["-c", "protocol.file.allow=always"];
    let add = ["submodule", "--quiet", "add", &url, "journeys/shared"];
    outer.git(&[&allowed[..], &add].concat());
    outer.commit();

    let found = outer.diff(&["HEAD", "--format=json"]);
    assert_eq!(found.exit, 0);
    assert!(
        found
            .err
            .starts_with("note: `journeys/shared` is a submodule, and "),
        "{}",
        found.err
    );
    let json: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(json["before"]["broken"][0], "journeys/shared");

    outer.write(
        "journeys/shared/journeys/second.yaml",
        &waiting("second", "1d"),
    );
    let root = outer.path("journeys/shared");
    assert_eq!(changed(&root, &["HEAD"]), ["second"]);
}

#[test]
fn what_cannot_be_understood_is_compared_as_far_as_it_goes_and_said() {
    let it = Repository::with_journey();
    it.journey("second", "1d");
    it.commit();
    it.write("journeys/second.yaml", "journey: [second\n");
    it.journey("third", "1d");
    let report = report(it.folder.path(), &[]);
    assert_eq!(report["verdict"], "blocked");
    assert_eq!(report["after"]["broken"][0], "journeys/second.yaml");
    assert_eq!(report["before"]["broken"].as_array().unwrap().len(), 0);
}

#[test]
fn a_first_adoption_adds_everything() {
    let it = Repository::new();
    it.commit();
    it.project("");
    it.journey("first", "1d");
    let found = it.diff(&["--format=json"]);
    assert_eq!(found.exit, 0);
    assert_eq!(
        found.err,
        "note: there is no journeyc.yaml in main, so everything counts as added\n"
    );
}

#[test]
fn reports_are_written_as_a_whole_or_not_at_all() {
    let it = Repository::with_journey();
    it.journey("second", "1d");
    let found = it.diff(&[
        "--write=json=out/a.json",
        "--write",
        "html=b.html",
        "--quiet",
    ]);
    assert_eq!((found.exit, found.err.as_str()), (0, ""));
    let json = fs::read_to_string(it.path("out/a.json")).unwrap();
    assert_eq!(json, it.diff(&["--format=json"]).out);
    assert!(it.path("b.html").is_file());

    let found = it.diff(&["--write=json=journeys"]);
    assert_eq!((found.exit, found.out.as_str()), (2, ""));
    assert!(found.err.starts_with("error: `journeys` is a folder\n"));
    for wrong in ["json", "json=", "yaml=a", "=a"] {
        assert_eq!(it.diff(&["--write", wrong]).exit, 2, "{wrong}");
    }
    // A revision that cannot be read writes nothing.
    fs::write(it.path("b.html"), "old").unwrap();
    assert_eq!(it.diff(&["absent", "--write=html=b.html"]).exit, 2);
    assert_eq!(fs::read_to_string(it.path("b.html")).unwrap(), "old");
}

#[test]
fn nothing_is_checked_out_and_nothing_of_the_repository_is_run() {
    let it = Repository::with_journey();
    it.write(".gitattributes", "*.yaml filter=evil diff=evil\n");
    it.commit();
    it.branch("topic");
    it.journey("first", "2d");
    it.commit();
    it.git(&["checkout", "--quiet", "main"]);
    let mark = it.path("mark");
    let evil = format!("touch '{}'", mark.display());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
    ] {
        it.git(&["config", key, &evil]);
    }
    let index = fs::read(it.path(".git/index")).unwrap();
    assert_eq!(it.changed(&["main", "topic"]), ["first"]);
    assert_eq!(it.changed(&["main...topic"]), ["first"]);
    it.journey("first", "3d");
    assert_eq!(it.changed(&["topic"]), ["first"]);
    assert_eq!(it.changed(&[]), ["first"]);
    assert!(!mark.exists());
    assert_eq!(fs::read(it.path(".git/index")).unwrap(), index);
}
