//! What `SendGrid` would refuse, as far as a body shows it.

use serde_json::{Value, json};

use super::LONGEST_NAME;
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
