//! What is owed to everybody who has paid, and when it is not given.

use journeyc::model::{Milestone, Profile, Purpose, Step};
use journeyc::simulate::{Holder, Life, Record, Skip, StepNo, What};

use super::payment::{Payment, payments, visits};
use crate::proving::town::{events, length};
use crate::proving::{Town, Violation};

const HOUR: i64 = 3600;

/// Something that is owed.
pub(super) struct Owed {
    /// The rule.
    pub(super) rule: &'static str,
    /// Within how many hours.
    pub(super) hours: i64,
    /// Within how many hours in a business of this kind.
    pub(super) profile: Option<(Profile, i64)>,
    /// Any of these purposes; all touchpoints if there are none.
    pub(super) purposes: &'static [Purpose],
    /// Whether a present does it, too.
    pub(super) gift: bool,
    /// Whether the frequency cap is an excuse.
    pub(super) cap_excuses: bool,
}

impl Owed {
    /// The payments of a life after which it is missing.
    pub(super) fn missing(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        if record.cut {
            return Vec::new();
        }
        let visits = visits(town, record);
        if visits.is_empty() {
            return Vec::new();
        }
        let limit = self.limit(town);
        let mut res = Vec::new();
        for it in payments(town, life, record, &visits, true) {
            if self.is_given(town, life, &it, limit) {
                continue;
            }
            let from = it.since.first().copied().unwrap_or(it.at);
            // An hour or two for clock changes.
            let due = from + limit + 2 * HOUR;
            if due >= life.end || it.let_go <= due || is_paid_back(town, life, record, it.at, due) {
                continue;
            }
            let Some(first) = it.journeys.first() else {
                continue;
            };
            let says = format!("payment {} gets nothing of it in {} h", it.no, limit / HOUR);
            let violation = Violation::of(*first, due, says);
            res.push(it.journeys.iter().fold(violation, |all, it| all.or_in(*it)));
        }
        res
    }

    fn limit(&self, town: &Town<'_>) -> i64 {
        let project = town.project();
        let own = self.profile.filter(|it| it.0 == project.profile);
        let default = own.map_or(self.hours, |it| it.1) * HOUR;
        town.limit(self.rule, None).map_or(default, length)
    }

    fn is_given(&self, town: &Town<'_>, life: &Life, payment: &Payment<'_>, limit: i64) -> bool {
        let from = payment.since.first().copied().unwrap_or(payment.at);
        payment.stays.iter().any(|stay| {
            stay.moments.iter().any(|(_, it)| {
                let Some(step) = it.what.step() else {
                    return false;
                };
                let in_time = it.at >= from && town.at_least(life, from, it.at) <= limit;
                let counts = match it.what {
                    What::Sent(_) | What::Task(_) | What::Touch(_) => self.is_met_by(town, step),
                    What::Skipped(_, Skip::Stopped) => self.is_met_by(town, step),
                    What::Skipped(_, Skip::Cap) => self.cap_excuses && self.is_met_by(town, step),
                    // Whatever queues behind the cap, all that follows is late because of it.
                    What::Held(_, Holder::Cap, _) => self.cap_excuses,
                    _ => false,
                };
                counts && in_time
            })
        })
    }

    fn is_met_by(&self, town: &Town<'_>, step: StepNo) -> bool {
        let step = &town.step(step).step.value;
        let gift = self.gift && matches!(step, Step::Send(it) if it.gift == Some(true));
        let purposes = step.purposes();
        gift || self.purposes.is_empty()
            || purposes.iter().any(|it| self.purposes.contains(&it.value))
    }
}

/// Whether the customer got the money back, or sends back what they bought.
pub(super) fn is_paid_back(
    town: &Town<'_>,
    life: &Life,
    record: &Record,
    from: i64,
    to: i64,
) -> bool {
    events(life, record).any(|(at, event, _)| {
        let milestone = town.milestone(event);
        let back = [Some(Milestone::Refunded), Some(Milestone::ReturnRequested)];
        (from..=to).contains(&at) && back.contains(&milestone)
    })
}
