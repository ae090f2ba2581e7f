//! Random project files.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::rules;

/// The groups of rules that run.
const GROUPS: [&str; 12] = [
    "logic",
    "timing",
    "feedback",
    "relationship",
    "coverage",
    "consent",
    "message",
    "delivery",
    "accessibility",
    "overlap",
    "privacy",
    "governance",
];

/// A random project file. The events' names are always the same, so that all journeys fit.
pub(super) fn random(dice: &mut Dice) -> Value {
    let zone = dice.of(&["Europe/Berlin", "Europe/London", "America/New_York", "UTC"]);
    let areas = dice.of(&[&["eu"][..], &["uk", "eu"], &["us"], &["ca"], &["ca", "us"]]);
    let profile = if dice.percent(60) {
        "ecommerce"
    } else {
        dice.of(&["digital", "saas", "services", "b2b"])
    };
    json!({
        "version": 1,
        "brand": {
            "name": "Fern & Finch", "url": "https://fernandfinch.example",
            "postal_address": "1 Orchard Row, Bristol BS1 1AA, UK",
        },
        "profile": profile,
        "timezone": zone,
        "locales": ["en"],
        "jurisdictions": areas,
        "senders": senders(dice),
        "events": events(dice),
        "contact": {
            "plan": {"type": "string", "enum": ["free", "pro"]},
            "newsletter": "boolean",
            "points": {"type": "number", "nullable": true},
            "tier": {"type": "string", "enum": ["silver", "gold"], "nullable": true},
            "renewal_date": {"type": "date", "nullable": true},
        },
        "policy": policy(dice),
        "lint": lint(),
    })
}

fn senders(dice: &mut Dice) -> Value {
    let sender = |kind: &str, name: &str| {
        let address = format!("{}@fernandfinch.example", name.to_lowercase());
        json!({"kind": kind, "name": name, "address": address, "monitored": true})
    };
    let mut res = json!({
        "care": sender("role", "Care"),
        "maya": sender("person", "Maya"),
        "ben": sender("person", "Ben"),
        "cy": sender("person", "Cy"),
    });
    if dice.percent(15) {
        res["ben"]["handover_from"] = json!("maya");
    }
    if dice.percent(10) {
        res["cy"]["name"] = json!("Maya");
    }
    res
}

/// What every event carries, so that every condition fits.
fn properties() -> Value {
    json!({
        "order_id": "string", "total": "number", "score": "number",
        "method": {"type": "string", "enum": ["card", "invoice"]},
    })
}

fn events(dice: &mut Dice) -> Value {
    let mut res = json!({});
    let mut add = |name: &str, milestone: &str, is_keyed: bool| {
        let mut event = json!({});
        if !milestone.is_empty() {
            event["milestone"] = json!(milestone);
        }
        if is_keyed {
            event["key"] = json!("order_id");
        }
        event["properties"] = properties();
        res[name] = event;
    };
    add("signed_up", "", false);
    add("checkout_started", "intent", dice.percent(40));
    add("order_paid", "payment", dice.percent(85));
    add(
        "bill_paid",
        if dice.percent(65) { "payment" } else { "" },
        dice.percent(30),
    );
    add("order_shipped", "", dice.percent(80));
    add("order_delivered", "delivered", dice.percent(85));
    add("service_started", "service_started", dice.percent(50));
    add("first_used", "first_use", false);
    add("order_refunded", "refunded", dice.percent(85));
    add("return_requested", "return_requested", dice.percent(50));
    add("complaint_opened", "complaint_opened", dice.percent(30));
    add("complaint_closed", "complaint_closed", dice.percent(30));
    add("review_given", "feedback_given", dice.percent(30));
    add("customer_lapsed", "lapsed", false);
    add("renewal_due", "renewal_due", false);
    add("unsubscribed", "unsubscribed", false);
    add("bounced", "bounced", false);
    for name in ["order_delivered", "service_started"] {
        if dice.percent(35) {
            res[name]["promised_within"] = json!(dice.of(&["2d", "3d", "5d", "10d", "2w"]));
        }
    }
    if dice.percent(25) {
        res["order_paid"]["polled"] = json!(true);
    }
    if dice.percent(5) {
        res["bill_paid"]["ignored"] = json!("the billing system answers it");
    }
    res
}

fn policy(dice: &mut Dice) -> Value {
    let mut res = json!({"link_domains": ["fernandfinch.example"]});
    let zones = ["contact", "contact", "Europe/Berlin", "America/New_York"];
    if dice.percent(45) {
        let (from, to) = dice.of(&[("09:00", "17:00"), ("08:00", "20:00"), ("10:00", "12:00")]);
        let mut window = json!({"from": from, "to": to});
        if dice.percent(70) {
            let days = dice.of(&[
                &["mon", "tue", "wed", "thu", "fri"][..],
                &["tue", "thu"],
                &["mon"],
            ]);
            window["days"] = json!(days);
        }
        if dice.percent(60) {
            window["zone"] = json!(dice.of(&zones));
        }
        res["send_window"] = window;
    }
    if dice.percent(25) {
        let (from, to) = dice.of(&[("21:00", "08:00"), ("22:00", "07:00"), ("12:00", "14:00")]);
        res["quiet_hours"] = json!({"from": from, "to": to, "zone": dice.of(&zones)});
    }
    if dice.percent(40) {
        let mut limits = json!({});
        let any = [("per_day", 1, 2), ("per_week", 1, 3), ("per_month", 2, 8)];
        for (name, from, to) in any {
            if dice.percent(60) {
                limits[name] = json!(dice.between(from, to));
            }
        }
        let when = dice.of(&["skip", "skip", "queue"]);
        res["frequency_cap"] = json!({"commercial": limits, "when_full": when});
    }
    if dice.percent(15) {
        let within = dice.of(&["24h", "48h", "10bd"]);
        res["unsubscribe"] = json!({"processed_within": within});
    }
    let mut thresholds = json!({});
    let any = [
        ("silence-after-payment", &["2h", "12h", "3d"][..]),
        ("next-steps-after-payment", &["2h", "48h"]),
        ("post-payment-gap", &["3d", "14d"]),
        ("thank-you-missing", &["24h", "4d"]),
        ("wow-window", &["24h", "4d"]),
        ("follow-up-within-7-days", &["4d", "14d"]),
        ("feedback-too-soon", &["2h", "3d", "10d"]),
    ];
    for (rule, values) in any {
        if dice.percent(8) {
            thresholds[rule] = json!(dice.of(values));
        }
    }
    if thresholds.as_object().is_some_and(|it| !it.is_empty()) {
        res["thresholds"] = thresholds;
    }
    res
}

/// Only the rules that are proven run: the others would cost most of the time.
fn lint() -> Value {
    let groups = GROUPS.iter().map(|it| ((*it).to_owned(), json!("off")));
    let rules = rules::ALL
        .iter()
        .map(|it| (it.rule().to_owned(), json!("warning")));
    json!({
        "groups": Value::Object(groups.collect()),
        "rules": Value::Object(rules.collect()),
    })
}
