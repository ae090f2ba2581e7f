//! What Klaviyo cannot hold, and what is missing.

use super::*;

#[test]
fn a_missing_id_is_named_with_its_place() {
    let out = lower(
        &json!({"trigger": {"event": "unsubscribed"}}),
        &json!([send("a")]),
    );
    let finding = out.found.iter().find(|it| it.rule == MISSING_ID).unwrap();
    let help = finding.help.as_deref().unwrap();
    assert_eq!(
        help,
        "write `unsubscribed: …` below `targets.klaviyo.environments.prod.ids.metrics` in journeyc.yaml; find it at Klaviyo: Analytics > Metrics, in the address of the metric's page. `journeyc export klaviyo --env prod --list-ids` lists every gap"
    );
    assert!(out.requests().is_empty());
    assert!(
        out.artifacts
            .text("plan.md")
            .unwrap()
            .contains("no id for `metrics.unsubscribed`")
    );
}

#[test]
fn dates_and_endless_growth_are_refused() {
    let until = json!({"node": "d", "kind": "wait_until", "date": condition("event.when")});
    assert!(lower(&json!({}), &json!([until, send("a")])).says("cannot wait for `event.when`"));
    let until = json!({"node": "d", "kind": "wait_until", "date": condition("contact.born")});
    let late = with(send("a"), "if", condition("event.total > 3"));
    assert!(lower(&json!({}), &json!([until.clone(), late])).says("has forgotten the event"));
    let round = json!({"node": "r", "kind": "repeat", "times": 2, "steps": [until, send("a")]});
    assert!(lower(&json!({}), &json!([round])).says("inside a repetition"));
    let way = |at: usize| {
        json!({"node": format!("b{at}"), "kind": "branch",
            "when": [{"if": condition("contact.news"), "steps": [wait("1d"), send(&format!("p{at}"))]}], "else": []})
    };
    let steps: Vec<Value> = (0..12).map(way).collect();
    let out = lower(&json!({}), &json!(steps));
    assert!(out.found.iter().any(|it| it.rule == TOO_LARGE));
}

#[test]
fn a_large_journey_looks_less_often_until_it_has_room() {
    let late = |id: &str| json!({"node": id, "kind": "wait_for", "event": "delivered", "timeout": duration("10d"), "on_timeout": [send(&format!("{id}-late"))]});
    let out = lower(
        &json!({}),
        &json!([
            late("w1"),
            send("a"),
            late("w2"),
            send("b"),
            late("w3"),
            send("c")
        ]),
    );
    let definition = out.definition();
    let count = definition["actions"].as_array().unwrap().len();
    assert!((100..=200).contains(&count), "{count}");
}

#[test]
fn a_journey_of_hand_work_only_becomes_no_flow() {
    let task = json!({"node": "u", "kind": "task", "channel": "phone", "owner": "nobody"});
    let out = lower(&json!({}), &json!([task, wait("1d")]));
    assert!(out.requests().is_empty());
    assert!(out.says("Klaviyo has nothing to do here"));
    assert!(
        out.artifacts
            .text("plan.md")
            .unwrap()
            .contains("nobody does this: u")
    );
}
