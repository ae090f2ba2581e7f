//! Braze: email templates by API, `POST /templates/email/create`, and a build sheet for each Canvas.
//!
//! In: a [`Job`]. Out: one request for each template; `sheets/`. Invariant: Braze has no endpoint that
//! makes a Canvas, so none is written; a template holds subject and preheader.
//! Not done here: sending; the Canvas itself (a person builds it from the sheet).

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::sheet::{self, Vocabulary, Word};
use super::{
    Ability, Capabilities, Content, Export, Job, Limits, Named, Provider, Request, Target, Unit,
    Way,
};
use crate::diagnostic::Sink;
use crate::source::Artifacts;

/// The target `braze`.
pub(super) struct Braze;

/// The longest body of a template, in bytes.
const LONGEST_BODY: usize = 400_000;
/// The longest name of a template, in characters.
const LONGEST_NAME: usize = 250;

const CAPABILITIES: Capabilities = Capabilities {
    rows: &[
        (
            Ability::JourneyByApi,
            Way::ByHand,
            "no endpoint makes a Canvas: a build sheet says how to build it",
        ),
        (
            Ability::TemplatesByApi,
            Way::Native,
            "with subject and preheader; 400 KB each",
        ),
        (
            Ability::TriggerFilter,
            Way::Native,
            "property filters of the custom event; the person in an Audience Path behind it",
        ),
        (
            Ability::ReentryAfter,
            Way::Native,
            "re-entry after a window of time",
        ),
        (
            Ability::ReentryPerKey,
            Way::Lost,
            "every event starts the Canvas",
        ),
        (
            Ability::SameCase,
            Way::Lost,
            "a Canvas does not compare keys",
        ),
        (
            Ability::Exits,
            Way::Native,
            "exit criteria, looked at while people are inside",
        ),
        (
            Ability::BusinessDays,
            Way::Rounded,
            "a Delay knows one day of the week only",
        ),
        (
            Ability::TimeOfDay,
            Way::Native,
            "a Delay that ends at a time",
        ),
        (
            Ability::Weekdays,
            Way::Native,
            "a Delay until a day of the week; several days take several Delays",
        ),
        (Ability::ContactZone, Way::Native, "the user's local time"),
        (
            Ability::WaitForEvent,
            Way::Native,
            "Action Paths, at most 31 days each; longer ones become a chain",
        ),
        (
            Ability::WaitForDate,
            Way::Native,
            "a Delay that is personalized by a date of the user or the entry",
        ),
        (Ability::AskContact, Way::Native, "Audience Paths"),
        (
            Ability::AskEvent,
            Way::Native,
            "Audience Paths on the context of the entry",
        ),
        (Ability::AskTogether, Way::Native, "filters side by side"),
        (Ability::AskHistory, Way::Native, "filters on custom events"),
        (Ability::AskCounts, Way::Native, "X custom events in Y days"),
        (
            Ability::AskClicks,
            Way::Native,
            "filter: clicked a Canvas step",
        ),
        (
            Ability::ManyWays,
            Way::Native,
            "Audience Paths, tried from the top",
        ),
        (
            Ability::Split,
            Way::Native,
            "Experiment Paths, whole percentages",
        ),
        (
            Ability::Joins,
            Way::Native,
            "several paths may lead to one step",
        ),
        (Ability::SetAttribute, Way::Native, "User Update"),
        (
            Ability::EnterJourney,
            Way::ByHand,
            "no step starts another Canvas",
        ),
        (Ability::Tasks, Way::ByHand, "Braze has no tasks for people"),
        (
            Ability::Touches,
            Way::ByHand,
            "the other system must act on the same event",
        ),
        (
            Ability::Locales,
            Way::Nested,
            "one template a language, chosen by Audience Paths on the language",
        ),
        (
            Ability::Gates,
            Way::Gated,
            "delivery validations of the Message step; people go on if they fail",
        ),
        (
            Ability::SendWindow,
            Way::Native,
            "quiet hours of the Canvas",
        ),
        (
            Ability::FrequencyCap,
            Way::ByHand,
            "global frequency capping, with calendar days",
        ),
        (
            Ability::Consent,
            Way::Native,
            "sending settings: subscribed or opted-in users",
        ),
        (
            Ability::Update,
            Way::Native,
            "a template is changed in place; a Canvas by hand",
        ),
    ],
    limits: Limits {
        units: &[Unit::Minutes, Unit::Hours, Unit::Days],
        longest_wait: Some(30 * 1_440),
        longest_wait_for: Some(31 * 1_440),
        endless_wait_for: false,
        most_steps: 200,
        most_rounds: 24,
        horizon: None,
    },
};

const PROVIDER: Provider = Provider {
    address: Some("https://rest.iad-01.braze.com"),
    address_variable: "BRAZE_ADDRESS",
    headers: &[
        ("Authorization", "Bearer $BRAZE_API_KEY"),
        ("Content-Type", "application/json"),
    ],
    envelopes: true,
    preheaders: true,
    ids: &[],
    remarks: &[
        "The address is that of your instance, such as `https://rest.fra-02.braze.eu`: Settings > APIs and Identifiers. Put it into `BRAZE_ADDRESS`.",
        "The key needs the permission `templates.email.create`.",
    ],
};

const VOCABULARY: Vocabulary = Vocabulary {
    journey: Word {
        name: "Canvas",
        place: "Messaging > Canvas > Create Canvas",
    },
    event: "custom event",
    property: "context property",
    attribute: "custom attribute",
    trigger: Word {
        name: "Entry schedule: action-based",
        place: "Entry Schedule > Action-Based > Perform Custom Event; filters on it under Add Property Filters",
    },
    reentry: Word {
        name: "Re-entry",
        place: "Target Audience > Entry Controls > Allow users to re-enter this Canvas",
    },
    exits: Word {
        name: "Exit criteria",
        place: "Target Audience > Exit Criteria",
    },
    goal: Word {
        name: "Conversion event",
        place: "Basics > Assign Conversion Events",
    },
    message: Word {
        name: "Message",
        place: "Canvas builder > Message > Email; choose the template under Saved Templates",
    },
    gate: Word {
        name: "Delivery validations",
        place: "in the Message step",
    },
    class: Word {
        name: "Subscription settings",
        place: "Send Settings; service mail goes to all users including unsubscribed users, commercial mail to subscribed or opted-in users only",
    },
    locale: Word {
        name: "Languages",
        place: "Audience Paths on the user's language",
    },
    window: Word {
        name: "Quiet hours",
        place: "Send Settings > Quiet Hours; choose to send at the next available time, and switch them off in Message steps that go out at once",
    },
    cap: Word {
        name: "Frequency capping",
        place: "Settings > Frequency Capping Rules, and Send Settings > Apply Frequency Capping",
    },
    delay: Word {
        name: "Delay",
        place: "Canvas builder > Delay > After a duration",
    },
    until: Word {
        name: "Delay",
        place: "Canvas builder > Delay > Until a specific day of the week, or After a duration with a specific time; a Delay names one day, so several days take a Delay each behind Audience Paths",
    },
    wait_for: Word {
        name: "Action Paths",
        place: "Canvas builder > Action Paths > Evaluation Window; leave the ranking off; those who did nothing are Everyone Else. Put Audience Paths before it for those who did it since they came in",
    },
    wait_date: Word {
        name: "Delay",
        place: "Canvas builder > Delay > Personalize delay",
    },
    choose: Word {
        name: "Audience Paths",
        place: "Canvas builder > Audience Paths; with two ways a Decision Split does as well",
    },
    draw: Word {
        name: "Experiment Paths",
        place: "Canvas builder > Experiment Paths; without a winner",
    },
    set: Word {
        name: "User Update",
        place: "Canvas builder > User Update",
    },
    enter: Word {
        name: "Webhook",
        place: "Canvas builder > Message > Webhook",
    },
    task: Word {
        name: "Webhook",
        place: "Canvas builder > Message > Webhook",
    },
    end: Word {
        name: "End of the path",
        place: "put no further step here",
    },
    handed: Word {
        name: "What the entry must carry beside",
        place: "the shop sends it as a property of the event",
    },
    start: Word {
        name: "Launch Canvas",
        place: "Summary > Launch Canvas",
    },
    template: named,
    commercial: "",
    checks: &[
        "The event that starts it carries every property that the conditions and the mails ask for: Data Settings > Custom Events.",
        "Frequency capping and quiet hours are off for the messages that go out at once.",
    ],
};

/// The name that a template gets.
fn named(name: &str) -> String {
    format!("journeyc / {name}")
}

impl Target for Braze {
    fn name(&self) -> &'static str {
        "braze"
    }

    fn title(&self) -> &'static str {
        "Braze"
    }

    fn dialect(&self) -> &'static str {
        "liquid-braze"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, _job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let mail = content.mail;
        let mut body = json!({
            "template_name": named(name),
            "subject": mail.subject,
            "body": mail.html,
            "plaintext_body": mail.text,
            "should_inline_css": false,
        });
        if let Some(preheader) = &mail.preheader {
            body["preheader"] = json!(preheader);
        }
        let mut binds = IndexMap::new();
        binds.insert(format!("template:{name}"), "/email_template_id".to_owned());
        let request = Request {
            method: "POST",
            path: "/templates/email/create".to_owned(),
            headers: PROVIDER.headers.iter().map(|it| it.0).collect(),
            form: false,
            body,
            binds,
        };
        vec![(format!("template-{name}"), request)]
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults(&request.body)
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        sheet::write(self, &VOCABULARY, export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Create the custom events and attributes that the sheets name, if the shop does not send them yet: Data Settings.",
            "Fill each user's language and time zone; people without a zone go by the company's.",
            sheet::CHORE,
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (
                "",
                "What the event carries is read as `context` all along the Canvas.",
            ),
            (
                "wait_for",
                "Action Paths see only what happens while people stand there, so the sheet asks before it for what came earlier.",
            ),
        ]
    }
}

/// What is wrong with the body of a template.
fn faults(body: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let text = |key: &str| body[key].as_str().unwrap_or_default();
    for key in ["template_name", "subject", "body"] {
        if text(key).trim().is_empty() {
            faults.push(format!("the template has no `{key}`"));
        }
    }
    if text("template_name").chars().count() > LONGEST_NAME {
        faults.push(format!("the name is longer than {LONGEST_NAME} characters"));
    }
    if text("body").len() > LONGEST_BODY {
        faults.push("the page is larger than 400 KB".to_owned());
    }
    for key in ["subject", "preheader", "template_name"] {
        if text(key).contains(['\n', '\r']) {
            faults.push(format!("`{key}` has more than one line"));
        }
    }
    faults
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn broken_templates_are_refused() {
        let good = json!({"template_name": "journeyc / a", "subject": "Hello", "preheader": "Now", "body": "<p>Hi</p>"});
        assert_eq!(faults(&good), Vec::<String>::new());
        let long = "x".repeat(LONGEST_BODY + 1);
        for (key, wrong) in [
            ("template_name", json!("")),
            ("template_name", json!("n".repeat(LONGEST_NAME + 1))),
            ("template_name", json!("a\nb")),
            ("template_name", json!(7)),
            ("subject", json!(" ")),
            ("subject", Value::Null),
            ("subject", json!("a\r\nBcc: b")),
            ("preheader", json!("a\nb")),
            ("body", json!("")),
            ("body", json!(["<p>"])),
            ("body", json!(long)),
        ] {
            let mut body = good.clone();
            body[key] = wrong;
            assert!(!faults(&body).is_empty(), "{key}");
        }
    }
}
