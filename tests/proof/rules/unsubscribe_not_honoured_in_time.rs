//! C011: advertising goes out in a visit in which the person has said goodbye before.
//!
//! A message that was on its way already, held by the send window, quiet hours or the cap, may still go out for as
//! long as the threshold says, and so may what goes out together with it.

use journeyc::model::{Duration, Milestone};
use journeyc::simulate::{By, Life, Record, What};

use super::super::town::{length, occurred};
use super::super::visits::{Stay, carries, stays};
use super::super::{Checker, Town, Violation};
use super::implied_consent_expired::is_advert;

/// The checker.
pub struct UnsubscribeNotHonouredInTime;

impl Checker for UnsubscribeNotHonouredInTime {
    fn rule(&self) -> &'static str {
        "unsubscribe-not-honoured-in-time"
    }

    fn violations(&self, town: &Town<'_>, life: &Life, record: &Record) -> Vec<Violation> {
        let stays = stays(town, record);
        stays
            .iter()
            .filter_map(|it| self.violation(town, life, record, it))
            .collect()
    }
}

impl UnsubscribeNotHonouredInTime {
    fn violation(
        &self,
        town: &Town<'_>,
        life: &Life,
        record: &Record,
        stay: &Stay<'_>,
    ) -> Option<Violation> {
        let journey = town.journey(stay.visit.journey);
        let limit = town.limit(self.rule(), Some(journey));
        let limit = length(limit.unwrap_or(Duration::of_hours(48)));
        let is_goodbye = |no| town.milestone(occurred(life, no)?.0);
        let begun = match stay.by {
            By::Event(no) => is_goodbye(no) == Some(Milestone::Unsubscribed),
            By::Visit(_) => false,
        };
        // An exit with a `where` is for those whom it lets through.
        let chosen = |event: &str| {
            let mut exits = journey.exits.iter();
            exits.any(|it| *it.on.value == *event && it.filter.is_some())
        };
        let goodbyes = stay.came(town, life, record, |it| {
            carries(town, stay, it, Milestone::Unsubscribed)
                && !chosen(town.simulation.event_name(it))
        });
        let mut reached: Option<(journeyc::simulate::StepNo, usize)> = None;
        // The last message, and what was its way from which it could not be called back.
        let mut let_go: Option<(i64, usize)> = None;
        for (place, moment) in &stay.moments {
            if let What::Held(step, ..) = moment.what
                && reached.is_none_or(|it| it.0 != step)
            {
                reached = Some((step, *place));
            }
            let Some(no) = moment.what.touchpoint() else {
                if matches!(moment.what, What::Skipped(..)) {
                    reached = None;
                }
                continue;
            };
            let with_it = let_go.filter(|it| it.0 == moment.at).map(|it| it.1);
            let own = reached.take().map_or(*place, |it| it.1);
            // What goes out together with a message that was held was on its way with it.
            let before = with_it.map_or(own, |it| it.min(own));
            let_go = Some((moment.at, before));
            if !is_advert(journey, &town.step(no).step.value) {
                continue;
            }
            let late = |it: &super::super::visits::Came<'_>| {
                it.place < before
                    || it.place < *place && town.at_least(life, it.at, moment.at) > limit
            };
            if begun || goodbyes.iter().any(late) {
                let found =
                    Violation::of(stay.visit.journey, moment.at, "advertising after goodbye");
                return Some(found.at_steps(&[no]));
            }
        }
        None
    }
}
