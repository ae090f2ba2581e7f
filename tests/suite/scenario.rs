//! `tests/cases/scenario/<case>/`: whole commands about lives, `journeyc test`, `simulate`, `test --record`,
//! `test --accept` and `check --as-scenario`. The files of a case are laid over those of `shop`; its
//! `commands` are run one after the other, and `expected` is what a person at a terminal would have read. A new
//! case is a new folder. `CASE=name` runs one case.
//!
//! A line of `commands` is a call, words in double quotes kept together, or one of these:
//! `WIDTH=40 journeyc …` for a terminal of that width, `NAME=VALUE journeyc …` for a variable,
//! `edit FILE: OLD => NEW`, `write FILE: TEXT`, `remove FILE` and `folder PATH` for what an author does, and
//! `show FILE` for what a file says now; `save FILE: CALL` puts what a call prints into a file.
//!
//! Whatever the case, each `journeyc test` must say the same twice and in every format: see [`hold`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::check::copy;
use crate::cli::{Failing, Run, run_into, run_with};
use crate::snapshot;

const CASES: &str = "tests/cases/scenario";

#[test]
fn cases() {
    let wanted = std::env::var("CASE").ok();
    let mut cases: Vec<PathBuf> = fs::read_dir(snapshot::root(CASES))
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.join("commands").is_file())
        .filter(|it| wanted.as_deref().is_none_or(|name| it.ends_with(name)))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "there is no case {wanted:?}");
    let wrong: Vec<String> = cases.iter().filter_map(|it| check(it)).collect();
    assert!(
        wrong.is_empty(),
        "{}\nIf this is right: SNAPSHOTS=overwrite cargo test --test suite",
        wrong.join("\n")
    );
}

/// A repository that a case starts with.
fn laid(case: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&snapshot::root(CASES).join("shop"), folder.path());
    copy(case, folder.path());
    fs::remove_file(folder.path().join("commands")).unwrap();
    folder
}

/// Runs one case; says what differs from what was expected.
fn check(case: &Path) -> Option<String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let folder = laid(case);
    let commands = fs::read_to_string(case.join("commands")).unwrap();
    let mut said = String::new();
    for line in commands.lines().filter(|it| !it.trim().is_empty()) {
        if !said.is_empty() {
            said.push('\n');
        }
        writeln!(said, "$ {line}").unwrap();
        said += &done(&name, folder.path(), line);
    }
    snapshot::mismatch(&case.join("expected"), &said)
}

/// Does what a line of `commands` says, and tells what could then be read.
fn done(case: &str, folder: &Path, line: &str) -> String {
    if let Some(rest) = line.strip_prefix("edit ") {
        let (file, rest) = rest.split_once(": ").unwrap();
        let (old, new) = rest.split_once(" => ").unwrap();
        let file = folder.join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{case}: {line}\n{text}");
        fs::write(&file, text.replace(old, new)).unwrap();
        return String::new();
    }
    if let Some(rest) = line.strip_prefix("write ") {
        let (file, text) = rest.split_once(':').unwrap();
        fs::write(folder.join(file), text.trim_start()).unwrap();
        return String::new();
    }
    if let Some(rest) = line.strip_prefix("save ") {
        let (file, call) = rest.split_once(": ").unwrap();
        let it = Call::of(call).run(folder, &[]);
        assert_eq!((it.exit, it.err.as_str()), (0, ""), "{case}: {line}");
        fs::write(folder.join(file), it.out).unwrap();
        return String::new();
    }
    if let Some(file) = line.strip_prefix("remove ") {
        fs::remove_file(folder.join(file)).unwrap();
        return String::new();
    }
    if let Some(path) = line.strip_prefix("folder ") {
        fs::create_dir(folder.join(path)).unwrap();
        return String::new();
    }
    if let Some(file) = line.strip_prefix("show ") {
        return fs::read_to_string(folder.join(file)).unwrap();
    }
    let call = Call::of(line);
    let it = call.run(folder, &[]);
    if call.words[0] == "test" && !call.has("--record") && !call.has("--accept") {
        hold(case, folder, &call, &it);
    }
    let mut said = it.out;
    for line in it.err.lines() {
        writeln!(said, "{}", format!("! {line}").trim_end()).unwrap();
    }
    writeln!(said, "exit {}", it.exit).unwrap();
    said.replace(&*folder.to_string_lossy(), "REPOSITORY")
}

/// A call of the program.
struct Call {
    env: BTreeMap<String, String>,
    width: Option<usize>,
    /// The words after the program's name.
    words: Vec<String>,
}

impl Call {
    fn of(line: &str) -> Self {
        let mut it = Self {
            env: BTreeMap::new(),
            width: None,
            words: Vec::new(),
        };
        // Every second part stands in quotes.
        for (number, part) in line.split('"').enumerate() {
            if number % 2 == 1 {
                it.words.push(part.to_owned());
            } else {
                it.words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        let start = it.words.iter().position(|it| it == "journeyc").unwrap();
        for variable in it.words.drain(..=start).take(start) {
            let (name, value) = variable.split_once('=').unwrap();
            if name == "WIDTH" {
                it.width = Some(value.parse().unwrap());
            } else {
                it.env.insert(name.to_owned(), value.to_owned());
            }
        }
        it
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|it| it == word)
    }

    fn run(&self, folder: &Path, more: &[&str]) -> Run {
        let words: Vec<&str> = self
            .words
            .iter()
            .map(String::as_str)
            .chain(more.iter().copied())
            .collect();
        run_with(folder, &words, self.width, &self.env)
    }
}

/// What is true of every `journeyc test`: it says the same twice, and in every format.
fn hold(case: &str, folder: &Path, call: &Call, it: &Run) {
    let again = call.run(folder, &[]);
    assert_eq!(
        (again.exit, again.out),
        (it.exit, it.out.clone()),
        "{case}: twice the same"
    );
    if call.has("--format") || it.out.is_empty() {
        return;
    }
    let [json, junit] = ["json", "junit"].map(|format| {
        let other = call.run(folder, &["--format", format]);
        assert_eq!(
            (other.exit, &other.err),
            (it.exit, &it.err),
            "{case}: {format}"
        );
        other.out
    });
    let json = valid(case, &json);
    let summary = &json["summary"];
    let failed = it.out.matches("FAIL").count();
    assert_eq!(summary["failed"], failed, "{case}: text and JSON");
    let scenarios = json["scenarios"].as_array().unwrap();
    assert_eq!(summary["scenarios"], scenarios.len(), "{case}");
    let of = |status: &str| scenarios.iter().filter(|it| it["status"] == status).count();
    let xml = Elements::of(&junit);
    assert_eq!(xml.count("testcase"), scenarios.len(), "{case}: JUnit");
    assert_eq!(xml.count("failure"), of("failed"), "{case}: JUnit");
    assert_eq!(xml.count("error"), of("invalid"), "{case}: JUnit");
    assert_eq!(xml.sum("testsuite", "tests"), scenarios.len(), "{case}");
    assert_eq!(xml.sum("testsuite", "failures"), of("failed"), "{case}");
    assert_eq!(xml.sum("testsuite", "errors"), of("invalid"), "{case}");
}

/// The JSON of a run, which keeps to the schema in the repository.
fn valid(case: &str, json: &str) -> Value {
    let schema = journeyc::report::scenario::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value = serde_json::from_str(json).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{case}: {errors:#?}");
    value
}

/// The elements of an XML text, read strictly: what is opened is closed, and nothing stands unescaped.
struct Elements(Vec<(String, BTreeMap<String, String>)>);

impl Elements {
    fn of(text: &str) -> Self {
        let mut found = Vec::new();
        let mut open: Vec<String> = Vec::new();
        let head = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
        let mut rest = text.strip_prefix(head).unwrap();
        while let Some(at) = rest.find('<') {
            escaped(&rest[..at]);
            assert!(!open.is_empty() || rest[..at].trim().is_empty(), "{rest}");
            let (tag, after) = rest[at + 1..].split_once('>').unwrap();
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name));
                continue;
            }
            let inner = tag.strip_suffix('/').unwrap_or(tag);
            let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
            if inner == tag {
                open.push(name.to_owned());
            }
            found.push((name.to_owned(), attributes_of(attributes)));
        }
        assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
        Self(found)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a BTreeMap<String, String>> {
        self.0.iter().filter(move |it| it.0 == name).map(|it| &it.1)
    }

    fn count(&self, name: &str) -> usize {
        self.all(name).count()
    }

    fn sum(&self, name: &str, attribute: &str) -> usize {
        self.all(name)
            .map(|it| it[attribute].parse::<usize>().unwrap())
            .sum()
    }
}

/// `a="1" b="2"`, each once.
fn attributes_of(mut rest: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap();
        let (value, after) = after.split_once('"').unwrap();
        escaped(value);
        assert_eq!(found.insert(name.to_owned(), value.to_owned()), None);
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    found
}

/// Fails unless each `&` starts a reference, and no letter is one that XML forbids.
fn escaped(text: &str) {
    assert!(
        !text.contains(|it: char| it < ' ' && it != '\n' && it != '\t'),
        "{text:?}"
    );
    for part in text.split('&').skip(1) {
        let name = part.split_once(';').unwrap().0;
        let is_known = ["amp", "lt", "gt", "quot", "apos"].contains(&name) || name.starts_with('#');
        assert!(is_known, "&{part}");
    }
}

/// What each of these calls does with a stream that fails.
fn into(kind: io::ErrorKind, calls: &[&[&str]]) -> Vec<(u8, String)> {
    let folder = laid(&snapshot::root(CASES).join("red"));
    let each = calls.iter().map(|call| {
        let mut err = Vec::new();
        let exit = run_into(folder.path(), call, &mut Failing(kind), &mut err);
        (exit, String::from_utf8(err).unwrap())
    });
    each.collect()
}

#[test]
fn results_that_nobody_takes_are_no_reason_to_complain_and_a_full_disk_is() {
    let calls: &[&[&str]] = &[
        &["test"],
        &["test", "--format", "json"],
        &["test", "--format", "junit"],
        &["test", "--record", "offers"],
        &["simulate", "order"],
        &["simulate", "order", "--format", "json"],
    ];
    for it in into(io::ErrorKind::BrokenPipe, calls) {
        assert_eq!(it, (0, String::new()));
    }
    let full = "error: cannot write the output: the disk is full\n";
    for it in into(io::ErrorKind::StorageFull, calls) {
        assert_eq!(it, (2, full.to_owned()));
    }
}

#[test]
fn what_is_too_large_is_refused_at_its_place() {
    let values: Vec<String> = (0..1_001).map(|it| format!("v{it}")).collect();
    let values = values.join(", ");
    let matrix =
        "{name: a, events: [{event: payment}], matrix: {attributes: {first_name: [VALUES]}}}";
    let event = "{event: payment}, ".repeat(1_001);
    let chain: Vec<String> = (1..40)
        .map(|it| format!("{{name: s{it}, extends: s{}}}", it - 1))
        .collect();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let texts = [
        (
            matrix.replace("VALUES", &values),
            "this matrix makes more than 1000 scenarios",
        ),
        (
            format!("{{name: a, events: [{event}]}}"),
            "more than 1000 events",
        ),
        (
            format!("{{name: s0}}, {}", chain.join(", ")),
            "more than 32 scenarios build on each other",
        ),
        (deep, "nested more than 64 levels deep"),
    ];
    let folder = laid(&snapshot::root(CASES).join("friday"));
    for (text, expected) in texts {
        let file = folder.path().join("journeys/order.scenario.yaml");
        fs::write(file, format!("scenarios: [{text}]\n")).unwrap();
        let it = run_with(folder.path(), &["test"], None, &BTreeMap::new());
        assert_eq!(it.exit, 2, "{}", it.err);
        let place = "journeys/order.scenario.yaml:1:";
        assert!(
            it.err.contains(expected) && it.err.contains(place),
            "{}",
            it.err
        );
    }
}

#[test]
fn accepting_keeps_the_ends_of_lines_and_needs_none_at_the_end() {
    let head =
        "scenarios:\n  - name: a\n    events: [{event: payment}]\n    until: 3d\n    timeline:\n";
    let first = "      - Mon  2 Mar 10:00  ● order_paid";
    let rest = "\n      - Mon  2 Mar 10:00  ✉ confirmation  anna\n      - Tue  3 Mar 10:00  ✉ next-steps  anna\n";
    let cases = [
        (format!("{head}{first}"), format!("{head}{first}{rest}")),
        (
            format!("{head}{first}\n      - gone\n").replace('\n', "\r\n"),
            format!("{head}{first}{rest}").replace('\n', "\r\n"),
        ),
    ];
    let folder = laid(&snapshot::root(CASES).join("friday"));
    let file = folder.path().join("journeys/order.scenario.yaml");
    for (before, after) in cases {
        fs::write(&file, before).unwrap();
        let it = run_with(folder.path(), &["test", "--accept"], None, &BTreeMap::new());
        assert_eq!(it.exit, 0, "{}{}", it.out, it.err);
        assert_eq!(fs::read_to_string(&file).unwrap(), after);
    }
}

#[test]
fn recording_keeps_the_ends_of_lines() {
    let folder = laid(&snapshot::root(CASES).join("record-beside"));
    let file = folder.path().join("journeys/offers.scenario.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace('\n', "\r\n")).unwrap();
    let call = |words: &[&str]| run_with(folder.path(), words, None, &BTreeMap::new());
    assert_eq!(call(&["test", "--record", "offers"]).exit, 0);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.contains("recorded: true\r\n"), "{text}");
    let again = call(&["test", "--record", "offers"]).out;
    assert!(again.contains(": 5 as before"), "{again}");
    assert_eq!(call(&["test"]).exit, 0);
}
