//! S005: the payment that a journey wanted comes, and nobody goes on from there.

use journeyc::model::{Milestone, Step};
use journeyc::simulate::{Life, Record, What};

use super::super::town::occurred;
use super::super::visits::stays;
use super::super::{Checker, Town, Violation};

/// The checker.
pub struct JourneyEndsAtPurchase;

impl Checker for JourneyEndsAtPurchase {
    fn rule(&self) -> &'static str {
        "journey-ends-at-purchase"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let mut res = Vec::new();
        let is_payment = |name: &str| {
            let event = town.project().event(name).and_then(|it| it.milestone);
            event.is_some_and(|it| it.value == Milestone::Payment)
        };
        let goes_on = town.journeys().any(|(_, it)| {
            is_payment(&it.trigger.event.value)
                || it.walk().any(|(step, _)| match &step.value {
                    Step::WaitFor(it) => is_payment(&it.event.value),
                    _ => false,
                })
        });
        if goes_on {
            return res;
        }
        for stay in stays(town, record) {
            let journey = town.journey(stay.visit.journey);
            let enters = journey
                .walk()
                .any(|(it, _)| matches!(it.value, Step::Enter(_)));
            if enters || !journey.next.is_empty() {
                continue;
            }
            let reached = stay.moments.iter().find_map(|(_, it)| match it.what {
                What::Goal(no) => Some((it.at, occurred(life, no)?.0)),
                _ => None,
            });
            if let Some((at, event)) = reached
                && town.milestone(event) == Some(Milestone::Payment)
                && town.event(event).is_some_and(|it| it.ignored.is_none())
            {
                let says = "they have bought, and nobody goes on from there";
                res.push(Violation::of(stay.visit.journey, at, says));
            }
        }
        res
    }

    fn is_meant(&self, _: &Town<'_>, _: &Violation, _: &journeyc::diagnostic::Diagnostic) -> bool {
        // One finding names all of them.
        true
    }
}
