//! Waits, windows, and waiting for an event.

use super::*;

#[test]
fn waits() {
    let long = json!({"kind": "wait", "for": duration("7d"), "at": "10:00", "on": ["mon", "tue"], "zone": "contact"});
    let out = lower(&json!({}), &json!([long, send("a")]));
    assert_eq!(
        out.shape(),
        ["-> wait-1", "wait-1 -> wait-1.2", "wait-1.2 -> a", "a -> -"]
    );
    assert_eq!(
        out.action("wait-1")["data"],
        json!({"unit": "days", "value": 7})
    );
    assert_eq!(
        out.action("wait-1.2")["data"],
        json!({"timezone": "profile", "target_days": ["monday", "tuesday"], "target_time": "10:00:00"})
    );
    let days =
        json!({"kind": "wait", "for": duration("2d"), "on": ["sat"], "zone": "Europe/London"});
    let out = lower(&json!({}), &json!([days, send("a")]));
    assert_eq!(
        out.action("wait-1")["data"],
        json!({"unit": "days", "value": 2, "timezone": "Europe/London", "delay_until_weekdays": ["saturday"]})
    );
    let out = lower(
        &json!({}),
        &json!([{"kind": "wait", "at": "09:00", "zone": "contact"}, send("a"), wait("90m"), send("b"), wait("2bd"), send("c")]),
    );
    assert!(out.found.is_empty());
    assert_eq!(out.shape().len(), 8);
}

#[test]
fn commercial_mail_after_days_waits_for_the_window() {
    let window = json!({"send_window": {"days": ["mon", "tue"], "from": "08:00", "to": "20:00", "zone": "contact"}});
    let head = json!({"policy": window});
    let out = lower(&head, &json!([wait("3d"), commercial("a")]));
    assert!(out.says("people wait until 08:00"));
    assert!(!out.says("does not hold"));
    assert_eq!(
        out.action("wait-1.2")["data"],
        json!({"timezone": "profile", "target_days": ["monday", "tuesday"], "target_time": "08:00:00"})
    );
    let at = json!({"kind": "wait", "for": duration("1d"), "at": "10:00", "on": ["tue", "wed"], "zone": "contact"});
    let out = lower(&head, &json!([at, commercial("a")]));
    assert!(out.found.is_empty(), "{:#?}", out.found);
    assert_eq!(
        out.action("wait-1.2")["data"]["target_days"],
        json!(["tuesday"])
    );
    for steps in [
        json!([commercial("a")]),
        json!([wait("2h"), commercial("a")]),
    ] {
        assert!(lower(&head, &steps).says("does not hold `a`"));
    }
    let bypass = with(commercial("a"), "bypass_window", json!(true));
    assert!(lower(&head, &json!([bypass, send("b")])).found.is_empty());
}

#[test]
fn waiting_for_an_event_is_a_ladder() {
    let step = json!({"node": "w", "kind": "wait_for", "event": "refunded", "timeout": duration("2d"), "on_timeout": [send("late"), exit()]});
    let out = lower(&json!({}), &json!([step, send("a")]));
    assert_eq!(
        out.shape(),
        [
            "-> w-wait",
            "w-wait -> w",
            "w -> a | w-wait.2",
            "a -> -",
            "w-wait.2 -> w.2",
            "w.2 -> a..2 | late",
            "a..2 -> -",
            "late -> -",
        ]
    );
    assert!(out.says("Klaviyo cannot wait for `refunded`: it looks every 1 day instead"));
    let quiet =
        json!({"node": "w", "kind": "wait_for", "event": "refunded", "timeout": duration("1d")});
    let out = lower(&json!({}), &json!([quiet, send("a")]));
    assert_eq!(out.shape(), ["-> w-wait", "w-wait -> a", "a -> -"]);
    let endless = json!({"node": "w", "kind": "wait_for", "event": "refunded"});
    let out = lower(&json!({}), &json!([endless, send("a")]));
    assert!(out.found.iter().any(|it| it.rule == NOT_EXPRESSIBLE));
    assert!(out.requests().is_empty());
}

#[test]
fn the_window_is_kept_for_mail_behind_a_split() {
    let head =
        json!({"policy": {"send_window": {"from": "08:00", "to": "20:00", "zone": "contact"}}});
    let arm = |id: &str| json!({"weight": 50, "steps": [commercial(id)]});
    let split = json!({"node": "s", "kind": "split", "arms": {"x": arm("x"), "y": arm("y")}});
    let at = json!({"kind": "wait", "for": duration("1d"), "at": "10:00", "zone": "contact"});
    let out = lower(&head, &json!([at, split]));
    assert!(out.found.is_empty(), "{:#?}", out.found);
    let out = lower(&head, &json!([wait("2d"), split]));
    assert_eq!(out.found.len(), 1, "{:#?}", out.found);
    assert!(out.says("people wait until 08:00"));
}
