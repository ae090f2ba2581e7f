//! T007: who waits for a delivery is told when it is late.
//!
//! The first wait for an arrival is what a journey is about. A second journey that waits for the same
//! event may tell in its place, and so may one with a `delay_notice` that another event starts: of
//! repositories with such, only those lives are judged in which they cannot have helped.

use journeyc::diagnostic::Diagnostic;
use journeyc::model::{Duration, Journey, Milestone, Purpose, Step, WaitFor};
use journeyc::simulate::{JourneyNo, Life, Record, StepNo, What};

use super::super::town::length;
use super::super::{Checker, Town, Violation};
use super::stays::{Stay, begins_with, is_of, meaning, of_milestones, time_of};

/// T007.
pub struct DelayNoticeMissing;

const NAME: &str = "delay-notice-missing";

const ARRIVALS: [Milestone; 2] = [Milestone::Delivered, Milestone::ServiceStarted];

const EXCUSES: [Milestone; 3] = [
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::Refunded,
];

impl Checker for DelayNoticeMissing {
    fn rule(&self) -> &'static str {
        NAME
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let all = Stay::all(record);
        let mut found = Vec::new();
        for stay in &all {
            let Some(wait) = awaits(town, town.journey(stay.journey)) else {
                continue;
            };
            let event = &*wait.event.value;
            let Some(from) = begin(town, life, record, stay) else {
                continue;
            };
            let due = due(town, event);
            // Later than this nobody can say that it was in time.
            let late = from + due + 7_200;
            let silent = late <= life.end
                && !record.cut
                && !is_helped(town, stay.journey, event)
                && !stay.is_cut_by(late)
                && !is_told(town, &all, from, late)
                && !is_excused(town, life, record, from, late);
            if silent {
                let says = format!("no word about the delay until {due} s after");
                found.push(Violation::of(stay.journey, late, says));
            }
        }
        found.extend(unwatched(town, life, record, &all));
        found
    }

    fn is_meant(&self, town: &Town<'_>, violation: &Violation, finding: &Diagnostic) -> bool {
        let mut names = violation.journeys.iter().map(|it| town.name(*it));
        // One journey is told of for each event; a promise that nobody watches is the project's.
        let is_own = names.any(|it| Some(it) == finding.journey.as_deref());
        let same = |it: &JourneyNo| {
            let own = awaits(town, town.journey(*it))?;
            let blamed = town
                .journeys()
                .find(|(_, it)| Some(&*it.name.value) == finding.journey.as_deref())?;
            let other = awaits(town, blamed.1)?;
            Some(own.event.value == other.event.value)
        };
        is_own
            || (violation.journeys.is_empty() && finding.journey.is_none())
            || violation.journeys.iter().any(|it| same(it) == Some(true))
    }
}

/// The first wait for an arrival.
fn awaits<'p>(town: &Town<'p>, journey: &'p Journey) -> Option<&'p WaitFor> {
    journey.walk().find_map(|(step, _)| match &step.value {
        Step::WaitFor(it) => {
            let wanted = meaning(town, &it.event.value);
            wanted.filter(|it| ARRIVALS.contains(it)).map(|_| &**it)
        }
        _ => None,
    })
}

/// From when on the delivery is owed: the payment that the journey knows of, or else its beginning.
fn begin(town: &Town<'_>, life: &Life, record: &Record, stay: &Stay<'_>) -> Option<i64> {
    if begins_with(town, stay.journey) == Some(Milestone::Payment) {
        return Some(stay.entered);
    }
    let waits = town
        .journey(stay.journey)
        .walk()
        .any(|(step, _)| match &step.value {
            Step::WaitFor(it) => meaning(town, &it.event.value) == Some(Milestone::Payment),
            _ => false,
        });
    let asks = super::stays::looked_at(town.journey(stay.journey))
        .into_iter()
        .any(|it| meaning(town, it) == Some(Milestone::Payment));
    if !waits {
        // Where conditions ask for the payment, the journey learns of it there.
        return (!asks).then_some(stay.entered);
    }
    stay.moments.iter().find_map(|it| match it.what {
        What::Came(_, no) if is_of(town, life, no, &[Milestone::Payment]) => time_of(record, no),
        _ => None,
    })
}

fn due(town: &Town<'_>, event: &str) -> i64 {
    let promise = town
        .project()
        .event(event)
        .and_then(|it| it.promised_within.as_ref());
    let promise = promise.map_or(30 * 86_400, |it| length(it.value));
    promise + length(town.limit(NAME, None).unwrap_or(Duration::of_days(1)))
}

fn tells(journey: &Journey) -> bool {
    journey.walk().any(|(step, _)| {
        let purposes = step.value.purposes();
        purposes.iter().any(|it| it.value == Purpose::DelayNotice)
    })
}

/// Whether another journey waits for the same event, or tells of delays for another reason.
fn is_helped(town: &Town<'_>, journey: JourneyNo, event: &str) -> bool {
    let own = &town.journey(journey).trigger.event.value;
    town.journeys().any(|(no, it)| {
        let waits = awaits(town, it).is_some_and(|it| *it.event.value == *event);
        let may_tell = it.walk().any(|(step, _)| is_notice(&step.value));
        no != journey && ((waits && may_tell) || (tells(it) && it.trigger.event.value != *own))
    })
}

fn is_notice(step: &Step) -> bool {
    let mut purposes = step.purposes().iter().map(|it| it.value);
    purposes.any(|it| matches!(it, Purpose::DelayNotice | Purpose::Apology))
}

fn is_told(town: &Town<'_>, all: &[Stay<'_>], from: i64, late: i64) -> bool {
    let notices = |step: StepNo| is_notice(&town.step(step).step.value);
    let mut touches = all.iter().flat_map(Stay::touches);
    touches.any(|(at, step)| from <= at && at <= late && notices(step))
}

fn is_excused(town: &Town<'_>, life: &Life, record: &Record, from: i64, late: i64) -> bool {
    let mut events = of_milestones(town, life, record, &EXCUSES);
    events.any(|(at, _)| from <= at && at <= late)
}

/// A promise that no journey watches over.
fn unwatched(town: &Town<'_>, life: &Life, record: &Record, all: &[Stay<'_>]) -> Option<Violation> {
    if town.journeys().any(|(_, it)| tells(it)) {
        return None;
    }
    let promised = ARRIVALS
        .iter()
        .flat_map(|it| town.project().events_of(*it))
        .find(|it| {
            let event = town.project().event(&it.value);
            let watched = town.journeys().any(|(_, journey)| {
                awaits(town, journey).is_some_and(|wait| wait.event.value == it.value)
            });
            event.is_some_and(|it| it.promised_within.is_some()) && !watched
        })?;
    let late = |(from, _): (i64, u32)| {
        let late = from + due(town, &promised.value) + 7_200;
        let silent = late <= life.end
            && !is_told(town, all, from, late)
            && !is_excused(town, life, record, from, late);
        silent.then(|| Violation {
            journeys: Vec::new(),
            steps: Vec::new(),
            at: late,
            says: "a promise that nobody watches over".to_owned(),
            or_by: None,
        })
    };
    of_milestones(town, life, record, &[Milestone::Payment]).find_map(late)
}
