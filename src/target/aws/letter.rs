//! A mail as a call of SES, with everything that its template needs worked out in the call.
//!
//! In: a step that sends, or tells somebody of ours. Out: a task of the machine. Invariant: what a
//! template asks for is handed over, or the step is refused.
//! Not done here: the templates.

use serde_json::{Value, json};

use super::jsonata::{self, Unsaid, code};
use super::machine::retry;
use super::names;
use crate::manifest::{Send, Sender};
use crate::model::Class;
use crate::target::{Act, Draft, Loss, Op};

/// What stands in a page where SES puts the link to unsubscribe.
const UNSUBSCRIBE: &str = "{{amazonSESUnsubscribeUrl}}";

/// The task; nothing where it cannot be said.
pub(super) fn task(draft: &mut Draft<'_, '_>, op: &Op<'_>) -> Option<Value> {
    match &op.act {
        Act::Mail { send, locales, .. } => mail(draft, op, send, locales.first()?),
        Act::Task { task, to } => {
            let title = task.title.clone().unwrap_or_else(|| op.node.to_owned());
            let journey = draft.program.journey;
            let text = code(&format!(
                "{} & $text($contact.id) & \", \" & $text($contact.email) & \"\\n\" & {} & $text($entry.case)",
                jsonata::quoted(&format!("{title}\n\nCustomer: ")),
                jsonata::quoted(&format!("Journey: {}. Case: ", journey.name)),
            ));
            Some(sent(json!({
                "FromEmailAddress": mailbox(&journey.sender),
                "Destination": {"ToAddresses": [to.clone()?]},
                "Content": {"Simple": {
                    "Subject": {"Data": title},
                    "Body": {"Text": {"Data": text}},
                }},
            })))
        }
        _ => None,
    }
}

fn mail(draft: &mut Draft<'_, '_>, op: &Op<'_>, send: &Send, locale: &str) -> Option<Value> {
    let journey = draft.program.journey;
    let shelf = draft.shelf.name(&journey.name, op.node, locale).to_owned();
    let content = *draft.shelf.content(&shelf)?;
    let job = draft.job;
    let link = |name: &str| job.account.id("links", name).map(str::to_owned);
    let data = match jsonata::data(&content.mail.variables, &link) {
        Ok(data) => data,
        Err(Unsaid::Link(name)) => {
            draft.ledger.id(job, "links", &name, op.node);
            return None;
        }
        Err(Unsaid::Value(what)) => {
            draft.ledger.refuse(Loss {
                line: op.line,
                node: op.node.to_owned(),
                what: format!(
                    "AWS cannot work out {what} in the template `{}`",
                    content.template
                ),
                why: "the template would show something else, or nothing".to_owned(),
                help: "let the shop send the value ready with the event".to_owned(),
            });
            return None;
        }
    };
    for name in ["preferences", "web_view", "unsubscribe"] {
        if data.contains(name) && job.account.id("links", name).is_some() {
            draft.ledger.id(job, "links", name, op.node);
        }
    }
    let template = names::template(&job.account.name, &shelf);
    let mut call = json!({
        "FromEmailAddress": mailbox(&send.sender),
        "Destination": {"ToAddresses": ["{% $contact.email %}"]},
        "Content": {"Template": {
            "TemplateName": template,
            "TemplateData": code(&format!("$string({data})")),
        }},
        "EmailTags": [
            {"Name": "journey", "Value": tag(&journey.name)},
            {"Name": "step", "Value": tag(op.node)},
        ],
    });
    if let Some(address) = &send.sender.reply_to {
        call["ReplyToAddresses"] = json!([address]);
    }
    if job.account.id("configuration_sets", "mail").is_some() {
        let set = draft.ledger.id(job, "configuration_sets", "mail", op.node);
        call["ConfigurationSetName"] = json!(set);
    }
    let linked = content.mail.html.contains(UNSUBSCRIBE) || content.mail.text.contains(UNSUBSCRIBE);
    if linked || send.class == Class::Commercial {
        let list = draft.ledger.id(job, "contact_lists", "all", op.node);
        call["ListManagementOptions"] = json!({"ContactListName": list});
    }
    if linked && send.class == Class::Transactional {
        draft.ledger.lose(Loss {
            line: journey.line,
            node: String::new(),
            what: "transactional mails of this journey show the link to unsubscribe, so AWS does not send them to people who have unsubscribed".to_owned(),
            why: "people who have unsubscribed miss messages that are not advertising".to_owned(),
            help: "take the link out of the layout of transactional mail".to_owned(),
        });
    }
    Some(sent(call))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers make the value for this call only"
)]
fn sent(arguments: Value) -> Value {
    json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sesv2:sendEmail",
        "Arguments": arguments,
        "Retry": retry("SesV2"),
    })
}

/// A sender as mail programs write it.
fn mailbox(sender: &Sender) -> String {
    let name = sender.name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{name}\" <{}>", sender.address)
}

/// A tag's value: letters, digits, `-`, `_`, `.` and `@`.
fn tag(text: &str) -> String {
    let fits = |it: char| it.is_ascii_alphanumeric() || "-_.@".contains(it);
    text.chars()
        .map(|it| if fits(it) { it } else { '_' })
        .collect()
}
