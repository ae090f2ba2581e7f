//! Mailgun: stored templates, `POST /v3/{domain}/templates`, and single mails,
//! `POST /v3/{domain}/messages`; both as forms.
//!
//! In: a job. Out: requests for the templates; a system of the team's own sends, by the sheets.
//! Invariant: every form passes Mailgun's published specs without unknown fields, and its own limits
//! ([`faults`]).
//! Not done here: journeys, which Mailgun does not have.

mod faults;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde_json::json;

use super::outside::{NOTES, data, limits, mailbox, rows, template, vocabulary};
use super::sheet::{self, Vocabulary, Word};
use super::shelf::short;
use super::{
    Act, Capabilities, Content, Draft, Export, IdKind, Job, Mail, Named, Provider, Request,
    Requests, Row, Scheduled, Scheduling, Target, Way,
};
use crate::diagnostic::Sink;
use crate::manifest::content_hash;
use crate::source::Artifacts;

/// A form brings its own content type.
const HEADERS: &[&str] = &["Authorization"];

/// How far ahead Mailgun takes a mail on every plan, in hours.
const HORIZON: u32 = 72;

/// The longest tag of a message.
const LONGEST_TAG: usize = 128;

/// The target `mailgun`.
pub(super) struct Mailgun;

const ROWS: [Row; 32] = rows(
    "stored with subject, sender and page, up to 100 KB; Mailgun makes the plain text itself",
    "Mailgun has no journeys: your own system keeps the clock; messages are taken for up to 3 days ahead, on larger plans 7",
    (
        Way::ByHand,
        "Mailgun knows unsubscribes of a whole domain only: your own system asks before commercial mail",
    ),
    "a changed template is another version of it, by hand",
);

const CAPABILITIES: Capabilities = Capabilities {
    rows: &ROWS,
    limits: limits(HORIZON),
};

const PROVIDER: Provider = Provider {
    address: Some("https://api.mailgun.net"),
    address_variable: "MAILGUN_ADDRESS",
    headers: &[("Authorization", "Basic $MAILGUN_BASIC")],
    envelopes: true,
    preheaders: false,
    ids: &[IdKind {
        kind: "domains",
        what: "sending domain, by the sender's id",
        place: "Send > Sending > Domains",
    }],
    remarks: &[
        "`MAILGUN_BASIC` is `api:` and the key, in Base64: `printf 'api:%s' \"$KEY\" | base64 -w0`.",
        "A domain in the EU: set `MAILGUN_ADDRESS` to `https://api.eu.mailgun.net`.",
        "Mailgun documents at most 100 templates in a domain.",
    ],
};

const VOCABULARY: Vocabulary = vocabulary(
    template_name,
    Word {
        name: "Send by Mailgun",
        place: "`POST /v3/DOMAIN/messages` with the `template` of this name and `t:text` = `yes`",
    },
    Word {
        name: "Suppressions",
        place: "your own system leaves out those who have unsubscribed; Mailgun's own list is for the whole domain, service mail too",
    },
    Word {
        name: "Template variables",
        place: "`t:variables`: a JSON text with `contact` and `event` as they are, and beside them what your own system works out",
    },
);

impl Target for Mailgun {
    fn name(&self) -> &'static str {
        "mailgun"
    }

    fn title(&self) -> &'static str {
        "Mailgun"
    }

    fn dialect(&self) -> &'static str {
        "handlebars-mailgun"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let mail = content.mail;
        let sender = content.sender;
        // A domain that is missing is told of where the journey is written.
        let domain = job.account.id("domains", &sender.id);
        let domain = domain.unwrap_or("domain");
        let mut headers = json!({"From": mailbox(sender), "Subject": mail.subject});
        if let Some(reply) = &sender.reply_to {
            headers["Reply-To"] = json!(reply);
        }
        let request = Request {
            method: "POST",
            path: format!("/v3/{domain}/templates"),
            headers: HEADERS.to_vec(),
            form: true,
            body: json!({
                "name": template_name(name),
                "description": format!("journeyc: {name}"),
                "template": mail.html,
                "tag": version(mail),
                "headers": headers.to_string(),
            }),
            binds: IndexMap::from([(format!("template:{name}"), "/template/name".to_owned())]),
        };
        vec![(format!("template-{name}"), request)]
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        draft.program.walk(&mut |op| {
            if let Act::Mail { send, .. } = &op.act {
                draft
                    .ledger
                    .id(draft.job, "domains", &send.sender.id, op.node);
            }
        });
        Requests::default()
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults::faults(request)
    }

    fn scheduled(&self, export: &Export<'_, '_>, mail: &Scheduled<'_>) -> Option<Scheduling> {
        let domain = export.job.account.id("domains", &mail.send.sender.id)?;
        let request = Request {
            method: "POST",
            path: format!("/v3/{domain}/messages"),
            headers: HEADERS.to_vec(),
            form: true,
            // Subject, sender and reply address are the template's.
            body: json!({
                "to": "${recipient.email}",
                "template": template(mail),
                "t:version": version(mail.content.mail),
                "t:text": "yes",
                "t:variables": data(mail),
                "o:deliverytime": "${send_at}",
                "o:tag": ["journeyc", short(&mail.journey.name, LONGEST_TAG)],
            }),
            binds: IndexMap::new(),
        };
        Some(Scheduling {
            request,
            send_at: "as RFC 2822 writes it: `Fri, 14 Oct 2011 12:00:00 +0000`, at most 3 days ahead",
        })
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        sheet::write(self, &VOCABULARY, export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Verify each sending domain under Send > Sending > Domains.",
            "Send the webhooks `permanent_fail`, `unsubscribed`, `complained` and `clicked` to the system that keeps the clock.",
            sheet::CHORE,
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        NOTES
    }
}

/// The version of a template: another content is another one.
fn version(mail: &Mail) -> String {
    let hash = content_hash(&[&mail.subject, &mail.html]);
    format!("journeyc-{}", &hash[..8])
}

/// What Mailgun calls a template: it writes names small, and they stand in addresses.
fn template_name(name: &str) -> String {
    let mut plain = String::from("journeyc.");
    let mut is_same = true;
    for c in name.chars() {
        match c {
            '/' => plain.push('.'),
            // What stands behind it is a journey and a step.
            '@' => plain.push_str(".."),
            'a'..='z' | '0'..='9' | '-' | '_' | '.' => plain.push(c),
            other => {
                is_same = false;
                let small = other.to_ascii_lowercase();
                plain.push(if small.is_ascii_alphanumeric() {
                    small
                } else {
                    '-'
                });
            }
        }
    }
    if !is_same {
        plain.push('-');
        plain.push_str(&content_hash(&[name])[..8]);
    }
    plain
}
