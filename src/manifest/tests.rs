#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::{
    Action, Input, Letter, Letters, Manifest, Step, build, calendar, places, sheet, timings,
    to_json,
};
use crate::diagnostic::Sink;
use crate::model::{Document, Program};
use crate::source::{FileId, Sources};
use crate::yaml::{self, Corrections, Reader};

const PROJECT: &str = "version: 1
brand: {name: Fern & Finch, url: https://fernandfinch.example}
profile: ecommerce
timezone: Europe/London
locales: [en, de]
senders:
  care: {kind: role, name: Fern & Finch, address: care@fernandfinch.example}
  maya: {kind: person, name: Maya, address: maya@fernandfinch.example}
events:
  order_paid: {milestone: payment, key: order_id, properties: {order_id: string, total: number}}
  order_delivered: {milestone: delivered}
  order_refunded: {milestone: refunded}
contact:
  plan: {type: string, nullable: true}
policy:
  frequency_cap: {commercial: {per_day: 1}}
";

const JOURNEY: &str = "journey: after
title: After the payment
class: transactional
from: care
trigger: {event: order_paid, where: event.total > 0}
reentry: {after: 30d}
exits:
  - {on: order_refunded, reason: refunded}
  - {on: order_refunded, only: commercial}
steps:
  - send: {id: hello, template: t/hello, purpose: confirmation}
  - wait: 1d
  - wait_for:
      id: delivery
      event: order_delivered
      timeout: 10d
      on_timeout:
        - task: {id: call, channel: phone, owner: desk, title: '=Call, then \"ask\"'}
        - exit: late
  - branch:
      id: who
      when:
        - if: contact.plan == \"pro\"
          steps:
            - send: {id: pro, template: t/pro, purpose: content, class: commercial, from: maya}
      else: []
  - split:
      id: draw
      arms:
        a: {weight: 40, steps: [{wait: 2h}, {touch: {id: card, channel: parcel}}]}
        b: {weight: 60, steps: [{exit: done}]}
  - repeat: {id: again, times: 2, every: 7d, steps: [{send: {id: note, template: t/note, purpose: content, unless: 'contact.did(\"order_paid\", since=entry)'}}]}
  - set: {id: mark, attribute: plan, value: null}
";

fn read<T: DeserializeOwned>(file: FileId, text: &str) -> T {
    let mut sink = Sink::default();
    let tree = yaml::parse(file, text, &mut sink).unwrap();
    match T::deserialize(Reader::new(tree.root(), &Corrections::default())) {
        Ok(it) => it,
        Err(refusal) => panic!("{}", refusal.message()),
    }
}

fn program() -> (Program, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("journeys/after.yaml", JOURNEY);
    let project = sources.add("journeyc.yaml", PROJECT);
    let program = Program {
        project: read(project, PROJECT),
        lost: crate::schema::Lost::default(),
        documents: vec![Document {
            journey: read(file, JOURNEY),
            file,
            damaged: false,
        }],
    };
    (program, sources)
}

fn manifest() -> Manifest {
    let (program, sources) = program();
    let letter = |subject: &str, sender: Option<&str>| Letter {
        subject: subject.to_owned(),
        preheader: None,
        sha256: "00".to_owned(),
        sender: sender.map(str::to_owned),
    };
    let key = |locale: &str| ("after".to_owned(), "hello".to_owned(), locale.to_owned());
    let letters = Letters::from([
        (key("en"), letter("Hello {{ contact.plan }}", Some("maya"))),
        (key("de"), letter("Hallo", None)),
    ]);
    build(&Input {
        program: &program,
        sources: &sources,
        letters: &letters,
        timings: &timings(&program),
        revision: None,
    })
}

#[test]
fn a_manifest_holds_what_the_file_says() {
    let manifest = manifest();
    let journey = &manifest.journeys[0];
    assert_eq!(
        (journey.line, journey.file.as_str()),
        (1, "journeys/after.yaml")
    );
    assert_eq!(journey.exits[1].line, 9);
    let Action::Send(hello) = &journey.steps[0].does else {
        panic!("no send")
    };
    assert_eq!(hello.sender.id, "maya", "the template's sender wins");
    assert_eq!(hello.mails.keys().collect::<Vec<_>>(), ["en", "de"]);
    let mut nodes = Vec::new();
    Step::walk(&journey.steps, &mut |step| {
        nodes.push((step.node.as_str(), step.line));
    });
    assert_eq!(
        nodes,
        [
            ("hello", 11),
            ("@wait-1", 12),
            ("delivery", 14),
            ("call", 18),
            ("@exit-1", 19),
            ("who", 21),
            ("pro", 25),
            ("draw", 28),
            ("@wait-2", 30),
            ("card", 30),
            ("@exit-2", 31),
            ("again", 32),
            ("note", 32),
            ("mark", 33),
        ]
    );
    let (program, _) = program();
    let named: Vec<String> = places(&program).into_keys().map(|it| it.1).collect();
    for (node, _) in nodes {
        assert!(named.iter().any(|it| it == node), "{node}");
    }
}

#[test]
fn edges_join_where_ways_do() {
    let manifest = manifest();
    let graph = &manifest.journeys[0].graph;
    let edges: Vec<String> = graph
        .edges
        .iter()
        .map(|it| format!("{} -{}-> {}", it.from, it.kind, it.to))
        .collect();
    assert_eq!(
        edges,
        [
            "@start -next-> hello",
            "hello -next-> @wait-1",
            "@wait-1 -next-> delivery",
            "delivery -timeout-> call",
            "call -next-> @exit-1",
            "@exit-1 -exit-> @end",
            "delivery -event-> who",
            "who -if-> pro",
            "pro -next-> draw",
            "who -else-> draw",
            "draw -arm-> @wait-2",
            "@wait-2 -next-> card",
            "draw -arm-> @exit-2",
            "@exit-2 -exit-> @end",
            "card -next-> again",
            "again -next-> note",
            "note -again-> again",
            "note -next-> mark",
            "mark -next-> @end",
        ]
    );
    let known: BTreeSet<&str> = graph.nodes.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(known.len(), graph.nodes.len());
    for edge in &graph.edges {
        assert!(known.contains(edge.from.as_str()) && known.contains(edge.to.as_str()));
    }
}

#[test]
fn the_schedule_says_when_after_what_and_unless_what() {
    let manifest = manifest();
    let row = |step: &str| manifest.schedule.iter().find(|it| it.step == step).unwrap();
    let hello = row("hello");
    assert_eq!(hello.when, "at once on order_paid");
    assert_eq!(hello.only_if, ["event.total > 0"]);
    assert_eq!(hello.unless, ["order_refunded"]);
    assert_eq!(
        hello.sender.as_deref(),
        Some("Maya <maya@fernandfinch.example>")
    );
    let call = row("call");
    assert_eq!(call.after, "order_paid");
    assert_eq!(call.unless, ["order_delivered", "order_refunded"]);
    let pro = row("pro");
    assert_eq!(pro.after, "order_delivered");
    assert_eq!(pro.only_if, ["event.total > 0", "contact.plan == \"pro\""]);
    assert_eq!(pro.unless, ["order_refunded"]);
    let offsets = pro.offsets.as_ref().unwrap();
    // A day in the contact's zone is 23 to 25 hours.
    assert_eq!(offsets.earliest, "PT23H");
    assert!(
        row("note")
            .unless
            .iter()
            .any(|it| it.contains("contact.did"))
    );
}

#[test]
fn times_count_from_milestones_too() {
    let manifest = manifest();
    let graph = &manifest.journeys[0].graph;
    let call = graph.nodes.iter().find(|it| it.id == "call").unwrap();
    let after: Vec<&str> = call
        .after_milestones
        .iter()
        .map(|it| it.milestone.word())
        .collect();
    assert_eq!(after, ["payment"]);
    let pro = graph.nodes.iter().find(|it| it.id == "pro").unwrap();
    let after: Vec<&str> = pro
        .after_milestones
        .iter()
        .map(|it| it.milestone.word())
        .collect();
    assert_eq!(after, ["payment", "delivered"]);
}

#[test]
fn texts_are_the_same_in_every_run_and_read_back() {
    let (one, two) = (manifest(), manifest());
    assert_eq!(to_json(&one), to_json(&two));
    let back: Manifest = serde_json::from_str(&to_json(&one)).unwrap();
    assert_eq!(back, one);
    let csv = sheet(&one);
    assert_eq!(csv.lines().count(), 1 + one.schedule.len());
    assert!(csv.contains("\"'=Call, then \"\"ask\"\"\""), "{csv}");
    let ics = calendar(&one);
    assert!(ics.contains("UID:after.hello@journeyc\r\n"));
    assert!(ics.contains("DTSTART:20260105T090000Z\r\n"));
    assert!(ics.lines().all(|it| it.len() <= 75));
}

/// What is written passes the schema that is published for it.
#[test]
fn a_manifest_passes_its_schema() {
    let schema = crate::schema::of::<Manifest>("", "");
    let value = serde_json::to_value(manifest()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
