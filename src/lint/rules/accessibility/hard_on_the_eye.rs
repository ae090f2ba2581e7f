use std::collections::{BTreeMap, BTreeSet};

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::tree::{Align, Element, Tree, View};

rule! {
    HardOnTheEye, id: "hard-on-the-eye", group: Accessibility, level: Note, docs: "hard_on_the_eye.md",
    limit: Limit::Number(120.0, &[])
}

impl Rule for HardOnTheEye {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let most = cx.number(self.info());
        let mut told = BTreeSet::new();
        for block in blocks(letter.tree()).into_values() {
            let faults = [
                (
                    block.capitals,
                    "in capitals",
                    "capitals have no shapes: people spell them letter by letter",
                    "write it in small letters, and make it bold if it matters",
                ),
                (
                    block.italic,
                    "in italics",
                    "slanted letters run together, above all for dyslexic people",
                    "keep italics for a few words, and write the rest upright",
                ),
                (
                    block.justified,
                    "justified",
                    "the gaps between the words flow together into rivers that lead the eye astray",
                    "write `text-align: left`",
                ),
            ];
            for (length, what, why, help) in faults {
                #[allow(
                    clippy::cast_precision_loss,
                    reason = "texts are far shorter than 2^52 characters"
                )]
                let is_long = length as f64 > most;
                if !is_long || !told.insert((what, block.words.clone())) {
                    continue;
                }
                out.fail(
                    cx.place_of(letter, &block.words),
                    format!("{length} characters are {what}"),
                )
                .subject(what)
                .label(format!(
                    "at most {most:.0} in one go, about three lines on a telephone"
                ))
                .why(why)
                .help(help);
                // One finding says it for the whole letter.
                return;
            }
        }
    }
}

/// A paragraph, a cell or the like: how many characters of it are hard to read.
#[derive(Default)]
struct Block {
    words: String,
    capitals: usize,
    italic: usize,
    justified: usize,
}

/// The blocks with words, by their places.
fn blocks(tree: &Tree) -> BTreeMap<usize, Block> {
    let mut blocks: BTreeMap<usize, Block> = BTreeMap::new();
    for element in tree
        .all()
        .filter(|it| !it.is_hidden() && it.has_own_words())
    {
        let text = element.own_text();
        let look = element.look(View::Light);
        let length = text.chars().count();
        let counted = |it: bool| if it { length } else { 0 };
        let block = blocks.entry(block_of(element).at()).or_default();
        block.capitals += counted(look.is_upper || is_upper(&text));
        block.italic += counted(look.is_italic);
        block.justified += counted(look.align == Align::Justify);
        if block.words.len() < text.len() {
            block.words = text;
        }
    }
    blocks
}

fn block_of(element: Element<'_>) -> Element<'_> {
    let mut around = element.ancestors();
    if element.is_inline() {
        around.find(|it| !it.is_inline()).unwrap_or(element)
    } else {
        element
    }
}

fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}
