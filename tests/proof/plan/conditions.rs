//! Random conditions.

use super::super::dice::Dice;

/// The events of every project.
pub(super) const EVENTS: [&str; 17] = [
    "signed_up",
    "checkout_started",
    "order_paid",
    "bill_paid",
    "order_shipped",
    "order_delivered",
    "service_started",
    "first_used",
    "order_refunded",
    "return_requested",
    "complaint_opened",
    "complaint_closed",
    "review_given",
    "customer_lapsed",
    "renewal_due",
    "unsubscribed",
    "bounced",
];

/// The events that rules look at most.
const TELLING: [&str; 8] = [
    "order_paid",
    "order_paid",
    "order_delivered",
    "review_given",
    "complaint_opened",
    "order_refunded",
    "unsubscribed",
    "bill_paid",
];

/// How far back questions look.
const SPANS: [&str; 9] = ["4h", "24h", "1d", "2d", "7d", "30d", "90d", "180d", "365d"];

/// An event, most often one that rules look at.
pub(super) fn event(dice: &mut Dice) -> &'static str {
    if dice.percent(75) {
        dice.of(&TELLING)
    } else {
        dice.of(&EVENTS)
    }
}

/// A condition that a step may ask.
pub(super) fn condition(dice: &mut Dice) -> String {
    let one = simple(dice);
    match dice.below(10) {
        0 => format!("{one} and {}", simple(dice)),
        1 => format!("{one} or {}", simple(dice)),
        _ => one,
    }
}

fn simple(dice: &mut Dice) -> String {
    match dice.below(10) {
        0..=3 => history(dice),
        // Mending puts a message of the journey here.
        4 if dice.percent(40) => "contact.clicked(\"@\")".to_owned(),
        4 => format!("event.total > {}", dice.of(&[20, 50, 100])),
        _ => fact(dice).to_owned(),
    }
}

/// A question about what is known of a person, or of the event.
pub(super) fn fact(dice: &mut Dice) -> &'static str {
    dice.of(&[
        "contact.plan == \"pro\"",
        "contact.plan == \"free\"",
        "contact.plan != \"pro\"",
        "contact.newsletter",
        "not contact.newsletter",
        "contact.points > 10",
        "contact.points <= 10",
        "contact.points == none",
        "contact.tier == \"gold\"",
        "contact.tier != none",
        "event.method == \"card\"",
        "event.method in [\"card\", \"invoice\"]",
    ])
}

/// A question about what the person did.
pub(super) fn history(dice: &mut Dice) -> String {
    let event = event(dice);
    ask(dice, event)
}

/// A question whether an event came.
pub(super) fn ask(dice: &mut Dice, event: &str) -> String {
    let did = match dice.below(10) {
        0..=4 => format!("contact.did(\"{event}\", since=entry)"),
        5..=7 => format!("contact.did(\"{event}\", within=\"{}\")", dice.of(&SPANS)),
        8 => format!("contact.did(\"{event}\")"),
        _ => format!(
            "contact.count(\"{event}\", within=\"{}\") > {}",
            dice.of(&SPANS),
            dice.below(2)
        ),
    };
    if dice.percent(30) {
        format!("not {did}")
    } else {
        did
    }
}

/// A condition beside a trigger, an exit, a goal or an awaited event.
pub(super) fn filter(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 | 1 => "event.total > 0".to_owned(),
        2 | 3 => format!("event.total > {}", dice.of(&[20, 50])),
        4 => "event.method == \"card\"".to_owned(),
        5 => "contact.plan == \"pro\"".to_owned(),
        6 => history(dice),
        _ => fact(dice).to_owned(),
    }
}
