//! G011: a branch would have sent the person away if the event had come before it; it came after it, and they heard
//! more all the same.

use journeyc::model::{Branch, ExprKind, Journey, Milestone, Step, Steps};
use journeyc::simulate::{Life, Record, What};

use super::super::visits::{Stay, stays, supposing};
use super::super::{Checker, Town, Violation};

/// The checker.
pub struct ExitCheckedOnce;

/// After one of these people shall hear no more of it.
const ENDS: [Milestone; 6] = [
    Milestone::Payment,
    Milestone::Unsubscribed,
    Milestone::Bounced,
    Milestone::ComplaintOpened,
    Milestone::Refunded,
    Milestone::ReturnRequested,
];

impl Checker for ExitCheckedOnce {
    fn rule(&self) -> &'static str {
        "exit-checked-once"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let mut res = Vec::new();
        for stay in stays(town, record) {
            let journey = town.journey(stay.visit.journey);
            let goal = journey.goal.as_ref().map(|it| &*it.event.value);
            let mut events: Vec<&str> = Vec::new();
            for (step, _) in journey.walk() {
                if let Step::Branch(it) = &step.value {
                    events.extend(asked(it));
                }
            }
            events.sort_unstable();
            events.dedup();
            events.retain(|it| {
                let milestone = town.project().event(it).and_then(|it| it.milestone);
                *it != &*journey.trigger.event.value
                    && (goal == Some(*it) || milestone.is_some_and(|it| ENDS.contains(&it.value)))
            });
            let found = events
                .into_iter()
                .find_map(|it| too_early(town, life, record, &stay, it));
            res.extend(found);
        }
        res
    }
}

/// A touchpoint after an event that came after a branch that would have led away.
fn too_early(
    town: &Town<'_>,
    life: &Life,
    record: &Record,
    stay: &Stay<'_>,
    event: &str,
) -> Option<Violation> {
    let first = checked(town, stay, event, usize::MAX)?;
    let came = stay.came(town, life, record, |it| {
        *town.simulation.event_name(it) == *event
    });
    let came = came.iter().map(|it| it.place).find(|it| *it > first)?;
    // What had happened before the branch would have led away there.
    checked(town, stay, event, came)?;
    let met = |it: &&(usize, &journeyc::simulate::Moment)| {
        it.0 > came && it.1.what.touchpoint().is_some()
    };
    let (_, moment) = stay.moments.iter().find(met)?;
    let says = format!("`{event}` came after the branch");
    let steps: Vec<_> = moment.what.touchpoint().into_iter().collect();
    Some(Violation::of(stay.visit.journey, moment.at, says).at_steps(&steps))
}

/// The place at which a branch was asked first, before a place of the record, that would have led everybody away to
/// whom the event had happened.
pub fn checked(town: &Town<'_>, stay: &Stay<'_>, event: &str, before: usize) -> Option<usize> {
    let journey = town.journey(stay.visit.journey);
    stay.moments.iter().find_map(|(place, moment)| {
        let What::Way(no, taken) = moment.what else {
            return None;
        };
        let Step::Branch(branch) = &town.step(no).step.value else {
            return None;
        };
        let leads = *place < before
            && asked(branch).contains(&event)
            && sends_away(journey, branch, event, false)
            && !leads_away(journey, branch, taken.map(|it| it as usize))
            && !is_idle(town, stay, event, *place);
        leads.then_some(*place)
    })
}

/// Whether a branch cannot send anybody away: nobody to whom the event had happened came to it, since at the same
/// moment another one had asked for it.
fn is_idle(town: &Town<'_>, stay: &Stay<'_>, event: &str, place: usize) -> bool {
    let now = stay.moments.iter().find(|it| it.0 == place);
    let before = stay.moments.iter().filter(|it| it.0 < place);
    let mut same = before.filter(|it| now.is_some_and(|now| now.1.at == it.1.at));
    same.any(|(_, moment)| {
        let What::Way(no, Some(way)) = moment.what else {
            return false;
        };
        let Step::Branch(branch) = &town.step(no).step.value else {
            return false;
        };
        let expr = branch
            .when
            .get(way as usize)
            .and_then(|it| it.condition.parsed.as_ref().ok());
        expr.and_then(|it| supposing(it, event, false)) == Some(false)
    })
}

/// Whether a branch leads everybody straight to an end to whom the event has happened; with questions that look back
/// so far only, or without.
pub fn sends_away(journey: &Journey, branch: &Branch, event: &str, windows: bool) -> bool {
    for (number, way) in branch.when.iter().enumerate() {
        let expr = way.condition.parsed.as_ref().ok();
        match expr.and_then(|it| supposing(it, event, windows)) {
            Some(false) => {}
            answer => {
                if !leads_away(journey, branch, Some(number)) {
                    return false;
                }
                if answer == Some(true) {
                    return true;
                }
            }
        }
    }
    leads_away(journey, branch, None)
}

/// Whether a way of a branch leads straight to an end.
fn leads_away(journey: &Journey, branch: &Branch, way: Option<usize>) -> bool {
    let steps = match way {
        Some(number) => branch.when.get(number).map(|it| &it.steps),
        None => branch.otherwise.as_ref(),
    };
    match steps.and_then(|it| it.first()) {
        Some(first) => matches!(first.value, Step::Exit(_)),
        None => ends_behind(&journey.steps, branch, true).unwrap_or(false),
    }
}

/// Whether nothing comes behind a branch; `last` says whether nothing comes behind the list.
fn ends_behind(steps: &Steps, branch: &Branch, last: bool) -> Option<bool> {
    steps.iter().enumerate().find_map(|(at, step)| {
        let behind = match steps.get(at + 1) {
            Some(next) => matches!(next.value, Step::Exit(_)),
            None => last,
        };
        match &step.value {
            Step::Branch(it) if std::ptr::eq(it.as_ref(), branch) => return Some(behind),
            _ => {}
        }
        let behind = behind && !matches!(step.value, Step::Repeat(_));
        let mut inner = step.value.inner().into_iter();
        inner.find_map(|it| ends_behind(it, branch, behind))
    })
}

/// The events that a branch asks for.
pub fn asked(branch: &Branch) -> Vec<&str> {
    let mut res = Vec::new();
    for way in &branch.when {
        if let Ok(expr) = &way.condition.parsed {
            expr.walk(&mut |it| {
                if let ExprKind::History(it) = &it.kind {
                    res.push(&*it.event);
                }
            });
        }
    }
    res
}
