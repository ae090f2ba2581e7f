//! `tests/cases/check/<case>/`: a repository, the `args` after `journeyc check`, and what must
//! come out in `expected/{text,report.json,exit}`. A new case is a new folder.
//!
//! `CASE=name` runs one case. Snapshots freeze faults as well as virtues, so each case must also
//! hold what is true of every report: see [`hold_in_every_case`].

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use journeyc::diagnostic::{Diagnostic, Fix};
use journeyc::load::Disk;
use journeyc::source::{FileId, Sources, Span};
use journeyc::{Workspace, compile};
use serde_json::Value;

use crate::cli::{Run, run};
use crate::formats::agree;
use crate::report::assert_valid;
use crate::snapshot;

#[test]
fn cases() {
    let wanted = std::env::var("CASE").ok();
    let mut cases: Vec<PathBuf> = fs::read_dir(snapshot::root("tests/cases/check"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| wanted.as_deref().is_none_or(|name| it.ends_with(name)))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "there is no case {wanted:?}");
    let wrong: Vec<String> = cases.iter().flat_map(|it| check(it)).collect();
    assert!(
        wrong.is_empty(),
        "{}\nIf this is right: SNAPSHOTS=overwrite cargo test --test suite",
        wrong.join("\n")
    );
}

/// Runs one case; says what differs from what was expected.
fn check(case: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    copy(case, folder.path());
    let args = fs::read_to_string(case.join("args")).unwrap_or_default();
    let check = |more: &[&str]| -> Run {
        let args: Vec<&str> = ["check"]
            .into_iter()
            .chain(args.split_whitespace())
            .collect();
        run(folder.path(), &[&args, more].concat())
    };
    let text = check(&[]);
    let json = check(&["--format", "json"]);
    let name = case.file_name().unwrap().to_string_lossy();
    assert_eq!((text.err.as_str(), json.err.as_str()), ("", ""), "{name}");
    assert_eq!(text.exit, json.exit, "{name}");
    assert_eq!(
        json.out,
        check(&["--format", "json"]).out,
        "{name}: twice the same"
    );
    hold_in_every_case(&name, folder.path(), &text.out, &json.out);
    let report = serde_json::from_str(&json.out).unwrap();
    agree(&name, &report, &|format| {
        let it = check(&["--format", format]);
        assert_eq!((it.exit, &*it.err), (text.exit, ""), "{name}: {format}");
        it.out
    });

    let expected = [
        ("text", &text.out),
        ("report.json", &json.out),
        ("exit", &format!("{}\n", text.exit)),
    ];
    let differs = |(file, actual): (&str, &String)| {
        snapshot::mismatch(&case.join("expected").join(file), actual)
    };
    expected.into_iter().filter_map(differs).collect()
}

/// What is true of every report, whatever it says.
fn hold_in_every_case(name: &str, folder: &Path, text: &str, json: &str) {
    assert_valid(json);
    let report: Value = serde_json::from_str(json).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() <= 200, "{name}: text does not show them all");

    let mut prints = BTreeSet::new();
    let mut shown = Vec::new();
    for it in findings {
        assert!(
            prints.insert(it["fingerprint"].as_str().unwrap()),
            "{name}: {it}"
        );
        if it["suppressed"].is_null() {
            let file = it["file"].as_str().unwrap();
            shown.push(format!("{file}:{}:{}", it["line"], it["column"]));
        }
    }
    let places = text
        .lines()
        .filter_map(|it| it.trim_start().strip_prefix("--> "));
    let places: Vec<_> = places.collect();
    assert_eq!(places, shown, "{name}: text and JSON agree on places");

    let world = Disk::open(folder, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()).unwrap();
    let workspace = Workspace::read(&world);
    for it in compile(&workspace).findings {
        for span in spans(&it) {
            hold_in_every_span(name, &workspace.sources, span);
        }
        if let Some(fix) = &it.fix {
            a_fix_cures(name, folder, &workspace.sources, &it, fix);
        }
    }
}

fn spans(it: &Diagnostic) -> Vec<Span> {
    let labels = it.related.iter().chain([&it.primary]).map(|it| it.span);
    let moments = it.witness.iter().flat_map(|it| &it.moments);
    labels.chain(moments.filter_map(|it| it.span)).collect()
}

fn hold_in_every_span(name: &str, sources: &Sources, span: Span) {
    let text = sources.text(span.file);
    let is_boundary = |at: u32| text.is_char_boundary(at as usize);
    assert!(
        span.start <= span.end && is_boundary(span.start) && is_boundary(span.end),
        "{name}: {span:?} in {}",
        sources.path(span.file)
    );
}

/// Applies one fix to a copy: the finding must go, and the YAML stay.
fn a_fix_cures(name: &str, folder: &Path, sources: &Sources, finding: &Diagnostic, fix: &Fix) {
    let copied = tempfile::tempdir().unwrap();
    copy(folder, copied.path());
    let mut texts: BTreeMap<FileId, String> = BTreeMap::new();
    for edit in fix.edits.iter().rev() {
        let file = edit.span.file;
        let text = texts
            .entry(file)
            .or_insert_with(|| sources.text(file).to_owned());
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    for (file, text) in texts {
        fs::write(copied.path().join(sources.path(file)), text).unwrap();
    }
    let world = Disk::open(copied.path(), NaiveDate::default()).unwrap();
    let workspace = Workspace::read(&world);
    let file = sources.path(finding.primary.span.file);
    for it in compile(&workspace).findings {
        let is_here = workspace.sources.path(it.primary.span.file) == file;
        let is_same = it.rule == finding.rule && it.message == finding.message;
        assert!(
            !(is_here && is_same),
            "{name}: the fix does not cure {}",
            it.message
        );
        assert!(
            !(is_here && it.rule.0 == "invalid-yaml"),
            "{name}: the fix breaks the file"
        );
    }
}

/// Copies the repository of a case without what belongs to the test.
/// Copies a case, links as links. A line `fill PATH BYTES` of a file `setup` stands for a file that
/// is too large to keep.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        let target = to.join(name);
        if name == "expected" || name == "args" {
            continue;
        }
        if name == "setup" {
            for line in fs::read_to_string(&path).unwrap().lines() {
                let words: Vec<&str> = line.split(' ').collect();
                assert_eq!(words[0], "fill", "{line}");
                let file = to.join(words[1]);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, "#".repeat(words[2].parse().unwrap())).unwrap();
            }
        } else if path.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&path).unwrap(), &target).unwrap();
        } else if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}
