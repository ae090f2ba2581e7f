//! What authors read when a file does not fit: each folder of `tests/cases/input` holds one file and
//! the findings that it yields.

use std::fmt::Write as _;
use std::fs;

use journeyc::diagnostic::{Label, Sink};
use journeyc::model::{Journey, Project};
use journeyc::schema::{self, Validator};
use journeyc::source::{FileId, Sources};
use journeyc::yaml;
use serde::de::DeserializeOwned;

use crate::snapshot::{mismatch, root};

#[test]
fn every_case_yields_its_findings() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root("tests/cases/input")).unwrap() {
        let folder = entry.unwrap().path();
        let case = folder.file_name().unwrap().to_string_lossy().into_owned();
        if std::env::var("CASE").is_ok_and(|it| it != case) {
            continue;
        }
        let file = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let found = if let Some(text) = file("journeyc.yaml") {
            findings::<Project>(&text, "A journeyc project")
        } else if let Some(text) = file("journey.yaml") {
            findings::<Journey>(&text, "A customer journey")
        } else {
            findings::<serde_json::Value>(&file("any.yaml").unwrap(), "")
        };
        wrong.extend(mismatch(&folder.join("findings"), &found));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_repository_at_hand_is_sound() {
    let read = |path: &std::path::Path| fs::read_to_string(path).unwrap();
    for entry in fs::read_dir(root("journeys")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".scenario.yaml") {
            continue;
        }
        let found = findings::<Journey>(&read(&path), "");
        assert_eq!(found, "all of it is read\n", "{}", path.display());
    }
    let found = findings::<Project>(&read(&root("journeyc.yaml")), "");
    assert_eq!(found, "all of it is read\n", "journeyc.yaml");
}

/// The findings of one text, and what could not be read.
fn findings<T: schemars::JsonSchema + DeserializeOwned>(text: &str, title: &str) -> String {
    let mut sources = Sources::default();
    let file: FileId = sources.add("it", text);
    let mut sink = Sink::default();
    let validator = Validator::new(schema::of::<T>("", title));
    assert!(validator.is_sound());
    let mut outcome = "nothing is read\n".to_owned();
    if let Some(tree) = yaml::parse(file, text, &mut sink) {
        let broken = validator.validate(&tree, &mut sink);
        let reading = schema::read::<T>(&tree, &broken, &mut sink);
        if reading.value.is_some() {
            outcome = if reading.lost.is_empty() {
                "all of it is read\n".to_owned()
            } else {
                "the rest is read, without:\n".to_owned()
            };
            for path in reading.lost.paths() {
                let _ = writeln!(outcome, "  {}", path.join("/"));
            }
        }
        assert_eq!(
            reading.damaged,
            !broken.is_empty() || !reading.lost.is_empty()
        );
    }
    let mut out = String::new();
    let place = |label: &Label| {
        let (start, end) = sources.locate(label.span);
        let slice = sources
            .slice(label.span)
            .replace('\n', "⏎")
            .replace('\r', "␍");
        format!(
            "{}:{}-{}:{} `{slice}`",
            start.line, start.column, end.line, end.column
        )
    };
    for it in sink.into_sorted() {
        let _ = writeln!(out, "{}: {}", it.rule, it.message);
        let _ = writeln!(out, "  at {} {}", place(&it.primary), it.primary.text);
        for label in &it.related {
            let _ = writeln!(out, "  see {} {}", place(label), label.text);
        }
        if let Some(help) = it.help {
            let _ = writeln!(out, "  help: {help}");
        }
        for edit in it.fix.iter().flat_map(|it| &it.edits) {
            let label = Label {
                span: edit.span,
                text: String::new(),
            };
            let _ = writeln!(out, "  fix: {} -> `{}`", place(&label), edit.text);
        }
    }
    out + &outcome
}
