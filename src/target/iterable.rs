//! Iterable: templates and triggered campaigns by API, single mails within 365 days, and a build sheet for
//! each journey.
//!
//! In: journeys. Out: for each template its upsert, the look-up of its number, and a triggered campaign
//! that sends it; `schedule/`; `sheets/`. Invariant: Iterable's API makes no journeys, so none is written;
//! a campaign holds a copy of its template, which is why each template has one of its own.
//! Not done here: sending; the journey itself (a person builds it from the sheet).

use std::fmt::Write as _;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::sheet::{self, Vocabulary, Word};
use super::{
    Ability, Act, Capabilities, Content, Draft, Export, IdKind, Limits, Loss, Named, Provider,
    Request, Requests, Scheduled, Scheduling, Target, Unit, Way,
};
use crate::diagnostic::Sink;
use crate::model::Class;
use crate::source::Artifacts;

/// The target `iterable`.
pub(super) struct Iterable;

/// How far ahead a mail can be scheduled, in hours.
const HORIZON: u32 = 365 * 24;
/// What follows the name of a template for commercial mail.
const COMMERCIAL: &str = " (commercial)";

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::ByHand,
            "no endpoint makes a journey: a build sheet says how to build it",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "with subject, preheader, sender and message type, and a triggered campaign for each",
        ),
        (
            Ability::TriggerFilter,
            Way::Native,
            "fields of the custom event; the person in a Yes/No Split behind it",
        ),
        (
            Ability::ReentryAfter,
            Way::Native,
            "how often people can enter, in the Start tile",
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
        (Ability::Exits, Way::Native, "exit rules of the journey"),
        (
            Ability::BusinessDays,
            Way::Rounded,
            "Time Delays count all days",
        ),
        (
            Ability::TimeOfDay,
            Way::Native,
            "a Time Delay until a time of day",
        ),
        (
            Ability::Weekdays,
            Way::Native,
            "a Time Delay until certain days",
        ),
        (
            Ability::ContactZone,
            Way::Native,
            "the user's time zone, else the project's",
        ),
        (
            Ability::WaitForEvent,
            Way::Native,
            "Hold Until, with a time limit",
        ),
        (
            Ability::WaitForDate,
            Way::Native,
            "a Time Delay by a date field of the user or the event",
        ),
        (
            Ability::AskContact,
            Way::Native,
            "Yes/No Split on events and profile fields",
        ),
        (
            Ability::AskEvent,
            Way::Native,
            "Yes/No Split on the event that started the journey",
        ),
        (
            Ability::AskTogether,
            Way::Apart,
            "a split asks the one or the other",
        ),
        (Ability::AskHistory, Way::Native, "Yes/No Split on events"),
        (Ability::AskCounts, Way::Native, "Yes/No Split on events"),
        (
            Ability::AskClicks,
            Way::Native,
            "Yes/No Split on email clicks of the campaign",
        ),
        (
            Ability::ManyWays,
            Way::Nested,
            "one Yes/No Split behind another",
        ),
        (
            Ability::Split,
            Way::Native,
            "A/B Split, whole percentages, up to 10 branches",
        ),
        (
            Ability::Joins,
            Way::Native,
            "several connections may lead to one tile",
        ),
        (Ability::SetAttribute, Way::Native, "User update tile"),
        (
            Ability::EnterJourney,
            Way::Native,
            "Send to Journey; the other one starts from another journey",
        ),
        (Ability::Tasks, Way::ByHand, "Iterable has no tasks"),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "one template a language, chosen by Yes/No Splits",
        ),
        (
            Ability::Gates,
            Way::Nested,
            "a Yes/No Split before the message",
        ),
        (
            Ability::SendWindow,
            Way::Native,
            "quiet hours of the message type, in the user's time zone",
        ),
        (
            Ability::FrequencyCap,
            Way::ByHand,
            "frequency management of the channel",
        ),
        (
            Ability::Consent,
            Way::Native,
            "channels and message types, with their own subscriptions",
        ),
        (
            Ability::Update,
            Way::Native,
            "an upsert changes the template; the campaign keeps its copy",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: None,
        longest_wait_for: None,
        endless_wait_for: true,
        most_steps: 200,
        most_rounds: 24,
        horizon: Some(HORIZON),
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://api.iterable.com"),
    address_variable: "ITERABLE_ADDRESS",
    headers: &[
        ("Api-Key", "$ITERABLE_API_KEY"),
        ("Content-Type", "application/json"),
    ],
    envelopes: true,
    preheaders: true,
    ids: &[IdKind {
        kind: "message_types",
        what: "message type, a number",
        place: "Settings > Message Channels & Types; one that everybody gets for `transactional`, one that people can leave for `commercial`",
    }],
    remarks: &[
        "The key is a server-side one with the permissions for templates and campaigns.",
        "A campaign copies its template: after a change, send the template's requests again and choose the new campaign in the journey.",
        "Campaigns arrive without a start: a triggered campaign sends nothing until it is activated.",
    ],
};

const VOCABULARY: Vocabulary = Vocabulary {
    journey: Word {
        name: "Journey",
        place: "Messaging > Journeys > New Journey",
    },
    event: "custom event",
    property: "event field",
    attribute: "user profile field",
    trigger: Word {
        name: "Start tile: Event occurs",
        place: "Start tile > Entry source > Event occurs > Custom event, with a filter on its fields",
    },
    reentry: Word {
        name: "Entry limits",
        place: "Start tile > how many times users can enter",
    },
    exits: Word {
        name: "Exit rules",
        place: "Journey settings > Exit rules",
    },
    goal: Word {
        name: "Conversion",
        place: "the custom conversion of the campaigns",
    },
    message: Word {
        name: "Email tile",
        place: "Message tiles > Email; choose the triggered campaign of the same name as the template",
    },
    gate: Word {
        name: "Yes/No Split",
        place: "Filter tiles > Yes/No Split, before the message",
    },
    class: Word {
        name: "Message type",
        place: "set by the request from `message_types`; people unsubscribe from a message type or its channel",
    },
    locale: Word {
        name: "Languages",
        place: "Filter tiles > Yes/No Split on the profile field that holds the language",
    },
    window: Word {
        name: "Quiet hours",
        place: "Settings > Quiet Hours of the message type, sent afterwards; none for the type of service mail",
    },
    cap: Word {
        name: "Frequency management",
        place: "Settings > Frequency Management of the channel",
    },
    delay: Word {
        name: "Time Delay tile",
        place: "Delay tiles > Time Delay > Period of time",
    },
    until: Word {
        name: "Time Delay tile",
        place: "Delay tiles > Time Delay, with the time of day and the days on which users go on",
    },
    wait_for: Word {
        name: "Hold Until tile",
        place: "Delay tiles > Hold Until; put a Yes/No Split before it for those for whom the event has come since they came in",
    },
    wait_date: Word {
        name: "Time Delay tile",
        place: "Delay tiles > Time Delay > Date-based user/event field",
    },
    choose: Word {
        name: "Yes/No Split tile",
        place: "Filter tiles > Yes/No Split; Yes is way 1, No is way 2. For event fields choose only properties from the event that started the journey, else all events and user profile fields",
    },
    draw: Word {
        name: "A/B Split tile",
        place: "Filter tiles > A/B Split, up to 10 branches",
    },
    set: Word {
        name: "User update tile",
        place: "User update tiles",
    },
    enter: Word {
        name: "Send to Journey tile",
        place: "Filter tiles > Send to Journey; the other journey's entry source is Other journey",
    },
    task: Word {
        name: "Webhook tile",
        place: "Integration tiles",
    },
    end: Word {
        name: "End of the path",
        place: "connect no further tile here",
    },
    handed: Word {
        name: "What the event must carry beside",
        place: "the shop works these values out and sends them as fields of the event",
    },
    start: Word {
        name: "Publish",
        place: "at the top right of the journey",
    },
    template: named,
    commercial: COMMERCIAL,
    checks: &[
        "Each Email tile sends the campaign of its template, and the campaigns are activated.",
        "The message types are right: nobody who left one gets its mail.",
    ],
};

/// The name that a template and its campaign get. One page may be both service and commercial mail, and
/// then it is two templates: each has one message type.
fn named(name: &str) -> String {
    format!("journeyc / {name}")
}

/// The same for mail of a class.
fn named_for(name: &str, class: Class) -> String {
    match class {
        Class::Transactional => named(name),
        Class::Commercial => named(name) + COMMERCIAL,
    }
}

/// The name below which earlier requests bind what they made.
fn bound(name: &str, class: Class) -> String {
    match class {
        Class::Transactional => name.to_owned(),
        Class::Commercial => format!("{name}:commercial"),
    }
}

impl Target for Iterable {
    fn name(&self) -> &'static str {
        "iterable"
    }

    fn title(&self) -> &'static str {
        "Iterable"
    }

    fn dialect(&self) -> &'static str {
        "handlebars-iterable"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        let name = &draft.program.journey.name;
        let mut needed = Vec::new();
        draft.program.walk(&mut |op| {
            if let Act::Mail { send, locales, .. } = &op.act {
                needed.push((send.class, op.node, op.line, locales.clone()));
            }
        });
        let mut requests = Requests::default();
        for (class, node, line, locales) in needed {
            let id = draft
                .ledger
                .id(draft.job, "message_types", class.word(), node);
            let Ok(kind) = id.parse::<i32>() else {
                if !id.is_empty() {
                    draft.ledger.refuse(Loss {
                        line,
                        node: node.to_owned(),
                        what: format!("`{id}` is no message type: Iterable numbers them"),
                        why: String::new(),
                        help: format!("write the number into `message_types.{}`", class.word()),
                    });
                }
                continue;
            };
            for locale in locales {
                let template = draft.shelf.name(name, node, locale);
                if let Some(content) = draft.shelf.content(template) {
                    let made = made(template, content, class, kind);
                    requests.before.extend(made);
                }
            }
        }
        requests
    }

    fn scheduled(&self, _export: &Export<'_, '_>, mail: &Scheduled<'_>) -> Option<Scheduling> {
        let mut data: Map<String, Value> = mail.event.clone();
        data.extend(mail.variables.clone());
        let mut body = json!({
            "campaignId": format!("${{campaign:{}}}", bound(mail.name, mail.send.class)),
            "recipientEmail": "${recipient.email}",
            "sendAt": "${send_at}",
        });
        if !data.is_empty() {
            body["dataFields"] = Value::Object(data);
        }
        Some(Scheduling {
            request: request("POST", "/api/email/target", body, IndexMap::new()),
            send_at: "in UTC as `2026-11-24 09:00:00`",
        })
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults(request)
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        sheet::write(self, &VOCABULARY, export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Verify the senders' domains: Settings > Domains.",
            sheet::CHORE,
            "Or keep the clock yourself, and send the requests of `schedule/`, at most 365 days before each mail is due. Each says what to fill in.",
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "",
                "Fields of the event come before fields of the profile where both have one name.",
            ),
            (
                "wait_for",
                "Hold Until sees what happens while people stand there, so the sheet asks before it for what came earlier.",
            ),
        ]
    }
}

/// The requests that make a template and the campaign that sends it.
fn made(name: &str, content: &Content<'_>, class: Class, kind: i32) -> Vec<Named> {
    let sender = content.sender;
    let mail = content.mail;
    let key = bound(name, class);
    let client = format!("journeyc:{key}");
    let mut body = json!({
        "clientTemplateId": client,
        "name": named_for(name, class),
        "fromName": sender.name,
        "fromEmail": sender.address,
        "replyToEmail": sender.reply_to.as_ref().unwrap_or(&sender.address),
        "subject": mail.subject,
        "html": mail.html,
        "plainText": mail.text,
        "messageTypeId": kind,
    });
    if let Some(preheader) = &mail.preheader {
        body["preheaderText"] = json!(preheader);
    }
    let upsert = request("POST", "/api/templates/email/upsert", body, IndexMap::new());
    // The upsert answers with a sentence only, so the number is asked for.
    let mut found = IndexMap::new();
    found.insert(
        format!("template:{key}"),
        "/templates/0/templateId".to_owned(),
    );
    let path = format!(
        "/api/templates/getByClientTemplateId?clientTemplateId={}",
        encoded(&client)
    );
    let number = request("GET", &path, Value::Null, found);
    let mut sends = IndexMap::new();
    sends.insert(format!("campaign:{key}"), "/campaignId".to_owned());
    let campaign = json!({
        "name": named_for(name, class),
        "templateId": format!("${{template:{key}}}"),
    });
    let campaign = request("POST", "/api/campaigns/create", campaign, sends);
    vec![
        (format!("template-{key}"), upsert),
        (format!("template-{key}-number"), number),
        (format!("campaign-{key}"), campaign),
    ]
}

fn request(
    method: &'static str,
    path: &str,
    body: Value,
    binds: IndexMap<String, String>,
) -> Request {
    Request {
        method,
        path: path.to_owned(),
        headers: PROVIDER.headers.iter().map(|it| it.0).collect(),
        form: false,
        body,
        binds,
    }
}

/// A text as part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// What is wrong with a request.
fn faults(request: &Request) -> Vec<String> {
    let mut faults = Vec::new();
    let body = &request.body;
    let text = |key: &str| body[key].as_str().unwrap_or_default();
    if request.path == "/api/templates/email/upsert" {
        for key in ["clientTemplateId", "name", "subject", "html", "fromName"] {
            if text(key).trim().is_empty() {
                faults.push(format!("the template has no `{key}`"));
            }
        }
        for key in ["subject", "preheaderText", "name"] {
            if text(key).contains(['\n', '\r']) {
                faults.push(format!("`{key}` has more than one line"));
            }
        }
        for key in ["fromEmail", "replyToEmail"] {
            if !text(key).contains('@') {
                faults.push(format!("`{key}` is no address"));
            }
        }
        if !body["messageTypeId"].is_i64() {
            faults.push("the template has no message type".to_owned());
        }
    }
    if request.path == "/api/campaigns/create" {
        if body.get("listIds").is_some() || body.get("sendAt").is_some() {
            faults.push("the campaign would go out to a list".to_owned());
        }
        if text("templateId").is_empty() {
            faults.push("the campaign has no template".to_owned());
        }
    }
    faults
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn broken_templates_and_campaigns_are_refused() {
        let good = json!({"clientTemplateId": "journeyc:a", "name": "journeyc / a", "fromName": "Care",
            "fromEmail": "care@a.example", "replyToEmail": "care@a.example", "subject": "Hello", "html": "<p>Hi</p>",
            "messageTypeId": 7});
        let check = |path: &str, body| faults(&request("POST", path, body, IndexMap::new()));
        let upsert = "/api/templates/email/upsert";
        assert_eq!(check(upsert, good.clone()), Vec::<String>::new());
        for (key, wrong) in [
            ("clientTemplateId", json!("")),
            ("name", Value::Null),
            ("name", json!("a\nb")),
            ("fromName", json!("")),
            ("fromEmail", json!("care")),
            ("replyToEmail", Value::Null),
            ("subject", json!("")),
            ("subject", json!("a\nb")),
            ("preheaderText", json!("a\nb")),
            ("html", json!("")),
            ("messageTypeId", json!("7")),
            ("messageTypeId", Value::Null),
        ] {
            let mut body = good.clone();
            body[key] = wrong;
            assert!(!check(upsert, body).is_empty(), "{key}");
        }
        let campaigns = "/api/campaigns/create";
        assert!(
            check(
                campaigns,
                json!({"name": "a", "templateId": "${template:a}"})
            )
            .is_empty()
        );
        assert!(!check(campaigns, json!({"name": "a"})).is_empty());
        let to_a_list = json!({"name": "a", "templateId": "${template:a}", "listIds": [1]});
        assert!(!check(campaigns, to_a_list).is_empty());
    }

    #[test]
    fn service_and_commercial_mail_of_one_page_are_two_templates() {
        assert_eq!(named_for("a", Class::Transactional), "journeyc / a");
        assert_eq!(
            named_for("a", Class::Commercial),
            "journeyc / a (commercial)"
        );
        assert_ne!(
            bound("a", Class::Transactional),
            bound("a", Class::Commercial)
        );
        assert_eq!(encoded("journeyc:a/b@c"), "journeyc%3Aa%2Fb%40c");
    }
}
