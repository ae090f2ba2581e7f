//! Scenario files that are right and wrong.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::too_many_lines, reason = "one line for each mistake")]

mod contact;

use chrono::NaiveDate;

use super::Written;
use crate::compile::compile;
use crate::load::Memory;
use crate::scenario::case::{Acting, Anchor, Assertion, Bound};
use crate::simulate::{EventNo, Outside, When};
use crate::workspace::Workspace;

const PROJECT: &str = "\
version: 1
brand: {name: Fern, url: https://fern.example}
profile: ecommerce
timezone: Europe/London
locales: [en, de]
senders:
  care: {kind: role, name: Fern, address: care@fern.example, monitored: true}
events:
  order_paid:
    milestone: payment
    key: order_id
    properties:
      order_id: {type: string, sample: [A1, A2]}
      note: {type: string, nullable: true, sample: [hello]}
  order_delivered: {milestone: delivered, key: order_id, properties: {order_id: {type: string, sample: [B1]}}}
  viewed: {milestone: intent}
  checked_out: {milestone: intent}
  unsubscribed: {milestone: unsubscribed}
contact:
  first_name: {type: string, nullable: true, sample: [Ana]}
  newsletter: {type: boolean, sample: [true, false]}
personas:
  berliner: {description: Reads German, contact: {first_name: Jo, newsletter: false}, locale: de, zone: Europe/Berlin}
";

const ORDER: &str = "\
journey: order
class: transactional
from: care
trigger: {event: order_paid}
reentry: per_key
holdout: 5
exits: [{on: unsubscribed, only: commercial, reason: no-mail}]
steps:
  - touch: {id: card, channel: parcel, purpose: wow}
  - wait: {id: pause, for: 1d}
  - split: {id: test, arms: {a: {weight: 50, steps: []}, b: {weight: 50, steps: []}}}
  - task: {id: call, channel: phone, purpose: check_in}
";

const OTHER: &str = "\
journey: other
class: transactional
from: care
trigger: {event: viewed}
steps:
  - touch: {id: card, channel: post, purpose: wow}
  - touch: {id: poster, channel: post, purpose: wow}
  - exit: enough
";

fn read(scenarios: &str, invariants: Option<&str>) -> (Vec<Written>, Vec<String>) {
    let day = NaiveDate::from_ymd_opt(2026, 5, 4).unwrap();
    let mut world = Memory::new(day)
        .with("journeyc.yaml", PROJECT)
        .with("journeys/order.yaml", ORDER)
        .with("journeys/other.yaml", OTHER)
        .with("journeys/order.scenario.yaml", scenarios);
    if let Some(it) = invariants {
        world = world.with("invariants.yaml", it);
    }
    let workspace = Workspace::read(&world);
    let compilation = compile(&workspace);
    let sources = &workspace.sources;
    let own = compilation.findings.iter().filter(|it| {
        let path = sources.path(it.primary.span.file);
        path.ends_with(".scenario.yaml") || path == "invariants.yaml"
    });
    let said = own.map(|it| {
        let (from, _) = sources.locate(it.primary.span);
        let at = sources.slice(it.primary.span).lines().next().unwrap_or("");
        let help = it.help.as_deref().unwrap_or("");
        format!("{}: {at}: {} ({help})", from.line, it.message)
    });
    let said = said.collect();
    (compilation.scenarios, said)
}

/// What is said about one scenario that is called `x` and has these lines besides.
fn said(lines: &str) -> Vec<String> {
    let lines: Vec<String> = lines.lines().map(|it| format!("    {it}\n")).collect();
    read(
        &format!("scenarios:\n  - name: x\n{}", lines.concat()),
        None,
    )
    .1
}

fn event(
    case: &crate::scenario::Case,
    at: usize,
) -> (EventNo, &serde_json::Map<String, serde_json::Value>) {
    match &case.outside[at].occurrence.what {
        Outside::Event(no, data) => (*no, data),
        other => panic!("no event: {other:?}"),
    }
}

#[test]
fn what_is_not_said_is_filled_in() {
    let text = "
contact: {persona: berliner}
history: [{at: -30d, event: payment}]
scenarios:
  - name: base
    clock: {start: Fri 17:30}
    events:
      - {event: payment, data: {order_id: Z}}
      - {at: payment + 4d, event: delivered}
      - {at: card + 1d, event: viewed}
    never: [{silence: 7d, between: [payment, delivered]}, {send: {without_consent: true}}]
    ends: {state: completed, at: {by: 60d}}
  - name: child
    extends: base
    events: {remove: [delivered], add: [{at: 5d, event: unsubscribed}]}
    matrix: {zone: [Asia/Kolkata, null], assign: {test: [a, b]}}
    at_most: [{n: 1, any: {}, per: 1d}]
";
    let (found, said) = read(text, None);
    assert_eq!(said, [""; 0]);
    let [base, child] = found.as_slice() else {
        panic!("{found:?}")
    };
    let case = &base.cases[0];
    assert_eq!(case.name, "base");
    assert_eq!(case.acting, Acting::All);
    assert_eq!(case.locale.as_deref(), Some("de"));
    assert_eq!(case.person.attributes["newsletter"], false);
    // Half past five in Berlin, in winter.
    let at = |it: &str| {
        chrono::DateTime::parse_from_rfc3339(it)
            .unwrap()
            .timestamp()
    };
    assert_eq!(case.start, at("2026-03-06T16:30:00Z"));
    let whens: Vec<When> = case.outside.iter().map(|it| it.occurrence.when).collect();
    assert_eq!(whens[0], When::At(at("2026-02-04T16:30:00Z")));
    assert_eq!(whens[1], When::At(case.start));
    assert_eq!(whens[2], When::At(at("2026-03-10T16:30:00Z")));
    assert!(matches!(whens[3], When::AfterStep(..)));
    assert_eq!(event(case, 0).1["order_id"], "A2, earlier");
    assert_eq!(event(case, 1).1["note"], "hello");
    // The parcel belongs to the order.
    assert_eq!(event(case, 2).1["order_id"], "Z");
    assert!(matches!(case.checks[0].what, Assertion::NoSilence(_)));
    assert!(matches!(case.checks[1].what, Assertion::NoneWithoutConsent));

    let names: Vec<&str> = child.cases.iter().map(|it| &*it.name).collect();
    assert_eq!(
        names,
        [
            "child (zone: Asia/Kolkata, test: a)",
            "child (zone: Asia/Kolkata, test: b)",
            "child (zone: unknown, test: a)",
            "child (zone: unknown, test: b)",
        ]
    );
    // The start is read on the person's clock, and London's where it is not known.
    assert_eq!(child.cases[0].start, at("2026-03-06T12:00:00Z"));
    assert_eq!(child.cases[3].start, at("2026-03-06T17:30:00Z"));
    assert_eq!(
        child.cases[3].arms.values().copied().collect::<Vec<_>>(),
        [1]
    );
    assert_eq!(child.cases[0].outside.len(), 4);
    assert_eq!(child.cases[0].checks.len(), 1);
}

#[test]
fn names_lead_somewhere() {
    let mut wrong = Vec::new();
    for (lines, expected) in [
        (
            "expect: [{touch: crad}]",
            "3: crad: no journey that acts has a step `crad` (did you mean `card`?)",
        ),
        (
            "expect: [{touch: order/poster}]",
            "3: order/poster: the journey `order` has no step `poster` (the known steps are `card`, `pause`, `test`, `call`)",
        ),
        (
            "journeys: [order]\nexpect: [{touch: poster}]",
            "4: poster: no journey that acts has a step `poster` (add `other`, which has it, to `journeys`)",
        ),
        (
            "journeys: [order]\nexpect: [{touch: other/card}]",
            "4: other/card: the journey `other` does not act in this scenario (add `other` to `journeys`, or name one that acts)",
        ),
        (
            "journeys: [ordre]\nexpect: [{touch: card}]",
            "3: ordre: there is no journey `ordre` (did you mean `order`?)",
        ),
        (
            "expect: [{send: card}]",
            "3: card: `card` is a `touch`, not a `send` (write `touch: card`)",
        ),
        (
            "expect: [{any: pause}]",
            "3: pause: `pause` is a `wait`, which nobody notices (name a `send`, a `task` or a `touch`, or ask for the step under `reach`)",
        ),
        (
            "expect: [{any: card, touch: card}]",
            "3: card: a clause is about one thing, and here is a `any` too (write a clause for each, or `any` for all of them)",
        ),
        (
            "expect: [{by: 3d}]",
            "3: {by: 3d}: this clause says of no touchpoint (write for example `send: STEP`, or `any: {}`)",
        ),
        (
            "expect: [{touch: card, by: pay + 1d}]",
            "3: pay + 1d: there is no event, milestone or step `pay` (the known events, milestones and steps are `order_paid`, `order_delivered`, `viewed`, `checked_out`, `unsubscribed`, `payment`, `delivered`, `call` and 4 more)",
        ),
        (
            "expect: [{touch: card, by: payment-3d}]",
            "3: payment-3d: there is no event, milestone or step `payment-3d` (put spaces around the minus: `payment - 3d`)",
        ),
        (
            "events: [{event: order_payed}]",
            "3: order_payed: there is no event or milestone `order_payed` (did you mean `order_paid`?)",
        ),
        (
            "events: [{event: intent}]",
            "3: intent: several events carry the milestone `intent` (name one of them: `viewed`, `checked_out`)",
        ),
        (
            "events: [{event: lapsed}]",
            "3: lapsed: no event carries the milestone `lapsed` (give it to an event of `journeyc.yaml`, or name an event)",
        ),
        (
            "events: [{event: viewed, data: {x: 1}}]",
            "3: x: the event `viewed` carries no property `x` (there are no properties yet)",
        ),
        (
            "events: [{event: payment, data: {order_id: 1}}]",
            "3: 1: `order_id` cannot have this value ()",
        ),
        (
            "events: [{click: card}]",
            "3: card: nobody can click in `card` (name an email)",
        ),
        (
            "events: [{event: viewed, click: card}]",
            "3: card: one thing happens at a time: an event or a click (write the click into a line of its own)",
        ),
        (
            "events: [{at: 3d}]",
            "3: {at: 3d}: this says of no event, no click and no change of the contact (write for example `event: payment`)",
        ),
        (
            "contact: {attributes: {first: Ana}}",
            "3: first: there is no contact attribute `first` (the known attributes are `first_name`, `newsletter`)",
        ),
        (
            "contact: {attributes: {newsletter: null}}",
            "3: null: `newsletter` cannot have this value ()",
        ),
        (
            "contact: {persona: berlin}",
            "3: berlin: there is no persona `berlin` (did you mean `berliner`?)",
        ),
        (
            "contact: {locale: fr}",
            "3: fr: there is no locale `fr` (the known locales are `en`, `de`)",
        ),
        (
            "contact: {zone: Europe/Berlim}",
            "3: Europe/Berlim: `Europe/Berlim` is not a time zone (did you mean `Europe/Berlin`?)",
        ),
        (
            "matrix: {zone: [Mars/Base]}",
            "3: Mars/Base: `Mars/Base` is not a time zone (write an IANA name such as `Europe/London`)",
        ),
        (
            "clock: {zone: Berlin}",
            "3: Berlin: `Berlin` is not a time zone (write an IANA name such as `Europe/London`)",
        ),
        (
            "assign: {test: guide}",
            "3: guide: the split `test` has no arm `guide` (the known arms are `a`, `b`)",
        ),
        (
            "assign: {card: c}",
            "3: card: `card` is a `touch`, which chance does not decide (name a `split`)",
        ),
        (
            "assign: {test: [a, b]}",
            "3: b: a person takes one arm (leave it out to try every arm, or write the arms under `matrix`)",
        ),
        (
            "assign: {holdout: other}",
            "3: other: nobody is kept out of `other` (give the journey a `holdout`, or remove this)",
        ),
        (
            "expect: [{send: {from: maya}}]",
            "3: maya: there is no sender `maya` (the known senders are `care`)",
        ),
        (
            "ends: {via: refunded}",
            "3: refunded: nobody leaves `order` by `refunded` (the known ways out are `completed`, `no-mail`, `unsubscribed`)",
        ),
        (
            "ends: {next: nowhere}",
            "3: nowhere: there is no journey `nowhere` (the known journeys are `order`, `other`)",
        ),
        (
            "reach: [{step: pauze}]",
            "3: pauze: no journey that acts has a step `pauze` (did you mean `pause`?)",
        ),
        (
            "expect_findings: [{rule: wow-windo}]",
            "3: wow-windo: there is no rule `wow-windo` (did you mean `wow-window`?)",
        ),
        (
            "expect_findings: [{rule: wow-window, at: other/cart}]",
            "3: other/cart: the journey `other` has no step `cart` (did you mean `card`?)",
        ),
    ] {
        let said = said(lines);
        if said != [expected] {
            wrong.push(format!("{lines}\n  {said:?}\n  {expected}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_cannot_be_is_said() {
    let paid = "events: [{event: payment}, {at: 4d, event: delivered}]\n";
    for (lines, expected) in [
        (
            "expect: [{touch: card, between: [delivered, payment]}]",
            "4: payment: this window ends before it begins (write the earlier point first)",
        ),
        (
            "expect: [{touch: card, between: [pause + 2d, pause + 1d]}]",
            "4: pause + 1d: this window ends before it begins (write the earlier point first)",
        ),
        (
            "expect: [{touch: card, after: 5d, before: delivered}]",
            "4: delivered: this window ends before it begins (no time is both; change one of the two)",
        ),
        (
            "expect: [{touch: card, by: payment - 1d}]",
            "4: payment - 1d: this is over before the scenario starts (count from something that happens after the start)",
        ),
        (
            "expect: [{touch: card, before: payment}]",
            "4: payment: this is over before the scenario starts (count from something that happens after the start)",
        ),
        (
            "expect: [{touch: card, within: [unsubscribed, 1d]}]",
            "4: unsubscribed: `unsubscribed` never comes in this scenario (add it to `events`, or count from something that happens)",
        ),
        (
            "until: 10d\nexpect: [{touch: card, after: 11d}]",
            "5: 11d: this begins after the scenario's end (set `until` to a longer time, or look earlier)",
        ),
        (
            "until: 3d",
            "3: 4d: this comes after the scenario's end (set `until` to a longer time)",
        ),
        (
            "until: 0d",
            "4: 0d: nothing can happen in no time (write for example `400d`)",
        ),
        (
            "history: [{at: 1d, event: payment}]",
            "4: 1d: this is not before the start (write for example `-30d`, or put it under `events`)",
        ),
        (
            "history: [{at: payment - 1d, event: payment}]",
            "4: payment - 1d: history is counted from the start (write for example `-30d` or `2025-12-01`)",
        ),
        (
            "never: [{silence: 0d}]",
            "4: 0d: nobody writes without a pause (write for example `7d`)",
        ),
        (
            "never: [{silence: 7d, by: 3d}]",
            "4: 7d: silence is looked at `between` two points in time, or in the whole life (write for example `{silence: 7d, between: [payment, delivered]}`)",
        ),
        (
            "expect: [{any: {without_consent: true}}]",
            "4: true: `without_consent` looks at all commercial mail of a life (write `never: [{send: {class: commercial, without_consent: true}}]`)",
        ),
        (
            "at_most: [{n: 1, per: 0h}]",
            "4: 0h: nothing can happen in no time (write for example `7d`)",
        ),
        (
            "jitter: {step_delay: [5m, 1m]}",
            "4: 1m: the longest delay is shorter than the shortest (write the shorter one first)",
        ),
        (
            "ends: {state: inside, via: completed}",
            "4: completed: whoever has not left has taken no way out (remove `via`, or write `state: exited`)",
        ),
        (
            "ends: {state: exited, via: completed}",
            "4: completed: whoever leaves after the last step has completed the journey (write `state: completed`)",
        ),
        (
            "ends: {state: completed, via: no-mail}",
            "4: no-mail: whoever completes a journey leaves after its last step (write `state: exited`, or remove `via`)",
        ),
        (
            "ends: {at: {by: 3d}}",
            "4: {at: {by: 3d}}: this does not say how the journey ends (write for example `state: completed`)",
        ),
        (
            "lint: true",
            "4: true: this does not say what the linter finds (write `expect_findings: [{rule: RULE, at: STEP}]`, or remove `lint`)",
        ),
        (
            "matrix: {zone: [Europe/Berlin]}\ncontact: {zone: Asia/Kolkata}",
            "5: Asia/Kolkata: the matrix tries several values of `zone`, and here is one more (say it in one of the two places)",
        ),
        (
            "contact: {consent: {email_marketing: {basis: express, since: payment}}}",
            "4: payment: consent begins at a day, or so long before the start (write for example `-400d` or `2026-01-15`)",
        ),
    ] {
        assert_eq!(said(&format!("{paid}{lines}")), [expected], "{lines}");
    }
    for (lines, expected) in [
        (
            "events: [{at: -1d, event: payment}]",
            "3: -1d: this comes before the start (put it under `history`, or let the scenario start earlier)",
        ),
        (
            "events: [{at: 2020-01-01, event: payment}]",
            "3: 2020-01-01: this comes before the start (put it under `history`, or let the scenario start earlier)",
        ),
        (
            "events: [{at: delivered + 1d, event: payment}]",
            "3: delivered + 1d: `order_delivered` never comes in this scenario (add it to `events`, or count from something that happens)",
        ),
        (
            "events: [{at: card - 1d, event: payment}]",
            "3: card - 1d: nobody knows this long before it happens (count from the start, or from something that happens earlier)",
        ),
        (
            "events: [{at: pause, event: payment}]",
            "3: pause: the person does not notice a `wait`, so nothing comes of it (name a `send`, a `task` or a `touch`)",
        ),
    ] {
        assert_eq!(said(lines), [expected], "{lines}");
    }
    let circle = said(
        "events:\n  - {at: delivered + 1d, event: payment}\n  - {at: payment + 1d, event: delivered}",
    );
    assert_eq!(circle.len(), 2, "{circle:?}");
    assert!(circle[0].contains("in a circle"), "{circle:?}");
}

#[test]
fn scenarios_build_on_each_other() {
    let text = "
scenarios:
  - {name: a, extends: b}
  - {name: b, extends: a}
  - {name: c, extends: c}
  - {name: d, extends: nobody}
  - {name: d}
  - {name: e, events: {remove: [payment]}}
";
    let (found, said) = read(text, None);
    assert_eq!(
        said,
        [
            "4: a: scenarios extend each other in a circle: `a`, `b`, `a` (let one of them stand by itself)",
            "5: c: `c` extends itself (let one of them stand by itself)",
            "6: nobody: this file has no scenario `nobody` (the known scenarios of this file are `a`, `b`, `c`, `d`, `e`)",
            "7: d: two scenarios are called `d` (give one of them another name: it is how you ask for it)",
            "8: payment: there is no `payment` to remove (there are no events that are taken over yet)",
        ]
    );
    assert_eq!(found.len(), 6);
    assert!(found[0].cases.is_empty());
    // From the last to the first, and from the first to the last.
    let chain = |turned: bool| {
        let name = |n: usize| if turned { 39 - n } else { n };
        let line = |n: usize| match n {
            0 => format!("  - {{name: s{}}}\n", name(0)),
            n => format!("  - {{name: s{}, extends: s{}}}\n", name(n), name(n - 1)),
        };
        let mut lines: Vec<String> = (0..40).map(line).collect();
        if turned {
            lines.reverse();
        }
        read(&format!("scenarios:\n{}", lines.concat()), None).1
    };
    for turned in [false, true] {
        let said = chain(turned);
        assert!(!said.is_empty());
        assert!(said[0].contains("more than 32 scenarios"), "{said:?}");
    }
}

#[test]
fn one_fault_hides_no_other() {
    let text = "
clock: {start: someday}
scenarios:
  - name: a
    evnts: []
    expect:
      - {touch: card, within: [payment]}
      - {touch: card, within: [payment, soon]}
      - {touch: card, by: after lunch}
      - 3
    ends: {state: gone}
  - expect: [{touch: card}]
  - {name: b, expect: [{touch: crad}], exactly: {touch: card}}
";
    let (_, said) = read(text, None);
    for part in [
        "`someday` is not a start",
        "`evnts`",
        "`within` needs at least 2 entries",
        "`soon`",
        "`after lunch` is not a point in time",
        "`gone`",
        "has no `name`",
        "has a step `crad`",
        "`exactly` takes a list",
    ] {
        assert_eq!(
            said.iter().filter(|it| it.contains(part)).count(),
            1,
            "{part}: {said:#?}"
        );
    }
}

#[test]
fn sizes_are_bounded() {
    let zones = vec!["Europe/Berlin"; 40].join(", ");
    let locales = vec!["en"; 40].join(", ");
    let matrix = said(&format!("matrix: {{zone: [{zones}], locale: [{locales}]}}"));
    assert_eq!(matrix.len(), 1);
    assert!(matrix[0].contains("more than 1000 scenarios"), "{matrix:?}");
    let many = "{event: viewed}, ".repeat(1_001);
    let events = said(&format!("events: [{many}]"));
    assert_eq!(events.len(), 1);
    assert!(events[0].contains("more than 1000 events"), "{events:?}");
}

#[test]
fn invariants_are_asked_where_they_can_be() {
    let invariants = "
expect:
  - {touch: order/card, within: [payment, 1d]}
never:
  - {touch: order/card, between: [payment, delivered]}
  - {any: {channel: sms}}
at_most:
  - {n: 2, touch: {journey: other}}
";
    let text = "
scenarios:
  - {name: paid, events: [{event: payment}]}
  - {name: delivered, journeys: [order], events: [{event: payment}, {at: 1d, event: delivered}]}
  - {name: viewed, journeys: [other], events: [{event: viewed}]}
";
    let (found, said) = read(text, Some(invariants));
    assert_eq!(said, [""; 0]);
    let counts: Vec<usize> = found.iter().map(|it| it.cases[0].checks.len()).collect();
    assert_eq!(counts, [4, 3, 2]);
    let case = &found[0].cases[0];
    let Assertion::Never(clause) = &case.checks[1].what else {
        panic!("{:?}", case.checks[1])
    };
    // What never ends goes on to the end.
    let Bound::Between(_, to) = clause.when[0] else {
        panic!("{clause:?}")
    };
    assert_eq!(to.anchor, Anchor::At(case.end));
    let (_, said) = read(
        text,
        Some("never: [{touch: crad}, {any: {}, after: payed}]\nalways: []"),
    );
    assert_eq!(said.len(), 3, "{said:?}");
}
