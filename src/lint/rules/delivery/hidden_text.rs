use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::letter::Letter;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::lint::tree::{Content, Element, Tree};

rule! {
    HiddenText, id: "hidden-text", group: Delivery, level: Warning, docs: "hidden_text.md",
    limit: Limit::Number(200.0, &[])
}

impl Rule for HiddenText {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let tree = letter.tree();
        let is_outermost = |it: &Element<'_>| {
            it.is_hidden() && !it.parent().is_some_and(Element::is_hidden) && !returns(tree, *it)
        };
        let body = |it: &Element<'_>| it.ancestors().any(|it| it.name() == "body");
        let hidden: Vec<String> = tree
            .all()
            .filter(|it| is_outermost(it) && body(it))
            .map(words)
            .collect();
        let length: usize = hidden.iter().map(|it| it.chars().count()).sum();
        #[allow(
            clippy::cast_precision_loss,
            reason = "a page is far shorter than 2^52 letters"
        )]
        if length as f64 <= cx.number(self.info()) {
            return;
        }
        let longest = hidden.iter().max_by_key(|it| it.len());
        let begin: String = longest.map_or("", |it| it).chars().take(40).collect();
        out.fail(cx.place_of(letter, &begin), format!("{length} letters of text that nobody sees"))
            .label("hidden by its style")
            .why("filters take hidden words for the work of spammers, and the mail lands in the spam folder")
            .help("remove them, or show them; the line for the inbox goes into `preheader`");
    }
}

/// Whether a media query shows an element again: it is there for other screens.
fn returns(tree: &Tree, element: Element<'_>) -> bool {
    let rules = tree.rules().iter();
    let mut shown = rules.filter(|it| it.media.is_some() && it.speaks_of(element));
    shown.any(|it| {
        let sets = |name: &str| it.declarations.iter().any(|own| own.name == name);
        sets("display") || sets("visibility") || sets("max-height")
    })
}

/// All words in an element, on one line.
fn words(element: Element<'_>) -> String {
    let mut all = String::new();
    gather(element, &mut all);
    // What keeps inboxes from showing more is no text.
    let is_filling = |c: char| {
        matches!(
            c,
            '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{a0}' | '\u{ad}' | '\u{feff}'
        )
    };
    let all = all.replace(is_filling, " ");
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn gather(element: Element<'_>, out: &mut String) {
    for content in element.contents() {
        match content {
            Content::Text(it) => out.push_str(it),
            Content::Element(it) => gather(it, out),
        }
        out.push(' ');
    }
}
