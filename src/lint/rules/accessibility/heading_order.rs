use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::tree::Element;

rule! {
    HeadingOrder, id: "heading-order", group: Accessibility, level: Note, docs: "heading_order.md"
}

const NAMES: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

impl Rule for HeadingOrder {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let headings: Vec<Element<'_>> = letter
            .tree()
            .named(&NAMES)
            .filter(|it| {
                !it.is_hidden() && !matches!(it.attribute("role"), Some("presentation" | "none"))
            })
            .take(MOST)
            .collect();
        let second = headings.iter().enumerate().find(|(at, it)| {
            let same = |other: &&Element<'_>| level(**other) == 1 && !other.excludes(**it);
            level(**it) == 1 && headings[..*at].iter().any(|other| same(&other))
        });
        if let Some((_, it)) = second {
            report(
                cx,
                letter,
                *it,
                "this mail has a second main heading".to_owned(),
                out,
            )
            .label("another `h1`")
            .help("keep one `h1`, and make this an `h2`");
        }
        let skip = headings.iter().enumerate().find_map(|(at, it)| {
            let mut before = headings[..at].iter().rev();
            let before = before
                .find(|other| !other.excludes(*it))
                .map_or(0, |it| level(*it));
            (level(*it) > before + 1).then_some((*it, before))
        });
        if let Some((it, before)) = skip {
            let own = level(it);
            let message = match before {
                0 => format!("this mail begins with a heading of level {own}"),
                _ => format!("a heading of level {own} follows one of level {before}"),
            };
            report(cx, letter, it, message, out)
                .label(format!("this is an `h{own}`"))
                .help(format!(
                    "make it an `h{}`, and give it its size with a style",
                    before + 1
                ));
        }
    }
}

/// A mail with more headings is judged by these.
const MOST: usize = 100;

fn report<'f>(
    cx: &LintContext<'_>,
    letter: &Letter<'_>,
    heading: Element<'_>,
    message: String,
    out: &'f mut Findings,
) -> crate::lint::findings::Finding<'f> {
    let text = heading.text();
    out.fail(cx.place_of(letter, &text), message)
        .subject(text)
        .why("people who listen jump from heading to heading: a missing level sounds like a missing part")
}

fn level(heading: Element<'_>) -> usize {
    NAMES
        .iter()
        .position(|it| *it == heading.name())
        .unwrap_or(0)
        + 1
}
