use crate::lint::addresses::shown;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::template::Kind;

rule! {
    ImageSizeMissing, id: "image-size-missing", group: Delivery, level: Warning, docs: "image_size_missing.md"
}

impl Rule for ImageSizeMissing {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        for image in letter.tree().images() {
            let src = image.attribute("src").unwrap_or_default();
            let is_given = image
                .attribute("width")
                .is_some_and(|it| !it.trim().is_empty());
            if is_given || image.is_hidden() {
                continue;
            }
            let place = cx.place_of(letter, src.split('?').next().unwrap_or_default());
            let help = match letter.template.kind {
                Kind::Markdown => {
                    "write it as `<img src=… alt=… width=…>`, with the number of pixels"
                }
                Kind::Html | Kind::Mjml => {
                    "write `width=\"…\"` with the number of pixels; `<mj-image>` does it by itself"
                }
            };
            let styled = image.style("width").is_some();
            out.fail(place, format!("the picture `{}` has no `width`", shown(src)))
                .label(if styled { "only its style says how wide it is" } else { "loaded with the mail" })
                .subject(shown(src))
                .why("Outlook on Windows shows it as large as the file is, and everywhere the text jumps when it loads")
                .help(help);
        }
    }
}
