//! Mailchimp Transactional, which was Mandrill: templates, `POST /templates/add`, and single mails,
//! `POST /messages/send-template`, up to a year ahead.
//!
//! In: a job. Out: requests for the templates; a system of the team's own sends, by the sheets.
//! Invariant: the key, which this API wants in every body, is in no file.
//! Not done here: journeys, which it does not have; Mailchimp's own templates and journeys are another
//! target.

mod faults;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::outside::{NOTES, data, limits, rows, template, vocabulary};
use super::sheet::{self, Vocabulary, Word};
use super::shelf::short;
use super::{
    Capabilities, Content, Export, Job, Named, Provider, Request, Row, Scheduled, Scheduling,
    Target, Way,
};
use crate::diagnostic::Sink;
use crate::source::Artifacts;

const HEADERS: &[&str] = &["Content-Type"];

/// How far ahead it takes a mail, in hours: a year.
const HORIZON: u32 = 365 * 24;

/// The longest name of a template that we give.
const LONGEST_NAME: usize = 100;

/// The longest tag of a message.
const LONGEST_TAG: usize = 50;

/// The target `mandrill`.
pub(super) struct Mandrill;

const ROWS: [Row; 32] = rows(
    "with subject, sender, page and text; published at once, as what is not published cannot be sent",
    "no journeys: your own system keeps the clock; `send-template` takes mails for up to a year ahead",
    (
        Way::ByHand,
        "it makes no link to unsubscribe: your own system makes it, and asks before commercial mail",
    ),
    "a changed template needs `templates/update` in the place of `templates/add`",
);

const CAPABILITIES: Capabilities = Capabilities {
    rows: &ROWS,
    limits: limits(HORIZON),
};

const PROVIDER: Provider = Provider {
    address: Some("https://mandrillapp.com/api/1.0"),
    address_variable: "MANDRILL_ADDRESS",
    headers: &[("Content-Type", "application/json")],
    envelopes: true,
    preheaders: false,
    ids: &[],
    remarks: &[
        "This API wants the key in every body. `send.sh` puts it there when it sends; no file holds it. Whoever sends a mail of `schedule/` adds it as `key`.",
        "Names of templates are unique: what is there already is refused. Rename or delete the old one, or send the body to `/templates/update`.",
    ],
};

const VOCABULARY: Vocabulary = vocabulary(
    template_name,
    Word {
        name: "Send by Mailchimp Transactional",
        place: "`POST /messages/send-template` with the template of this name and `merge_language` = `handlebars`",
    },
    Word {
        name: "Consent",
        place: "your own system leaves out those who have unsubscribed; bounces are left out by Mailchimp itself",
    },
    Word {
        name: "Merge variables",
        place: "`global_merge_vars`: `contact` and `event` as they are, and beside them what your own system works out",
    },
);

impl Target for Mandrill {
    fn name(&self) -> &'static str {
        "mandrill"
    }

    fn title(&self) -> &'static str {
        "Mailchimp Transactional"
    }

    fn dialect(&self) -> &'static str {
        "handlebars-mandrill"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn key_in_body(&self) -> Option<(&'static str, &'static str)> {
        Some(("key", "MANDRILL_API_KEY"))
    }

    fn template(&self, _job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let (mail, sender) = (content.mail, content.sender);
        let request = Request {
            method: "POST",
            path: "/templates/add".to_owned(),
            headers: HEADERS.to_vec(),
            form: false,
            body: json!({
                "name": template_name(name),
                "from_email": sender.address,
                "from_name": sender.name,
                "subject": mail.subject,
                "code": mail.html,
                "text": mail.text,
                // What is not published cannot be sent, and a template sends nothing by itself.
                "publish": true,
                "labels": ["journeyc"],
            }),
            binds: IndexMap::from([(format!("template:{name}"), "/slug".to_owned())]),
        };
        vec![(format!("template-{name}"), request)]
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults::faults(request)
    }

    fn scheduled(&self, _export: &Export<'_, '_>, mail: &Scheduled<'_>) -> Option<Scheduling> {
        let variables: Vec<Value> = data(mail)
            .into_iter()
            .map(|(name, content)| json!({"name": name, "content": content}))
            .collect();
        let mut message = json!({
            "to": [{"email": "${recipient.email}", "type": "to"}],
            "merge": true,
            "merge_language": "handlebars",
            "global_merge_vars": variables,
            "tags": ["journeyc", short(&mail.journey.name, LONGEST_TAG)],
            "metadata": {"journey": mail.journey.name, "step": mail.step.node},
        });
        if let Some(reply) = &mail.send.sender.reply_to {
            message["headers"] = json!({"Reply-To": reply});
        }
        let request = Request {
            method: "POST",
            path: "/messages/send-template".to_owned(),
            headers: HEADERS.to_vec(),
            form: false,
            body: json!({
                "template_name": template(mail),
                "template_content": [],
                "message": message,
                "async": false,
                "send_at": "${send_at}",
            }),
            binds: IndexMap::new(),
        };
        Some(Scheduling {
            request,
            send_at: "in UTC, as `2026-12-01 09:00:00`, at most a year ahead",
        })
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        sheet::write(self, &VOCABULARY, export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Verify the domain under Settings > Domains, with DKIM.",
            "Make a page on which people unsubscribe, and hand its link over as `links_unsubscribe` where a mail asks for it.",
            "Send the webhooks `hard_bounce`, `reject`, `unsub`, `spam` and `click` to the system that keeps the clock.",
            sheet::CHORE,
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        NOTES
    }
}

/// What it calls a template.
fn template_name(name: &str) -> String {
    short(&format!("journeyc {name}"), LONGEST_NAME)
}
