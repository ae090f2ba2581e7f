//! Who comes in, who comes back, who leaves.

use super::*;

#[test]
fn a_straight_journey() {
    let out = lower(
        &json!({}),
        &json!([send("a"), wait("1d"), send("b"), wait("3d")]),
    );
    assert!(out.found.is_empty(), "{:#?}", out.found);
    assert_eq!(
        out.shape(),
        ["-> a", "a -> wait-2", "wait-2 -> b", "b -> -"]
    );
    assert_eq!(
        out.action("a"),
        json!({"temporary_id": "a", "type": "send-email", "links": {"next": "wait-2"}, "data": {
            "message": {
                "name": "j / a", "from_email": "care@a.example", "from_label": "Care", "reply_to_email": null,
                "subject_line": "S a en", "preview_text": "P", "template_id": "${template:t}",
                "smart_sending_enabled": false, "transactional": true, "add_tracking_params": false,
                "additional_filters": null,
            },
            "status": "draft",
        }})
    );
    let requests = out.requests();
    assert_eq!(
        requests.len(),
        2,
        "both mails read the same, so they share a template"
    );
    assert_eq!(requests[0]["path"], "/api/templates");
    assert_eq!(requests[0]["binds"], json!({"template:t": "/data/id"}));
    assert_eq!(
        requests[0]["body"]["data"]["attributes"]["name"],
        "journeyc/t"
    );
    assert_eq!(
        requests[0]["headers"],
        json!(["Authorization", "revision", "Content-Type", "Accept"])
    );
}

#[test]
fn the_trigger_asks_the_event_and_a_split_asks_the_person() {
    let filter = condition("event.total > 20 and contact.plan == \"pro\" and event.gift != none");
    let head = json!({"trigger": {"event": "paid", "where": filter}});
    let out = lower(&head, &json!([send("a")]));
    let definition = out.definition();
    assert_eq!(
        definition["triggers"][0],
        json!({"type": "metric", "id": "Mpaid", "trigger_filter": {"condition_groups": [
            {"conditions": [{"type": "metric-property", "metric_id": "Mpaid", "field": "total",
                "filter": {"type": "numeric", "operator": "greater-than", "value": 20}}]},
            {"conditions": [{"type": "metric-property", "metric_id": "Mpaid", "field": "gift",
                "filter": {"type": "existence", "operator": "is-set"}}]},
        ]}})
    );
    assert_eq!(out.shape(), ["-> entry", "entry -> a | -", "a -> -"]);
}

#[test]
fn re_entry() {
    for (reentry, expected) in [
        (json!("never"), json!({"duration": 1, "unit": "alltime"})),
        (json!("always"), json!({"duration": 0, "unit": "alltime"})),
        (json!("per_key"), json!({"duration": 0, "unit": "alltime"})),
        (
            json!({"after": duration("30d")}),
            json!({"duration": 30, "unit": "day"}),
        ),
        (
            json!({"after": duration("1d 12h")}),
            json!({"duration": 36, "unit": "hour"}),
        ),
    ] {
        let out = lower(&json!({"reentry": reentry}), &json!([send("a")]));
        assert_eq!(out.definition()["reentry_criteria"], expected);
        assert_eq!(out.says("per_key"), reentry == "per_key");
    }
}

#[test]
fn exits_are_filters_of_the_flow_or_of_messages() {
    let head = json!({"exits": [
        {"on": "refunded", "where": condition("event.total >= 5"), "line": 5},
        {"on": "delivered", "only": "commercial", "line": 6},
        {"on": "unsubscribed", "only": "commercial", "line": 7},
    ]});
    let out = lower(&head, &json!([send("a"), commercial("b")]));
    let zero = |metric: &str, inside: Value| {
        json!({"condition_groups": [{"conditions": [{"type": "profile-metric", "metric_id": metric,
            "measurement": "count", "measurement_filter": {"type": "numeric", "operator": "equals", "value": 0},
            "timeframe_filter": {"type": "date", "operator": "flow-start"}, "metric_filters": inside}]}]})
    };
    let inside = json!([{"property": "total", "filter": {"type": "numeric", "operator": "greater-than-or-equal", "value": 5}}]);
    assert_eq!(out.definition()["profile_filter"], zero("Mrefun", inside));
    assert_eq!(
        out.action("a")["data"]["message"]["additional_filters"],
        Value::Null
    );
    let message = out.action("b")["data"]["message"].clone();
    assert_eq!(message["additional_filters"], zero("Mdeliv", Value::Null));
    assert_eq!(
        (&message["smart_sending_enabled"], &message["transactional"]),
        (&json!(true), &json!(false))
    );
    assert!(out.says("Klaviyo does not compare `order_id`: any `delivered` ends the journey"));
    let plan = out.artifacts.text("plan.md").unwrap();
    assert!(
        plan.contains("The exit on `unsubscribed` needs nothing"),
        "{plan}"
    );
}

#[test]
fn a_holdout_leaves_at_the_door() {
    let out = lower(&json!({"holdout": 5}), &json!([send("a")]));
    assert_eq!(out.shape(), ["-> holdout", "holdout -> - | a", "a -> -"]);
}

#[test]
fn a_date_starts_a_second_flow() {
    let until = json!({"node": "d", "kind": "wait_until", "date": condition("contact.born"), "offset": duration("7d"),
        "before": true, "at": "10:00", "if_past": "continue"});
    let head = json!({"exits": [{"on": "refunded", "line": 5}]});
    let out = lower(&head, &json!([send("a"), until, send("b")]));
    let flows: Vec<Value> = out
        .requests()
        .into_iter()
        .filter(|it| it["path"] == "/api/flows")
        .collect();
    assert_eq!(flows.len(), 2);
    for flow in &flows {
        assert_eq!(faults(&flow["body"]), Vec::<String>::new());
    }
    assert_eq!(flows[0]["binds"], json!({"flow:j": "/data/id"}));
    assert_eq!(flows[1]["binds"], json!({"flow:j/d": "/data/id"}));
    assert_eq!(
        out.shape(),
        [
            "-> d-came-this-far",
            "d-came-this-far -> d | -",
            "d -> b",
            "b -> -"
        ]
    );
    let second = out.definition();
    assert_eq!(
        second["triggers"],
        json!([{"type": "date", "date_field_type": "profile-property", "date_profile_property": "properties['born']",
            "timedelta_unit_before_date": "days", "timedelta_value_before_date": 7, "recurrence_frequency": "never",
            "timezone": "profile", "trigger_time": "10:00:00"}])
    );
    let first = &flows[0]["body"]["data"]["attributes"]["definition"];
    assert_eq!(first["profile_filter"], second["profile_filter"]);
    let ids: Vec<&str> = first["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["temporary_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a", "d-past", "b", "d"]);
    assert_eq!(
        first["actions"][3]["data"]["profile_operations"],
        json!([{"operator": "update", "property_type": "string", "property_key": "journeyc j", "property_value": "d"}])
    );
    assert!(out.says("Klaviyo waits for `contact.born` in a second journey"));
}
