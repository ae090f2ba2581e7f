use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::language::Language;
use crate::lint::letter::Letter;
use crate::lint::rule::{Rule, rule};
use crate::model::Purpose;
use crate::template::ir::{Expr, Filter, Node};

rule! {
    WrongPurposeCopy, id: "wrong-purpose-copy", group: Message, level: Note, docs: "wrong_purpose_copy.md"
}

/// Beginnings of words that thank, in English and in German.
const THANKS: (&[&str], &[&str]) = (
    &["thank", "grateful", "gratitude", "appreciate", "cheers"],
    &["dank", "merci", "zu schätzen"],
);
/// Beginnings of words that apologise.
const SORRY: (&[&str], &[&str]) = (
    &[
        "sorry",
        "apolog",
        "regret",
        "our mistake",
        "our fault",
        "we got it wrong",
        "let you down",
    ],
    &[
        "leid",
        "entschuldig",
        "bedauer",
        "verzeih",
        "unser fehler",
        "pardon",
    ],
);
/// Beginnings of words that say when something happens.
const DATES: (&[&str], &[&str]) = (
    &[
        "within",
        "tomorrow",
        "today",
        "next week",
        "on the day",
        "by the end",
        "as soon as",
        "in a few days",
        "on monday",
        "on friday",
        "in the next",
        "once ",
        "first,",
        "then ",
        "afterwards",
        "next step",
    ],
    &[
        "innerhalb",
        "binnen",
        "morgen",
        "heute",
        "nächste woche",
        "am tag",
        "bis zum",
        "sobald",
        "in den nächsten",
        "in wenigen tagen",
        "am montag",
        "am freitag",
        "zuerst",
        "danach",
        "anschließend",
        "nächster schritt",
    ],
);

impl Rule for WrongPurposeCopy {
    fn check_letter(&self, _: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(language) = Language::of(&letter.template.locale) else {
            return;
        };
        let text = format!("{} {}", letter.said_subject(), letter.said_text());
        let says = |all: (&[&str], &[&str])| {
            let all = language.pick(all.0, all.1);
            all.iter().any(|it| begins_a_word(&text, it))
        };
        for by in &letter.sent_by {
            for purpose in &by.send.purpose.0 {
                let (missing, help) = match purpose.value {
                    Purpose::ThankYou if !says(THANKS) => {
                        ("thanks nobody", "say thank you, and for what")
                    }
                    Purpose::Apology if !says(SORRY) => (
                        "does not say sorry",
                        "say sorry in one plain sentence, and then what you do about it",
                    ),
                    Purpose::NextSteps if !is_dated(letter) && !says(DATES) => (
                        "says no steps",
                        "write what happens next as a numbered list, with a time for each step",
                    ),
                    _ => continue,
                };
                let word = purpose.value.word();
                out.fail(letter.span(), format!("mail for `{word}` {missing}"))
                    .label(format!(
                        "`{}`, the {} text",
                        letter.template.name,
                        language.pick("English", "German")
                    ))
                    .related(purpose.span, "what it is sent for")
                    .subject(word)
                    .why("the plan says that they have been told, and they have not")
                    .help(format!(
                        "{help}; or give the step the purpose that fits the words"
                    ));
                return;
            }
        }
    }
}

/// Whether words stand in a text at the beginning of a word.
fn begins_a_word(text: &str, words: &str) -> bool {
    text.match_indices(words)
        .any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
}

/// Whether it has a numbered list, or prints a date.
fn is_dated(letter: &Letter<'_>) -> bool {
    holds(&letter.mail.html, &|node| match node {
        Node::Text(it) => it.contains("<ol"),
        Node::Out(it) => {
            matches!(&it.expr, Expr::Filter(it) if matches!(it.filter, Filter::Date(_)))
        }
        _ => false,
    })
}

fn holds(nodes: &[Node], is: &dyn Fn(&Node) -> bool) -> bool {
    nodes.iter().any(|node| {
        is(node)
            || match node {
                Node::If(it) => {
                    it.arms.iter().any(|arm| holds(&arm.body, is)) || holds(&it.otherwise, is)
                }
                Node::For(it) => holds(&it.body, is) || holds(&it.otherwise, is),
                Node::Text(_) | Node::Out(_) => false,
            }
    })
}
