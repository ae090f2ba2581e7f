//! More than a week without a word while people wait for what they have paid.

use journeyc::model::{Milestone, Profile, Step};
use journeyc::simulate::{End, Holder, JourneyNo, Life, Moment, Record, Skip, What};

use super::owed::is_paid_back;
use super::payment::{Payment, payments, visits};
use crate::proving::town::{events, length};
use crate::proving::visits::Stay;
use crate::proving::{Checker, Town, Violation};

pub(super) struct PostPaymentGap;

const RULE: &str = "post-payment-gap";

const DAY: i64 = 86_400;

/// With these people have what they paid for.
const HAVE: [Milestone; 3] = [
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::FirstUse,
];

impl Checker for PostPaymentGap {
    fn rule(&self) -> &'static str {
        RULE
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        if record.cut {
            return Vec::new();
        }
        let visits = visits(town, record);
        if visits.is_empty() {
            return Vec::new();
        }
        let limit = town.limit(RULE, None).map_or(7 * DAY, length);
        let mut res = Vec::new();
        for payment in payments(town, life, record, &visits, false) {
            let gap = gap(town, life, record, &payment, limit);
            let Some((from, to)) = gap else { continue };
            if payment.let_go <= to || is_paid_back(town, life, record, payment.at, to) {
                continue;
            }
            let Some(first) = payment.journeys.first() else {
                continue;
            };
            let says = format!(
                "payment {}: silence of {} h",
                payment.no,
                (to - from) / 3600
            );
            let violation = Violation::of(*first, from, says);
            let all = payment.journeys.iter();
            res.push(all.fold(violation, |all, it| all.or_in(*it)));
        }
        res
    }
}

/// The first silence that is too long, over all that is sent because of the payment.
fn gap(
    town: &Town<'_>,
    life: &Life,
    record: &Record,
    payment: &Payment<'_>,
    limit: i64,
) -> Option<(i64, i64)> {
    let own: Vec<&&Stay<'_>> = payment
        .stays
        .iter()
        .filter(|it| payment.journeys.contains(&it.visit.journey))
        .collect();
    let is_long = |from, to| town.at_least(life, from, to) > limit;
    // Where one journey keeps people company, others need not.
    if own.iter().any(|it| {
        let touches = touches(it);
        let later = touches
            .last()
            .is_some_and(|at| at - payment.at >= 23 * 3600);
        let mut all = vec![payment.at];
        all.extend(&touches);
        (later || learns(town, it.visit.journey))
            && !all.windows(2).any(|it| is_long(it[0], it[1]))
            && silent_end(town, it, &all).is_none_or(|(from, to)| !is_long(from, to))
    }) {
        return None;
    }
    let mut all: Vec<i64> = vec![payment.at];
    all.extend(payment.stays.iter().flat_map(|it| touches(it)));
    let has_it = events(life, record)
        .filter(|(at, event, _)| {
            *at >= payment.at && town.milestone(*event).is_some_and(|it| HAVE.contains(&it))
        })
        .map(|it| it.0)
        .min()
        .unwrap_or(i64::MAX);
    for stay in own {
        // A silence counts that begins while people wait, until they have it.
        let until = if learns(town, stay.visit.journey) {
            has_it
        } else {
            has_it.min(payment.at + waiting(town)?)
        };
        let mut ends = touches(stay);
        ends.extend(silent_end(town, stay, &all).map(|it| it.1));
        for end in ends {
            let to = end.min(has_it).min(life.end);
            let before = all.iter().copied().filter(|it| *it < end);
            let from = before.max().unwrap_or(payment.at);
            if from < until && is_long(from, to) && !is_capped(payment, from, to) {
                return Some((from, to));
            }
        }
    }
    None
}

/// When a visit spoke to the customer.
fn touches(stay: &Stay<'_>) -> Vec<i64> {
    let spoken = |it: &&(usize, &Moment)| it.1.what.touchpoint().is_some();
    stay.moments
        .iter()
        .filter(spoken)
        .map(|it| it.1.at)
        .collect()
}

/// The silence at the end of a visit that waits for the delivery: until it comes, or for ever.
fn silent_end(town: &Town<'_>, stay: &Stay<'_>, all: &[i64]) -> Option<(i64, i64)> {
    let has_it = |step| match &town.step(step).step.value {
        Step::WaitFor(it) => {
            let event = town.project().event(&it.event.value)?;
            event.milestone.filter(|it| HAVE.contains(&it.value))
        }
        _ => None,
    };
    let end = stay.moments.iter().find_map(|(_, it)| match it.what {
        What::Came(step, _) => has_it(step).map(|_| it.at),
        What::Waits(step, i64::MAX) => has_it(step).map(|_| i64::MAX),
        // Whoever is let go without it has waited until then.
        What::Left(End::Completed | End::Exit(_)) if learns(town, stay.visit.journey) => {
            Some(it.at)
        }
        _ => None,
    })?;
    let from = all.iter().copied().filter(|it| *it < end).max()?;
    Some((from, end))
}

/// Whether a journey learns when people have what they paid for.
fn learns(town: &Town<'_>, journey: JourneyNo) -> bool {
    town.journey(journey)
        .walk()
        .any(|(step, _)| match &step.value {
            Step::WaitFor(it) => {
                let event = town.project().event(&it.event.value);
                let milestone = event.and_then(|it| it.milestone);
                milestone.is_some_and(|it| HAVE.contains(&it.value))
            }
            _ => false,
        })
}

/// How long people wait where the journey does not learn of the delivery; nothing where they have it
/// at once.
fn waiting(town: &Town<'_>) -> Option<i64> {
    let project = town.project();
    let arrivals = [Milestone::Delivered, Milestone::ServiceStarted];
    let promised = project.events.values().filter_map(|it| {
        it.milestone.filter(|it| arrivals.contains(&it.value))?;
        it.promised_within.map(|it| length(it.value))
    });
    let at_once = matches!(project.profile, Profile::Digital | Profile::Saas);
    promised.max().or((!at_once).then_some(30 * DAY))
}

/// Whether the frequency cap dropped or held something in a silence.
fn is_capped(payment: &Payment<'_>, from: i64, to: i64) -> bool {
    let mut moments = payment.stays.iter().flat_map(|it| &it.moments);
    moments.any(|(_, it)| {
        (from..=to).contains(&it.at)
            && matches!(
                it.what,
                What::Skipped(_, Skip::Cap | Skip::Stopped) | What::Held(_, Holder::Cap, _)
            )
    })
}
