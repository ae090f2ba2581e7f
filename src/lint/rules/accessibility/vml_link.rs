use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::tree::Element;

rule! {
    VmlLink, id: "vml-link", group: Accessibility, level: Warning, docs: "vml_link.md"
}

/// What Outlook does not tell of where it stands in a shape.
const LOST: [&str; 7] = ["a", "h1", "h2", "h3", "h4", "h5", "h6"];

impl Rule for VmlLink {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let tree = letter.outlook_tree();
        let inside = tree.named(&LOST).filter(|it| {
            let is_link = it.name() != "a" || it.attribute("href").is_some();
            is_link && !it.is_hidden() && it.ancestors().any(Element::is_vml_shape)
        });
        let all: Vec<_> = inside.collect();
        let Some(first) = all.first() else { return };
        let what = if first.name() == "a" {
            "link"
        } else {
            "heading"
        };
        let text = first.text();
        let more = match all.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        out.fail(
            cx.place_of(letter, &text),
            format!("a {what} stands in a shape that only Outlook draws{more}"),
        )
        .subject(text)
        .label("inside VML: the background picture around it, or a shape of your own")
        .why("Outlook draws shapes as one picture: a keyboard or a screen reader does not find what is in them")
        .help("put the picture into an `<img>`, and links and headings above or below it");
    }
}
