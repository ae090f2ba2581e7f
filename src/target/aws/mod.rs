//! Amazon Web Services: SES holds the templates, Step Functions runs the journeys.
//!
//! In: lowered journeys. Out: requests one by one, the same as one `CloudFormation` stack, and a script
//! that deploys it. Invariant: no function of our own runs anywhere: machines call SES, the table and
//! each other by themselves; every rule arrives switched off; no number of an account is made up.
//!
//! How a journey runs. The shop puts events on a bus: `detail-type` is the event's name, `detail` holds
//! `contact` and `event`. A rule starts the journey's machine. The machine notes the entry in a table,
//! which also keeps people out who may not come in again. A second machine keeps every event in the
//! same table and wakes those who wait for it, ten seconds later: who has looked and not found it is
//! waiting by then. So exits are asked behind every wait, `wait_for` goes on within seconds, and what
//! is known of a person is what the shop has said last.
//!
//! What templates need worked out is worked out in `JSONata` in the call that sends ([`jsonata`]).
//! Not done here: the lowering, the ledger's findings.

mod asked;
mod clock;
mod faults;
mod jsonata;
mod letter;
mod machine;
mod memory;
mod names;
mod pattern;
mod stack;

use serde_json::json;

use super::capability::{Ability, Capabilities, Limits, Row, Unit, Way};
use super::{
    Content, Draft, Export, IdKind, Job, Ledger, Named, Provider, Request, Requests, Target,
};
use crate::diagnostic::Sink;
use crate::source::Artifacts;

/// With more, an execution could come by more than the 25,000 entries that its history may have.
const MOST_STEPS: usize = 1_000;

/// Amazon Web Services.
#[derive(Debug)]
pub(super) struct Aws;

const ROWS: &[Row] = &[
    (
        Ability::JourneyByApi,
        Way::Native,
        "a state machine of your own account",
    ),
    (Ability::TemplatesByApi, Way::Native, "SES, 500 KB each"),
    (
        Ability::TriggerFilter,
        Way::Whole,
        "in the rule's pattern, else by the machine's first choice",
    ),
    (
        Ability::ReentryAfter,
        Way::Native,
        "noted in the table on entry",
    ),
    (
        Ability::ReentryPerKey,
        Way::Native,
        "noted in the table on entry",
    ),
    (
        Ability::SameCase,
        Way::Native,
        "the table keeps the case with each event",
    ),
    (Ability::Exits, Way::Asked, "behind every wait"),
    (
        Ability::BusinessDays,
        Way::Chained,
        "up to ten, one after another",
    ),
    (Ability::TimeOfDay, Way::Native, ""),
    (Ability::Weekdays, Way::Native, ""),
    (
        Ability::ContactZone,
        Way::Native,
        "by the offset from UTC that the shop sends last",
    ),
    (
        Ability::WaitForEvent,
        Way::Native,
        "goes on some ten seconds after the event",
    ),
    (Ability::WaitForDate, Way::Native, "less than a year ahead"),
    (Ability::AskContact, Way::Native, "as the shop said last"),
    (Ability::AskEvent, Way::Native, ""),
    (Ability::AskTogether, Way::Native, ""),
    (Ability::AskHistory, Way::Native, "from the table"),
    (
        Ability::AskCounts,
        Way::Native,
        "from the day on which the rule for events is switched on",
    ),
    (
        Ability::AskClicks,
        Way::Refused,
        "SES would have to put its clicks on the bus",
    ),
    (Ability::ManyWays, Way::Native, ""),
    (Ability::Split, Way::Native, "whole percentages"),
    (Ability::Joins, Way::Native, ""),
    (
        Ability::SetAttribute,
        Way::Native,
        "in the table, for these journeys only",
    ),
    (Ability::EnterJourney, Way::Native, ""),
    (Ability::Tasks, Way::Alerted, "by a mail to the team"),
    (
        Ability::Touches,
        Way::ByHand,
        "the other system acts on the same event",
    ),
    (
        Ability::Locales,
        Way::Nested,
        "a template for each language",
    ),
    (Ability::Gates, Way::Nested, ""),
    (
        Ability::SendWindow,
        Way::Native,
        "people wait until it is open, and exits are asked again",
    ),
    (
        Ability::FrequencyCap,
        Way::Lost,
        "nothing counts mails across journeys",
    ),
    (
        Ability::Consent,
        Way::Native,
        "the contact list and the suppression list of SES",
    ),
    (
        Ability::Update,
        Way::Native,
        "deploy the stack again; people inside keep the old machine",
    ),
];

static CAPABILITIES: Capabilities = Capabilities {
    rows: ROWS,
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: MOST_STEPS,
        most_rounds: 12,
        horizon: None,
    },
};

static PROVIDER: Provider = Provider {
    address: None,
    address_variable: "",
    headers: &[],
    envelopes: true,
    preheaders: false,
    ids: &[
        IdKind {
            kind: "contact_lists",
            what: "contact list",
            place: "Amazon SES > Contact list; an account has one, write its name under `all`",
        },
        IdKind {
            kind: "configuration_sets",
            what: "configuration set",
            place: "Amazon SES > Configuration sets; optional, write its name under `mail`",
        },
        IdKind {
            kind: "buses",
            what: "event bus",
            place: "Amazon EventBridge > Event buses; optional, write its name under `events`, else it is `default`",
        },
        IdKind {
            kind: "links",
            what: "page",
            place: "your own site: SES makes no page for preferences and no web view",
        },
        IdKind {
            kind: "alerts",
            what: "mail address",
            place: "your own team: who is told of a task",
        },
    ],
    remarks: &[],
};

impl Target for Aws {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn title(&self) -> &'static str {
        "AWS"
    }

    fn dialect(&self) -> &'static str {
        "handlebars-ses"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let template = names::template(&job.account.name, name);
        let body = json!({
            "TemplateName": template,
            "TemplateContent": {
                "Subject": content.mail.subject,
                "Text": content.mail.text,
                "Html": content.mail.html,
            },
        });
        let request = Request {
            method: "POST",
            path: "/v2/email/templates".to_owned(),
            headers: Vec::new(),
            form: false,
            body,
            binds: indexmap::IndexMap::default(),
        };
        vec![(format!("template-{name}"), request)]
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        let Some(parts) = parts(draft) else {
            return Requests::default();
        };
        Requests {
            before: stack::shared(draft.job),
            journey: stack::journey(draft.job, &parts),
        }
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults::faults(&request.path, &request.body)
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        let mut journeys = Vec::new();
        for outcome in export.outcomes.iter().filter(|it| it.is_written()) {
            // What is noted here has been noted when the requests were written.
            let mut ledger = Ledger::default();
            let mut draft = Draft {
                job: export.job,
                shelf: export.shelf,
                program: &outcome.program,
                ledger: &mut ledger,
            };
            journeys.extend(parts(&mut draft));
        }
        if journeys.is_empty() {
            return;
        }
        let stack = stack::stack(export.job, &journeys);
        let mut text = serde_json::to_string_pretty(&stack).unwrap_or_default();
        text.push('\n');
        artifacts.add("cloudformation.json", text);
        let name = format!("journeyc-{}", export.job.account.name);
        let script = include_str!("deploy.sh").replace("STACK", &name);
        artifacts.add("deploy.sh", script);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Amazon SES > Identities: verify the domain, and ask for production access if the account is still in the sandbox.",
            "Amazon SES > Contact list: create the account's contact list, so that people can unsubscribe.",
            "Amazon SES > Suppression list: see that bounces and complaints are added for the whole account.",
            "Let the shop put its events on the bus (`PutEvents`). `DetailType` is the event's name, such as `order_paid`. `Detail` is an object of two: `contact` with `id`, `email`, `locale`, `utc_offset` and every attribute of the person, and `event` with the event's properties. `utc_offset` is how many minutes the person's clock is ahead of UTC now, such as 120; leave it out where you do not know it. `Time` is when it happened.",
            "Run `sh deploy.sh` to see what it would do and `sh deploy.sh --yes` to do it: it creates the templates and one stack from `cloudformation.json`. Who works without CloudFormation finds the same calls one by one in `requests/`: a path such as `states:CreateStateMachine` is the service and the call, and the body is what it takes.",
            "Amazon EventBridge > Rules: switch on the rule that ends in `-_events` first. Events are remembered from that moment on; counts and questions about the past know nothing older.",
            "Then switch on one journey's rule after another. That is the moment from which customers get mail.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "",
                "Each journey is one state machine of the kind Standard. One execution is one person; the console shows where everybody is.",
            ),
            (
                "",
                "The table holds what people have done for at least 400 days, and what is known of them. Delete a person's entries there when they ask for it.",
            ),
            (
                "",
                "What is known of a person is what the shop sent with its last event. An event that never comes changes nothing.",
            ),
            (
                "send",
                "A mail that SES refuses is tried again where SES asks for it; then the journey goes on without it. The execution shows the refusal.",
            ),
            (
                "send",
                "Values are escaped, compared and put into words by the call that sends, because SES does neither.",
            ),
            (
                "wait",
                "A day is 24 hours. Waits to a time of day end at that time, also after the clocks have changed in a named zone.",
            ),
            (
                "wait_for",
                "An event ends the wait some ten seconds after it comes. Of events with a `where`, the newest 100 since entry are looked at.",
            ),
            (
                "set",
                "Attributes are written into the table, for these journeys. The shop does not learn of them, and its next event overwrites them.",
            ),
            (
                "enter",
                "The other journey starts even while its own rule is switched off, and without asking its filter.",
            ),
            ("split", "Chance decides anew for everybody who comes by."),
        ]
    }
}

/// A journey's machine and what starts it; nothing where something was refused.
fn parts(draft: &mut Draft<'_, '_>) -> Option<stack::Parts> {
    let definition = machine::definition(draft, MOST_STEPS);
    if !draft.ledger.is_writable() {
        return None;
    }
    let program = draft.program;
    Some(stack::Parts {
        journey: program.journey.name.clone(),
        event: program.journey.trigger.event.clone(),
        filter: program.filter.clone(),
        definition,
    })
}
