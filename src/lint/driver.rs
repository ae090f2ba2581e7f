//! Runs the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Label, Level, RuleId, Sink};
use crate::messages::Messages;
use crate::model::check::{
    DUPLICATE_STEP_ID, INVALID_CONDITION, TYPE_MISMATCH, UNKNOWN_ATTRIBUTE, UNKNOWN_EVENT,
    UNKNOWN_PROPERTY, UNKNOWN_STEP,
};
use crate::model::{Document, Journey, Program, Project, Step};
use crate::render::Mail;
use crate::source::{FileId, Sources, Span};

use super::catalogue;
use super::context::LintContext;
use super::cure;
use super::duties::begins_with_payment;
use super::findings::{Findings, Found};
use super::letter::letters;
use super::rule::{Group, Rule};
use super::settings::{self, OwnLevels};
use super::suppression::Exceptions;
use crate::model::edits::Edits;

pub(super) use super::settings::level_of;

/// Input problems after which rules could only guess what a journey does.
const BLURRING: &[RuleId] = &[
    DUPLICATE_STEP_ID,
    INVALID_CONDITION,
    TYPE_MISMATCH,
    UNKNOWN_ATTRIBUTE,
    UNKNOWN_EVENT,
    UNKNOWN_PROPERTY,
    UNKNOWN_STEP,
];

/// The groups of rules that speak of what somebody lives through.
const OF_LIVES: &[Group] = &[
    Group::Timing,
    Group::Feedback,
    Group::Relationship,
    Group::Consent,
];

/// What rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'p> {
    /// What the YAML says.
    pub program: &'p Program,
    /// Every email with its compiled template.
    pub messages: &'p Messages,
    /// What is sent, by the places of the templates.
    pub mails: &'p [Option<Arc<Mail>>],
    /// The template files that go into no email, by their paths below `templates/`.
    pub idle: &'p [(&'p str, FileId)],
    /// Every text: cures are written into them; rules see of them only what looks like a secret.
    pub sources: &'p Sources,
    /// Today in UTC.
    pub today: NaiveDate,
    /// What the YAML said before the change that is looked at; nothing where none is.
    pub before: Option<&'p Program>,
    /// What scenarios try, where there are some and a change is looked at.
    pub tried: Option<&'p Tried>,
}

/// Which steps of each journey some scenario comes to: for each journey by its name, its steps in the
/// order of [`Journey::walk`].
pub type Tried = BTreeMap<Box<str>, Vec<bool>>;

/// Runs every rule that is switched on over every journey that can be judged, over every email, and
/// over the whole; then takes out what an `allow` covers.
///
/// `sink` holds what earlier stages have found: a journey with input problems that change what it
/// means is left alone, since its author has something better to do first.
pub fn run(subject: Subject<'_>, sink: &mut Sink) {
    let Subject { program, today, .. } = subject;
    let blurred = blurred(program, sink);
    let invalid = |it: &Diagnostic| catalogue::is_input(it.rule);
    let is_whole = !sink.iter().any(invalid) && program.documents.iter().all(|it| !it.damaged);
    let judged: Vec<&Document> = program
        .whole()
        .filter(|it| !blurred.contains(&it.file))
        .collect();
    let journeys = judged.iter().map(|it| &it.journey).collect();
    let letters = letters(program, subject.messages, subject.mails);
    let cx = LintContext::new(program, letters, journeys, is_whole, today)
        .lived()
        .over(subject.sources)
        .beside(subject.idle, &subject.messages.idle_texts)
        .tried_by(subject.tried);
    let own = OwnLevels::of(program, today);
    let rules = active(&program.project, &own);

    let mut found: Vec<Found> = judged
        .par_iter()
        .flat_map_iter(|document| check_journey(&cx, &rules, document))
        .collect();
    found.extend(check_letters(&cx, &rules));
    if let Some(before) = subject.before {
        found.extend(check_changes(&cx, &rules, &judged, before));
    }
    found.par_extend(rules.par_iter().flat_map_iter(|active| {
        let mut out = active.findings();
        active.rule.check_repository(&cx, &mut out);
        out.into_found()
    }));

    name_places(program, &mut found);
    own.weigh(&mut found);
    let judged = judged.iter().map(|it| it.file).collect();
    let mut exceptions = Exceptions::of(program, today);
    exceptions.cover(found.iter_mut().map(|it| &mut it.diagnostic));
    let mut complaints = exceptions.complaints(&program.project, &judged, is_whole);
    let mut wrong = Vec::new();
    settings::check(program, today, &mut wrong);
    complaints.extend(wrong.into_iter().map(Found::from));
    own.weigh(&mut complaints);
    found.append(&mut complaints);
    let found = cure::lower(subject.sources, found);
    for diagnostic in found {
        sink.push(diagnostic);
    }
}

/// A rule that is switched on.
struct Active {
    rule: &'static dyn Rule,
    level: Level,
    fixed: bool,
}

impl Active {
    fn findings(&self) -> Findings {
        Findings::new(self.rule.info().id, self.level, self.fixed)
    }
}

fn active(project: &Project, own: &OwnLevels<'_>) -> Vec<Active> {
    catalogue::all()
        .filter(|it| it.info().group.runs_here())
        .filter_map(|rule| {
            let woken = || own.wakes(rule.info()).then_some((Level::Warning, false));
            let (level, fixed) = level_of(project, rule.info()).or_else(woken)?;
            Some(Active { rule, level, fixed })
        })
        .collect()
}

fn check_journey<'p>(cx: &LintContext<'p>, rules: &[Active], document: &'p Document) -> Vec<Found> {
    let journey = &document.journey;
    cx.open(journey);
    let within = cx.within(journey);
    let mut found = Vec::new();
    let is_lifeless = cx.is_lifeless(journey);
    for active in rules {
        // Nobody lives through what is wrong in a journey that lets nobody in.
        if is_lifeless && OF_LIVES.contains(&active.rule.info().group) {
            continue;
        }
        let mut out = active.findings();
        active.rule.check_journey(&within, journey, &mut out);
        found.append(&mut out.into_found());
    }
    // Rules over the repository need these later, when the graph has gone.
    let any = |groups: &[Group]| {
        rules
            .iter()
            .any(|it| groups.contains(&it.rule.info().group))
    };
    if any(&[Group::Overlap, Group::Feedback, Group::Timing]) {
        cx.timetable(journey);
    }
    if any(&[Group::Timing]) && begins_with_payment(cx.project(), journey) {
        cx.stands(journey);
    }
    cx.close(journey);
    found
}

/// A journey is known by its name; one with a new name has nothing to be compared with.
fn check_changes(
    cx: &LintContext<'_>,
    rules: &[Active],
    judged: &[&Document],
    before: &Program,
) -> Vec<Found> {
    let rules: Vec<&Active> = rules
        .iter()
        .filter(|it| it.rule.looks_at_changes())
        .collect();
    let before: BTreeMap<&str, &Journey> = before
        .whole()
        .map(|it| (&*it.journey.name.value, &it.journey))
        .collect();
    let check = |document: &&Document| {
        let mut found = Vec::new();
        if let Some(before) = before.get(&*document.journey.name.value) {
            let change = Edits::between(before, &document.journey);
            let cx = &cx.within(&document.journey);
            for active in &rules {
                let mut out = active.findings();
                active.rule.check_change(cx, &change, &mut out);
                found.append(&mut out.into_found());
            }
        }
        found
    };
    judged.par_iter().flat_map_iter(check).collect()
}

/// What the letters have in common, such as a partial, is told once, with the first step that sends
/// one of them.
fn check_letters(cx: &LintContext<'_>, rules: &[Active]) -> Vec<Found> {
    let found: Vec<Vec<Found>> = cx
        .letters()
        .par_iter()
        .map(|letter| {
            let mut found = Vec::new();
            // It is told with the first step that sends it, so that journey's thresholds count.
            let own = letter.sent_by.first().map(|it| cx.within(it.journey));
            let cx = own.as_ref().unwrap_or(cx);
            for active in rules {
                let mut out = active.findings();
                active.rule.check_letter(cx, letter, &mut out);
                found.append(&mut out.into_found());
            }
            found
        })
        .collect();
    let mut told = BTreeSet::new();
    let mut res = Vec::new();
    for (letter, found) in cx.letters().iter().zip(found) {
        for mut it in found {
            let diagnostic = &mut it.diagnostic;
            let at = diagnostic.primary.span;
            if !told.insert((diagnostic.rule, at, diagnostic.message.clone())) {
                continue;
            }
            if let Some(by) = letter.sent_by.first() {
                let (journey, send) = (&by.journey.name.value, &by.send.id);
                if diagnostic.journey.is_none() && at.file != send.span.file {
                    let text = format!("sent by the journey `{journey}`");
                    let span = by.send.template.span;
                    diagnostic.related.push(Label { span, text });
                }
                diagnostic
                    .journey
                    .get_or_insert_with(|| journey.to_string());
                diagnostic
                    .step
                    .get_or_insert_with(|| send.value.to_string());
            }
            res.push(it);
        }
    }
    res
}

/// The files of journeys that cannot be judged, though they could be read.
fn blurred(program: &Program, sink: &Sink) -> BTreeSet<FileId> {
    let mut res: BTreeSet<FileId> = sink
        .iter()
        .filter(|it| BLURRING.contains(&it.rule))
        .map(|it| it.primary.span.file)
        .collect();
    if !program.lost.is_empty() {
        let lost = program
            .documents
            .iter()
            .filter(|it| hears_of_lost(program, it));
        res.extend(lost.map(|it| it.file));
    }
    res
}

/// Whether a journey waits for an event whose declaration could not be read.
fn hears_of_lost(program: &Program, document: &Document) -> bool {
    let journey = &document.journey;
    let is_lost = |name: &str| program.lost.covers(&["events", name]);
    is_lost(&journey.trigger.event.value)
        || journey.walk().any(|(step, _)| match &step.value {
            Step::WaitFor(it) => is_lost(&it.event.value),
            _ => false,
        })
}

/// Names the journey and the step of every finding that lies in one and does not name it itself.
fn name_places(program: &Program, found: &mut [Found]) {
    let documents = program.documents.iter();
    let by_file: BTreeMap<FileId, &Document> = documents.map(|it| (it.file, it)).collect();
    for Found { diagnostic, .. } in found {
        let span = diagnostic.primary.span;
        let Some(document) = by_file.get(&span.file) else {
            continue;
        };
        let journey = &document.journey;
        diagnostic
            .journey
            .get_or_insert_with(|| journey.name.value.to_string());
        if diagnostic.step.is_none() {
            let holds = |it: Span| it.start <= span.start && span.end <= it.end;
            let innermost = journey.walk().filter(|(it, _)| holds(it.span)).last();
            let id = innermost.and_then(|(it, _)| it.id());
            diagnostic.step = id.map(|it| it.value.to_string());
        }
    }
}
