use std::collections::BTreeSet;

use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::language::Language;
use crate::lint::letter::{Letter, SentBy};
use crate::lint::promised::promised;
use crate::lint::rule::{Rule, rule};
use crate::lint::ways::lines;
use crate::model::{Duration, Step};

rule! {
    PromiseBlockUnparsed, id: "promise-block-unparsed", group: Message, level: Note,
    docs: "promise_block_unparsed.md"
}

impl Rule for PromiseBlockUnparsed {
    fn check_letter(&self, cx: &LintContext<'_>, letter: &Letter<'_>, out: &mut Findings) {
        let Some(language) = Language::of(&letter.template.locale) else {
            return;
        };
        let Some(by) = letter.sent_by.first() else {
            return;
        };
        let mut declared: Option<Vec<f64>> = None;
        let mut told = BTreeSet::new();
        let lines = lines(&letter.mail.text);
        let sentences = lines
            .iter()
            .flat_map(|it| it.split_inclusive(['.', '!', '?', ':', ';']));
        for sentence in sentences {
            let Some(found) = promised(language, sentence) else {
                continue;
            };
            let declared = declared.get_or_insert_with(|| declared_hours(cx, by));
            // Windows and weekends move things, so a declared time need only be near.
            let is_near = |it: &f64| *it <= found.hours * 1.5 && found.hours <= *it * 1.5;
            if declared.iter().any(is_near) || !told.insert(found.words.clone()) {
                continue;
            }
            let place = cx.place_of(letter, &found.words);
            out.fail(place, format!("nothing makes sure of \"{}\"", found.words))
                .label("the copy promises it, and the journey does not know")
                .related(by.send.id.span, "the step has no such promise")
                .subject(&*found.words)
                .why("a promise that only stands in prose is broken by the next change of a wait")
                .help("declare it: `promises: [{what: …, step: …, within: …}]` at the step, `respond_within` for an answer, `promised_within` at the event");
        }
    }
}

/// Every time that something is declared to be done in, around a step.
fn declared_hours(cx: &LintContext<'_>, by: &SentBy<'_>) -> Vec<f64> {
    let project = cx.project();
    let mut found: Vec<Duration> = Vec::new();
    for by_send in by.journey.sends() {
        found.extend(
            by_send
                .promises
                .iter()
                .filter_map(|it| it.within)
                .map(|it| it.value),
        );
        found.extend(by_send.respond_within.map(|it| it.value));
    }
    for (step, _) in by.journey.walk() {
        if let Step::Task(it) = &step.value {
            found.extend(it.respond_within.map(|it| it.value));
        }
    }
    let senders = project.senders.values();
    found.extend(
        senders
            .filter_map(|it| it.respond_within)
            .map(|it| it.value),
    );
    let events = project.events.values();
    found.extend(
        events
            .filter_map(|it| it.promised_within)
            .map(|it| it.value),
    );
    let hours = |it: Duration| {
        f64::from(it.minutes) / 60.0
            + 24.0 * f64::from(it.days)
            + 24.0 * f64::from(it.business_days)
    };
    found.into_iter().map(hours).collect()
}
