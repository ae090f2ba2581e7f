//! `SendGrid`: dynamic templates, `POST /v3/templates` and `/versions`, and single mails,
//! `POST /v3/mail/send`.
//!
//! In: a job. Out: requests for the templates; what a system of the team's own sends, and when.
//! Invariant: every body passes `SendGrid`'s published specs without unknown keys, and its own limits
//! ([`faults`]).
//! Not done here: journeys, as `SendGrid`'s automations begin with a list and know waits and mails only.

mod faults;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;
use serde_json::json;

use super::outside::{NOTES, data, limits, rows, template, vocabulary};
use super::sheet::{self, Vocabulary, Word};
use super::shelf::short;
use super::{
    Act, Capabilities, Content, Draft, Export, IdKind, Job, Loss, Named, Op, Provider, Request,
    Requests, Row, Scheduled, Scheduling, Target, Way,
};
use crate::diagnostic::Sink;
use crate::manifest::content_hash;
use crate::model::Class;
use crate::source::Artifacts;

const HEADERS: &[&str] = &["Authorization", "Content-Type"];

/// How far ahead `SendGrid` takes a mail, in hours.
const HORIZON: u32 = 72;

/// The longest name of a template and of its version.
const LONGEST_NAME: usize = 100;

/// The longest name of a category.
const LONGEST_CATEGORY: usize = 255;

/// The target `sendgrid`.
pub(super) struct SendGrid;

const ROWS: [Row; 32] = rows(
    "dynamic templates with one version each",
    "automations begin with a list, and know waits and mails only: your own system keeps the clock; `mail/send` takes mails for up to 72 hours ahead",
    (
        Way::Native,
        "the unsubscribe group that `ids.groups.commercial` names goes with every commercial mail",
    ),
    "a changed template is a new one",
);

const CAPABILITIES: Capabilities = Capabilities {
    rows: &ROWS,
    limits: limits(HORIZON),
};

const PROVIDER: Provider = Provider {
    address: Some("https://api.sendgrid.com"),
    address_variable: "SENDGRID_ADDRESS",
    headers: &[
        ("Authorization", "Bearer $SENDGRID_API_KEY"),
        ("Content-Type", "application/json"),
    ],
    envelopes: true,
    preheaders: false,
    ids: &[IdKind {
        kind: "groups",
        what: "unsubscribe group, a number",
        place: "Suppressions > Unsubscribe Groups, beside the group's name",
    }],
    remarks: &[
        "The key needs access to Template Engine; what sends the mails needs Mail Send besides.",
        "An account in the EU: set `SENDGRID_ADDRESS` to `https://api.eu.sendgrid.com`.",
    ],
};

const VOCABULARY: Vocabulary = vocabulary(
    template_name,
    Word {
        name: "Send by SendGrid",
        place: "`POST /v3/mail/send` with the id of the dynamic template of this name",
    },
    Word {
        name: "Unsubscribe group",
        place: "`asm` with the group's number in every commercial mail, in no other",
    },
    Word {
        name: "Dynamic template data",
        place: "`contact` and `event` as they are, and beside them what your own system works out",
    },
);

impl Target for SendGrid {
    fn name(&self) -> &'static str {
        "sendgrid"
    }

    fn title(&self) -> &'static str {
        "SendGrid"
    }

    fn dialect(&self) -> &'static str {
        "handlebars-sendgrid"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn provider(&self) -> &'static Provider {
        &PROVIDER
    }

    fn template(&self, _job: &Job<'_>, name: &str, content: &Content<'_>) -> Vec<Named> {
        let mail = content.mail;
        let bind = format!("template:{name}");
        let template = Request {
            method: "POST",
            path: "/v3/templates".to_owned(),
            headers: HEADERS.to_vec(),
            form: false,
            body: json!({"name": template_name(name), "generation": "dynamic"}),
            binds: IndexMap::from([(bind.clone(), "/id".to_owned())]),
        };
        let hash = content_hash(&[&mail.subject, &mail.html, &mail.text]);
        let version = Request {
            method: "POST",
            path: format!("/v3/templates/${{{bind}}}/versions"),
            headers: HEADERS.to_vec(),
            form: false,
            body: json!({
                "name": format!("journeyc-{}", &hash[..8]),
                // A version sends nothing by itself; one that is not active cannot be sent at all.
                "active": 1,
                "subject": mail.subject,
                "html_content": mail.html,
                "plain_content": mail.text,
                "generate_plain_content": false,
                "editor": "code",
            }),
            binds: IndexMap::new(),
        };
        vec![
            (format!("template-{name}"), template),
            (format!("version-{name}"), version),
        ]
    }

    fn journey(&self, draft: &mut Draft<'_, '_>) -> Requests {
        draft.program.walk(&mut |op| {
            if let Act::Mail { send, .. } = &op.act
                && send.class == Class::Commercial
            {
                group(draft.job, draft.ledger, op);
            }
        });
        Requests::default()
    }

    fn faults(&self, request: &Request) -> Vec<String> {
        faults::faults(request)
    }

    fn scheduled(&self, export: &Export<'_, '_>, mail: &Scheduled<'_>) -> Option<Scheduling> {
        let sender = &mail.send.sender;
        let mut body = json!({
            "from": {"email": sender.address, "name": sender.name},
            "personalizations": [{
                "to": [{"email": "${recipient.email}"}],
                "dynamic_template_data": data(mail),
                "custom_args": {"journey": mail.journey.name, "step": mail.step.node},
                "send_at": "${send_at}",
            }],
            "template_id": template(mail),
            "categories": ["journeyc", short(&mail.journey.name, LONGEST_CATEGORY)],
        });
        if let Some(reply) = &sender.reply_to {
            body["reply_to"] = json!({"email": reply});
        }
        if mail.send.class == Class::Commercial {
            let group = export.job.account.id("groups", "commercial")?;
            body["asm"] = json!({"group_id": group.parse::<u32>().ok()?});
        }
        let request = Request {
            method: "POST",
            path: "/v3/mail/send".to_owned(),
            headers: HEADERS.to_vec(),
            form: false,
            body,
            binds: IndexMap::new(),
        };
        Some(Scheduling {
            request,
            send_at: "in seconds since 1970, as a number without quotes, at most 72 hours ahead",
        })
    }

    fn files(&self, export: &Export<'_, '_>, artifacts: &mut Artifacts, _sink: &mut Sink) {
        sheet::write(self, &VOCABULARY, export, artifacts);
    }

    fn chores(&self) -> &'static [&'static str] {
        &[
            "Authenticate the domain under Settings > Sender Authentication.",
            "Make an unsubscribe group for commercial mail under Suppressions > Unsubscribe Groups, and write its number into `ids.groups.commercial`.",
            "Send the Event Webhook's `bounce`, `dropped`, `unsubscribe`, `group_unsubscribe` and `click` to the system that keeps the clock.",
            sheet::CHORE,
        ]
    }

    fn notes(&self) -> &'static [(&'static str, &'static str)] {
        NOTES
    }
}

/// What `SendGrid` calls a template.
fn template_name(name: &str) -> String {
    short(&format!("journeyc/{name}"), LONGEST_NAME)
}

/// The unsubscribe group that goes with a commercial mail, as its number.
fn group(job: &Job<'_>, ledger: &mut super::Ledger, op: &Op<'_>) -> Option<u32> {
    let id = ledger.id(job, "groups", "commercial", op.node);
    if id.is_empty() {
        return None;
    }
    let number = id.parse().ok();
    if number.is_none() {
        ledger.refuse(Loss {
            line: op.line,
            node: op.node.to_owned(),
            what: format!("`{id}` is no number, and SendGrid counts its unsubscribe groups"),
            why: "a mail without its group cannot be unsubscribed from".to_owned(),
            help: "write the group's number into `ids.groups.commercial`".to_owned(),
        });
    }
    number
}
