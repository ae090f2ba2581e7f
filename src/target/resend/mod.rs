//! Resend: published templates and one automation a journey, `POST /templates` and `POST /automations`.
//!
//! In: journeys in Resend's words ([`Program`](super::Program)). Out: requests. Invariant: every body
//! passes Resend's published schema without unknown keys, and its own graph is sound ([`faults`]).
//! Not done here: sending. Resend computes nothing in a mail, so a choice in a letter becomes a
//! question of the automation and a template for each answer (`letter`).

mod automation;
mod faults;
mod letter;
mod properties;
mod rules;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    Ability, Capabilities, Content, Draft, Job, Limits, Named, Provider, Request, Requests, Target,
    Unit, Way,
};

/// The target `resend`.
pub(super) struct Resend;

/// The most steps of one automation.
const MOST_STEPS: usize = 150;
/// The longest delay, and the longest wait for an event: 30 days.
const LONGEST: u32 = 43_200;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::Native,
            "one automation a journey, disabled; at most 150 steps",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "published, as automations take no others; a template for each choice in a letter",
        ),
        (
            Ability::TriggerFilter,
            Way::Asked,
            "a condition behind the trigger",
        ),
        (
            Ability::ReentryAfter,
            Way::Lost,
            "every event starts the automation",
        ),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the automation",
        ),
        (Ability::SameCase, Way::Lost, "a wait does not compare keys"),
        (
            Ability::Exits,
            Way::Asked,
            "asked behind every wait, by a mark on the contact",
        ),
        (Ability::BusinessDays, Way::Rounded, "calendar days"),
        (Ability::TimeOfDay, Way::Lost, "delays only"),
        (Ability::Weekdays, Way::Lost, "delays only"),
        (Ability::ContactZone, Way::Lost, "no clocks"),
        (
            Ability::WaitForEvent,
            Way::Native,
            "up to 30 days, longer ones one after another",
        ),
        (Ability::WaitForDate, Way::Refused, "delays only"),
        (
            Ability::AskContact,
            Way::Native,
            "properties hold texts and numbers only: true and false become the texts `true` and `false`",
        ),
        (Ability::AskEvent, Way::Native, "what its payload carries"),
        (
            Ability::AskTogether,
            Way::Native,
            "rules with `and` and `or`",
        ),
        (
            Ability::AskHistory,
            Way::Marked,
            "small automations of their own note on the contact that an event has come",
        ),
        (Ability::AskCounts, Way::Refused, "nothing is counted"),
        (Ability::AskClicks, Way::Refused, "not asked in automations"),
        (
            Ability::ManyWays,
            Way::Nested,
            "one condition behind another",
        ),
        (Ability::Split, Way::Refused, "nothing is drawn by chance"),
        (Ability::Joins, Way::Native, "connections may meet"),
        (Ability::SetAttribute, Way::Native, "contact update"),
        (
            Ability::EnterJourney,
            Way::ByHand,
            "the shop sends the event that starts it",
        ),
        (Ability::Tasks, Way::ByHand, "no mail to anybody else"),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "a condition on the contact's language, and a template for each",
        ),
        (Ability::Gates, Way::Nested, "a condition before the mail"),
        (Ability::SendWindow, Way::Lost, "mail goes out at once"),
        (Ability::FrequencyCap, Way::Lost, "no caps"),
        (
            Ability::Consent,
            Way::Native,
            "a condition before each commercial mail; addresses that bounce are suppressed",
        ),
        (
            Ability::Update,
            Way::Refused,
            "a changed journey is a new automation; people inside finish the old one",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: Some(LONGEST),
        longest_wait_for: Some(LONGEST),
        endless_wait_for: true,
        most_steps: MOST_STEPS,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://api.resend.com"),
    address_variable: "RESEND_ADDRESS",
    headers: &[
        ("Authorization", "Bearer $RESEND_API_KEY"),
        ("Content-Type", "application/json"),
    ],
    envelopes: true,
    preheaders: false,
    ids: &[],
    remarks: &[
        "The key needs full access.",
        "An event or a contact property that is there already is refused: take its request as done with `--skip`.",
    ],
};

impl Target for Resend {
    fn name(&self) -> &'static str {
        "resend"
    }

    fn title(&self) -> &'static str {
        "Resend"
    }

    fn dialect(&self) -> &'static str {
        "flat"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        letter::templates(job, name, content)
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        automation::requests(draft)
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        if request.path == "/automations" {
            faults::faults(&request.body)
        } else {
            Vec::new()
        }
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Let the shop send every event with the contact's address (`POST /events/send`), and keep the contact's properties up to date.",
            "Read each automation and each template, send yourself a test, then switch the automation on.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "send",
                "Resend computes nothing in a mail. Where a letter chooses its words, the automation asks the question, and each answer has a template of its own.",
            ),
            (
                "send",
                "Before each commercial mail the automation asks whether the contact has unsubscribed.",
            ),
            (
                "wait",
                "Waits longer than 30 days are several, one after another.",
            ),
        ]
    }
}

fn request(path: &str, body: Value, binds: &[(String, &str)]) -> Request {
    let headers: &[&str] = if body.is_null() {
        &["Authorization"]
    } else {
        &["Authorization", "Content-Type"]
    };
    Request {
        method: "POST",
        path: path.to_owned(),
        headers: headers.to_vec(),
        form: false,
        body,
        binds: binds
            .iter()
            .map(|(name, at)| (name.clone(), (*at).to_owned()))
            .collect::<IndexMap<_, _>>(),
    }
}
