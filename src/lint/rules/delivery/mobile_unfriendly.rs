use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::sheet::{Bit, bits, declarations};
use crate::render::{Piece, attribute, pieces};
use crate::template::Kind;

rule! {
    MobileUnfriendly, id: "mobile-unfriendly", group: Delivery, level: Warning, docs: "mobile_unfriendly.md",
    limit: Limit::Number(640.0, &[])
}

const WHY: &str =
    "on a phone people have to drag the mail from side to side, or read letters as small as ants";

impl Rule for MobileUnfriendly {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let most = cx.number(self.info());
        let mut widest: Option<(f64, String)> = None;
        for (width, text) in widths(letter.written()) {
            if width > most && widest.as_ref().is_none_or(|it| width > it.0) {
                widest = Some((width, text));
            }
        }
        if let Some((width, text)) = widest {
            out.fail(cx.place_of(letter, &text), format!("a part of the mail is always {width} pixels wide"))
                .label(format!("wider than {most} pixels"))
                .why(WHY)
                .help("write `width=\"600px\"` at `<mj-body>`; elsewhere `width: 100%` with a `max-width`");
        }
        let has_viewport = letter
            .tree()
            .named(&["meta"])
            .any(|it| it.attribute("name") == Some("viewport"));
        if letter.template.kind == Kind::Html && !has_viewport {
            out.fail(cx.place_of(letter, "<head"), "phones show this mail as a small picture of a page")
                .label("says nothing about small screens")
                .why(WHY)
                .help("write into the `<head>`: `<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">`");
        }
    }
}

/// Every fixed width, with how it is written.
fn widths(written: &str) -> Vec<(f64, String)> {
    let mut found = Vec::new();
    let mut sheet = false;
    for piece in pieces(written) {
        match piece {
            Piece::Open(name, tag) => {
                sheet = matches!(name, "style" | "mj-style");
                let style = attribute(tag, "style").unwrap_or_default();
                let style = declarations(style);
                if !has_most(&style) {
                    let own = attribute(tag, "width").and_then(pixels);
                    let begin: String = tag.chars().take(60).collect();
                    found.extend(own.map(|it| (it, begin)));
                }
                found.extend(of_rule(&style));
            }
            Piece::Close(..) => sheet = false,
            Piece::Text(text) if sheet => {
                let all = bits(text);
                let rules = all.split(|it| !matches!(it, Bit::Declaration(..)));
                found.extend(rules.flat_map(of_rule));
            }
            _ => {}
        }
    }
    found
}

/// The fixed widths of one rule; a rule that says how wide at most has none.
fn of_rule(rule: &[Bit<'_>]) -> Vec<(f64, String)> {
    let is_bounded = has_most(rule);
    let each = rule.iter().filter_map(|it| match it {
        Bit::Declaration(name, value, text) => {
            let counts = *name == "min-width" || (*name == "width" && !is_bounded);
            pixels(value)
                .filter(|_| counts)
                .map(|it| (it, (*text).to_owned()))
        }
        _ => None,
    });
    each.collect()
}

fn has_most(rule: &[Bit<'_>]) -> bool {
    rule.iter()
        .any(|it| matches!(it, Bit::Declaration("max-width", ..)))
}

/// A width in pixels; nothing if it is a share.
fn pixels(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches("!important").trim();
    text.strip_suffix("px").unwrap_or(text).trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_widths_are_told_from_others() {
        let all = |text: &str| widths(text).into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(
            all("<mj-body width=\"700px\"><mj-column width=\"50%\">"),
            [700.0]
        );
        assert_eq!(
            all("<table width=700 style=\"max-width:100%\">"),
            [] as [f64; 0]
        );
        assert_eq!(
            all("<td style=\"width: 700px; min-width:650px\">"),
            [700.0, 650.0]
        );
        assert_eq!(
            all("<style>a { width: 9px } b { width: 8px; max-width: 100% }</style>"),
            [9.0]
        );
    }
}
