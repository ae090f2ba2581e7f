//! `check --base`: what a change is to blame for, in repositories made for the purpose.

use std::fs;
use std::path::Path;

use journeyc::lint::Group;
use serde_json::Value;

use crate::cli::{Run, run};
use crate::report::assert_valid;
use crate::repository::{Repository, git};
use crate::snapshot;

/// What these tests do with a repository.
impl Repository {
    /// One with a project file and nothing else, committed.
    fn with_project() -> Self {
        let res = Self::new();
        res.write_project("journeyc.yaml");
        res.commit();
        res
    }

    fn write_project(&self, path: &str) {
        let text = fs::read_to_string(snapshot::root("tests/suite/lint/project.yaml")).unwrap();
        self.write(path, &format!("{text}{}", only_long_waits("warning")));
    }

    /// Lets the one rule that counts here weigh more.
    fn raise_level(&self) {
        let text = fs::read_to_string(self.path("journeyc.yaml")).unwrap();
        let text = text.replace(&only_long_waits("warning"), &only_long_waits("error"));
        self.write("journeyc.yaml", &text);
    }

    /// A journey that waits for so long.
    fn wait(&self, name: &str, wait: &str) {
        self.write(&format!("journeys/{name}.yaml"), &waiting(name, wait));
    }

    /// What `check --base REF --fail-on warning` says, in text.
    fn check(&self, reference: &str) -> Run {
        self.check_with(reference, &[])
    }

    fn check_with(&self, reference: &str, more: &[&str]) -> Run {
        check(self.folder.path(), reference, more)
    }

    /// The report of the same check: its exit status, and each finding's file and status.
    fn json(&self, reference: &str) -> (u8, Vec<String>, Value) {
        let run = self.check_with(reference, &["--format=json"]);
        assert_valid(&run.out);
        let report: Value = serde_json::from_str(&run.out).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let word = |it: &Value| it.as_str().unwrap().to_owned();
        let found = findings.map(|it| {
            let (rule, file) = (word(&it["rule"]), word(&it["file"]));
            format!("{} {rule} {file}:{}", word(&it["status"]), it["line"])
        });
        (run.exit, found.collect(), report)
    }
}

/// Settings under which the tests look at one rule, whatever else there comes to be.
fn only_long_waits(level: &str) -> String {
    let groups = Group::ALL.iter().filter(|it| **it != Group::Input);
    let groups: Vec<_> = groups.map(|it| format!("{}: off", it.word())).collect();
    let groups = groups.join(", ");
    format!("lint: {{groups: {{{groups}}}, rules: {{wait-too-long: {level}}}}}\n")
}

fn check(folder: &Path, reference: &str, more: &[&str]) -> Run {
    let base = format!("--base={reference}");
    run(
        folder,
        &[&["check", &base, "--fail-on=warning"], more].concat(),
    )
}

fn waiting(name: &str, wait: &str) -> String {
    format!(
        "journey: {name}\nclass: commercial\nin_flight: stop\nfrom: care\ntrigger: {{event: signed_up}}\nsteps:\n  - wait: {wait}\n"
    )
}

#[test]
fn an_old_repository_answers_for_what_is_new() {
    let it = Repository::with_project();
    for n in 0..200 {
        it.wait(&format!("old-{n:03}"), "100d");
    }
    it.commit();
    let clean = it.check("main");
    assert_eq!((clean.exit, clean.err.as_str()), (0, ""), "{}", clean.out);
    assert_eq!(
        clean.out,
        "checked 200 journeys: nothing to complain about\n\
         older findings are not gated, and were not counted, since this change reaches only some \
         journeys; run without `--base` to see them\n"
    );
    let json = it.json("main");
    assert_eq!(
        (json.0, json.1.len()),
        (0, 200),
        "programs are told of each"
    );
    it.wait("new", "101d");
    let changed = it.check("main");
    assert_eq!((changed.exit, changed.err.as_str()), (1, ""));
    assert_eq!(
        changed.out.matches("warning[").count(),
        1,
        "{}",
        changed.out
    );
    assert!(changed.out.contains("--> journeys/new.yaml:7:"));
    assert!(changed.out.ends_with(
        "checked 201 journeys: 1 warning\n\
         200 older findings are not gated; run without `--base` to see them\n"
    ));

    let (exit, found, report) = it.json("main");
    assert_eq!((exit, found.len()), (1, 201));
    assert_eq!(found[0], "introduced wait-too-long journeys/new.yaml:7");
    assert_eq!(found[1], "older wait-too-long journeys/old-000.yaml:7");
    let summary = &report["summary"];
    assert_eq!(
        (&summary["warnings"], &summary["older"]),
        (&1.into(), &200.into())
    );
    assert_eq!(report["base"]["reference"], "main");
    assert_eq!(
        report["base"]["commit"],
        it.git(&["rev-parse", "main"]).trim()
    );

    let all = run(it.folder.path(), &["check", "--format=json"]);
    let all: Value = serde_json::from_str(&all.out).unwrap();
    assert!(all["base"].is_null() && all["findings"][0]["status"].is_null());
    assert_eq!(
        (&all["summary"]["older"], &all["summary"]["warnings"]),
        (&0.into(), &201.into())
    );
}

#[test]
fn moved_lines_change_nothing_and_worse_counts() {
    let it = Repository::with_project();
    it.wait("a", "100d");
    it.wait("b", "{for: 100d, id: pause}");
    it.wait("c", "100d");
    it.write(
        "journeys/d.yaml",
        &format!(
            "{}allow: [{{rule: wait-too-long, reason: slow, until: 2027-01-01}}]\n",
            waiting("d", "100d")
        ),
    );
    it.commit();
    it.write(
        "journeys/a.yaml",
        &format!("\n\n# moved\n{}", waiting("a", "100d")),
    );
    it.wait("b", "{for: 120d, id: pause}");
    it.wait("c", "400d");
    it.wait("d", "100d");
    let expected = [
        "older wait-too-long journeys/a.yaml:10",
        "worsened wait-too-long journeys/b.yaml:7",
        "introduced wait-too-long journeys/c.yaml:7",
        "worsened wait-too-long journeys/d.yaml:7",
    ];
    assert_eq!(it.json("HEAD").1, expected);
    let text = it.check("HEAD").out;
    assert!(
        text.contains("= base: it was there, and milder\n"),
        "{text}"
    );
    assert!(
        text.contains("= base: an `allow` covered it there\n"),
        "{text}"
    );

    it.wait("b", "{for: 110d, id: pause}");
    it.commit();
    it.wait("b", "{for: 95d, id: pause}");
    assert_eq!(
        it.json("HEAD").1[1],
        "older wait-too-long journeys/b.yaml:7"
    );
    assert_eq!(it.check_with("HEAD", &["journeys/b.yaml"]).exit, 0);
}

#[test]
fn a_level_that_rises_makes_findings_worse() {
    let it = Repository::with_project();
    it.wait("a", "100d");
    it.commit();
    it.raise_level();
    assert_eq!(
        it.json("HEAD").1,
        ["worsened wait-too-long journeys/a.yaml:7"]
    );
    let text = it.check("HEAD").out;
    assert!(
        text.contains("= base: it was only a warning there\n"),
        "{text}"
    );
}

#[test]
fn a_branch_is_compared_with_what_it_grew_out_of() {
    let it = Repository::with_project();
    it.git(&["checkout", "--quiet", "-b", "topic"]);
    it.wait("mine", "100d");
    it.commit();
    it.git(&["checkout", "--quiet", "main"]);
    it.wait("theirs", "100d");
    it.commit();
    it.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(
        it.json("main").1,
        ["introduced wait-too-long journeys/mine.yaml:7"]
    );

    // Without a branch, as continuous integration checks commits out.
    it.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(it.json("main").1.len(), 1);
    it.git(&["merge", "--quiet", "--no-edit", "main"]);
    let expected = [
        "introduced wait-too-long journeys/mine.yaml:7",
        "older wait-too-long journeys/theirs.yaml:7",
    ];
    assert_eq!(
        it.json("main").1,
        expected,
        "a merge commit, as for a pull request"
    );
    assert_eq!(
        it.json("HEAD~1").1.len(),
        2,
        "a commit is a revision as well"
    );
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let origin = Repository::with_project();
    origin.wait("a", "100d");
    origin.commit();
    origin.git(&["checkout", "--quiet", "-b", "topic"]);
    origin.wait("b", "100d");
    origin.commit();
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.folder.path().display());
    git(
        clone.path(),
        &["clone", "--quiet", "--depth=1", "--branch=topic", &url, "."],
    );

    let unknown = check(clone.path(), "origin/main", &[]);
    assert_eq!((unknown.exit, unknown.out.as_str()), (2, ""));
    assert_eq!(
        unknown.err,
        "error: git knows no revision `origin/main`\n  = help: fetch it first, since this clone holds only a part of \
         the history: `git fetch --depth=100 origin main:refs/remotes/origin/main`\n"
    );
    let fetch = [
        "fetch",
        "--quiet",
        "--depth=1",
        "origin",
        "main:refs/remotes/origin/main",
    ];
    git(clone.path(), &fetch);
    let known = check(clone.path(), "origin/main", &[]);
    assert_eq!(known.exit, 1);
    assert!(
        known
            .err
            .starts_with("note: `origin/main` and HEAD have no common ancestor here"),
        "{}",
        known.err
    );
    assert!(
        known
            .out
            .contains("\n1 older finding is not gated; run without `--base` to see it\n")
    );
}

#[test]
fn what_is_no_revision_is_refused() {
    let it = Repository::with_project();
    let marks = it.path("marks");
    for (reference, expected) in [
        ("absent", "error: git knows no revision `absent`\n"),
        ("", "error: `` is no revision\n"),
        ("--output=marks", "error: `--output=marks` is no revision\n"),
        ("-x", "error: `-x` is no revision\n"),
        ("HEAD..HEAD", "error: git knows no revision `HEAD..HEAD`\n"),
        (
            "HEAD:journeyc.yaml",
            "error: git knows no revision `HEAD:journeyc.yaml`\n",
        ),
        (
            "a;touch marks",
            "error: git knows no revision `a;touch marks`\n",
        ),
    ] {
        let found = it.check(reference);
        assert_eq!((found.exit, found.out.as_str()), (2, ""), "{reference}");
        assert!(
            found.err.starts_with(expected),
            "{reference}: {}",
            found.err
        );
        assert!(
            found.err.contains("  = help: "),
            "{reference}: {}",
            found.err
        );
        assert!(!marks.exists(), "{reference}");
    }
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("journeyc.yaml"), "").unwrap();
    let found = check(outside.path(), "main", &[]);
    assert_eq!(found.exit, 2);
    assert!(
        found.err.contains("not in a git repository"),
        "{}",
        found.err
    );
}

#[test]
fn before_the_first_commit_there_is_nothing_to_compare_with() {
    let it = Repository::new();
    it.write_project("journeyc.yaml");
    assert_eq!(it.check("HEAD").exit, 2);
}

#[test]
fn the_repository_may_be_a_part_of_another() {
    let it = Repository::new();
    let other = "shops/a:b \"c\"";
    for root in ["shops/plants", other] {
        it.write_project(&format!("{root}/journeyc.yaml"));
        it.write(
            &format!("{root}/journeys/old.yaml"),
            &waiting("old", "100d"),
        );
    }
    it.write("journeys/not-ours.yaml", &waiting("not-ours", "100d"));
    it.commit();
    let root = it.path("shops/plants");
    fs::write(root.join("journeys/new.yaml"), waiting("new", "100d")).unwrap();
    let found = check(&root, "main", &[]);
    assert!(
        found.out.contains("--> journeys/new.yaml:7:"),
        "{}",
        found.out
    );
    assert!(
        found
            .out
            .contains("checked 2 journeys: 1 warning\n1 older finding is"),
        "{}",
        found.out
    );
    let named = run(
        it.folder.path(),
        &["check", "--root=shops/plants", "--base=main", "--quiet"],
    );
    assert_eq!(named.exit, 0, "a warning does not fail by itself");
    assert_eq!(check(&it.path(other), "main", &[]).exit, 0);
}

#[test]
fn a_first_adoption_answers_for_everything() {
    let it = Repository::new();
    let first = it.commit();
    it.write_project("journeyc.yaml");
    it.wait("a", "100d");
    let found = it.check("main");
    assert_eq!(found.exit, 1);
    let expected = format!(
        "note: there is no journeyc.yaml in {}, so everything counts as introduced\n",
        &first[..12]
    );
    assert_eq!(found.err, expected);
}

#[test]
fn a_broken_base_is_said_and_what_cannot_be_matched_counts() {
    let it = Repository::with_project();
    it.write("journeys/a.yaml", "journey: [a\n");
    it.wait("b", "100d");
    let broken = it.commit();
    let short = &broken[..12];
    assert_eq!(it.check("main").exit, 0, "what was invalid before is older");

    it.wait("a", "100d");
    let found = it.check("main");
    assert_eq!(found.exit, 1);
    assert_eq!(
        found.err,
        format!(
            "note: {short} could not be understood (journeys/a.yaml), so what is found there now counts as introduced\n"
        )
    );
    assert!(
        found
            .out
            .contains("checked 2 journeys: 1 warning\n1 older finding")
    );

    it.write("journeyc.yaml", "version: [1\n");
    let broken = it.commit();
    it.write_project("journeyc.yaml");
    let found = it.check("main");
    assert_eq!(found.exit, 1);
    assert!(found.err.starts_with(&format!(
        "note: {} could not be understood (journeyc.yaml)",
        &broken[..12]
    )));
    assert!(
        found.out.contains("checked 2 journeys: 2 warnings\n"),
        "{}",
        found.out
    );

    // The other way round: what breaks now is invalid input.
    it.commit();
    it.write("journeys/b.yaml", "journey: [b\n");
    assert_eq!(it.check("main").exit, 2);
}

#[test]
fn names_may_hold_anything() {
    let it = Repository::with_project();
    let names = [
        "a b",
        "it's \"quoted\"",
        "grüße",
        "日本 🌱",
        "-x",
        "tab\tand\nline",
    ];
    for name in names {
        it.write(
            &format!("journeys/{name}/{name}.yaml"),
            &waiting("x", "100d"),
        );
    }
    it.commit();
    let (exit, found, _) = it.json("main");
    assert!(found.len() >= names.len());
    assert!(
        found.iter().all(|it| it.starts_with("older ")),
        "{found:#?}"
    );
    assert_eq!(exit, 0);
    it.write("journeys/a b/a b.yaml", &waiting("x", "101d"));
    assert_eq!(it.check("main").exit, 1);
}

#[test]
fn both_are_seen_through_the_same_eyes() {
    let it = Repository::with_project();
    it.wait("a", "100d");
    it.wait("kept-though-ignored", "100d");
    it.write("shared/linked.yaml", &waiting("linked", "100d"));
    it.write("journeys/.hidden.yaml", &waiting("hidden", "100d"));
    it.write("journeys/large.yaml", &"#".repeat((1 << 20) + 1));
    it.write(
        "journeys/mark.yaml",
        &format!("\u{feff}{}", waiting("mark", "100d")),
    );
    for (link, target) in [
        ("linked.yaml", "../shared/linked.yaml"),
        ("folder", "../shared"),
        ("outside.yaml", "../../../etc/hostname"),
        ("gone.yaml", "gone-for-good.yaml"),
        ("circle", "circle"),
    ] {
        std::os::unix::fs::symlink(target, it.path("journeys").join(link)).unwrap();
    }
    it.commit();
    it.write(".gitignore", "kept-though-ignored.yaml\n");
    // The clone's own settings may turn line ends round.
    it.write(
        "journeys/a.yaml",
        &waiting("a", "100d").replace('\n', "\r\n"),
    );
    let (_, found, _) = it.json("main");
    assert!(found.len() > 6);
    assert!(
        found.iter().all(|it| it.starts_with("older ")),
        "{found:#?}"
    );
}

#[test]
fn nothing_that_the_repository_names_is_run() {
    let it = Repository::with_project();
    it.wait("a", "100d");
    it.write(".gitattributes", "*.yaml filter=evil diff=evil\n");
    it.commit();
    let mark = it.path("mark");
    let evil = format!("touch '{}'", mark.display());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "alias.ls-tree",
        "alias.cat-file",
    ] {
        let value = if key.starts_with("alias") {
            format!("!{evil}")
        } else {
            evil.clone()
        };
        it.git(&["config", key, &value]);
    }
    let hook = it.path(".git/hooks/post-index-change");
    fs::write(&hook, format!("#!/bin/sh\n{evil}\n")).unwrap();
    it.wait("a", "101d");
    assert_eq!(it.check("main").exit, 1);
    assert!(!mark.exists());
}

#[test]
fn every_format_leaves_out_or_marks_what_is_older() {
    let it = Repository::with_project();
    it.wait("old", "100d");
    it.commit();
    it.wait("new", "100d");
    for format in ["github", "gitlab", "rdjson"] {
        let found = it.check_with("HEAD", &["--format", format]);
        assert_eq!(found.exit, 1, "{format}");
        assert!(found.out.contains("journeys/new.yaml"), "{format}");
        assert!(!found.out.contains("journeys/old.yaml"), "{format}");
    }
    let sarif: Value =
        serde_json::from_str(&it.check_with("HEAD", &["--format=sarif"]).out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let states: Vec<_> = results.iter().map(|it| &it["baselineState"]).collect();
    assert_eq!(states, ["new", "unchanged"]);
    let junit = it.check_with("HEAD", &["--format=junit"]).out;
    assert_eq!(junit.matches("<failure").count(), 1);
    assert!(junit.contains("older than this change"));

    // GitHub shows ten of a kind: those on changed lines come first.
    for n in 0..12 {
        it.wait(&format!("a-{n}"), "100d");
    }
    it.commit();
    it.write("journeys/z.yaml", &waiting("z", "100d"));
    it.raise_level();
    let github = it.check_with("HEAD", &["--format=github"]).out;
    assert!(
        github.starts_with("::error file=journeys/z.yaml"),
        "{github}"
    );
}
