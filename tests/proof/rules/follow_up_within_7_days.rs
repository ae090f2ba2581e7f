//! Neither help nor news within a week after a payment.

use journeyc::model::{Event, Milestone, Purpose, Step};
use journeyc::simulate::{JourneyNo, Life, Record};

use super::owed::Owed;
use crate::proving::{Checker, Town, Violation};

pub(super) struct FollowUpWithin7Days;

const OWED: Owed = Owed {
    rule: "follow-up-within-7-days",
    hours: 7 * 24,
    profile: None,
    purposes: &[
        Purpose::CheckIn,
        Purpose::SetupHelp,
        Purpose::StatusUpdate,
        Purpose::DelayNotice,
        Purpose::Apology,
    ],
    gift: false,
    cap_excuses: true,
};

/// What happens then is no news of the order.
const NO_NEWS: [Milestone; 8] = [
    Milestone::Payment,
    Milestone::Intent,
    Milestone::Refunded,
    Milestone::ReturnRequested,
    Milestone::ComplaintOpened,
    Milestone::ComplaintClosed,
    Milestone::FeedbackGiven,
    Milestone::Unsubscribed,
];

impl Checker for FollowUpWithin7Days {
    fn rule(&self) -> &'static str {
        OWED.rule
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let mut res = OWED.missing(town, life, record);
        res.retain(|it| !it.journeys.iter().any(|it| is_followed(town, *it)));
        res
    }
}

/// Whether other news of the same order starts a journey that writes. The payment is what begins a
/// journey, or what it waits for.
fn is_followed(town: &Town<'_>, paid: JourneyNo) -> bool {
    let event = |no| town.project().event(&town.journey(no).trigger.event.value);
    let awaited = town
        .journey(paid)
        .walk()
        .filter_map(|(step, _)| match &step.value {
            Step::WaitFor(it) => town.project().event(&it.event.value),
            _ => None,
        });
    let is_paid = |it: &&Event| {
        it.milestone
            .is_some_and(|it| it.value == Milestone::Payment)
    };
    let mut payments = event(paid).into_iter().chain(awaited).filter(is_paid);
    let Some(key) = payments.find_map(|it| it.key.as_ref()) else {
        return false;
    };
    town.journeys().any(|(no, journey)| {
        let Some(event) = event(no) else { return false };
        let is_news = event
            .milestone
            .is_none_or(|it| !NO_NEWS.contains(&it.value));
        let same = event.key.as_ref().is_some_and(|it| it.value == key.value);
        let follows = |it: &Purpose| OWED.purposes.contains(it);
        same && is_news
            && journey
                .walk()
                .any(|(step, _)| step.value.purposes().iter().any(|it| follows(&it.value)))
    })
}
