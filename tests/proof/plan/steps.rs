//! Random steps.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::TEMPLATES;
use super::conditions::{condition, event, filter};

/// How long waits last: at the limits of rules, and anywhere.
const WAITS: [&str; 30] = [
    "30m", "1h", "2h", "4h", "12h", "20h", "23h", "24h", "25h", "1d", "36h", "2d", "48h", "3d",
    "3d", "4d", "5d", "6d", "7d", "8d", "10d", "2w", "21d", "30d", "60d", "90d", "1bd", "2bd",
    "5bd", "1d 12h",
];

/// How long awaited events may take.
const TIMEOUTS: [&str; 14] = [
    "1h", "4h", "1d", "2d", "3d", "5d", "6d", "7d", "10d", "2w", "21d", "30d", "45d", "5bd",
];

/// What messages are for.
const PURPOSES: [&str; 24] = [
    "confirmation",
    "receipt",
    "next_steps",
    "thank_you",
    "wow",
    "setup_help",
    "status_update",
    "delay_notice",
    "check_in",
    "feedback_request",
    "offer",
    "cross_sell",
    "content",
    "reminder",
    "abandonment",
    "win_back",
    "sunset_notice",
    "advocacy_ask",
    "renewal_notice",
    "apology",
    "consent_request",
    "acknowledgement",
    "legal_notice",
    "newsletter",
];

/// A wait of a random length.
pub(super) fn wait(dice: &mut Dice) -> Value {
    let length = if dice.percent(2) {
        "0m"
    } else {
        dice.of(&WAITS)
    };
    if dice.percent(75) {
        return json!({"wait": length});
    }
    let mut wait = json!({});
    if dice.percent(80) {
        wait["for"] = json!(length);
    }
    if dice.percent(70) {
        wait["at"] = json!(dice.of(&["02:30", "09:00", "10:00", "18:30", "23:45"]));
    }
    if dice.percent(40) || wait.as_object().is_some_and(serde_json::Map::is_empty) {
        wait["on"] = json!(dice.of(&[&["mon"][..], &["tue", "wed", "thu"], &["fri"], &["sun"]]));
    }
    if dice.percent(15) {
        wait["zone"] = json!(dice.of(&["contact", "America/New_York", "Europe/Berlin"]));
    }
    json!({"wait": wait})
}

/// A short wait.
pub(super) fn pause(dice: &mut Dice, lengths: &[&str]) -> Value {
    json!({"wait": dice.of(lengths)})
}

/// An email.
pub(super) fn send(dice: &mut Dice, purposes: &[&str]) -> Value {
    let mut it = json!({
        "id": purposes[0].replace('_', "-"),
        "template": dice.of(&TEMPLATES),
        "purpose": if let [one] = purposes { json!(one) } else { json!(purposes) },
    });
    if purposes.contains(&"feedback_request") {
        it["asks"] = json!(dice.of(&["nps", "ces", "csat", "review", "review", "survey"]));
        if dice.percent(12) {
            it["about"] = json!(dice.of(&["checkout", "support", "delivery"]));
        }
    }
    json!({"send": it})
}

/// A touchpoint of any kind, for anything.
pub(super) fn touchpoint(dice: &mut Dice) -> Value {
    let purpose = dice.of(&PURPOSES);
    let mut it = match dice.below(8) {
        0 => {
            let channel = dice.of(&["phone", "post", "visit"]);
            json!({"task": {"id": "call", "channel": channel, "purpose": purpose}})
        }
        1 => {
            let channel = dice.of(&["sms", "parcel", "email", "push"]);
            json!({"touch": {"id": "touch", "channel": channel, "purpose": purpose}})
        }
        _ if dice.percent(20) => {
            let other = dice.of(&PURPOSES);
            let both = [purpose, other];
            send(dice, if purpose == other { &both[..1] } else { &both })
        }
        _ => send(dice, &[purpose]),
    };
    if dice.percent(30) {
        vary(&mut it, dice);
    }
    it
}

/// Changes a touchpoint a little.
pub(super) fn vary(step: &mut Value, dice: &mut Dice) {
    let Some((kind, it)) = step.as_object_mut().and_then(|it| it.iter_mut().next()) else {
        return;
    };
    if !["send", "task", "touch"].contains(&kind.as_str()) {
        return;
    }
    let is_send = kind == "send";
    match dice.below(if is_send { 12 } else { 3 }) {
        0 => it["if"] = json!(condition(dice)),
        1 => it["unless"] = json!(condition(dice)),
        2 if kind == "task" => it["purpose"] = json!(dice.of(&PURPOSES)),
        2 | 3 => it["class"] = json!(dice.of(&["transactional", "commercial"])),
        4 | 5 => it["from"] = json!(dice.of(&["care", "maya", "ben", "cy"])),
        6 => {
            it["from"] = json!(dice.of(&["maya", "ben"]));
            it["handover_from"] = json!(dice.of(&["maya", "ben", "cy"]));
        }
        7 => it["bypass_window"] = json!(true),
        8 => it["purpose"] = json!([dice.of(&PURPOSES)]),
        9 => it["requested"] = json!(true),
        10 => it["gift"] = json!(true),
        _ => {
            it["purpose"] = json!("feedback_request");
            it["asks"] = json!(dice.of(&["nps", "ces", "csat", "review", "survey"]));
        }
    }
}

/// A wait for an event.
pub(super) fn wait_for(dice: &mut Dice, event: &str, depth: usize) -> Value {
    let mut it = json!({"id": format!("await-{}", event.replace('_', "-")), "event": event});
    if dice.percent(10) {
        it["where"] = json!(filter(dice));
    }
    if dice.percent(90) {
        it["timeout"] = json!(dice.of(&TIMEOUTS));
        if dice.percent(65) {
            let mut steps = if depth < 2 {
                several(dice, 2, depth + 1)
            } else {
                vec![touchpoint(dice)]
            };
            if dice.percent(50) {
                steps.push(json!({"exit": dice.of(&["not-delivered", "done", "no-answer"])}));
            }
            it["on_timeout"] = json!(steps);
        }
    }
    json!({"wait_for": it})
}

/// A few steps of any kind.
pub(super) fn several(dice: &mut Dice, most: usize, depth: usize) -> Vec<Value> {
    let count = 1 + dice.below(most);
    (0..count).map(|_| any(dice, depth)).collect()
}

/// A step of any kind; deeper ones hold fewer.
pub(super) fn any(dice: &mut Dice, depth: usize) -> Value {
    let kinds = if depth >= 3 { 12 } else { 20 };
    match dice.below(kinds) {
        0..=4 => touchpoint(dice),
        5..=8 => wait(dice),
        9 => json!({"set": set(dice)}),
        10 => wait_until(dice),
        11 if dice.percent(40) => json!({"exit": dice.of(&["done", "moved-away"])}),
        11 => touchpoint(dice),
        12..=14 => {
            let event = event(dice);
            wait_for(dice, event, depth)
        }
        15 | 16 => {
            let steps = several(dice, 2, depth + 1);
            branch(dice, steps, depth)
        }
        17 => {
            let steps = several(dice, 2, depth + 1);
            split(dice, steps, depth)
        }
        _ => {
            let steps = several(dice, 2, depth + 1);
            repeat(dice, steps)
        }
    }
}

/// A branch whose first way has these steps.
pub(super) fn branch(dice: &mut Dice, steps: Vec<Value>, depth: usize) -> Value {
    let mut ways = vec![json!({"if": condition(dice), "steps": steps})];
    if dice.percent(25) {
        ways.push(json!({"if": condition(dice), "steps": several(dice, 2, depth + 1)}));
    }
    let mut it = json!({"id": "choice", "when": ways});
    if dice.percent(85) {
        it["else"] = if dice.percent(50) {
            json!([])
        } else {
            json!(several(dice, 2, depth + 1))
        };
    }
    json!({"branch": it})
}

/// A split whose first arm has these steps.
pub(super) fn split(dice: &mut Dice, steps: Vec<Value>, depth: usize) -> Value {
    let other = if dice.percent(30) {
        Vec::new()
    } else {
        several(dice, 2, depth + 1)
    };
    json!({"split": {"id": "test", "arms": {
        "a": {"weight": 50, "steps": steps},
        "b": {"weight": 50, "steps": other},
    }}})
}

/// A repetition of these steps.
pub(super) fn repeat(dice: &mut Dice, steps: Vec<Value>) -> Value {
    let times = dice.of(&[1, 2, 2, 3, 4]);
    let mut it = json!({"id": "rounds", "times": times});
    if dice.percent(85) {
        it["every"] = json!(dice.of(&["6h", "1d", "2d", "7d", "30d", "90d", "200d"]));
    }
    if dice.percent(30) {
        it["until"] = json!(condition(dice));
    }
    it["steps"] = json!(steps);
    json!({"repeat": it})
}

fn set(dice: &mut Dice) -> Value {
    let (attribute, value) = match dice.below(5) {
        0 => ("plan", json!(dice.of(&["free", "pro"]))),
        1 => ("newsletter", json!(dice.percent(50))),
        2 => ("points", json!(dice.of(&[0, 10, 11, 50]))),
        3 => ("tier", json!(dice.of(&["silver", "gold"]))),
        _ => ("points", Value::Null),
    };
    json!({"id": "mark", "attribute": attribute, "value": value})
}

fn wait_until(dice: &mut Dice) -> Value {
    let mut it = json!({"id": "date", "date": "contact.renewal_date"});
    if dice.percent(60) {
        it["offset"] = json!(dice.of(&["-3d", "-14d", "+1d", "+12h", "-1bd"]));
    }
    if dice.percent(40) {
        it["at"] = json!("10:00");
    }
    if dice.percent(30) {
        it["if_past"] = json!("exit");
    }
    json!({"wait_until": it})
}
