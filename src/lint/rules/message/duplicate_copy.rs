use std::collections::BTreeSet;

use crate::graph::lives::on_one_way;
use crate::lint::context::LintContext;
use crate::lint::copy::alike;
use crate::lint::findings::Findings;
use crate::lint::limit::Limit;
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Journey, Send, Step};
use crate::source::Span;

rule! {
    DuplicateCopy, id: "duplicate-copy", group: Message, level: Warning, docs: "duplicate_copy.md",
    limit: Limit::Number(90.0, &[])
}

/// Longer journeys are compared by their first messages.
const SENDS: usize = 64;

/// Shorter texts are alike by chance.
const WORDS: usize = 20;

impl Rule for DuplicateCopy {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let mut sends: Vec<(&Send, Span)> = Vec::new();
        for (step, _) in journey.walk() {
            if let Step::Send(send) = &step.value {
                sends.push((send, step.span));
            }
        }
        if sends.len() < 2 {
            return;
        }
        let percent = cx.number(self.info());
        let mut told = BTreeSet::new();
        for locale in &cx.project().locales {
            let of_locale = |(send, step)| copy(cx, send, step, &locale.value);
            let copies: Vec<Copy<'_>> = sends
                .iter()
                .copied()
                .take(SENDS)
                .filter_map(of_locale)
                .collect();
            for (at, second) in copies.iter().enumerate() {
                // The message before it is what it repeats: one finding a message.
                let what = copies[..at].iter().rev().find_map(|first| {
                    let both = BTreeSet::from([first.step, second.step]);
                    let what = likeness(first, second, percent)?;
                    (on_one_way(journey, &both).len() == 2).then_some((first, what))
                });
                if let Some((first, what)) = what.filter(|_| told.insert(second.step)) {
                    tell(first, second, what, out);
                }
            }
        }
    }
}

/// What two messages are compared by.
struct Copy<'c> {
    send: &'c Send,
    step: Span,
    template: &'c str,
    subjects: &'c BTreeSet<String>,
    words: &'c [u64],
}

fn copy<'c>(cx: &'c LintContext<'_>, send: &'c Send, step: Span, locale: &str) -> Option<Copy<'c>> {
    let mut letters = cx.letters_of(send);
    let letter = letters.find(|it| it.template.locale == locale)?;
    Some(Copy {
        send,
        step,
        template: &letter.template.name,
        subjects: letter.subjects(),
        words: letter.own_words(cx.boilerplate()),
    })
}

/// What two messages have in common that they should not.
fn likeness(first: &Copy<'_>, second: &Copy<'_>, percent: f64) -> Option<String> {
    if first.template == second.template {
        return Some("sends the same template".to_owned());
    }
    let mut same = first.subjects.intersection(second.subjects);
    if let Some(subject) = same.find(|it| !it.is_empty()) {
        return Some(format!("has the same subject, \"{subject}\""));
    }
    if first.words.len().min(second.words.len()) < WORDS {
        return None;
    }
    let share = alike(first.words, second.words);
    #[allow(clippy::cast_precision_loss, reason = "a share of a hundred")]
    let is_alike = share as f64 > percent;
    is_alike.then(|| format!("says nearly the same: {share} % of the words"))
}

fn tell(first: &Copy<'_>, second: &Copy<'_>, what: String, out: &mut Findings) {
    let (one, other) = (&first.send.id, &second.send.id);
    out.fail(
        other.span,
        format!("`{}` repeats `{}`", other.value, one.value),
    )
    .label(what)
    .related(one.span, "the same people got this before")
    .subject(format!("{} {}", one.value, other.value))
    .why("people think that they have read it; mail programs hide it behind \"…\" in one thread")
    .help("say something new in the second one, or leave it out");
}
