use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::tree::{Element, View};

rule! {
    TextTooSmall, id: "text-too-small", group: Accessibility, level: Warning, docs: "text_too_small.md",
    limit: Limit::Number(14.0, &[])
}

/// From line to line, in sizes of the letters.
const LEAST_LINE: f64 = 1.4;
/// A text that is shorter stands on one line even on a telephone, more or less.
const SEVERAL_LINES: usize = 80;
/// Letters of this size are not meant to be read.
const UNSEEN: f64 = 2.0;

impl Rule for TextTooSmall {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let least = cx.number(self.info());
        let mut told = BTreeSet::new();
        let shown = letter
            .tree()
            .all()
            .filter(|it| !it.is_hidden() && it.has_own_words());
        for element in shown.filter(|it| !matches!(it.name(), "sub" | "sup")) {
            let look = element.look(View::Light);
            let Some(size) = look.size.filter(|it| *it >= UNSEEN) else {
                continue;
            };
            if size + 0.01 < least {
                let message = format!("words of {} pixels are too small", rounded(size));
                if told.insert(message.clone()) {
                    let place = place(cx, letter, element, "font-size", size);
                    out.fail(place, message)
                        .subject(rounded(size))
                        .label(format!("at least {} are needed", rounded(least)))
                        .why("people hold the telephone up to their eyes, or give up")
                        .help(format!("write `font-size: {}px` or more", rounded(least)));
                }
                continue;
            }
            let is_heading = matches!(element.name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
            let Some(line) = look.line_height().filter(|_| !is_heading) else {
                continue;
            };
            if line + 0.01 >= size * LEAST_LINE || element.text().chars().count() < SEVERAL_LINES {
                continue;
            }
            let message = format!(
                "lines of {}-pixel letters stand {} pixels apart",
                rounded(size),
                rounded(line)
            );
            if told.insert(message.clone()) {
                let place = place(cx, letter, element, "line-height", line / size);
                out.fail(place, message)
                    .subject(format!("{} of {}", rounded(line), rounded(size)))
                    .label(format!(
                        "at least {} are needed",
                        rounded(size * LEAST_LINE)
                    ))
                    .why("the eye slips into the wrong line, the more so if reading is hard anyway")
                    .help("write `line-height: 1.5`");
            }
        }
    }
}

/// The place that spells a property with a value, else the words.
fn place(
    cx: &LintContext<'_>,
    letter: &Letter<'_>,
    element: Element<'_>,
    property: &str,
    value: f64,
) -> crate::source::Span {
    let value = match property {
        "font-size" => format!("{}px", rounded(value)),
        _ => rounded(value),
    };
    let spelled = [
        format!("{property}: {value}"),
        format!("{property}:{value}"),
        format!("{property}=\"{value}\""),
        element.own_text(),
    ];
    cx.place_of_any(letter, &spelled.each_ref().map(String::as_str))
}

/// A number without needless places.
fn rounded(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}
