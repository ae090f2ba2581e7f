//! Whether a commercial mail goes out with consent, by the word of the scenario and by the calendar.

use super::lived::Lived;
use super::{Broken, Held, input, touchpoints};
use crate::model::{Basis, Class, Duration, Milestone, Step, Threshold};
use crate::simulate::{Outside, When};

/// How long consent by a purchase lasts, and by an inquiry; see the page of `implied-consent-expired`.
const PURCHASE: u32 = 730;
const INQUIRY: u32 = 181;

impl Lived<'_, '_> {
    /// No commercial mail goes out without consent.
    pub(super) fn none_without_consent(&self) -> Held {
        for (moment, at, step) in touchpoints(self.record) {
            let placed = self.simulation.step(step);
            let Step::Send(send) = &placed.step.value else {
                continue;
            };
            let journey = self.simulation.journey(placed.journey);
            if journey.class_of(send) == Class::Commercial
                && let Some(why) = self.lacks_consent(moment, at)
            {
                return Err(
                    Broken::new("a commercial mail goes out without consent").mark(moment, why)
                );
            }
        }
        Ok(())
    }

    /// Why there is no consent at a moment; nothing if there is.
    fn lacks_consent(&self, moment: usize, at: i64) -> Option<String> {
        let Some(consent) = self.case.consent else {
            return Some("the scenario says of no consent".to_owned());
        };
        if consent.since > at {
            return Some(format!("consent is given {}", self.when(consent.since)));
        }
        let milestones = self.milestones(moment);
        let ends = milestones.iter().find(|(when, milestone)| {
            *when >= consent.since
                && matches!(milestone, Milestone::Unsubscribed | Milestone::Bounced)
        });
        if let Some((when, milestone)) = ends {
            return Some(format!("{} on {}", milestone.word(), self.when(*when)));
        }
        match consent.basis {
            Basis::Express | Basis::SoftOptIn => None,
            Basis::Transactional => Some("consent covers service mail only".to_owned()),
            Basis::Implied => {
                let purchase = self.purchase();
                let inquiry = self.shorter(purchase, Duration::of_days(INQUIRY));
                let bought = milestones.iter().filter(|(_, it)| is_purchase(*it));
                let asked = milestones.iter().filter(|(_, it)| *it == Milestone::Intent);
                let ends = bought
                    .map(|(when, _)| self.clock.after(*when, purchase))
                    .chain(asked.map(|(when, _)| self.clock.after(*when, inquiry)))
                    .chain([self.clock.after(consent.since, purchase)])
                    .max()?;
                (at > ends).then(|| format!("consent ended on {}", self.when(ends)))
            }
        }
    }

    /// The milestones before a moment, history included, each with its second.
    fn milestones(&self, moment: usize) -> Vec<(i64, Milestone)> {
        let of = |event| {
            let name = self.simulation.event_name(event);
            let event = self.simulation.project().events.get(name)?;
            event.milestone.as_ref().map(|it| it.value)
        };
        let history = self.life.outside.iter().filter_map(|it| {
            let When::At(at) = it.when else {
                return None;
            };
            let Outside::Event(event, _) = &it.what else {
                return None;
            };
            (at < self.case.start).then_some((at, of(*event)?))
        });
        let lived = self.record.moments[..moment].iter().filter_map(|it| {
            let event = self.event_of(input(it.what)?)?;
            Some((it.at, of(event)?))
        });
        history.chain(lived).collect()
    }

    fn purchase(&self) -> Duration {
        let thresholds = &self.simulation.project().policy.thresholds;
        match thresholds.get("implied-consent-expired").map(|it| it.value) {
            Some(Threshold::Duration(it)) => it,
            _ => Duration::of_days(PURCHASE),
        }
    }

    fn shorter(&self, one: Duration, other: Duration) -> Duration {
        let start = self.case.start;
        if self.clock.after(start, one) < self.clock.after(start, other) {
            one
        } else {
            other
        }
    }
}

fn is_purchase(milestone: Milestone) -> bool {
    matches!(
        milestone,
        Milestone::Payment | Milestone::Delivered | Milestone::ServiceStarted | Milestone::FirstUse
    )
}
