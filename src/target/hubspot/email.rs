//! Emails, and the coded templates that they are made of.

use serde_json::json;

use super::request;
use crate::manifest::{Action, Step};
use crate::model::Class;
use crate::source::Artifacts;
use crate::target::{Content, Export, Job, Named};

/// Where emails are created.
const PATH: &str = "/marketing/v3/emails";

/// What HubSpot wants to see in every coded email.
const COMPANY: [&str; 7] = [
    "company_name",
    "company_street_address_1",
    "company_street_address_2",
    "company_city",
    "company_state",
    "company_zip",
    "company_country",
];

/// The name of a content's file.
fn file(name: &str) -> String {
    let plain = |it: char| {
        if it.is_ascii_alphanumeric() || "-_.".contains(it) {
            it
        } else {
            '-'
        }
    };
    format!("{}.html", name.chars().map(plain).collect::<String>())
}

/// What law takes a content for: commercial if any step that sends it is.
pub(super) fn class_of(job: &Job<'_>, content: &Content<'_>) -> Class {
    let mut class = Class::Transactional;
    for journey in &job.manifest.journeys {
        Step::walk(&journey.steps, &mut |step| {
            if let Action::Send(it) = &step.does
                && it.class == Class::Commercial
                && it.template == content.template
                && it.sender == *content.sender
            {
                class = Class::Commercial;
            }
        });
    }
    class
}

/// The kind of subscription under which a class of mail goes out, as `ids.subscriptions` names it.
pub(super) fn subscription(class: Class) -> &'static str {
    match class {
        Class::Commercial => "commercial",
        Class::Transactional => "transactional",
    }
}

/// Whether a page has a link to unsubscribe.
pub(super) fn has_way_out(html: &str) -> bool {
    html.contains("unsubscribe_link")
}

/// The custom tokens by which a mail shows what the event carries, each once.
pub(super) fn tokens(content: &Content<'_>) -> Vec<String> {
    let mail = content.mail;
    let mut found: Vec<String> = Vec::new();
    for text in [&mail.subject, &mail.html, &mail.text] {
        for (at, word) in text.match_indices("custom.") {
            let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
            if text[..at].ends_with(is_name) || !is_code(&text[..at]) {
                continue;
            }
            let rest = &text[at + word.len()..];
            let name: String = rest.chars().take_while(|it| is_name(*it)).collect();
            if !name.is_empty() && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

/// Whether a place stands inside of HubL, by what stands before it.
fn is_code(before: &str) -> bool {
    let opened = before.rfind("{{").max(before.rfind("{%"));
    let closed = before.rfind("}}").max(before.rfind("%}"));
    opened > closed
}

/// What the link to unsubscribe is called.
fn way_out(locale: &str) -> &'static str {
    match locale.get(..2).unwrap_or_default() {
        "de" => "Abmelden",
        "es" => "Darse de baja",
        "fr" => "Se désabonner",
        "it" => "Annulla l'iscrizione",
        "nl" => "Afmelden",
        _ => "Unsubscribe",
    }
}

pub(super) fn request_of(job: &Job<'_>, name: &str, content: &Content<'_>) -> Named {
    let sender = content.sender;
    let kind = subscription(class_of(job, content));
    // A missing id has been told where the journey was written.
    let subscription = job.account.id("subscriptions", kind).unwrap_or_default();
    let mut body = json!({
        "name": format!("[journeyc] {name}"),
        "subject": content.mail.subject,
        "language": content.locale.to_lowercase(),
        "state": "AUTOMATED_DRAFT",
        "subcategory": "automated",
        "from": {"fromName": sender.name, "replyTo": sender.address},
        "subscriptionDetails": {"subscriptionId": subscription},
        "content": {
            "templatePath": format!("journeyc/{}", file(name)),
            "plainTextVersion": content.mail.text,
        },
    });
    if let Some(reply_to) = &sender.reply_to {
        body["from"]["customReplyTo"] = json!(reply_to);
    }
    let request = request(PATH, body, &format!("email:{name}"));
    (format!("email-{name}"), request)
}

/// The coded templates of the emails that are created.
pub(super) fn files(export: &Export<'_, '_>, artifacts: &mut Artifacts) {
    for (_, request) in &export.requests {
        let bound = request
            .binds
            .keys()
            .find_map(|it| it.strip_prefix("email:"));
        let content = bound.and_then(|name| Some((name, export.shelf.content(name)?)));
        if let Some((name, content)) = content {
            let page = coded(name, content.locale, &content.mail.html);
            artifacts.add(format!("templates/{}", file(name)), page);
        }
    }
}

/// A page as HubSpot takes it: what it is in a comment at the top, and at the end the company's address,
/// and a link to unsubscribe if there is none.
fn coded(name: &str, locale: &str, html: &str) -> String {
    let label: String = name
        .chars()
        .filter(|it| !"{}%#<>\n\r".contains(*it))
        .collect();
    let parts: Vec<String> = COMPANY
        .iter()
        .map(|it| format!("{{{{ site_settings.{it} }}}}"))
        .collect();
    let link = if has_way_out(html) {
        String::new()
    } else {
        format!(
            " <a href=\"{{{{ unsubscribe_link_all }}}}\">{}</a>",
            way_out(locale)
        )
    };
    let address = format!("<p style=\"font-size:11px;\">{}{link}</p>", parts.join(" "));
    let (above, below) = match html.rfind("</body>") {
        Some(at) => html.split_at(at),
        None => (html, ""),
    };
    format!(
        "<!--\n  templateType: email\n  isEnabledForEmailV3Rendering: true\n  isAvailableForNewContent: true\n  label: journeyc {label}\n-->\n{above}{address}\n{below}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coded_template_says_what_it_is_and_ends_with_the_address_and_a_way_out() {
        let page = coded("a/b@c", "de", "<html><body>x</body></html>");
        assert!(page.starts_with("<!--\n  templateType: email\n"), "{page}");
        assert!(page.contains("site_settings.company_zip"), "{page}");
        assert!(
            page.ends_with(">Abmelden</a></p>\n</body></html>"),
            "{page}"
        );
        let page = coded("a", "en", "{{ unsubscribe_link_all }}");
        assert_eq!(page.matches("unsubscribe_link").count(), 1, "{page}");
        assert_eq!(
            file("post-purchase/a.de@b/c"),
            "post-purchase-a.de-b-c.html"
        );
    }

    #[test]
    fn what_stands_inside_of_code_only_is_code() {
        assert!(is_code("a {{ b }} {% if "));
        assert!(!is_code("a {{ b }} see "));
    }
}
