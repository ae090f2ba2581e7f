//! Dates that start a second journey.

use super::*;

const SECOND: &[(Ability, Way)] = &[(Ability::WaitForDate, Way::SecondFlow)];

fn until(more: &Value) -> Value {
    let mut step = json!({"node": "d", "kind": "wait_until", "date": condition("contact.born"), "if_past": "continue"});
    for (key, value) in more.as_object().unwrap() {
        step[key] = value.clone();
    }
    step
}

#[test]
fn what_follows_goes_on_where_the_date_starts_it() {
    let step = until(&json!({"offset": duration("7d"), "before": true, "at": "10:00"}));
    let head = json!({"exits": [{"on": "refunded", "line": 5}]});
    let out = lowered(
        SECOND,
        LIMITS,
        &head,
        &[send("a"), step, wait("1d"), send("b")],
    );
    assert_eq!(
        out.outline,
        "a, if past 7d before born [] else [journeyc j-k=\"d\", end], 1d, b"
    );
    assert_eq!(
        out.later,
        ["j-k/d 7d before born at 10:00: if ? [journeyc j-k=null, 1d, b] else []"]
    );
    assert!(out.loses("waits for `contact.born` in a second journey"));
    assert!(out.hand_work[0].contains("`journeyc j-k`"), "{out:?}");
}

#[test]
fn days_behind_the_date_are_waited_in_the_second() {
    let step = until(&json!({"offset": duration("3d"), "if_past": "exit"}));
    let head =
        json!({"policy": {"send_window": {"from": "08:00", "to": "20:00", "zone": "contact"}}});
    let out = lowered(SECOND, LIMITS, &head, &[step, send("b")]);
    assert_eq!(
        out.outline,
        "if past -3d before born [] else [journeyc j-k=\"d\"]"
    );
    assert_eq!(
        out.later,
        ["j-k/d 0d before born at 08:00: if ? [journeyc j-k=null, 3d, b] else []"]
    );
}

#[test]
fn what_follows_outside_of_a_branch_goes_on_as_well() {
    let step = until(&json!({"if_past": "exit"}));
    let branch = json!({"node": "b", "kind": "branch", "when": [
        {"if": condition("contact.age > 3"), "steps": [step, send("x")]}], "else": [send("y")]});
    let out = lowered(SECOND, LIMITS, &json!({}), &[branch, send("z")]);
    assert_eq!(
        out.outline,
        "if ? [if past 0d before born [end] else [journeyc j-k=\"d\", end]] else [y], z"
    );
    assert_eq!(
        out.later,
        ["j-k/d 0d before born at 09:00: if ? [journeyc j-k=null, x, z] else []"]
    );
}

#[test]
fn a_date_behind_a_date_is_a_third_journey() {
    let first = until(&json!({"if_past": "exit"}));
    let second = until(&json!({"node": "e", "if_past": "exit", "offset": duration("30d")}));
    let out = lowered(
        SECOND,
        LIMITS,
        &json!({}),
        &[first, send("a"), second, send("b")],
    );
    assert_eq!(out.later.len(), 2, "{out:#?}");
    assert!(out.later[0].starts_with("j-k/d ") && out.later[0].contains("a, if past -30d"));
    assert!(out.later[1].starts_with("j-k/e ") && out.later[1].ends_with("30d, b] else []"));
}

#[test]
fn a_date_behind_which_nothing_happens_is_nothing() {
    let out = lowered(
        SECOND,
        LIMITS,
        &json!({}),
        &[send("a"), until(&json!({})), wait("1d")],
    );
    assert_eq!((out.outline.as_str(), out.later.len()), ("a", 0));
    assert_eq!(out.losses, Vec::<String>::new());
}

#[test]
fn what_a_date_cannot_do_is_refused() {
    let event = until(&json!({"date": condition("event.total")}));
    let hours = until(&json!({"offset": duration("2h")}));
    let text = until(&json!({"date": condition("contact.plan")}));
    for (step, said) in [
        (event, "`event.total`"),
        (hours, "`contact.born`"),
        (text, "`contact.plan`"),
    ] {
        let out = lowered(SECOND, LIMITS, &json!({}), &[step, send("a")]);
        assert!(out.refuses(&format!("cannot wait for {said}")), "{out:?}");
    }
    let round =
        json!({"node": "r", "kind": "repeat", "times": 2, "steps": [until(&json!({})), send("a")]});
    let out = lowered(SECOND, LIMITS, &json!({}), &[round]);
    assert!(out.refuses("inside a repetition"), "{out:?}");
    for late in [
        branch(&["event.total > 3"]),
        with(send("a"), "if", condition("event.total > 3")),
    ] {
        let out = lowered(SECOND, LIMITS, &json!({}), &[until(&json!({})), late]);
        assert!(out.refuses("has forgotten the event behind `d`"), "{out:?}");
    }
}

/// A mark that nobody can leave would be a journey that stops in the middle.
#[test]
fn without_attributes_there_is_no_second_journey() {
    let but = [SECOND[0], (Ability::SetAttribute, Way::Refused)];
    let out = lowered(&but, LIMITS, &json!({}), &[until(&json!({})), send("a")]);
    assert!(out.refuses("cannot wait for `contact.born`"), "{out:?}");
}
