//! A payment in a life, and all that journeys do because of it.

use journeyc::model::Step;
use journeyc::simulate::{By, End, JourneyNo, Life, Moment, Record, Refusal, VisitNo, What};

use crate::proving::Town;
use crate::proving::visits::{Stay, stays};

/// A payment with the visits that belong to it.
pub(super) struct Payment<'r> {
    /// The number of the occurrence.
    pub(super) no: u32,
    /// When it came.
    pub(super) at: i64,
    /// The journeys that its event starts, or else those that wait for it.
    pub(super) journeys: Vec<JourneyNo>,
    /// The visits that look after this payment; the first ones are not started by others.
    pub(super) stays: Vec<&'r Stay<'r>>,
    /// From when on each of them knows of it.
    pub(super) since: Vec<i64>,
    /// From when on somebody is left out, or let go, as the journeys say; `i64::MAX` for never.
    pub(super) let_go: i64,
}

/// All visits of a life.
pub(super) fn visits<'r>(town: &Town<'_>, record: &'r Record) -> Vec<Stay<'r>> {
    stays(town, record)
}

/// Whether a journey waits for an event.
fn awaits(town: &Town<'_>, journey: JourneyNo, event: &str) -> bool {
    town.journey(journey)
        .walk()
        .any(|(step, _)| match &step.value {
            Step::WaitFor(it) => *it.event.value == *event,
            _ => false,
        })
}

/// The payments of a life that somebody should look after.
pub(super) fn payments<'r>(
    town: &Town<'_>,
    life: &Life,
    record: &'r Record,
    visits: &'r [Stay<'r>],
    may_wait: bool,
) -> Vec<Payment<'r>> {
    let mut res = Vec::new();
    for moment in &record.moments {
        let What::Event(no) = moment.what else {
            continue;
        };
        let Some((event, _)) = crate::proving::town::occurred(life, no) else {
            continue;
        };
        if town.milestone(event) != Some(journeyc::model::Milestone::Payment) {
            continue;
        }
        let name = town.simulation.event_name(event);
        let starts = |it: &JourneyNo| *town.journey(*it).trigger.event.value == *name;
        let all = || town.journeys().map(|it| it.0);
        let mut journeys: Vec<JourneyNo> = all().filter(starts).collect();
        let is_ignored = town.event(event).is_some_and(|it| it.ignored.is_some());
        let is_awaited = journeys.is_empty() && may_wait && !is_ignored;
        if is_awaited {
            journeys = all().filter(|it| awaits(town, *it, name)).collect();
        }
        let own = |it: &Stay<'_>| {
            if is_awaited {
                learns(it, no)
            } else {
                (it.by == By::Event(no)).then_some(moment.at)
            }
        };
        res.extend(payment(record, moment.at, no, journeys, visits, own));
    }
    res
}

/// When a visit that waited for an event goes on because of it.
fn learns(stay: &Stay<'_>, no: u32) -> Option<i64> {
    let came = |it: &&(usize, &Moment)| matches!(it.1.what, What::Came(_, came) if came == no);
    stay.moments.iter().find(came).map(|it| it.1.at)
}

fn payment<'r>(
    record: &'r Record,
    at: i64,
    no: u32,
    journeys: Vec<JourneyNo>,
    visits: &'r [Stay<'r>],
    own: impl Fn(&Stay<'_>) -> Option<i64>,
) -> Option<Payment<'r>> {
    let mut stays = Vec::new();
    let mut since = Vec::new();
    for it in visits {
        if let Some(at) = own(it).filter(|_| journeys.contains(&it.visit.journey)) {
            stays.push(it);
            since.push(at);
        }
    }
    if stays.is_empty() {
        return None;
    }
    // Those that they start come later.
    for it in visits {
        let By::Visit(parent) = it.by else { continue };
        let parent = stays.iter().position(|other| other.visit.no == parent);
        if let Some(at) = parent.map(|it| since[it])
            && it.entered >= at
            && stays.iter().all(|other| other.visit != it.visit)
        {
            stays.push(it);
            since.push(it.entered);
        }
    }
    let is_in = |journey: JourneyNo| stays.iter().any(|it| it.visit.journey == journey);
    let is_own = |no: VisitNo| stays.iter().any(|it| it.visit.no == no);
    let gone = record.moments.iter().filter(|it| match it.what {
        What::Refused(Refusal::Holdout) => it.at >= at,
        // Who may not come in again was looked after before, unless they are in because of this payment.
        What::Refused(Refusal::Reentry) => {
            it.at >= at && it.visit.is_none_or(|it| !is_in(it.journey))
        }
        What::Left(End::Event(..)) => it.visit.is_some_and(|it| is_own(it.no)),
        _ => false,
    });
    let let_go = gone.map(|it| it.at).min().unwrap_or(i64::MAX);
    Some(Payment {
        no,
        at,
        journeys,
        let_go,
        stays,
        since,
    })
}
