#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

const PATH: &str = "/v3/mg.rack.example/templates";

fn at(path: &str, form: bool, body: Value) -> Request {
    Request {
        method: "POST",
        path: path.to_owned(),
        headers: HEADERS.to_vec(),
        form,
        body,
        binds: IndexMap::new(),
    }
}

fn good() -> Value {
    json!({"name": "journeyc.x", "description": "x", "template": "<p>{{event.a}}</p>", "tag": "journeyc-1",
        "headers": "{\"From\": \"Ana <ana@rack.example>\", \"Subject\": \"Hi\"}"})
}

#[test]
fn a_good_form_has_no_faults() {
    assert_eq!(Mailgun.faults(&at(PATH, true, good())), [""; 0]);
}

#[test]
fn broken_forms_are_refused() {
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
    let big = "x".repeat(102_401);
    for (body, expected) in [
        (with("template", json!(big)), "102401 bytes"),
        (with("template", json!("")), "`template` is empty"),
        (without("template"), "no `template`"),
        (with("name", json!("Hello")), "has capitals"),
        (with("name", json!("a/b")), "cannot stand in an address"),
        (with("name", json!("")), "`name` is empty"),
        (without("name"), "no `name`"),
        (with("headers", json!({"From": "a@b.c"})), "JSON object"),
        (with("headers", json!("From: a@b.c")), "JSON object"),
        (
            with("headers", json!("{\"From\": \"a@b.c\"}")),
            "no `Subject`",
        ),
        (
            with("headers", json!("{\"From\": \"a\", \"Subject\": \"x\"}")),
            "no address",
        ),
        (
            with(
                "headers",
                json!("{\"From\": \"a@b.c\", \"Subject\": \"x\", \"Cc\": \"d@e.f\"}"),
            ),
            "`Cc`",
        ),
        (
            with(
                "headers",
                json!("{\"From\": \"a@b.c\", \"Subject\": \"x\\ny\"}"),
            ),
            "more than one line",
        ),
        (with("html", json!("<p>")), "has `html`"),
        (json!("x"), "not an object"),
    ] {
        let found = Mailgun.faults(&at(PATH, true, body));
        assert!(
            found.iter().any(|it| it.contains(expected)),
            "{expected}: {found:?}"
        );
    }
    for (path, form, expected) in [
        (PATH, false, "takes forms"),
        ("/v3//templates", true, "no domain"),
        ("/v3/a/b/templates", true, "no domain"),
        ("/v4/a/templates", true, "nothing is known"),
    ] {
        let found = Mailgun.faults(&at(path, form, good()));
        assert!(
            found.iter().any(|it| it.contains(expected)),
            "{expected}: {found:?}"
        );
    }
}

#[test]
fn names_of_templates_differ_as_the_shelfs_do() {
    assert_eq!(template_name("shop/hello.de"), "journeyc.shop.hello.de");
    assert_eq!(
        template_name("letter@plain/one"),
        "journeyc.letter..plain.one"
    );
    assert_ne!(template_name("Hello"), template_name("hello"));
    assert_ne!(template_name("a b"), template_name("a-b"));
}

#[test]
fn broken_messages_are_refused() {
    let good = || {
        json!({"to": "${recipient.email}", "template": "${template:x}", "t:version": "journeyc-1", "t:text": "yes",
            "t:variables": {"contact": {}}, "o:deliverytime": "${send_at}", "o:tag": ["journeyc"]})
    };
    let with = |key: &str, value: Value| {
        let mut body = good();
        body[key] = value;
        body
    };
    let path = "/v3/mg.rack.example/messages";
    assert_eq!(Mailgun.faults(&at(path, true, good())), [""; 0]);
    let at_noon = with("o:deliverytime", json!("Fri, 14 Oct 2011 12:00:00 +0000"));
    assert_eq!(Mailgun.faults(&at(path, true, at_noon)), [""; 0]);
    for (body, expected) in [
        (
            with("o:deliverytime", json!("2026-12-01T09:00:00Z")),
            "RFC 2822",
        ),
        (with("o:deliverytime", json!(1_795_510_800)), "RFC 2822"),
        (with("to", json!("ana")), "no address"),
        (with("template", json!("")), "`template` is empty"),
        (with("t:text", json!(true)), "`t:text`"),
        (with("t:variables", json!("{}")), "not an object"),
        (with("o:tag", json!(["a", "b", "c", "d"])), "at most 3"),
        (with("o:tag", json!(["\u{fc}"])), "plain texts"),
        (with("o:tag", json!(["x".repeat(129)])), "128 characters"),
        (with("o:delivery", json!("x")), "has `o:delivery`"),
        (json!({}), "no `to`"),
    ] {
        let found = Mailgun.faults(&at(path, true, body));
        assert!(
            found.iter().any(|it| it.contains(expected)),
            "{expected}: {found:?}"
        );
    }
}
