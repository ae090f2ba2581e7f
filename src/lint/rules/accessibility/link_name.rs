use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::tree::VALUE;

rule! {
    LinkName, id: "link-name", group: Accessibility, level: Error, docs: "link_name.md"
}

impl Rule for LinkName {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let tree = letter.tree();
        let mut told = BTreeSet::new();
        let areas = tree.named(&["area"]);
        for link in tree.links().chain(areas).filter(|it| !it.is_hidden()) {
            // Pictures that are links are the business of `alt-missing`.
            let shows_picture = link
                .inside()
                .any(|it| it.name() == "img" && !it.is_hidden());
            let alt = link
                .attribute("alt")
                .is_some_and(|it| !it.trim().is_empty());
            if link.has_name() || shows_picture || alt {
                continue;
            }
            let href = link.attribute("href").unwrap_or_default();
            if !told.insert(href) {
                continue;
            }
            let shown: String = href.replace(VALUE, "…").chars().take(60).collect();
            let spelled = [format!("href=\"{href}\""), href.to_owned()];
            let place = cx.place_of_any(letter, &spelled.each_ref().map(String::as_str));
            out.fail(place, format!("the link to `{shown}` has no words"))
                .subject(shown)
                .label("nothing to read out, and nothing to see")
                .why("a screen reader says \"link\" and no more, and everybody else has nothing to press")
                .help("write into the link where it leads, or take it out");
        }
    }
}
