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

#[test]
fn a_good_template_has_no_faults() {
    let html = "<p>*|HTML:J1A2B3C4D|* *|FNAME|**|IF:J1=true|*a*|ELSEIF:J2>=3|*b*|ELSE:|*c*|END:IF|* *|UNSUB|* *|HTML:LIST_ADDRESS_HTML|*</p>";
    let body = json!({"name": "journeyc/x", "html": html});
    assert_eq!(Mailchimp.faults(&at("/3.0/templates", body)), [""; 0]);
}

#[test]
fn broken_templates_are_refused() {
    let html = |html: &str| json!({"name": "x", "html": html});
    for (body, expected) in [
        (
            json!({"name": "n".repeat(51), "html": "x"}),
            "51 characters",
        ),
        (json!({"name": "", "html": "x"}), "`name` is empty"),
        (json!({"html": "x"}), "no `name`"),
        (json!({"name": "x"}), "no `html`"),
        (json!({"name": "x", "html": ""}), "`html` is empty"),
        (json!({"name": "x", "html": 1}), "not a text"),
        (
            json!({"name": "x", "html": "x", "subject": "y"}),
            "has `subject`",
        ),
        (json!(1), "not an object"),
        (html("*|CONTACT_FIRST_NAME|*"), "18 characters"),
        (html("*|first name|*"), "is no tag"),
        (html("*|FNAME"), "not closed"),
        (html("*|IF:A=1|*x"), "no `END:IF`"),
        (html("x*|END:IF|*"), "ends nothing"),
        (html("*|ELSE:|*x"), "belongs to no `IF`"),
    ] {
        let found = Mailchimp.faults(&at("/3.0/templates", body));
        assert!(
            found.iter().any(|it| it.contains(expected)),
            "{expected}: {found:?}"
        );
    }
    let found = Mailchimp.faults(&at("/3.0/automations", json!({})));
    assert_eq!(found, ["nothing is known of `/3.0/automations`"]);
}
