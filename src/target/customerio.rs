//! Customer.io: the content of messages by API, `PUT /v1/campaigns/{id}/actions/{id}`, and a build sheet for
//! each campaign.
//!
//! In: journeys. Out: `messages/`, pages and texts to copy; `sheets/`; and for campaigns that somebody has
//! built, and whose ids stand in `journeyc.yaml`, one request for each message and language. Invariant:
//! its public API makes no campaigns, so none is written; every message stays a draft.
//! Not done here: sending; the campaign itself (a person builds it from the sheet).

use indexmap::IndexMap;
use serde_json::json;

use super::sheet::{self, Vocabulary, Word};
use super::{
    Ability, Act, Capabilities, Draft, Export, IdKind, Limits, Named, Provider, Request, Requests,
    Target, Unit, Way,
};
use crate::diagnostic::Sink;
use crate::source::Artifacts;

/// The target `customerio`.
pub(super) struct CustomerIo;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::ByHand,
            "the public API changes messages only: a build sheet says how to build the campaign",
        ),
        (
            Ability::TemplatesByApi,
            Way::ByHand,
            "a message must be there before its content can be sent: then `ids.actions` names it",
        ),
        (
            Ability::TriggerFilter,
            Way::Native,
            "event conditions of the trigger; the person in a branch behind it",
        ),
        (
            Ability::ReentryAfter,
            Way::Native,
            "frequency of the campaign",
        ),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the campaign",
        ),
        (
            Ability::SameCase,
            Way::Lost,
            "exit conditions do not compare keys",
        ),
        (Ability::Exits, Way::Native, "exit conditions"),
        (
            Ability::BusinessDays,
            Way::Chained,
            "one day and then a time window on weekdays, for each",
        ),
        (Ability::TimeOfDay, Way::Native, "a time window"),
        (Ability::Weekdays, Way::Native, "a time window"),
        (
            Ability::ContactZone,
            Way::Native,
            "the person's `timezone` attribute",
        ),
        (
            Ability::WaitForEvent,
            Way::Native,
            "Wait Until, with a maximum",
        ),
        (
            Ability::WaitForDate,
            Way::Native,
            "Wait Until a date attribute",
        ),
        (Ability::AskContact, Way::Native, "True/False Branch"),
        (
            Ability::AskEvent,
            Way::Native,
            "True/False Branch on the trigger's data",
        ),
        (Ability::AskTogether, Way::Native, "conditions side by side"),
        (Ability::AskHistory, Way::Native, "event conditions"),
        (Ability::AskCounts, Way::Native, "event conditions"),
        (Ability::AskClicks, Way::Native, "message conditions"),
        (
            Ability::ManyWays,
            Way::Nested,
            "one True/False Branch behind another",
        ),
        (
            Ability::Split,
            Way::Native,
            "Random Cohort Branch, whole percentages",
        ),
        (Ability::Joins, Way::Native, "paths come together again"),
        (
            Ability::SetAttribute,
            Way::Native,
            "Create or Update Person",
        ),
        (
            Ability::EnterJourney,
            Way::ByHand,
            "an event of your own starts the other campaign",
        ),
        (Ability::Tasks, Way::ByHand, "it has no tasks for people"),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (Ability::Locales, Way::Native, "translations of one message"),
        (
            Ability::Gates,
            Way::Gated,
            "conditions of the message; people go on without it",
        ),
        (
            Ability::SendWindow,
            Way::Native,
            "a time window before each message",
        ),
        (
            Ability::FrequencyCap,
            Way::ByHand,
            "message limits of the workspace",
        ),
        (
            Ability::Consent,
            Way::Native,
            "no mail to people who have unsubscribed, unless the message says so",
        ),
        (
            Ability::Update,
            Way::Native,
            "messages by request; the campaign by hand",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: true,
        most_steps: 200,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://api.customer.io"),
    address_variable: "CUSTOMERIO_ADDRESS",
    headers: &[
        ("Authorization", "Bearer $CUSTOMERIO_APP_API_KEY"),
        ("Content-Type", "application/json"),
    ],
    envelopes: true,
    preheaders: true,
    ids: &[
        IdKind {
            kind: "campaigns",
            what: "campaign, by the journey's name",
            place: "the address of the campaign's page, behind `campaigns/`",
        },
        IdKind {
            kind: "actions",
            what: "message, by the journey and the step as the sheet calls it, such as `welcome/hello`",
            place: "the address of the message's page, behind `actions/`",
        },
        IdKind {
            kind: "senders",
            what: "From address, by the sender's name in the project",
            place: "Settings > Email > From addresses",
        },
    ],
    remarks: &[
        "The key is an App API key. Accounts in the EU use `https://api-eu.customer.io`: put it into `CUSTOMERIO_ADDRESS`.",
        "A message that was built in the drag-and-drop editor takes no content by request: make it with the code editor.",
        "At most 10 requests a second.",
    ],
};

const VOCABULARY: Vocabulary = Vocabulary {
    journey: Word {
        name: "Campaign",
        place: "Campaigns > Create Campaign",
    },
    event: "event",
    property: "event attribute",
    attribute: "profile attribute",
    trigger: Word {
        name: "Trigger: event",
        place: "Trigger step > When they perform an event; conditions on its attributes below it",
    },
    reentry: Word {
        name: "Frequency",
        place: "Trigger step > Frequency",
    },
    exits: Word {
        name: "Exit conditions",
        place: "Goal & Exit step > Exit conditions",
    },
    goal: Word {
        name: "Goal",
        place: "Goal & Exit step > Goal",
    },
    message: Word {
        name: "Email",
        place: "Workflow > Email, made with the code editor; sending behaviour: queue draft until all is checked",
    },
    gate: Word {
        name: "Conditions of the message",
        place: "click the Email > Conditions; who does not match goes on without it",
    },
    class: Word {
        name: "Send to unsubscribed",
        place: "click the Email > Settings; on for service mail, off for commercial mail",
    },
    locale: Word {
        name: "Translations",
        place: "click the Email > Add language; people get the one of their language attribute",
    },
    window: Word {
        name: "Time Window",
        place: "Workflow > Time Window, right before the Email, because it holds for the next message only",
    },
    cap: Word {
        name: "Message limit",
        place: "Settings > Message limits",
    },
    delay: Word {
        name: "Time Delay",
        place: "Workflow > Time Delay",
    },
    until: Word {
        name: "Time Window",
        place: "Workflow > Time Window: the days, the hour at which it opens, and whose time zone",
    },
    wait_for: Word {
        name: "Wait Until",
        place: "Workflow > Wait Until, with a maximum; who reaches it is way 2",
    },
    wait_date: Word {
        name: "Wait Until",
        place: "Workflow > Wait Until a date attribute",
    },
    choose: Word {
        name: "True/False Branch",
        place: "Workflow > True/False Branch; True is way 1, False is way 2",
    },
    draw: Word {
        name: "Random Cohort Branch",
        place: "Workflow > Random Cohort Branch",
    },
    set: Word {
        name: "Create or Update Person",
        place: "Workflow > Data > Create or Update Person",
    },
    enter: Word {
        name: "Send Event",
        place: "Workflow > Data > Send Event",
    },
    task: Word {
        name: "Webhook",
        place: "Workflow > Webhook",
    },
    end: Word {
        name: "Exit",
        place: "Workflow > Exit",
    },
    handed: Word {
        name: "What the event must carry beside",
        place: "the shop works these values out and sends them as attributes of the event",
    },
    start: Word {
        name: "Start Campaign",
        place: "Review step > Start Campaign",
    },
    template: page,
    commercial: "",
    checks: &[
        "Each Email holds the page of its file in `messages/`, copied or sent by request.",
        "The sending behaviour of every message is set from drafts to automatic.",
    ],
};

/// The file that holds a message's page.
fn page(name: &str) -> String {
    format!("messages/{}.html", name.replace('@', "-at-"))
}

impl Target for CustomerIo {
    fn name(&self) -> &'static str {
        "customerio"
    }

    fn title(&self) -> &'static str {
        "Customer.io"
    }

    fn dialect(&self) -> &'static str {
        "liquid-customerio"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        Requests {
            before: Vec::new(),
            journey: contents(draft),
        }
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults(request)
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        for (name, content) in export.shelf.contents() {
            let html = page(name);
            artifacts.add(html.replace(".html", ".txt"), content.mail.text.clone());
            artifacts.add(html, content.mail.html.clone());
        }
        sheet::write(self, &VOCABULARY, export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Add the senders' addresses: Settings > Email > From addresses.",
            "Build each campaign from its sheet in `sheets/`; the pages of the messages stand in `messages/`. Each sheet ends with a list to tick.",
            "To send later changes by request, write the ids of the campaign and of its messages below `ids.campaigns` and `ids.actions`, and export again.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "",
                "A message fails where the mail prints an attribute that the person lacks; the templates ask first.",
            ),
            (
                "wait_for",
                "Wait Until sees what happens while people stand there, so put a branch before it for what came earlier.",
            ),
        ]
    }
}

/// The requests that fill the messages of a campaign that is there; for others, what to do first.
fn contents(draft: &mut Draft<'_, '_>) -> Vec<Named> {
    let name = &draft.program.journey.name;
    let mut mails = Vec::new();
    draft.program.walk(&mut |op| {
        if let Act::Mail { send, locales, .. } = &op.act {
            mails.push((op.id.clone(), op.node, &send.sender, locales.clone()));
        }
    });
    if draft.job.account.id("campaigns", name).is_none() {
        draft.ledger.by_hand(format!(
            "Build `{name}` from its sheet. Then write the campaign's id below `ids.campaigns.{name}`, and export again: later changes go by request."
        ));
        return Vec::new();
    }
    let campaign = draft.ledger.id(draft.job, "campaigns", name, "");
    let mut all = Vec::new();
    for (id, node, sender, locales) in mails {
        let key = format!("{name}/{id}");
        if draft.job.account.id("actions", &key).is_none() {
            draft.ledger.by_hand(format!(
                "`{id}`: make the message in the campaign first, then write its id below `ids.actions` as `{key}`, and export again."
            ));
            continue;
        }
        let action = draft.ledger.id(draft.job, "actions", &key, node);
        for (at, locale) in locales.iter().enumerate() {
            let Some(content) = draft.shelf.mail(name, node, locale) else {
                continue;
            };
            let mut body = json!({
                "subject": content.mail.subject,
                "body": content.mail.html,
                "sending_state": "draft",
            });
            if let Some(preheader) = &content.mail.preheader {
                body["preheader_text"] = json!(preheader);
            }
            if let Some(from) = draft.job.account.id("senders", &sender.id) {
                let from = from.to_owned();
                draft.ledger.id(draft.job, "senders", &sender.id, node);
                body["from_id"] = from.parse::<u64>().map_or(json!(from), |it| json!(it));
            }
            let mut path = format!("/v1/campaigns/{campaign}/actions/{action}");
            if at > 0 {
                path = format!("{path}/language/{locale}");
            }
            all.push((
                format!("message-{name}-{id}.{locale}"),
                Request {
                    method: "PUT",
                    path,
                    headers: PROVIDER.headers.iter().map(|it| it.0).collect(),
                    form: false,
                    body,
                    binds: IndexMap::new(),
                },
            ));
        }
    }
    all
}

/// What is wrong with a request.
fn faults(request: &Request) -> Vec<String> {
    let mut faults = Vec::new();
    let body = &request.body;
    let text = |key: &str| body[key].as_str().unwrap_or_default();
    for key in ["subject", "body"] {
        if text(key).trim().is_empty() {
            faults.push(format!("the message has no `{key}`"));
        }
    }
    for key in ["subject", "preheader_text"] {
        if text(key).contains(['\n', '\r']) {
            faults.push(format!("`{key}` has more than one line"));
        }
    }
    if body["sending_state"] != "draft" {
        faults.push("the message is no draft".to_owned());
    }
    if body.get("from_id").is_some_and(|it| !it.is_u64()) {
        faults.push("`from_id` is no number".to_owned());
    }
    let parts: Vec<&str> = request.path.split('/').skip(1).collect();
    let number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    match parts.as_slice() {
        ["v1", "campaigns", campaign, "actions", action]
        | [
            "v1",
            "campaigns",
            campaign,
            "actions",
            action,
            "language",
            _,
        ] => {
            if !number(campaign) {
                faults.push(format!("`{campaign}` is no campaign's number"));
            }
            if !number(action) {
                faults.push(format!("`{action}` is no message's number"));
            }
        }
        _ => faults.push("the request goes to no message".to_owned()),
    }
    faults
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::Value;

    use super::*;

    fn request(path: &str, body: Value) -> Request {
        Request {
            method: "PUT",
            path: path.to_owned(),
            headers: Vec::new(),
            form: false,
            body,
            binds: IndexMap::new(),
        }
    }

    #[test]
    fn broken_messages_are_refused() {
        let good = json!({"subject": "Hello", "body": "<p>Hi</p>", "sending_state": "draft", "from_id": 1});
        let path = "/v1/campaigns/17/actions/171";
        assert_eq!(faults(&request(path, good.clone())), Vec::<String>::new());
        let other = format!("{path}/language/de");
        assert_eq!(faults(&request(&other, good.clone())), Vec::<String>::new());
        for (key, wrong) in [
            ("subject", json!("")),
            ("subject", json!("a\nb")),
            ("body", json!(" ")),
            ("body", Value::Null),
            ("preheader_text", json!("a\nb")),
            ("sending_state", json!("automatic")),
            ("sending_state", Value::Null),
            ("from_id", json!("care")),
        ] {
            let mut body = good.clone();
            body[key] = wrong;
            assert!(!faults(&request(path, body)).is_empty(), "{key}");
        }
        for path in [
            "/v1/campaigns//actions/171",
            "/v1/campaigns/welcome/actions/171",
            "/v1/campaigns/17/actions/hello",
            "/v1/campaigns/17",
            "/v1/newsletters/17/contents/1",
        ] {
            assert!(!faults(&request(path, good.clone())).is_empty(), "{path}");
        }
    }
}
