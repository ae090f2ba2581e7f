//! Journeys that are larger than a target has room for.

use super::*;

const POLLED: &[(Ability, Way)] = &[
    (Ability::WaitForEvent, Way::Polled),
    (Ability::Joins, Way::Copied),
];

fn room(most_steps: usize) -> Limits {
    Limits {
        most_steps,
        ..LIMITS
    }
}

fn late(node: &str, timeout: &str, steps: &Value) -> Value {
    json!({"node": node, "kind": "wait_for", "event": "refunded", "timeout": duration(timeout), "on_timeout": steps})
}

#[test]
fn events_are_looked_for_more_rarely_where_there_is_little_room() {
    let steps = [late("w", "4d", &json!([send("x"), wait("1d")])), send("a")];
    let out = lowered(POLLED, room(100), &json!({}), &steps);
    assert!(out.loses("it looks every 1 day instead"), "{out:?}");
    // One look: a wait, a question, x, a wait, a, and a copy of a.
    let out = lowered(POLLED, room(6), &json!({}), &steps);
    assert_eq!(out.outline, "4d, if came refunded [] else [x, 1d], a");
    assert!(out.loses("it looks every 4 days instead"), "{out:?}");
    let out = lowered(POLLED, room(5), &json!({}), &steps);
    assert!(
        out.refuses("this journey has more than 5 steps; split the journey"),
        "{out:?}"
    );
}

#[test]
fn late_messages_become_filters_where_there_is_no_room_for_a_question() {
    let steps = [late("w", "4d", &json!([send("x")])), send("a")];
    let out = lowered(POLLED, room(3), &json!({}), &steps);
    assert_eq!(out.outline, "4d, x if not came refunded, a");
    assert!(out.loses("everybody waits the whole 4 days"), "{out:?}");
    let nested = [POLLED[0], POLLED[1], (Ability::Gates, Way::Nested)];
    let out = lowered(&nested, room(3), &json!({}), &steps);
    assert!(out.refuses("more than 3 steps"), "{out:?}");
}

#[test]
fn ways_that_only_send_become_filters_where_there_is_no_room_for_copies() {
    let copied = [
        (Ability::Joins, Way::Copied),
        (Ability::ManyWays, Way::Nested),
    ];
    let two = with(
        branch(&["contact.age > 9", "contact.age > 3"]),
        "else",
        json!([send("o")]),
    );
    let steps = [two, send("a")];
    let out = lowered(&copied, room(100), &json!({}), &steps);
    assert_eq!(out.outline, "if ? [w1] else [if ? [w2] else [o]], a");
    let out = lowered(&copied, room(4), &json!({}), &steps);
    assert_eq!(
        out.outline,
        "w1 if ?, w2 if (not ? and ?), o if (not ? and not ?), a"
    );
    assert_eq!(out.losses, Vec::<String>::new());
    // What the event carries is nothing that a filter on a message can ask.
    let event = [branch(&["event.total > 3"]), send("a")];
    let out = lowered(&copied, room(3), &json!({}), &event);
    assert!(out.refuses("more than 3 steps"), "{out:?}");
}

#[test]
fn copies_that_grow_without_end_stop() {
    let way = |at: usize| {
        let both =
            "contact.age > 3 and event.total > 3 or contact.plan == \"x\" and event.total > 9";
        json!({"node": format!("b{at}"), "kind": "branch", "when": [
            {"if": condition(both), "steps": [wait("1d"), send(&format!("p{at}"))]}], "else": [send(&format!("q{at}"))]})
    };
    let mut nested = send("z");
    for at in 0..30 {
        let mut outer = way(at);
        outer["else"] = json!([nested]);
        nested = outer;
    }
    let but = [
        (Ability::AskTogether, Way::Apart),
        (Ability::Joins, Way::Copied),
    ];
    let out = lowered(&but, room(200), &json!({}), &[nested]);
    assert!(out.refuses("more than 200 steps"), "{:?}", out.obstacles);
    let flat: Vec<Value> = (0..30).map(way).collect();
    let out = lowered(&but, room(200), &json!({}), &flat);
    assert!(out.refuses("more than 200 steps"), "{:?}", out.obstacles);
}

#[test]
fn a_very_long_journey_is_no_deep_recursion() {
    let many: Vec<Value> = (0..5_000).map(|at| send(&format!("s{at}"))).collect();
    for joins in [Way::Native, Way::Copied] {
        let out = lowered(&[(Ability::Joins, joins)], room(200), &json!({}), &many);
        assert!(out.refuses("more than 200 steps"));
    }
}
