//! `journeyc check --fix`: what it writes, what it leaves alone, and that its patch applies.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cli::run;

const PROJECT: &str = include_str!("lint/project.yaml");

/// Only the rules that these tests are about.
const GROUPS: &str = "
lint:
  groups: {logic: off, timing: off, feedback: off, relationship: off, coverage: off, consent: off, message: off, delivery: off, accessibility: off, overlap: off, privacy: off, governance: off}
  rules: {unreachable-step: error, wait-without-timeout: error, identical-branches: warning, missing-default-branch: error, zero-wait: error, unused-allow: warning, expired-allow: warning}
";

const HEAD: &str = "# Who is it for?
journey: NAME
class: commercial   # not a receipt
from: care
trigger: {event: signed_up}

";

const BROKEN: &str = "allow:
  - {rule: zero-wait, reason: \"we like it, so far\", until: 2027-01-01}
steps:
  # The beginning.
  - send: {id: hello, template: hello, purpose: content}   # short

  - exit: done
  # Nobody gets this.
  - wait: 2d
  - send:
      id: guide
      template: hello
      purpose: content

# The end.
";

const FIXED: &str = "steps:
  # The beginning.
  - send: {id: hello, template: hello, purpose: content}   # short

  - exit: done

# The end.
";

fn journey(name: &str, rest: &str) -> String {
    HEAD.replace("NAME", name) + rest
}

/// A repository with these journeys.
fn repository(journeys: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("journeyc.yaml", &(PROJECT.to_owned() + GROUPS));
    write("templates/hello.md", "---\nsubject: Hello\n---\nHello.\n");
    for (path, text) in journeys {
        write(path, text);
    }
    folder
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap()
}

#[test]
fn safe_fixes_are_written_and_the_rest_is_reported() {
    let a = journey("a", BROKEN);
    let b = journey("b", BROKEN).replace('\n', "\r\n");
    let b = format!("\u{feff}{}", b.trim_end());
    let repository = repository(&[("journeys/a.yaml", &a), ("journeys/b.yaml", &b)]);
    let folder = repository.path();

    let dry = run(folder, &["check", "--fix", "--dry-run"]);
    assert_eq!(
        (dry.exit, dry.err.as_str()),
        (1, "would fix 4 findings in 2 files\n"),
        "{}",
        dry.out
    );
    assert_eq!(read(folder, "journeys/a.yaml"), a, "nothing is written");

    let fixed = run(folder, &["check", "--fix"]);
    assert_eq!(
        (fixed.exit, fixed.err.as_str()),
        (0, "fixed 4 findings in 2 files\n"),
        "{}",
        fixed.out
    );
    assert_eq!(fixed.out, "checked 2 journeys: nothing to complain about\n");
    assert_eq!(read(folder, "journeys/a.yaml"), journey("a", FIXED));
    let b = journey("b", FIXED).replace('\n', "\r\n");
    let b = format!("\u{feff}{}", b.trim_end());
    assert_eq!(read(folder, "journeys/b.yaml"), b);
    let names = fs::read_dir(folder.join("journeys")).unwrap();
    assert_eq!(names.count(), 2, "nothing is left behind");

    let again = run(folder, &["check", "--fix"]);
    assert_eq!((again.exit, again.err.as_str()), (0, "fixed nothing\n"));
    let dry = run(folder, &["check", "--fix", "--dry-run"]);
    assert_eq!(
        (dry.exit, dry.out.as_str(), dry.err.as_str()),
        (0, "", "nothing to fix\n")
    );
}

#[test]
fn a_patch_applies() {
    let windows = journey("b", BROKEN).replace('\n', "\r\n");
    let unended = journey("c d", BROKEN.trim_end());
    let unended = unended.trim_end();
    let marked = format!("\u{feff}{}", journey("é", BROKEN));
    let files = [
        ("journeys/a.yaml", journey("a", BROKEN)),
        ("journeys/b.yaml", windows),
        ("journeys/c d.yaml", unended.to_owned()),
        ("journeys/é/é.yaml", marked),
    ];
    let files: Vec<_> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    let (fixed, patched, other) = (repository(&files), repository(&files), repository(&files));
    run(fixed.path(), &["check", "--fix"]);
    let patch = run(patched.path(), &["check", "--fix", "--dry-run"]).out;
    let tools: [(&Path, &[&str]); 2] = [
        (patched.path(), &["git", "apply", "-"]),
        (other.path(), &["patch", "-p1", "--binary"]),
    ];
    for (folder, tool) in tools {
        fs::write(folder.join("patch"), &patch).unwrap();
        let input = fs::File::open(folder.join("patch")).unwrap();
        let done = Command::new(tool[0])
            .args(&tool[1..])
            .current_dir(folder)
            .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
            .stdin(input)
            .output();
        let Ok(done) = done else {
            // Not every machine has both.
            continue;
        };
        assert!(done.status.success(), "{tool:?}: {done:?}\n{patch}");
        for (path, before) in &files {
            assert_ne!(read(fixed.path(), path), *before, "{path}");
            assert_eq!(
                read(folder, path),
                read(fixed.path(), path),
                "{tool:?} {path}"
            );
        }
    }
}

#[test]
fn only_what_is_asked_for_is_changed() {
    let (a, b) = (journey("a", BROKEN), journey("b", BROKEN));
    let repository = repository(&[("journeys/a.yaml", &a), ("journeys/b.yaml", &b)]);
    let fixed = run(repository.path(), &["check", "--fix", "journeys/a.yaml"]);
    assert_eq!(
        (fixed.exit, fixed.err.as_str()),
        (0, "fixed 2 findings in 1 file\n")
    );
    assert_eq!(
        read(repository.path(), "journeys/a.yaml"),
        journey("a", FIXED)
    );
    assert_eq!(read(repository.path(), "journeys/b.yaml"), b);
}

#[test]
fn programs_read_the_report_of_what_is_left() {
    let text = BROKEN.replace(
        "  - exit: done\n",
        "  - wait_for: {id: w, event: order_paid}\n  - exit: done\n",
    );
    let repository = repository(&[("journeys/a.yaml", &journey("a", &text))]);
    let fixed = run(repository.path(), &["check", "--fix", "--format", "json"]);
    assert_eq!(
        (fixed.exit, fixed.err.as_str()),
        (1, "fixed 2 findings in 1 file\n")
    );
    let report: serde_json::Value = serde_json::from_str(&fixed.out).unwrap();
    let rules: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["rule"])
        .collect();
    assert_eq!(rules, ["wait-without-timeout"]);
    let quiet = run(
        repository.path(),
        &["check", "--fix", "--quiet", "--format", "json"],
    );
    assert_eq!(quiet.err, "");
}

#[test]
fn invalid_input_is_fixed_first() {
    let text = BROKEN
        .replace("id: guide", "id: guide\n      title: 12")
        .replace("id: hello,", "id: hello, two_way: \"yes\",");
    let repository = repository(&[("journeys/a.yaml", &journey("a", &text))]);
    let fixed = run(repository.path(), &["check", "--fix"]);
    assert_eq!(
        (fixed.exit, fixed.err.as_str()),
        (0, "fixed 4 findings in 1 file\n"),
        "{}",
        fixed.out
    );
    let expected = FIXED.replace("id: hello,", "id: hello, two_way: true,");
    assert_eq!(
        read(repository.path(), "journeys/a.yaml"),
        journey("a", &expected)
    );
}

#[test]
fn a_fix_that_breaks_another_step_is_left() {
    // The promise names a step that would go.
    let text = BROKEN.replace(
        "id: hello,",
        "id: hello, promises: [{what: a guide, step: guide}],",
    );
    let repository = repository(&[("journeys/a.yaml", &journey("a", &text))]);
    let fixed = run(repository.path(), &["check", "--fix"]);
    assert_eq!(
        (fixed.exit, fixed.err.as_str()),
        (1, "fixed 1 finding in 1 file\n"),
        "{}",
        fixed.out
    );
    assert!(read(repository.path(), "journeys/a.yaml").contains("- wait: 2d"));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_stays_whole() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let (a, b) = (journey("a", BROKEN), journey("b", BROKEN));
    let repository = repository(&[("journeys/a.yaml", &a), ("journeys/b.yaml", &b)]);
    let folder = repository.path();
    let path = folder.join("journeys/b.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let run_in = |folder: &Path| run(folder, &["check", "--fix"]);
    let refused = run_in(folder);
    assert_eq!(refused.exit, 2);
    assert_eq!(
        refused.err,
        "error: cannot write `journeys/b.yaml`: it is read-only\n  = help: no file was changed\n"
    );
    assert_eq!(
        (
            read(folder, "journeys/a.yaml"),
            read(folder, "journeys/b.yaml")
        ),
        (a, b)
    );
    assert_eq!(fs::read_dir(folder.join("journeys")).unwrap().count(), 2);

    // Permissions stay, and a link inside the repository stays a link.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    fs::rename(&path, folder.join("kept.yaml")).unwrap();
    symlink("../kept.yaml", &path).unwrap();
    let fixed = run_in(folder);
    assert_eq!(
        (fixed.exit, fixed.err.as_str()),
        (0, "fixed 4 findings in 2 files\n")
    );
    assert!(path.is_symlink());
    let kept = folder.join("kept.yaml");
    assert_eq!(
        fs::metadata(&kept).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(fs::read_to_string(kept).unwrap(), journey("b", FIXED));
}
