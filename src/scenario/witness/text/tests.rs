//! What is written is read as the same life.
#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::*;
use crate::compile::compile;
use crate::diagnostic::{RuleId, Sink};
use crate::load::Memory;
use crate::scenario::case::{Case, Input};
use crate::scenario::file::Texts;
use crate::scenario::timeline;
use crate::scenario::witness::draft::Scripted;
use crate::scenario::witness::sentence::Needs;
use crate::simulate::{Life, Occurrence, Person};
use crate::source::{FileId, Span};
use crate::workspace::Workspace;

const PROJECT: &str = "\
version: 1
brand: {name: A, url: 'https://a.example'}
profile: ecommerce
timezone: Europe/Berlin
locales: [en]
senders: {care: {kind: role, name: A, address: care@a.example}}
events:
  paid: {milestone: payment, key: order, properties: {order: {type: string, sample: [A1]}}}
  delivered: {milestone: delivered}
contact:
  plan: {type: string, sample: [free, pro]}
  points: {type: number, nullable: true}
  nickname: {type: string, nullable: true}
";

const ORDER: &str = "\
journey: order
class: transactional
from: care
trigger: {event: paid}
steps:
- send: {id: thanks, template: hi, purpose: confirmation}
- wait: 10d
- branch:
    id: rank
    when:
    - {if: contact.clicked(\"thanks\"), steps: [{touch: {id: clicked, channel: post}}]}
    - {if: contact.plan == \"pro\" and contact.points > 0, steps: [{touch: {id: rich, channel: post}}]}
    - {if: contact.plan == \"pro\", steps: [{touch: {id: pro, channel: post}}]}
    else: [{touch: {id: free, channel: post}}]
- send: {id: more, template: hi, purpose: content}
";

/// Friday, 27 March 2026, 17:30 in Berlin; the clocks change on the 29th.
const FRIDAY: i64 = 1_774_629_000;
const DAY: i64 = 86_400;

/// A program that has been compiled.
fn with(act: impl FnOnce(&Simulation<'_>, &mut dyn FnMut(&str) -> Case)) {
    let world = Memory::new(NaiveDate::from_ymd_opt(2026, 3, 2).unwrap())
        .with("journeyc.yaml", PROJECT)
        .with("journeys/order.yaml", ORDER)
        .with("templates/hi.md", "---\nsubject: Hi\n---\nHi.\n");
    let workspace = Workspace::read(&world);
    let compilation = compile(&workspace);
    let wrong = compilation.counted().filter(|it| compilation.is_input(it));
    let wrong: Vec<_> = wrong.map(|it| &it.message).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let program = compilation.program.as_ref().unwrap();
    let simulation = Simulation::of(program);
    let mut texts = Texts::new(program, &[]);
    let mut read = |text: &str| {
        let mut sink = Sink::default();
        let mut read = texts.read("", text, &mut sink);
        let said: Vec<_> = sink.iter().map(|it| &it.message).collect();
        assert!(said.is_empty(), "{said:?}\n{text}");
        read.remove(0).cases.remove(0)
    };
    act(&simulation, &mut read);
}

/// Fails unless a life is the same when it has been written and read; gives its lines.
fn holds(
    simulation: &Simulation<'_>,
    read: &mut dyn FnMut(&str) -> Case,
    outside: &[Occurrence],
) -> Vec<String> {
    let attributes =
        json!({"plan": "free", "points": null, "nickname": "Jo \u{85}\u{7f} \"O'Neill\""});
    let Value::Object(attributes) = attributes else {
        unreachable!("it is an object");
    };
    let life = Life {
        person: Person {
            zone: Some(chrono_tz::America::New_York),
            attributes,
        },
        start: FRIDAY,
        end: FRIDAY + 30 * DAY,
        outside: outside.to_vec(),
    };
    let found = Found {
        clock: simulation.clock(life.person.zone),
        life,
        arms: std::collections::BTreeMap::new(),
        days: 30,
        effort: crate::scenario::witness::Effort::default(),
        is_other: false,
        sentence: None,
    };
    let span = Span {
        file: FileId(0),
        start: 0,
        end: 0,
    };
    let written = Written {
        simulation,
        diagnostic: &Diagnostic::error(RuleId("zero-wait"), span, "two at once"),
        sentence: &Sentence {
            clauses: Vec::new(),
            meanwhile: None,
            needs: Needs::Nothing,
            minutes: 0,
            other: None,
        },
        found: &found,
        fingerprint: None,
    };
    let text = written.text();
    let case = read(&text);
    let told = |life: &Life| {
        let record = simulation.live(life, &mut Scripted(&found.arms));
        let input = |it: &Occurrence| Input {
            occurrence: it.clone(),
            span,
        };
        let case = Case {
            outside: life.outside.iter().map(input).collect(),
            ..case.clone()
        };
        timeline::lines(simulation, &case, &record)
    };
    assert_eq!(case.person.zone, found.life.person.zone, "{text}");
    assert_eq!(case.start, FRIDAY, "{text}");
    let (own, again) = (told(&found.life), told(&case.life()));
    assert_eq!(own, again, "{text}");
    // Nothing gets lost that nobody asks for here.
    let known = |it: &Life| it.person.attributes["nickname"].clone();
    if outside
        .iter()
        .all(|it| !matches!(&it.what, Outside::Attributes(it) if it.contains_key("nickname")))
    {
        assert_eq!(known(&found.life), known(&case.life()), "{text}");
    }
    own
}

fn values(it: Value) -> Map<String, Value> {
    serde_json::from_value(it).unwrap()
}

#[test]
fn whatever_comes_from_outside_is_read_as_it_was() {
    with(|simulation, read| {
        let step = |id: &str| {
            let mut steps = simulation.steps();
            steps
                .find(|it| simulation.step_id(it.0) == Some(id))
                .unwrap()
                .0
        };
        let event = |name: &str| simulation.event(name).unwrap();
        let begin = Occurrence {
            when: When::At(FRIDAY),
            what: Outside::Event(event("paid"), values(json!({"order": "A1"}))),
        };
        let hours = |it: u32| Duration {
            minutes: 60 * it,
            ..Duration::default()
        };
        let whens = [
            When::At(FRIDAY - 40 * DAY),
            When::At(FRIDAY),
            When::At(FRIDAY + 60),
            When::At(FRIDAY + 2 * DAY + 17),
            When::At(FRIDAY + 12 * DAY),
            When::AfterStep(step("thanks"), hours(0)),
            When::AfterStep(step("more"), hours(3)),
            When::AfterEvent(event("paid"), Duration::of_days(4)),
        ];
        let whats = [
            Outside::Click(step("thanks")),
            Outside::Event(event("delivered"), Map::new()),
            Outside::Event(event("paid"), values(json!({"order": "B2"}))),
            Outside::Attributes(values(json!({"plan": "pro"}))),
            Outside::Attributes(values(json!({"plan": "pro", "points": 7.5}))),
            Outside::Attributes(values(
                json!({"points": null, "nickname": "a\u{9b}\u{2028}\n: {}"}),
            )),
        ];
        let mut seen = std::collections::BTreeSet::new();
        let all: Vec<Occurrence> = whens
            .iter()
            .flat_map(|when| whats.iter().map(move |what| (when, what)))
            .map(|(when, what)| Occurrence {
                when: *when,
                what: what.clone(),
            })
            .collect();
        for one in &all {
            for other in all.iter().step_by(5) {
                // What is counted from itself never comes.
                let is_circle = |it: &Occurrence| matches!((it.when, &it.what), (When::AfterEvent(a, _), Outside::Event(b, _)) if a == *b);
                if is_circle(one) || is_circle(other) {
                    continue;
                }
                seen.extend(holds(
                    simulation,
                    read,
                    &[begin.clone(), one.clone(), other.clone()],
                ));
            }
        }
        let ways = ["clicked", "rich", "pro", "free"];
        for way in ways {
            assert!(
                seen.iter().any(|it| it.contains(&format!("◆ {way}"))),
                "{way}: {seen:#?}"
            );
        }
        assert!(
            seen.iter().any(|it| it.ends_with(r#"contact.points is no longer known, contact.nickname is now "a\u009b\u2028\n: {}""#)),
            "{seen:#?}"
        );
    });
}

#[test]
fn what_changed_before_the_start_is_part_of_the_person() {
    with(|simulation, read| {
        let before = |days: i64, it: Value| Occurrence {
            when: When::At(FRIDAY - days * DAY),
            what: Outside::Attributes(values(it)),
        };
        let paid = Occurrence {
            when: When::At(FRIDAY),
            what: Outside::Event(
                simulation.event("paid").unwrap(),
                values(json!({"order": "A1"})),
            ),
        };
        // The later one counts, wherever it stands.
        let outside = [
            before(1, json!({"plan": "pro"})),
            before(3, json!({"plan": "free", "points": 3})),
            paid,
        ];
        let lines = holds(simulation, read, &outside);
        assert!(lines.iter().any(|it| it.contains("◆ rich")), "{lines:#?}");
        assert!(!lines.iter().any(|it| it.contains("is now")), "{lines:#?}");
    });
}
