//! S005: a visit of a journey of a stage comes to an end for no reason, and nothing leads on.

use journeyc::model::{Milestone, Purpose, Step};
use journeyc::simulate::{End, Life, Record, Skip, What};

use super::super::visits::stays;
use super::super::{Checker, Town, Violation};

/// The checker.
pub struct JourneyDeadEnd;

/// Words that only say that it ends.
const NO_REASON: [&str; 10] = [
    "complete",
    "completed",
    "done",
    "end",
    "ended",
    "exit",
    "finish",
    "finished",
    "ok",
    "over",
];

/// What only tells what must be told.
const NOTICES: [Purpose; 4] = [
    Purpose::Acknowledgement,
    Purpose::LegalNotice,
    Purpose::Receipt,
    Purpose::StatusUpdate,
];

impl Checker for JourneyDeadEnd {
    fn rule(&self) -> &'static str {
        "journey-dead-end"
    }

    fn violations(&self, town: &Town<'_>, _: &Life, record: &Record) -> Vec<Violation> {
        let mut res = Vec::new();
        if town.journeys().count() < 2 {
            return res;
        }
        for stay in stays(town, record) {
            let journey = town.journey(stay.visit.journey);
            let event = town.project().event(&journey.trigger.event.value);
            let begins = event.and_then(|it| it.milestone).map(|it| it.value);
            let goodbye = matches!(begins, Some(Milestone::Unsubscribed | Milestone::Bounced));
            if goodbye || journey.stage.0.is_empty() || !journey.next.is_empty() {
                continue;
            }
            let mut touches = journey.walk().filter(|(it, _)| {
                matches!(it.value, Step::Send(_) | Step::Task(_) | Step::Touch(_))
            });
            let told = |step: &Step| {
                let purposes = step.purposes();
                !purposes.is_empty() && purposes.iter().all(|it| NOTICES.contains(&it.value))
            };
            if touches.all(|(it, _)| told(&it.value)) {
                continue;
            }
            let led_on = |what: What| match what {
                // Whoever wants no more of it is not to be led on.
                What::Enters(_) | What::Stopped(_) | What::Skipped(_, Skip::Stopped) => true,
                it => it.touchpoint().is_some_and(|no| {
                    let purposes = town.step(no).step.value.purposes();
                    purposes.iter().any(|it| it.value == Purpose::SunsetNotice)
                }),
            };
            let no_reason = match stay.end() {
                Some(End::Completed) => true,
                Some(End::Exit(no)) => match &town.step(no).step.value {
                    Step::Exit(reason) => NO_REASON.contains(&&*reason.value),
                    _ => false,
                },
                _ => false,
            };
            let at = stay.moments.last().map_or(stay.entered, |it| it.1.at);
            if no_reason && !stay.moments.iter().any(|it| led_on(it.1.what)) {
                res.push(Violation::of(
                    stay.visit.journey,
                    at,
                    "it ends, and nothing follows",
                ));
            }
        }
        res
    }
}
