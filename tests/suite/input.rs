//! What authors read when a file does not fit.

use std::fmt::Write as _;
use std::fs;

use journeyc::diagnostic::Sink;
use journeyc::model::{Journey, Project};
use journeyc::schema::{self, Validator};
use journeyc::source::{FileId, LineIndex};
use journeyc::yaml;

use crate::snapshot::root;

/// Findings as `line:column rule: message | help`, and what could be read.
fn check(text: &str) -> (String, Option<Journey>) {
    let mut sink = Sink::default();
    let validator = Validator::new(schema::of::<Journey>("", "journey"));
    assert!(validator.is_sound());
    let mut value = None;
    if let Some(tree) = yaml::parse(FileId(0), text, &mut sink) {
        let broken = validator.validate(&tree, &mut sink);
        value = schema::read::<Journey>(&tree, &broken, &mut sink).value;
    }
    let lines = LineIndex::new(text);
    let mut out = String::new();
    for it in sink.into_sorted() {
        let at = lines.position(text, it.primary.span.start);
        let help = it.help.unwrap_or_default();
        let _ = writeln!(
            out,
            "{}:{} {}: {} | {help}",
            at.line, at.column, it.rule, it.message
        );
    }
    (out, value)
}

const HEAD: &str =
    "journey: a\nclass: commercial\nfrom: care\ntrigger: {event: order_paid}\nsteps:\n";

/// Checks steps below a sound head; lines count from the first step.
fn steps(text: &str) -> String {
    let (out, _) = check(&format!("{HEAD}{text}"));
    out.lines().fold(String::new(), |mut out, line| {
        let (at, rest) = line.split_once(':').unwrap();
        let _ = writeln!(out, "{}:{rest}", at.parse::<usize>().unwrap() - 5);
        out
    })
}

#[test]
fn a_sound_journey_is_read() {
    let (out, journey) = check(&format!(
        "{HEAD}  - send: {{id: x, template: a/b, purpose: thank_you}}\n  - wait: 3d\n  - exit: done\n"
    ));
    assert_eq!(out, "");
    assert_eq!(journey.unwrap().steps.len(), 3);
}

#[test]
fn a_slip_in_a_key_or_kind_is_one_finding() {
    assert_eq!(
        steps("  - send: {id: x, tempalte: a/b, purpose: thank_you}\n"),
        "1:19 unknown-key: `send` has no key `tempalte` | did you mean `template`?\n"
    );
    assert_eq!(
        steps("  - sned: {id: x}\n"),
        "1:5 unknown-step-kind: there is no step kind `sned` | did you mean `send`?\n"
    );
}

#[test]
fn the_repository_at_hand_is_sound() {
    let validator = Validator::new(schema::of::<Journey>("", "journey"));
    for entry in fs::read_dir(root("journeys")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut sink = Sink::default();
        let tree = yaml::parse(FileId(0), &text, &mut sink).unwrap();
        let broken = validator.validate(&tree, &mut sink);
        let reading = schema::read::<Journey>(&tree, &broken, &mut sink);
        assert!(sink.is_empty(), "{}: {sink:?}", path.display());
        assert!(reading.value.is_some() && !reading.damaged);
    }
    let text = fs::read_to_string(root("journeyc.yaml")).unwrap();
    let mut sink = Sink::default();
    let tree = yaml::parse(FileId(0), &text, &mut sink).unwrap();
    let broken = Validator::new(schema::of::<Project>("", "project")).validate(&tree, &mut sink);
    let reading = schema::read::<Project>(&tree, &broken, &mut sink);
    assert!(sink.is_empty(), "journeyc.yaml: {sink:?}");
    assert!(reading.value.is_some());
}
