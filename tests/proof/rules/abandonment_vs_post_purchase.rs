//! X005: a mail about a basket that was left goes to somebody who has paid, and whose order another journey confirms.

use journeyc::model::{Class, Duration, Journey, Milestone, Purpose, Step};
use journeyc::simulate::{By, EventNo, Life, Record, What};

use super::super::town::length;
use super::super::visits::{Stay, carries, stays};
use super::super::{Checker, Town, Violation};

/// The checker.
pub struct AbandonmentVsPostPurchase;

impl Checker for AbandonmentVsPostPurchase {
    fn rule(&self) -> &'static str {
        "abandonment-vs-post-purchase"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let limit = town.limit(self.rule(), None);
        let limit = length(limit.unwrap_or(Duration::of_hours(4)));
        let stays = stays(town, record);
        let mut res = Vec::new();
        for stay in &stays {
            let journey = town.journey(stay.visit.journey);
            if !journey
                .walk()
                .any(|(it, _)| matches!(it.value, Step::Send(_)) && reminds(&it.value))
            {
                continue;
            }
            let payments = town.project().events_of(Milestone::Payment);
            if !payments.into_iter().any(|it| ends_with(journey, &it.value)) {
                continue;
            }
            let is_payment = |it: EventNo| carries(town, stay, it, Milestone::Payment);
            let paid = stay.came(town, life, record, is_payment);
            for (place, moment) in &stay.moments {
                let What::Sent(no) = moment.what else {
                    continue;
                };
                if !reminds(&town.step(no).step.value) {
                    continue;
                }
                let wrong = paid.iter().find(|it| {
                    let name = town.simulation.event_name(it.event);
                    let began = |other: &Stay<'_>| match other.by {
                        By::Event(no) => record
                            .moments
                            .get(it.place)
                            .is_some_and(|m| m.what == What::Event(no)),
                        By::Visit(_) => false,
                    };
                    if !stays.iter().any(began) {
                        return false;
                    }
                    if ends_with(journey, name) {
                        // They may have paid before the mail, and we hear of it late.
                        let polled = town.event(it.event).is_some_and(|it| it.polled);
                        polled && it.place > *place && it.at - stay.entered < limit
                    } else {
                        it.place < *place && !is_minded(town, name)
                    }
                });
                if wrong.is_some() {
                    let found = Violation::of(stay.visit.journey, moment.at, "they have paid");
                    res.push(found.at_steps(&[no]));
                    break;
                }
            }
        }
        res
    }
}

fn reminds(step: &Step) -> bool {
    step.purposes()
        .iter()
        .any(|it| it.value == Purpose::Abandonment)
}

/// Whether a payment ends a journey, as far as commercial messages go.
fn ends_with(journey: &Journey, event: &str) -> bool {
    journey.exits.iter().any(|it| {
        *it.on.value == *event
            && it.filter.is_none()
            && it.only.is_none_or(|it| it == Class::Commercial)
    })
}

/// Whether a payment ends some basket's journey, and so belongs to that basket.
fn is_minded(town: &Town<'_>, event: &str) -> bool {
    town.journeys().any(|(_, it)| {
        it.walk()
            .any(|(step, _)| matches!(step.value, Step::Send(_)) && reminds(&step.value))
            && it.exits.iter().any(|it| *it.on.value == *event)
    })
}
