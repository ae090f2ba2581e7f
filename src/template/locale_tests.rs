//! Languages: variants, texts of the catalogue, names of months and days.
#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

const LOCALES: [&str; 4] = ["en", "de", "de-AT", "pl"];

fn compiled(locale: &str, files: &[(&str, &str)]) -> (Option<Template>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(*path, *text);
    }
    let mut sink = Sink::default();
    let library = Library::parse(&sources, "", &LOCALES, &mut sink);
    let template = compile(&library, "t", locale, &Statics::default(), &mut sink);
    (template, sink.into_sorted())
}

fn said(locale: &str, files: &[(&str, &str)], event: &serde_json::Value) -> String {
    let (template, found) = compiled(locale, files);
    assert!(found.is_empty(), "{found:#?}");
    let sample = Sample {
        event: event.clone(),
        ..Sample::default()
    };
    evaluate(&template.unwrap().body, &sample, Spelling::default())
}

fn refused(locale: &str, files: &[(&str, &str)]) -> (String, String, u32) {
    let (_, mut found) = compiled(locale, files);
    let first = found.remove(0);
    let help = first.help.unwrap_or_default();
    (first.message, help, first.primary.span.start)
}

#[test]
fn the_nearest_language_is_taken_by_bodies_layouts_partials_and_macros() {
    let files = [
        ("t.html", "en"),
        (
            "t.de.html",
            "---\nlayout: base.html\n---\n{% from \"m.html\" import hi %}de {% include \"p.html\" %} {{ hi() }}",
        ),
        ("base.html", "[{% block content %}{% endblock %}]"),
        ("base.de-AT.html", "<{% block content %}{% endblock %}>"),
        ("p.html", "p-en"),
        ("p.de.html", "p-de"),
        ("m.html", "{% macro hi() %}hi-en{% endmacro %}"),
        ("m.de-AT.html", "{% macro hi() %}hi-at{% endmacro %}"),
    ];
    let none = json!({});
    assert_eq!(said("en", &files, &none), "en");
    assert_eq!(said("de", &files, &none), "[de p-de hi-en]");
    assert_eq!(said("de-AT", &files, &none), "<de p-de hi-at>");
    assert_eq!(said("pl", &files, &none), "en");
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(path, text);
    }
    let library = Library::parse(&sources, "", &LOCALES, &mut Sink::default());
    let written = |it| library.has_variant("t", it);
    assert!(written("en") && written("de") && written("de-AT") && !written("pl"));
    assert_eq!(
        library.names().into_iter().collect::<Vec<_>>(),
        ["base", "m", "p", "t"]
    );
}

const TEXTS: (&str, &str) = (
    "messages.yaml",
    "order:\n  thanks: Thank you, {name} & all!\n  lines: {\"0\": nothing, \"1\": one thing, other: \"{count} things\"}\nonly: Only here\nidle: Nobody says this\n",
);
const GERMAN: (&str, &str) = ("messages.de.yaml", "order:\n  thanks: Danke, {name}!\n");

#[test]
fn texts_are_found_in_the_nearest_language() {
    let body = "{{ t(\"order.thanks\", name=event.name) }}|{{ t('only') }}";
    let files = [("t.html", body), TEXTS, GERMAN];
    let ana = json!({"name": "A&a"});
    assert_eq!(
        said("en", &files, &ana),
        "Thank you, A&amp;a &amp; all!|Only here"
    );
    assert_eq!(said("de-AT", &files, &ana), "Danke, A&amp;a!|Only here");
    let (template, _) = compiled("de-AT", &files);
    let template = template.unwrap();
    let borrowed: Vec<_> = template.borrowed.iter().map(|it| &*it.name).collect();
    assert_eq!(borrowed, ["only"]);
    assert_eq!(template.texts.len(), 2);
    let (template, _) = compiled("en", &files);
    assert!(template.unwrap().borrowed.is_empty());
}

#[test]
fn a_text_takes_values_of_every_kind() {
    let thanks = |value: &str| format!("{{{{ t('order.thanks', name={value}) }}}}");
    for (value, expected) in [
        ("'x'", "Thank you, x &amp; all!"),
        (
            "event.name | default('you') | upper",
            "Thank you, YOU &amp; all!",
        ),
        ("event.a ~ '-' ~ event.b", "Thank you, 1-2 &amp; all!"),
        ("('<b>x</b>' | safe)", "Thank you, <b>x</b> &amp; all!"),
    ] {
        let event = json!({"a": "1", "b": "2"});
        let said = said("en", &[("t.html", &thanks(value)), TEXTS], &event);
        assert_eq!(said, expected, "{value}");
    }
    let front = "---\nsubject: \"{{ t('order.thanks', name=event.a) }}\"\n---\n";
    let (template, found) = compiled("en", &[("t.html", front), TEXTS]);
    assert!(found.is_empty());
    let sample = Sample {
        event: json!({"a": "x"}),
        ..Sample::default()
    };
    let subject = evaluate(&template.unwrap().subject, &sample, Spelling::default());
    assert_eq!(subject, "Thank you, x & all!");
}

#[test]
fn a_text_may_depend_on_a_count() {
    let body =
        "{{ t('order.lines', count=event.lines | length) }}; {{ t('order.lines', count=1) }}";
    for (lines, expected) in [
        (json!([]), "nothing"),
        (json!([1]), "one thing"),
        (json!([1, 2]), "2 things"),
    ] {
        let said = said("en", &[("t.html", body), TEXTS], &json!({"lines": lines}));
        assert_eq!(said, format!("{expected}; one thing"));
    }
}

#[test]
fn texts_are_strict() {
    for (body, message, help) in [
        (
            "{{ t('order.thank', name=1) }}",
            "there is no text `order.thank`",
            "did you mean `order.thanks`?",
        ),
        (
            "{{ t('order.thanks') }}",
            "the text `order.thanks` needs a value for `name`",
            "write `t(\"order.thanks\", name=…)`",
        ),
        (
            "{{ t('order.thanks', name=1, nmae=2) }}",
            "the text `order.thanks` has no place for `nmae`",
            "did you mean `name`?",
        ),
    ] {
        let (found, helped, start) = refused("en", &[("t.html", body), TEXTS]);
        assert_eq!((found.as_str(), helped.as_str()), (message, help));
        assert!(start > 2);
    }
    let (found, help, _) = refused("en", &[("t.html", "{{ t('x') }}")]);
    assert_eq!(found, "there is no text `x`");
    assert!(help.contains("templates/messages.yaml"), "{help}");
    let broken = [
        ("t.html", ""),
        ("messages.yaml", "a: \"Hi {{ name }}\"\nb: [1]\n"),
    ];
    let (_, found) = compiled("en", &broken);
    let found: Vec<_> = found.iter().map(|it| &*it.message).collect();
    assert_eq!(found, ["a `{` begins no value here", "`b` is a text"]);
    let (found, help, _) = refused("en", &[("t.html", ""), ("messages.dee.yaml", "a: b\n")]);
    assert_eq!(
        (found.as_str(), help.as_str()),
        ("the project has no language `dee`", "did you mean `de`?")
    );
}

#[test]
fn dates_speak_the_language_of_the_mail() {
    let body = "{{ event.day | date('%A, %-d. %B %Y') }}|{{ event.day | date('%a %b') }}|{{ '2026-01-04' | date('%B') }}";
    let files = [("t.html", body)];
    for (month, german) in [(1, "Januar"), (3, "März"), (12, "Dezember")] {
        let day = format!("2026-{month:02}-02T10:00:00Z");
        let said = said("de", &files, &json!({"day": day}));
        assert!(said.contains(&format!(", 2. {german} 2026|")), "{said}");
        assert!(said.ends_with("|Januar"), "{said}");
    }
    let monday = json!({"day": "2026-11-23"});
    assert_eq!(
        said("en", &files, &monday),
        "Monday, 23. November 2026|Mon Nov|January"
    );
    assert_eq!(
        said("de-AT", &files, &monday),
        "Montag, 23. November 2026|Mo. Nov.|Jänner"
    );
    // What is no date prints nothing at all, as in English.
    assert_eq!(said("de", &files, &json!({"day": null})), "||Januar");
    let or = [(
        "t.html",
        "{{ event.day | date('%-d. %B') | default('bald') }}",
    )];
    assert_eq!(said("de", &or, &json!({})), "bald");
    assert_eq!(said("de", &or, &monday), "23. November");
    let (message, help, _) = refused("pl", &files);
    assert_eq!(
        message,
        "the names of months and days are not known in `pl`"
    );
    assert!(
        help.starts_with("write numbers: `date(\"%-d.%-m.%Y\")`"),
        "{help}"
    );
}

#[test]
fn a_file_that_says_nothing_has_no_language() {
    let files = [
        (
            "t.de.html",
            "---\nlayout: base.html\n---\nHallo {% include \"button.html\" %}{% include \"footer.html\" %}",
        ),
        (
            "base.html",
            "<style>p { color: red; margin: none }</style>{% block content %}{% endblock %}",
        ),
        ("button.html", "<a href=\"#\">{{ brand }}</a>"),
        (
            "footer.html",
            "<p>You get this because you bought something</p>",
        ),
    ];
    let (template, _) = compiled("de", &files);
    let borrowed: Vec<_> = template
        .unwrap()
        .borrowed
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(borrowed, ["footer.html"]);
}
