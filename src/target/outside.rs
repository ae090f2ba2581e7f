//! What targets have in common whose provider sends single mails and has no journeys worth the name.
//!
//! A team with such a provider has a system of its own that keeps the clock. So nothing of a journey is
//! lost here: the sheet tells that system what to wait for, what to ask and what to send, and the
//! provider gets the templates and the mails.
//! Invariant: all of these targets answer alike, except where their providers differ.

use serde_json::{Map, Value};

use super::sheet::{Vocabulary, Word};
use super::{Ability, Limits, Row, Scheduled, Unit, Way};
use crate::manifest::Sender;

/// The answers of a target whose journeys run in a system of the team's own. `templates`, `locales`,
/// `consent` and `update` are about the provider itself.
pub(super) const fn rows(
    templates: &'static str,
    horizon: &'static str,
    consent: (Way, &'static str),
    update: &'static str,
) -> [Row; 32] {
    use Ability as Can;
    use Way::{ByHand, Chained, Gated, Native, Outside, Refused};
    const CLOCK: &str = "your own system waits";
    const ASK: &str = "your own system asks";
    [
        (Can::JourneyByApi, ByHand, horizon),
        (Can::TemplatesByApi, Native, templates),
        (Can::TriggerFilter, ByHand, ASK),
        (Can::ReentryAfter, Outside, "your own system keeps count"),
        (Can::ReentryPerKey, Outside, "your own system keeps count"),
        (Can::SameCase, Outside, "your own system compares the keys"),
        (
            Can::Exits,
            Outside,
            "your own system stops what it has planned",
        ),
        (
            Can::BusinessDays,
            Chained,
            "one day and then until a weekday, for each",
        ),
        (Can::TimeOfDay, Outside, CLOCK),
        (Can::Weekdays, Outside, CLOCK),
        (
            Can::ContactZone,
            Outside,
            "if your own system knows the zone",
        ),
        (Can::WaitForEvent, Outside, CLOCK),
        (Can::WaitForDate, Outside, CLOCK),
        (Can::AskContact, Outside, ASK),
        (Can::AskEvent, Outside, ASK),
        (Can::AskTogether, Outside, ASK),
        (Can::AskHistory, Outside, "your own system keeps the events"),
        (Can::AskCounts, Outside, "your own system keeps the events"),
        (
            Can::AskClicks,
            Outside,
            "your own system keeps what the provider's webhook tells",
        ),
        (Can::ManyWays, Outside, ASK),
        (
            Can::Split,
            Outside,
            "your own system draws, and remembers the arm",
        ),
        (Can::Joins, Outside, "the sheet says where ways meet again"),
        (Can::SetAttribute, Outside, "in your own data"),
        (Can::EnterJourney, Outside, "your own system starts it"),
        (Can::Tasks, Outside, "your own system tells the team"),
        (
            Can::Touches,
            ByHand,
            "the other system must act on the same event",
        ),
        (
            Can::Locales,
            Outside,
            "a template for each language; your own system chooses",
        ),
        (Can::Gates, Gated, "asked when the mail is due"),
        (
            Can::SendWindow,
            Outside,
            "your own system holds the mail back",
        ),
        (Can::FrequencyCap, Outside, "your own system keeps count"),
        (Can::Consent, consent.0, consent.1),
        (Can::Update, Refused, update),
    ]
}

/// The numbers of such a target: a system of one's own has no limits that we know.
pub(super) const fn limits(horizon: u32) -> Limits {
    Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: true,
        most_steps: 1_000,
        most_rounds: 24,
        horizon: Some(horizon),
    }
}

/// What these targets say about their journeys.
pub(super) const NOTES: &[(&str, &str)] = &[
    (
        "",
        "The journeys themselves run in a system of your own, such as the shop or a queue of jobs: it gets the events, keeps the clock, asks the conditions and sends each mail when it is due. The sheet says what it has to do, step by step.",
    ),
    (
        "",
        "Better ask the conditions when the mail is due than when it is planned: a mail that the provider already has is hard to call back.",
    ),
    (
        "split",
        "A split is drawn once for each person and case. Remember the arm, so that everything later goes the same way.",
    ),
];

/// The words of a sheet for a system of the team's own; `template` gives the name that the requests
/// give a template, and `class` says how the provider tells commercial mail from the rest.
pub(super) const fn vocabulary(
    template: fn(&str) -> String,
    message: Word,
    class: Word,
    handed: Word,
) -> Vocabulary {
    const fn word(name: &'static str, place: &'static str) -> Word {
        Word { name, place }
    }
    Vocabulary {
        journey: word("Plan", "a plan of jobs in your own system"),
        event: "event",
        property: "property of the event",
        attribute: "attribute of the contact",
        trigger: word("Begin", "when the event arrives in your own system"),
        reentry: word(
            "Once or again",
            "keep a note of who came in when, and with which key",
        ),
        exits: word(
            "Stop",
            "when one of these events arrives, drop what is still planned for the person",
        ),
        goal: word("Goal", "count these events for your reports"),
        message,
        gate: word("Ask first", "when the mail is due, not earlier"),
        class,
        locale: word(
            "Language",
            "your own system takes the template of the contact's language",
        ),
        window: word("Hours", "your own system holds the mail back until then"),
        cap: word(
            "At most",
            "your own system counts the commercial mails of each person",
        ),
        delay: word("Wait", "plan the next step for then"),
        until: word("Wait until", "plan the next step for then"),
        wait_for: word(
            "Wait for an event",
            "go on when it arrives; a job at the end of the wait takes the other way",
        ),
        wait_date: word("Wait for a date", "plan the next step for then"),
        choose: word("Ask", "when the step is due"),
        draw: word("Draw", "at random, once for each person and case"),
        set: word("Write", "into your own data of the contact"),
        enter: word("Begin another plan", "as if its event had arrived"),
        task: word("Tell the team", "in the system in which it works"),
        end: word("End", "nothing more is planned"),
        handed,
        start: word("Let the events in", "in your own system"),
        template,
        commercial: "",
        checks: &[
            "A second event for the same case, and a second case of the same person, did what the sheet says.",
            "A job that runs twice sends its mail once.",
        ],
    }
}

/// What a mail shows, as placeholders: the contact and the event as they are, and what is worked out.
pub(super) fn data(mail: &Scheduled<'_>) -> Map<String, Value> {
    let mut data = mail.variables.clone();
    data.insert("contact".to_owned(), Value::from(mail.contact.clone()));
    data.insert("event".to_owned(), Value::from(mail.event.clone()));
    data
}

/// What stands for the id of a mail's template until it is known.
pub(super) fn template(mail: &Scheduled<'_>) -> String {
    format!("${{template:{}}}", mail.name)
}

/// Gives a name the form of a mailbox that mail programs read whatever the name holds.
pub(super) fn mailbox(sender: &Sender) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " !#$%&'*+-/=?^_{|}~".contains(c);
    if sender.name.is_empty() {
        return sender.address.clone();
    }
    if sender.name.chars().all(is_plain) {
        return sender.mailbox();
    }
    let name = sender.name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{name}\" <{}>", sender.address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_signs_are_quoted() {
        let sender = |name: &str| Sender {
            id: "care".to_owned(),
            name: name.to_owned(),
            address: "care@rack.example".to_owned(),
            reply_to: None,
        };
        let boxes = [
            ("Fern & Finch", "Fern & Finch <care@rack.example>"),
            ("Ana, Care", "\"Ana, Care\" <care@rack.example>"),
            (
                "Rack & \"Wheel\" <Ltd>",
                "\"Rack & \\\"Wheel\\\" <Ltd>\" <care@rack.example>",
            ),
            ("", "care@rack.example"),
        ];
        for (name, expected) in boxes {
            assert_eq!(mailbox(&sender(name)), expected);
        }
    }
}
