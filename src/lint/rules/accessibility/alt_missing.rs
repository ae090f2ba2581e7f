use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::render::{Piece, attribute, pieces};
use crate::template::ir::Node;

rule! {
    AltMissing, id: "alt-missing", group: Accessibility, level: Error, docs: "alt_missing.md"
}

impl Rule for AltMissing {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let mut page = String::new();
        write(&letter.mail.html, &mut page);
        let mut told = BTreeSet::new();
        // In a link: the pictures that say nothing, and whether anything else does.
        let mut link: Option<(Vec<String>, bool)> = None;
        for piece in pieces(&page) {
            match piece {
                Piece::Open(name, _) if name.eq_ignore_ascii_case("a") => {
                    link = Some((Vec::new(), false));
                }
                Piece::Close(name, _) if name.eq_ignore_ascii_case("a") => {
                    let (silent, named) = link.take().unwrap_or_default();
                    for src in silent.into_iter().filter(|_| !named) {
                        if told.insert(src.clone()) {
                            report(letter, src, true, out);
                        }
                    }
                }
                Piece::Text(text) => {
                    if let Some((_, named)) = &mut link {
                        *named |= !text.replace("&nbsp;", " ").trim().is_empty();
                    }
                }
                Piece::Open(name, tag) if name.eq_ignore_ascii_case("img") => {
                    let src = attribute(tag, "src").unwrap_or_default();
                    let src: String = src.replace(VALUE, "…").chars().take(60).collect();
                    match (attribute(tag, "alt"), &mut link) {
                        (None, _) if told.insert(src.clone()) => report(letter, src, false, out),
                        (Some(alt), Some((silent, _))) if alt.trim().is_empty() => silent.push(src),
                        (Some(_), Some((_, named))) => *named = true,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

fn report(letter: &Letter<'_>, src: String, is_link: bool, out: &mut Findings) {
    let (fault, help) = if is_link {
        (
            "is a link without a name",
            "say in `alt` where the link leads",
        )
    } else {
        (
            "says nothing to those who do not see it",
            "say in `alt` what the picture shows, or write `alt=\"\"` if it only decorates",
        )
    };
    out.fail(letter.span(), format!("the picture `{src}` {fault}"))
        .subject(src)
        .label("in this mail")
        .why("blind people hear a file name, and everybody whose mail program blocks pictures sees a hole")
        .help(help);
}

/// Stands for a value.
const VALUE: char = '\u{FFFC}';

/// The page with everything that it may say, one way after another.
fn write(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(it) => out.push_str(it),
            Node::Out(_) => out.push(VALUE),
            Node::If(it) => {
                for arm in &it.arms {
                    write(&arm.body, out);
                }
                write(&it.otherwise, out);
            }
            Node::For(it) => {
                write(&it.body, out);
                write(&it.otherwise, out);
            }
        }
    }
}
