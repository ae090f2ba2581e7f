//! X001: one person gets more commercial messages in a day, a week or thirty days than the project allows, from
//! journeys that belong together.

use journeyc::diagnostic::Diagnostic;
use journeyc::model::{Class, Step};
use journeyc::simulate::{Holder, Life, Moment, Record, Skip, StepNo, What};

use super::super::parties::{Party, parties};
use super::super::town::occurred;
use super::super::visits::Stay;
use super::super::{Checker, Town, Violation};

/// The checker.
pub struct FrequencyCapExceeded;

const DAY: i64 = 86_400;

impl Checker for FrequencyCapExceeded {
    fn rule(&self) -> &'static str {
        "frequency-cap-exceeded"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let cap = town
            .project()
            .policy
            .frequency_cap
            .as_ref()
            .map(|it| &it.commercial);
        let limits = cap.map_or([Some(1), Some(3), Some(8)], |it| {
            [it.per_day, it.per_week, it.per_month]
        });
        let mut res = Vec::new();
        for party in parties(town, life, record) {
            let stays: Vec<&Stay<'_>> = party.stays.iter().collect();
            // Within one journey every pace counts; over several each message at its earliest.
            let together = punctual(town, &stays);
            let groups = stays.iter().map(|it| (vec![*it], i64::MAX));
            let groups = groups.chain([(stays.clone(), together)]);
            let found = groups.filter_map(|(stays, until)| {
                let mut sent = commercial(town, &stays);
                sent.retain(|it| it.0 < until);
                crowd(town, life, &party, &sent, limits)
            });
            res.extend(found.take(1));
        }
        res
    }

    fn is_meant(&self, _: &Town<'_>, violation: &Violation, finding: &Diagnostic) -> bool {
        let event = violation.says.split('`').nth(1).unwrap_or_default();
        finding.message.ends_with(&format!("after `{event}`"))
    }
}

/// The first crowd among messages.
fn crowd(
    town: &Town<'_>,
    life: &Life,
    party: &Party<'_>,
    sent: &[(i64, StepNo)],
    limits: [Option<u32>; 3],
) -> Option<Violation> {
    let spans = limits.into_iter().zip([DAY, 7 * DAY, 30 * DAY]);
    spans.into_iter().find_map(|(limit, span)| {
        let limit = limit?;
        let crowd = sent.windows(limit as usize + 1).find(|it| {
            let (first, last) = (it[0].0, it[limit as usize].0);
            town.at_most(life, first, last) < span
        })?;
        let steps: Vec<StepNo> = crowd.iter().map(|it| it.1).collect();
        let event = occurred(life, party.begun).map(|it| it.0);
        let event = event.map_or("", |it| town.simulation.event_name(it));
        let journey = town.step(steps[0]).journey;
        let says = format!("more than {limit} in {} d after `{event}`", span / DAY);
        Some(Violation::of(journey, crowd[limit as usize].0, says).at_steps(&steps))
    })
}

/// The second from which on something may have been later than it could: a way was chosen, something was
/// waited for that comes when it likes, or a window held something back.
fn punctual(town: &Town<'_>, stays: &[&Stay<'_>]) -> i64 {
    let plain = |no: StepNo| match &town.step(no).step.value {
        Step::Wait(it) => it.at.is_none() && it.on.is_empty(),
        _ => false,
    };
    let late = |it: &&(usize, &Moment)| match it.1.what {
        What::Way(..) | What::Arm(..) | What::Round(..) | What::Came(..) | What::Past(_) => true,
        What::Held(_, holder, _) => holder != Holder::Cap,
        What::Waits(no, _) => !plain(no),
        _ => false,
    };
    let first = stays.iter().filter_map(|it| it.moments.iter().find(late));
    first.map(|it| it.1.at).min().unwrap_or(i64::MAX)
}

/// The commercial messages that are due, those that the cap drops or holds back included.
fn commercial(town: &Town<'_>, stays: &[&Stay<'_>]) -> Vec<(i64, StepNo)> {
    let mut res: Vec<(usize, i64, StepNo)> = Vec::new();
    for stay in stays {
        let journey = town.journey(stay.visit.journey);
        let mut queued: Option<StepNo> = None;
        for (place, moment) in &stay.moments {
            let (no, waits) = match moment.what {
                What::Sent(no) | What::Skipped(no, Skip::Cap) => (no, false),
                What::Held(no, Holder::Cap, _) => (no, true),
                _ => continue,
            };
            let Step::Send(send) = &town.step(no).step.value else {
                continue;
            };
            let counts = journey.class_of(send) == Class::Commercial
                && send.bypass_window != Some(true)
                && send.requested != Some(true);
            // What waits in the queue was due when it began to.
            if counts && queued != Some(no) {
                res.push((*place, moment.at, no));
            }
            queued = waits.then_some(no);
        }
    }
    res.sort_unstable();
    res.into_iter().map(|(_, at, no)| (at, no)).collect()
}
