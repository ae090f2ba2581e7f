//! HubSpot: one email a message, `POST /marketing/v3/emails`, and one workflow a journey,
//! `POST /automation/v4/flows`.
//!
//! In: lowered journeys. Out: requests, and coded templates that HubSpot's command line uploads.
//! Invariant: every workflow is switched off, its graph is sound ([`faults`]), and an action has only
//! fields that are known of its type. The API of workflows is a beta.
//! Not done here: sending; the ids of emails are filled in by whoever sends.

mod email;
mod faults;
mod filters;
mod flow;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    Ability, Capabilities, Content, Draft, Export, IdKind, Job, Limits, Named, Provider, Request,
    Requests, Target, Unit, Way,
};
use crate::diagnostic::Sink;
use crate::source::Artifacts;

const HEADERS: &[&str] = &["Authorization", "Content-Type"];

/// The target `hubspot`.
pub(super) struct HubSpot;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::Native,
            "one workflow a journey, switched off; the API is a beta",
        ),
        (
            Ability::TemplatesByApi,
            Way::ByHand,
            "emails by the API; their coded templates are files that `hs upload` puts there",
        ),
        (
            Ability::TriggerFilter,
            Way::Native,
            "properties of the event in the trigger, the person in a branch behind it",
        ),
        (Ability::ReentryAfter, Way::Lost, "once, or every time"),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the workflow",
        ),
        (
            Ability::SameCase,
            Way::Lost,
            "a workflow does not compare keys",
        ),
        (Ability::Exits, Way::Asked, "by a branch behind every wait"),
        (
            Ability::BusinessDays,
            Way::Rounded,
            "delays count calendar days",
        ),
        (
            Ability::TimeOfDay,
            Way::Native,
            "a delay until a time, on the account's clock",
        ),
        (
            Ability::Weekdays,
            Way::Lost,
            "for all actions of a workflow only, not for one delay",
        ),
        (
            Ability::ContactZone,
            Way::Lost,
            "workflows go by the account's clock",
        ),
        (
            Ability::WaitForEvent,
            Way::Native,
            "a delay until an event happens, then a branch",
        ),
        (
            Ability::WaitForDate,
            Way::Native,
            "dates of the contact, on the day or behind it",
        ),
        (
            Ability::AskContact,
            Way::Native,
            "properties; all else by a list that `ids` names",
        ),
        (
            Ability::AskEvent,
            Way::Refused,
            "a branch knows the contact only; the trigger can filter",
        ),
        (
            Ability::AskTogether,
            Way::Apart,
            "one branch behind another",
        ),
        (
            Ability::AskHistory,
            Way::Marked,
            "a small workflow sets a property when the event comes",
        ),
        (
            Ability::AskCounts,
            Way::Native,
            "by an active list that `ids` names",
        ),
        (
            Ability::AskClicks,
            Way::Native,
            "by an active list that `ids` names",
        ),
        (Ability::ManyWays, Way::Native, "up to 20 at one place"),
        (Ability::Split, Way::Native, "in whole percentages"),
        (
            Ability::Joins,
            Way::Native,
            "by a jump to the action behind the branch",
        ),
        (
            Ability::SetAttribute,
            Way::Native,
            "a fixed value; clearing one is by hand",
        ),
        (
            Ability::EnterJourney,
            Way::Listed,
            "if `ids.lists` names a static list",
        ),
        (
            Ability::Tasks,
            Way::ByHand,
            "HubSpot has tasks, but does not document how the API says one",
        ),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "a branch on the preferred language",
        ),
        (Ability::Gates, Way::Nested, "a branch before the message"),
        (
            Ability::SendWindow,
            Way::Native,
            "for all actions of a workflow, on the account's clock",
        ),
        (
            Ability::FrequencyCap,
            Way::ByHand,
            "the account's email frequency safeguard",
        ),
        (
            Ability::Consent,
            Way::Native,
            "by the email's subscription type",
        ),
        (
            Ability::Update,
            Way::Refused,
            "a changed journey is a new workflow; people inside finish the old one",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: flow::MOST,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://api.hubapi.com"),
    address_variable: "HUBSPOT_ADDRESS",
    headers: &[
        ("Authorization", "Bearer $HUBSPOT_TOKEN"),
        ("Content-Type", "application/json"),
    ],
    envelopes: true,
    preheaders: false,
    ids: &[
        IdKind {
            kind: "events",
            what: "event, such as `6-1234567`",
            place: "Data Management > Custom events, in the event's details",
        },
        IdKind {
            kind: "lists",
            what: "list, a number",
            place: "CRM > Segments (lists), in the address of the list's page",
        },
        IdKind {
            kind: "subscriptions",
            what: "subscription type, a number",
            place: "Settings > Marketing > Email > Subscription types",
        },
    ],
    remarks: &[
        "The key is the token of a private app with the scopes `automation`, `content` and `marketing-email`.",
        "Without the scope `marketing-email`, which not every plan has, emails arrive as batch emails that no workflow can send. Then create the emails as automated ones in HubSpot, put their ids into the requests of the workflows, and send only these.",
    ],
};

impl Target for HubSpot {
    fn name(&self) -> &'static str {
        "hubspot"
    }

    fn title(&self) -> &'static str {
        "HubSpot"
    }

    fn dialect(&self) -> &'static str {
        "hubl"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        vec![email::request_of(job, name, content)]
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        flow::requests(draft)
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        if request.path == flow::PATH {
            faults::faults(&request.body)
        } else {
            Vec::new()
        }
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        email::files(export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Before the requests, upload the folder `templates/` beside this file: `hs upload templates journeyc`. The emails are made of these coded templates.",
            "Create the contact properties that the journeys name, if they are not there yet: texts as single-line text, numbers as number, yes and no as single checkbox, dates as date picker.",
            "Set the account's time zone to the project's `timezone`: delays until a time of day and send windows go by it.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "send",
                "HubSpot takes a coded email only with the company's address as the account has it, so the template's last line shows it.",
            ),
            (
                "wait_for",
                "HubSpot waits for events that come after the person has got to the wait; one that came before it does not count.",
            ),
            (
                "",
                "An exit, or an event that somebody asks about later, is a property of the contact: a small workflow of its own sets it when the event comes. Switch these on before the journeys.",
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
