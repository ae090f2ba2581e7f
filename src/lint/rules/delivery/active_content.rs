use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::sheet::{Bit, bits};
use crate::render::{Piece, attribute, attributes, pieces};

rule! {
    ActiveContent, id: "active-content", group: Delivery, level: Error, docs: "active_content.md"
}

/// Elements that run or load something, and what to do instead.
const ELEMENTS: [(&str, &str); 10] = [
    ("script", "remove it: no mail program runs it"),
    ("iframe", "show a picture of it, and link to the page"),
    ("frame", "show a picture of it, and link to the page"),
    ("frameset", "show a picture of it, and link to the page"),
    ("form", "link to the form on a page"),
    ("object", "show a picture of it, and link to the page"),
    ("embed", "show a picture of it, and link to the page"),
    ("applet", "show a picture of it, and link to the page"),
    ("portal", "show a picture of it, and link to the page"),
    ("noscript", "write what stands in it without the element"),
];

impl Rule for ActiveContent {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let mut told: Vec<String> = Vec::new();
        let mut sheet = false;
        for piece in pieces(letter.written()) {
            let found = match piece {
                Piece::Open(name, tag) => {
                    let name = name.to_ascii_lowercase();
                    sheet = matches!(&*name, "style" | "mj-style");
                    if name.starts_with("mj") {
                        None
                    } else {
                        in_tag(&name, tag)
                    }
                }
                Piece::Close(..) => {
                    sheet = false;
                    None
                }
                Piece::Text(text) if sheet => in_sheet(text),
                _ => None,
            };
            let Some((what, text, help)) = found else {
                continue;
            };
            if told.contains(&what) {
                continue;
            }
            out.fail(
                cx.place_of(letter, &text),
                format!("{what} does not work in a mail"),
            )
            .label("stands in the page")
            .subject(&*what)
            .why("mail programs take it out, warn of the mail, or put it among the spam")
            .help(help);
            told.push(what);
        }
    }
}

type Found = (String, String, &'static str);

fn in_tag(name: &str, tag: &str) -> Option<Found> {
    if let Some((_, help)) = ELEMENTS.iter().find(|it| it.0 == name) {
        return Some((format!("`<{name}>`"), format!("<{name}"), help));
    }
    let is = |attribute_name: &str, wanted: &str| {
        attribute(tag, attribute_name).is_some_and(|it| it.to_ascii_lowercase().contains(wanted))
    };
    if name == "link" && is("rel", "stylesheet") {
        let help = "write the styles into `<mj-style>` or `<style>`";
        return Some((
            "a style sheet from elsewhere".to_owned(),
            "<link".to_owned(),
            help,
        ));
    }
    if name == "meta" && is("http-equiv", "refresh") {
        let help = "remove it, and link to the page";
        return Some((
            "`<meta http-equiv=\"refresh\">`".to_owned(),
            "<meta".to_owned(),
            help,
        ));
    }
    let handler = attributes(tag)
        .map(|it| it.0.to_ascii_lowercase())
        .find(|it| {
            it.len() > 4 && it.starts_with("on") && it[2..].chars().all(|c| c.is_ascii_lowercase())
        });
    handler.map(|it| {
        let help = "remove the attribute: a link is all that a mail can do";
        (format!("`{it}`"), format!("{it}="), help)
    })
}

fn in_sheet(text: &str) -> Option<Found> {
    let mut all = bits(text).into_iter();
    all.find_map(|it| match it {
        Bit::At("import", prelude) => Some((
            "`@import`".to_owned(),
            format!("@import {prelude}"),
            "write the styles here; a font from elsewhere goes into `<mj-font>`",
        )),
        _ => None,
    })
}
