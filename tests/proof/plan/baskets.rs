//! Baskets that were left, and what becomes of them when their owners pay.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::conditions::{ask, filter};
use super::situations::{SHORT, after, exits, header, maybe};
use super::steps::{pause, send};

/// A basket whose journey one way of paying ends, beside journeys that confirm both.
pub(super) fn paid_otherwise(dice: &mut Dice) -> Vec<Value> {
    let mut left = basket(dice);
    left["journey"] = json!("basket");
    left["trigger"] = json!({"event": "checkout_started"});
    left["exits"] = json!([
        {"on": "order_paid", "reason": "bought"},
        {"on": "unsubscribed", "only": "commercial"},
    ]);
    let mut journeys = vec![left];
    for event in ["order_paid", "bill_paid"] {
        let mut it = after(dice);
        it["journey"] = json!(event.replace('_', "-"));
        it["trigger"] = json!({"event": event});
        journeys.push(it);
    }
    journeys
}

/// A basket whose journey asks for the payment once too early, or within too short a time.
pub(super) fn asked_once(dice: &mut Dice) -> Value {
    let mut it = header(dice, "commercial", "checkout_started");
    it["journey"] = json!("asked-once");
    it["trigger"] = json!({"event": "checkout_started"});
    it["exits"] = json!([{"on": "unsubscribed", "only": "commercial"}]);
    let payment = dice.of(&["order_paid", "order_paid", "bill_paid"]);
    let purpose = dice.of(&["abandonment", "abandonment", "offer", "win_back"]);
    let mut letter = send(dice, &[purpose]);
    let length = dice.of(&SHORT);
    let mut steps = vec![json!({"wait": length})];
    if dice.percent(50) {
        let within = if dice.percent(60) {
            length
        } else {
            dice.of(&SHORT)
        };
        letter["send"]["unless"] =
            json!(format!("contact.did(\"{payment}\", within=\"{within}\")"));
    } else {
        let asked = format!("contact.did(\"{payment}\", since=entry)");
        steps.push(json!({"branch": {
            "id": "bought",
            "when": [{"if": asked, "steps": [{"exit": "bought"}]}],
            "else": [],
        }}));
        maybe(&mut steps, dice, 85, |dice| pause(dice, &SHORT));
    }
    steps.push(letter);
    it["steps"] = json!(steps);
    it
}

/// A basket that was left.
pub(super) fn basket(dice: &mut Dice) -> Value {
    let trigger = dice.of(&["checkout_started", "checkout_started", "signed_up"]);
    let mut it = header(dice, "commercial", trigger);
    it["reentry"] = json!({"after": "14d"});
    let mut exits = match exits(dice, 80) {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    for (payment, share) in [("order_paid", 55), ("bill_paid", 35)] {
        if dice.percent(share) {
            let mut exit = json!({"on": payment, "reason": "bought"});
            if dice.percent(20) {
                exit["where"] = json!(filter(dice));
            }
            if dice.percent(15) {
                exit["only"] = json!(dice.of(&["commercial", "transactional"]));
            }
            exits.push(exit);
        }
    }
    it["exits"] = json!(exits);
    if dice.percent(60) {
        it["goal"] = json!({"event": "order_paid", "within": "7d"});
    }
    let mut steps = Vec::new();
    for _ in 0..=dice.below(3) {
        let payment = dice.of(&["order_paid", "order_paid", "bill_paid"]);
        maybe(&mut steps, dice, 90, |dice| {
            pause(dice, &["1h", "2h", "4h", "5h", "1d", "24h", "2d"])
        });
        let asked = ask(dice, payment);
        let guard = dice.below(5);
        if guard == 0 {
            steps.push(json!({"branch": {
                "id": "bought",
                "when": [{"if": asked, "steps": [{"exit": "bought"}]}],
                "else": [],
            }}));
            maybe(&mut steps, dice, 20, |dice| pause(dice, &SHORT));
        }
        let purpose = dice.of(&[
            "abandonment",
            "abandonment",
            "offer",
            "win_back",
            "reminder",
        ]);
        let mut letter = send(dice, &[purpose]);
        match guard {
            1 => letter["send"]["unless"] = json!(asked),
            2 => letter["send"]["if"] = json!(format!("not {}", asked.trim_start_matches("not "))),
            _ => {}
        }
        steps.push(letter);
    }
    it["steps"] = json!(steps);
    it
}
