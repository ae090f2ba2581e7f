//! Link parameters: what policy adds to every link of a page to the own site.
//!
//! In: a page with tokens. Out: the page with longer links, and what each was written as.
//! Invariant: whatever a value in a link turns out to be, the link leads where it led before; where
//! that cannot be known, it stays as it is.

use std::collections::BTreeMap;

use super::markup::{Piece, attribute, pieces};
use super::tokens::Tokenised;
use crate::template::ir::{self, Expr, Filter, Node};
use crate::template::{LinkParameters, host_of};

/// The links that became longer, each with what the template wrote.
pub(super) type Written = BTreeMap<String, String>;

/// Adds the parameters to the links of a page.
pub(super) fn add(
    html: &str,
    parameters: &LinkParameters,
    tokens: &mut Tokenised,
) -> (String, Written) {
    let mut written = Written::new();
    if parameters.pairs.is_empty() {
        return (html.to_owned(), written);
    }
    let mut out = String::with_capacity(html.len() + 1_024);
    for piece in pieces(html) {
        let Piece::Open("a" | "area", tag) = piece else {
            out.push_str(piece.source());
            continue;
        };
        let longer = attribute(tag, "href").and_then(|href| {
            let nodes = longer(&tokens.nodes(href), parameters)?;
            Some((href, nodes))
        });
        let Some((href, nodes)) = longer else {
            out.push_str(tag);
            continue;
        };
        let value = match nodes.as_slice() {
            [Node::Text(text)] => text.clone(),
            _ => tokens.hold(nodes),
        };
        let start = href.as_ptr() as usize - tag.as_ptr() as usize;
        out.push_str(&tag[..start]);
        out.push_str(&value);
        out.push_str(&tag[start + href.len()..]);
        written.insert(value, href.to_owned());
    }
    (out, written)
}

/// A link with its parameters; nothing if it gets none.
fn longer(href: &[Node], parameters: &LinkParameters) -> Option<Vec<Node>> {
    if let [Node::If(choice)] = href {
        let mut choice = choice.clone();
        let mut any = false;
        let bodies = choice.arms.iter_mut().map(|arm| &mut arm.body);
        for body in bodies.chain([&mut choice.otherwise]) {
            if let Some(nodes) = longer(body, parameters) {
                *body = nodes;
                any = true;
            }
        }
        return any.then(|| vec![Node::If(choice)]);
    }
    let Some(Node::Text(first)) = href.first() else {
        return None;
    };
    let host = host_of(first)?;
    // A value right behind the host may be the rest of its name.
    let is_whole = href.len() == 1
        || first
            .split_once("//")
            .is_some_and(|it| it.1.contains(['/', '?', '#']));
    if !is_whole || !parameters.are_for(&host) {
        return None;
    }
    let (at, before, after) = place(href)?;
    let own = missing(href, parameters);
    if own.is_empty() {
        return None;
    }
    let mut nodes = href[..at.0].to_vec();
    let Some(Node::Text(text)) = href.get(at.0) else {
        return None;
    };
    let (head, tail) = text.split_at(at.1);
    ir::push_text(&mut nodes, &format!("{head}{before}{own}{after}{tail}"));
    ir::push_all(&mut nodes, href[at.0 + 1..].to_vec());
    Some(nodes)
}

/// Which node, and where in its text.
type Place = (usize, usize);

/// Where parameters go, and what stands before and behind them.
fn place(href: &[Node]) -> Option<(Place, &'static str, &'static str)> {
    let (question, is_clear) = find(href, (0, 0), &['?', '#']);
    match question {
        Some((at, '?')) => {
            // Values are parts of the query only if they hold no `#` of their own.
            let (fragment, is_clear) = find(href, (at.0, at.1 + 1), &['#']);
            if !is_clear {
                return Some(((at.0, at.1 + 1), "", "&amp;"));
            }
            let end = fragment.map(|it| it.0).or_else(|| end(href));
            match end {
                Some(end) if end == (at.0, at.1 + 1) || ends_with_sign(href, end) => {
                    Some((end, "", ""))
                }
                Some(end) => Some((end, "&amp;", "")),
                None => Some(((at.0, at.1 + 1), "", "&amp;")),
            }
        }
        _ if !is_clear => None,
        Some((at, _)) => Some((at, "?", "")),
        None => end(href).map(|it| (it, "?", "")),
    }
}

/// The end of a link, if it ends with a text.
fn end(href: &[Node]) -> Option<Place> {
    match href.last()? {
        Node::Text(text) => Some((href.len() - 1, text.trim_end().len())),
        _ => None,
    }
}

fn ends_with_sign(href: &[Node], at: Place) -> bool {
    let Some(Node::Text(text)) = href.get(at.0) else {
        return false;
    };
    text[..at.1].ends_with("&amp;") || text[..at.1].ends_with('&')
}

/// The first of some signs from a place on, and whether no value before it can hold one.
fn find(href: &[Node], from: Place, signs: &[char]) -> (Option<(Place, char)>, bool) {
    let mut is_clear = true;
    for (number, node) in href.iter().enumerate().skip(from.0) {
        let Node::Text(text) = node else {
            is_clear &= is_free(node);
            continue;
        };
        let start = if number == from.0 { from.1 } else { 0 };
        for (at, c) in text.char_indices().skip_while(|it| it.0 < start) {
            // `&#38;` is a character, not a fragment.
            let is_entity = c == '#' && text[..at].ends_with('&');
            if signs.contains(&c) && !is_entity {
                return (Some(((number, at), c)), is_clear);
            }
        }
    }
    (None, is_clear)
}

/// Whether what a node prints can hold neither `?` nor `#`.
fn is_free(node: &Node) -> bool {
    match node {
        Node::Text(text) => !text.replace("&#", "").contains(['?', '#']),
        Node::Out(it) => match &it.expr {
            Expr::Loop { .. } => true,
            Expr::Filter(it) => match &it.filter {
                Filter::UrlEncode | Filter::Length => true,
                Filter::Date(pattern) => !pattern.contains(['?', '#']),
                _ => false,
            },
            _ => false,
        },
        Node::If(it) => {
            it.arms.iter().all(|arm| arm.body.iter().all(is_free))
                && it.otherwise.iter().all(is_free)
        }
        Node::For(it) => it.body.iter().chain(&it.otherwise).all(is_free),
    }
}

/// The parameters that the template did not write itself.
fn missing(href: &[Node], parameters: &LinkParameters) -> String {
    let mut text = String::new();
    spoken(href, &mut text);
    let query = text.split_once('?').map_or("", |it| it.1);
    let names: Vec<&str> = query
        .split(['&', ';'])
        .map(|it| it.split('=').next().unwrap_or(""))
        .collect();
    let own = parameters
        .pairs
        .iter()
        .filter(|(name, _)| !names.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}={value}"));
    own.collect::<Vec<_>>().join("&amp;")
}

/// All that a link says literally, on any way.
fn spoken(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Out(_) => {}
            Node::If(it) => {
                it.arms.iter().for_each(|arm| spoken(&arm.body, out));
                spoken(&it.otherwise, out);
            }
            Node::For(it) => {
                spoken(&it.body, out);
                spoken(&it.otherwise, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;

    use super::*;
    use crate::render::{Mail, preview, render};
    use crate::template::{Library, Sample, Statics, compile};
    use crate::{diagnostic::Sink, source::Sources};

    fn mail(body: &str) -> Mail {
        let mut sources = Sources::default();
        sources.add("t.html", body);
        let mut sink = Sink::default();
        let library = Library::parse(&sources, "", &["en"], &mut sink);
        let mut template = compile(&library, "t", "en", &Statics::default(), &mut sink).unwrap();
        template.link_parameters = LinkParameters {
            hosts: Arc::new(["shop.example".to_owned()]),
            pairs: [("utm_source", "mail"), ("utm_campaign", "a%20b")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        };
        let mail = render(&template, &mut sink).unwrap();
        assert_eq!(sink.len(), 0);
        mail
    }

    /// The link of a page, as a recipient with this contact gets it, in the page and in the text.
    fn links(href: &str, contact: &serde_json::Value) -> (String, String) {
        let sample = Sample {
            contact: contact.clone(),
            ..Sample::default()
        };
        let seen = preview(&mail(&format!("<p><a href=\"{href}\">Go</a></p>")), &sample);
        let html = seen.html.split("href=\"").nth(1).unwrap();
        let html = html.split('"').next().unwrap().to_owned();
        let text = seen.text.trim().strip_prefix("Go: ").unwrap().to_owned();
        (html, text)
    }

    fn page(href: &str) -> String {
        links(href, &serde_json::json!({"x": "1?2#3", "y": true})).0
    }

    const OWN: &str = "utm_source=mail&amp;utm_campaign=a%20b";

    #[test]
    fn every_kind_of_link_gets_them_at_its_place() {
        for (href, expected) in [
            ("https://shop.example", "https://shop.example?OWN"),
            ("https://shop.example/a#b", "https://shop.example/a?OWN#b"),
            (
                "https://www.shop.example/a?b=1",
                "https://www.shop.example/a?b=1&amp;OWN",
            ),
            (
                "https://shop.example/a?b=1&amp;c=2#d",
                "https://shop.example/a?b=1&amp;c=2&amp;OWN#d",
            ),
            ("https://shop.example/a?#d", "https://shop.example/a?OWN#d"),
            (
                "https://shop.example/a?b=1&",
                "https://shop.example/a?b=1&amp;OWN",
            ),
            // What is encoded is a part of the path or the query, whatever it is.
            (
                "https://shop.example/{{ contact.x | urlencode }}/z",
                "https://shop.example/1%3F2%233/z?OWN",
            ),
            (
                "https://shop.example/?x={{ contact.x | urlencode }}&amp;z=1",
                "https://shop.example/?x=1%3F2%233&amp;z=1&amp;OWN",
            ),
            // What is not may hold anything, so they go before it.
            (
                "https://shop.example/?x={{ contact.x }}",
                "https://shop.example/?OWN&amp;x=1?2#3",
            ),
            (
                "{% if contact.y %}https://shop.example/y{% else %}https://other.example{% endif %}",
                "https://shop.example/y?OWN",
            ),
        ] {
            assert_eq!(page(href), expected.replace("OWN", OWN), "{href}");
        }
    }

    #[test]
    fn links_that_are_not_ours_or_not_known_stay() {
        for (href, expected) in [
            ("https://other.example/a", "https://other.example/a"),
            ("https://notshop.example/a", "https://notshop.example/a"),
            ("mailto:a@shop.example", "mailto:a@shop.example"),
            ("tel:+4411", "tel:+4411"),
            ("#top", "#top"),
            ("{{ contact.x }}", "1?2#3"),
            (
                "https://shop.example{{ contact.x }}/",
                "https://shop.example1?2#3/",
            ),
            (
                "https://shop.example/{{ contact.x }}",
                "https://shop.example/1?2#3",
            ),
            (
                "{{ links.unsubscribe }}",
                "https://links.example/unsubscribe",
            ),
        ] {
            assert_eq!(
                mail(&format!("<a href=\"{href}\">Go</a>"))
                    .html
                    .iter()
                    .filter(|it| matches!(it, Node::Text(it) if it.contains("utm_source")))
                    .count(),
                0,
                "{href}"
            );
            assert_eq!(page_or_none(href), expected, "{href}");
        }
    }

    fn page_or_none(href: &str) -> String {
        let sample = Sample {
            contact: serde_json::json!({"x": "1?2#3"}),
            ..Sample::default()
        };
        let seen = preview(&mail(&format!("<a href=\"{href}\">Go</a>")), &sample);
        let html = seen.html.split("href=\"").nth(1).unwrap();
        html.split('"').next().unwrap().to_owned()
    }

    #[test]
    fn what_the_author_wrote_wins() {
        assert_eq!(
            page("https://shop.example/?utm_source=card"),
            "https://shop.example/?utm_source=card&amp;utm_campaign=a%20b"
        );
        assert_eq!(
            page("https://shop.example/?utm_campaign=x&amp;utm_source=card#y"),
            "https://shop.example/?utm_campaign=x&amp;utm_source=card#y"
        );
    }

    #[test]
    fn the_text_has_the_same_link_with_bare_signs() {
        let seen = links("https://shop.example/a?b=1#c", &serde_json::json!({}));
        let bare = "https://shop.example/a?b=1&utm_source=mail&utm_campaign=a%20b#c";
        assert_eq!(seen.1, bare);
        assert_eq!(seen.0, bare.replace('&', "&amp;"));
        // A link that says where it leads is written once.
        let own =
            "<p>See <a href=\"https://shop.example/a\"><b>https://shop.example/a</b></a>.</p>";
        let seen = preview(&mail(own), &Sample::default());
        assert_eq!(
            seen.text,
            "See https://shop.example/a?utm_source=mail&utm_campaign=a%20b.\n"
        );
        assert!(seen.html.contains("<b>https://shop.example/a</b>"));
    }

    #[test]
    fn images_are_left_alone() {
        let html = "<img src=\"https://shop.example/a.png\" alt=\"A\" width=\"1\">";
        assert!(
            !preview(&mail(html), &Sample::default())
                .html
                .contains("utm_")
        );
    }
}
