use crate::diagnostic::{Level, nearest};
use crate::lint::context::LintContext;
use crate::lint::facts::Mjml;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::render::{Piece, attributes, is_void, pieces};
use crate::template::Kind;

rule! {
    UnknownMjml, id: "unknown-mjml", group: Delivery, level: Error, docs: "unknown_mjml.md"
}

impl Rule for UnknownMjml {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        if letter.template.kind != Kind::Mjml {
            return;
        }
        let mjml = &cx.facts().mjml;
        let mut open: Vec<&str> = Vec::new();
        for piece in pieces(letter.written()) {
            match piece {
                Piece::Open(name, tag) => {
                    if is_mjml(name) {
                        check_element(cx, letter, name, tag, out);
                        if let Some(around) = open.last()
                            && !mjml.belongs(name, around)
                        {
                            misplaced(cx, letter, name, around, out);
                        }
                    } else if let Some(around) = open.iter().rfind(|it| is_mjml(it))
                        && mjml.knows(around)
                        && !Mjml::holds_html(around)
                    {
                        stray(cx, letter, name, around, out);
                    }
                    if !tag.ends_with("/>") && !is_void(name) {
                        open.push(name);
                    }
                }
                Piece::Close(name, _) => {
                    if let Some(at) = open.iter().rposition(|it| *it == name) {
                        open.truncate(at);
                    }
                }
                _ => {}
            }
        }
    }
}

fn check_element(
    cx: &LintContext<'_>,
    letter: &Letter<'_>,
    name: &str,
    tag: &str,
    out: &mut Findings,
) {
    let mjml = &cx.facts().mjml;
    if !mjml.knows(name) {
        let help = match nearest(name, mjml.elements()) {
            Some(it) => format!("did you mean `<{it}>`?"),
            None => "write plain HTML into `<mj-text>` or `<mj-raw>`".to_owned(),
        };
        out.fail(
            cx.place_of(letter, &format!("<{name}")),
            format!("MJML has no element `<{name}>`"),
        )
        .label("not known")
        .subject(name)
        .why("mail programs do not know it either: what stands in it loses its place and its look")
        .help(help);
        return;
    }
    let Some(known) = mjml.attributes(name) else {
        return;
    };
    for (attribute, value) in attributes(tag) {
        let attribute = attribute.trim_end_matches('/');
        if known.contains(&attribute)
            || attribute.is_empty()
            || !attribute.is_ascii()
            || is_free(attribute)
        {
            continue;
        }
        let help = match nearest(attribute, known.iter().copied()) {
            Some(it) => format!("did you mean `{it}`?"),
            None => format!("remove it; `<{name}>` takes {}", list(&known)),
        };
        out.fail(
            cx.place_of(letter, &format!("{attribute}=\"{value}\"")),
            format!("`<{name}>` takes no `{attribute}`"),
        )
        .level(Level::Warning)
        .label("without effect")
        .subject(format!("{name} {attribute}"))
        .why("the mail looks different from what you meant, and nobody is told")
        .help(help);
    }
}

fn misplaced(
    cx: &LintContext<'_>,
    letter: &Letter<'_>,
    name: &str,
    around: &str,
    out: &mut Findings,
) {
    let help = match cx.facts().mjml.between(around, name) {
        Some(it) => format!("put it into a `<{it}>`"),
        None => format!("move it to where MJML knows it, out of `<{around}>`"),
    };
    out.fail(
        cx.place_of(letter, &format!("<{name}")),
        format!("`<{name}>` does not belong right into `<{around}>`"),
    )
    .label("not here")
    .subject(format!("{name} in {around}"))
    .why("the table that the mail is made of comes out broken, and mail programs guess what was meant")
    .help(help);
}

fn stray(cx: &LintContext<'_>, letter: &Letter<'_>, name: &str, around: &str, out: &mut Findings) {
    let mjml = &cx.facts().mjml;
    let meant = nearest(name, mjml.elements()).filter(|_| name.contains("mj"));
    let help = match meant {
        Some(it) => format!("did you mean `<{it}>`?"),
        None => "put it into `<mj-text>`, or into `<mj-raw>` if it must stand as it is".to_owned(),
    };
    out.fail(
        cx.place_of(letter, &format!("<{name}")),
        format!("`<{name}>` stands right in `<{around}>`"),
    )
    .label("no element of MJML")
    .subject(format!("{name} in {around}"))
    .why("it stands between the cells of a table, where mail programs move it to the top or leave it out")
    .help(help);
}

fn is_mjml(name: &str) -> bool {
    name == "mjml" || name.starts_with("mj-")
}

/// What any element may have: data for other tools.
fn is_free(attribute: &str) -> bool {
    attribute.starts_with("data-") || attribute.starts_with("xmlns")
}

/// The first few names.
fn list(known: &[&str]) -> String {
    let shown: Vec<String> = known.iter().take(6).map(|it| format!("`{it}`")).collect();
    format!("{} and others", shown.join(", "))
}
