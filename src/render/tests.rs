#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;
use crate::template::{Library, Statics, compile};

fn mail_of(name: &str, files: &[(&str, &str)]) -> (Option<Mail>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(*path, *text);
    }
    let mut sink = Sink::default();
    let library = Library::parse(&sources, "", &["en", "de"], &mut sink);
    let statics = Statics::default().with("brand", &json!({"name": "Fern"}));
    let template = compile(&library, name, "de", &statics, &mut sink).filter(|it| it.is_sound);
    let mail = template.and_then(|it| render(&it, &mut sink));
    (mail, sink.into_sorted())
}

fn mail(path: &str, text: &str) -> Mail {
    let (mail, found) = mail_of("t", &[(path, text)]);
    assert!(found.is_empty(), "{found:#?}");
    mail.unwrap()
}

fn sample(contact: serde_json::Value) -> Sample {
    Sample {
        contact,
        event: json!({"lines": [{"name": "Fern", "price": 3}, {"name": "P&t", "price": 4}]}),
        links: serde_json::Value::Null,
    }
}

#[test]
fn mjml_keeps_choices_and_loops_where_they_stand() {
    let text = "---\nsubject: \"Hi {{ contact.first_name }} <3\"\npreheader: \"P {{ contact.plan }}\"\n---\n<mjml><mj-body>{% if contact.vip %}<mj-section><mj-column><mj-text>Vip {{ contact.first_name }}</mj-text></mj-column></mj-section>{% endif %}<mj-section><mj-column><mj-image src=\"https://x.example/ü.png?a=1&amp;b={{ contact.plan }}\" alt=\"Für Sie\u{200d} \\ {{ contact.plan }}\" /><mj-table>{% for l in event.lines %}<tr><td>{{ l.name }}</td><td>{{ l.price }}</td></tr>{% endfor %}</mj-table><mj-button href=\"{{ links.web_view }}\">{% if contact.vip %}Now{% else %}Later{% endif %}</mj-button></mj-column></mj-section></mj-body></mjml>";
    let mail = mail("t.mjml", text);
    let seen = preview(
        &mail,
        &sample(json!({"first_name": "Ana", "vip": true, "plan": "a&b"})),
    );
    assert!(
        seen.html
            .starts_with("<!DOCTYPE html><html lang=\"de\" dir=\"ltr\""),
        "{}",
        seen.html
    );
    assert!(
        seen.html.contains("<title>Hi Ana &lt;3</title>"),
        "{}",
        seen.html
    );
    assert!(seen.html.contains("alt=\"Für Sie\u{200d} \\ a&amp;b\""));
    assert!(
        seen.html
            .contains("src=\"https://x.example/ü.png?a=1&amp;b=a&amp;b\"")
    );
    assert!(
        seen.html
            .contains("<tr><td>Fern</td><td>3</td></tr><tr><td>P&amp;t</td><td>4</td></tr>"),
        "{}",
        seen.html
    );
    assert!(!seen.html.contains("fonts.googleapis"));
    assert!(!seen.html.contains("JC") && !seen.html.contains("<!--jc"));
    assert_eq!(
        seen.text,
        "Vip Ana\n\nFür Sie\u{200d} \\ a&b\n\nFern 3\nP&t 4\n\nNow: https://links.example/web_view\n"
    );
    let other = preview(&mail, &sample(json!({})));
    assert!(!other.html.contains("Vip"));
    assert!(other.html.matches("<tr").count() < seen.html.matches("<tr").count());
    assert_eq!(
        (seen.subject.as_str(), seen.preheader.as_str()),
        ("Hi Ana <3", "P a&b")
    );
}

#[test]
fn markdown_keeps_choices_in_lines_and_around_lines() {
    let text = "# Hi\n\n{% if contact.vip %}**Dear** {% endif %}friend, [go]({{ links.web_view }}).\n\n{% if contact.vip %}\nA *vip* thing.\n{% endif %}\n{% for l in event.lines %}\n- {{ l.name }}\n{% endfor %}\n\nBye";
    let mail = mail("t.md", text);
    let seen = preview(&mail, &sample(json!({"vip": true})));
    assert!(seen.html.contains("<p><strong>Dear</strong> friend, <a href=\"https://links.example/web_view\">go</a>.</p>"), "{}", seen.html);
    assert!(
        seen.html.contains("<p>A <em>vip</em> thing.</p>"),
        "{}",
        seen.html
    );
    assert!(seen.html.contains("<li>P&amp;t</li>"), "{}", seen.html);
    assert_eq!(
        seen.text,
        "Hi\n\nDear friend, go: https://links.example/web_view.\n\nA vip thing.\n\n- Fern\n\n- P&t\n\nBye\n"
    );
    let seen = preview(&mail, &sample(json!({})));
    assert!(seen.html.contains("<p>friend, <a"), "{}", seen.html);
    assert_eq!(
        seen.text,
        "Hi\n\nfriend, go: https://links.example/web_view.\n\n- Fern\n\n- P&t\n\nBye\n"
    );
}

#[test]
fn a_markdown_body_stands_in_a_layout() {
    let files = [
        (
            "base.mjml",
            "<mjml><mj-body><mj-section><mj-column><mj-text>{% block content %}{% endblock %}</mj-text></mj-column></mj-section></mj-body></mjml>",
        ),
        (
            "t.md",
            "---\nlayout: base.mjml\n---\nHi *{{ contact.plan }}*\n\n{% if contact.vip %}\nYes & no\n{% endif %}\n",
        ),
    ];
    let (mail, found) = mail_of("t", &files);
    assert!(found.is_empty(), "{found:#?}");
    let seen = preview(&mail.unwrap(), &sample(json!({"vip": 1, "plan": "<pro>"})));
    assert!(
        seen.html.contains("<p>Hi <em>&lt;pro&gt;</em></p>"),
        "{}",
        seen.html
    );
    assert_eq!(seen.text, "Hi <pro>\n\nYes & no\n");
}

#[test]
fn html_gets_its_styles_inline_and_its_roles() {
    let text = "<style>p{color:red}</style><p title=\"{% if contact.vip %}a{% else %}b{% endif %}\">x<a href=\"mailto:a@b.example\">a@b.example</a></p><table>{% for l in event.lines %}<tr><td>{{ l.name }}</td></tr>{% endfor %}</table><div style=\"display: none\">hidden</div>";
    let seen = preview(&mail("t.html", text), &sample(json!({"vip": false})));
    assert!(
        seen.html.contains("<p title=\"b\" style=\"color: red;\">x"),
        "{}",
        seen.html
    );
    assert!(
        seen.html
            .contains("<table role=\"presentation\"><tbody><tr><td>Fern</td></tr><tr>"),
        "{}",
        seen.html
    );
    assert_eq!(seen.text, "xa@b.example\n\nFern\nP&t\n");
}

#[test]
fn a_choice_that_crosses_elements_is_told_at_its_place() {
    let text = "<p>a{% if contact.vip %}</p><p>{% endif %}b</p>";
    let (mail, found) = mail_of("t", &[("t.html", text)]);
    assert!(mail.is_none());
    assert_eq!(
        found[0].message,
        "this `{% if %}` begins in one element and ends in another"
    );
    assert_eq!(found[0].primary.span.start, 7);
}

#[test]
fn text_ends_lines_alike_whichever_way_choices_fall() {
    let text = "<p>a</p>{% if contact.x %}<b>b</b>{% endif %}tail<p>c</p>{% if contact.x %}<p>d</p>{% else %}e{% endif %}<p>f{% if contact.x %} g{% endif %}, h</p>";
    let mail = mail("t.html", text);
    assert_eq!(
        preview(&mail, &sample(json!({"x": 1}))).text,
        "a\n\nbtail\n\nc\n\nd\n\nf g, h\n"
    );
    assert_eq!(
        preview(&mail, &sample(json!({}))).text,
        "a\n\ntail\n\nc\n\ne\n\nf, h\n"
    );
}

#[test]
fn broken_bodies_are_told_and_never_panic() {
    let deep = "<div>".repeat(20_000);
    let wrapped = format!(
        "<mjml><mj-body>{}</mj-body></mjml>",
        "<mj-wrapper>".repeat(5_000)
    );
    let quoted = "> ".repeat(20_000);
    for (path, text) in [
        ("t.html", deep.as_str()),
        ("t.mjml", &wrapped),
        ("t.md", &quoted),
        ("t.mjml", "<mjml><mj-body><mj-section>"),
        ("t.mjml", "<p>no mjml</p>"),
        (
            "t.mjml",
            "<mjml><mj-body><mj-include path=\"x\" /></mj-body></mjml>",
        ),
        ("t.html", "{% if contact.x %}<table>{% endif %}<tr><td>x"),
        (
            "t.html",
            "<p {% if contact.x %}class=\"a\"{% endif %}>x</p><title>{% for l in event.lines %}<b>{% endfor %}</title>",
        ),
        ("t.html", "<!-- {% if contact.x %} --><b>{% endif %}"),
        (
            "t.html",
            "<style>{% if contact.x %}p{color:red}{% endif %}</style><p>x",
        ),
        (
            "t.html",
            "<script>{{ contact.x }}</script><textarea>{% if contact.x %}<b>{% endif %}",
        ),
        (
            "t.md",
            "| a | b |\n|---|---|\n{% for l in event.lines %}| {{ l.name }} | {{ l.price }} |\n{% endfor %}\n",
        ),
        (
            "t.md",
            "`{{ contact.x }}` [a]({% if contact.x %}b{% else %}c{% endif %}) ![x]({{ contact.x }})\n\n    {{ contact.x }}\n",
        ),
        ("t.html", ""),
        ("t.md", "JCx0001xJC <!--jc:0.0-->"),
    ] {
        let (mail, found) = mail_of("t", &[(path, text)]);
        assert!(mail.is_some() || !found.is_empty());
        if let Some(mail) = mail {
            for contact in [json!({}), json!({"x": "<y>"})] {
                let seen = preview(&mail, &sample(contact));
                assert!(!seen.html.contains("jcJC"), "{}", seen.html);
            }
        }
    }
}

#[test]
fn every_letter_says_its_language_where_programs_leave_it() {
    let html = |text: &str| {
        let mail = mail("t.html", &format!("---\nsubject: Hallo\n---\n{text}"));
        preview(&mail, &sample(json!({}))).html
    };
    // A wrong or empty language, and a wrapper of the author's own.
    let page = html(
        "<html lang=\"en\" dir=\"\"><head><title> </title></head><body><div class=\"all\" lang=\"fr\"><p>a</p></div></body></html>",
    );
    assert!(page.contains("<html lang=\"de\" dir=\"ltr\">"), "{page}");
    assert!(
        page.contains("<body><div class=\"all\" lang=\"de\" dir=\"ltr\"><p>a</p></div></body>"),
        "{page}"
    );
    assert!(page.contains("Hallo"), "{page}");
    // No wrapper: several elements, words, a choice around each.
    let wrapped =
        "<body><div role=\"article\" aria-roledescription=\"email\" lang=\"de\" dir=\"ltr\">";
    for body in [
        "<p>a</p><p>b</p>",
        "a <b>c</b>",
        "<img src=\"https://x.example/a.png\" alt=\"\">",
        "{% if contact.vip %}<p>a</p>{% else %}<p>b</p>{% endif %}",
        "",
    ] {
        let page = html(body);
        assert!(page.contains(wrapped), "{page}");
        assert!(page.contains("</div></body>"), "{page}");
        assert!(page.contains("<title>Hallo</title>"), "{page}");
    }
    let page = html("<table><tr><td>a</td></tr></table>");
    assert!(
        page.contains("<body><table lang=\"de\" dir=\"ltr\" role=\"presentation\">"),
        "{page}"
    );
    let letter = mail(
        "t.md",
        "---\nsubject: Hallo\n---\n# A\n\n| a |\n| - |\n| b |\n",
    );
    let page = preview(&letter, &sample(json!({}))).html;
    assert!(
        page.contains(wrapped) && page.contains("<table><thead>"),
        "{page}"
    );
    assert!(page.contains("<title>Hallo</title>"), "{page}");
}

#[test]
fn mjml_is_ready_to_be_read_out() {
    let text = "---\nsubject: Hallo\n---\n<mjml lang=\"en\"><mj-body><mj-section background-url=\"https://x.example/a.png\"><mj-column><mj-text>a</mj-text></mj-column></mj-section><mj-section full-width=\"full-width\" background-url=\"https://x.example/b.png\"><mj-column><mj-text>a</mj-text></mj-column></mj-section><mj-hero background-url=\"https://x.example/c.png\" background-height=\"100px\" background-width=\"600px\"><mj-text>b</mj-text></mj-hero></mj-body></mjml>";
    let page = preview(&mail("t.mjml", text), &sample(json!({}))).html;
    let tag = |name: &str| {
        let at = page.find(name).unwrap();
        &page[at..at + page[at..].find('>').unwrap()]
    };
    assert!(tag("<html").contains("lang=\"de\" dir=\"ltr\""), "{page}");
    let article = tag("<div aria-roledescription");
    assert!(article.contains("lang=\"de\" dir=\"ltr\""), "{article}");
    for name in ["<v:rect", "<v:image"] {
        for (at, _) in page.match_indices(name) {
            let end = at + page[at..].find('>').unwrap();
            assert!(page[at..end].contains(" alt=\"\""), "{}", &page[at..end]);
        }
        assert!(page.contains(name), "{name}: {page}");
    }
    assert!(
        !page.contains("<table border=\"0\" cellpadding=\"0\" cellspacing=\"0\">"),
        "{page}"
    );
}
