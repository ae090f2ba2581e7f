//! What Mailgun would refuse, as far as a form shows it.

use serde_json::Value;

use crate::target::Request;
use crate::target::field::Fields;

/// The most bytes of a template.
const MOST_BYTES: usize = 100 * 1_024;

/// What is wrong with a request; nothing when all is well.
pub(super) fn faults(request: &Request) -> Vec<String> {
    let mut fields = Fields::default();
    if !request.form {
        fields.fault("Mailgun takes forms, and this is JSON");
    }
    let domain = request.path.strip_prefix("/v3/");
    let domain = domain.and_then(|it| it.strip_suffix("/templates"));
    match domain {
        Some(domain) if !domain.is_empty() && !domain.contains('/') => {
            template(&mut fields, &request.body);
        }
        Some(domain) => fields.fault(format!("`{domain}` is no domain")),
        None => fields.fault(format!("nothing is known of `{}`", request.path)),
    }
    fields.done()
}

fn template(fields: &mut Fields, body: &Value) {
    const NEEDED: &[&str] = &["name", "template", "tag", "headers"];
    fields.keys(
        "the template",
        body,
        NEEDED,
        &["description", "comment", "createdBy"],
    );
    fields.text(body, "name", 255);
    fields.text(body, "tag", 255);
    fields.bytes(body, "template", MOST_BYTES);
    if body["template"] == "" {
        fields.fault("`template` is empty");
    }
    let name = body["name"].as_str().unwrap_or_default();
    if name.chars().any(char::is_uppercase) {
        fields.fault("`name` has capitals, and Mailgun writes names small");
    }
    if name.contains(['/', '?', '#', '%', ' ']) {
        fields.fault("`name` has a sign that cannot stand in an address");
    }
    headers(fields, body);
}

fn headers(fields: &mut Fields, body: &Value) {
    let text = body["headers"].as_str();
    let read = text.and_then(|it| serde_json::from_str::<Value>(it).ok());
    let Some(headers) = read.filter(Value::is_object) else {
        fields.fault("`headers` is not a text that holds a JSON object");
        return;
    };
    fields.keys("`headers`", &headers, &["From", "Subject"], &["Reply-To"]);
    fields.text(&headers, "Subject", 998);
    fields.address(&headers, "From");
    fields.address(&headers, "Reply-To");
    let lines = headers.as_object().into_iter().flatten();
    for (name, _) in lines.filter(|it| it.1.as_str().is_some_and(|it| it.contains(['\n', '\r']))) {
        fields.fault(format!("`{name}` has more than one line"));
    }
}
