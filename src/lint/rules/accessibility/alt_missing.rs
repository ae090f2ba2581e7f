use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::tree::VALUE;

rule! {
    AltMissing, id: "alt-missing", group: Accessibility, level: Error, docs: "alt_missing.md"
}

impl Rule for AltMissing {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let mut told = BTreeSet::new();
        for image in letter.tree().images().filter(|it| !it.is_hidden()) {
            let alt = image.attribute("alt");
            let link = image
                .ancestors()
                .find(|it| it.name() == "a" && it.attribute("href").is_some());
            let is_nameless = link.is_some_and(|it| !it.has_name());
            let src = image.attribute("src").unwrap_or_default();
            let src: String = src.replace(VALUE, "…").chars().take(60).collect();
            if (alt.is_none() || is_nameless) && told.insert(src.clone()) {
                report(letter, src, alt.is_some(), out);
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
