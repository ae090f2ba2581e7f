//! F002: nobody is asked before they can know what they think.
//!
//! Arrivals are those that the journey knows of: its trigger, an event that it waited for, and one
//! that a condition on the way has asked for. Of several events of the latter the first counts.

use journeyc::model::{Condition, Duration, Milestone, Profile, Step};
use journeyc::simulate::{By, Life, Moment, Record, StepNo, What};

use super::super::town::length;
use super::super::{Checker, Town, Violation};
use super::stays::{
    Stay, about, begins_with, is_of, is_reminder, is_request, meaning, of_milestones, proven,
    time_of,
};

/// F002.
pub struct FeedbackTooSoon;

const NAME: &str = "feedback-too-soon";

const ARRIVALS: [Milestone; 2] = [Milestone::Delivered, Milestone::ServiceStarted];

impl Checker for FeedbackTooSoon {
    fn rule(&self) -> &'static str {
        NAME
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let all = Stay::all(record);
        let mut found = Vec::new();
        for stay in &all {
            let limit = town.limit(NAME, Some(town.journey(stay.journey)));
            let limit = length(limit.unwrap_or_else(|| usual(town.project().profile)));
            let mut arrived: Vec<i64> = Vec::new();
            let begins = begins_with(town, stay.journey).is_some_and(|it| ARRIVALS.contains(&it));
            if begins && matches!(stay.by, By::Event(_)) {
                arrived.push(stay.entered);
            }
            for moment in &stay.moments {
                arrived.extend(learned(town, life, record, stay, moment));
                let Some(step) = moment.what.touchpoint() else {
                    continue;
                };
                let is_asked = is_request(town, step)
                    && !is_reminder(town, step)
                    && about(town, step).is_none();
                let soon = arrived
                    .iter()
                    .find(|it| town.at_most(life, **it, moment.at) < limit);
                if let Some(from) = soon.filter(|_| is_asked) {
                    let says = format!("asked {} s after it arrives", moment.at - from);
                    let violation = Violation::of(stay.journey, moment.at, says);
                    found.push(violation.at_steps(&[step]));
                }
            }
        }
        found
    }
}

fn usual(profile: Profile) -> Duration {
    match profile {
        Profile::Digital => Duration::of_days(1),
        Profile::Saas => Duration::of_days(3),
        Profile::Services => Duration::of_hours(2),
        Profile::B2b => Duration::of_days(14),
        _ => Duration::of_days(7),
    }
}

/// The arrivals that a journey learns of at a moment.
fn learned(
    town: &Town<'_>,
    life: &Life,
    record: &Record,
    stay: &Stay<'_>,
    moment: &Moment,
) -> Vec<i64> {
    if let What::Came(_, no) = moment.what {
        let is_arrival = is_of(town, life, no, &ARRIVALS);
        return time_of(record, no)
            .filter(|_| is_arrival)
            .into_iter()
            .collect();
    }
    let mut names = Vec::new();
    for (condition, answer) in answered(town, moment.what) {
        if let Ok(expr) = &condition.parsed {
            proven(expr, answer, &mut names);
        }
    }
    names.retain(|it| meaning(town, it).is_some_and(|it| ARRIVALS.contains(&it)));
    let first = |name: &&str| {
        let event = town.simulation.event(name)?;
        let since = of_milestones(town, life, record, &ARRIVALS);
        since
            .filter(|(at, _)| *at >= stay.entered)
            .find(|(_, no)| super::super::town::occurred(life, *no).is_some_and(|it| it.0 == event))
            .map(|it| it.0)
    };
    names.iter().filter_map(first).collect()
}

/// The conditions whose answer a moment shows.
fn answered<'p>(town: &Town<'p>, what: What) -> Vec<(&'p Condition, bool)> {
    let at = |step: StepNo| &town.step(step).step.value;
    match what {
        What::Way(step, taken) => {
            let Step::Branch(it) = at(step) else {
                return Vec::new();
            };
            let before = taken.map_or(it.when.len(), |it| it as usize);
            let passed = it.when.iter().take(before).map(|it| (&it.condition, false));
            let own = it.when.get(before).map(|it| (&it.condition, true));
            passed.chain(own).collect()
        }
        it => {
            let Some(step) = it.touchpoint() else {
                return Vec::new();
            };
            let (only_if, unless) = at(step).conditions();
            let only_if = only_if.into_iter().map(|it| (it, true));
            only_if
                .chain(unless.into_iter().map(|it| (it, false)))
                .collect()
        }
    }
}
