//! Requests that create templates; subjects and preheaders live in the flow's message.

use serde_json::json;

use super::super::Named;
use crate::manifest::Journey;

/// Creates one template.
pub(super) fn request(name: &str, html: &str, text: &str) -> Named {
    let body = json!({"data": {"type": "template", "attributes": {
        "name": format!("journeyc/{name}"), "editor_type": "CODE", "html": html, "text": text,
    }}});
    let what = format!("template-{}", name.replace(['/', '@'], "-"));
    let request = super::request("/api/templates", body, format!("template:{name}"));
    (what, request)
}

/// What stands for a template's id until it is known.
pub(super) fn id(name: &str) -> String {
    format!("${{template:{name}}}")
}

/// A name that no mail has: mails with an `@` name their step behind their own template.
pub(super) fn alert_name(journey: &str, node: &str) -> String {
    format!("alert@{journey}/{node}")
}

/// The template of an alert: what the people who do a task read.
pub(super) fn alert(journey: &Journey, node: &str, title: &str) -> Named {
    let text = format!(
        "{title}\nJourney: {}, step: {node}\nCustomer: {{{{ email }}}}",
        journey.name
    );
    let lines: Vec<String> = text
        .lines()
        .map(|it| format!("<p>{}</p>", escape(it)))
        .collect();
    let html = format!(
        "<!doctype html><html><body>{}</body></html>",
        lines.concat()
    );
    request(&alert_name(&journey.name, node), &html, &text)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Whether a printed template speaks of the trigger's event.
pub(super) fn speaks_of_event(text: &str) -> bool {
    let named = |it: &str| it == "event" || it.starts_with("event.") || it.starts_with("event|");
    [("{{", "}}"), ("{%", "%}")]
        .into_iter()
        .any(|(open, close)| {
            text.split(open).skip(1).any(|part| {
                let code = part.split(close).next().unwrap_or(part);
                code.split([' ', '(', ',', ':']).any(named)
            })
        })
}
