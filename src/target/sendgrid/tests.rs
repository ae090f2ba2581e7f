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

fn template() -> Value {
    json!({"name": "journeyc/x", "generation": "dynamic"})
}

fn version() -> Value {
    json!({"name": "journeyc-1", "active": 1, "subject": "Hi {{{event.a}}}", "html_content": "<p>x</p>",
        "plain_content": "x", "generate_plain_content": false, "editor": "code", "test_data": "{\"a\": 1}"})
}

fn mail() -> Value {
    json!({"from": {"email": "ana@rack.example", "name": "Ana"}, "template_id": "${template:x}",
        "personalizations": [{"to": [{"email": "${recipient.email}"}], "dynamic_template_data": {"contact": {}},
            "custom_args": {"journey": "x"}, "send_at": "${send_at}"}],
        "asm": {"group_id": 5}, "categories": ["journeyc"]})
}

const VERSIONS: &str = "/v3/templates/${template:x}/versions";

#[test]
fn good_bodies_have_no_faults() {
    assert_eq!(SendGrid.faults(&at("/v3/templates", template())), [""; 0]);
    assert_eq!(SendGrid.faults(&at(VERSIONS, version())), [""; 0]);
}

#[test]
fn broken_bodies_are_refused() {
    let with = |mut body: Value, key: &str, value: Value| {
        body[key] = value;
        body
    };
    let without = |mut body: Value, key: &str| {
        body.as_object_mut().unwrap().remove(key);
        body
    };
    let big = "x".repeat(1_048_577);
    for (path, body, expected) in [
        (
            "/v3/templates",
            with(template(), "name", json!("n".repeat(101))),
            "101 characters",
        ),
        (
            "/v3/templates",
            with(template(), "name", json!("")),
            "`name` is empty",
        ),
        (
            "/v3/templates",
            without(template(), "generation"),
            "no `generation`",
        ),
        (
            "/v3/templates",
            with(template(), "generation", json!("legacy")),
            "legacy",
        ),
        (
            "/v3/templates",
            with(template(), "folder", json!(1)),
            "has `folder`",
        ),
        ("/v3/templates", json!([]), "not an object"),
        ("/v3/templets", template(), "nothing is known"),
        (
            "/v3/templates/5/versions",
            version(),
            "no id of a dynamic template",
        ),
        (
            VERSIONS,
            with(version(), "subject", json!("s".repeat(256))),
            "256 characters",
        ),
        (VERSIONS, without(version(), "subject"), "no `subject`"),
        (
            VERSIONS,
            with(version(), "html_content", json!(big)),
            "1048577 bytes",
        ),
        (
            VERSIONS,
            with(version(), "html_content", json!("")),
            "`html_content` is empty",
        ),
        (
            VERSIONS,
            with(version(), "plain_content", json!(big)),
            "1048577 bytes",
        ),
        (
            VERSIONS,
            with(version(), "plain_content", json!(7)),
            "not a text",
        ),
        (
            VERSIONS,
            with(version(), "active", json!(true)),
            "`active` is true",
        ),
        (
            VERSIONS,
            with(version(), "editor", json!("word")),
            "`editor`",
        ),
        (
            VERSIONS,
            with(version(), "test_data", json!({"a": 1})),
            "`test_data`",
        ),
        (
            VERSIONS,
            with(version(), "test_data", json!("{a: 1}")),
            "`test_data`",
        ),
        (
            VERSIONS,
            with(version(), "html", json!("<p>")),
            "has `html`",
        ),
    ] {
        let found = SendGrid.faults(&at(path, body));
        assert!(
            found.iter().any(|it| it.contains(expected)),
            "{expected}: {found:?}"
        );
    }
}

#[test]
fn broken_mails_are_refused() {
    let one = |change: &dyn Fn(&mut Value)| {
        let mut body = mail();
        change(&mut body);
        body
    };
    let of_person =
        |key: &str, value: Value| one(&|it| it["personalizations"][0][key] = value.clone());
    let of_mail = |key: &str, value: Value| one(&|it| it[key] = value.clone());
    assert_eq!(SendGrid.faults(&at("/v3/mail/send", mail())), [""; 0]);
    let seconds = of_person("send_at", json!(1_795_510_800));
    assert_eq!(SendGrid.faults(&at("/v3/mail/send", seconds)), [""; 0]);
    let everybody = vec![mail()["personalizations"][0].clone(); 1_001];
    for (body, expected) in [
        (
            of_person("send_at", json!("2026-12-01T09:00:00Z")),
            "whole seconds",
        ),
        (
            of_person("send_at", json!(1_795_510_800_000_u64)),
            "whole seconds",
        ),
        (of_person("send_at", json!(1.5)), "whole seconds"),
        (of_mail("personalizations", json!([])), "0 personalizations"),
        (
            of_mail("personalizations", json!(everybody)),
            "1001 personalizations",
        ),
        (of_person("to", json!([])), "for nobody"),
        (of_person("to", json!([{"email": "ana"}])), "no address"),
        (of_person("data", json!({})), "has `data`"),
        (
            of_person("dynamic_template_data", json!("{}")),
            "not an object",
        ),
        (
            of_person("custom_args", json!("x".repeat(10_001))),
            "10000 bytes",
        ),
        (of_mail("template_id", json!("letter")), "no id"),
        (of_mail("asm", json!({"group_id": "5"})), "no number"),
        (of_mail("categories", json!(vec!["x"; 11])), "11 categories"),
        (
            of_mail("categories", json!(["x".repeat(256)])),
            "255 characters",
        ),
        (of_mail("custom_args", json!({})), "has `custom_args`"),
        (of_mail("from", json!({})), "no `email`"),
    ] {
        let found = SendGrid.faults(&at("/v3/mail/send", body));
        assert!(
            found.iter().any(|it| it.contains(expected)),
            "{expected}: {found:?}"
        );
    }
}

#[test]
fn a_name_of_a_template_always_fits() {
    assert_eq!(template_name("shop/hello.de"), "journeyc/shop/hello.de");
    assert_eq!(template_name(&"x".repeat(300)).len(), LONGEST_NAME);
}
