//! What is known per recipient only comes through the HTML stage wherever it stands.
#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::source::Sources;
use crate::template::{Library, Statics, compile};

fn mail(path: &str, text: &str) -> Mail {
    let mut sources = Sources::default();
    sources.add(path, text);
    let mut sink = Sink::default();
    let library = Library::parse(&sources, "", &["en"], &mut sink);
    let template = compile(&library, "t", "en", &Statics::default(), &mut sink).unwrap();
    let mail = render_from(&template, Some(&sources), &mut sink);
    let found = sink.into_sorted();
    assert!(found.is_empty(), "{text}: {found:#?}");
    mail.unwrap()
}

fn page(mail: &Mail, vip: bool) -> String {
    let sample = Sample {
        contact: json!({"vip": vip, "plan": if vip { "red" } else { "a&b" }}),
        event: json!({"lines": ["x", "<y>"]}),
        ..Sample::default()
    };
    let page = preview(mail, &sample).html;
    assert!(!page.contains("JC") && !page.contains("<!--jc"), "{page}");
    assert_balanced(&page);
    // What every page says at its top is tested elsewhere.
    page.replace(" lang=\"en\" dir=\"ltr\"", "")
}

/// Whatever is opened is closed, whichever way the choices fall.
fn assert_balanced(page: &str) {
    let mut open = Vec::new();
    for piece in pieces(page) {
        match piece {
            Piece::Open(name, tag) if !markup::is_void(name) && !tag.ends_with("/>") => {
                open.push(name);
            }
            Piece::Close(name, _) => assert_eq!(open.pop(), Some(name), "{page}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?}: {page}");
}

/// A body, and what stands in the page of a vip and of anybody else.
type Case = (&'static str, &'static str, &'static str);

const IN_HTML: &[Case] = &[
    (
        "<p>{% if contact.vip %}A{% else %}B{% endif %}!</p>",
        "<p>A!</p>",
        "<p>B!</p>",
    ),
    ("<p>{{ contact.plan }}</p>", "<p>red</p>", "<p>a&amp;b</p>"),
    (
        "<table><tbody>{% if contact.vip %}<tr><td>A</td></tr>{% else %}<tr><td>B</td></tr>{% endif %}</tbody></table>",
        "<tbody><tr><td>A</td></tr></tbody>",
        "<tbody><tr><td>B</td></tr></tbody>",
    ),
    (
        "<table>{% if contact.vip %}<tr><td>A</td></tr>{% endif %}<tr><td>C</td></tr></table>",
        "<tr><td>A</td></tr><tr><td>C</td></tr>",
        "<tbody><tr><td>C</td></tr>",
    ),
    (
        "<table><tr>{% if contact.vip %}<td>A</td>{% else %}<td>B</td><td>C</td>{% endif %}</tr></table>",
        "<tr><td>A</td></tr>",
        "<tr><td>B</td><td>C</td></tr>",
    ),
    (
        "<table>{% for l in event.lines %}<tr><td>{{ loop.index }} {{ l }}</td></tr>{% endfor %}</table>",
        "<tr><td>1 x</td></tr><tr><td>2 &lt;y&gt;</td></tr>",
        "<tr><td>1 x</td></tr><tr><td>2 &lt;y&gt;</td></tr>",
    ),
    (
        "<ul>{% if contact.vip %}<li>A</li>{% endif %}<li>C</li></ul>",
        "<ul><li>A</li><li>C</li></ul>",
        "<ul><li>C</li></ul>",
    ),
    (
        "<p class=\"{% if contact.vip %}x{% else %}y{% endif %}\" title=\"{{ contact.plan }}\">t</p>",
        "<p class=\"x\" title=\"red\">t</p>",
        "<p class=\"y\" title=\"a&amp;b\">t</p>",
    ),
    (
        "<a href=\"https://a.example/{{ contact.plan | urlencode }}?b=1&amp;c={{ contact.plan | urlencode }}#d\">x</a>",
        "href=\"https://a.example/red?b=1&amp;c=red#d\"",
        "href=\"https://a.example/a%26b?b=1&amp;c=a%26b#d\"",
    ),
    (
        "<a href=\"{% if contact.vip %}https://v.example{% else %}https://n.example?a=1&amp;b=2{% endif %}\">x</a>",
        "href=\"https://v.example\"",
        "href=\"https://n.example?a=1&amp;b=2\"",
    ),
    (
        "<p style=\"color: {{ contact.plan }}; margin: 0\">t</p>",
        "color: red;",
        "color: a&amp;b;",
    ),
    (
        "<p style=\"{% if contact.vip %}color: red{% else %}color: blue{% endif %}\">t</p>",
        "style=\"color: red",
        "style=\"color: blue",
    ),
    (
        "<style>p { color: {{ contact.plan }}; }</style><p>t</p>",
        "<p style=\"color: red;\">t</p>",
        "<p style=\"color: a&amp;b;\">t</p>",
    ),
    (
        "<style>.a { margin: 0 }{% if contact.vip %} .b { color: red }{% else %} .b { color: blue }{% endif %}</style><p class=\"b\">t</p>",
        ".b { color: red }",
        ".b { color: blue }",
    ),
    (
        "<style>@media (max-width: 480px) { .w { width: 100% !important } } @media (prefers-color-scheme: dark) { .d { color: {{ contact.plan }} } }</style><p class=\"w d\">t</p>",
        "@media (prefers-color-scheme: dark) { .d { color: red } }",
        "@media (max-width: 480px) { .w { width: 100% !important } }",
    ),
    (
        "<div>{% if contact.vip %}<h2>A</h2><p>{{ contact.plan }}</p>{% elif contact.plan == 'a&b' %}<p>E</p>{% endif %}</div>",
        "<div><h2>A</h2><p>red</p></div>",
        "<div><p>E</p></div>",
    ),
];

const IN_MJML: &[Case] = &[
    (
        "{% if contact.vip %}<mj-section><mj-column><mj-text>A</mj-text></mj-column></mj-section>{% else %}<mj-section><mj-column><mj-text>B</mj-text></mj-column></mj-section>{% endif %}",
        ">A</div>",
        ">B</div>",
    ),
    (
        "<mj-section>{% if contact.vip %}<mj-column><mj-text>A</mj-text></mj-column>{% endif %}<mj-column><mj-text>C</mj-text></mj-column></mj-section>",
        ">A</div>",
        ">C</div>",
    ),
    (
        "<mj-section><mj-column>{% if contact.vip %}<mj-text>A</mj-text>{% else %}<mj-button href=\"https://b.example\">B</mj-button>{% endif %}</mj-column></mj-section>",
        ">A</div>",
        "href=\"https://b.example\"",
    ),
    (
        "<mj-section><mj-column><mj-text>Hi {% if contact.vip %}<b>A</b>{% else %}B{% endif %}, <a href=\"https://a.example/?p={{ contact.plan | urlencode }}\">x</a></mj-text></mj-column></mj-section>",
        "Hi <b>A</b>, <a href=\"https://a.example/?p=red\">",
        "Hi B, <a href=\"https://a.example/?p=a%26b\">",
    ),
    (
        "<mj-section background-color=\"{% if contact.vip %}#ff0000{% else %}#0000ff{% endif %}\"><mj-column><mj-text color=\"{{ contact.plan }}\">x</mj-text></mj-column></mj-section>",
        "background-color:#ff0000",
        "background-color:#0000ff",
    ),
    (
        "<mj-section><mj-column><mj-table><tr><th>H</th></tr>{% for l in event.lines %}<tr><td>{{ l }}</td></tr>{% endfor %}{% if contact.vip %}<tr><td>A</td></tr>{% endif %}</mj-table></mj-column></mj-section>",
        "<tr><td>x</td></tr><tr><td>&lt;y&gt;</td></tr><tr><td>A</td></tr>",
        "<tr><td>x</td></tr><tr><td>&lt;y&gt;</td></tr></tbody>",
    ),
    (
        "<mj-section><mj-column><mj-image src=\"https://a.example/{{ contact.plan | urlencode }}.png\" alt=\"{{ contact.plan }}\" width=\"100px\" href=\"https://a.example/{{ contact.plan | urlencode }}\" /></mj-column></mj-section>",
        "src=\"https://a.example/red.png\"",
        "alt=\"a&amp;b\"",
    ),
    (
        "<mj-section><mj-column><mj-raw>{% if contact.vip %}<p>A</p>{% else %}<p>B</p>{% endif %}</mj-raw></mj-column></mj-section>",
        "<p>A</p>",
        "<p>B</p>",
    ),
];

#[test]
fn nothing_is_lost_in_html() {
    for (body, vip, other) in IN_HTML {
        let mail = mail("t.html", body);
        for (is_vip, expected) in [(true, vip), (false, other)] {
            let page = page(&mail, is_vip);
            assert!(page.contains(expected), "{body}\n{expected}\n{page}");
        }
    }
}

#[test]
fn nothing_is_lost_in_mjml() {
    for (body, vip, other) in IN_MJML {
        let mail = mail("t.mjml", &format!("<mjml><mj-body>{body}</mj-body></mjml>"));
        for (is_vip, expected) in [(true, vip), (false, other)] {
            let page = page(&mail, is_vip);
            assert!(page.contains(expected), "{body}\n{expected}\n{page}");
        }
    }
}

#[test]
fn styles_of_mjml_keep_their_values_and_media_queries() {
    let text = "---\nsubject: \"Hi {{ contact.plan }}\"\n---\n<mjml><mj-head><mj-style>@media (max-width: 480px) { .w { color: {{ contact.plan }} !important } }</mj-style><mj-style inline=\"inline\">.i { color: {{ contact.plan }} }</mj-style></mj-head><mj-body><mj-section><mj-column><mj-text><p class=\"w i\">t</p></mj-text></mj-column></mj-section></mj-body></mjml>";
    let mail = mail("t.mjml", text);
    let page = page(&mail, true);
    assert!(
        page.contains("@media (max-width: 480px) { .w { color: red !important } }"),
        "{page}"
    );
    assert!(
        page.contains("class=\"w i\" style=\"color: red;\""),
        "{page}"
    );
    assert!(page.contains("<title>Hi red</title>"), "{page}");
    // MJML's own columns become full-width on a phone.
    assert!(
        page.contains("@media only screen and (min-width:480px)"),
        "{page}"
    );
}

#[test]
fn the_title_is_the_subject_unless_the_author_wrote_one() {
    for (text, expected) in [
        (
            "---\nsubject: \"{{ contact.plan }} <3\"\n---\n<p>x</p>",
            "<title>red &lt;3</title>",
        ),
        (
            "---\nsubject: S\n---\n<html><head></head><body>x</body></html>",
            "<title>S</title>",
        ),
        (
            "---\nsubject: S\n---\n<html><head><title>Own</title></head><body>x</body></html>",
            "<title>Own</title>",
        ),
    ] {
        let page = page(&mail("t.html", text), true);
        assert!(page.contains(expected), "{page}");
        assert_eq!(page.matches("<title>").count(), 1, "{page}");
    }
}

#[test]
fn faults_of_mjml_are_told_at_their_place() {
    let wrong = |files: &[(&str, &str)]| {
        let mut sources = Sources::default();
        for (path, text) in files {
            sources.add(*path, *text);
        }
        let mut sink = Sink::default();
        let library = Library::parse(&sources, "", &["en"], &mut sink);
        let template = compile(&library, "t", "en", &Statics::default(), &mut sink).unwrap();
        assert!(render_from(&template, Some(&sources), &mut sink).is_none());
        let found = sink.into_sorted();
        let first = &found[0];
        let at = sources.locate(first.primary.span).0;
        let path = sources.path(first.primary.span.file).to_owned();
        (
            format!("{path}:{}:{}", at.line, at.column),
            first.message.clone(),
        )
    };
    let section = |inner: &str| {
        format!(
            "<mjml>\n<mj-body>\n<mj-section><mj-column>\n<mj-text>{{{{ contact.plan }}}}</mj-text>\n{inner}\n</mj-column></mj-section>\n</mj-body>\n</mjml>"
        )
    };
    for (inner, message) in [
        ("<mj-text>a", "this `<mj-text>` is never closed"),
        ("</mj-txt>", "this `</mj-txt>` closes nothing"),
    ] {
        let (at, said) = wrong(&[("t.mjml", &section(inner))]);
        assert_eq!((at.as_str(), said.as_str()), ("t.mjml:5:1", message));
    }
    // In a partial that is included twice elsewhere, the same words stand in another file too.
    let files = [
        (
            "a.mjml",
            "<mj-section>\n<mj-column>\n<mj-text>Bye\n</mj-column>\n</mj-section>",
        ),
        (
            "t.mjml",
            "<mjml><mj-body>\n<mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section>\n{% include \"a.mjml\" %}</mj-body></mjml>",
        ),
    ];
    assert_eq!(wrong(&files).0, "a.mjml:3:1");
}
