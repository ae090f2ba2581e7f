#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::*;
use crate::compile::compile;
use crate::load::Memory;
use crate::model::{Basis, Class, Duration, Offset, Purpose, TimeOfDay};
use crate::scenario::case::{
    Acting, Anchor, AtMost, Bound, Clause, Consent, Content, Distinct, Ended, Ends, Input, Jitter,
    Line, Point, Reach, Rendered, Silence, Via,
};
use crate::scenario::selector::{Kind, Properties, Selector};
use crate::scenario::timeline;
use crate::simulate::{Occurrence, Outside, Person, StepNo, When};
use crate::source::{FileId, Span};
use crate::workspace::Workspace;

const PROJECT: &str = "\
version: 1
brand: {name: A, url: 'https://a.example'}
profile: ecommerce
timezone: Europe/Berlin
locales: [en, de]
senders:
  care: {kind: role, name: A, address: care@a.example}
  anna: {kind: person, name: Anna, address: anna@a.example}
contact: {first_name: {type: string, nullable: true}}
events:
  paid: {milestone: payment, properties: {item: {type: string}}}
  delivered: {milestone: delivered}
  stop: {milestone: unsubscribed}
policy: {send_window: {days: [mon, tue, wed, thu, fri], from: '09:00', to: '17:00'}}
";

const ORDER: &str = "\
journey: order
class: transactional
stage: after
from: care
trigger: {event: paid}
steps:
- send: {id: confirmation, template: hi, purpose: confirmation}
- wait: 1d
- send: {id: next_steps, template: hi, class: commercial, purpose: next_steps, from: anna, two_way: true}
- wait_for: {id: arrival, event: delivered, timeout: 21d, on_timeout: [{task: {id: call, channel: phone, respond_within: 1bd}}, {exit: lost}]}
- split: {id: luck, arms: {a: {weight: 50, steps: []}, b: {weight: 50, steps: [{touch: {id: card, channel: post}}]}}}
- send: {id: review, template: hi, class: commercial, purpose: feedback_request, asks: review}
";

const HI: &str = "---\nsubject: \"Hi {{ contact.first_name }}\"\n---\nYour {{ event.item }}. [See](https://a.example/x).\n";

/// Friday, 27 March 2026, 17:30 in Berlin; the clocks change on the 29th.
const FRIDAY: i64 = 1_774_629_000;
const HOUR: i64 = 3600;

struct Court<'s, 'p> {
    scene: Scene<'s, 'p>,
    case: Case,
}

fn court(test: impl FnOnce(&mut Court<'_, '_>)) {
    let world = Memory::new(NaiveDate::default())
        .with("journeyc.yaml", PROJECT)
        .with("journeys/order.yaml", ORDER)
        .with("templates/hi.md", HI);
    let workspace = Workspace::read(&world);
    let compilation = compile(&workspace);
    assert!(!compilation.is_invalid(), "{:?}", compilation.findings);
    let program = compilation.program.as_ref().unwrap();
    let simulation = Acting::All.simulation(program);
    let letters = Letters::of(program, &compilation.messages, &compilation.mails);
    let scene = Scene {
        simulation: &simulation,
        letters: Some(&letters),
        findings: &compilation.findings,
    };
    let mut court = Court {
        case: Case {
            name: "normal order".to_owned(),
            span: nowhere(),
            acting: Acting::All,
            person: Person {
                zone: None,
                attributes: Map::new(),
            },
            locale: Some("de-DE".into()),
            consent: None,
            persona: None,
            start: FRIDAY,
            end: FRIDAY + 60 * 24 * HOUR,
            outside: Vec::new(),
            jitter: None,
            arms: BTreeMap::new(),
            kept_out: Vec::new(),
            checks: Vec::new(),
        },
        scene,
    };
    court.comes("paid", 0, json!({"item": "Lampe"}));
    court.comes("delivered", 6 * 24 * HOUR, json!({}));
    test(&mut court);
}

fn nowhere() -> Span {
    Span::start_of(FileId(0))
}

fn hours(count: u32) -> Duration {
    Duration::of_hours(count)
}

impl Court<'_, '_> {
    fn comes(&mut self, event: &str, after: i64, data: Value) {
        let Value::Object(data) = data else {
            return;
        };
        let event = self.scene.simulation.event(event).unwrap();
        self.case.outside.push(Input {
            occurrence: Occurrence {
                when: When::At(FRIDAY + after),
                what: Outside::Event(event, data),
            },
            span: nowhere(),
        });
    }

    fn step(&self, id: &str) -> StepNo {
        let mut steps = self.scene.simulation.steps();
        let found = steps.find(|(no, _)| self.scene.simulation.step_id(*no) == Some(id));
        found.unwrap().0
    }

    fn the(&self, id: &str) -> Clause {
        Clause::of(Selector::step(
            Kind::Any,
            self.step(id),
            self.scene.simulation,
        ))
    }

    fn all(&self, wanted: &Properties) -> Clause {
        Clause::of(Selector::by(Kind::Send, wanted, self.scene.simulation))
    }

    fn event(&self, name: &str) -> Point {
        let event = self.scene.simulation.event(name).unwrap();
        point(Anchor::Event(event), None)
    }

    fn judge(&mut self, what: Assertion) -> Judgement {
        let span = nowhere();
        self.case.checks = vec![Check { span, what }];
        judge(&self.case, &self.scene, &mut |_| {})
    }

    fn holds(&mut self, what: Assertion) {
        let judgement = self.judge(what);
        assert!(judgement.holds(), "{judgement:#?}");
    }

    fn fails(&mut self, what: Assertion) -> Failure {
        let judgement = self.judge(what);
        judgement.failures[0].clone().unwrap()
    }
}

fn point(anchor: Anchor, offset: Option<Offset>) -> Point {
    Point {
        anchor,
        offset,
        span: nowhere(),
    }
}

fn expect(clause: &Clause) -> Assertion {
    Assertion::Expect(Box::new(clause.clone()))
}

fn never(clause: &Clause) -> Assertion {
    Assertion::Never(Box::new(clause.clone()))
}

#[test]
fn a_payment_late_on_friday_is_answered_too_late() {
    court(|court| {
        let mut clause = court.the("next_steps");
        clause.when = vec![Bound::Within(court.event("paid"), hours(24))];
        let failure = court.fails(expect(&clause));
        assert_eq!(failure.clause, "next_steps within 24h of paid");
        let lines = failure.lines();
        assert_eq!(
            lines[..4],
            [
                "Fri 27 Mar 17:30  ● paid",
                "Fri 27 Mar 17:30  ✉ confirmation  care",
                "Sat 28 Mar 17:30  ‖ wait 1d ends, next_steps held until Mon 30 Mar 09:00: send window (Mon–Fri 09:00–17:00)",
                "Mon 30 Mar 09:00  ✉ next_steps    anna  +62 h 30 min  ← 38 h 30 min late (clock change −1 h)",
            ]
        );
        assert_eq!(lines.last().unwrap(), "expected by Sat 28 Mar 17:30");
        clause.when = vec![Bound::Within(court.event("paid"), hours(63))];
        clause.from = Some("anna".into());
        clause.two_way = Some(true);
        clause.local_time = Some((TimeOfDay { minutes: 540 }, TimeOfDay { minutes: 600 }));
        court.holds(expect(&clause));
        clause.from = Some("care".into());
        assert_eq!(
            court.fails(expect(&clause)).reason,
            "from `anna`, not from `care`"
        );
        clause.from = None;
        clause.local_time = Some((TimeOfDay { minutes: 600 }, TimeOfDay { minutes: 660 }));
        court.fails(expect(&clause));
    });
}

#[test]
fn what_comes_because_of_an_event_comes_after_it() {
    court(|court| {
        let mut clause = court.all(&Properties {
            purpose: Some(Purpose::FeedbackRequest),
            ..Properties::default()
        });
        assert_eq!(clause.selector.words, "any feedback_request email");
        // A Thursday at 17:30 is outside of the window, a Friday at ten is not.
        court.case.outside.pop();
        court.comes("delivered", (6 * 24 + 16) * HOUR, json!({}));
        let delivered = court.event("delivered");
        clause.when = vec![Bound::Before(delivered)];
        court.holds(never(&clause));
        clause.when = vec![Bound::Between(court.event("paid"), delivered)];
        court.holds(never(&clause));
        clause.when = vec![Bound::By(delivered)];
        court.fails(never(&clause));
        clause.when = vec![Bound::After(delivered)];
        let failure = court.fails(never(&clause));
        assert!(failure.rows.iter().any(|it| it.remark.is_some()));
        court.holds(expect(&clause));
    });
}

#[test]
fn what_never_comes_fails_what_is_expected_and_nothing_else() {
    court(|court| {
        court.case.outside.pop();
        let mut clause = court.the("call");
        clause.when = vec![Bound::By(court.event("delivered"))];
        let failure = court.fails(expect(&clause));
        assert_eq!(failure.reason, "`delivered` never happens in this life");
        court.holds(never(&clause));
        clause.when.clear();
        clause.respond_within = Some(hours(1));
        court.fails(expect(&clause));
        clause.respond_within = Some(Duration::of_days(3));
        court.holds(expect(&clause));
        let failure = court.fails(expect(&court.the("review")));
        assert_eq!(failure.reason, "it never happens in this life");
    });
}

#[test]
fn every_arm_is_tried_unless_one_is_assigned() {
    court(|court| {
        let judgement = court.judge(expect(&court.the("card")));
        assert_eq!((judgement.lives, judgement.holds()), (2, false));
        court.case.arms.insert(court.step("luck"), 1);
        let judgement = court.judge(expect(&court.the("card")));
        assert_eq!((judgement.lives, judgement.holds()), (1, true));
    });
}

#[test]
fn delays_are_tried_at_their_corners_and_around_what_comes_between() {
    court(|court| {
        court.case.arms.insert(court.step("luck"), 0);
        court.case.jitter = Some(Jitter { lo: 0, hi: 60 });
        court.case.outside.truncate(1);
        court.case.end = FRIDAY + HOUR;
        assert_eq!(court.judge(expect(&court.the("confirmation"))).lives, 2);
        court.comes("stop", 30, json!({}));
        // At once, before and after the event, and at the latest.
        let judgement = court.judge(expect(&court.the("confirmation")));
        assert_eq!(judgement.lives, 4);
        let mut clause = court.the("confirmation");
        clause.when = vec![Bound::Before(court.event("stop"))];
        court.fails(expect(&clause));
    });
}

#[test]
fn too_many_lives_say_what_to_narrow() {
    court(|court| {
        court.case.jitter = Some(Jitter { lo: 0, hi: 60 });
        for second in 1..30 {
            court.comes("stop", second, json!({}));
        }
        court.case.outside.rotate_left(1);
        for no in 0..20 {
            court.comes("delivered", 65 * HOUR + no, json!({}));
        }
        for no in 0..30 {
            court.comes("stop", 63 * HOUR - HOUR / 2 + no, json!({}));
        }
        let judgement = court.judge(expect(&court.the("confirmation")));
        let problem = judgement.problem.unwrap();
        assert!(
            problem.contains("`luck`") && problem.contains("`jitter`"),
            "{problem}"
        );
    });
}

#[test]
fn amounts_and_silences() {
    court(|court| {
        let it = AtMost {
            n: 2,
            selector: Selector::any(court.scene.simulation),
            per: Some(Duration::of_days(7)),
            between: None,
            distinct: None,
        };
        let most = |it: &AtMost| Assertion::AtMost(Box::new(it.clone()));
        let failure = court.fails(most(&it));
        assert_eq!(failure.clause, "at most 2 touchpoints in 7d");
        court.holds(most(&AtMost { n: 4, ..it.clone() }));
        let people = AtMost {
            n: 1,
            per: None,
            distinct: Some(Distinct::SenderPerson),
            ..it
        };
        court.holds(most(&people));
        court.fails(most(&AtMost { n: 0, ..people }));
        let silence = |days, between| {
            Assertion::NoSilence(Box::new(Silence {
                lasts: Duration::of_days(days),
                between,
                of: None,
            }))
        };
        let between = Some((court.event("paid"), court.event("delivered")));
        court.holds(silence(4, between));
        court.fails(silence(2, between));
        court.fails(silence(20, None));
    });
}

#[test]
fn the_whole_list_of_touchpoints() {
    court(|court| {
        court.case.arms.insert(court.step("luck"), 0);
        let list = ["confirmation", "next_steps", "review"];
        let mut list: Vec<Clause> = list.iter().map(|it| court.the(it)).collect();
        court.holds(Assertion::Exactly(list.clone()));
        court.fails(Assertion::Exactly(Vec::new()));
        list.swap(0, 1);
        court.fails(Assertion::Exactly(list.clone()));
        list.swap(0, 1);
        list.push(court.the("card"));
        court.fails(Assertion::Exactly(list));
    });
}

#[test]
fn the_golden_timeline() {
    court(|court| {
        court.case.arms.insert(court.step("luck"), 0);
        let mut lines = Vec::new();
        let simulation = court.scene.simulation;
        let case = court.case.clone();
        judge(&case, &court.scene, &mut |record| {
            lines = timeline::lines(simulation, &case, record);
        });
        let golden = |lines: &[String]| {
            let line = |it: &String| Line {
                text: it.as_str().into(),
                span: nowhere(),
            };
            Assertion::Timeline(lines.iter().map(line).collect())
        };
        assert!(lines.len() > 5, "{lines:#?}");
        court.holds(golden(&lines));
        court.fails(golden(&lines[1..]));
        court.fails(golden(&lines[..lines.len() - 1]));
        lines.push("more".to_owned());
        court.fails(golden(&lines));
    });
}

#[test]
fn how_a_journey_ends_and_what_is_reached() {
    court(|court| {
        let journey = court.scene.simulation.journeys().next().unwrap().0;
        let ends = |state, via, by| {
            Assertion::Ends(Box::new(Ends {
                journey,
                state: Some(state),
                via,
                next: None,
                by,
            }))
        };
        court.holds(ends(Ended::Completed, None, None));
        court.fails(ends(Ended::Exited, None, None));
        court.fails(ends(Ended::NeverEntered, None, None));
        court.fails(ends(Ended::Inside, None, None));
        let soon = Some(court.event("delivered"));
        court.fails(ends(Ended::Completed, None, soon));
        court.holds(ends(Ended::Inside, None, soon));
        let lost = court.scene.simulation.steps();
        let lost = lost
            .filter(|(_, it)| matches!(it.step.value, Step::Exit(_)))
            .map(|it| Via::Step(it.0));
        let via = Some((Box::from("lost"), lost.collect::<Vec<_>>()));
        court.fails(ends(Ended::Completed, via.clone(), None));
        let step = court.step("call");
        let reach = |by| Assertion::Reach(Box::new(Reach { step, by }));
        court.fails(reach(None));
        court.case.outside.pop();
        court.holds(reach(None));
        court.holds(ends(Ended::Exited, via, None));
        let by = Some(Offset {
            before: false,
            by: hours(48),
        });
        let Anchor::Event(paid) = court.event("paid").anchor else {
            return;
        };
        court.fails(reach(Some(point(Anchor::Event(paid), by))));
    });
}

#[test]
fn consent_is_given_kept_and_withdrawn() {
    court(|court| {
        let check = || Assertion::NoneWithoutConsent;
        court.fails(check());
        let give = |court: &mut Court<'_, '_>, basis, since| {
            court.case.consent = Some(Consent { basis, since });
        };
        give(court, Basis::SoftOptIn, FRIDAY);
        court.holds(check());
        give(court, Basis::SoftOptIn, FRIDAY + 90 * HOUR);
        court.fails(check());
        give(court, Basis::Transactional, FRIDAY);
        court.fails(check());
        // Bought long ago, and again now.
        give(court, Basis::Implied, FRIDAY - 900 * 24 * HOUR);
        court.holds(check());
        give(court, Basis::Express, FRIDAY);
        court.comes("stop", 24 * HOUR, json!({}));
        let failure = court.fails(check());
        let remark = failure.rows.iter().find_map(|it| it.remark.clone());
        assert_eq!(remark.unwrap(), "unsubscribed on Sat 28 Mar 17:30");
    });
}

#[test]
fn the_mail_as_this_person_gets_it() {
    court(|court| {
        let mut clause = court.the("confirmation");
        let contains = |it: &str| vec![Content::Contains(it.into())];
        clause.rendered = Some(Rendered {
            subject: vec![Content::Equals("Hi".into())],
            text: contains("Your Lampe."),
            links: contains("a.example/x"),
            size_kb: Some(100.0),
            no_blocks: vec!["offer".into()],
            variables_used: vec!["event.item".into()],
            ..Rendered::default()
        });
        court.holds(expect(&clause));
        let name = court
            .case
            .person
            .attributes
            .insert("first_name".to_owned(), json!("Ana"));
        assert!(name.is_none());
        let failure = court.fails(expect(&clause));
        assert_eq!(failure.reason, "subject is not \"Hi\": \"Hi Ana\"");
        clause.rendered = Some(Rendered {
            text: vec![Content::NotContains("Lampe".into())],
            ..Rendered::default()
        });
        court.fails(expect(&clause));
        clause.rendered = Some(Rendered {
            blocks: vec!["offer".into()],
            ..Rendered::default()
        });
        court.fails(expect(&clause));
        clause.rendered = Some(Rendered {
            size_kb: Some(0.01),
            ..Rendered::default()
        });
        court.fails(expect(&clause));
    });
}

#[test]
fn properties_choose_touchpoints() {
    court(|court| {
        let commercial = Properties {
            class: Some(Class::Commercial),
            ..Properties::default()
        };
        let clause = court.all(&commercial);
        assert_eq!(
            clause.selector.steps,
            [court.step("next_steps"), court.step("review")]
        );
        assert_eq!(clause.selector.words, "any commercial email");
        let from = Properties {
            from: Some("anna".into()),
            ..Properties::default()
        };
        assert_eq!(court.all(&from).selector.steps, [court.step("next_steps")]);
    });
}

#[test]
fn findings_are_expected_by_rule_and_place() {
    court(|court| {
        let expected = |rule: &str| {
            Assertion::Findings(vec![crate::scenario::case::Expected {
                rule: rule.into(),
                journey: Some("order".into()),
                step: None,
                span: nowhere(),
            }])
        };
        let known = court.scene.findings.iter();
        let known = known.filter(|it| it.journey.as_deref() == Some("order"));
        let rule = known.map(|it| it.rule.0).next().unwrap();
        court.holds(expected(rule));
        let failure = court.fails(expected("no-such-rule"));
        assert_eq!(
            failure.reason,
            "the rule `no-such-rule` finds nothing in `order`"
        );
        let failure = court.fails(Assertion::Findings(Vec::new()));
        assert!(
            failure.reason.contains("` finds something"),
            "{}",
            failure.reason
        );
    });
}
