//! Omnisend: `POST /email-templates/import` and one tree of blocks a journey, `POST /automations`.
//!
//! In: lowered journeys. Out: requests. Invariant: every body passes Omnisend's published schema
//! without unknown keys, and its tree is sound ([`faults`]); automations arrive disabled.
//! Not done here: sending; the ids of templates are filled in by whoever sends.

mod automation;
mod blocks;
mod faults;
mod filters;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{
    Ability, Capabilities, Content, Draft, IdKind, Job, Limits, Named, Provider, Request, Requests,
    Target, Unit, Way,
};

const HEADERS: &[&str] = &["Authorization", "Omnisend-Version", "Content-Type"];

/// The version of Omnisend's API that the bodies are written for; Omnisend calls it a preview.
const VERSION: &str = "2026-03-15";

/// The target `omnisend`.
pub(super) struct Omnisend;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::Native,
            "one automation a journey, always disabled at first; the API is a preview",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "imported HTML, at most 1 MB; the plain text is Omnisend's own",
        ),
        (
            Ability::TriggerFilter,
            Way::Native,
            "properties of the event in the trigger, the person in a split behind it",
        ),
        (
            Ability::ReentryAfter,
            Way::Native,
            "the frequency limiter, in hours, days or weeks",
        ),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the automation",
        ),
        (
            Ability::SameCase,
            Way::Lost,
            "an exit does not compare keys",
        ),
        (
            Ability::Exits,
            Way::Native,
            "exit conditions, with filters on the event",
        ),
        (
            Ability::BusinessDays,
            Way::Chained,
            "one day and then until an allowed weekday, for each",
        ),
        (
            Ability::TimeOfDay,
            Way::Native,
            "a delay until a time, on the brand's clock",
        ),
        (
            Ability::Weekdays,
            Way::Native,
            "allowed weekdays of a delay",
        ),
        (
            Ability::ContactZone,
            Way::Lost,
            "delays go by the brand's clock",
        ),
        (
            Ability::WaitForEvent,
            Way::Polled,
            "a small automation tags the person; the journey looks for the tag, at most daily",
        ),
        (
            Ability::WaitForDate,
            Way::Refused,
            "no delay goes by a date of the person",
        ),
        (
            Ability::AskContact,
            Way::Native,
            "name, country, state, city, postal code, gender; all else by a tag or a segment that `ids` names",
        ),
        (Ability::AskEvent, Way::Native, "filters of a split"),
        (
            Ability::AskTogether,
            Way::Native,
            "in one split, or one inside another",
        ),
        (
            Ability::AskHistory,
            Way::Marked,
            "a small automation tags the person when the event comes",
        ),
        (
            Ability::AskCounts,
            Way::Native,
            "by a segment that `ids` names",
        ),
        (
            Ability::AskClicks,
            Way::Native,
            "of a message further up in the same automation",
        ),
        (Ability::ManyWays, Way::Nested, "one split inside another"),
        (
            Ability::Split,
            Way::Nested,
            "A/B tests inside A/B tests, in whole percentages",
        ),
        (
            Ability::Joins,
            Way::Native,
            "blocks behind a split are shared; where one way ends, they stand in the other ways",
        ),
        (
            Ability::SetAttribute,
            Way::Native,
            "yes and no, as a tag that `ids.tags` names; all else by hand",
        ),
        (
            Ability::EnterJourney,
            Way::ByHand,
            "the shop sends the other journey's event",
        ),
        (
            Ability::Tasks,
            Way::ByHand,
            "there are no tasks, and mail to the contact only",
        ),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "a split on a segment of those who read a language",
        ),
        (Ability::Gates, Way::Nested, "a split before the message"),
        (
            Ability::SendWindow,
            Way::Snapped,
            "only by the delay before the message",
        ),
        (
            Ability::FrequencyCap,
            Way::Lost,
            "a limit for one automation only",
        ),
        (
            Ability::Consent,
            Way::Native,
            "the automation's sending threshold: subscribers only",
        ),
        (
            Ability::Update,
            Way::Refused,
            "a changed journey is a new automation; people inside finish the old one",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: blocks::MOST,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://api.omnisend.com/api"),
    address_variable: "OMNISEND_ADDRESS",
    headers: &[
        ("Authorization", "Omnisend-API-Key $OMNISEND_API_KEY"),
        ("Omnisend-Version", VERSION),
        ("Content-Type", "application/json"),
    ],
    envelopes: false,
    preheaders: true,
    ids: &[
        IdKind {
            kind: "events",
            what: "event, its name as the shop sends it",
            place: "Store settings > API > Custom events",
        },
        IdKind {
            kind: "origins",
            what: "system that sends the event, if it is not the shop through the API",
            place: "Store settings > Connected apps; `api` for events of your own",
        },
        IdKind {
            kind: "segments",
            what: "segment of the people for whom the condition holds",
            place: "Audience > Segments, in the address of the segment's page",
        },
        IdKind {
            kind: "tags",
            what: "tag that says yes to the attribute",
            place: "Audience > Contacts, on the page of a contact",
        },
        IdKind {
            kind: "languages",
            what: "language with its country, such as `en_GB`",
            place: "Store settings > Languages",
        },
    ],
    remarks: &[
        "At most 400 requests a minute.",
        "The key needs the scopes `email-templates.write` and `automations.write`.",
    ],
};

impl Target for Omnisend {
    fn name(&self) -> &'static str {
        "omnisend"
    }

    fn title(&self) -> &'static str {
        "Omnisend"
    }

    fn dialect(&self) -> &'static str {
        "omnisend"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, _job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let title: String = format!("[journeyc] {name}").chars().take(255).collect();
        let body = json!({"name": title, "html": content.mail.html});
        let request = request("/email-templates/import", body, &format!("template:{name}"));
        vec![(format!("template-{name}"), request)]
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
            "Set the brand's time zone in Omnisend to the project's `timezone`: delays until a time of day go by it.",
            "Let the shop send every event once before you send the requests: Omnisend takes only events and properties that it has seen.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "send",
                "An automation with any commercial mail writes to subscribers only; one with transactional mail alone writes to everybody.",
            ),
            (
                "send",
                "Omnisend makes the plain text of a mail from its HTML.",
            ),
            (
                "wait_for",
                "An event that somebody waits for, or asks about later, is a tag: a small automation of its own sets the tag when the event comes. Switch these on before the journeys.",
            ),
        ]
    }
}

fn request(path: &str, body: Value, binds: &str) -> Request {
    Request {
        method: "POST",
        path: path.to_owned(),
        headers: HEADERS.to_vec(),
        form: false,
        body,
        binds: IndexMap::from([(binds.to_owned(), "/id".to_owned())]),
    }
}
