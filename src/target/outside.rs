//! What targets have in common whose provider sends single mails and has no journeys worth the name.
//!
//! A team with such a provider has a system of its own that keeps the clock. So nothing of a journey is
//! lost here: the sheet tells that system what to wait for, what to ask and what to send, and the
//! provider gets the templates and the mails.
//! Invariant: all of these targets answer alike, except where their providers differ.

use super::{Ability, Limits, Row, Unit, Way};

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
