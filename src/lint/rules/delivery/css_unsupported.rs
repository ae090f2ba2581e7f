use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::uses::{caniemail, unknown};

rule! {
    CssUnsupported, id: "css-unsupported", group: Delivery, level: Warning, docs: "css_unsupported.md"
}

/// Whoever does not know a mail's own dark colours sees it as it is: nobody misses anything.
const OWN_DARK: &str = "css-at-media-prefers-color-scheme";

impl Rule for CssUnsupported {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let is_wanted = |slug: &str| slug.starts_with("css-") && slug != OWN_DARK;
        for it in unknown(cx, letter, |it| is_wanted(it.slug)) {
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
                    "people there see parts in the wrong place, in the wrong size, or not at all"
                } else {
                    "people there see the mail plainer than it is meant"
                })
                .help(if it.breaks() {
                    format!(
                        "arrange it with MJML's columns or a table, and write plain values: {}",
                        caniemail(feature)
                    )
                } else {
                    format!(
                        "let it be an extra without which the mail still reads well: {}",
                        caniemail(feature)
                    )
                });
        }
    }
}
