//! What the rules on changes say about edits.

use journeyc::diagnostic::Status;

use super::*;

const BEFORE: &str = "steps:
- send: {id: hello, template: x/hello, purpose: content}
- wait: 3d
- send: {id: tips, template: x/tips, purpose: content}
- wait_for:
    id: order
    event: order_paid
    timeout: 10d
    on_timeout:
      - send: {id: nudge, template: x/nudge, purpose: content}
- wait: 5d
- branch:
    id: plan
    when:
      - if: contact.plan == 'pro'
        steps:
          - send: {id: pro, template: x/pro, purpose: content}
    else: []
- send: {id: more, template: x/more, purpose: content}
";

/// What the rules on changes say of an edit, each with the words at its place.
fn said(before: &str, now: &str) -> Vec<String> {
    let rules = [
        "in-flight-policy-missing",
        "renamed-step-id",
        "trigger-widened",
        "wait-unit-changed",
    ];
    let mut found = findings_since(None, Some(before), now);
    found.retain(|it| rules.contains(&it.rule.0));
    assert!(found.iter().all(|it| it.status == Some(Status::Introduced)));
    let line = |it: &Diagnostic| format!("{}: {}", it.rule, it.primary.text);
    found.iter().map(line).collect()
}

/// What they say when these parts are replaced.
fn edited(parts: &[(&str, &str)]) -> Vec<String> {
    let mut now = BEFORE.to_owned();
    for (from, to) in parts {
        assert!(now.contains(from), "{from}");
        now = now.replacen(from, to, 1);
    }
    said(BEFORE, &now)
}

#[test]
fn what_leaves_everybody_where_they_are_is_no_edit() {
    assert_eq!(edited(&[]), [""; 0]);
    assert_eq!(edited(&[("x/more", "x/other")]), [""; 0]);
    let added =
        "- send: {id: note, template: x/note, purpose: content}\n- wait: 3d\n- send: {id: tips";
    assert_eq!(
        edited(&[("- send: {id: tips", added)]),
        [""; 0],
        "a step before a wait"
    );
    let named = [("- wait: 5d", "- wait: 5d # settle in\n")];
    assert_eq!(edited(&named), [""; 0]);
    let first = "- send: {id: hello, template: x/hello, purpose: content}\n";
    assert_eq!(
        edited(&[(first, "")]),
        [""; 0],
        "nobody stands before the first wait"
    );
}

#[test]
fn what_people_meet_is_told_once_for_each_journey() {
    let nudge = "    on_timeout:\n      - send: {id: nudge, template: x/nudge, purpose: content}\n";
    let removed = "in-flight-policy-missing: `nudge` was removed";
    assert_eq!(edited(&[(nudge, "")]), [removed]);
    let longer = [("- wait: 5d", "- wait: 6d"), (nudge, "")];
    let both = "in-flight-policy-missing: `nudge` was removed, a `wait` waits differently";
    assert_eq!(edited(&longer), [both]);
    let declared = [("steps:", "in_flight: stop\nsteps:"), (nudge, "")];
    assert_eq!(edited(&declared), [""; 0]);
    let event = [("order_paid", "order_delivered")];
    assert_eq!(
        edited(&event),
        ["in-flight-policy-missing: `order` waits differently"]
    );
    let gone = [("- wait: 5d\n", "")];
    assert_eq!(
        edited(&gone),
        ["in-flight-policy-missing: a `wait` was removed"]
    );
    let more = "- send: {id: more, template: x/more, purpose: content}\n";
    let moved = [
        (more, ""),
        (
            "    else: []\n",
            "    else:\n      - send: {id: more, template: x/more, purpose: content}\n",
        ),
    ];
    assert_eq!(
        edited(&moved),
        ["in-flight-policy-missing: `more` was moved"]
    );
    let earlier = [
        (more, ""),
        (
            "- wait: 5d\n",
            "- wait: 5d\n- send: {id: more, template: x/more, purpose: content}\n",
        ),
    ];
    assert_eq!(
        edited(&earlier),
        ["in-flight-policy-missing: `more` was moved"]
    );
}

#[test]
fn a_new_name_is_told_from_a_new_step() {
    let renamed = [("id: tips", "id: first-tips")];
    assert_eq!(edited(&renamed), ["renamed-step-id: was `tips`"]);
    let container = [("id: plan", "id: which-plan")];
    assert_eq!(
        edited(&container),
        ["renamed-step-id: was `plan`"],
        "what is inside stays"
    );
    let other = [(
        "{id: tips, template: x/tips",
        "{id: guide, template: x/guide",
    )];
    assert_eq!(
        edited(&other),
        ["in-flight-policy-missing: `tips` was removed"]
    );
    let swapped = [
        ("id: tips", "id: swap"),
        ("id: more", "id: tips"),
        ("id: swap", "id: more"),
    ];
    let moved = "in-flight-policy-missing: ";
    assert!(
        edited(&swapped)[0].starts_with(moved),
        "{:?}",
        edited(&swapped)
    );
}

#[test]
fn only_a_unit_that_changed_is_a_slip() {
    let wait = |from: &str, to: &str| {
        let text = |wait: &str| {
            format!(
                "in_flight: stop\nsteps:\n- wait: {wait}\n- send: {{id: a, template: x/a, purpose: content}}\n"
            )
        };
        said(&text(from), &text(to))
    };
    for (from, to) in [
        ("2h", "2d"),
        ("30m", "30h"),
        ("3d", "3m"),
        ("45m", "45d"),
        ("2bd", "2h"),
    ] {
        assert_eq!(wait(from, to).len(), 1, "{from} to {to}");
    }
    for (from, to) in [
        ("1d", "24h"),
        ("1h", "1d 1h"),
        ("2h", "48h"),
        ("1h", "60h"),
        ("0m", "1d"),
        ("3d", "5d"),
    ] {
        assert_eq!(wait(from, to), [""; 0], "{from} to {to}");
    }
    let timeout = edited(&[
        ("steps:", "in_flight: stop\nsteps:"),
        ("timeout: 10d", "timeout: 10h"),
    ]);
    assert_eq!(timeout, ["wait-unit-changed: was 10d"]);
}

#[test]
fn a_trigger_is_wider_if_it_lets_in_somebody_new() {
    let trigger = |from: &str, to: &str| {
        let text = |trigger: &str| format!("trigger: {trigger}\nsteps:\n- wait: 1d\n");
        said(&text(from), &text(to)).len()
    };
    let paid = |filter: &str| format!("{{event: order_paid, where: \"{filter}\"}}");
    for (from, to) in [
        ("event.total > 50", "event.total > 5"),
        (
            "event.total > 50",
            "event.total > 50 or contact.plan == 'pro'",
        ),
        (
            "event.total > 50 and contact.plan == 'pro'",
            "event.total > 50",
        ),
        ("contact.tier == 'gold'", "contact.tier != 'silver'"),
        ("contact.plan == 'pro'", "event.total > 50"),
    ] {
        assert_eq!(trigger(&paid(from), &paid(to)), 1, "{from} to {to}");
    }
    for (from, to) in [
        ("event.total > 5", "event.total > 50"),
        ("event.total > 5", "5 < event.total"),
        ("event.total > 5", "event.total > 5 and contact.newsletter"),
        ("contact.plan == 'pro'", "contact.plan != 'free'"),
        (
            "contact.did('order_paid', within='60d')",
            "contact.did('order_paid', within='30d')",
        ),
    ] {
        assert_eq!(trigger(&paid(from), &paid(to)), 0, "{from} to {to}");
    }
    assert_eq!(trigger(&paid("event.total > 5"), "{event: order_paid}"), 1);
    assert_eq!(trigger("{event: order_paid}", &paid("event.total > 5")), 0);
    assert_eq!(
        trigger(&paid("event.total > 5"), "{event: signed_up}"),
        0,
        "another event"
    );
    let existing = "{event: order_paid, enroll_existing: true}";
    assert_eq!(trigger("{event: order_paid}", existing), 1);
    assert_eq!(trigger(existing, existing), 0);
}

#[test]
fn what_only_changes_show_can_be_accepted_for_good() {
    let allow = "allow: [{rule: trigger-widened, reason: meant, until: 2027-01-01}]\n";
    let text = |trigger: &str| format!("{allow}trigger: {trigger}\nsteps:\n- wait: 1d\n");
    let now = text("{event: order_paid}");
    let before = text("{event: order_paid, where: event.total > 5}");
    let mut found = findings_since(None, Some(&before), &now);
    found.retain(|it| it.rule.0 == "trigger-widened");
    assert_eq!(found.len(), 1, "{}", lines(&found));
    assert!(found[0].suppressed.is_some());
    let alone = findings(None, &now);
    let unused = alone.iter().any(|it| it.rule.0 == "unused-allow");
    assert!(!unused, "nobody calls it unused");
}
