use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::tree::{Element, VALUE};

rule! {
    VmlAlt, id: "vml-alt", group: Accessibility, level: Warning, docs: "vml_alt.md"
}

impl Rule for VmlAlt {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let mut told = BTreeSet::new();
        let shapes = letter.outlook_tree().all().filter(|it| it.is_vml_shape());
        for shape in shapes.filter(|it| it.attribute("alt").is_none()) {
            let picture = picture(shape);
            // A button with words in it reads them out.
            let is_silent_link = shape.attribute("href").is_some() && shape.text().is_empty();
            let Some(what) = picture.or(is_silent_link.then_some(shape.name())) else {
                continue;
            };
            if !told.insert(what) {
                continue;
            }
            let shown: String = what.replace(VALUE, "…").chars().take(60).collect();
            let message = format!("Outlook's `{}` with `{shown}` says nothing", shape.name());
            let spelled = [format!("<{}", shape.name()), what.to_owned()];
            let place = cx.place_of_any(letter, &spelled.each_ref().map(String::as_str));
            out.fail(place, message)
                .subject(shown)
                .label("it has no `alt`")
                .why("in Outlook a screen reader says \"rectangle\", and nobody knows what it is for")
                .help("write `alt` with what it shows, or `alt=\"\"` if it only decorates");
        }
    }
}

/// The picture that a shape shows.
fn picture(shape: Element<'_>) -> Option<&str> {
    let fill = shape
        .children()
        .filter(|it| matches!(it.name(), "v:fill" | "v:imagedata"));
    let own = (shape.name() == "v:image").then_some(shape);
    own.into_iter()
        .chain(fill)
        .find_map(|it| it.attribute("src"))
        .filter(|it| !it.is_empty())
}
