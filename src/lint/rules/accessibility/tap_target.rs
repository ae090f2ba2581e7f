use std::collections::BTreeSet;

use crate::lint::buttons::is_button;
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::tree::{Element, View, length};

rule! {
    TapTarget, id: "tap-target", group: Accessibility, level: Note, docs: "tap_target.md",
    limit: Limit::Number(44.0, &[])
}

/// From line to line where a mail leaves that to the program.
const NORMAL_LINE: f64 = 1.2;

impl Rule for TapTarget {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let least = cx.number(self.info());
        let mut told = BTreeSet::new();
        for link in letter.tree().links().filter(|it| !it.is_hidden()) {
            let (height, what) = if is_button(link) {
                (height_of(link), "button")
            } else if let Some(image) = only_picture(link) {
                (picture_height(image).map(|it| it + around(link)), "picture")
            } else {
                continue;
            };
            let Some(height) = height.filter(|it| *it + 0.5 < least) else {
                continue;
            };
            let words = named(link);
            let message = format!(
                "the {what} \"{}\" is only {height:.0} pixels high",
                cut(&words)
            );
            if !told.insert(message.clone()) {
                continue;
            }
            out.fail(cx.place_of(letter, &words), message)
                .subject(cut(&words))
                .label(format!("a finger needs {least:.0}"))
                .why("people press beside it, or on the link next to it")
                .help(match what {
                    "button" => "give the link itself more `padding` above and below; that of its cell does not count",
                    _ => "show it larger, or give the link `display: inline-block` and `padding`",
                });
        }
    }
}

/// The height of a link with words on one line; nothing if it cannot be known.
fn height_of(link: Element<'_>) -> Option<f64> {
    let look = link.look(View::Light);
    let size = look.size?;
    let row = look.line_height().unwrap_or(size * NORMAL_LINE);
    let declared = ["height", "min-height", "line-height"].map(|it| {
        let value = link.style(it)?;
        length(value, size).filter(|_| value.ends_with("px"))
    });
    let inner = declared.into_iter().flatten().fold(row, f64::max);
    Some(inner + around(link))
}

/// What padding and borders add to the height of a link.
fn around(link: Element<'_>) -> f64 {
    let em = link.look(View::Light).size.unwrap_or(16.0);
    let side = |value: Option<&str>| value.and_then(|it| length(it, em));
    let padding = link.style("padding").unwrap_or_default();
    let parts: Vec<&str> = padding.split_whitespace().collect();
    let top = side(link.style("padding-top").or(parts.first().copied()));
    let bottom = link.style("padding-bottom");
    let bottom = side(bottom.or(parts.get(2).or(parts.first()).copied()));
    let border = link.style("border").unwrap_or_default();
    let border = border.split_whitespace().find_map(|it| length(it, em));
    top.unwrap_or(0.0) + bottom.unwrap_or(0.0) + 2.0 * border.unwrap_or(0.0)
}

/// The picture that is all that a link shows.
fn only_picture(link: Element<'_>) -> Option<Element<'_>> {
    let mut pictures = link
        .inside()
        .filter(|it| it.name() == "img" && !it.is_hidden());
    let first = pictures.next()?;
    (pictures.next().is_none() && link.text().is_empty()).then_some(first)
}

fn picture_height(image: Element<'_>) -> Option<f64> {
    let style = image.style("height").and_then(|it| length(it, f64::NAN));
    let attribute = image.attribute("height").and_then(|it| it.parse().ok());
    style.filter(|it| !it.is_nan()).or(attribute)
}

/// What a link says, in words or in the description of its picture.
fn named(link: Element<'_>) -> String {
    let text = link.text();
    if !text.is_empty() {
        return text;
    }
    let alt = only_picture(link).and_then(|it| it.attribute("alt"));
    alt.or(link.attribute("href"))
        .unwrap_or_default()
        .to_owned()
}

fn cut(words: &str) -> String {
    let short: String = words.chars().take(40).collect();
    short.replace(crate::lint::tree::VALUE, "…")
}
