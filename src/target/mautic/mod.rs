//! Mautic 7: one campaign a journey, as an archive that its import takes.
//!
//! In: a [`Job`]. Out: `campaigns/NAME.zip`, and the same as a request to the import of an own server.
//! Invariant: the campaign arrives switched off, hangs together, and names what the account has by the
//! account's own numbers ([`faults`]).
//! What is relied on was read in its source (`CampaignImportExportSubscriber`, `ImportHelper`,
//! `TokenHelper`, `Interval`): known UUIDs are updated, numbers of the file are given anew, numbers
//! that the file does not define stay as they are, waits belong to the event behind them.
//! Not done here: segments, fields and tags of the account.

mod ask;
mod campaign;
mod faults;
#[cfg(test)]
mod tests;
mod timing;
mod zip;

use super::{
    Ability, Capabilities, Draft, Export, IdKind, Limits, Provider, Request, Requests, Target,
    Unit, Way,
};
use crate::diagnostic::Sink;
use crate::source::Artifacts;

/// The target `mautic`.
pub(super) struct Mautic;

const HEADERS: &[&str] = &["Authorization", "Content-Type"];
/// Where the import is.
const IMPORT: &str = "/api/campaigns/import";
/// More events than this nobody can read on a canvas.
const MOST_EVENTS: usize = 200;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::Native,
            "an archive for the import, switched off",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "emails are part of the campaign's file",
        ),
        (
            Ability::TriggerFilter,
            Way::Asked,
            "a condition at the beginning",
        ),
        (
            Ability::ReentryAfter,
            Way::Lost,
            "whoever comes into the segment again begins again",
        ),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "a contact is in a campaign once at a time",
        ),
        (
            Ability::SameCase,
            Way::Lost,
            "a contact's fields hold one case",
        ),
        (Ability::Exits, Way::Asked, "a condition behind each wait"),
        (
            Ability::BusinessDays,
            Way::Chained,
            "one day and then until a weekday, for each",
        ),
        (Ability::TimeOfDay, Way::Native, "an event's hour"),
        (Ability::Weekdays, Way::Native, "an event's days"),
        (Ability::ContactZone, Way::Native, "the contact's time zone"),
        (
            Ability::WaitForEvent,
            Way::Polled,
            "the campaign looks for a tag again and again",
        ),
        (
            Ability::WaitForDate,
            Way::Refused,
            "only segments know dates",
        ),
        (Ability::AskContact, Way::Native, "a condition on a field"),
        (
            Ability::AskEvent,
            Way::Native,
            "a condition on a field, into which the shop writes what the event carries",
        ),
        (
            Ability::AskTogether,
            Way::Native,
            "one condition behind another",
        ),
        (
            Ability::AskHistory,
            Way::Marked,
            "by tags that the shop gives when an event comes",
        ),
        (Ability::AskCounts, Way::Refused, "it keeps no events"),
        (
            Ability::AskClicks,
            Way::Refused,
            "only right behind the mail",
        ),
        (
            Ability::ManyWays,
            Way::Nested,
            "one condition behind another",
        ),
        (Ability::Split, Way::Refused, "no event draws by chance"),
        (
            Ability::Joins,
            Way::Copied,
            "what follows is copied into each way",
        ),
        (
            Ability::SetAttribute,
            Way::Native,
            "an action; a field cannot be emptied",
        ),
        (
            Ability::EnterJourney,
            Way::Listed,
            "if `ids.lists` names a segment",
        ),
        (
            Ability::Tasks,
            Way::ByHand,
            "work for people is done elsewhere",
        ),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "a condition on `preferred_locale`, an email a language",
        ),
        (
            Ability::Gates,
            Way::Nested,
            "a condition before the message",
        ),
        (
            Ability::SendWindow,
            Way::Native,
            "an event's hours from and to, and its days",
        ),
        (
            Ability::FrequencyCap,
            Way::ByHand,
            "frequency rules, for commercial mail of the whole account",
        ),
        (
            Ability::Consent,
            Way::Native,
            "no commercial mail to contacts marked as do not contact, by themselves or by a bounce",
        ),
        (
            Ability::Update,
            Way::Native,
            "the same import again; the campaign is switched off by it",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: MOST_EVENTS,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: None,
    address_variable: "MAUTIC_ADDRESS",
    headers: &[
        ("Authorization", "Bearer $MAUTIC_TOKEN"),
        ("Content-Type", "application/json"),
    ],
    envelopes: true,
    preheaders: true,
    ids: &[
        IdKind {
            kind: "segments",
            what: "segment into which the shop puts people when the event comes",
            place: "Segments, in the address of the segment's page",
        },
        IdKind {
            kind: "lists",
            what: "segment that begins another journey",
            place: "Segments, in the address of the segment's page",
        },
        IdKind {
            kind: "fields",
            what: "field, its alias, where it is called something else than in the project",
            place: "Settings > Custom Fields, in the column Alias",
        },
    ],
    remarks: &[],
};

impl Target for Mautic {
    fn name(&self) -> &'static str {
        "mautic"
    }

    fn title(&self) -> &'static str {
        "Mautic"
    }

    fn dialect(&self) -> &'static str {
        "flat-mautic"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        campaign::journey(draft)
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults::faults(request)
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _: &mut Sink) {
        for (_, request) in export.requests.iter().filter(|it| it.1.path == IMPORT) {
            let name = request.body[0]["campaign"][0]["name"]
                .as_str()
                .unwrap_or_default();
            let mut text = serde_json::to_string_pretty(&request.body).unwrap_or_default();
            text.push('\n');
            let archive = zip::stored("campaign.json", text.as_bytes());
            artifacts.add(format!("campaigns/{name}.zip"), archive);
        }
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "See that the server is Mautic 7 or later: earlier ones import no campaigns. Make a backup of its database first.",
            "Make the contact fields, tags and segments that are named below.",
            "Import each archive of `campaigns/` on the page of campaigns, with `bin/console mautic:entity:import --entity=campaign --file=NAME.zip --user=1`, or send the request of the same name to your own server.",
            "Write the sender's address, and the address for answers, into each imported email: the file carries the sender's name only.",
            "Send every email to yourself once, and see that fields come through as the shop wrote them.",
            "Switch each campaign on when all of this is done. Cron jobs must update segments and trigger campaigns every few minutes.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "",
                "Mautic knows no events of a shop: a segment stands for the event that begins a journey, tags for those that come later, fields of the contact for what an event carries.",
            ),
            ("", "Texts are compared without regard to capitals."),
            (
                "send",
                "A mail prints fields of the contact and nothing else, so the shop works out what a mail chooses or escapes, and writes it into a field.",
            ),
            (
                "send",
                "A language is asked for as it is declared: whoever prefers `de_AT` gets the default language.",
            ),
            (
                "wait",
                "A wait belongs to the event behind it; one that only waits is a condition that everybody with an address meets.",
            ),
        ]
    }
}
