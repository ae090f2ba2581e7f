use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};

rule! {
    LinkTextVague, id: "link-text-vague", group: Message, level: Warning, docs: "link_text_vague.md"
}

/// What says nothing about where it leads, in English and German.
const VAGUE: [&str; 34] = [
    "here",
    "click here",
    "click",
    "click this",
    "click me",
    "click below",
    "tap here",
    "this",
    "this link",
    "this page",
    "link",
    "the link",
    "more",
    "read more",
    "see more",
    "learn more",
    "go",
    "continue",
    "hier",
    "hier klicken",
    "klick hier",
    "klicken sie hier",
    "klicke hier",
    "bitte hier klicken",
    "diesen link",
    "dieser link",
    "diese seite",
    "zum link",
    "mehr",
    "mehr lesen",
    "mehr erfahren",
    "weiterlesen",
    "weiter",
    "los",
];

impl Rule for LinkTextVague {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let mut told = BTreeSet::new();
        for link in letter.tree().links().filter(|it| !it.is_hidden()) {
            let text = link.text();
            let lower = text.to_lowercase();
            let words = lower.trim_matches(|c: char| !c.is_alphanumeric());
            let is_address = ["http://", "https://", "www."]
                .iter()
                .any(|it| lower.starts_with(it));
            let fault = if is_address {
                "is an address, not a name"
            } else if VAGUE.contains(&words) && link.attribute("aria-label").is_none() {
                "does not say where it leads"
            } else {
                continue;
            };
            if !told.insert(lower.clone()) {
                continue;
            }
            out.fail(
                cx.place_of_link(letter, &text),
                format!("the link \"{}\" {fault}", cut(&text)),
            )
            .label("in this mail")
            .subject(cut(&text))
            .why("people skim, and screen readers read out links alone: a list of \"here, here, here\"")
            .help("let the link say what people find behind it: \"read how to water a fern\"");
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(50).collect()
}
