//! R003: another person writes than in the letter before, and does not say whose customers they take over.

use journeyc::model::Step;
use journeyc::simulate::{Life, Record, What};

use super::super::visits::stays;
use super::super::{Checker, Town, Violation};
use super::sender_churn::{person, takes_over};

/// The checker.
pub struct HandoverUnannounced;

impl Checker for HandoverUnannounced {
    fn rule(&self) -> &'static str {
        "handover-unannounced"
    }

    fn violations(&self, town: &Town<'_>, _: &Life, record: &Record) -> Vec<Violation> {
        let mut res = Vec::new();
        for stay in stays(town, record) {
            let journey = town.journey(stay.visit.journey);
            let mut last: Option<String> = None;
            for (_, moment) in &stay.moments {
                let What::Sent(no) = moment.what else {
                    continue;
                };
                let Step::Send(send) = &town.step(no).step.value else {
                    continue;
                };
                let Some(now) = person(town.project(), journey, send) else {
                    continue;
                };
                if let Some(before) = last.replace(now.clone())
                    && before != now
                    && !takes_over(town.project(), journey, send).contains(&before)
                {
                    let says = format!("{now} after {before}, and nobody says so");
                    let found = Violation::of(stay.visit.journey, moment.at, says);
                    res.push(found.at_steps(&[no]));
                    break;
                }
            }
        }
        res
    }
}
