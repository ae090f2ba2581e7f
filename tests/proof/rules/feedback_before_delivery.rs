//! F001: nobody is asked about what they cannot have.
//!
//! Where no event of the project says that something was delivered or has begun, the rule is
//! undecided, and so is this. What another journey knew when it sent the person in is known here.

use journeyc::model::{Duration, Milestone};
use journeyc::simulate::{By, Life, Record, What};

use super::super::town::length;
use super::super::{Checker, Town, Violation};
use super::stays::{Stay, about, begins_with, is_of, is_request, of_milestones, time_of};

/// F001.
pub struct FeedbackBeforeDelivery;

const NAME: &str = "feedback-before-delivery";

/// After one of these the customer has the thing.
const HAS_IT: [Milestone; 3] = [
    Milestone::Delivered,
    Milestone::ServiceStarted,
    Milestone::FirstUse,
];

/// Whoever comes in by one of these has had it for some time.
const HAS_HAD_IT: [Milestone; 6] = [
    Milestone::FeedbackGiven,
    Milestone::Lapsed,
    Milestone::RenewalDue,
    Milestone::ReferredSignup,
    Milestone::ReturnRequested,
    Milestone::TrialEnd,
];

const DAY: Duration = Duration {
    minutes: 24 * 60,
    days: 0,
    business_days: 0,
};

impl Checker for FeedbackBeforeDelivery {
    fn rule(&self) -> &'static str {
        NAME
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let all = Stay::all(record);
        let mut found = Vec::new();
        for stay in &all {
            let root = stay.root(&all);
            let began = begins_with(town, root.journey);
            if began.is_some_and(|it| HAS_IT.contains(&it) || HAS_HAD_IT.contains(&it)) {
                continue;
            }
            let received = of_milestones(town, life, record, &HAS_IT)
                .map(|it| it.0)
                .find(|at| *at >= root.entered)
                .unwrap_or(i64::MAX);
            let early = |it: &(i64, _)| it.0 < received && is_request(town, it.1);
            for (at, step) in stay.touches().filter(early) {
                let says = match about(town, step) {
                    None if is_declared(town) => "asked before it can be there".to_owned(),
                    None => continue,
                    Some(subject) if is_late(town, life, record, stay, at) => {
                        format!("asked late about {subject}")
                    }
                    Some(_) => continue,
                };
                found.push(Violation::of(stay.journey, at, says).at_steps(&[step]));
            }
        }
        found
    }
}

fn is_declared(town: &Town<'_>) -> bool {
    let wanted = [Milestone::Delivered, Milestone::ServiceStarted];
    let mut events = wanted
        .into_iter()
        .map(|it| town.project().events_of(it).count());
    events.any(|it| it > 0)
}

/// Whether the payment that the journey knows of is longer ago than a question about something else
/// than the product may come.
fn is_late(town: &Town<'_>, life: &Life, record: &Record, stay: &Stay<'_>, at: i64) -> bool {
    let begins = begins_with(town, stay.journey) == Some(Milestone::Payment);
    let paid = match stay.by {
        By::Event(_) if begins => Some(stay.entered),
        By::Visit(_) if begins => None,
        _ => stay.moments.iter().find_map(|it| match it.what {
            What::Came(_, no) if is_of(town, life, no, &[Milestone::Payment]) => {
                // What comes in the same second may come after the question.
                time_of(record, no).filter(|_| it.at < at)
            }
            _ => None,
        }),
    };
    let limit = town.limit(NAME, Some(town.journey(stay.journey)));
    paid.is_some_and(|it| town.at_least(life, it, at) > length(limit.unwrap_or(DAY)))
}
