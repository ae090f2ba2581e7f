#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::super::uuid;
use super::super::{Request, Target};
use super::Dittofeed;
use super::journey::put;

const ID: &str = "3a5b1f3e-6a57-4d2e-9a57-0f3c1b0a0010";

/// A journey that is sound, with one node of each kind.
fn sound() -> Value {
    json!({
        "workspaceId": "w", "id": uuid::uuid("w", "journey", "j"), "name": "j", "status": "NotStarted",
        "definition": {
            "entryNode": {"type": "EventEntryNode", "event": "paid", "key": "order_id", "child": "split"},
            "exitNode": {"type": "ExitNode"},
            "nodes": [
                {"id": "split", "type": "RandomCohortNode", "children": [
                    {"id": "ask", "percent": 60, "name": "a"}, {"id": "ExitNode", "percent": 40, "name": "b"}]},
                {"id": "ask", "type": "SegmentSplitNode", "variant": {
                    "type": "Boolean", "segment": ID, "trueChild": "wait", "falseChild": "mail"}},
                {"id": "wait", "type": "DelayNode", "variant": {"type": "Second", "seconds": 60}, "child": "hour"},
                {"id": "hour", "type": "DelayNode", "variant": {"type": "LocalTime", "hour": 9, "minute": 0,
                    "allowedDaysOfWeek": [1]}, "child": "for"},
                {"id": "for", "type": "WaitForNode", "timeoutSeconds": 60, "timeoutChild": "mail",
                    "segmentChildren": [{"id": "mail", "segmentId": ID}]},
                {"id": "mail", "type": "MessageNode", "variant": {"type": "Email", "templateId": ID}, "child": "ExitNode"},
            ],
        },
    })
}

fn faults(path: &str, body: Value) -> Vec<String> {
    let request: Request = put(path, body);
    Dittofeed.faults(&request)
}

#[test]
fn a_sound_journey_has_no_faults() {
    assert_eq!(
        faults("/api/admin/journeys/", sound()),
        Vec::<String>::new()
    );
}

#[test]
fn broken_journeys_are_refused_each_for_its_own_reason() {
    let nodes = |at: usize, key: &str| format!("/definition/nodes/{at}/{key}");
    let cases = [
        ("/id".to_owned(), json!("1"), "no UUID"),
        ("/workspaceId".to_owned(), json!(""), "no workspace"),
        ("/name".to_owned(), json!(""), "no name"),
        ("/status".to_owned(), json!("Running"), "start at once"),
        (
            "/definition/entryNode/child".to_owned(),
            json!("nowhere"),
            "`the entry` leads to `nowhere`",
        ),
        (
            "/definition/entryNode/event".to_owned(),
            json!(""),
            "no event",
        ),
        (
            "/definition/entryNode".to_owned(),
            json!([{"type": "EventEntryNode"}, {"type": "EventEntryNode"}]),
            "exactly one entry",
        ),
        ("/definition/exitNode".to_owned(), json!(null), "no exit"),
        (nodes(2, "child"), json!("gone"), "`wait` leads to `gone`"),
        (
            nodes(4, "timeoutChild"),
            json!("wait"),
            "comes back to `wait`",
        ),
        (nodes(5, "child"), json!("mail"), "comes back to `mail`"),
        (nodes(3, "id"), json!("wait"), "`wait` is there twice"),
        (nodes(5, "id"), json!("ExitNode"), "Dittofeed's own"),
        (
            nodes(1, "variant/trueChild"),
            json!("mail"),
            "nobody comes to `wait`",
        ),
        (nodes(1, "variant/segment"), json!(""), "asks no segment"),
        (nodes(0, "children/0/percent"), json!(50), "do not make 100"),
        (nodes(2, "variant/seconds"), json!(0), "waits no time"),
        (nodes(3, "variant/hour"), json!(24), "no clock shows"),
        (
            nodes(3, "variant/allowedDaysOfWeek"),
            json!([]),
            "never comes",
        ),
        (nodes(4, "timeoutSeconds"), json!(null), "without an end"),
        (
            nodes(4, "segmentChildren"),
            json!([]),
            "waits for no segment",
        ),
        (
            nodes(5, "variant/templateId"),
            json!("mine"),
            "sends no template",
        ),
        (nodes(2, "type"), json!("RateLimitNode"), "drops people"),
        (
            nodes(2, "type"),
            json!("SleepNode"),
            "does not have: `SleepNode`",
        ),
    ];
    for (at, value, reason) in cases {
        let mut body = sound();
        *body.pointer_mut(&at).unwrap() = value;
        let found = faults("/api/admin/journeys/", body);
        assert!(
            found.iter().any(|it| it.contains(reason)),
            "{at}: {found:?}"
        );
    }
}

#[test]
fn broken_segments_and_templates_are_refused() {
    let segment = |definition: Value| {
        faults(
            "/api/admin/segments/",
            json!({"workspaceId": "w", "id": ID, "name": "s", "definition": definition}),
        )
    };
    let has = |id: &str| json!({"type": "Trait", "id": id, "path": "plan", "operator": {"type": "Exists"}});
    let both = |nodes: Value| json!({"entryNode": {"type": "And", "id": "1", "children": ["2", "3"]}, "nodes": nodes});
    assert!(segment(both(json!([has("2"), has("3")]))).is_empty());
    let broken = [
        (both(json!([has("2")])), "`3` is not there"),
        (
            both(json!([has("2"), has("3"), has("4")])),
            "asked by nothing",
        ),
        (both(json!([has("2"), has("2"), has("3")])), "there twice"),
        (
            json!({"entryNode": {"type": "Or", "id": "1", "children": []}, "nodes": []}),
            "no conditions",
        ),
        (
            json!({"entryNode": {"type": "KeyedPerformed", "id": "1", "event": "paid", "key": ""}, "nodes": []}),
            "needs a key",
        ),
    ];
    for (definition, reason) in broken {
        let found = segment(definition);
        assert!(found.iter().any(|it| it.contains(reason)), "{found:?}");
    }
    let template = json!({"workspaceId": "w", "id": ID, "name": "t", "definition": {"from": "a@b.example", "subject": ""}});
    let found = faults("/api/admin/content/templates", template);
    assert_eq!(
        found,
        ["the template has no subject", "the template has no body"]
    );
}
