//! Strangers write every word that a comment shows.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::super::super::sample::{found, look, shop};
use super::super::super::strangers::{WORDS, written_by};
use super::super::comment;
use crate::diagnostic::Level;

/// What stands in a comment as HTML, all of it ours.
const OURS: [&str; 8] = [
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<br>",
    "<sub>",
    "</sub>",
    "-->",
];

fn parsed(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(text, Options::all()).collect()
}

/// The markup without the words: what must not depend on who wrote them. Quotations by backticks are
/// markup that messages may have.
fn skeleton(text: &str) -> Vec<String> {
    let each = parsed(text).into_iter().filter_map(|it| match it {
        Event::Start(Tag::Link { .. }) => Some("link".to_owned()),
        Event::Start(it) => Some(format!("{it:?}")),
        Event::End(it) => Some(format!("/{it:?}")),
        Event::InlineHtml(it) => Some(it.to_string()),
        Event::Text(_) | Event::Code(_) | Event::SoftBreak | Event::Html(_) => None,
        it => Some(format!("{it:?}")),
    });
    each.collect()
}

/// Without the spaces that take no room.
fn visible(text: &str) -> String {
    text.replace('\u{200b}', "")
}

#[test]
fn words_of_strangers_stay_words() {
    let plain = comment(&written_by("plain words"), look());
    let expected = skeleton(&plain);
    for words in WORDS {
        let comment = comment(&written_by(words), look());
        let found = skeleton(&comment);
        let differs = expected.iter().zip(&found).position(|(a, b)| a != b);
        assert_eq!(
            (differs, found.len()),
            (None, expected.len()),
            "{words:?}: {:?}\n{comment}",
            differs.map(|it| &found[it..(it + 4).min(found.len())])
        );
    }
}

#[test]
fn nothing_is_called_linked_or_loaded() {
    for words in WORDS {
        let comment = comment(&written_by(words), look());
        let mut in_code = false;
        for event in parsed(&comment) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Start(Tag::Image { .. }) => panic!("a picture: {words:?}"),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    assert!(
                        dest_url.starts_with("https://example.com/"),
                        "{words:?}: {dest_url}"
                    );
                    assert!(!dest_url.contains(['<', '>', ' ', '(']), "{dest_url}");
                }
                Event::Html(it) | Event::InlineHtml(it) => is_ours(&it, words),
                Event::Text(it) if !in_code => calls_nobody(&it, words),
                _ => {}
            }
        }
        let odd = |it: char| {
            it.is_control() && it != '\n'
                || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
        };
        assert!(!comment.contains(odd), "{words:?}");
    }
}

/// Whether nothing but our own tags is left.
fn is_ours(html: &str, words: &str) {
    let mut rest = html.replace("<!-- journeyc:", "");
    for tag in OURS {
        rest = rest.replace(tag, "");
    }
    assert!(!rest.contains(['<', '>', '"']), "{words:?}: {html}");
    calls_nobody(&decoded(&rest), words);
}

/// What a browser makes of our entities.
fn decoded(html: &str) -> String {
    let mut parts = html.split("&#");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = part.split_once(';').unwrap();
        out.push(char::from_u32(code.parse().unwrap()).unwrap());
        out.push_str(rest);
    }
    out
}

/// Hosts look for these in the text of the finished page.
fn calls_nobody(text: &str, words: &str) {
    let pairs = text.chars().zip(text.chars().skip(1));
    for (sign, next) in pairs {
        let calls = sign == '@' && next.is_alphanumeric();
        let refers = "#!".contains(sign) && next.is_ascii_digit();
        assert!(!calls && !refers, "{words:?}: {text}");
    }
    for link in ["://", "www.", "GH-7"] {
        assert!(!text.contains(link), "{words:?}: {text}");
    }
}

#[test]
fn words_are_shown_as_they_are() {
    for words in [
        "a|b|c",
        "**bold** _it_ <b> &amp; \\ [x](y) `z",
        "1. one",
        "Straße 50 % – $5",
        "日本語 🌱",
    ] {
        let mut changes = shop();
        changes.journeys[0].title = Some(words.to_owned());
        changes.journeys[0].timeline[1]
            .after
            .as_mut()
            .unwrap()
            .title = words.to_owned();
        let comment = comment(&changes, look());
        let mut texts = String::new();
        let mut shown = 0;
        for event in parsed(&comment) {
            match event {
                Event::Text(it) => texts.push_str(&it),
                Event::End(TagEnd::Heading(_) | TagEnd::TableCell) => {
                    shown += usize::from(visible(&texts).contains(words));
                    texts.clear();
                }
                _ => {}
            }
        }
        assert_eq!(shown, 2, "{words}: {comment}");
    }
}

#[test]
fn a_key_cannot_end_its_comment() {
    for key in [
        "a --> <script>",
        "x\n-->",
        "--",
        "a>b",
        "->",
        "ключ.yaml",
        "a-b/journeyc.yaml",
    ] {
        let look = super::Look { key, ..look() };
        let comment = comment(&shop(), look);
        let first = comment.lines().next().unwrap();
        let inside = first
            .strip_prefix("<!-- journeyc:v1 ")
            .unwrap()
            .strip_suffix(" -->")
            .unwrap();
        assert!(
            !inside.contains("--") && !inside.contains(['<', '>', ' ']),
            "{first}"
        );
        assert!(first.is_ascii());
    }
    assert_eq!(
        super::escape::key("shops/a-b/journeyc.yaml"),
        "shops/a-b/journeyc.yaml"
    );
}

#[test]
fn only_pages_are_linked() {
    for source in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "",
    ] {
        let look = super::Look {
            source: Some(source),
            report: Some(source),
            ..look()
        };
        let comment = comment(&shop(), look);
        assert!(!comment.contains("]("), "{source}");
    }
    let look = super::Look {
        source: Some("https://example.com/a b)(<x>\n/"),
        ..look()
    };
    let mut changes = shop();
    changes.findings.introduced = vec![found("x", Level::Note, "x", 1)];
    let comment = comment(&changes, look);
    assert!(
        comment.contains("(https://example.com/a%20b%29%28%3Cx%3E%0A/journeys/"),
        "{comment}"
    );
}
