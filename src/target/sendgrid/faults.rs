//! What `SendGrid` would refuse, as far as a body shows it.

use serde_json::{Value, json};

use super::{LONGEST_CATEGORY, LONGEST_NAME};
use crate::target::Request;
use crate::target::field::{Fields, is_placeholder};

/// The most bytes of a page, and of a plain text.
const MOST_BYTES: usize = 1_048_576;

/// What is wrong with a request; nothing when all is well.
pub(super) fn faults(request: &Request) -> Vec<String> {
    let mut fields = Fields::default();
    let body = &request.body;
    match request.path.as_str() {
        "/v3/templates" => template(&mut fields, body),
        "/v3/mail/send" => mail(&mut fields, body),
        path => match version_of(path) {
            Some(id) if is_placeholder(id) || id.starts_with("d-") => version(&mut fields, body),
            Some(id) => fields.fault(format!("`{id}` is no id of a dynamic template")),
            None => fields.fault(format!("nothing is known of `{path}`")),
        },
    }
    fields.done()
}

fn version_of(path: &str) -> Option<&str> {
    path.strip_prefix("/v3/templates/")?
        .strip_suffix("/versions")
}

fn template(fields: &mut Fields, body: &Value) {
    fields.keys("the template", body, &["name", "generation"], &[]);
    fields.text(body, "name", LONGEST_NAME);
    // Any other has another language.
    fields.one_of(body, "generation", &[json!("dynamic")]);
}

fn version(fields: &mut Fields, body: &Value) {
    const NEEDED: &[&str] = &["name", "subject", "html_content", "active"];
    const KNOWN: &[&str] = &[
        "plain_content",
        "generate_plain_content",
        "editor",
        "test_data",
    ];
    fields.keys("the version", body, NEEDED, KNOWN);
    fields.text(body, "name", LONGEST_NAME);
    fields.text(body, "subject", 255);
    for part in ["html_content", "plain_content"] {
        fields.bytes(body, part, MOST_BYTES);
    }
    if body["html_content"] == "" {
        fields.fault("`html_content` is empty");
    }
    fields.one_of(body, "active", &[json!(0), json!(1)]);
    fields.one_of(body, "editor", &[json!("code"), json!("design")]);
    let generate = [json!(true), json!(false)];
    fields.one_of(body, "generate_plain_content", &generate);
    if let Some(data) = body.get("test_data") {
        let read = data.as_str().map(serde_json::from_str::<Value>);
        if !matches!(read, Some(Ok(Value::Object(_)))) {
            fields.fault("`test_data` is not a text that holds a JSON object");
        }
    }
}

fn mail(fields: &mut Fields, body: &Value) {
    const NEEDED: &[&str] = &["from", "personalizations", "template_id"];
    fields.keys(
        "the mail",
        body,
        NEEDED,
        &["reply_to", "asm", "categories", "batch_id"],
    );
    for who in ["from", "reply_to"] {
        if let Some(person) = body.get(who) {
            fields.keys(&format!("`{who}`"), person, &["email"], &["name"]);
            fields.address(person, "email");
        }
    }
    let id = body["template_id"].as_str().unwrap_or_default();
    if !is_placeholder(id) && !id.starts_with("d-") {
        fields.fault(format!("`{id}` is no id of a dynamic template"));
    }
    let people = body["personalizations"].as_array();
    let people = people.map_or(&[][..], Vec::as_slice);
    if !(1..=1_000).contains(&people.len()) {
        let number = people.len();
        fields.fault(format!("{number} personalizations; 1 to 1000 are taken"));
    }
    for person in people.iter().take(1_000) {
        personalization(fields, person);
    }
    if let Some(asm) = body.get("asm") {
        fields.keys("`asm`", asm, &["group_id"], &["groups_to_display"]);
        if !asm["group_id"].is_u64() {
            fields.fault("`group_id` is no number");
        }
    }
    let categories = body["categories"].as_array();
    let categories = categories.map_or(&[][..], Vec::as_slice);
    if categories.len() > 10 {
        let number = categories.len();
        fields.fault(format!("{number} categories; 10 are the most"));
    }
    let long = |it: &&Value| {
        it.as_str()
            .is_none_or(|it| it.chars().count() > LONGEST_CATEGORY)
    };
    if let Some(it) = categories.iter().find(long) {
        fields.fault(format!(
            "a category is no text of at most {LONGEST_CATEGORY} characters: {it}"
        ));
    }
}

fn personalization(fields: &mut Fields, person: &Value) {
    const KNOWN: &[&str] = &["dynamic_template_data", "custom_args", "send_at", "headers"];
    fields.keys("a personalization", person, &["to"], KNOWN);
    let to = person["to"].as_array().map_or(&[][..], Vec::as_slice);
    if to.is_empty() {
        fields.fault("a personalization is for nobody");
    }
    for it in to {
        fields.keys("a recipient", it, &["email"], &["name"]);
        fields.address(it, "email");
    }
    if person
        .get("dynamic_template_data")
        .is_some_and(|it| !it.is_object())
    {
        fields.fault("`dynamic_template_data` is not an object");
    }
    if person
        .get("custom_args")
        .is_some_and(|it| it.to_string().len() > 10_000)
    {
        fields.fault("`custom_args` has more than 10000 bytes");
    }
    match person.get("send_at") {
        None => {}
        Some(Value::String(text)) if is_placeholder(text) => {}
        Some(Value::Number(number)) if number.as_u64().is_some_and(|it| it < 100_000_000_000) => {}
        Some(other) => fields.fault(format!(
            "`send_at` is {other}, and SendGrid takes whole seconds since 1970"
        )),
    }
}
