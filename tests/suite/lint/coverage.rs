//! Rules over the whole relationship: at their thresholds, in small repositories and in broken ones.

use journeyc::diagnostic::{Level, Verdict};
use journeyc::lint::Group;

use super::*;

/// The findings of the group `coverage`, in order.
fn coverage(project: Option<&str>, text: &str) -> Vec<Diagnostic> {
    let mut found = findings(project, text);
    found.retain(is_coverage);
    found
}

fn is_coverage(it: &Diagnostic) -> bool {
    journeyc::lint::find(it.rule.0).is_some_and(|it| it.group == Group::Coverage)
}

/// How often one rule is broken.
fn count(rule: &str, project: Option<&str>, text: &str) -> usize {
    let found = findings(project, text);
    assert!(
        found.iter().all(|it| !journeyc::lint::is_input(it.rule)),
        "{}{text}",
        lines(&found)
    );
    found.iter().filter(|it| it.rule.0 == rule).count()
}

/// A project and the journeys in it, and nothing that is made up.
fn bare(project: &str, journeys: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut world = Memory::new(today())
        .with("journeyc.yaml", project)
        .with("templates/x.md", TEMPLATE);
    for (name, text) in journeys {
        world = world.with(format!("journeys/{name}.yaml"), *text);
    }
    let workspace = Workspace::read(&world);
    let mut found = journeyc::compile(&workspace).findings;
    found.retain(is_coverage);
    found
}

const SMALL: &str = "version: 1
brand: {name: Acme, url: 'https://acme.example', postal_address: 1 Road}
profile: ecommerce
timezone: Europe/London
locales: [en]
senders: {care: {kind: role, name: Acme, address: care@acme.example, monitored: true}}
events: {order_paid: {milestone: payment, key: id, properties: {id: string}}, unsubscribed: {milestone: unsubscribed}}
contact: {first_name: {type: string, nullable: true}}
";

const FIRST: &str = "journey: first
class: transactional
from: care
trigger: {event: order_paid}
steps:
  - send: {id: thanks, template: x, purpose: thank_you}
";

#[test]
fn a_first_journey_is_not_buried() {
    let found = bare(SMALL, &[("first", FIRST)]);
    let rules: Vec<_> = found.iter().map(|it| it.rule.0).collect();
    assert_eq!(rules, ["stage-untagged"], "{}", lines(&found));
    let tagged = format!("stage: after\n{FIRST}");
    let found = bare(SMALL, &[("first", &tagged)]);
    assert!(found.is_empty(), "{}", lines(&found));
    // A second one has somebody to lead on to, and still nothing else is missed.
    let second = tagged.replace("journey: first", "journey: second");
    let found = bare(SMALL, &[("first", &tagged), ("second", &second)]);
    let rules: Vec<_> = found.iter().map(|it| it.rule.0).collect();
    assert_eq!(rules, ["journey-dead-end", "journey-dead-end"]);
}

#[test]
fn without_journeys_nothing_is_missed() {
    for project in [
        SMALL.to_owned(),
        PROJECT.to_owned(),
        SMALL.replace(
            "events:",
            "events: {}\nobstacles: {o: {stage: after, description: d}}\nx-events:",
        ),
    ] {
        let found = bare(&project, &[]);
        assert!(found.is_empty(), "{}{project}", lines(&found));
    }
}

#[test]
fn what_cannot_be_read_may_not_be_missing() {
    let whole = [
        ("first", FIRST.to_owned()),
        ("second", FIRST.replace("journey: first", "journey: second")),
        ("third", FIRST.replace("journey: first", "journey: third")),
    ];
    let found = |broken: &str| {
        let mut journeys: Vec<(&str, &str)> =
            whole.iter().map(|(name, text)| (*name, &**text)).collect();
        journeys.push(("fourth", broken));
        let mut found = bare(SMALL, &journeys);
        // These look at each journey for itself.
        found.retain(|it| it.rule.0 != "stage-untagged");
        found
    };
    let sound = FIRST.replace("journey: first", "journey: fourth");
    let of_whole = found(&sound);
    assert!(of_whole.len() >= 4, "{}", lines(&of_whole));
    for broken in [
        "",
        "journey: fourth\nsteps: [",
        "journey: fourth\nclass: transactional\nfrom: care\ntrigger: {event: gone}\nsteps: []\n",
        "- a list",
        &sound.replace("purpose: thank_you", "purpose: advocacy"),
        &sound.replace("stage", "stag"),
        &sound.replace("id: thanks", "id: [thanks]"),
    ] {
        if broken == sound {
            continue;
        }
        let found = found(broken);
        assert!(found.is_empty(), "{}{broken}", lines(&found));
    }
}

#[test]
fn parts_of_the_project_may_be_missing() {
    let journeys = [
        ("first", FIRST.to_owned()),
        (
            "second",
            FIRST.replace("journey: first", "journey: second\nnext: [second, third]"),
        ),
        (
            "third",
            FIRST.replace("journey: first", "journey: third\nnext: [first, second]"),
        ),
    ];
    let journeys: Vec<(&str, &str)> = journeys.iter().map(|(name, it)| (*name, &**it)).collect();
    for part in [
        "personas",
        "obstacles",
        "policy",
        "jurisdictions",
        "contact",
        "senders",
        "events",
    ] {
        let mut project: serde_yaml::Value = serde_yaml::from_str(PROJECT).unwrap();
        project.as_mapping_mut().unwrap().remove(part);
        let project = serde_yaml::to_string(&project).unwrap();
        let first = bare(&project, &journeys);
        assert_eq!(first, bare(&project, &journeys), "{part}");
    }
}

#[test]
fn each_rule_tells_a_missing_thing_once() {
    let events = (0..40)
        .map(|n| format!("  lapsed_{n}: {{milestone: lapsed}}\n  gone_{n}: {{milestone: refunded}}\n  cart_{n}: {{milestone: intent}}\n"))
        .collect::<Vec<_>>()
        .concat();
    let personas = (0..40)
        .map(|n| format!("  p{n}: {{description: somebody}}\n"))
        .collect::<Vec<_>>()
        .concat();
    let project = format!("events:\n{events}personas:\n{personas}");
    let text = "stage: after\ntrigger: {event: order_paid}\npersonas: [first-timer]\nsteps:\n  \
                - send: {id: a, template: x/a, purpose: thank_you}\n\
                # journeys/b.yaml\nstage: after\nsteps:\n  - send: {id: b, template: x/b, purpose: content, personas: [p0]}\n\
                # journeys/c.yaml\nstage: after\nsteps:\n  - send: {id: c, template: x/c, purpose: content, personas: [p1]}\n";
    let found = coverage(Some(&project), text);
    let count = |rule: &str| found.iter().filter(|it| it.rule.0 == rule).count();
    for rule in [
        "event-unhandled",
        "after-event-unhandled",
        "abandonment-unhandled",
        "stage-not-covered",
    ] {
        assert_eq!(count(rule), 1, "{rule}: {}", lines(&found));
    }
    assert_eq!(count("persona-not-covered"), 5, "{}", lines(&found));
    assert!(found.len() < 25, "{}", lines(&found));
    assert!(
        found
            .iter()
            .all(|it| it.message.chars().count() <= 90 && it.related.len() <= 6)
    );
}

#[test]
fn an_event_is_answered_by_what_the_customer_notices() {
    let journey = |rest: &str| format!("trigger: {{event: order_paid}}\nstage: after\n{rest}");
    let thanks = "- send: {id: a, template: x/a, purpose: thank_you}\n";
    let none = "events: {order_delivered: null, return_requested: null}";
    let refunds = |text: &str| count("after-event-unhandled", Some(none), text);
    let exits = "exits: [{on: order_refunded}, {on: unsubscribed}, {on: bounced}]\nsteps:\n  ";
    assert_eq!(refunds(&journey(&format!("{exits}{thanks}"))), 1);
    let wait = "- wait_for: {id: w, event: order_refunded, timeout: 3d}\n";
    assert_eq!(refunds(&journey(&format!("steps:\n  {thanks}  {wait}"))), 1);
    assert_eq!(refunds(&journey(&format!("steps:\n  {wait}  {thanks}"))), 0);
    // What only those hear to whom it did not happen is no answer to it.
    let timeout = "- wait_for: {id: w, event: order_refunded, timeout: 3d, on_timeout: [{send: {id: t, template: x/t, purpose: content}}]}\n";
    assert_eq!(refunds(&journey(&format!("steps:\n  {timeout}"))), 1);
    let enter =
        "# journeys/money.yaml\ntrigger: {event: order_refunded}\nsteps:\n  - enter: example\n";
    assert_eq!(refunds(&journey(&format!("steps:\n  {thanks}{enter}"))), 0);
    let set = "# journeys/money.yaml\ntrigger: {event: order_refunded}\nsteps:\n  - set: {id: s, attribute: plan, value: free}\n";
    assert_eq!(refunds(&journey(&format!("steps:\n  {thanks}{set}"))), 1);
}

#[test]
fn a_basket_is_followed_up_between_an_hour_and_a_day() {
    let cart = |wait: &str| {
        format!(
            "trigger: {{event: checkout_started}}\nstage: during\nsteps:\n  - wait: {wait}\n  - send: {{id: a, template: x/a, purpose: abandonment}}\n"
        )
    };
    let found =
        |project: Option<&str>, wait: &str| count("abandonment-timing", project, &cart(wait));
    for (wait, expected) in [
        ("59m", 1),
        ("1h", 0),
        ("24h", 0),
        ("1d", 0),
        ("24h 1m", 1),
        ("2d", 1),
    ] {
        assert_eq!(found(None, wait), expected, "{wait}");
    }
    let polled = Some("events: {checkout_started: {polled: true}}");
    assert_eq!(found(polled, "3h"), 1);
    assert_eq!(found(polled, "4h"), 0);
    assert_eq!(found(Some("profile: b2b"), "2d"), 0);
    assert_eq!(
        found(Some("policy: {thresholds: {abandonment-timing: 6h}}"), "8h"),
        1
    );
    // Friday afternoon to Monday morning is too long, and the window is to blame.
    let window = Some(
        "policy: {send_window: {days: [mon, tue, wed, thu, fri], from: '09:00', to: '17:00'}}",
    );
    assert_eq!(found(window, "4h"), 1);
    // Other purposes follow other rules.
    let other = cart("5d").replace("abandonment", "content");
    assert_eq!(count("abandonment-timing", None, &other), 0);
}

#[test]
fn a_renewal_is_announced_in_time_and_not_too_early() {
    let notice = |offset: &str, more: &str| {
        format!(
            "trigger: {{event: order_paid}}\nclass: transactional\nstage: return\nsteps:\n  - wait_until: {{id: near, date: contact.renewal_date, offset: {offset}}}\n{more}  - send: {{id: a, template: x/a, purpose: renewal_notice}}\n"
        )
    };
    let found = |offset: &str, more: &str| {
        let found = findings(None, &notice(offset, more));
        let mut own = found
            .into_iter()
            .filter(|it| it.rule.0 == "renewal-reminder");
        own.next().map(|it| it.level)
    };
    for (offset, more, fails) in [
        ("-15d", "", false),
        ("-45d", "", false),
        ("-14d", "", true),
        ("-46d", "", true),
        ("-46d", "  - wait: 1d\n", false),
        ("-16d", "  - wait: 1d\n", false),
        ("-16d", "  - wait: 2d\n", true),
        ("+20d", "", true),
        ("-30d", "  - wait_for: {id: w, event: order_paid}\n", true),
    ] {
        assert_eq!(found(offset, more).is_some(), fails, "{offset} {more}");
    }
    for (laws, level) in [("[uk]", Level::Warning), ("[us-ca]", Level::Error)] {
        let text = format!("jurisdictions: {laws}\n{}", notice("-3d", ""));
        let found = findings(None, &text);
        let own = found
            .iter()
            .find(|it| it.rule.0 == "renewal-reminder")
            .unwrap();
        assert_eq!(own.level, level, "{laws}");
    }
    let unclear = notice("-30d", "").replace(
        "  - wait_until: {id: near, date: contact.renewal_date, offset: -30d}\n",
        "",
    );
    let found = findings(None, &unclear);
    let own = found
        .iter()
        .find(|it| it.rule.0 == "renewal-reminder")
        .unwrap();
    assert_eq!(own.verdict, Verdict::Undecided);
}

#[test]
fn a_season_of_silence_is_as_long_as_promised() {
    let text = |days: u32| {
        format!(
            "trigger: {{event: order_paid}}\nstage: after\nsteps:\n  - send: {{id: a, template: x/a, purpose: thank_you}}\n  - wait: 45d\n  - wait: {days}d\n  - send: {{id: b, template: x/b, purpose: content}}\n"
        )
    };
    let gaps = |project: Option<&str>, days: u32| count("contact-gap", project, &text(days));
    assert_eq!(gaps(None, 45), 0);
    assert_eq!(gaps(None, 46), 1);
    let cadence = "policy: {cadence: {max_gap: 100d}}";
    assert_eq!(gaps(Some(cadence), 55), 0);
    assert_eq!(gaps(Some(cadence), 56), 1);
    assert_eq!(
        gaps(Some("policy: {thresholds: {contact-gap: 60d}}"), 20),
        1
    );
    // A single wait is told by another rule, and what is before the sale is courting.
    let single = text(1).replace("- wait: 45d\n  - wait: 1d", "- wait: 95d");
    assert_eq!(count("contact-gap", None, &single), 0);
    let before = text(50)
        .replace("order_paid", "signed_up")
        .replace("stage: after", "stage: before");
    assert_eq!(count("contact-gap", None, &before), 0);
}

#[test]
fn shares_are_broken_only_beyond_their_limits() {
    let sends = |stage: &str, purpose: &str, count: u32, from: u32| -> String {
        (from..from + count)
            .map(|n| {
                format!(
                    "  - send: {{id: s{n}, template: x/s{n}, purpose: {purpose}, stage: {stage}}}\n"
                )
            })
            .collect::<Vec<_>>()
            .concat()
    };
    let others = "# journeys/b.yaml\nstage: during\nsteps: []\n# journeys/c.yaml\nstage: during\nsteps: []\n";
    for (early, late, expected) in [(4, 2, 0), (5, 2, 1), (3, 1, 0), (8, 4, 0), (9, 4, 1)] {
        let text = format!(
            "steps:\n{}{}{others}",
            sends("before", "content", early, 0),
            sends("after", "content", late, 20)
        );
        assert_eq!(
            count("pre-sale-heavy", None, &text),
            expected,
            "{early} {late}"
        );
    }
    for (useful, offers, expected) in [(3, 2, 0), (2, 2, 1), (1, 2, 0), (6, 4, 0), (5, 4, 1)] {
        let text = format!(
            "steps:\n{}{}",
            sends("before", "content", useful, 0),
            sends("before", "offer", offers, 20)
        );
        assert_eq!(
            count("hard-sell-early", None, &text),
            expected,
            "{useful} {offers}"
        );
    }
}

#[test]
fn feelings_are_compared_only_where_they_follow_each_other() {
    let step = |id: &str, emotion: &str| {
        format!(
            "  - send: {{id: {id}, template: x/{id}, purpose: status_update{emotion}}}\n  - wait: 2d\n"
        )
    };
    let low = ", emotion: {expected: -1}";
    let journey = |steps: &[String]| {
        format!(
            "trigger: {{event: order_paid}}\nstage: after\nsteps:\n{}",
            steps.concat()
        )
    };
    let troughs = |steps: &[String]| count("emotion-trough", None, &journey(steps));
    assert_eq!(troughs(&[step("a", low), step("b", low)]), 1);
    assert_eq!(
        troughs(&[step("a", low), step("b", low), step("c", low)]),
        2
    );
    assert_eq!(troughs(&[step("a", low), step("x", ""), step("b", low)]), 0);
    assert_eq!(
        troughs(&[step("a", low), step("b", ", emotion: {expected: 0}")]),
        0
    );
    assert_eq!(
        troughs(&[
            step("a", low),
            step("b", low).replace("status_update", "apology")
        ]),
        0
    );
    let rounds = format!(
        "trigger: {{event: order_paid}}\nstage: after\nsteps:\n  - repeat:\n      id: r\n      times: 3\n      every: 2d\n      steps:\n        - send: {{id: a, template: x/a, purpose: status_update{low}}}\n"
    );
    assert_eq!(count("emotion-trough", None, &rounds), 1);
    let ends = |steps: &[String]| count("ends-low", None, &journey(steps));
    assert_eq!(ends(&[step("a", low)]), 1);
    assert_eq!(ends(&[step("a", low), step("b", "")]), 0);
    // Whoever buys again skips the comfort, and that way ends low.
    let unless = step("b", ", unless: 'contact.newsletter'");
    assert_eq!(ends(&[step("a", low), unless]), 1);
}

#[test]
fn journeys_that_nobody_would_write_are_judged_all_the_same() {
    let mut wide = String::from(
        "trigger: {event: checkout_started}\nstage: [before, during, after, return]\nnext: [example]\nsteps:\n",
    );
    for n in 0..400 {
        wide += &format!(
            "  - send: {{id: s{n}, template: x/s, purpose: [abandonment, offer, advocacy_ask, renewal_notice], emotion: {{expected: -2}}}}\n"
        );
        wide +=
            &format!("  - wait_until: {{id: u{n}, date: contact.renewal_date, offset: -{n}d}}\n");
        wide += &format!("  - touch: {{id: t{n}, channel: parcel}}\n  - enter: example\n");
    }
    let found = coverage(None, &wide);
    assert!(found.len() < 500, "{}", found.len());
    let mut deep = String::new();
    for n in 0..12 {
        deep = format!(
            "{{repeat: {{id: r{n}, times: 1000, every: 1d, steps: [{{send: {{id: s{n}, template: x/s, purpose: abandonment, emotion: {{expected: -1}}}}}}, {deep}]}}}}"
        );
    }
    let deep = format!("trigger: {{event: checkout_started}}\nstage: return\nsteps: [{deep}]\n");
    let found = coverage(None, &deep.replace(", ]", "]"));
    assert!(
        found.iter().any(|it| it.rule.0 == "abandonment-timing"),
        "{}",
        lines(&found)
    );
    // Circles of links end.
    let circle = "stage: return\nnext: [example, b]\nreentry: never\nsteps:\n  - enter: b\n# journeys/b.yaml\nstage: return\nnext: [example]\nsteps:\n  - wait: 80d\n  - enter: example\n# journeys/c.yaml\ntrigger: {event: order_paid}\nstage: after\nnext: [c, b]\nsteps: []\n";
    coverage(None, circle);
}
