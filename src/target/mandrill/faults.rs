//! What Mailchimp Transactional would refuse, as far as a body shows it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{LONGEST_NAME, LONGEST_TAG};
use crate::target::Request;
use crate::target::field::{Fields, is_placeholder};

/// What is wrong with a request; nothing when all is well.
pub(super) fn faults(request: &Request) -> Vec<String> {
    let mut fields = Fields::default();
    let body = &request.body;
    if body.get("key").is_some() {
        fields.fault("a key stands in the file");
    }
    match request.path.as_str() {
        "/templates/add" => template(&mut fields, body),
        "/messages/send-template" => mail(&mut fields, body),
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

fn mail(fields: &mut Fields, body: &Value) {
    const NEEDED: &[&str] = &["template_name", "template_content", "message"];
    const OF_MESSAGE: &[&str] = &[
        "merge",
        "headers",
        "tags",
        "metadata",
        "subaccount",
        "from_email",
        "from_name",
        "subject",
    ];
    fields.keys(
        "the mail",
        body,
        NEEDED,
        &["async", "send_at", "ip_pool", "key"],
    );
    fields.text(body, "template_name", LONGEST_NAME);
    if !body["template_content"].is_array() {
        fields.fault("`template_content` is not a list");
    }
    if let Some(at) = body.get("send_at")
        && !at
            .as_str()
            .is_some_and(|it| is_placeholder(it) || is_moment(it))
    {
        fields.fault(format!(
            "`send_at` is {at}, and not like `2026-12-01 09:00:00`"
        ));
    }
    let message = &body["message"];
    fields.keys(
        "`message`",
        message,
        &["to", "merge_language", "global_merge_vars"],
        OF_MESSAGE,
    );
    fields.one_of(message, "merge_language", &[json!("handlebars")]);
    let to = message["to"].as_array().map_or(&[][..], Vec::as_slice);
    if to.is_empty() {
        fields.fault("the mail is for nobody");
    }
    for it in to {
        fields.keys("a recipient", it, &["email"], &["name", "type"]);
        fields.address(it, "email");
    }
    variables(fields, message);
    for tag in message["tags"].as_array().into_iter().flatten() {
        let fits = |it: &str| it.chars().count() <= LONGEST_TAG && !it.starts_with('_');
        if !tag.as_str().is_some_and(fits) {
            fields.fault(format!(
                "{tag} is no tag of at most {LONGEST_TAG} characters"
            ));
        }
    }
}

fn variables(fields: &mut Fields, message: &Value) {
    let mut names = BTreeSet::new();
    let variables = message["global_merge_vars"].as_array();
    for it in variables.into_iter().flatten() {
        fields.keys("a merge variable", it, &["name", "content"], &[]);
        let name = it["name"].as_str().unwrap_or_default();
        if name.starts_with('_') {
            fields.fault(format!("the merge variable `{name}` begins with `_`"));
        }
        if !names.insert(name.to_lowercase()) {
            fields.fault(format!("the merge variable `{name}` is there twice"));
        }
    }
}

/// `2026-12-01 09:00:00`.
fn is_moment(text: &str) -> bool {
    chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").is_ok()
}
