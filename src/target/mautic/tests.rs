#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    clippy::items_after_statements,
    reason = "tests: one list of mutations"
)]

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::super::uuid::uuid;
use super::super::{Request, Target};
use super::{HEADERS, IMPORT, Mautic};

fn event(
    id: u64,
    kind: &str,
    sort: &str,
    parent: Option<u64>,
    way: &str,
    properties: Value,
) -> Value {
    json!({
        "id": id, "campaign_id": 1, "name": "e", "type": kind, "event_type": sort, "event_order": id,
        "properties": properties, "trigger_mode": "interval", "trigger_interval": 1,
        "trigger_interval_unit": "d", "trigger_hour": "10:00:00", "triggerRestrictedStartHour": null,
        "triggerRestrictedStopHour": null, "triggerRestrictedDaysOfWeek": [1], "decisionPath": way,
        "channel": "", "channel_id": 0, "parent_id": parent, "uuid": uuid("w", "event", &id.to_string()),
    })
}

/// A sound campaign: a condition, and a mail on one of its ways.
fn sound() -> Value {
    let asked = json!({"field": "plan", "operator": "=", "value": "pro"});
    let mut mail = event(
        2,
        "email.send",
        "action",
        Some(1),
        "yes",
        json!({"email": 1}),
    );
    mail["channel_id"] = json!(1);
    let line = |from: Value, to: u64| json!({"sourceId": from, "targetId": to, "anchors": {}});
    json!([{
        "campaign": [{"id": 1, "name": "c", "is_published": false, "uuid": uuid("w", "campaign", "c"), "canvas_settings": {
            "nodes": [{"id": 1}, {"id": 2}, {"id": 3}, {"id": "lists"}],
            "connections": [line(json!("lists"), 1), line(json!(1), 2), line(json!(2), 3)]}}],
        "campaign_event": [
            event(1, "lead.field_value", "condition", None, "", asked),
            mail,
            event(3, "lead.tags", "condition", Some(2), "", json!({"tags": ["t"]})),
        ],
        "email": [{"id": 1, "subject": "s", "custom_html": "<p>", "is_published": true, "email_type": "template",
            "uuid": uuid("w", "email", "1")}],
        "dependencies": [{
            "campaign_event": [
                {"campaign": 1, "campaign_event": 1},
                {"campaign": 1, "campaign_event": 2, "email": 1},
                {"campaign": 1, "campaign_event": 3}],
            "lists": [{"campaign": 1, "lists": 7}]}],
    }])
}

fn faults(body: Value) -> Vec<String> {
    Mautic.faults(&Request {
        method: "POST",
        path: IMPORT.to_owned(),
        headers: HEADERS.to_vec(),
        form: false,
        body,
        binds: IndexMap::new(),
    })
}

#[test]
fn a_sound_campaign_has_no_faults() {
    assert_eq!(faults(sound()), Vec::<String>::new());
}

#[test]
fn broken_campaigns_are_refused_each_for_its_own_reason() {
    let long = "x".repeat(191);
    let cases = [
        ("", json!([]), "exactly one campaign"),
        ("/0/campaign", json!([]), "exactly one campaign"),
        ("/0/dependencies", json!([]), "hang together"),
        ("/0/campaign/0/is_published", json!(true), "begin at once"),
        ("/0/campaign/0/name", json!(" "), "no name"),
        ("/0/campaign/0/uuid", json!("1"), "no UUID"),
        (
            "/0/email/0/uuid",
            json!(uuid("w", "campaign", "c")),
            "the same UUID",
        ),
        ("/0/dependencies/0/lists", json!([]), "no segment begins"),
        (
            "/0/dependencies/0/lists/0/lists",
            json!("seven"),
            "no segment begins",
        ),
        ("/0/campaign_event/1/id", json!(1), "there twice"),
        (
            "/0/campaign_event/1/parent_id",
            json!(9),
            "hangs on 9, which is not there",
        ),
        (
            "/0/campaign_event/1/parent_id",
            json!(null),
            "2 events begin",
        ),
        (
            "/0/campaign_event/0/parent_id",
            json!(3),
            "comes back to itself",
        ),
        ("/0/campaign_event/1/decisionPath", json!(""), "neither way"),
        (
            "/0/campaign_event/2/decisionPath",
            json!("yes"),
            "does not have",
        ),
        (
            "/0/campaign_event/0/type",
            json!("lead.draw"),
            "not known: `lead.draw`",
        ),
        (
            "/0/campaign_event/0/event_type",
            json!("action"),
            "another sort",
        ),
        (
            "/0/campaign_event/0/trigger_mode",
            json!("date"),
            "cannot read",
        ),
        (
            "/0/campaign_event/0/trigger_interval_unit",
            json!("w"),
            "does not know",
        ),
        (
            "/0/campaign_event/0/trigger_interval",
            json!(-1),
            "no number",
        ),
        (
            "/0/campaign_event/0/trigger_hour",
            json!("25:00:00"),
            "no clock",
        ),
        (
            "/0/campaign_event/0/triggerRestrictedDaysOfWeek",
            json!([7]),
            "no week",
        ),
        (
            "/0/campaign_event/1/properties/email",
            json!(2),
            "which is not there",
        ),
        ("/0/campaign_event/1/channel_id", json!(0), "one place only"),
        (
            "/0/dependencies/0/campaign_event/1/email",
            json!(null),
            "one place only",
        ),
        (
            "/0/dependencies/0/campaign_event/2/campaign_event",
            json!(9),
            "lose its campaign",
        ),
        ("/0/email/0/subject", json!(long), "191 characters"),
        ("/0/email/0/custom_html", json!(""), "is blank"),
        ("/0/email/0/is_published", json!(false), "could not be sent"),
        (
            "/0/campaign/0/canvas_settings/nodes/2",
            json!({"id": 9}),
            "not in the picture",
        ),
        (
            "/0/campaign/0/canvas_settings/connections/2/targetId",
            json!(2),
            "not exactly one line",
        ),
    ];
    for (at, value, reason) in cases {
        let mut body = sound();
        *body.pointer_mut(at).unwrap() = value;
        let found = faults(body);
        assert!(
            found.iter().any(|it| it.contains(reason)),
            "{at}: {found:?}"
        );
    }
}
