use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::uses::{caniemail, unknown};

rule! {
    HtmlUnsupported, id: "html-unsupported", group: Delivery, level: Warning, docs: "html_unsupported.md"
}

impl Rule for HtmlUnsupported {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for it in unknown(cx, letter, |it| {
            it.slug.starts_with("html-") && it.slug != "html-svg"
        }) {
            let feature = it.feature;
            let place = cx.place_of(letter, it.text);
            out.fail(place, it.lack.of(feature.title))
                .level(if it.breaks() {
                    Level::Warning
                } else {
                    Level::Note
                })
                .label(it.label())
                .subject(feature.slug)
                .why(if it.breaks() {
                    "people there see nothing, or something that does not work"
                } else {
                    "people there get less than is meant"
                })
                .help(format!(
                    "say it with plain text, links and pictures, and show the rest on a page: {}",
                    caniemail(feature)
                ));
        }
    }
}
