//! Mailchimp: marketing templates, `POST /3.0/templates`, and a build sheet for each Customer Journey.
//!
//! In: a job. Out: one request for each template; `sheets/`. Invariant: no endpoint makes a journey,
//! so none is written; every tag of a template is one that an audience can have ([`fields`]).
//! Not done here: single mails by event, with data of their own: that is Mailchimp Transactional,
//! another target.

mod faults;
mod fields;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde_json::json;

use super::sheet::{self, Vocabulary, Word};
use super::shelf::short;
use super::{
    Ability, Account, Act, Capabilities, Content, Draft, Export, IdKind, Job, Limits, Loss, Mail,
    Named, Provider, Request, Requests, Target, Unit, Way,
};
use crate::diagnostic::Sink;
use crate::source::Artifacts;

const HEADERS: &[&str] = &["Authorization", "Content-Type"];

/// The longest name of a template that we give.
const LONGEST_NAME: usize = 50;

/// The longest name of an event.
const LONGEST_EVENT: usize = 30;

/// The target `mailchimp`.
pub(super) struct Mailchimp;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::ByHand,
            "no endpoint makes a Customer Journey: a build sheet says how to build it",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "marketing templates: the page only; subject and preview text are set in the journey",
        ),
        (
            Ability::TriggerFilter,
            Way::Asked,
            "an If/Else behind the starting point",
        ),
        (
            Ability::ReentryAfter,
            Way::Lost,
            "contacts repeat a journey, or they do not",
        ),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the journey",
        ),
        (
            Ability::SameCase,
            Way::Lost,
            "a journey does not compare keys",
        ),
        (Ability::Exits, Way::Asked, "an If/Else behind every wait"),
        (
            Ability::BusinessDays,
            Way::Rounded,
            "delays count hours, days and weeks",
        ),
        (Ability::TimeOfDay, Way::Lost, "delays end when they end"),
        (Ability::Weekdays, Way::Lost, "delays end when they end"),
        (Ability::ContactZone, Way::Lost, "no step asks for a zone"),
        (
            Ability::WaitForEvent,
            Way::Polled,
            "the journey looks again and again, at most daily",
        ),
        (
            Ability::WaitForDate,
            Way::SecondFlow,
            "a second journey that begins with a date of the audience",
        ),
        (
            Ability::AskContact,
            Way::Native,
            "If/Else on fields of the audience",
        ),
        (
            Ability::AskEvent,
            Way::Refused,
            "a journey does not see what its event carries",
        ),
        (
            Ability::AskTogether,
            Way::Native,
            "several conditions in one If/Else",
        ),
        (
            Ability::AskHistory,
            Way::Marked,
            "a field of the audience that a small journey sets when the event comes",
        ),
        (
            Ability::AskCounts,
            Way::Refused,
            "journeys do not count events",
        ),
        (
            Ability::AskClicks,
            Way::Native,
            "If/Else on the activity of an email",
        ),
        (Ability::ManyWays, Way::Nested, "one If/Else inside another"),
        (Ability::Split, Way::Nested, "Percentage split: two paths"),
        (
            Ability::Joins,
            Way::Copied,
            "paths do not come together again",
        ),
        (Ability::SetAttribute, Way::Native, "Update contact"),
        (
            Ability::EnterJourney,
            Way::ByHand,
            "a tag that the other journey begins with as well",
        ),
        (
            Ability::Tasks,
            Way::ByHand,
            "Mailchimp has no tasks for people",
        ),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "one email a language, behind an If/Else on the language",
        ),
        (Ability::Gates, Way::Nested, "an If/Else before the email"),
        (
            Ability::SendWindow,
            Way::Lost,
            "a journey sends at any hour",
        ),
        (
            Ability::FrequencyCap,
            Way::Lost,
            "no count over several journeys",
        ),
        (
            Ability::Consent,
            Way::Native,
            "journeys write to subscribed contacts only",
        ),
        (
            Ability::Update,
            Way::Refused,
            "a changed template is a new one",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: 200,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://$MAILCHIMP_DC.api.mailchimp.com"),
    address_variable: "MAILCHIMP_ADDRESS",
    headers: &[
        ("Authorization", "Bearer $MAILCHIMP_API_KEY"),
        ("Content-Type", "application/json"),
    ],
    envelopes: false,
    preheaders: true,
    ids: &[IdKind {
        kind: "fields",
        what: "audience field, its merge tag, by the contact's attribute",
        place: "Audience > Settings > Audience fields and merge tags",
    }],
    remarks: &[
        "`MAILCHIMP_DC` is the data center: what stands behind the dash of the key, such as `us6`.",
        "An audience holds 30 fields, on the largest plan 80. A mail that needs more data of its own goes out by Mailchimp Transactional: export to `mandrill`.",
    ],
};

const VOCABULARY: Vocabulary = Vocabulary {
    journey: Word {
        name: "Customer Journey",
        place: "Automations > Customer Journeys > Build from scratch",
    },
    event: "custom event",
    property: "property of the event",
    attribute: "audience field",
    trigger: Word {
        name: "Starting point: Event API",
        place: "Add a starting point > Event API, and the event's name",
    },
    reentry: Word {
        name: "Repeat",
        place: "Journey settings > let contacts enter more than once, or not",
    },
    exits: Word {
        name: "If/Else",
        place: "a journey has no exits: an If/Else behind every wait ends the path",
    },
    goal: Word {
        name: "Report",
        place: "Mailchimp has no goals in journeys: read it in the reports",
    },
    message: Word {
        name: "Send email",
        place: "Add a journey point > Send email; choose the template under Saved templates",
    },
    gate: Word {
        name: "If/Else",
        place: "before the email",
    },
    class: Word {
        name: "Subscribed contacts",
        place: "a journey writes to subscribed contacts only; service mail to others goes out by Mailchimp Transactional",
    },
    locale: Word {
        name: "Language",
        place: "an If/Else on the contact's language",
    },
    window: Word {
        name: "Hours",
        place: "a journey sends at any hour",
    },
    cap: Word {
        name: "Frequency",
        place: "Mailchimp keeps no count over several journeys",
    },
    delay: Word {
        name: "Time delay",
        place: "Add a journey point > Time delay",
    },
    until: Word {
        name: "Time delay",
        place: "Add a journey point > Time delay",
    },
    wait_for: Word {
        name: "Wait for trigger",
        place: "Add a journey point > Wait for trigger",
    },
    wait_date: Word {
        name: "Starting point: Specific date",
        place: "Add a starting point > Date and special events",
    },
    choose: Word {
        name: "If/Else",
        place: "Add a journey point > If/Else",
    },
    draw: Word {
        name: "Percentage split",
        place: "Add a journey point > Percentage split",
    },
    set: Word {
        name: "Update contact",
        place: "Add a journey point > Update contact",
    },
    enter: Word {
        name: "Tag contact",
        place: "Add a journey point > Tag; the other journey begins with Tag added as well",
    },
    task: Word {
        name: "Outside of Mailchimp",
        place: "in the system in which the team works",
    },
    end: Word {
        name: "Contact exits",
        place: "put no further point here",
    },
    handed: Word {
        name: "Audience fields of type text",
        place: "Audience > Settings > Audience fields and merge tags; the shop writes them before it sends the event",
    },
    start: Word {
        name: "Turn on",
        place: "the journey's map > Turn on",
    },
    template: template_name,
    commercial: "",
    checks: &[
        "The shop writes the audience fields first, and sends the event after that: `POST /3.0/lists/AUDIENCE/members/ADDRESS/events`.",
        "The plan has If/Else, Percentage split and the Event API: they need a paid plan.",
    ],
};

impl Target for Mailchimp {
    fn name(&self) -> &'static str {
        "mailchimp"
    }

    fn title(&self) -> &'static str {
        "Mailchimp"
    }

    fn dialect(&self) -> &'static str {
        "merge-tags"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn fitted(&self, account: &Account, mail: &Mail) -> Option<Mail> {
        Some(fields::fitted(account, mail))
    }

    fn template(&self, _job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let request = Request {
            method: "POST",
            path: "/3.0/templates".to_owned(),
            headers: HEADERS.to_vec(),
            form: false,
            body: json!({"name": template_name(name), "html": content.mail.html}),
            binds: IndexMap::from([(format!("template:{name}"), "/id".to_owned())]),
        };
        vec![(format!("template-{name}"), request)]
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        event_name(draft);
        let journey = draft.program.journey;
        let (templates, program) = (draft.shelf, draft.program);
        program.walk(&mut |op| {
            let Act::Mail { locales, .. } = &op.act else {
                return;
            };
            let contents = locales
                .iter()
                .filter_map(|it| templates.mail(&journey.name, op.node, it));
            let mut variables = contents.flat_map(|it| &it.mail.variables);
            if variables.any(fields::is_of_event) {
                draft.ledger.lose(Loss {
                    line: op.line,
                    node: op.node.to_owned(),
                    what: format!("`{}` shows what the event carries, and Mailchimp's journeys read the audience's fields only", op.node),
                    why: "with two cases at once, the mail of the first shows what the second has written".to_owned(),
                    help: "let the shop write the fields that the sheet names before it sends the event; or send this mail by Mailchimp Transactional: export to `mandrill`".to_owned(),
                });
            }
        });
        Requests::default()
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults::faults(request)
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        sheet::write(self, &VOCABULARY, export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Verify and authenticate the domain: Account > Domains.",
            "Make the audience fields that the sheets name, of type text: Audience > Settings > Audience fields and merge tags. One that the audience has already can be named in `ids.fields`.",
            "Let the shop write these fields before it sends the event.",
            sheet::CHORE,
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "",
                "Mailchimp is two providers in one: journeys of marketing mail (this target), and Mailchimp Transactional (the target `mandrill`), to which the shop hands over the data of each mail, up to a year ahead.",
            ),
            (
                "",
                "A template's tags are those of the audience: what is worked out for a mail is kept in a field of its own, whose tag begins with `J`.",
            ),
        ]
    }
}

/// The event must have a name that Mailchimp takes.
fn event_name(draft: &mut Draft<'_, '_>) {
    let journey = draft.program.journey;
    let event = &journey.trigger.event;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let length = event.chars().count();
    if (2..=LONGEST_EVENT).contains(&length) && event.chars().all(plain) {
        return;
    }
    draft.ledger.refuse(Loss {
        line: journey.line,
        node: String::new(),
        what: format!("Mailchimp takes no event called `{event}`"),
        why: "its events have names of 2 to 30 letters, digits, `_` and `-`".to_owned(),
        help: "give the event a shorter name".to_owned(),
    });
}

/// What Mailchimp calls a template.
fn template_name(name: &str) -> String {
    short(&format!("journeyc/{name}"), LONGEST_NAME)
}
