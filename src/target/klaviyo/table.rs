//! What Klaviyo can take, how its API is reached, and what people do there.

use super::super::{Ability, Capabilities, IdKind, Limits, Provider, Unit, Way};

/// The revision of Klaviyo's API that the bodies are written for.
const REVISION: &str = "2026-07-15";

/// More actions than this nobody can read in Klaviyo, and copies have grown out of hand.
pub(super) const MOST_ACTIONS: usize = 200;

pub(super) const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::Native,
            "one flow a journey, as a draft; 1 a second, 15 a minute, 100 a day",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "at most 1,000 in an account; subject and preheader live in the flow's message",
        ),
        (
            Ability::TriggerFilter,
            Way::Native,
            "properties of the event in the trigger, the person in a split behind it",
        ),
        (Ability::ReentryAfter, Way::Native, "after hours or days"),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the flow",
        ),
        (Ability::SameCase, Way::Lost, "a flow does not compare keys"),
        (
            Ability::Exits,
            Way::Native,
            "as a filter of the flow, looked at before each action",
        ),
        (
            Ability::BusinessDays,
            Way::Chained,
            "one day and then until a weekday, for each",
        ),
        (
            Ability::TimeOfDay,
            Way::Native,
            "a wait until a time on certain days",
        ),
        (Ability::Weekdays, Way::Native, "a wait until certain days"),
        (Ability::ContactZone, Way::Native, "the profile's zone"),
        (
            Ability::WaitForEvent,
            Way::Polled,
            "the flow looks again and again, at most daily",
        ),
        (
            Ability::WaitForDate,
            Way::SecondFlow,
            "what follows becomes a second flow that the date starts; dates of the contact only",
        ),
        (Ability::AskContact, Way::Native, "conditional split"),
        (Ability::AskEvent, Way::Native, "trigger split"),
        (Ability::AskTogether, Way::Apart, "one split behind another"),
        (
            Ability::AskHistory,
            Way::Native,
            "by metric, since the flow's start",
        ),
        (Ability::AskCounts, Way::Native, "by metric, in a span"),
        (Ability::AskClicks, Way::Native, "by the message's name"),
        (
            Ability::ManyWays,
            Way::Apart,
            "a split with up to 19 ways where all ask the person, else one split behind another",
        ),
        (
            Ability::Split,
            Way::Nested,
            "random samples of those who are left, in whole percentages",
        ),
        (
            Ability::Joins,
            Way::Copied,
            "what follows is copied into each way, up to 200 actions",
        ),
        (
            Ability::SetAttribute,
            Way::Native,
            "update profile property",
        ),
        (
            Ability::EnterJourney,
            Way::Listed,
            "if `ids.lists` names a list",
        ),
        (
            Ability::Tasks,
            Way::Alerted,
            "an internal alert, if `ids.alerts` names an address",
        ),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Gated,
            "one message a language, skipped by those who read another",
        ),
        (
            Ability::Gates,
            Way::Gated,
            "additional filters of the message",
        ),
        (
            Ability::SendWindow,
            Way::Snapped,
            "only by the delay before the message",
        ),
        (
            Ability::FrequencyCap,
            Way::ByHand,
            "Smart Sending, with one span for the whole account",
        ),
        (
            Ability::Consent,
            Way::Native,
            "no commercial mail to people who have unsubscribed",
        ),
        (
            Ability::Update,
            Way::Refused,
            "a changed journey is a new flow; people inside finish the old one",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: MOST_ACTIONS,
        most_rounds: 24,
        horizon: None,
    },
};

pub(super) const PROVIDER: Provider = Provider {
    address: Some("https://a.klaviyo.com"),
    address_variable: "KLAVIYO_ADDRESS",
    headers: &[
        ("Authorization", "Klaviyo-API-Key $KLAVIYO_API_KEY"),
        ("revision", REVISION),
        ("Content-Type", "application/vnd.api+json"),
        ("Accept", "application/vnd.api+json"),
    ],
    envelopes: false,
    preheaders: true,
    ids: &[
        IdKind {
            kind: "metrics",
            what: "metric",
            place: "Analytics > Metrics, in the address of the metric's page",
        },
        IdKind {
            kind: "lists",
            what: "list",
            place: "Audience > Lists & segments, in the address of the list's page",
        },
        IdKind {
            kind: "alerts",
            what: "team, a mail address",
            place: "your own address book",
        },
    ],
    remarks: &[
        "75 templates a second and 750 a minute, at most 1,000 in all; one flow a second, 15 a minute and 100 a day.",
        "The key needs the scopes `templates:write` and `flows:write`.",
    ],
};

/// What a person does once.
pub(super) const CHORES: &[&str] = &[
    "Open each flow, read every message once, send yourself a preview, and only then set it to live.",
    "A changed journey is a new flow: set the old one to draft when the new one goes live; people inside the old one leave it then.",
];

/// How journeys are said.
pub(super) const NOTES: &[(&str, &str)] = &[
    (
        "wait",
        "A wait of days counts 24 hours each. A time of day is a delay of its own behind it, because Klaviyo's \"wait N days until 10:00\" counts calendar days and may come almost a day early.",
    ),
    (
        "wait_for",
        "Waiting for an event is a chain of delays and splits: after each delay the flow looks whether the event has come since the person entered.",
    ),
    (
        "branch",
        "Where ways come together again, Klaviyo needs a copy of what follows in each of them. Names with two dots and a number at the end (`setup-help..2`) are copies. In a large flow, branches that only send become filters on the messages.",
    ),
    (
        "split",
        "Arms are random samples of the people who are left.",
    ),
    ("repeat", "Rounds are written out one after another."),
    (
        "",
        "Exits are the flow's profile filter, which Klaviyo looks at before each action. Groups of conditions must all hold; inside a group one is enough.",
    ),
];
