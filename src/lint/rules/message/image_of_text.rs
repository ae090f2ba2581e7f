use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::tree::{Element, length};

rule! {
    ImageOfText, id: "image-of-text", group: Message, level: Warning, docs: "image_of_text.md",
    limit: Limit::Number(500.0, &[])
}

/// A picture that is as wide as this in pixels may hold the letter.
const WIDE: f64 = 400.0;

impl Rule for ImageOfText {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let tree = letter.tree();
        let mut pictures = tree.images().filter(|it| !it.is_hidden() && is_wide(*it));
        let Some(picture) = pictures.next() else {
            return;
        };
        let words = tree
            .named(&["body"])
            .next()
            .map_or(0, |it| it.text().chars().count());
        let limit = cx.number(self.info());
        #[allow(clippy::cast_precision_loss, reason = "letters are short")]
        let is_short = (words as f64) < limit;
        if !is_short {
            return;
        }
        let src = picture.attribute("src").unwrap_or_default();
        out.fail(
            cx.place_of(letter, src),
            "the mail is a picture with hardly any words",
        )
        .label(format!(
            "beside it there are {words} characters, fewer than {limit}"
        ))
        .subject(&*letter.template.name)
        .why(
            "where pictures are blocked there is nothing to read; filters know such mail from spam",
        )
        .help("write the words as text, and let the picture show what words cannot");
    }
}

fn is_wide(image: Element<'_>) -> bool {
    let style = image.style("width").filter(|it| it.ends_with("px"));
    let style = style.and_then(|it| length(it, 16.0));
    let attribute = image.attribute("width");
    let width = attribute.and_then(|it| it.trim_end_matches("px").parse().ok());
    // A picture without a width is as wide as it is.
    width.or(style).is_none_or(|it| it >= WIDE)
}
