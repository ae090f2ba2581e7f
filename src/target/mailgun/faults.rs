//! What Mailgun would refuse, as far as a form shows it.

use serde_json::{Value, json};

use super::LONGEST_TAG;
use crate::target::Request;
use crate::target::field::{Fields, is_placeholder};

/// The most bytes of a template.
const MOST_BYTES: usize = 100 * 1_024;

/// What is wrong with a request; nothing when all is well.
pub(super) fn faults(request: &Request) -> Vec<String> {
    let mut fields = Fields::default();
    if !request.form {
        fields.fault("Mailgun takes forms, and this is JSON");
    }
    let path = request.path.strip_prefix("/v3/");
    match path.and_then(|it| it.rsplit_once('/')) {
        Some((domain, _)) if domain.is_empty() || domain.contains('/') => {
            fields.fault(format!("`{domain}` is no domain"));
        }
        Some((_, "templates")) => template(&mut fields, &request.body),
        Some((_, "messages")) => message(&mut fields, &request.body),
        _ => fields.fault(format!("nothing is known of `{}`", request.path)),
    }
    fields.done()
}

fn message(fields: &mut Fields, body: &Value) {
    const NEEDED: &[&str] = &["to", "template", "t:variables"];
    const KNOWN: &[&str] = &["t:version", "t:text", "o:deliverytime", "o:tag"];
    fields.keys("the message", body, NEEDED, KNOWN);
    fields.address(body, "to");
    fields.text(body, "template", 255);
    fields.one_of(body, "t:text", &[json!("yes")]);
    if body.get("t:variables").is_some_and(|it| !it.is_object()) {
        fields.fault("`t:variables` is not an object, which the form holds as JSON");
    }
    if let Some(at) = body.get("o:deliverytime")
        && !at
            .as_str()
            .is_some_and(|it| is_placeholder(it) || is_rfc_2822(it))
    {
        fields.fault(format!(
            "`o:deliverytime` is {at}, and not as RFC 2822 writes it"
        ));
    }
    let tags = body["o:tag"].as_array().map_or(&[][..], Vec::as_slice);
    let fits = |it: &Value| {
        it.as_str()
            .is_some_and(|it| it.is_ascii() && it.len() <= LONGEST_TAG)
    };
    if tags.len() > 3 || !tags.iter().all(fits) {
        fields.fault("`o:tag` holds at most 3 plain texts of at most 128 characters");
    }
}

/// `Fri, 14 Oct 2011 12:00:00 +0000`.
fn is_rfc_2822(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc2822(text).is_ok()
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
