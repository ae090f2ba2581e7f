use crate::diagnostic::Level;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::lint::uses::unknown;

rule! {
    ImageFormat, id: "image-format", group: Delivery, level: Warning, docs: "image_format.md"
}

impl Rule for ImageFormat {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for it in unknown(cx, letter, |it| {
            it.slug.starts_with("image-") || it.slug == "html-svg"
        }) {
            let feature = it.feature;
            let place = cx.place_of(letter, it.text);
            let (what, help) = match feature.kind {
                "inline" => (
                    "pictures inside an address".to_owned(),
                    "put the picture on your site, and link to it",
                ),
                _ => (
                    format!("pictures as {}", feature.title),
                    "save it as PNG or JPEG; a drawing as a PNG of twice its size",
                ),
            };
            out.fail(place, it.lack.of(&what))
                .level(if it.breaks() {
                    Level::Warning
                } else {
                    Level::Note
                })
                .label(it.label())
                .subject(feature.slug)
                .why("people there see an empty frame where the picture belongs")
                .help(help);
        }
    }
}
