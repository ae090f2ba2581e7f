//! Brevo: templates by API, `POST /v3/smtp/templates`, single mails within 72 hours, `POST /v3/smtp/email`,
//! and a build sheet for each automation.
//!
//! In: a [`Job`]. Out: one request for each template; `schedule/`; `sheets/`. Invariant: Brevo's API knows
//! no automations, so none is written; a template holds subject, preheader and sender.
//! Not done here: sending; the automation itself (a person builds it from the sheet).

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::sheet::{self, Vocabulary, Word};
use super::{
    Ability, Capabilities, Content, Export, Job, Limits, Named, Provider, Request, Scheduled,
    Scheduling, Target, Unit, Way,
};
use crate::diagnostic::Sink;
use crate::source::Artifacts;

/// The target `brevo`.
pub(super) struct Brevo;

/// The shortest page, in characters.
const SHORTEST_BODY: usize = 10;
/// How far ahead a mail can be scheduled, in hours.
const HORIZON: u32 = 72;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::ByHand,
            "its API knows no automations: a build sheet says how to build it",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "with subject, preheader and sender, switched off",
        ),
        (
            Ability::TriggerFilter,
            Way::Native,
            "properties of the event in the trigger; the person in a split behind it",
        ),
        (
            Ability::ReentryAfter,
            Way::Lost,
            "once, or each time the event comes",
        ),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the automation",
        ),
        (
            Ability::SameCase,
            Way::Lost,
            "an automation does not compare keys",
        ),
        (Ability::Exits, Way::Native, "exit conditions"),
        (
            Ability::BusinessDays,
            Way::Rounded,
            "time delays count all days",
        ),
        (Ability::TimeOfDay, Way::Lost, "time delays end at any hour"),
        (Ability::Weekdays, Way::Lost, "time delays end on any day"),
        (
            Ability::ContactZone,
            Way::Lost,
            "automations go by the account's zone",
        ),
        (
            Ability::WaitForEvent,
            Way::Native,
            "wait until an event happens, with a time limit",
        ),
        (
            Ability::WaitForDate,
            Way::Refused,
            "a date starts automations, and none waits for one",
        ),
        (Ability::AskContact, Way::Native, "conditional split"),
        (
            Ability::AskEvent,
            Way::Refused,
            "a split knows contacts, not the event that began",
        ),
        (Ability::AskTogether, Way::Apart, "one split behind another"),
        (
            Ability::AskHistory,
            Way::Native,
            "conditional split on events",
        ),
        (
            Ability::AskCounts,
            Way::Native,
            "conditional split on events",
        ),
        (
            Ability::AskClicks,
            Way::Native,
            "conditional split on clicks",
        ),
        (Ability::ManyWays, Way::Nested, "a split has two branches"),
        (
            Ability::Split,
            Way::Nested,
            "percentage split, whole percentages",
        ),
        (
            Ability::Joins,
            Way::Copied,
            "branches do not come together again",
        ),
        (
            Ability::SetAttribute,
            Way::Native,
            "update a contact attribute",
        ),
        (
            Ability::EnterJourney,
            Way::ByHand,
            "no step starts another automation for certain",
        ),
        (Ability::Tasks, Way::ByHand, "tasks live in its CRM"),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "one template a language, chosen by splits",
        ),
        (Ability::Gates, Way::Nested, "a split before the message"),
        (
            Ability::SendWindow,
            Way::Lost,
            "automations send at any hour",
        ),
        (
            Ability::FrequencyCap,
            Way::Lost,
            "automations keep no count of mails",
        ),
        (
            Ability::Consent,
            Way::Native,
            "no marketing mail to people on its blocklist",
        ),
        (
            Ability::Update,
            Way::Native,
            "a template is changed in place; an automation by hand",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: false,
        most_steps: 200,
        most_rounds: 24,
        horizon: Some(HORIZON),
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://api.brevo.com"),
    address_variable: "BREVO_ADDRESS",
    headers: &[
        ("api-key", "$BREVO_API_KEY"),
        ("Content-Type", "application/json"),
        ("Accept", "application/json"),
    ],
    envelopes: true,
    preheaders: false,
    ids: &[],
    remarks: &[
        "The sender's address must be one that the account may use: Senders, Domains & Dedicated IPs.",
        "Templates arrive switched off. Switch one on before an automation or a scheduled mail uses it.",
    ],
};

const VOCABULARY: Vocabulary = Vocabulary {
    journey: Word {
        name: "Automation",
        place: "Automations > Create an automation > Create from scratch",
    },
    event: "custom event",
    property: "event property",
    attribute: "contact attribute",
    trigger: Word {
        name: "Trigger: Custom event",
        place: "the first box; filters on the event's properties below it",
    },
    reentry: Word {
        name: "Re-entry",
        place: "Settings of the automation > allow contacts to re-enter",
    },
    exits: Word {
        name: "Exit conditions",
        place: "Settings of the automation > Exit conditions > An event happens",
    },
    goal: Word {
        name: "What to count",
        place: "Brevo sets no goal: compare the number of these events before and after",
    },
    message: Word {
        name: "Send an email",
        place: "Actions > Send an email; choose the template",
    },
    gate: Word {
        name: "Conditional split",
        place: "Rules > Conditional split, before the message",
    },
    class: Word {
        name: "Kind of mail",
        place: "commercial mail goes to subscribed contacts only; service mail is sent as a transactional email",
    },
    locale: Word {
        name: "Languages",
        place: "Rules > Conditional split on the attribute that holds the language",
    },
    window: Word {
        name: "Hours of sending",
        place: "Brevo holds no mail back; the losses below say what that means",
    },
    cap: Word {
        name: "Number of mails",
        place: "Brevo keeps no count; the losses below say what that means",
    },
    delay: Word {
        name: "Time delay",
        place: "Rules > Time delay",
    },
    until: Word {
        name: "Time delay",
        place: "Rules > Time delay",
    },
    wait_for: Word {
        name: "Wait until an event happens",
        place: "Rules > Wait until an event happens; Yes is way 1, No is way 2",
    },
    wait_date: Word {
        name: "Anniversary",
        place: "Triggers > Anniversary",
    },
    choose: Word {
        name: "Conditional split",
        place: "Rules > Conditional split; Yes is way 1, No is way 2",
    },
    draw: Word {
        name: "Percentage split",
        place: "Rules > Percentage split",
    },
    set: Word {
        name: "Update contact attribute",
        place: "Actions > Update contact attribute",
    },
    enter: Word {
        name: "Start another automation",
        place: "",
    },
    task: Word {
        name: "Task",
        place: "CRM > Tasks",
    },
    end: Word {
        name: "Exit",
        place: "Rules > Exit",
    },
    handed: Word {
        name: "What the event must carry beside",
        place: "the shop works these values out and sends them with the event, each as one of its properties",
    },
    start: Word {
        name: "Activate automation",
        place: "at the top right",
    },
    template: named,
    commercial: "",
    checks: &[
        "The templates are switched on: Campaigns > Templates.",
        "The event that starts it carries every value that the mails ask for, under the names from above.",
    ],
};

/// The name that a template gets.
fn named(name: &str) -> String {
    format!("journeyc / {name}")
}

impl Target for Brevo {
    fn name(&self) -> &'static str {
        "brevo"
    }

    fn title(&self) -> &'static str {
        "Brevo"
    }

    fn dialect(&self) -> &'static str {
        "brevo"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, _job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let sender = content.sender;
        let mut body = json!({
            "templateName": named(name),
            "subject": content.mail.subject,
            "sender": {"name": sender.name, "email": sender.address},
            "htmlContent": content.mail.html,
            "isActive": false,
            "tag": "journeyc",
        });
        if let Some(reply) = &sender.reply_to {
            body["replyTo"] = json!(reply);
        }
        let mut binds = IndexMap::new();
        binds.insert(format!("template:{name}"), "/id".to_owned());
        vec![(
            format!("template-{name}"),
            request("/v3/smtp/templates", body, binds),
        )]
    }

    fn scheduled(&self, _export: &Export<'_, '_>, mail: &Scheduled<'_>) -> Option<Scheduling> {
        let mut body = json!({
            "to": [{"email": "${recipient.email}"}],
            "templateId": format!("${{template:{}}}", mail.name),
            "scheduledAt": "${send_at}",
            "tags": ["journeyc", mail.journey.name, mail.step.node],
        });
        if !mail.variables.is_empty() {
            body["params"] = Value::Object(mail.variables.clone());
        }
        Some(Scheduling {
            request: request("/v3/smtp/email", body, IndexMap::new()),
            send_at: "in ISO 8601 with a zone, such as `2026-11-24T09:00:00.000Z`",
        })
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults(&request.body)
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        sheet::write(self, &VOCABULARY, export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Send the events of the sheets to `POST /v3/events`, with the properties that conditions and mails ask for.",
            sheet::CHORE,
            "Or keep the clock yourself, and send the requests of `schedule/` at most 72 hours before each mail is due. Each says what to fill in.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[(
            "send",
            "Everything that differs from person to person stands in the templates as `params`: the automation takes it from the event, a scheduled mail from its request. Brevo does not document enough of its conditions and loops to rely on them.",
        )]
    }
}

fn request(path: &str, body: Value, binds: IndexMap<String, String>) -> Request {
    Request {
        method: "POST",
        path: path.to_owned(),
        headers: PROVIDER.headers.iter().map(|it| it.0).collect(),
        form: false,
        body,
        binds,
    }
}

/// What is wrong with the body of a template.
fn faults(body: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let text = |key: &str| body[key].as_str().unwrap_or_default();
    for key in ["templateName", "subject"] {
        if text(key).trim().is_empty() {
            faults.push(format!("the template has no `{key}`"));
        }
        if text(key).contains(['\n', '\r']) {
            faults.push(format!("`{key}` has more than one line"));
        }
    }
    if text("htmlContent").chars().count() <= SHORTEST_BODY {
        faults.push(format!("the page has {SHORTEST_BODY} characters or fewer"));
    }
    let address = body["sender"]["email"].as_str().unwrap_or_default();
    if !address.contains('@') {
        faults.push("the sender has no address".to_owned());
    }
    if body["isActive"] != Value::Bool(false) {
        faults.push("the template is not switched off".to_owned());
    }
    faults
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn broken_templates_are_refused() {
        let good = json!({"templateName": "journeyc / a", "subject": "Hello", "htmlContent": "<p>Hello there</p>",
            "sender": {"name": "Care", "email": "care@a.example"}, "isActive": false});
        assert_eq!(faults(&good), Vec::<String>::new());
        for (key, wrong) in [
            ("templateName", json!("")),
            ("templateName", json!("a\nb")),
            ("templateName", Value::Null),
            ("subject", json!("")),
            ("subject", json!("a\nb")),
            ("htmlContent", json!("<p>Hi</p>")),
            ("htmlContent", Value::Null),
            ("sender", json!({"name": "Care"})),
            ("sender", json!({"name": "Care", "email": "care"})),
            ("isActive", json!(true)),
            ("isActive", Value::Null),
        ] {
            let mut body = good.clone();
            body[key] = wrong;
            assert!(!faults(&body).is_empty(), "{key}");
        }
    }
}
