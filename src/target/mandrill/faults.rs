//! What Mailchimp Transactional would refuse, as far as a body shows it.

use serde_json::{Value, json};

use super::LONGEST_NAME;
use crate::target::Request;
use crate::target::field::Fields;

/// What is wrong with a request; nothing when all is well.
pub(super) fn faults(request: &Request) -> Vec<String> {
    let mut fields = Fields::default();
    let body = &request.body;
    if body.get("key").is_some() {
        fields.fault("a key stands in the file");
    }
    match request.path.as_str() {
        "/templates/add" => template(&mut fields, body),
        path => fields.fault(format!("nothing is known of `{path}`")),
    }
    fields.done()
}

fn template(fields: &mut Fields, body: &Value) {
    const NEEDED: &[&str] = &["name", "from_email", "subject", "code", "publish"];
    fields.keys(
        "the template",
        body,
        NEEDED,
        &["from_name", "text", "labels", "key"],
    );
    fields.text(body, "name", LONGEST_NAME);
    fields.text(body, "subject", 998);
    fields.address(body, "from_email");
    fields.one_of(body, "publish", &[json!(true), json!(false)]);
    for part in ["code", "text", "from_name"] {
        fields.bytes(body, part, usize::MAX);
    }
    if body["code"] == "" {
        fields.fault("`code` is empty");
    }
    if body["subject"]
        .as_str()
        .is_some_and(|it| it.contains(['\n', '\r']))
    {
        fields.fault("`subject` has more than one line");
    }
    let Some(labels) = body.get("labels") else {
        return;
    };
    let Some(labels) = labels.as_array() else {
        fields.fault("`labels` is not a list");
        return;
    };
    if labels.len() > 10 {
        fields.fault(format!("{} labels; 10 are the most", labels.len()));
    }
    if labels.iter().any(|it| !it.is_string()) {
        fields.fault("a label is not a text");
    }
}
