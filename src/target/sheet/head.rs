//! The head of a sheet: who comes in, who leaves, and what the journey hopes for.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::say::{expression, flat, source};
use super::steps::word;
use super::text::{amount, clock, code, plain};
use super::vocabulary::{Vocabulary, Word};
use crate::manifest::{Condition, Expr, Manifest, Reentry};
use crate::model::{Class, InFlight};
use crate::target::{Act, Op, Program, Start};

/// A word in bold.
pub(super) fn bold(word: &Word) -> String {
    format!("**{}**", word.name)
}

/// A word in bold, with the place where it is set.
pub(super) fn named(word: &Word) -> String {
    if word.place.is_empty() {
        format!("**{}**", word.name)
    } else {
        format!("**{}** ({})", word.name, word.place)
    }
}

/// A condition in words and exactly, as a point below another.
pub(super) fn condition(v: &Vocabulary, lead: &str, expr: &Expr) -> String {
    format!(
        "   - {lead} {}.\n   - Exactly: {}\n",
        expression(v, expr),
        code(&source(expr))
    )
}

fn filter(v: &Vocabulary, filter: Option<&Condition>) -> String {
    filter.map_or_else(String::new, |it| condition(v, "Only if", &it.tree))
}

/// Who comes in.
pub(super) fn entry(v: &Vocabulary, manifest: &Manifest, program: &Program<'_>) -> String {
    let journey = program.journey;
    let event = &journey.trigger.event;
    let mut text = String::from("\n## Who comes in\n\n");
    match &program.start {
        Start::Event => {
            let _ = writeln!(
                text,
                "1. {}: the {} {}.",
                named(&v.trigger),
                v.event,
                code(event)
            );
        }
        Start::Date {
            attribute,
            before,
            at,
        } => {
            let _ = writeln!(
                text,
                "1. By a date: {} before the {} {}, at {}, by the person's own time zone.",
                amount(*before, "day"),
                v.attribute,
                code(attribute),
                code(at)
            );
        }
    }
    if let Some(expr) = &program.filter {
        text.push_str(&condition(v, "Only if", expr));
    }
    if let Some(known) = manifest.events.get(event) {
        let names: Vec<String> = known.properties.keys().map(|it| code(it)).collect();
        if !names.is_empty() {
            let _ = writeln!(text, "   - It carries: {}.", names.join(", "));
        }
    }
    let again = match &program.reentry {
        Reentry::Never => "never: each person comes in once in a lifetime".to_owned(),
        Reentry::Always => "always: each time the event comes".to_owned(),
        Reentry::After(it) => format!("not sooner than {} after the last time", it.in_words()),
        Reentry::PerKey => {
            let key = manifest.events.get(event).and_then(|it| it.key.as_deref());
            let key = key.map_or_else(|| "the event's key".to_owned(), code);
            format!("once for each value of {key}")
        }
    };
    let _ = writeln!(text, "2. {}: {again}.", named(&v.reentry));
    let existing = if journey.trigger.enroll_existing {
        "let the people who already qualify in once, on the first day"
    } else {
        "only people for whom the event comes from now on; nobody is let in afterwards"
    };
    let _ = writeln!(text, "3. People of before: {existing}.");
    let mut next = 4;
    if let Some(percent) = journey.holdout.filter(|it| *it > 0) {
        let _ = writeln!(
            text,
            "{next}. Kept out by chance: {percent} %, to see what the journey is worth; the steps below do it."
        );
        next += 1;
    }
    if let Some(priority) = journey.priority {
        let _ = writeln!(
            text,
            "{next}. Priority among journeys that write to one person: {priority}; the higher number wins."
        );
    }
    for mark in &program.marks {
        let _ = writeln!(
            text,
            "\nBuild a small {} of its own beside it: when the {} {} comes, set the {} {} to `true`.",
            v.journey.name,
            v.event,
            code(mark.event),
            v.attribute,
            code(&mark.attribute)
        );
        text.push_str(&filter(v, mark.filter));
    }
    text
}

/// Who leaves.
pub(super) fn exits(v: &Vocabulary, program: &Program<'_>) -> String {
    let mut text = String::from("\n## Who leaves, whatever step they are at\n\n");
    if program.exits.is_empty() {
        text.push_str("Nobody by an event of their own.\n");
    } else {
        let _ = writeln!(text, "{}:\n", named(&v.exits));
    }
    let exits = &program.journey.exits;
    for (number, leave) in (1..).zip(&program.exits) {
        let known = exits
            .iter()
            .find(|it| it.on == leave.event && it.line == leave.line);
        let reason = known.and_then(|it| it.reason.as_deref());
        let reason = reason.map_or_else(String::new, |it| format!(" (reason: {})", code(it)));
        let _ = writeln!(
            text,
            "{number}. when the {} {} comes{reason}; line {}.",
            v.event,
            code(leave.event),
            leave.line
        );
        text.push_str(&filter(v, leave.filter));
    }
    text
}

/// What the journey hopes for, and what holds while it runs.
pub(super) fn goal(v: &Vocabulary, program: &Program<'_>) -> String {
    let journey = program.journey;
    let mut text = String::from("\n## What to measure\n\n");
    match &journey.goal {
        None => text.push_str("The journey names no goal.\n"),
        Some(goal) => {
            let within = goal.within.as_ref();
            let within = within.map_or_else(String::new, |it| {
                format!(", within {} of coming in", it.in_words())
            });
            let _ = writeln!(
                text,
                "1. {}: the {} {}{within}.",
                named(&v.goal),
                v.event,
                code(&goal.event)
            );
            text.push_str(&filter(v, goal.filter.as_ref()));
        }
    }
    let change = match journey.in_flight {
        None => return text,
        Some(InFlight::FinishOld) => "finish it as it was",
        Some(InFlight::Migrate) => "go on in the new one from the step they are at",
        Some(InFlight::Stop) => "leave",
    };
    let _ = writeln!(
        text,
        "\nWhen the steps change later, the people inside {change}."
    );
    text
}

/// Where the steps' parts are found at the provider, each once.
pub(super) fn places(v: &Vocabulary, title: &str, program: &Program<'_>) -> String {
    let mut words: Vec<&Word> = Vec::new();
    let mut add = |word| words.push(word);
    let mut commercial = false;
    Op::walk(&program.ops, &mut |op| {
        add(word(v, &op.act));
        if let Act::Mail {
            send,
            gate,
            locales,
        } = &op.act
        {
            add(&v.class);
            add(&v.window);
            if gate.is_some() {
                add(&v.gate);
            }
            if locales.len() > 1 {
                add(&v.locale);
            }
            commercial |= send.class == Class::Commercial;
        }
    });
    if commercial {
        words.push(&v.cap);
    }
    let mut text = format!("\n## Where things are in {title}\n\n");
    let mut said = BTreeSet::new();
    for word in words {
        if !word.place.is_empty() && said.insert((word.name, word.place)) {
            let _ = writeln!(text, "- {}: {}.", bold(word), word.place);
        }
    }
    if said.is_empty() { String::new() } else { text }
}

/// The first lines.
pub(super) fn title(
    v: &Vocabulary,
    title: &str,
    manifest: &Manifest,
    program: &Program<'_>,
) -> String {
    let journey = program.journey;
    let mut text = format!("# Build sheet: {} in {title}\n\n", code(&program.name));
    if let Some(said) = &journey.title {
        let _ = writeln!(text, "{}.\n", plain(said));
    }
    let _ = writeln!(
        text,
        "Made from {}, line {}.",
        code(&journey.file),
        journey.line
    );
    if let Some(owner) = &journey.owner {
        let _ = writeln!(text, "Answered for by {}.", code(owner));
    }
    let _ = writeln!(
        text,
        "\nBuild it as one {}. Call it {}. Everything to set stands below; keep it switched off until the list \
         at the end is ticked.",
        named(&v.journey),
        code(&format!("[journeyc] {}", program.name))
    );
    let _ = writeln!(
        text,
        "\nTexts in `this type` are to be copied as they stand. Times without a zone go {}; a day has 24 hours \
         unless a step says otherwise.",
        clock(&manifest.timezone)
    );
    if !journey.next.is_empty() {
        let next: Vec<String> = journey.next.iter().map(|it| code(&flat(it))).collect();
        let _ = writeln!(text, "\nMay be followed by: {}.", next.join(", "));
    }
    text
}
