#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn at(path: &str, body: Value) -> Request {
    Request {
        method: "POST",
        path: path.to_owned(),
        headers: HEADERS.to_vec(),
        form: false,
        body,
        binds: IndexMap::new(),
    }
}

fn good() -> Value {
    json!({"name": "journeyc x", "from_email": "ana@rack.example", "from_name": "Ana", "subject": "Hi",
        "code": "<p>{{event.a}}</p>", "text": "x", "publish": true, "labels": ["journeyc"]})
}

#[test]
fn a_good_template_has_no_faults() {
    assert_eq!(Mandrill.faults(&at("/templates/add", good())), [""; 0]);
}

#[test]
fn broken_templates_are_refused() {
    let with = |key: &str, value: Value| {
        let mut body = good();
        body[key] = value;
        body
    };
    let without = |key: &str| {
        let mut body = good();
        body.as_object_mut().unwrap().remove(key);
        body
    };
    for (body, expected) in [
        (with("key", json!("md-1")), "a key stands in the file"),
        (with("name", json!("n".repeat(101))), "101 characters"),
        (with("name", json!("")), "`name` is empty"),
        (without("name"), "no `name`"),
        (without("code"), "no `code`"),
        (with("code", json!("")), "`code` is empty"),
        (with("code", json!(5)), "`code` is not a text"),
        (with("subject", json!("a\nb")), "more than one line"),
        (with("from_email", json!("ana")), "no address"),
        (with("publish", json!("yes")), "`publish` is"),
        (with("labels", json!("x")), "not a list"),
        (with("labels", json!([1])), "not a text"),
        (with("labels", json!(vec!["l"; 11])), "11 labels"),
        (with("html", json!("<p>")), "has `html`"),
        (json!([]), "not an object"),
    ] {
        let found = Mandrill.faults(&at("/templates/add", body));
        assert!(
            found.iter().any(|it| it.contains(expected)),
            "{expected}: {found:?}"
        );
    }
    let found = Mandrill.faults(&at("/templates/ad", good()));
    assert_eq!(found, ["nothing is known of `/templates/ad`"]);
}

#[test]
fn broken_mails_are_refused() {
    let good = || {
        json!({"template_name": "${template:x}", "template_content": [], "async": false, "send_at": "${send_at}",
            "message": {"to": [{"email": "${recipient.email}", "type": "to"}], "merge": true,
                "merge_language": "handlebars", "global_merge_vars": [{"name": "contact", "content": {}}],
                "tags": ["journeyc"], "metadata": {"journey": "x"}}})
    };
    let of_mail = |key: &str, value: Value| {
        let mut body = good();
        body[key] = value;
        body
    };
    let of_message = |key: &str, value: Value| {
        let mut body = good();
        body["message"][key] = value;
        body
    };
    let path = "/messages/send-template";
    assert_eq!(Mandrill.faults(&at(path, good())), [""; 0]);
    let moment = of_mail("send_at", json!("2026-12-01 09:00:00"));
    assert_eq!(Mandrill.faults(&at(path, moment)), [""; 0]);
    let twice = json!([{"name": "a", "content": 1}, {"name": "A", "content": 1}]);
    let own = json!([{"name": "_a", "content": 1}]);
    for (body, expected) in [
        (
            of_mail("send_at", json!("2026-12-01T09:00:00Z")),
            "`send_at`",
        ),
        (of_mail("send_at", json!(1_795_510_800)), "`send_at`"),
        (of_mail("key", json!("md-1")), "a key stands"),
        (of_mail("template_content", json!({})), "not a list"),
        (of_mail("template_name", json!("")), "is empty"),
        (of_message("to", json!([])), "for nobody"),
        (of_message("to", json!([{"email": "ana"}])), "no address"),
        (
            of_message("merge_language", json!("mailchimp")),
            "`merge_language`",
        ),
        (of_message("global_merge_vars", twice), "there twice"),
        (of_message("global_merge_vars", own), "begins with `_`"),
        (of_message("tags", json!(["x".repeat(51)])), "no tag"),
        (of_message("html", json!("<p>")), "has `html`"),
    ] {
        let found = Mandrill.faults(&at(path, body));
        assert!(
            found.iter().any(|it| it.contains(expected)),
            "{expected}: {found:?}"
        );
    }
}
