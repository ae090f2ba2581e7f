//! What else may be so in a life than a witness tells.
//!
//! In: a simulation and the moments of a life that did not show what it should. Out: [`Change`]s to that
//! life, the likeliest first: another answer to a question that somebody asks, another arm, an awaited
//! event that comes or does not, one more event, another case before, an attribute that changes on the way.
//! Invariant: bounded, and always the same ones. Not done here: trying them.

use serde_json::Value;

use super::wishes::{Question, choices};
use crate::model::{ExprKind, Step, WaitUntil};
use crate::simulate::{EventNo, Simulation, StepNo};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// One thing that may be otherwise.
#[derive(Debug, Clone)]
pub(super) enum Change<'p> {
    /// A question is answered like this.
    Answer(Question<'p>, Value),
    /// This arm is taken.
    Arm(StepNo, u32),
    /// An awaited event comes so many seconds after the wait for it begins.
    Comes(StepNo, i64),
    /// An awaited event does not come.
    Late(StepNo),
    /// A date that is waited for is so many seconds after the beginning, or not known.
    Date(&'p WaitUntil, Option<i64>),
    /// An event comes so many seconds after the beginning; for another case, if it tells them apart.
    Event(EventNo, i64, bool),
    /// Other journeys have been begun so often, the last time so many seconds after the beginning.
    Crowd(u32, i64),
    /// An attribute becomes another so many seconds after the beginning.
    Becomes(&'p str, Value, i64),
    /// The same event has come for so many other cases: the last so many seconds before, and the others
    /// so far apart.
    Again(u32, i64, i64),
}

/// All that may be otherwise. `between` are seconds after the beginning at which something may come, `again`
/// how many seconds before it the same may have begun for another case, and `far` is a time after which it
/// is too late for what the sentence says.
pub(super) fn changes<'p>(
    simulation: &Simulation<'p>,
    trigger: EventNo,
    between: &[i64],
    again: &[i64],
    far: i64,
) -> Vec<Change<'p>> {
    let mut res = Vec::new();
    for (no, placed) in simulation.steps() {
        match &placed.step.value {
            Step::Split(it) => {
                let arms = 0..u32::try_from(it.arms.len()).unwrap_or(u32::MAX);
                res.extend(arms.map(|arm| Change::Arm(no, arm)));
            }
            Step::WaitFor(it) => {
                let ends = it.timeout.as_ref().map_or(far, |it| {
                    let days = i64::from(it.value.days + it.value.business_days);
                    days * DAY + i64::from(it.value.minutes) * 60
                });
                res.push(Change::Late(no));
                let early = [0, 60, 3 * HOUR, DAY, 4 * DAY + 3 * HOUR, 6 * DAY + 3 * HOUR];
                let early = early.into_iter().filter(|it| *it < ends);
                let late = [ends - 2 * HOUR, ends - 60];
                res.extend(early.chain(late).map(|at| Change::Comes(no, at)));
            }
            Step::WaitUntil(it) => {
                let dates = [None, Some(60), Some(2 * DAY), Some(40 * DAY), Some(far)];
                res.extend(dates.map(|at| Change::Date(it, at)));
            }
            _ => {}
        }
    }
    let mut later = Vec::new();
    for (question, values) in choices(simulation, trigger) {
        if let Question::Attribute(name) = question {
            for at in between.iter().filter(|it| **it > 0) {
                let becomes = |it: &Value| Change::Becomes(name, it.clone(), *at);
                later.extend(values.iter().map(becomes));
            }
        }
        let usual = matches!(question, Question::Count(..));
        // How often an event has come is tried with the events themselves.
        if !usual {
            let answers = values.into_iter().map(|it| Change::Answer(question, it));
            res.extend(answers);
        }
    }
    res.extend((1..=3).map(|it| Change::Crowd(it, -HOUR)));
    res.extend(again.iter().map(|it| Change::Again(1, *it, 0)));
    let mut times = vec![60, -HOUR, -40 * DAY, -2 * DAY, 0];
    times.extend(between);
    for event in heard(simulation) {
        let own = event == trigger;
        for at in &times {
            if !(own && *at == 0) {
                res.push(Change::Event(event, *at, own || *at < 0));
            }
            if !own && *at >= 0 && is_told_apart(simulation, event) {
                res.push(Change::Event(event, *at, true));
            }
        }
    }
    res.extend(later);
    res
}

/// The events that somebody asks for, waits for, or is let in by.
fn heard(simulation: &Simulation<'_>) -> Vec<EventNo> {
    let mut names: Vec<&str> = Vec::new();
    for (_, journey) in simulation.journeys() {
        names.push(&journey.trigger.event.value);
        names.extend(journey.exits.iter().map(|it| &*it.on.value));
        for (step, _) in journey.walk() {
            if let Step::WaitFor(it) = &step.value {
                names.push(&it.event.value);
            }
        }
        for condition in journey.conditions() {
            let Ok(expr) = &condition.parsed else {
                continue;
            };
            expr.walk(&mut |it| {
                if let ExprKind::History(it) = &it.kind {
                    names.push(&it.event);
                }
            });
        }
    }
    let mut res: Vec<EventNo> = names.iter().filter_map(|it| simulation.event(it)).collect();
    res.sort_unstable();
    res.dedup();
    res
}

/// Whether there are several cases of an event.
fn is_told_apart(simulation: &Simulation<'_>, event: EventNo) -> bool {
    let declared = simulation.project().event(simulation.event_name(event));
    declared.is_some_and(|it| it.key.is_some())
}
