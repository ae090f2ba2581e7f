//! Whole journeys as shops have them, good and bad: what rules are made for.

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::baskets::{asked_once, basket, paid_otherwise};
use super::conditions::{ask, event, fact, filter};
use super::steps::{pause, repeat, send, touchpoint, vary, wait_for};

/// Short waits.
pub(super) const SHORT: [&str; 6] = ["30m", "1h", "2h", "4h", "12h", "20h"];
/// A few days.
const DAYS: [&str; 10] = [
    "1d", "24h", "2d", "3d", "4d", "5d", "7d", "8d", "10d", "14d",
];
/// Weeks.
const WEEKS: [&str; 6] = ["7d", "10d", "14d", "21d", "30d", "60d"];

/// One to four journeys that may meet.
fn kinds(dice: &mut Dice) -> Vec<&'static str> {
    let first = dice.of(&[
        "after", "after", "after", "basket", "survey", "letters", "hello", "news",
    ]);
    let mut kinds = vec![first];
    while kinds.len() < 4 && dice.percent(45) {
        kinds.push(dice.of(&[
            "after", "basket", "survey", "letters", "hello", "news", "trouble", "goodbye", "any",
        ]));
    }
    kinds
}

/// One to four journeys.
pub(super) fn several(dice: &mut Dice) -> Vec<Value> {
    if dice.percent(10) {
        return match dice.below(3) {
            0 => paid_otherwise(dice),
            _ => vec![asked_once(dice)],
        };
    }
    let kinds = kinds(dice);
    let mut journeys: Vec<Value> = Vec::new();
    for (at, kind) in kinds.iter().enumerate() {
        let mut it = match *kind {
            "after" => after(dice),
            "basket" => basket(dice),
            "survey" => survey(dice),
            "letters" => letters(dice),
            "hello" => hello(dice),
            "news" => news(dice),
            "trouble" => trouble(dice),
            "goodbye" => goodbye(dice),
            _ => anything(dice),
        };
        let twice = kinds[..at].contains(kind);
        it["journey"] = json!(if twice {
            format!("{kind}-{at}")
        } else {
            (*kind).to_owned()
        });
        journeys.push(it);
    }
    journeys
}

/// A journey without steps that has all that a header must say.
pub(super) fn header(dice: &mut Dice, class: &str, trigger: &str) -> Value {
    let mut trigger = json!({"event": trigger});
    if dice.percent(25) {
        trigger["where"] = json!(filter(dice));
    }
    let mut it = json!({
        "journey": "",
        "class": class,
        "basis": dice.of(&["express", "express", "soft_opt_in", "implied"]),
        "from": dice.of(&["care", "care", "maya"]),
        "trigger": trigger,
        "reentry": dice.of(&["never", "per_key", "per_key", "always"]),
        "exits": exits(dice, 70),
    });
    if dice.percent(60) {
        it["stage"] = json!(dice.of(&["before", "during", "after", "return"]));
    }
    if dice.percent(10) {
        it["jurisdictions"] = json!(dice.of(&[&["ca"][..], &["us"], &["eu"]]));
    }
    it
}

/// What makes people leave; each of the usual ones in so many of a hundred cases.
pub(super) fn exits(dice: &mut Dice, share: u64) -> Value {
    let mut res = Vec::new();
    if dice.percent(share) {
        res.push(match dice.below(6) {
            0 => json!({"on": "unsubscribed"}),
            1 => json!({"on": "unsubscribed", "only": "transactional"}),
            _ => json!({"on": "unsubscribed", "only": "commercial"}),
        });
    }
    for (event, share) in [
        ("bounced", 40),
        ("order_refunded", 25),
        ("complaint_opened", 20),
        ("review_given", 15),
        ("order_paid", 5),
    ] {
        if dice.percent(share) {
            let mut exit = json!({"on": event});
            if dice.percent(20) {
                exit["where"] = json!(filter(dice));
            }
            if dice.percent(12) {
                exit["only"] = json!(dice.of(&["commercial", "transactional"]));
            }
            res.push(exit);
        }
    }
    json!(res)
}

/// A step, in so many of a hundred cases.
pub(super) fn maybe(
    steps: &mut Vec<Value>,
    dice: &mut Dice,
    share: u64,
    step: impl FnOnce(&mut Dice) -> Value,
) {
    if dice.percent(share) {
        let mut it = step(dice);
        if dice.percent(12) {
            vary(&mut it, dice);
        }
        steps.push(it);
    }
}

/// What follows a payment.
pub(super) fn after(dice: &mut Dice) -> Value {
    let class = dice.of(&["transactional", "transactional", "commercial"]);
    let trigger = dice.of(&["order_paid", "order_paid", "order_paid", "bill_paid"]);
    let mut it = header(dice, class, trigger);
    let mut steps = Vec::new();
    maybe(&mut steps, dice, 15, |dice| {
        pause(dice, &["1h", "12h", "1d", "24h", "25h", "3d"])
    });
    maybe(&mut steps, dice, 88, |dice| {
        let purposes = dice.of(&[
            &["confirmation", "next_steps"][..],
            &["confirmation", "next_steps", "thank_you"],
            &["confirmation"],
            &["confirmation", "thank_you"],
            &["receipt"],
        ]);
        send(dice, purposes)
    });
    maybe(&mut steps, dice, 30, |dice| {
        pause(dice, &["1h", "12h", "1d", "24h", "2d", "48h", "3d"])
    });
    maybe(&mut steps, dice, 45, |dice| {
        let purposes = dice.of(&[
            &["wow"][..],
            &["thank_you"],
            &["thank_you", "wow"],
            &["next_steps"],
        ]);
        send(dice, purposes)
    });
    maybe(
        &mut steps,
        dice,
        15,
        |_| json!({"touch": {"id": "card", "channel": "parcel", "purpose": ["wow", "thank_you"]}}),
    );
    maybe(&mut steps, dice, 40, |dice| pause(dice, &DAYS));
    maybe(&mut steps, dice, 35, |dice| {
        let purpose = dice.of(&["check_in", "setup_help", "status_update", "content"]);
        send(dice, &[purpose])
    });
    if dice.percent(65) {
        delivery(&mut steps, dice);
    }
    maybe(&mut steps, dice, 40, |dice| pause(dice, &DAYS));
    maybe(&mut steps, dice, 45, |dice| {
        let purpose = dice.of(&["setup_help", "check_in", "content", "cross_sell"]);
        send(dice, &[purpose])
    });
    if dice.percent(55) {
        asks(&mut steps, dice);
    }
    if steps.is_empty() {
        steps.push(touchpoint(dice));
    }
    it["steps"] = json!(steps);
    it
}

/// A wait for the delivery, with or without a word when it is late.
fn delivery(steps: &mut Vec<Value>, dice: &mut Dice) {
    let awaited = dice.of(&[
        "order_delivered",
        "order_delivered",
        "service_started",
        "order_shipped",
    ]);
    let mut wait = json!({"id": "delivery", "event": awaited});
    if dice.percent(92) {
        wait["timeout"] = json!(dice.of(&["2d", "3d", "5d", "6d", "10d", "21d", "31d", "45d"]));
        let mut late = Vec::new();
        maybe(&mut late, dice, 55, |dice| {
            let purpose = dice.of(&["delay_notice", "delay_notice", "apology", "status_update"]);
            send(dice, &[purpose])
        });
        if dice.percent(30) {
            let mut again = json!({"id": "later", "event": awaited});
            again["timeout"] = json!(dice.of(&["5d", "6d", "21d"]));
            if dice.percent(60) {
                again["on_timeout"] = json!([send(dice, &["delay_notice"]), {"exit": "lost"}]);
            }
            late.push(json!({"wait_for": again}));
        }
        if dice.percent(55) {
            late.push(json!({"exit": dice.of(&["not-delivered", "done"])}));
        }
        if !late.is_empty() {
            wait["on_timeout"] = json!(late);
        }
    }
    steps.push(json!({"wait_for": wait}));
}

/// A request for feedback, and what comes of it.
fn asks(steps: &mut Vec<Value>, dice: &mut Dice) {
    maybe(steps, dice, 70, |dice| {
        pause(dice, &["2h", "1d", "3d", "7d", "10d", "14d", "21d", "30d"])
    });
    let mut ask = send(dice, &["feedback_request"]);
    if dice.percent(30) {
        let event = dice.of(&["complaint_opened", "review_given", "order_refunded"]);
        ask["send"]["unless"] = json!(ask_of(dice, event));
    }
    steps.push(ask);
    if dice.percent(55) {
        let mut again = send(dice, &["feedback_request"]);
        again["send"]["id"] = json!("reminder");
        if dice.percent(70) {
            again["send"]["reminder_of"] = json!("feedback-request");
        }
        let event = dice.of(&["review_given", "review_given", "complaint_opened"]);
        if dice.percent(35) {
            again["send"]["unless"] = json!(ask_of(dice, event));
        }
        let pauses = ["1d", "3d", "6d", "7d", "8d", "14d", "91d"];
        if dice.percent(30) {
            let timeout = dice.of(&pauses);
            steps.push(json!({"wait_for": {
                "id": "answer", "event": "review_given", "timeout": timeout, "on_timeout": [again],
            }}));
        } else {
            steps.push(pause(dice, &pauses));
            steps.push(again);
        }
    }
}

/// Whether an event came; most often so that it works.
fn ask_of(dice: &mut Dice, event: &str) -> String {
    if dice.percent(60) {
        format!("contact.did(\"{event}\", since=entry)")
    } else {
        ask(dice, event)
    }
}

/// Questions after an event.
fn survey(dice: &mut Dice) -> Value {
    let trigger = dice.of(&[
        "order_delivered",
        "order_delivered",
        "service_started",
        "order_paid",
        "complaint_closed",
        "complaint_opened",
        "order_refunded",
        "order_shipped",
        "signed_up",
        "return_requested",
    ]);
    let class = dice.of(&["commercial", "transactional"]);
    let mut it = header(dice, class, trigger);
    let mut steps = Vec::new();
    maybe(&mut steps, dice, 20, |dice| {
        wait_for(dice, "order_delivered", 1)
    });
    asks(&mut steps, dice);
    it["steps"] = json!(steps);
    it
}

/// Letters for years, on a consent that ages.
fn letters(dice: &mut Dice) -> Value {
    let trigger = dice.of(&[
        "order_paid",
        "checkout_started",
        "order_delivered",
        "customer_lapsed",
    ]);
    let mut it = header(dice, "commercial", trigger);
    if dice.percent(70) {
        it["basis"] = json!(dice.of(&["implied", "implied", "soft_opt_in"]));
        it["jurisdictions"] = json!(dice.of(&[&["ca"][..], &["ca", "us"]]));
    }
    if dice.percent(40) {
        let age = dice.of(&["30d", "170d", "270d", "600d"]);
        it["consent"] = json!({"source": dice.of(&["purchase", "inquiry", "form"]), "age": age});
    }
    let mut steps = Vec::new();
    if dice.percent(40) {
        let purpose = dice.of(&["offer", "newsletter", "content"]);
        let letter = send(dice, &[purpose]);
        let mut rounds = repeat(dice, vec![letter]);
        rounds["repeat"]["times"] = json!(dice.of(&[2, 4, 6, 9]));
        rounds["repeat"]["every"] = json!(dice.of(&["30d", "90d", "91d", "180d"]));
        steps.push(rounds);
    } else {
        for _ in 0..=dice.below(3) {
            steps.push(pause(
                dice,
                &["30d", "90d", "179d", "180d", "200d", "365d", "729d"],
            ));
            maybe(&mut steps, dice, 15, |dice| wait_for(dice, "order_paid", 2));
            let purpose = dice.of(&["offer", "newsletter", "win_back"]);
            steps.push(send(dice, &[purpose]));
        }
    }
    it["steps"] = json!(steps);
    it
}

/// A welcome in which people speak.
fn hello(dice: &mut Dice) -> Value {
    let trigger = dice.of(&["signed_up", "order_paid", "service_started"]);
    let mut it = header(dice, "commercial", trigger);
    it["from"] = json!(dice.of(&["maya", "ben", "care"]));
    let mut steps = Vec::new();
    for _ in 0..(2 + dice.below(3)) {
        let purpose = dice.of(&["content", "check_in", "setup_help", "next_steps", "offer"]);
        let mut letter = send(dice, &[purpose]);
        if dice.percent(45) {
            letter["send"]["from"] = json!(dice.of(&["maya", "ben", "cy", "care"]));
        }
        if dice.percent(12) {
            letter["send"]["handover_from"] = json!(dice.of(&["maya", "ben", "cy"]));
        }
        if dice.percent(15) {
            letter["send"]["if"] = json!(fact(dice));
        }
        steps.push(letter);
        steps.push(pause(dice, &DAYS));
    }
    it["steps"] = json!(steps);
    it
}

/// Many letters in little time.
fn news(dice: &mut Dice) -> Value {
    let trigger = dice.of(&["order_delivered", "signed_up", "order_paid", "review_given"]);
    let mut it = header(dice, "commercial", trigger);
    let mut steps = Vec::new();
    for _ in 0..(2 + dice.below(4)) {
        let purpose = dice.of(&["content", "offer", "cross_sell", "newsletter", "thank_you"]);
        steps.push(send(dice, &[purpose]));
        maybe(&mut steps, dice, 80, |dice| {
            pause(dice, &["1h", "12h", "24h", "36h", "1d", "2d", "7d"])
        });
    }
    it["steps"] = json!(steps);
    it
}

/// Something went wrong.
fn trouble(dice: &mut Dice) -> Value {
    let trigger = dice.of(&["complaint_opened", "order_refunded", "return_requested"]);
    let mut it = header(dice, "transactional", trigger);
    let mut steps = Vec::new();
    maybe(&mut steps, dice, 80, |dice| send(dice, &["apology"]));
    maybe(&mut steps, dice, 60, |dice| {
        wait_for(dice, "complaint_closed", 1)
    });
    maybe(&mut steps, dice, 50, |dice| pause(dice, &DAYS));
    if dice.percent(60) || steps.is_empty() {
        asks(&mut steps, dice);
    }
    it["steps"] = json!(steps);
    it
}

/// Somebody goes, or has been away.
fn goodbye(dice: &mut Dice) -> Value {
    let trigger = dice.of(&["unsubscribed", "customer_lapsed", "bounced"]);
    let mut it = header(dice, "commercial", trigger);
    let mut steps = Vec::new();
    maybe(&mut steps, dice, 50, |dice| pause(dice, &WEEKS));
    let purpose = dice.of(&["win_back", "sunset_notice", "acknowledgement", "offer"]);
    steps.push(send(dice, &[purpose]));
    maybe(&mut steps, dice, 40, |dice| pause(dice, &WEEKS));
    maybe(&mut steps, dice, 40, |dice| send(dice, &["offer"]));
    it["steps"] = json!(steps);
    it
}

/// Anything.
fn anything(dice: &mut Dice) -> Value {
    let class = dice.of(&["commercial", "transactional"]);
    let trigger = event(dice);
    let mut it = header(dice, class, trigger);
    it["steps"] = json!(super::steps::several(dice, 6, 0));
    it
}
