use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::tree::VALUE;

rule! {
    AltUseless, id: "alt-useless", group: Accessibility, level: Warning, docs: "alt_useless.md",
    limit: Limit::Number(150.0, &[])
}

/// Words that say no more than that there is a picture.
const EMPTY: [&str; 24] = [
    "alt",
    "alt text",
    "banner",
    "bild",
    "foto",
    "grafik",
    "graphic",
    "header",
    "hero",
    "icon",
    "image",
    "img",
    "logo",
    "photo",
    "photograph",
    "pic",
    "picture",
    "placeholder",
    "product image",
    "produktbild",
    "screenshot",
    "spacer",
    "unnamed",
    "untitled",
];

/// How the names of picture files end.
const ENDINGS: [&str; 7] = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif"];

impl Rule for AltUseless {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let most = cx.number(self.info());
        let mut told = BTreeSet::new();
        for image in letter.tree().images().filter(|it| !it.is_hidden()) {
            let alt = image.attribute("alt").unwrap_or_default();
            let words = alt.split_whitespace().collect::<Vec<_>>().join(" ");
            let length = words.chars().count();
            let (fault, help) = if is_file_name(&words) {
                (
                    "is the name of a file",
                    "say in `alt` what the picture shows",
                )
            } else if is_empty(&words) {
                (
                    "says only that there is a picture",
                    "say in `alt` what the picture shows, or write `alt=\"\"` if it only decorates",
                )
            } else if count(length) > most {
                (
                    "is too long to be listened to",
                    "say the one thing that the picture adds, and put the rest into the text",
                )
            } else {
                continue;
            };
            if !told.insert(words.clone()) {
                continue;
            }
            let shown: String = words.chars().take(40).collect();
            let shown = shown.replace(VALUE, "…");
            let dots = if length > 40 { "…" } else { "" };
            let spelled = [
                format!("alt=\"{alt}\""),
                format!("alt='{alt}'"),
                alt.to_owned(),
            ];
            let place = cx.place_of_any(letter, &spelled.each_ref().map(String::as_str));
            out.fail(place, format!("the `alt` text \"{shown}{dots}\" {fault}"))
                .subject(shown)
                .label(format!("{length} characters, read out in place of the picture"))
                .why("who cannot see the picture hears or reads this instead, and learns nothing from it")
                .help(help);
        }
    }
}

fn is_empty(words: &str) -> bool {
    let bare = words.trim_matches(|c: char| !c.is_alphanumeric());
    // `Image 3` says no more than `image`.
    let bare = bare.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    EMPTY.iter().any(|it| bare.eq_ignore_ascii_case(it))
}

fn is_file_name(words: &str) -> bool {
    let small = words.to_ascii_lowercase();
    let is_one_word = !small.contains(' ');
    let from_camera = ["img_", "dsc_", "img-", "dscn", "pxl_"];
    ENDINGS.iter().any(|it| small.ends_with(it)) && small.len() > 4
        || is_one_word && from_camera.iter().any(|it| small.starts_with(it))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "texts are far shorter than 2^52 characters"
)]
fn count(length: usize) -> f64 {
    length as f64
}
