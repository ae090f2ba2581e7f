#![allow(clippy::unwrap_used, reason = "tests")]

use super::changes;
use crate::diff::Reach;
use crate::diff::fixture::{Side, compare};

const LETTER: &str =
    "---\nsubject: Hello\npreheader: There\nlayout: layouts/plain.html\n---\nA letter.\n";
const LAYOUT: &str = "<html><body>{% block content %}{% endblock %}{% include \"partials/footer.html\" %}</body></html>";

fn send(name: &str, template: &str) -> String {
    format!("  - send: {{id: {name}, template: {template}, purpose: content}}\n")
}

/// Two journeys: one sends `t` twice and `own` once, the other `t` once; `t` has a layout with a footer.
fn shop() -> Side {
    let own = LETTER.replace("layout: layouts/plain.html\n", "");
    Side::new()
        .with("templates/t.md", LETTER)
        .with("templates/own.md", &own)
        .with("templates/layouts/plain.html", LAYOUT)
        .with("templates/partials/footer.html", "<p>Maya</p>")
        .with("templates/partials/unused.html", "<p>Nobody</p>")
        .journey(
            "a",
            &(send("a1", "t") + &send("a2", "t") + &send("a3", "own")),
        )
        .journey("b", &send("b1", "t"))
}

/// What differs, as `what name: journeys (mails)`.
fn lines(before: &Side, after: &Side) -> Vec<String> {
    let line = |it: &Reach| {
        let journeys = it.journeys.join(" ");
        format!("{:?} {}: {journeys} ({})", it.what, it.name, it.mails)
    };
    let there = compare(before, after, changes);
    assert_eq!(
        there,
        compare(after, before, changes),
        "the other way round"
    );
    there.iter().map(line).collect()
}

#[test]
fn a_footer_reaches_every_mail_that_has_it() {
    let changed = |path: &str, text: &str| lines(&shop(), &shop().with(path, text));
    assert_eq!(
        changed("templates/partials/footer.html", "<p>Maya and Finn</p>"),
        ["Template partials/footer.html: a b (3)"]
    );
    assert_eq!(
        changed(
            "templates/layouts/plain.html",
            &LAYOUT.replace("<body>", "<body><hr>")
        ),
        ["Template layouts/plain.html: a b (3)"]
    );
    assert_eq!(
        changed("templates/t.md", &LETTER.replace("Hello", "Good day")),
        ["Template t.md: a b (3)"]
    );
    let nothing: [&str; 0] = [];
    // Sent by one step alone, and by none.
    assert_eq!(
        changed(
            "templates/own.md",
            &LETTER
                .replace("layout: layouts/plain.html\n", "")
                .replace("Hello", "Hi")
        ),
        nothing
    );
    assert_eq!(
        changed("templates/partials/unused.html", "<p>Still nobody</p>"),
        nothing
    );
    // A comment changes no mail.
    let comment = "<p>Maya</p>{# who signs #}";
    assert_eq!(changed("templates/partials/footer.html", comment), nothing);
}

#[test]
fn a_text_of_the_catalogue_reaches_the_mails_that_ask_for_it() {
    let footer = "<p>{{ t(\"sign\") }}</p>";
    let side = |sign: &str, other: &str| {
        shop().with("templates/partials/footer.html", footer).with(
            "templates/messages.yaml",
            &format!("sign: \"{sign}\"\nother: \"{other}\"\n"),
        )
    };
    let before = side("Maya", "x");
    assert_eq!(
        lines(&before, &side("Finn", "x")),
        ["Catalogue messages.yaml: a b (3)"]
    );
    let nothing: [&str; 0] = [];
    assert_eq!(lines(&before, &side("Maya", "y")), nothing);
}

#[test]
fn a_sender_reaches_the_mails_that_it_signs() {
    let before = shop().journey(
        "c",
        "  - send: {id: c1, template: own, purpose: content, from: maya}",
    );
    let after = before
        .clone()
        .project("care@fernandfinch.example", "hello@fernandfinch.example");
    assert_eq!(lines(&before, &after), ["Sender care: a b (4)"]);
    let after = before.clone().project("name: Maya,", "name: Maya Finch,");
    assert_eq!(lines(&before, &after), ["Sender maya: c (1)"]);
}

#[test]
fn events_and_attributes_reach_the_journeys_that_speak_of_them() {
    let steps = "  - send: {id: c1, template: own, purpose: content, if: contact.plan == \"pro\"}\n  - wait_for: {id: w, event: order_delivered, timeout: 2d}";
    let before = shop().journey_on("c", "cart_left", steps);
    let after = before.clone().project(
        "order_delivered: {milestone: delivered}",
        "order_delivered: {milestone: service_started}",
    );
    assert_eq!(lines(&before, &after), ["Event order_delivered: c (0)"]);
    let after = before.clone().project(
        "plan: {type: string, nullable: true}",
        "plan: {type: string}",
    );
    assert_eq!(lines(&before, &after), ["Attribute plan: c (0)"]);
    let nothing: [&str; 0] = [];
    let after = before.clone().project(
        "  film_watched: {}\n",
        "  film_watched: {milestone: first_use}\n",
    );
    assert_eq!(lines(&before, &after), nothing);
}

#[test]
fn windows_reach_what_they_hold_and_the_brand_what_names_it() {
    let window =
        |to: &str| format!("policy: {{send_window: {{from: '08:00', to: '{to}', zone: contact}}}}");
    let service = "  - send: {id: c1, template: own, purpose: receipt, class: transactional}";
    let base = shop().journey("c", service);
    let before = base.clone().project("policy: {}", &window("20:00"));
    let after = base.clone().project("policy: {}", &window("18:00"));
    assert_eq!(lines(&before, &after), ["Policy send_window: a b (4)"]);
    let footer = "<p>{{ brand.postal_address }}</p>";
    let before = base.with("templates/partials/footer.html", footer);
    let after = before.clone().project("1 Orchard Row", "2 Orchard Row");
    assert_eq!(lines(&before, &after), ["Brand postal_address: a b (3)"]);
}

#[test]
fn a_new_language_reaches_the_mails_that_are_written_in_it() {
    let before = shop().with("templates/t.de.md", LETTER);
    let after = before.clone().project("locales: [en]", "locales: [en, de]");
    assert_eq!(lines(&before, &after)[0], "Locale de: a b (3)");
}
