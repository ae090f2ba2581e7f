//! Dittofeed: templates, segments, user properties and one journey each, through its admin API.
//!
//! In: a [`Job`]. Out: `PUT` requests with ids of our own ([`super::uuid`]), so that sending them again changes
//! what is there. Invariant: a journey is sound beyond what Dittofeed's own schemas see ([`faults`]).
//! What is relied on was read in its source (`userWorkflow.ts`, `segments.ts`, `userProperties.ts`,
//! `dates.ts` of March 2026): an event reaches a run only if its name fits the entry's, keyed segments
//! are worked out at once from such events, all others some time later.
//! Not done here: sending; keys of the account.

mod ask;
mod faults;
mod journey;
mod key;
mod segment;
#[cfg(test)]
mod tests;

use serde_json::json;

use super::{
    Ability, Capabilities, Content, Draft, IdKind, Job, Limits, Named, Provider, Request, Requests,
    Target, Unit, Way,
};

/// The target `dittofeed`.
pub(super) struct Dittofeed;

const HEADERS: &[&str] = &["Authorization", "Content-Type"];

/// More nodes than this nobody can read on its canvas.
const MOST_NODES: usize = 200;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::Native,
            "one request a journey, not started",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "a page each; the text part is left to the mail provider behind it",
        ),
        (
            Ability::TriggerFilter,
            Way::Asked,
            "a split right behind the entry",
        ),
        (
            Ability::ReentryAfter,
            Way::Lost,
            "every event starts the journey",
        ),
        (
            Ability::ReentryPerKey,
            Way::Native,
            "by the key of the event",
        ),
        (
            Ability::SameCase,
            Way::Native,
            "by the key, where every event that is asked for carries it",
        ),
        (Ability::Exits, Way::Asked, "a split behind each wait"),
        (
            Ability::BusinessDays,
            Way::Rounded,
            "it waits for seconds, or for an hour of certain days",
        ),
        (
            Ability::TimeOfDay,
            Way::Native,
            "a delay until a local time",
        ),
        (
            Ability::Weekdays,
            Way::Native,
            "together with a time of day; the day is read in UTC",
        ),
        (
            Ability::ContactZone,
            Way::Native,
            "the user property `timezone`, else the project's zone",
        ),
        (
            Ability::WaitForEvent,
            Way::Native,
            "a keyed segment, known at once",
        ),
        (
            Ability::WaitForDate,
            Way::Native,
            "a user property; whoever has none goes on at once",
        ),
        (
            Ability::AskContact,
            Way::Native,
            "a segment on traits, worked out some time after they came",
        ),
        (
            Ability::AskEvent,
            Way::Native,
            "a keyed segment on the trigger",
        ),
        (
            Ability::AskTogether,
            Way::Native,
            "one split behind another",
        ),
        (
            Ability::AskHistory,
            Way::Native,
            "a keyed segment, since entry",
        ),
        (
            Ability::AskCounts,
            Way::Native,
            "a segment on events, worked out some time after they came",
        ),
        (Ability::AskClicks, Way::Native, "by template"),
        (Ability::ManyWays, Way::Nested, "one split behind another"),
        (
            Ability::Split,
            Way::Native,
            "random cohorts, in whole percentages",
        ),
        (Ability::Joins, Way::Native, "ways may share a child"),
        (
            Ability::SetAttribute,
            Way::ByHand,
            "no node writes an attribute",
        ),
        (
            Ability::EnterJourney,
            Way::ByHand,
            "no node starts a journey",
        ),
        (Ability::Tasks, Way::ByHand, "it writes to customers only"),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "a split on the trait `locale`, a template a language",
        ),
        (Ability::Gates, Way::Nested, "a split before the message"),
        (
            Ability::SendWindow,
            Way::Snapped,
            "only by the delay before the message",
        ),
        (Ability::FrequencyCap, Way::Lost, "it counts no mails"),
        (
            Ability::Consent,
            Way::Native,
            "a subscription group for commercial mail; the mail provider behind it holds back addresses that bounce",
        ),
        (
            Ability::Update,
            Way::Native,
            "the same request again; people inside finish the old journey",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: MOST_NODES,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://app.dittofeed.com"),
    address_variable: "DITTOFEED_ADDRESS",
    headers: &[
        ("Authorization", "Bearer $DITTOFEED_ADMIN_KEY"),
        ("Content-Type", "application/json"),
    ],
    envelopes: true,
    preheaders: false,
    ids: &[
        IdKind {
            kind: "workspace",
            what: "workspace, under the name `id`",
            place: "Settings > Authentication, beside the admin API key",
        },
        IdKind {
            kind: "keys",
            what: "person, under the name `person`: the property by which every event names its person, such as `customer_id`",
            place: "the events that your shop sends",
        },
        IdKind {
            kind: "groups",
            what: "subscription group of commercial mail, if there is one already, under the name `commercial`",
            place: "Subscription Groups, in the address of the group's page",
        },
    ],
    remarks: &[
        "The admin key is made under Settings > Admin API Key. Another address, such as your own server's, goes into `DITTOFEED_ADDRESS`.",
    ],
};

impl Target for Dittofeed {
    fn name(&self) -> &'static str {
        "dittofeed"
    }

    fn title(&self) -> &'static str {
        "Dittofeed"
    }

    fn dialect(&self) -> &'static str {
        "liquid-dittofeed"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let workspace = job.account.id("workspace", "id").unwrap_or_default();
        let mail = content.mail;
        let mut definition = json!({
            "type": "Email", "from": content.sender.address, "name": content.sender.name,
            "subject": mail.subject, "emailContentsType": "Code", "body": mail.html,
        });
        if let Some(reply_to) = &content.sender.reply_to {
            definition["replyTo"] = json!(reply_to);
        }
        let body = json!({
            "workspaceId": workspace, "id": super::uuid::uuid(workspace, "template", name),
            "name": name, "definition": definition,
        });
        vec![(
            format!("template-{name}"),
            journey::put("/api/admin/content/templates", body),
        )]
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        journey::journey(draft)
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults::faults(request)
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Let the shop send what the project calls attributes as traits (`identify`) and events as `track`, each with the properties that the project declares.",
            "Let the shop send `timezone` as a trait, as a name such as `Europe/Berlin`; without it people live by the project's clock.",
            "See that the mail provider behind Dittofeed holds back mail to addresses that have bounced.",
            "Send every mail to yourself once from its template's page.",
            "Start each journey on its page when all of this is done.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "send",
                "A mail that cannot be sent is skipped, and the person goes on: also where somebody has unsubscribed from commercial mail.",
            ),
            (
                "send",
                "Dittofeed takes no plain text of ours: the mail provider behind it makes one from the page, or sends none.",
            ),
            (
                "send",
                "A language is asked for as it is declared: whoever has `de-AT` as `locale` gets the default language unless that is declared too.",
            ),
            (
                "wait",
                "A day is 24 hours, and a day of the week is read in UTC.",
            ),
            (
                "wait_until",
                "Whoever has no such date goes on at once, as after a date that has passed; then an hour is waited for all the same.",
            ),
            (
                "branch",
                "Segments on traits and on counts are worked out some time after the data came, about a minute; who comes in right after a change may be judged by what was known before.",
            ),
        ]
    }
}
