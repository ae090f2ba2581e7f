//! X002: two journeys that belong together say the same to one person within two days.

use journeyc::model::{Duration, Purpose, Send, Step};
use journeyc::simulate::{JourneyNo, Life, Record, StepNo, What};

use super::super::parties::parties;
use super::super::town::length;
use super::super::{Checker, Town, Violation};

/// The checker.
pub struct DuplicateSendOverlap;

/// What people expect to be told once.
const ONCE: [Purpose; 14] = [
    Purpose::Confirmation,
    Purpose::Receipt,
    Purpose::NextSteps,
    Purpose::ThankYou,
    Purpose::SetupHelp,
    Purpose::DelayNotice,
    Purpose::FeedbackRequest,
    Purpose::Abandonment,
    Purpose::WinBack,
    Purpose::SunsetNotice,
    Purpose::AdvocacyAsk,
    Purpose::RenewalNotice,
    Purpose::ConsentRequest,
    Purpose::Acknowledgement,
];

impl Checker for DuplicateSendOverlap {
    fn rule(&self) -> &'static str {
        "duplicate-send-overlap"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let limit = town.limit(self.rule(), None);
        let limit = length(limit.unwrap_or(Duration::of_hours(48)));
        let mut res: Vec<Violation> = Vec::new();
        for party in parties(town, life, record) {
            let mut sent: Vec<(i64, JourneyNo, StepNo, &Send)> = Vec::new();
            for stay in &party.stays {
                for (_, moment) in &stay.moments {
                    if let What::Sent(no) = moment.what
                        && let Step::Send(it) = &town.step(no).step.value
                    {
                        sent.push((moment.at, stay.visit.journey, no, it));
                    }
                }
            }
            for (at, one) in sent.iter().enumerate() {
                for other in &sent[..at] {
                    let (from, to) = (one.0.min(other.0), one.0.max(other.0));
                    let near = one.1 != other.1 && town.at_most(life, from, to) <= limit;
                    if near && is_same(one.3, other.3) {
                        let says = "two journeys say the same";
                        let found = Violation::of(one.1, to, says).or_in(other.1);
                        if !res.iter().any(|it| it.journeys == found.journeys) {
                            res.push(found.at_steps(&[other.2, one.2]));
                        }
                    }
                }
            }
        }
        res
    }
}

fn is_same(one: &Send, other: &Send) -> bool {
    let has = |send: &Send, it: Purpose| send.purpose.0.iter().any(|own| own.value == it);
    one.template.value == other.template.value
        || ONCE.iter().any(|it| has(one, *it) && has(other, *it))
}
